"""What the measures are computed with: the data files of the default scenario."""

import pytest

from twoway.simulation.parameters.scenario import Resolved, Scenario


@pytest.fixture(scope="session")
def resolved():
    """The default scenario with its data files."""
    return Resolved(Scenario())
