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
    from scipy.special import stdtrit  # noqa: PLC0415 - takes a tenth of a second to import, and shares need none

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


def wilson_interval(share: Floats, n: int, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """Wilson's interval of shares.

    Parameters
    ----------
    share
        Shares of the cases, any shape.
    n
        Number of independent cases.
    confidence
        Probability of covering the true share.

    Examples
    --------
    >>> [round(float(end), 3) for end in wilson_interval(np.array(0.0), 10)]
    [0.0, 0.278]
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return np.clip(middle - half, 0.0, share), np.clip(middle + half, share, 1.0)


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
