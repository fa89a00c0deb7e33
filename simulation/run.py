"""The compiled runner: simulates centres, one after the other or on several threads.

``simulate_centre`` simulates one centre and returns its records; ``simulate`` yields those of many centres, on as many
threads as are wanted (compiled code does not hold Python's lock).
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from twoway.simulation.action_tables import Turn, action_tables, update_tables, write_decisions
from twoway.simulation.affect_control.frames import Frames
from twoway.simulation.agents import agents_of
from twoway.simulation.arrays import RecordArray
from twoway.simulation.columns import ACCOUNT_COLUMNS, BEFORE, DAY_COLUMNS, EVENT_COLUMNS, TONES, row_type
from twoway.simulation.compilation import compiled, source_digest
from twoway.simulation.conditions import ChanceEventRecord, Conditions, FrameRecord, Room, WayRecord
from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.dynamics.admission import open_centre
from twoway.simulation.dynamics.chance_events import ARGUMENTS, event_chance, event_effect
from twoway.simulation.dynamics.day import dyad_day
from twoway.simulation.dynamics.evening import centre_evening
from twoway.simulation.dynamics.peers import friendships
from twoway.simulation.dynamics.policy_change import PolicyChange, apply_policy_change, check_policy_changes
from twoway.simulation.dynamics.tension import EFFECT, LOG_ODDS, way_effect, way_log_odds
from twoway.simulation.editions import Edition, Part, compiled_from, switch
from twoway.simulation.event_log import EventLog
from twoway.simulation.events import EVENTS
from twoway.simulation.extensions import Extension
from twoway.simulation.interpretation import note_state
from twoway.simulation.matters import MOST, matter_records
from twoway.simulation.parameters.scenario import NUMBERED, RETEST, Resolved, Scenario, sections_of
from twoway.simulation.random_streams import Draws, centre_draws, check_streams, coping_stream, draws_of, event_stream
from twoway.simulation.rules.initial import centre_share
from twoway.simulation.state import (
    CentreState,
    Pair,
    Records,
    Row,
    copied,
    empty_records,
    new_centre_state,
    record_type,
)

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters


OTHER_EVENTS = 5
"""Rows a day that tell of grievances (opened and mended, of both parties) and of a client's whereabouts."""


class Detail(IntEnum):
    """How much of a run is kept: what became of the dyads, every day of theirs as well, or every event as well."""

    DYADS = 0
    DAYS = 1
    EVENTS = 2


def parameters_record(scenario: Scenario) -> Parameters:
    """The scenario's numbers as one record of floats."""
    names = tuple(name for section in NUMBERED for name in sections_of(scenario)[section].model_fields)
    values = tuple(float(value) for section in NUMBERED for _, value in getattr(scenario, section))
    array = np.array([values], _parameters_type(names)).view(np.recarray)
    return cast("Parameters", array[0])


@lru_cache
def _parameters_type(names: tuple[str, ...]) -> np.dtype[np.void]:
    return np.dtype([(name, np.float64) for name in names])


def frames_record(frames: Frames) -> FrameRecord:
    """The repertoire of frames as a record."""
    record = empty_records(1, record_type(FrameRecord, frames=len(frames.names)))[0]
    record.benign[:] = frames.benign
    record.kind[:] = frames.kind
    record.expected[:] = frames.expected
    return cast(FrameRecord, record)


@lru_cache
def _edition_of(extensions: tuple[Extension, ...]) -> Edition:
    """The compiled model with the coping ways and chance events that some extensions declare."""
    ways = [(e, way) for e in extensions for way in e.of(COPING_WAYS)]
    events = [(e, event) for e in extensions for event in e.of(EVENTS) if event.chance is not None]
    if not ways and not events:
        return Edition({}, "")
    digest = hashlib.sha256("".join([source_digest(), *(e.sha256 for e in extensions)]).encode()).hexdigest()
    parts: dict[Part, Part] = {}
    for default, name, arguments, declared, own in (
        (way_log_odds, "log_odds", LOG_ODDS, COPING_WAYS.values(), ways),
        (way_effect, "effect", EFFECT, COPING_WAYS.values(), ways),
        (event_chance, "chance", ARGUMENTS, (), events),
        (event_effect, "effect", ARGUMENTS, (), events),
    ):
        if own:
            built_in = [compiled(getattr(entry, name)) for entry in declared]
            theirs = [compiled_from(getattr(entry, name), extension.module, digest) for extension, entry in own]
            parts[default] = switch(default.__name__, arguments, [*built_in, *theirs], digest)
    return Edition(parts, digest)


