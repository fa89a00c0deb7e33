"""What people bring along, and how centres differ."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation.rules.initial import centre_share, clipped_to_share, initial_log_weight

LAW = settings(deadline=None, max_examples=60)
share = st.floats(0, 1)
benignity = st.floats(-1, 1)
EPS = 1e-9


@LAW
@given(st.floats(1e-6, 1e6), st.floats(-4, 4), benignity)
def test_someone_of_average_draws_expects_what_is_expected_in_the_mean(weight, tilt, benign):
    assert initial_log_weight(weight, tilt, benign, 1.0, 0.0) == pytest.approx(math.log(weight) + tilt * benign)
    assert initial_log_weight(weight, 0.0, benign, 0.0, 3.0) == math.log(weight)


@LAW
@given(st.floats(1e-3, 1e3), st.floats(-4, 4), st.floats(-4, 4), st.floats(-5, 5))
def test_raised_expectations_raise_benign_frames_and_lower_adversarial_ones(weight, tilt, other, draw):
    low, high = sorted([tilt, other])
    assert initial_log_weight(weight, low, 1.0, 1.0, draw) <= initial_log_weight(weight, high, 1.0, 1.0, draw)
    assert initial_log_weight(weight, low, -1.0, 1.0, draw) >= initial_log_weight(weight, high, -1.0, 1.0, draw)


@LAW
@given(st.floats(-10, 10))
def test_a_trait_is_kept_a_share_and_changed_only_where_it_is_none(value):
    kept = clipped_to_share(value)
    assert 0 <= kept <= 1
    if 0 <= value <= 1:
        assert kept == value


@LAW
@given(share, st.floats(0, 2), st.floats(-8, 8))
def test_a_share_stays_a_share_in_every_centre_and_none_or_all_stay_what_they_are(value, spread, draw):
    assert 0 <= centre_share(value, spread, draw) <= 1
    assert centre_share(0.0, spread, draw) == 0.0
    assert centre_share(1.0, spread, draw) == 1.0


@LAW
@given(st.floats(0.01, 0.99), st.floats(0, 2), st.floats(-8, 8), st.floats(-8, 8))
def test_a_centre_with_a_greater_draw_has_more_of_it(value, spread, draw, more):
    low, high = sorted([draw, more])
    assert centre_share(value, spread, low) <= centre_share(value, spread, high) + EPS
    assert centre_share(value, 0.0, draw) == pytest.approx(value)


@LAW
@given(st.floats(0.01, 0.99), st.floats(0, 2), st.floats(-4, 4))
def test_centres_differ_on_the_scale_of_log_odds(value, spread, draw):
    there = centre_share(value, spread, draw)
    shift = math.log(there / (1 - there)) - math.log(value / (1 - value))
    assert shift == pytest.approx(spread * draw, abs=1e-6)
