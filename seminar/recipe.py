"""The recipe: one line of text that restores a whole session; it can be printed, sent as a link and typed in again.

ordinary/42                                                    a scenario and a random seed
ordinary/42/p3/d12.2                                           pair 3, after the second event of day 12
ordinary/42/d30/d5:context.control=4,context.formality=0.6     evening of day 30; two settings that count from day 5
strict-and-opaque/7/vs:strict-but-fair/lesson:explained        compared with another scenario; with a lesson's note

Parts that are left out have their first value. A recipe has one spelling: ``str(parse_recipe(text))`` puts the parts in
order, and ``parse_recipe(str(r)) == r`` for every recipe. All characters may stand in a link as they are. Students call
the seed their luck, so that is its name in error messages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from twoway.experiments.comparison.schedule import ScenarioSchedule
from twoway.simulation.data_files import absolute
from twoway.simulation.dynamics.policy_change import AT_ADMISSION, PolicyChange
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.parameters.context import Context
from twoway.simulation.parameters.declare import Declaration, declarations
from twoway.simulation.parameters.scenario import Scenario, changed, load, shipped_names
from twoway.simulation.tables import check_seed

_OWN: dict[str, Path] = {}
"""Files of the user's own scenarios that the page offers beside the shipped ones, by name."""


def offer(path: Path) -> str:
    """Offer a scenario of the user's own beside the shipped ones; returns the name that recipes give it.

    Raises
    ------
    InputError
        If it cannot be read, or a scenario of that name comes with the package.
    """
    if path.stem in shipped_names():
        raise InputError(f"{path}: a scenario of the name '{path.stem}' comes with the package; rename the file")
    load(path)
    _OWN[path.stem] = absolute(path)
    return path.stem


def offered_names() -> list[str]:
    """Names of the scenarios that recipes may name."""
    return [*shipped_names(), *_OWN]


def offered_scenario(name: str) -> Scenario:
    """The scenario of a name."""
    return load(_OWN.get(name, name))


LONGEST = 2000
"""Characters a recipe may have."""
WRITTEN = (
    "SCENARIO/LUCK and, if wanted, /dDAY, /dDAY:section.field=value, for example ordinary/42/d12/d5:context.control=4"
)
DIGITS = 19
"""Digits a whole number in a recipe may have: as many as the largest seed."""
WHOLE = re.compile(rf"0|[1-9][0-9]{{0,{DIGITS - 1}}}", re.ASCII)
POSITION = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,6}))?", re.ASCII)
LESSON = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
LONGEST_NAME = 60


class Change(NamedTuple):
    """From the morning of *day* on (the first is 1), *field* of the context, such as context.control, is *value*."""

    day: int
    field: str
    value: float


@lru_cache
def changeable_settings() -> dict[str, Declaration]:
    """Declarations of the numbers that may change during a stay, by name, such as "context.control"."""
    fields = {f"{d.section}.{d.name}": d for d in declarations("context", Context)}
    return {name: declared for name, declared in fields.items() if name not in AT_ADMISSION}


def count_of_pairs(scenario: Scenario) -> int:
    """Number of pairs of client and keyworker in one replicate."""
    return scenario.design.centres * scenario.design.clients


@dataclass(frozen=True)
class Recipe:
    """Everything a session follows from: the pair, the seed, the settings, and how far the stay has been looked at.

    Raises ``InputError`` for values that cannot be.

    Parameters
    ----------
    scenario
        Name of a shipped scenario.
    seed
        Random seed, which the page calls luck.
    pair
        Number of the pair, counted through the centres from 0.
    day
        Day up to which the stay has been looked at; 0 is before the first day.
    event
        Number of events of that day that have been looked at, from 1; None for all of them.
    changes
        Changes of settings, in the order of their days.
    against
        Name of a scenario to compare with, or None.
    lesson
        Name of a lesson, or None.
    """

    scenario: str = "ordinary"
    seed: int = 1
    pair: int = 0
    day: int = 0
    event: int | None = None
    changes: tuple[Change, ...] = ()
    against: str | None = None
    lesson: str | None = None

    def __post_init__(self) -> None:
        for name in (self.scenario, self.against):
            if name is not None and name not in offered_names():
                raise InputError(f"recipe: there is no scenario {_short(name)}; {nearest(name, offered_names())}")
        try:
            check_seed(self.seed, 1)
        except InputError as refusal:
            raise InputError(f"recipe: luck: {refusal}") from None
        scenario = offered_scenario(self.scenario)
        last, pairs = scenario.design.days, count_of_pairs(scenario)
        if not 0 <= self.pair < pairs:
            raise InputError(f"recipe: pair {self.pair}: {self.scenario} has the pairs 0 to {pairs - 1}")
        if not 0 <= self.day <= last:
            raise InputError(f"recipe: day {self.day}: a stay at {self.scenario} has the days 1 to {last}")
        if self.event is not None and (self.event < 1 or self.day < 1):
            raise InputError("recipe: what happened on a day is counted from 1, and days are, too")
        if list(self.changes) != sorted(set(self.changes)):
            raise InputError("recipe: changes of settings stand in the order of their days, and each only once")
        if len({(change.day, change.field) for change in self.changes}) < len(self.changes):
            raise InputError("recipe: a setting is changed twice on the same day")
        for change in self.changes:
            _check(change, last)
        if self.lesson is not None and not (LESSON.fullmatch(self.lesson) and len(self.lesson) <= LONGEST_NAME):
            raise InputError(
                f"recipe: lesson {_short(self.lesson)}: a lesson's name is small letters, digits and hyphens"
            )

    def __str__(self) -> str:
        parts = [self.scenario, str(self.seed)]
        if self.pair:
            parts.append(f"p{self.pair}")
        if self.day:
            parts.append(f"d{self.day}" if self.event is None else f"d{self.day}.{self.event}")
        for day, some in groupby(self.changes, key=attrgetter("day")):
            parts.append(f"d{day}:{','.join(f'{one.field}={number_text(one.value)}' for one in some)}")
        if self.against is not None:
            parts.append(f"vs:{self.against}")
        if self.lesson is not None:
            parts.append(f"lesson:{self.lesson}")
        return "/".join(parts)

    @property
    def schedule(self) -> ScenarioSchedule:
        """The scenario and the changes of policy during the stay."""
        now = offered_scenario(self.scenario)
        policy_changes, start = [], now
        for day, some in groupby(self.changes, key=attrgetter("day")):
            now = changed(now, {one.field: one.value for one in some})
            policy_changes.append(PolicyChange(day, now))
        return ScenarioSchedule(start.title, start, tuple(policy_changes))

    def settings_on(self, day: int) -> dict[str, float]:
        """Values on a day of all settings that may change, by name."""
        context = offered_scenario(self.scenario).context
        now = {name: float(getattr(context, declared.name)) for name, declared in changeable_settings().items()}
        return now | {one.field: one.value for one in self.changes if one.day <= day}

    @property
    def dyad(self) -> tuple[int, int, int]:
        """The dyad as tables name it: (replicate, centre, number in the centre)."""
        return (0, *divmod(self.pair, offered_scenario(self.scenario).design.clients))


