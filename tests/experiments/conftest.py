"""A small study of a function that is known, for the analyses."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.coverage import ishigami, lived
from tests.experiments.studies import design_of, runs_of


@pytest.fixture(scope="session")
def noisy():
    """A study of Ishigami's function, 128 base samples, 4 replicates, half of the variance being luck."""
    known = ishigami()
    design = design_of(["x1", "x2", "x3"], known.bounds, 128)
    return design, runs_of(lived(known, design.to_numpy(), "its own", 4, np.random.default_rng(0)))
