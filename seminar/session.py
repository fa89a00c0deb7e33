"""A session: one visitor's pair, how far it has been looked at, and what the visitor changed; it knows no web.

Everything but the show of hands and the 200 pairs follows from the recipe, so a session can be given up and made again.
A session is used by one thread at a time; whoever serves it holds its ``lock``.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import NamedTuple

import numpy as np

from twoway.analysis.divergence import VISIBLE, Parting, parting
from twoway.analysis.narrative.explanation import told, why
from twoway.analysis.narrative.sentences import OCCASIONS
from twoway.analysis.narrative.story import interviews, verdict_and_interviews
from twoway.analysis.render.document import Block, Piece
from twoway.experiments.comparison.schedule import ScenarioSchedule, check_comparable
from twoway.seminar.dyad_timeline import BEGINNING, Moment, PairsStay, after, before, things_on
from twoway.seminar.ensemble import Outcomes
from twoway.seminar.guess import Guess, check_hands, settings_of
from twoway.seminar.recipe import Change, Recipe, settings
from twoway.seminar.two_stories import courses, from_to, short_names
from twoway.simulation.errors import InputError


class Parted(NamedTuple):
    """Where the stories of the same pair in two courses part: *when*, and in what."""

    when: Moment
    parting: Parting


class Session:
    """What one visitor looks at. Raises ``InputError`` for what cannot be done, and is then as it was."""

    def __init__(self, recipe: Recipe) -> None:
        self.lock = Lock()
        self.guess: Guess | None = None
        self.guessing = False
        self.said = ""
        """What the last thing done entails that cannot be seen, as a sentence; or nothing."""
        self._set_out(recipe, None)

    def _set_out(self, recipe: Recipe, other: PairsStay | None) -> None:
        """Look at a recipe from now on; *other* is the stay it is held against if that is known."""
        own, *against = courses(recipe)
        stay = PairsStay(own, recipe.luck, recipe.place)
        if against and other is None:
            _check_same_people(own, against[0])
            other = PairsStay(against[0], recipe.luck, recipe.place)
        self.stay, self.other = stay, other if against else None
        self.moment = self._at(recipe.day, recipe.thing)
        self.furthest = self.moment.day
        self.outcomes = self._no_outcomes()
        self._bare = recipe
        self.parted = _parted(stay, self.other) if self.other is not None else None
        """Where the two stories part; None where they never do, or where there is one only."""

    def _no_outcomes(self) -> Outcomes:
        return Outcomes([stay.world for stay in self.stays], self.stay.luck)

    @property
    def stays(self) -> tuple[PairsStay, ...]:
        """The stay, and the one it is held against if there is one."""
        return (self.stay, self.other) if self.other is not None else (self.stay,)

    @property
    def recipe(self) -> Recipe:
        """The line that gives this session back."""
        return replace(self._bare, day=self.moment.day, thing=None if self.day_is_over else self.moment.things)

    def _at(self, day: int, things: int | None) -> Moment:
        """The moment after so many things of a day, or all of them if they are fewer (or None)."""
        most = things_on(day, self.stays)
        return Moment(day, most if things is None else min(things, most))

    @property
    def day_is_over(self) -> bool:
        """Whether nothing more happens on this day, in any story."""
        return self.moment.things == things_on(self.moment.day, self.stays)

    def moment_in(self, stay: PairsStay) -> Moment:
        """The moment in a stay that is looked at; in one in which fewer things happened on that day, its evening."""
        return stay.at(*self.moment)

    def _look(self, moment: Moment) -> None:
        self.moment, self.said = moment, ""
        self.furthest = max(self.furthest, moment.day)

    def step(self) -> None:
        """On to the next thing that happens; of two stories, in either."""
        self._look(after(self.moment, self.stays))

    def back(self) -> None:
        """Back to before the last thing that happened."""
        self._look(before(self.moment, self.stays))

    def play(self) -> None:
        """On to the evening of the next day; first to that of this day if it is not over."""
        self._look(self._at(min(self.stay.last, self.moment.day + self.day_is_over), None))

    def go(self, day: int, things: int | None = None) -> None:
        """To a day: its evening, or after so many things of it."""
        if not 0 <= day <= self.stay.last:
            raise InputError(f"day {day}: the stay has the days 1 to {self.stay.last}")
        self._look(self._at(day, things) if day else BEGINNING)

    def open(self, recipe: Recipe) -> None:
        """Look at another recipe; what was guessed stays where it is about a setting that is looked at."""
        guessed = self.guessed
        self._set_out(recipe, None)
        self.said = self._put_away(guessed)

    @property
    def guessed(self) -> int | None:
        """About which story (0 or 1) the class has guessed; None if about none that is looked at."""
        if self.guess is None or self.guessing:
            return None
        about = settings_of(self.recipe)
        return next((which for which in self.order if about[which] == self.guess.about), None)

    def hands_of(self, which: int) -> tuple[int, ...]:
        """The show of hands about a story, by pattern; empty if there is none."""
        return self.guess.hands if self.guess is not None and self.guessed == which else ()

    def _put_away(self, guessed: int | None) -> str:
        """What is said if what had been *guessed* is not about anything that is looked at now."""
        away = self.guess is not None and guessed is not None and self.guessed is None
        return self.guess.put_away if self.guess is not None and away else ""

    @property
    def order(self) -> tuple[int, ...]:
        """The stories in the order in which the same pairs move: from the one to the other."""
        return from_to(self._bare) if self.other is not None else (0,)

    @property
    def short_names(self) -> tuple[str, ...]:
        """What each story is called beside the other."""
        return short_names(self._bare)

    @property
    def next_day(self) -> int:
        """The day from which settings count that are changed now."""
        return min(self.stay.last, self.moment.day + 1)

    def setting(self) -> dict[str, float]:
        """The settings as they will be on the next day."""
        return self._bare.setting_on(self.next_day)

    def change(self, wanted: dict[str, float]) -> None:
        """Settings are as wanted from the next day on; the past stays, and settings for later days are given up."""
        day = self.next_day
        if self.moment.day == self.stay.last:
            raise InputError(
                "The stay is over, and the past cannot be changed. Look back to a day before, and change then."
            )
        for name in wanted:
            if name not in settings():
                raise InputError(f"there is no setting {name[:60]!r}")
        before = self._bare.setting_on(day - 1)
        kept = [change for change in self._bare.changes if change.day < day]
        tomorrow = [change for change in self._bare.changes if change.day == day and change.field not in wanted]
        tomorrow += [Change(day, name, value) for name, value in wanted.items() if value != before[name]]
        later = len([change for change in self._bare.changes if change.day > day])
        new = replace(self.recipe, changes=tuple(sorted([*kept, *tomorrow])))
        if new == self.recipe:
            return
        moment, counted, guessed = self.moment, self.outcomes.pairs > 0, self.guessed
        self._set_out(new, self.other)
        self.moment, self.furthest = moment, moment.day
        self.said = f"Counts from day {day} on."
        if later:
            self.said += f" {'What was' if later == 1 else 'All that was'} set for later days is given up."
        if counted:
            self.said += " Where 200 pairs end up has to be run again."
        self.said = " ".join(filter(None, [self.said, self._put_away(guessed)]))

    def restore(self) -> None:
        """All settings are as in the scenario from the next day on."""
        self.change(Recipe(self._bare.scenario).setting_on(1))

    @property
    def asked_about(self) -> int:
        """About which story hands are raised: of two the one to which pairs move, unless they are alike."""
        alike = len(set(settings_of(self.recipe))) == 1
        return self.order[0] if alike else self.order[-1]

    def hold_hands(self, hands: tuple[int, ...]) -> None:
        """Keep a show of hands: how many were raised for each pattern, asked ``twoway.seminar.guess.QUESTION``."""
        check_hands(hands)
        self.guess = Guess(tuple(hands), settings_of(self.recipe)[self.asked_about])
        self.guessing, self.said = False, ""

    def guess_first(self, wanted: bool) -> None:
        """Hide where pairs end up until the class has guessed; or do not."""
        self.said = "The show of hands before is given up." if wanted and self.guess is not None else ""
        self.guessing, self.guess = wanted, None
        if wanted:
            self.outcomes = self._no_outcomes()

    def more_pairs(self, again: bool) -> None:
        """Live some more of the 200 pairs; *again*: from the first."""
        if self.guessing:
            raise InputError("Guess first: enter the show of hands, then see where the pairs end up.")
        if again:
            self.outcomes = self._no_outcomes()
        self.outcomes.more()

    def where_parted(self) -> str:
        """The same, in a sentence; empty where there is only one story."""
        if self.other is None:
            return ""
        if self.parted is None:
            return "The same people with the same luck, and the same story to the last day."
        day, what, event = self.parted.parting
        return f"The same people with the same luck. Their stories part on day {day}, {OCCASIONS[event]}: {what}."

    def exchange_in(self, stay: PairsStay) -> int | None:
        """The number in its day of the exchange a story has just come to; None if it was something else."""
        return stay.exchange_today(self.moment_in(stay))

    def why(self) -> list[list[Piece]]:
        """Why the last exchange was taken as it was, in each story; one that has not come to one says so.

        While the class is to guess, nothing is told of how the pair ends.
        """
        if all(self.exchange_in(stay) is None for stay in self.stays):
            raise InputError("Why? explains an exchange. Step to one first.")
        return [self._why_in(stay) for stay in self.stays]

    def _why_in(self, stay: PairsStay) -> list[Piece]:
        number = self.exchange_in(stay)
        if number is None:
            return [Block("text", "In this story there is no exchange at this moment that could be explained.")]
        reason = why(stay.tables, stay.world, stay.luck, stay.place, self.moment.day, number)
        return told(reason, stay.world, with_end=not self.guessing)

    def interview(self, day: int) -> list[list[Piece]]:
        """What each of the two would say on the evening of a day that has been looked at, and what one makes of it.

        In each story. While the class is to guess, it is to make something of it itself.
        """
        if not 1 <= day <= self.furthest:
            raise InputError(
                f"day {day}: they can be asked on the days that have been, 1 to {self.furthest}"
                if self.furthest
                else "They have not met yet. Step on to a first day, then ask them."
            )
        asked = interviews if self.guessing else verdict_and_interviews
        return [asked(stay.tables, stay.resolved, stay.place, day) for stay in self.stays]


def _check_same_people(own: ScenarioSchedule, other: ScenarioSchedule) -> None:
    try:
        check_comparable([own, other])
    except InputError as why:
        raise InputError(f"The pairs of these two are not the same people, so they cannot be compared: {why}") from why


def _parted(stay: PairsStay, other: PairsStay) -> Parted | None:
    """Where two stories of a pair part; None if nowhere."""
    found = parting(stay.records, other.records)
    if found is None:
        return None
    both = min(len(stay.records), len(other.records))
    differs = np.logical_or.reduce([stay.records[name][:both] != other.records[name][:both] for name in VISIBLE])
    row = int(differs.argmax()) if differs.any() else both
    things = int((stay.records["day"][:row] == found.day).sum())
    return Parted(Moment(found.day, things + 1), found)
