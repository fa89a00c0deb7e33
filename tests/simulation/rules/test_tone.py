"""Tone: good and bad kept apart, and felt coercion."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation.rules.tone import (
    felt_evaluation,
    personal_weight,
    updated_felt_coercion,
    updated_negativity,
    updated_positivity,
)

LAW = settings(deadline=None, max_examples=60)
share = st.floats(0, 1)
felt = st.floats(0, 20)
evaluation = st.floats(-4.3, 4.3)
learning_rate = st.floats(0.005, 0.5)
ratio = st.floats(1, 5)
EPS = 1e-12


@LAW
@given(share, share, share)
def test_an_act_counts_more_the_more_it_is_put_down_to_the_person(person, more, impersonal):
    little, much = sorted([person, more])
    assert impersonal - EPS <= personal_weight(little, impersonal) <= personal_weight(much, impersonal) + EPS
    assert personal_weight(much, impersonal) <= 1 + EPS


@LAW
@given(share)
def test_an_act_that_is_all_person_counts_fully_and_one_that_is_not_counts_as_impersonal(impersonal):
    assert personal_weight(1.0, impersonal) == pytest.approx(1.0)
    assert personal_weight(0.0, impersonal) == impersonal


@LAW
@given(share, share, evaluation, st.floats(-2, 2))
def test_the_less_an_act_counts_the_more_its_manner_decides_how_it_feels(weight, more, good, manner):
    little, much = sorted([weight, more])
    assert (
        abs(felt_evaluation(little, good, manner) - manner) <= abs(felt_evaluation(much, good, manner) - manner) + EPS
    )
    assert felt_evaluation(0.0, good, manner) == manner
    assert felt_evaluation(1.0, good, 0.0) == good


@LAW
@given(felt, evaluation, learning_rate)
def test_positivity_never_falls_below_zero_nor_rises_above_what_was_felt(positivity, good, speed):
    after = updated_positivity(positivity, good, speed)
    assert -EPS <= after <= max(positivity, 4.3) + EPS


@LAW
@given(felt, evaluation, learning_rate, ratio)
def test_negativity_never_falls_below_zero(negativity, good, speed, stronger):
    assert updated_negativity(negativity, good, speed, stronger) >= -EPS


@LAW
@given(felt, evaluation, evaluation, learning_rate, ratio)
def test_a_better_act_never_leaves_less_good_tone_or_more_bad_tone(tone, good, other, speed, stronger):
    worse, better = sorted([good, other])
    assert updated_positivity(tone, worse, speed) <= updated_positivity(tone, better, speed)
    assert updated_negativity(tone, worse, speed, stronger) >= updated_negativity(tone, better, speed, stronger)


@LAW
@given(felt, st.floats(0, 4.3), learning_rate, ratio)
def test_a_good_act_lets_bad_tone_fade_no_faster_than_an_indifferent_one(negativity, good, speed, stronger):
    """Good and bad are kept apart: kindness does not undo an injury, only time does."""
    indifferent = updated_negativity(negativity, 0.0, speed, stronger)
    assert updated_negativity(negativity, good, speed, stronger) == indifferent
    assert updated_positivity(negativity, -good, speed) == updated_positivity(negativity, 0.0, speed)


@LAW
@given(st.floats(0.01, 4.3), learning_rate, st.floats(1.001, 5))
def test_bad_is_stronger_than_good(strength, speed, stronger):
    gain, harm = (
        updated_positivity(0.0, strength, speed),
        updated_negativity(0.0, -strength, speed, stronger),
    )
    assert harm >= gain
    assert harm == pytest.approx(stronger * gain)


@LAW
@given(felt, share, share, st.floats(-4.3, 0), learning_rate, ratio)
def test_a_bad_act_that_counts_more_hurts_more(negativity, weight, more, bad, speed, stronger):
    little, much = sorted([weight, more])
    less, most = (felt_evaluation(counts, bad, 0.0) for counts in (little, much))
    assert updated_negativity(negativity, less, speed, stronger) <= updated_negativity(
        negativity, most, speed, stronger
    )


@LAW
@given(felt, share, evaluation, st.floats(-4.3, 4.3), learning_rate)
def test_felt_coercion_never_falls_below_zero(before, weight, good, potent, speed):
    assert updated_felt_coercion(before, weight, good, potent, speed) >= -EPS


@LAW
@given(st.floats(0.01, 20), share, evaluation, st.floats(-4.3, 4.3), learning_rate)
def test_neither_a_good_act_nor_a_powerless_one_coerces(before, weight, good, potent, speed):
    kind = updated_felt_coercion(before, weight, abs(good), potent, speed)
    weak = updated_felt_coercion(before, weight, good, -abs(potent), speed)
    assert kind == weak == pytest.approx(before * (1 - speed))


@LAW
@given(felt, share, st.floats(-4.3, 0), st.floats(0, 4.3), st.floats(0, 4.3), learning_rate)
def test_the_more_powerful_a_bad_act_the_more_it_coerces(before, weight, bad, potent, more, speed):
    weak, strong = sorted([potent, more])
    assert updated_felt_coercion(before, weight, bad, weak, speed) <= updated_felt_coercion(
        before, weight, bad, strong, speed
    )
