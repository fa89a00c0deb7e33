"""Tables: what a run leaves, as tidy pandas DataFrames with words instead of codes.

``run`` is the short way from a scenario to its tables; a ``TableBuilder`` turns any stays into them, a few at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.affect_control.lexicon import NEUTRAL
from twoway.simulation.columns import BEFORE, DAY_COLUMNS, EVENT_COLUMNS, NOTHING, SHARE_OF, TONES, WHO, Column
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.parameters.scenario import RETEST, Resolved, Scenario, as_scenario
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, simulate

FELT = ("positivity", "negativity", "tension", "felt_coercion", "distance", "known_rules", "presumed_reserve")

COUNTS = (
    "post", "friends", "changes", "exchanges", "talks", "repairs", "days_at_centre", "placements", "first_placed",
    "times_gone", "ended_on",
)  # fmt: skip
"""Columns of the dyads table that are fields of a dyad's record."""


class Tables(NamedTuple):
    """The three tables of a run: a row per event, per party and day, and per dyad. What was not kept is empty."""

    events: pd.DataFrame
    days: pd.DataFrame
    dyads: pd.DataFrame


def _dyad_columns(ways: Iterable[str]) -> tuple[Column, ...]:
    """Columns of the dyads table; *ways* are the names of the coping ways."""
    ways = tuple(ways)
    count: type = np.int32
    columns = [
        *WHO,
        Column("post", "number, from 0", "which of the centre's keyworker posts is responsible for the client", count),
        Column("friends", "clients", "friends the client has in the centre", count),
        Column("changes", "keyworkers", "how often the keyworker changed", count),
        Column("exchanges", "exchanges", "exchanges in the whole stay", count),
        Column("talks", "talks", "repair talks that took place", count),
        Column("repairs", "talks", "repair talks that succeeded", count),
        Column("days_at_centre", "days", "days on whose evening the client was at the centre", count),
        Column("placements", "placements", "how often the client was placed outside", count),
        Column("first_placed", "day", "day of the first placement; 0 if there was none", count),
        Column("times_gone", "times", "how often the client ran away", count),
        Column("ended_on", "day", "day on which the order ended early; 0 if it did not", count),
    ]
    for role in ROLES:
        columns += [
            Column(f"{role}_reserve", "share", f"how far the {role} stays behind the role by nature"),
            Column(f"{role}_insight", "share", f"how far the {role} sees the other's strain and tension"),
        ]
        for way in ways:
            columns.append(Column(f"{role}_{way}", "evenings", f"how often the {role} handled tension so", count))
        for kind in KINDS:
            columns.append(Column(f"{role}_{kind}_first", "share", f"{kind} frames in the {role}'s first definition"))
        for kind in KINDS:
            meaning = f"{kind} frames in the {role}'s definition, mean of the days of the interviews"
            columns.append(Column(f"{role}_{kind}", "share", meaning))
        for name in FELT:
            daily = next(c for c in DAY_COLUMNS if c.name == name)
            meaning = f"the {role}, mean of the days of the interviews: {daily.meaning}"
            columns.append(Column(f"{role}_{name}", daily.unit, meaning))
            if name in TONES:
                meaning += f"; asked {RETEST} days before"
                columns.append(Column(f"{role}_{name}{BEFORE}", daily.unit, meaning, optional=True))
    names = [column.name for column in columns]
    for way in ways:
        if names.count(f"{ROLES[0]}_{way}") > 1:
            raise InputError(f"the coping way '{way}' needs another name: dyads have a column {ROLES[0]}_{way} already")
    return tuple(columns)


def columns_of(table: str, resolved: Resolved) -> tuple[Column, ...]:
    """Columns of a table ("events", "days" or "dyads") as a run of this scenario writes them.

    Parameters
    ----------
    table
        "events", "days" or "dyads".
    resolved
        Scenario with its data files read: gives the frames and the coping ways.
    """
    if table == "dyads":
        return _dyad_columns(resolved.coping_ways)
    whose = "reader's definition (of the actor where nothing was read)" if table == "events" else "party's definition"
    shares = (
        Column(f"{SHARE_OF}{name}", "share", f"weight of the frame {name} in the {whose}")
        for name in resolved.frames.names
    )
    return (*EVENT_COLUMNS, *shares, *EMOTIONS) if table == "events" else (*DAY_COLUMNS, *shares)


