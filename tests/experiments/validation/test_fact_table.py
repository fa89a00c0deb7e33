"""What is declared of the facts: verdicts, and which facts are used in calibration."""

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.experiments.validation import fact_table
from twoway.experiments.validation.fact_table import (
    CALIBRATION,
    HELD_OUT,
    STRUCTURE,
    DeclaredPart,
    declared_facts,
    measurable_facts,
)
from twoway.experiments.validation.facts import FACTS

FACTS_DECLARED = declared_facts()
SOURCED = [one for one in FACTS_DECLARED if one.status != "assumed"]
CHOSE_THE_STRUCTURE = {"T2a", "T3", "T8", "T13", "I3", "T15"}
anything = st.floats(allow_nan=False)


def part(accept, wrong=(-math.inf, math.inf), worth=None):
    return DeclaredPart(name="x", unit="share", accept=accept, wrong=wrong, worth=worth)


def in_turn(facts):
    """The use that the rule gives each of some facts: calibration and held out in turn."""
    return {one.id: (CALIBRATION, HELD_OUT)[place % 2] for place, one in enumerate(facts)}


def test_every_fact_that_is_declared_can_be_computed():
    assert {one.id for one in measurable_facts()} == set(FACTS)
    assert not any(one.needs for one in FACTS_DECLARED)


def test_the_use_of_every_fact_with_a_source_is_what_the_rule_gives():
    first = [one for one in SOURCED if one.since == 1]
    later = [one for one in SOURCED if one.since == 2 and one.id not in CHOSE_THE_STRUCTURE]
    rule = in_turn(first) | in_turn(later) | dict.fromkeys(CHOSE_THE_STRUCTURE, STRUCTURE)
    assert {one.id: one.use for one in SOURCED} == rule


def test_the_lists_of_facts_are_frozen():
    lists = {since: " ".join(one.id for one in SOURCED if one.since == since) for since in (1, 2)}
    assert lists[1] == "T1 T2a T2b T4 T7 T9a T9c T9d T10 T12 T14 I1 I2 I4 I5 I6"
    assert lists[2].startswith("T3 T8 T13 I3 T11 T5 T6 T15 T16 T17 T18 T19 T20 T21 T22 T23 T24 T25 T26 T27")
    assert [one.since for one in FACTS_DECLARED] == sorted(one.since for one in FACTS_DECLARED)


def test_nothing_without_a_source_counts_as_held_out():
    assert {one.use for one in FACTS_DECLARED if one.status == "assumed"} == {CALIBRATION}
    assert all(one.sources == () for one in FACTS_DECLARED if one.status == "assumed")
    assert all(one.sources for one in SOURCED)


def test_both_lists_of_facts_are_aimed_at():
    for since in (1, 2):
        assert {one.use for one in FACTS_DECLARED if one.since == since} >= {CALIBRATION, HELD_OUT}


def test_every_fact_that_asks_for_a_direction_says_which_effect_is_worth_having():
    undecided = {
        f"{one.id}: {p.name}"
        for one in FACTS_DECLARED
        for p in one.part
        for end, wrong in zip(p.accept, p.wrong, strict=True)
        if end == wrong and math.isfinite(end) and p.worth is None
    }
    assert undecided == set()


@given(anything)
def test_a_value_is_met_inside_what_is_accepted_missed_beyond_what_is_wrong_and_else_between(value):
    verdict = part((0.1, 0.7), (0.05, 0.85)).verdict(value)
    assert (verdict == "met") == (0.1 <= value <= 0.7)
    assert (verdict == "missed") == (value <= 0.05 or value >= 0.85)


@given(anything)
def test_a_direction_is_met_or_missed_and_nothing_else_is_missed_by_no_difference_at_all(value):
    verdict = part((0.0, math.inf), (0.0, math.inf)).verdict(value)
    assert verdict == ("met" if value > 0 else "missed")


@given(st.floats(-2, 2))
def test_an_effect_of_the_right_sign_below_what_is_worth_having_is_too_small_to_matter(value):
    down = part((-1.0, 0.0), (-math.inf, 0.0), worth=-0.08).verdict(value)
    ratio = 1 - value
    up = part((1.0, math.inf), (1.0, math.inf), worth=1.2).verdict(ratio)
    assert (down == "too small to matter") == (-0.08 < value < 0)
    assert (up == "too small to matter") == (1 < ratio < 1.2)
    assert (down == "met") == (-1 <= value <= -0.08)


def test_an_interval_across_what_is_worth_having_is_not_certain():
    one = part((-math.inf, 0.0), (-math.inf, 0.0), worth=-0.2)
    assert not one.certain(-0.3, -0.1)
    assert one.certain(-0.15, -0.1)
    assert one.certain(-0.4, -0.3)


@pytest.mark.parametrize("worth", [-1.5, 0.0, 0.2])
def test_an_effect_worth_having_that_is_not_accepted_is_refused(worth):
    with pytest.raises(ValueError, match="smallest effect worth having"):
        part((-1.0, 0.0), worth=worth)


@pytest.mark.parametrize(
    ("fact", "part", "best"),
    [
        ("T7", "voluntary: global U", 0.0),
        ("T10", "keyworker more than client", 1.0),
        ("T14", "hostile", 0.0),
        ("I5", "conflicted dyads", -1.0),
        ("I6", "meaning", 1.0),
    ],
)
def test_the_most_of_what_is_wanted_that_there_can_be_is_met(fact, part, best):
    (declared,) = (p for one in FACTS_DECLARED if one.id == fact for p in one.part if p.name == part)
    assert declared.verdict(best) == "met"


def test_what_could_not_be_computed_is_missed():
    assert part((0.1, 0.7), (0.05, 0.85)).verdict(math.nan) == "missed"
    assert part((0.1, 0.7)).verdict(math.nan) == "missed"


@given(st.floats(-1, 2), st.floats(0, 2), st.lists(st.floats(0, 1), max_size=20))
def test_a_verdict_that_is_certain_holds_everywhere_in_the_interval(value, width, places):
    one = part((0.1, 0.7), (0.05, 0.85))
    verdicts = {one.verdict(value + width * place) for place in (0, 1, *places)}
    if one.certain(value, value + width):
        assert len(verdicts) == 1


def test_an_interval_from_one_side_of_what_is_accepted_to_the_other_is_not_certain():
    assert not part((0.1, 0.7), (0.05, 0.85)).certain(0.07, 0.8)
    assert part((0.1, 0.7), (0.05, 0.85)).certain(0.2, 0.6)


def test_without_an_interval_nothing_is_certain():
    assert not part((0.1, 0.7)).certain(math.nan, math.nan)


@pytest.mark.parametrize("accept", [(0.7, 0.1), (0.0, 0.9)])
def test_accepted_and_wrong_must_not_overlap(accept):
    with pytest.raises(ValueError, match="must lie within"):
        part(accept, (0.05, 0.85))


def test_the_examples_of_the_table_are_right():
    assert doctest.testmod(fact_table).attempted > 0
    assert doctest.testmod(fact_table).failed == 0
