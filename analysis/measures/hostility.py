"""Hostile acts of clients: how many, whether they come in clusters, and resistance to control."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.coercion import formal_control
from twoway.analysis.measures.contact import HOSTILE
from twoway.analysis.measures.estimates import AnyUnits, Measure, estimated, estimated_means
from twoway.analysis.measures.panel import Panel
from twoway.analysis.tables import evaluation_of_deeds
from twoway.simulation.affect_control.frames import CLIENT, ROLES
from twoway.simulation.parameters.scenario import Resolved

Floats = NDArray[np.float64]
RESISTING = (
    "argue_with", "avoid", "criticize", "defy", "disobey", "evade", "ignore", "insult", "lie_to", "shout_at",
    "threaten", "walk_out_on",
)  # fmt: skip
"""Acts by which a client resists, openly or not (assumed)."""
RATE = Measure(
    "hostile_acts",
    "acts per client and week",
    f"acts of clients toward keyworkers that are hostile (evaluation below {HOSTILE:g}) to an onlooker",
    "clients",
)
CLUSTERING = Measure(
    "hostile_clustering",
    "index",
    "of clients' hostile acts per centre and day: variance over mean, less 1, over mean; 0 where they come one by one, "
    "by chance",
    "centre days",
)
MEASURES = (RATE, CLUSTERING)


def hostile_acts(panel: Panel, events: pd.DataFrame, resolved: Resolved) -> NDArray[np.int64]:
    """Hostile acts of each client on each day.

    Parameters
    ----------
    panel
        Both parties by day.
    events
        Events table.
    resolved
        The scenario with its data files.

    Returns
    -------
    array of int
        Acts, shape (dyads, days).
    """
    own = (events["actor"] == ROLES[CLIENT]).to_numpy() & (evaluation_of_deeds(events, "act", resolved) < HOSTILE)
    acts = events[own]
    counts = np.zeros(panel.post.shape, np.int64)
    np.add.at(counts, (panel.rows_of(acts, "events"), np.searchsorted(panel.days, acts["day"].to_numpy())), 1)
    return counts


def clustering(panel: Panel, counts: NDArray[np.int64], units: AnyUnits) -> pd.DataFrame:
    """Whether clients' hostile acts come in clusters.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    counts
        Hostile acts by client and day, from ``hostile_acts``.
    units
        Units that are resampled; without intervals where these are not centres.

    Returns
    -------
    DataFrame
        One row of ``CLUSTERING``, with the columns ``estimates.COLUMNS``.
    """
    centre = panel.dyads.groupby(["replicate", "centre"]).ngroup().to_numpy()
    first = np.unique(centre, return_index=True)[1]
    daily = np.zeros((len(first), counts.shape[1]))
    np.add.at(daily, centre, counts)
    parts = np.zeros((len(centre), 3))
    parts[first] = np.stack([np.full(len(first), counts.shape[1]), daily.sum(axis=1), (daily**2).sum(axis=1)], axis=1)
    over = units if units.name == "centres" else units.undrawn()
    return estimated(CLUSTERING, ["all"], parts, _index, [daily.size], over)


def _index(sums: Floats) -> Floats:
    """Index of clustering from the number of days, and the sums of counts and of their squares."""
    n, total, squares = np.moveaxis(sums, -1, 0)
    mean = total / n
    index: Floats = ((squares / n - mean**2) / mean - 1) / mean
    return index


def hostility(panel: Panel, events: pd.DataFrame, resolved: Resolved, units: AnyUnits) -> pd.DataFrame:
    """How many hostile acts clients do over the stay, and whether these come in clusters.

    Parameters
    ----------
    panel
        Both parties by day.
    events
        Events table.
    resolved
        The scenario with its data files.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    counts = hostile_acts(panel, events, resolved)
    weekly = counts.sum(axis=1, keepdims=True) * 7 / counts.shape[1]
    return pd.concat(
        [
            estimated_means(RATE, ["all"], weekly, np.ones_like(weekly), units),
            clustering(panel, counts, units),
        ],
        ignore_index=True,
    )


def resistance(panel: Panel, events: pd.DataFrame, resolved: Resolved, day: int) -> Floats:
    """What each client contributes to the slope of resistance on formal control until a day.

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
    array
        Shape (dyads, 5): 1, formal control x (acts per week), its square, share of the client's acts that resist y, and
        x · y; for ``slope``. Nothing from clients who did nothing.
    """
    own = (events["actor"] == ROLES[CLIENT]).to_numpy() & events["act"].notna().to_numpy()
    acts = events[own & (events["day"] <= day).to_numpy()]
    row, n = panel.rows_of(acts, "events"), len(panel.dyads)
    all_ = np.bincount(row, minlength=n)
    resisting = np.bincount(row[acts["act"].isin(RESISTING).to_numpy()], minlength=n) / np.maximum(all_, 1)
    control = formal_control(panel, events, resolved, day)
    parts = np.stack([np.ones(n), control, control**2, resisting, control * resisting], axis=1)
    return parts * (all_ > 0)[:, None]


def slope(sums: Floats) -> Floats:
    """Least-squares slope of y on x from sums of 1, x, x², y and x · y, shape (..., 5); NaN where x does not vary."""
    n, x, square, y, product = np.moveaxis(sums, -1, 0)
    spread = square / n - (x / n) ** 2
    result: Floats = (product / n - x * y / n**2) / np.where(spread > 0, spread, np.nan)
    return result
