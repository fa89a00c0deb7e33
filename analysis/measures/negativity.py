"""Bad against good: how much more does an unfair act move the client than an equally strong fair one?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import MANY_DYADS, Measure, Units, estimated
from twoway.analysis.measures.panel import Panel
from twoway.analysis.tables import evaluation_of_deeds
from twoway.simulation.affect_control.frames import KEYWORKER, ROLES
from twoway.simulation.events import EVENTS, EXCHANGE, NEW_KEYWORKER, TALK_FAILED
from twoway.simulation.parameters.scenario import Resolved

Floats = NDArray[np.float64]
NEUTRAL = 0.25
"""Size of the client's rating up to which it is near neutral. EPA units; assumed, to be swept .1..0.5."""
TOP = 0.9
"""Share of all readings that begin from a lower rating than the top tenth's."""
BAND = 0.5
"""Width of the bands of strength (size of the evaluation of the act seen) in which acts are as strong. EPA units."""
BANDS = 9
"""Number of bands; the last is open."""
RATIO = Measure(
    "negativity_ratio",
    "ratio",
    f"mean change of the client's rating, whichever way, on reading an unfair act (evaluation below 0 as seen) over "
    f"that on reading an equally strong fair one (above 0; same band of {BAND:g} EPA units; bands weighted by "
    f"unfair acts): for a rating within {NEUTRAL:g} of neutral before the act, and for ratings in the top tenth",
    "unfair acts",
    factor=True,
    least=MANY_DYADS,
)
MEASURES = (RATIO,)
GROUPS = ("near neutral", "top tenth")
NEARER = "how much nearer 1 in the top tenth"


def negative_readings(panel: Panel, events: pd.DataFrame, resolved: Resolved) -> pd.DataFrame:
    """Each act of a keyworker that the client read after an earlier one, and what it did to the rating.

    Readings between which something else changed the tone (a talk that failed, a new keyworker) are left out.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    events
        Events table.
    resolved
        The scenario with its data files.

    Returns
    -------
    DataFrame
        A row per act. Columns ``row`` (of the panel), ``before`` (the client's rating before), ``change`` (of the
        rating) and ``evaluation`` (of the act seen), all three in EPA units.
    """
    row = panel.rows_of(events, "events")
    order = np.lexsort((np.arange(len(events)), events["day"].to_numpy(), row))
    event = pd.Index(list(EVENTS)).get_indexer(events["event"].astype(object))[order]  # -1: an event of one's own
    broken = np.cumsum((event == TALK_FAILED) | (event == NEW_KEYWORKER))
    read = (event == EXCHANGE) & (events["actor"] == ROLES[KEYWORKER]).to_numpy()[order]
    order, broken = order[read], broken[read]
    row = row[order]
    rating = (events["positivity"].to_numpy() - events["negativity"].to_numpy())[order]
    follows = (row[1:] == row[:-1]) & (broken[1:] == broken[:-1])
    evaluation = evaluation_of_deeds(events, "seen", resolved)[order]
    table = pd.DataFrame(
        {"row": row[1:], "before": rating[:-1], "change": np.diff(rating), "evaluation": evaluation[1:]}
    )
    return table[follows].reset_index(drop=True)


