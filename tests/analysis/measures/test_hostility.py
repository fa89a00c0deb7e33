"""Hostile acts of clients: what counts, clusters that are known, and the slope of resistance."""

import numpy as np
import pytest
from tests.support.handmade import exchanges, panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.hostility import clustering, hostile_acts, resistance, slope

RNG = np.random.default_rng(6)


def test_what_clients_do_that_is_hostile_counts_on_its_day(resolved):
    view = panel_of(np.zeros((2, 2, 5)))
    rows = [
        (0, 1, "client", "everyday", 0, "insult"), (0, 1, "client", "control", 1, "threaten"),
        (0, 3, "client", "everyday", 0, "thank"), (1, 5, "client", "everyday", 0, "insult"),
        (1, 2, "keyworker", "everyday", 0, "insult"),
    ]  # fmt: skip
    assert hostile_acts(view, exchanges(*rows), resolved).tolist() == [[2, 0, 0, 0, 0], [0, 0, 0, 0, 1]]


def index(counts, centres):
    view = panel_of(np.zeros((2, *counts.shape)), centres=centres)
    return row(clustering(view, counts, units_of(view.dyads)), "hostile_clustering", "all")


def test_acts_of_one_centre_are_put_together_before_they_are_compared():
    counts = np.array([[1, 0, 2, 0], [1, 0, 2, 0], [0, 1, 0, 0]])
    daily = np.array([2, 0, 4, 0, 0, 1, 0, 0])
    expected = (daily.var() / daily.mean() - 1) / daily.mean()
    assert index(counts, [0, 0, 1])["estimate"] == pytest.approx(expected)


def test_acts_that_come_one_by_one_have_an_index_of_nothing_and_those_in_bursts_a_known_one():
    centres = np.arange(40)
    assert index(RNG.poisson(2, (40, 500)), centres)["estimate"] == pytest.approx(0, abs=0.02)
    bursts = RNG.poisson(2 * RNG.gamma(0.5, 2, (40, 500)))
    assert index(bursts, centres)["estimate"] == pytest.approx(2, abs=0.2)


def test_few_centres_have_no_interval():
    assert np.isnan(index(RNG.poisson(2, (3, 50)), np.arange(3))["low"])


def test_the_slope_is_that_of_the_share_of_resisting_acts_on_weekly_control(resolved):
    view = panel_of(np.zeros((2, 3, 7)))
    rows = []
    for dyad, (control, resisting) in enumerate([(1, 1), (2, 2), (4, 4)]):
        rows += [(dyad, 1, "keyworker", "control", 0, "search")] * control
        rows += [(dyad, 1, "client", "everyday", 0, act) for act in ["defy"] * resisting + ["greet"] * (8 - resisting)]
    parts = resistance(view, exchanges(*rows), resolved, 7)
    assert slope(parts.sum(axis=0)) == pytest.approx(1 / 8)
    assert np.isnan(slope(parts[:1].sum(axis=0)))


def test_what_is_done_after_the_day_does_not_count_for_the_slope(resolved):
    view = panel_of(np.zeros((2, 1, 7)))
    rows = [(0, day, "client", "everyday", 0, act) for day, act in ((1, "greet"), (6, "defy"))]
    assert resistance(view, exchanges(*rows), resolved, 3)[0, 3] == 0
    assert resistance(view, exchanges(*rows), resolved, 7)[0, 3] == 0.5
