"""Recovery: whether a calibration finds again the numbers that made what it is aimed at.

Each simulated point in turn takes the place of the facts, as its numbers are known: for each part a range is drawn that
holds its value, anywhere in the range, as facts may lie anywhere in theirs. Those of the other points are accepted that
miss the fewest ranges (after simulation-based calibration, Talts et al. 2018; recalled).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MIDDLE = (0.05, 0.95)
"""Quantiles between which the middle nine tenths of a sample lie."""


class Recovery(NamedTuple):
    """What many synthetic fits find of each of d numbers."""

    held: Floats
    """Share of fits in which the middle nine tenths of the sample held the number that was true."""
    width: Floats
    """Mean width of these, as a share of that of all points."""


def recovery(points: Floats, values: Floats, half: Floats, share: float, seed: int) -> Recovery:
    """Fit each point by the others.

    Parameters
    ----------
    points
        Points of the unit cube, shape (n, d), drawn evenly from some region.
    values
        Values of the m parts there, shape (n, m).
    half
        Half the width of the range of each part, shape (m,).
    share
        Share of the points that a fit accepts: those that miss the fewest ranges.
    seed
        Random seed of where the ranges lie.
    """
    held, width = np.zeros(points.shape[1]), np.zeros(points.shape[1])
    accepted = int(np.ceil(share * len(points)))
    middles = values + half * np.random.default_rng(seed).uniform(-1, 1, values.shape)
    for number in range(len(points)):
        others = np.delete(np.arange(len(points)), number)
        missed = ~(np.abs(values[others] - middles[number]) <= half)  # what is missing is missed
        nearest = others[np.argsort(missed.sum(axis=1), kind="stable")[:accepted]]
        low, high = np.quantile(points[nearest], MIDDLE, axis=0)
        held += (low <= points[number]) & (points[number] <= high)
        width += high - low
    everywhere = np.diff(np.quantile(points, MIDDLE, axis=0), axis=0)[0]
    return Recovery(held / len(points), width / len(points) / np.maximum(everywhere, 1e-12))
