"""What several tests of studies compare with."""

from __future__ import annotations

import pytest
from tiny_study import tiny

from experiments.running import run_study


@pytest.fixture(scope="session")
def whole_table(tmp_path_factory):
    """The table of the tiny study, run by one worker without interruption."""
    return run_study(tiny(), tmp_path_factory.mktemp("whole") / "study", workers=1).table
