"""What stands for a sample lies in the middle of it, and not at an end of a prior."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from experiments.calibration.middle import EDGE, central, rounded

INSIDE = st.floats(EDGE, 1 - EDGE)


@given(arrays.arrays(float, (7, 3), elements=INSIDE))
def test_the_first_point_is_the_one_with_the_least_distance_to_all_others(sample):
    first = central(sample, 1)[0]
    apart = [np.linalg.norm(sample - one, axis=1).sum() for one in sample]
    assert np.linalg.norm(sample - first, axis=1).sum() <= min(apart) + 1e-9


def test_a_point_at_the_end_of_a_prior_comes_last_however_central_it_is():
    sample = np.array([[0.5, 0.0], [0.9, 0.5], [0.1, 0.5], [0.5, 0.4]])
    assert central(sample, 4).tolist()[-1] == [0.5, 0.0]
    assert central(sample, 4).tolist()[0] == [0.5, 0.4]


@given(arrays.arrays(float, (2, 3), elements=st.floats(-100, 100)))
def test_rounding_moves_no_number_by_more_than_a_twentieth_and_is_done_once(values):
    once = rounded(values)
    assert (np.abs(once - values) <= 0.05 * np.abs(values) + 1e-300).all()
    assert (rounded(once) == once).all()
