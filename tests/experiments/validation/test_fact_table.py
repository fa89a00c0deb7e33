"""What is declared of the facts: verdicts, and which facts are used in calibration."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.experiments.validation.fact_table import CALIBRATION, HELD_OUT, DeclaredPart, declared_facts
from twoway.experiments.validation.facts import FACTS

FACTS_DECLARED = declared_facts()
SOURCED = [one for one in FACTS_DECLARED if one.status != "assumed"]
anything = st.floats(allow_nan=False)


def part(accept, wrong=(-math.inf, math.inf)):
    return DeclaredPart(name="x", unit="share", accept=accept, wrong=wrong)


def test_every_fact_that_is_declared_can_be_computed_and_the_other_way_round():
    assert {one.id for one in FACTS_DECLARED} == set(FACTS)


def test_every_other_fact_with_a_source_is_held_out_beginning_with_the_second():
    assert [one.used for one in SOURCED] == [(CALIBRATION, HELD_OUT)[k % 2] for k in range(len(SOURCED))]


def test_nothing_without_a_source_counts_as_held_out():
    assert {one.used for one in FACTS_DECLARED if one.status == "assumed"} == {CALIBRATION}
    assert all(one.sources == () for one in FACTS_DECLARED if one.status == "assumed")
    assert all(one.sources for one in SOURCED)


@given(anything)
def test_a_value_is_met_inside_what_is_accepted_missed_beyond_what_is_wrong_and_else_between(value):
    verdict = part((0.1, 0.7), (0.05, 0.85)).verdict(value)
    assert (verdict == "met") == (0.1 <= value <= 0.7)
    assert (verdict == "missed") == (value <= 0.05 or value >= 0.85)


@given(anything)
def test_a_direction_is_met_or_missed_and_nothing_else_is_missed_by_no_difference_at_all(value):
    verdict = part((0.0, math.inf), (0.0, math.inf)).verdict(value)
    assert verdict == ("met" if value > 0 else "missed")


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
