"""Small studies whose outcomes are known, for several test files."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.interval_coverage import ishigami, simulated
from tests.support.study_runs import design_of, runs_of
from tests.support.tiny_study import tiny

from twoway.experiments.studies.run import run_study


@pytest.fixture(scope="session")
def noisy():
    """A study of Ishigami's function, 128 base samples, 4 replicates, half of the variance being chance."""
    known = ishigami()
    design = design_of(["x1", "x2", "x3"], known.bounds, 128)
    return design, runs_of(simulated(known, design.to_numpy(), "independent", 4, np.random.default_rng(0)))


@pytest.fixture(scope="session")
def whole_table(tmp_path_factory):
    """The table of the tiny study, run by one worker without interruption."""
    return run_study(tiny(), tmp_path_factory.mktemp("whole") / "study", workers=1).table
