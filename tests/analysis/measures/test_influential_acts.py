"""Which acts moved a party most, from tables written by hand."""

import numpy as np
import pandas as pd
import pytest

from twoway.analysis.measures.influential_acts import moved_most
from twoway.simulation.parameters.scenario import load
from twoway.simulation.tables import run


def happened(*rows):
    """A table of events from rows of event, actor and the weight of the first of two frames."""
    table = pd.DataFrame(rows, columns=["event", "actor", "share_of_care"])
    return table.assign(share_of_custody=1 - table["share_of_care"], day=np.arange(1, len(table) + 1))


def test_what_moves_a_party_is_what_the_other_does():
    events = happened(
        ("exchange", "keyworker", 0.5),  # the client reads
        ("exchange", "client", 0.9),  # the keyworker reads
        ("exchange", "keyworker", 0.2),
        ("exchange", "client", 0.8),
        ("exchange", "keyworker", 0.3),
    )
    client, keyworker = moved_most(events, "client"), moved_most(events, "keyworker")
    assert list(client["day"]) == [3, 5]
    assert list(client["moved"]) == pytest.approx([0.3, 0.1])
    assert list(keyworker["moved"]) == pytest.approx([0.1])


@pytest.mark.parametrize("between", ["talk_repaired", "new_keyworker"])
def test_a_reading_after_something_that_moved_both_is_left_out_for_whom_it_was_not_written(between):
    events = happened(("exchange", "keyworker", 0.9), (between, "keyworker", 0.4), ("exchange", "keyworker", 0.2))
    assert len(moved_most(events, "client")) == 0
    events = happened(("exchange", "client", 0.9), (between, "keyworker", 0.4), ("exchange", "client", 0.3))
    assert list(moved_most(events, "keyworker")["moved"]) == pytest.approx([0.1])


def test_what_a_party_does_alone_in_the_evening_is_no_act_that_moved_it():
    events = happened(("exchange", "client", 0.9), ("handling", "keyworker", 0.4), ("exchange", "client", 0.4))
    assert len(moved_most(events, "keyworker")) == 0


def test_no_more_are_told_than_asked_for_and_the_strongest_come_first():
    tables = run(load("four-centres", {"design.days": 15}))
    dyad = tables.events[(tables.events["centre"] == 1) & (tables.events["dyad"] == 2)]
    for party in ("client", "keyworker"):
        five = moved_most(dyad, party, 5)
        assert len(five) == 5
        assert five["moved"].is_monotonic_decreasing
        assert (five["actor"] != party).all()
        assert (five["event"] == "exchange").all()
        pd.testing.assert_frame_equal(moved_most(dyad, party, 2), five.head(2))
    assert len(moved_most(dyad.iloc[:0], "client")) == 0
