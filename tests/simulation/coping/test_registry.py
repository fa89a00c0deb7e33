"""Every coping way that comes with the package is declared completely, in a file of its own."""

import inspect
from importlib import import_module
from pkgutil import iter_modules
from string import Formatter

import pytest
from tests.support.people import WAYS, conditions, numbers, party

from twoway.simulation import coping
from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.coping.registry import CopingWay, _no_effect, coping_way
from twoway.simulation.dynamics.tension import cope
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.coping import Coping
from twoway.simulation.parameters.declare import declarations

FILES = sorted(module.name for module in iter_modules(coping.__path__) if module.name != "registry")
every_way = pytest.mark.parametrize("way", COPING_WAYS.values(), ids=lambda way: way.name)


@every_way
def test_a_way_has_a_meaning_and_a_phrase_that_can_be_told(way):
    assert way.meaning
    assert not way.meaning.endswith(".")
    assert {field for _, field, _, _ in Formatter().parse(way.phrase) if field} <= {"their", "them"}
    told = way.phrase.format(their="his", them="her")
    assert told == told.strip() != ""
    assert "{" not in told


@every_way
def test_each_number_of_a_way_has_a_unit_a_range_and_a_meaning_and_stands_in_the_section_coping(way):
    declared = list(declarations("coping", way.parameters))
    assert [d.name for d in declared] == list(way.parameters.model_fields)
    assert declared
    for number in declared:
        assert number.unit
        assert number.low <= number.default <= number.high
        assert number.meaning.endswith(".")
        assert number.name in Coping.model_fields
    assert way.parameters.__doc__


@every_way
def test_the_functions_of_a_way_say_in_a_line_what_they_do(way):
    for function in (way.log_odds, way.effect):
        assert function.__doc__
        assert "\n" not in function.__doc__.strip()
        assert function.__doc__.strip().endswith(".")
    assert list(inspect.signature(way.log_odds).parameters) == ["party", "style", "benign", "parameters"]
    assert list(inspect.signature(way.effect).parameters) == ["party", "day", "parameters"]


@every_way
def test_who_is_more_inclined_to_a_way_takes_it_sooner(way):
    low, high = (way.log_odds(party(), style, 0.5, numbers()) for style in (-1.0, 2.0))
    assert high == pytest.approx(low + 3.0)


@every_way
def test_a_way_taken_does_what_its_declaration_says(way):
    code = WAYS.index(way.name)
    style = [60.0 * (other == code) for other in range(len(WAYS))]
    by_model, by_declaration = (party(tension=2.0, distance=0.25, style=style) for _ in range(2))
    assert cope(by_model, True, False, 9, conditions(), 0.5) == code
    way.effect(by_declaration, 9.0, numbers())
    assert by_model.tobytes() == by_declaration.tobytes()


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_folder_declares_the_one_way_of_its_name(name):
    module = import_module(f"twoway.simulation.coping.{name}")
    ways = [value for value in vars(module).values() if isinstance(value, CopingWay)]
    assert ways == [COPING_WAYS[name]]
    assert module.__doc__


def test_every_way_has_a_file():
    assert FILES == sorted(COPING_WAYS)


def test_exactly_one_way_proposes_a_talk():
    assert [way.name for way in COPING_WAYS.values() if way.proposes_talk] == ["propose_talk"]
    assert COPING_WAYS["propose_talk"].effect is _no_effect


def test_a_way_that_does_not_exist_is_answered_with_the_nearest_that_does():
    with pytest.raises(InputError, match=r"no coping way 'endur'; did you mean 'endure'\?"):
        COPING_WAYS["endur"]


def test_a_way_declared_where_no_scenario_asks_for_it_is_no_way_of_the_package():
    way = COPING_WAYS["endure"]
    own = coping_way("brood", "broods", "brooded", way.parameters, way.log_odds)
    assert own.name == "brood"
    assert "brood" not in COPING_WAYS
