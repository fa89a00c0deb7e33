"""Lasting: is a relationship called the same a month later, and how long do its spells last?

The first month is left out: tone begins at nothing, and what it is called then says little.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import AnyUnits, Measure, estimated, estimated_means, estimated_shares
from twoway.analysis.measures.panel import Panel
from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS, PatternRule
from twoway.simulation.parameters.scenario import RETEST

Floats = NDArray[np.float64]
FROM = 30
"""Day from which on patterns count."""
LATER = RETEST
"""Days between a pattern and the same dyad's pattern that it is compared with."""
KAPPA = Measure(
    "pattern_retest_kappa",
    "kappa",
    f"of a dyad's pattern with its own {LATER} days later, over all days from day {FROM} on: how far they agree beyond "
    "chance",
    "pairs of days",
)
AGREEMENT = Measure(
    "pattern_retest",
    "share",
    f"share of pairs of days, {LATER} days apart, on which a dyad is of the same pattern; by chance: what two days "
    "would give that have only the shares of the patterns in common",
    "pairs of days",
)
SPELL = Measure(
    "pattern_spell",
    "days",
    f"median length of the spells of a pattern that begin after day {FROM}; a spell that the end of the stay cuts "
    "short counts as at least that long (product-limit estimate). Where not half of them are seen to end, the longest "
    "that was seen: the median is at least that",
    "spells",
)
CENSORED = Measure(
    "pattern_spell_censored", "share", "share of these spells that the end of the stay cuts short", "spells"
)
CHANGES = Measure("pattern_changes", "changes per stay", f"how often a dyad's pattern changes after day {FROM}")
MEASURES = (KAPPA, AGREEMENT, SPELL, CENSORED, CHANGES)


def daily_patterns(panel: Panel, rule: PatternRule = DEFAULT_RULE) -> NDArray[np.int8]:
    """Pattern of each dyad at the end of every day from day ``FROM`` on.

    Parameters
    ----------
    panel
        Both parties by day.
    rule
        Pattern rule.

    Returns
    -------
    array of int
        Indices into ``PATTERNS``, shape (dyads, days); no days where the stay is shorter.
    """
    late = panel.days >= FROM
    return rule.patterns(*rule.classes(panel.positivity[:, :, late], panel.negativity[:, :, late]))


def retest(codes: NDArray[np.int8], units: AnyUnits) -> pd.DataFrame:
    """Agreement of patterns with those of the same dyads a month later, found, by chance and beyond it.

    Parameters
    ----------
    codes
        Pattern by dyad and day, from ``daily_patterns``.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        A row of ``KAPPA`` and two of ``AGREEMENT``, with the columns ``estimates.COLUMNS``.
    """
    before, now = codes[:, :-LATER], codes[:, LATER:]
    table, agree, chance = pairs_counted(before, now), ["all"], ["found", "by chance"]
    return pd.concat(
        [
            estimated(KAPPA, agree, table, lambda s: agreements(s)[..., :1], [now.size], units),
            estimated(AGREEMENT, chance, table, lambda s: agreements(s)[..., 1:], [now.size] * 2, units),
        ],
        ignore_index=True,
    )


def pairs_counted(before: NDArray[np.int8], now: NDArray[np.int8]) -> Floats:
    """How often each dyad was in each pattern before and in each pattern then.

    Parameters
    ----------
    before, now
        Indices into ``PATTERNS``, shape (dyads, pairs of days) each.

    Returns
    -------
    array of float
        Shape (dyads, 9): of each pattern before, in order, the counts of each pattern then.
    """
    kinds = len(PATTERNS)
    pairs = before.astype(np.int64) * kinds + now
    return np.stack([(pairs == k).sum(axis=1) for k in range(kinds**2)], axis=1).astype(np.float64)


def agreements(sums: Floats) -> Floats:
    """Kappa, agreement, and agreement by chance of square tables of counts; NaN where one pattern is all there is.

    Parameters
    ----------
    sums
        Counts as of ``pairs_counted``, shape (..., 9).

    Returns
    -------
    array of float
        Shape (..., 3).
    """
    kinds = len(PATTERNS)
    share = (sums / sums.sum(axis=-1, keepdims=True)).reshape(*sums.shape[:-1], kinds, kinds)
    agree = np.trace(share, axis1=-2, axis2=-1)
    chance = (share.sum(axis=-1) * share.sum(axis=-2)).sum(axis=-1)
    return np.stack([(agree - chance) / np.where(chance < 1, 1 - chance, np.nan), agree, chance], axis=-1)


