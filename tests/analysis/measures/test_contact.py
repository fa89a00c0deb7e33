"""Everyday contact: whose acts count, where, and how warm they are."""

import numpy as np
from tests.support.handmade import exchanges, panel_of, row

from twoway.analysis.measures.contact import TONES, contact
from twoway.analysis.measures.estimates import units_of

VIEW = panel_of(np.zeros((2, 1, 9)))


def test_acts_of_staff_in_everyday_meetings_are_warm_neutral_or_hostile(resolved):
    acts = ["help", "greet", "inform", "monitor", "search", "order", "insult"]
    rows = [(0, 1, "keyworker", "everyday", 0, act) for act in acts]
    others = [(0, 1, "client", "everyday", 0, "insult"), (0, 1, "keyworker", "control", 0, "insult")]
    table = contact(VIEW, exchanges(*rows, *others), resolved, units_of(VIEW.dyads))
    assert [row(table, "everyday_contact", tone)["estimate"] * 7 for tone in TONES] == [2, 4, 1]
    assert set(table["n"]) == {7}


def test_the_act_counts_as_done_and_not_as_seen(resolved):
    events = exchanges((0, 1, "keyworker", "everyday", 0, "help"), seen=["insult"])
    table = contact(VIEW, events, resolved, units_of(VIEW.dyads))
    assert row(table, "everyday_contact", "warm")["estimate"] == 1
