"""Policy changes: from some morning of the stay on, the centre is another context for the same people.

What happened before is past. What a change alters at once, and what it cannot alter, is said here alone; the compiled
runner and the Mesa model call the same ``apply_policy_change``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.dynamics.admission import provide
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Scenario
from twoway.simulation.rules.reading import known_rules_after_change
from twoway.simulation.state import ENDED, CentreState

AT_ADMISSION = {
    "context.caseload": "a post keeps its clients; to change what a keyworker has time for, change context.capacity",
    "context.distress": "how badly off clients are at admission is past",
    "context.distress_half_life": "how a crisis passes is settled at admission",
}
"""Fields of the context that cannot change during a stay, and why."""
FOR_GOOD = {
    "design": "how many people there are and how long they stay is the same throughout",
    "people": "people stay who they are",
    "learning": "people stay as they are",
    "lasting": "people stay as they are",
    "coping": "people stay as they are",
    "events": "what may happen by chance stays the same",
    "meaning": "words keep their meaning",
}
"""Sections that cannot change during a stay, and why."""


class PolicyChange(NamedTuple):
    """From the morning of a *day* on (the first is 1), the centre is as in another *scenario*.

    Examples
    --------
    >>> from twoway.simulation.parameters.scenario import load
    >>> PolicyChange(60, load("permissive")).scenario.title
    'A permissive centre'
    """

    day: int
    scenario: Scenario


def check_policy_changes(scenario: Scenario, changes: Sequence[PolicyChange]) -> None:
    """Refuse policy changes that are out of order or change what cannot be changed during a stay.

    Parameters
    ----------
    scenario
        Scenario in which the stay begins.
    changes
        Policy changes, which must be in the order of their days.

    Raises
    ------
    InputError
        Names the day, the field and why it cannot change.
    """
    last = 0
    for day, then in changes:
        if isinstance(day, bool) or not isinstance(day, int) or not 1 <= day <= scenario.design.days + 1:
            raise InputError(
                f"policy change on day {day!r}: it must be a whole number from 1 to {scenario.design.days + 1}, "
                "the day after the last of the stay"
            )
        if day <= last:
            raise InputError(
                f"policy change on day {day}: policy changes must be in the order of their days; one is on day {last}"
            )
        last = day
        where = f"policy change on day {day}"
        for section, why in FOR_GOOD.items():
            for field, value in getattr(scenario, section):
                other = getattr(getattr(then, section), field)
                if other != value:
                    raise InputError(f"{where}: {section}.{field} cannot change from {value} to {other}: {why}")
        for key, why in AT_ADMISSION.items():
            before, now = (getattr(s.context, key.partition(".")[2]) for s in (scenario, then))
            if now != before:
                raise InputError(f"{where}: {key} cannot change from {before:g} to {now:g}: {why}")


@compiled
def apply_policy_change(state: CentreState, before: float, conditions: Conditions) -> None:
    """A morning on which a policy changes: what had been set at admission follows the new *conditions*.

    Clients whose order lasts know the rules as far as they are explained now; friendships, contact, chances to meet and
    workload are as they would have been; keyworkers see as much more or less of clients' strain as staff are more or
    less reflexive.

    Parameters
    ----------
    state
        State of the centre, changed in place.
    before
        Transparency of the centre before the change, 0..1.
    conditions
        Conditions of the centre after the change.
    """
    parameters = conditions.parameters
    for m in range(state.posts.shape[0]):
        provide(state.posts[m], parameters)
    for i in range(state.clients.shape[0]):
        client, dyad = state.clients[i], state.dyads[i]
        if dyad.place != ENDED:
            client.known_rules = known_rules_after_change(client.known_rules, before, parameters.transparency)
        state.keyworkers[i].insight = parameters.reflexivity
        dyad.friends = conditions.first_friend[i + 1] - conditions.first_friend[i]
