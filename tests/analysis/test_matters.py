"""Chains of asking, and what a party can know of them: found in events written by hand."""

import numpy as np
import pandas as pd
import pytest

from twoway.analysis.matters import RECENT, chains_of, known_matters, whereabouts, with_chains
from twoway.simulation.parameters.scenario import Resolved, load

RESOLVED = Resolved(load("ordinary", {"meaning.matters": "residential"}))
NONE = Resolved(load("ordinary"))


def asked(day, state, matter="leave", explained=0.0):
    """The two exchanges of a request."""
    row = {"day": day, "event": "exchange", "encounter": "request", "matter": matter, "act": "request_something_from"}
    return [
        row | {"exchange": 0},
        row | {"exchange": 1, "matter_state": state, "explained": explained, "act": "refuse"},
    ]


def happened(day, event, state=None, matter="leave"):
    return [{"day": day, "event": event, "matter": matter if state else None, "matter_state": state}]


def events(*rows):
    columns = ["day", "event", "encounter", "exchange", "matter", "matter_state", "explained", "act", "seen", "actor"]
    table = pd.DataFrame([row for some in rows for row in some], columns=columns)
    return with_chains(table.replace({None: np.nan}))


def chains(*rows):
    return [(c.matter.name, c.number, c.asked, c.steps[-1].state) for c in chains_of(events(*rows), RESOLVED)]


def test_asking_again_after_a_refusal_is_the_same_chain():
    assert chains(asked(34, "refused"), asked(41, "refused")) == [("leave", 1, (34, 41), "refused")]


def test_asking_after_a_leave_is_another_chain():
    rows = asked(34, "granted"), happened(36, "leave_begins", "under_way"), happened(38, "leave_ends", "kept")
    assert chains(*rows, asked(50, "pending")) == [("leave", 1, (34,), "kept"), ("leave", 2, (50,), "pending")]


def test_chains_about_different_matters_are_counted_apart():
    found = chains(asked(3, "granted", "telephone"), asked(8, "refused", "visit"), asked(9, "pending", "telephone"))
    assert found == [
        ("telephone", 1, (3,), "granted"), ("visit", 1, (8,), "refused"), ("telephone", 2, (9,), "pending")
    ]  # fmt: skip


def test_how_often_something_was_asked_for_is_counted_in_its_chain():
    assert events(asked(3, "refused"), asked(9, "pending"), asked(20, "granted"), asked(30, "refused"))[
        "times"
    ].tolist() == [1, 1, 2, 2, 3, 3, 1, 1]


def test_what_waits_has_waited_since_it_was_first_put_off():
    (chain,) = chains_of(events(asked(3, "refused"), asked(9, "pending"), asked(12, "pending")), RESOLVED)
    assert chain.since.day == 9


def test_a_keyworker_knows_nothing_of_what_was_asked_of_her_predecessor():
    table = events(asked(34, "refused"), asked(50, "refused", "visit"))
    known = [
        [k.chain.matter.name for k in known_matters(table, RESOLVED, party, 60, 40)]
        for party in ("client", "keyworker")
    ]
    assert known == [["leave", "visit"], ["visit"]]


def test_nobody_waits_for_an_answer_once_the_order_has_ended():
    rows = asked(34, "pending"), happened(40, "order_ended")
    assert known_matters(events(rows[0]), RESOLVED, "client", 40, 0)
    assert not known_matters(events(*rows), RESOLVED, "client", 40, 0)


def test_small_things_of_long_ago_are_not_told():
    table = events(asked(3, "granted", "telephone"))
    assert known_matters(table, RESOLVED, "client", 10, 0)
    assert not known_matters(table, RESOLVED, "client", 100, 0)


def test_a_leave_that_failed_leaves_a_client_gone():
    assert whereabouts(events(happened(38, "leave_ends", "failed")), 39) == ("gone", 38)
    assert whereabouts(events(happened(38, "leave_ends", "kept")), 39) is None


@pytest.mark.parametrize("event", ["returned", "placement_broken"])
def test_that_someone_has_been_elsewhere_is_told_for_some_weeks(event):
    assert whereabouts(events(happened(38, event)), 38 + RECENT) is not None
    assert whereabouts(events(happened(38, event)), 39 + RECENT) is None


def test_without_matters_there_are_no_chains():
    table = pd.DataFrame({"day": [1], "event": ["exchange"], "encounter": ["request"], "exchange": [0]})
    assert chains_of(with_chains(table), NONE) == []
    assert known_matters(with_chains(table), NONE, "client", 5, 0) == ()
