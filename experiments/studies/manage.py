"""Manage a saved study: extend it, merge its parts, export its table, replay and verify its runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from twoway.experiments.results.folder import atomic_folder
from twoway.experiments.results.manifest import INPUTS, LARGEST_MANIFEST, MANIFEST
from twoway.experiments.results.result import Verdict
from twoway.experiments.studies.designs import SCENARIO, LatinHypercube, Listed, MorrisDesign, SobolDesign, axis
from twoway.experiments.studies.resolved_study import EXTENSIONS, run_digest
from twoway.experiments.studies.shards import LARGEST_SHARD
from twoway.experiments.studies.store import DESIGN, SET_ASIDE, SHARDS, WORKING, Store
from twoway.experiments.studies.study import MOST_REPLICATES
from twoway.experiments.studies.worker import PointRunner
from twoway.simulation.columns import Column
from twoway.simulation.data_files import read_file
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import known_declarations


def extend(
    folder: str | Path,
    *,
    replicates: int | None = None,
    size: int | None = None,
    points: pd.DataFrame | str | Path | None = None,
    outcomes: Sequence[str] = (),
) -> Store:
    """Plan more runs of a study and keep those that there are; ``resume`` then makes the missing ones.

    Parameters
    ----------
    folder
        Folder of the study.
    replicates
        New number of runs of each point.
    size
        New size of a Latin hypercube, Sobol' or Morris design.
    points
        More points: a table, or the path of a CSV file, with a column per input.
    outcomes
        More outcomes by name; one that a file of one's own declares as ``mine.py:name``. An outcome that is kept of
        every run needs none to be made again; for another ``Store.status().made_again`` says how many are.

    Raises
    ------
    InputError
        If nothing more is asked for, or the study cannot grow like this.
    """
    store = Store(folder)
    store.check_model()
    if replicates is None and size is None and points is None and not outcomes:
        raise InputError("extend: say what: more replicates, a larger size, points, or outcomes")
    if replicates is not None and not store.replicates <= replicates <= MOST_REPLICATES:
        raise InputError(f"replicates = {replicates}; it must be a whole number from {store.replicates} (as planned)")
    if size is not None:
        design = store.study.design
        if not isinstance(design, LatinHypercube | SobolDesign | MorrisDesign):
            raise InputError(f"size: a design of the kind '{design.kind}' has none; add points instead")
        if size <= design.size:
            raise InputError(f"size = {size}; it must be larger than the {design.size} of the design")
        axes = [axis(name, given) for name, given in store.study.inputs.items()]
        store = store.add_points(design.more(size, axes, store.study.seed)).planned(size=size)
    if outcomes:
        store = store.asking(outcomes)
    if points is not None:
        store = store.add_points(_new(store, [dict(row) for row in Listed.of(points).rows]))
    return store if replicates is None else store.planned(replicates=replicates)


def _new(store: Store, points: list[dict[str, float | str]]) -> list[dict[str, float | str]]:
    """The points that the design does not hold yet."""
    have = {tuple(row.items()) for row in store.design[store.inputs].to_dict("records")}
    new = [p for p in points if tuple((name, p.get(name)) for name in store.inputs) not in have]
    if not new:
        raise InputError("points: the design holds all of them already")
    return new


def merge(folders: Sequence[str | Path], target: str | Path) -> Store:
    """Merge folders of the same study, run in parts or on several machines, into a new folder.

    Parameters
    ----------
    folders
        Folders of the parts, at least one.
    target
        Folder that does not exist yet.

    Returns
    -------
    The merged study: points and runs of all parts, and as many replicates planned as in the part that plans most.

    Raises
    ------
    InputError
        If the folders hold different studies, were run with different sources, or *target* exists.
    """
    stores = [Store(folder) for folder in folders]
    if not stores:
        raise InputError("merge: name at least one folder of a study")
    first = stores[0]
    for other in stores[1:]:
        if other.digest != first.digest:
            raise InputError(f"{other.folder}: was run with other sources than {first.folder}; they cannot be merged")
        for field, value in other.study:
            both = [value, getattr(first.study, field)]
            if field == "design":  # the same design may have grown in one of the folders
                both = [design.model_dump(exclude={"size", "rows"}) for design in both]
            if field not in ("replicates", EXTENSIONS) and both[0] != both[1]:
                raise InputError(f"{other.folder}: is another study than {first.folder}: {field} differs")
        digests = [[file.sha256 for file in store.resolved.extensions] for store in (first, other)]
        if digests[0] != digests[1]:
            raise InputError(f"{other.folder}: uses other extensions than {first.folder}")
        if other.inputs != first.inputs:
            raise InputError(f"{other.folder}: varies other inputs than {first.folder}")
    largest = max(stores, key=lambda store: len(store.design))
    have = set(largest.design["key"])
    with atomic_folder(Path(target)) as partial:
        for name in (WORKING, SHARDS, SET_ASIDE):
            (partial / name).mkdir()
        for name in (DESIGN, INPUTS):
            (partial / name).mkdir()
            for file in (largest.folder / name).glob("[!.]*"):
                (partial / name / file.name).write_bytes(read_file(file, LARGEST_SHARD))
        (partial / MANIFEST).write_bytes(read_file(largest.folder / MANIFEST, LARGEST_MANIFEST))
        for store in stores:
            for shard in (store.folder / SHARDS).glob("*.parquet"):
                if shard.name not in store.read.damaged:
                    (partial / SHARDS / shard.name).write_bytes(read_file(shard, LARGEST_SHARD))
    merged = Store(target)
    for store in stores:
        rows = store.design[~store.design["key"].isin(have)]
        if len(rows):
            merged = merged.add_points(rows[store.inputs].to_dict("records"))
            have |= set(rows["key"])
    return merged.planned(replicates=max(store.replicates for store in stores))


def columns_of_table(store: Store) -> list[Column]:
    """Columns of a study's table, inputs and outcomes with their units and meanings."""
    declared = known_declarations()
    inputs = [
        Column(name, declared[name].unit, f"input: {declared[name].meaning}")
        if name in declared
        else Column(
            name, "word", "input: the scenario a point begins from" if name == SCENARIO else "input: a data file"
        )
        for name in store.inputs
    ]
    return [
        Column("point", "number, from 0", "which point of the design"),
        Column("name", "word", "name of the point, if it has one"),
        Column(
            "replicate", "number, from 0", "which repetition; with common random numbers the same people at every point"
        ),
        Column("run", "word", "identity of the run, for `twoway study replay`"),
        *inputs,
        *(outcome.column for outcome in store.outcomes.values()),
        Column("failed", "true or false", "whether the run failed; it has no outcomes then"),
        Column("trouble", "text", "why it failed"),
    ]


