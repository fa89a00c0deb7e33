"""Clients or keyworkers of one's own, declared in a file that a scenario names in ``extensions``.

A scenario whose extensions declare a class of agents is simulated with agents, step by step in Python
(``simulation/mesa_model.py``), wherever it is simulated: in a run, a comparison, a study. That takes far longer than
compiled code. Here it is only known which classes take part, and who simulates them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.errors import InputError
from twoway.simulation.extensions import Extension, Registry


@dataclass(frozen=True)
class AgentClass:
    """A class of agents: its name, the role whose holders are of it, the class, and what simulates a centre with it."""

    name: str
    role: int
    kind: type = field(compare=False)
    simulate: Callable[..., Any] = field(compare=False)
    """As ``twoway.simulation.run.simulate_centre``."""


AGENT_CLASSES: Registry[AgentClass] = Registry("class of agents")
"""None: those of the package need no declaration."""


def agents_of(extensions: Iterable[Extension]) -> dict[int, AgentClass]:
    """Classes of agents that some extensions declare, by role.

    Parameters
    ----------
    extensions
        Extensions of a scenario.

    Raises
    ------
    InputError
        If two of them declare one for the same role.
    """
    found: dict[int, AgentClass] = {}
    for one in AGENT_CLASSES.extended(extensions).values():
        if one.role in found:
            raise InputError(
                f"{found[one.role].name} and {one.name} are both declared as the class of {ROLES[one.role]}s; "
                "a scenario can have one of each role"
            )
        found[one.role] = one
    return found


def refuse_agents(agents: dict[int, AgentClass], what: str) -> None:
    """Refuse what only the people of the package can be asked for.

    Parameters
    ----------
    agents
        Classes of agents of the scenario.
    what
        What cannot be done, to follow "people of one's own (Name)".

    Raises
    ------
    InputError
        If there are any.
    """
    if agents:
        names = " and ".join(one.name for one in agents.values())
        raise InputError(f"the scenario has people of your own ({names}), who {what}")
