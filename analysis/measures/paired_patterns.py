"""The same people in two contexts: differences between paired replicates, moves, and the gain by pairing.

A *paired* table of codes has a row per replicate and a column per dyad: the pattern (index into ``PATTERNS``) in which
the dyad ends. Row r and column i are the same people with the same random draws in both
tables.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.patterns import PATTERNS
from twoway.analysis.statistics.bootstrap import resampling_weights
from twoway.analysis.statistics.intervals import Floats, Interval, percentile_interval, student_interval

Codes = NDArray[np.int8]
NO_SPREAD = 1e-15
"""Variance of shares that is rounding, and no variance."""


def shares_of(codes: Codes) -> Floats:
    """Share of dyads in each pattern, shape (replicates, 3)."""
    return np.stack([(codes == p).mean(axis=1) for p in range(len(PATTERNS))], axis=1)


def variance_ratio(first: Floats, other: Floats, draws: int = 1000) -> Interval:
    """Gain of common random numbers: variance with independent draws over the variance of *other* − *first*.

    With independent draws it would be the sum of both variances. As many times fewer replicates give the same
    precision.

    Parameters
    ----------
    first, other
        A number, or several, in each replicate of both contexts, such as ``shares_of``; shape (replicates, k).
    draws
        Bootstrap samples of replicates.

    Returns
    -------
    Interval
        Ratio with its 95 % bootstrap interval, shape (k,) each; infinite where the difference is the same in all
        replicates.
    """

    def ratio(weights: Floats) -> Floats:
        def variance(values: Floats) -> Floats:
            spread = weights @ (values**2) - (weights @ values) ** 2
            return np.where(spread > NO_SPREAD, spread, 0.0)

        paired = variance(other - first)
        none = np.full_like(paired, np.inf)
        return np.divide(variance(first) + variance(other), paired, out=none, where=paired > 0)

    n = len(first)
    equal = np.full(n, 1 / n)
    low, high = percentile_interval(ratio(resampling_weights(n, draws) / n), method="nearest")
    return Interval(ratio(equal), low, high)


def largest_variance_ratio(first: Floats, other: Floats) -> Floats:
    """The largest possible ``variance_ratio``, given the variance of each context by itself.

    It is reached if the replicate with the smallest share here is the one with the smallest there, and so on
    (comonotone): where a pattern is general in one context and all but absent in the other, there is little to share.

    Parameters
    ----------
    first, other
        As for ``variance_ratio``, shape (replicates, k).

    Returns
    -------
    array
        Shape (k,); infinite where the difference could be the same in all replicates.
    """
    closest = (np.sort(other, axis=0) - np.sort(first, axis=0)).var(axis=0)
    none = np.full_like(closest, np.inf)
    return np.divide(first.var(axis=0) + other.var(axis=0), closest, out=none, where=closest > NO_SPREAD)


def pattern_differences(first: Codes, other: Codes) -> pd.DataFrame:
    """By pattern: share in both contexts, the paired difference with its interval, and what the pairing is worth.

    Parameters
    ----------
    first, other
        Paired tables of codes, shape (replicates, dyads).

    Returns
    -------
    DataFrame
        A row per pattern. Columns ``pattern``, ``share_first``, ``share``, ``difference``, ``low``, ``high`` (shares),
        ``variance_ratio``, ``ratio_low``, ``ratio_high``; intervals cover with probability 0.95.
    """
    here, there = shares_of(first), shares_of(other)
    difference, worth = student_interval(there - here), variance_ratio(here, there)
    return pd.DataFrame(
        {
            "pattern": list(PATTERNS),
            "share_first": here.mean(axis=0),
            "share": there.mean(axis=0),
            "difference": difference.mean,
            "low": difference.low,
            "high": difference.high,
            "variance_ratio": worth.mean,
            "ratio_low": worth.low,
            "ratio_high": worth.high,
        }
    )


def widest_half_width(first: Codes, other: Codes) -> float:
    """Half the width of the widest 95 % interval of a pattern's difference, in shares.

    Parameters
    ----------
    first, other
        Paired tables of codes, shape (replicates, dyads).
    """
    difference = student_interval(shares_of(other) - shares_of(first))
    return float((difference.high - difference.mean).max())


def pattern_moves(first: Codes, other: Codes) -> pd.DataFrame:
    """Number of dyads by their patterns in both contexts.

    Parameters
    ----------
    first, other
        Paired tables of codes, shape (replicates, dyads).

    Returns
    -------
    DataFrame
        A row per pair of patterns. Columns ``first``, ``then`` (patterns), ``dyads`` (count), ``share`` (of all dyads)
        and ``of_first`` (share of the dyads in the first pattern; missing if there are none).
    """
    count = len(PATTERNS)
    table = np.bincount(first.ravel().astype(int) * count + other.ravel(), minlength=count * count)
    rows: list[dict[str, Any]] = []
    for i, here in enumerate(PATTERNS):
        total = int(table[i * count : (i + 1) * count].sum())
        for j, there in enumerate(PATTERNS):
            dyads = int(table[i * count + j])
            of_first = dyads / total if total else float("nan")
            rows.append(
                {"first": here, "then": there, "dyads": dyads, "share": dyads / first.size, "of_first": of_first}
            )
    return pd.DataFrame(rows)
