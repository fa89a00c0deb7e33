"""Ratings: the relationship as each party would rate it, and as a questionnaire would catch it.

A party's rating is its good tone less its bad tone, A = P - N. A study never sees A: a single rating is only partly
reliable, and clients' ratings pile up at the top of the scale. ``observed_rating`` puts this between the model and
whatever is compared with a published correlation.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import (
    MANY_DYADS,
    Measure,
    Units,
    correlation,
    estimated,
    estimated_means,
    moments,
)
from twoway.analysis.measures.panel import Panel
from twoway.analysis.tables import DYAD
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, ROLES

Floats = NDArray[np.float64]
STREAM = 0x5241544E
"""Separates the random streams of ratings from any other use of the same seed (part of their key)."""
FIRST_DAY = 7
"""Day of the first rating a study would take: after a week (assumed; weeks 1 to 12 in Meier & Donmall 2006)."""


class Measurement(NamedTuple):
    """What happens between a view and the number on a questionnaire."""

    reliability: float = 0.77
    """Share of the variance of single ratings that is not noise; Crits-Christoph et al. 2011 (about .77)."""
    clients_at_top: float = 0.15
    """Share of clients who would go beyond the top of the scale and tick the top; assumed, to be swept 0..0.4."""
    keyworkers_at_top: float = 0.0
    """The same for keyworkers; assumed, to be swept 0..0.2."""


MEASUREMENT = Measurement()
CORRELATION = Measure(
    "rating_correlation",
    "correlation",
    "of the client's with the keyworker's rating; true: of their views; observed: with rating noise and ceiling",
)
CHANGE = Measure(
    "rating_correlation_change",
    "correlation",
    f"how much the same correlation is higher on the day than on day {FIRST_DAY}",
    bounds=(-2.0, 2.0),
)
MEAN = Measure("rating_mean", "EPA units", "mean rating, good tone less bad tone")
SPREAD = Measure("rating_sd", "EPA units", "standard deviation of the rating over dyads", factor=True, least=MANY_DYADS)
GAP = Measure("rating_gap", "EPA units", "client's less keyworker's rating; absolute: its size, whoever rates higher")
MEASURES = (CORRELATION, CHANGE, MEAN, SPREAD, GAP)


def noise_sd(values: Floats, measurement: Measurement = MEASUREMENT) -> float:
    """SD of the noise with which ratings that vary like *values* have the declared reliability, EPA units.

    Parameters
    ----------
    values
        True ratings of one party, EPA units, shape (n,).
    measurement
        Reliability of a single rating.
    """
    return float(np.std(values)) * float(np.sqrt(1 / measurement.reliability - 1))


def rating_noise(dyads: pd.DataFrame, day: int, questions: int, seed: int = 0) -> Floats:
    """Standard normal noise of each dyad's ratings on one day.

    Keyed by seed, replicate, centre, dyad and day: the same dyad has the same noise in whatever company and scenario.

    Parameters
    ----------
    dyads
        A row per dyad, with columns replicate, centre and dyad.
    day
        Day of the ratings.
    questions
        Number of ratings of each dyad.
    seed
        Seed of the noise, from 0.

    Returns
    -------
    array
        Shape (dyads, questions); the first questions have the same noise however many follow.
    """
    bits = np.random.Philox(key=np.array([seed, STREAM], np.uint64))
    generator = np.random.Generator(bits)
    start: Any = bits.state
    result = np.empty((len(dyads), questions))
    for row, (replicate, centre, dyad) in enumerate(dyads[DYAD].to_numpy().tolist()):
        start["state"]["counter"][:] = (0, (day << 32) + centre, replicate, dyad)
        bits.state = start
        generator.standard_normal(out=result[row])
    return result


def observed_rating(values: Floats, noise: Floats, at_top: float, measurement: Measurement = MEASUREMENT) -> Floats:
    """Ratings as a questionnaire would catch them, with noise and a ceiling that are set by the spread of the values.

    Parameters
    ----------
    values
        True ratings of one party, EPA units, shape (n,).
    noise
        Standard normal noise, shape (n,).
    at_top
        Share of the ratings that reach the top of the scale, 0..1.
    measurement
        Reliability of a single rating.

    Returns
    -------
    array
        EPA units, shape (n,).
    """
    rated = values + noise_sd(values, measurement) * noise
    return np.minimum(rated, np.quantile(rated, 1 - at_top)) if len(rated) else rated


def observed_ratings(panel: Panel, day: int, measurement: Measurement = MEASUREMENT, seed: int = 0) -> Floats:
    """Both parties' ratings on a day as a questionnaire would catch them.

    Parameters
    ----------
    panel
        Both parties by day.
    day
        Day of the ratings.
    measurement
        Reliability of a single rating, and shares of ratings at the top of the scale.
    seed
        Seed of the rating noise.

    Returns
    -------
    array
        EPA units, shape (2, dyads): the client's first.
    """
    true, noise = panel.rating[:, :, panel.at(day)], rating_noise(panel.dyads, day, 2, seed)
    tops = (measurement.clients_at_top, measurement.keyworkers_at_top)
    return np.stack(
        [observed_rating(true[side], noise[:, side], tops[side], measurement) for side in (CLIENT, KEYWORKER)]
    )


def ratings(
    panel: Panel, day: int, units: Units, measurement: Measurement = MEASUREMENT, seed: int = 0
) -> pd.DataFrame:
    """Mean, spread, correlation and gap of the two parties' ratings on a day, true and as observed.

    Parameters
    ----------
    panel
        Both parties by day.
    day
        Day of the interview.
    units
        Units that are resampled.
    measurement
        Reliability of a single rating, and shares of ratings at the top of the scale.
    seed
        Seed of the rating noise.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    n = len(panel.dyads)
    now, first = _seen_both_ways(panel, day, measurement, seed), {}
    if day > FIRST_DAY >= panel.days[0]:
        first = _seen_both_ways(panel, FIRST_DAY, measurement, seed)
    tables = []
    for seen, both in now.items():
        parts = moments(*both)
        tables.append(estimated(CORRELATION, [seen], parts, correlation, [n], units))
        if first:
            parts = np.hstack([parts, moments(*first[seen])])
            tables.append(estimated(CHANGE, [seen], parts, _difference, [n], units))
    true = now["true"].T
    every = np.ones_like(true)
    tables.append(estimated_means(MEAN, ROLES, true, every, units))
    tables.append(estimated(SPREAD, ROLES, np.hstack(powers(true)), spread, [n, n], units))
    gap = true[:, 0] - true[:, 1]
    tables.append(estimated_means(GAP, ["mean", "absolute"], np.column_stack([gap, np.abs(gap)]), every, units))
    return pd.concat(tables, ignore_index=True)


def _seen_both_ways(panel: Panel, day: int, measurement: Measurement, seed: int) -> dict[str, Floats]:
    """Both parties' ratings on a day, shape (2, dyads), true and observed."""
    return {"true": panel.rating[:, :, panel.at(day)], "observed": observed_ratings(panel, day, measurement, seed)}


def _difference(sums: Floats) -> Floats:
    """Correlation now less correlation then, from the sums of the moments of both."""
    now, then = np.split(sums, 2, axis=-1)
    return correlation(now) - correlation(then)


def powers(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Powers 0, 1 and 2 of values that are centred over the dyads, which are the first axis."""
    centred = values - values.mean(axis=0)
    return np.ones_like(values), centred, centred**2


def spread(sums: Floats) -> Floats:
    """Standard deviations of c columns, shape (..., c), from sums of their ``powers``, shape (..., 3 · c)."""
    n, first, second = np.split(sums, 3, axis=-1)
    return np.sqrt(np.maximum(second / n - (first / n) ** 2, 0.0))