class PreparedScenario:
    """A scenario ready to be simulated: all that is the same in its centres and replicates.

    Parameters
    ----------
    scenario
        A scenario, with its data files read or not.
    policy_changes
        Days from which on the centre is as in another scenario.

    Raises
    ------
    InputError
        For a data file or an extension that cannot be used, or a policy change that cannot be.
    """

    def __init__(self, scenario: Scenario | Resolved, policy_changes: Sequence[PolicyChange] = ()) -> None:
        self.resolved = scenario if isinstance(scenario, Resolved) else Resolved(scenario)
        self.scenario = self.resolved.scenario
        check_policy_changes(self.scenario, policy_changes)
        self.policy_changes = tuple(policy_changes)
        self._parameters = tuple(
            parameters_record(one) for one in (self.scenario, *(change.scenario for change in self.policy_changes))
        )
        r = self.resolved
        self.frames = frames_record(r.frames)
        self.encounters, self._turns, self._befores = action_tables(
            r.situations, r.frames, r.lexicon, r.equations, self.scenario
        )
        self.matters = matter_records(r.matters)
        self.edition = _edition_of(r.extensions)
        self.agents = agents_of(r.extensions)
        ways = empty_records(len(r.coping_ways), record_type(WayRecord))
        for record, way in zip(ways, r.coping_ways.values(), strict=True):
            record.proposes, record.stream = way.proposes_talk, coping_stream(way.name)
        self.ways = cast(Records[WayRecord], ways)
        chance_streams = {kind.name: event_stream(kind.name) for kind in r.events.values() if kind.chance is not None}
        check_streams({name: coping_stream(name) for name in r.coping_ways} | chance_streams)
        chances = [(code, kind) for code, kind in enumerate(r.events.values()) if kind.chance is not None]
        events = empty_records(len(chances), record_type(ChanceEventRecord))
        for record, (code, kind) in zip(events, chances, strict=True):
            record.code, record.stream = code, event_stream(kind.name)
        self.chance_events = cast(Records[ChanceEventRecord], events)

    def with_scenario(self, scenario: Scenario) -> PreparedScenario:
        """Prepare another scenario that means the same data files, which are not read nor worked out again."""
        other = copy(self)
        other.resolved, other.scenario = self.resolved.with_scenario(scenario), scenario
        other._parameters, other._turns = (parameters_record(scenario),), self._turns.copy()
        update_tables(other._turns, self._befores, scenario)
        return other

    def conditions(self, draws: Draws, changes: int = 0) -> Conditions:
        """The conditions of one centre after some policy changes.

        Parameters
        ----------
        draws
            Draws of the centre, which decide how it differs from others and who are friends.
        changes
            Number of policy changes that have taken effect; 0 for none.
        """
        parameters, turns = self._parameters[changes].copy(), self._turns.copy()
        _apply_centre_effects(parameters, turns, draws)
        return Conditions(
            parameters,
            self.frames,
            self.encounters,
            turns,
            self.matters,
            self.ways,
            self.chance_events,
            *friendships(draws, self.scenario.design.clients, parameters.peer_density),
            room=self._room(),
        )

    def _room(self) -> Room:
        """Room to work in, for one centre."""
        turn = self._turns[0]
        most = max(int(turn.act.shape[0]), int(turn.shift.shape[0]))
        sizes = record_type(Room, acts=most, ways=len(self.ways))
        return cast(Room, empty_records(1, sizes)[0])

    def new_state(self) -> CentreState:
        """A centre's state before anybody has arrived."""
        r = self.resolved
        return new_centre_state(
            self.scenario.design.clients,
            self.scenario.posts,
            frames=len(r.frames.names),
            ways=len(r.coping_ways),
            matters=MOST,  # one size for all, so that another file of matters is no other type to compile
        )

    def new_log(self, detail: Detail) -> EventLog:
        """An empty log with room for all events of one centre, or for none."""
        exchanges = self.resolved.situations.longest
        encounters = sum(exchanges[:3]) + max(exchanges[3], exchanges[4] + 1)
        chances, matters = len(self.chance_events), len(self.resolved.matters.matters)
        daily = encounters + 3 + 1 + chances + OTHER_EVENTS + 3 * matters
        design, kept = self.scenario.design, detail >= Detail.EVENTS
        rows = design.clients * design.days * (daily + 1) if kept else 1
        dtype = row_type(EVENT_COLUMNS, len(self.resolved.frames.names))
        return EventLog(cast(Records[Row], empty_records(rows, dtype)), np.zeros(1, np.int64), int(kept))


