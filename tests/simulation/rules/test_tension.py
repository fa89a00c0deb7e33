"""Tension, role strain, and what people do about it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation.rules.tension import (
    benign_share,
    converged,
    hostile_log_odds,
    increased_distance,
    reduced_by,
    talk_succeeds,
    talking_log_odds,
    tension_added,
)

LAW = settings(deadline=None, max_examples=60)
share = st.floats(0, 1)
deflection = st.floats(0, 60)
tolerance = st.floats(1, 60)
odds = st.floats(-5, 5)
EPS = 1e-12


@LAW
@given(deflection, deflection, tolerance, st.floats(0, 3))
def test_a_more_disturbing_act_never_leaves_less_tension_and_a_tolerated_one_leaves_none(one, other, limit, weight):
    mild, strong = sorted([one, other])
    assert 0 <= tension_added(mild, limit, weight) <= tension_added(strong, limit, weight)
    if strong <= limit:
        assert tension_added(strong, limit, weight) == 0


@LAW
@given(deflection, tolerance, tolerance, share)
def test_a_more_tolerant_person_is_never_more_disturbed(one, limit, other, weight):
    narrow, wide = sorted([limit, other])
    assert tension_added(one, wide, weight) <= tension_added(one, narrow, weight)


@LAW
@given(tolerance, st.floats(0, 3))
def test_twice_what_is_tolerated_leaves_one_unit_of_tension_times_the_weight(limit, weight):
    assert tension_added(2 * limit, limit, weight) == pytest.approx(weight)


@LAW
@given(st.floats(0, 20), share, share)
def test_what_is_left_is_between_nothing_and_all_of_it(amount, gone, more):
    little, much = sorted([gone, more])
    assert 0 <= reduced_by(amount, much) <= reduced_by(amount, little) <= amount
    assert reduced_by(amount, 1.0) == 0
    assert reduced_by(amount, 0.0) == amount


@LAW
@given(share, share)
def test_a_step_behind_the_role_never_brings_someone_nearer_nor_beyond_it(distance, step):
    assert distance <= increased_distance(distance, step) <= 1 + EPS


@LAW
@given(share, st.floats(0.01, 1), st.floats(0.01, 1))
def test_two_steps_behind_the_role_go_farther_than_one(distance, step, second):
    once = increased_distance(distance, step)
    assert increased_distance(once, second) >= once


@LAW
@given(st.floats(-1, 1), st.floats(-1, 1))
def test_how_benign_a_definition_is_becomes_a_share(one, other):
    bad, good = sorted([one, other])
    assert 0 <= benign_share(bad) <= benign_share(good) <= 1
    assert benign_share(-one) == pytest.approx(1 - benign_share(one))


@LAW
@given(odds, odds, share, share, st.floats(0, 5))
def test_the_more_benign_the_relationship_seems_the_less_hostile_and_the_more_talking_the_way(
    tendency, style, benign, other, weight
):
    bad, good = sorted([benign, other])
    assert hostile_log_odds(tendency, style, bad, weight) >= hostile_log_odds(tendency, style, good, weight)
    assert talking_log_odds(tendency, style, bad, weight, 0.5, 2.0) <= talking_log_odds(
        tendency, style, good, weight, 0.5, 2.0
    )


@LAW
@given(odds, odds, share, share, share, st.floats(0, 5))
def test_privacy_and_time_make_talking_likelier(tendency, style, benign, opportunity, other, weight):
    little, much = sorted([opportunity, other])
    seldom = talking_log_odds(tendency, style, benign, 2.0, little, weight)
    assert seldom <= talking_log_odds(tendency, style, benign, 2.0, much, weight)


@LAW
@given(odds, odds, odds, share)
def test_a_personal_style_shifts_every_way_by_as_much(tendency, style, other, benign):
    """The odds are compared, so a style that is the same for all ways changes nothing."""
    shift = other - style
    hostile = hostile_log_odds(tendency, other, benign, 2.0) - hostile_log_odds(tendency, style, benign, 2.0)
    talking = talking_log_odds(tendency, other, benign, 2.0, 0.5, 2.0) - talking_log_odds(
        tendency, style, benign, 2.0, 0.5, 2.0
    )
    assert hostile == pytest.approx(shift, abs=1e-9)
    assert talking == pytest.approx(shift, abs=1e-9)


@LAW
@given(st.integers(1, 6))
def test_a_talk_succeeds_only_if_more_than_half_of_it_is_read_as_good(exchanges):
    ends = [talk_succeeds(good, exchanges) for good in range(exchanges + 1)]
    assert ends == [2 * good > exchanges for good in range(exchanges + 1)]
    assert ends[-1]
    assert not ends[0]


@LAW
@given(share, share, share)
def test_after_a_talk_two_weights_of_a_frame_are_nearer_and_their_sum_is_the_same(his, hers, convergence):
    he, she = converged(his, hers, convergence), converged(hers, his, convergence)
    assert he + she == pytest.approx(his + hers, abs=1e-9)
    assert abs(he - she) == pytest.approx((1 - convergence) * abs(his - hers), abs=1e-9)
    assert min(his, hers) - EPS <= he <= max(his, hers) + EPS
