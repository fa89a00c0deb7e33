"""Luck in a study, and how sure one can be of what is computed from its runs.

Replicate r is one *world* of luck: run r of every point lives in it. Two runs of the same world may share luck
(the same people, the same dice), two runs of different worlds never do. Every index of this package is a sum of
products of two runs, so one can choose which worlds the two may come from:

* **apart**: only from different worlds. Luck is then independent and drops out on average, whether or not points share
  it: what is left is about the outcome's *expectation*, all luck averaged over. For a variance this is the mean of
  the squared difference minus its own noise, s²/r, which is the usual correction.
* **alike**: both from the same world. This is about one world as it is lived.
* **all**: both from anywhere; the index of the mean over the replicates, in which the noise s²/r is still counted.

A confidence interval rests on drawing base samples (or trajectories) anew *and* worlds anew.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from scipy.stats import t

from experiments.replicates import Floats

Pairing = Literal["apart", "alike", "all"]
Drawn = Literal["both", "design", "luck"]
ENOUGH_WORLDS = 3
"""Replicates from which on worlds can be drawn anew; with two there is only one pair of them."""


class Again(NamedTuple):
    """Weights of a bootstrap: ``blocks`` (draws, N) and ``worlds`` (draws, R), each row with the sum 1."""

    blocks: Floats
    worlds: Floats


def once(blocks: int, worlds: int) -> Again:
    """Every block and world with the same weight: the study as it was run."""
    return Again(np.full((1, blocks), 1 / blocks), np.full((1, worlds), 1 / worlds))


def drawn(blocks: int, worlds: int, draws: int, seed: int = 0, what: Drawn = "both") -> Again:
    """Blocks and worlds drawn anew so many times; or only one of the two, to see how much either matters.

    Blocks are drawn with replacement. Worlds are few, so they get Dirichlet weights with concentration (R - 2)/R,
    under which the variance of a mean is the unbiased s²/R; with one world or two they keep their weight. The same
    *seed* draws the same blocks with and without worlds, and the same worlds with and without blocks.
    """
    same = once(blocks, worlds)
    again = Again(np.repeat(same.blocks, draws, axis=0), np.repeat(same.worlds, draws, axis=0))
    if what != "luck":
        counts = np.random.default_rng([seed, 0]).multinomial(blocks, same.blocks[0], draws)
        again = again._replace(blocks=counts / blocks)
    if what != "design" and worlds >= ENOUGH_WORLDS:
        concentration = np.full(worlds, (worlds - 2) / worlds)
        again = again._replace(worlds=np.random.default_rng([seed, 1]).dirichlet(concentration, draws))
    return again


def default_pairing(worlds: int) -> Pairing:
    """Runs of different worlds where there are several; with a single replicate nothing can be told apart."""
    return "apart" if worlds > 1 else "alike"


def pair_products(one: Floats, other: Floats) -> Floats:
    """Products of two values by pair of worlds r <= s, both orders averaged: (N, R) twice, result (N, R(R + 1)/2)."""
    r, s = np.triu_indices(one.shape[1])
    return 0.5 * (one[:, r] * other[:, s] + one[:, s] * other[:, r])


def pair_weights(worlds: Floats, pairing: Pairing) -> Floats:
    """How much each pair of worlds counts: from (draws, R) to (draws, R(R + 1)/2), each row with the sum 1."""
    r, s = np.triu_indices(worlds.shape[1])
    if pairing == "alike":
        return np.where(r == s, worlds[:, r], 0.0)
    weights = np.where(r == s, 1.0, 2.0) * worlds[:, r] * worlds[:, s]
    if pairing == "apart":
        weights = np.where(r == s, 0.0, weights)
        weights /= weights.sum(axis=1, keepdims=True)
    return weights


class Spread(NamedTuple):
    """Some estimates (K,) under a bootstrap of ``both`` base samples and worlds, the ``design`` alone, ``luck`` alone.

    Shapes (draws, K); ``luck`` is None where there are too few replicates to draw worlds anew.
    """

    both: Floats
    design: Floats
    luck: Floats | None

    def of(self, columns: slice) -> Spread:
        """Some of the estimates."""
        luck = None if self.luck is None else self.luck[:, columns]
        return Spread(self.both[:, columns], self.design[:, columns], luck)

    def summed(self) -> Spread:
        """Sum over the estimates, draw by draw."""
        luck = None if self.luck is None else self.luck.sum(axis=1, keepdims=True)
        return Spread(self.both.sum(axis=1, keepdims=True), self.design.sum(axis=1, keepdims=True), luck)

    def minus(self, other: Spread) -> Spread:
        """Differences of estimates, draw by draw."""
        luck = None if self.luck is None or other.luck is None else self.luck - other.luck
        return Spread(self.both - other.both, self.design - other.design, luck)


class Errors(NamedTuple):
    """Standard errors (K,) in all, by the design, by luck (NaN where replicates are too few), and half the interval."""

    se: Floats
    design: Floats
    luck: Floats
    half: Floats


def errors(spread: Spread, blocks: int, worlds: int, confidence: float = 0.95) -> Errors:
    """How far off estimates may be.

    Noise of each single run shows both when base samples are drawn anew and when worlds are; drawing both at once
    counts it three times (Owen 2007, on bootstraps of two crossed factors; recalled). So with d, l, b for the
    variances of the three bootstraps, b - d - l is that noise, and the variance is d + l - (b - d - l), at least d and
    at least l. The half-width is a t quantile times its root, since worlds are few: degrees of freedom by
    Satterthwaite's formula from blocks - 1 and worlds - 1. ``benchmarks/coverage.py`` measures how often it holds.
    """
    d = spread.design.var(axis=0, ddof=1)
    if spread.luck is None:
        freedom = np.full(d.shape, blocks - 1.0)
        return Errors(np.sqrt(d), np.sqrt(d), np.full(d.shape, np.nan), _quantile(freedom, confidence) * np.sqrt(d))
    b, luck = spread.both.var(axis=0, ddof=1), spread.luck.var(axis=0, ddof=1)
    whole = np.maximum(2 * (d + luck) - b, np.maximum(d, luck))
    worldly = whole - d
    spent = worldly**2 / (worlds - 1) + d**2 / (blocks - 1)
    freedom = np.divide(whole**2, spent, out=np.full(d.shape, blocks - 1.0), where=spent > 0)
    se = np.sqrt(whole)
    return Errors(se, np.sqrt(d), np.sqrt(luck), _quantile(freedom, confidence) * se)


def _quantile(freedom: Floats, confidence: float) -> Floats:
    return np.asarray(t.ppf((1 + confidence) / 2, freedom))
