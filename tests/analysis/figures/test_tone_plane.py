"""What the plane of good and bad tone draws."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.drawn import assert_all_is_on_the_page, caption, toned, words

from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.tone_plane import CROWDED, FEW, tone_plane
from twoway.analysis.patterns import CLASSES, DEFAULT_RULE, PATTERNS, Thresholds, party_class
from twoway.simulation.errors import InputError

TONE = st.floats(0, 4.3)


def crowd(dyads, days=1, seed=0):
    """So many dyads with random tone on so many days."""
    tones = np.random.default_rng(seed).gamma(2, 0.4, (dyads, days, 4))
    return toned([(dyad, day + 1, *tones[dyad, day]) for dyad in range(dyads) for day in range(days)])


def points(axes):
    """All points of a panel that stand for dyads."""
    found = [some.get_offsets() for some in axes.collections if hasattr(some, "get_sizes") and len(some.get_sizes())]
    return np.concatenate(found) if found else np.empty((0, 2))


@pytest.mark.slow
@settings(max_examples=8)
@given(st.lists(st.tuples(TONE, TONE, TONE, TONE), min_size=1, max_size=8))
def test_each_dyad_is_a_point_for_each_party_and_each_class_is_counted(rows):
    days = toned([(dyad, 1, *row) for dyad, row in enumerate(rows)])
    figure = tone_plane(days)
    for axes, party in zip(figure.axes, ("client", "keyworker"), strict=True):
        mine = days[days["party"] == party]
        tone = mine[["positivity", "negativity"]].to_numpy()
        assert sorted(map(tuple, points(axes))) == sorted(map(tuple, tone))
        own = party_class(mine["positivity"], mine["negativity"]).value_counts()
        assert {text.get_text() for text in axes.texts} == {
            f"{name}: {own[name]} ({own[name] / len(rows):.0%})" for name in CLASSES
        }
        assert axes.get_xlim()[1] > tone[:, 0].max()
        assert axes.get_ylim()[1] > tone[:, 1].max()


def test_thresholds_part_the_plane_where_the_rule_has_them():
    for axes in tone_plane(crowd(5), rule=replace(DEFAULT_RULE, thresholds=Thresholds(0.7, 0.6))).axes:
        level, upright = [line for line in axes.lines if line.get_linestyle() == ":"]
        assert list(level.get_ydata()) == [0.6, 0.6]
        assert list(upright.get_xdata()) == [0.7, 0.7]
        assert upright.get_ydata()[1] == 0.6, "above, there is conflict, however good the tone"


def test_few_dyads_draw_the_way_they_came_and_many_do_not():
    for dyads, ways in ((FEW, FEW), (FEW + 1, 0)):
        figure = tone_plane(crowd(dyads, days=20), day=18, back=5)
        for axes in figure.axes:
            drawn = [line for line in axes.lines if line.get_linestyle() == "-"]
            assert len(drawn) == ways
            assert all(len(line.get_xdata()) == 6 for line in drawn), "the day itself and five before it"
        assert ("the 5 days before" in caption(figure)) == (ways > 0)


def test_a_crowd_is_drawn_as_a_density_with_the_median_of_each_pattern():
    days = crowd(CROWDED)
    figure = tone_plane(days)
    for axes, party in zip(figure.axes, ("client", "keyworker"), strict=True):
        (density,) = (some for some in axes.collections if some.get_rasterized())
        assert density.get_array().sum() == CROWDED
        assert len(points(axes)) == len(PATTERNS)
        mine = days[days["party"] == party]
        assert points(axes)[:, 0].max() < mine["positivity"].max()


def test_a_day_the_table_does_not_hold_is_refused():
    with pytest.raises(InputError, match="day = 9; the table holds days 1 to 3"):
        tone_plane(crowd(2, days=3), day=9)


def test_the_sentence_counts_patterns_and_classes():
    days = toned([(0, 1, 2, 0, 2, 0), (1, 1, 2, 0, 0, 0), (2, 1, 2, 1, 0, 0)])
    sentence = alt_text(tone_plane(days))
    assert "of 3 dyads on day 1" in sentence
    assert "of the clients 2 trustful, 0 neutral and 1 conflicted" in sentence
    assert "of the keyworkers 1 trustful, 2 neutral and 0 conflicted" in sentence
    assert f"1 {PATTERNS[0]}, 1 {PATTERNS[1]} and 1 {PATTERNS[2]}" in sentence


@pytest.mark.slow
@pytest.mark.parametrize("tones", [(0, 0, 0, 0), (4.3, 4.3, 4.3, 4.3)])
@pytest.mark.parametrize("dyads", [1, CROWDED])
def test_dyads_that_all_feel_alike_can_be_drawn(tones, dyads):
    figure = tone_plane(toned([(dyad, 1, *tones) for dyad in range(dyads)]))
    assert_all_is_on_the_page(figure)
    assert any(text.startswith("neutral") for text in words(figure))


def test_the_order_of_rows_does_not_matter():
    days = crowd(6, days=3)
    one, other = tone_plane(days), tone_plane(days.sample(frac=1, random_state=1).sort_values("day"))
    assert alt_text(one) == alt_text(other)
