"""Numbers about the same dyads in two contexts: intervals cover, moves add up, ratios say what they claim."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from twoway.analysis.measures.paired_patterns import (
    largest_variance_ratio,
    pattern_differences,
    pattern_moves,
    shares_of,
    variance_ratio,
    widest_half_width,
)
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.statistics.intervals import student_interval

PAIRS = st.tuples(st.integers(2, 12), st.integers(1, 8)).flatmap(
    lambda shape: st.tuples(*[arrays.arrays(np.int8, shape, elements=st.integers(0, 2))] * 2)
)


@given(PAIRS)
def test_moves_count_every_dyad_once(pair):
    first, other = pair
    table = pattern_moves(first, other)
    assert len(table) == 9
    assert table["dyads"].sum() == first.size
    assert table["share"].sum() == pytest.approx(1)
    for axis, codes in (("first", first), ("then", other)):
        for p, name in enumerate(PATTERNS):
            assert table.loc[table[axis] == name, "dyads"].sum() == (codes == p).sum()
    from_somewhere = table.groupby("first")["of_first"].sum(min_count=3).dropna()
    assert from_somewhere.to_numpy() == pytest.approx(1)


def test_moves_go_from_the_first_to_the_other():
    table = pattern_moves(np.array([[0, 0, 2]], np.int8), np.array([[0, 2, 2]], np.int8)).set_index(["first", "then"])
    assert table.loc[("friendly and trustful", "ambivalent and conflicted"), "dyads"] == 1
    assert table.loc[("ambivalent and conflicted", "friendly and trustful"), "dyads"] == 0
    assert table.loc[("friendly and trustful", "friendly and trustful"), "of_first"] == 0.5


@given(PAIRS)
def test_differences_of_the_three_patterns_sum_to_nothing_and_lie_in_their_intervals(pair):
    table = pattern_differences(*pair)
    assert table["difference"].sum() == pytest.approx(0, abs=1e-12)
    assert table["difference"].to_numpy() == pytest.approx((table["share"] - table["share_first"]).to_numpy())
    assert (table["low"] <= table["difference"]).all()
    assert (table["difference"] <= table["high"]).all()
    assert widest_half_width(*pair) == pytest.approx((table["high"] - table["low"]).max() / 2)


def test_nothing_differs_from_itself():
    codes = np.random.default_rng(0).integers(0, 3, (30, 8)).astype(np.int8)
    table = pattern_differences(codes, codes)
    assert (table[["difference", "low", "high"]] == 0).all(axis=None)
    assert np.isinf(table["variance_ratio"]).all()
    assert widest_half_width(codes, codes) == 0


def test_the_interval_is_students_paired_one():
    here, there = np.random.default_rng(1).normal(size=(2, 17))
    mean, low, high = student_interval(there - here)
    theirs = stats.ttest_rel(there, here).confidence_interval(0.95)
    assert (low, high) == pytest.approx((theirs.low, theirs.high))
    assert mean == pytest.approx((there - here).mean())


@pytest.mark.parametrize("shift", [0.0, 0.4])
def test_intervals_of_fixed_size_cover_as_often_as_they_say(shift):
    draws = np.random.default_rng(2)
    chance, moved = draws.random((4000, 40, 16)), draws.random((4000, 40, 16)) < shift / 2
    values = np.where(moved, 1.0, 0.0).mean(axis=2) - np.where(chance < 0.05, 1.0, 0.0).mean(axis=2)
    truth = shift / 2 - 0.05
    covered = np.mean([low <= truth <= high for _, low, high in map(student_interval, values)])
    assert 0.935 < covered < 0.965


def test_stopping_by_width_leaves_the_intervals_nearly_as_good_as_they_say():
    """At least 40 replicates, then 20 at a time until the half-width is .02, as the comparison does."""
    draws, covered, truth = np.random.default_rng(3), [], 0.1
    for _ in range(1500):
        values = draws.binomial(16, truth, 600) / 16
        made = next(n for n in range(40, 601, 20) if (i := student_interval(values[:n])).high - i.mean <= 0.02)
        _, low, high = student_interval(values[:made])
        covered.append(low <= truth <= high)
    assert 0.925 < np.mean(covered) < 0.97


@pytest.mark.parametrize("shared", [0.0, 0.5, 0.9])
def test_the_variance_ratio_is_that_of_what_is_not_shared(shared):
    draws = np.random.default_rng(4)
    common, here, there = draws.normal(size=(3, 20_000, 1))
    first, other = (np.sqrt(shared) * common + np.sqrt(1 - shared) * own for own in (here, there))
    ratio, low, high = (float(x[0]) for x in variance_ratio(first, other, draws=200))
    assert low <= ratio <= high
    assert ratio == pytest.approx(1 / (1 - shared), rel=0.06)


@given(PAIRS)
def test_no_pairing_narrows_a_difference_more_than_is_possible(pair):
    first, other = map(shares_of, pair)
    ratio, most = variance_ratio(first, other, draws=2).mean, largest_variance_ratio(first, other)
    assert (ratio <= most * (1 + 1e-6)).all()
