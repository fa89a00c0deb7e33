"""Whether a picture of two variables explains itself: does it matter when, what came before, and who it is?

If the two were all there is, movements from the same place would be the same early and late in the stay, would not
depend on the movement before, and not on whose they are. What is found here says how far that fails.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoway.analysis.landscape.drift import (
    Floats,
    LandscapeGrid,
    Movements,
    drift_field,
    interpolate,
    sum_movements,
)
from twoway.analysis.statistics.bootstrap import resampling_weights
from twoway.analysis.statistics.intervals import percentile_interval

DRAWS = 100
CHI_SQUARE = 5.991
"""Bound that the square of a standardised difference of two components passes in 5 % of cases by chance."""
COARSE = 8
"""Cells along each axis by which the end of a stay is foreseen from a place."""


class MarkovCheck(NamedTuple):
    """How far the two variables explain their own movement; every number is 0 to 1 unless it says otherwise."""

    explained: float
    """Share of the variance of movements that is drift, mean of both parties."""
    early_late: float
    """How much the drift at the same place differs between both halves of the stay, as a share of its own size."""
    early_late_places: float
    """Share of places (by how often dyads are there) where that difference is beyond chance; .05 would be by chance."""
    memory: float
    """Correlation of what is left of a movement with what was left of the one before, -1 to 1; 0 without memory."""
    memory_low: float
    memory_high: float
    own: float
    """Share of the variance of what is left that is the dyad's own throughout its stay."""
    foresees: float
    """How much of the uncertainty about the pattern in the end the place on a day takes away (Brier skill)."""


def check_markov(
    some: Movements, grid: LandscapeGrid, lag: int, units: int, at: Floats, end: NDArray[np.int8], seed: int = 0
) -> MarkovCheck:
    """How far the two variables of a view explain their own movement.

    Parameters
    ----------
    some
        The movements.
    grid
        The grid.
    lag
        Days of a movement.
    units
        Number of replicates.
    at
        Place of each dyad on one day, from which the end is foreseen, shape (dyads, 2); dyads as in *some*.
    end
        Pattern of each dyad in the end, indices into ``twoway.analysis.patterns.PATTERNS``, shape (dyads,).
    seed
        Seed of the bootstrap over replicates.
    """
    whole = drift_field(sum_movements(some, grid, units).sum(axis=0), grid, lag)
    flat = some.start.reshape(-1, 2)
    left = some.move - lag * interpolate(whole.drift, grid, flat).reshape(some.move.shape)
    weights = resampling_weights(units, DRAWS, seed)
    memory, low, high = _memory(left, some.unit, weights)
    size, places = _early_late(some, grid, lag, units, weights)
    explained = 1 - (left.var(axis=(0, 1)) / some.move.var(axis=(0, 1))).mean()
    return MarkovCheck(float(explained), size, places, memory, low, high, _own(left), forecast_skill(at, end, grid))


def _memory(left: Floats, unit: NDArray[np.intp], weights: NDArray[np.int64]) -> tuple[float, float, float]:
    """Correlation of successive remainders, both parties together, with the interval over replicates drawn again."""
    centred = left - left.mean(axis=(0, 1))
    parts = np.stack(
        [(centred[:-1] * centred[1:]).sum(axis=(0, 2)), (centred[:-1] ** 2).sum(axis=(0, 2)),
         (centred[1:] ** 2).sum(axis=(0, 2))], axis=1,
    )  # fmt: skip
    by_unit = np.zeros((weights.shape[1], 3))
    np.add.at(by_unit, unit, parts)

    def correlation(sums: Floats) -> Floats:
        value: Floats = sums[..., 0] / np.sqrt(sums[..., 1] * sums[..., 2])
        return value

    low, high = percentile_interval(correlation(weights @ by_unit), 0.025)
    return float(correlation(by_unit.sum(axis=0))), float(low), float(high)


def _early_late(
    some: Movements, grid: LandscapeGrid, lag: int, units: int, weights: NDArray[np.int64]
) -> tuple[float, float]:
    """Difference of early and late drift, free of sampling error, over the drift; share of places beyond chance."""
    half = len(some.day) // 2
    parts = [
        sum_movements(some._replace(start=some.start[s], move=some.move[s], day=some.day[s]), grid, units)
        for s in (slice(None, half), slice(half, None))
    ]
    whole = [drift_field(part.sum(axis=0), grid, lag) for part in parts]
    known = whole[0].known & whole[1].known
    if not known.any():
        return float("nan"), float("nan")
    early, late = (drift_field(np.tensordot(weights, part, 1), grid, lag).drift[:, known] for part in parts)
    differences, means = early - late, (early + late) / 2
    difference = (whole[0].drift - whole[1].drift)[known]
    mean = (whole[0].drift + whole[1].drift)[known] / 2
    often = np.minimum(whole[0].seen, whole[1].seen)[known]
    often = often / often.sum()
    noise, of_mean = differences.var(axis=0, ddof=1), means.var(axis=0, ddof=1)
    apart = max(float(often @ (difference**2 - noise).sum(axis=1)), 0.0)
    size = max(float(often @ (mean**2 - of_mean).sum(axis=1)), 1e-300)
    centred = differences - differences.mean(axis=0)
    spread = np.einsum("dpi,dpj->pij", centred, centred) / (len(centred) - 1) + 1e-18 * np.eye(2)
    square = np.einsum("pi,pi->p", difference, np.linalg.solve(spread, difference[..., None])[..., 0])
    return float(np.sqrt(apart / size)), float(often @ (square > CHI_SQUARE))


def _own(left: Floats) -> float:
    """Share of the variance between dyads, beyond what the mean of as many independent remainders would have."""
    each = len(left)
    between_dyads = left.mean(axis=0).var(axis=0, ddof=1)
    within = left.var(axis=0, ddof=1).mean(axis=0)
    own = np.maximum(between_dyads - within / each, 0.0)
    return float((own / (own + within)).mean())


def forecast_skill(at: Floats, end: NDArray[np.int8], grid: LandscapeGrid) -> float:
    """How much the place tells of the pattern in the end: 0 nothing beyond the shares, 1 all (Brier skill).

    The shares of patterns in the cells of a coarse grid are learnt from every other dyad and tried on the rest.

    Parameters
    ----------
    at
        Place of each dyad on one day, shape (dyads, 2).
    end
        Pattern of each dyad in the end, indices into ``twoway.analysis.patterns.PATTERNS``, shape (dyads,).
    grid
        The grid, of which only the bounds are used.

    Returns
    -------
    float
        At most 1; below 0 where the cells mislead; NaN if all dyads end in one pattern.
    """
    cell = np.clip(((at - grid.low) / (grid.high - grid.low) * COARSE).astype(np.intp), 0, COARSE - 1)
    key = cell[:, 0] * COARSE + cell[:, 1]
    hit = np.equal.outer(end, np.arange(3)).astype(np.float64)
    wrong, without = 0.0, 0.0
    for learn in (slice(0, None, 2), slice(1, None, 2)):
        other = slice(1 - learn.start, None, 2)
        base = hit[learn].mean(axis=0)
        counts = np.zeros((COARSE**2, 3))
        np.add.at(counts, key[learn], hit[learn])
        shares = (counts + 2 * base) / (counts.sum(axis=1, keepdims=True) + 2)
        wrong += float(((hit[other] - shares[key[other]]) ** 2).sum())
        without += float(((hit[other] - base) ** 2).sum())
    return 1 - wrong / without if without > 0 else float("nan")
