"""Clusters found without the rule: planted groups are found, and where there are none it is said."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from twoway.analysis.clustering import (
    GRID,
    LEAST_DYADS,
    STABLE,
    Emergence,
    _adjusted_rand,
    account_features,
    accounts_in,
    emergence,
    emergence_sentences,
    rule_on,
)
from twoway.analysis.patterns import PATTERNS, THRESHOLDS, with_patterns
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, Scenario, load
from twoway.simulation.tables import run

N, CENTRES = 240, 12


@pytest.fixture(scope="module")
def resolved():
    return Resolved(Scenario())


def days_of(positivity, negativity, kinds, felt, resolved):
    """A table of two equal days of such accounts: tones (2, n), shares of kinds (2, n, 3), felt coercion (n,)."""
    n = len(felt)
    tables = []
    for day in (1, 2):
        for side, role in enumerate(ROLES):
            table = pd.DataFrame(
                {
                    "replicate": 0,
                    "centre": np.arange(n) % CENTRES,
                    "dyad": np.arange(n) // CENTRES,
                    "day": day,
                    "party": pd.Categorical([role] * n, categories=list(ROLES)),
                    "post": 0,
                    "predecessors": 0,
                    "positivity": positivity[side],
                    "negativity": negativity[side],
                    "felt_coercion": felt * (side == 0),
                }
            )
            for name, kind in zip(resolved.frames.names, resolved.frames.kind, strict=True):
                table[f"share_of_{name}"] = kinds[side][:, kind] / np.sum(resolved.frames.kind == kind)
            tables.append(table)
    return pd.concat(tables, ignore_index=True)


def planted(resolved, centres_of_groups, seed=0):
    """Accounts around as many centres of gravity (P, N, personal log-odds, felt) as are given, equally many each."""
    rng = np.random.default_rng(seed)
    group = np.arange(N) % len(centres_of_groups)
    good, bad, odds, felt = np.array(centres_of_groups, float)[group].T
    tones = [np.abs(np.stack([x + 0.05 * rng.normal(size=N) for _ in range(2)])) for x in (good, bad)]
    logits = np.stack([np.stack([odds, 0 * odds, -odds], axis=1) + 0.2 * rng.normal(size=(N, 3)) for _ in range(2)])
    shares = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return days_of(*tones, shares, np.abs(felt + 0.02 * rng.normal(size=N)), resolved), group


THREE = [(2.0, 0.05, 2.0, 0.05), (0.5, 0.05, 0.0, 0.1), (0.8, 1.0, -2.0, 0.5)]
"""Tones and frames that the rule calls friendly, polite and conflicted."""


@pytest.fixture(scope="module")
def three(resolved):
    days, group = planted(resolved, THREE)
    return emergence(days, resolved, 1), days, group


@pytest.fixture(scope="module")
def cloud(resolved):
    """What is found in one cloud without groups."""
    return emergence(planted(resolved, [(1.0, 0.4, 0.0, 0.3)])[0], resolved, 1)


@pytest.mark.slow
def test_three_planted_groups_are_found_and_are_those_of_the_rule(three):
    found, _, group = three
    assert (found.best, found.chosen) == (3, 3)
    assert found.numbers.loc[3, "stability"] == pytest.approx(1)
    assert found.numbers.loc[3, "agreement"] == pytest.approx(1)
    place = found.dyads["dyad"] * CENTRES + found.dyads["centre"]
    assert adjusted_rand_score(group[place], found.dyads["cluster"].cat.codes) == 1
    assert np.array_equal(found.confusion.to_numpy(), np.eye(3) * N / 3)
    assert found.profiles["share"].tolist() == pytest.approx([1 / 3] * 3)
    assert any("Three is what the data show" in sentence for sentence in emergence_sentences(found))


def test_clusters_are_numbered_from_the_best_rated_down(three):
    found, _, _ = three
    rating = found.profiles["client_positivity"] - found.profiles["client_negativity"]
    assert rating.is_monotonic_decreasing


def test_thresholds_are_swept_by_a_quarter_either_way():
    swept = np.array(GRID) / THRESHOLDS
    assert swept.min(axis=0).tolist() == [0.75, 0.75]
    assert swept.max(axis=0).tolist() == [1.25, 1.25]


@pytest.mark.slow
def test_where_accounts_fall_into_three_each_party_s_own_does_too(three):
    alone = three[0].parties
    assert alone.index.tolist() == list(ROLES)
    assert (alone["best"] == 3).all()
    assert alone[["stability", "agreement"]].to_numpy() == pytest.approx(1)
    words = " ".join(emergence_sentences(three[0]))
    assert "The keyworker's account by itself is best described by 3 clusters" in words


@pytest.mark.slow
def test_two_planted_groups_are_not_called_three(resolved):
    found = emergence(planted(resolved, THREE[::2])[0], resolved, 1)
    assert (found.best, found.chosen) == (2, 2)
    assert any("Three is not what the data show" in sentence for sentence in emergence_sentences(found))


@pytest.mark.slow
def test_one_cloud_is_no_groups_at_all(cloud):
    assert cloud.chosen == 1
    words = " ".join(emergence_sentences(cloud))
    assert "Three is not what the data show" in words
    assert "is stable" in words
    assert (cloud.numbers.loc[2:, "stability"] < STABLE).all()


@pytest.mark.slow
def test_the_same_table_and_seed_give_the_same_clusters_whatever_the_order_of_rows(three, resolved):
    found, days, _ = three
    again = emergence(days.sample(frac=1, random_state=1), resolved, 1)
    for name, one, other in zip(Emergence._fields, found, again, strict=True):
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, other)
        else:
            assert one == other, name


def test_the_rule_is_that_of_the_patterns(three):
    found, days, _ = three
    wide = {}
    for role in ROLES:
        own = days[(days["day"] == 1) & (days["party"] == role)].sort_values(["centre", "dyad"])
        wide |= {f"{role}_{tone}": own[tone].to_numpy() for tone in ("positivity", "negativity")}
    assert found.dyads["pattern"].tolist() == with_patterns(pd.DataFrame(wide))["pattern"].tolist()


def test_other_thresholds_are_looked_at_and_include_those_of_the_rule(three):
    grid = three[0].thresholds
    assert grid[list(PATTERNS)].sum(axis=1).to_numpy() == pytest.approx(1)
    mine = grid[(grid["positivity"] == THRESHOLDS.positivity) & (grid["negativity"] == THRESHOLDS.negativity)]
    assert mine["agreement_3"].tolist() == [three[0].numbers.loc[3, "agreement"]]
    assert len(grid) > 10


def test_both_statements_about_ambivalence_are_checked_with_clusters(three):
    measures = three[0].measures
    assert set(measures["measure"]) == {"agreement_with_rule", "ambivalence", "same_balance", "same_balance_difference"}
    ambivalence = measures[measures["measure"] == "ambivalence"].set_index("group")["estimate"]
    assert ambivalence.idxmax() == "cluster 3"


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=5, max_size=60))
def test_the_agreement_is_the_adjusted_rand_index(pairs):
    one, other = np.array(pairs).T
    if len(set(one)) == len(set(other)) == 1:
        return
    counts = np.bincount(3 * one + other, minlength=9).astype(float)
    assert _adjusted_rand(counts) == pytest.approx(adjusted_rand_score(one, other))


def test_features_are_standardised_and_leave_out_what_does_not_vary(resolved):
    days, _ = planted(resolved, THREE)
    accounts = accounts_in(days, resolved, (1, 1))
    values = account_features(accounts)
    assert values.shape == (N, 9)
    assert np.allclose(values.mean(axis=0), 0)
    assert np.allclose(values.std(axis=0), 1)
    assert account_features(accounts.assign(client_felt_coercion=0.0)).shape == (N, 8)


def test_accounts_are_those_of_the_dyads_table_on_the_last_day():
    scenario = load("four-centres", {"design.days": 20})
    tables = run(scenario, detail="days")
    accounts = accounts_in(tables.days, Resolved(scenario), (20, 20))
    names = [f"{role}_{name}" for role in ROLES for name in ("positivity", "negativity", *KINDS)]
    for name in [*names, "client_felt_coercion"]:
        assert np.allclose(accounts[name], tables.dyads[name]), name
    assert [PATTERNS[code] for code in rule_on(accounts)] == with_patterns(tables.dyads)["pattern"].tolist()


def test_heavy_libraries_wait_until_clusters_are_asked_for():
    modules = "twoway.analysis.clustering, twoway.analysis.measures.all_measures"
    code = f"import sys, {modules}; print({{'sklearn', 'scipy.stats'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_too_few_dyads_a_missing_column_and_a_day_not_kept_are_refused(resolved):
    days, _ = planted(resolved, THREE)
    with pytest.raises(InputError, match=f"days: 24 dyads; clusters take at least {LEAST_DYADS}, ask for more"):
        emergence(days[days["dyad"] < 2], resolved, 1)
    with pytest.raises(InputError, match="days: the column 'share_of_care' is missing"):
        emergence(days.drop(columns="share_of_care"), resolved, 1)
    with pytest.raises(InputError, match="day = 9; the table of days holds day 1 to 2"):
        emergence(days, resolved, 9)
