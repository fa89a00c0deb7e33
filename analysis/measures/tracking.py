"""Tracking: do the two views move together from week to week, whatever their level and trend?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.measures.estimates import LEAST_VARIANCE, Floats, Measure, Units, estimated
from analysis.measures.panel import Panel

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


def tracking(panel: Panel, units: Units) -> pd.DataFrame:
    """How the two views track each other over the stay within dyads, detrended, week by week."""
    weeks = len(panel.days) // WEEK
    kept = (panel.predecessors[:, 0] == panel.predecessors[:, -1]) & (panel.post[:, 0] == panel.post[:, -1])
    if weeks < LEAST_WEEKS:
        parts, kept = np.zeros((len(panel.dyads), 3)), np.zeros_like(kept)
    else:
        weekly = panel.rating[:, :, : weeks * WEEK].reshape(*panel.rating.shape[:2], weeks, WEEK).mean(axis=-1)
        client, keyworker = _detrended(weekly) * kept[:, None]
        parts = np.stack([(client * keyworker).sum(-1), (client**2).sum(-1), (keyworker**2).sum(-1)], axis=1)
    return estimated(TRACKING, ["all"], parts, _pooled, [int(kept.sum())], units)


def _detrended(series: Floats) -> Floats:
    """What is left of each series along the last axis when its mean and straight trend are taken away."""
    time = np.arange(series.shape[-1]) - (series.shape[-1] - 1) / 2
    centred = series - series.mean(axis=-1, keepdims=True)
    left: Floats = centred - (centred @ time / (time @ time))[..., None] * time
    return left


def _pooled(sums: Floats) -> Floats:
    product, client, keyworker = np.moveaxis(sums, -1, 0)
    both = client * keyworker
    result: Floats = product / np.sqrt(np.where(both > LEAST_VARIANCE**2, both, np.nan))
    return result
