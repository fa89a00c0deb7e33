"""Morris screening: the size of each input's effects against their spread."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from twoway.analysis.figures.layout import caption, page, plain, plain_names, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import FAINT, INK, STRONG
from twoway.simulation.errors import listed


@figure("screening", "Morris screening", "Size of each input's effects against their spread.", ("morris",), gallery=74)
def morris_plane(morris: pd.DataFrame, outcome: str, rests_on: str) -> Figure:
    """Size of each input's elementary effects against their spread.

    Parameters
    ----------
    morris
        A row per input: input, mu_star, sigma, each with _low and _high (units of the outcome).
    outcome
        Name of the outcome for the title.
    rests_on
        What the figure rests on, for the caption.
    """
    table = morris.sort_values("mu_star", ascending=False, ignore_index=True)
    table["mu_star"] = table["mu_star"].clip(lower=0)
    count = len(table)
    height = max(4.0, 0.7 + 0.27 * count)
    figure = page(10, height)
    axes, names = figure.subplots(1, 2, width_ratios=(1, 0.5))
    right = 1.08 * float(max(table["mu_star_high"].max(), 1e-12))
    top = 1.1 * float(max(table["sigma_high"].max(), right / 2))
    axes.set(xlim=(-0.03 * right, right), ylim=(-0.05 * top, top))
    axes.plot([0, right], [0, right], color=FAINT, lw=0.9, ls=":")
    axes.hlines(table["sigma"], table["mu_star_low"], table["mu_star_high"], color=FAINT, lw=0.9)
    axes.vlines(table["mu_star"], table["sigma_low"], table["sigma_high"], color=FAINT, lw=0.9)
    inches = np.array([0.6 * 10, height - 0.6])
    spots = np.column_stack([table["mu_star"] / right, table["sigma"] / top]) * inches
    shown: list[int] = []
    for i in range(count):
        if all(np.hypot(*(spots[i] - spots[j])) > 0.26 for j in shown):
            shown.append(i)
    hidden = sorted(set(range(count)) - set(shown))
    axes.plot(table["mu_star"][hidden], table["sigma"][hidden], "o", color="white", mec=INK, ms=4, ls="none", zorder=3)
    axes.plot(table["mu_star"][shown], table["sigma"][shown], "o", color=STRONG, mec=INK, ms=16, ls="none", zorder=4)
    for i in shown:
        place = (table["mu_star"][i], table["sigma"][i])
        axes.text(*place, str(i + 1), color="white", ha="center", va="center", fontsize=9, zorder=5)
    axes.set(xlabel="mean size of the effect over the input's range (mu*)", ylabel="how much it differs (sigma)")
    plain(axes)
    names.set_axis_off()
    names.set(xlim=(0, 1), ylim=(max(count, 14) - 0.3, -0.7))
    for i, name in enumerate(plain_names(table["input"])):
        names.text(0.1, i, f"{i + 1}", ha="right", va="center", fontsize=9)
        names.text(0.15, i, name, va="center", fontsize=9, color=INK if i in shown else "#666666")
    largest = plain_names(table["input"][:3])
    set_alt_text(figure, f"Morris screening of {outcome}: the largest mean effects are those of {listed(largest)}.")
    title(figure, f"Which inputs move {outcome}")
    small = " Small circles: inputs whose number would hide another's." if hidden else ""
    caption(
        figure,
        f"Morris screening; variance of replicates removed. Dotted: sigma = mu*; above it an effect changes direction "
        f"or depends heavily on other inputs.{small} {rests_on}",
    )
    return figure
