"""Editions: the model with some functions exchanged, in which all else is shared with the model itself."""

import sys

import numpy as np
import pytest

from twoway.simulation.compilation import compiled, is_compiled, plain_function
from twoway.simulation.dynamics.chance_events import chance_events, event_chance
from twoway.simulation.dynamics.day import dyad_day, dyad_evening, wake
from twoway.simulation.dynamics.encounter import encounter
from twoway.simulation.dynamics.evening import centre_evening
from twoway.simulation.dynamics.tension import cope, deal_with_tension, end_talk, way_effect, way_log_odds, way_taken
from twoway.simulation.editions import Edition, compiled_from, global_names, switch
from twoway.simulation.run import note_day, simulate_days

EVERYTHING = (
    chance_events, dyad_day, dyad_evening, wake, encounter, centre_evening, cope, deal_with_tension,
    end_talk, way_taken, note_day, simulate_days,
)  # fmt: skip
DIGEST = "0123456789abcdef" * 4


def other_way_effect(code, party, day, parameters):
    """Tension is gone, whatever is done."""
    party.tension = 0.0


def names(functions):
    return {plain_function(function).__name__ for function in functions}


def test_an_edition_that_exchanges_nothing_is_the_model_itself():
    edition = Edition({}, "")
    assert all(edition(function) is function for function in EVERYTHING)


def made_anew(edition):
    return names(function for function in EVERYTHING if edition(function) is not function)


def test_only_functions_from_which_an_exchanged_part_is_reached_are_made_anew():
    edition = Edition({way_effect: compiled(other_way_effect)}, DIGEST)
    assert made_anew(edition) == {"cope", "deal_with_tension", "dyad_evening", "dyad_day", "simulate_days"}
    edition = Edition({event_chance: switch("event_chance", "a, b, c, d", [], DIGEST, "0.0")}, DIGEST)
    assert made_anew(edition) == {"chance_events", "dyad_evening", "dyad_day", "simulate_days"}


def test_a_function_is_made_anew_once():
    edition = Edition({way_effect: compiled(other_way_effect)}, DIGEST)
    assert edition(dyad_day) is edition(dyad_day)


def test_a_function_made_anew_is_the_same_code_under_another_name():
    edition = Edition({way_effect: compiled(other_way_effect)}, DIGEST)
    old, new = plain_function(cope), plain_function(edition(cope))
    assert new.__code__.co_code == old.__code__.co_code
    assert new.__module__ == old.__module__
    assert new.__qualname__ == f"{old.__qualname__}@{DIGEST[:16]}"
    assert new.__globals__["way_effect"] is not old.__globals__["way_effect"]
    assert new.__globals__["way_taken"] is old.__globals__["way_taken"]


def test_an_exchanged_part_is_itself_what_it_was_exchanged_for():
    other = compiled(other_way_effect)
    edition = Edition({way_effect: other}, DIGEST)
    assert edition(way_effect) is other
    assert edition(way_log_odds) is way_log_odds


@compiled
def one(x: float) -> float:
    """Number one."""
    return x + 1.0


@compiled
def two(x: float) -> float:
    """Number two."""
    return x + 20.0


@compiled
def three(x: float) -> float:
    """Number three."""
    return x + 300.0


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_switch_calls_the_part_of_the_code(count):
    chosen = switch("chosen", "x", [one, two, three][:count])
    assert [chosen(code, 0.5) for code in range(count)] == [1.5, 20.5, 300.5][:count]


def test_a_switch_without_parts_gives_its_default():
    assert switch("nothing", "x", [], default="2.5")(0, 1.0) == 2.5


def calls_one(x):
    return one(x) * 2.0


def test_calling_the_exchanged_part_gives_what_it_was_exchanged_for():
    model = compiled(calls_one)
    edition = Edition({one: three}, DIGEST)
    assert model(0.5) == 3.0
    assert edition(model)(0.5) == 601.0
    assert model(0.5) == 3.0


def test_names_looked_up_in_comprehensions_are_found():
    def squares(n):
        return [len(np.zeros(i)) for i in range(n)]

    assert {"len", "np", "range"} <= global_names(squares.__code__)


def helper(x):
    return x * 2.0


def calls_helper(x):
    return helper(x) + 1.0


def test_the_helpers_of_a_users_function_are_compiled_with_it():
    theirs = compiled_from(calls_helper, sys.modules[__name__], DIGEST)
    assert theirs(0.5) == 2.0
    assert is_compiled(plain_function(theirs).__globals__["helper"])
    assert not is_compiled(helper)
