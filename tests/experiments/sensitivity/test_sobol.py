"""Sobol' indices: against SALib, against known functions, and against chance."""

import numpy as np
import pandas as pd
import pytest
from benchmarks.interval_coverage import covered, ishigami, simulated, sobol_g
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.analyze import sobol as salib
from scipy.stats import binom
from tests.support.study_runs import design_of, runs_of

from twoway.experiments.sensitivity.outcome_matrix import outcome_matrix
from twoway.experiments.sensitivity.resampling import equal_weights
from twoway.experiments.sensitivity.sobol import convergence, estimates, find_blocks, sobol, whole_blocks
from twoway.simulation.errors import InputError

INPUTS = ("x1", "x2", "x3")
KNOWN = ishigami()


def study(noise="none", base=128, second=True, replicates_=4, seed=1):
    design = design_of(INPUTS, KNOWN.bounds, base, second, seed)
    return design, simulated(KNOWN, design.to_numpy(), noise, replicates_, np.random.default_rng(seed))


def analysed(design, values, **more):
    return sobol(find_blocks(design), outcome_matrix(design, runs_of(values), "y"), **{"draws": 200} | more)


def test_without_randomness_and_with_half_a_block_the_indices_are_salibs():
    design, values = study(second=False)
    problem = {"num_vars": 3, "names": list(INPUTS), "bounds": [KNOWN.bounds] * 3}
    told = salib.analyze(problem, values[:, 0], calc_second_order=False, num_resamples=2, seed=1)
    found = analysed(design, values).indices
    assert found["estimate"].to_numpy() == pytest.approx(np.concatenate([told["S1"], told["ST"]]), abs=1e-9)
    assert found["salib"].to_numpy() == pytest.approx(found["estimate"].to_numpy(), abs=1e-9)


def test_with_whole_blocks_they_are_the_mean_of_salibs_on_either_half():
    design, values = study()
    y = values[:, 0].reshape(-1, 8)
    problem = {"num_vars": 3, "names": list(INPUTS), "bounds": [KNOWN.bounds] * 3}
    centred = (y - y.mean()).ravel()
    a, ab, ba, b = (centred.reshape(-1, 8)[:, part] for part in ([0], slice(1, 4), slice(4, 7), [7]))
    spread = np.concatenate([a, b]).var()
    first = 0.5 * ((b * (ab - a)).mean(axis=0) + (a * (ba - b)).mean(axis=0)) / spread
    told = salib.analyze(problem, y.ravel(), num_resamples=2, seed=1)
    found = analysed(design, values).indices
    assert found["estimate"].to_numpy()[:3] == pytest.approx(first, abs=1e-9)
    assert found["salib"].to_numpy()[3:] == pytest.approx(told["ST"], abs=1e-9)


@pytest.mark.parametrize("known", [ishigami(), sobol_g()], ids=lambda k: k.name)
def test_a_large_study_without_randomness_comes_to_the_known_indices(known):
    names = [f"x{i + 1}" for i in range(known.inputs)]
    design = design_of(names, known.bounds, 4096)
    values = outcome_matrix(
        design, runs_of(simulated(known, design.to_numpy(), "none", 1, np.random.default_rng(0))), "y"
    )
    blocks, kept = whole_blocks(find_blocks(design), values)
    found = estimates(blocks, kept, equal_weights(4096, 1), "common")
    assert found.shares[0] == pytest.approx(known.true, abs=0.02)
    assert found.variance[0] == pytest.approx(known.variance, rel=0.02)


@pytest.mark.parametrize("noise", ["independent", "shared"])
def test_chance_is_not_booked_as_an_effect_while_salib_books_it(noise):
    """An input that does nothing: over twenty studies the mean total index is 0 within four standard errors."""
    design = design_of(("works", "inert"), (0.0, 1.0), 32)
    rng, ours, theirs = np.random.default_rng(5), [], []
    for _ in range(20):
        shared = rng.normal(0, 1, 3) if noise == "shared" else 0.0
        values = design[["works"]].to_numpy() * (3 + shared) + rng.normal(0, 1, (len(design), 3))
        found = analysed(design, values, draws=100).indices.set_index(["input", "index"]).loc[("inert", "total")]
        ours.append(found["estimate"])
        theirs.append(found["salib"])
    assert abs(np.mean(ours)) < 4 * np.std(ours) / np.sqrt(20)
    assert np.mean(theirs) > 0.2


