"""Warmth and control of one keyworker, and how her client rates the relationship in the end."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import Measure, Units, correlations, estimated, moments
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.ratings import observed_ratings
from twoway.analysis.tables import evaluation_of_deeds
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, ROLES
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.situations import ENCOUNTER_KINDS, EncounterKind

Floats = NDArray[np.float64]
LATE = 150
"""Day of the late rating, or the last day where the stay is shorter."""
GROUPS = ("warmth", "control")
WARMTH = Measure(
    "warm_staff",
    "correlation",
    f"of the client's observed rating on day {LATE} with the mean evaluation of the keyworker's acts outside control "
    "until then, and with the share of her acts that are in control; only dyads that kept their keyworker",
)
MEASURES = (WARMTH,)


def late_day(panel: Panel) -> int:
    """Day of the late rating."""
    return min(LATE, int(panel.days[-1]))


def kept_until(panel: Panel, day: int) -> NDArray[np.bool_]:
    """Which dyads have had one keyworker until a day, shape (dyads,).

    Parameters
    ----------
    panel
        Both parties by day.
    day
        Day of the stay.
    """
    at = panel.at(day)
    same: NDArray[np.bool_] = (panel.post[:, 0] == panel.post[:, at]) & (
        panel.predecessors[:, 0] == panel.predecessors[:, at]
    )
    return same


def warm_and_controlling(panel: Panel, events: pd.DataFrame, resolved: Resolved, day: int) -> tuple[Floats, Floats]:
    """Warmth and control of what each client met with until a day.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    events
        Events table.
    resolved
        The scenario with its data files.
    day
        Last day that counts.

    Returns
    -------
    Mean evaluation of the keyworker's acts outside control, EPA units, and share of her acts that are in control, shape
    (dyads,) each; NaN where there were none.
    """
    own = (events["actor"] == ROLES[KEYWORKER]).to_numpy() & events["act"].notna().to_numpy()
    acts, n = events[own & (events["day"] <= day).to_numpy()], len(panel.dyads)
    row = panel.rows_of(acts, "events")
    control = (acts["encounter"] == ENCOUNTER_KINDS[EncounterKind.CONTROL]).to_numpy()
    good = evaluation_of_deeds(acts, "act", resolved)
    all_, others = np.bincount(row, minlength=n), np.bincount(row[~control], minlength=n)
    with np.errstate(divide="ignore", invalid="ignore"):
        warmth: Floats = np.bincount(row[~control], good[~control], minlength=n) / np.where(others > 0, others, np.nan)
        controlling: Floats = (all_ - others) / np.where(all_ > 0, all_, np.nan)
    return warmth, controlling


def warm_staff(panel: Panel, warmth: Floats, control: Floats, units: Units, seed: int = 0) -> pd.DataFrame:
    """Late ratings of clients against the warmth and the control of their keyworkers.

    Parameters
    ----------
    panel
        Both parties by day.
    warmth, control
        What each client met with until ``late_day``, from ``warm_and_controlling``, shape (dyads,) each.
    units
        Units that are resampled.
    seed
        Seed of the rating noise.

    Returns
    -------
    DataFrame
        Rows of ``WARMTH``, with the columns ``estimates.COLUMNS``.
    """
    day = late_day(panel)
    known = kept_until(panel, day) & ~np.isnan(warmth) & ~np.isnan(control)
    rating = observed_ratings(panel, day, seed=seed)[CLIENT]
    parts = np.zeros((len(known), 13))
    if known.any():
        parts[known] = moments(rating[known], warmth[known], control[known])
    return estimated(WARMTH, GROUPS, parts, lambda s: correlations(s, 3)[..., 0, 1:], [int(known.sum())] * 2, units)
