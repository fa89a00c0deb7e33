"""A session: one visitor's pair, how far it has been looked at, and what the visitor changed; it knows no web.

Everything but the show of hands and the ensemble of pairs follows from the recipe, so a session can be given up and
made again. One thread at a time uses a session; the thread that serves it holds its ``lock``.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import NamedTuple

import numpy as np

from twoway.analysis.divergence import VISIBLE, FirstDifference, first_difference
from twoway.analysis.narrative.explanation import explain_exchange, explanation_lines
from twoway.analysis.narrative.sentences import occasion
from twoway.analysis.narrative.story import interviews, verdict_and_interviews
from twoway.analysis.render.document import Block, Piece
from twoway.experiments.comparison.schedule import ScenarioSchedule, check_comparable
from twoway.seminar.controls import ShowOfHands, check_hands, from_to, guessed_settings, schedules_of, short_names
from twoway.seminar.dyad_timeline import BEGINNING, DyadTimeline, Position, after, before, most_events_on
from twoway.seminar.ensemble import Ensemble
from twoway.seminar.recipe import Change, Recipe, changeable_settings
from twoway.simulation.errors import InputError


class Divergence(NamedTuple):
    """The position at which the stories of the same pair in two settings first differ, and what differs there."""

    position: Position
    difference: FirstDifference


class Session:
    """What one visitor looks at.

    Every method raises ``InputError`` for what cannot be done, and leaves the session as it was.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.lock = Lock()
        self.guess: ShowOfHands | None = None
        self.guessing = False
        self.message = ""
        """A sentence about consequences of the last action that the page does not show; often empty."""
        self._start(recipe, None)

    def _start(self, recipe: Recipe, other: DyadTimeline | None) -> None:
        """Look at a recipe from now on; *other* is the timeline it is compared with, where that is known already."""
        own, *against = schedules_of(recipe)
        timeline = DyadTimeline(own, recipe.seed, recipe.dyad)
        if against and other is None:
            _check_same_people(own, against[0])
            other = DyadTimeline(against[0], recipe.seed, recipe.dyad)
        self.timeline, self.other = timeline, other if against else None
        self.position = self._at(recipe.day, recipe.event)
        self.furthest = self.position.day
        self.ensemble = self._new_ensemble()
        self._bare = recipe
        self.divergence = _divergence(timeline, self.other) if self.other is not None else None
        """Where the two stories first differ; None where they never do, or where there is only one story."""

    def _new_ensemble(self) -> Ensemble:
        """An ensemble in which no pair has been simulated yet."""
        return Ensemble([timeline.prepared for timeline in self.timelines], self.timeline.seed)

    @property
    def timelines(self) -> tuple[DyadTimeline, ...]:
        """The timeline of the recipe's own setting, and of the one it is compared with, if any."""
        return (self.timeline, self.other) if self.other is not None else (self.timeline,)

    @property
    def recipe(self) -> Recipe:
        """The line of text that restores this session."""
        return replace(self._bare, day=self.position.day, event=None if self.day_is_over else self.position.events)

    def _at(self, day: int, events: int | None) -> Position:
        """The position after this number of events of a day; after all if there are fewer, or if it is None."""
        most = most_events_on(day, self.timelines)
        return Position(day, most if events is None else min(events, most))

    @property
    def day_is_over(self) -> bool:
        """Whether nothing more happens on this day, in any story."""
        return self.position.events == most_events_on(self.position.day, self.timelines)

    def position_in(self, timeline: DyadTimeline) -> Position:
        """The session's position in one of its timelines: the evening, where that one has fewer events on the day."""
        return timeline.position_at(*self.position)

    def _look(self, position: Position) -> None:
        """Move to a position; the message of the action before is gone."""
        self.position, self.message = position, ""
        self.furthest = max(self.furthest, position.day)

    def step(self) -> None:
        """Go on to the next event; of two stories, to the next event in either."""
        self._look(after(self.position, self.timelines))

    def back(self) -> None:
        """Go back to before the latest event."""
        self._look(before(self.position, self.timelines))

    def play(self) -> None:
        """Go on to the evening of the next day; of this day, if it is not over."""
        self._look(self._at(min(self.timeline.last, self.position.day + self.day_is_over), None))

    def go(self, day: int, events: int | None = None) -> None:
        """Go to the evening of a day, or to the position after some of its events.

        Parameters
        ----------
        day
            Day of the stay; 0 is before the first day.
        events
            Number of events of the day, from 0; None for the evening.

        Raises
        ------
        InputError
            If the stay has no such day.
        """
        if not 0 <= day <= self.timeline.last:
            raise InputError(f"day {day}: the stay has the days 1 to {self.timeline.last}")
        self._look(self._at(day, events) if day else BEGINNING)

    def open(self, recipe: Recipe) -> None:
        """Look at another recipe; a show of hands counts on if it is about one of that recipe's settings."""
        guessed = self.guessed_story
        self._start(recipe, None)
        self.message = self._put_away(guessed)

    @property
    def guessed_story(self) -> int | None:
        """Index of the story (0 or 1) that the class has guessed about; None if it guessed about neither."""
        if self.guess is None or self.guessing:
            return None
        about = guessed_settings(self.recipe)
        return next((which for which in self.order if about[which] == self.guess.about), None)

    def hands_about(self, which: int) -> tuple[int, ...]:
        """Hands raised about a story, by pattern; empty if there was no show of hands about it."""
        return self.guess.hands if self.guess is not None and self.guessed_story == which else ()

    def _put_away(self, guessed: int | None) -> str:
        """The message for a class whose show of hands was about story *guessed* and is about neither now."""
        away = self.guess is not None and guessed is not None and self.guessed_story is None
        return self.guess.put_away_message if self.guess is not None and away else ""

    @property
    def order(self) -> tuple[int, ...]:
        """Indices of the stories in the order in which pairs are said to move: (from, to), or (0,) for one story."""
        return from_to(self._bare) if self.other is not None else (0,)

    @property
    def short_names(self) -> tuple[str, ...]:
        """Short names of the stories, which distinguish one from the other."""
        return short_names(self._bare)

    @property
    def next_day(self) -> int:
        """The day from which a change of settings made now takes effect."""
        return min(self.timeline.last, self.position.day + 1)

    def next_settings(self) -> dict[str, float]:
        """The settings that take effect on the next day, by name, such as "context.control"."""
        return self._bare.settings_on(self.next_day)

    def change(self, wanted: dict[str, float]) -> None:
        """Change settings from the next day on; the past stays, and changes planned for later days are given up.

        Parameters
        ----------
        wanted
            New values by name, such as ``{"context.control": 4.0}``.
        """
        day = self.next_day
        if self.position.day == self.timeline.last:
            raise InputError(
                "The stay is over, and the past cannot be changed. Look back to a day before, and change then."
            )
        for name in wanted:
            if name not in changeable_settings():
                raise InputError(f"there is no setting {name[:60]!r}")
        before = self._bare.settings_on(day - 1)
        earlier = [change for change in self._bare.changes if change.day < day]
        tomorrow = [change for change in self._bare.changes if change.day == day and change.field not in wanted]
        tomorrow += [Change(day, name, value) for name, value in wanted.items() if value != before[name]]
        later = len([change for change in self._bare.changes if change.day > day])
        new = replace(self.recipe, changes=tuple(sorted([*earlier, *tomorrow])))
        if new == self.recipe:
            return
        position, counted, guessed = self.position, self.ensemble.pairs > 0, self.guessed_story
        self._start(new, self.other)
        self.position, self.furthest = position, position.day
        self.message = f"Counts from day {day} on."
        if later:
            self.message += f" {'What was' if later == 1 else 'All that was'} set for later days is given up."
        if counted:
            self.message += " Where 200 pairs end up has to be run again."
        self.message = " ".join(filter(None, [self.message, self._put_away(guessed)]))

    def restore(self) -> None:
        """Set all settings back to the scenario's from the next day on."""
        self.change(Recipe(self._bare.scenario).settings_on(1))

    @property
    def asked_about(self) -> int:
        """Index of the story that a show of hands is about: the story pairs move to, unless both settings are equal."""
        alike = len(set(guessed_settings(self.recipe))) == 1
        return self.order[0] if alike else self.order[-1]

    def keep_hands(self, hands: tuple[int, ...]) -> None:
        """Keep a show of hands: the number of hands raised for each pattern in answer to ``controls.QUESTION``."""
        check_hands(hands)
        self.guess = ShowOfHands(tuple(hands), guessed_settings(self.recipe)[self.asked_about])
        self.guessing, self.message = False, ""

    def guess_first(self, wanted: bool) -> None:
        """Hide where pairs end up until the class has guessed (*wanted*), or show it again."""
        self.message = "The show of hands before is given up." if wanted and self.guess is not None else ""
        self.guessing, self.guess = wanted, None
        if wanted:
            self.ensemble = self._new_ensemble()

    def simulate_pairs(self, again: bool) -> None:
        """Simulate one more replicate of the ensemble; with *again*, the first of a new ensemble."""
        if self.guessing:
            raise InputError("Guess first: enter the show of hands, then see where the pairs end up.")
        if again:
            self.ensemble = self._new_ensemble()
        self.ensemble.add_replicate()

    def divergence_sentence(self) -> str:
        """A sentence about where the two stories first differ; empty where there is only one story."""
        if self.other is None:
            return ""
        if self.divergence is None:
            return "The same people with the same luck, and the same story to the last day."
        day, what, event = self.divergence.difference
        return f"The same people with the same luck. Their stories part on day {day}, {occasion(event)}: {what}."

    def exchange_in(self, timeline: DyadTimeline) -> int | None:
        """Number in its day of the exchange at this position of a story; None if the latest event is no exchange."""
        return timeline.exchange_of_day(self.position_in(timeline))

    def why(self) -> list[list[Piece]]:
        """Explain the latest exchange of each story; a story without an exchange at this position says so.

        While the class is guessing, the explanation leaves out how the pair ends.
        """
        if all(self.exchange_in(timeline) is None for timeline in self.timelines):
            raise InputError("Why? explains an exchange. Step to one first.")
        return [self._why_in(timeline) for timeline in self.timelines]

    def _why_in(self, timeline: DyadTimeline) -> list[Piece]:
        """The explanation of the latest exchange of one story."""
        number = self.exchange_in(timeline)
        if number is None:
            return [Block("text", "In this story there is no exchange at this moment that could be explained.")]
        reason = explain_exchange(
            timeline.tables, timeline.prepared, timeline.seed, timeline.dyad, self.position.day, number
        )
        return explanation_lines(reason, timeline.prepared, with_end=not self.guessing)

    def interview(self, day: int) -> list[list[Piece]]:
        """Interviews with client and keyworker on the evening of a day, and a researcher's verdict, for each story.

        While the class is guessing, the verdict is left out.
        """
        if not 1 <= day <= self.furthest:
            raise InputError(
                f"day {day}: they can be asked on the days that have been, 1 to {self.furthest}"
                if self.furthest
                else "They have not met yet. Step on to a first day, then ask them."
            )
        asked = interviews if self.guessing else verdict_and_interviews
        return [asked(timeline.tables, timeline.resolved, timeline.dyad, day) for timeline in self.timelines]


def _check_same_people(own: ScenarioSchedule, other: ScenarioSchedule) -> None:
    """Refuse to compare stories of different people."""
    try:
        check_comparable([own, other])
    except InputError as why:
        raise InputError(f"The pairs of these two are not the same people, so they cannot be compared: {why}") from why


def _divergence(timeline: DyadTimeline, other: DyadTimeline) -> Divergence | None:
    """Where two stories of a pair first differ; None if they never do."""
    found = first_difference(timeline.records, other.records)
    if found is None:
        return None
    both = min(len(timeline.records), len(other.records))
    differs = np.logical_or.reduce([timeline.records[name][:both] != other.records[name][:both] for name in VISIBLE])
    row = int(differs.argmax()) if differs.any() else both
    events = int((timeline.records["day"][:row] == found.day).sum())
    return Divergence(Position(found.day, events + 1), found)
