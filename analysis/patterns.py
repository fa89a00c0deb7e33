"""Patterns: what a researcher would call a relationship who has heard both parties.

A first, simple rule; it sees only what the two would tell (tone), never a hidden parameter. Each party has a class
of its own, and the two together give the dyad's pattern, as Skårner & Billquist (2016) compared both accounts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

PATTERNS = ("friendly and trustful", "polite and neutral", "ambivalent and conflicted")
CLASSES = ("trustful", "neutral", "conflicted")


class Thresholds(NamedTuple):
    """Where a party's class changes, on the rating scale on which 1 is slightly, 2 quite, 3 extremely."""

    positivity: float = 1.0
    """From here on the other is felt to be good: at least slightly. EPA units; assumed, to be swept .7..1.3."""
    negativity: float = 0.3
    """Above this there is conflict. EPA units, after the weight of the bad; assumed, to be swept .2..0.5."""


THRESHOLDS = Thresholds()


def party_class(positivity: pd.Series, negativity: pd.Series, thresholds: Thresholds = THRESHOLDS) -> pd.Series:
    """Each party's own class, from its tone in EPA units: conflicted before all, else trustful or neutral."""
    codes = np.where(negativity > thresholds.negativity, 2, np.where(positivity >= thresholds.positivity, 0, 1))
    return pd.Series(pd.Categorical.from_codes(codes, categories=list(CLASSES)), index=positivity.index)


def pattern(client: pd.Series, keyworker: pd.Series) -> pd.Series:
    """The dyad's pattern from the classes of both: conflicted if either is, friendly if both are trustful."""
    conflicted = (client == "conflicted") | (keyworker == "conflicted")
    friendly = (client == "trustful") & (keyworker == "trustful")
    codes = np.where(conflicted, 2, np.where(friendly, 0, 1))
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
"""Centres from which on the bootstrap draws whole centres, whose dyads are not independent; below, single dyads."""


def resampled_units(dyads: pd.DataFrame) -> str:
    """What the bootstrap draws again for this table: "centres" or, when they are too few, "dyads"."""
    return "centres" if dyads.groupby(["replicate", "centre"]).ngroups >= ENOUGH_CENTRES else "dyads"


def shares(dyads: pd.DataFrame, confidence: float = 0.95, draws: int = 2000, seed: int = 0) -> pd.DataFrame:
    """Share of dyads in each pattern, with a bootstrap interval over ``resampled_units``.

    Rows are patterns; columns ``dyads`` (count), ``share``, ``low``, ``high``. An interval over the dyads of few
    centres is too narrow where dyads of one centre resemble each other.
    """
    table = dyads if "pattern" in dyads else with_patterns(dyads)
    groups = table.groupby(["replicate", "centre"]).ngroup()
    if resampled_units(table) == "dyads":
        groups = pd.Series(np.arange(len(table)), index=table.index)
    counts = pd.crosstab(groups, table["pattern"]).reindex(columns=list(PATTERNS), fill_value=0).to_numpy()
    picked = np.random.default_rng(seed).multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=draws)
    resampled = picked @ counts
    resampled = resampled / resampled.sum(axis=1, keepdims=True)
    tail = (1 - confidence) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=0)
    total = counts.sum(axis=0)
    return pd.DataFrame(
        {"dyads": total, "share": total / total.sum(), "low": low, "high": high},
        index=pd.Index(PATTERNS, name="pattern"),
    )
