"""The same people with the same luck lived in each of several contexts, and what that makes of them.

    from twoway.experiments.comparison.compare import compare
    from twoway.simulation import load

    result = compare([load("strict-and-opaque"), load("strict-but-fair")], seed=1, precision=0.02)
    print(result.differences)

Replicate k is in every context the same clients, keyworkers and chance. Replicates are added until every difference is
known well enough. When to stop is decided by the width of the intervals alone, never by where they lie, and not before
``LEAST`` replicates: so stopping does not favour any answer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from twoway.analysis.divergence import Parting, parting, settled, side_by_side
from twoway.analysis.patterns import PATTERNS, class_codes, pattern_codes
from twoway.analysis.statistics.paired import Codes, differences, half_width, moves
from twoway.experiments.comparison.schedule import ScenarioSchedule, check_comparable
from twoway.simulation.errors import InputError
from twoway.simulation.events import EVENTS, NEW_KEYWORKER, TALK_FAILED, TALK_REPAIRED
from twoway.simulation.parameters.scenario import Scenario
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, simulate, simulate_centre
from twoway.simulation.tables import TableBuilder, check_seed

LEAST = 40
"""Replicates before which no comparison stops by itself: below, the spread between replicates is poorly known."""
BATCH = 20
"""Replicates that are added at a time."""
MOST = 2000
"""Replicates after which a comparison stops though it is not as precise as was wanted, unless told otherwise."""
FOLLOWED = 400
"""Dyads whose every event is compared, those of the first replicates; of all others only how they end."""
CHAINS = 3
"""Dyads of each pair of contexts that are told: those whose outcomes differ most."""
TURNING = (TALK_REPAIRED, TALK_FAILED, NEW_KEYWORKER)


@dataclass(frozen=True)
class Comparison:
    """What became of the same dyads in each course; every table names the later course in ``scenario``.

    ``differences`` (by pattern, against the first course; see ``twoway.analysis.statistics.paired.differences``), ``moves`` (from which
    pattern to which), ``partings`` (a row per followed dyad: day, in what and at what kind of event its stories part,
    empty where they never do), ``days`` (share of the followed dyads in each pattern by day; here every course has
    rows), ``chains`` (what happened to the few dyads whose outcomes differ most, side by side), ``codes`` (by course
    the pattern of each dyad, a row per replicate).
    """

    courses: tuple[ScenarioSchedule, ...]
    seed: int
    replicates: int
    precision: float | None
    half_width: float
    differences: pd.DataFrame
    moves: pd.DataFrame
    partings: pd.DataFrame
    days: pd.DataFrame
    chains: pd.DataFrame
    codes: tuple[Codes, ...]

    @property
    def reached(self) -> bool:
        """Whether every difference is known as precisely as was wanted (or nothing was wanted)."""
        return self.precision is None or self.half_width <= self.precision


def compare(
    scenarios: Sequence[Scenario | ScenarioSchedule],
    seed: int = 1,
    precision: float = 0.02,
    replicates: int | None = None,
    most: int = MOST,
    threads: int | None = None,
    progress: bool = False,
) -> Comparison:
    """Live the same people with the same luck in each of the *scenarios* and compare the later ones with the first.

    Replicates are added until half the width of every difference's 95 % interval is at most *precision* (a share), at
    least ``LEAST`` and at most *most*; or exactly so many *replicates* are made. Raises ``InputError`` for scenarios that
    cannot be compared person by person.
    """
    courses = with_distinct_names(scenarios)
    check_comparable(courses)
    least, limit = replicate_bounds(seed, precision, replicates, most)
    worlds = [course.world for course in courses]
    threads = threads or os.cpu_count() or 1
    design = courses[0].scenario.design
    followed = min(least, ceil(FOLLOWED / (design.centres * design.clients)))
    follow = StoryTracker(worlds)
    ends: list[list[NDArray[np.int8]]] = [[] for _ in worlds]
    with tqdm(total=replicates, unit="replicate", desc="Living", disable=None if progress else True) as bar:
        for lived in zip(*(simulate(w, seed, range(followed), Detail.EVENTS, threads) for w in worlds), strict=True):
            follow.add(lived)
            for end, stay in zip(ends, lived, strict=True):
                end.append(_end(stay))
            bar.update(int(lived[0].centre == design.centres - 1))
        codes, done = [_by_replicate(end, design.centres) for end in ends], followed
        while done < least or (done < limit and _widest(codes) > precision):
            more = range(done, min(done + BATCH, least if done < least else limit))
            for w, world in enumerate(worlds):
                lived_more = [_end(stay) for stay in simulate(world, seed, more, Detail.DYADS, threads)]
                codes[w] = np.concatenate([codes[w], _by_replicate(lived_more, design.centres)])
            done = more.stop
            bar.update(len(more))
    names = [course.name for course in courses[1:]]
    chains = [_chains(worlds[0], world, seed, follow.most(w)) for w, world in enumerate(worlds[1:])]
    return Comparison(
        courses=courses,
        seed=seed,
        replicates=done,
        precision=precision if replicates is None else None,
        half_width=_widest(codes),
        differences=_stacked(names, [differences(codes[0], other) for other in codes[1:]]),
        moves=_stacked(names, [moves(codes[0], other) for other in codes[1:]]),
        partings=follow.partings(names),
        days=follow.days([course.name for course in courses]),
        chains=_stacked(names, chains),
        codes=tuple(codes),
    )


def with_distinct_names(scenarios: Sequence[Scenario | ScenarioSchedule]) -> tuple[ScenarioSchedule, ...]:
    """Courses under different names: a scenario goes by its title, and what is there twice is numbered."""
    courses: list[ScenarioSchedule] = []
    for given in scenarios:
        course = given if isinstance(given, ScenarioSchedule) else ScenarioSchedule(given.title, given)
        name, number = course.name, 1
        while name in [other.name for other in courses]:
            number += 1
            name = f"{course.name} ({number})"
        courses.append(ScenarioSchedule(name, course.scenario, course.reforms))
    return tuple(courses)


def replicate_bounds(seed: int, precision: float, replicates: int | None, most: int) -> tuple[int, int]:
    """At least and at most so many replicates; ``InputError`` for a number or a precision that cannot be."""
    check_seed(seed, 1)
    for name, count in (("replicates", replicates), ("most", most)):
        if count is not None and not 2 <= count <= 10_000_000:
            raise InputError(
                f"{name} = {count}; it must be from 2 to 10000000: intervals come from how replicates differ by luck"
            )
    if replicates is not None:
        return replicates, replicates
    if not 0 < precision < 1:
        raise InputError(f"precision = {precision!r}; it must be a share between 0 and 1, such as 0.02")
    return min(LEAST, most), most


def _end(stay: CentreRecords) -> NDArray[np.int8]:
    """The pattern in which each dyad ends."""
    return pattern_codes(*(class_codes(s["positivity"], s["negativity"]) for s in (stay.clients, stay.keyworkers)))


def _by_replicate(ends: list[NDArray[np.int8]], centres: int) -> Codes:
    return np.concatenate(ends).reshape(len(ends) // centres, -1)


def _widest(codes: Sequence[Codes]) -> float:
    return max(half_width(codes[0], other) for other in codes[1:])


def _stacked(names: Sequence[str], tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One table of several, with the name of the later course in front."""
    named_tables = []
    for name, table in zip(names, tables, strict=True):
        table.insert(0, "scenario", name)
        named_tables.append(table)
    return pd.concat(named_tables, ignore_index=True)


