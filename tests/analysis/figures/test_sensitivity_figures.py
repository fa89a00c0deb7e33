"""Figures of sensitivity and discovery draw every input, and lengths that are those of the tables."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.figures.examples import (
    CONDITION,
    NAMES,
    OUTCOME,
    RESTS_ON,
    discovered,
    error_budget,
    groups,
    indices,
    morris,
    pairs,
)
from tests.support.drawn import assert_no_text_is_beyond_the_page_or_on_another, drawn_texts

from twoway.analysis.figures.error_budget import budget_bars
from twoway.analysis.figures.layout import plain_names, spread_out
from twoway.analysis.figures.morris import morris_plane
from twoway.analysis.figures.prim import discovery_map
from twoway.analysis.figures.sobol import group_bars, pairs_map, sobol_bars

COUNTS = (2, 6, 12, 20)


@pytest.mark.slow
@pytest.mark.parametrize("limits", [0, 1, 2, 3, 4])
def test_a_box_with_any_number_of_limits_can_be_read(limits):
    figure = discovery_map(**discovered(limits), condition=CONDITION, rests_on=RESTS_ON)
    assert_no_text_is_beyond_the_page_or_on_another(figure)
    said = " ".join(" ".join(text.split()) for text, *_ in drawn_texts(figure))
    assert CONDITION in said
    assert RESTS_ON in said


@pytest.mark.slow
@pytest.mark.parametrize("count", COUNTS)
def test_every_input_is_named(count):
    for figure in (
        sobol_bars(indices(count), OUTCOME, RESTS_ON),
        morris_plane(morris(count), OUTCOME, RESTS_ON),
        budget_bars(error_budget(), OUTCOME, RESTS_ON, indices(count)),
    ):
        assert set(plain_names(NAMES[:count])) <= {text for text, *_ in drawn_texts(figure)}


def test_the_most_important_input_is_on_top_and_its_bars_are_as_long_as_its_indices():
    table = indices(6)
    axes = sobol_bars(table, OUTCOME, RESTS_ON).axes[0]
    top = max(axes.patches, key=lambda bar: bar.get_y())
    total = table[table["index"] == "total"].sort_values("estimate")
    assert top.get_width() == pytest.approx(total["estimate"].iloc[-1])
    assert axes.get_yticklabels()[-1].get_text() == plain_names([total["input"].iloc[-1]])[0]


def test_of_correlated_inputs_the_largest_index_of_either_kind_is_on_top():
    table = indices(3)
    table.loc[(table["input"] == NAMES[0]) & (table["index"] == "first"), "estimate"] = 2.0
    axes = sobol_bars(table.drop(columns="salib"), OUTCOME, RESTS_ON, correlated=True).axes[0]
    assert axes.get_yticklabels()[-1].get_text() == plain_names([NAMES[0]])[0]


def test_each_group_is_drawn_with_the_inputs_that_are_in_it():
    texts = {text for text, *_ in drawn_texts(group_bars(groups(2), OUTCOME, RESTS_ON))}
    assert any(text.startswith("group 1\n(") for text in texts)


def test_only_pairs_shown_to_act_carry_a_number():
    figure = pairs_map(pairs(6), OUTCOME, RESTS_ON)
    numbers = [t.get_text() for t in figure.axes[0].texts if t.get_text() != "·"]
    assert len(numbers) == pairs(6)["shown"].sum()


def test_the_bars_of_the_budget_add_up_to_the_whole():
    axes = budget_bars(error_budget(), OUTCOME, RESTS_ON).axes[0]
    assert sum(bar.get_height() for bar in axes.patches) == pytest.approx(2)


def test_negative_estimates_are_drawn_as_no_bar_with_their_interval():
    table = indices(4)
    table.loc[0, ["estimate", "low", "high"]] = [-0.04, -0.09, 0.01]
    axes = sobol_bars(table, OUTCOME, RESTS_ON).axes[0]
    assert min(bar.get_width() for bar in axes.patches) == 0
    assert axes.get_xlim()[0] < -0.09


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=12), st.floats(0.01, 3))
def test_labels_are_moved_apart_and_keep_their_order(values, gap):
    places = spread_out(values, gap)
    order = sorted(range(len(values)), key=lambda i: (values[i], -i))
    for below, above in pairwise(order):
        assert places[above] - places[below] >= gap - 1e-9
    assert np.mean(places) == pytest.approx(np.mean(values), abs=1e-9)


def test_inputs_of_two_sections_with_one_name_keep_their_section():
    assert plain_names(["a.days", "b.days", "c.x_y"]) == ["a.days", "b.days", "x y"]
