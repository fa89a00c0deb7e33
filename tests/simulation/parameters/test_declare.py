"""Declared numbers: a value, a range, a unit and a source in one place."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from twoway.simulation.parameters.context import Context
from twoway.simulation.parameters.coping import Coping
from twoway.simulation.parameters.declare import ParameterGroup, declarations, parameter
from twoway.simulation.parameters.learning import Learning
from twoway.simulation.parameters.people import People
from twoway.simulation.parameters.scenario import NUMBERED, Design, Meaning, Scenario, all_declarations

LAW = settings(deadline=None, max_examples=60)
ALL = {f"{d.section}.{d.name}": d for d in all_declarations()}


class Weather(ParameterGroup):
    """Numbers for these tests."""

    rain: float = parameter(2.0, 0, 10, "mm per day", "almanac 1890")
    """How much
    it rains."""
    wind: float = parameter(3, 0, 12, "Beaufort")
    """How much it blows."""
    clouds: int = parameter(4, 0, 8, "eighths")
    """How much is covered."""
    name: str = "May"
    """Not a number."""


def test_a_number_is_declared_with_all_that_is_to_be_known_of_it():
    rain, wind, clouds = declarations("weather", Weather)
    assert rain == ("weather", "rain", 2.0, 0, 10, "mm per day", "almanac 1890", "How much it rains.")
    assert (wind.source, clouds.source) == ("assumed; swept 0..12", "assumed; swept 0..8")


@LAW
@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_value_is_taken_exactly_if_it_lies_in_its_range(value):
    if 0 <= value <= 10:
        assert Weather(rain=value).rain == value
    else:
        with pytest.raises(ValidationError):
            Weather(rain=value)


@pytest.mark.parametrize("value", ["2.0", True, None, [2.0], math.nan, math.inf])
def test_what_is_not_a_finite_number_is_not_taken_for_one(value):
    with pytest.raises(ValidationError):
        Weather(rain=value)


@pytest.mark.parametrize("value", [4.0, "4", True])
def test_a_count_is_a_whole_number(value):
    with pytest.raises(ValidationError):
        Weather(clouds=value)


def test_a_whole_number_will_do_where_any_number_is_asked_for():
    assert Weather(wind=4).wind == 4.0
    assert type(Weather(wind=4).wind) is float


def test_an_unknown_field_is_no_silent_default():
    with pytest.raises(ValidationError):
        Weather(rian=2.0)


def test_a_set_of_numbers_cannot_be_changed_behind_its_back():
    weather = Weather()
    with pytest.raises(ValidationError):
        weather.rain = 3.0
    assert weather == Weather()


@pytest.mark.parametrize("key", sorted(ALL))
def test_every_number_of_the_model_has_a_default_in_its_range_a_unit_a_meaning_and_a_source(key):
    declared = ALL[key]
    assert declared.low <= declared.default <= declared.high
    assert declared.low < declared.high
    assert declared.unit.strip()
    assert declared.meaning.endswith((".", "?")), "a sentence"
    assert declared.meaning[0].isupper()
    assert declared.source.strip()
    if declared.source.startswith("assumed"):
        assert declared.source == f"assumed; swept {declared.low:g}..{declared.high:g}"


@pytest.mark.parametrize("declared", [Design, Context, People, Learning, Coping])
def test_every_field_of_these_sections_is_a_declared_number(declared):
    assert [d.name for d in declarations("x", declared)] == list(declared.model_fields)


def test_every_default_of_a_scenario_could_have_been_written_in_a_file():
    default = Scenario()
    assert Scenario.model_validate(default.model_dump()) == default


def test_no_two_numbers_of_the_rules_share_a_name():
    """They lie side by side in one record."""
    names = [name for section in NUMBERED.values() for name in section.model_fields]
    assert len(names) == len(set(names))


def test_no_number_is_declared_outside_the_sections_of_a_scenario():
    by_users = {"events"}
    assert {d.section for d in ALL.values()} == {"design", *NUMBERED, "meaning", "analysis"} - by_users
    assert [d.name for d in declarations("meaning", Meaning)] == ["resample"]
