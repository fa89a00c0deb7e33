"""Many centres, compiled: who meets where, with what luck, lived as fast as it can be.

``simulate_centre`` lives one centre and gives its records; ``simulate`` gives those of many, one after the other, on as many threads
as are wanted (the compiled code does not hold Python's lock).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoway.simulation.affect_control.frames import frames_record
from twoway.simulation.columns import DAY_COLUMNS, EVENT_COLUMNS, row_type
from twoway.simulation.compilation import compiled
from twoway.simulation.dynamics.admission import open_centre
from twoway.simulation.dynamics.day import centre_evening, dyad_day
from twoway.simulation.dynamics.encounter import note_state
from twoway.simulation.dynamics.policy_change import PolicyChange, apply_policy_change, check_policy_changes
from twoway.simulation.parameters.scenario import NUMBERED, Resolved, Scenario
from twoway.simulation.random_streams import WAYS, CentreQuestion, Draws, column_count, draw_all
from twoway.simulation.rules.choice import crisis_left
from twoway.simulation.rules.social import centre_share
from twoway.simulation.situations import action_tables, decide, feel
from twoway.simulation.state import dyad_type, party_type, post_type

Records = NDArray[Any]


class Detail(IntEnum):
    """How much of a run is kept: what became of the dyads, every day of theirs as well, or every event as well."""

    DYADS = 0
    DAYS = 1
    EVENTS = 2


@lru_cache
def numbers_type() -> np.dtype[Any]:
    """Record of all numbers the rules use, one field each."""
    return np.dtype([(name, np.float64) for declared in NUMBERED.values() for name in declared.model_fields])


def numbers_record(scenario: Scenario) -> Any:
    """The scenario's numbers as one record of plain floats, in an array of length 1."""
    values = tuple(float(value) for section in NUMBERED for _, value in getattr(scenario, section))
    return np.array([values], numbers_type()).view(np.recarray)


@compiled
def apply_centre_effects(numbers: Any, turns: Any, luck: Any) -> None:
    """Make numbers and turns those of one centre: centres differ in formality, strictness and transparency."""
    spread = numbers.centre_spread
    numbers.formality = centre_share(numbers.formality, spread, luck[CentreQuestion.FORMALITY])
    numbers.strictness = centre_share(numbers.strictness, spread, luck[CentreQuestion.STRICTNESS])
    numbers.transparency = centre_share(numbers.transparency, spread, luck[CentreQuestion.TRANSPARENCY])
    decide(turns, numbers.strictness)


class PreparedScenario:
    """A scenario ready to be lived, perhaps with *reforms*: all that is the same in its centres and replicates."""

    def __init__(self, scenario: Scenario | Resolved, reforms: Sequence[PolicyChange] = ()) -> None:
        self.resolved = scenario if isinstance(scenario, Resolved) else Resolved(scenario)
        self.scenario = self.resolved.scenario
        check_policy_changes(self.scenario, reforms)
        self.reforms = tuple(reforms)
        self.numbers = numbers_record(self.scenario)
        self.reformed_numbers = tuple(numbers_record(then.scenario) for then in self.reforms)
        r = self.resolved
        self.frames = frames_record(r.frames)
        learning, strictness = self.scenario.learning, self.scenario.context.strictness
        self.kinds, self.turns = action_tables(
            r.situations,
            r.frames,
            r.lexicon,
            r.equations,
            learning.choice_temperature,
            learning.perceptual_noise,
            strictness,
        )
        self.columns = column_count(r.situations.exchanges)

    def again(self, scenario: Scenario) -> PreparedScenario:
        """The world of another scenario that means the same data files: they are not read nor worked out again."""
        other = copy(self)
        other.resolved, other.scenario = self.resolved.again(scenario), scenario
        other.numbers, other.turns = numbers_record(scenario), self.turns.copy()
        feel(other.turns, scenario.learning.choice_temperature, scenario.learning.perceptual_noise)
        decide(other.turns, scenario.context.strictness)
        return other

    def luck(self, seed: int, replicate: int, centre: int) -> Draws:
        """All luck of one centre."""
        design, frames = self.scenario.design, len(self.resolved.frames.names)
        return draw_all(seed, replicate, centre, design.clients, self.scenario.posts, design.days, frames, self.columns)

    def of_centre(self, luck: Draws, reforms: int = 0) -> tuple[Any, Records]:
        """Numbers and turns as they are in one centre after so many *reforms*."""
        numbers, turns = (self.numbers, *self.reformed_numbers)[reforms].copy(), self.turns.copy()
        apply_centre_effects(numbers[0], turns, luck.centre)
        return numbers[0], turns

    def most_lines(self) -> int:
        """Lines of the events table that one centre can need at most."""
        exchanges = self.resolved.situations.exchanges
        daily = sum(exchanges[:3]) + max(exchanges[3], exchanges[4] + 1) + 3 + 1
        design, posts = self.scenario.design, self.scenario.posts
        return design.clients * (design.days * daily + (posts + 1) * 12)


