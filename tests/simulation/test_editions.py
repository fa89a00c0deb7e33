"""Editions: compiled code with some parts exchanged, and all the rest shared."""

from __future__ import annotations

from twoway.simulation.compilation import compiled
from twoway.simulation.editions import Edition, switch


@compiled
def answer(x: float) -> float:
    return x + 1.0


@compiled
def other_answer(x: float) -> float:
    return x + 2.0


@compiled
def asks(x: float) -> float:
    return 10.0 * answer(x)


@compiled
def asks_nobody(x: float) -> float:
    return -x


@compiled
def asks_in_turn(x: float) -> float:
    return asks(x) + asks_nobody(x)


def test_an_edition_that_exchanges_nothing_is_the_model_itself():
    assert Edition({}, "")(asks_in_turn) is asks_in_turn


def test_an_exchanged_part_is_reached_through_other_functions():
    edition = Edition({answer: other_answer}, "feed" * 8)
    assert edition(asks_in_turn)(3.0) == 10.0 * 5.0 - 3.0
    assert asks_in_turn(3.0) == 10.0 * 4.0 - 3.0


def test_only_what_reaches_an_exchanged_part_is_made_anew():
    edition = Edition({answer: other_answer}, "beef" * 8)
    assert edition(asks_nobody) is asks_nobody
    assert edition(asks) is not asks
    assert edition(asks) is edition(asks)


def test_a_switch_calls_the_part_of_a_code():
    chosen = switch("chosen", "x", [answer, other_answer])
    assert [chosen(0, 1.0), chosen(1, 1.0)] == [2.0, 3.0]


def test_a_switch_without_parts_gives_its_default():
    assert switch("nothing", "x", [], default="0.5")(0, 1.0) == 0.5
