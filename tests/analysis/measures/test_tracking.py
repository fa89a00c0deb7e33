"""Tracking: views that move together week by week, whatever their level and trend."""

import numpy as np
import pytest
from tests.support.handmade import panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.tracking import LEAST_WEEKS, WEEK, tracking

WEEKS, N = 20, 200


def weekly(client, keyworker):
    """Panel in which these are the ratings of whole weeks, shape (dyads, weeks)."""
    return panel_of(np.stack([client, keyworker]).repeat(WEEK, axis=2))


def of(view):
    return row(tracking(view, units_of(view.dyads)), "tracking", "all")


@pytest.mark.parametrize("together", [-0.5, 0.0, 0.7])
def test_a_planted_correlation_of_weeks_is_recovered(together):
    client, other = np.random.default_rng(2).normal(size=(2, N, WEEKS))
    keyworker = together * client + np.sqrt(1 - together**2) * other
    found = of(weekly(client, keyworker))
    assert found["low"] < together < found["high"]
    assert found["high"] - found["low"] < 0.1


def test_level_and_trend_do_not_count():
    rng = np.random.default_rng(2)
    client, keyworker = rng.normal(size=(2, N, WEEKS))
    lines = rng.normal(size=(N, 1)) * 10 + rng.normal(size=(N, 1)) * np.arange(WEEKS)
    plain, tilted = of(weekly(client, keyworker)), of(weekly(client + lines, keyworker + lines))
    assert plain["estimate"] == pytest.approx(tilted["estimate"])


def test_a_change_of_keyworker_takes_a_dyad_out():
    view = weekly(*np.random.default_rng(2).normal(size=(2, N, WEEKS)))
    changed = view.predecessors.copy()
    changed[:50, 70:] = 1
    assert of(view._replace(predecessors=changed))["n"] == N - 50


@pytest.mark.parametrize("weeks", [1, LEAST_WEEKS - 1])
def test_too_few_weeks_or_views_that_never_move_give_no_estimate(weeks):
    for view in (weekly(*np.random.default_rng(2).normal(size=(2, N, weeks))), weekly(*np.ones((2, N, 9)))):
        assert of(view)["interval"].startswith("not estimated")
