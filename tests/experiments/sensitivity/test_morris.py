"""Morris screening: against SALib, and against chance."""

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as salib
from SALib.sample import morris as walks
from tests.support.study_runs import runs_of

from twoway.experiments.sensitivity.morris import find_walks, morris
from twoway.experiments.sensitivity.outcome_matrix import outcome_matrix
from twoway.simulation.errors import InputError

INPUTS = ("steady", "bent", "inert")
BOUNDS = [[0.0, 10.0], [-1.0, 1.0], [0.0, 1.0]]
RANGES = {name: (low, high) for name, (low, high) in zip(INPUTS, BOUNDS, strict=True)}
PROBLEM = {"num_vars": 3, "names": list(INPUTS), "bounds": BOUNDS}


def study(number=20, noise=0.0, replicates=4, seed=1):
    design = pd.DataFrame(walks.sample(PROBLEM, number, num_levels=4, seed=seed), columns=list(INPUTS))
    y = 0.4 * design["steady"] + 3 * design["bent"] ** 2 * (1 + design["steady"] / 10)
    return design, y.to_numpy()[:, None] + np.random.default_rng(seed).normal(0, noise, (len(design), replicates))


def screened(design, values, **more):
    return morris(find_walks(design, RANGES), outcome_matrix(design, runs_of(values), "y"), **{"draws": 200} | more)


def test_without_randomness_the_effects_are_salibs():
    design, values = study(replicates=1)
    told = salib.analyze(PROBLEM, design.to_numpy(), values[:, 0], num_levels=4, num_resamples=10, seed=1)
    effects = screened(design, values).effects
    for name in ("mu", "mu_star"):
        assert effects[name].to_numpy() == pytest.approx(np.array(told[name], float), abs=1e-9)
    assert effects["sigma"].to_numpy() == pytest.approx(np.array(told["sigma"], float), abs=1e-9)


def test_chance_neither_enlarges_the_effect_of_an_inert_input_nor_makes_a_steady_one_look_bent():
    sizes, plain, steady = [], [], []
    for seed in range(30):
        effects = screened(*study(noise=2.0, seed=seed), draws=100).effects.set_index("input")
        sizes.append(effects.loc["inert", "mu_star"])
        plain.append(effects.loc["inert", "plain_mu_star"])
        steady.append(effects.loc["inert", "sigma"] ** 2)
    assert abs(np.mean(sizes)) < 4 * np.std(sizes) / np.sqrt(30)
    assert np.mean(plain) > 1
    assert np.mean(steady) < 1


def test_an_interval_covers_the_effect_of_a_steady_input():
    effects = screened(*study(number=50, noise=1.0)).effects.set_index("input").loc["inert"]
    assert effects["mu_low"] < 0 < effects["mu_high"]
    assert effects["mu_star_low"] < 0 < effects["mu_star_high"] < 1
    assert effects["mu_star_low"] <= effects["mu_star"] <= effects["mu_star_high"]


def test_effects_are_told_per_whole_range_whatever_part_of_it_occurs():
    design, values = study()
    one, twice = (
        morris(find_walks(design, ranges), outcome_matrix(design, runs_of(values), "y"), draws=100).effects
        for ranges in (RANGES, RANGES | {"steady": (0.0, 20.0)})
    )
    assert twice["mu"][0] == pytest.approx(2 * one["mu"][0])
    assert twice["mu"][1] == pytest.approx(one["mu"][1])


def test_trajectories_are_recognised_by_their_steps():
    design = study()[0]
    assert find_walks(design).step.shape == (20, 3)
    assert find_walks(design.sample(frac=1, random_state=1)) is None
    assert find_walks(design[:-1]) is None


def test_a_trajectory_with_a_point_without_runs_is_left_out_whole():
    design, values = study()
    values = np.where(np.arange(80)[:, None] == 5, np.nan, values)
    assert morris(find_walks(design), outcome_matrix(design, runs_of(values), "y"), draws=100).walks == 19


def test_too_few_trajectories_are_refused():
    with pytest.raises(InputError, match="3 whole trajectories; at least 4"):
        screened(*study(number=3))


def test_what_changing_a_word_does_is_no_matter_of_the_alphabet():
    effects = {}
    for first, second in (("five", "six"), ("six", "five")):
        design, rng = walks_in_words(first, second)
        values = (design["frames"] == second).to_numpy(float)[:, None] + 0.01 * rng.normal(size=(len(design), 3))
        numbers = design.assign(frames=pd.Categorical(design["frames"]).codes.astype(float))
        walks = find_walks(numbers, words=["frames"])
        found = morris(walks, outcome_matrix(numbers, runs_of(values), "y"), draws=100).effects.set_index("input")
        effects[first] = found.loc["frames", "mu_star"]
        assert found.loc["frames", "mu_star"] == pytest.approx(1.0, abs=0.05)
    assert effects["five"] == pytest.approx(effects["six"], abs=0.05)


def test_a_change_between_any_two_of_three_words_is_one_step():
    numbers = pd.DataFrame({"word": [0.0, 2.0, 2.0, 1.0, 0.0, 0.0], "x": [0.0, 0.0, 1.0, 1.0, 1.0, 0.0]})
    steps = find_walks(numbers, words=["word"]).step
    assert set(np.abs(steps).ravel()) == {1.0}


def walks_in_words(first, second):
    """Trajectories of a number and a word, and the random generator to go with them."""
    rng, rows = np.random.default_rng(0), []
    for _ in range(20):
        start = [rng.choice([0.0, 1 / 3]), int(rng.integers(2))]
        rows += [start, [start[0] + 2 / 3, start[1]], [start[0] + 2 / 3, 1 - start[1]]]
    table = pd.DataFrame(rows, columns=["x", "frames"])
    return table.assign(frames=[(first, second)[code] for code in table["frames"]]), rng
