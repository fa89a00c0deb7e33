"""The store of a study: a folder that only grows, from which nothing is lost and in which nothing is counted twice.

    manifest.json     the study, the scenarios, data files and extensions of its points, model and sources
    design/           tables of points, each with the key of its runs; extending adds another
    inputs/           copies of the data files and extensions
    shards/           finished runs (``twoway.experiments.studies.shards``); one file per task of a worker
    working/          a note per process that works on the study at present, renewed while it does
    set-aside/        shards that were found damaged; their runs are run again

A run is identified by its key and its replicate (``twoway.experiments.studies.resolved_study``), wherever it was
simulated and in whichever file it lies: read twice, it counts once. So processes need no lock, and folders of the same
study can be merged.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.stats import t as students

from twoway.analysis.patterns import interviews_sentence
from twoway.experiments.results.digests import checked, digest_of, digest_of_file, saved_files
from twoway.experiments.results.folder import atomic_folder, replace_file
from twoway.experiments.results.heartbeat import beating, disk_time, is_gone, partial_path, remove_leftovers
from twoway.experiments.results.manifest import (
    FORMAT,
    INPUTS,
    MANIFEST,
    Manifest,
    read_json,
    read_manifest,
    save_manifest,
)
from twoway.experiments.results.provenance import DataFile, model_name, surroundings
from twoway.experiments.results.tables import read_table
from twoway.experiments.studies.designs import SCENARIO, Value
from twoway.experiments.studies.outcomes import Outcome, file_and_name, outcomes_with
from twoway.experiments.studies.resolved_study import (
    EXTENSIONS,
    ResolvedStudy,
    extension_files,
    run_digest,
    scenario_with_copies,
)
from twoway.experiments.studies.shards import DamagedShardError, read_shard, schema_of
from twoway.experiments.studies.study import MOST_REPLICATES, Study, check_points
from twoway.experiments.studies.worker import StudyPoint
from twoway.simulation import SCOPE
from twoway.simulation.data_files import absolute, read_file
from twoway.simulation.errors import InputError
from twoway.simulation.extensions import Registry

OWN = ("name", "key", "seed")
"""Columns of a design table that are not inputs."""
CONFIDENCE = 0.95
SHARDS, SET_ASIDE, DESIGN, WORKING = "shards", "set-aside", "design", "working"


class Status(NamedTuple):
    """Progress of a study, in runs; ``damaged`` are shards, ``working`` are processes at work at present.

    ``contradicted`` runs were made twice and came out differently: then machines compute differently. ``made_again`` of
    the missing runs have been made, but lack an outcome that was asked for later.
    """

    points: int
    replicates: int
    planned: int
    done: int
    failed: int
    made_again: int
    damaged: tuple[str, ...]
    contradicted: int
    working: tuple[str, ...]
    same_model: bool

    @property
    def missing(self) -> int:
        """Runs that are still to be made."""
        return self.planned - self.done - self.failed


class Read(NamedTuple):
    """All runs that the shards hold, each once, the names of shards that cannot be read, and contradictions.

    A run that is not ``complete`` lacks an outcome that was asked for later. ``contradicted`` counts runs that were
    made twice and came out differently, as on machines that compute differently.
    """

    runs: pd.DataFrame
    damaged: tuple[str, ...]
    contradicted: int


class Store:
    """The folder of a study, opened.

    Opening it loads the copies of the study's extensions, which runs their code.

    Raises
    ------
    InputError
        If the folder is no study, or damaged.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        manifest = read_manifest(self.folder, "study")
        try:
            extensions = self._copies(manifest[EXTENSIONS])
            for file in extensions:
                checked(self.folder, manifest, f"{INPUTS}/{file.path.name}")
            own = {EXTENSIONS: tuple(str(file.path) for file in extensions)}
            self.study = Study.model_validate(manifest["study"] | own, strict=False)
            base = str(manifest["base"])
            copies = {file.given: str(file.path) for file in extensions}
            scenarios = {name: scenario_with_copies(s, copies) for name, s in manifest["scenarios"].items()}
            files = self._copies(manifest["files"])
            self.model, self.digest = str(manifest["model"]), str(manifest["run_digest"])
            self.replicates = int(manifest["replicates"])
            if base not in scenarios:
                raise InputError(f"base = '{base}' is none of its scenarios")
            if not 1 <= self.replicates <= MOST_REPLICATES:
                raise InputError(f"replicates = {self.replicates}; it must be from 1 to {MOST_REPLICATES}")
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise InputError(f"{self.folder / MANIFEST}: is damaged ({str(error).splitlines()[0]})") from None
        self.resolved = ResolvedStudy(base, scenarios, files, extensions, self.study.named)
        self.design = self._design(manifest)

    def _copies(self, files: Sequence[Mapping[str, str]]) -> tuple[DataFile, ...]:
        """The copies of data files or extensions in the study's folder, from the manifest."""
        return tuple(
            DataFile(f["field"], f["given"], absolute(self.folder / INPUTS / f["file"]), f["sha256"]) for f in files
        )

    @property
    def outcomes(self) -> Registry[Outcome]:
        """Every outcome that the study's runs have, those of its extensions included."""
        return self.resolved.outcomes

    @property
    def said_of_interviews(self) -> str:
        """A sentence on when the study's dyads were interviewed and by which rule their pattern is told."""
        scenario = self.resolved.scenarios[self.resolved.base]
        if any(name.startswith(("design.", "analysis.")) or name == SCENARIO for name in self.inputs):
            return "Patterns, and all that is not counted over the whole stay, are means of the days of the interviews."
        return interviews_sentence(scenario.design.interviewed(), self.resolved.rule(scenario))

    @classmethod
    def create(cls, folder: str | Path, study: Study) -> Store:
        """A new folder for the study; it appears whole or not at all.

        Parameters
        ----------
        folder
            Folder that does not exist yet.
        study
            Study that is to be run.

        Raises
        ------
        InputError
            If the folder exists or cannot be written, or a point is invalid.
        """
        table, resolved = study.points()
        with atomic_folder(Path(folder)) as partial:
            for name in (SHARDS, SET_ASIDE, DESIGN, WORKING, INPUTS):
                (partial / name).mkdir()
            files = [_copy(file, partial / INPUTS) for file in resolved.files]
            extensions = [_copy(file, partial / INPUTS) for file in resolved.extensions]
            _write_design(partial, with_keys(table, study.names(len(table)), study, resolved))
            save_manifest(
                partial,
                {
                    "format": FORMAT,
                    "kind": "study",
                    "model": model_name(),
                    "run_digest": run_digest(),
                    "study": study.model_dump(mode="json") | {"scenario": resolved.base},
                    "replicates": study.precision.step if study.precision else study.replicates,
                    "base": resolved.base,
                    "scenarios": {name: s.model_dump(mode="json") for name, s in resolved.scenarios.items()},
                    "files": files,
                    EXTENSIONS: extensions,
                    **surroundings("SALib"),
                    "scope": SCOPE,
                },
                _files(partial),
            )
        return cls(folder)

    def _design(self, manifest: Manifest) -> pd.DataFrame:
        for name in saved_files(manifest, f"{DESIGN}/*.parquet"):  # more may have been added at this moment
            checked(self.folder, manifest, name)
        tables = []
        for path in sorted((self.folder / DESIGN).glob("*.parquet")):
            if digest_of_file(path) != path.stem.partition("-")[2]:
                raise InputError(f"{path}: is damaged; it holds the study's points, and cannot be made up for")
            tables.append(read_table(path).to_pandas())
        if not tables:
            raise InputError(f"{self.folder / DESIGN}: holds no table of points; the folder is damaged")
        design = pd.concat(tables, ignore_index=True)
        missing = [name for name in OWN if name not in design]
        if missing:
            raise InputError(f"{self.folder / DESIGN}: the column '{missing[0]}' is missing; the folder is damaged")
        design.index.name = "point"
        return design

    @property
    def inputs(self) -> list[str]:
        """Names of the inputs."""
        return [column for column in self.design.columns if column not in OWN]

    def holds(self, study: Study) -> bool:
        """Whether the folder was begun with this study; contents of extensions count, not their paths."""
        base = study.scenario if isinstance(study.scenario, str) else study.scenario.title
        mine, theirs = (one.model_copy(update={"scenario": base, EXTENSIONS: ()}) for one in (self.study, study))
        saved_base = self.resolved.base
        own = {file.sha256 for file in extension_files(study.extensions)}
        return base == saved_base and mine == theirs and own <= {file.sha256 for file in self.resolved.extensions}

    def check_model(self) -> None:
        """Refuse to go on with another model, or other data files, than the study was begun with."""
        for file in (*self.resolved.files, *self.resolved.extensions):
            _check_unchanged(file)
        if self.digest != run_digest():
            raise InputError(
                f"{self.folder}: was begun with {self.model}, sources {self.digest[:12]}; these are {model_name()}, "
                f"sources {run_digest()[:12]}. Go on with those, or begin a new study; nothing was changed"
            )

    def points(self) -> dict[str, StudyPoint]:
        """Every different point by its key; points of a design that are the same are run once."""
        rows = self.design[self.inputs].to_dict("records")
        return {
            key: StudyPoint({str(f): v for f, v in row.items()}, key, int(seed))
            for row, key, seed in zip(rows, self.design["key"], self.design["seed"], strict=True)
        }

    @cached_property
    def read(self) -> Read:
        """The content of the shards, read once; ``again`` reads them anew."""
        tables, damaged, names = [], [], list(self.outcomes)
        for path in sorted((self.folder / SHARDS).glob("*.parquet")):
            try:
                tables.append(read_shard(path, names))
            except DamagedShardError:
                damaged.append(path.name)
        empty = schema_of(names).append(pa.field("complete", pa.bool_())).empty_table()
        frame = pa.concat_tables([empty, *tables], promote_options="none").unify_dictionaries().to_pandas()
        frame["complete"] = frame["complete"].astype(bool)
        frame["failed"] = frame["trouble"].notna()
        frame = frame.sort_values(
            ["key", "replicate", "complete", "failed"], ascending=[True, True, False, True], kind="stable"
        )
        once = frame.drop_duplicates(["key", "replicate"], ignore_index=True)
        well = frame[~frame["failed"]]
        before = well.loc[~well["complete"], names]
        in_all = [name for name in names if before.empty or before[name].notna().any()]
        different = well.drop_duplicates(["key", "replicate", *in_all])
        return Read(once, tuple(damaged), int(different.duplicated(["key", "replicate"]).sum()))

    def again(self) -> Store:
        """The store as it is on the disk now."""
        return Store(self.folder)

    def table(self) -> pd.DataFrame:
        """The runs of the study.

        Returns
        -------
        A row per point and replicate that has been run, sorted by these, with the columns point, name, replicate, run,
        inputs, outcomes, failed and trouble. A run that failed has ``failed`` true, no outcomes, and its traceback in
        ``trouble``.
        """
        runs = self.read.runs
        runs = runs[runs["replicate"] < self.replicates].assign(key=lambda r: r["key"].astype(str))
        table = self.design.reset_index().drop(columns="seed").merge(runs, on="key", how="inner")
        table["run"] = table["key"] + "-" + table["replicate"].astype(str)
        table = table.sort_values(["point", "replicate"], kind="stable", ignore_index=True)
        return table[["point", "name", "replicate", "run", *self.inputs, *self.outcomes, "failed", "trouble"]]

    def have(self, failed_too: bool = True) -> tuple[list[str], NDArray[np.bool_]]:
        """Keys of all different points, and whether each of their replicates is there, shape (keys, replicates)."""
        runs = self.read.runs[self.read.runs["complete"]]
        return self._among_planned(runs if failed_too else runs[~runs["failed"]])

    def _among_planned(self, runs: pd.DataFrame) -> tuple[list[str], NDArray[np.bool_]]:
        keys = list(dict.fromkeys(self.design["key"]))
        there = np.zeros((len(keys), self.replicates), bool)
        rows = pd.Index(keys).get_indexer(runs["key"].astype(str))
        replicates = runs["replicate"].to_numpy()
        known = (rows >= 0) & (replicates < self.replicates)
        there[rows[known], replicates[known]] = True
        return keys, there

    def pending(self, shard: tuple[int, int] = (1, 1), failed_too: bool = False) -> list[tuple[str, int]]:
        """Runs still to be made, replicate by replicate.

        Parameters
        ----------
        shard
            Part (i, n): only runs of the i-th of n parts. The parts depend on the plan alone, not on what has been run.
        failed_too
            Whether runs that failed are made again.

        Returns
        -------
        Runs as (key of the point, replicate).
        """
        keys, there = self.have(failed_too=not failed_too)
        part = np.arange(there.size).reshape(there.shape[::-1]).T % shard[1] == shard[0] - 1
        replicates, rows = np.nonzero((~there & part).T)
        return [(keys[row], int(replicate)) for row, replicate in zip(rows, replicates, strict=True)]

    def status(self) -> Status:
        """Progress of the study."""
        _, there = self.have()
        _, well = self.have(failed_too=False)
        _, lacking = self._among_planned(self.read.runs[~self.read.runs["complete"]])
        return Status(
            len(self.design),
            self.replicates,
            there.size,
            int(well.sum()),
            int((there & ~well).sum()),
            int(lacking.sum()),
            self.read.damaged,
            self.read.contradicted,
            tuple(self.working()),
            self.digest == run_digest(),
        )

    def statistics(self) -> pd.DataFrame:
        """What the finished runs give so far: of each outcome that the study names, over all points and replicates.

        Returns
        -------
        A row per outcome, with ``outcome``, ``unit``, ``runs`` (that have it), ``missing`` (runs without it, as there
        was nothing to say or it was asked for later), ``mean``, ``sd``, ``least`` and ``most``.
        """
        table = self.table()
        values = table.loc[~table["failed"], list(self.study.named)].astype(float)
        return pd.DataFrame(
            {
                "outcome": values.columns,
                "unit": [self.outcomes[name].unit for name in values],
                "runs": values.count().to_numpy(),
                "missing": values.isna().sum().to_numpy(),
                "mean": values.mean().to_numpy(),
                "sd": values.std().to_numpy(),
                "least": values.min().to_numpy(),
                "most": values.max().to_numpy(),
            }
        )

    def size(self) -> int:
        """Bytes of all finished runs on the disk."""
        return sum(path.stat().st_size for path in (self.folder / SHARDS).glob("*.parquet"))

    def widest(self) -> float:
        """Half the width of the 95 % interval of the study's ``precision.outcome``, at the point where it is widest."""
        assert self.study.precision is not None
        table = self.table()
        groups = table[~table["failed"]].groupby("point")[self.study.precision.outcome]
        n = groups.count().to_numpy()
        if len(n) < len(self.design) or (n < 2).any():
            return float("inf")
        quantile = students.ppf((1 + CONFIDENCE) / 2, n - 1)
        return float((quantile * groups.std().to_numpy() / np.sqrt(n)).max())

    def set_aside(self) -> list[str]:
        """Move damaged shards out of the way, so that their runs are run again; returns a sentence about each."""
        said = []
        for name in self.read.damaged:
            with suppress(FileNotFoundError):  # another process was faster
                (self.folder / SHARDS / name).rename(self.folder / SET_ASIDE / name)
                said.append(f"{name} is damaged and was set aside in {SET_ASIDE}; its runs are run again.")
        return said

    def working(self, shard: tuple[int, int] | None = None) -> Iterator[str]:
        """Other processes that work on the study at present; one that has died on this machine does not count.

        With *shard* (i, n) only processes whose part overlaps with it.
        """
        now = disk_time(self.folder / WORKING)
        for path in sorted((self.folder / WORKING).glob("*.json")):
            try:
                note = read_json(path)
                host, number, (i, n) = str(note["host"]), int(note["process"]), note["part"]
            except (ValueError, KeyError, TypeError):
                continue
            if (host, number) == (socket.gethostname(), os.getpid()) or is_gone(path, host, number, now):
                continue
            if shard is None or n != shard[1] or i == shard[0]:
                yield f"process {number} on {host} since {note.get('since')}, part {i} of {n}"

    def clean(self) -> list[str]:
        """Remove notes and half-written files of processes that are gone; returns a sentence about each."""
        now, said = disk_time(self.folder / WORKING), []
        for path in sorted((self.folder / WORKING).glob("*.json")):
            try:
                note = read_json(path)
                gone = is_gone(path, str(note["host"]), int(note["process"]), now)
                why = f"process {int(note['process'])} on {note['host']}, which it is of, is gone"
            except (ValueError, KeyError, TypeError):
                gone, why = True, "it is of no process"
            if gone:
                with suppress(OSError):  # another process was faster
                    path.unlink()
                    said.append(f"The note {path.name} in {WORKING} was removed: {why}. Finished runs are kept.")
        folders = (self.folder, *(self.folder / name for name in (SHARDS, DESIGN, WORKING)))
        return [*said, *(sentence for folder in folders for sentence in remove_leftovers(folder))]

    @contextmanager
    def at_work(self, shard: tuple[int, int]) -> Iterator[None]:
        """Note in the folder that this process works on the study, until the block ends."""
        path = self.folder / WORKING / f"{uuid4().hex}.json"
        since = datetime.now().strftime("%Y-%m-%d %H:%M:%S")
        note = {"host": socket.gethostname(), "process": os.getpid(), "since": since, "part": shard}
        try:
            with refusing_full_disk(self.folder):
                replace_file(path, json.dumps(note))
            with beating(path):
                yield
        finally:
            path.unlink(missing_ok=True)

    def note(self) -> dict[str, str]:
        """Provenance that every table and figure of the study carries."""
        return {
            "model": self.model,
            "run_digest": self.digest,
            "study": self.study.name,
            "question": self.study.question,
            "seed": str(self.study.seed),
            "points": str(len(self.design)),
            "replicates": str(self.replicates),
            "design": hashlib.sha256("".join(self.design["key"]).encode()).hexdigest(),
            "outcomes": ", ".join(self.study.named),
            EXTENSIONS: ", ".join(f"{Path(f.given).name} {f.sha256[:12]}" for f in self.resolved.extensions) or "none",
        }

    def planned(self, replicates: int | None = None, size: int | None = None) -> Store:
        """The store with more replicates planned (never fewer than before), or another size of its design noted.

        Parameters
        ----------
        replicates
            Replicates of each point in all; None as before.
        size
            Size of the design in all; None as before.

        Raises
        ------
        InputError
            If the manifest is damaged or cannot be written.
        """
        manifest = read_manifest(self.folder, "study")
        if replicates is not None:
            manifest["replicates"] = max(replicates, int(manifest["replicates"]))
        if size is not None:
            manifest["study"]["design"]["size"] = size
        with refusing_full_disk(self.folder):
            save_manifest(self.folder, manifest, _files(self.folder))
        return self.again()

    def asking(self, outcomes: Sequence[str]) -> Store:
        """The store with more outcomes at the end of those that the study names.

        Parameters
        ----------
        outcomes
            Names of outcomes; those that a file of one's own declares as ``mine.py:name``. The file is copied.

        Raises
        ------
        InputError
            If there is no such outcome, the study names it already, or the folder cannot be written.
        """
        manifest = read_manifest(self.folder, "study")
        named = extension_files(file for file, _ in map(file_and_name, outcomes) if file is not None)
        have = {file.sha256 for file in self.resolved.extensions}
        new = [file for file in named if file.sha256 not in have]
        every = outcomes_with(str(file.path) for file in (*self.resolved.extensions, *new))
        for _, name in map(file_and_name, outcomes):
            if name in self.study.outcomes:
                raise InputError(f"{self.folder}: the study names the outcome {name} already")
            manifest["study"]["outcomes"].append(every[name].name)
        with refusing_full_disk(self.folder):
            manifest[EXTENSIONS] += [_copy(file, self.folder / INPUTS) for file in new]
            save_manifest(self.folder, manifest, _files(self.folder))
        return self.again()

    def add_points(self, points: Sequence[dict[str, Value]]) -> Store:
        """The store with more points at the end of its design; each must give a value for every input."""
        inputs = self.inputs or list(self.study.inputs)
        for number, point in enumerate(points):
            if set(point) != set(inputs):
                raise InputError(f"new point {number}: has {sorted(point)}; the study's inputs are {sorted(inputs)}")
            self._check_words(number, point)
        check_points(list(points), self.resolved)
        table = pd.DataFrame([{name: p[name] for name in inputs} for p in points], columns=inputs)
        with refusing_full_disk(self.folder):
            _write_design(self.folder, with_keys(table, [""] * len(table), self.study, self.resolved))
        return self.planned()

    def _check_words(self, number: int, point: dict[str, Value]) -> None:
        known = {(f"meaning.{f.field}", f.given) for f in self.resolved.files}
        known |= {("scenario", name) for name in self.resolved.scenarios}
        for field, value in point.items():
            if isinstance(value, str) and (field, value) not in known:
                raise InputError(
                    f"new point {number}: {field} = {value!r} is not among the words this study began with"
                )


