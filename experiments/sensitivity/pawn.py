"""A measure of influence that looks at the whole distribution: PAWN (Pianosi & Wagener 2015, 2018; recalled).

An input's range is cut into slices with equally many points; the index is the median, over the slices, of the greatest
distance between the outcome's cumulative distribution in the slice and in all points. Why this one and not Borgonovo's
delta: delta needs a density, hence a bandwidth, and fails where an outcome piles up on one value, as a share of dyads
does at 0; PAWN needs neither, and works on any design. Both are above 0 for an input that does nothing; so the index
is compared with that of the same input when its values are shuffled among the points.

The same index as ``SALib.analyze.pawn`` (tested), which leaves out an input's largest value; written for weights, so
that a bootstrap takes seconds, not minutes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from twoway.experiments.sensitivity.outcome_matrix import Floats, OutcomeMatrix
from twoway.simulation.errors import InputError

Places = NDArray[np.int64]
SLICES = 10
"""Slices of an input's range (the literature's usual number; recalled)."""
LEVELS = 1000
"""Outcomes beyond which distributions are compared at this number of quantiles; the index is off by 0.001 at most."""
LEAST_POINTS = 100
"""Points below which ten slices hold too little (assumed)."""


def pawn(
    design: pd.DataFrame, runs: OutcomeMatrix, draws: int = 200, confidence: float = 0.95, seed: int = 0, block: int = 1
) -> pd.DataFrame:
    """PAWN indices of the means of the replicates.

    Parameters
    ----------
    design
        A row per point, a numeric column per input.
    runs
        The outcome by point and replicate.
    draws
        Draws of the bootstrap, and of shuffles.
    confidence
        Level of the intervals.
    seed
        Random seed.
    block
        Points per block that share values, as in a Sobol' design; blocks are drawn and shuffled whole.

    Returns
    -------
    A row per input with the columns ``input``, ``estimate``, ``low``, ``high``, ``chance`` (below which all inputs
    would stay 95 times in 100 if none had any influence) and ``stands_out`` (whether the estimate is above it).

    Raises
    ------
    InputError
        If fewer than 100 points have runs.
    """
    whole = (~runs.empty).reshape(-1, block).all(axis=1)
    kept = np.repeat(whole, block)
    if kept.sum() < LEAST_POINTS:
        raise InputError(f"the design has {kept.sum()} points with runs; at least {LEAST_POINTS} are needed for PAWN")
    rng, number = np.random.default_rng(seed), int(whole.sum())
    levels = _level(runs.means[kept])
    inputs = [_sliced(design[name].to_numpy(np.float64)[kept]) for name in design.columns]
    at = np.array([_distance(slices, levels) for slices in inputs])
    anew, dealt = np.empty((draws, len(inputs))), np.empty((draws, len(inputs)))
    for d in range(draws):
        counts = np.repeat(np.bincount(rng.integers(number, size=number), minlength=number), block)
        order = (rng.permutation(number)[:, None] * block + np.arange(block)).ravel()
        for j, slices in enumerate(inputs):
            anew[d, j] = _distance(slices, levels, counts)
            dealt[d, j] = _distance(slices[order], levels)
    half = norm.ppf((1 + confidence) / 2) * anew.std(axis=0, ddof=1)
    chance = float(np.quantile(dealt.max(axis=1), confidence))
    return pd.DataFrame(
        {
            "input": design.columns.map(str),
            "estimate": at,
            "low": np.maximum(at - half, 0.0),
            "high": np.minimum(at + half, 1.0),
            "chance": chance,
            "stands_out": at > chance,
        }
    )


def _level(outcome: Floats) -> Places:
    """The outcomes' places on a staircase of at most ``LEVELS`` steps, equal outcomes on one."""
    stairs = np.unique(np.quantile(outcome, np.arange(1, LEVELS) / LEVELS, method="lower"))
    return np.searchsorted(stairs, outcome, side="left")


def _sliced(values: Floats) -> Places:
    """The slice each value lies in, from 0, by quantiles; equal values share one."""
    edges = np.unique(np.quantile(values, np.arange(1, SLICES) / SLICES))
    return np.searchsorted(edges, values, side="right")


def _distance(slices: Places, levels: Places, weights: Places | None = None) -> float:
    """Median over slices of the Kolmogorov-Smirnov distance to all points; *weights* say how often each one counts."""
    shape = (int(levels.max()) + 1, int(slices.max()) + 1)
    counts = np.bincount(levels * shape[1] + slices, weights, shape[0] * shape[1]).reshape(shape).cumsum(axis=0)
    totals, everything = counts[-1], counts.sum(axis=1, keepdims=True)
    filled = totals > 0
    return float(np.median(np.abs(counts[:, filled] / totals[filled] - everything / everything[-1]).max(axis=0)))
