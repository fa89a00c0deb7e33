"""Ambivalence: what a balance cannot tell apart, and who is matched with whom."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.handmade import panel_of, row

import twoway.analysis.measures.ambivalence as module
from twoway.analysis.measures.ambivalence import CALIPER, ambivalence, ambivalence_index, much_of_both, same_balance
from twoway.analysis.measures.estimates import units_of
from twoway.analysis.patterns import PATTERNS, THRESHOLDS

FRIENDLY, POLITE, CONFLICTED = PATTERNS
TONES = st.lists(st.tuples(st.floats(0, 4), st.floats(0, 4)), min_size=1, max_size=60)


def test_the_example_of_the_index_is_right():
    assert doctest.testmod(module).attempted > 0
    assert doctest.testmod(module).failed == 0


@given(st.floats(0, 4), st.floats(0, 4))
def test_ambivalence_does_not_care_which_of_the_two_feelings_is_the_stronger(positivity, negativity):
    assert ambivalence_index(positivity, negativity) == ambivalence_index(negativity, positivity)


@given(st.floats(0.1, 4), st.floats(0, 0.99))
def test_with_the_same_balance_more_of_both_is_more_ambivalent(much, share):
    little = share * much
    assert ambivalence_index(much + 1, much) > ambivalence_index(little + 1, little)


@given(TONES)
def test_matched_clients_have_the_same_balance_and_each_is_in_one_pair(tones):
    positivity, negativity = np.array(tones).T
    matched = same_balance(positivity, negativity)
    balance, amount = positivity - negativity, positivity + negativity
    assert (np.abs(balance[matched.much] - balance[matched.little]) <= CALIPER).all()
    assert (amount[matched.much] > amount[matched.little]).all()
    both = np.concatenate(matched)
    assert len(np.unique(both)) == len(both)


def test_as_many_pairs_are_made_as_can_be():
    much, little = np.array([0.0, 0.04, 0.5]), np.array([-0.04, 0.03, 0.9])
    amounts = np.concatenate([np.full(3, 6.0), np.full(3, 1.0)])
    balance = np.concatenate([much, little])
    matched = same_balance((amounts + balance) / 2, (amounts - balance) / 2, outer=0.5)
    assert matched.much.tolist() == [0, 1]
    assert matched.little.tolist() == [3, 4]


def view(kinds, at_end):
    """Dyads whose clients' tones on day 1 and on day 2 are those of a kind."""
    tones = {"indifferent": (0.2, 0.0), "ambivalent": (1.2, 1.0), "devoted": (2.0, 0.0)}
    table = np.array([[tones[kind] for kind in day] for day in (kinds, at_end)])  # (days, dyads, 2)
    positivity, negativity = table[:, :, 0].T, table[:, :, 1].T
    keyworker = np.full_like(positivity, 2.0)
    rating = np.stack([positivity - negativity, keyworker])
    return panel_of(rating, negativity=np.stack([negativity, np.zeros_like(negativity)]))


def test_conflicted_clients_are_more_ambivalent_where_they_feel_both():
    some = view(["indifferent", "ambivalent"] * 15, ["devoted"] * 30)
    table = ambivalence(some, (1, 1), units_of(some.dyads))
    assert row(table, "ambivalence", CONFLICTED)["estimate"] == pytest.approx(0.9)
    assert row(table, "ambivalence", POLITE)["estimate"] == pytest.approx(-0.1)
    assert row(table, "ambivalence", f"{CONFLICTED} less {POLITE}")["estimate"] == pytest.approx(1.0)
    assert np.isnan(row(table, "ambivalence", FRIENDLY)["estimate"])


def test_clients_of_the_same_balance_are_told_apart_in_the_interviews_and_at_the_end():
    kinds = ["indifferent"] * 9 + ["ambivalent"] * 9 + ["devoted"] * 9
    spread = np.linspace(0, 1e-3, 27)
    some = view(kinds, ["devoted"] * 9 + ["indifferent"] * 9 + ["devoted"] * 9)
    some = some._replace(positivity=some.positivity + spread[None, :, None])
    table = ambivalence(some, (1, 1), units_of(some.dyads))
    pairs = row(table, "same_balance", f"in the interviews, much: {CONFLICTED}")["n"]
    assert pairs > 5
    assert row(table, "same_balance", f"in the interviews, much: {CONFLICTED}")["estimate"] == 1
    assert row(table, "same_balance", f"in the interviews, little: {POLITE}")["estimate"] == 1
    assert row(table, "same_balance_difference", f"in the interviews: {CONFLICTED}")["estimate"] == 1
    assert row(table, "same_balance_difference", f"at the end: {CONFLICTED}")["estimate"] == 0
    assert row(table, "same_balance_difference", f"at the end: {FRIENDLY}")["estimate"] == -1
    assert row(table, "same_balance_difference", f"at the end: {POLITE}")["estimate"] == 1


@given(TONES)
def test_much_of_both_is_counted_on_every_day_by_the_thresholds_of_the_classes(tones):
    positivity, negativity = np.array(tones).T
    view = panel_of(
        np.broadcast_to((positivity - negativity)[None, None], (2, 1, len(positivity))),
        negativity=np.broadcast_to(negativity, (2, 1, len(positivity))),
    )
    found = row(much_of_both(view, units_of(view.dyads)), "much_good_and_bad", "all")
    good, bad = view.positivity[0, 0], view.negativity[0, 0]
    assert found["estimate"] == pytest.approx(np.mean((good >= THRESHOLDS.positivity) & (bad > THRESHOLDS.negativity)))
