"""What an interval of 95 % promises, for the benchmarks that count how often intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NOMINAL = (0.92, 0.98)
"""Between which an interval of 95 % should hold the truth."""


def judged(table: pd.DataFrame, share: str, count: pd.Series | NDArray[np.int64] | int) -> pd.DataFrame:
    """The table with the Monte-Carlo ``error`` of a share, and whether it is ``inside`` what is promised.

    Parameters
    ----------
    table
        A row per interval.
    share
        Column with the share of cases in which the interval held the truth.
    count
        Number of these cases.
    """
    held = table[share]
    error = (held * (1 - held) / count) ** 0.5
    return table.assign(error=error, inside=held.between(NOMINAL[0] - 3 * error, NOMINAL[1] + 3 * error))


def summary(table: pd.DataFrame) -> str:
    """How many rows are inside, in words."""
    return f"inside {NOMINAL[0]} to {NOMINAL[1]}, or within 3 errors: {table['inside'].sum()} of {len(table)}"
