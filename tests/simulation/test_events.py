"""Every kind of event is one declaration, complete enough for tables, stories and figures."""

from __future__ import annotations

import re

import pytest

from twoway.simulation import events
from twoway.simulation.events import EVENTS, EventKind, Mark, event_kind

TOLD = [kind for kind in EVENTS.values() if kind.name not in ("exchange", "handling")]


@pytest.mark.parametrize("code", ["EXCHANGE", "HANDLING", "TALK_AGREED", "TALK_FAILED", "NEW_KEYWORKER", "PEER_TALK"])
def test_codes_are_places_in_the_registry(code):
    assert list(EVENTS)[getattr(events, code)] == code.lower()


@pytest.mark.parametrize("kind", EVENTS.values(), ids=list(EVENTS))
def test_a_kind_says_what_happened(kind):
    assert re.fullmatch("[a-z_]+", kind.name)
    assert kind.meaning
    assert kind.chance is None, "what comes with the package happens in the course of things"


@pytest.mark.parametrize("kind", TOLD, ids=[kind.name for kind in TOLD])
def test_a_kind_can_be_told_on_its_own_and_as_an_occasion(kind):
    sentence = kind.sentence.format(Who="She", other="he")
    assert re.fullmatch(r"[A-Z][^{}]*\.", sentence)
    assert re.match("(at|over|in|on) ", kind.occasion)


def test_marks_on_one_lane_can_be_told_apart():
    marks = [kind.mark for kind in EVENTS.values() if kind.mark is not None]
    assert len({(mark.lane, mark.symbol, mark.filled) for mark in marks}) == len(marks)


def test_what_is_declared_outside_a_named_file_joins_no_run():
    before = list(EVENTS)
    kind = event_kind("visit", "somebody came", "{Who} had a visit.", chance=lambda *_: 0.5, effect=lambda *_: None)
    assert isinstance(kind, EventKind)
    assert kind.mark == Mark("visit", "d", "visit")
    assert list(EVENTS) == before
