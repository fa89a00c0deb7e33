"""One pair's stay, simulated whole at once: its events in their order, and how either party was at any position.

A position is a day and a number of events on it: (0, 0) is before the first day, (12, 2) after the second event of day
12. Looking at another position looks up rows; only other settings simulate the stay again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.panel import panel
from twoway.analysis.measures.ruptures import find_ruptures
from twoway.analysis.narrative.interview import PhraseChoice
from twoway.analysis.narrative.sentences import Event, evening, exchanges, quiet
from twoway.analysis.narrative.story import expectation_sentences, with_numbers
from twoway.analysis.tables import DYAD, evaluation_of_deed
from twoway.experiments.comparison.schedule import ScenarioSchedule
from twoway.seminar.charts import TALKS, DayMark
from twoway.simulation.action_tables import NOTHING_BEFORE, Occasion, Turn, chances_by_source, plainly
from twoway.simulation.affect_control.frames import CLIENT
from twoway.simulation.agents import refuse_agents
from twoway.simulation.conditions import Conditions
from twoway.simulation.counterfactual import View
from twoway.simulation.dynamics.encounter import acting_from
from twoway.simulation.events import EXCHANGE, GRIEVANCE_OPENED
from twoway.simulation.extensions import load_extension
from twoway.simulation.parameters.scenario import Meaning, Resolved, scenario_type
from twoway.simulation.random_streams import draws_of, keyworker_draws
from twoway.simulation.rules.initial import clipped_to_share
from twoway.simulation.rules.reading import expected as expected_choice
from twoway.simulation.run import CentreRecords, PreparedScenario, simulate_centre
from twoway.simulation.situations import ENCOUNTER_KINDS, EncounterKind
from twoway.simulation.state import Party, empty_records
from twoway.simulation.tables import TableBuilder

EVENT_COLUMNS = (
    "day", "event", "encounter", "exchange", "actor", "bent", "act", "manner", "seen", "manner_seen", "way",
    "emotion_named", "role_share", "strain_share", "person_share", "matter", "matter_state", "explained", "chain",
    "times", "open", "hurts", *DYAD,
)  # fmt: skip
"""Columns of the events table, ``with_numbers``, that are looked up at every step."""
MARKED_EVENTS = {
    "new_keyworker": ("new keyworker", ""),
    "talk_repaired": (TALKS[0], "they talked it over, and it helped"),
    "talk_failed": (TALKS[1], "they talked it over, and it made things worse"),
}
"""Kind of mark of the package's events on the page, and a text if there is more to say."""


class Position(NamedTuple):
    """A place in a stay: after this number of *events* of a *day*; (0, 0) is before the first day."""

    day: int
    events: int


BEGINNING = Position(0, 0)


class ExpectedAct(NamedTuple):
    """The likeliest next *act* of a party in an *encounter*, and its *chance*.

    *freely* is the likeliest act of the party as a person, without role and strain.
    """

    act: str
    chance: float
    freely: str
    encounter: str


class ActChances(NamedTuple):
    """Probability of each act that is feasible in a turn, shape (A,): from *all* sources, and out of the *person*."""

    all: NDArray[np.float64]
    person: NDArray[np.float64]


def act_chances(party: Party, turn: Turn, occasion: Occasion, conditions: Conditions) -> ActChances:
    """Chances that the model itself would draw the acts of a turn from.

    The frame a party takes up is drawn from its definition, and whether a mandated act is bent by discretion is drawn,
    too: the chances are averages over both.

    Parameters
    ----------
    party
        The party's view of the other.
    turn
        Compiled record of the turn.
    occasion
        What the party answers.
    conditions
        Conditions of the centre.
    """
    numbers, frames = conditions.parameters, conditions.frames
    script, strained, by_frame = chances_by_source(turn, occasion)
    person, count = party.definition @ by_frame, len(script)
    bending = {True: numbers.discretion, False: 1.0 - numbers.discretion} if turn.mandated else {False: 1.0}
    whole = np.zeros(count)
    for bends, weight in bending.items():
        role, strain = acting_from(party, turn, bends, frames, numbers)
        for act in range(count):
            chance = expected_choice(
                float(script[act]), float(strained[act]), float(person[act]), role, strain * turn.strained
            )
            whole[act] += weight * chance
    return ActChances(whole, person)