def spells(codes: NDArray[np.int8]) -> pd.DataFrame:
    """Every spell of a pattern that begins within the days looked at; the one under way at first is left out.

    Parameters
    ----------
    codes
        Pattern by dyad and day, from ``daily_patterns``.

    Returns
    -------
    DataFrame
        A row per spell. Columns ``row`` (dyad), ``pattern`` (index into ``PATTERNS``), ``days`` (its length so far as
        it was seen) and ``ended`` (whether its end was seen).
    """
    last = codes.shape[1]
    row, at = np.nonzero(np.diff(codes, axis=1) != 0)
    start = at + 1
    same = np.concatenate([row[1:] == row[:-1], [False]])[: len(row)]
    ended = same.astype(bool)
    end = np.where(ended, np.concatenate([start[1:], [last]])[: len(row)], last)
    return pd.DataFrame({"row": row, "pattern": codes[row, start], "days": end - start, "ended": ended})


def spell_lengths(codes: NDArray[np.int8], units: AnyUnits) -> pd.DataFrame:
    """Median length of the spells of each pattern, and how many of them the end of the stay cuts short.

    Parameters
    ----------
    codes
        Pattern by dyad and day, from ``daily_patterns``.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``SPELL`` and ``CENSORED``, with the columns ``estimates.COLUMNS``.
    """
    table, longest, kinds = spells(codes), max(1, codes.shape[1]), len(PATTERNS)
    ended = table["ended"].to_numpy()
    counts = np.zeros((2, len(codes), kinds, longest))
    place = table["row"].to_numpy(), table["pattern"].to_numpy(np.int64), table["days"].to_numpy() - 1
    np.add.at(counts[0], place, ended.astype(np.float64))
    np.add.at(counts[1], place, 1.0)
    cases = counts[1].sum(axis=2)
    cut = cases - counts[0].sum(axis=2)
    parts = np.hstack([one.reshape(len(codes), -1) for one in counts])
    shape = (2, kinds, longest)
    return pd.concat(
        [
            estimated(SPELL, PATTERNS, parts, lambda s: _median(s.reshape(*s.shape[:-1], *shape)), cases.sum(0), units),
            estimated_shares(CENSORED, PATTERNS, cut, cases, units),
        ],
        ignore_index=True,
    )


def _median(counts: Floats) -> Floats:
    """Median length by the product-limit estimate.

    *counts* (..., 2, patterns, lengths) are spells that ended at a length, and that were seen so long at all.
    """
    ended, seen = counts[..., 0, :, :], counts[..., 1, :, :]
    at_risk = seen[..., ::-1].cumsum(axis=-1)[..., ::-1]
    left = np.cumprod(1 - ended / np.maximum(at_risk, 1), axis=-1)
    half = left <= 0.5 + 1e-12
    longest = counts.shape[-1] - np.argmax(seen[..., ::-1] > 0, axis=-1)
    median = np.where(half.any(axis=-1), half.argmax(axis=-1) + 1, longest)
    return np.where(at_risk[..., 0] > 0, median, np.nan)


def lasting(panel: Panel, units: AnyUnits, rule: PatternRule = DEFAULT_RULE) -> pd.DataFrame:
    """All measures of how long what a relationship is called lasts.

    Parameters
    ----------
    panel
        Both parties by day.
    units
        Units that are resampled.
    rule
        Pattern rule.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    codes = daily_patterns(panel, rule)
    changes = (np.diff(codes, axis=1) != 0).sum(axis=1, keepdims=True).astype(np.float64)
    every = np.full_like(changes, codes.shape[1] > 1)
    return pd.concat(
        [
            retest(codes, units),
            spell_lengths(codes, units),
            estimated_means(CHANGES, ["all"], changes, every, units),
        ],
        ignore_index=True,
    )
