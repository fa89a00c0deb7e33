"""Worlds of luck: which runs are multiplied with which, and how sure one can be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.worlds import Spread, drawn, errors, once, pair_products, pair_weights

WEIGHTS = (
    st.integers(2, 6)
    .flatmap(lambda n: arrays(float, (3, n), elements=st.floats(0.05, 1)))
    .map(lambda w: w / w.sum(axis=1, keepdims=True))
)


@pytest.mark.parametrize("pairing", ["apart", "alike", "all"])
@given(weights=WEIGHTS)
def test_weights_of_pairs_add_up_to_one_whatever_the_pairing(pairing, weights):
    assert pair_weights(weights, pairing).sum(axis=1) == pytest.approx(1)


@given(arrays(float, (5, 3), elements=st.floats(-10, 10)))
def test_all_pairs_are_the_square_of_the_mean_and_pairs_apart_are_it_without_its_noise(values):
    products = pair_products(values, values)
    mean, noise = values.mean(axis=1), values.var(axis=1, ddof=1) / 3
    same = once(1, 3).worlds
    assert products @ pair_weights(same, "all")[0] == pytest.approx(mean**2, abs=1e-9)
    assert products @ pair_weights(same, "apart")[0] == pytest.approx(mean**2 - noise, abs=1e-9)


def test_worlds_drawn_anew_give_a_mean_its_unbiased_standard_error():
    values = np.array([1.0, 2.0, 4.0, 8.0, 3.0])
    means = drawn(1, 5, 20_000, seed=1).worlds @ values
    assert means.std() == pytest.approx(values.std(ddof=1) / np.sqrt(5), rel=0.03)


@pytest.mark.parametrize("worlds", [1, 2])
def test_one_world_or_two_cannot_be_drawn_anew(worlds):
    assert (drawn(10, worlds, 50).worlds == 1 / worlds).all()


@pytest.mark.parametrize(("what", "blocks", "worlds"), [("design", True, False), ("luck", False, True)])
def test_only_what_is_asked_for_is_drawn_anew(what, blocks, worlds):
    again = drawn(10, 4, 50, what=what)
    assert (np.ptp(again.blocks, axis=0).any(), np.ptp(again.worlds, axis=0).any()) == (blocks, worlds)


def of_mean(shared, rng):
    """A grand mean over 40 blocks and 5 worlds, its spread, and its true standard error."""
    values = rng.normal(0, 1, (40, 1)) + rng.normal(0, shared, 5) + rng.normal(0, 2, (40, 5))
    draws = [drawn(40, 5, 400, int(rng.integers(10**6)), what) for what in ("both", "design", "luck")]
    return Spread(*(np.einsum("dn,nr,dr->d", a.blocks, values, a.worlds)[:, None] for a in draws))


@pytest.mark.parametrize("shared", [0.0, 1.0])
def test_the_noise_of_single_runs_is_counted_once_not_three_times(shared):
    """On average over many studies, within the error of an average over 200."""
    rng = np.random.default_rng(3)
    found = np.mean([errors(of_mean(shared, rng), 40, 5).se[0] ** 2 for _ in range(200)])
    assert found == pytest.approx(1 / 40 + shared**2 / 5 + 4 / 200, rel=0.25)


def test_with_few_worlds_an_interval_is_wider_than_the_normal_one():
    spread = of_mean(2.0, np.random.default_rng(1))
    about = errors(spread, 40, 5)
    assert about.half[0] > 2.3 * about.se[0]


def test_without_worlds_drawn_anew_the_part_of_luck_is_unknown():
    about = errors(of_mean(1.0, np.random.default_rng(1))._replace(luck=None), 40, 2)
    assert np.isnan(about.luck).all()
    assert (about.se == about.design).all()
