"""One run: from a scenario to a folder with tables, figures and manifest, and again to verify it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure
from tqdm import tqdm

from twoway.analysis.figures.registry import figures_in
from twoway.analysis.patterns import CLASSES, PATTERNS, shares, with_patterns
from twoway.experiments.results.figures import save_figure
from twoway.experiments.results.folder import atomic_folder
from twoway.experiments.results.manifest import copy_inputs, write_manifest
from twoway.experiments.results.provenance import provenance
from twoway.experiments.results.result import Verdict, changed_files, spoiled_files
from twoway.experiments.results.tables import TableWriter, read_table, write_codebook
from twoway.experiments.runs.open import SavedRun, read_run, saved_tables
from twoway.simulation.columns import Column
from twoway.simulation.compilation import source_digest
from twoway.simulation.extensions import Extension
from twoway.simulation.parameters.scenario import Scenario, as_scenario
from twoway.simulation.run import Detail, PreparedScenario, simulate
from twoway.simulation.tables import TableBuilder, Tables, check_seed, columns_of, detail_of

CENTRES_AT_ONCE = 64
"""Centres whose records are turned into tables and written at a time."""
ADDED = (
    Column("client_class", "word", "the client's own class in the interviews", words=CLASSES),
    Column("keyworker_class", "word", "the keyworker's own class in the interviews", words=CLASSES),
    Column("pattern", "word", "pattern assigned from both classes", words=PATTERNS),
)
"""Columns that the analysis adds to the dyads table."""
SUMMARY = (
    Column("pattern", "word", "pattern in the interviews", words=PATTERNS),
    Column("dyads", "dyads", "how many dyads are in the pattern"),
    Column("share", "share", "share of all dyads"),
    Column("low", "share", "lower end of the share's 95 % interval"),
    Column("high", "share", "upper end of the share's 95 % interval"),
)
"""Columns of the table of patterns."""


def run_and_save(
    scenario: Scenario | str | Path,
    name: str,
    folder: str | Path,
    seed: int = 1,
    replicates: int = 1,
    detail: str = "events",
    csv: bool = False,
    threads: int = 2,
    progress: bool = False,
) -> SavedRun:
    """Run a scenario and write tables, figures and manifest to a new folder.

    Parameters
    ----------
    scenario
        A scenario, or its name or path.
    name
        Name of the scenario in tables and manifest.
    folder
        Folder that does not exist yet.
    seed
        Random seed, from 0.
    replicates
        Number of repetitions of the whole scenario.
    detail
        Level of detail: "dyads", "days" or "events".
    csv
        Whether to write CSV files with a codebook as well.
    threads
        Number of threads.
    progress
        Whether to show a bar.

    Raises
    ------
    InputError
        If the folder exists, or an argument is out of its range.
    """
    check_seed(seed, replicates)
    level, folder = detail_of(detail), Path(folder)
    scenario = as_scenario(scenario)
    prepared = PreparedScenario(scenario)
    with atomic_folder(folder) as partial:
        note = provenance(name, seed, replicates)
        files = copy_inputs(partial, prepared.resolved)
        dyads, first = _write_tables(prepared, partial, note, level, csv, threads, progress)
        for name_of_figure, figure in _figures(dyads, first, level, prepared.resolved.extensions):
            save_figure(partial, name_of_figure, figure, note)
        if csv:
            columns = {table: columns_of(table, prepared.resolved) for table in saved_tables(level)}
            columns["dyads"] += ADDED
            write_codebook(partial, prepared.resolved, {**columns, "patterns": SUMMARY})
        shares(dyads).to_csv(partial / "patterns.csv")
        write_manifest(partial, "run", note, {"detail": detail, "csv": csv, "inputs": files}, scenario)
    return SavedRun(folder)


def _figures(
    dyads: pd.DataFrame, first: Tables, level: Detail, extensions: tuple[Extension, ...]
) -> Iterator[tuple[str, Figure]]:
    """The figures that the saved tables allow, with their names; *first* are tables of the first replicates."""
    tables = {name: getattr(first, name) for name in saved_tables(level)}
    for kind in figures_in("run", tables, extensions):
        yield kind.name, kind.draw(tables if "events" in kind.needs else {**tables, "dyads": dyads})


FIGURE_REPLICATES = 25
"""Replicates whose days are kept in memory for the figure by day; the figure says how many dyads it rests on."""


def _write_tables(
    prepared: PreparedScenario,
    folder: Path,
    note: dict[str, str],
    level: Detail,
    csv: bool,
    threads: int,
    progress: bool,
) -> tuple[pd.DataFrame, Tables]:
    """Write the tables while centres are simulated; returns all dyads, and tables of the first replicates."""
    writers = {table: TableWriter(folder, table, csv, note) for table in saved_tables(level)}
    builder = TableBuilder(prepared.resolved)
    seed, replicates = int(note["seed"]), int(note["replicates"])
    centres = simulate(prepared, seed, range(replicates), level, threads)
    all_dyads: list[pd.DataFrame] = []
    days: list[pd.DataFrame] = []
    total = replicates * prepared.scenario.design.centres
    try:
        with tqdm(total=total, unit="centre", desc="Simulating", disable=None if progress else True) as bar:
            while some := list(islice(centres, CENTRES_AT_ONCE)):
                tables = builder.tables(some)
                tables = tables._replace(dyads=with_patterns(tables.dyads))
                for table, writer in writers.items():
                    writer.write(getattr(tables, table))
                all_dyads.append(tables.dyads)
                if not days:
                    first = tables
                if some[0].replicate < FIGURE_REPLICATES:
                    days.append(tables.days)
                bar.update(len(some))
    finally:
        for writer in writers.values():
            writer.close()
    return pd.concat(all_dyads, ignore_index=True), first._replace(days=pd.concat(days, ignore_index=True))


def verify_run(folder: Path, threads: int = 2, progress: bool = False, sample: int | None = None) -> Verdict:
    """Make a saved run again from its manifest and compare every table, value by value.

    Parameters
    ----------
    folder
        Folder of the run.
    threads
        Number of threads.
    progress
        Whether to show a bar.
    sample
        Without effect: all of it is made again.

    Returns
    -------
    Equality by table, and what has changed since.

    Raises
    ------
    InputError
        If the folder holds no run or a damaged one, or a table is missing.
    """
    inputs, manifest = read_run(folder)
    level = detail_of(inputs.detail)
    names = saved_tables(level)
    spoiled = spoiled_files(folder, manifest, (f"{name}.parquet" for name in names))
    changed = changed_files(spoiled)
    if manifest["source_digest"] != source_digest():
        changed.append(f"the model's sources (the run was made with {manifest['model']})")
    note = provenance(inputs.name, inputs.seed, inputs.replicates)
    with tempfile.TemporaryDirectory() as temporary:
        _write_tables(PreparedScenario(inputs.scenario), Path(temporary), note, level, False, threads, progress)
        equal = {
            name: f"{name}.parquet" not in spoiled
            and _equal(*(read_table(one / f"{name}.parquet") for one in (folder, Path(temporary))))
            for name in names
        }
    return Verdict(equal, tuple(changed))


def _equal(one: pa.Table, other: pa.Table) -> bool:
    """Whether two tables are equal in every value; missing equals missing."""
    if one.schema != other.schema or one.num_rows != other.num_rows:
        return False
    return bool(one.to_pandas().equals(other.to_pandas()))
