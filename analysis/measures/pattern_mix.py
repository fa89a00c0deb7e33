"""The mix of patterns: how many dyads are of each kind, and how far the two parties' own classes agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln

from twoway.analysis.measures.estimates import Measure, Units, estimated, estimated_shares, not_estimated, tidy
from twoway.analysis.measures.panel import Panel
from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS, PatternRule, interval_kind, shares

STUDY = 16
"""Dyads in Skårner & Billquist (2016)."""
LEAST = 2 * STUDY
"""Dyads from which on it can be said what a study of that size would find: one study alone finds it or does not."""
SHARE = Measure("pattern_share", "share", "share of dyads in the pattern in the interviews, by the pattern rule")
ALL_THREE = Measure(
    "all_three_patterns",
    "probability",
    f"probability that {STUDY} of the dyads, drawn at random, show all three patterns",
)
SAME_CLASS = Measure("same_class", "share", "share of dyads whose two parties' own classes agree in the interviews")
MEASURES = (SHARE, ALL_THREE, SAME_CLASS)


def classes_in(panel: Panel, days: tuple[int, int], rule: PatternRule = DEFAULT_RULE) -> NDArray[np.int8]:
    """Class of either party by what it says in the mean of some days.

    Parameters
    ----------
    panel
        Both parties by day.
    days
        First and last of the days.
    rule
        Pattern rule.

    Returns
    -------
    array of int
        Indices into ``twoway.analysis.patterns.CLASSES``, shape (2, dyads): the client's first.
    """
    return rule.classes(*panel.tones_in(days))


def patterns_in(panel: Panel, days: tuple[int, int], rule: PatternRule = DEFAULT_RULE) -> NDArray[np.int8]:
    """Pattern of each dyad by what both parties say in the mean of some days.

    Parameters
    ----------
    panel
        Both parties by day.
    days
        First and last of the days.
    rule
        Pattern rule.

    Returns
    -------
    array of int
        Indices into ``twoway.analysis.patterns.PATTERNS``, shape (dyads,).
    """
    return rule.patterns(*classes_in(panel, days, rule))


def members(codes: NDArray[np.int8]) -> NDArray[np.float64]:
    """1 where a dyad is of a pattern, else 0, shape (dyads, 3)."""
    member: NDArray[np.float64] = np.equal.outer(codes, np.arange(len(PATTERNS))).astype(np.float64)
    return member


def mix(panel: Panel, days: tuple[int, int], units: Units, rule: PatternRule = DEFAULT_RULE) -> pd.DataFrame:
    """Share of each pattern, how likely a small study finds all three, and agreement of the two classes.

    Parameters
    ----------
    panel
        Both parties by day.
    days
        First and last day of the interviews.
    units
        Units that are resampled; shares of patterns have the interval of ``analysis.patterns.shares``.
    rule
        Pattern rule.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    own = classes_in(panel, days, rule)
    codes = rule.patterns(*own)
    member, told = members(codes), panel.dyads.assign(pattern=pd.Categorical.from_codes(codes, list(PATTERNS)))
    share = shares(told)
    ends, kind = zip(share.index, *(share[name] for name in ("share", "low", "high")), strict=True), interval_kind(told)
    same = (own[0] == own[1]).astype(np.float64)[:, None]
    return pd.concat(
        [
            tidy(SHARE, [(SHARE.name, *row, kind, len(told)) for row in ends]),
            _found_by_a_study(member, units),
            estimated_shares(SAME_CLASS, ["all"], same, np.ones_like(same), units),
        ],
        ignore_index=True,
    )


def _found_by_a_study(member: NDArray[np.float64], units: Units) -> pd.DataFrame:
    """How likely a study of the size of the first finds all three; with too few dyads the row says what it takes."""
    if len(member) < LEAST:
        why = f"it takes at least {LEAST} dyads, two such studies; see --replicates"
        return tidy(ALL_THREE, [not_estimated(ALL_THREE, "all", why)])
    return estimated(ALL_THREE, ["all"], member, all_three, [len(member)], units)


def all_three(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability that none of three kinds is missing among ``STUDY`` dyads, by inclusion and exclusion.

    They are drawn without replacement from the dyads at hand, so that the estimate is right on average however few
    these are; with fewer than ``LEAST`` there is none.

    Parameters
    ----------
    counts
        How many dyads are of each kind, shape (..., 3).

    Returns
    -------
    Shape (...).
    """
    total = counts.sum(axis=-1, keepdims=True)
    missing, alone = _drawn_from(total - counts, total), _drawn_from(counts, total)
    result: NDArray[np.float64] = 1 - missing.sum(axis=-1) + alone.sum(axis=-1)
    return np.where(total[..., 0] >= LEAST, np.clip(result, 0.0, 1.0), np.nan)


def _drawn_from(some: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability that ``STUDY`` dyads drawn from a *total* are all among *some* of them."""
    ways = gammaln(some + 1) - gammaln(np.maximum(some - STUDY, 0) + 1)
    of_all = gammaln(total + 1) - gammaln(np.maximum(total - STUDY, 0) + 1)
    return np.where(some >= STUDY, np.exp(ways - of_all), 0.0)
