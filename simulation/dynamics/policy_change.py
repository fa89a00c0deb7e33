"""A reform: from some morning of the stay on, the centre is another context for the same people with the same luck.

What happened before is past. What a reform changes at once, and what it cannot change, stands here alone; the compiled
runner and the agents call the same ``apply_policy_change``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from twoway.simulation.compilation import compiled
from twoway.simulation.dynamics.admission import friends_of, furnish, keyworkers_insight
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Scenario
from twoway.simulation.rules.reading import known_rules_after_change

AT_ADMISSION = {
    "context.caseload": "a post keeps its clients; to change what a keyworker has time for, change context.capacity",
    "context.distress": "how badly off clients are at admission is past",
    "context.distress_half_life": "how a crisis passes is settled at admission",
}
"""Fields of the context that a reform cannot change, and why."""
FOR_GOOD = {
    "design": "how many people there are and how long they stay is the same throughout",
    "people": "people stay who they are",
    "learning": "people stay as they are",
    "coping": "people stay as they are",
    "meaning": "words keep their meaning",
}
"""Sections that a reform cannot change, and why."""


class PolicyChange(NamedTuple):
    """From the morning of a *day* on (the first is 1), the centre is as in another *scenario*."""

    day: int
    scenario: Scenario


def check_policy_changes(scenario: Scenario, reforms: Sequence[PolicyChange]) -> None:
    """Refuse reforms of a *scenario* that are out of order or change what cannot be changed during a stay."""
    last = 0
    for day, then in reforms:
        if isinstance(day, bool) or not isinstance(day, int) or not 1 <= day <= scenario.design.days + 1:
            raise InputError(
                f"reform on day {day!r}: it must be a whole number from 1 to {scenario.design.days + 1}, "
                "the day after the last of the stay"
            )
        if day <= last:
            raise InputError(f"reform on day {day}: reforms must be in the order of their days; one is on day {last}")
        last = day
        where = f"reform on day {day}"
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
def apply_policy_change(
    clients: Any, keyworkers: Any, dyads: Any, posts: Any, before: Any, numbers: Any, luck: Any
) -> None:  # fmt: skip
    """A morning on which the centre's numbers are no longer as *before*: what had been set at admission follows.

    Clients know the rules as far as they are explained now; friendships, contact, chances to meet and workload are as
    they would have been; keyworkers see as much more or less of clients' strain as staff are more or less reflexive.
    """
    for m in range(posts.shape[0]):
        furnish(posts[m], numbers)
        posts[m].insight = keyworkers_insight(posts[m], numbers, luck.keyworkers[m, posts[m].predecessors])
    for i in range(clients.shape[0]):
        clients[i].known_rules = known_rules_after_change(
            clients[i].known_rules, before.transparency, numbers.transparency
        )
        keyworkers[i].insight = posts[dyads[i].post].insight
        dyads[i].friends = friends_of(luck.friends, i, clients.shape[0], numbers.peer_density)
