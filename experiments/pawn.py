"""A measure of influence that looks at the whole distribution: PAWN (Pianosi & Wagener 2015, 2018; recalled).

An input's range is cut into slices with equally many points; the index is the median, over the slices, of the greatest
distance between the outcome's cumulative distribution in the slice and in all points. Why this one and not Borgonovo's
delta: delta needs a density, hence a bandwidth, and fails where an outcome piles up on one value, as a share of dyads
does at 0; PAWN needs neither, and works on any design. Both are above 0 for an input that does nothing; so the index
is held against what the same input gives when the outcomes are dealt out anew at random.

The result equals ``SALib.analyze.pawn`` wherever no two values of an input coincide (tested); written for weights, so
that a bootstrap takes seconds instead of minutes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from experiments.replicates import Floats, Replicates
from simulation.refusal import Refusal

SLICES = 10
"""Slices of an input's range (the literature's usual number; recalled)."""
LEAST_POINTS = 100
"""Points below which ten slices hold too little (assumed)."""


def pawn(
    design: pd.DataFrame, runs: Replicates, draws: int = 200, confidence: float = 0.95, seed: int = 0, block: int = 1
) -> pd.DataFrame:
    """PAWN indices of the means of the replicates: a row per input.

    Columns ``input``, ``estimate``, ``low``, ``high`` (bootstrap over blocks of *block* consecutive points, as a
    Sobol' design has them), ``chance`` (the index that an input without influence stays below 95 times in 100) and
    ``stands_out``, whether the estimate is above it.
    """
    kept = ~runs.empty
    if kept.sum() < LEAST_POINTS:
        raise Refusal(f"the design has {kept.sum()} points with runs; at least {LEAST_POINTS} are needed for PAWN")
    outcome, inputs = runs.means[kept], design.to_numpy(np.float64)[kept]
    rng = np.random.default_rng(seed)
    order = np.argsort(outcome, kind="stable")
    last = np.append(np.diff(outcome[order]) > 0, True)
    blocks = (np.flatnonzero(kept) // block)[order]
    number = int(blocks.max()) + 1
    occurring = np.unique(blocks)
    rows = []
    for j, name in enumerate(design.columns):
        slices = sliced(inputs[:, j])
        mine = slices[order]
        at = distance(mine, last, np.ones(len(mine)))
        anew, dealt = np.empty(draws), np.empty(draws)
        for d in range(draws):
            counts = np.bincount(rng.choice(occurring, len(occurring)), minlength=number)
            anew[d] = distance(mine, last, counts[blocks].astype(np.float64))
            dealt[d] = distance(rng.permutation(mine), last, np.ones(len(mine)))
        half, chance = norm.ppf((1 + confidence) / 2) * anew.std(ddof=1), float(np.quantile(dealt, confidence))
        rows.append((str(name), at, max(0.0, at - half), min(1.0, at + half), chance, at > chance))
    return pd.DataFrame(rows, columns=["input", "estimate", "low", "high", "chance", "stands_out"])


def sliced(values: Floats) -> Floats:
    """The slice each value lies in, from 0, by quantiles; equal values share one."""
    edges = np.unique(np.quantile(values, np.arange(1, SLICES) / SLICES))
    return np.searchsorted(edges, values, side="right")


def distance(slices: Floats, last: Floats, weights: Floats) -> float:
    """Median over slices of the Kolmogorov-Smirnov distance to all points.

    Points are ordered by outcome; *last* marks the last of equal outcomes; *weights* say how often each point counts.
    """
    number = int(slices.max()) + 1
    within = np.zeros((len(slices), number))
    within[np.arange(len(slices)), slices] = weights
    steps = within.cumsum(axis=0)
    totals = steps[-1]
    everything = steps.sum(axis=1, keepdims=True)[last] / totals.sum()
    filled = totals > 0
    return float(np.median(np.abs(steps[last][:, filled] / totals[filled] - everything).max(axis=0)))
