"""Data for other programs: the tables of a run or a study, as CSV with scripts for SPSS, R and Stata."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from twoway.experiments.results.digests import checked
from twoway.experiments.results.export import COMMA, Dialect, export_tables
from twoway.experiments.results.manifest import read_manifest
from twoway.experiments.results.tables import parquet_rows
from twoway.experiments.runs.open import SavedRun, saved_tables
from twoway.experiments.runs.run import ADDED
from twoway.experiments.studies.manage import columns_of_table
from twoway.experiments.studies.store import Store
from twoway.simulation.columns import Column
from twoway.simulation.errors import InputError
from twoway.simulation.tables import columns_of, detail_of

Rows = Callable[[], Iterable[pd.DataFrame]]


def export(folder: str | Path, out: str | Path, decimal_comma: bool = False, progress: bool = False) -> list[Path]:
    """Write the tables of a run or a study for other programs, to a new folder.

    Parameters
    ----------
    folder
        Folder of the run or study.
    out
        Folder that does not exist yet.
    decimal_comma
        Whether numbers have a decimal comma, and fields are separated by semicolons, as spreadsheets of much of Europe
        expect it.
    progress
        Whether to show a bar of rows.

    Returns
    -------
    The files: of each table the CSV, and scripts for SPSS (``.sps``), R (``.R``) and Stata (``.do``) that read and
    label it; and a codebook.

    Raises
    ------
    InputError
        If the folder is neither run nor study, or is damaged; or if *out* exists or cannot be written.

    Examples
    --------
    >>> from twoway.experiments.studies.run import run_study
    >>> from twoway.experiments.studies.study import Study
    >>> small = {"design.clients": 2, "design.days": 3}
    >>> study = Study(title="Small", question="?", changes=small, inputs={"context.control": (1.0, 5.0)}, replicates=2)
    >>> _ = run_study(study, "runs/small", workers=1)
    >>> [path.name for path in export("runs/small", "exported")]
    ['runs.csv', 'runs.sps', 'runs.R', 'runs.do', 'codebook.csv']
    """
    tables = _tables_of(Path(folder))
    return export_tables(Path(out), tables, COMMA if decimal_comma else Dialect(), progress)


def _tables_of(folder: Path) -> dict[str, tuple[Sequence[Column], Rows]]:
    """The tables by name, with their declared columns, and how their rows are read."""
    kind = str(read_manifest(folder)["kind"])
    if kind == "study":
        store = Store(folder)
        return {"runs": (columns_of_table(store), lambda: [store.table()])}
    if kind != "run":
        raise InputError(f"{folder}: is a {kind}, whose tables are CSV already; runs and studies can be exported")
    run = SavedRun(folder)
    tables: dict[str, tuple[Sequence[Column], Rows]] = {}
    for name in saved_tables(detail_of(run.detail)):
        columns = columns_of(name, run.resolved) + (ADDED if name == "dyads" else ())
        tables[name] = (columns, partial(_rows_of, run, name))
    return tables


def _rows_of(run: SavedRun, name: str) -> Iterator[pd.DataFrame]:
    """The rows of a table of a run, some at a time."""
    yield from parquet_rows(checked(run.folder, run.manifest, f"{name}.parquet"))
