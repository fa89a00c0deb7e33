"""Shapes of growth: courses whose shape is known by construction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.handmade import panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.growth import GROWTH, SHAPES, growth, shapes
from twoway.analysis.measures.ratings import noise_sd
from twoway.analysis.measures.ruptures import find_ruptures

DAYS = 120
TIME = np.linspace(0, 1, DAYS)
OTHERS = np.linspace(-1, 1, 7)
"""Ratings of seven dyads that never change: they set the noise of a rating."""


def shapes_of(*courses):
    """Shapes of some clients' courses among dyads that never change."""
    client = np.vstack([*courses, np.repeat(OTHERS[:, None], DAYS, axis=1)])
    view = panel_of(np.stack([client, np.zeros_like(client)]))
    table = shapes(view, DAYS, find_ruptures(view))
    return table.iloc[: len(courses)], noise_sd(view.rating[0, :, -1])


def test_a_line_that_rises_improves_one_that_falls_deteriorates_and_a_flat_one_is_stable():
    table, _ = shapes_of(3 * TIME, 0 * TIME, -3 * TIME)
    assert table["shape"].tolist() == list(SHAPES)
    assert not table["global_u"].any()


def test_the_change_is_that_of_the_line_from_the_first_day_fitted_to_the_last():
    table, _ = shapes_of(np.arange(DAYS) * 0.01)
    assert table["change"][0] == pytest.approx(0.01 * (DAYS - GROWTH.first_day))


@pytest.mark.parametrize(("factor", "shape"), [(0.98, "stable"), (1.02, "improving")])
def test_a_change_counts_from_the_noise_of_one_rating_on(factor, shape):
    _, noise = shapes_of(0 * TIME)
    slope = factor * GROWTH.change * noise / (DAYS - GROWTH.first_day)
    course = slope * np.arange(DAYS)
    course = course - course[-1]
    table, same = shapes_of(course)
    assert same == pytest.approx(noise)
    assert table["shape"][0] == shape


def test_a_dip_in_the_middle_is_a_global_u_and_a_hill_is_not():
    u = 8 * (TIME - 0.5) ** 2
    table, _ = shapes_of(u, -u, 2 * TIME**2)
    assert table["global_u"].tolist() == [True, False, False]


def test_what_happens_in_the_first_days_is_no_growth():
    rise = np.where(np.arange(1, DAYS + 1) < GROWTH.first_day, 0.0, 2.0)
    assert shapes_of(rise)[0]["shape"][0] == "stable"


def test_a_drop_that_is_regained_is_a_local_v_and_one_that_is_not_is_none():
    v, fall = np.ones(DAYS), np.ones(DAYS)
    v[40:50], fall[40:] = 0, 0
    assert shapes_of(v, fall)[0]["local_v"].tolist() == [True, False]


@pytest.mark.slow
@given(st.lists(st.floats(-3, 3), min_size=DAYS, max_size=DAYS))
def test_turned_upside_down_improvement_is_deterioration(values):
    course = np.array(values)
    one, other = (shapes_of(sign * course)[0] for sign in (1, -1))
    assert one["change"][0] == pytest.approx(-other["change"][0])


def test_shares_of_shapes_sum_to_one():
    client = np.vstack([3 * TIME, 0 * TIME, -3 * TIME, 4 * TIME])
    view = panel_of(np.stack([client, client]))
    table = growth(view, shapes(view, 60, find_ruptures(view)), units_of(view.dyads))
    shares = [row(table, "growth_shape", f"client: {shape}")["estimate"] for shape in SHAPES]
    assert sum(shares) == pytest.approx(1)
    assert row(table, "global_u", "keyworker")["estimate"] == 0


def test_the_shape_of_one_dyad_alone_cannot_be_told_from_noise():
    view = panel_of(np.stack([[3 * TIME], [3 * TIME]]))
    table = growth(view, shapes(view, 60, find_ruptures(view)), units_of(view.dyads))
    assert table["estimate"].isna().all()
    assert table["interval"].str.contains("at least two dyads").all()


@pytest.mark.parametrize("days", [1, 2, GROWTH.first_day])
def test_a_stay_too_short_for_a_line_is_stable(days):
    view = panel_of(np.zeros((2, 3, days)))
    table = shapes(view, days, find_ruptures(view))
    assert (table["shape"] == "stable").all()
    assert not table["global_u"].any()
