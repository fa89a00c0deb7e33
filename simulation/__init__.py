"""The model: how client and keyworker negotiate what their relationship is. Writes no files, knows no studies.

    from simulation import load, run

    tables = run(load("four-centres"), seed=1)
    tables.dyads.groupby("pattern").size()

Read ``simulation/encounter.py`` first, and ``simulation/ODD.md`` for the whole description.
"""

from __future__ import annotations

from typing import Any

__all__ = ["SCOPE", "Refusal", "Scenario", "Tables", "changed", "event", "load", "run"]
SCOPE = "Made-up people in a model; no forecast about anyone."
"""What stands on everything that comes out of the model."""
_HOME = {
    "Refusal": "simulation.refusal",
    "Scenario": "simulation.scenario",
    "Tables": "simulation.tables",
    "changed": "simulation.scenario",
    "event": "simulation.meaning",
    "load": "simulation.scenario",
    "run": "simulation.tables",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only when it is asked for: compiled code takes half a second to import."""
    if name not in _HOME:
        raise AttributeError(f"module 'simulation' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOME[name]), name)