@pytest.mark.parametrize(("known", "noise"), [(ishigami(), "independent"), (sobol_g((0, 1, 9)), "shared")])
def test_the_intervals_hold_the_true_value_about_as_often_as_they_should(known, noise):
    """At a true rate of 93 % or more, so few hits for any one index would come about once in ten thousand times."""
    repetitions = 40
    rates = covered(known, noise, 64, 5, repetitions, 150, seed=2)
    assert (rates["in use"] * repetitions >= binom.ppf(1e-4, repetitions, 0.93)).all()


def test_an_interval_is_no_wider_than_it_need_be():
    narrow, wide = (analysed(*study("independent", base)).indices["se"].mean() for base in (256, 32))
    assert narrow < 0.6 * wide


def test_each_replicate_by_itself_counts_its_chance_and_the_mean_of_them_does_not(noisy):
    design, runs = noisy
    found = sobol(find_blocks(design), outcome_matrix(design, runs, "y"), draws=100)
    total = found.indices[found.indices["index"] == "total"]
    assert (total["one_replicate"] > total["estimate"]).all()
    assert (total["lowest_replicate"] <= total["one_replicate"]).all()
    assert (total["one_replicate"] <= total["highest_replicate"]).all()


def test_second_order_and_the_rest_beyond_first_order_find_the_one_interaction():
    found = analysed(*study(base=512))
    assert set(found.pairs.loc[found.pairs["low"] > 0.1, ["one", "other"]].itertuples(index=False, name=None)) == {
        ("x1", "x3")
    }
    assert list(found.beyond.loc[found.beyond["low"] > 0.1, "input"]) == ["x1", "x3"]
    low, high = found.alone[1:]
    assert low < 1 - 0.2437 < high


def test_with_one_replicate_chance_is_left_in_and_its_part_is_unknown():
    design, values = study("independent", replicates_=1)
    found = analysed(design, values)
    assert found.replicates == 1
    assert found.indices["se_replicates"].isna().all()
    assert found.indices["estimate"].to_numpy() == pytest.approx(found.indices["one_replicate"].to_numpy())


def test_the_same_seed_gives_the_same_intervals(noisy):
    design, runs = noisy
    one, other = (sobol(find_blocks(design), outcome_matrix(design, runs, "y"), draws=100, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one.indices, other.indices)


@settings(max_examples=10)
@given(st.floats(-100, 100), st.floats(0.1, 10))
def test_neither_the_outcomes_unit_nor_its_zero_matter(shift, scale):
    design, values = study("independent", 16)
    one, other = (analysed(design, v, draws=100).indices["estimate"] for v in (values, shift + scale * values))
    assert one.to_numpy() == pytest.approx(other.to_numpy(), abs=1e-6)


def test_convergence_ends_with_the_whole_study_and_its_intervals_narrow(noisy):
    design, runs = noisy
    values = outcome_matrix(design, runs, "y")
    path = convergence(find_blocks(design), values)
    assert list(path["base_samples"].unique()) == [16, 32, 64, 128]
    assert path["runs"].max() == len(runs)
    last = path[path["base_samples"] == 128]
    whole = sobol(find_blocks(design), values, draws=100).indices
    assert last["estimate"].to_numpy() == pytest.approx(whole["estimate"].to_numpy())
    width = (path["high"] - path["low"]).groupby(path["base_samples"]).mean()
    assert width[128] < width[16]


def test_the_blocks_are_recognised_row_by_row_not_by_their_number():
    for second in (True, False):
        design = study(second=second)[0]
        blocks = find_blocks(design)
        assert (blocks.ba is None) == (not second)
        assert len(blocks.a) == 128
        assert find_blocks(design.sample(frac=1, random_state=1, ignore_index=True)) is None
        assert find_blocks(design[:-1]) is None


def test_rounded_inputs_are_still_recognised():
    design = study()[0].round(0)
    assert len(find_blocks(design).a) == 128


def test_a_base_sample_with_a_point_without_runs_is_left_out_whole():
    design, values = study("independent")
    values[19] = np.nan
    found = analysed(design, values)
    assert found.blocks == 127


def test_too_few_base_samples_are_refused():
    design, values = study("independent", 8)
    with pytest.raises(InputError, match="8 whole base samples; at least 16"):
        analysed(design, values)
