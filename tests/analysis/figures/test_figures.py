"""What the figures draw, from small tables; never how many pixels it takes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.text import Text

from analysis.figures.drawing import PATTERN_COLOURS, PATTERN_HATCHES, PATTERN_MARKERS, SCOPE, frame_colours
from analysis.figures.dyads import dyad_story
from analysis.figures.patterns import patterns_by_day, where_dyads_end
from analysis.patterns import PATTERNS, Thresholds, by_day, shares, with_patterns
from simulation.scenario import load
from simulation.tables import run

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


def only(tables, replicate, centre, dyad, days=None):
    """The tables of one dyad alone, perhaps of its first days alone."""

    def of(table):
        mine = table[(table["replicate"] == replicate) & (table["centre"] == centre) & (table["dyad"] == dyad)]
        return mine if days is None or "day" not in mine else mine[mine["day"] <= days]

    return type(tables)(*map(of, tables))


def words(figure):
    """All texts of a figure that can be seen."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def caption(figure):
    """The text below a figure, in one line."""
    return " ".join(next(text for text in words(figure) if SCOPE.split()[-1] in text).split())


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


def heights(areas, day):
    """How high each stacked area is at a day."""
    found = []
    for area in areas:
        corners = area.get_paths()[0].vertices
        at = corners[corners[:, 0] == day, 1]
        found.append(at.max() - at.min())
    return found