@lru_cache(maxsize=8)
def _table_builder(meaning: Meaning, extensions: tuple[str, ...] = ()) -> TableBuilder:
    """The builder of tables for a meaning and extensions; data files are read once for all sessions."""
    kind = scenario_type(tuple(map(load_extension, extensions)))
    return TableBuilder(Resolved(kind(meaning=meaning, extensions=extensions)))


class DyadTimeline:
    """The stay of one dyad under a scenario schedule, with everything the page looks up in it.

    Parameters
    ----------
    schedule
        The scenario, and the changes of policy during the stay.
    seed
        Random seed.
    dyad
        Replicate, centre and number in the centre, as tables name the dyad.
    """

    def __init__(self, schedule: ScenarioSchedule, seed: int, dyad: tuple[int, int, int]) -> None:
        scenario = schedule.scenario
        builder = _table_builder(scenario.meaning, scenario.extensions)
        self.resolved = builder.resolved.with_scenario(scenario)
        self.prepared = PreparedScenario(self.resolved, schedule.policy_changes)
        refuse_agents(self.prepared.agents, "cannot be shown on this page, which guesses what others would do")
        self.schedule, self.seed, self.dyad, self.last = schedule, seed, dyad, scenario.design.days
        replicate, centre, number = dyad
        whole = simulate_centre(self.prepared, seed, replicate, centre)
        mine = _records_of(whole, number)
        self.records = mine.events.view(np.ndarray)
        tables = builder.tables([mine])
        self.tables = tables._replace(dyads=tables.dyads[tables.dyads["dyad"] == number].reset_index(drop=True))
        told = with_numbers(self.tables.events)
        self._columns = {name: told[name].tolist() for name in EVENT_COLUMNS}
        days = self.records["day"]
        self._first = np.searchsorted(days, np.arange(1, self.last + 2))
        is_exchange = self.tables.events["event"].to_numpy() == "exchange"
        self._exchanges = np.append(0, np.cumsum(is_exchange))
        actor = self.records["actor"]
        self._holder = np.where(is_exchange, 1 - actor, actor)
        self._read = [np.flatnonzero(is_exchange & (actor == 1 - side)) for side in range(2)]
        self._first_states = [
            views.view(np.ndarray)[number].copy() for views in (whole.first_clients, whole.first_keyworkers)
        ]
        self._post = int(whole.dyads["post"][number])
        self._draws = draws_of(seed, replicate, centre)
        self.days = mine.days.view(np.ndarray).reshape(self.last, 2)
        """Records of the days table, shape (days, party)."""

    def count_events(self, day: int) -> int:
        """Number of events on a day; 0 on day 0."""
        return int(self._first[day] - self._first[day - 1]) if day else 0

    def position_at(self, day: int, events: int) -> Position:
        """The position after this number of events of a day, or after all of them if there are fewer.

        Parameters
        ----------
        day
            Day of the stay; 0 is before the first day.
        events
            Number of events of the day, from 0.
        """
        return Position(day, min(events, self.count_events(day)))

    def end_of(self, day: int) -> Position:
        """The position after all events of a day."""
        return Position(day, self.count_events(day))

    def _row(self, position: Position) -> int:
        """Number of rows of the events table up to a position."""
        return int(self._first[position.day - 1]) + position.events if position.day else 0

    def _event(self, row: int) -> Event:
        """One row of the events table, in the columns of ``EVENT_COLUMNS``."""
        return {name: values[row] for name, values in self._columns.items()}

    def exchanges_so_far(self, position: Position) -> int:
        """Number of exchanges from the first day to a position."""
        return int(self._exchanges[self._row(position)])

    def exchange_of_day(self, position: Position) -> int | None:
        """Number in its day of the exchange that is the latest event; None if the latest event is no exchange."""
        latest = self.latest_event(position)
        if latest is None or latest["event"] != "exchange":
            return None
        return int(self._exchanges[self._row(position)] - self._exchanges[self._first[position.day - 1]])

    def latest_event(self, position: Position) -> Event | None:
        """The latest event of the day; None before the day's first event."""
        return self._event(self._row(position) - 1) if position.events else None

    def narrate(self, position: Position) -> str:
        """The latest event as a story would tell it."""
        if not position.day:
            return expectation_sentences(self.tables)
        if not position.events:
            return quiet()
        row = self._row(position) - 1
        event = self._event(row)
        if event["event"] != "exchange":
            return evening(event, self.resolved)
        scene = [self._event(r) for r in self._encounter_until(row)]
        met = int(np.count_nonzero(self.records["exchange"][: row + 1] == 0))
        return exchanges(scene, self.resolved, PhraseChoice(f"{'/'.join(map(str, self.dyad))}/{met}"))[-1]

    def _encounter_until(self, row: int) -> list[int]:
        """Rows of an encounter's exchanges up to one of them; a grievance that opens is told between them."""
        rows = [row]
        while self.records["exchange"][rows[0]] > 0:
            row -= 1
            if self.records["event"][row] == EXCHANGE:
                rows.insert(0, row)
        return rows

    def last_read(self, side: int, position: Position) -> Event | None:
        """The last act that a party has read; None if there is none yet.

        Parameters
        ----------
        side
            Party: 0 the client, 1 the keyworker.
        position
            Position up to which acts count.
        """
        read = self._read[side]
        known = int(np.searchsorted(read, self._row(position)))
        return self._event(int(read[known - 1])) if known else None

    def state(self, side: int, position: Position) -> np.void:
        """State of a party at a position.

        A talk that helped and a new keyworker change both parties at once; the party that the event's row does not
        belong to shows the change at the end of the day.

        Parameters
        ----------
        side
            Party: 0 the client, 1 the keyworker.
        position
            Position in the stay.

        Returns
        -------
        numpy.void
            A record with ``definition`` (K,), ``positivity``, ``negativity``, ``distance`` and the other columns that
            events and days have in common.
        """
        day, events = position
        if day and events == self.count_events(day):
            return self.days[day - 1, side]
        first = int(self._first[day - 1]) if day else 0
        for row in range(self._row(position) - 1, first - 1, -1):
            if self._holder[row] == side:
                return self.records[row]
        return self.days[day - 2, side] if day > 1 else self._first_states[side]

    def definitions(self, side: int, until: int) -> NDArray[np.float64]:
        """A party's definition at the end of each day.

        Parameters
        ----------
        side
            Party: 0 the client, 1 the keyworker.
        until
            Last of the days.

        Returns
        -------
        array
            Weights of the frames, shape (days, K).
        """
        return self.days["definition"][:until, side]

    def tones(self, side: int, until: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A party's good and bad tone at the end of each day.

        Parameters
        ----------
        side
            Party: 0 the client, 1 the keyworker.
        until
            Last of the days.

        Returns
        -------
        good, bad
            EPA units, shape (days,) each.
        """
        some = self.days[:until, side]
        return some["positivity"], some["negativity"]

    @cached_property
    def marks(self) -> tuple[DayMark, ...]:
        """What is marked over the days: changed settings, ruptures and repairs, talks, new keyworkers."""
        found = [DayMark(then.day, "setting changed") for then in self.schedule.policy_changes]
        for fall in find_ruptures(panel(self.tables.days)).to_dict("records"):
            party = str(fall["party"])
            fell = f"for the {party}, the balance of good and bad fell"
            found.append(DayMark(int(fall["start"]), "rupture", fell, party))
            if not pd.isna(fall["regained"]):
                found.append(DayMark(int(fall["regained"]), "repair", f"for the {party}, it was regained", party))
        events = self.tables.events
        for event in self.resolved.events.values():
            if event.mark is not None and event.mark.counted:
                kind, text = MARKED_EVENTS.get(event.name, (event.mark.label, event.short))
                found += [DayMark(int(day), kind, text) for day in events.loc[events["event"] == event.name, "day"]]
        return tuple(sorted(found))

    def expected_act(self, side: int, position: Position) -> ExpectedAct:
        """The likeliest act of a party at its next turn: in the encounter under way, or opening an everyday meeting.

        Parameters
        ----------
        side
            Party: 0 the client, 1 the keyworker.
        position
            Position in the stay.
        """
        conditions = self._conditions(max(1, position.day))
        now, today = self.state(side, position), self.days[max(1, position.day) - 1, side]
        kind, turn, occasion = self._next_turn(side, position)
        party = empty_records(1, self._first_states[side].dtype)[0]
        View(*(now[name] for name in View._fields)).write(party)
        client = side == CLIENT
        party.reserve = self._first_states[0]["reserve"] if client else self._reserve(int(today["predecessors"]))
        party.strain = today["strain"]
        chances = act_chances(party, conditions.turns[turn], occasion, conditions)
        acts = self.resolved.situations.acts
        codes = conditions.turns[turn].act
        most, freely = int(chances.all.argmax()), int(chances.person.argmax())
        return ExpectedAct(acts[codes[most]], float(chances.all[most]), acts[codes[freely]], ENCOUNTER_KINDS[kind])

    def _next_turn(self, side: int, position: Position) -> tuple[int, int, Occasion]:
        """Kind of encounter and turn in which a party is next to act, if nothing else comes up, and what it answers."""
        row, encounters = self._row(position) - 1, self.prepared.encounters
        while position.events and self.records["event"][row] == GRIEVANCE_OPENED:
            row -= 1
        if position.events and self.records["event"][row] == EXCHANGE:
            names = ("encounter", "exchange", "actor", "seen")
            kind, number, actor, seen = (int(self.records[name][row]) for name in names)
            opener = actor if number % 2 == 0 else 1 - actor
            following = number + (2 if actor == side else 1)
            bad = actor != side and evaluation_of_deed(self._event(row), "seen", self.resolved) < 0
            if following < (encounters[kind].longest if bad else encounters[kind].exchanges):
                hardness = float(np.nan_to_num(self.records["hardness"][row]))
                occasion = plainly(NOTHING_BEFORE if actor == side else 1 + seen)._replace(hardness=hardness)
                return kind, int(encounters[kind].turn[opener, following]), occasion
        everyday = EncounterKind.EVERYDAY
        return int(everyday), int(encounters[everyday].turn[side, 0]), plainly(NOTHING_BEFORE)

    def _conditions(self, day: int) -> Conditions:
        """The conditions of this centre on a day; they are quickly made and not kept, as they are large."""
        begun = sum(change.day <= day for change in self.prepared.policy_changes)
        return self.prepared.conditions(self._draws, begun)

    def _reserve(self, predecessors: int) -> float:
        """A keyworker's reserve as drawn for her, by how many keyworkers held the post before her."""
        people = self.schedule.scenario.people
        reserve, _ = keyworker_draws(self._draws, self._post, predecessors)
        return clipped_to_share(people.keyworker_reserve + people.reserve_sd * reserve)


def most_events_on(day: int, timelines: Sequence[DyadTimeline]) -> int:
    """The largest number of events that any of the timelines has on a day.

    Parameters
    ----------
    day
        Day of the stay; 0 is before the first day.
    timelines
        Timelines of one pair, one for each story.
    """
    return max(timeline.count_events(day) for timeline in timelines)


def after(position: Position, timelines: Sequence[DyadTimeline]) -> Position:
    """The position after the next event of any of the timelines; their end if there is none.

    Parameters
    ----------
    position
        Position in the stay.
    timelines
        Timelines of one pair, one for each story.
    """
    day, events = position
    if events < most_events_on(day, timelines):
        return Position(day, events + 1)
    last = timelines[0].last
    later = next((d for d in range(day + 1, last + 1) if most_events_on(d, timelines)), None)
    return Position(later, 1) if later is not None else Position(last, most_events_on(last, timelines))


def before(position: Position, timelines: Sequence[DyadTimeline]) -> Position:
    """The position before the latest event of any of the timelines; the beginning if there is none.

    Parameters
    ----------
    position
        Position in the stay.
    timelines
        Timelines of one pair, one for each story.
    """
    day, events = position
    if events > 1:
        return Position(day, events - 1)
    earlier = next((d for d in range(day - 1, 0, -1) if most_events_on(d, timelines)), 0)
    return Position(earlier, most_events_on(earlier, timelines))


def _records_of(centre: CentreRecords, dyad: int) -> CentreRecords:
    """A centre's records with the days and events of one dyad only."""
    days, events = (records[records["dyad"] == dyad].copy() for records in (centre.days, centre.events))
    return centre._replace(days=days, events=events)
