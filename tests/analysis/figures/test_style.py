"""The shared style: what must be told apart without colour, and small helpers of all figures."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from twoway.analysis.figures.layout import alt_text, frame_handles, set_alt_text, stretches
from twoway.analysis.figures.style import (
    FRAME_COLOURS,
    FRAME_HATCHES,
    INK,
    PARTY,
    PATTERN_COLOURS,
    PATTERN_HATCHES,
    PATTERN_MARKERS,
    ink_on,
    luminance,
)
from twoway.analysis.patterns import PATTERNS

LIGHTER = 0.15
"""Difference in luminance that a greyscale print or a dull projector still shows."""


def test_patterns_are_told_apart_without_colour():
    for marks in (PATTERN_COLOURS, PATTERN_HATCHES, PATTERN_MARKERS):
        assert list(marks) == list(PATTERNS)
        assert len(set(marks.values())) == len(PATTERNS)
    for one, other in combinations(PATTERN_COLOURS.values(), 2):
        assert abs(luminance(one) - luminance(other)) > LIGHTER


def test_the_parties_are_told_apart_by_dash_because_greyscale_makes_them_alike():
    (client, solid), (keyworker, dashed) = PARTY.values()
    assert abs(luminance(client) - luminance(keyworker)) < LIGHTER
    assert solid != dashed


def test_frames_beside_each_other_are_told_apart_in_greyscale_by_lightness_or_hatch():
    looks = list(zip(map(luminance, FRAME_COLOURS), FRAME_HATCHES, strict=True))
    for (light, hatch), (next_light, next_hatch) in pairwise(looks):
        assert abs(light - next_light) > LIGHTER or hatch != next_hatch


def test_no_two_frames_of_a_repertoire_of_seven_look_alike_in_greyscale():
    looks = list(zip(map(luminance, FRAME_COLOURS), FRAME_HATCHES, strict=True))[:7]
    for (light, hatch), (other_light, other_hatch) in combinations(looks, 2):
        assert hatch != other_hatch or abs(light - other_light) > 0.05


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_what_is_written_on_a_colour_is_far_from_it_in_lightness(rgb):
    colour = "#" + "".join(f"{round(255 * part):02x}" for part in rgb)
    assert abs(luminance(colour) - luminance(ink_on(colour))) > 0.35
    assert ink_on(colour) in ("#ffffff", INK)


@given(st.lists(st.integers(0, 2), min_size=1, max_size=40))
def test_stretches_put_together_are_the_series(codes):
    found = list(stretches(np.array(codes)))
    assert [code for _, length, code in found for _ in range(length)] == codes
    assert all(one[2] != other[2] for one, other in pairwise(found))
    assert [start for start, _, _ in found] == [sum(length for _, length, _ in found[:k]) for k in range(len(found))]


def test_a_figure_says_its_sentence_in_one_line():
    figure = Figure()
    set_alt_text(figure, "One dyad,\n   of two.")
    assert alt_text(figure) == "One dyad, of two."


@pytest.mark.parametrize("frames", [1, 5, 8])
def test_the_key_of_the_frames_is_in_the_order_in_which_they_are_stacked(frames):
    names = [f"frame{k}" for k in range(frames)]
    handles = frame_handles(names)
    assert [handle.get_label() for handle in handles] == names[::-1]
    assert [handle.get_hatch() or "" for handle in handles] == list(FRAME_HATCHES[:frames])[::-1]
