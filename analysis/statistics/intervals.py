"""Confidence intervals: Student's t, Wilson's for shares, and percentiles of resampled estimates."""

from __future__ import annotations

from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
CONFIDENCE = 0.95
"""Probability that an interval covers the true value, unless another is asked for."""
OUTSIDE = (1 - CONFIDENCE) / 2
"""Share of resampled estimates beyond each end of a percentile interval, unless another is asked for."""


class Interval(NamedTuple):
    """Estimates with the ends of their confidence intervals, three arrays of one shape."""

    mean: Floats
    low: Floats
    high: Floats


def t_quantile(degrees: ArrayLike, confidence: float = CONFIDENCE) -> Floats:
    """Half the width of a t interval, in standard errors.

    Parameters
    ----------
    degrees
        Degrees of freedom, above 0, any shape.
    confidence
        Probability of covering the mean.

    Returns
    -------
    array
        Shape of *degrees*.

    Examples
    --------
    >>> round(float(t_quantile(10)), 3)
    2.228
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - takes a tenth of a second to import

    return np.asarray(stdtrit(degrees, (1 + confidence) / 2))


def student_interval(values: Floats, confidence: float = CONFIDENCE) -> Interval:
    """Mean and Student's t interval over replicates; for paired differences this is the paired t interval.

    Parameters
    ----------
    values
        Shape (replicates, ...), at least two replicates. Replicates are independent; dyads of one replicate are not.
    confidence
        Probability of covering the mean.

    Examples
    --------
    >>> [round(float(x), 3) for x in student_interval(np.array([1.0, 2.0, 3.0]))]
    [2.0, -0.484, 4.484]
    """
    n = len(values)
    mean = values.mean(axis=0)
    half = t_quantile(n - 1, confidence) * values.std(axis=0, ddof=1) / np.sqrt(n)
    return Interval(mean, mean - half, mean + half)


def percentile_interval(
    draws: ArrayLike,
    outside: float = OUTSIDE,
    method: Literal["linear", "nearest"] = "linear",
    skip_missing: bool = False,
) -> tuple[Floats, Floats]:
    """Percentile interval of resampled estimates.

    Parameters
    ----------
    draws
        Shape (draws, ...).
    outside
        Share of the draws beyond each end of the interval.
    method
        "nearest" takes values that were drawn, which infinite values need.
    skip_missing
        Whether missing values are left out instead of making the interval missing.

    Returns
    -------
    low, high
        Each of the shape of one draw.

    Examples
    --------
    >>> [float(end) for end in percentile_interval(np.arange(101.0), 0.05)]
    [5.0, 95.0]
    """
    quantile = np.nanquantile if skip_missing else np.quantile
    low, high = quantile(np.asarray(draws), [outside, 1 - outside], axis=0, method=method)
    return low, high


def wilson_interval(
    share: Floats, n: ArrayLike, confidence: float = CONFIDENCE, z: float | None = None
) -> tuple[Floats, Floats]:
    """Wilson's interval of shares.

    Parameters
    ----------
    share
        Shares of the cases, any shape.
    n
        Number of independent cases, need not be whole; one for all shares or one for each.
    confidence
        Probability of covering the true share; not used where *z* is given.
    z
        Half the width of the interval in standard errors, if it is not to be that of the normal distribution.

    Examples
    --------
    >>> [round(float(end), 3) for end in wilson_interval(np.array(0.0), 10)]
    [0.0, 0.278]
    """
    n = np.asarray(n, np.float64)
    z = NormalDist().inv_cdf((1 + confidence) / 2) if z is None else z
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return np.clip(middle - half, 0.0, share), np.clip(middle + half, share, 1.0)


ALIKENESS, WORTH = 0.06, 20
"""How alike the patterns of two dyads of a centre are taken to be beforehand (their correlation; .01 to .10 in shipped
scenarios), and as how many centres that counts. Assumed: with these the intervals hold, see benchmarks/README.md."""


def design_effect(sizes: NDArray[np.int64], seen: Floats) -> Floats:
    """How many times more an estimate varies because cases of a cluster are alike, at least 1.

    That of the clusters at hand is averaged with the one that ``ALIKENESS`` implies, as if that came from ``WORTH``
    further clusters.

    Parameters
    ----------
    sizes
        Number of cases of each cluster, shape (clusters,), at least one case in all.
    seen
        Design effect that the clusters at hand show, any shape; NaN where they show none.

    Returns
    -------
    Shape of *seen*.

    Examples
    --------
    >>> float(design_effect(np.array([16]), np.array(np.nan))), float(design_effect(np.array([1, 1]), np.array(0.5)))
    (1.9, 1.0)
    """
    others = len(sizes) - 1
    assumed = 1 + ((sizes**2).sum() / sizes.sum() - 1) * ALIKENESS
    own = np.where(np.isnan(seen), assumed, seen)
    return np.maximum((others * own + WORTH * assumed) / (others + WORTH), 1.0)


def clustered_share_interval(counts: NDArray[np.int64], confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """Interval of the shares of categories among cases that come in clusters and resemble each other there.

    Wilson's interval with as many cases as they are worth (Korn & Graubard 1998, recalled): their number divided by the
    ``design_effect``; the quantile is Student's, with as many degrees of freedom as clusters, those assumed included,
    less one.

    Parameters
    ----------
    counts
        Number of cases by cluster and category, shape (clusters, categories), at least one case in all.
    confidence
        Probability of covering the true share.

    Returns
    -------
    low, high
        Shape (categories,) each.

    Examples
    --------
    >>> alike, mixed = np.array([[16, 0], [0, 16]] * 20), np.array([[8, 8]] * 40)
    >>> [[round(float(end[0]), 2) for end in clustered_share_interval(one)] for one in (alike, mixed)]
    [[0.37, 0.63], [0.46, 0.54]]
    """
    sizes, cases = counts.sum(axis=1), counts.sum()
    share, others = counts.sum(axis=0) / cases, len(counts) - 1
    own = np.full(len(share), np.nan)
    if others:
        apart = counts - sizes[:, None] * share
        variance = (apart**2).sum(axis=0) * len(counts) / others / cases**2
        varies = (share > 0) & (share < 1)
        own[varies] = variance[varies] / (share * (1 - share) / cases)[varies]
    effect = design_effect(sizes, own)
    return wilson_interval(share, cases / effect, z=float(t_quantile(others + WORTH, confidence)))


def wilson_interval_of_count(hits: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's interval of a share, as scipy computes it: equal to ``wilson_interval`` but for rounding.

    Parameters
    ----------
    hits
        Number of hits, from 0 to *n*.
    n
        Number of independent cases, at least 1.
    confidence
        Probability of covering the true share.

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval_of_count(0, 10)]
    [0.0, 0.278]
    """
    from scipy.stats import binomtest  # noqa: PLC0415 - takes a second to import and is rarely needed

    interval = binomtest(hits, n).proportion_ci(confidence, "wilson")
    return float(interval.low), float(interval.high)
