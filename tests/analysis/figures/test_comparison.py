"""What the figures of a comparison draw, from small tables; never how many pixels it takes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch, Rectangle
from tests.analysis.figures.examples import codes, days_of_both, of_comparison
from tests.support.drawn import assert_all_is_on_the_page, words

from twoway.analysis.figures.comparison import differences_figure, moves_figure, two_contexts_by_day
from twoway.analysis.figures.style import PATTERN_COLOURS, PATTERN_HATCHES
from twoway.analysis.measures.paired_patterns import pattern_differences, pattern_moves
from twoway.analysis.patterns import PATTERNS
from twoway.simulation import SCOPE

CODES = st.tuples(*[arrays.arrays(np.int8, (4, 6), elements=st.integers(0, 2))] * 2)
LONG = "ordinary@30:context.control=5,context.formality=0.6@60:strict-but-fair"


@settings(max_examples=15)
@given(CODES)
def test_bands_are_as_wide_as_the_moves_and_bars_as_high_as_the_shares(pair):
    table = of_comparison(pattern_moves, pair)
    axes = moves_figure(table, "here").axes[0]
    names = {colour.lower(): name for name, colour in PATTERN_COLOURS.items()}
    bands = [patch for patch in axes.patches if isinstance(patch, PathPatch)]
    drawn = []
    for band in bands:
        corners = band.get_path().vertices
        width = corners[0, 1] - corners[7, 1]
        assert width == pytest.approx(corners[3, 1] - corners[4, 1]), "as wide at the one end as at the other"
        drawn.append((names[to_hex(band.get_facecolor()[:3])], round(width, 9)))
    moved = table[table["dyads"] > 0]
    assert sorted(drawn) == sorted(zip(moved["first"], moved["share"].round(9), strict=True))
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    for side, axis in ((bars[:3], "first"), (bars[3:], "then")):
        totals = table.groupby(axis)["share"].sum().loc[list(PATTERNS)]
        assert [bar.get_height() for bar in side] == pytest.approx(list(totals))
        assert [bar.get_hatch() or "" for bar in side] == [PATTERN_HATCHES[p] for p in PATTERNS]


def test_who_moves_stands_out_from_who_stays():
    axes = moves_figure(of_comparison(pattern_moves, codes()), "here").axes[0]
    bands = [patch for patch in axes.patches if isinstance(patch, PathPatch)]
    stays = [band.get_alpha() for band in bands if band.get_edgecolor()[3] == 0]
    assert len(bands) == 9
    assert len(stays) == 3
    assert max(stays) < min(band.get_alpha() for band in bands if band.get_edgecolor()[3] > 0)


@settings(max_examples=10)
@given(CODES)
def test_whiskers_reach_over_the_intervals_and_numbers_say_the_same(pair):
    table = of_comparison(pattern_differences, pair)
    figure = differences_figure(table, "here", 4)
    axes = figure.axes[0]
    lines = [line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_linestyle() == "-"]
    spans = [tuple(line.get_xdata()) for line in lines]
    assert spans == list(zip(table["low"], table["high"], strict=True))
    low, high = axes.get_xlim()
    assert low == -high, "no difference is in the middle"
    assert low <= table["low"].min()
    assert table["high"].max() <= high
    for row in table.itertuples():
        assert any(text.startswith(f"{100 * row.difference:+.1f}") for text in words(figure))


def test_both_contexts_are_drawn_in_every_panel_and_told_apart_without_colour():
    days = days_of_both()
    figure = two_contexts_by_day(days)
    for axes, pattern in zip(figure.axes, PATTERNS, strict=True):
        drawn = [line for line in axes.lines if len(line.get_xdata()) == 20]
        assert len(drawn) == 2
        for line, name in zip(drawn, ("here", "there"), strict=True):
            assert list(line.get_ydata()) == list(days.loc[days["scenario"] == name, pattern])
        assert drawn[0].get_linestyle() != drawn[1].get_linestyle()
    assert "32 dyads" in " ".join(words(figure))


@pytest.mark.parametrize(("reforms", "marked"), [([], []), ([7], [7]), ([12, 7, 7], [7, 12]), ([21], [])])
def test_each_morning_of_a_policy_change_is_marked_once_if_it_is_within_the_stay(reforms, marked):
    figure = two_contexts_by_day(days_of_both(), reforms)
    for axes in figure.axes:
        assert [text.get_text() for text in axes.texts] == [f"policy change, day {day}" for day in marked]
        assert [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == ":"] == marked


@pytest.mark.slow
@pytest.mark.parametrize("name", ["there", LONG])
def test_every_word_is_on_the_page_however_long_the_names(name):
    pair = codes()
    assert_all_is_on_the_page(moves_figure(of_comparison(pattern_moves, pair, name), LONG))
    many = [of_comparison(pattern_differences, pair, f"{name} {i}") for i in range(4)]
    assert_all_is_on_the_page(differences_figure(pd.concat(many), LONG, 10))
    assert_all_is_on_the_page(two_contexts_by_day(days_of_both((LONG, f"{name} ")), [5]))


def test_every_figure_says_what_it_is_not():
    pair = codes()
    for figure in (
        moves_figure(of_comparison(pattern_moves, pair), "here"),
        differences_figure(of_comparison(pattern_differences, pair), "here", 10),
        two_contexts_by_day(days_of_both()),
    ):
        assert SCOPE.split()[-1] in " ".join(words(figure))
