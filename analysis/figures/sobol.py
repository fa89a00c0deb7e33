"""Sobol' indices: bars of first-order and total indices, their convergence, and a map of pairs of inputs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from twoway.analysis.figures.layout import caption, key, page, plain, plain_names, set_alt_text, spread_out, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import FAINT, INK, SOFT, STRONG
from twoway.simulation.errors import listed

LINES = (
    ("#08519C", "-", "o"),
    ("#B34700", (0, (5, 1.5)), "s"),
    ("#222222", (0, (1, 1.2)), "^"),
    ("#4292C6", "-.", "D"),
    ("#7A1F1F", (0, (3, 1, 1, 1, 1, 1)), "v"),
    ("#636363", "-", "P"),
)
"""Colour, dash and marker of the most important inputs; the others are grey."""
ROW = 0.36
"""Inches per input."""


@figure(
    "indices", "Sobol' indices", "First-order and total index of each input, with intervals.", ("indices",), gallery=70
)
def sobol_bars(indices: pd.DataFrame, outcome: str, rests_on: str, correlated: bool = False) -> Figure:
    """First-order and total index of each input with their intervals, the most important on top.

    Parameters
    ----------
    indices
        A row per input and index ("first", "total"): input, index, estimate, low, high (shares of the variance), and
        salib, the estimate before the variance of replicates was removed, unless they are from given data.
    outcome
        Name of the outcome for the title.
    rests_on
        What the figure rests on, for the caption.
    correlated
        Whether inputs are correlated, so that the indices mean something else; they are ordered by the larger.
    """
    largest = indices.groupby("input")["estimate"].max() if correlated else _of(indices, "total")["estimate"]
    order = list(largest.sort_values().index)
    total, names = _of(indices, "total").loc[order], plain_names(order)
    figure = page(9, 0.5 + max(ROW * len(total), 1.6))
    axes = figure.subplots()
    handles = _bars(axes, indices, order, names)
    if correlated:
        handles[0].set_label("what no other input tells (total)")
        handles[1].set_label("by itself, with what it shares (first order)")
    if "salib" in indices:
        places = np.arange(len(total))
        axes.plot(total["salib"], places + 0.18, "D", color="white", mec=INK, ms=5, ls="none", zorder=3)
        drawn = Line2D([], [], marker="D", color="white", mec=INK, ms=5, ls="none", label="total with random variation")
        handles = [*handles, drawn]
    kind = "first-order" if correlated else "total"
    most = (_of(indices, "first") if correlated else total)["estimate"].sort_values(ascending=False).head(3)
    named = [f"{name} {value:.2f}" for name, value in zip(plain_names(most.index), most, strict=True)]
    set_alt_text(figure, f"What {outcome} depends on: the largest {kind} Sobol' indices are {listed(named)}.")
    title(figure, f"What {outcome} depends on")
    key(figure, handles)
    how = "Sobol' indices" if "salib" in indices else "Sobol' indices from given data, by a surrogate"
    caption(figure, f"{how}. Lines: intervals, as far as they lie near 0 to 1. {rests_on}")
    return figure


@figure(
    "groups", "Groups of inputs", "Closed first-order and total index of groups of inputs.", ("groups",), gallery=73
)
def group_bars(groups: pd.DataFrame, outcome: str, rests_on: str) -> Figure:
    """What the inputs of each group do together: closed first-order and total index, with intervals.

    Parameters
    ----------
    groups
        A row per group and index ("first", "total"): group, inputs (names, with commas), index, estimate, low, high
        (shares of the variance).
    outcome
        Name of the outcome for the title.
    rests_on
        What the figure rests on, for the caption.
    """
    indices = groups.rename(columns={"group": "input"})
    total = _of(indices, "total").sort_values("estimate")
    members = [", ".join(plain_names(text.split(", "))) for text in total["inputs"]]
    wrapped = [textwrap.fill(f"({text})", 34) for text in members]
    lines = max(text.count("\n") + 2 for text in wrapped)
    figure = page(9, 0.5 + max(ROW * len(total), 0.2 * lines * len(total), 1.2))
    axes = figure.subplots()
    handles = _bars(
        axes, indices, list(total.index), [f"{name}\n{text}" for name, text in zip(total.index, wrapped, strict=True)]
    )
    handles[1].set_label("the group by itself (closed first order)")
    said = [f"{name} {value:.2f}" for name, value in zip(total.index, total["estimate"], strict=True)]
    set_alt_text(figure, f"What groups of inputs do together to {outcome}: total indices are {listed(said[::-1])}.")
    title(figure, f"What groups of inputs do together to {outcome}")
    key(figure, handles)
    caption(figure, f"Sobol' indices of groups, by a surrogate. Lines: intervals. {rests_on}")
    return figure


def _of(indices: pd.DataFrame, index: str) -> pd.DataFrame:
    """The rows of one index by input."""
    return indices[indices["index"] == index].set_index("input")


def _bars(axes: Axes, indices: pd.DataFrame, order: Sequence[str], names: Sequence[str]) -> list[Artist]:
    """Draw total and first-order indices in this *order* from below; returns what the key explains."""
    places = np.arange(len(order))
    for index, offset, fill in (("total", 0.18, SOFT), ("first", -0.18, STRONG)):
        table = _of(indices, index).loc[list(order)]
        axes.barh(places + offset, table["estimate"].clip(lower=0), 0.34, color=fill, edgecolor=INK, lw=0.6)
        for colour, width in (("white", 3.2), (INK, 1.3)):  # a line shows on a dark bar, too
            axes.hlines(places + offset, table["low"], table["high"], color=colour, lw=width)
    axes.axvline(0, color=INK, lw=0.8)
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(-0.6, len(order) - 0.4), xlabel="share of the outcome's variance")
    low, high = _room(indices)
    axes.set_xlim(low - 0.01, high * 1.04)
    plain(axes)
    return [
        Patch(facecolor=SOFT, edgecolor=INK, label="with all interactions (total)"),
        Patch(facecolor=STRONG, edgecolor=INK, label="by itself (first order)"),
    ]


def _room(indices: pd.DataFrame) -> tuple[float, float]:
    """Ends of an axis of indices: those of the intervals, but little beyond the possible values of an index."""
    return max(-0.2, min(0.0, float(indices["low"].min()))), min(1.05, max(0.1, float(indices["high"].max())))


@figure(
    "convergence", "Convergence of Sobol' indices", "Indices of growing parts of the design.", ("convergence",),
    gallery=71,
)  # fmt: skip
def convergence_curves(convergence: pd.DataFrame, outcome: str, rests_on: str) -> Figure:
    """Total indices of growing parts of the design, which show whether they have settled.

    Parameters
    ----------
    convergence
        As *indices* of ``sobol_bars``, for each number of base_samples.
    outcome
        Name of the outcome for the title.
    rests_on
        What the figure rests on, for the caption.
    """
    table = convergence[convergence["index"] == "total"]
    last = table[table["base_samples"] == table["base_samples"].max()].sort_values("estimate", ascending=False)
    order = list(last["input"])
    named, rest = order[: len(LINES)], order[len(LINES) :]
    figure = page(10, 4.3)
    axes = figure.subplots()
    for name in rest:
        mine = table[table["input"] == name]
        axes.plot(mine["base_samples"], mine["estimate"], color="#BBBBBB", lw=1, zorder=1)
    sizes = np.sort(table["base_samples"].unique())
    for i, name in enumerate(named):
        mine = table[table["input"] == name]
        colour, dash, marker = LINES[i]
        x = mine["base_samples"] * 2 ** ((i - (len(named) - 1) / 2) * 0.05)
        axes.plot(x, mine["estimate"], color=colour, ls=dash, marker=marker, ms=6, lw=1.8, zorder=3)
        axes.vlines(x, mine["low"], mine["high"], color=colour, lw=1.1, zorder=2)
    late = table[table["base_samples"] >= sizes[min(1, len(sizes) - 1)]]
    low, high = _room(late)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{n:,}" for n in sizes])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set(ylim=(low - 0.03, high * 1.05), xlabel="base samples", ylabel="total index")
    axes.axhline(0, color=INK, lw=0.8)
    labels = [*plain_names(named), *(["other inputs"] if rest else [])]
    ends = [*last["estimate"][: len(named)], *([float(last["estimate"][len(named) :].mean())] if rest else [])]
    colours = [*(LINES[i][0] for i in range(len(named))), "#888888"]
    spread = spread_out(ends, 0.062 * (high * 1.05 - low + 0.03))
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
    set_alt_text(
        figure,
        f"Total indices of {outcome} over {len(sizes)} parts of the design; in the whole the largest is "
        f"that of {labels[0]}, {ends[0]:.2f}.",
    )
    title(figure, f"Have the indices of {outcome} settled?")
    caption(
        figure,
        f"Total indices of growing parts of the study's base samples; lines: intervals, those of the "
        f"smallest parts may leave the picture. {rests_on}",
    )
    return figure


@figure("pairs", "Pairs of inputs", "Second-order Sobol' index of each pair of inputs.", ("pairs",), gallery=72)
def pairs_map(pairs: pd.DataFrame, outcome: str, rests_on: str) -> Figure:
    """Second-order index of each pair of inputs, written where it is shown to be above 0.

    Parameters
    ----------
    pairs
        A row per pair: one, other, estimate (share of the variance), shown.
    outcome
        Name of the outcome for the title.
    rests_on
        What the figure rests on, for the caption.
    """
    names = list(dict.fromkeys([*pairs["one"], *pairs["other"]]))
    count = len(names)
    grid = np.full((count, count), np.nan)
    side = max(3.2, 0.43 * count)
    figure = page(side + 3.2, side + 1.6)
    axes = figure.subplots()
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
    most = pairs.loc[pairs["estimate"].idxmax()]
    one, other = plain_names([most["one"], most["other"]])
    set_alt_text(
        figure,
        f"Second-order indices of {outcome}: {int(pairs['shown'].sum())} of {len(pairs)} pairs of inputs are shown to "
        f"act together; the largest index is that of {one} and {other}, {most['estimate']:.2f}.",
    )
    title(figure, f"Which inputs act together on {outcome}")
    caption(
        figure,
        f"Second-order Sobol' indices. Numbers: above 0, allowing for the number of pairs; dots: not shown. {rests_on}",
    )
    return figure
