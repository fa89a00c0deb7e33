"""Where the stories of the same dyad in two contexts part, and what happened there in either.

Events are the records of a run (``twoway.simulation.columns``) or their table in words; days are counted from 1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.simulation.events import EVENTS, EXCHANGE, HANDLING
from twoway.simulation.situations import ENCOUNTER_KINDS

VISIBLE = ("day", "event", "encounter", "exchange", "actor", "act", "seen", "way", "friend")
"""What must be equal for two stories to be the same so far: all that an onlooker with access to the readings has."""
ONE_ONLY, OPENED, ACT, SEEN, HANDLED, FRIEND = (
    "took place in one only",
    "opened by the other party",
    "another act",
    "same act, taken for another",
    "tension handled otherwise",
    "another friend",
)
PARTINGS = (ONE_ONLY, OPENED, ACT, SEEN, HANDLED, FRIEND)


class FirstDifference(NamedTuple):
    """The first thing that differs: its day, in what, and the kind of encounter or other event it was."""

    day: int
    what: str
    event: str


def first_difference(first: NDArray[Any], other: NDArray[Any]) -> FirstDifference | None:
    """Where two stories of one dyad part, from the event records of that dyad in both contexts; None if nowhere.

    Parameters
    ----------
    first, other
        Records of the dyad's events in one context and in the other, in their order, shape (events,) each, with the
        fields ``VISIBLE``.
    """
    both = min(len(first), len(other))
    differs = np.zeros(both, bool)
    for field in VISIBLE:
        differs |= first[field][:both] != other[field][:both]
    at = int(differs.argmax()) if differs.any() else both
    here, there = (events[at] if at < len(events) else None for events in (first, other))
    if here is None and there is None:
        return None
    if here is None or there is None or _place(here) != _place(there):
        rows = sorted((row for row in (here, there) if row is not None), key=_place)
        return FirstDifference(int(rows[0]["day"]), ONE_ONLY, _name(rows[0]))
    what = FRIEND
    if here["event"] == EXCHANGE:
        what = OPENED if here["actor"] != there["actor"] else ACT if here["act"] != there["act"] else SEEN
    elif here["event"] == HANDLING:
        what = HANDLED if here["actor"] == there["actor"] else ONE_ONLY
    return FirstDifference(int(here["day"]), what, _name(here))


def _place(row: Any) -> tuple[int, ...]:
    """When it happened: rows of one place in both contexts tell of the same occasion."""
    return int(row["day"]), int(row["event"]), int(row["encounter"]), int(row["exchange"])


def _name(row: Any) -> str:
    return ENCOUNTER_KINDS[row["encounter"]] if row["event"] == EXCHANGE else list(EVENTS)[row["event"]]


def settled_from(codes: NDArray[np.int8]) -> NDArray[np.int64]:
    """The day from which on each dyad is in the pattern in which it ends; *codes* has shape (days, dyads).

    >>> settled_from(np.array([[0, 1], [0, 2], [0, 1]], np.int8)).tolist()
    [1, 3]
    """
    days = np.arange(1, len(codes) + 1)[:, None]
    return np.where(codes != codes[-1], days, 0).max(axis=0) + 1


OCCASION = ["day", "order", "event", "encounter", "exchange", "actor"]
TOLD = ["act", "seen", "way"]


def events_side_by_side(first: pd.DataFrame, other: pd.DataFrame, days: dict[int, str]) -> pd.DataFrame:
    """What happened to one dyad in either context on some days, a row per occasion.

    Parameters
    ----------
    first, other
        Events of the dyad in one context and in the other: rows of tables of events.
    days
        Days to list, each with the reason why, in words.

    Returns
    -------
    DataFrame
        Columns ``day``, ``why``, ``event``, ``encounter``, ``exchange``, ``actor``, ``where`` it happened (both, first
        or then), and ``act``, ``seen``, ``way`` of both contexts, with the suffixes ``_first`` and ``_then``; empty
        text where there is nothing to say.
    """

    def told(events: pd.DataFrame) -> pd.DataFrame:
        some = events[events["day"].isin(list(days))]
        order = some["event"].cat.codes.astype(int) * 100
        exchange = some["exchange"].astype("float")
        order += (some["encounter"].cat.codes.astype(int) * 10 + exchange.fillna(0).astype(int) + 11) * (
            some["event"] == list(EVENTS)[EXCHANGE]
        )
        words = {name: some[name].astype(object) for name in ("event", "encounter", "actor", *TOLD)}
        rows = pd.DataFrame({"day": some["day"], "order": order, "exchange": exchange.fillna(-1.0), **words}).fillna("")
        return rows.assign(again=rows.groupby(OCCASION).cumcount())

    table = told(first).merge(
        told(other), on=[*OCCASION, "again"], how="outer", suffixes=("_first", "_then"), indicator="where"
    )
    table["where"] = table["where"].map({"both": "both", "left_only": "first", "right_only": "then"}).astype(object)
    table = table.fillna("").sort_values(["day", "order", "actor"], kind="stable").reset_index(drop=True)
    table["why"] = table["day"].map(days)
    table["exchange"] = pd.array(table["exchange"].astype(int), dtype="Int32")
    table["exchange"] = table["exchange"].mask(table["exchange"] < 0)
    kept = [f"{name}_{where}" for where in ("first", "then") for name in TOLD]
    return table[["day", "why", "event", "encounter", "exchange", "actor", "where", *kept]]


def side_by_side_lines(table: pd.DataFrame) -> list[str]:
    """A table of ``events_side_by_side`` as lines of text: what happened here | what happened there."""
    rows = list(table.itertuples())
    names = table["encounter"].where(table["event"] == list(EVENTS)[EXCHANGE], table["event"])
    here = [_said(row, "first") for row in rows]
    wide, wider = (max(map(len, texts), default=0) for texts in (names, here))
    lines, day = [], None
    for row, name, first in zip(rows, names, here, strict=True):
        if row.day != day:
            day = row.day
            lines.append(f"Day {row.day}: {row.why}")
        lines.append(f"  {name:<{wide}} {first:<{wider}} | {_said(row, 'then')}".replace("_", " "))
    return lines


def _said(row: Any, where: str) -> str:
    """What happened on one occasion in one of the contexts ("first" or "then")."""
    if row.where not in ("both", where):
        return "-"
    act, seen, way = (getattr(row, f"{name}_{where}") for name in TOLD)
    what = act + (f", taken for {seen}" if seen != act else "") if act else way
    return f"{row.actor}: {what}" if what else "happened"
