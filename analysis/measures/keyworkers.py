"""Keyworkers: control and warmth in one person, what is lost when one leaves, what a rules-first style does."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import (
    Measure,
    Units,
    correlation,
    estimated,
    moments,
    not_estimated,
    tidy,
    units_alone,
)
from twoway.analysis.measures.panel import Panel
from twoway.analysis.tables import DYAD, evaluation_of_deeds
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, ROLES
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.situations import ENCOUNTER_KINDS, EncounterKind

Floats = NDArray[np.float64]
AFTER = 30
"""Days after a change of keyworker over which the client's rating is averaged."""
CONTROL_AND_WARMTH = Measure(
    "control_and_warmth",
    "correlation",
    "over keyworkers, of their acts in control encounters per client and week with the mean evaluation of their other "
    "acts, as an onlooker would see them",
    "keyworkers",
)
FALL = Measure(
    "fall_after_change",
    "SDs of the client's rating",
    f"client's rating on the day before the keyworker changes less its mean over the {AFTER} days from the change on; "
    "the SD is that over dyads on the same days",
    "changes",
)
RESERVE = Measure(
    "deterioration_and_reserve",
    "odds ratio",
    "odds that the client's rating deteriorates in the third of dyads with the most reserved keyworkers over those in "
    "the third with the least; only dyads that kept their keyworker",
    factor=True,
)
MEASURES = (CONTROL_AND_WARMTH, FALL, RESERVE)
LEAST_SPREAD = 1e-7
"""Standard deviation, EPA units, below which ratings are taken to be all the same."""
LEAST_OF_FOUR = 5
"""Dyads of each of the four groups from which on an odds ratio is worth telling (assumed)."""
OF_DYADS = (*DYAD, "keyworker_reserve")
"""Columns of the dyads table that are used."""


def acts_by_keyworker(panel: Panel, events: pd.DataFrame, resolved: Resolved) -> pd.DataFrame:
    """Control and warmth of every keyworker who did anything but control, as an onlooker would see them.

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
    DataFrame
        A row per keyworker. Columns ``row`` (of the panel: a dyad of the keyworker's), ``control`` (acts in control
        encounters per client and week) and ``warmth`` (mean evaluation of the other acts, EPA units).
    """
    n, days = panel.post.shape
    who = np.stack([np.repeat(np.arange(n), days), panel.post.ravel(), panel.predecessors.ravel()])
    acts = events[(events["actor"] == ROLES[KEYWORKER]).to_numpy() & events["act"].notna().to_numpy()]
    row, column = panel.rows_of(acts, "events"), np.searchsorted(panel.days, acts["day"].to_numpy())
    centre = panel.dyads.groupby(["replicate", "centre"]).ngroup().to_numpy()
    person = np.unique(np.stack([centre[who[0]], who[1], who[2]]), axis=1, return_inverse=True)[1].reshape(n, days)
    # A keyworker who leaves in the evening has still done all of the day's acts.
    by = person[row, np.maximum(column - 1, 0)]
    count = int(person.max()) + 1
    control = (acts["encounter"] == ENCOUNTER_KINDS[EncounterKind.CONTROL]).to_numpy()
    good = evaluation_of_deeds(acts, "act", resolved)
    weeks = np.bincount(person.ravel(), minlength=count) / 7
    others = np.bincount(by[~control], minlength=count)
    warmth = np.bincount(by[~control], good[~control], minlength=count)
    home = np.zeros(count, np.intp)
    home[person.ravel()] = np.repeat(np.arange(n), days)
    table = pd.DataFrame(
        {
            "row": home,
            "control": np.bincount(by[control], minlength=count) / weeks,
            "warmth": warmth / np.maximum(others, 1),
        }
    )
    return table[others > 0].reset_index(drop=True)


def control_and_warmth(acts: pd.DataFrame, units: Units) -> pd.DataFrame:
    """Whether keyworkers who control more are less warm: a correlation over keyworkers who did anything but control.

    Parameters
    ----------
    acts
        Control and warmth of each keyworker, from ``acts_by_keyworker``.
    units
        Units that are resampled; where these are not centres, keyworkers are.

    Returns
    -------
    DataFrame
        One row of ``CONTROL_AND_WARMTH``, with the columns ``estimates.COLUMNS``.
    """
    if acts.empty:
        acts = pd.DataFrame({"row": [0], "control": [0.0], "warmth": [0.0]})
    over = (
        units._replace(of=units.of[acts["row"].to_numpy()])
        if units.name == "centres"
        else units_alone(len(acts), "keyworkers", units.seed, len(units.weights))
    )
    parts = moments(acts["control"].to_numpy(), acts["warmth"].to_numpy())
    return estimated(CONTROL_AND_WARMTH, ["all"], parts, correlation, [len(acts)], over)