class Readings:
    """Readings of all dyads, which may come in batches: of most only sums are kept.

    Parameters
    ----------
    dyads
        Number of all dyads.
    most
        Largest number of readings that there can be, which bounds how many belong to the top tenth.
    """

    def __init__(self, dyads: int, most: int) -> None:
        self.near = np.zeros((dyads, 4 * BANDS))
        """What dyads contribute near neutral, from ``_by_strength``."""
        self._count, self._needed = 0, int((1 - TOP) * most) + 2
        self._high = np.empty(0, [("row", np.int32), ("before", np.float64), ("place", np.int8), ("size", np.float64)])

    def add(self, readings: pd.DataFrame, own: slice) -> None:
        """Add the readings of some dyads.

        Parameters
        ----------
        readings
            Readings, from ``negative_readings``, whose rows are those of these dyads.
        own
            Where these dyads stand among all.
        """
        evaluation = readings["evaluation"].to_numpy()
        band = np.minimum((np.abs(evaluation) / BAND).astype(np.int8), BANDS - 1)
        some = np.empty(len(readings), self._high.dtype)
        some["row"], some["before"] = readings["row"], readings["before"]
        some["place"] = np.where(evaluation == 0, -1, np.where(evaluation < 0, BANDS + band, band))
        some["size"] = np.abs(readings["change"])
        self.near[own] = _by_strength(some[np.abs(some["before"]) <= NEUTRAL], own.stop - own.start)
        some["row"] += own.start
        self._count += len(some)
        self._high = np.concatenate([self._high, some])
        if len(self._high) > self._needed:
            least = -np.partition(-self._high["before"], self._needed - 1)[self._needed - 1]
            self._high = self._high[self._high["before"] >= least]

    def top(self) -> Floats:
        """What dyads contribute in the top tenth, shape (dyads, 4 · BANDS)."""
        if not self._count:
            return np.zeros_like(self.near)
        below, between = divmod((self._count - 1) * TOP, 1.0)
        order = np.sort(self._high["before"])
        place = int(below) - (self._count - len(order))
        bound = np.quantile(order[place : place + 2], between)
        return _by_strength(self._high[self._high["before"] >= bound], len(self.near))


def _by_strength(readings: NDArray[np.void], dyads: int) -> Floats:
    """Numbers of fair and unfair acts read, by band, then the sums of the changes' sizes, shape (dyads, 4 · BANDS)."""
    parts = np.zeros((dyads, 2, 2 * BANDS))
    used = readings[readings["place"] >= 0]
    np.add.at(parts[:, 0], (used["row"], used["place"]), 1.0)
    np.add.at(parts[:, 1], (used["row"], used["place"]), used["size"])
    return parts.reshape(dyads, -1)


def negativity(readings: Readings, units: Units) -> pd.DataFrame:
    """The negativity ratio over the stay, near neutral and for the top tenth of ratings.

    Parameters
    ----------
    readings
        All readings, from ``negative_readings``.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        Rows of ``MEASURES``, with the columns ``estimates.COLUMNS``.
    """
    both = (readings.near, readings.top())
    unfair = [int(parts[:, BANDS : 2 * BANDS].sum()) for parts in both]
    tables = [
        estimated(RATIO, [group], parts, _ratio, [n], units)
        for group, parts, n in zip(GROUPS, both, unfair, strict=True)
    ]
    tables.append(estimated(RATIO, [NEARER], np.hstack(both), _nearer, [min(unfair)], units))
    return pd.concat(tables, ignore_index=True)


def readings_of(panel: Panel, events: pd.DataFrame, resolved: Resolved) -> Readings:
    """The readings of dyads that all come at once.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
    events
        Events table.
    resolved
        The scenario with its data files.
    """
    readings = Readings(len(panel.dyads), len(events))
    readings.add(negative_readings(panel, events, resolved), slice(0, len(panel.dyads)))
    return readings


def _nearer(sums: Floats) -> Floats:
    """How much nearer 1 the second group's ratio is than the first's."""
    first, second = np.split(sums, 2, axis=-1)
    nearer: Floats = np.abs(_ratio(first) - 1) - np.abs(_ratio(second) - 1)
    return nearer


def _ratio(sums: Floats) -> Floats:
    """Mean change on unfair over that on fair acts, over the bands that hold both."""
    count, change = np.moveaxis(sums.reshape(*sums.shape[:-1], 2, 2, BANDS), -3, 0)
    fair, unfair = count[..., 0, :], count[..., 1, :]
    both = (fair > 0) & (unfair > 0)
    expected = np.where(both, unfair * change[..., 0, :] / np.where(fair > 0, fair, 1.0), 0.0)
    ratio: Floats = np.where(both, change[..., 1, :], 0.0).sum(axis=-1) / expected.sum(axis=-1)
    return ratio
