"""What the agreement matrix draws, and kappa."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.drawn import assert_all_is_on_the_page, caption, words

from twoway.analysis.figures.agreement import agreement_matrix
from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.style import PATTERN_MARKERS
from twoway.analysis.measures.agreement import agreement, kappa
from twoway.analysis.patterns import CLASSES, PATTERNS

TONES = {"trustful": (2.0, 0.0), "neutral": (0.0, 0.0), "conflicted": (0.0, 1.0)}
PAIRS = st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)), min_size=1, max_size=25)


def ending(pairs):
    """A table of dyads from the own classes of client and keyworker."""
    columns = ["client_positivity", "client_negativity", "keyworker_positivity", "keyworker_negativity"]
    return pd.DataFrame([(*TONES[one], *TONES[other]) for one, other in pairs], columns=columns)


@settings(max_examples=10)
@given(PAIRS)
def test_every_cell_holds_its_count_and_its_share(pairs):
    (axes,) = agreement_matrix(ending(pairs)).axes
    written = {text.get_position(): text.get_text() for text in axes.texts}
    for row, client in enumerate(CLASSES):
        for column, keyworker in enumerate(CLASSES):
            count = pairs.count((client, keyworker))
            assert written[column + 0.5, row + 0.45] == str(count)
            assert written[column + 0.5, row + 0.75] == f"{count / len(pairs):.0%}"
    assert written[3.27, 3.22] == str(len(pairs))


def test_each_cell_is_marked_with_the_pattern_it_makes():
    (axes,) = agreement_matrix(ending([("trustful", "trustful")])).axes
    marks = {(int(line.get_xdata()[0]), int(line.get_ydata()[0])): line.get_marker() for line in axes.lines}
    assert marks[0, 0] == PATTERN_MARKERS[PATTERNS[0]]
    assert marks[1, 0] == marks[0, 1] == marks[1, 1] == PATTERN_MARKERS[PATTERNS[1]]
    assert {marks[2, k] for k in range(3)} | {marks[k, 2] for k in range(3)} == {PATTERN_MARKERS[PATTERNS[2]]}


def test_the_darkest_cell_is_the_most_frequent():
    (axes,) = agreement_matrix(ending([("neutral", "trustful")] * 3 + [("trustful", "trustful")])).axes
    shade = {(patch.get_x(), patch.get_y()): patch.get_facecolor()[0] for patch in axes.patches if patch.get_lw() < 2.4}
    assert min(shade, key=shade.get) == (0, 1), "column: keyworker, row: client"


@settings(max_examples=25)
@given(PAIRS)
def test_kappa_is_at_most_1_and_the_same_from_either_side(pairs):
    counts = agreement(ending(pairs))
    value = kappa(counts)
    assert math.isnan(value) or -1 <= value <= 1
    assert kappa(counts.T) == pytest.approx(value, nan_ok=True)
    if not math.isnan(value):
        assert (value == pytest.approx(1)) == all(one == other for one, other in pairs)


def test_kappa_is_that_of_a_worked_example():
    counts = pd.DataFrame([[20, 5], [10, 15]])
    assert kappa(counts) == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    assert math.isnan(kappa(pd.DataFrame(np.diag([4, 0, 0]))))


def test_words_hold_the_numbers_and_say_where_kappa_is_not_defined():
    pairs = [("trustful", "trustful"), ("neutral", "neutral"), ("neutral", "conflicted"), ("trustful", "neutral")]
    figure = agreement_matrix(ending(pairs))
    value = kappa(agreement(ending(pairs)))
    assert f"2 of 4 agree (50%)\nkappa {value:.2f}" in words(figure)
    assert alt_text(figure).endswith(f"kappa is {value:.2f}.")
    assert caption(figure).startswith("4 dyads,")
    alike = agreement_matrix(ending([("neutral", "neutral")] * 3))
    assert "not defined" in alt_text(alike)
    assert_all_is_on_the_page(alike)
