"""The middle of a posterior sample: which of its points may stand for it, and as which numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DIGITS = 2
"""Significant digits to which defaults are rounded: more would claim more than is known."""
EDGE = 0.02
"""Distance from an end of a prior, as a share of its width, nearer than which a point does not stand for a sample."""


def central(sample: Floats, count: int) -> Floats:
    """So many points of a sample (n, d) in the unit cube with the least mean distance to all others, nearest first.

    Points at an end of a prior come last: what they stand for may lie beyond.
    """
    apart = np.sqrt(((sample[:, None, :] - sample[None, :, :]) ** 2).sum(axis=-1)).mean(axis=1)
    at_edge = ((sample < EDGE) | (sample > 1 - EDGE)).any(axis=1)
    return sample[np.lexsort((apart, at_edge))[:count]]


def rounded(values: Floats) -> Floats:
    """Numbers rounded to ``DIGITS`` significant digits.

    >>> rounded(np.array([0.12345, 7.891])).tolist()
    [0.12, 7.9]
    """
    return np.vectorize(lambda value: float(f"{value:.{DIGITS}g}"), otypes=[np.float64])(values)
