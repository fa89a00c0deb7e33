"""Tables of results: put together, written to Parquet and CSV, read again, described; and tables of declarations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from twoway.experiments.results.digests import checked
from twoway.simulation.columns import Column
from twoway.simulation.data_files import open_file, read_file, read_toml
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import words_of

Model = TypeVar("Model", bound=BaseModel)
LARGEST_CSV = 2**30
"""Bytes of the largest CSV file that is read."""


def by_scenario(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One table of several by scenario, whose name stands in front; of none, an empty one with that column alone."""
    if not tables:
        return pd.DataFrame(columns=["scenario"])
    whole = pd.concat([table.assign(scenario=name) for name, table in tables.items()], ignore_index=True)
    return whole[["scenario", *(column for column in whole if column != "scenario")]]


AT_ONCE = 20_000
"""Rows of a table that are written at a time, at least, and that are read at a time."""
WHERE = ("replicate", "centre", "dyad")
"""Columns by which rows are found again in a file."""


class TableWriter:
    """Writes the rows of one table to Parquet (and CSV) as they come; memory does not grow with the run.

    Rows are written in groups of ``AT_ONCE`` or more, of which the file says only where they stand in the run: of many
    small groups and many statistics a file would have more to tell than of its rows.
    """

    def __init__(self, folder: Path, name: str, csv: bool, note: Mapping[str, str]) -> None:
        self.folder, self.name, self.csv, self.note = folder, name, csv, note
        self._parquet: pq.ParquetWriter | None = None
        self._waiting: list[pd.DataFrame] = []

    def write(self, rows: pd.DataFrame) -> None:
        """Append rows."""
        self._waiting.append(rows)
        if sum(map(len, self._waiting)) >= AT_ONCE:
            self._write_group()

    def _write_group(self) -> None:
        filled = [rows for rows in self._waiting if len(rows)] or self._waiting[:1]
        rows, self._waiting = pd.concat(filled, ignore_index=True), []
        table = pa.Table.from_pandas(rows, preserve_index=False)
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **_bytes(self.note)})
        first = self._parquet is None
        if self._parquet is None:
            path, where = self.folder / f"{self.name}.parquet", [name for name in WHERE if name in rows]
            self._parquet = pq.ParquetWriter(path, table.schema, compression="zstd", write_statistics=where)
        self._parquet.write_table(table)
        if self.csv:
            rows.to_csv(self.folder / f"{self.name}.csv", mode="a", header=first, index=False)

    def close(self) -> None:
        """Finish the file."""
        if self._waiting:
            self._write_group()
        if self._parquet is not None:
            self._parquet.close()
            self._parquet = None


class TableChecker:
    """Compares rows, as they come, with those of a saved table; missing equals missing."""

    def __init__(self, path: Path) -> None:
        self.equal = True
        self._saved = parquet_rows(path)
        self._next = pd.DataFrame()

    def write(self, rows: pd.DataFrame) -> None:
        """Compare with the rows that stand next in the saved table."""
        while self.equal and len(rows):
            if self._next.empty:
                self._next = next(self._saved, self._next)
            count = min(len(rows), len(self._next))
            here, there = (some.iloc[:count].reset_index(drop=True) for some in (rows, self._next))
            self.equal = bool(count) and here.equals(there)
            rows, self._next = rows.iloc[count:], self._next.iloc[count:]

    def close(self) -> None:
        """Find out whether the saved table has more rows."""
        more = not self._next.empty or any(not some.empty for some in self._saved)
        self.equal = self.equal and not more


def parquet_rows(path: Path, rows: int = AT_ONCE) -> Iterator[pd.DataFrame]:
    """The rows of a Parquet table, some at a time.

    Parameters
    ----------
    path
        Parquet file.
    rows
        Most rows at a time.

    Raises
    ------
    InputError
        If the file cannot be read as Parquet.
    """
    try:
        with open_file(path) as content, pq.ParquetFile(content, pre_buffer=False) as file:  # or all is fetched ahead
            if not file.metadata.num_rows:
                yield file.read().to_pandas()
            for batch in file.iter_batches(rows):
                yield pa.Table.from_batches([batch]).replace_schema_metadata(file.schema_arrow.metadata).to_pandas()
    except (pa.ArrowException, OSError):
        raise InputError(f"{path}: cannot be read as Parquet") from None


def _bytes(note: Mapping[str, str]) -> dict[bytes, bytes]:
    return {f"twoway.{key}".encode(): value.encode() for key, value in note.items()}


def write_codebook(folder: Path, resolved: Resolved, tables: Mapping[str, Iterable[Column]]) -> None:
    """Write a codebook for users of SPSS or Excel: each column with table, unit, meaning and words.

    Parameters
    ----------
    folder
        Folder in which ``codebook.csv`` is written.
    resolved
        Scenario whose data files give the words.
    tables
        Columns by table.
    """
    rows = [
        (table, column.name, column.unit, column.meaning, ", ".join(words_of(column, resolved)))
        for table, columns in tables.items()
        for column in columns
    ]
    codebook = pd.DataFrame(rows, columns=["table", "column", "unit", "meaning", "words"])
    codebook.to_csv(folder / "codebook.csv", index=False)


def read_table(path: Path, rows: list[tuple[str, str, int]] | None = None) -> pa.Table:
    """A Parquet table without its metadata.

    Parameters
    ----------
    path
        Parquet file.
    rows
        Conditions (column, comparison, number) that rows must meet, as ``filters`` of ``pyarrow.parquet.read_table``;
        None for all rows.

    Raises
    ------
    InputError
        If the file cannot be read as Parquet.
    """
    with open_file(path) as file:
        try:
            return pq.read_table(file, filters=rows).replace_schema_metadata(None)
        except (pa.ArrowException, OSError, MemoryError):
            raise InputError(f"{path}: cannot be read as Parquet") from None


def read_csv(path: Path) -> pd.DataFrame:
    """A table from a CSV file; ``InputError`` if it cannot be read, or is none."""
    content = read_file(path, LARGEST_CSV)
    try:
        return pd.read_csv(BytesIO(content))
    except (ValueError, OverflowError, RecursionError, MemoryError):
        raise InputError(f"{path}: cannot be read as CSV") from None


def saved_csv(folder: Path, manifest: Mapping[str, Any], name: str) -> pd.DataFrame:
    """A table of a result that was saved as CSV.

    Parameters
    ----------
    folder, manifest
        Folder of the result, and its manifest.
    name
        Name of the table.

    Raises
    ------
    InputError
        If the table was changed after it was written, is missing, or cannot be read.
    """
    return read_csv(checked(folder, manifest, f"{name}.csv"))


def read_declarations(path: Path, model: type[Model]) -> Model:
    """Read a TOML table of declared rows, such as facts or claims.

    Parameters
    ----------
    path
        TOML file.
    model
        Type that the whole file must fit.

    Raises
    ------
    InputError
        If the file does not fit the *model*; the message names file and field.
    """
    try:
        return model.model_validate(read_toml(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
