"""Tracking: do the two views move together from week to week, whatever their level and trend?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from twoway.analysis.measures.estimates import LEAST_VARIANCE, AnyUnits, Floats, Measure, estimated
from twoway.analysis.measures.panel import Panel

WEEK = 7
LEAST_WEEKS = 4
"""Weeks from which on it can be told: a straight line takes two."""
TRACKING = Measure(
    "tracking",
    "correlation",
    "of the weekly means of both parties' ratings within dyads that kept their keyworker, each party's straight trend "
    "taken away; pooled over dyads",
)
MEASURES = (TRACKING,)


def tracking(panel: Panel, units: AnyUnits) -> pd.DataFrame:
    """How the two views track each other over the stay within dyads, detrended, week by week.

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
    parts = tracking_sums(panel)
    return estimated(TRACKING, ["all"], parts, pooled_correlation, [int((parts[:, 1:] > 0).all(axis=1).sum())], units)


def tracking_sums(panel: Panel) -> Floats:
    """What each dyad contributes: sums of products and squares of both parties' detrended weekly ratings, (dyads, 3).

    Nothing from dyads that changed their keyworker.
    """
    weeks = len(panel.days) // WEEK
    kept = (panel.predecessors[:, 0] == panel.predecessors[:, -1]) & (panel.post[:, 0] == panel.post[:, -1])
    if weeks < LEAST_WEEKS:
        return np.zeros((len(panel.dyads), 3))
    weekly = panel.rating[:, :, : weeks * WEEK].reshape(*panel.rating.shape[:2], weeks, WEEK).mean(axis=-1)
    client, keyworker = _detrended(weekly) * kept[:, None]
    return np.stack([(client * keyworker).sum(-1), (client**2).sum(-1), (keyworker**2).sum(-1)], axis=1)


def _detrended(series: Floats) -> Floats:
    """What is left of each series along the last axis when its mean and straight trend are taken away."""
    time = np.arange(series.shape[-1]) - (series.shape[-1] - 1) / 2
    centred = series - series.mean(axis=-1, keepdims=True)
    left: Floats = centred - (centred @ time / (time @ time))[..., None] * time
    return left


def pooled_correlation(sums: Floats) -> Floats:
    """The correlation over all dyads, from the sums of what ``tracking_sums`` gives; NaN where a view does not vary."""
    product, client, keyworker = np.moveaxis(sums, -1, 0)
    both = client * keyworker
    result: Floats = product / np.sqrt(np.where(both > LEAST_VARIANCE**2, both, np.nan))
    return result