EMOTIONS = (
    Column("emotion", "word", "measured word nearest to what the reader felt, in the frame taken", words="emotions"),
    Column(
        "emotion_named",
        "word",
        "the same; only its family where two words are as near; neutral where that is nearest",
        words="families",
    ),
)


def emotions_left(resolved: Resolved) -> NDArray[np.int16]:
    """What an act leaves in the one to whom it is done: codes of word and name, by frame, actor's role, act and manner.

    The event is taken as the reader sees it: actor and reader are what they are in the frame the reader has taken.
    """
    lexicon, equations = resolved.lexicon, resolved.equations
    identities = resolved.frames.sentiments(lexicon)
    words, names = (words_of(column, resolved) for column in EMOTIONS)
    shifts = [np.array(shift) for shift in resolved.situations.manners.values()]
    codes = np.empty((len(identities), 2, len(resolved.situations.acts), len(shifts), 2), np.int16)
    for k, pair in enumerate(identities):
        for role in range(2):
            for b, act in enumerate(resolved.situations.acts):
                mannered = act in resolved.situations.mannered[role]
                for m, shift in enumerate(shifts if mannered else shifts[:1]):
                    deed = lexicon.sentiment("acts", act) + shift
                    impression = equations.impression(pair[role], deed, pair[1 - role])
                    word, name = lexicon.word(equations.emotion(pair[1 - role], impression[6:]))
                    codes[k, role, b, m] = words.index(word), names.index(name)
    return codes


def words_of(column: Column, resolved: Resolved) -> tuple[str, ...]:
    """The words a column's codes stand for; empty for numbers.

    Parameters
    ----------
    column
        Column of any of the tables.
    resolved
        Scenario with its data files read: gives acts, emotions, frames, event kinds and coping ways.

    Returns
    -------
    Words by code, from 0.
    """
    if column.words == "acts":
        return resolved.situations.acts
    if column.words == "manners":
        return tuple(resolved.situations.manners)
    if column.words == "emotions":
        return tuple(resolved.lexicon.emotions)
    if column.words == "families":
        return tuple(dict.fromkeys([*resolved.lexicon.emotions, *resolved.lexicon.family.values(), NEUTRAL]))
    if column.words == "frames":
        return resolved.frames.names
    if column.words == "events":
        return tuple(resolved.events)
    if column.words == "matters":
        return resolved.matters.names or ("none",)  # an empty list would not come back from a file
    if column.words == "ways":
        return tuple(resolved.coping_ways)
    assert isinstance(column.words, tuple)
    return column.words


def _frame(records: NDArray[Any], columns: tuple[Column, ...], resolved: Resolved) -> pd.DataFrame:
    data: dict[str, Any] = {}
    for column in columns:
        words = words_of(column, resolved)
        values = records[column.name]
        if column.words:
            data[column.name] = pd.Categorical.from_codes(values, categories=list(words))
        elif column.optional:
            data[column.name] = pd.array(values.astype(np.int32), dtype="Int32")
            data[column.name][values < 0] = pd.NA
        else:
            data[column.name] = np.ascontiguousarray(values)
    for k, name in enumerate(resolved.frames.names):
        data[f"{SHARE_OF}{name}"] = np.ascontiguousarray(records["definition"][:, k])
    return pd.DataFrame(data)


