"""Charts: what is drawn is what the table says, both parties on one scale, and readable without colour."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from twoway.analysis.figures.style import CLIENT, KEYWORKER
from twoway.analysis.narrative.words.grammar import percent
from twoway.analysis.patterns import PATTERNS
from twoway.seminar.charts import (
    LEFT,
    MARKS,
    RIGHT,
    TOP,
    WIDTH,
    DayMark,
    definition_chart,
    event_strip,
    outcome_chart,
    tone_chart,
    transition_chart,
)

FRAMES = ("care", "casework", "custody")
ROUNDED = 0.06
"""Places are written in tenths."""


def drawn(chart):
    return ElementTree.fromstring(chart.svg)


def of_class(chart, name):
    return [element for element in drawn(chart).iter() if element.get("class") == name]


def heights(path):
    """Heights of a stepped path, one per day, and where each day ends."""
    start = float(re.match(r"M\S+ (\S+?)H", path)[1])
    line = path.partition("V" + path.rpartition("V")[2])[0] if path.endswith("z") else path
    steps = re.findall(r"(?:V([\d.]+))?H([\d.]+)", line)
    levels, level = [], start
    for vertical, _ in steps:
        level = float(vertical) if vertical else level
        levels.append(level)
    return np.array(levels), np.array([float(end) for _, end in steps])


shares = arrays(float, st.tuples(st.integers(1, 30), st.just(3)), elements=st.floats(0.01, 1)).map(
    lambda some: some / some.sum(axis=1, keepdims=True)
)


@given(shares)
def test_bands_are_as_high_as_the_shares_of_every_day(some):
    chart = definition_chart(some, FRAMES, "client", 1, 30)
    edges = [heights(band.get("d"))[0] for band in of_class(chart, "band")][::-1]
    bottom = float(re.search(r"V([\d.]+)H[\d.]+z$", of_class(chart, "band")[0].get("d"))[1])
    full = bottom - edges[-1]
    stacked = np.diff(np.vstack([np.full(len(some), bottom), *edges]), axis=0)
    assert -stacked.T == pytest.approx(some * full[:, None], abs=2 * ROUNDED)


@given(shares, st.integers(1, 30))
def test_the_table_shows_the_first_the_last_and_the_day_looked_at(some, day):
    chart = definition_chart(some, FRAMES, "client", day, 30)
    days = [int(row[0]) for row in chart.table.rows]
    assert {1, len(some), min(day, len(some))} <= set(days)
    assert days == sorted(set(days))
    for row in chart.table.rows:
        assert row[1:] == tuple(percent(share) for share in some[int(row[0]) - 1])


@given(st.lists(st.tuples(st.floats(0, 4), st.floats(0, 4)), min_size=1, max_size=40), st.floats(1, 4))
def test_both_tones_are_drawn_on_one_scale_and_what_is_beyond_it_at_its_end(tones, top):
    good, bad = np.array(tones).T
    chart = tone_chart(good, bad, "client", 1, 40, top=top)
    (line,), (lower,), (area,) = (of_class(chart, name) for name in ("good", "bad", "bad-area"))
    floor = float(re.search(r"V([\d.]+)H[\d.]+z$", area.get("d"))[1])
    unit = (floor - 36.0) / top
    for element, values in ((line, good), (lower, bad)):
        assert floor - heights(element.get("d"))[0] == pytest.approx(unit * np.minimum(values, top), abs=ROUNDED)
    assert next(row[1:] for row in chart.table.rows) == (f"{good[0]:.2f}", f"{bad[0]:.2f}")


def test_a_single_day_is_as_wide_as_a_day():
    chart = definition_chart(np.array([[0.2, 0.3, 0.5]]), FRAMES, "client", 1, 10)
    _, ends = heights(of_class(chart, "band")[0].get("d"))
    assert ends == pytest.approx([LEFT + (WIDTH - LEFT - RIGHT) / 10], abs=ROUNDED)


def test_both_parties_have_the_same_scale_and_width_and_look_different_without_colour():
    tones = np.array([0.1, 1.0]), np.array([0.0, 0.2])
    client, keyworker = (tone_chart(*tones, party, 2, 60) for party in ("client", "keyworker"))
    for name in ("good", "bad", "day"):
        one, other = of_class(client, name)[0], of_class(keyworker, name)[0]
        assert (one.get("d"), one.get("transform")) == (other.get("d"), other.get("transform"))
    assert drawn(client).get("viewBox") == drawn(keyworker).get("viewBox")
    lines = [of_class(chart, "good")[0] for chart in (client, keyworker)]
    assert [line.get("stroke") for line in lines] == [CLIENT, KEYWORKER]
    assert lines[0].get("stroke-dasharray") != lines[1].get("stroke-dasharray")
    assert client.title != keyworker.title


@given(st.integers(1, 400), st.data())
def test_the_day_line_stands_in_its_day_and_can_be_moved_by_what_it_carries(last, data):
    day = data.draw(st.integers(1, last))
    (line,) = of_class(event_strip((), day, last), "day")
    x = float(re.match(r"translate\(([\d.]+) 0\)", line.get("transform"))[1])
    left, wide, until = (float(line.get(f"data-{name}")) for name in ("left", "wide", "last"))
    assert x == pytest.approx(left + (day - 0.5) * wide / until, abs=ROUNDED)
    assert LEFT <= x <= WIDTH - RIGHT


def test_days_stand_at_the_same_place_in_every_chart():
    flat = np.full(20, 0.5)
    charts = [
        definition_chart(np.full((20, 3), 1 / 3), FRAMES, "client", 12, 90),
        tone_chart(flat, flat, "keyworker", 12, 90),
        event_strip((), 12, 90),
    ]
    assert len({of_class(chart, "day")[0].get("transform") for chart in charts}) == 1


def test_marks_stand_on_their_days_say_what_they_are_and_differ_in_shape():
    marks = [DayMark(day, kind) for day, kind in enumerate(MARKS, 5)]
    chart = event_strip(marks, 1, 30)
    shown = of_class(chart, "mark")
    assert [element.find("{*}title").text for element in shown] == [f"day {mark.day}: {mark.kind}" for mark in marks]
    looks = {(path.get("d"), path.get("fill")) for element in shown for path in element.iter() if path.get("d")}
    assert len(looks) == len(MARKS)
    assert [row[:2] for row in chart.table.rows] == [(str(mark.day), mark.kind) for mark in marks]
    assert all(f"day {mark.day}" in chart.sentence for mark in marks)
    assert event_strip(marks, 1, 30, of="One of two").sentence.startswith("One of two: day 1 of 30.")


def test_the_legend_names_every_kind_of_mark_within_the_drawing():
    chart = event_strip((), 1, 30)
    labels = [element for element in drawn(chart).iter() if element.text in MARKS]
    assert [label.text for label in labels] == list(MARKS)
    widest = 6.6  # units a letter of the widest usual font takes at this size, on average
    ends = [float(label.get("x")) + widest * len(label.text) for label in labels]
    starts = [*(float(label.get("x")) for label in labels[1:]), WIDTH]
    assert all(end <= start for end, start in zip(ends, starts, strict=True))


def test_what_is_the_other_partys_is_not_marked_on_a_partys_tone():
    flat = np.full(9, 0.5)
    marks = [DayMark(2, "rupture", "", "client"), DayMark(3, "rupture", "", "keyworker"), DayMark(4, "new keyworker")]
    for party, own in (("client", 2), ("keyworker", 3)):
        chart = tone_chart(flat, flat, party, 1, 9, marks)
        assert [int(re.search(r"day (\d+)", m.find("{*}title").text)[1]) for m in of_class(chart, "mark")] == [own, 4]
        assert f"day {own}" in chart.sentence


def test_what_a_mark_is_told_as_is_never_an_element():
    chart = event_strip([DayMark(3, "setting changed", "<script>alert(1)</script>")], 1, 30)
    assert "<script" not in chart.svg
    assert "<script>alert(1)</script>" in chart.sentence


@given(st.tuples(*[st.integers(0, 200)] * 3), st.tuples(*[st.integers(0, 40)] * 3))
def test_bars_are_as_long_as_the_shares_of_pairs_and_hands(counts, hands):
    spread = [(0.1, 0.2, 0.3), (0.3, 0.5, 0.6)]
    chart = outcome_chart(counts, *spread, hands)
    full = [float(bar.get("width")) for bar in of_class(chart, "bar")]
    assert full == pytest.approx([292 * count / max(1, sum(counts)) for count in counts], abs=ROUNDED)
    guessed = [float(bar.get("width")) for bar in of_class(chart, "hands")]
    assert guessed == pytest.approx([292 * hand / sum(hands) for hand in hands] if sum(hands) else [], abs=ROUNDED)
    for row, name, count in zip(chart.table.rows, PATTERNS, counts, strict=True):
        assert row[:2] == (name, str(count))
        assert len(row) == len(chart.table.columns)
    for path, low, high in zip(of_class(chart, "range"), *spread, strict=True):
        start, end = re.match(r"M([\d.]+) [\d.]+H([\d.]+)", path.get("d")).groups()
        assert [float(start), float(end)] == pytest.approx([168 + 292 * low, 168 + 292 * high], abs=ROUNDED)


def test_of_two_settings_each_chart_of_outcomes_says_which_it_is():
    chart = outcome_chart((1, 2, 3), (0, 0, 0), (1, 1, 1), of="Strict <but> fair")
    assert chart.title.endswith("Strict <but> fair")
    assert chart.sentence.startswith("Strict <but> fair: of 6 such pairs")
    assert "<but>" not in chart.svg


@given(arrays(int, (3, 3), elements=st.integers(0, 80)))
def test_ribbons_and_bars_are_as_high_as_there_are_pairs(counts):
    chart = transition_chart(counts, "one", "other")
    bars = [float(bar.get("height")) for bar in of_class(chart, "bar")]
    unit = sum(bars[:3]) / max(1, counts.sum())
    assert bars == pytest.approx([*(unit * counts.sum(axis=1)), *(unit * counts.sum(axis=0))], abs=4 * ROUNDED)
    assert len(of_class(chart, "ribbon")) == np.count_nonzero(counts)
    told = [[int(cell) for cell in row[1:]] for row in chart.table.rows]
    assert told == [*([*row, sum(row)] for row in counts.tolist()), [*counts.sum(axis=0), counts.sum()]]


def test_moves_are_told_from_the_most_frequent_and_names_stay_text():
    chart = transition_chart([[5, 0, 3], [9, 4, 0], [0, 0, 1]], "<b>", "other")
    assert chart.sentence.index("9 move from polite") < chart.sentence.index("3 move from friendly")
    assert "10 are in the same pattern" in chart.sentence
    assert "<b>" not in chart.svg


def test_long_names_of_one_scenario_are_still_told_apart_in_the_drawing():
    names = [f"Keyworkers who come and go, {how}" for how in ("nothing changed", "as changed")]
    shown = [
        element.text
        for element in drawn(transition_chart(np.eye(3, dtype=int), *names)).iter()
        if "…" in (element.text or "")
    ]
    assert len(set(shown)) == 2
    assert all(text.endswith(name[-17:]) for text, name in zip(shown, names, strict=True))


def test_every_chart_is_an_image_that_says_what_it_shows():
    flat = np.full(3, TOP + 1)
    charts = [
        definition_chart(np.full((3, 3), 1 / 3), FRAMES, "client", 2, 9),
        tone_chart(flat, flat, "client", 2, 9),
        event_strip((), 2, 9),
        outcome_chart((1, 2, 3), (0, 0, 0), (1, 1, 1)),
        transition_chart(np.eye(3, dtype=int), "one", "other"),
    ]
    for chart in charts:
        root = drawn(chart)
        assert (root.get("role"), root.get("aria-label")) == ("img", chart.sentence)
        assert root.find("{*}title").text == chart.title
        assert chart.sentence.endswith(".")
