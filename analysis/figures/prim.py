"""Scenario discovery (PRIM): the box that was found, its limits, and the cases in it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from twoway.analysis.figures.layout import caption, page, plain, plain_names, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import FAINT, INK, STRONG
from twoway.analysis.rounding import significant

MANY = 1500
"""Points beyond which a scatter of the design is thinned."""


@figure(
    "conditions", "Scenario discovery", "The box that PRIM found: coverage and density, limits, and cases.",
    ("points", "box", "trajectory"), gallery=76,
)  # fmt: skip
def discovery_map(
    points: pd.DataFrame, box: pd.DataFrame, trajectory: pd.DataFrame, condition: str, rests_on: str
) -> Figure:
    """Coverage and density of ever smaller boxes, the limits of the one chosen, and the cases along two of them.

    Parameters
    ----------
    points
        A row per point: its inputs, case (whether the condition holds), inside (the box).
    box
        A row per limit: input, low, high (missing where there is none), lowest, highest, unit.
    trajectory
        A row per box: coverage, density (shares), chosen (whether it is the one described).
    condition
        The condition, for the title.
    rests_on
        What the figure rests on, for the caption.
    """
    figure = page(13, 4.4)
    left, middle, right = figure.subplots(1, 3, width_ratios=(0.9, 1.1, 1))
    path, chosen = trajectory[~trajectory["chosen"]], trajectory[trajectory["chosen"]].iloc[0]
    left.plot(path["coverage"], path["density"], "o-", color=STRONG, ms=4, lw=1, mec=INK, mew=0.4)
    left.plot(chosen["coverage"], chosen["density"], "*", color="#FDAE6B", mec=INK, ms=17)
    left.axhline(path["density"].iloc[0], color=FAINT, ls=":", lw=1)
    left.set(xlim=(1.03, 0), ylim=(0, 1.04), xlabel="coverage: share of all cases in the box")
    left.set_ylabel("density: share of cases among its points")
    left.set_title("Ever smaller boxes (star: the one chosen)", loc="left", fontsize=11)
    middle.set_title("Its limits", loc="left", fontsize=11)
    middle.set(xlim=(-0.06, 1.06), ylim=(len(box) - 0.3, -0.75), xticks=[], yticks=[])
    for i, (row, name) in enumerate(zip(box.itertuples(), plain_names(box["input"]), strict=True)):
        span = row.highest - row.lowest
        low = 0.0 if np.isnan(row.low) else (row.low - row.lowest) / span
        high = 1.0 if np.isnan(row.high) else (row.high - row.lowest) / span
        middle.plot([0, 1], [i, i], color=FAINT, lw=2, solid_capstyle="butt")
        middle.plot([low, high], [i, i], color=STRONG, lw=9, solid_capstyle="butt")
        middle.text(0, i - 0.2, name, va="bottom", fontsize=10)
        unit = f" {row.unit}" if row.unit and len(row.unit) < 28 else ""
        middle.text(1, i - 0.2, _limits(row.low, row.high) + unit, ha="right", va="bottom", fontsize=9)
        middle.text(0, i + 0.13, significant(row.lowest), va="top", ha="center", fontsize=8, color="#666666")
        middle.text(1, i + 0.13, significant(row.highest), va="top", ha="center", fontsize=8, color="#666666")
    middle.spines[:].set_visible(False)
    shown = points.iloc[:: max(1, len(points) // MANY)]
    names = [*box["input"][:2], *(c for c in points.columns if c not in {"case", "inside"})]
    two = list(dict.fromkeys(names))[:2]
    if len(two) == 1:
        two *= 2
    for case, marker, fill, size in ((False, "o", "#CCCCCC", 9), (True, "^", "#7A1F1F", 20)):
        some = shown[shown["case"] == case]
        right.scatter(some[two[0]], some[two[1]], s=size, marker=marker, color=fill, lw=0, alpha=0.8, rasterized=True)
    limits = box.set_index("input")
    corners = []
    for name in two:
        whole = (float(points[name].min()), float(points[name].max()))
        if name in limits.index:
            own = limits.loc[name, ["low", "high"]].astype(float)
            corners.append(tuple(w if np.isnan(o) else o for w, o in zip(whole, own, strict=True)))
        else:
            corners.append(whole)
    (x0, x1), (y0, y1) = corners
    right.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=INK, lw=2, zorder=5))
    labels = plain_names(two)
    right.set(xlabel=labels[0], ylabel=labels[1])
    right.set_title("Cases (triangles) and the box", loc="left", fontsize=11)
    for axes in (left, right):
        plain(axes)
    set_alt_text(
        figure,
        f"The box with {len(box)} limits for {condition} has {chosen['coverage']:.0%} of all cases, and "
        f"{chosen['density']:.0%} of its points are cases.",
    )
    title(figure, f"When is {condition}?")
    only = " The box has no other limits." if len(box) <= 2 else " It has other limits, too."
    caption(figure, f"PRIM. Dotted: share of cases among all points.{only if len(box) else ''} {rests_on}")
    return figure


def _limits(low: float, high: float) -> str:
    """The limits of one input."""
    if np.isnan(low):
        return f"at most {significant(high, 3)}"
    return f"at least {significant(low, 3)}" if np.isnan(high) else f"{significant(low, 3)} to {significant(high, 3)}"
