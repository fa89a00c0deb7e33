"""Ambivalence: warm and hostile feelings at once, which a balance of the two cannot tell from having none of either."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import (
    AnyUnits,
    Measure,
    Units,
    estimated,
    estimated_means,
    estimated_shares,
    units_alone,
)
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.pattern_mix import members, patterns_in
from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS, PatternRule
from twoway.simulation.affect_control.frames import CLIENT

Floats = NDArray[np.float64]
CALIPER = 0.05
"""How far two clients' balances of tone may lie apart and count as the same. EPA units; assumed, swept .02..0.2."""
OUTER = 1 / 3
"""Share of clients, by P + N, who are felt-little (the lowest) and felt-much (the highest); assumed, swept .2..0.5."""
INDEX = Measure(
    "ambivalence",
    "EPA units",
    "client's mean (P + N)/2 - |P - N| in the interviews, by pattern or cluster; or how much higher in conflicted "
    "dyads",
)
SAME_BALANCE = Measure(
    "same_balance",
    "share",
    f"share in each group (pattern, or cluster), in the interviews and at the end of the stay, among clients with the "
    f"same balance P - N in the interviews (matched within {CALIPER:g}) who felt much of both (upper third of P + N: "
    "ambivalent) or little of either (lower third: indifferent)",
    "matched pairs",
)
DIFFERENCE = Measure(
    "same_balance_difference",
    "difference of shares",
    "share among those who felt much less that among those who felt little",
    "matched pairs",
)
BOTH = Measure(
    "much_good_and_bad",
    "share",
    "share of clients' days on which good and bad tone are both beyond the thresholds of the classes",
    "client days",
)
MEASURES = (INDEX, SAME_BALANCE, DIFFERENCE, BOTH)
FRIENDLY, POLITE, CONFLICTED = PATTERNS


def ambivalence_index(positivity: Any, negativity: Any) -> Any:
    """(P + N)/2 - |P - N|: high where both are strong and alike (Thompson, Zanna & Griffin 1995, recalled).

    Parameters
    ----------
    positivity, negativity
        Good and bad tone, EPA units; numbers, arrays or series of one shape.

    Examples
    --------
    >>> ambivalence_index(1.0, 1.0), ambivalence_index(1.0, 0.0), ambivalence_index(0.0, 0.0)
    (1.0, -0.5, 0.0)
    """
    return (positivity + negativity) / 2 - abs(positivity - negativity)


class MatchedClients(NamedTuple):
    """Pairs of clients with the same balance: rows of the panel, one per pair."""

    much: NDArray[np.intp]
    little: NDArray[np.intp]


def same_balance(positivity: Floats, negativity: Floats, outer: float = OUTER) -> MatchedClients:
    """Pairs of clients with the same balance P - N, one of whom feels much of both and one little of either.

    Each client is in one pair at most, and the pairs are as many as can be.

    Parameters
    ----------
    positivity, negativity
        Good and bad tone of each client, EPA units, shape (n,).
    outer
        Share of clients, by P + N, who feel much (the highest) and who feel little (the lowest); ties are in neither.
    """
    balance, amount = positivity - negativity, positivity + negativity
    low, high = np.quantile(amount, [outer, 1 - outer])
    much, little = (np.flatnonzero(side) for side in (amount > high, amount < low))
    much, little = much[np.argsort(balance[much], kind="stable")], little[np.argsort(balance[little], kind="stable")]
    pairs, i, j = [], 0, 0
    while i < len(much) and j < len(little):
        apart = balance[much[i]] - balance[little[j]]
        if abs(apart) <= CALIPER:
            pairs.append((much[i], little[j]))
        i += apart <= CALIPER
        j += apart >= -CALIPER
    chosen = np.array(pairs, np.intp).reshape(-1, 2)
    return MatchedClients(chosen[:, 0], chosen[:, 1])


def outcomes_of_matched(
    matched: MatchedClients, member: Floats, groups: tuple[str, ...], when: str, seed: int = 0
) -> pd.DataFrame:
    """Share in each group of the matched clients who felt much and of those who felt little, and the difference.

    Parameters
    ----------
    matched
        Matched clients, from ``same_balance``.
    member
        1 where a dyad is in a group, else 0, shape (dyads, groups).
    groups
        Names of the groups.
    when
        When the dyads are in the groups, in words, such as "in the interviews".
    seed
        Seed of the bootstrap over matched pairs.
    rule
        Pattern rule.

    Returns
    -------
    DataFrame
        Rows of ``SAME_BALANCE`` and ``DIFFERENCE``, with the columns ``estimates.COLUMNS``.
    """
    units = units_alone(len(matched.much), "matched pairs", seed)
    much, little = member[matched.much], member[matched.little]
    every = np.ones_like(much)
    return pd.concat(
        [
            estimated_shares(SAME_BALANCE, [f"{when}, much: {g}" for g in groups], much, every, units),
            estimated_shares(SAME_BALANCE, [f"{when}, little: {g}" for g in groups], little, every, units),
            estimated_means(DIFFERENCE, [f"{when}: {g}" for g in groups], much - little, every, units),
        ],
        ignore_index=True,
    )


def ambivalence(
    panel: Panel, days: tuple[int, int], units: Units, seed: int = 0, rule: PatternRule = DEFAULT_RULE
) -> pd.DataFrame:
    """Ambivalence of clients by pattern; patterns of clients with the same balance, then and at the end.

    Parameters
    ----------
    panel
        Both parties by day.
    days
        First and last day of the interviews.
    units
        Units that are resampled.
    seed
        Seed of the bootstrap over matched pairs.
    rule
        Pattern rule.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES`` but ``BOTH``, with the columns ``estimates.COLUMNS``.
    """
    positivity, negativity = (tone[CLIENT] for tone in panel.tones_in(days))
    member = members(patterns_in(panel, days, rule))
    sums = ambivalence_index(positivity, negativity)[:, None] * member
    more = [f"{CONFLICTED} less {other}" for other in (FRIENDLY, POLITE)]
    friendly, polite, conflicted = member.sum(axis=0)
    matched = same_balance(positivity, negativity)
    end = int(panel.days[-1])
    last = members(patterns_in(panel, (end, end), rule))
    return pd.concat(
        [
            estimated_means(INDEX, PATTERNS, sums, member, units),
            estimated(
                INDEX, more, np.hstack([sums, member]), _more, [conflicted + friendly, conflicted + polite], units
            ),
            outcomes_of_matched(matched, member, PATTERNS, "in the interviews", seed),
            outcomes_of_matched(matched, last, PATTERNS, "at the end", seed),
        ],
        ignore_index=True,
    )


def much_of_both(panel: Panel, units: AnyUnits, rule: PatternRule = DEFAULT_RULE) -> pd.DataFrame:
    """Share of clients' days with much good and much bad at once.

    Parameters
    ----------
    panel
        Both parties by day.
    units
        Units that are resampled.
    rule
        Pattern rule, whose thresholds say from when on good and bad tone are much.

    Returns
    -------
    DataFrame
        One row of ``BOTH``, with the columns ``estimates.COLUMNS``.
    """
    good, bad = panel.positivity[CLIENT], panel.negativity[CLIENT]
    both = ((good >= rule.thresholds.positivity) & (bad > rule.thresholds.negativity)).sum(axis=1, keepdims=True)
    return estimated_shares(BOTH, ["all"], both.astype(np.float64), np.full(both.shape, good.shape[1], float), units)


def _more(sums: Floats) -> Floats:
    mean = sums[..., :3] / sums[..., 3:]
    more: Floats = mean[..., 2:] - mean[..., :2]
    return more