def with_keys(table: pd.DataFrame, names: Sequence[str], study: Study, resolved: ResolvedStudy) -> pd.DataFrame:
    """A design table with the name of each point, and the key and the seed of its runs.

    Parameters
    ----------
    table
        A row per point, a column per input.
    names
        Name of each point, empty where it has none.
    study
        Study, which says the seed and whether points share their random draws.
    resolved
        Scenarios and data files of the study.

    Returns
    -------
    The table with the columns ``name``, ``key`` (16 hexadecimal digits) and ``seed``.
    """
    keys, seeds = [], []
    for row in table.to_dict("records"):
        scenario = resolved.scenario({str(f): v for f, v in row.items()})
        identity = resolved.identity(scenario)
        seed = study.seed
        if not study.common_random_numbers:
            seed = int(hashlib.sha256(f"{seed} {identity}".encode()).hexdigest()[:15], 16)
        told_by = scenario.analysis.model_dump_json()
        keys.append(hashlib.sha256(f"{identity} {seed} {told_by}".encode()).hexdigest()[:16])
        seeds.append(seed)
    return table.assign(name=list(names), key=keys, seed=np.array(seeds, np.int64))


def _copy(file: DataFile, inputs: Path) -> dict[str, str]:
    """Copy a data file or extension among the inputs of a study; returns its entry of the manifest."""
    name = f"{file.field}-{file.sha256[:8]}{file.path.suffix}"
    (inputs / name).write_bytes(read_file(file.path))
    return {"field": file.field, "given": file.given, "file": name, "sha256": file.sha256}


