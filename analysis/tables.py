"""What a table's columns mean beyond their numbers: the kinds of the frames, the sentiments of the acts.

The tables name frames and acts; what kind a frame is and how good an act feels stands in the data files of the run,
which a ``Resolved`` scenario holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.simulation.affect_control.frames import KINDS
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.parameters.scenario import Resolved

DYAD = ["replicate", "centre", "dyad"]
"""The columns that say which dyad a row is about."""
EVALUATION, POTENCY, ACTIVITY = 0, 1, 2


class DyadKey(NamedTuple):
    """One dyad: the keys of every table."""

    replicate: int
    centre: int
    dyad: int

    def rows(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of a *table* that are about this dyad, in their order."""
        return table[np.logical_and.reduce([table[key] == value for key, value in zip(DYAD, self, strict=True)])]


def kind_shares(table: pd.DataFrame, resolved: Resolved) -> NDArray[np.float64]:
    """Weight of the personal, formal and adversarial frames in each row's definition.

    Parameters
    ----------
    table
        Rows of days or events, with the frames' weights.
    resolved
        The scenario with its data files.

    Returns
    -------
    array
        Shape (rows, 3); each row sums to 1.
    """
    weights = table[[f"{SHARE_OF}{name}" for name in resolved.frames.names]].to_numpy()
    member: NDArray[np.float64] = np.equal.outer(resolved.frames.kind, np.arange(len(KINDS))).astype(float)
    return weights @ member


def sentiment_of(acts: pd.Series, resolved: Resolved, dimension: int = EVALUATION) -> NDArray[np.float64]:
    """Evaluation, potency or activity of each act of a categorical column.

    Parameters
    ----------
    acts
        Names of acts; may have missing values.
    resolved
        The scenario with its data files.
    dimension
        ``EVALUATION``, ``POTENCY`` or ``ACTIVITY``.

    Returns
    -------
    array
        Shape (rows,), EPA units; NaN where there is no act.
    """
    values: list[Any] = [resolved.lexicon.acts[name][dimension] for name in acts.cat.categories]
    return np.append(np.array(values, np.float64), np.nan)[acts.cat.codes.to_numpy()]


MANNER_OF = {"act": "manner", "seen": "manner_seen"}
"""The column with the manner in which an act was done, or was taken to be done."""


def evaluation_of_deed(event: Mapping[Any, Any], column: str, resolved: Resolved) -> float:
    """How good it was what was done, or what it was taken for, with its manner: ``evaluation_of_deeds`` of one row.

    Parameters
    ----------
    event
        Row of the events table about an act, as a dictionary.
    column
        ``act`` (what was done, and how) or ``seen`` (what it was taken for, and how).
    resolved
        The scenario with its data files.
    """
    manner = event.get(MANNER_OF[column])
    shift = resolved.situations.manners[manner][EVALUATION] if isinstance(manner, str) else 0.0
    return float(resolved.lexicon.acts[event[column]][EVALUATION] + shift)


def evaluation_of_deeds(events: pd.DataFrame, column: str, resolved: Resolved) -> NDArray[np.float64]:
    """How good it was what was done, or what it was taken for, with its manner: a number per row.

    Parameters
    ----------
    events
        Rows of the events table.
    column
        As for ``evaluation_of_deed``.
    resolved
        The scenario with its data files.

    Returns
    -------
    array
        Shape (rows,), EPA units; NaN where there is no act.
    """
    manner = events[MANNER_OF[column]].cat
    shifts = [resolved.situations.manners[name][EVALUATION] for name in manner.categories]
    return sentiment_of(events[column], resolved) + np.append(shifts, 0.0)[manner.codes.to_numpy()]


def require_columns(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Check that a table has columns and rows.

    Parameters
    ----------
    table
        Table of a run.
    name
        Its name in messages: "events", "days" or "dyads".
    columns
        Names of the columns.

    Raises
    ------
    InputError
        If a column is missing or the table is empty.
    """
    for column in columns:
        if column not in table:
            raise InputError(f"{name}: the column '{column}' is missing; {nearest(column, map(str, table.columns))}")
    if table.empty:
        raise InputError(f"{name}: the table is empty; keep = 'events' keeps all three tables")


def on_day(days: pd.DataFrame, day: int) -> pd.DataFrame:
    """The rows of the days table at the end of one day.

    Parameters
    ----------
    days
        Parties at the end of each day.
    day
        Day of the stay, from 1.

    Raises
    ------
    InputError
        If the day is outside the stay.
    """
    last = int(days["day"].max())
    if not 1 <= day <= last:
        raise InputError(f"day {day}: the stay has days 1 to {last}")
    return days[days["day"] == day]
