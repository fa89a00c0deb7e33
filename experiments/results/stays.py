"""The tables of a run in its folder, read some whole centres at a time, so that memory does not grow with the run.

All that opens a run's folder reads through ``StayTables``: one dyad, a few centres, or everything in batches. How much
is read at a time is counted in rows, as centres may have one client or a thousand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from twoway.analysis.patterns import PatternRule, with_patterns
from twoway.experiments.results.digests import checked
from twoway.experiments.results.manifest import Manifest
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables, columns_of, words_of

READ_ROWS = 100_000
"""Rows of the longest table that are read at a time; more only where one centre has more."""
Columns = Mapping[str, Sequence[str]]
"""Columns wanted of each table by its name; of a table that is not named, all."""


class StayTables:
    """The saved tables of a run, whose centres are numbered from 0 through all replicates.

    Parameters
    ----------
    folder
        Folder with the tables.
    resolved
        Scenario of the run.
    replicates
        Number of its replicates.
    detail
        Level of detail: "dyads", "days" or "events".
    manifest
        Manifest of the saved run, by which each table is found to be as it was written; None if the tables have just
        been written (they may be without rows if nothing happened).
    rule
        Pattern rule by which patterns are told instead of those that were saved.
    """

    def __init__(
        self,
        folder: Path,
        resolved: Resolved,
        replicates: int,
        detail: str,
        manifest: Manifest | None = None,
        rule: PatternRule | None = None,
    ) -> None:
        self.folder, self.resolved, self.detail, self._rule, self._manifest = folder, resolved, detail, rule, manifest
        self.design = resolved.scenario.design
        self.centres = range(replicates * self.design.centres)
        self._files: dict[str, ds.Dataset] = {}

    def count(self, table: str) -> int:
        """Number of rows of a table."""
        return int(self._file(table).count_rows())

    def centre(self, replicate: int, centre: int) -> range:
        """One centre, as a range of centres.

        Parameters
        ----------
        replicate
            Number of the replicate.
        centre
            Number of the centre in the replicate.
        """
        number = replicate * self.design.centres + centre
        return range(number, number + 1)

    def first(self, dyads: int) -> range:
        """The first whole centres with at most so many dyads, at least one; whole replicates if one has no more."""
        whole = dyads // (self.design.centres * self.design.clients) * self.design.centres
        return self.centres[: whole or max(1, dyads // self.design.clients)]

    def read(
        self, table: str, some: range | None = None, columns: Sequence[str] | None = None, dyads: range | None = None
    ) -> pd.DataFrame:
        """Rows of a table.

        Parameters
        ----------
        table
            "events", "days" or "dyads".
        some
            Centres whose rows are read; by default all.
        columns
            Names of the columns; by default all.
        dyads
            Numbers of the dyads of each centre that are read; by default all.

        Raises
        ------
        InputError
            If the table was not kept, holds no rows, lacks a column or cannot be read.
        """
        if table == "dyads" and self._rule is not None and columns is not None:
            return self.read(table, some, None, dyads)[list(columns)]
        file = self._file(table)
        wanted = None if some is None or some == self.centres else _from(some.start, self.design.centres)
        if wanted is not None and some is not None:
            wanted &= _before(some.stop, self.design.centres)
        if dyads is not None:
            own = (pc.field("dyad") >= dyads.start) & (pc.field("dyad") < dyads.stop)
            wanted = own if wanted is None else wanted & own
        names = None if columns is None else [name for name in file.schema.names if name in set(columns)]
        try:
            rows = file.to_table(columns=names, filter=wanted).replace_schema_metadata(None)
        except (pa.ArrowException, OSError):
            raise InputError(f"{self._path(table)}: cannot be read as Parquet") from None
        frame = rows.to_pandas(split_blocks=True, self_destruct=True)
        if frame.empty:  # where nothing happened the file does not know the words either
            for column in columns_of(table, self.resolved):
                if column.words and column.name in frame:
                    frame[column.name] = pd.Categorical([], categories=list(words_of(column, self.resolved)))
        return frame if table != "dyads" or self._rule is None else with_patterns(frame, self._rule)

    def tables(self, some: range | None = None, columns: Columns | None = None, dyads: range | None = None) -> Tables:
        """Events, days and dyads; arguments and refusals as of ``read``, *columns* by table.

        Parameters
        ----------
        some
            Centres whose rows are read; by default all.
        columns
            Names of the columns by table; by default all.
        dyads
            Numbers of the dyads of each centre that are read; by default all.
        """
        return Tables(*(self.read(name, some, (columns or {}).get(name), dyads) for name in Tables._fields))

    def parts(self, some: range | None = None, rows: int = READ_ROWS) -> Iterator[range]:
        """Ranges of centres that have about so many rows in the longest table, at least one centre each.

        Parameters
        ----------
        some
            Centres that are divided; by default all.
        rows
            Rows wanted.
        """
        some = self.centres if some is None else some
        longest = max(self.count(name) for name in Tables._fields if self._path(name).is_file())
        step = max(1, rows * len(self.centres) // max(longest, 1))
        for start in range(some.start, some.stop, step):
            yield range(start, min(start + step, some.stop))

    def batches(
        self, columns: Columns | None = None, some: range | None = None, rows: int = READ_ROWS
    ) -> Iterator[Tables]:
        """All tables of whole centres, in their order, about so many rows at a time.

        Parameters
        ----------
        columns
            Names of the columns by table; by default all.
        some
            Centres that are read; by default all.
        rows
            Rows of the longest table that are read at a time.
        """
        for part in self.parts(some, rows):
            yield self.tables(part, columns)

    def _path(self, table: str) -> Path:
        return self.folder / f"{table}.parquet"

    def _file(self, table: str) -> ds.Dataset:
        """The file of a table, which has been found to hold its columns and rows."""
        if table in self._files:
            return self._files[table]
        path = self._path(table)
        if not os.path.lexists(path):
            hint = f": the run saved only the {self.detail}; run it again with --detail events"
            raise InputError(f"{path}: is missing{hint if self.detail != 'events' else ''}")
        if self._manifest is not None:
            checked(self.folder, self._manifest, path.name)
        try:
            file = ds.dataset(path, format="parquet")
            empty = self._manifest is not None and not file.count_rows()
        except (pa.ArrowException, OSError):
            raise InputError(f"{path}: cannot be read as Parquet") from None
        for column in columns_of(table, self.resolved):
            if column.name not in file.schema.names:
                raise InputError(f"{path}: the column '{column.name}' is missing")
        if empty:
            raise InputError(f"{path}: holds no rows")
        self._files[table] = file
        return file


def _from(number: int, centres: int) -> pc.Expression:
    """Rows of the centre with a number and of all after it."""
    replicate, centre = divmod(number, centres)
    own = (pc.field("replicate") == replicate) & (pc.field("centre") >= centre)
    return (pc.field("replicate") > replicate) | own


def _before(number: int, centres: int) -> pc.Expression:
    """Rows of all centres before the one with a number."""
    replicate, centre = divmod(number, centres)
    own = (pc.field("replicate") == replicate) & (pc.field("centre") < centre)
    return (pc.field("replicate") < replicate) | own
