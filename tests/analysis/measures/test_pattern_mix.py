"""The mix of patterns on a day, from tones whose patterns are known."""

from itertools import product
from math import comb

import numpy as np
import pytest
from tests.support.handmade import panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.pattern_mix import all_three, mix
from twoway.analysis.patterns import PATTERNS


def mix_of(kinds):
    """The mix of dyads that are of these kinds: 0 friendly, 1 polite, 2 conflicted on the client's side alone."""
    kinds = np.asarray(kinds)
    negativity = np.zeros((2, len(kinds), 1))
    negativity[0, kinds == 2] = 1.0
    rating = np.where(kinds == 1, 0.2, 2.0)[None, :, None].repeat(2, axis=0)
    view = panel_of(rating, negativity=negativity)
    return mix(view, (1, 1), units_of(view.dyads))


def test_shares_are_counted_and_sum_to_one():
    table = mix_of([0] * 10 + [1] * 25 + [2] * 5)
    assert [row(table, "pattern_share", p)["estimate"] for p in PATTERNS] == [0.25, 0.625, 0.125]
    assert row(table, "same_class", "all")["estimate"] == 0.875


def test_whether_a_small_study_finds_all_three_is_the_chance_that_none_is_missing():
    ways = sum(
        comb(10, a) * comb(25, b) * comb(5, 16 - a - b) for a, b in product(range(1, 15), repeat=2) if a + b < 16
    )
    expected = ways / comb(40, 16)
    got = row(mix_of([0] * 10 + [1] * 25 + [2] * 5), "all_three_patterns", "all")
    assert got["estimate"] == pytest.approx(expected)
    assert got["low"] < expected < got["high"]


@pytest.mark.parametrize("dyads", [32, 80])
def test_however_few_dyads_there_are_the_chance_to_find_all_three_is_right_on_average(dyads):
    share = np.array([0.05, 0.35, 0.6])
    truth = 1 - ((1 - share) ** 16).sum() + (share**16).sum()
    counts = np.random.default_rng(1).multinomial(dyads, share, size=20_000)
    assert all_three(counts.astype(float)).mean() == pytest.approx(truth, abs=0.01)


def test_one_study_alone_says_nothing_of_how_often_all_three_are_found():
    assert np.isnan(all_three(np.array([6.0, 5.0, 5.0])))
    told = row(mix_of([0] * 6 + [1] * 5 + [2] * 5), "all_three_patterns", "all")
    assert told["interval"] == "not estimated: it takes at least 32 dyads, two such studies; see --replicates"


def test_a_pattern_that_is_not_there_is_found_by_no_study():
    assert row(mix_of([0] * 20 + [1] * 20), "all_three_patterns", "all")["estimate"] == pytest.approx(0)
