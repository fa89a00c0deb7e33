"""The days table as arrays, one row per dyad and one column per day; tables with missing parts are refused in words."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.tables import DYAD, require_columns
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, ROLES
from twoway.simulation.arrays import RecordArray
from twoway.simulation.errors import InputError

Floats = NDArray[np.float64]
OF_DAYS = (*DYAD, "day", "party", "post", "predecessors", "positivity", "negativity", "felt_coercion")
"""Columns of the days table that the measures use."""


class Panel(NamedTuple):
    """How everyone was at the end of each day, n dyads over D days; the client comes first, then the keyworker."""

    dyads: pd.DataFrame
    """Columns replicate, centre and dyad, a row per dyad, in this order."""
    days: NDArray[np.int64]
    """The days, ascending, shape (D,)."""
    positivity: Floats
    """Good tone, EPA units, shape (2, n, D)."""
    negativity: Floats
    """Bad tone, EPA units, shape (2, n, D)."""
    felt_coercion: Floats
    """The client's felt coercion, squared EPA units, shape (n, D)."""
    post: NDArray[Any]
    """Post responsible for the client, whole numbers, shape (n, D)."""
    predecessors: NDArray[Any]
    """How many keyworkers held that post before the present one, whole numbers, shape (n, D)."""

    @property
    def rating(self) -> Floats:
        """The relationship as each would rate it: good tone less bad tone, EPA units, shape (2, n, D)."""
        return self.positivity - self.negativity

    def at(self, day: int) -> int:
        """Column of a day; a day that was not kept is refused."""
        found = np.flatnonzero(self.days == day)
        if not len(found):
            raise InputError(f"day = {day}; the table of days holds day {self.days[0]} to {self.days[-1]}")
        return int(found[0])

    def tones_in(self, days: tuple[int, int]) -> tuple[Floats, Floats]:
        """Good and bad tone of both parties, shape (2, dyads), in the mean of the days from the first to the last."""
        some = slice(self.at(days[0]), self.at(days[1]) + 1)
        good, bad = (tone[:, :, some].mean(axis=-1) for tone in (self.positivity, self.negativity))
        return good, bad

    def rows_of(self, table: pd.DataFrame, name: str) -> NDArray[np.intp]:
        """Row of the panel to which each row of another table belongs.

        Parameters
        ----------
        table
            Table with columns replicate, centre and dyad.
        name
            Its name in messages, such as "events".

        Returns
        -------
        array of int
            Shape (rows of *table*,).

        Raises
        ------
        InputError
            If a dyad is not in the panel.
        """
        index = pd.MultiIndex.from_frame(self.dyads)
        rows = np.asarray(index.get_indexer(pd.MultiIndex.from_frame(table[DYAD])), np.intp)
        if (rows < 0).any():
            who = table[DYAD].iloc[int(np.argmin(rows))]
            raise InputError(f"{name}: {_dyad(who)} is not in the table of days")
        return rows


def _dyad(who: pd.Series) -> str:
    return f"dyad {who['dyad']} of centre {who['centre']} in replicate {who['replicate']}"


def panel_of_records(days: RecordArray) -> Panel:
    """Records of days as arrays.

    Parameters
    ----------
    days
        Rows of the days table as a centre leaves them, shape (n, days, 2): dyads, days, client and keyworker.
    """
    of_client = days[:, :, CLIENT]
    return Panel(
        pd.DataFrame({name: days[name][:, 0, CLIENT] for name in DYAD}),
        days["day"][0, :, CLIENT].astype(np.int64),
        np.moveaxis(days["positivity"], 2, 0),
        np.moveaxis(days["negativity"], 2, 0),
        of_client["felt_coercion"],
        of_client["post"].astype(np.int64),
        of_client["predecessors"].astype(np.int64),
    )


def panel(days: pd.DataFrame) -> Panel:
    """The days table as arrays. Every dyad must have one row for either party on every day."""
    require_columns(days, "days", OF_DAYS)
    party = pd.Categorical(days["party"], categories=list(ROLES)).codes.astype(np.int64)
    keys = [party, *(days[name].to_numpy() for name in ("day", *DYAD[::-1]))]
    order = np.lexsort(keys)
    table = days.iloc[order]
    numbers = np.unique(table["day"].to_numpy())
    dyads = table[DYAD].drop_duplicates().reset_index(drop=True)
    shape = (len(dyads), len(numbers), 2)
    complete = len(table) == np.prod(shape)
    if complete:
        day, side = table["day"].to_numpy().reshape(shape), party[order].reshape(shape)
        complete = bool((day == numbers[:, None]).all() and (side == (CLIENT, KEYWORKER)).all())
    if not complete:
        count = table.groupby(DYAD).size()
        odd = count[count != 2 * len(numbers)]
        who = _dyad(pd.Series(odd.index[0], index=DYAD)) if len(odd) else "a dyad"
        raise InputError(f"days: {who} has not exactly one row for client and keyworker on each of {len(numbers)} days")

    def values(name: str) -> Floats:
        return np.ascontiguousarray(np.moveaxis(table[name].to_numpy().reshape(shape), 2, 0))

    return Panel(
        dyads,
        numbers.astype(np.int64),
        values("positivity"),
        values("negativity"),
        values("felt_coercion")[CLIENT],
        values("post")[CLIENT].astype(np.int64),
        values("predecessors")[CLIENT].astype(np.int64),
    )
