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
    event = pd.Categorical(events["event"], categories=list(EVENTS)).codes[order]
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


def negativity(panel: Panel, events: pd.DataFrame, resolved: Resolved, units: Units) -> pd.DataFrame:
    """The negativity ratio over the stay, near neutral and for the top tenth of ratings.

    Parameters
    ----------
    panel
        Both parties by day; only its dyads are used.
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
    table = negative_readings(panel, events, resolved)
    before, evaluation = table["before"].to_numpy(), table["evaluation"].to_numpy()
    top = np.quantile(before, TOP) if len(before) else np.inf
    tables, both, least = [], [], len(table)
    for group, inside in zip(GROUPS, (np.abs(before) <= NEUTRAL, before >= top), strict=True):
        used = inside & (evaluation != 0)
        unfair = (evaluation[used] < 0).astype(np.intp)
        band = np.minimum((np.abs(evaluation[used]) / BAND).astype(np.intp), BANDS - 1)
        parts = np.zeros((2, 2, BANDS, len(panel.dyads)))
        place = (unfair, band, table["row"].to_numpy()[used])
        np.add.at(parts[0], place, 1.0)
        np.add.at(parts[1], place, np.abs(table["change"].to_numpy()[used]))
        both.append(parts.reshape(-1, len(panel.dyads)).T)
        least = min(least, int(unfair.sum()))
        tables.append(estimated(RATIO, [group], both[-1], _ratio, [int(unfair.sum())], units))
    tables.append(estimated(RATIO, [NEARER], np.hstack(both), _nearer, [least], units))
    return pd.concat(tables, ignore_index=True)


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
