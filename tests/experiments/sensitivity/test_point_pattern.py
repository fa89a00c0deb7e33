"""A sample of the space is told from points that somebody chose, and correlated inputs from independent ones."""

import numpy as np
import pandas as pd
import pytest
from SALib.sample import latin
from scipy.stats import spearmanr

from twoway.experiments.sensitivity.indices import sensitivity
from twoway.experiments.sensitivity.point_pattern import chosen_points, correlated_pairs

NAMES = list("abc")


def uniform(points, seed=1):
    return pd.DataFrame(np.random.default_rng(seed).random((points, 3)), columns=NAMES)


def test_random_points_and_latin_hypercubes_are_samples_of_the_space():
    """At a true rate of three in a hundred, more than four of forty would come about once in a thousand times."""
    problem = {"num_vars": 3, "names": NAMES, "bounds": [[0, 5]] * 3}
    called = [chosen_points(uniform(80, seed)) is not None for seed in range(20)]
    called += [
        chosen_points(pd.DataFrame(latin.sample(problem, 80, seed=seed), columns=NAMES)) is not None
        for seed in range(20)
    ]
    assert sum(called) <= 4


def test_whole_numbers_of_a_latin_hypercube_are_a_sample_too():
    table = uniform(150)
    table["a"] = np.floor(table["a"] * 4)
    assert chosen_points(table) is None


def clustered():
    rng = np.random.default_rng(1)
    centres = rng.random((4, 3))
    return pd.DataFrame(centres[rng.integers(4, size=100)] + rng.normal(0, 0.03, (100, 3)), columns=NAMES)


def one_at_a_time():
    rows = [[0.5] * 3]
    for j in range(3):
        rows += [[value if k == j else 0.5 for k in range(3)] for value in np.linspace(0, 1, 20)]
    return pd.DataFrame(rows, columns=NAMES)


GRID = pd.DataFrame([(a, b, c) for a in range(4) for b in range(5) for c in range(3)], columns=NAMES, dtype=float)


@pytest.mark.parametrize(
    ("table", "kind", "word"),
    [
        (GRID, None, "all combinations"),
        (one_at_a_time(), None, "one input at a time"),
        (clustered(), None, "listed"),
        (uniform(100) ** 4, None, "crowd"),
        (uniform(100), "intervention", "arms that somebody chose"),
        (uniform(100), "ask-tell", "optimiser"),
    ],
)
def test_points_that_somebody_chose_are_no_sample(table, kind, word):
    assert word in chosen_points(table, kind)


def test_correlated_inputs_are_named_with_the_rank_correlation_the_strongest_first():
    table = uniform(100)
    table["b"] = table["a"] + 0.5 * table["b"]
    table["c"] = -table["a"] + 0.1 * table["c"]
    pairs = correlated_pairs(table)
    assert (pairs[0].one, pairs[0].other) == ("a", "c")
    assert pairs[0].correlation == pytest.approx(spearmanr(table["a"], table["c"]).statistic)
    assert {(pair.one, pair.other) for pair in pairs} == {("a", "c"), ("a", "b"), ("b", "c")}


def test_independent_inputs_are_seldom_called_correlated():
    assert sum(bool(correlated_pairs(uniform(60, seed))) for seed in range(40)) <= 3


def test_a_word_that_goes_with_a_number_is_correlated_whatever_the_alphabet_says():
    table = uniform(200)
    table["b"] = np.array([1.0, 0.0, 2.0])[np.digitize(table["a"], [0.33, 0.67])]
    found = correlated_pairs(table, words=["b"])
    assert [(pair.one, pair.other) for pair in found] == [("a", "b")]
    assert abs(found[0].correlation) > 0.7


def test_a_sensitivity_analysis_of_correlated_points_says_so_and_advises_a_group():
    table = uniform(120)
    table["b"] = 0.8 * table["a"] + 0.2 * table["b"]
    y = table["a"].to_numpy()[:, None] + np.random.default_rng(2).normal(0, 0.1, (120, 3))
    runs = pd.DataFrame({"point": np.repeat(range(120), 3), "replicate": np.tile(range(3), 120), "y": y.ravel()})
    found = sensitivity(table, runs, "y", draws=100)
    said = " ".join(found.verdict)
    assert "a with b (+0." in said
    assert "no longer add up" in said
    assert "--group together=a,b" in said
    assert "What inputs do each by itself adds up" not in said
    assert list(found.tables["correlated"].columns) == ["one", "other", "correlation"]
    grouped = " ".join(sensitivity(table, runs, "y", draws=100, groups={"ab": ["a", "b"]}).verdict)
    assert "The inputs of the group ab (a and b), known together, explain" in grouped
    assert "--group" not in grouped
