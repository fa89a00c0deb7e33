"""What the figures of patterns draw, from small tables; never how many pixels it takes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from tests.support.drawn import assert_all_is_on_the_page, caption, heights, only

from twoway.analysis.figures.dyad_portrait import dyad_portrait
from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.patterns import patterns_by_day, where_dyads_stand
from twoway.analysis.figures.style import PATTERN_COLOURS
from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS, Thresholds, by_day, shares, with_patterns
from twoway.simulation import SCOPE
from twoway.simulation.parameters.scenario import load
from twoway.simulation.tables import run

TONE = st.floats(0, 4.3)
FRIENDLY, POLITE, AMBIVALENT = PATTERNS


@pytest.fixture(scope="module")
def tables():
    """Two replicates of four centres, a week and a half each."""
    return run(load("four-centres", {"design.days": 10, "context.turnover": 4}), replicates=2)


def ends(rows, centres=1):
    """A table of dyads from rows of client's good and bad tone and keyworker's good and bad tone."""
    columns = ["client_positivity", "client_negativity", "keyworker_positivity", "keyworker_negativity"]
    table = pd.DataFrame(rows, columns=columns, dtype=float)
    return table.assign(replicate=0, centre=np.arange(len(table)) % centres, dyad=np.arange(len(table)) // centres)


def points(axes):
    """The points of a panel by the colour of their pattern."""
    names = {colour.lower(): name for name, colour in PATTERN_COLOURS.items()}
    return {
        names[to_hex(some.get_facecolor()[0])]: np.asarray(some.get_offsets())
        for some in axes.collections
        if hasattr(some, "get_sizes") and len(some.get_offsets())
    }


def bars(axes):
    """The lengths of a panel's bars, from the uppermost to the lowest."""
    patches = sorted((bar for bar in axes.patches), key=lambda bar: -bar.get_y())
    return [bar.get_width() for bar in patches]


# Where the dyads end


@pytest.mark.slow
@settings(max_examples=10)
@given(st.lists(st.tuples(TONE, TONE, TONE, TONE), min_size=1, max_size=30), st.integers(1, 4))
def test_every_dyad_is_one_point_for_each_party_where_its_tone_is(rows, centres):
    table = with_patterns(ends(rows, centres))
    client, keyworker, _ = where_dyads_stand(table).axes
    for axes, party in ((client, "client"), (keyworker, "keyworker")):
        drawn = points(axes)
        assert sum(map(len, drawn.values())) == len(rows)
        for name, some in table.groupby("pattern", observed=True):
            expected = some[[f"{party}_positivity", f"{party}_negativity"]].to_numpy()
            assert np.array_equal(drawn[name], expected)
        low, high = axes.get_xlim()
        assert low <= table[f"{party}_positivity"].min()
        assert table[f"{party}_positivity"].max() < high
        low, high = axes.get_ylim()
        assert low < table[f"{party}_negativity"].min()
        assert table[f"{party}_negativity"].max() < high


@pytest.mark.slow
@settings(max_examples=10)
@given(st.lists(st.tuples(TONE, TONE, TONE, TONE), min_size=1, max_size=30), st.integers(1, 4))
def test_bars_are_as_long_as_the_shares_and_whiskers_reach_over_the_intervals(rows, centres):
    table = ends(rows, centres)
    summary, right = shares(table), where_dyads_stand(table).axes[2]
    assert bars(right) == list(summary["share"])
    (whiskers,) = (lines for lines in right.collections if hasattr(lines, "get_segments"))
    for (start, end), row in zip(whiskers.get_segments(), summary.itertuples(), strict=True):
        assert (start[0], end[0]) == pytest.approx((row.low, row.high))
    assert right.get_xlim() == (0, 1)
    labels = [text.get_text() for text in right.texts]
    assert labels == [f"{row.Index}: {row.dyads} ({row.share:.0%})" for row in summary.itertuples()]


@pytest.mark.parametrize(
    ("dyads", "centres", "expected"),
    [(1, 1, "1 dyad of 1 centre,"), (2, 1, "2 dyads of 1 centre,"), (7, 3, "7 dyads of 3 centres,")],
)
def test_the_caption_says_how_many_dyads_and_centres_it_rests_on(dyads, centres, expected):
    text = caption(where_dyads_stand(ends([(1, 0, 1, 0)] * dyads, centres)))
    assert text.startswith(expected)
    assert text.endswith(SCOPE)


