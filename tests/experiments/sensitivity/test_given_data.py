"""Indices from given data: against functions whose indices are known, against SALib, and against chance."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.analyze import rbd_fast
from SALib.sample import latin
from tests.support.study_runs import runs_of

from twoway.experiments.sensitivity.given_data import given_data
from twoway.experiments.sensitivity.indices import sensitivity
from twoway.experiments.sensitivity.outcome_matrix import OutcomeMatrix
from twoway.simulation.errors import InputError

ISHIGAMI = {"first": [0.3139, 0.4424, 0.0], "total": [0.5576, 0.4424, 0.2437]}


def sample(inputs, points, low=0.0, high=1.0, seed=1):
    problem = {"num_vars": inputs, "names": [f"x{j}" for j in range(inputs)], "bounds": [[low, high]] * inputs}
    return pd.DataFrame(latin.sample(problem, points, seed=seed), columns=problem["names"])


def ishigami(x):
    x = x.to_numpy()
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def with_noise(values, size, replicates=4, seed=1):
    return values[:, None] + np.random.default_rng(seed).normal(0, size, (len(values), replicates))


def found(design, values, **more):
    values = np.asarray(values, np.float64).reshape(len(design), -1)
    return given_data(design, OutcomeMatrix("y", values, values.size, 0), **{"draws": 100} | more)


def estimates(result, index, column="estimate"):
    return result.indices.loc[result.indices["index"] == index, column].to_numpy()


def test_the_indices_of_a_known_function_are_found_from_a_latin_hypercube():
    design = sample(3, 300, -np.pi, np.pi)
    result = found(design, ishigami(design))
    for index, true in ISHIGAMI.items():
        assert estimates(result, index) == pytest.approx(true, abs=0.03)
        assert (estimates(result, index, "low") <= true).all()
        assert (true <= estimates(result, index, "high")).all()
    assert result.explained[0] > 0.97
    assert list(result.beyond["shown"]) == [True, False, True]


def test_random_draws_count_neither_as_an_effect_nor_as_something_the_surrogate_does_not_know():
    design = sample(4, 300)
    values = with_noise(2 * design["x0"].to_numpy() + design["x1"].to_numpy(), 0.6)
    result = found(design, values)
    assert estimates(result, "first") == pytest.approx([0.8, 0.2, 0, 0], abs=0.1)
    assert estimates(result, "total") == pytest.approx([0.8, 0.2, 0, 0], abs=0.1)
    assert result.explained[0] > 0.9
    uncorrected = found(design, values.mean(axis=1))
    assert uncorrected.explained[0] < result.explained[0] - 0.1


@pytest.mark.slow
def test_intervals_hold_the_true_index_about_as_often_as_they_say():
    """At a true rate of 95 in 100, fewer than 86 in 100 of these 120 would come about once in ten thousand times."""
    held = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        design = sample(3, 150, -np.pi, np.pi, seed)
        noise = rng.normal(0, 2, 4) + rng.normal(0, 2, (150, 4)) + design[["x0"]].to_numpy() * rng.normal(0, 0.3, 4)
        result = found(design, ishigami(design)[:, None] + noise, seed=seed)
        for index, true in ISHIGAMI.items():
            held += list((estimates(result, index, "low") <= true) & (true <= estimates(result, index, "high")))
    assert np.mean(held) > 0.86


def test_first_order_indices_are_those_of_salib_but_for_its_own_error():
    design = sample(3, 1000, -np.pi, np.pi)
    y = ishigami(design)
    problem = {"num_vars": 3, "names": list(design), "bounds": [[-np.pi, np.pi]] * 3}
    told = rbd_fast.analyze(problem, design.to_numpy(), y, num_resamples=2, seed=1)["S1"]
    assert estimates(found(design, y), "first") == pytest.approx(told, abs=0.05)


def test_the_closed_index_of_a_group_holds_what_its_inputs_do_together():
    design = sample(3, 200)
    x = design.to_numpy() - 0.5
    result = found(design, 12 * x[:, 0] * x[:, 1] + x[:, 2], groups={"both": ["x0", "x1"], "one": ["x2"]})
    assert estimates(result, "first")[:2] == pytest.approx([0, 0], abs=0.02)
    groups = result.groups.set_index(["group", "index"])["estimate"]
    share = 1 / (1 + 1 / 12)  # 144 / 12² by the product, 1 / 12 by the third
    assert groups["both", "first"] == pytest.approx(share, abs=0.02)
    assert groups["both", "total"] == pytest.approx(share, abs=0.02)
    assert groups["one", "first"] == pytest.approx(1 - share, abs=0.02)
    assert set(result.groups["inputs"]) == {"x0, x1", "x2"}


def test_of_correlated_inputs_the_first_order_index_holds_what_they_share_and_the_total_only_what_is_their_own():
    rng = np.random.default_rng(1)
    one = rng.normal(size=400)
    other = 0.9 * one + np.sqrt(1 - 0.81) * rng.normal(size=400)
    design = pd.DataFrame({"cause": one, "fellow": other, "apart": rng.normal(size=400)})
    result = found(design, one, correlated=True, groups={"both": ["cause", "fellow"]})
    assert estimates(result, "first") == pytest.approx([1.0, 0.81, 0.0], abs=0.05)
    assert estimates(result, "total") == pytest.approx([0.19, 0.0, 0.0], abs=0.05)
    assert result.groups["estimate"].to_numpy() == pytest.approx([1, 1], abs=0.03)
    assert result.beyond.empty


def test_an_input_in_words_has_indices_whatever_the_order_of_its_words():
    design = sample(2, 200)
    place = np.arange(200) % 3
    by_word = np.array([0.0, 2.0, 0.5])[place]
    values = by_word + design["x0"].to_numpy()
    results = []
    for codes in ([0, 1, 2], [2, 0, 1]):
        table = design.assign(word=np.array(codes, dtype=float)[place])
        results.append(estimates(found(table, values, words=["word"]), "total"))
    assert results[0] == pytest.approx(results[1], abs=0.01)
    assert results[0][2] == pytest.approx(by_word.var() / (by_word.var() + 1 / 12), abs=0.03)


@settings(max_examples=8)
@given(st.permutations(["x0", "x1", "x2"]), st.floats(0.01, 100), st.floats(-100, 100))
def test_neither_the_place_of_an_input_nor_the_unit_of_the_outcome_matters(order, scale, shift):
    design = sample(3, 80)
    y = design["x0"] ** 2 + design["x1"] * design["x2"]
    plain = found(design, y).indices.set_index(["input", "index"])["estimate"]
    other = found(design[order], shift + scale * y).indices.set_index(["input", "index"])["estimate"]
    assert other[plain.index].to_numpy() == pytest.approx(plain.to_numpy(), abs=0.02)


def test_what_the_surrogate_does_not_know_widens_every_interval_and_the_verdict_says_what_it_would_take():
    design = sample(2, 120)
    y = np.sin(40 * design["x0"].to_numpy()) + design["x1"].to_numpy()
    result = found(design, y)
    assert result.explained[0] < 0.6
    for index, true in (("first", [0.86, 0.14]), ("total", [0.86, 0.14])):
        assert (estimates(result, index, "high") >= true).all()
    said = " ".join(sensitivity(design, runs_of(with_noise(y, 0.01)), "y", draws=100).verdict)
    assert "too little to rely on: 80% should be explained" in said


def test_a_rough_function_needs_more_points_and_the_verdict_says_about_how_many():
    design = sample(6, 60)
    x = design.to_numpy()
    y = ((np.abs(4 * x - 2) + np.array([0, 0, 0.5, 3, 9, 99])) / (1 + np.array([0, 0, 0.5, 3, 9, 99]))).prod(axis=1)
    said = " ".join(sensitivity(design, runs_of(with_noise(y, 0.001)), "y", draws=100).verdict)
    assert "too little to rely on" in said
    assert "It would take about" in said or "More points would hardly help" in said


def test_too_few_points_for_a_surrogate_are_refused():
    with pytest.raises(InputError, match="30 points with runs; at least 50 are needed for first-order and total"):
        found(sample(2, 30), np.arange(30.0))
