"""Shapes of growth: does a party's rating improve, stay or get worse over the stay; does it drop and come back?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.measures.estimates import Measure, Units, estimated_shares
from analysis.measures.panel import Panel
from analysis.measures.ratings import MEASUREMENT, Measurement, noise_sd
from simulation.frames import ROLES

SHAPES = ("improving", "stable", "deteriorating")


class GrowthThresholds(NamedTuple):
    """From when on a change counts, in multiples of the noise of a single rating, and from which day on."""

    change: float = 1.0
    """Fitted change over the stay, up or down. SDs of the noise of one rating; assumed, to be swept .5..2."""
    bend: float = 1.0
    """How far both ends of the fitted curve lie above its lowest point in a U. The same unit; assumed, swept .5..2."""
    first_day: int = 14
    """Day from which on is fitted: tone begins at nothing and takes about two weeks to build up; assumed, 7..30."""


GROWTH = GrowthThresholds()
SHAPE = Measure(
    "growth_shape",
    "share",
    "share of dyads in which the straight line through the party's ratings rises, stays or falls",
)
LOCAL_V = Measure("local_v", "share", "share of dyads in which the party's rating drops and regains its level: a V")
GLOBAL_U = Measure(
    "global_u",
    "share",
    "share of dyads in which the parabola through the party's ratings dips in the middle of the stay",
)
MEASURES = (SHAPE, LOCAL_V, GLOBAL_U)


def shapes(
    panel: Panel,
    day: int,
    ruptures: pd.DataFrame,
    thresholds: GrowthThresholds = GROWTH,
    measurement: Measurement = MEASUREMENT,
) -> pd.DataFrame:
    """Shape of each party's course, a row per dyad and party.

    Columns: replicate, centre, dyad, ``party``, ``change`` (least-squares change from the first day fitted to the last,
    EPA units), ``shape`` (of ``SHAPES``), ``local_v`` (at least one rupture that was repaired) and ``global_u``
    (the fitted parabola has its lowest point in the middle half of the time, and both ends lie well above it).
    Noise is what makes a single rating of *day* as unreliable as declared. *ruptures* come from ``find_ruptures``.
    """
    fitted = panel.days >= min(thresholds.first_day, panel.days[-1])
    time = _centred_time(panel.days[fitted])
    n = len(panel.dyads)
    noise = np.array([noise_sd(rating, measurement) for rating in panel.rating[:, :, panel.at(day)]])
    line = np.polynomial.legendre.legvander(time, min(2, len(time) - 1))
    coefficients = np.linalg.lstsq(line, panel.rating[:, :, fitted].reshape(2 * n, -1).T)[0]
    slope, bend = (np.zeros(2 * n) if i >= len(coefficients) else coefficients[i] for i in (1, 2))
    change = _straight_change(panel, fitted, time)
    least = np.repeat(noise, n)
    limit = thresholds.change * least
    code = np.where(change > limit, 0, np.where(change < -limit, 2, 1))
    broken = np.zeros((2, n), bool)
    mended = ruptures[ruptures["repaired"].fillna(False).astype(bool)]
    side = pd.Categorical(mended["party"], categories=list(ROLES)).codes
    broken[side, panel.rows_of(mended, "ruptures")] = True
    table = pd.concat([panel.dyads, panel.dyads], ignore_index=True)
    table["party"] = pd.Categorical.from_codes(np.repeat([0, 1], n), categories=list(ROLES))
    table["change"] = change
    table["shape"] = pd.Categorical.from_codes(code, categories=list(SHAPES))
    table["local_v"] = broken.ravel()
    table["global_u"] = _dips(slope, bend, thresholds.bend * least)
    return table


def _centred_time(days: NDArray[np.int64]) -> NDArray[np.float64]:
    """Days on the scale from -1 (the first) to 1 (the last)."""
    if len(days) < 2:
        return np.zeros(len(days))
    return 2 * (days - days[0]) / (days[-1] - days[0]) - 1.0


def _straight_change(panel: Panel, fitted: NDArray[np.bool_], time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Change of the least-squares straight line from its first to its last day, shape (2 · dyads,), client first."""
    if len(time) < 2:
        return np.zeros(2 * len(panel.dyads))
    centred = time - time.mean()
    slope: NDArray[np.float64] = panel.rating[:, :, fitted].reshape(-1, len(time)) @ centred / (centred @ centred)
    return 2 * slope


def _dips(slope: NDArray[np.float64], bend: NDArray[np.float64], least: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether slope·t + bend·(3t² - 1)/2 on -1..1 is a U whose ends lie at least so far above its lowest point."""
    convex = bend > 0
    lowest = np.where(convex, -slope / np.where(convex, 3 * bend, 1.0), np.inf)
    inside = np.abs(lowest) <= 0.5
    rise = 1.5 * bend * (1 - np.abs(np.where(inside, lowest, 0.0))) ** 2
    return inside & (rise > least)


def growth(panel: Panel, table: pd.DataFrame, units: Units) -> pd.DataFrame:
    """Share of each shape, of local V and of global U, by party; *table* comes from ``shapes``."""
    n = len(panel.dyads)
    tables = []
    for side, role in enumerate(ROLES):
        own = table.iloc[side * n : (side + 1) * n]
        member = np.equal.outer(own["shape"].cat.codes.to_numpy(), np.arange(len(SHAPES))).astype(np.float64)
        tables.append(estimated_shares(SHAPE, [f"{role}: {s}" for s in SHAPES], member, np.ones_like(member), units))
        for measure, column in ((LOCAL_V, "local_v"), (GLOBAL_U, "global_u")):
            hit = own[column].to_numpy(np.float64)[:, None]
            tables.append(estimated_shares(measure, [role], hit, np.ones_like(hit), units))
    return pd.concat(tables, ignore_index=True)
