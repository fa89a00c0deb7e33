"""OutcomeMatrix: which runs are multiplied with which, and how sure one can be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from twoway.experiments.sensitivity.resampling import (
    Spread,
    bootstrap_blocks,
    equal_weights,
    errors,
    jackknife_replicates,
    pair_products,
    pair_weights,
    resampled,
)

WEIGHTS = (
    st.integers(2, 6)
    .flatmap(lambda n: arrays(float, (3, n), elements=st.floats(0.05, 1)))
    .map(lambda w: w / w.sum(axis=1, keepdims=True))
)


@pytest.mark.parametrize("pairing", ["independent", "common"])
@given(weights=WEIGHTS)
def test_weights_of_pairs_add_up_to_one_whatever_the_pairing(pairing, weights):
    assert pair_weights(weights, pairing).sum(axis=1) == pytest.approx(1)


@given(arrays(float, (5, 3), elements=st.floats(-10, 10)))
def test_pairs_apart_are_the_square_of_the_mean_without_its_noise(values):
    products = pair_products(values, values)
    mean, noise = values.mean(axis=1), values.var(axis=1, ddof=1) / 3
    assert products @ pair_weights(equal_weights(1, 3).replicates, "independent")[0] == pytest.approx(
        mean**2 - noise, abs=1e-9
    )


def test_pairs_alike_are_the_mean_of_the_squares():
    values = np.array([[1.0, 2.0, 4.0]])
    assert pair_products(values, values) @ pair_weights(equal_weights(1, 3).replicates, "common")[0] == pytest.approx(
        7.0
    )


def test_each_replicate_is_left_out_once():
    again = jackknife_replicates(10, 4)
    assert (np.diag(again.replicates) == 0).all()
    assert again.replicates.sum(axis=1) == pytest.approx(1)
    assert (again.blocks == 0.1).all()


def test_blocks_are_drawn_with_replacement_in_all_replicates():
    again = bootstrap_blocks(10, 4, 50)
    assert again.blocks.sum(axis=1) == pytest.approx(1)
    assert np.ptp(again.blocks, axis=0).all()
    assert (again.replicates == 0.25).all()


def of_mean(shared, rng):
    """A grand mean over 40 blocks and 5 replicates, its spread, and its true standard error."""
    values = rng.normal(0, 1, (40, 1)) + rng.normal(0, shared, 5) + rng.normal(0, 2, (40, 5))
    return resampled(lambda a: np.einsum("dn,nr,dr->d", a.blocks, values, a.replicates)[:, None], 40, 5, 400, 1)


@pytest.mark.parametrize("shared", [0.0, 1.0])
def test_the_noise_of_single_runs_is_counted_twice_and_everything_else_once(shared):
    """On average over many studies, within the error of an average over 200."""
    rng = np.random.default_rng(3)
    found = np.mean([errors(of_mean(shared, rng), 40, 5).se[0] ** 2 for _ in range(200)])
    assert found == pytest.approx(1 / 40 + shared**2 / 5 + 2 * 4 / 200, rel=0.25)


def test_with_few_replicates_an_interval_is_wider_than_the_normal_one():
    about = errors(of_mean(2.0, np.random.default_rng(1)), 40, 5)
    assert about.half[0] > 2.3 * about.se[0]


def test_with_two_replicates_the_part_of_the_random_draws_is_unknown():
    spread = resampled(lambda a: a.blocks[:, :1], 10, 2, 50, 1)
    about = errors(spread, 10, 2)
    assert spread.replicates is None
    assert np.isnan(about.replicates).all()
    assert (about.se == about.design).all()


def test_an_estimate_that_never_changes_has_no_error():
    about = errors(Spread(np.ones((50, 1)), np.ones((4, 1))), 10, 4)
    assert (about.se[0], about.half[0]) == (0, 0)
