"""Recovery of known numbers: where values tell everything, nothing, or are missing."""

import numpy as np
import pytest

from twoway.experiments.calibration.recovery import recovery


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(1).random((400, 2))


def test_a_sample_holds_the_true_number_as_often_as_it_says_and_is_narrow_where_values_tell_of_it(points):
    values = points[:, :1] + np.random.default_rng(2).normal(0, 0.02, (400, 1))
    found = recovery(points, values, np.array([0.1]), 0.1, 4)
    assert found.held == pytest.approx([0.9, 0.9], abs=0.06)
    assert found.width[0] < 0.3
    assert found.width[1] == pytest.approx(1, abs=0.1)


def test_where_values_tell_nothing_the_sample_is_as_wide_as_all_points(points):
    values = np.random.default_rng(3).random((400, 4))
    found = recovery(points, values, np.full(4, 0.2), 0.25, 4)
    assert found.width == pytest.approx([1, 1], abs=0.05)


def test_a_value_that_is_missing_is_like_no_other(points):
    values = np.column_stack([points[:, 0], np.full(400, np.nan)])
    alone = recovery(points, values[:, :1], np.array([0.1]), 0.1, 4)
    both = recovery(points, values, np.full(2, 0.1), 0.1, 4)
    assert both.width == pytest.approx(alone.width, abs=0.05)
