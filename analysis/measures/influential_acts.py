"""Which acts moved a party most: after which of them its definition of the relationship was farthest from before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from twoway.simulation.columns import SHARE_OF

BETWEEN = ("talk_repaired", "new_keyworker")
"""Happenings that move both definitions though only one party's is written down."""


def moved_most(events: pd.DataFrame, party: str, most: int = 3) -> pd.DataFrame:
    """The exchanges of one dyad that changed a party's definition of the relationship most, the strongest first.

    Readings that follow a repaired talk or a new keyworker are left out where the definition before them was not
    written down, and so is the first reading.

    Parameters
    ----------
    events
        Events of one dyad, in their order.
    party
        Reader of the acts: "client" or "keyworker".
    most
        Most exchanges that are returned.

    Returns
    -------
    DataFrame
        Rows of *events* that changed something, with one more column: ``moved``, the share of the party's weight over
        frames that went to other frames (half the sum of the absolute differences to the definition before), 0..1.
    """
    exchange = events["event"] == "exchange"
    holds = (events["actor"] == party) != exchange  # a reading tells the reader's definition, all else the actor's own
    told = events["event"].isin(BETWEEN).cumsum()[holds]
    own = events[holds]
    shares = own[[column for column in own.columns if column.startswith(SHARE_OF)]].to_numpy()
    before = np.vstack([shares[:1], shares[:-1]])
    known = told.to_numpy() == told.shift(1, fill_value=-1).to_numpy()
    moved = np.where(known & exchange[holds].to_numpy(), np.abs(shares - before).sum(axis=1) / 2, 0.0)
    result = own.assign(moved=moved)
    return result[result["moved"] > 0].sort_values("moved", ascending=False, kind="stable").head(most)
