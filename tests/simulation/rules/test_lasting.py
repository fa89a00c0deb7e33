"""What lasts: trust and mistrust, hurt, grievance, and what they do to reading and acting."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from twoway.simulation.rules.lasting import (
    coercion_weight,
    explained_impersonal_weight,
    formal_role_share,
    grievance_left,
    hurt,
    mending_chance,
    trust_level,
    trusting_person_share,
    trusting_reserve,
)

LAW = settings(deadline=None, max_examples=60)
share = st.floats(0, 1)
stock, threshold, width = st.floats(0, 10), st.floats(0.05, 3), st.floats(0.02, 1)
badness, ratio, override, difference = st.floats(0, 6), st.floats(0, 3), st.floats(0, 5), st.floats(0, 6)
EPS = 1e-12


# Trust and mistrust


@LAW
@given(stock, stock, threshold, width)
def test_the_more_has_been_stored_up_the_more_someone_trusts(one, other, half, step):
    little, much = sorted([one, other])
    assert 0 <= trust_level(little, half, step) <= trust_level(much, half, step) <= 1


@LAW
@given(threshold, width)
def test_at_the_threshold_trust_is_half(half, step):
    assert trust_level(half, half, step) == 0.5


@LAW
@given(stock, threshold, threshold, width)
def test_whoever_asks_for_more_trusts_no_sooner(stored, one, other, step):
    easy, hard = sorted([one, other])
    assert trust_level(stored, hard, step) <= trust_level(stored, easy, step)


@LAW
@given(stock, threshold, width, width)
def test_the_narrower_the_step_the_more_decided_is_the_trust_on_either_side_of_it(stored, half, one, other):
    narrow, wide = (abs(trust_level(stored, half, step) - 0.5) for step in sorted([one, other]))
    assert narrow >= wide - EPS


# What counts, and what is put down to the person


@LAW
@given(share, share, share, share)
def test_an_explained_rule_counts_less_and_never_the_other_way_round(impersonal, procedural, known, more):
    little, much = sorted([known, more])
    explained, unexplained = (explained_impersonal_weight(impersonal, procedural, k) for k in (much, little))
    assert 0 <= explained <= unexplained <= impersonal
    assert explained_impersonal_weight(impersonal, procedural, 0.0) == impersonal
    assert explained_impersonal_weight(impersonal, 0.0, known) == impersonal


@LAW
@given(share, badness, share, share, ratio, stock)
def test_the_same_act_hurts_more_from_one_who_is_trusted_more(weight, bad, one, other, betrayal, before):
    little, much = sorted([one, other])
    assert hurt(weight, bad, little, betrayal, before) <= hurt(weight, bad, much, betrayal, before)


@LAW
@given(share, badness, share, share, stock)
def test_where_betrayal_does_not_count_it_hurts_the_same_from_anyone(weight, bad, one, other, before):
    assert hurt(weight, bad, one, 0.0, before) == hurt(weight, bad, other, 0.0, before)


@LAW
@given(share, badness, share, ratio, stock, stock)
def test_the_last_straw_hurts_by_as_much_more_as_there_was_before(weight, bad, trust, betrayal, before, other):
    apart = hurt(weight, bad, trust, betrayal, before) - hurt(weight, bad, trust, betrayal, other)
    assert apart == pytest.approx(before - other, abs=1e-9)
    assert hurt(weight, bad, trust, betrayal, 0.0) >= 0


@LAW
@given(share, share, share, override, difference)
def test_the_more_someone_trusts_the_more_personal_is_what_trust_speaks_for(person, one, other, strength, apart):
    little, much = sorted([one, other])
    less, more = (trusting_person_share(person, trust, strength, apart) for trust in (little, much))
    assert 0 <= less <= more + EPS <= 1 + 2 * EPS


@LAW
@given(share, share, override, difference)
def test_an_act_becomes_more_personal_if_trust_is_above_a_half_and_less_personal_if_it_is_below(
    person, trust, strength, apart
):
    after = trusting_person_share(person, trust, strength, apart)
    assert after >= person - EPS if trust >= 0.5 else after <= person + EPS
    assert trusting_person_share(person, 0.5, strength, apart) == pytest.approx(person, abs=EPS)


@LAW
@given(st.floats(0.001, 0.999), share, override, difference)
def test_trust_moves_the_odds_of_the_person_by_no_more_than_its_strength(person, trust, strength, apart):
    after = trusting_person_share(person, trust, strength, apart)
    from_full, from_none = (trusting_person_share(person, t, strength, 1.0) for t in (1.0, 0.0))
    assert from_none - EPS <= after <= from_full + EPS
    odds = [p / (1 - p) for p in (from_none, person, from_full)]
    assert odds[2] / odds[1] == pytest.approx(odds[1] / odds[0], rel=1e-6), "up as far as down"


@LAW
@given(share, share, override, difference)
def test_where_trust_does_not_count_or_an_act_is_just_as_expected_nothing_is_put_down_otherwise(
    person, trust, strength, apart
):
    assert trusting_person_share(person, trust, 0.0, apart) == person
    assert trusting_person_share(person, trust, strength, 0.0) == pytest.approx(person, abs=EPS)


@LAW
@given(share, share, override, st.floats(1, 6))
def test_beyond_one_unit_it_does_not_matter_how_good_or_bad_the_act_is(person, trust, strength, apart):
    assert trusting_person_share(person, trust, strength, apart) == trusting_person_share(person, trust, strength, 1.0)


@LAW
@given(share, override, difference)
def test_what_is_all_person_or_nothing_of_it_stays_so_whatever_the_trust(trust, strength, apart):
    assert trusting_person_share(1.0, trust, strength, apart) == 1.0
    assert trusting_person_share(0.0, trust, strength, apart) == 0.0


@LAW
@given(share, share, share)
def test_a_mandated_act_coerces_as_a_deed_or_as_the_person_or_between_the_two(weight, unexplained, by_deed):
    assert coercion_weight(weight, unexplained, 0.0) == weight
    assert coercion_weight(weight, unexplained, 1.0) == pytest.approx(unexplained, abs=EPS)
    low, high = sorted([weight, unexplained])
    assert low - EPS <= coercion_weight(weight, unexplained, by_deed) <= high + EPS


# Grievances


@LAW
@given(st.floats(0.2, 10), st.integers(1, 400))
def test_a_grievance_is_half_of_what_it_was_after_its_half_life(grievance, half_life):
    left = grievance
    for _ in range(half_life):
        left = grievance_left(left, float(half_life))
    assert left == pytest.approx(grievance / 2, rel=1e-9)


@LAW
@given(st.floats(0, 10), st.floats(1, 3650))
def test_no_grievance_grows_overnight_and_none_is_left_below_two_hundredths(grievance, half_life):
    left = grievance_left(grievance, half_life)
    assert left == 0.0 or 0.02 <= left < grievance
    assert grievance_left(0.0199, half_life) == 0.0


@LAW
@given(st.floats(0.02, 10), st.floats(1, 3650), st.floats(1, 3650))
def test_a_longer_half_life_leaves_more(grievance, one, other):
    short, long = sorted([one, other])
    assert grievance_left(grievance, short) <= grievance_left(grievance, long)


@LAW
@given(share, share, share, share)
def test_more_insight_and_more_opportunity_mend_more(insight, more, opportunity, other):
    blind, seeing = sorted([insight, more])
    little, much = sorted([opportunity, other])
    assert 0 <= mending_chance(blind, little) <= mending_chance(seeing, little) + EPS <= 1 + EPS
    assert mending_chance(blind, little) <= mending_chance(blind, much) + EPS


@LAW
@given(share, share)
def test_without_opportunity_there_is_one_occasion_to_recognise_it_and_with_all_of_it_there_are_three(insight, much):
    assert mending_chance(insight, 0.0) == pytest.approx(insight)
    assert mending_chance(insight, 1.0) == pytest.approx(1 - (1 - insight) ** 3)
    assert mending_chance(0.0, much) == 0.0, "nothing is mended that the other does not recognise"
    assert mending_chance(1.0, much) == 1.0


# Acting


@LAW
@given(share, share, share, share, share)
def test_trust_brings_out_from_behind_the_role_and_mistrust_drives_behind_it(reserve, trust, mistrust, openness, more):
    little, much = sorted([trust, more])
    assert trusting_reserve(reserve, much, mistrust, openness) <= trusting_reserve(reserve, little, mistrust, openness)
    little, much = sorted([mistrust, more])
    hiding, open_one = (trusting_reserve(reserve, trust, m, openness) for m in (much, little))
    assert -EPS <= open_one <= hiding + EPS <= 1 + 2 * EPS


@LAW
@given(share, share, share, share)
def test_whoever_neither_trusts_nor_mistrusts_is_as_reserved_as_ever(reserve, trust, mistrust, openness):
    assert trusting_reserve(reserve, 0.0, 0.0, openness) == reserve
    assert trusting_reserve(reserve, trust, mistrust, 0.0) == reserve


@LAW
@given(share, share)
def test_full_mistrust_hides_whoever_goes_by_it_even_from_one_who_is_trusted(reserve, trust):
    assert trusting_reserve(reserve, trust, 1.0, 1.0) == pytest.approx(1.0)
    assert trusting_reserve(reserve, 1.0, 0.0, 1.0) == 0.0


@LAW
@given(share, share, share, share)
def test_the_more_formal_the_matter_the_more_of_the_script(role, formal, more, lock):
    little, much = sorted([formal, more])
    less_script, more_script = (formal_role_share(role, f, lock) for f in (little, much))
    assert role <= less_script <= more_script + EPS <= 1 + 2 * EPS
    assert formal_role_share(role, formal, 0.0) == role
    assert formal_role_share(role, 0.0, lock) == role


@LAW
@given(st.floats(0, 0.99), st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_formal_matter_never_leaves_nothing_to_the_person_unless_all_is_formal_and_locked(role, formal, lock):
    assume(formal * lock < 0.99)
    assert formal_role_share(role, formal, lock) < 1
    assert formal_role_share(role, 1.0, 1.0) == pytest.approx(1.0)