class DyadContrast(NamedTuple):
    """One dyad in two worlds: how far its outcomes lie apart, and where its stories part and settle."""

    distance: float
    replicate: int
    centre: int
    dyad: int
    parting: Parting | None
    settled: tuple[int, int]
    patterns: tuple[int, int]


class StoryTracker:
    """Stories compared event by event while they are lived; of each stay only what is told is remembered."""

    def __init__(self, worlds: Sequence[PreparedScenario]) -> None:
        self._apart: list[list[DyadContrast]] = [[] for _ in worlds[1:]]
        length = worlds[0].scenario.design.days
        self._counts = np.zeros((len(worlds), length, len(PATTERNS)), np.int64)

    def add(self, lived: Sequence[CentreRecords]) -> None:
        """One centre's stay in each world."""
        daily = [self._daily(stay) for stay in lived]
        for w, codes in enumerate(daily):
            self._counts[w] += np.stack([(codes == p).sum(axis=1) for p in range(len(PATTERNS))], axis=1)
        first, settled_first = lived[0], settled(daily[0])
        stories = [events_of(stay) for stay in lived]
        for w, other in enumerate(lived[1:]):
            settled_other = settled(daily[w + 1])
            distance = sum(
                np.abs((a["positivity"] - a["negativity"]) - (b["positivity"] - b["negativity"]))
                for a, b in ((first.clients, other.clients), (first.keyworkers, other.keyworkers))
            )
            for i in range(len(first.dyads)):
                self._apart[w].append(
                    DyadContrast(
                        float(distance[i]),
                        first.replicate,
                        first.centre,
                        i,
                        parting(stories[0][i], stories[w + 1][i]),
                        (int(settled_first[i]), int(settled_other[i])),
                        (int(daily[0][-1, i]), int(daily[w + 1][-1, i])),
                    )
                )

    def _daily(self, stay: CentreRecords) -> NDArray[np.int8]:
        """Each dyad's pattern at the end of each day, shape (days, dyads)."""
        shape = (self._counts.shape[1], len(stay.dyads), 2)
        positivity, negativity = (stay.days[name].reshape(shape) for name in ("positivity", "negativity"))
        classes = class_codes(positivity, negativity)
        return pattern_codes(classes[..., 0], classes[..., 1])

    def most(self, w: int) -> list[DyadContrast]:
        """The dyads whose outcomes differ most in the first and the w-th later world; those that moved come first."""
        apart = [one for one in self._apart[w] if one.parting is not None]
        return sorted(apart, key=lambda one: (one.patterns[0] == one.patterns[1], -one.distance))[:CHAINS]

    def partings(self, names: Sequence[str]) -> pd.DataFrame:
        """A row per followed dyad and later world."""
        rows = [
            (name, a.replicate, a.centre, a.dyad, *(a.parting or (None, None, None)), *a.settled,
             *(PATTERNS[p] for p in a.patterns))
            for name, many in zip(names, self._apart, strict=True)
            for a in many
        ]  # fmt: skip
        columns = ["scenario", "replicate", "centre", "dyad", "day", "what", "event", "settled_first", "settled_then",
                   "pattern_first", "pattern_then"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns).astype({"day": "Int32"})

    def days(self, names: Sequence[str]) -> pd.DataFrame:
        """Share of the followed dyads in each pattern at the end of each day, by course."""
        tables = []
        for counts in self._counts:
            share = pd.DataFrame(counts / counts.sum(axis=1, keepdims=True), columns=list(PATTERNS))
            tables.append(share.assign(day=np.arange(1, len(share) + 1), dyads=counts[0].sum()))
        return _stacked(names, tables)[["scenario", "day", "dyads", *PATTERNS]]


