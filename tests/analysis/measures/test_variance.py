"""Variance shares: planted components are recovered, and a likelihood fit says the same."""

import warnings

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import mixedlm
from tests.support.handmade import panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.variance import EVERY, LEVELS, reciprocity, shares_of_both, variance

COMPONENTS = dict(zip(LEVELS, (0.5, 0.3, 0.8, 0.4), strict=True))


def planted(centres=150, posts=3, clients=3, days=4, components=COMPONENTS, seed=1):
    """Ratings every 30 days with known components of variance; the panel of clients, posts nested in centres."""
    rng = np.random.default_rng(seed)
    shape = (2, centres, posts, clients, days)
    noise = [rng.normal(size=(2, *shape[1 : 2 + level], *[1] * (3 - level))) for level in range(4)]
    rating = sum(np.sqrt(components[name]) * some for name, some in zip(LEVELS, noise, strict=True))
    rating = np.broadcast_to(rating, shape).reshape(2, -1, days)
    daily = np.zeros((2, rating.shape[1], EVERY * days))
    daily[:, :, EVERY - 1 :: EVERY] = rating
    centre = np.repeat(np.arange(centres), posts * clients)
    post = np.tile(np.repeat(np.arange(posts), clients), centres)
    return panel_of(daily, centres=centre, post=post[None, :, None])


def of(view):
    return variance(view, units_of(view.dyads))


def test_planted_shares_lie_in_their_intervals():
    table, total = of(planted()), sum(COMPONENTS.values())
    for role in ("client", "keyworker"):
        for name, component in COMPONENTS.items():
            found = row(table, "variance_share", f"{role}: {name}")
            assert found["low"] < component / total < found["high"], (role, name)
            assert found["high"] - found["low"] < 0.25


def test_shares_sum_to_one():
    table = of(planted(30))
    assert table.groupby(table["group"].str.split(":").str[0])["estimate"].sum().tolist() == pytest.approx([1, 1])


def test_a_likelihood_fit_says_the_same_of_balanced_data():
    view = planted(12, 2, 3, 3, dict.fromkeys(LEVELS, 1.0))
    table = of(view)
    values = view.rating[0][:, EVERY - 1 :: EVERY]
    n, days = values.shape
    data = pd.DataFrame(
        {
            "y": values.ravel(),
            "c": np.repeat(view.dyads["centre"].to_numpy(), days),
            "k": np.repeat(view.post[:, 0], days),
            "p": np.repeat(np.arange(n) % 6, days),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = {"keyworker": "0 + C(k)", "pair": "0 + C(p)"}
        fit = mixedlm("y ~ 1", data, groups="c", re_formula="1", vc_formula=parts).fit(reml=True)
    components = [fit.cov_re.iloc[0, 0], *fit.vcomp, fit.scale]
    expected = np.array(components) / sum(components)
    got = [row(table, "variance_share", f"client: {name}")["estimate"] for name in LEVELS]
    assert got == pytest.approx(expected, abs=0.02)


def test_unequal_numbers_of_ratings_do_not_mislead_it():
    view = planted(300, components=COMPONENTS, seed=4)
    changed = view.predecessors.copy()
    changed[::3, 2 * EVERY :] = 1
    table = of(view._replace(predecessors=changed))
    found = row(table, "variance_share", "client: centres")
    assert found["low"] < COMPONENTS["centres"] / sum(COMPONENTS.values()) < found["high"]


@pytest.mark.parametrize(
    ("sizes", "level", "why"),
    [
        ({"centres": 1}, "centres", "there is only one centre"),
        ({"posts": 1}, "keyworkers", "every centre has only one keyworker"),
        ({"clients": 1}, "pairs", "every keyworker has only one client"),
        ({"days": 1}, "days", "at least two days that are 30 days apart"),
    ],
)
def test_what_the_design_cannot_tell_apart_is_said_in_words(sizes, level, why):
    table = of(planted(**{"centres": 25, **sizes}))
    found = row(table, "variance_share", f"client: {level}")
    assert np.isnan(found["estimate"])
    assert why in found["interval"]
    known = table[table["group"].str.startswith("client") & table["estimate"].notna()]["estimate"]
    assert known.sum() == pytest.approx(1 if level != "days" else 0)


def test_few_centres_have_shares_but_no_intervals():
    table = of(planted(4))
    assert table["estimate"].notna().all()
    assert table["low"].isna().all()
    assert table["interval"].str.contains("at least 20 centres").all()


def test_ratings_that_never_differ_have_no_shares():
    assert of(planted(25, components=dict.fromkeys(LEVELS, 0.0)))["estimate"].isna().all()


def test_the_shares_of_both_parties_are_those_of_each_in_one_function():
    view = planted(30)
    parts, shares, names = shares_of_both(view)
    table = of(view).set_index("group")["estimate"]
    assert shares(parts.sum(axis=0)) == pytest.approx(table[list(names)].to_numpy())


@pytest.mark.parametrize("together", [-0.5, 0.0, 0.7])
def test_a_planted_correlation_of_pairs_within_keyworkers_is_recovered_whatever_their_level(together):
    rng = np.random.default_rng(3)
    keyworkers, clients = 300, 4
    pairs, other = rng.normal(size=(2, keyworkers * clients))
    both = np.stack([pairs, together * pairs + np.sqrt(1 - together**2) * other])
    level = np.repeat(rng.normal(0, 3, keyworkers), clients)
    view = panel_of((both + level)[:, :, None].repeat(EVERY, axis=2), centres=np.repeat(np.arange(keyworkers), clients))
    found = row(reciprocity(view, units_of(view.dyads)), "pair_effects", "all")
    assert found["low"] < together < found["high"]
    assert found["n"] == keyworkers * clients


def test_a_keyworker_with_one_client_says_nothing_about_pairs():
    view = panel_of(np.random.default_rng(1).normal(size=(2, 6, EVERY)))
    assert row(reciprocity(view, units_of(view.dyads)), "pair_effects", "all")["interval"].startswith("not estimated")
