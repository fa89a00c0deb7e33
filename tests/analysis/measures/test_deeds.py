"""Deeds: which acts count, and what they are seen as."""

import numpy as np
import pytest
from tests.support.handmade import exchanges, panel_of, row

from twoway.analysis.measures.deeds import CONFLICTED_LESS_FRIENDLY, DEEDS, deeds
from twoway.analysis.measures.estimates import units_of
from twoway.analysis.patterns import PATTERNS

VIEW = panel_of(np.zeros((2, 3, 1)))
UNITS = units_of(VIEW.dyads)
ALL_KINDS = np.arange(3, dtype=np.int8)


def of(rows, measure, group):
    """A measure of acts, given as (dyad, actor, kind of encounter, act, taken for)."""
    events = exchanges(*((dyad, 1, who, kind, 0, act) for dyad, who, kind, act, _ in rows), seen=[r[-1] for r in rows])
    return row(deeds(VIEW, events, ALL_KINDS, UNITS), measure, group)


def test_a_search_is_seen_as_one_if_it_is_taken_for_a_search_or_an_inspection():
    rows = [(0, "keyworker", "control", "search", taken) for taken in ("search", "inspect", "lecture", "order")]
    rows += [(0, "keyworker", "everyday", "search", "lecture"), (0, "client", "control", "search", "lecture")]
    found = of(rows, "deed_seen", DEEDS[0])
    assert (found["estimate"], found["n"]) == (0.5, 4)


def test_refusals_and_grants_count_wherever_they_are():
    rows = [(0, "keyworker", kind, "refuse", "refuse") for kind in ("request", "everyday")]
    rows += [(0, "keyworker", "request", "agree_with", taken) for taken in ("agree_with", "help", "excuse", "refuse")]
    assert of(rows, "deed_seen", DEEDS[1])["estimate"] == 1
    assert of(rows, "deed_seen", DEEDS[2])["estimate"] == 0.25


def test_talking_down_is_told_by_pattern_and_compared_between_conflicted_and_friendly():
    told = "explain_something_to"
    rows = [(0, "keyworker", "planned", told, taken) for taken in (told, told, told, "lecture")]
    rows += [(1, "keyworker", "planned", told, told)]
    rows += [(2, "keyworker", "control", told, taken) for taken in ("reprimand", "lecture", "order", told)]
    assert [of(rows, "talked_down", name)["estimate"] for name in PATTERNS] == [0.25, 0, 0.5]
    assert of(rows, "talked_down", "all")["estimate"] == pytest.approx(3 / 9)
    assert of(rows, "talked_down_in_conflict", CONFLICTED_LESS_FRIENDLY)["estimate"] == 0.25


def test_without_explanations_in_friendly_dyads_there_is_nothing_to_compare():
    rows = [(2, "keyworker", "planned", "explain_something_to", "lecture")]
    assert of(rows, "talked_down_in_conflict", CONFLICTED_LESS_FRIENDLY)["interval"].startswith("not estimated")
