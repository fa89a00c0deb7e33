"""Climate: whether clients and keyworkers of one centre rate it alike."""

from __future__ import annotations

import numpy as np
import pandas as pd

from twoway.analysis.measures.estimates import Measure, correlation, estimated, moments, units_alone
from twoway.analysis.measures.panel import Panel

CLIMATE = Measure(
    "centre_climate", "correlation", "over centres, of clients' mean rating with keyworkers' on the day", "centres"
)
MEASURES = (CLIMATE,)


def climate(panel: Panel, day: int, seed: int = 0, draws: int | None = None) -> pd.DataFrame:
    """Correlation over centres of the mean ratings of clients and of keyworkers.

    Parameters
    ----------
    panel
        Both parties by day.
    day
        Day of the interview.
    seed
        Seed of the bootstrap over centres.
    draws
        Number of bootstrap samples, 0 for no intervals; as many as elsewhere if not given.

    Returns
    -------
    DataFrame
        One row of ``CLIMATE``, with the columns ``estimates.COLUMNS``.
    """
    centre = panel.dyads.groupby(["replicate", "centre"]).ngroup().to_numpy()
    size = np.bincount(centre)
    means = [np.bincount(centre, rating) / size for rating in panel.rating[:, :, panel.at(day)]]
    more = {} if draws is None else {"draws": draws}
    units = units_alone(len(size), "centres", seed, **more)
    return estimated(CLIMATE, ["all"], moments(*means), correlation, [len(size)], units)
