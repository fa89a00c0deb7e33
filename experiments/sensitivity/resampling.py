"""Luck in a study, and how sure one can be of what is computed from its runs.

Replicate r is one *world* of luck: run r of every point lives in it. Two runs of the same world may share luck
(the same people, the same dice), two runs of different worlds never do. Every index of this package is a sum of
products of two runs, so one can choose which worlds the two may come from:

* **apart**: only from different worlds. Luck is then independent and drops out on average, whether or not points share
  it: what is left is about the outcome's *expectation*, all luck averaged over. For a variance this is the mean of
  the squared difference minus its own noise, s²/r, which is the usual correction.
* **alike**: both from the same world. This is about one world as it is lived.

An index of the means over the replicates, as other tools give it, takes the two from anywhere and still counts s²/r.

A confidence interval rests on drawing base samples (or trajectories) anew *and* on leaving each world out in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from scipy.stats import t

from twoway.experiments.studies.outcome_matrix import Floats

Pairing = Literal["apart", "alike"]
ENOUGH_REPLICATES = 3
"""Replicates from which on one can be left out and still leave a pair of different worlds."""


class Weights(NamedTuple):
    """Weights of a resampling: ``blocks`` (rows, N) and ``worlds`` (rows, R), each row with the sum 1."""

    blocks: Floats
    worlds: Floats


def equal_weights(blocks: int, worlds: int) -> Weights:
    """Every block and world with the same weight: the study as it was run, in one row."""
    return Weights(np.full((1, blocks), 1 / blocks), np.full((1, worlds), 1 / worlds))


def bootstrap_blocks(blocks: int, worlds: int, draws: int, seed: int = 0) -> Weights:
    """Blocks drawn with replacement so many times, in all worlds."""
    same = equal_weights(blocks, worlds)
    counts = np.random.default_rng(seed).multinomial(blocks, same.blocks[0], draws)
    return Weights(counts / blocks, np.repeat(same.worlds, draws, axis=0))


def jackknife_replicates(blocks: int, worlds: int) -> Weights:
    """Each world left out in turn, with all blocks."""
    return Weights(np.full((worlds, blocks), 1 / blocks), (1 - np.eye(worlds)) / (worlds - 1))


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
    weights = np.where(r == s, 0.0, worlds[:, r] * worlds[:, s])
    return weights / weights.sum(axis=1, keepdims=True)


class Spread(NamedTuple):
    """Some estimates (K,) when the study is resampled.

    ``design`` (draws, K): base samples drawn anew; ``luck`` (R, K): each world left out, None where there are too few.
    """

    design: Floats
    luck: Floats | None

    def of(self, columns: slice) -> Spread:
        """Some of the estimates."""
        return Spread(self.design[:, columns], None if self.luck is None else self.luck[:, columns])

    def summed(self) -> Spread:
        """Sum over the estimates, row by row."""
        luck = None if self.luck is None else self.luck.sum(axis=1, keepdims=True)
        return Spread(self.design.sum(axis=1, keepdims=True), luck)

    def minus(self, other: Spread) -> Spread:
        """Differences of estimates, row by row."""
        luck = None if self.luck is None or other.luck is None else self.luck - other.luck
        return Spread(self.design - other.design, luck)


def resampled(estimate: Callable[[Weights], Floats], blocks: int, worlds: int, draws: int, seed: int) -> Spread:
    """What *estimate*, a function from weights (rows) to estimates (rows, K), gives for the resampled study."""
    design = estimate(bootstrap_blocks(blocks, worlds, draws, seed))
    return Spread(design, estimate(jackknife_replicates(blocks, worlds)) if worlds >= ENOUGH_REPLICATES else None)


class Errors(NamedTuple):
    """Standard errors (K,) in all, by the design, by luck (NaN where replicates are too few), and half the interval."""

    se: Floats
    design: Floats
    luck: Floats
    half: Floats


def errors(spread: Spread, blocks: int, worlds: int, confidence: float = 0.95) -> Errors:
    """How far off estimates may be: the variances by design (bootstrap) and by luck (jackknife over worlds) added.

    Noise of single runs is in both, so the sum is rather too large. Worlds are not drawn with
    replacement: among so few, some draws would rest on next to a single pair of them. The half-width is a t quantile
    times the root of the sum, with degrees of freedom by Satterthwaite's formula from blocks - 1 and worlds - 1.
    ``benchmarks/interval_coverage.py`` measures how often it holds.
    """
    design = spread.design.var(axis=0, ddof=1)
    luck = np.zeros_like(design) if spread.luck is None else (worlds - 1) * spread.luck.var(axis=0)
    whole = design + luck
    spent = luck**2 / max(worlds - 1, 1) + design**2 / (blocks - 1)
    freedom = np.divide(whole**2, spent, out=np.full(design.shape, blocks - 1.0), where=spent > 0)
    unknown = np.full(design.shape, np.nan)
    se = np.sqrt(whole)
    by_luck = unknown if spread.luck is None else np.sqrt(luck)
    return Errors(se, np.sqrt(design), by_luck, np.asarray(t.ppf((1 + confidence) / 2, freedom)) * se)
