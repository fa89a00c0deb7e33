"""Beginnings: how much of an early rating is explained by what the client brings along."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import (
    LEAST_VARIANCE,
    MANY_DYADS,
    Measure,
    Units,
    correlations,
    estimated,
    moments,
)
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.ratings import observed_ratings
from twoway.analysis.tables import DYAD
from twoway.simulation.affect_control.frames import CLIENT

Floats = NDArray[np.float64]
EARLY = 14
"""Day of the early rating, or the last day where the stay is shorter (assumed)."""
OF_DYADS = (*DYAD, "client_personal_first", "client_adversarial_first", "client_reserve", "client_insight")
"""Columns of the dyads table that are used."""
BROUGHT = Measure(
    "explained_by_what_is_brought",
    "share",
    f"share of the variance of the client's observed rating on day {EARLY} that first definition, reserve, insight and "
    "distress at admission explain together",
    least=MANY_DYADS,
)
MEASURES = (BROUGHT,)


def brought(panel: Panel, dyads: pd.DataFrame, distress: Floats, units: Units, seed: int = 0) -> pd.DataFrame:
    """How much of the client's early rating what the client brings along explains.

    Parameters
    ----------
    panel
        Both parties by day.
    dyads
        Dyads table, in any order.
    distress
        The client's distress at admission, shape (dyads,), from ``criticism.distress_at_admission``.
    units
        Units that are resampled.
    seed
        Seed of the rating noise.

    Returns
    -------
    DataFrame
        One row of ``BROUGHT``, with the columns ``estimates.COLUMNS``.
    """
    n = len(panel.dyads)
    known = np.zeros((n, len(OF_DYADS) - len(DYAD)))
    known[panel.rows_of(dyads, "dyads")] = dyads[list(OF_DYADS[len(DYAD) :])].to_numpy()
    predictors = np.column_stack([known, distress])
    predictors = predictors[:, predictors.var(axis=0) > LEAST_VARIANCE]
    rating = observed_ratings(panel, min(EARLY, int(panel.days[-1])), seed=seed)[CLIENT]
    columns = 1 + predictors.shape[1]
    return estimated(
        BROUGHT, ["all"], moments(rating, *predictors.T), lambda s: _explained(correlations(s, columns)), [n], units
    )


def _explained(matrix: Floats) -> Floats:
    """Squared multiple correlation of the first of some variables with the others, from correlation matrices."""
    own, among = matrix[..., 0, 1:], matrix[..., 1:, 1:]
    gaps = np.isnan(matrix).sum(axis=(-2, -1), keepdims=True)
    among = np.where(gaps > 0, np.eye(own.shape[-1]), among)
    own = np.where(gaps[..., 0] > 0, 0.0, own)
    weights = (np.linalg.pinv(among) @ own[..., None])[..., 0]
    return np.where(gaps[..., 0, 0] > 0, np.nan, (weights * own).sum(axis=-1))
