"""Keyworkers: control and warmth over persons, falls at changes, and a rules-first style."""

import numpy as np
import pandas as pd
import pytest
from tests.support.handmade import exchanges, panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.growth import shapes
from twoway.analysis.measures.keyworkers import (
    AFTER,
    DailySpread,
    acts_by_keyworker,
    changes_of_keyworker,
    control_and_warmth,
    deterioration_and_reserve,
    fall_after_change,
)
from twoway.analysis.measures.ruptures import find_ruptures

CONTROL = "control_and_warmth"


def fall_of(view):
    spread = DailySpread()
    spread.add(view)
    return fall_after_change(changes_of_keyworker(view), spread.days(), units_of(view.dyads))


def test_who_controls_more_and_is_colder_makes_the_correlation_negative(resolved):
    view = panel_of(np.zeros((2, 3, 7)))
    rows = [(k, 1 + d, "keyworker", "control", 0, "search") for k in range(3) for d in range(k + 1)]
    rows += [(k, 1, "keyworker", "everyday", 0, act) for k, act in enumerate(("help", "greet", "inform"))]
    found = row(
        control_and_warmth(acts_by_keyworker(view, exchanges(*rows), resolved), units_of(view.dyads)), CONTROL, "all"
    )
    warmth = [resolved.lexicon.acts[act][0] for act in ("help", "greet", "inform")]
    assert found["estimate"] == pytest.approx(np.corrcoef([1, 2, 3], warmth)[0, 1])
    assert found["n"] == 3


def test_what_a_keyworker_did_before_leaving_in_the_evening_is_hers(resolved):
    predecessors = np.zeros((2, 2, 14), int)
    predecessors[:, 0, 6:] = 1  # the new one is there from the evening of day 7
    view = panel_of(np.zeros((2, 2, 14)), predecessors=predecessors)
    rows = [(0, 7, "keyworker", "everyday", 0, "insult"), (0, 8, "keyworker", "everyday", 0, "help")]
    rows += [(0, day, "keyworker", "control", 0, "search") for day in (1, 7, 7)]
    rows += [(1, 1, "keyworker", "everyday", 0, "greet"), (1, 1, "keyworker", "control", 0, "search")]
    found = row(
        control_and_warmth(acts_by_keyworker(view, exchanges(*rows), resolved), units_of(view.dyads)), CONTROL, "all"
    )
    good = {act: resolved.lexicon.acts[act][0] for act in ("insult", "help", "greet")}
    rates, warmth = [3 / (6 / 7), 0.0, 0.5], [good["insult"], good["help"], good["greet"]]
    assert found["n"] == 3
    assert found["estimate"] == pytest.approx(np.corrcoef(rates, warmth)[0, 1])


def test_a_planted_fall_at_a_change_is_found_in_standard_deviations():
    rating = np.tile(np.linspace(0, 2, 41)[:, None], (2, 1, 80))
    predecessors = np.zeros_like(rating, dtype=int)
    predecessors[:, :5, 20:] = 1
    rating[0, :5, 20:] -= 0.3
    view = panel_of(rating, predecessors=predecessors)
    found = row(fall_of(view), "fall_after_change", "all")
    assert found["estimate"] == pytest.approx(0.3 / rating[0, :, 19].std())
    assert found["n"] == 5


@pytest.mark.parametrize(("left", "count"), [(AFTER, 1), (AFTER - 1, 0)])
def test_a_change_too_near_the_end_is_left_out(left, count):
    predecessors = np.zeros((2, 2, 80), int)
    predecessors[:, 0, 80 - left :] = 1
    view = panel_of(np.arange(320.0).reshape(2, 2, 80), predecessors=predecessors)
    assert row(fall_of(view), "fall_after_change", "all")["n"] == count


@pytest.mark.parametrize("without", [0, 30], ids=["all differ", "half have no reserve at all"])
def test_the_odds_ratio_is_that_of_the_fourfold_table(without):
    n, least = 60, max(20, without)
    falls = np.zeros(n, bool)
    falls[[0, 1, 2, 3, 4]] = True  # 5 of those with the least reserve
    falls[40:50] = True  # 10 of 20 with the most
    course = np.where(falls[:, None], np.linspace(3, 0, 60), np.linspace(1, 1, 60)) + np.arange(n)[:, None] * 1e-3
    view = panel_of(np.stack([course, course]))
    dyads = view.dyads.assign(keyworker_reserve=np.maximum(0, np.arange(n) - max(0, without - 1)))
    table = shapes(view, 60, find_ruptures(view))
    assert (table["shape"][:n] == "deteriorating").tolist() == falls.tolist()
    found = row(
        deterioration_and_reserve(view, dyads.sample(frac=1, random_state=1), table, units_of(view.dyads)),
        "deterioration_and_reserve",
        "all",
    )
    assert found["estimate"] == pytest.approx((10 / 10) / (5 / (least - 5)))
    assert found["n"] == least + 20


def test_without_deterioration_there_are_no_odds():
    view = panel_of(np.zeros((2, 9, 40)))
    dyads = pd.DataFrame(view.dyads).assign(keyworker_reserve=np.linspace(0, 1, 9))
    table = shapes(view, 40, find_ruptures(view))
    found = row(deterioration_and_reserve(view, dyads, table, units_of(dyads)), "deterioration_and_reserve", "all")
    assert found["interval"].startswith("not estimated")
