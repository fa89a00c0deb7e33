"""Change of ratings between two days: whether they rise toward the end of a stay, and for how many they fall."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import Measure, Units, estimated, estimated_shares
from twoway.analysis.measures.panel import Panel
from twoway.simulation.affect_control.frames import ROLES

Floats = NDArray[np.float64]
EARLY, LATE = 20, 150
"""Days between which ratings may rise toward discharge; the last of the stay where it is shorter (assumed)."""
SECOND, THIRD = 21, 90
"""Days between which ratings may fall: after three weeks, and after three months (assumed)."""
RISE = Measure(
    "rise_toward_discharge",
    "SDs",
    f"mean rating on day {LATE} less that on day {EARLY}, in standard deviations over dyads on day {EARLY}",
)
FALLING = Measure("falling_ratings", "share", f"share whose rating on day {THIRD} is below that on day {SECOND}")
MEASURES = (RISE, FALLING)


def within_stay(panel: Panel, day: int) -> int:
    """Column of a day, or of the last day of a shorter stay.

    Parameters
    ----------
    panel
        Both parties by day.
    day
        Day of the stay.
    """
    return panel.at(min(day, int(panel.days[-1])))


def rise_parts(panel: Panel) -> Floats:
    """What each dyad contributes to ``rises``: 1, and for either party early rating, its square, and change, (n, 7).

    Parameters
    ----------
    panel
        Both parties by day.
    """
    early, late = (panel.rating[:, :, within_stay(panel, day)] for day in (EARLY, LATE))
    early_centred = early - early.mean(axis=1, keepdims=True)
    columns = [np.ones(early.shape[1])]
    for side in range(2):
        columns += [early_centred[side], early_centred[side] ** 2, (late - early)[side]]
    return np.stack(columns, axis=1)


def rises(sums: Floats) -> Floats:
    """Rise of the client's and of the keyworker's mean rating in SDs, from sums of ``rise_parts``, shape (..., 2)."""
    n = sums[..., :1]
    first, square, change = (sums[..., k::3] / n for k in (1, 2, 3))
    variance = square - first**2
    return change / np.sqrt(np.where(variance > 0, variance, np.nan))


def change(panel: Panel, units: Units) -> pd.DataFrame:
    """How far ratings rise toward discharge, and how many fall over the first months.

    Parameters
    ----------
    panel
        Both parties by day.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    n = len(panel.dyads)
    second, third = (panel.rating[:, :, within_stay(panel, day)] for day in (SECOND, THIRD))
    falls = (third < second).T.astype(np.float64)
    return pd.concat(
        [
            estimated(RISE, ROLES, rise_parts(panel), rises, [n, n], units),
            estimated_shares(FALLING, ROLES, falls, np.ones_like(falls), units),
        ],
        ignore_index=True,
    )
