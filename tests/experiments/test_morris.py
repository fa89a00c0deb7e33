"""Morris screening: against SALib, and against luck."""

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as salib
from SALib.sample import morris as walks

from experiments.morris import find_walks, morris
from experiments.replicates import replicates
from simulation.refusal import Refusal
from tests.experiments.studies import runs_of

INPUTS = ("steady", "bent", "inert")
BOUNDS = [[0.0, 10.0], [-1.0, 1.0], [0.0, 1.0]]
RANGES = {name: (low, high) for name, (low, high) in zip(INPUTS, BOUNDS, strict=True)}
PROBLEM = {"num_vars": 3, "names": list(INPUTS), "bounds": BOUNDS}


def study(number=20, noise=0.0, worlds=4, seed=1):
    design = pd.DataFrame(walks.sample(PROBLEM, number, num_levels=4, seed=seed), columns=list(INPUTS))
    y = 0.4 * design["steady"] + 3 * design["bent"] ** 2 * (1 + design["steady"] / 10)
    return design, y.to_numpy()[:, None] + np.random.default_rng(seed).normal(0, noise, (len(design), worlds))


def screened(design, values, **more):
    return morris(find_walks(design, RANGES), replicates(design, runs_of(values), "y"), **{"draws": 200} | more)


def test_without_luck_the_effects_are_salibs():
    design, values = study(worlds=1)
    told = salib.analyze(PROBLEM, design.to_numpy(), values[:, 0], num_levels=4, num_resamples=10, seed=1)
    effects = screened(design, values).effects
    for name in ("mu", "mu_star"):
        assert effects[name].to_numpy() == pytest.approx(np.array(told[name], float), abs=1e-9)
    assert effects["sigma"].to_numpy() == pytest.approx(np.array(told["sigma"], float), abs=1e-9)


def test_luck_neither_enlarges_the_effect_of_an_inert_input_nor_makes_a_steady_one_look_bent():
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
    assert effects["mu_star_low"] == 0
    assert effects["mu_star_high"] < 1


def test_effects_are_told_per_whole_range_whatever_part_of_it_occurs():
    design, values = study()
    one, twice = (
        morris(find_walks(design, ranges), replicates(design, runs_of(values), "y"), draws=100).effects
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
    assert morris(find_walks(design), replicates(design, runs_of(values), "y"), draws=100).walks == 19


def test_too_few_trajectories_are_refused():
    with pytest.raises(Refusal, match="3 whole trajectories; at least 4"):
        screened(*study(number=3))
