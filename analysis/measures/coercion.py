"""Felt coercion against formal control: what lowers the client's view, what is done or how it is taken?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import (
    Measure,
    Units,
    correlation,
    correlations,
    estimated,
    estimated_means,
    estimated_shares,
    moments,
)
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.ratings import MEASUREMENT, Measurement, observed_rating, rating_noise
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, ROLES
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.situations import ENCOUNTER_KINDS, position_of

Floats = NDArray[np.float64]
HIGH = 0.075
"""Felt coercion from which on it counts as high: as if one in twenty of the keyworker's acts were an order put down
wholly to the person (an order has evaluation -0.8 and potency 1.8). Squared EPA units; assumed, to be swept .03..0.15.
"""
VIEW = Measure(
    "felt_coercion_and_rating",
    "correlation",
    "of the client's felt coercion with the client's rating; observed: both with noise, the rating with a ceiling",
)
SLOPE = Measure(
    "coercion_slope",
    "SDs of the rating per SD",
    "standardised slope on the client's rating, each given the other: of felt coercion, and of formal control",
)
FELT_AND_FORMAL = Measure("felt_and_formal", "correlation", "of the client's felt coercion with formal control")
HIGH_FELT = Measure("high_felt_coercion", "share", f"share of clients whose felt coercion is above {HIGH:g} on the day")
FORMAL = Measure(
    "formal_control",
    "acts per week",
    "mandated acts of the keyworker until the day that went by the book: opening of a control, answer to a request",
)
MEASURES = (VIEW, SLOPE, FELT_AND_FORMAL, HIGH_FELT, FORMAL)


def mandated(events: pd.DataFrame, resolved: Resolved) -> NDArray[np.bool_]:
    """Which rows of the events table are acts of a keyworker that the rules prescribe, and that went by the book.

    Parameters
    ----------
    events
        Events table.
    resolved
        The scenario with its data files.

    Returns
    -------
    array of bool
        Shape (rows,).
    """
    return mandated_turns(events, resolved) & (events["bent"].fillna(0).to_numpy(np.int64) == 0)


def mandated_turns(events: pd.DataFrame, resolved: Resolved) -> NDArray[np.bool_]:
    """Which rows of the events table are turns of a keyworker in which the rules prescribe, bent or not.

    Parameters
    ----------
    events
        Events table.
    resolved
        The scenario with its data files.

    Returns
    -------
    array of bool
        Shape (rows,).
    """
    kind = pd.Categorical(events["encounter"], categories=list(ENCOUNTER_KINDS)).codes.astype(np.intp)
    exchange = events["exchange"].fillna(-1).to_numpy(np.int64)
    longest = max(resolved.situations.longest)
    known = np.zeros(
        (len(ENCOUNTER_KINDS) + 1, longest + 1), bool
    )  # the last of either is for rows that are no exchange
    for turn in resolved.situations.turns:
        if turn.role == KEYWORKER and turn.mandated:
            for place in range(longest):
                known[turn.kind, place] |= position_of(place) == turn.position
    return known[kind, exchange] & (events["actor"] == ROLES[KEYWORKER]).to_numpy()


def formal_control(panel: Panel, events: pd.DataFrame, resolved: Resolved, day: int) -> Floats:
    """Mandated acts that each client met with until the end of a day, per week.

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
        Acts per week, shape (dyads,).
    """
    rows = events[mandated(events, resolved) & (events["day"] <= day).to_numpy()]
    return np.bincount(panel.rows_of(rows, "events"), minlength=len(panel.dyads)) * 7 / day


def coercion(
    panel: Panel,
    formal: Floats,
    day: int,
    units: Units,
    measurement: Measurement = MEASUREMENT,
    seed: int = 0,
) -> pd.DataFrame:
    """How felt and formal coercion go with the client's rating on a day, and how many feel highly coerced.

    Formal control is counted from records and has no noise; felt coercion, being asked for, is observed with the
    reliability of a rating.

    Parameters
    ----------
    panel
        Both parties by day.
    formal
        Formal control that each client met with until the day, from ``formal_control``, shape (dyads,).
    day
        Day of the interview.
    units
        Units that are resampled.
    measurement
        Reliability of a single rating, and share of clients at the top of the scale.
    seed
        Seed of the rating noise.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    at, n = panel.at(day), len(panel.dyads)
    felt, view = panel.felt_coercion[:, at], panel.rating[CLIENT, :, at]
    noise = rating_noise(panel.dyads, day, 3, seed)
    seen = {
        "true": (view, felt),
        "observed": (
            observed_rating(view, noise[:, 0], measurement.clients_at_top, measurement),
            observed_rating(felt, noise[:, 2], 0.0, measurement),
        ),
    }
    tables = []
    for how, (rating, coerced) in seen.items():
        parts = moments(rating, coerced, formal)
        tables += [
            estimated(VIEW, [how], parts, lambda s: correlations(s, 3)[..., 0, 1], [n], units),
            estimated(SLOPE, [f"felt, {how}", f"formal, {how}"], parts, _slopes, [n, n], units),
        ]
    tables += [
        estimated(FELT_AND_FORMAL, ["true"], moments(felt, formal), correlation, [n], units),
        estimated_shares(HIGH_FELT, ["all"], (felt > HIGH)[:, None].astype(float), np.ones((n, 1)), units),
        estimated_means(FORMAL, ["all"], formal[:, None], np.ones((n, 1)), units),
    ]
    return pd.concat(tables, ignore_index=True)


def _slopes(sums: Floats) -> Floats:
    """Standardised slopes of two predictors on the first of three columns, each given the other."""
    r = correlations(sums, 3)
    felt, formal, both = r[..., 0, 1], r[..., 0, 2], r[..., 1, 2]
    return np.stack([felt - formal * both, formal - felt * both], axis=-1) / (1 - both**2)[..., None]
