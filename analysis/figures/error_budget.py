"""The error budget: sources of an outcome's variance, and of the standard errors of its indices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from twoway.analysis.figures.layout import caption, key, page, plain, plain_names, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK, SOFT, SOURCE_FILLS
from twoway.simulation.errors import listed

ROW = 0.36
"""Inches per input."""


@figure(
    "error-budget", "Error budget", "Sources of an outcome's variance, and of the standard errors of its indices.",
    ("error_budget",), gallery=75,
)  # fmt: skip
def budget_bars(error_budget: pd.DataFrame, outcome: str, rests_on: str, indices: pd.DataFrame | None = None) -> Figure:
    """Sources of the variance of an outcome, and of the standard error of each total index.

    Parameters
    ----------
    error_budget
        A row per source: source, variance (of one run), in_means (of means over replicates).
    outcome
        Name of the outcome for the title.
    rests_on
        What the figure rests on, for the caption.
    indices
        Sobol' indices of the outcome, with se_design and se_replicates, if the study has them.
    """
    budget = error_budget
    right = indices[indices["index"] == "total"].sort_values("estimate") if indices is not None else None
    panels = 1 if right is None else 2
    figure = page(7 if right is None else 12, 0.6 + ROW * (7 if right is None else max(len(right), 7)))
    grid = figure.subplots(1, panels, squeeze=False)[0]
    left: Axes = grid[0]
    for place, column in enumerate(("variance", "in_means")):
        whole, start = float(budget[column].sum()), 0.0
        for (fill, hatch), part in zip(SOURCE_FILLS, budget[column], strict=False):
            share = part / whole
            left.bar(place, share, 0.62, start, color=fill, hatch=hatch, edgecolor=INK, lw=0.6)
            if share > 0.05:
                box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.9}
                left.text(place, start + share / 2, f"{share:.0%}", ha="center", va="center", bbox=box)
            start += share
    left.set(ylim=(0, 1), xlim=(-0.5, 1.5), ylabel="share of the variance")
    left.set_xticks([0, 1], ["one run", "mean over\nreplicates"])
    left.tick_params(axis="x", length=0)
    left.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    plain(left)
    fills = [
        Patch(facecolor=f, hatch=h, edgecolor=INK, label=s)
        for (f, h), s in zip(SOURCE_FILLS, budget["source"], strict=False)
    ]
    if right is not None:
        axes, places = grid[1], np.arange(len(right))
        by_replicates = right["se_replicates"].fillna(0.0)
        for values, start, fill, hatch in (
            (right["se_design"] ** 2, 0.0, SOFT, ""),
            (by_replicates**2, right["se_design"] ** 2, *SOURCE_FILLS[1]),
        ):
            axes.barh(places, values, 0.62, start, color=fill, hatch=hatch, edgecolor=INK, lw=0.6)
        axes.set_yticks(places, plain_names(right["input"]))
        axes.tick_params(axis="y", length=0)
        axes.set(xlabel="squared standard error of the total index", ylim=(-0.6, len(right) - 0.4))
        axes.ticklabel_format(axis="x", style="sci", scilimits=(-2, 3), useMathText=True)
        parts = [
            Patch(facecolor=SOFT, edgecolor=INK, label="choice of points"),
            Patch(facecolor=SOURCE_FILLS[1][0], hatch="//", edgecolor=INK, label="number of replicates"),
        ]
        axes.legend(
            handles=parts, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, fontsize=9, borderpad=0
        )
        plain(axes)
    parts_of_one_run = [
        f"{share:.0%} by {source}"
        for source, share in zip(budget["source"], budget["variance"] / budget["variance"].sum(), strict=True)
    ]
    set_alt_text(figure, f"The variance of {outcome} in one run is {listed(parts_of_one_run)}.")
    title(figure, f"What {outcome} varies by" + ("" if right is None else ", and what its indices are uncertain by"))
    key(figure, fills)
    caption(figure, f"Random draws that are common to all points do not blur comparisons between them. {rests_on}")
    return figure
