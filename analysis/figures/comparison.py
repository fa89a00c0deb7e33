"""Figures of the same dyads in two contexts: moves between patterns, differences with intervals, and shares by day."""

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

from twoway.analysis.figures.layout import caption, day_axis, key, page, plain, set_alt_text, share_axis, title, widened
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import PATTERN_COLOURS, PATTERN_HATCHES, PATTERN_MARKERS
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.rounding import significant

EDGE, GAP = 0.06, 0.03
"""Width of the bars at either side of the flows, and the gap between patterns, in shares of the panel."""


@figure(
    "who-moves", "Who moves where", "Dyads by their pattern in one context and in another, with the same people and "
    "the same random draws.", ("moves",), gallery=20,
)  # fmt: skip
def moves_figure(moves: pd.DataFrame, first: str) -> Figure:
    """Flows of the same dyads from their pattern in one context to their pattern in the other.

    Parameters
    ----------
    moves
        A row per pair of patterns: scenario (the later one), first, then, dyads, share.
    first
        Name of the first context.
    """
    then = str(moves["scenario"].iloc[0])
    share = moves.pivot(index="first", columns="then", values="share").reindex(index=PATTERNS, columns=PATTERNS)
    flows = share.to_numpy()
    names = [_wrapped(name, 34) for name in (first, then)]
    figure = page(9, 4.2 + 0.17 * max(name.count("\n") for name in names))
    axes = figure.subplots()
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
    set_alt_text(
        figure,
        f"Of {counted(dyads, 'dyad')} with the same people and random draws, {1 - stayed:.0%} are in another pattern "
        f"with {then} than with {first}: conflicted are {flows[2].sum():.0%} with {first}, and "
        f"{flows[:, 2].sum():.0%} with {then}.",
    )
    title(figure, "The same people, another context: who moves where")
    caption(
        figure,
        f"{counted(dyads, 'dyad')}, each with the same people and random draws in both contexts; patterns in the "
        f"interviews. {1 - stayed:.0%} are in another pattern (outlined), {stayed:.0%} in the same (pale).",
    )
    return figure


def _wrapped(name: str, width: int) -> str:
    """A long name of a context in several lines, broken where a policy change or another number begins, if possible."""
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


