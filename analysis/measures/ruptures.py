"""Ruptures and repairs: a party's net tone falls below where it has lately been, and regains that level or not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import AnyUnits, Measure, estimated_means, estimated_shares
from twoway.analysis.measures.panel import Panel
from twoway.analysis.tables import DYAD
from twoway.simulation.affect_control.frames import ROLES


class RuptureThresholds(NamedTuple):
    """From when on a fall is a rupture, and until when it counts as repaired."""

    fall: float = 0.3
    """Fall of the rating below its running level that makes a rupture. EPA units; assumed, to be swept .2..0.6."""
    memory: float = 14.0
    """Days over which the running level averages, with exponentially fading weight; assumed, to be swept 7..28."""
    repair: int = 30
    """Days from the start of a rupture within which a regained level is a repair; assumed, to be swept 14..60."""


RUPTURE = RuptureThresholds()
RATE = Measure("ruptures", "ruptures per 30 days", "how often a party's rating falls below its running level")
SHARE = Measure("share_with_rupture", "share", "share of dyads in which the party has at least one rupture in the stay")
REPAIRED = Measure(
    "ruptures_repaired",
    "share",
    "share of ruptures after which the level is regained in time; those that the end of the stay or of the "
    "keyworker's service cuts short are left out",
    "ruptures",
)
DEPTH = Measure(
    "rupture_depth",
    "EPA units",
    "how far the rating falls below the running level at its lowest",
    "ruptures",
    factor=True,
)
REGAINED = Measure(
    "days_to_repair", "days", "from the start of a repaired rupture until the level is regained", "repairs"
)
MEASURES = (RATE, SHARE, REPAIRED, DEPTH, REGAINED)


def find_ruptures(panel: Panel, thresholds: RuptureThresholds = RUPTURE) -> pd.DataFrame:
    """Every rupture of every party.

    While a rupture lasts the running level stands still. It lasts until the level is regained or the time for repair
    is over; then a new level begins where the rating is. It also begins anew with a new keyworker.

    Parameters
    ----------
    panel
        Both parties by day.
    thresholds
        When a fall is a rupture, and until when it counts as repaired.

    Returns
    -------
    DataFrame
        A row per rupture. Columns replicate, centre, dyad, ``party``, ``start`` (first day more than
        ``thresholds.fall`` below the running level), ``bottom`` (day of the lowest rating before the level was regained
        or given up), ``depth`` (running level at the start less rating at the bottom, EPA units), ``repaired`` (missing
        where stay or service ended before it was known) and ``regained`` (day on which the level was regained in time;
        else missing).
    """
    rating = panel.rating.reshape(-1, len(panel.days))
    new = np.zeros((len(panel.dyads), len(panel.days)), bool)
    new[:, 1:] = (np.diff(panel.post, axis=1) != 0) | (np.diff(panel.predecessors, axis=1) != 0)
    new = np.tile(new, (2, 1))
    level = rating[:, 0].copy()
    start = np.full(len(rating), -1)
    bottom, lowest = np.zeros_like(start), level.copy()
    found: list[NDArray[np.float64]] = []

    def _close(series: NDArray[np.intp], repaired: float, day: float) -> None:
        """Write down the ruptures of some series that are over, and be ready for the next."""
        if len(series):
            ends = np.full(len(series), day), np.full(len(series), repaired)
            found.append(np.stack([series, start[series], bottom[series], (level - lowest)[series], *ends]))
            start[series] = -1

    for t, now in enumerate(rating.T):
        begins = new[:, t]
        _close(np.flatnonzero(begins & (start >= 0)), np.nan, np.nan)
        level[begins] = now[begins]
        lower = (start >= 0) & (now < lowest)
        bottom[lower], lowest[lower] = t, now[lower]
        lasted = panel.days[t] - panel.days[start]
        _close(np.flatnonzero((start >= 0) & (now >= level) & (lasted <= thresholds.repair)), 1.0, float(panel.days[t]))
        given_up = np.flatnonzero((start >= 0) & (lasted >= thresholds.repair))
        _close(given_up, 0.0, np.nan)
        level[given_up] = now[given_up]
        calm = start < 0
        falls = calm & (level - now > thresholds.fall)
        start[falls], bottom[falls], lowest[falls] = t, t, now[falls]
        level[calm & ~falls] += (now - level)[calm & ~falls] / thresholds.memory
    _close(np.flatnonzero(start >= 0), np.nan, np.nan)
    return _table(np.hstack(found) if found else np.empty((6, 0)), panel)


def _table(found: NDArray[np.float64], panel: Panel) -> pd.DataFrame:
    series, start, bottom = found[:3].astype(np.intp)
    side, row = np.divmod(series, len(panel.dyads))
    table = panel.dyads.iloc[row].reset_index(drop=True)
    table["party"] = pd.Categorical.from_codes(side, categories=list(ROLES))
    table["start"], table["bottom"] = panel.days[start], panel.days[bottom]
    table["depth"] = found[3]
    table["repaired"] = pd.array(found[5], dtype="Float64").astype("boolean")
    table["regained"] = pd.array(found[4], dtype="Float64").astype("Int64")
    return table.sort_values([*DYAD, "party", "start"], ignore_index=True)


def ruptures(panel: Panel, found: pd.DataFrame, units: AnyUnits) -> pd.DataFrame:
    """How frequent, deep and well repaired ruptures are, by party.

    Parameters
    ----------
    panel
        Both parties by day.
    found
        The ruptures, from ``find_ruptures``.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    place = panel.rows_of(found, "ruptures"), pd.Categorical(found["party"], categories=list(ROLES)).codes
    known = found["repaired"].notna().to_numpy(bool)
    repaired = known & found["repaired"].fillna(False).to_numpy(bool)
    days = (found["regained"] - found["start"]).fillna(0).to_numpy(np.float64)

    def per_dyad(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.zeros((len(panel.dyads), 2))
        np.add.at(sums, place, weights)
        return sums

    count, repairs = per_dyad(np.ones(len(found))), per_dyad(repaired.astype(float))
    every = np.ones_like(count)
    months = len(panel.days) / 30
    return pd.concat(
        [
            estimated_means(RATE, ROLES, count / months, every, units),
            estimated_shares(SHARE, ROLES, (count > 0).astype(float), every, units),
            estimated_shares(REPAIRED, ROLES, repairs, per_dyad(known.astype(float)), units),
            estimated_means(DEPTH, ROLES, per_dyad(found["depth"].to_numpy(np.float64)), count, units),
            estimated_means(REGAINED, ROLES, per_dyad(np.where(repaired, days, 0.0)), repairs, units),
        ],
        ignore_index=True,
    )
