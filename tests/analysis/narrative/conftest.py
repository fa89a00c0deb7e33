"""Runs in which there is more to tell than tone: matters, grievances and exits."""

from functools import lru_cache

import pytest

from twoway.simulation.parameters.scenario import Resolved, load
from twoway.simulation.tables import run

LASTING = {
    "meaning.matters": "residential", "stay.placing": 0.047, "stay.breaking": 0.021, "stay.ending": 0.031,
    "stay.running": 0.004, "lasting.grievance_size": 0.9, "lasting.offence_threshold": 1.0,
    "design.clients": 8, "learning.tone_learning_rate": 0.031,
}  # fmt: skip
"""What turns everything on."""
WORLDS = {
    "ordinary": LASTING,
    "strict-and-opaque": LASTING | {"stay.placing": 0.0, "context.transparency": 0.1},
    "understaffed": LASTING
    | {"context.turnover": 2.0, "context.planned": 0.3, "context.strictness": 0.1, "stay.failing": 0.0},
}
"""Scenarios with their changed numbers: in one nothing is explained, in another leaves fail and keyworkers leave."""


@lru_cache
def lived(name):
    """The tables of one of ``WORLDS``, and its scenario with data files."""
    scenario = load(name, dict(WORLDS[name]))
    return run(scenario, seed=5), Resolved(scenario)


@pytest.fixture(scope="session", params=list(WORLDS))
def world(request):
    """Tables of a run in which everything is on, and its scenario."""
    return lived(request.param)
