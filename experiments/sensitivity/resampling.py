"""Random draws in a study, and how sure one can be of numbers computed from its runs.

Replicate r has its own random draws. Runs of the same replicate at two points may share them (common random numbers);
runs of different replicates never do. Every index of this package is a sum of products of two runs, so one can choose
the replicates that the two come from:

* **independent**: only from different replicates. Their draws are independent and average out, whether or not points
  share draws: such an estimate is about the *expectation* of the outcome. For a variance it is the mean of the squared
  difference minus its own noise, s²/r, which is the usual correction.
* **common**: both from the same replicate. Such an estimate is about one replicate as it was simulated.

An index of the means over the replicates, as other tools give it, takes the two from anywhere and still counts s²/r.

A confidence interval comes from a bootstrap over base samples (or trajectories) *and* a jackknife over replicates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from scipy.stats import norm, t

from twoway.analysis.statistics.bootstrap import resampling_weights
from twoway.experiments.sensitivity.outcome_matrix import Floats

Pairing = Literal["independent", "common"]
ENOUGH_REPLICATES = 3
"""Replicates from which on one can be left out and still leave a pair of different replicates."""


class Weights(NamedTuple):
    """Weights of a resampling: ``blocks`` (rows, N) and ``replicates`` (rows, R), each row with the sum 1."""

    blocks: Floats
    replicates: Floats


def equal_weights(blocks: int, replicates: int) -> Weights:
    """Equal weights for every block and replicate: the study as it was run, in one row.

    Parameters
    ----------
    blocks, replicates
        Numbers of blocks (base samples, trajectories or points) and of replicates of the study.
    """
    return Weights(np.full((1, blocks), 1 / blocks), np.full((1, replicates), 1 / replicates))


def bootstrap_blocks(blocks: int, replicates: int, draws: int, seed: int = 0) -> Weights:
    """Weights of *draws* bootstrap samples of the blocks, with all replicates.

    Parameters
    ----------
    blocks, replicates
        Numbers of blocks (base samples, trajectories or points) and of replicates of the study.
    draws
        Number of bootstrap samples, which are the rows of the weights.
    seed
        Random seed of the bootstrap.
    """
    same = equal_weights(blocks, replicates)
    counts = resampling_weights(blocks, draws, seed)
    return Weights(counts / blocks, np.repeat(same.replicates, draws, axis=0))


def jackknife_replicates(blocks: int, replicates: int) -> Weights:
    """Weights that leave each replicate out in turn, with all blocks.

    Parameters
    ----------
    blocks
        Number of blocks.
    replicates
        Number of replicates, at least 2; row r leaves replicate r out.
    """
    return Weights(np.full((replicates, blocks), 1 / blocks), (1 - np.eye(replicates)) / (replicates - 1))


def default_pairing(replicates: int) -> Pairing:
    """Independent replicates where there are several; with a single one no pair is independent."""
    return "independent" if replicates > 1 else "common"


def pair_products(one: Floats, other: Floats) -> Floats:
    """Products of two values by pair of replicates r <= s, both orders averaged.

    Parameters
    ----------
    one, other
        Values of the same N blocks or points by replicate, shape (N, R) each.

    Returns
    -------
    Shape (N, R (R + 1) / 2), pairs in the order of ``numpy.triu_indices``.
    """
    r, s = np.triu_indices(one.shape[1])
    return 0.5 * (one[:, r] * other[:, s] + one[:, s] * other[:, r])


def pair_weights(replicates: Floats, pairing: Pairing) -> Floats:
    """Weight of each pair of replicates r <= s.

    Parameters
    ----------
    replicates
        Weights of the replicates, shape (draws, R), each row with the sum 1.
    pairing
        Pairs that count: of different replicates ("independent", which needs two or more), or of one with itself
        ("common").

    Returns
    -------
    Shape (draws, R (R + 1) / 2), each row with the sum 1, pairs in the order of ``numpy.triu_indices``.
    """
    r, s = np.triu_indices(replicates.shape[1])
    if pairing == "common":
        return np.where(r == s, replicates[:, r], 0.0)
    weights = np.where(r == s, 0.0, replicates[:, r] * replicates[:, s])
    return weights / weights.sum(axis=1, keepdims=True)


class Spread(NamedTuple):
    """Some estimates (K,) when the study is resampled.

    ``design`` (draws, K): bootstrap over base samples; ``replicates`` (R, K): each replicate left out, None where there
    are too few.
    """

    design: Floats
    replicates: Floats | None

    def of(self, columns: slice) -> Spread:
        """Some of the estimates."""
        return Spread(self.design[:, columns], None if self.replicates is None else self.replicates[:, columns])

    def summed(self) -> Spread:
        """Sum over the estimates, row by row."""
        left_out = None if self.replicates is None else self.replicates.sum(axis=1, keepdims=True)
        return Spread(self.design.sum(axis=1, keepdims=True), left_out)

    def plus(self, other: Spread) -> Spread:
        """Sums of estimates, row by row."""
        left_out = None if self.replicates is None or other.replicates is None else self.replicates + other.replicates
        return Spread(self.design + other.design, left_out)

    def minus(self, other: Spread) -> Spread:
        """Differences of estimates, row by row."""
        left_out = None if self.replicates is None or other.replicates is None else self.replicates - other.replicates
        return Spread(self.design - other.design, left_out)


def resampled(estimate: Callable[[Weights], Floats], blocks: int, replicates: int, draws: int, seed: int) -> Spread:
    """Estimates of the resampled study.

    Parameters
    ----------
    estimate
        Function from weights with some rows to estimates, shape (rows, K).
    blocks, replicates
        Numbers of blocks (base samples, trajectories or points) and of replicates of the study.
    draws
        Number of bootstrap samples.
    seed
        Random seed of the bootstrap.

    Returns
    -------
    Estimates of the bootstrap samples and, from ``ENOUGH_REPLICATES`` replicates on, with each replicate left out.
    """
    design = estimate(bootstrap_blocks(blocks, replicates, draws, seed))
    return Spread(
        design, estimate(jackknife_replicates(blocks, replicates)) if replicates >= ENOUGH_REPLICATES else None
    )


class Errors(NamedTuple):
    """Standard errors (K,): in all, by design, by replicates (NaN where these are too few); and half the interval."""

    se: Floats
    design: Floats
    replicates: Floats
    half: Floats


def errors(spread: Spread, blocks: int, replicates: int, confidence: float = 0.95) -> Errors:
    """Standard errors of estimates: the variances by design (bootstrap) and by replicates (jackknife) added.

    Noise of single runs is in both, so the sum is rather too large. Replicates are not drawn
    with replacement: among so few, some draws would rest on hardly more than one pair. The half-width is a t quantile
    times the root of the sum, with degrees of freedom by Satterthwaite's formula from blocks - 1 and replicates - 1.
    ``benchmarks/interval_coverage.py`` measures how often it holds.

    Parameters
    ----------
    spread
        Resampled estimates.
    blocks
        Number of blocks that were resampled, at least 2.
    replicates
        Number of replicates of the study.
    confidence
        Level of the intervals, between 0 and 1.

    Returns
    -------
    Standard errors and half-widths, shape (K,) each, in the unit of the estimates.
    """
    design = spread.design.var(axis=0, ddof=1)
    by_replicates = (
        np.zeros_like(design) if spread.replicates is None else (replicates - 1) * spread.replicates.var(axis=0)
    )
    whole = design + by_replicates
    spent = by_replicates**2 / max(replicates - 1, 1) + design**2 / (blocks - 1)
    freedom = np.divide(whole**2, spent, out=np.full(design.shape, blocks - 1.0), where=spent > 0)
    unknown = np.full(design.shape, np.nan)
    se = np.sqrt(whole)
    unsure = unknown if spread.replicates is None else np.sqrt(by_replicates)
    return Errors(se, np.sqrt(design), unsure, np.asarray(t.ppf((1 + confidence) / 2, freedom)) * se)


def allowance_for(intervals: int, confidence: float) -> float:
    """How much wider each of some intervals must be for all to hold together (Bonferroni's rule).

    Parameters
    ----------
    intervals
        Number of intervals, among which some would lie above 0 by chance.
    confidence
        Level of each.
    """
    tail = (1 - confidence) / 2
    return float(norm.ppf(1 - tail / max(intervals, 1)) / norm.ppf(1 - tail))


def interval_columns(
    estimate: Floats, half: Floats, names: tuple[str, str, str] = ("estimate", "low", "high")
) -> dict[str, Floats]:
    """Columns of a table with estimates and both ends of their intervals, by name.

    Parameters
    ----------
    estimate, half
        Estimates and half the widths of their intervals, shape (K,) each.
    names
        Names of the three columns: estimate, lower and upper end.
    """
    return dict(zip(names, (estimate, estimate - half, estimate + half), strict=True))
