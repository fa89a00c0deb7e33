"""What stands for a sample lies in the middle of it, and not at an end of a prior."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from twoway.experiments.calibration.posterior import EDGE, MIDDLE, central_points, rounded

INSIDE = st.floats(EDGE, 1 - EDGE)


@settings(max_examples=50)
@given(arrays.arrays(float, (40, 3), elements=INSIDE))
def test_what_stands_for_a_sample_is_extreme_in_no_number_or_in_as_few_as_any_point(sample):
    low, high = np.quantile(sample, [(1 - MIDDLE) / 2, (1 + MIDDLE) / 2], axis=0)
    outside = ((sample < low) | (sample > high)).sum(axis=1)
    found = central_points(sample, 12)
    assert 1 <= len(found) <= 12
    assert {int(((one < low) | (one > high)).sum()) for one in found} == {int(outside.min())}
    apart = [np.linalg.norm(sample - one, axis=1).mean() for one in found]
    assert apart == sorted(apart) or np.allclose(apart, sorted(apart))


def test_a_point_that_is_central_but_for_one_number_does_not_stand_for_the_sample():
    sample = np.random.default_rng(1).uniform(0.3, 0.7, (200, 4))
    sample[0] = 0.5, 0.5, 0.5, 0.95
    assert sample[0].tolist() not in central_points(sample, 200).tolist()


def test_an_end_of_a_prior_is_no_middle_even_where_most_of_the_sample_lies_there():
    sample = np.full((100, 2), 0.5)
    sample[:60, 1] = EDGE / 2
    assert (central_points(sample, 100)[:, 1] == 0.5).all()


@given(arrays.arrays(float, (2, 3), elements=st.floats(-100, 100)))
def test_rounding_moves_no_number_by_more_than_a_twentieth_and_is_done_once(values):
    once = rounded(values)
    assert (np.abs(once - values) <= 0.05 * np.abs(values) + 1e-300).all()
    assert (rounded(once) == once).all()
