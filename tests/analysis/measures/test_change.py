"""Change between two days: rises and falls that are known."""

import numpy as np
import pytest
from tests.support.handmade import panel_of, row

from twoway.analysis.measures.change import EARLY, LATE, SECOND, THIRD, change
from twoway.analysis.measures.estimates import units_of

N = 50


def of(rating, measure, group):
    view = panel_of(rating)
    return row(change(view, units_of(view.dyads)), measure, group)


def test_the_rise_is_told_in_standard_deviations_of_the_early_day():
    early = np.linspace(0, 3, N)
    rating = np.zeros((2, N, 180)) + early[:, None]
    rating[0, :, LATE - 1] += 0.6
    rating[1, :, LATE - 1] -= 0.3
    assert of(rating, "rise_toward_discharge", "client")["estimate"] == pytest.approx(0.6 / early.std())
    assert of(rating, "rise_toward_discharge", "keyworker")["estimate"] == pytest.approx(-0.3 / early.std())


def test_in_a_shorter_stay_the_last_day_counts():
    rating = np.zeros((2, N, EARLY + 10)) + np.linspace(0, 1, N)[:, None]
    rating[:, :, -1] += 1
    assert of(rating, "rise_toward_discharge", "client")["estimate"] == pytest.approx(1 / np.linspace(0, 1, N).std())


def test_falling_is_being_lower_on_the_later_day_whatever_happened_between():
    rating = np.zeros((2, 4, 100))
    rating[0, 0, SECOND - 1] = 1  # falls
    rating[0, 1, THIRD - 1] = 1  # rises
    rating[0, 2, SECOND : THIRD - 1] = -1  # comes back
    assert of(rating, "falling_ratings", "client")["estimate"] == 0.25
    assert of(rating, "falling_ratings", "keyworker")["estimate"] == 0
