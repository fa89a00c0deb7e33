"""The posterior sample that comes with the model, and the points of a sample that may represent it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DIGITS = 2
"""Significant digits to which defaults are rounded: more would claim more than is known."""
MIDDLE = 0.9
"""Share of the sample, in each number, that counts as its middle."""
EDGE = 0.02
"""Distance from an end of a prior, as a share of its width, nearer than which a point does not stand for a sample."""
POSTERIOR = Path(__file__).with_name("posterior.csv")
"""A row per accepted point of the calibration, a column per free number, such as ``learning.perceptual_noise``."""
MOSTLY = 0.9
"""Share of draws, and of other variants of the model, in which a conclusion should hold; otherwise texts give it."""


def shipped_posterior() -> pd.DataFrame:
    """The posterior sample, a row per accepted point and a column per free number."""
    return pd.read_csv(POSTERIOR)


def central_points(sample: Floats, count: int) -> Floats:
    """Points of a sample that lie in its middle in every single number, or in the most numbers if none does in all.

    A point near an end of a prior never counts as central: the values that it would represent may lie beyond.

    Parameters
    ----------
    sample
        Points of the unit cube, shape (n, d).
    count
        Largest number of points wanted.

    Returns
    -------
    Shape (at most *count*, d), the point with the least mean distance to all others first.
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
