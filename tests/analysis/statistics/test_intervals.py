"""Intervals and the bootstrap: they are those of other libraries, and their examples hold."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from twoway.analysis.statistics import bootstrap, intervals
from twoway.analysis.statistics.bootstrap import resampling_weights
from twoway.analysis.statistics.intervals import (
    clustered_share_interval,
    percentile_interval,
    student_interval,
    wilson_interval,
    wilson_interval_of_count,
)

SHARES = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SHARES, st.sampled_from([0.8, 0.95, 0.99]))
def test_both_forms_of_wilsons_interval_agree_and_hold_the_share(case, confidence):
    hits, n = case
    low, high = wilson_interval(np.array(hits / n), n, confidence)
    assert (float(low), float(high)) == pytest.approx(wilson_interval_of_count(hits, n, confidence), abs=1e-12)
    assert 0 <= low <= hits / n <= high <= 1


def test_students_interval_is_that_of_a_t_test():
    values = np.random.default_rng(0).normal(2, 3, (12, 4))
    mine = student_interval(values, 0.9)
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert mine.low == pytest.approx(theirs.low)
    assert mine.high == pytest.approx(theirs.high)
    assert mine.mean == pytest.approx(values.mean(axis=0))


@given(st.integers(1, 50), st.integers(1, 20), st.integers(0, 3))
def test_every_bootstrap_sample_has_as_many_units_and_the_seed_decides_them(units, draws, seed):
    weights = resampling_weights(units, draws, seed)
    assert weights.shape == (draws, units)
    assert (weights.sum(axis=1) == units).all()
    assert np.array_equal(weights, resampling_weights(units, draws, seed))


def test_units_are_taken_as_often_as_in_drawing_with_replacement():
    weights = resampling_weights(20, 20_000)
    assert weights.mean() == pytest.approx(1)
    assert weights.var() == pytest.approx(1 - 1 / 20, abs=0.02)


def test_a_percentile_interval_leaves_its_share_of_the_draws_outside_at_each_end():
    draws = np.random.default_rng(1).normal(size=(1000, 3))
    low, high = percentile_interval(draws, 0.1)
    assert ((draws < low).mean(axis=0) == 0.1).all()
    assert ((draws > high).mean(axis=0) == 0.1).all()


def test_missing_draws_are_left_out_only_where_that_is_asked_for():
    draws = np.append(np.arange(101.0), np.nan)
    assert np.isnan(percentile_interval(draws, 0.05)).all()
    assert percentile_interval(draws, 0.05, skip_missing=True) == (5.0, 95.0)


def test_infinite_draws_can_be_an_end():
    low, high = percentile_interval([1.0, 2.0, np.inf, np.inf], 0.1, method="nearest")
    assert (low, high) == (1.0, np.inf)


def test_the_examples_in_the_docstrings_hold():
    for module in (bootstrap, intervals):
        assert doctest.testmod(module).failed == 0


clusters = arrays(np.int64, st.tuples(st.integers(1, 30), st.just(3)), elements=st.integers(0, 20)).filter(
    lambda counts: counts.sum() > 0
)


@given(clusters)
def test_an_interval_of_clustered_shares_holds_the_share_and_lies_within_0_and_1(counts):
    low, high = clustered_share_interval(counts)
    share = counts.sum(axis=0) / counts.sum()
    assert (low >= 0).all()
    assert (low <= share + 1e-12).all()
    assert (share <= high + 1e-12).all()
    assert (high <= 1).all()


@given(clusters)
def test_clustered_cases_are_never_worth_more_than_independent_ones(counts):
    low, high = clustered_share_interval(counts)
    narrow, wide = wilson_interval(counts.sum(axis=0) / counts.sum(), int(counts.sum()))
    assert (low <= narrow + 1e-12).all()
    assert (high >= wide - 1e-12).all()


@given(clusters)
def test_the_order_of_clusters_does_not_matter(counts):
    one, other = clustered_share_interval(counts), clustered_share_interval(counts[::-1])
    np.testing.assert_allclose(one, other, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("clusters", "alike"), [(4, 0.02), (4, 0.1), (20, 0.02), (20, 0.1)])
def test_nineteen_of_twenty_intervals_hold_the_share_of_cases_that_resemble_each_other(clusters, alike):
    """Beta-binomial cases, 16 in a cluster, at a quarter: the limits leave room for 1,000 draws and small samples."""
    rng = np.random.default_rng(20)
    a = 0.25 * (1 - alike) / alike
    hits = rng.binomial(16, rng.beta(a, 3 * a, (1000, clusters)))
    ends = [clustered_share_interval(np.stack([one, 16 - one], axis=1)) for one in hits]
    covered = np.mean([low[0] <= 0.25 <= high[0] for low, high in ends])
    assert 0.92 <= covered <= 0.995
