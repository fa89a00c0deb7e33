"""Lasting: kappa and spells of patterns that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tests.support.handmade import panel_of, row

from twoway.analysis.measures.estimates import units_alone
from twoway.analysis.measures.lasting import FROM, LATER, daily_patterns, lasting, retest, spell_lengths, spells
from twoway.analysis.patterns import PATTERNS

patterns = arrays.arrays(np.int8, st.tuples(st.integers(1, 4), st.integers(2, 20)), elements=st.integers(0, 2))


def of(codes, what, measure, group="all"):
    return row(what(np.asarray(codes, np.int8), units_alone(len(codes), "dyads")), measure, group)


def test_the_first_month_is_left_out():
    view = panel_of(np.zeros((2, 2, 180)))
    assert daily_patterns(view).shape == (2, 180 - FROM + 1)


def test_kappa_is_what_is_agreed_beyond_chance():
    """Of four dyads three are the same a month later; the shares of the patterns then are 2:2 and 1:3."""
    codes = np.zeros((4, LATER + 1), np.int8)
    codes[2:] = 1
    codes[0, -1] = 1
    chance = 0.5 * 0.25 + 0.5 * 0.75
    assert of(codes, retest, "pattern_retest", "found")["estimate"] == pytest.approx(0.75)
    assert of(codes, retest, "pattern_retest", "by chance")["estimate"] == pytest.approx(chance)
    assert of(codes, retest, "pattern_retest_kappa")["estimate"] == pytest.approx((0.75 - chance) / (1 - chance))


def test_patterns_drawn_anew_every_day_have_no_kappa_and_lasting_ones_a_kappa_of_one():
    rng = np.random.default_rng(1)
    assert of(rng.integers(0, 3, (300, 90)), retest, "pattern_retest_kappa")["estimate"] == pytest.approx(0, abs=0.02)
    same = np.repeat(np.arange(3), 10)[:, None].repeat(90, axis=1)
    assert of(same, retest, "pattern_retest_kappa")["estimate"] == 1


def test_spells_that_begin_are_listed_and_the_last_is_not_seen_to_end():
    found = spells(np.array([[0, 0, 1, 1, 1, 2], [1, 1, 1, 1, 1, 1], [0, 2, 2, 2, 2, 2]], np.int8))
    assert found.to_numpy().tolist() == [[0, 1, 3, True], [0, 2, 1, False], [2, 2, 5, False]]


@given(patterns)
def test_spells_fill_the_days_after_the_first_change(codes):
    found = spells(codes)
    for dyad, course in enumerate(codes):
        change = np.flatnonzero(np.diff(course))
        own = found[found["row"] == dyad]
        assert own["days"].sum() == (len(course) - 1 - change[0] if len(change) else 0)
        assert own["ended"].sum() == max(0, len(change) - 1)


def test_the_median_takes_spells_cut_short_as_at_least_so_long():
    """Spells of polite: 2 and 4 days, and one of 3 or more; half are left after 4 by the product-limit estimate."""
    codes = [[0, 1, 1, 0, 0, 0, 0], [0, 1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1, 1]]
    found = of(codes, spell_lengths, "pattern_spell", PATTERNS[1])
    assert found["estimate"] == 4
    assert found["n"] == 3
    assert of(codes, spell_lengths, "pattern_spell_censored", PATTERNS[1])["estimate"] == pytest.approx(1 / 3)


def test_where_no_spell_is_seen_to_end_the_median_is_the_longest_seen():
    codes = [[0, 1, 1, 1, 1], [0, 0, 1, 1, 1]]
    assert of(codes, spell_lengths, "pattern_spell", PATTERNS[1])["estimate"] == 4
    assert of(codes, spell_lengths, "pattern_spell", PATTERNS[2])["interval"].startswith("not estimated")


@pytest.mark.parametrize("days", [20, 31, 70])
def test_changes_are_counted_from_the_second_month_on(days):
    rating = np.where(np.arange(days) % 2, 2.0, 0.0)[None, None].repeat(2, axis=0)
    found = row(lasting(panel_of(rating), units_alone(1, "dyads")), "pattern_changes", "all")
    assert found["estimate"] == pytest.approx(days - FROM if days > FROM else np.nan, nan_ok=True)
