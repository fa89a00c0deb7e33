"""The bootstrap: units drawn again with replacement, as the number of times that each draw takes each unit.

Estimates that are functions of sums over units need nothing else: ``weights @ sums_by_unit`` are the sums of every
draw.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ENOUGH_CENTRES = 20
"""Centres from which on estimates draw whole centres again; with fewer, dyads are taken as independent (assumed)."""


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