def _check_unchanged(file: DataFile) -> None:
    if not file.path.is_file() or hashlib.sha256(read_file(file.path)).hexdigest() != file.sha256:
        raise InputError(f"{file.path}: is not the file any more with which the study was begun")


def _write_design(folder: Path, table: pd.DataFrame) -> None:
    """Add a table of points; the tables are read in the order of their names."""
    number = len(list((folder / DESIGN).glob("*.parquet"))) + 1
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), buffer, compression="zstd")
    path = folder / DESIGN / f"{number:05d}-{digest_of(buffer.getvalue())}.parquet"
    partial = partial_path(path)
    try:
        partial.write_bytes(buffer.getvalue())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    """The files of a store whose digests stand in its manifest; of a shard the name is the digest."""
    return [*(folder / INPUTS).glob("*.*"), *(folder / DESIGN).glob("*.parquet")]


@contextmanager
def refusing_full_disk(folder: Path) -> Iterator[None]:
    """Turn errors of the disk into an ``InputError`` with the reason."""
    try:
        yield
    except OSError as error:
        if error.errno is None or isinstance(error, ConnectionError):
            raise  # not the disk: an executor that lost its workers, perhaps
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        why = "the disk is full" if full else error.strerror or str(error)
        raise InputError(
            f"{folder}: cannot be written, {why}. All runs written so far are kept; "
            f"go on with `twoway study resume {folder}`"
        ) from None
