"""The mix of patterns on a day: how many dyads are of each kind, and how far the two parties' own classes agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import Measure, Units, estimated, estimated_shares
from twoway.analysis.measures.panel import Panel
from twoway.analysis.patterns import PATTERNS, THRESHOLDS, Thresholds, class_codes, pattern_codes

STUDY = 16
"""Dyads in Skårner & Billquist (2016)."""
SHARE = Measure(
    "pattern_share", "share", "share of dyads in the pattern on the day, by the rule of twoway.analysis.patterns"
)
ALL_THREE = Measure(
    "all_three_patterns", "probability", f"probability that {STUDY} dyads drawn at random show all three patterns"
)
SAME_CLASS = Measure("same_class", "share", "share of dyads whose two parties' own classes agree on the day")
MEASURES = (SHARE, ALL_THREE, SAME_CLASS)


def classes_on(panel: Panel, day: int, thresholds: Thresholds = THRESHOLDS) -> NDArray[np.int8]:
    """Class of either party on a day, shape (2, dyads), as indices into ``twoway.analysis.patterns.CLASSES``."""
    at = panel.at(day)
    return class_codes(panel.positivity[:, :, at], panel.negativity[:, :, at], thresholds)


def patterns_on(panel: Panel, day: int, thresholds: Thresholds = THRESHOLDS) -> NDArray[np.int8]:
    """Pattern of each dyad on a day, shape (dyads,), as indices into ``twoway.analysis.patterns.PATTERNS``."""
    return pattern_codes(*classes_on(panel, day, thresholds))


def usual_members(panel: Panel, first: int, last: int, thresholds: Thresholds = THRESHOLDS) -> NDArray[np.float64]:
    """Share of the days from *first* to *last* on which a dyad is of each pattern, shape (dyads, 3)."""
    days = [members(patterns_on(panel, day, thresholds)) for day in range(first, last + 1)]
    share: NDArray[np.float64] = np.mean(days, axis=0)
    return share


def members(codes: NDArray[np.int8]) -> NDArray[np.float64]:
    """1 where a dyad is of a pattern, else 0, shape (dyads, 3)."""
    member: NDArray[np.float64] = np.equal.outer(codes, np.arange(len(PATTERNS))).astype(np.float64)
    return member


def mix(panel: Panel, day: int, units: Units, thresholds: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """Share of each pattern on a *day*, how likely a small study finds all three, and agreement of the two classes."""
    own = classes_on(panel, day, thresholds)
    member = members(pattern_codes(*own))
    same = (own[0] == own[1]).astype(np.float64)[:, None]
    return pd.concat(
        [
            estimated_shares(SHARE, PATTERNS, member, np.ones_like(member), units),
            estimated(ALL_THREE, ["all"], member, all_three, [len(member)], units),
            estimated_shares(SAME_CLASS, ["all"], same, np.ones_like(same), units),
        ],
        ignore_index=True,
    )


def all_three(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability that none of three kinds is missing among ``STUDY`` draws, by inclusion and exclusion.

    *counts* (..., 3) are how many dyads are of each kind.
    """
    share = counts / counts.sum(axis=-1, keepdims=True)
    result: NDArray[np.float64] = 1 - ((1 - share) ** STUDY).sum(axis=-1) + (share**STUDY).sum(axis=-1)
    return np.maximum(result, 0.0)
