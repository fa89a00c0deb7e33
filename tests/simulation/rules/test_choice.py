"""Choosing an act: how often, and out of the role, strain or the person."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation.rules.choice import (
    act_source,
    choice_weight,
    contact,
    crisis_left,
    daily_chance,
    mandated_share,
    present_reserve,
    pressure_under,
    role_share,
)

LAW = settings(deadline=None, max_examples=60)
share = st.floats(0, 1)
rate = st.floats(0, 28)
draw = st.floats(0, 1, exclude_max=True)
heads = st.floats(1, 30)
EPS = 1e-12


@LAW
@given(rate, rate)
def test_what_happens_more_often_a_week_is_likelier_on_any_day_and_never_certain(one, other):
    less, more = sorted([one, other])
    assert 0 <= daily_chance(less) <= daily_chance(more) < 1


@LAW
@given(rate, rate)
def test_two_independent_things_happen_together_as_often_as_their_rates_add_up(one, other):
    neither = (1 - daily_chance(one)) * (1 - daily_chance(other))
    assert 1 - daily_chance(one + other) == pytest.approx(neither, abs=EPS)


def test_what_never_happens_in_a_week_never_happens_on_a_day():
    assert daily_chance(0.0) == 0.0


@LAW
@given(heads, heads, heads)
def test_a_larger_caseload_never_leaves_more_contact(caseload, more, capacity):
    few, many = sorted([caseload, more])
    assert 0 < contact(many, capacity) <= contact(few, capacity) <= 1


@LAW
@given(heads, heads)
def test_a_keyworker_meets_no_more_clients_than_she_has_capacity_for(caseload, capacity):
    assert caseload * contact(caseload, capacity) <= capacity * (1 + EPS)
    if caseload <= capacity:
        assert contact(caseload, capacity) == 1.0


@LAW
@given(heads, heads, heads, share, share)
def test_pressure_rises_with_the_caseload_but_only_beyond_capacity_and_never_above_all_acts(
    caseload, more, capacity, pressure, overload
):
    few, many = sorted([caseload, more])
    assert pressure <= pressure_under(few, capacity, pressure, overload)
    assert pressure_under(few, capacity, pressure, overload) <= pressure_under(many, capacity, pressure, overload) <= 1
    if many <= capacity:
        assert pressure_under(many, capacity, pressure, overload) == pressure


@LAW
@given(st.floats(0, 365), st.floats(0, 365), st.floats(1, 365))
def test_the_crisis_of_admission_only_fades(day, later, half_life):
    early, late = sorted([day, later])
    assert 1 >= crisis_left(early, half_life) >= crisis_left(late, half_life) >= 0


@LAW
@given(st.floats(0, 180), st.floats(1, 365))
def test_one_half_life_later_half_of_the_crisis_is_left(day, half_life):
    assert crisis_left(day + half_life, half_life) == pytest.approx(crisis_left(day, half_life) / 2, rel=1e-9)


def test_on_the_day_of_admission_the_whole_crisis_is_there():
    assert crisis_left(0.0, 25.0) == 1.0


@LAW
@given(share, share, share)
def test_keeping_distance_only_puts_someone_farther_behind_the_role(reserve, distance, more):
    near, far = sorted([distance, more])
    assert reserve - EPS <= present_reserve(reserve, near) <= present_reserve(reserve, far) + EPS <= 1 + 2 * EPS
    assert present_reserve(reserve, 0.0) == pytest.approx(reserve, abs=EPS)


@LAW
@given(share, share)
def test_the_role_takes_at_least_what_formality_and_what_reserve_ask_for(formality, reserve):
    taken = role_share(formality, reserve)
    assert max(formality, reserve) - EPS <= taken <= 1
    assert taken == pytest.approx(role_share(reserve, formality), abs=EPS)


def test_a_centre_without_formality_and_a_person_without_reserve_leave_nothing_to_the_role():
    assert role_share(0.0, 0.0) == 0.0


@LAW
@given(share, share)
def test_a_mandate_only_adds_to_the_role(role, mandate):
    assert mandated_share(role, mandate) >= role
    assert mandated_share(role, mandate) >= mandate
    assert mandated_share(role, 0.0) == role


@LAW
@given(draw, share, share)
def test_an_act_comes_from_exactly_one_of_three_sources_and_none_of_no_share(draw, role, strain):
    source = act_source(draw, role, strain)
    assert source in (0, 1, 2)
    assert not (source == 0 and role == 0)
    assert not (source == 1 and (strain == 0 or role == 1))
    assert not (source == 2 and role == 1)


@LAW
@given(draw, draw, share, share)
def test_a_greater_draw_takes_the_act_farther_from_the_role(draw, more, role, strain):
    low, high = sorted([draw, more])
    assert act_source(low, role, strain) <= act_source(high, role, strain)


def test_the_three_sources_are_as_frequent_as_their_shares():
    draws = [(i + 0.5) / 1000 for i in range(1000)]
    found = [act_source(u, 0.5, 0.2) for u in draws]
    assert [found.count(s) / 1000 for s in (0, 1, 2)] == pytest.approx([0.5, 0.1, 0.4], abs=0.002)


@LAW
@given(st.floats(0, 60), st.floats(0, 60), st.floats(0.2, 5))
def test_the_more_an_act_disturbs_the_less_it_feels_right(deflection, more, choice_temperature):
    mild, strong = sorted([deflection, more])
    assert 1 >= choice_weight(mild, choice_temperature) >= choice_weight(strong, choice_temperature) > 0


@LAW
@given(st.floats(0, 30), st.floats(0.2, 5))
def test_one_temperature_more_of_deflection_costs_a_factor_e(deflection, choice_temperature):
    ratio = choice_weight(deflection, choice_temperature) / choice_weight(
        deflection + choice_temperature, choice_temperature
    )
    assert ratio == pytest.approx(math.e, rel=1e-6)


@LAW
@given(st.floats(0.1, 60), st.floats(0.2, 5), st.floats(0.2, 5))
def test_someone_who_follows_feeling_loosely_minds_deflection_less(deflection, choice_temperature, other):
    strict, loose = sorted([choice_temperature, other])
    assert choice_weight(deflection, strict) <= choice_weight(deflection, loose)
