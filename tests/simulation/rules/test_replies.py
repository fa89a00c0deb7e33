"""Replies: how well an act answers the one before it."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation.affect_control.lexicon import SCALE
from twoway.simulation.rules.replies import answer_weight, pair_weight

LAW = settings(deadline=None, max_examples=60)
sentiment = st.floats(-SCALE, SCALE)
dominance = st.floats(-2 * SCALE, 2 * SCALE)
strength = st.floats(0, 30 / SCALE**2)
odds = st.floats(0, 4)


@LAW
@given(sentiment, sentiment, dominance)
def test_where_nothing_is_matched_nor_yielded_to_every_answer_is_as_good_as_any(before, answer, both):
    assert answer_weight(before, answer, both, 0.0, 0.0) == 1.0


@LAW
@given(sentiment, sentiment, dominance, strength, strength)
def test_no_answer_is_ruled_out_and_none_weighs_more_than_one(before, answer, both, matching, yielding):
    assert 0 < answer_weight(before, answer, both, matching, yielding) <= 1


@LAW
@given(sentiment, sentiment, sentiment, dominance, strength, strength)
def test_of_two_equally_dominant_answers_the_one_nearer_in_friendliness_never_weighs_less(
    before, one, other, both, matching, yielding
):
    near, far = sorted([one, other], key=lambda answer: abs(answer - before))
    weights = [answer_weight(before, answer, both, matching, yielding) for answer in (far, near)]
    assert weights[0] <= weights[1]


@LAW
@given(sentiment, sentiment, dominance, dominance, strength, strength)
def test_of_two_equally_friendly_answers_the_one_nearer_to_the_opposite_of_dominance_never_weighs_less(
    before, answer, one, other, matching, yielding
):
    less, more = sorted([one, other], key=abs)
    weights = [answer_weight(before, answer, both, matching, yielding) for both in (more, less)]
    assert weights[0] <= weights[1]


@LAW
@given(sentiment, sentiment, dominance, strength, strength, strength, strength)
def test_stronger_matching_and_yielding_only_cost_what_does_not_match_or_yield(
    before, answer, both, matching, more_matching, yielding, more_yielding
):
    (weak, strong), (soft, hard) = sorted([matching, more_matching]), sorted([yielding, more_yielding])
    assert answer_weight(before, answer, both, strong, hard) <= answer_weight(before, answer, both, weak, soft)
    assert answer_weight(before, before, 0.0, strong, hard) == 1.0


@LAW
@given(sentiment, sentiment, dominance, strength, strength)
def test_matching_works_both_ways_kindness_is_answered_by_malice_as_rarely_as_malice_by_kindness(
    before, answer, both, matching, yielding
):
    there, back = ((before, answer), (answer, before))
    assert answer_weight(*there, both, matching, yielding) == answer_weight(*back, -both, matching, yielding)


@pytest.mark.parametrize("strength", [0.5, 8.0])
def test_half_the_scale_apart_costs_a_factor_e_to_the_strength(strength):
    assert answer_weight(-1.0, SCALE - 1.0, 0.0, strength / SCALE**2, 3.0) == pytest.approx(math.exp(-strength))
    assert answer_weight(1.0, 1.0, -SCALE, 3.0, strength / SCALE**2) == pytest.approx(math.exp(-strength))


@LAW
@given(odds, odds)
def test_the_more_pairs_count_the_more_what_fits_outweighs_what_is_out_of_place(one, other):
    weak, strong = sorted([one, other])
    assert pair_weight(1.0, weak) <= pair_weight(1.0, strong)
    assert pair_weight(-1.0, strong) <= pair_weight(-1.0, weak)
    assert pair_weight(0.0, strong) == 1.0
    assert pair_weight(1.0, strong) * pair_weight(-1.0, strong) == pytest.approx(1.0)
    assert math.log(pair_weight(1.0, strong)) == pytest.approx(strong), "in log-odds"


def test_where_pairs_do_not_count_nothing_fits_better_than_anything_else():
    assert [pair_weight(fits, 0.0) for fits in (1.0, 0.0, -1.0)] == [1.0, 1.0, 1.0]