class CentreRecords(NamedTuple):
    """What one centre's stay leaves: records by party (n,), dyad (n,) and post (m,), of days and of events.

    ``first_clients`` and ``first_keyworkers`` are the parties as they were on the first morning.
    """

    replicate: int
    centre: int
    first_clients: Records
    first_keyworkers: Records
    clients: Records
    keyworkers: Records
    dyads: Records
    posts: Records
    days: Records
    events: Records


def records(count: int, dtype: np.dtype[Any]) -> Any:
    """That many empty records."""
    return np.zeros(count, dtype).view(np.recarray)


def simulate_centre(
    world: PreparedScenario,
    seed: int,
    replicate: int,
    centre: int,
    keep: Detail = Detail.EVENTS,
    luck: Draws | None = None,
) -> CentreRecords:
    """Live one centre of one replicate from the first morning to the last evening.

    *luck* may be given, to live with luck that was written rather than drawn; the stay is as long as its days are.
    """
    design, frames = world.scenario.design, len(world.resolved.frames.names)
    if luck is None:
        luck = world.luck(seed, replicate, centre)
    last = luck.days.shape[1]
    numbers, turns = world.of_centre(luck)
    n = design.clients
    clients, keyworkers = records(n, party_type(frames)), records(n, party_type(frames))
    dyads, posts = records(n, dyad_type()), records(world.scenario.posts, post_type(frames))
    days = records(n * 2 * last if keep >= Detail.DAYS else 0, row_type(DAY_COLUMNS, frames))
    events = records(world.most_lines() if keep >= Detail.EVENTS else 1, row_type(EVENT_COLUMNS, frames))
    open_centre(clients, keyworkers, dyads, posts, world.frames, numbers, luck)
    first_clients, first_keyworkers = clients.copy(), keyworkers.copy()
    step, lines = int(keep >= Detail.EVENTS), 0
    mornings = [1, *(then.day for then in world.reforms if then.day <= last), last + 1]
    for reforms, (first, end) in enumerate(pairwise(mornings)):
        if reforms > 0:
            before, (numbers, turns) = numbers, world.of_centre(luck, reforms)
            apply_policy_change(clients, keyworkers, dyads, posts, before, numbers, luck)
        lines = simulate_days(
            clients, keyworkers, dyads, posts, world.kinds, turns, world.frames, numbers, luck, first, end,
            days, events, lines, step,
        )  # fmt: skip
    events = events[:lines].copy() if step else events[:0]
    for table in (days, events):
        table["replicate"], table["centre"] = replicate, centre
    return CentreRecords(
        replicate, centre, first_clients, first_keyworkers, clients, keyworkers, dyads, posts, days, events
    )


@compiled
def simulate_days(
    clients: Any, keyworkers: Any, dyads: Any, posts: Any, kinds: Any, turns: Any, frames: Any, numbers: Any,
    luck: Any, first: int, end: int, days: Any, events: Any, line: int, step: int,
) -> int:  # fmt: skip
    """A centre's days from the *first* to the one before the *end*; events from *line* on. Returns the line after."""
    seen, odds, today = np.empty(turns[0].act.shape[0]), np.empty(WAYS), np.empty(luck.days.shape[2])
    row = (first - 1) * 2 * clients.shape[0]
    for day in range(first, end):
        crisis = crisis_left(float(day), numbers.distress_half_life)
        for i in range(clients.shape[0]):
            client, keyworker, post = clients[i], keyworkers[i], posts[dyads[i].post]
            for column in range(today.shape[0]):
                today[column] = luck.days[i, day - 1, column]
            lines = dyad_day(
                day, crisis, dyads[i], client, keyworker, post, kinds, turns, frames, numbers, today,
                seen, odds, events, line, step,
            )  # fmt: skip
            for written in range(line, line + lines):
                events[written].dyad = i
            line += lines
        line += centre_evening(day, clients, keyworkers, dyads, posts, frames, numbers, luck, events, line, step)
        if days.shape[0] > 0:
            for i in range(clients.shape[0]):
                for side in range(2):
                    note_day(clients[i] if side == 0 else keyworkers[i], side, i, day, dyads[i], posts, days[row])
                    row += 1
    return line


@compiled
def note_day(party: Any, side: int, number: int, day: int, dyad: Any, posts: Any, row: Any) -> None:
    """Write down how one party's day ended."""
    row.dyad, row.day, row.party, row.post = number, day, side, dyad.post
    row.predecessors = posts[dyad.post].predecessors
    row.strain = party.strain
    note_state(party, row)


def simulate(
    world: PreparedScenario, seed: int, replicates: range, keep: Detail = Detail.EVENTS, threads: int = 1
) -> Iterator[CentreRecords]:
    """Live every centre of the replicates, in order, on so many *threads*; at most a few stays are held at a time."""
    work = ((r, c) for r in replicates for c in range(world.scenario.design.centres))
    if threads <= 1:
        for replicate, centre in work:
            yield simulate_centre(world, seed, replicate, centre, keep)
        return
    waiting: deque[Future[CentreRecords]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for replicate, centre in work:
                waiting.append(pool.submit(simulate_centre, world, seed, replicate, centre, keep))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
