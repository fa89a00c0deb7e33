"""Tables of results: put together, written to Parquet and CSV, read again, described; and tables of declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from twoway.simulation.columns import Column
from twoway.simulation.data_files import read_toml
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables, words_of

Model = TypeVar("Model", bound=BaseModel)


def by_scenario(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One table of several by scenario, whose name stands in front; of none, an empty one with that column alone."""
    if not tables:
        return pd.DataFrame(columns=["scenario"])
    whole = pd.concat([table.assign(scenario=name) for name, table in tables.items()], ignore_index=True)
    return whole[["scenario", *(column for column in whole if column != "scenario")]]


class TableWriter:
    """Writes the rows of one table to Parquet (and CSV) as they come; memory does not grow with the run."""

    def __init__(self, folder: Path, name: str, csv: bool, note: Mapping[str, str]) -> None:
        self.folder, self.name, self.csv, self.note = folder, name, csv, note
        self._parquet: pq.ParquetWriter | None = None

    def write(self, rows: pd.DataFrame) -> None:
        """Append rows."""
        table = pa.Table.from_pandas(rows, preserve_index=False)
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **_bytes(self.note)})
        first = self._parquet is None
        if self._parquet is None:
            self._parquet = pq.ParquetWriter(self.folder / f"{self.name}.parquet", table.schema, compression="zstd")
        self._parquet.write_table(table)
        if self.csv:
            rows.to_csv(self.folder / f"{self.name}.csv", mode="a", header=first, index=False)

    def close(self) -> None:
        """Finish the file."""
        if self._parquet is not None:
            self._parquet.close()
            self._parquet = None


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
    try:
        return pq.read_table(path, filters=rows).replace_schema_metadata(None)
    except (pa.ArrowException, OSError):
        raise InputError(f"{path}: cannot be read as Parquet") from None


def read_tables(folder: Path) -> dict[str, pa.Table]:
    """The Parquet tables of a run, by name, without their metadata."""
    paths = {name: folder / f"{name}.parquet" for name in Tables._fields}
    return {name: read_table(path) for name, path in paths.items() if path.is_file()}


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table that was saved as CSV; ``InputError`` if it is missing or is none."""
    try:
        return pd.read_csv(path)
    except FileNotFoundError:
        raise InputError(f"{path.parent}: the table {path.name} is missing") from None
    except (ValueError, UnicodeDecodeError):
        raise InputError(f"{path}: cannot be read as CSV") from None


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
