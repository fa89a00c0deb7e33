"""Figures of the same dyads in two contexts: who moves where, differences with intervals, and both worlds by day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path

from twoway.analysis.figures.style import (
    PATTERN_COLOURS,
    PATTERN_HATCHES,
    PATTERN_MARKERS,
    caption,
    day_axis,
    plain,
    say,
    share_axis,
    title,
)
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import PATTERNS

EDGE, GAP = 0.06, 0.03
"""Width of the bars at either side of the flows, and the gap between patterns, in shares of the panel."""


def moves_figure(moves: pd.DataFrame, first: str) -> Figure:
    """Flows of the same dyads from their pattern in one context to that in the other; *moves* of one comparison."""
    then = str(moves["scenario"].iloc[0])
    share = moves.pivot(index="first", columns="then", values="share").reindex(index=PATTERNS, columns=PATTERNS)
    flows = share.to_numpy()
    names = [_wrapped(name, 34) for name in (first, then)]
    height = 5.4 + 0.17 * max(name.count("\n") for name in names)
    figure = Figure(figsize=(9, height))
    axes = figure.add_axes((0.2, 0.95 / height, 0.6, 3.6 / height))
    starts = _tops(flows.sum(axis=1)), _tops(flows.sum(axis=0))
    left, right = starts[0].copy(), starts[1].copy()
    for i, here in enumerate(PATTERNS):
        for j in range(len(PATTERNS)):
            if flows[i, j] > 0:
                _flow(axes, left[i], right[j], flows[i, j], here, stays=i == j)
            left[i] -= flows[i, j]
            right[j] -= flows[i, j]
    for x, tops, totals, side in (
        (0.0, starts[0], flows.sum(axis=1), "right"),
        (1.0 - EDGE, starts[1], flows.sum(axis=0), "left"),
    ):
        for p, name in enumerate(PATTERNS):
            bar = Rectangle((x, tops[p] - totals[p]), EDGE, totals[p], edgecolor="#333333", lw=0.8, zorder=3)
            bar.set(facecolor=PATTERN_COLOURS[name], hatch=PATTERN_HATCHES[name])
            axes.add_patch(bar)
            at, words = -0.02 if side == "right" else 1.02, name.replace(" and ", "\nand ")
            axes.text(at, tops[p] - totals[p] / 2, f"{words}: {totals[p]:.0%}", ha=side, va="center", fontsize=10)
    for x, name, side in zip((0.0, 1.0), names, ("left", "right"), strict=True):
        axes.text(x, 1 + 2 * GAP + 0.04, name, ha=side, va="bottom", fontweight="bold", fontsize=9)
    axes.set(xlim=(-0.005, 1.005), ylim=(-0.01, 1 + 2 * GAP + 0.01))
    axes.axis("off")
    dyads, stayed = int(moves["dyads"].sum()), float(np.trace(flows))
    say(
        figure,
        f"Of {counted(dyads, 'dyad')} with the same people and luck, {1 - stayed:.0%} end in another pattern with "
        f"{then} than with {first}: conflicted are {flows[2].sum():.0%} with {first}, and "
        f"{flows[:, 2].sum():.0%} with {then}.",
    )
    title(figure, "The same people, another context: who moves where")
    caption(
        figure,
        f"{counted(dyads, 'dyad')}, each with the same people and the same luck in both contexts; patterns on the last "
        f"day. {1 - stayed:.0%} end in another pattern (outlined), {stayed:.0%} in the same (pale).",
    )
    return figure


def _wrapped(name: str, width: int) -> str:
    """A long name of a context in several lines, broken where a reform or another number begins, if it can be."""
    parts = re.split(r"(?=@)|(?<=,)|(?<= )", name)
    lines = [""]
    for part in parts:
        if len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(piece for line in lines if line.strip() for piece in wrap(line, width))


def _tops(totals: np.ndarray) -> np.ndarray:
    """Upper ends of bars that stand one below the other with gaps, the first at the top."""
    below = np.concatenate([[0.0], np.cumsum(totals)[:-1]])
    return np.asarray(1 + (len(totals) - 1) * GAP - below - GAP * np.arange(len(totals)))


def _flow(axes: Axes, left: float, right: float, width: float, pattern: str, stays: bool) -> None:
    """One band between the two sides, in the colour of the pattern it comes from; those who move stand out."""
    a, b, middle = EDGE, 1 - EDGE, 0.5
    upper = [(a, left), (middle, left), (middle, right), (b, right)]
    lower = [(b, right - width), (middle, right - width), (middle, left - width), (a, left - width)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    patch = PathPatch(
        Path([*upper, *lower, (a, left)], codes),
        facecolor=PATTERN_COLOURS[pattern],
        hatch="" if stays else PATTERN_HATCHES[pattern],
        edgecolor="none" if stays else "#333333",
        lw=0.6,
        alpha=0.25 if stays else 0.85,
        zorder=1 if stays else 2,
    )
    axes.add_patch(patch)


def differences_figure(differences: pd.DataFrame, first: str, replicates: int) -> Figure:
    """Differences of each later context against the *first*, by pattern, with 95 % intervals (a forest plot)."""
    scenarios = list(dict.fromkeys(differences["scenario"]))
    rows = len(scenarios) * len(PATTERNS)
    figure = Figure(figsize=(9, 1.9 + 0.36 * rows + 0.35 * len(scenarios)))
    height = figure.get_size_inches()[1]
    axes = figure.add_axes((0.27, 1.15 / height, 0.5, 1 - 1.9 / height))
    reach = 1.1 * max(0.02, float(differences[["low", "high"]].abs().to_numpy().max()))
    place, places, labels = 0.0, [], []
    for scenario in scenarios:
        axes.annotate(
            scenario, (-0.5, place), xycoords=("axes fraction", "data"), fontweight="bold", fontsize=9, va="center"
        )
        for row in differences[differences["scenario"] == scenario].itertuples():
            place -= 1.0
            axes.plot([row.low, row.high], [place, place], color="#333333", lw=2, solid_capstyle="butt")
            axes.plot(
                row.difference,
                place,
                PATTERN_MARKERS[row.pattern],
                color=PATTERN_COLOURS[row.pattern],
                mec="#222222",
                ms=9,
            )
            points = f"{100 * row.difference:+.1f}  ({100 * row.low:+.1f} to {100 * row.high:+.1f})"
            axes.annotate(points, (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=9)
            places.append(place)
            labels.append(row.pattern)
        place -= 1.3
    axes.axvline(0, color="#888888", lw=0.9, ls=":")
    axes.set(xlim=(-reach, reach), ylim=(place + 0.7, 0.5), xlabel="difference in the share of dyads, points")
    axes.set_yticks(places, labels)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(lambda x, _: f"{100 * x:+.3g}" if abs(x) > 1e-9 else "0")
    plain(axes)
    axes.spines["left"].set_visible(False)
    title(figure, "The same people, another context: what changes")
    figure.text(0.02, 1 - 0.55 / height, f"compared with {_wrapped(first, 90)}", fontsize=9, va="top", color="#444444")
    caption(
        figure,
        f"{counted(replicates, 'replicate')}, each the same people with the same luck in every context; 95 % "
        "intervals, paired t over replicates; patterns on the last day.",
    )
    return figure


STYLES = ("-", (0, (4, 1.5)))


def two_worlds_by_day(days: pd.DataFrame, reforms: Sequence[int] = ()) -> Figure:
    """Share of the same dyads in each pattern by day in two contexts, with the mornings of *reforms* marked."""
    names = list(dict.fromkeys(days["scenario"]))
    figure = Figure(figsize=(11, 4.4))
    panels = figure.subplots(1, len(PATTERNS), sharey=True)
    figure.subplots_adjust(left=0.07, right=0.98, top=0.74, bottom=0.24, wspace=0.1)
    last = int(days["day"].max())
    for axes, pattern in zip(panels, PATTERNS, strict=True):
        for name, style in zip(names, STYLES, strict=False):
            some = days[days["scenario"] == name]
            colour = "#222222" if style == "-" else "#B34700"
            axes.plot(some["day"], some[pattern], color=colour, ls=style, lw=2)
        here, there = (days.loc[days["scenario"] == name, pattern].to_numpy() for name in (names[0], names[-1]))
        at = days.loc[days["scenario"] == names[0], "day"]
        axes.fill_between(at, here, there, color="#999999", alpha=0.25, lw=0)
        for day in sorted(set(reforms)):
            if day <= last:
                axes.axvline(day, color="#555555", lw=1, ls=":")
                axes.text(day, 1.0, f"reform, day {day}", rotation=90, fontsize=8, va="top", color="#555555")
        axes.set_title(pattern, loc="left")
        axes.set_xlabel("day of the stay")
        day_axis(axes, last)
        share_axis(axes)
        plain(axes)
    panels[0].set_ylabel("share of dyads")
    colours = ("#222222", "#B34700")
    lines = [
        figure.axes[0].plot([], [], color=colour, ls=style, lw=2, label=_wrapped(name, 60))[0]
        for name, style, colour in zip(names, STYLES, colours, strict=False)
    ]
    handles: list[Artist] = [*lines, Patch(facecolor="#999999", alpha=0.25, label="difference")]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.012, 0.925), ncols=3, frameon=False, fontsize=9
    )  # fmt: skip
    title(figure, "The same people with the same luck, day by day")
    caption(
        figure,
        f"{counted(int(days['dyads'].iloc[0]), 'dyad')}, those of the first replicates. By both parties' tone at the "
        "end of each day; at first it is forming, and clients are in crisis.",
    )
    return figure