@compiled
def _apply_centre_effects(parameters: Parameters, turns: Records[Turn], draws: Draws) -> None:
    """Make parameters and turns those of one centre: centres differ in formality, strictness and transparency."""
    formality, strictness, transparency = centre_draws(draws)
    spread = parameters.centre_spread
    parameters.formality = centre_share(parameters.formality, spread, formality)
    parameters.strictness = centre_share(parameters.strictness, spread, strictness)
    parameters.transparency = centre_share(parameters.transparency, spread, transparency)
    write_decisions(turns, parameters.strictness)


class CentreRecords(NamedTuple):
    """What one centre leaves: records by party (n,), dyad (n,) and post (m,), of days and of events.

    ``first_clients`` and ``first_keyworkers`` are the parties as they were on the first morning, ``clients`` and
    ``keyworkers`` as they were in the last evening, and ``accounts`` the means of what both would say of their
    relationship on the days of the interviews, shape (n, 2), client first: see ``accounts_of``.
    """

    replicate: int
    centre: int
    first_clients: RecordArray
    first_keyworkers: RecordArray
    clients: RecordArray
    keyworkers: RecordArray
    dyads: RecordArray
    posts: RecordArray
    accounts: RecordArray
    days: RecordArray
    events: RecordArray


def centre_records(
    replicate: int,
    centre: int,
    first: CentreState,
    state: CentreState,
    days: Records[Row],
    log: EventLog,
    interviewed: tuple[int, int],
    detail: Detail = Detail.EVENTS,
) -> CentreRecords:
    """The records of a centre, from its states and from what was noted down.

    Parameters
    ----------
    replicate, centre
        Numbers that are written to the rows of days and events.
    first
        State on the first morning, when all clients had been admitted.
    state
        State now.
    days
        Rows of the days table, all filled.
    log
        Event log; where it keeps nothing, the events are empty.
    interviewed
        First and last day of the interviews.
    detail
        Whether the days are kept.
    """
    rows = cast("RecordArray", log.rows)
    events = rows[: log.written[0]].copy() if log.step else rows[:0]
    noted = cast("RecordArray", days)
    accounts = accounts_of(noted, len(state.clients), interviewed)
    if detail < Detail.DAYS:
        noted = noted[:0].copy()
    for table in (noted, events):
        table["replicate"], table["centre"] = replicate, centre
    return CentreRecords(replicate, centre, *first[:2], *state, accounts, noted, events)  # type: ignore[arg-type]


def accounts_of(days: RecordArray, dyads: int, interviewed: tuple[int, int]) -> RecordArray:
    """What both parties of each dyad would say of their relationship: means of the days of the interviews.

    Parameters
    ----------
    days
        Rows of the days table from the first day on, in the order of days, then dyads, then client and keyworker.
    dyads
        Number of dyads.
    interviewed
        First and last day of the interviews; none if no day has been lived yet.

    Returns
    -------
    RecordArray of shape (dyads, 2) with the fields of ``columns.ACCOUNT_COLUMNS`` and ``definition``; and tones as they
    were ``RETEST`` days before: ``positivity_before`` and ``negativity_before``, missing if the stay had not begun.
    """
    first, last = interviewed
    by_day = days.reshape(-1, dyads, 2)
    some, earlier = by_day[max(first - 1, 0) : last], by_day[max(first - RETEST - 1, 0) : max(last - RETEST, 0)]
    fields = {name: days.dtype[name] for name in (*(column.name for column in ACCOUNT_COLUMNS), "definition")}
    before = {f"{name}{BEFORE}": days.dtype[name] for name in TONES}
    accounts = np.zeros((dyads, 2), [*fields.items(), *before.items()]).view(np.recarray)
    for name in fields if len(some) else ():
        accounts[name] = some[name].mean(axis=0)
    for name in TONES:
        accounts[f"{name}{BEFORE}"] = earlier[name].mean(axis=0) if first > RETEST else np.nan
    return accounts


