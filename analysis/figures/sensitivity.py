"""Figures of sensitivity and scenario discovery: tables in, a Figure out, readable in grey and with twenty inputs.

The tables are those of ``twoway.experiments.sensitivity.indices`` and ``twoway.experiments.sensitivity.prim``; *outcome* is named in the title,
*rests_on* says in the caption how many points, runs and draws stand behind the figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import NullLocator

from twoway.analysis.figures.style import (
    caption,
    plain,
    say,
    title,
)
from twoway.simulation.errors import listed

STRONG, SOFT, INK, FAINT = "#08519C", "#BDD7E7", "#222222", "#999999"
SOURCE_FILLS = ((STRONG, ""), ("#FDAE6B", "//"), ("#D9D9D9", ".."))
"""Inputs, luck by point, luck alike for all."""
LINES = (
    ("#08519C", "-", "o"),
    ("#B34700", (0, (5, 1.5)), "s"),
    ("#222222", (0, (1, 1.2)), "^"),
    ("#4292C6", "-.", "D"),
    ("#7A1F1F", (0, (3, 1, 1, 1, 1, 1)), "v"),
    ("#636363", "-", "P"),
)
"""Colour, dash and marker of the inputs that are told apart in a figure with many."""
HEAD, FOOT, ROW = 0.75, 1.15, 0.36
"""Inches above and below a figure whose height grows by input, and per input."""


def plain_names(inputs: Iterable[str]) -> list[str]:
    """Inputs as one would say them; with their section only where two would be the same.

    >>> plain_names(["context.repair_opportunity", "learning.perceptual_noise"])
    ['repair opportunity', 'perceptual noise']
    """
    full = list(map(str, inputs))
    short = [name.rpartition(".")[2].replace("_", " ") for name in full]
    return [f if short.count(s) > 1 else s for f, s in zip(full, short, strict=True)]


def _by_input(rows: int, width: float, columns: int = 1, **grid: Any) -> tuple[Figure, Any]:
    """A figure whose height grows with the number of inputs, with the same margins whatever it is."""
    height = HEAD + FOOT + max(ROW * rows, 1.6)
    figure = Figure(figsize=(width, height))
    axes = figure.subplots(1, columns, **grid)
    figure.subplots_adjust(top=1 - HEAD / height, bottom=FOOT / height)
    return figure, axes


def sobol_bars(indices: pd.DataFrame, outcome: str, rests_on: str) -> Figure:
    """First-order and total index of each input with their intervals, the most important on top."""
    total = indices[indices["index"] == "total"].sort_values("estimate")
    first = indices[indices["index"] == "first"].set_index("input").loc[total["input"]].reset_index()
    places = np.arange(len(total))
    figure, axes = _by_input(len(total), 9)
    figure.subplots_adjust(left=0.25, right=0.97)
    for table, offset, fill, hatch in ((total, 0.18, SOFT, ""), (first, -0.18, STRONG, "")):
        shown = table["estimate"].clip(lower=0)
        axes.barh(places + offset, shown, 0.34, color=fill, edgecolor=INK, hatch=hatch, lw=0.6)
        axes.hlines(places + offset, table["low"], table["high"], color=INK, lw=1.3)
    axes.plot(total["salib"], places + 0.18, "D", color="white", mec=INK, ms=5, ls="none", zorder=3)
    axes.axvline(0, color=INK, lw=0.8)
    axes.set_yticks(places, plain_names(total["input"]))
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(-0.6, len(total) - 0.4), xlabel="share of the outcome's variance")
    low, high = _room(indices)
    axes.set_xlim(low - 0.01, high * 1.04)
    plain(axes)
    handles = [
        Patch(facecolor=SOFT, edgecolor=INK, label="with all interactions (total)"),
        Patch(facecolor=STRONG, edgecolor=INK, label="by itself (first order)"),
        Line2D([], [], marker="D", color="white", mec=INK, ms=5, ls="none", label="total before luck was taken out"),
    ]
    axes.legend(handles=handles, loc="lower right", frameon=False, fontsize=9)
    most = total.iloc[::-1].head(3)
    told = [f"{name} {value:.2f}" for name, value in zip(plain_names(most["input"]), most["estimate"], strict=True)]
    say(figure, f"What {outcome} depends on: the largest total Sobol' indices are {listed(told)}.")
    title(figure, f"What {outcome} depends on")
    caption(figure, f"Sobol' indices. Lines: intervals, as far as they lie near 0 to 1. {rests_on}")
    return figure


def _room(indices: pd.DataFrame) -> tuple[float, float]:
    """From where to where an axis of indices goes: as far as the intervals, but little beyond what an index can be."""
    return max(-0.2, min(0.0, float(indices["low"].min()))), min(1.05, max(0.1, float(indices["high"].max())))


def morris_plane(effects: pd.DataFrame, outcome: str, rests_on: str) -> Figure:
    """How large the effects of each input are, against how much they differ from place to place."""
    table = effects.sort_values("mu_star", ascending=False, ignore_index=True)
    table["mu_star"] = table["mu_star"].clip(lower=0)
    count = len(table)
    figure = Figure(figsize=(10, max(5.4, HEAD + FOOT + 0.27 * count)))
    axes, key = figure.subplots(1, 2, width_ratios=(1, 0.46))
    height = figure.get_size_inches()[1]
    figure.subplots_adjust(left=0.09, right=0.98, top=1 - HEAD / height, bottom=(FOOT + 0.1) / height, wspace=0.05)
    right = 1.08 * float(max(table["mu_star_high"].max(), 1e-12))
    top = 1.1 * float(max(table["sigma_high"].max(), right / 2))
    axes.set(xlim=(-0.03 * right, right), ylim=(-0.05 * top, top))
    axes.plot([0, right], [0, right], color=FAINT, lw=0.9, ls=":")
    axes.hlines(table["sigma"], table["mu_star_low"], table["mu_star_high"], color=FAINT, lw=0.9)
    axes.vlines(table["mu_star"], table["sigma_low"], table["sigma_high"], color=FAINT, lw=0.9)
    inches = np.array([0.6 * 10, height - HEAD - FOOT])
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
    key.set_axis_off()
    key.set(xlim=(0, 1), ylim=(max(count, 14) - 0.3, -0.7))
    for i, name in enumerate(plain_names(table["input"])):
        key.text(0.1, i, f"{i + 1}", ha="right", va="center", fontsize=9)
        key.text(0.15, i, name, va="center", fontsize=9, color=INK if i in shown else "#666666")
    title(figure, f"Which inputs move {outcome}")
    small = " Small circles: inputs whose number would hide another's." if hidden else ""
    caption(
        figure,
        f"Morris screening; luck taken out. Dotted: sigma = mu*; above it an effect changes direction or depends "
        f"heavily on other inputs.{small} {rests_on}",
    )
    return figure


def convergence_curves(convergence: pd.DataFrame, outcome: str, rests_on: str, index: str = "total") -> Figure:
    """The indices ("total" or "first") of growing parts of the design: have they settled?"""
    table = convergence[convergence["index"] == index]
    last = table[table["base_samples"] == table["base_samples"].max()].sort_values("estimate", ascending=False)
    order = list(last["input"])
    told, rest = order[: len(LINES)], order[len(LINES) :]
    figure = Figure(figsize=(10, 5.2))
    axes = figure.subplots()
    figure.subplots_adjust(left=0.08, right=0.74, top=0.86, bottom=0.25)
    for name in rest:
        mine = table[table["input"] == name]
        axes.plot(mine["base_samples"], mine["estimate"], color="#BBBBBB", lw=1, zorder=1)
    sizes = np.sort(table["base_samples"].unique())
    for i, name in enumerate(told):
        mine = table[table["input"] == name]
        colour, dash, marker = LINES[i]
        x = mine["base_samples"] * 2 ** ((i - (len(told) - 1) / 2) * 0.05)
        axes.plot(x, mine["estimate"], color=colour, ls=dash, marker=marker, ms=6, lw=1.8, zorder=3)
        axes.vlines(x, mine["low"], mine["high"], color=colour, lw=1.1, zorder=2)
    late = table[table["base_samples"] >= sizes[min(1, len(sizes) - 1)]]
    low, high = _room(late)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{n:,}" for n in sizes])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set(ylim=(low - 0.03, high * 1.05), xlabel="base samples", ylabel=f"{index} index")
    axes.axhline(0, color=INK, lw=0.8)
    labels = [*plain_names(told), *(["other inputs"] if rest else [])]
    ends = [*last["estimate"][: len(told)], *([float(last["estimate"][len(told) :].mean())] if rest else [])]
    colours = [*(LINES[i][0] for i in range(len(told))), "#888888"]
    spread = apart(ends, 0.062 * (high * 1.05 - low + 0.03))
    for i, (label, value, at) in enumerate(zip(labels, ends, spread, strict=True)):
        marks: dict[str, Any] = {"arrowprops": {"arrowstyle": "-", "color": FAINT, "lw": 0.7}, "annotation_clip": False}
        axes.annotate(
            label,
            (sizes[-1] * 1.12, value),
            (1.06, at),
            textcoords=("axes fraction", "data"),
            va="center",
            fontsize=10,
            color=colours[i],
            **marks,
        )
    plain(axes)
    title(figure, f"Have the indices of {outcome} settled?")
    caption(
        figure,
        f"{index.capitalize()} indices of the first so many base samples of the study; lines: intervals, those of the "
        f"smallest parts may leave the picture. {rests_on}",
    )
    return figure


def apart(values: Sequence[float], gap: float) -> list[float]:
    """Places for labels, in the order of the values, each at least *gap* from the next and near its value.

    >>> apart([1.0, 1.0, 5.0], 2.0)
    [2.0, 0.0, 5.0]
    """
    order = sorted(range(len(values)), key=lambda i: (-values[i], i))
    groups: list[tuple[float, int]] = []
    for i in order:
        groups.append((values[i], 1))
        while len(groups) > 1 and groups[-2][0] - groups[-1][0] < gap * (groups[-2][1] + groups[-1][1]) / 2:
            (below, m), (above, n) = groups.pop(), groups.pop()
            groups.append(((above * n + below * m) / (n + m), n + m))
    places = [middle + gap * ((n - 1) / 2 - k) for middle, n in groups for k in range(n)]
    return [float(place) for _, place in sorted(zip(order, places, strict=True))]


def budget_bars(budget: pd.DataFrame, outcome: str, rests_on: str, indices: pd.DataFrame | None = None) -> Figure:
    """Where the variance comes from, and (with Sobol' *indices*) what each total index is uncertain by."""
    right = indices[indices["index"] == "total"].sort_values("estimate") if indices is not None else None
    panels = 1 if right is None else 2
    figure, grid = _by_input(7 if right is None else max(len(right), 7), 7 if right is None else 12, panels)
    left: Axes = grid if right is None else grid[0]
    figure.subplots_adjust(left=0.13 if right is None else 0.09, right=0.97, wspace=0.62)
    for place, (column, label) in enumerate((("variance", "one run"), ("in_means", "mean over\nreplicates"))):
        whole, start = float(budget[column].sum()), 0.0
        for (fill, hatch), part in zip(SOURCE_FILLS, budget[column], strict=False):
            share = part / whole
            left.bar(place, share, 0.62, start, color=fill, hatch=hatch, edgecolor=INK, lw=0.6)
            if share > 0.05:
                box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.9}
                left.text(place, start + share / 2, f"{share:.0%}", ha="center", va="center", bbox=box)
            start += share
        left.text(place, -0.035, label, ha="center", va="top")
    left.set(xticks=[], ylim=(0, 1), xlim=(-0.5, 1.5), ylabel="share of the variance")
    left.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    plain(left)
    fills = [
        Patch(facecolor=f, hatch=h, edgecolor=INK, label=s)
        for (f, h), s in zip(SOURCE_FILLS, budget["source"], strict=False)
    ]
    height = figure.get_size_inches()[1]
    figure.legend(
        handles=fills, loc="upper left", bbox_to_anchor=(0.02, 1 - 0.4 / height), ncols=3, frameon=False, fontsize=9
    )
    if right is not None:
        axes, places = grid[1], np.arange(len(right))
        luck = right["se_luck"].fillna(0.0)
        for values, start, fill, hatch in (
            (right["se_design"] ** 2, 0.0, SOFT, ""),
            (luck**2, right["se_design"] ** 2, *SOURCE_FILLS[1]),
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
    title(figure, f"What {outcome} varies by" + ("" if right is None else ", and what its indices are uncertain by"))
    caption(figure, f"Luck alike for all points does not blur comparisons between them. {rests_on}")
    return figure


def pairs_map(pairs: pd.DataFrame, outcome: str, rests_on: str) -> Figure:
    """Second-order index of each pair of inputs; a value stands where it is shown to be above 0."""
    names = list(dict.fromkeys([*pairs["one"], *pairs["other"]]))
    count = len(names)
    grid = np.full((count, count), np.nan)
    side = max(3.2, 0.43 * count)
    figure = Figure(figsize=(side + 3.2, side + 2.95))
    axes = figure.subplots()
    width, height = figure.get_size_inches()
    figure.subplots_adjust(left=2.2 / width, right=1 - 1.0 / width, top=1 - 0.75 / height, bottom=2.2 / height)
    for row in pairs.itertuples():
        grid[names.index(str(row.other)), names.index(str(row.one))] = max(0.0, float(row.estimate))
    top = max(0.05, float(np.nanmax(grid)))
    image = axes.imshow(grid, cmap="Blues", vmin=0, vmax=top, aspect="equal")
    for row in pairs.itertuples():
        y, x = names.index(str(row.other)), names.index(str(row.one))
        dark = grid[y, x] > 0.55 * top
        if row.shown:
            text = f"{row.estimate:.2f}".replace("0.", ".")
            axes.text(x, y, text, ha="center", va="center", color="white" if dark else INK, fontsize=9, weight="bold")
        else:
            axes.text(x, y, "·", ha="center", va="center", color=FAINT)
    labels = plain_names(names)
    axes.set_yticks(np.arange(1, count), labels[1:])
    axes.set_xticks(np.arange(count - 1), labels[:-1], rotation=50, ha="right", rotation_mode="anchor")
    axes.set(xlim=(-0.5, count - 1.5), ylim=(count - 0.5, 0.5))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, fraction=0.04, pad=0.03)
    bar.set_label("share of the variance")
    title(figure, f"Which inputs act together on {outcome}")
    caption(
        figure,
        f"Second-order Sobol' indices. Numbers: above 0, with so many pairs allowed for; dots: not shown. {rests_on}",
    )
    return figure


