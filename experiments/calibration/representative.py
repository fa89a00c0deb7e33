"""The middle of a posterior sample: which of its points may stand for it, and as which numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DIGITS = 2
"""Significant digits to which defaults are rounded: more would claim more than is known."""
MIDDLE = 0.9
"""Share of the sample, in each number, that counts as its middle."""
EDGE = 0.02
"""Distance from an end of a prior, as a share of its width, nearer than which a point does not stand for a sample."""


def central_points(sample: Floats, count: int) -> Floats:
    """At most so many points of a sample (n, d) in the unit cube that lie in its middle in every single number.

    Those that do so in the most numbers, where none does in all; the one with the least mean distance to all others
    first. An end of a prior is no middle: what a point there stands for may lie beyond.
    """
    low, high = np.quantile(sample, [(1 - MIDDLE) / 2, (1 + MIDDLE) / 2], axis=0)
    outside = ((sample < np.maximum(low, EDGE)) | (sample > np.minimum(high, 1 - EDGE))).sum(axis=1)
    apart = np.sqrt(((sample[:, None, :] - sample[None, :, :]) ** 2).sum(axis=-1)).mean(axis=1)
    order = np.lexsort((apart, outside))
    return sample[order[outside[order] == outside.min()][:count]]


def rounded(values: Floats) -> Floats:
    """Numbers rounded to ``DIGITS`` significant digits.

    >>> rounded(np.array([0.12345, 7.891])).tolist()
    [0.12, 7.9]
    """
    return np.vectorize(lambda value: float(f"{value:.{DIGITS}g}"), otypes=[np.float64])(values)
