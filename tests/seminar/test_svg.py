"""Drawing SVG: what is typed stays text, labels keep apart, hatches part what greyscale makes alike."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.analysis.figures.style import FRAME_COLOURS, FRAME_HATCHES, PATTERN_COLOURS, PATTERN_HATCHES
from twoway.seminar.svg import Drawing, spread_labels


@given(st.text(max_size=200))
def test_whatever_is_typed_can_be_read_back_as_text_and_is_never_an_element(typed):
    drawing = Drawing(10, 10, typed, typed, typed)
    drawing.words(0, 0, typed, data_told=typed)
    root = ElementTree.fromstring(drawing.svg())
    assert [element.tag.rpartition("}")[2] for element in root] == ["title", "defs", "rect", "text"]
    assert "<script" not in drawing.svg()


def test_a_script_in_a_name_is_shown_and_not_run():
    drawing = Drawing(10, 10, "a", "<script>alert(1)</script>", '"><script>')
    root = ElementTree.fromstring(drawing.svg())
    assert root.find("{*}title").text == "<script>alert(1)</script>"
    assert root.get("aria-label") == '"><script>'


def test_drawings_carry_no_style_since_a_strict_page_would_drop_it():
    drawing = Drawing(10, 10, "a", "title", "sentence")
    drawing.put("rect", fill=drawing.fill("#56B4E9", "//"))
    assert "style" not in drawing.svg()


@pytest.mark.parametrize(
    ("colours", "hatches"),
    [(FRAME_COLOURS, FRAME_HATCHES), (PATTERN_COLOURS.values(), PATTERN_HATCHES.values())],
)
def test_every_look_of_the_figures_can_be_drawn_and_none_is_drawn_as_another(colours, hatches):
    drawing = Drawing(10, 10, "a", "title", "sentence")
    fills = [drawing.fill(colour, hatch) for colour, hatch in zip(colours, hatches, strict=True)]
    assert len(set(fills)) == len(fills)
    known = {
        f"url(#{pattern.get('id')})"
        for pattern in ElementTree.fromstring(drawing.svg()).iter()
        if "id" in pattern.attrib
    }
    assert {fill for fill in fills if fill.startswith("url")} == known


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12), st.floats(1, 30))
def test_labels_keep_their_order_and_their_distance_and_stay_inside(wanted, least):
    wanted = sorted(wanted)
    placed = spread_labels(wanted, least, 0.0, 100.0)
    room = min(least, 100.0 / max(1, len(wanted) - 1))
    assert all(later - earlier >= room - 1e-6 for earlier, later in pairwise(placed))
    assert -1e-6 <= placed[0]
    assert placed[-1] <= 100.0 + 1e-6


def test_labels_with_room_stand_where_they_belong():
    assert spread_labels([10.0, 40.0, 90.0], 12.0, 0.0, 100.0) == [10.0, 40.0, 90.0]