def export(folder: str | Path, out: str | Path) -> tuple[Path, Path]:
    """Write the table of a study to one file, with a codebook beside it.

    Parameters
    ----------
    folder
        Folder of the study.
    out
        A ``.csv`` or ``.parquet`` file that does not exist yet.

    Returns
    -------
    Paths of the table and of the codebook.
    """
    store, path = Store(folder), Path(out)
    if path.suffix not in (".csv", ".parquet"):
        raise InputError(f"{path}: must end in .csv or .parquet")
    codebook = path.with_name(f"{path.stem}-codebook.csv")
    for file in (path, codebook):
        if file.exists():
            raise InputError(f"{file}: exists already and is not overwritten")
    table = store.table()
    columns = [(c.name, c.unit, c.meaning) for c in columns_of_table(store)]
    try:
        if path.suffix == ".csv":
            table.to_csv(path, index=False)
        else:
            arrow = pa.Table.from_pandas(table, preserve_index=False)
            note = {f"twoway.{name}": value for name, value in store.note().items()}
            arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), **note})
            pq.write_table(arrow, path, compression="zstd")
        pd.DataFrame(columns, columns=["column", "unit", "meaning"]).to_csv(codebook, index=False)
    except OSError as error:
        for file in (path, codebook):
            file.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from None
    return path, codebook


