"""Trade-offs between facts: parts that are seldom met, each against the part that stands most against it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from twoway.analysis.figures.layout import caption, key, page, plain, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import CLIENT, INK, KEYWORKER
from twoway.analysis.narrative.words.grammar import percent
from twoway.simulation.errors import listed

ACCEPTED = "#E3EBE3"
BOTH = "#BFD4BF"
Range = tuple[float, float]
SHOWN = 4
"""Pairs that are shown, those first whose first part is met most seldom."""


@figure(
    "trade-offs", "Facts that stand against each other", "Parts of facts that are seldom met, each against the part "
    "that stands most against it.", ("pairs", "points"), gallery=43,
)  # fmt: skip
def trade_off_figure(pairs: pd.DataFrame, points: pd.DataFrame, rests_on: str) -> Figure:
    """Each part that is seldom met against the part that stands most against it, a panel each.

    Parameters
    ----------
    pairs
        A row per part: part, unit, low, high, met, other, other_unit, other_low, other_high.
    points
        Value of each part at each point, a column per part; the first row is the defaults.
    rests_on
        What the figure rests on, for the caption.
    """
    shown = pairs[pairs["other"].fillna("") != ""].head(SHOWN)
    columns = min(2, len(shown))
    lines = -(-len(shown) // columns)
    figure = page(5.2 * columns, 3.9 * lines)
    panels = list(np.atleast_1d(figure.subplots(lines, columns)).flat)
    for axes, row in zip(panels, shown.itertuples(), strict=False):
        _panel(axes, points, row.part, (row.low, row.high), row.other, (row.other_low, row.other_high))
        axes.set_xlabel(f"{row.other} ({row.other_unit})", color=INK)
        axes.set_ylabel(f"{row.part} ({row.unit})", color=INK)
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    title(figure, "Facts that stand against each other")
    look: dict[str, Any] = {"color": "none", "markeredgecolor": "white"}
    key(
        figure,
        [
            Patch(facecolor=ACCEPTED, label="accepted of one"),
            Patch(facecolor=BOTH, label="accepted of both"),
            Line2D([], [], marker="o", markerfacecolor=CLIENT, label="a point", **look),
            Line2D([], [], marker="D", markerfacecolor=KEYWORKER, markersize=9, label="the defaults", **look),
        ],
    )
    caption(figure, f"{rests_on}. Each number is drawn from its own posterior, apart from all others.")
    told = [f"{row.part} (met by {percent(row.met)}) against {row.other}" for row in shown.itertuples()]
    set_alt_text(figure, f"Parts of facts that are seldom met together: {listed(told)}.")
    return figure


def _panel(axes: Axes, points: pd.DataFrame, part: str, range_: Range, other: str, range_of_other: Range) -> None:
    """One part (up) against another (across), with what is accepted of both."""
    x, y = points[other].to_numpy(float), points[part].to_numpy(float)
    axes.set(xlim=_span(x, range_of_other), ylim=_span(y, range_))
    across, up = np.clip(range_of_other, *axes.get_xlim()), np.clip(range_, *axes.get_ylim())
    axes.axvspan(*across, color=ACCEPTED, lw=0)
    axes.axhspan(*up, color=ACCEPTED, lw=0)
    axes.fill_between(across, *up, color=BOTH, lw=0)
    axes.plot(x[1:], y[1:], "o", color=CLIENT, ms=4, markeredgecolor="white", markeredgewidth=0.4)
    axes.plot(x[0], y[0], "D", color=KEYWORKER, ms=9, markeredgecolor="white")
    plain(axes)


def _span(values: NDArray[np.float64], accepted: Range) -> Range:
    """Ends of a scale that shows all values, and of what is accepted the ends that are not far from them."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    near = [bound for bound in accepted if low - (high - low) < bound < high + (high - low)]
    low, high = min([low, *near]), max([high, *near])
    room = 0.05 * (high - low or 1.0)
    return low - room, high + room
