"""What calibration found out about the free numbers: where each lies, and how much narrower that is than before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from twoway.analysis.figures.palette import CLIENT, KEYWORKER
from twoway.analysis.figures.sensitivity import plain_names
from twoway.analysis.figures.style import INK, caption, say, title

PRIOR = "#EEEEEE"
ROW, HEAD, FOOT = 0.3, 1.0, 1.2
"""Inches per row, above and below."""


def identifiability_figure(numbers: pd.DataFrame, sample: pd.DataFrame, rests_on: str) -> Figure:
    """Where the free numbers lie after calibration, within the range they were sought in; the narrowest on top.

    *numbers* (a row per number) has columns number, low, high, q05, q25, median, q75, q95, representative and narrowed
    (width of the middle nine tenths over that of the prior's); *sample* holds the accepted points, a column per number.
    """
    table = numbers.sort_values("narrowed", ignore_index=True)
    rows = len(table)
    height = HEAD + FOOT + ROW * rows
    figure = Figure(figsize=(9.5, height))
    axes = figure.subplots()
    figure.subplots_adjust(left=0.22, right=0.76, top=1 - HEAD / height, bottom=FOOT / height)
    for place, (row, name) in enumerate(zip(table.itertuples(), plain_names(table["number"]), strict=True)):
        width = row.high - row.low

        def at(values: object, low: float = row.low, width: float = width) -> np.ndarray:
            return (np.asarray(values, float) - low) / width

        axes.barh(place, 1, height=0.74, color=PRIOR)
        axes.plot(at(sample[row.number]), np.full(len(sample), place + 0.2), "|", color="#777777", ms=5, mew=0.5)
        axes.plot(at([row.q05, row.q95]), [place, place], color=CLIENT, lw=1.5, solid_capstyle="butt")
        axes.plot(at([row.q25, row.q75]), [place, place], color=CLIENT, lw=4.5, solid_capstyle="butt")
        axes.plot(at(row.representative), place, "D", color=KEYWORKER, ms=6, markeredgecolor="white")
        axes.text(-0.02, place, name, ha="right", va="center", fontsize=9, color=INK)
        told = f"{row.q05:.2g} to {row.q95:.2g} of {row.low:g} to {row.high:g}"
        axes.text(1.02, place, told, ha="left", va="center", fontsize=9, color=INK)
    axes.set_xlim(0, 1)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.axis("off")
    title(figure, "What the facts say about the free numbers")
    figure.texts[-1].set_y(1 - 0.2 / height)
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
    figure.legend(
        handles=handles, ncols=4, loc="upper left", bbox_to_anchor=(0.01, 1 - 0.5 / height), frameon=False, fontsize=9
    )
    caption(figure, f"{rests_on}. Small strokes: the accepted points. The facts pin down what is narrow.")
    pinned = table[table["narrowed"] < 0.6]
    names = plain_names(pinned["number"])
    told = f"most narrowed are {', '.join(names[:4])}" if names else "none is narrowed by much"
    say(figure, f"Of {rows} free numbers, {len(pinned)} are narrowed to less than six tenths of their prior; {told}.")
    return figure
