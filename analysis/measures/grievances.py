"""Grievances: what was opened and mended between two people, as a rupture that one of them felt."""

from __future__ import annotations

import numpy as np
import pandas as pd

from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.ruptures import RUPTURE
from twoway.analysis.tables import DYAD
from twoway.simulation.affect_control.frames import ROLES

OPENED, MENDED = "grievance_opened", "grievance_mended"


def find_grievances(panel: Panel, events: pd.DataFrame) -> pd.DataFrame:
    """Every grievance that opened, and whether it was mended.

    Parameters
    ----------
    panel
        Both parties by day.
    events
        Events table.

    Returns
    -------
    DataFrame
        A row per grievance. Columns replicate, centre, dyad, ``party`` (whose it is), ``start`` (day on which it
        opened) and ``repaired``: whether it was mended before another opened or the stay was over; missing where it
        opened in the last ``RUPTURE.repair`` days, or where the keyworker changed before it was mended.
    """
    rows = events[events["event"].isin([OPENED, MENDED]).to_numpy()]
    last = int(panel.days[-1])
    table = pd.DataFrame(
        {
            **{name: rows[name].to_numpy() for name in DYAD},
            "party": pd.Categorical(rows["actor"], categories=list(ROLES)),
            "start": rows["day"].to_numpy(),
            "mended": (rows["event"] == MENDED).to_numpy(),
            "row": panel.rows_of(rows, "events"),
        }
    ).sort_values([*DYAD, "party"], kind="stable", ignore_index=True)
    next_ = table.shift(-1)
    same = (table[[*DYAD, "party"]] == next_[[*DYAD, "party"]]).all(axis=1).to_numpy()
    mended = same & (next_["mended"] == True).to_numpy()  # noqa: E712 - a shifted column holds missing values
    until = np.where(same, next_["start"].fillna(last), last).astype(np.int64)
    row, start = table["row"].to_numpy(), table["start"].to_numpy()
    served = (
        panel.predecessors[row, np.searchsorted(panel.days, start)]
        == panel.predecessors[row, np.searchsorted(panel.days, until)]
    ) & (panel.post[row, np.searchsorted(panel.days, start)] == panel.post[row, np.searchsorted(panel.days, until)])
    known = (start <= last - RUPTURE.repair) & (mended | served)
    table["repaired"] = pd.array(np.where(known, mended, np.nan), dtype="Float64").astype("boolean")
    return table[~table["mended"].to_numpy()][[*DYAD, "party", "start", "repaired"]].reset_index(drop=True)


def felt_ruptures(panel: Panel, events: pd.DataFrame, falls: pd.DataFrame) -> pd.DataFrame:
    """Ruptures as the parties feel them: grievances or, where the model opens none, falls of the rating.

    Parameters
    ----------
    panel
        Both parties by day.
    events
        Events table.
    falls
        Ruptures of the rating, from ``ruptures.find_ruptures``.

    Returns
    -------
    DataFrame
        Columns replicate, centre, dyad, ``party``, ``start`` and ``repaired``, a row per rupture.
    """
    if (events["event"] == OPENED).any():
        return find_grievances(panel, events)
    return falls[[*DYAD, "party", "start", "repaired"]]