class ReplayedRun(NamedTuple):
    """One run made again: name, point, replicate, outcomes now and as saved (None if not saved), and their equality."""

    run: str
    point: dict[str, float | str]
    replicate: int
    now: dict[str, float]
    saved: dict[str, float] | None
    equal: bool


def replay(folder: str | Path, run: str) -> ReplayedRun:
    """Make one run again, named as in the table's column ``run``; an error that makes it fail is raised.

    Parameters
    ----------
    folder
        Folder of the study.
    run
        Name of the run: key of its point, a hyphen, and the replicate.

    Raises
    ------
    InputError
        If the study has no such point, or the name is written otherwise.
    """
    store = Store(folder)
    key, _, number = run.rpartition("-")
    points = store.points()
    if key not in points or not number.isdecimal():
        example = f"{next(iter(points), 'key')}-0"
        raise InputError(f"run '{run}': {store.folder} has no such run; they are named as in its table, like {example}")
    return next(_replayed(store, [(key, int(number))]))


def replay_sample(folder: str | Path, sample: int | None = 50, seed: int = 0) -> Iterator[ReplayedRun]:
    """Make a random sample of a study's finished runs again, one after the other.

    Parameters
    ----------
    folder
        Folder of the study.
    sample
        Number of runs; None for all.
    seed
        Random seed of the sample.

    Raises
    ------
    InputError
        If no run has finished.
    """
    store = Store(folder)
    runs = store.read.runs
    runs = runs[runs["complete"] & ~runs["failed"] & runs["key"].isin(set(store.design["key"]))]
    if runs.empty:
        raise InputError(f"{folder}: holds no finished run to compare with")
    if sample is not None:
        runs = runs.iloc[np.sort(np.random.default_rng(seed).permutation(len(runs))[:sample])]
    return _replayed(store, list(zip(runs["key"].astype(str), runs["replicate"].astype(int), strict=True)))


def _replayed(store: Store, runs: Sequence[tuple[str, int]]) -> Iterator[ReplayedRun]:
    points, names = store.points(), list(store.outcomes)
    places = {key: place for place, key in enumerate(points)}
    runner = PointRunner(store.resolved, list(points.values()))
    runs_saved = store.read.runs[store.read.runs["complete"]]
    saved = runs_saved.set_index([runs_saved["key"].astype(str), "replicate"])[names]
    for key, replicate in runs:
        now = np.array(runner.outcomes(places[key], replicate), np.float32)
        there = (key, replicate) in saved.index
        before = saved.loc[(key, replicate)].to_numpy(np.float32) if there else None
        yield ReplayedRun(
            f"{key}-{replicate}",
            dict(points[key].changes),
            replicate,
            dict(zip(names, now.tolist(), strict=True)),
            None if before is None else dict(zip(names, before.tolist(), strict=True)),
            before is not None and np.array_equal(now, before, equal_nan=True),
        )


def verify_study(folder: Path, threads: int = 2, progress: bool = False, sample: int | None = 50) -> Verdict:
    """Make a random sample of a study's finished runs again and compare their outcomes.

    Parameters
    ----------
    folder
        Folder of the study.
    threads
        Without effect: runs are made one after the other.
    progress
        Whether to show a bar.
    sample
        Number of runs; None for all.

    Raises
    ------
    InputError
        If no run has finished.
    """
    store = Store(folder)
    done = store.status().done
    total = done if sample is None else min(sample, done)
    again = tqdm(replay_sample(folder, sample), total=total, unit="run", disable=None if progress else True)
    return Verdict({one.run: one.equal for one in again}, tuple(changed_since(store)), done)


def changed_since(store: Store) -> list[str]:
    """Phrases for what is no longer as it was when the study was run."""
    changed = [] if store.digest == run_digest() else [f"the model's sources (the study was run with {store.model})"]
    return [*changed, *(f"the shard {name}, which is damaged" for name in store.read.damaged)]