def events_of(stay: CentreRecords) -> list[NDArray[Any]]:
    """The event records of each dyad of a stay, in their order."""
    order = np.argsort(stay.events["dyad"], kind="stable")
    ordered = stay.events.view(np.ndarray)[order]
    return np.split(ordered, np.searchsorted(ordered["dyad"], np.arange(1, len(stay.dyads))))


def _chains(first: PreparedScenario, other: PreparedScenario, seed: int, apart: Sequence[DyadContrast]) -> pd.DataFrame:
    """What happened to a few dyads around the day their stories part and around the turning points, side by side."""
    translators = [TableBuilder(world.resolved) for world in (first, other)]
    tables = []
    for one in apart:
        here, there = (
            translator.tables([simulate_centre(world, seed, one.replicate, one.centre)]).events.query(
                "dyad == @one.dyad"
            )
            for translator, world in zip(translators, (first, other), strict=True)
        )
        table = side_by_side(here, there, dict(sorted(_days_to_tell(one, here, there))))
        keys = {"replicate": one.replicate, "centre": one.centre, "dyad": one.dyad}
        ends = dict(zip(("pattern_first", "pattern_then"), (PATTERNS[p] for p in one.patterns), strict=True))
        tables.append(table.assign(**keys, **ends))
    columns = ["replicate", "centre", "dyad", "pattern_first", "pattern_then"]
    if not tables:
        return pd.DataFrame(columns=[*columns, "day", "why"])
    chains = pd.concat(tables, ignore_index=True)
    return chains[[*columns, *(name for name in chains if name not in columns)]]


def _days_to_tell(one: DyadContrast, here: pd.DataFrame, there: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Days with why they are told: repair talks and new keyworkers in one world only, where it settles and parts."""
    turning = [list(EVENTS)[event] for event in TURNING]
    seen = [
        {(int(day), str(event)) for day, event in zip(some["day"], some["event"], strict=True) if event in turning}
        for some in (here, there)
    ]
    reasons = [(day, f"{event.replace('_', ' ')} in one only") for day, event in sorted(seen[0] ^ seen[1])[:3]]
    reasons += [
        (day, f"in the {which} context it is {PATTERNS[pattern]} from here on")
        for day, pattern, which in zip(one.settled, one.patterns, ("first", "other"), strict=True)
    ]
    if one.parting is not None:
        reasons.append((one.parting.day, "the stories part"))
    for day, many in groupby(sorted(reasons, key=lambda reason: reason[0]), key=lambda reason: reason[0]):
        yield day, "; ".join(why for _, why in many)
