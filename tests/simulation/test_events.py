"""Every event kind is declared with what stories, figures and tables say of it."""

from string import Formatter

import pytest
from matplotlib.markers import MarkerStyle

from twoway.simulation import events as module
from twoway.simulation.events import EVENTS, Mark, event_kind
from twoway.simulation.parameters.scenario import load
from twoway.simulation.tables import run

every_kind = pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.name)


@every_kind
def test_a_kind_has_a_meaning_and_a_constant_for_its_code(kind):
    assert kind.meaning
    assert not kind.meaning.endswith(".")
    assert getattr(module, kind.name.upper()) == list(EVENTS).index(kind.name)


@every_kind
def test_the_sentence_of_a_kind_can_be_told_of_both(kind):
    assert {field for _, field, _, _ in Formatter().parse(kind.sentence) if field} <= {"Who", "other"}
    told = kind.sentence.format(Who="She", other="he")
    if kind.name in ("exchange", "handling"):
        assert told == "", "these are told by what was done"
    else:
        assert told.endswith(".")
        assert told[0].isupper()


@every_kind
def test_an_occasion_follows_a_day_and_a_short_word_begins_no_sentence(kind):
    assert kind.occasion or kind.name == "exchange"
    for text in (kind.occasion, kind.short):
        assert not text.endswith(".")
        assert text[:1] == text[:1].lower()


def test_marks_can_be_drawn_and_no_two_kinds_on_one_lane_look_alike():
    marks = [kind.mark for kind in EVENTS.values() if kind.mark]
    assert marks
    for mark in marks:
        MarkerStyle(mark.symbol)
        assert mark.lane
        assert mark.label
    looks = [(mark.lane, mark.symbol, mark.filled) for mark in marks]
    assert len(set(looks)) == len(looks)
    assert len({mark.label for mark in marks}) == len(marks)


def test_none_of_the_kinds_that_come_with_the_package_happens_by_a_chance_of_its_own():
    assert all(kind.chance is None and kind.effect is None and kind.parameters is None for kind in EVENTS.values())


def test_the_words_of_the_column_event_are_the_kinds_in_their_order():
    events = run(load("ordinary", {"design.days": 1, "design.clients": 1})).events
    assert list(events["event"].cat.categories) == list(EVENTS)


def test_a_kind_declared_where_no_scenario_asks_for_it_is_no_kind_of_the_package():
    own = event_kind(
        "full_moon",
        "the moon was full",
        "The moon was full.",
        chance=lambda client, keyworker, day, parameters: 1.0,
        effect=lambda client, keyworker, day, parameters: None,
    )
    assert own.occasion == "on a day with full moon"
    assert own.mark == Mark("full moon", "d", "full moon")
    assert "full_moon" not in EVENTS
