"""Ruptures: planted falls are found where they were planted, and repaired when they were."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.handmade import panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.ruptures import RUPTURE, RuptureThresholds, find_ruptures, ruptures

LEVEL, FALL = 1.0, 2 * RUPTURE.fall


def course(*segments):
    """Ratings day by day from (days, rating) segments."""
    return np.concatenate([np.full(days, rating) for days, rating in segments])


def found(client, thresholds=RUPTURE, **known):
    """Ruptures of one dyad whose client's ratings are these and whose keyworker's never change."""
    return find_ruptures(panel_of(np.stack([client, np.ones_like(client)])[:, None], **known), thresholds)


def test_a_planted_rupture_is_found_with_start_bottom_depth_and_day_of_repair():
    table = found(course((20, LEVEL), (3, LEVEL - 0.4), (2, LEVEL - 0.6), (5, LEVEL - 0.2), (20, LEVEL)))
    assert len(table) == 1
    only = table.iloc[0]
    assert only["party"] == "client"
    assert (only["start"], only["bottom"], only["regained"]) == (21, 24, 31)
    assert only["depth"] == pytest.approx(0.6)
    assert only["repaired"]


def test_a_fall_that_does_not_exceed_the_amount_is_no_rupture():
    limit = RUPTURE.fall - 1e-9
    assert len(found(course((20, LEVEL), (20, LEVEL - limit)))) == 0
    assert len(found(course((20, LEVEL), (20, LEVEL - RUPTURE.fall - 1e-9)))) == 1


def test_what_is_not_regained_in_time_is_not_repaired_and_a_new_level_begins():
    table = found(course((20, LEVEL), (RUPTURE.repair + 40, LEVEL - FALL), (20, LEVEL)))
    assert table["repaired"].tolist() == [False]
    assert table["regained"].isna().all()


@pytest.mark.parametrize(("days", "repaired"), [(RUPTURE.repair, True), (RUPTURE.repair + 1, False)])
def test_the_last_day_for_a_repair_still_counts(days, repaired):
    table = found(course((20, LEVEL), (days, LEVEL - FALL), (20, LEVEL)))
    assert table["repaired"].tolist() == [repaired]


def test_a_stay_that_ends_too_early_leaves_it_open():
    table = found(course((20, LEVEL), (10, LEVEL - FALL)))
    assert table["repaired"].isna().all()
    assert len(table) == 1


def test_a_fall_that_comes_with_a_new_keyworker_is_no_rupture_and_ends_those_before():
    predecessors = np.broadcast_to(np.arange(50) >= 20, (2, 1, 50)).astype(int)
    assert len(found(course((20, LEVEL), (30, LEVEL - FALL)), predecessors=predecessors)) == 0
    open_one = found(course((15, LEVEL), (35, LEVEL - FALL)), predecessors=predecessors)
    assert open_one["repaired"].isna().tolist() == [True]


def test_each_of_several_ruptures_has_a_row():
    dips = [(20, LEVEL), (5, LEVEL - FALL)] * 3
    table = found(course(*dips, (20, LEVEL)))
    assert table["start"].tolist() == [21, 46, 71]
    assert table["repaired"].all()


def test_a_level_that_sinks_slowly_is_followed_without_a_rupture():
    assert len(found(np.linspace(2, 1, 180))) == 0


COURSES = st.lists(st.floats(-2, 2), min_size=2, max_size=60).map(np.array)


@settings(max_examples=30)
@given(st.lists(st.floats(-2, 2), min_size=40, max_size=40), st.permutations(range(4)))
def test_the_order_of_dyads_changes_nothing(values, order):
    rating = np.array(values).reshape(1, 4, 10).repeat(2, axis=0)
    columns = ["start", "bottom", "depth", "repaired", "regained", "party"]
    one, other = (find_ruptures(panel_of(r)) for r in (rating, rating[:, list(order)]))
    for dyad, place in enumerate(order):
        there = one[one["centre"] == place][columns].reset_index(drop=True)
        pd.testing.assert_frame_equal(there, other[other["centre"] == dyad][columns].reset_index(drop=True))


@given(COURSES, st.floats(0.1, 1))
def test_ruptures_follow_each_other_and_are_as_deep_as_they_must_be(client, fall):
    thresholds = RuptureThresholds(fall, 14, 10)
    table = found(client, thresholds)
    assert (table["depth"] > fall).all()
    assert (table["bottom"] >= table["start"]).all()
    assert table["start"].is_unique
    done = table[table["repaired"].fillna(False).astype(bool)]
    assert (done["regained"] - done["start"] <= thresholds.repair).all()
    assert (done["regained"] > done["bottom"]).all()


def test_measures_count_what_was_found():
    flat, broken = course((60, LEVEL)), course((20, LEVEL), (10, LEVEL - FALL), (30, LEVEL))
    view = panel_of(np.stack([[flat, broken, broken, flat], [flat] * 4]))
    table = ruptures(view, find_ruptures(view), units_of(view.dyads))
    assert row(table, "ruptures", "client")["estimate"] == pytest.approx(0.25)
    assert row(table, "share_with_rupture", "client")["estimate"] == 0.5
    assert row(table, "ruptures_repaired", "client")[["estimate", "n"]].tolist() == [1, 2]
    assert row(table, "rupture_depth", "client")["estimate"] == pytest.approx(FALL)
    assert row(table, "days_to_repair", "client")["estimate"] == 10
    none = row(table, "ruptures_repaired", "keyworker")
    assert np.isnan(none["estimate"])
    assert none["interval"].startswith("not estimated")
