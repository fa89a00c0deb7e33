"""One pair's stay, lived whole at once: what happened in its order, and how either party was at any moment.

A moment is a day and a count of the things that had happened on it: (0, 0) is before the first day, (12, 2) after the
second thing of day 12. Looking at another moment is looking up rows; only other settings live the stay again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.panel import panel
from twoway.analysis.measures.ruptures import find_ruptures
from twoway.analysis.narrative.interview import Choice
from twoway.analysis.narrative.sentences import Event, evening, exchanges, quiet
from twoway.analysis.narrative.story import expected
from twoway.experiments.comparison.schedule import ScenarioSchedule
from twoway.seminar.act_chances import chances_of
from twoway.seminar.charts import TALKS, Mark
from twoway.simulation.affect_control.frames import CLIENT
from twoway.simulation.columns import EventKind
from twoway.simulation.dynamics.admission import fill_post
from twoway.simulation.parameters.scenario import Meaning, Resolved, Scenario
from twoway.simulation.run import CentreRecords, PreparedScenario, simulate_centre
from twoway.simulation.situations import ENCOUNTER_KINDS, EncounterKind
from twoway.simulation.state import post_type
from twoway.simulation.tables import TableBuilder

TOLD = (
    "day", "event", "encounter", "exchange", "actor", "bent", "act", "seen", "way", "emotion_named",
    "role_share", "strain_share", "person_share",
)  # fmt: skip
"""Columns of the events table that are looked up at every step."""


MARKED = {
    "new_keyworker": ("new keyworker", ""),
    "talk_repaired": (TALKS[0], "they talked it over, and it helped"),
    "talk_failed": (TALKS[1], "they talked it over, and it made things worse"),
}
"""Events that are marked on their day: kind of mark, and what is said of it if that is more."""


class Moment(NamedTuple):
    """When someone looks: after so many *things* of a *day*; (0, 0) is before the first."""

    day: int
    things: int


BEGINNING = Moment(0, 0)


@lru_cache(maxsize=8)
def translator_of(meaning: Meaning) -> TableBuilder:
    """What puts records into words; sentiments, frames and situations are read once for all sessions."""
    return TableBuilder(Resolved(Scenario(meaning=meaning)))


class Likely(NamedTuple):
    """What a party will likely do at its next turn in an *encounter*: an *act*, and its *chance*.

    *freely* is what comes first to it as the person for whom the relationship is what it takes it to be.
    """

    act: str
    chance: float
    freely: str
    encounter: str


class PairsStay:
    """The stay of one pair, *place* (replicate, centre, dyad), in a course with some luck."""

    def __init__(self, course: ScenarioSchedule, luck: int, place: tuple[int, int, int]) -> None:
        scenario = course.scenario
        translator = translator_of(scenario.meaning)
        self.resolved = translator.resolved.again(scenario)
        self.world = PreparedScenario(self.resolved, course.reforms)
        self.course, self.luck, self.place, self.last = course, luck, place, scenario.design.days
        chance = self.world.luck(luck, place[0], place[1])
        whole = simulate_centre(self.world, luck, place[0], place[1], luck=chance)
        mine = _of_one(whole, place[2])
        self.records = mine.events.view(np.ndarray)
        tables = translator.tables([mine])
        self.tables = tables._replace(dyads=tables.dyads[tables.dyads["dyad"] == place[2]].reset_index(drop=True))
        self._told = {name: self.tables.events[name].tolist() for name in TOLD}
        days = self.records["day"]
        self._first = np.searchsorted(days, np.arange(1, self.last + 2))
        is_exchange = self.tables.events["event"].to_numpy() == "exchange"
        self._exchanges = np.append(0, np.cumsum(is_exchange))
        actor = self.records["actor"]
        self._holder = np.where(is_exchange, 1 - actor, actor)
        self._read = [np.flatnonzero(is_exchange & (actor == 1 - side)) for side in range(2)]
        self._began = [
            views.view(np.ndarray)[place[2]].copy() for views in (whole.first_clients, whole.first_keyworkers)
        ]
        self._post = int(whole.dyads["post"][place[2]])
        self._begun = -1
        self._in_force: tuple[Any, Any] = (None, None)
        self._people = chance._replace(days=chance.days[:0])
        self.days = mine.days.view(np.ndarray).reshape(self.last, 2)
        """Records of the days table, shape (days, party)."""

    def things(self, day: int) -> int:
        """How many things happened on a day."""
        return int(self._first[day] - self._first[day - 1]) if day else 0

    def at(self, day: int, things: int) -> Moment:
        """The moment after so many things of a day, or all of them if they are fewer."""
        return Moment(day, min(things, self.things(day)))

    def end_of(self, day: int) -> Moment:
        """The moment after all things of a day."""
        return Moment(day, self.things(day))

    def _row(self, moment: Moment) -> int:
        """How many rows of the events table had been written."""
        return int(self._first[moment.day - 1]) + moment.things if moment.day else 0

    def event(self, row: int) -> dict[str, Any]:
        """One row of the events table, what of it is told."""
        return {name: values[row] for name, values in self._told.items()}

    def exchange_number(self, moment: Moment) -> int:
        """How many exchanges there have been so far."""
        return int(self._exchanges[self._row(moment)])

    def exchange_today(self, moment: Moment) -> int | None:
        """The number in its day of the exchange that was the last thing to happen; None if it was something else."""
        latest = self.latest(moment)
        if latest is None or latest["event"] != "exchange":
            return None
        return int(self._exchanges[self._row(moment)] - self._exchanges[self._first[moment.day - 1]])

    def latest(self, moment: Moment) -> dict[str, Any] | None:
        """What has just happened; None before the first day and on a day on which nothing has."""
        return self.event(self._row(moment) - 1) if moment.things else None

    def account(self, moment: Moment) -> str:
        """What has just happened, as a story would tell it."""
        if not moment.day:
            return expected(self.tables)
        if not moment.things:
            return quiet()
        row = self._row(moment) - 1
        event = self.event(row)
        if event["event"] != "exchange":
            return evening(event)
        opening = row - int(event["exchange"])
        scene = [self.event(r) for r in range(opening, row + 1)]
        met = int(np.count_nonzero(self.records["exchange"][: row + 1] == 0))
        return exchanges(scene, self.resolved, Choice(f"{'/'.join(map(str, self.place))}/{met}"))[-1]

    def reading(self, side: int, moment: Moment) -> Event | None:
        """The last act that a party (0 the client) has read."""
        read = self._read[side]
        known = int(np.searchsorted(read, self._row(moment)))
        return self.event(int(read[known - 1])) if known else None

    def state(self, side: int, moment: Moment) -> Any:
        """How a party is: a record with ``definition`` (K,), tone, ``distance`` and the rest of what is written down.

        A talk that helped and a new keyworker move both parties at once; the one whose row it is not shows it in the
        evening.
        """
        day, things = moment
        if day and things == self.things(day):
            return self.days[day - 1, side]
        first = int(self._first[day - 1]) if day else 0
        for row in range(self._row(moment) - 1, first - 1, -1):
            if self._holder[row] == side:
                return self.records[row]
        return self.days[day - 2, side] if day > 1 else self._began[side]

    def shares(self, side: int, until: int) -> NDArray[np.float64]:
        """A party's definition at the end of each day up to one, shape (days, K)."""
        return self.days["definition"][:until, side]

    def tone(self, side: int, until: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A party's good and bad tone at the end of each day up to one, EPA units."""
        some = self.days[:until, side]
        return some["positivity"], some["negativity"]

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """What is marked over the days: settings changed, tone that broke and came back, talks, a new keyworker."""
        found = [Mark(then.day, "setting changed") for then in self.course.reforms]
        for fall in find_ruptures(panel(self.tables.days)).to_dict("records"):
            party = str(fall["party"])
            told = f"for the {party}, the balance of good and bad fell"
            found.append(Mark(int(fall["start"]), "rupture", told, party))
            if not pd.isna(fall["regained"]):
                found.append(Mark(int(fall["regained"]), "repair", f"for the {party}, it was regained", party))
        events = self.tables.events
        for event, (kind, told) in MARKED.items():
            found += [Mark(int(day), kind, told) for day in events.loc[events["event"] == event, "day"]]
        return tuple(sorted(found))

    def expectation(self, side: int, moment: Moment) -> Likely:
        """What a party will likely do at its next turn: in the encounter that goes on, or opening an everyday meeting.

        It is what the model would draw from, told without luck: script, strain and person in their shares.
        """
        numbers, turns = self._setting(max(1, moment.day))
        now, today = self.state(side, moment), self.days[max(1, moment.day) - 1, side]
        kind, turn = self._next_turn(side, moment)
        reserve = self._began[0]["reserve"] if side == CLIENT else self._reserve(int(today["predecessors"]))
        chances = chances_of(turns[turn], now["definition"], float(today["strain"]), reserve, now["distance"], numbers)
        acts = self.resolved.situations.acts
        codes = turns[turn].act
        most, freely = int(chances.all.argmax()), int(chances.person.argmax())
        return Likely(acts[codes[most]], float(chances.all[most]), acts[codes[freely]], ENCOUNTER_KINDS[kind])

    def _next_turn(self, side: int, moment: Moment) -> tuple[int, int]:
        """Kind of encounter and index of the turn in which a party is next to act, if nothing else comes up."""
        row = self._row(moment) - 1
        if moment.things and self.records["event"][row] == EventKind.EXCHANGE:
            kind, number, actor = (int(self.records[name][row]) for name in ("encounter", "exchange", "actor"))
            opener = actor if number % 2 == 0 else 1 - actor
            following = number + (2 if actor == side else 1)
            if following < self.world.kinds[kind].exchanges:
                return kind, int(self.world.kinds[kind].turn[opener, following])
        return int(EncounterKind.EVERYDAY), int(self.world.kinds[EncounterKind.EVERYDAY].turn[side, 0])

    def _setting(self, day: int) -> tuple[Any, Any]:
        """Numbers and turns of this centre as they are on a day."""
        begun = sum(then.day <= day for then in self.world.reforms)
        if begun != self._begun:
            self._in_force, self._begun = self.world.of_centre(self._people, begun), begun
        return self._in_force

    def _reserve(self, predecessors: int) -> float:
        """How far a keyworker stays behind her role by nature, by how many held the post before her."""
        post = np.zeros(1, post_type(len(self.resolved.frames.names))).view(np.recarray)[0]
        traits = self._people.keyworkers[self._post, predecessors]
        fill_post(post, self.world.frames, self._setting(1)[0], traits)
        return float(post.reserve)


def things_on(day: int, stays: Sequence[PairsStay]) -> int:
    """How many things happened on a day, in whichever of some stays most did."""
    return max(stay.things(day) for stay in stays)


def after(moment: Moment, stays: Sequence[PairsStay]) -> Moment:
    """The moment after the next thing that happens in any of some stays; the end of them after the last."""
    day, things = moment
    if things < things_on(day, stays):
        return Moment(day, things + 1)
    last = stays[0].last
    later = next((d for d in range(day + 1, last + 1) if things_on(d, stays)), None)
    return Moment(later, 1) if later is not None else Moment(last, things_on(last, stays))


def before(moment: Moment, stays: Sequence[PairsStay]) -> Moment:
    """The moment before the last thing that happened in any of some stays."""
    day, things = moment
    if things > 1:
        return Moment(day, things - 1)
    earlier = next((d for d in range(day - 1, 0, -1) if things_on(d, stays)), 0)
    return Moment(earlier, things_on(earlier, stays))


def _of_one(stay: CentreRecords, dyad: int) -> CentreRecords:
    """What is written of one pair."""
    return stay._replace(
        days=stay.days[stay.days["dyad"] == dyad].copy(), events=stay.events[stay.events["dyad"] == dyad].copy()
    )
