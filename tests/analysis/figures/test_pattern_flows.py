"""What flows between patterns draw."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.drawn import assert_all_is_on_the_page, caption, toned, words

from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.pattern_flows import pattern_flows
from twoway.analysis.patterns import PATTERNS

FRIENDLY, POLITE, AMBIVALENT = PATTERNS
TONES = {0: (2, 0, 2, 0), 1: (0, 0, 0, 0), 2: (0, 1, 0, 1)}


def simulated(patterns):
    """A table of days from each dyad's pattern (0, 1, 2) on each day."""
    return toned(
        [(dyad, day, *TONES[code]) for dyad, codes in enumerate(patterns) for day, code in enumerate(codes, 1)]
    )


def drawn(figure, gid):
    """The patches of a group."""
    return [patch for patch in figure.axes[0].patches if patch.get_gid() == gid]


def height(ribbon):
    """How high a ribbon is where it begins."""
    corners = ribbon.get_path().vertices
    return corners[7, 1] - corners[0, 1]


@pytest.mark.slow
@settings(max_examples=15)
@given(st.lists(st.tuples(*[st.sampled_from([0, 1, 2])] * 3), min_size=1, max_size=30))
def test_bars_and_ribbons_are_as_high_as_there_are_dyads(patterns):
    figure = pattern_flows(simulated(patterns), at=(1, 2, 3))
    n = len(patterns)
    bars = drawn(figure, "bar")
    for place in range(3):
        here = [bar for bar in bars if round(bar.get_x() + bar.get_width() / 2) == place]
        counts = [sum(codes[place] == code for codes in patterns) for code in range(3)]
        assert [bar.get_height() * n for bar in here] == pytest.approx([count for count in counts if count])
    ribbons = drawn(figure, "ribbon")
    moves = [{(codes[step], codes[step + 1]) for codes in patterns} for step in range(2)]
    assert len(ribbons) == sum(map(len, moves))
    assert sum(map(height, ribbons)) == pytest.approx(2)
    low, high = figure.axes[0].get_ylim()
    assert all(low <= corner <= high for ribbon in ribbons for corner in ribbon.get_path().vertices[:, 1])


def test_a_ribbon_leaves_from_the_bar_it_comes_from_and_arrives_at_the_bar_it_goes_to():
    figure = pattern_flows(simulated([(0, 2)]), at=(1, 2))
    (ribbon,) = drawn(figure, "ribbon")
    start, end = drawn(figure, "bar")
    corners = ribbon.get_path().vertices
    assert corners[0] == pytest.approx((start.get_x() + start.get_width(), start.get_y()))
    assert corners[3] == pytest.approx((end.get_x(), end.get_y()))


def test_days_are_parts_of_the_stay_and_those_after_its_end_become_the_last_day():
    days = [text for text in words(pattern_flows(simulated([(0,) * 180]))) if text.startswith("day")]
    assert days == ["day 30", "day 60", "day 90", "day 180"]
    late = pattern_flows(simulated([(0,) * 40]), at=(30, 60, 90))
    assert [text for text in words(late) if text.startswith("day")] == ["day 30", "day 40"]
    assert [text for text in words(pattern_flows(simulated([(0,)]))) if text.startswith("day")] == ["day 1"]


def test_caption_and_sentence_count_who_changed_and_where_they_ended():
    figure = pattern_flows(simulated([(0, 0, 1), (1, 2, 2), (1, 2, 0)]), at=(1, 2, 3))
    assert caption(figure).startswith("3 dyads;")
    moves = "2 between days 1 and 2 and 2 between days 2 and 3"
    assert moves in caption(figure)
    assert moves in alt_text(figure)
    assert f"1 are {FRIENDLY}, 1 are {POLITE} and 1 are {AMBIVALENT} on day 3" in alt_text(figure)


@pytest.mark.parametrize("days", [1, 30, 365])
def test_stays_of_any_length_can_be_drawn(days):
    assert_all_is_on_the_page(pattern_flows(simulated([(0,) * days, (2,) * days])))
