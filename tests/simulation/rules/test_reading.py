"""Reading an act: prediction, perception, attribution, redefinition."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from twoway.simulation.rules.reading import (
    attribution_share,
    believed_role,
    believed_strain,
    expected,
    likeness,
    log_evidence,
    perception_weight,
    person_share,
    updated_log_weight,
)

LAW = settings(deadline=None, max_examples=60)
share = st.floats(0, 1)
blurs = st.floats(0.2, 4)
log_weights = st.floats(-50, 50)
EPS = 1e-12


def between(low, value, high):
    return min(low, high) - EPS <= value <= max(low, high) + EPS


@LAW
@given(share, share, share)
def test_what_the_reader_believes_of_the_role_lies_between_formality_and_what_the_role_is(formality, known, role):
    assert between(formality, believed_role(formality, known, role), role)


@LAW
@given(share, share, share, share)
def test_explained_rules_are_recognised_as_rules(formality, known, better_known, role):
    assume(role >= formality)
    little, much = sorted([known, better_known])
    assert believed_role(formality, little, role) <= believed_role(formality, much, role) + EPS


@LAW
@given(share, share)
def test_who_knows_nothing_of_the_rules_believes_in_formality_and_who_knows_all_in_the_truth(formality, role):
    assert believed_role(formality, 0.0, role) == formality
    assert believed_role(formality, 1.0, role) == pytest.approx(role, abs=EPS)


@LAW
@given(share, share, share)
def test_insight_never_sees_more_strain_than_there_is(insight, more, strain):
    little, much = sorted([insight, more])
    assert 0 <= believed_strain(little, strain) <= believed_strain(much, strain) <= strain


@LAW
@given(share, share, share, share, share)
def test_what_is_expected_is_a_mixture_of_its_three_sources(script, strain, person, role, strained):
    probability = expected(script, strain, person, role, strained)
    assert min(script, strain, person) - EPS <= probability <= max(script, strain, person) + EPS


@LAW
@given(share, share, share, share)
def test_where_everything_is_role_only_the_script_is_expected(script, strain, person, strained):
    assert expected(script, strain, person, 1.0, strained) == script
    assert expected(script, strain, person, 0.0, 1.0) == strain
    assert expected(script, strain, person, 0.0, 0.0) == person


@LAW
@given(share, share, share, share, share)
def test_role_strain_and_person_share_an_act_among_them_without_rest(script, strain, person, role, strained):
    whole = expected(script, strain, person, role, strained)
    assume(whole > 1e-9)
    parts = (role * script, (1 - role) * strained * strain, (1 - role) * (1 - strained) * person)
    shares = [attribution_share(part, whole) for part in parts]
    assert all(-EPS <= s <= 1 + EPS for s in shares)
    assert sum(shares) == pytest.approx(1.0, abs=1e-9)


@LAW
@given(share, share, st.floats(0.01, 1), share, share)
def test_the_same_act_says_less_about_the_person_where_the_script_asks_for_it(script, more, person, role, strained):
    rare, usual = sorted([script, more])
    part = (1 - role) * (1 - strained) * person
    assume(part > 1e-9)
    loose = attribution_share(part, expected(rare, 0.0, person, role, strained))
    scripted = attribution_share(part, expected(usual, 0.0, person, role, strained))
    assert scripted <= loose + EPS


def test_an_act_that_could_come_from_nowhere_is_put_down_to_neither_role_nor_strain_but_to_the_person():
    assert attribution_share(0.0, 0.0) == 0.0
    assert person_share(attribution_share(0.0, 0.0), attribution_share(0.0, 0.0)) == 1.0


@LAW
@given(share, share)
def test_what_neither_role_nor_strain_explains_is_left_to_the_person_and_never_less_than_nothing(role, strain):
    left = person_share(role, strain)
    assert 0 <= left <= 1
    if role + strain <= 1:
        assert role + strain + left == pytest.approx(1.0)


@LAW
@given(st.floats(0, 200), st.floats(0, 200), blurs)
def test_the_farther_apart_two_acts_are_the_less_they_are_taken_for_each_other(distance, more, perceptual_noise):
    near, far = sorted([distance, more])
    assert 1 >= likeness(near, perceptual_noise) >= likeness(far, perceptual_noise) >= 0


@LAW
@given(st.floats(0, 200), blurs, blurs)
def test_noisier_perception_takes_more_acts_for_each_other(distance, perceptual_noise, other):
    sharp, blurred = sorted([perceptual_noise, other])
    assert likeness(distance, sharp) <= likeness(distance, blurred)


@LAW
@given(blurs)
def test_nothing_is_more_like_an_act_than_itself(perceptual_noise):
    assert likeness(0.0, perceptual_noise) == 1.0


@LAW
@given(share, share, share, share, st.floats(0.01, 1))
def test_what_is_expected_more_is_seen_more_easily(similar, expectation, more, perceptual_assimilation, openness):
    little, much = sorted([expectation, more])
    assert 0 <= perception_weight(similar, little, perceptual_assimilation, openness)
    assert perception_weight(similar, little, perceptual_assimilation, openness) <= perception_weight(
        similar, much, perceptual_assimilation, openness
    )


@LAW
@given(share, share, share, st.floats(0.01, 1))
def test_who_does_not_lean_on_expectation_sees_only_by_likeness(similar, expectation, other, openness):
    assert perception_weight(similar, expectation, 0.0, openness) == perception_weight(similar, other, 0.0, openness)
    assert perception_weight(similar, expectation, 1.0, openness) == similar * expectation


@LAW
@given(share, share, st.floats(0.0001, 0.2))
def test_a_likelier_act_is_better_evidence_and_the_lapse_rate_bounds_what_an_unlikely_one_says(
    probability, more, lapse_rate
):
    rare, usual = sorted([probability, more])
    assert log_evidence(0.0, lapse_rate) <= log_evidence(rare, lapse_rate) <= log_evidence(usual, lapse_rate)


@LAW
@given(share, share, st.floats(0.0001, 0.2), st.floats(0.0001, 0.2))
def test_the_higher_the_lapse_rate_the_less_one_act_settles_between_two_frames(probability, other, lapse_rate, more):
    sure, doubtful = sorted([lapse_rate, more])
    unlikely, likely = sorted([probability, other])
    firm = log_evidence(likely, sure) - log_evidence(unlikely, sure)
    assert log_evidence(likely, doubtful) - log_evidence(unlikely, doubtful) <= firm + EPS


@LAW
@given(log_weights, st.floats(-10, 0), share)
def test_who_meets_what_was_expected_all_along_is_moved_by_the_evidence_alone(log_weight, said, learning_rate):
    moved = updated_log_weight(log_weight, log_weight, said, learning_rate, 0.5)
    assert moved == pytest.approx(log_weight + learning_rate * said, abs=1e-9)


@LAW
@given(log_weights, log_weights, share)
def test_without_learning_a_definition_only_returns_to_the_expectation(log_weight, expectation, anchoring):
    moved = updated_log_weight(log_weight, expectation, -3.0, 0.0, anchoring)
    assert between(log_weight, moved, expectation) or moved == pytest.approx(expectation, abs=1e-9)
    assert updated_log_weight(log_weight, expectation, -3.0, 0.0, 1.0) == pytest.approx(expectation, abs=1e-9)


@LAW
@given(log_weights, log_weights, st.floats(-10, 0), st.floats(-10, 0), share, share)
def test_better_evidence_never_leaves_a_frame_with_less_weight(
    weight, expectation, said, other, learning_rate, anchoring
):
    worse, better = sorted([said, other])
    assert updated_log_weight(weight, expectation, worse, learning_rate, anchoring) <= updated_log_weight(
        weight, expectation, better, learning_rate, anchoring
    )
