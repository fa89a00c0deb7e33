"""Where an outcome's variance comes from: the inputs, or luck; and how much of either is still uncertain.

Two-way analysis of variance, points times replicates: what the inputs do (variance of the expected outcome between
points), luck that differs from point to point (s²; a mean over r replicates still holds s²/r of it), and luck that
moves all points of a replicate alike, as when replicates share their people (it does not blur comparisons).
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from twoway.experiments.sensitivity.resampling import (
    Weights,
    equal_weights,
    errors,
    pair_products,
    pair_weights,
    resampled,
)
from twoway.experiments.studies.outcome_matrix import Floats, Replicates

INPUTS, OWN, SHARED = "inputs", "luck, point by point", "luck, alike for all points"
SOURCES = (INPUTS, OWN, SHARED)


def error_budget(
    runs: Replicates, block: int = 1, draws: int = 500, confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """A row per source of ``SOURCES``; with one replicate inputs and luck cannot be told apart, and only their sum is.

    Columns ``source``; ``variance`` of a single run with ``low`` and ``high`` (over blocks of *block* points and over
    replicates); ``se_design`` and ``se_luck``, the parts of its standard error (NaN where replicates are too few);
    ``share`` of the whole variance of single runs; ``in_means``, what remains of it in means over the replicates.
    """
    worlds = runs.values.shape[1]
    by_block = runs.values.reshape(-1, block, worlds)
    kept = by_block[~np.isnan(by_block).any(axis=(1, 2))] - np.nanmean(runs.values)
    number = len(kept)
    flat = kept.reshape(-1, worlds)
    products = pair_products(flat, flat).reshape(number, block, -1).mean(axis=1)
    means = kept.mean(axis=1)
    estimate = partial(_components, products, means, number * block)
    at = estimate(equal_weights(number, worlds))[0]
    about = errors(resampled(estimate, number, worlds, draws, seed), number, worlds, confidence)
    at = np.maximum(at, 0.0)
    table = pd.DataFrame(
        {
            "source": SOURCES,
            "variance": at,
            "low": np.maximum(at - about.half, 0.0),
            "high": at + about.half,
            "se_design": about.design,
            "se_luck": about.luck,
            "share": at / at.sum(),
            "in_means": at / np.array([1, worlds, worlds]),
        }
    )
    return table if worlds > 1 else table[:1].assign(source="inputs and luck")


def _components(products: Floats, means: Floats, points: int, again: Weights) -> Floats:
    """Variance between points, of luck by point, and of luck alike for all: (draws, 3)."""
    worlds = means.shape[1]
    r, s = np.triu_indices(worlds)
    mean = again.blocks @ means
    between = again.blocks @ products - mean[:, r] * mean[:, s]
    alike = np.einsum("dp,dp->d", between, pair_weights(again.worlds, "alike"))
    if worlds == 1:
        return np.stack([alike, np.zeros_like(alike), np.zeros_like(alike)], axis=1)
    inputs = np.einsum("dp,dp->d", between, pair_weights(again.worlds, "apart"))
    centre = np.einsum("dr,dr->d", mean, again.worlds)
    spare = np.einsum("dr,dr->d", (mean - centre[:, None]) ** 2, again.worlds) / (1 - (again.worlds**2).sum(axis=1))
    own = alike - inputs
    return np.stack([inputs, own, spare - own / points], axis=1)
