"""Shapes of growth: does a party's rating improve, stay or get worse over the stay; does it drop and come back?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import Measure, Units, estimated_shares, not_estimated, tidy
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.ratings import MEASUREMENT, Measurement, noise_sd
from twoway.simulation.affect_control.frames import ROLES

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
    """Shape of the course of each party's rating.

    Parameters
    ----------
    panel
        Both parties by day.
    day
        Day whose ratings set the noise of a single rating, against which changes are judged.
    ruptures
        The ruptures, from ``find_ruptures``.
    thresholds
        When a change counts, in SDs of the noise.
    measurement
        Reliability of a single rating.

    Returns
    -------
    DataFrame
        A row per dyad and party: all clients, then all keyworkers. Columns replicate, centre, dyad, ``party``,
        ``change`` (least-squares change from the first day fitted to the last, EPA units), ``shape`` (of ``SHAPES``),
        ``local_v`` (at least one rupture that was repaired) and ``global_u`` (the fitted parabola has its lowest point
        in the middle half of the time, and both ends lie well above it).
    """
    return shapes_of(courses(panel, ruptures, thresholds), panel, day, thresholds, measurement)


class Courses(NamedTuple):
    """What was fitted to the rating of both parties of each dyad, the client first, shape (dyads, 2) each."""

    change: NDArray[np.float64]
    """Least-squares change from the first day fitted to the last, EPA units."""
    rise: NDArray[np.float64]
    """How far both ends of the fitted parabola lie above its lowest point, EPA units; NaN where it is no U."""
    local_v: NDArray[np.bool_]
    """Whether at least one rupture was repaired."""


def courses(panel: Panel, ruptures: pd.DataFrame, thresholds: GrowthThresholds = GROWTH) -> Courses:
    """What is fitted to each party's rating, and hangs on nobody else's.

    Parameters
    ----------
    panel
        Both parties by day.
    ruptures
        The ruptures, from ``find_ruptures``.
    thresholds
        From which day on is fitted.
    """
    fitted, n = panel.days >= min(thresholds.first_day, panel.days[-1]), len(panel.dyads)
    series = panel.rating[:, :, fitted].reshape(2 * n, -1)
    mended = ruptures[ruptures["repaired"].fillna(False).astype(bool)]
    v = np.zeros((n, 2), bool)
    v[panel.rows_of(mended, "ruptures"), pd.Categorical(mended["party"], categories=list(ROLES)).codes] = True
    return Courses(_straight_change(series).reshape(2, n).T, _rise_from_dip(series).reshape(2, n).T, v)


def shapes_of(
    fitted: Courses,
    panel: Panel,
    day: int,
    thresholds: GrowthThresholds = GROWTH,
    measurement: Measurement = MEASUREMENT,
) -> pd.DataFrame:
    """Shape of the course of each party's rating, as ``shapes`` gives it, from what was fitted.

    Parameters
    ----------
    fitted
        What was fitted to each course.
    panel
        Both parties on *day*; other days are not looked at.
    day
        Day whose ratings set the noise of a single rating, against which changes are judged.
    thresholds
        When a change counts, in SDs of the noise.
    measurement
        Reliability of a single rating.
    """
    noise = [noise_sd(rating, measurement) for rating in panel.rating[:, :, panel.at(day)]]
    least = np.repeat(noise, len(panel.dyads))
    change, rise, v = (values.T.ravel() for values in fitted)
    limit = thresholds.change * least
    code = np.where(change > limit, 0, np.where(change < -limit, 2, 1))
    table = pd.concat([panel.dyads, panel.dyads], ignore_index=True)
    table["party"] = pd.Categorical.from_codes(np.repeat([0, 1], len(panel.dyads)), categories=list(ROLES))
    table["change"] = change
    table["shape"] = pd.Categorical.from_codes(code, categories=list(SHAPES))
    table["local_v"] = v
    table["global_u"] = rise > thresholds.bend * least
    return table


def _time(days: int) -> NDArray[np.float64]:
    """As many days on the scale from -1 (the first) to 1 (the last)."""
    return np.linspace(-1, 1, days)


def _straight_change(courses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Change of the least-squares straight line from its first to its last day, for each of some *courses*."""
    if courses.shape[1] < 2:
        return np.zeros(len(courses))
    time = _time(courses.shape[1])
    change: NDArray[np.float64] = 2 * (courses @ time) / (time @ time)
    return change


def _rise_from_dip(courses: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the ends of the least-squares parabola of each course lie above its low point; NaN where it is no U."""
    if courses.shape[1] < 3:
        return np.full(len(courses), np.nan)
    _, slope, square = np.polynomial.polynomial.polyfit(_time(courses.shape[1]), courses.T, 2)
    convex = square > 0
    lowest = np.where(convex, -slope / np.where(convex, 2 * square, 1.0), np.inf)
    inside = np.abs(lowest) <= 0.5
    rise = square * (1 - np.abs(np.where(inside, lowest, 0.0))) ** 2
    return np.where(inside, rise, np.nan)


def growth(panel: Panel, table: pd.DataFrame, units: Units) -> pd.DataFrame:
    """Share of each shape, of local V and of global U, by party.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    table
        Shape of each course, from ``shapes``.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    n = len(panel.dyads)
    if n < 2:
        why = "whether a change is more than noise takes at least two dyads: how they differ sets the noise"
        groups = {SHAPE: [f"{role}: {s}" for role in ROLES for s in SHAPES], LOCAL_V: ROLES, GLOBAL_U: ROLES}
        rows = [tidy(m, [not_estimated(m, g, why) for g in names]) for m, names in groups.items()]
        return pd.concat(rows, ignore_index=True)
    tables = []
    for side, role in enumerate(ROLES):
        own = table.iloc[side * n : (side + 1) * n]
        member = np.equal.outer(own["shape"].cat.codes.to_numpy(), np.arange(len(SHAPES))).astype(np.float64)
        tables.append(estimated_shares(SHAPE, [f"{role}: {s}" for s in SHAPES], member, np.ones_like(member), units))
        for measure, column in ((LOCAL_V, "local_v"), (GLOBAL_U, "global_u")):
            hit = own[column].to_numpy(np.float64)[:, None]
            tables.append(estimated_shares(measure, [role], hit, np.ones_like(hit), units))
    return pd.concat(tables, ignore_index=True)