def test_the_caption_says_whether_the_likeness_within_centres_is_assumed_or_seen():
    assert "0.06 assumed)" in caption(where_dyads_stand(ends([(1, 0, 1, 0)] * 4, 1)))
    assert "by the 20 centres at hand" in caption(where_dyads_stand(ends([(1, 0, 1, 0)] * 40, 20)))


def test_the_dotted_lines_are_the_thresholds_that_made_the_patterns():
    table = ends([(0.8, 0.4, 0.8, 0.4), (0.8, 0.6, 0.8, 0.0)])
    left, middle, right = where_dyads_stand(table, replace(DEFAULT_RULE, thresholds=Thresholds(0.7, 0.5))).axes
    for axes in (left, middle):
        dotted = {(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if line.get_linestyle() == ":"}
        assert dotted == {(0.7, 0), (0, 0.5)}
        assert set(points(axes)) == {FRIENDLY, AMBIVALENT}
    assert bars(right) == [0.5, 0, 0.5]


@pytest.mark.parametrize(
    ("tones", "dyads"), [((2, 0, 2, 0), 9), ((0, 0, 0, 0), 1), ((0, 0, 0, 0), 9), ((2, 2, 2, 2), 1)]
)
def test_dyads_that_all_end_alike_can_be_drawn(tones, dyads):
    figure = where_dyads_stand(ends([tones] * dyads, min(3, dyads)))
    assert_all_is_on_the_page(figure)
    assert sorted(bars(figure.axes[2])) == [0, 0, 1]


def test_drawing_changes_no_table(tables):
    before = [table.copy() for table in tables]
    where_dyads_stand(tables.dyads)
    patterns_by_day(tables.days)
    dyad_portrait(*tables)
    for table, was in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, was)


# Patterns by day


def test_each_area_is_as_high_as_the_share_of_its_pattern_on_every_day(tables):
    (axes,) = patterns_by_day(tables.days).axes
    table = by_day(tables.days)
    for day in range(1, 11):
        today = table.loc[table["day"] == day, "pattern"]
        assert heights(axes.collections, day) == pytest.approx([(today == name).mean() for name in PATTERNS])
    assert [to_hex(area.get_facecolor()[0]) for area in axes.collections] == [
        PATTERN_COLOURS[name].lower() for name in PATTERNS
    ]
    assert axes.get_xlim() == (1, 10)
    assert axes.get_ylim() == (0, 1)


def test_the_patterns_of_the_last_day_are_named_with_their_shares(tables):
    (axes,) = patterns_by_day(tables.days).axes
    last = by_day(tables.days[tables.days["day"] == 10])["pattern"].value_counts(normalize=True)
    assert {text.get_text() for text in axes.texts} == {
        f"{name}\n{last[name]:.0%}" for name in PATTERNS if last[name] > 0
    }


def test_the_caption_says_how_many_dyads_were_followed(tables):
    assert caption(patterns_by_day(tables.days)).startswith("32 dyads.")
    first = tables.days[(tables.days["replicate"] == 0) & (tables.days["centre"] == 2)]
    assert caption(patterns_by_day(first)).startswith("4 dyads.")
    assert caption(patterns_by_day(first[first["dyad"] == 3])).startswith("1 dyad.")


def test_other_thresholds_draw_other_areas(tables):
    (axes,) = patterns_by_day(tables.days, replace(DEFAULT_RULE, thresholds=Thresholds(0.0, 99.0))).axes
    assert heights(axes.collections, 10) == [1, 0, 0]


@pytest.mark.parametrize("days", [1, 2, 10])
@pytest.mark.parametrize("dyads", ["one", "all"])
def test_few_days_and_few_dyads_can_be_drawn(tables, days, dyads):
    some = (
        only(tables, 0, 1, 2, days) if dyads == "one" else tables._replace(days=tables.days[tables.days["day"] <= days])
    )
    assert_all_is_on_the_page(patterns_by_day(some.days))


def test_the_sentences_hold_the_numbers_that_are_drawn(tables):
    sentence = alt_text(where_dyads_stand(tables.dyads))
    for row in shares(tables.dyads).itertuples():
        assert f"{row.dyads} ({row.share:.0%}, interval {row.low:.0%} to {row.high:.0%}) {row.Index}" in sentence
    sentence = alt_text(patterns_by_day(tables.days))
    last = by_day(tables.days[tables.days["day"] == 10])["pattern"].value_counts(normalize=True)
    for name in PATTERNS:
        assert f"{last[name]:.0%} are {name}" in sentence
