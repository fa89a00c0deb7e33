"""Ratings: what a questionnaire makes of two views, of known reliability and correlation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.handmade import panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.ratings import MEASUREMENT, Measurement, noise_sd, observed_rating, rating_noise, ratings

NO_CEILING = Measurement(clients_at_top=0.0)
MANY = 3000


def views(correlation, n=MANY, days=1):
    """Two parties' views that correlate so, shape (2, n, days)."""
    rng = np.random.default_rng(5)
    client, other = rng.normal(size=(2, n, days))
    return np.stack([client, correlation * client + np.sqrt(1 - correlation**2) * other])


def table_of(rating, day=1, measurement=MEASUREMENT, seed=0):
    view = panel_of(rating)
    return ratings(view, day, units_of(view.dyads), measurement, seed)


def test_noise_attenuates_a_correlation_by_the_reliability():
    table = table_of(views(0.6), measurement=NO_CEILING)
    true, seen = (row(table, "rating_correlation", how) for how in ("true", "observed"))
    assert true["low"] < 0.6 < true["high"]
    assert seen["low"] < 0.6 * 0.77 < seen["high"]


def test_a_rating_asked_twice_agrees_with_itself_as_far_as_it_is_reliable():
    values = views(0)[0, :, 0]
    rng = np.random.default_rng(1)
    one, other = (observed_rating(values, rng.normal(size=MANY), 0.0) for _ in range(2))
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0.77, abs=0.03)


def test_clients_pile_up_at_the_top_and_keyworkers_do_not():
    values, noise = views(0)[0, :, 0], np.random.default_rng(1).normal(size=MANY)
    client = observed_rating(values, noise, MEASUREMENT.clients_at_top)
    assert (client == client.max()).mean() == pytest.approx(MEASUREMENT.clients_at_top, abs=0.001)
    keyworker = observed_rating(values, noise, MEASUREMENT.keyworkers_at_top)
    assert (keyworker == keyworker.max()).sum() == 1


@given(st.floats(0.3, 1), st.lists(st.floats(-9, 9), min_size=2, max_size=20))
def test_noise_has_its_share_of_the_variance_of_ratings(reliability, values):
    spread = np.var(values)
    noise = noise_sd(np.array(values), Measurement(reliability=reliability)) ** 2
    assert spread == pytest.approx(reliability * (spread + noise), abs=1e-9)


def test_perfect_ratings_are_the_views_themselves():
    table = table_of(views(0.4, 50), measurement=Measurement(1.0, 0.0, 0.0))
    true, seen = (row(table, "rating_correlation", how)["estimate"] for how in ("true", "observed"))
    assert true == pytest.approx(seen)


def test_the_same_dyad_has_the_same_noise_in_whatever_company():
    dyads = pd.DataFrame({"replicate": [0, 0, 4], "centre": [0, 1, 1], "dyad": [0, 2, 2]})
    all_of_them, alone = rating_noise(dyads, 60, 3, 7), rating_noise(dyads.iloc[2:], 60, 2, 7)
    assert np.array_equal(all_of_them[2, :2], alone[0])
    assert len(np.unique(all_of_them)) == all_of_them.size


def test_other_seeds_and_days_have_other_noise():
    dyads = pd.DataFrame({"replicate": [0], "centre": [0], "dyad": [0]})
    draws = {rating_noise(dyads, day, 1, seed)[0, 0] for day in (1, 2) for seed in (0, 1)}
    assert len(draws) == 4


def test_the_gap_is_clients_less_keyworkers_and_its_size_has_no_sign():
    rating = np.zeros((2, 4, 1))
    rating[0, :, 0] = [1, 1, -1, 3]
    table = table_of(rating)
    assert row(table, "rating_gap", "mean")["estimate"] == 1
    assert row(table, "rating_gap", "absolute")["estimate"] == 1.5
    assert row(table, "rating_mean", "client")["estimate"] == 1
    assert row(table, "rating_mean", "keyworker")["estimate"] == 0
    assert row(table, "rating_sd", "client")["estimate"] == pytest.approx(np.std([1, 1, -1, 3]))


def test_a_change_of_all_signs_turns_no_correlation():
    rating = views(0.5, 100)
    plain, turned = (row(table_of(r), "rating_correlation", "true") for r in (rating, -rating))
    assert plain["estimate"] == pytest.approx(turned["estimate"])


def test_the_change_of_a_correlation_is_told_from_the_first_week_on():
    rating = np.concatenate([np.repeat(views(0.1, 500), 7, axis=2), views(0.7, 500)], axis=2)
    change = row(table_of(rating, day=8), "rating_correlation_change", "true")
    assert change["low"] < 0.6 < change["high"]
    assert change["low"] > 0
    assert "rating_correlation_change" not in set(table_of(rating, day=7)["measure"])
