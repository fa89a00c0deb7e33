"""Schedules: a scenario and its policy changes during the stay, written in one line; and what two schedules share.

strict-and-opaque                                       a scenario
ordinary:context.formality=0.6                          a scenario with a number changed
strict-and-opaque@60:strict-but-fair                    from the morning of day 60 on, another scenario
ordinary@60:context.control=5,context.formality=0.6     from day 60 on, other numbers
ordinary@60:strict-and-opaque@120:ordinary              for a time
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twoway.analysis.patterns import on_days
from twoway.simulation.dynamics.policy_change import PolicyChange
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import OF_PEOPLE, Scenario, changed, load
from twoway.simulation.run import PreparedScenario

FROM_DAY = re.compile(r"@([0-9]{1,6}):")
WRITTEN = "SCENARIO@DAY:SCENARIO or SCENARIO@DAY:section.field=value, for example ordinary@60:strict-but-fair"


@dataclass(frozen=True)
class ScenarioSchedule:
    """A scenario from the first day to the last, with policy changes on the way, under a name.

    Parameters
    ----------
    name
        Name in tables and figures.
    scenario
        The scenario on the first day.
    policy_changes
        The days on which it changes, each with the scenario from then on.
    """

    name: str
    scenario: Scenario
    policy_changes: tuple[PolicyChange, ...] = ()

    @property
    def prepared(self) -> PreparedScenario:
        """The schedule ready to be simulated; ``InputError`` if a policy change alters what must stay the same."""
        try:
            return PreparedScenario(self.scenario, self.policy_changes)
        except InputError as refusal:
            raise InputError(f"{self.name}: {refusal}") from None


def parse_schedule(text: str, changes: Mapping[str, float | str] | None = None) -> ScenarioSchedule:
    """The schedule written as *text*.

    Parameters
    ----------
    text
        Name or path of a scenario, perhaps with changes, such as ``ordinary@60:strict-but-fair``; see the top of this
        file.
    changes
        Changes to each of its scenarios, such as ``{"design.days": 90}``.

    Raises
    ------
    InputError
        If the text cannot be read, or names a scenario or field that does not exist.

    Examples
    --------
    >>> schedule = parse_schedule("ordinary@60:context.control=5")
    >>> [(then.day, then.scenario.context.control) for then in schedule.policy_changes]
    [(60, 5.0)]
    """
    start, *rest = FROM_DAY.split(text)
    if "@" in start and not os.path.lexists(start):
        raise InputError(f"{text}: what comes after @ is not a day and a policy change; write {WRITTEN}")
    name, colon, numbers = start.partition(":")
    if "=" in numbers:
        scenario = changed(_loaded(name, changes), _numbers(text, numbers))
    else:
        scenario = _loaded(start if colon else name, changes)
    policy_changes, now = [], scenario
    for day, then in zip(rest[::2], rest[1::2], strict=True):
        now = changed(now, _numbers(text, then)) if "=" in then else _loaded(then, changes)
        policy_changes.append(PolicyChange(int(day), now))
    return ScenarioSchedule(text, scenario, tuple(policy_changes))


def _loaded(name: str, changes: Mapping[str, float | str] | None) -> Scenario:
    scenario = load(name)
    return changed(scenario, changes) if changes else scenario


def _numbers(text: str, written: str) -> dict[str, float | str]:
    """Numbers written as ``context.control=5,context.formality=0.6``."""
    changes: dict[str, float | str] = {}
    for part in written.split(","):
        key, equals, value = part.partition("=")
        if not equals or not key or not value:
            raise InputError(f"{text}: '{part}' is not section.field=value, for example context.control=5")
        try:
            changes[key.strip()] = float(value)
        except ValueError:
            changes[key.strip()] = value
    return changes


def as_schedule(given: ScenarioSchedule | Scenario | str | Path) -> ScenarioSchedule:
    """The schedule itself, that of a scenario (named by its title), or the one that is written as text."""
    if isinstance(given, ScenarioSchedule):
        return given
    return ScenarioSchedule(given.title, given) if isinstance(given, Scenario) else parse_schedule(str(given))


def check_comparable(schedules: Sequence[ScenarioSchedule]) -> None:
    """Refuse schedules that differ in more than context and people: then nobody is the same person in both."""
    if len(schedules) < 2:
        raise InputError("a comparison needs two scenarios or more: a first one, and others to compare with it")
    first = schedules[0]
    design = first.scenario.design
    interviewed = design.interviewed()
    for schedule in schedules:
        late = max((change.day for change in schedule.policy_changes if change.day <= design.days), default=0)
        if late > interviewed[1]:
            raise InputError(
                f"{schedule.name}: the change on day {late} comes after the interviews {on_days(interviewed)}, which "
                f"are compared; hold them later, for example --set design.interviews_from={min(late + 30, design.days)}"
            )
    for other in schedules[1:]:
        for section, why in (
            ("design", "only stays of equally many clients and days can be compared person by person; set it for all"),
            ("analysis", "patterns that are told by different rules cannot be compared; set it for all"),
            ("meaning", "with other frames, situations or sentiments the same random draws mean something else"),
        ):
            for field, value in getattr(first.scenario, section):
                theirs = getattr(getattr(other.scenario, section), field)
                if theirs != value:
                    raise InputError(
                        f"{section}.{field} is {value} in {first.name} but {theirs} in {other.name}: {why}"
                    )


def common_parts(schedules: Sequence[ScenarioSchedule]) -> list[str]:
    """Sentences on what is the same in all schedules of a comparison, and what is not."""
    sentences = [
        "The same in all: every client and every keyworker as drawn, first impressions, which pairs of clients may "
        "become friends, how centres differ, and all random draws of every day."
    ]
    first = schedules[0].scenario
    for other in schedules[1:]:
        if other.scenario.posts != first.posts:
            sentences.append(
                f"Not the same in {other.name}: a centre has {other.scenario.posts} keyworkers instead of "
                f"{first.posts}, so most clients have another keyworker; the clients are the same."
            )
        sections = [s for s in OF_PEOPLE if getattr(other.scenario, s) != getattr(first, s)]
        if sections:
            sentences.append(
                f"Not the same in {other.name}: numbers of {' and '.join(sections)} differ, so the same draws make "
                "somewhat other people."
            )
    return sentences
