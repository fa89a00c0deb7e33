"""Hazards that compete, days away, stakes and odds: laws that hold for all numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.simulation.rules.exits import days_away, happens_within_a_day, hazard, standing
from twoway.simulation.rules.matters import chance_by_log_odds, insisted_stake
from twoway.simulation.rules.replies import hardened

ratings = st.floats(-4.3, 4.3)
rates = st.floats(0, 0.2)
log_effects = st.floats(-8, 8)
draws = st.floats(2.0**-33, 1 - 2.0**-33)


@given(ratings, ratings, ratings)
def test_both_ratings_count_the_same_for_the_standing_of_a_relationship(his, hers, middle):
    assert standing(his, hers, middle) == standing(hers, his, middle)
    assert standing(middle, middle, middle) == pytest.approx(0, abs=1e-12)
    assert standing(his + 1, hers, middle) == pytest.approx(standing(his, hers, middle) + 0.5)


@given(rates, log_effects, log_effects)
def test_what_speaks_for_something_multiplies_how_often_it_happens(rate, one, other):
    assert hazard(rate, one + other) == pytest.approx(hazard(rate, one) * math.exp(other))
    assert hazard(0.0, one) == 0


@given(st.floats(0, 50), st.floats(0, 50))
def test_two_hazards_together_leave_what_each_alone_would_have_left(one, other):
    left = (1 - happens_within_a_day(one)) * (1 - happens_within_a_day(other))
    assert 1 - happens_within_a_day(one + other) == pytest.approx(left, abs=1e-12)
    assert 0 <= happens_within_a_day(one) <= 1
    assert happens_within_a_day(0.0) == 0


@given(st.floats(0.5, 60), st.floats(0.5, 60), draws)
def test_a_longer_mean_never_brings_anyone_back_earlier_and_nobody_is_back_on_the_same_day(one, other, draw):
    assert 1 <= days_away(min(one, other), draw) <= days_away(max(one, other), draw)


@given(st.floats(0.5, 60), st.integers(1, 100))
def test_days_away_are_more_than_so_many_as_often_as_an_exponential_time_is(mean, days):
    chance = math.exp(-days / mean)
    if 2.0**-33 < chance < 1 - 2.0**-33:
        assert days_away(mean, chance * (1 - 1e-9)) == days + 1
        assert days_away(mean, chance * (1 + 1e-9)) == days


@given(st.floats(0, 20), st.floats(0, 100), st.floats(0, 3))
def test_an_answer_counts_the_more_the_more_often_it_has_been_refused_but_no_more_after_four_times(
    stake, times, insistence
):
    insisted = insisted_stake(stake, times, insistence)
    assert stake <= insisted <= insisted_stake(stake, times + 1, insistence)
    assert insisted <= insisted_stake(stake, 4.0, insistence)
    assert insisted_stake(stake, 0.0, insistence) == insisted_stake(stake, times, 0.0) == stake
    if times >= 4:
        assert insisted == insisted_stake(stake, 4.0, insistence)


@given(st.floats(0, 10), log_effects)
def test_log_odds_against_something_are_taken_off_by_what_speaks_for_it(against, for_it):
    chance = chance_by_log_odds(against, for_it)
    assert math.log(chance / (1 - chance)) == pytest.approx(for_it - against, abs=1e-6)
    assert chance + chance_by_log_odds(-against, -for_it) == pytest.approx(1)


@given(st.floats(0.01, 0.99), st.floats(-10, 10), st.floats(-10, 10))
def test_hardness_multiplies_the_odds_of_being_refused_and_records_add_up(strictness, hardness, record):
    once = hardened(strictness, hardness)
    assert once / (1 - once) == pytest.approx(strictness / (1 - strictness) * math.exp(hardness), rel=1e-6)
    assert hardened(once, record) == pytest.approx(hardened(strictness, hardness + record), rel=1e-6)


@given(st.floats(-10, 10))
def test_where_everything_or_nothing_is_refused_hardness_changes_nothing(hardness):
    assert hardened(0.0, hardness) == 0
    assert hardened(1.0, hardness) == 1
