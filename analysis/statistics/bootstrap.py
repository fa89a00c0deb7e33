"""The bootstrap: units drawn again with replacement, as the number of times that each draw takes each unit.

Estimates that are functions of sums over units need nothing else: ``weights @ sums_by_unit`` are the sums of every
draw.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ENOUGH_CENTRES = 20
"""Centres from which on estimates draw whole centres again; with fewer, dyads are taken as independent (assumed)."""

WEIGHTS_AT_ONCE = 2_000_000
"""Weights that are turned into floating-point numbers at a time."""


def resampling_weights(units: int, draws: int, seed: int = 0) -> NDArray[np.int64]:
    """Number of times that each bootstrap sample takes each unit.

    Parameters
    ----------
    units
        Number of units; a sample has as many.
    draws
        Number of samples.
    seed
        Seed of the generator; the same seed and number of units give the same samples.

    Returns
    -------
    array of int
        Shape (draws, units); every row sums to *units*.

    Examples
    --------
    >>> resampling_weights(3, 2).sum(axis=1)
    array([3, 3])
    """
    return np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), size=draws)


def compact_weights(units: int, draws: int, seed: int = 0) -> NDArray[np.uint8]:
    """The weights of ``resampling_weights`` in a byte each: of many units, a thousand draws are large.

    Parameters
    ----------
    units
        Number of units.
    draws
        Number of samples.
    seed
        Seed of the generator.

    Returns
    -------
    array of int
        Shape (draws, units). That a unit is drawn more than 255 times does not happen.
    """
    generator, share = np.random.default_rng(seed), np.full(units, 1 / units)
    weights = np.empty((draws, units), np.uint8)
    for one in weights:
        one[:] = generator.multinomial(units, share)
    return weights


def drawn_sums(weights: NDArray[np.uint8], by_unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over units in every draw, shape (draws, k).

    Parameters
    ----------
    weights
        Weight of each unit in each draw, shape (draws, units).
    by_unit
        What each unit contributes, shape (units, k).
    """
    sums = np.empty((len(weights), by_unit.shape[1]))
    step = max(1, WEIGHTS_AT_ONCE // max(1, weights.shape[1]))
    for start in range(0, len(weights), step):
        some = slice(start, start + step)
        sums[some] = weights[some].astype(np.float64) @ by_unit
    return sums