def changes_of_keyworker(panel: Panel) -> pd.DataFrame:
    """Every change of a client's keyworker that leaves enough days to see how the client's rating falls.

    Parameters
    ----------
    panel
        Both parties by day.

    Returns
    -------
    DataFrame
        A row per client and change. Columns replicate, centre, ``post`` and ``before`` (column of the last day before
        the change), the same for all clients of the post; and ``fall`` (of the client's rating, EPA units).
    """
    rating = panel.rating[CLIENT]
    changed = (np.diff(panel.predecessors, axis=1) != 0) | (np.diff(panel.post, axis=1) != 0)
    row, before = np.nonzero(changed[:, : max(0, len(panel.days) - AFTER)])
    total = np.concatenate([np.zeros((len(rating), 1)), np.cumsum(rating, axis=1)], axis=1)
    after = (total[row, before + 1 + AFTER] - total[row, before + 1]) / AFTER
    keys = panel.dyads[["replicate", "centre"]].iloc[row].reset_index(drop=True)
    return keys.assign(post=panel.post[row, before], before=before, fall=rating[row, before] - after)


class DailySpread:
    """Standard deviation over dyads of the client's rating at the end of each day; dyads may come in batches."""

    def __init__(self) -> None:
        self._count, self._sums = 0, np.zeros((2, 0))

    def add(self, panel: Panel) -> None:
        """Add some dyads; that they are added one after the other makes the sums the same however they come."""
        rating = panel.rating[CLIENT]
        if not self._count:
            self._sums = np.zeros((2, rating.shape[1]))
        self._count += len(rating)
        for total, values in zip(self._sums, (rating, rating**2), strict=True):
            total[:] = np.add.accumulate(np.concatenate([total[None], values]), axis=0)[-1]

    def days(self) -> Floats:
        """The standard deviations, EPA units, shape (days,)."""
        mean, square = self._sums / max(self._count, 1)
        spread: Floats = np.sqrt(np.maximum(square - mean**2, 0.0))
        return spread


def fall_after_change(changes: pd.DataFrame, spread: Floats, units: Units) -> pd.DataFrame:
    """How far clients' ratings fall when the keyworker changes, averaged over clients.

    All clients of a post change on the same day, so these are drawn together for the interval.

    Parameters
    ----------
    changes
        The changes, from ``changes_of_keyworker``.
    spread
        Standard deviation over dyads of the client's rating on each day, EPA units, shape (days,).
    units
        Units of the other measures: whether there is to be an interval.

    Returns
    -------
    DataFrame
        One row of ``FALL``, with the columns ``estimates.COLUMNS``.
    """
    if changes.empty:
        return tidy(FALL, [not_estimated(FALL, "all", "no client's keyworker changed early enough")])
    then = spread[changes["before"].to_numpy()]
    fall = changes["fall"].to_numpy() / np.where(then > LEAST_SPREAD, then, np.nan)
    change = changes.groupby(["replicate", "centre", "post", "before"]).ngroup().to_numpy()
    sums = [np.bincount(change, w) for w in (fall, np.ones(len(change)))]
    over = units_alone(len(sums[0]), "changes", units.seed, len(units.weights))
    return estimated(FALL, ["all"], np.stack(sums, axis=1), _ratio, [len(change)], over)


def _ratio(sums: Floats) -> Floats:
    """The first sum over the second."""
    ratio: Floats = sums[..., 0] / sums[..., 1]
    return ratio


def deterioration_and_reserve(panel: Panel, dyads: pd.DataFrame, shapes: pd.DataFrame, units: Units) -> pd.DataFrame:
    """Odds ratio of deterioration between the most and the least reserved third of keyworkers.

    Where more than a third have as little reserve as anybody (none at all, say), all of these are the least reserved.

    Parameters
    ----------
    panel
        Both parties by day.
    dyads
        Dyads table, in any order.
    shapes
        Shape of each party's course, from ``growth.shapes``.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        One row of ``RESERVE``, with the columns ``estimates.COLUMNS``.
    """
    reserve = np.full(len(panel.dyads), np.nan)
    reserve[panel.rows_of(dyads, "dyads")] = dyads["keyworker_reserve"].to_numpy()
    kept = (panel.predecessors[:, 0] == panel.predecessors[:, -1]) & ~np.isnan(reserve)
    low, high = np.quantile(reserve[kept], [1 / 3, 2 / 3]) if kept.any() else (np.nan, np.nan)
    most = (reserve >= high) & (reserve > low)
    worse = (shapes["shape"].iloc[: len(reserve)] == "deteriorating").to_numpy()
    cells = [kept & side & how for side in (most, reserve <= low) for how in (worse, ~worse)]
    parts = np.stack(cells, axis=1).astype(np.float64)
    fewest = int(parts.sum(axis=0).min())
    if fewest < LEAST_OF_FOUR:
        why = f"an odds ratio takes {LEAST_OF_FOUR} dyads in each of four groups, and one has {fewest}; more would do"
        return tidy(RESERVE, [not_estimated(RESERVE, "all", why)])
    return estimated(
        RESERVE,
        ["all"],
        parts,
        lambda s: s[..., 0] * s[..., 3] / (s[..., 1] * s[..., 2]),
        [int(parts.sum())],
        units,
    )
