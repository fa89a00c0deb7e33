"""Estimates: known answers, intervals that cover, and words where there are none."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap
from tests.support.handmade import row

from twoway.analysis.measures.estimates import (
    COLUMNS,
    Measure,
    correlation,
    correlations,
    estimated,
    estimated_means,
    estimated_shares,
    moments,
    units_of,
)
from twoway.analysis.statistics.bootstrap import ENOUGH_CENTRES
from twoway.analysis.statistics.intervals import ALIKENESS

SOME = Measure("some", "share", "what is tested")
LONG = Measure("long", "days", "what is tested", bounds=(-np.inf, np.inf))
REAL = Measure("real", "EPA units", "what is tested")
NUMBERS = st.floats(-100, 100).map(lambda x: round(x, 3))


def dyads(n, per_centre=1):
    place = np.arange(n)
    return pd.DataFrame({"replicate": 0, "centre": place // per_centre, "dyad": place % per_centre})


def share(hits, per_centre=1, seed=0):
    hits = np.asarray(hits, float)[:, None]
    return estimated_shares(SOME, ["all"], hits, np.ones_like(hits), units_of(dyads(len(hits), per_centre), seed)).iloc[
        0
    ]


def test_a_row_says_all_there_is_to_say_about_a_measure():
    table = estimated_shares(SOME, ["a", "b"], np.eye(2), np.ones((2, 2)), units_of(dyads(2)))
    assert tuple(table) == COLUMNS
    assert list(table["group"]) == ["a", "b"]
    assert set(table["unit"]) == {"share"}
    assert set(table["meaning"]) == {"what is tested"}


@pytest.mark.parametrize(("centres", "name"), [(ENOUGH_CENTRES - 1, "dyads"), (ENOUGH_CENTRES, "centres")])
def test_whole_centres_are_drawn_only_where_there_are_enough_of_them(centres, name):
    units = units_of(dyads(2 * centres, 2))
    assert units.name == name
    assert units.weights.shape[1] == (centres if name == "centres" else 2 * centres)
    assert (units.weights.sum(axis=1) == units.weights.shape[1]).all()


def test_the_interval_of_a_mean_is_that_of_an_ordinary_bootstrap():
    values = np.random.default_rng(3).exponential(size=300)
    mine = estimated_means(LONG, ["all"], values[:, None], np.ones((300, 1)), units_of(dyads(300))).iloc[0]
    theirs = bootstrap((values,), np.mean, method="percentile", rng=1).confidence_interval
    assert (mine["low"], mine["high"]) == pytest.approx(tuple(theirs), abs=0.02)
    assert mine["interval"] == "bootstrap over 300 centres"


def held(count, per_centre, likeness, seed, samples=400):
    """Share of samples of dyads, of which those of a centre are alike, whose interval holds the mean, which is 0."""
    chance, hits = np.random.default_rng(seed), 0
    units, ones = units_of(dyads(count * per_centre, per_centre)), np.ones((count * per_centre, 1))
    for _ in range(samples):
        centre = np.repeat(chance.normal(size=count), per_centre) * np.sqrt(likeness)
        values = centre + chance.normal(size=count * per_centre) * np.sqrt(1 - likeness)
        one = estimated_means(LONG, ["all"], values[:, None], ones, units).iloc[0]
        hits += one["low"] <= 0 <= one["high"]
    return hits / samples


@pytest.mark.parametrize("count", [1, 3, 12, 25])
def test_an_interval_holds_the_truth_as_often_as_it_says_where_dyads_of_a_centre_are_as_alike_as_is_assumed(count):
    assert 0.917 <= held(count, 16, ALIKENESS, count) <= 0.99, (
        "three errors of 400 samples; a little too wide is allowed"
    )


def test_with_dyads_that_are_more_alike_than_assumed_the_centres_at_hand_tell_it_in_the_end():
    assert held(19, 16, 0.3, 5, 200) > held(2, 16, 0.3, 5, 200) > 0.5


def test_one_dyad_that_has_a_say_is_too_few_for_an_interval():
    values, cases = np.zeros((30, 1)), np.zeros((30, 1))
    values[:2, 0], cases[:2] = (3, 5), 1
    values[2:], cases[2:] = 0, 0
    one = estimated_means(LONG, ["all"], values, cases, units_of(dyads(30, 16))).iloc[0]
    assert one["interval"].startswith("no interval: too few dyads have a say")
    assert np.isnan(one["low"])


def test_a_median_which_no_single_dyad_moves_has_an_interval():
    days = np.repeat([5, 9, 30], [25, 10, 25])
    counts = np.equal.outer(days, np.arange(40)).astype(float)

    def median(sums):
        return (np.cumsum(sums, axis=-1) >= sums.sum(axis=-1, keepdims=True) / 2).argmax(axis=-1)

    one = estimated(LONG, ["all"], counts, median, [60], units_of(dyads(60, 4))).iloc[0]
    assert (one["estimate"], one["interval"][:9]) == (9, "bootstrap")
    assert one["low"] <= 9 <= one["high"]


def test_a_share_of_few_dyads_has_no_interval_where_it_takes_more():
    hits = np.tile([0.0, 1.0], 8)[:, None]
    one = estimated_shares(SOME._replace(least=64), ["all"], hits, np.ones_like(hits), units_of(dyads(16, 16))).iloc[0]
    assert one["interval"] == "no interval: it takes at least 64 dyads; see --replicates"
    assert np.isnan(one["low"])


def test_a_correlation_and_a_probability_stay_what_they_can_be():
    values = np.arange(6.0)
    parts = moments(values, values + np.array([0, 0.1, 0, -0.1, 0, 0.1]))
    one = estimated(Measure("c", "correlation", "m"), ["all"], parts, correlation, [6], units_of(dyads(6, 6))).iloc[0]
    assert -1 <= one["low"] <= one["estimate"] <= one["high"] <= 1


def test_dyads_of_a_centre_that_are_alike_tell_less_than_dyads_that_are_not():
    alike = share(np.repeat([0, 1] * 20, 10), 10)
    mixed = share(np.tile([0, 1], 200), 10)
    assert alike["high"] - alike["low"] > 0.25
    assert mixed["interval"] == "no interval: every draw gives the same"


@pytest.mark.parametrize("everybody", [0, 1])
def test_a_share_of_nobody_or_everybody_has_the_interval_of_wilson(everybody):
    one = share([everybody] * 30)
    assert one["estimate"] == everybody
    assert one["interval"] == "Wilson, over 30 centres"
    assert abs(one["high"] - one["low"]) == pytest.approx(1.96**2 / (30 + 1.96**2), abs=1e-3)


def test_one_dyad_has_an_estimate_but_no_interval():
    one = share([1])
    assert one["estimate"] == 1
    assert np.isnan(one["low"])
    assert one["interval"].startswith("no interval")


def test_what_cannot_be_computed_is_missing_and_says_so():
    table = estimated_means(SOME, ["all"], np.zeros((5, 1)), np.zeros((5, 1)), units_of(dyads(5)))
    assert np.isnan(row(table, "some", "all")["estimate"])
    assert row(table, "some", "all")["interval"].startswith("not estimated")


def test_draws_in_which_it_cannot_be_computed_are_counted():
    hits, cases = np.zeros((40, 1)), np.zeros((40, 1))
    hits[0], cases[:3] = 1, 1
    words = estimated_means(SOME, ["all"], hits, cases, units_of(dyads(40))).iloc[0]["interval"]
    count = int(words.split("undefined in ")[1].split()[0])
    assert 0.02 < count / 1000 < 0.08, "(37/40)^40 = .04 of the draws hold none"


def test_the_same_seed_gives_the_same_interval_and_another_moves_it_little():
    values = np.random.default_rng(0).normal(size=(200, 1))

    def low(seed):
        return estimated_means(REAL, ["all"], values, np.ones_like(values), units_of(dyads(200), seed))["low"][0]

    assert low(0) == low(0)
    assert low(0) != low(1)
    assert low(0) == pytest.approx(low(1), abs=0.02)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=30))
def test_the_correlation_is_the_ordinary_one(pairs):
    x, y = np.array(pairs).T
    got = correlation(moments(x, y).sum(axis=0))
    if x.std() < 1e-3 or y.std() < 1e-3:
        return
    assert got == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-9)


def test_what_does_not_vary_correlates_with_nothing():
    with np.errstate(all="ignore"):
        assert np.isnan(correlation(moments(np.full(9, 0.1), np.arange(9.0)).sum(axis=0)))


@given(st.permutations(range(30)))
def test_the_order_of_the_dyads_changes_no_estimate_and_no_interval(order):
    rng = np.random.default_rng(0)
    table, values = dyads(30), rng.normal(size=(30, 2))

    def of(order):
        order = np.asarray(order)
        units = units_of(table.iloc[order])
        return estimated(SOME, ["all"], moments(*values[order].T), correlation, [30], units).iloc[0, 2:5].astype(float)

    assert np.allclose(of(order), of(range(30)), atol=1e-12)


def test_three_columns_correlate_pairwise():
    values = np.random.default_rng(0).normal(size=(50, 3))
    assert np.allclose(correlations(moments(*values.T).sum(axis=0), 3), np.corrcoef(values.T))
