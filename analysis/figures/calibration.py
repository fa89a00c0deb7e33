"""Posterior of the free numbers after calibration, and how much narrower it is than the prior."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from twoway.analysis.figures.layout import caption, key, page, plain_names, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import CLIENT, INK, KEYWORKER
from twoway.analysis.rounding import significant

PRIOR = "#EEEEEE"
ROW = 0.3
"""Inches per row."""


@figure(
    "identifiability", "Free numbers after calibration", "Posterior of each free number within its prior range.",
    ("numbers", "sample"), gallery=41,
)  # fmt: skip
def identifiability_figure(numbers: pd.DataFrame, sample: pd.DataFrame, rests_on: str) -> Figure:
    """Posterior of the free numbers within their prior ranges; the narrowest on top.

    Parameters
    ----------
    numbers
        A row per number: number, low, high, q05, q25, median, q75, q95, representative, and narrowed (width of the
        middle nine tenths of the posterior over that of the prior).
    sample
        The accepted points, a column per number.
    rests_on
        What the figure rests on, for the caption.
    """
    table = numbers.sort_values("narrowed", ignore_index=True)
    rows = len(table)
    figure = page(9.5, 0.3 + ROW * rows)
    axes = figure.subplots()
    for place, (row, name) in enumerate(zip(table.itertuples(), plain_names(table["number"]), strict=True)):
        at = partial(_along, row.low, row.high)
        axes.barh(place, 1, height=0.74, color=PRIOR)
        axes.plot(at(sample[row.number]), np.full(len(sample), place + 0.2), "|", color="#777777", ms=5, mew=0.5)
        axes.plot(at([row.q05, row.q95]), [place, place], color=CLIENT, lw=1.5, solid_capstyle="butt")
        axes.plot(at([row.q25, row.q75]), [place, place], color=CLIENT, lw=4.5, solid_capstyle="butt")
        axes.plot(at(row.representative), place, "D", color=KEYWORKER, ms=6, markeredgecolor="white")
        axes.text(-0.02, place, name, ha="right", va="center", fontsize=9, color=INK)
        span = f"{significant(row.q05)} to {significant(row.q95)} of {row.low:g} to {row.high:g}"
        axes.text(1.02, place, span, ha="left", va="center", fontsize=9, color=INK)
    axes.set_xlim(0, 1)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.axis("off")
    title(figure, "What the facts say about the free numbers")
    handles = [
        Patch(facecolor=PRIOR, label="prior range"),
        Line2D([], [], color=CLIENT, lw=4.5, label="middle half"),
        Line2D([], [], color=CLIENT, lw=1.5, label="middle nine tenths"),
        Line2D(
            [],
            [],
            marker="D",
            color="none",
            markerfacecolor=KEYWORKER,
            markeredgecolor="white",
            label="representative: the default",
        ),
    ]
    key(figure, handles)
    caption(figure, f"{rests_on}. Small strokes: the accepted points. The facts pin down what is narrow.")
    pinned = table[table["narrowed"] < 0.6]
    names = plain_names(pinned["number"])
    narrowest = f"most narrowed are {', '.join(names[:4])}" if names else "none is narrowed by much"
    set_alt_text(
        figure,
        f"Of {rows} free numbers, {len(pinned)} are narrowed to less than six tenths of their prior; {narrowest}.",
    )
    return figure


def _along(low: float, high: float, values: float | Sequence[float] | pd.Series) -> np.ndarray:
    """Values as shares of the way from low to high."""
    return (np.asarray(values, float) - low) / (high - low)
