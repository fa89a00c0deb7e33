"""Climate: centres count, and not dyads."""

import numpy as np
import pytest
from tests.support.handmade import panel_of, row

from twoway.analysis.measures.climate import climate


def test_the_correlation_is_that_of_centre_means_whatever_the_size_of_centres():
    rng = np.random.default_rng(1)
    centres = np.repeat(np.arange(12), rng.integers(2, 6, 12))
    rating = rng.normal(size=(2, len(centres), 1)) + rng.normal(size=12)[centres][:, None]
    view = panel_of(rating, centres=centres)
    found = row(climate(view, 1), "centre_climate", "all")
    means = [[one[centres == c].mean() for c in range(12)] for one in rating[:, :, 0]]
    assert found["estimate"] == pytest.approx(np.corrcoef(means)[0, 1])
    assert found["n"] == 12
    assert found["low"] < found["estimate"] < found["high"]
    assert np.isnan(row(climate(view, 1, draws=0), "centre_climate", "all")["low"])


def test_one_centre_has_no_climate_to_compare():
    view = panel_of(np.random.default_rng(1).normal(size=(2, 5, 1)), centres=np.zeros(5, int))
    assert row(climate(view, 1), "centre_climate", "all")["interval"].startswith("not estimated")
