"""Patterns: what a researcher would call a relationship who has heard both parties.

A first, simple rule; it sees only what the two would tell (tone), never a hidden parameter. Each party has a class
of its own, and the two together give the dyad's pattern, as Skårner & Billquist (2016) compared both accounts.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PATTERNS = ("friendly and trustful", "polite and neutral", "ambivalent and conflicted")
CLASSES = ("trustful", "neutral", "conflicted")


class Thresholds(NamedTuple):
    """Where a party's class changes, on the rating scale on which 1 is slightly, 2 quite, 3 extremely."""

    positivity: float = 1.0
    """From here on the other is felt to be good: at least slightly. EPA units; assumed, to be swept .7..1.3."""
    negativity: float = 0.3
    """Above this there is conflict. EPA units, after the weight of the bad; assumed, to be swept .2..0.5."""


THRESHOLDS = Thresholds()


def class_codes(
    positivity: NDArray[Any], negativity: NDArray[Any], thresholds: Thresholds = THRESHOLDS
) -> NDArray[np.int8]:
    """Index into ``CLASSES`` by tone in EPA units, any shape: conflicted before all, else trustful or neutral."""
    trustful = np.asarray(positivity) >= thresholds.positivity
    conflicted = np.asarray(negativity) > thresholds.negativity
    return np.where(conflicted, 2, np.where(trustful, 0, 1)).astype(np.int8)


def pattern_codes(client: NDArray[Any], keyworker: NDArray[Any]) -> NDArray[np.int8]:
    """Index into ``PATTERNS`` from the class codes of both: conflicted if either is, friendly if both are trustful."""
    conflicted = (client == 2) | (keyworker == 2)
    friendly = (client == 0) & (keyworker == 0)
    return np.where(conflicted, 2, np.where(friendly, 0, 1)).astype(np.int8)


def party_class(positivity: pd.Series, negativity: pd.Series, thresholds: Thresholds = THRESHOLDS) -> pd.Series:
    """Each party's own class, from its tone in EPA units; the rule is ``class_codes``."""
    codes = class_codes(positivity.to_numpy(), negativity.to_numpy(), thresholds)
    return pd.Series(pd.Categorical.from_codes(codes, categories=list(CLASSES)), index=positivity.index)


def pattern(client: pd.Series, keyworker: pd.Series) -> pd.Series:
    """The dyad's pattern from the classes of both (words of ``CLASSES``); the rule is ``pattern_codes``."""
    codes = pattern_codes(*(pd.Categorical(own, categories=list(CLASSES)).codes for own in (client, keyworker)))
    return pd.Series(pd.Categorical.from_codes(codes, categories=list(PATTERNS)), index=client.index)


def with_patterns(dyads: pd.DataFrame, thresholds: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """The dyads table with three more columns: ``client_class``, ``keyworker_class`` and ``pattern``."""
    client, keyworker = (
        party_class(dyads[f"{role}_positivity"], dyads[f"{role}_negativity"], thresholds)
        for role in ("client", "keyworker")
    )
    return dyads.assign(client_class=client, keyworker_class=keyworker, pattern=pattern(client, keyworker))


def by_day(days: pd.DataFrame, thresholds: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """Each dyad's pattern at the end of each day: columns replicate, centre, dyad, day, pattern."""
    keys = ["replicate", "centre", "dyad", "day"]
    own = days[[*keys, "party"]].assign(own=party_class(days["positivity"], days["negativity"], thresholds))
    client, keyworker = (own[own["party"] == role].set_index(keys)["own"] for role in ("client", "keyworker"))
    return pattern(client, keyworker.loc[client.index]).rename("pattern").reset_index()


ENOUGH_CENTRES = 20
"""Centres from which on whole centres are drawn again for an interval; with fewer, dyads are taken as independent."""


def interval_kind(dyads: pd.DataFrame) -> str:
    """How the intervals of this table are made: by a bootstrap over centres or, when those are few, as Wilson's."""
    enough = dyads.groupby(["replicate", "centre"]).ngroups >= ENOUGH_CENTRES
    return "bootstrap over centres" if enough else "Wilson, over dyads"


def shares(dyads: pd.DataFrame, confidence: float = 0.95, draws: int = 2000, seed: int = 0) -> pd.DataFrame:
    """Share of dyads in each pattern, with an interval of the kind ``interval_kind`` says.

    Rows are patterns; columns ``dyads`` (count), ``share``, ``low``, ``high``. Wilson's interval is too
    narrow where dyads of one centre resemble each other.
    """
    table = dyads if "pattern" in dyads else with_patterns(dyads)
    centres = table.groupby(["replicate", "centre"]).ngroup()
    counts = pd.crosstab(centres, table["pattern"]).reindex(columns=list(PATTERNS), fill_value=0).to_numpy()
    total = counts.sum(axis=0)
    share, n = total / total.sum(), total.sum()
    if len(counts) >= ENOUGH_CENTRES:
        equal = np.full(len(counts), 1 / len(counts))
        again = np.random.default_rng(seed).multinomial(len(counts), equal, size=draws) @ counts
        tail = (1 - confidence) / 2
        low, high = np.quantile(again / again.sum(axis=1, keepdims=True), [tail, 1 - tail], axis=0)
    else:
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        low, high = np.clip(middle - half, 0.0, share), np.clip(middle + half, share, 1.0)
    return pd.DataFrame(
        {"dyads": total, "share": share, "low": low, "high": high},
        index=pd.Index(PATTERNS, name="pattern"),
    )
