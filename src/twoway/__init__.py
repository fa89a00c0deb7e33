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
    from twoway.analysis.centre import Centre
    from twoway.analysis.figures.registry import figure
    from twoway.analysis.patterns import pattern_rule
    from twoway.experiments.comparison.compare import compare
    from twoway.experiments.comparison.comparison import Comparison
    from twoway.experiments.reports.exported import export
    from twoway.experiments.results.result import Result, open_result, verify
    from twoway.experiments.studies.ask_tell import AskTellStudy
    from twoway.experiments.studies.outcomes import OutcomeInput, outcome
    from twoway.experiments.studies.run import resume, run_study
    from twoway.experiments.studies.study import Study, load_study
    from twoway.simulation import SCOPE
    from twoway.simulation.affect_control.theory import AffectControl
    from twoway.simulation.coping import coping_way
    from twoway.simulation.dynamics.policy_change import PolicyChange
    from twoway.simulation.errors import InputError
    from twoway.simulation.events import Mark, event_kind
    from twoway.simulation.mesa_model import Client, Keyworker, agent_class
    from twoway.simulation.parameters.declare import ParameterGroup, parameter
    from twoway.simulation.parameters.scenario import Scenario, changed, load
    from twoway.simulation.tables import Tables, run

__all__ = [
    "SCOPE",
    "AffectControl",
    "AskTellStudy",
    "Centre",
    "Client",
    "Comparison",
    "InputError",
    "Keyworker",
    "Mark",
    "OutcomeInput",
    "ParameterGroup",
    "PolicyChange",
    "Result",
    "Scenario",
    "Study",
    "Tables",
    "agent_class",
    "changed",
    "compare",
    "coping_way",
    "event_kind",
    "export",
    "figure",
    "load",
    "load_study",
    "open_result",
    "outcome",
    "parameter",
    "pattern_rule",
    "resume",
    "run",
    "run_study",
    "verify",
]
_HOME = {
    "AffectControl": "simulation.affect_control.theory",
    "AskTellStudy": "experiments.studies.ask_tell",
    "Centre": "analysis.centre",
    "Client": "simulation.mesa_model",
    "Comparison": "experiments.comparison.comparison",
    "InputError": "simulation.errors",
    "Keyworker": "simulation.mesa_model",
    "Mark": "simulation.events",
    "OutcomeInput": "experiments.studies.outcomes",
    "ParameterGroup": "simulation.parameters.declare",
    "PolicyChange": "simulation.dynamics.policy_change",
    "Result": "experiments.results.result",
    "SCOPE": "simulation",
    "Scenario": "simulation.parameters.scenario",
    "Study": "experiments.studies.study",
    "Tables": "simulation.tables",
    "changed": "simulation.parameters.scenario",
    "compare": "experiments.comparison.compare",
    "agent_class": "simulation.mesa_model",
    "coping_way": "simulation.coping",
    "event_kind": "simulation.events",
    "export": "experiments.reports.exported",
    "figure": "analysis.figures.registry",
    "load": "simulation.parameters.scenario",
    "load_study": "experiments.studies.study",
    "open_result": "experiments.results.result",
    "outcome": "experiments.studies.outcomes",
    "pattern_rule": "analysis.patterns",
    "parameter": "simulation.parameters.declare",
    "resume": "experiments.studies.run",
    "run": "simulation.tables",
    "run_study": "experiments.studies.run",
    "verify": "experiments.results.result",
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
