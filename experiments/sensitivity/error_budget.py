"""Error budget: how much of an outcome's variance comes from the inputs and from random draws, and how sure that is.

Two-way analysis of variance, points times replicates: what the inputs do (variance of the expected outcome between
points), random draws that differ from point to point (s²; a mean over r replicates still holds s²/r of it), and
draws that move all points of a replicate alike, as when points share their people (they do not blur comparisons).
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from twoway.experiments.sensitivity.outcome_matrix import Floats, OutcomeMatrix
from twoway.experiments.sensitivity.resampling import (
    Weights,
    equal_weights,
    errors,
    pair_products,
    pair_weights,
    resampled,
)

INPUTS, OWN, SHARED = "inputs", "random draws, point by point", "random draws, common to all points"
SOURCES = (INPUTS, OWN, SHARED)


def error_budget(
    runs: OutcomeMatrix, block: int = 1, draws: int = 500, confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Variance of an outcome by source.

    Parameters
    ----------
    runs
        The outcome by point and replicate.
    block
        Points per block of the design; blocks are drawn whole.
    draws
        Draws of the bootstrap.
    confidence
        Level of the intervals.
    seed
        Random seed of the bootstrap.

    Returns
    -------
    A row per source of ``SOURCES`` (with one replicate only the sum of inputs and draws): ``variance`` of a single run
    with ``low`` and ``high``; ``se_design`` and ``se_replicates``, the parts of its standard error (NaN with too few
    replicates); ``share`` of the whole variance of single runs; ``in_means``, the variance that remains in means over
    the replicates.
    """
    replicates = runs.values.shape[1]
    by_block = runs.values.reshape(-1, block, replicates)
    kept = by_block[~np.isnan(by_block).any(axis=(1, 2))] - np.nanmean(runs.values)
    number = len(kept)
    flat = kept.reshape(-1, replicates)
    products = pair_products(flat, flat).reshape(number, block, -1).mean(axis=1)
    means = kept.mean(axis=1)
    estimate = partial(_components, products, means, number * block)
    at = estimate(equal_weights(number, replicates))[0]
    about = errors(resampled(estimate, number, replicates, draws, seed), number, replicates, confidence)
    at = np.maximum(at, 0.0)
    table = pd.DataFrame(
        {
            "source": SOURCES,
            "variance": at,
            "low": np.maximum(at - about.half, 0.0),
            "high": at + about.half,
            "se_design": about.design,
            "se_replicates": about.replicates,
            "share": at / at.sum(),
            "in_means": at / np.array([1, replicates, replicates]),
        }
    )
    return table if replicates > 1 else table[:1].assign(source="inputs and random draws")


def _components(products: Floats, means: Floats, points: int, again: Weights) -> Floats:
    """Variance between points, of draws by point, and of draws common to all: (draws, 3)."""
    replicates = means.shape[1]
    r, s = np.triu_indices(replicates)
    mean = again.blocks @ means
    between = again.blocks @ products - mean[:, r] * mean[:, s]
    common = np.einsum("dp,dp->d", between, pair_weights(again.replicates, "common"))
    if replicates == 1:
        return np.stack([common, np.zeros_like(common), np.zeros_like(common)], axis=1)
    inputs = np.einsum("dp,dp->d", between, pair_weights(again.replicates, "independent"))
    centre = np.einsum("dr,dr->d", mean, again.replicates)
    spare = np.einsum("dr,dr->d", (mean - centre[:, None]) ** 2, again.replicates) / (
        1 - (again.replicates**2).sum(axis=1)
    )
    own = common - inputs
    return np.stack([inputs, own, spare - own / points], axis=1)