def number_text(value: float) -> str:
    """The shortest exact text of a number.

    Examples
    --------
    >>> number_text(4.0), number_text(0.25)
    ('4', '0.25')
    """
    return repr(float(value)).removesuffix(".0")


def _short(text: str) -> str:
    """Typed text, quoted and cut to 40 characters."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _check(change: Change, last: int) -> None:
    """Refuse a change of a setting that cannot be made in a stay of *last* days."""
    where = f"recipe: d{change.day}"
    if not 1 <= change.day <= last:
        raise InputError(f"{where}: settings count from a day from 1 to {last}")
    if change.field in AT_ADMISSION:
        raise InputError(f"{where}: {change.field} cannot change during a stay: {AT_ADMISSION[change.field]}")
    declared = changeable_settings().get(change.field)
    if declared is None:
        raise InputError(
            f"{where}: there is no setting {_short(change.field)}; {nearest(change.field, changeable_settings())}"
        )
    if not declared.low <= change.value <= declared.high:
        raise InputError(
            f"{where}: {change.field} = {change.value:g}; it must be from {declared.low:g} to {declared.high:g} "
            f"({declared.unit})"
        )


def _whole(text: str, what: str) -> int:
    """A whole number from 0."""
    if not WHOLE.fullmatch(text):
        raise InputError(f"recipe: {what} {_short(text)} must be a whole number from 0")
    return int(text)


def _changes(day: str, text: str) -> list[Change]:
    """Changes of settings on a day, from text such as "context.control=4,context.formality=0.6"."""
    found = []
    for part in text.split(","):
        field, _, number = part.partition("=")
        try:
            value = float(number)
        except ValueError:
            raise InputError(
                f"recipe: {_short(part)} is not section.field=value, for example context.control=4"
            ) from None
        found.append(Change(_whole(day, "day"), field, value))
    return found


def parse_recipe(text: str) -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    text
        One line, such as ``"ordinary/42/d12/d5:context.control=4"``.

    Raises
    ------
    InputError
        If *text* is no recipe; the message says what would be right.

    Examples
    --------
    >>> parse_recipe("ordinary/42/d12").day
    12
    """
    if len(text) > LONGEST:
        raise InputError(f"recipe: it has {len(text)} characters; it may have {LONGEST}")
    scenario, *parts = text.strip().split("/")
    if not scenario:
        raise InputError(f"recipe: it is empty; write {WRITTEN}")
    given: dict[str, int | str | None] = {}
    changes: list[Change] = []

    def once(**some: int | str | None) -> None:
        for name, value in some.items():
            if name in given:
                raise InputError(f"recipe: {name} stands there twice; write {WRITTEN}")
            given[name] = value

    for place, part in enumerate(parts):
        head, colon, rest = part.partition(":")
        if place == 0:
            once(seed=_whole(part, "luck"))
        elif colon and head[:1] == "d":
            changes += _changes(head[1:], rest)
        elif colon and head == "vs":
            once(against=rest)
        elif colon and head == "lesson":
            once(lesson=rest)
        elif part[:1] == "p" and not colon:
            once(pair=_whole(part[1:], "pair"))
        elif part[:1] == "d" and (at := POSITION.fullmatch(part[1:])):
            once(day=int(at[1]), event=int(at[2]) if at[2] else None)
        else:
            raise InputError(f"recipe: {_short(part)} cannot be read; write {WRITTEN}")
    return Recipe(scenario, changes=tuple(sorted(changes)), **given)  # type: ignore[arg-type]