MANY = 1500
"""Points beyond which a scatter of the design shows every so-manieth only."""


def discovery_map(
    points: pd.DataFrame, box: pd.DataFrame, trajectory: pd.DataFrame, condition: str, rests_on: str
) -> Figure:
    """How the box was found (coverage against density), where its limits lie, and the cases along two of them."""
    figure = Figure(figsize=(13, 5.4))
    left, middle, right = figure.subplots(1, 3, width_ratios=(0.9, 1.1, 1))
    figure.subplots_adjust(left=0.06, right=0.98, top=0.83, bottom=0.23, wspace=0.33)
    path, told = trajectory[~trajectory["told"]], trajectory[trajectory["told"]].iloc[0]
    left.plot(path["coverage"], path["density"], "o-", color=STRONG, ms=4, lw=1, mec=INK, mew=0.4)
    left.plot(told["coverage"], told["density"], "*", color="#FDAE6B", mec=INK, ms=17)
    left.axhline(path["density"].iloc[0], color=FAINT, ls=":", lw=1)
    left.set(xlim=(1.03, 0), ylim=(0, 1.04), xlabel="coverage: share of all cases in the box")
    left.set_ylabel("density: share of cases among its points")
    left.set_title("Ever smaller boxes (star: the one told)", loc="left", fontsize=11)
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
        middle.text(0, i + 0.13, f"{row.lowest:.2g}", va="top", ha="center", fontsize=8, color="#666666")
        middle.text(1, i + 0.13, f"{row.highest:.2g}", va="top", ha="center", fontsize=8, color="#666666")
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
    title(figure, f"When is {condition}?")
    only = " The box has no other limits." if len(box) <= 2 else " It has other limits, too."
    caption(figure, f"PRIM. Dotted: share of cases among all points.{only if len(box) else ''} {rests_on}")
    return figure


def _limits(low: float, high: float) -> str:
    """The limits of one input."""
    if np.isnan(low):
        return f"at most {high:.3g}"
    return f"at least {low:.3g}" if np.isnan(high) else f"{low:.3g} to {high:.3g}"