@figure(
    "differences-between-contexts", "What changes between contexts", "Differences in the share of each pattern, with "
    "intervals.", ("differences",), gallery=21,
)  # fmt: skip
def differences_figure(differences: pd.DataFrame, first: str, replicates: int) -> Figure:
    """Differences of each later context from the first, by pattern, with 95 % intervals (a forest plot).

    Parameters
    ----------
    differences
        A row per later context and pattern: scenario, pattern, difference, low, high (shares of dyads).
    first
        Name of the first context.
    replicates
        Number of replicates that the intervals rest on.
    """
    scenarios = list(dict.fromkeys(differences["scenario"]))
    rows = len(scenarios) * len(PATTERNS)
    headings = [_wrapped(name, 30) for name in scenarios]
    room = [0.55 * (1 + heading.count("\n")) for heading in headings]
    figure = page(9, 0.6 + 0.3 * (rows + sum(room) + 0.5 * len(scenarios)))
    axes = figure.subplots()
    reach = 1.1 * max(0.02, float(differences[["low", "high"]].abs().to_numpy().max()))
    place, places, labels = 0.0, [], []
    for scenario, heading, space in zip(scenarios, headings, room, strict=True):
        place -= space
        axes.annotate(
            heading, (0, place), (-6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            fontweight="bold", fontsize=9, va="bottom", ha="right",
        )  # fmt: skip
        for row in differences[differences["scenario"] == scenario].itertuples():
            place -= 1.0
            axes.plot([row.low, row.high], [place, place], color="#333333", lw=2, solid_capstyle="butt")
            mark, colour = PATTERN_MARKERS[row.pattern], PATTERN_COLOURS[row.pattern]
            axes.plot(row.difference, place, mark, color=colour, mec="#222222", ms=9)
            points = f"{100 * row.difference:+.1f}  ({100 * row.low:+.1f} to {100 * row.high:+.1f})"
            axes.annotate(points, (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=9)
            places.append(place)
            labels.append(row.pattern)
        place -= 0.5
    axes.axvline(0, color="#888888", lw=0.9, ls=":")
    axes.set(xlim=(-reach, reach), ylim=(place, 0.1), xlabel="difference in the share of dyads, points")
    axes.set_yticks(places, labels)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(lambda x, _: significant(100 * x, 3, True))
    plain(axes)
    axes.spines["left"].set_visible(False)
    title(figure, "The same people, another context: what changes")
    key(figure, [Patch(facecolor="none", edgecolor="none", label=f"compared with {_wrapped(first, 90)}")])
    largest = differences.iloc[int(differences["difference"].abs().argmax())]
    set_alt_text(
        figure,
        f"Differences from {first} in the share of each pattern over {counted(replicates, 'replicate')}; the largest "
        f"is {100 * largest['difference']:+.1f} points of {largest['pattern']} ({100 * largest['low']:+.1f} to "
        f"{100 * largest['high']:+.1f}) with {largest['scenario']}.",
    )
    caption(
        figure,
        f"{counted(replicates, 'replicate')}, each the same people with common random numbers in every context; 95 % "
        "intervals, paired t over replicates; patterns in the interviews.",
    )
    return figure


STYLES = ("-", (0, (4, 1.5)))
"""Dashes of the first and the later context."""


@figure(
    "both-by-day", "Two contexts day by day", "Share of the same dyads in each pattern by day, in two contexts.",
    ("days_of_both",), gallery=22,
)  # fmt: skip
def two_contexts_by_day(days_of_both: pd.DataFrame, policy_changes: Sequence[int] = ()) -> Figure:
    """Share of the same dyads in each pattern by day, in two contexts.

    Parameters
    ----------
    days_of_both
        A row per context and day: scenario, day, dyads, and the share in each pattern.
    policy_changes
        Days on whose mornings a policy changes, to be marked.
    """
    days = days_of_both
    names = list(dict.fromkeys(days["scenario"]))
    figure = page(11, 3.4)
    panels = figure.subplots(1, len(PATTERNS), sharey=True)
    last = int(days["day"].max())
    for axes, pattern in zip(panels, PATTERNS, strict=True):
        for name, style in zip(names, STYLES, strict=False):
            some = days[days["scenario"] == name]
            colour = "#222222" if style == "-" else "#B34700"
            axes.plot(*widened(some["day"].to_numpy(), some[pattern].to_numpy()), color=colour, ls=style, lw=2)
        here, there = (days.loc[days["scenario"] == name, pattern].to_numpy() for name in (names[0], names[-1]))
        at = days.loc[days["scenario"] == names[0], "day"]
        axes.fill_between(at, here, there, color="#999999", alpha=0.25, lw=0)
        marked = sorted(day for day in set(policy_changes) if day <= last)
        for number, day in enumerate(marked):
            axes.axvline(day, color="#555555", lw=1, ls=":")
            near = sum(day - other < 0.06 * last for other in marked[:number])
            axes.text(
                day, 1 - 0.45 * near, f"policy change, day {day}", rotation=90, fontsize=7, va="top",
                color="#555555",
            )  # fmt: skip
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
    title(figure, "The same people with the same random draws, day by day")
    key(figure, handles)
    ends = [days[days["scenario"] == name].iloc[-1][PATTERNS[2]] for name in (names[0], names[-1])]
    set_alt_text(
        figure,
        f"Share of the dyads in each pattern by day, with {names[0]} and with {names[-1]}: on day {last} "
        f"{ends[0]:.0%} and {ends[1]:.0%} are {PATTERNS[2]}.",
    )
    caption(
        figure,
        f"{counted(int(days['dyads'].iloc[0]), 'dyad')}, those of the first replicates. By both parties' tone at the "
        "end of each day; at first it is forming, and clients are in crisis.",
    )
    return figure
