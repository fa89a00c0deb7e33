"""How client and keyworker in coercive drug treatment negotiate what their relationship is: an agent-based simulation.

The public interface is flat: everything a script needs is here, and is imported when it is first used.

    import twoway

    tables = twoway.run("ordinary", seed=1, replicates=5)
    comparison = twoway.compare(["strict-and-opaque", "strict-but-fair"], replicates=20)

``dir(twoway)`` lists all names; ``help(twoway.run)`` describes one. The model is described in ``simulation/ODD.md``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for editors and type checkers
    from twoway.simulation.dynamics.policy_change import PolicyChange
    from twoway.simulation.mesa_model import Keyworker
    from twoway.simulation.mesa_model import Client
    from twoway.simulation.coping import coping_way
    from twoway.simulation.events import event_kind
    from twoway.simulation.events import Mark
    from twoway.simulation.parameters.declare import parameter
    from twoway.simulation.parameters.declare import ParameterGroup
    from twoway.experiments.comparison.compare import Comparison, compare
    from twoway.experiments.studies.run import resume, run_study
    from twoway.experiments.studies.study import Study, load_study
    from twoway.simulation import SCOPE
    from twoway.simulation.affect_control.equations import event
    from twoway.simulation.errors import InputError
    from twoway.simulation.mesa_model import Centre
    from twoway.simulation.parameters.scenario import Scenario, changed, load
    from twoway.simulation.tables import Tables, run

__all__ = [
    "Centre",
    "Client",
    "Comparison",
    "InputError",
    "Keyworker",
    "Mark",
    "ParameterGroup",
    "PolicyChange",
    "SCOPE",
    "Scenario",
    "Study",
    "Tables",
    "changed",
    "compare",
    "coping_way",
    "event",
    "event_kind",
    "load",
    "load_study",
    "parameter",
    "resume",
    "run",
    "run_study",
]
_HOME = {
    "Centre": "simulation.mesa_model",
    "Client": "simulation.mesa_model",
    "Comparison": "experiments.comparison.compare",
    "InputError": "simulation.errors",
    "Keyworker": "simulation.mesa_model",
    "Mark": "simulation.events",
    "ParameterGroup": "simulation.parameters.declare",
    "PolicyChange": "simulation.dynamics.policy_change",
    "SCOPE": "simulation",
    "Scenario": "simulation.parameters.scenario",
    "Study": "experiments.studies.study",
    "Tables": "simulation.tables",
    "changed": "simulation.parameters.scenario",
    "compare": "experiments.comparison.compare",
    "coping_way": "simulation.coping",
    "event": "simulation.affect_control.equations",
    "event_kind": "simulation.events",
    "load": "simulation.parameters.scenario",
    "load_study": "experiments.studies.study",
    "parameter": "simulation.parameters.declare",
    "resume": "experiments.studies.run",
    "run": "simulation.tables",
    "run_study": "experiments.studies.run",
}
"""The module in which each public name is defined."""


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'twoway' has no attribute {name!r}")
    value = getattr(import_module(f"twoway.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(_HOME)
