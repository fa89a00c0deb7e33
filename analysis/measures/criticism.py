"""Critical keyworkers: the bad that a keyworker holds of a client, what she puts it down to, and what she does later.

In studies of carers criticism is rated from an interview; here it is the bad that the keyworker holds.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.attribution import negative_acts
from twoway.analysis.measures.contact import HOSTILE, WARM
from twoway.analysis.measures.estimates import MANY_DYADS, Measure, Units, correlation, estimated, moments
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.warmth import kept_until
from twoway.analysis.tables import evaluation_of_deeds, require_columns
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, ROLES
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.situations import ENCOUNTER_KINDS, EncounterKind

Floats = NDArray[np.float64]
HELD = 30
"""Days over which the bad that a keyworker holds is averaged, up to the last of them."""
MOST = 0.25
"""Share of keyworkers that count as critical, where a share is set beforehand (Moore et al. 1992, abstract)."""
AFTER = (16, 44)
"""First and last day, from the one on which criticism is judged, of what counts as a month later (assumed)."""
BLAME = Measure(
    "criticism_and_blame",
    "correlation",
    f"of the bad that the keyworker holds, mean of the {HELD} days up to the day, with how far she has put what she "
    "saw as bad down to the person until then; only dyads that kept their keyworker",
)
TONES = ("hostile", "warm")
ACTS = Measure(
    "criticism_and_acts",
    "difference of shares",
    f"share of the keyworker's acts outside control, {AFTER[0]} to {AFTER[1]} days after the day, that are hostile or "
    "warm, in the quarter of dyads whose keyworker holds most bad on the day less the rest; only dyads that kept their "
    "keyworker",
    least=MANY_DYADS,
)
VARIANCE = Measure(
    "criticism_variance",
    "share",
    f"share of the variance of the bad that keyworkers hold, mean of the {HELD} days up to the day, that lies between "
    "keyworkers, and that the client's distress at admission explains; only dyads that kept their keyworker",
)
SOURCES = ("keyworkers", "distress")
MEASURES = (BLAME, ACTS, VARIANCE)


def bad_held(panel: Panel, day: int) -> Floats:
    """The bad that each keyworker holds of a client, mean of the ``HELD`` days up to a day.

    Parameters
    ----------
    panel
        Both parties by day.
    day
        Last of the days.

    Returns
    -------
    array
        EPA units, shape (dyads,).
    """
    at = panel.at(day)
    held: Floats = panel.negativity[KEYWORKER, :, max(0, at - HELD) : at + 1].mean(axis=1)
    return held


def distress_at_admission(panel: Panel, days: pd.DataFrame) -> Floats:
    """Distress of each client at the end of the first day: share of unscripted acts that come from it, (dyads,).

    Parameters
    ----------
    panel
        Both parties by day.
    days
        Days table.
    """
    require_columns(days, "days", ("strain",))
    first = days[(days["day"] == panel.days[0]).to_numpy() & (days["party"] == ROLES[CLIENT]).to_numpy()]
    strain = np.zeros(len(panel.dyads))
    strain[panel.rows_of(first, "days")] = first["strain"].to_numpy()
    return strain


def put_down_to_person(panel: Panel, events: pd.DataFrame, resolved: Resolved, day: int) -> Floats:
    """Acts that each keyworker saw as bad until a day, and how far in all she put them down to the person, (dyads, 2).

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
    """
    acts, n = negative_acts(panel, events[(events["day"] <= day).to_numpy()], resolved), len(panel.dyads)
    hers = acts[(acts["reader"] == KEYWORKER).to_numpy()]
    row = hers["row"].to_numpy()
    return np.stack(
        [np.bincount(row, minlength=n), np.bincount(row, hers["person_share"].to_numpy(), minlength=n)], axis=1
    ).astype(np.float64)


def blame(panel: Panel, put_down: Floats, day: int, units: Units) -> pd.DataFrame:
    """Whether keyworkers who hold more bad put what is bad down to the person.

    Parameters
    ----------
    panel
        Both parties by day.
    put_down
        Acts that each keyworker saw as bad, from ``put_down_to_person``, shape (dyads, 2).
    day
        Day on which the bad is judged.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        One row of ``BLAME``, with the columns ``estimates.COLUMNS``.
    """
    count, total = put_down.T
    blamed = total / np.maximum(count, 1)
    known = kept_until(panel, day) & (count > 0)
    parts = np.zeros((len(count), 7))
    if known.any():
        parts[known] = moments(bad_held(panel, day)[known], blamed[known])
    return estimated(BLAME, ["all"], parts, correlation, [int(known.sum())], units)


def acts_a_month_later(panel: Panel, events: pd.DataFrame, resolved: Resolved, day: int) -> Floats:
    """Hostile acts, warm acts and all acts of each keyworker outside control a month after a day, shape (dyads, 3).

    Parameters
    ----------
    panel
        Both parties by day.
    events
        Events table.
    resolved
        The scenario with its data files.
    day
        Day on which keyworkers are judged.
    """
    when = events["day"].between(day + AFTER[0], _month_later(panel, day)).to_numpy()
    outside = (events["encounter"] != ENCOUNTER_KINDS[EncounterKind.CONTROL]).to_numpy()
    acts = events[when & outside & (events["actor"] == ROLES[KEYWORKER]).to_numpy() & events["act"].notna().to_numpy()]
    good, row = evaluation_of_deeds(acts, "act", resolved), panel.rows_of(acts, "events")
    return np.stack(
        [np.bincount(row[which], minlength=len(panel.dyads)) for which in (good < HOSTILE, good > WARM, slice(None))],
        axis=1,
    ).astype(np.float64)


def _month_later(panel: Panel, day: int) -> int:
    return min(day + AFTER[1], int(panel.days[-1]))


def acts_of_critical(panel: Panel, later: Floats, day: int) -> Floats:
    """What each dyad contributes to the acts of critical keyworkers and of others a month later.

    Parameters
    ----------
    panel
        Both parties by day.
    later
        Acts of each keyworker a month later, from ``acts_a_month_later``, shape (dyads, 3).
    day
        Day on which keyworkers are judged.

    Returns
    -------
    array
        Shape (dyads, 6): hostile acts, warm acts and all acts outside control, of a critical keyworker, then of
        another. Nothing from dyads that changed their keyworker by the end of it.
    """
    kept, bad = kept_until(panel, _month_later(panel, day)), panel.negativity[KEYWORKER, :, panel.at(day)]
    critical = kept & (bad > (np.quantile(bad[kept], 1 - MOST) if kept.any() else np.inf))
    return np.hstack([later * critical[:, None], later * (kept & ~critical)[:, None]])


def acts_later(sums: Floats) -> Floats:
    """Differences of the shares of hostile and of warm acts from sums of ``acts_of_critical``, shape (..., 2)."""
    differences: Floats = sums[..., :2] / sums[..., 2:3] - sums[..., 3:5] / sums[..., 5:]
    return differences


def variance_of_criticism(panel: Panel, day: int, distress: Floats) -> Floats:
    """What each dyad contributes to the shares of the variance of the bad that keyworkers hold.

    Parameters
    ----------
    panel
        Both parties by day.
    day
        Day on which the bad is judged.
    distress
        The client's distress at admission, shape (dyads,).

    Returns
    -------
    array
        Shape (dyads, 11), for ``shares_of_criticism``: sums within keyworkers, each booked to a keyworker's first dyad,
        then the moments of bad held and distress. Nothing from dyads that changed their keyworker.
    """
    known = np.flatnonzero(kept_until(panel, day))
    parts = np.zeros((len(panel.dyads), 11))
    if len(known) == 0:
        return parts
    bad = bad_held(panel, day)[known]
    bad = bad - bad.mean()
    who = panel.dyads.iloc[known].assign(post=panel.post[known, 0]).groupby(["replicate", "centre", "post"]).ngroup()
    keyworker = who.to_numpy()
    size, total = np.bincount(keyworker), np.bincount(keyworker, bad)
    first = known[np.unique(keyworker, return_index=True)[1]]
    squares = np.bincount(keyworker, bad**2)
    parts[first, :4] = np.stack([np.ones(len(size)), total**2 / size, size.astype(np.float64) ** 2, squares], axis=1)
    parts[known, 4:] = moments(bad, distress[known])
    return parts


def shares_of_criticism(sums: Floats) -> Floats:
    """Share of variance between keyworkers, and that which distress explains, from ``variance_of_criticism``.

    The first is the component of a one-way analysis of variance with unequal sizes, at least 0. Distress that does not
    vary explains nothing.

    Parameters
    ----------
    sums
        Sums over dyads, shape (..., 11).

    Returns
    -------
    array
        Shape (..., 2); the first is NaN where every keyworker has one client.
    """
    keyworkers, between, sizes, squares = np.moveaxis(sums[..., :4], -1, 0)
    n = sums[..., 4]
    within = (squares - between) / np.where(n > keyworkers, n - keyworkers, np.nan)
    typical = (n - sizes / n) / np.where(keyworkers > 1, keyworkers - 1, np.nan)
    found = np.maximum((between / np.where(keyworkers > 1, keyworkers - 1, np.nan) - within) / typical, 0.0)
    explained = np.nan_to_num(correlation(sums[..., 4:]) ** 2)
    return np.stack([found / (found + within), np.where(n > 1, explained, np.nan)], axis=-1)


def criticism(panel: Panel, put_down: Floats, later: Floats, day: int, distress: Floats, units: Units) -> pd.DataFrame:
    """All measures of critical keyworkers.

    Parameters
    ----------
    panel
        Both parties by day.
    put_down
        Acts that each keyworker saw as bad until the day, from ``put_down_to_person``, shape (dyads, 2).
    later
        Acts of each keyworker a month later, from ``acts_a_month_later``, shape (dyads, 3).
    day
        Day on which keyworkers are judged.
    distress
        The client's distress at admission, shape (dyads,), from ``distress_at_admission``.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    acts, parts = acts_of_critical(panel, later, day), variance_of_criticism(panel, day, distress)
    count = [int(parts[:, 4].sum())] * 2
    return pd.concat(
        [
            blame(panel, put_down, day, units),
            estimated(ACTS, TONES, acts, acts_later, count, units),
            estimated(VARIANCE, SOURCES, parts, shares_of_criticism, count, units),
        ],
        ignore_index=True,
    )