def assert_all_is_on_the_page(figure):
    """Draw the figure, and assert that no word is cut off at its edges."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text():
            box = text.get_window_extent(canvas.get_renderer())
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height
            assert inside, f"cut off: {text.get_text()!r}"


# Where the dyads end


@settings(max_examples=10)
@given(st.lists(st.tuples(TONE, TONE, TONE, TONE), min_size=1, max_size=30), st.integers(1, 4))
def test_every_dyad_is_one_point_for_each_party_where_its_tone_is(rows, centres):
    table = with_patterns(ends(rows, centres))
    client, keyworker, _ = where_dyads_end(table).axes
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


@settings(max_examples=10)
@given(st.lists(st.tuples(TONE, TONE, TONE, TONE), min_size=1, max_size=30), st.integers(1, 4))
def test_bars_are_as_long_as_the_shares_and_whiskers_reach_over_the_intervals(rows, centres):
    table = ends(rows, centres)
    summary, right = shares(table), where_dyads_end(table).axes[2]
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
    text = caption(where_dyads_end(ends([(1, 0, 1, 0)] * dyads, centres)))
    assert text.startswith(expected)
    assert "over dyads" in text
    assert text.endswith(SCOPE)


def test_the_caption_says_when_whole_centres_were_drawn_again():
    assert "over centres" in caption(where_dyads_end(ends([(1, 0, 1, 0)] * 40, 20)))


def test_the_dotted_lines_are_the_thresholds_that_made_the_patterns():
    table = ends([(0.8, 0.4, 0.8, 0.4), (0.8, 0.6, 0.8, 0.0)])
    left, middle, right = where_dyads_end(table, Thresholds(0.7, 0.5)).axes
    for axes in (left, middle):
        dotted = {(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if line.get_linestyle() == ":"}
        assert dotted == {(0.7, 0), (0, 0.5)}
        assert set(points(axes)) == {FRIENDLY, AMBIVALENT}
    assert bars(right) == [0.5, 0, 0.5]


@pytest.mark.parametrize(
    ("tones", "dyads"), [((2, 0, 2, 0), 9), ((0, 0, 0, 0), 1), ((0, 0, 0, 0), 9), ((2, 2, 2, 2), 1)]
)
def test_dyads_that_all_end_alike_can_be_drawn(tones, dyads):
    figure = where_dyads_end(ends([tones] * dyads, min(3, dyads)))
    assert_all_is_on_the_page(figure)
    assert sorted(bars(figure.axes[2])) == [0, 0, 1]


def test_patterns_are_told_apart_without_colour():
    for marks in (PATTERN_COLOURS, PATTERN_HATCHES, PATTERN_MARKERS):
        assert list(marks) == list(PATTERNS)
        assert len(set(marks.values())) == len(PATTERNS)


def test_drawing_changes_no_table(tables):
    before = [table.copy() for table in tables]
    where_dyads_end(tables.dyads)
    patterns_by_day(tables.days)
    dyad_story(tables)
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
    (axes,) = patterns_by_day(tables.days, Thresholds(0.0, 99.0)).axes
    assert heights(axes.collections, 10) == [1, 0, 0]


@pytest.mark.parametrize("days", [1, 2, 10])
@pytest.mark.parametrize("dyads", ["one", "all"])
def test_few_days_and_few_dyads_can_be_drawn(tables, days, dyads):
    some = (
        only(tables, 0, 1, 2, days) if dyads == "one" else tables._replace(days=tables.days[tables.days["day"] <= days])
    )
    assert_all_is_on_the_page(patterns_by_day(some.days))


# One dyad's story


def moved(tables):
    """How far each client of the first replicate has come from the first definition."""
    first = tables.dyads[tables.dyads["replicate"] == 0]
    kinds = ("personal", "formal", "adversarial")
    return sum((first[f"client_{kind}"] - first[f"client_{kind}_first"]).abs() for kind in kinds), first


def test_the_story_told_is_that_of_the_client_who_moved_most(tables):
    distance, first = moved(tables)
    row = first[["centre", "dyad"]].loc[distance.idxmax()]
    assert caption(dyad_story(tables)).startswith(f"Dyad {row['dyad']} of centre {row['centre']}, replicate 0;")


def test_the_story_draws_definitions_and_tone_of_both_parties(tables):
    figure = dyad_story(tables, (1, 2, 3))
    mine = only(tables, 1, 2, 3).days
    names = [column for column in mine if column.startswith("share_of_")]
    for place, party in enumerate(("client", "keyworker")):
        side = mine[mine["party"] == party]
        upper, lower = figure.axes[place], figure.axes[2 + place]
        for day in (1, 5, 10):
            expected = side.loc[side["day"] == day, names].to_numpy()[0]
            assert heights(upper.collections, day) == pytest.approx(expected)
        good, bad = lower.lines[:2]
        assert np.array_equal(good.get_ydata(), side["positivity"])
        assert np.array_equal(bad.get_ydata(), side["negativity"])
        assert lower.get_ylim()[1] > side[["positivity", "negativity"]].to_numpy().max()
        assert upper.get_xlim() == lower.get_xlim() == (1, 10)


def test_the_story_marks_talks_and_new_keyworkers_on_their_days(tables):
    talks = tables.events[tables.events["event"] == "talk_repaired"]
    assert len(talks) > 0, "nothing to see in this run"
    row = talks.iloc[0]
    dyad = (row["replicate"], row["centre"], row["dyad"])
    mine = only(tables, *dyad).events
    figure = dyad_story(tables, dyad)
    for lower in figure.axes[2:]:
        for marker, event in (("P", "talk_repaired"), ("X", "talk_failed"), ("D", "new_keyworker")):
            drawn = [day for line in lower.lines if line.get_marker() == marker for day in line.get_xdata()]
            assert drawn == list(mine.loc[mine["event"] == event, "day"])
    assert "repair talk succeeded" in words(figure)


def test_the_story_explains_only_marks_that_it_shows(tables):
    rare = {"talk_repaired", "talk_failed", "new_keyworker"}
    without = tables._replace(events=tables.events[~tables.events["event"].isin(rare)])
    assert not {"repair talk succeeded", "repair talk failed", "new keyworker"} & set(words(dyad_story(without)))


def test_the_storys_caption_counts_what_happened(tables):
    row = tables.dyads[["replicate", "centre", "dyad", "exchanges", "talks", "repairs"]].iloc[5]
    text = caption(dyad_story(tables, (row["replicate"], row["centre"], row["dyad"])))
    assert f"{row['exchanges']} exchanges" in text
    assert f"{row['repairs']} of {row['talks']} repair talks succeeded" in text
    assert text.endswith(SCOPE)


def test_the_storys_title_says_how_it_ended(tables):
    row = with_patterns(tables.dyads).iloc[7]
    title = words(dyad_story(tables, (row["replicate"], row["centre"], row["dyad"])))
    assert f"One stay, two views: dyad {row['dyad']}, {row['pattern']} in the end" in title


def test_the_story_names_every_frame(tables):
    frames = [column.removeprefix("share_of_") for column in tables.days if column.startswith("share_of_")]
    assert set(frames) <= set(words(dyad_story(tables)))


@pytest.mark.parametrize("number", [1, 2, 5, 6, 7, 12])
def test_each_frame_has_a_colour_of_its_own_however_many_a_repertoire_has(number):
    assert len(set(frame_colours(number))) == number


@pytest.mark.parametrize("number", [2, 5, 7, 9])
def test_the_story_names_every_frame_of_another_repertoire(tables, number):
    others = [column for column in tables.days if not column.startswith("share_of_")]
    shares_of = {f"share_of_frame {k}": 1 / number for k in range(number)}
    drawn = dyad_story(tables._replace(days=tables.days[others].assign(**shares_of)))
    assert {f"frame {k}" for k in range(number)} <= set(words(drawn))


@pytest.mark.parametrize("days", [1, 2, 10])
def test_the_story_of_one_dyad_alone_can_be_drawn_however_short(tables, days):
    assert_all_is_on_the_page(dyad_story(only(tables, 0, 3, 1, days)))


@pytest.mark.parametrize("centres", [1, 3])
def test_a_run_of_any_small_size_can_be_drawn(centres):
    changes = {"design.days": 1, "design.centres": centres, "design.clients": 1}
    small = run(load("ordinary", changes))
    assert len(small.dyads) == centres
    for figure in (where_dyads_end(small.dyads), patterns_by_day(small.days), dyad_story(small)):
        assert_all_is_on_the_page(figure)
