"""Around the dyad: peers and turnover."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation.rules.social import leaving_chance, move_toward, with_opposition

LAW = settings(deadline=None, max_examples=60)
share = st.floats(0, 1)
log_weight = st.floats(-50, 50)
benignity = st.floats(-1, 1)
EPS = 1e-9


@LAW
@given(log_weight, log_weight, share)
def test_who_is_moved_toward_another_ends_between_the_two(own, other, part):
    moved = move_toward(own, other, part)
    assert min(own, other) - EPS <= moved <= max(own, other) + EPS
    assert abs(moved - other) == pytest.approx((1 - part) * abs(own - other), abs=EPS)


@LAW
@given(log_weight, log_weight)
def test_no_influence_moves_nobody_and_full_influence_all_the_way(own, other):
    assert move_toward(own, other, 0.0) == own
    assert move_toward(own, other, 1.0) == pytest.approx(other, abs=EPS)


@LAW
@given(log_weight, st.floats(0, 2), st.floats(0, 2), benignity)
def test_opposition_talks_up_adversarial_frames_and_talks_down_benign_ones(weight, opposition, more, benign):
    mild, fierce = sorted([opposition, more])
    assert with_opposition(weight, 0.0, benign) == weight
    assert with_opposition(weight, fierce, -abs(benign)) >= with_opposition(weight, mild, -abs(benign)) >= weight
    assert with_opposition(weight, fierce, abs(benign)) <= with_opposition(weight, mild, abs(benign)) <= weight


@LAW
@given(st.floats(0, 4), st.floats(0, 4))
def test_more_turnover_makes_leaving_likelier_on_any_day(turnover, more):
    low, high = sorted([turnover, more])
    assert 0 <= leaving_chance(low) <= leaving_chance(high) < 1
    assert leaving_chance(0.0) == 0


@LAW
@given(st.floats(0, 4))
def test_over_180_days_posts_change_as_often_as_turnover_says(turnover):
    """Staying 180 days has the probability of no event at that rate."""
    assert (1 - leaving_chance(turnover)) ** 180 == pytest.approx(math.exp(-turnover), rel=1e-9)
