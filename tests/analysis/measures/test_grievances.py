"""Grievances: opened, mended, or cut short before it could be known."""

import numpy as np
import pandas as pd
from tests.support.handmade import exchanges, panel_of

from twoway.analysis.measures.grievances import felt_ruptures, find_grievances
from twoway.analysis.measures.ruptures import find_ruptures

DAYS = 100
VIEW = panel_of(np.zeros((2, 3, DAYS)))


def history(*rows):
    """Events of grievances, given as (dyad, day, whose, opened or mended)."""
    events = exchanges(*((dyad, day, who, None, None, None) for dyad, day, who, _ in rows))
    return events.assign(event=pd.Categorical([f"grievance_{what}" for *_, what in rows]))


def repaired(*rows, view=VIEW):
    found = find_grievances(view, history(*rows))
    return [None if pd.isna(value) else bool(value) for value in found["repaired"]]


def test_a_grievance_is_repaired_if_it_is_mended_before_another_opens():
    assert repaired((0, 10, "client", "opened"), (0, 20, "client", "mended")) == [True]
    rows = [(0, 10, "client", "opened"), (0, 20, "client", "opened"), (0, 25, "client", "mended")]
    assert repaired(*rows) == [False, True]
    assert repaired((0, 10, "client", "opened")) == [False]


def test_what_mends_one_partys_grievance_mends_neither_the_others_nor_another_dyads():
    rows = [(0, 10, "client", "opened"), (0, 20, "keyworker", "mended"), (1, 20, "client", "mended")]
    assert repaired(*rows) == [False]


def test_what_opens_too_near_the_end_is_not_known_mended_or_not():
    assert repaired((0, DAYS - 29, "client", "opened")) == [None]
    assert repaired((0, DAYS - 29, "client", "opened"), (0, DAYS - 20, "client", "mended")) == [None]
    assert repaired((0, DAYS - 30, "client", "opened")) == [False]


def test_a_change_of_keyworker_cuts_an_open_grievance_short():
    predecessors = np.zeros((2, 3, DAYS), int)
    predecessors[:, 0, 40:] = 1
    view = panel_of(np.zeros((2, 3, DAYS)), predecessors=predecessors)
    assert repaired((0, 10, "client", "opened"), view=view) == [None]
    assert repaired((0, 10, "client", "opened"), (0, 20, "client", "mended"), view=view) == [True]
    assert repaired((1, 10, "client", "opened"), view=view) == [False]


def test_where_the_model_opens_no_grievance_falls_of_the_rating_are_what_is_felt():
    rating = np.ones((2, 3, DAYS))
    rating[0, 1, 50:60] = 0
    view = panel_of(rating)
    falls = find_ruptures(view)
    events = exchanges((0, 1, "client", "everyday", 0, "greet"))
    assert felt_ruptures(view, events, falls)[["dyad", "start"]].equals(falls[["dyad", "start"]])
    opened = history((0, 10, "client", "opened"))
    assert list(felt_ruptures(view, opened, falls)["start"]) == [10]
