"""Exits: placements outside, running away and the end of the order, and how ratings go with staying."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import Measure, Units, correlation, estimated, estimated_means, moments
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.ratings import observed_ratings
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, ROLES

Floats = NDArray[np.float64]
EARLY = (7, 14, 21)
"""Days of the ratings of the first three weeks, as in Meier et al. 2006."""
PLACED, GONE = "placed", "gone"
WAYS = ("ever placed", "placed twice or more", "ever gone")
WAY = Measure("exits", "share", "share of clients with this in their stay")
ORDER = Measure("under_the_order", "days", "mean days until the order ends")
EARLY_RATING = Measure(
    "early_rating_of_stayers",
    "SDs",
    "mean rating of the first three weeks, of those who later never ran away less that of those who did",
)
STAYING_ON = Measure(
    "rating_and_staying_on", "correlation", "of a client's observed rating with not running away later on"
)
MEASURES = (WAY, ORDER, EARLY_RATING, STAYING_ON)
DIFFERENCE = "keyworker's less client's"


def first_day_in(panel: Panel, days: pd.DataFrame, place: str) -> NDArray[np.int64]:
    """First day that each client ends in a place, or the day after the last of the stay, shape (dyads,).

    Parameters
    ----------
    panel
        Both parties by day.
    days
        The days table, with the column ``place``.
    place
        A place, such as "gone".
    """
    there = days[(days["place"] == place) & (days["party"] == ROLES[CLIENT])]
    first = np.full(len(panel.dyads), int(panel.days[-1]) + 1)
    np.minimum.at(first, panel.rows_of(there, "days"), there["day"].to_numpy())
    return first


def exits(panel: Panel, dyads: pd.DataFrame, units: Units) -> pd.DataFrame:
    """How many clients are placed outside or run away, and how long the order lasts.

    Parameters
    ----------
    panel
        Both parties by day.
    dyads
        The dyads table.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``WAY`` and ``ORDER``, with the columns ``estimates.COLUMNS``.
    """
    rows = panel.rows_of(dyads, "dyads")
    placements, gone, ended = np.zeros((3, len(panel.dyads)))
    placements[rows], gone[rows], ended[rows] = (
        dyads[name].to_numpy() for name in ("placements", "times_gone", "ended_on")
    )
    ever = np.column_stack([placements >= 1, placements >= 2, gone >= 1]).astype(np.float64)
    length = np.where(ended > 0, ended, panel.days[-1])[:, None]
    return pd.concat(
        [
            estimated_means(WAY, WAYS, ever, np.ones_like(ever), units),
            estimated_means(ORDER, ["all"], length, np.ones_like(length), units),
        ],
        ignore_index=True,
    )


def early_ratings(panel: Panel, days: pd.DataFrame, units: Units) -> pd.DataFrame:
    """How much better the early ratings of those are who never run away later, by either party's rating.

    Those who have run away before the last of these ratings are left out.

    Parameters
    ----------
    panel
        Both parties by day.
    days
        The days table, with the column ``place``.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``EARLY_RATING``: client, keyworker, and the keyworker's difference less the client's.
    """
    left = first_day_in(panel, days, GONE)
    rating = np.mean([panel.rating[:, :, panel.at(day)] for day in EARLY], axis=0)
    counted = left > EARLY[-1]
    stays = counted & (left > panel.days[-1])
    goes = counted & ~stays
    columns = []
    for side in (CLIENT, KEYWORKER):
        centred = rating[side] - rating[side].mean()
        columns += [of * power for of in (stays, goes) for power in (np.ones_like(centred), centred, centred**2)]

    def differences(sums: Floats) -> Floats:
        effects = []
        for side in (CLIENT, KEYWORKER):
            n, first, second = np.moveaxis(sums[..., 6 * side : 6 * side + 6].reshape(*sums.shape[:-1], 2, 3), -1, 0)
            mean = first / n
            within = (second - n * mean**2).sum(axis=-1) / n.sum(axis=-1)
            effects.append((mean[..., 0] - mean[..., 1]) / np.sqrt(np.where(within > 0, within, np.nan)))
        return np.stack([*effects, effects[KEYWORKER] - effects[CLIENT]], axis=-1)

    n = [int(counted.sum())] * 3
    return estimated(EARLY_RATING, [*ROLES, DIFFERENCE], np.column_stack(columns), differences, n, units)


def staying_on(panel: Panel, days: pd.DataFrame, day: int, units: Units, seed: int = 0) -> pd.DataFrame:
    """Correlation of the client's rating on a day, as a questionnaire would catch it, with not running away later.

    Those who have run away before are left out.

    Parameters
    ----------
    panel
        Both parties by day.
    days
        The days table, with the column ``place``.
    day
        Day of the rating.
    units
        Units that are resampled.
    seed
        Seed of the rating noise.

    Returns
    -------
    DataFrame
        A row of ``STAYING_ON``.
    """
    left = first_day_in(panel, days, GONE)
    counted = left > day
    rating = observed_ratings(panel, day, seed=seed)[CLIENT]
    parts = np.zeros_like(moments(rating, rating))
    parts[counted] = moments(rating[counted], (left[counted] > panel.days[-1]).astype(np.float64))
    return estimated(STAYING_ON, ["all"], parts, correlation, [int(counted.sum())], units)