def _dyads(some: Sequence[CentreRecords], resolved: Resolved) -> pd.DataFrame:
    kind = resolved.frames.kind
    sizes = [len(stay.dyads) for stay in some]
    data: dict[str, Any] = {
        "replicate": np.repeat(np.array([stay.replicate for stay in some], np.int32), sizes),
        "centre": np.repeat(np.array([stay.centre for stay in some], np.int32), sizes),
        "dyad": np.concatenate([np.arange(size, dtype=np.int32) for size in sizes]),
    }
    dyads = np.concatenate([stay.dyads for stay in some])
    for name in COUNTS:
        data[name] = dyads[name].astype(np.int32)
    sides = [
        [np.concatenate([getattr(stay, when) for stay in some]) for when in (f"first_{role}s", f"{role}s")]
        for role in ROLES
    ]
    accounts = np.concatenate([stay.accounts for stay in some])
    for side, (first, last) in enumerate(sides):
        role, told = ROLES[side], accounts[:, side]
        data[f"{role}_reserve"], data[f"{role}_insight"] = last["reserve"].copy(), last["insight"].copy()
        for way, name in enumerate(resolved.coping_ways):
            data[f"{role}_{name}"] = dyads["handled"][:, side, way].astype(np.int32)
        for when, views in (("_first", first), ("", told)):
            for k, name in enumerate(KINDS):
                data[f"{role}_{name}{when}"] = views["definition"][:, kind == k].sum(axis=1)
        for name in FELT:
            data[f"{role}_{name}"] = told[name].copy()
            if name in TONES:
                data[f"{role}_{name}{BEFORE}"] = told[f"{name}{BEFORE}"].copy()
    return pd.DataFrame(data)


def _events(records: NDArray[Any], resolved: Resolved, left: NDArray[np.int16]) -> pd.DataFrame:
    table = _frame(records, EVENT_COLUMNS, resolved)
    nothing = (records["seen"] < 0) | (records["reader_frame"] < 0)  # nothing was read, or in no frame
    codes = left[records["reader_frame"], records["actor"], records["seen"], np.maximum(records["manner_seen"], 0)]
    for c, column in enumerate(EMOTIONS):
        filled = np.where(nothing, NOTHING, codes[:, c])
        table[column.name] = pd.Categorical.from_codes(filled, categories=list(words_of(column, resolved)))
    return table


class TableBuilder:
    """Turns stays of one scenario into tables; what is needed for it is computed once."""

    def __init__(self, resolved: Resolved) -> None:
        self.resolved = resolved
        _dyad_columns(resolved.coping_ways)  # refuses a way of coping that has the name of another column
        self.left = emotions_left(resolved)

    def tables(self, records: Iterable[CentreRecords]) -> Tables:
        """The tables of some stays, at least one."""
        some, resolved = list(records), self.resolved
        return Tables(
            _events(np.concatenate([s.events for s in some]), resolved, self.left),
            _frame(np.concatenate([s.days for s in some]), DAY_COLUMNS, resolved),
            _dyads(some, resolved),
        )


def run(
    scenario: Scenario | str | Path | PreparedScenario,
    seed: int = 1,
    replicates: int = 1,
    detail: str = "events",
    threads: int = 1,
) -> Tables:
    """Run a scenario and return its tables.

    Parameters
    ----------
    scenario
        A scenario, the name of a shipped one, or the path of your own file.
    seed
        Random seed, from 0 to 2 ** 63 - 1. With the number of the replicate it decides all draws.
    replicates
        Repetitions of the whole scenario with draws of their own.
    detail
        "dyads" (what became of them), "days" (and how they were each day) or "events" (and all that happened).
    threads
        Centres simulated at the same time; the result is the same.

    Raises
    ------
    InputError
        For a scenario, number or word that cannot be.

    Examples
    --------
    >>> run("ordinary", seed=1, detail="dyads").dyads.shape[0]
    16
    """
    prepared = scenario if isinstance(scenario, PreparedScenario) else PreparedScenario(as_scenario(scenario))
    level = detail_of(detail)
    check_seed(seed, replicates)
    return TableBuilder(prepared.resolved).tables(simulate(prepared, seed, range(replicates), level, threads))


def detail_of(word: str) -> Detail:
    """The level of detail from its word."""
    words = [k.name.lower() for k in Detail]
    if word not in words:
        raise InputError(f"detail = {word!r}; {nearest(word, words)}")
    return Detail(words.index(word))


def check_seed(seed: int, replicates: int) -> None:
    """Refuse a seed or a number of replicates that cannot be.

    Parameters
    ----------
    seed
        Random seed: whole number from 0 to 2 ** 63 - 1.
    replicates
        Number of replicates: whole number from 1 to 10,000,000.

    Raises
    ------
    InputError
        If either is no whole number or out of its range.
    """
    for name, value, low, high in (("seed", seed, 0, 2**63 - 1), ("replicates", replicates, 1, 10_000_000)):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InputError(f"{name} = {value!r}; it must be a whole number from {low} to {high}")
