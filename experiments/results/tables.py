"""Tables of results: put together, written to Parquet and CSV, read again, described; and tables of declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
