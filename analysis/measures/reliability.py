"""Reliability: is a relationship told the same from what both said a month earlier?

A share says how many dyads are in a pattern, not whether it is the same dyads whenever one asks. Both parties' accounts
in the interviews are therefore set beside those of the same length ``RETEST`` days before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import Measure, estimated, units_of
from twoway.analysis.measures.lasting import agreements, pairs_counted
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.tables import DYAD
from twoway.simulation.parameters.scenario import RETEST

KAPPA = Measure(
    "reliability",
    "kappa",
    f"of the patterns told in the interviews with those told of the same dyads {RETEST} days before: how far they "
    "agree beyond chance",
)


class Reliability(NamedTuple):
    """How far patterns agree with those told of the same dyads some weeks before."""

    dyads: int
    same: float
    """Share of the dyads of which the same is told."""
    by_chance: float
    """The share that chance alone would give, the shares of the patterns being what they are."""
    kappa: float
    """Cohen's kappa: agreement beyond chance; missing if one pattern is all there is."""
    low: float
    high: float
    """Ends of its 95 % interval; missing where there are too few dyads for one."""

    def words(self) -> str:
        """The numbers, to follow a name."""
        if np.isnan(self.kappa):
            return f"{self.same:.0%}, by chance as many, as one pattern is all there is"
        span = "no interval from so few" if np.isnan(self.low) else f"95 % interval {self.low:.2f} to {self.high:.2f}"
        return f"{self.same:.0%}, by chance {self.by_chance:.0%} (kappa {self.kappa:.2f}, {span})"


def reliability(dyads: pd.DataFrame) -> Reliability | None:
    """Agreement of the patterns told of some dyads with those told of them ``RETEST`` days before.

    Parameters
    ----------
    dyads
        Dyads of a run with the columns ``replicate``, ``centre``, ``pattern`` and ``pattern_before``.

    Returns
    -------
    None if nobody was asked before: the stay is too short, or the interviews are too early.
    """
    asked = dyads[dyads["pattern_before"].notna()]
    if asked.empty:
        return None
    before, now = (
        pd.Categorical(asked[name], categories=list(PATTERNS)).codes[:, None] for name in ("pattern_before", "pattern")
    )
    table = pairs_counted(before, now)
    _, same, by_chance = agreements(table.sum(axis=0))
    with np.errstate(invalid="ignore"):
        row = estimated(KAPPA, ["all"], table, lambda s: agreements(s)[..., :1], [len(asked)], units_of(asked)).iloc[0]
    return Reliability(len(asked), float(same), float(by_chance), *map(float, row[["estimate", "low", "high"]]))


def as_table(found: Reliability | None) -> pd.DataFrame:
    """Reliability as a table of one row, or of none if nobody was asked before.

    Parameters
    ----------
    found
        What ``reliability`` gives.
    """
    return pd.DataFrame([] if found is None else [found], columns=list(Reliability._fields))


def from_table(table: pd.DataFrame) -> dict[str, Reliability | None]:
    """Reliability by scenario, from a table of ``as_table`` with the column ``scenario``.

    Parameters
    ----------
    table
        A row per scenario.
    """
    return {row["scenario"]: Reliability(*(row[name] for name in Reliability._fields)) for _, row in table.iterrows()}


def coded_dyads(codes: NDArray[np.int8], before: NDArray[np.int8], clients: int) -> pd.DataFrame:
    """Dyads as ``reliability`` takes them, from indices into ``PATTERNS``.

    Parameters
    ----------
    codes, before
        Pattern of each dyad in the interviews and before, shape (replicates, dyads); -1 where nobody was asked.
    clients
        Clients of a centre.
    """
    replicate, place = np.indices(codes.shape)
    words = [pd.Categorical.from_codes(one.ravel(), categories=list(PATTERNS)) for one in (codes, before)]
    where = (replicate.ravel(), place.ravel() // clients, place.ravel() % clients)
    return pd.DataFrame(dict(zip((*DYAD, "pattern", "pattern_before"), (*where, *words), strict=True)))


def reliability_sentences(found: Mapping[str, Reliability | None]) -> Iterator[str]:
    """How reliably patterns are told, in a sentence; none if nobody was asked before.

    Parameters
    ----------
    found
        Reliability by the name of the scenario; the name is left out if there is only one.
    """
    known = {name: one for name, one in found.items() if one is not None}
    if known:
        said = "; ".join(one.words() if len(found) == 1 else f"{name} {one.words()}" for name, one in known.items())
        yield f"Dyads of which the same pattern is told from what both said {RETEST} days before: {said}."