def simulate_centre(
    prepared: PreparedScenario,
    seed: int,
    replicate: int,
    centre: int,
    detail: Detail = Detail.EVENTS,
    draws: Draws | None = None,
    days: int | None = None,
) -> CentreRecords:
    """Simulate one centre of one replicate from the first morning to the last evening.

    Parameters
    ----------
    prepared
        The scenario.
    seed, replicate, centre
        Address of the random draws, see ``random_streams.draws_of``.
    detail
        How much is kept.
    draws
        Other draws than those of the address, for example with some that were written by hand.
    days
        Length of the stay, if not that of the scenario.
    """
    if prepared.agents:
        own = next(iter(prepared.agents.values()))
        records: CentreRecords = own.simulate(prepared, seed, replicate, centre, detail, draws, days)
        return records
    draws = draws_of(seed, replicate, centre) if draws is None else draws
    last = prepared.scenario.design.days if days is None else days
    conditions = prepared.conditions(draws)
    state, log = prepared.new_state(), prepared.new_log(detail)
    open_centre(state, conditions, draws)
    first_state = copied(state)
    frames = len(prepared.resolved.frames.names)
    interviewed = prepared.scenario.design.interviewed(last)
    count = 2 * len(state.clients) * (last if detail >= Detail.DAYS else interviewed[1])
    noted = cast(Records[Row], empty_records(count, row_type(DAY_COLUMNS, frames)))
    simulate_period = prepared.edition(simulate_days)
    mornings = [1, *(change.day for change in prepared.policy_changes if change.day <= last), last + 1]
    for changes, (first, end) in enumerate(pairwise(mornings)):
        if changes > 0:
            before, conditions = conditions.parameters.transparency, prepared.conditions(draws, changes)
            apply_policy_change(state, before, conditions)
        simulate_period(first, end, state, conditions, draws, log, noted)
    return centre_records(replicate, centre, first_state, state, noted, log, interviewed, detail)


@compiled
def simulate_days(
    first: int, end: int, state: CentreState, conditions: Conditions, draws: Draws, log: EventLog, noted: Records[Row]
) -> None:
    """Simulate a centre's days from the *first* to the one before the *end*.

    Parameters
    ----------
    first, end
        Days of the stay; the first day of a stay is 1.
    state
        State of the centre, changed in place.
    conditions
        Conditions of the centre, which hold on all these days.
    draws
        Draws of the centre in this replicate.
    log
        Event log, to which rows are added.
    noted
        Rows of the days table from the first day on, two per dyad and day; days for which there are none are not noted.
    """
    for day in range(first, end):
        for i in range(state.clients.shape[0]):
            dyad = state.dyads[i]
            pair = Pair(i, dyad, state.clients[i], state.keyworkers[i], state.posts[dyad.post])
            dyad_day(day, pair, conditions, draws, log)
        centre_evening(day, state, conditions, draws, log)
        if 2 * day * state.clients.shape[0] <= noted.shape[0]:
            note_day(day, state, noted)


@compiled
def note_day(day: int, state: CentreState, noted: Records[Row]) -> None:
    """Write down how every party's day ended, in two rows per dyad.

    Parameters
    ----------
    day
        Day of the stay, from 1.
    state
        State of the centre at the end of the day.
    noted
        Rows of the days table for the whole stay, in the order of days, then dyads, then client and keyworker.
    """
    count = state.clients.shape[0]
    for i in range(count):
        dyad = state.dyads[i]
        for side in range(2):
            party, row = state.clients[i], noted[2 * (count * (day - 1) + i) + side]
            if side == 1:
                party = state.keyworkers[i]
            row.dyad, row.day, row.party, row.post = i, day, side, dyad.post
            row.predecessors = state.posts[dyad.post].predecessors
            row.strain, row.place = party.strain, dyad.place
            note_state(party, row)


def simulate(
    prepared: PreparedScenario, seed: int, replicates: range, detail: Detail = Detail.EVENTS, threads: int = 1
) -> Iterator[CentreRecords]:
    """Simulate every centre of the replicates, in order; at most a few centres' records are held at a time.

    Parameters
    ----------
    prepared
        The scenario.
    seed
        From 0 to 2 ** 63 - 1.
    replicates
        Numbers of the replicates.
    detail
        How much is kept.
    threads
        Centres simulated at the same time.
    """
    work = ((r, c) for r in replicates for c in range(prepared.scenario.design.centres))
    if threads <= 1:
        for replicate, centre in work:
            yield simulate_centre(prepared, seed, replicate, centre, detail)
        return
    waiting: deque[Future[CentreRecords]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for replicate, centre in work:
                waiting.append(pool.submit(simulate_centre, prepared, seed, replicate, centre, detail))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
