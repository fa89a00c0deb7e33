"""Figures: a table in, a matplotlib ``Figure`` out. Nothing is read, saved or simulated here.

Colours are told apart by colour-blind readers and in greyscale; what a number rests on stands below the figure.
"""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from analysis.patterns import PATTERNS, THRESHOLDS, Thresholds, by_day, interval_kind, shares, with_patterns

CLIENT, KEYWORKER = "#0072B2", "#B34700"
PARTY = {"client": (CLIENT, "-"), "keyworker": (KEYWORKER, (0, (5, 1.5)))}
PATTERN_COLOURS = dict(zip(PATTERNS, ("#56B4E9", "#D9D9D9", "#7A1F1F"), strict=True))
PATTERN_HATCHES = dict(zip(PATTERNS, ("", "..", "//"), strict=True))
PATTERN_MARKERS = dict(zip(PATTERNS, ("o", "s", "^"), strict=True))
FRAME_COLOURS = ("#2166AC", "#67A9CF", "#D9D9D9", "#FDDBC7", "#EF8A62", "#8C1D13", "#4D4D4D", "#999999")
SCOPE = "Made-up people in a model; no forecast about anyone."
SHARE_OF = "share_of_"
MANY = 2000
"""Dyads beyond which single points in an SVG are drawn as one picture, or the file grows to tens of megabytes."""


def _caption(figure: Figure, text: str) -> None:
    """What the figure rests on, below it."""
    width = int(figure.get_size_inches()[0] * 15)
    lines = textwrap.wrap(f"{text} {SCOPE}", width, break_on_hyphens=False)
    figure.text(0.02, 0.02, "\n".join(lines), fontsize=8, color="#444444", ha="left", va="bottom")


def _title(figure: Figure, text: str) -> None:
    figure.text(0.02, 0.97, text, fontsize=13, ha="left", va="top")


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _day_axis(axes: Axes, last: int) -> None:
    axes.set_xlim(1, max(2, last))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _share_axis(axes: Axes) -> None:
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"])


def _clearest_dyad(dyads: pd.DataFrame) -> tuple[int, int, int]:
    """The dyad of the first replicate whose client came farthest from the first definition, as an example to tell."""
    first = dyads[dyads["replicate"] == dyads["replicate"].min()]
    kinds = ("personal", "formal", "adversarial")
    moved = sum((first[f"client_{k}"] - first[f"client_{k}_first"]).abs() for k in kinds)
    row = first.loc[moved.idxmax()]
    return int(row["replicate"]), int(row["centre"]), int(row["dyad"])


MARKS = {
    "talk_repaired": ("P", "repair talk succeeded"),
    "talk_failed": ("X", "repair talk failed"),
    "new_keyworker": ("D", "new keyworker"),
}


def dyad_story(tables: Any, dyad: tuple[int, int, int] | None = None) -> Figure:
    """One dyad's stay from both sides: what each takes the relationship to be, tone, and what happened between them.

    *tables* has ``events``, ``days`` and ``dyads``; *dyad* is (replicate, centre, dyad), by default one that moved.
    """
    replicate, centre, number = _clearest_dyad(tables.dyads) if dyad is None else dyad

    def mine(table: pd.DataFrame) -> pd.DataFrame:
        keys = {"replicate": replicate, "centre": centre, "dyad": number}
        return table[np.logical_and.reduce([table[key] == value for key, value in keys.items()])]

    days, events, row = mine(tables.days), mine(tables.events), mine(with_patterns(tables.dyads)).iloc[0]
    figure = Figure(figsize=(11, 6.6))
    grid = figure.subplots(2, 2, sharex=True, sharey="row", height_ratios=(1.25, 1))
    figure.subplots_adjust(left=0.08, right=0.87, top=0.86, bottom=0.15, wspace=0.27, hspace=0.2)
    shares_of = [c for c in days.columns if c.startswith(SHARE_OF)]
    names = [c.removeprefix(SHARE_OF) for c in shares_of]
    top = max(1.5, float(days[["positivity", "negativity"]].to_numpy().max()) * 1.08)
    for column, party in enumerate(("client", "keyworker")):
        colour, dash = PARTY[party]
        side = days[days["party"] == party]
        upper, lower = grid[0, column], grid[1, column]
        upper.stackplot(side["day"], side[shares_of].to_numpy().T, colors=FRAME_COLOURS, edgecolor="white", lw=0.3)
        upper.set_title(f"The {party} takes the relationship to be", color=colour, loc="left", fontweight="bold")
        _share_axis(upper)
        lower.plot(side["day"], side["positivity"], color=colour, ls=dash, lw=2)
        lower.fill_between(side["day"], side["negativity"], color="#7A1F1F", alpha=0.25, hatch="//", lw=0)
        lower.plot(side["day"], side["negativity"], color="#7A1F1F", lw=1.2)
        lower.set_ylim(0, top)
        lower.set_title(f"How the {'keyworker' if party == 'client' else 'client'} feels to the {party}", loc="left")
        lower.set_xlabel("day of the stay")
        for name, value in (("good", side["positivity"].iloc[-1]), ("bad", side["negativity"].iloc[-1])):
            lower.annotate(name, (1.01, value), xycoords=("axes fraction", "data"), va="center", fontsize=8)
        for event, (marker, _) in MARKS.items():
            when = events.loc[events["event"] == event, "day"]
            lower.plot(when, np.full(len(when), top * 0.94), marker, color="#222222", ms=5, ls="none", clip_on=False)
        for axes in (upper, lower):
            _plain(axes)
            _day_axis(axes, side["day"].max())
    grid[1, 0].set_ylabel("tone (1 slightly, 2 quite)")
    grid[0, 0].set_ylabel("weight of each frame")
    colours = [Patch(facecolor=c, edgecolor="#666666", lw=0.4) for c, _ in zip(FRAME_COLOURS, names, strict=False)]
    grid[0, 1].legend(
        colours[::-1], names[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8
    )
    shown = [mark for event, mark in MARKS.items() if (events["event"] == event).any()]
    if shown:
        handles = [
            grid[1, 0].plot([], [], marker, color="#222222", ms=5, ls="none", label=label)[0] for marker, label in shown
        ]
        figure.legend(
            handles=handles, loc="upper right", bbox_to_anchor=(0.99, 0.985), ncols=3, frameon=False, fontsize=8
        )
    _title(figure, f"One stay, two views: dyad {number}, {row['pattern']} in the end")
    _caption(
        figure,
        f"Dyad {number} of centre {centre}, replicate {replicate}; {int(row['exchanges'])} exchanges, "
        f"{int(row['repairs'])} of {int(row['talks'])} repair talks succeeded; keyworker changed {int(row['changes'])} "
        f"time{'s' * (int(row['changes']) != 1)}. "
        "Tone in EPA units; bad acts weigh more than good ones.",
    )
    return figure


def patterns_by_day(days: pd.DataFrame, thresholds: Thresholds = THRESHOLDS) -> Figure:
    """Share of dyads in each pattern at the end of each day, stacked."""
    table = by_day(days, thresholds)
    share = pd.crosstab(table["day"], table["pattern"], normalize="index").reindex(columns=list(PATTERNS), fill_value=0)
    dyads = len(table) // table["day"].nunique()
    figure = Figure(figsize=(9, 4.6))
    axes = figure.subplots()
    figure.subplots_adjust(left=0.1, right=0.76, top=0.89, bottom=0.19)
    areas = axes.stackplot(
        share.index, share.to_numpy().T, colors=[PATTERN_COLOURS[p] for p in PATTERNS], edgecolor="white"
    )
    for area, name in zip(areas, PATTERNS, strict=True):
        area.set_hatch(PATTERN_HATCHES[name])
    bottom = 0.0
    for name in PATTERNS:
        last = float(share[name].iloc[-1])
        if last > 0:
            axes.annotate(
                f"{name}\n{last:.0%}", (1.01, bottom + last / 2), xycoords=("axes fraction", "data"), va="center"
            )
        bottom += last
    axes.set(xlabel="day of the stay", ylabel="share of dyads")
    _day_axis(axes, share.index.max())
    _share_axis(axes)
    _plain(axes)
    _title(figure, "Which pattern the dyads are in, day by day")
    _caption(
        figure,
        f"{_count(dyads, 'dyad')}. By both parties' tone at the end of each day; at first it is forming, and clients "
        "are in crisis.",
    )
    return figure


def where_dyads_end(dyads: pd.DataFrame, thresholds: Thresholds = THRESHOLDS) -> Figure:
    """Where the dyads end: both parties' good and bad tone with the patterns, and each share with its interval."""
    table = with_patterns(dyads, thresholds)
    figure = Figure(figsize=(12, 4.8))
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1, 0.9))
    figure.subplots_adjust(left=0.06, right=0.97, top=0.82, bottom=0.21, wspace=0.2)
    top = {
        tone: 1.08 * max(table[f"client_{tone}"].max(), table[f"keyworker_{tone}"].max(), floor)
        for tone, floor in (("positivity", 1.4), ("negativity", 0.5))
    }
    size = 36 if len(table) <= 200 else 9
    for axes, party in ((left, "client"), (middle, "keyworker")):
        for name in PATTERNS:
            some = table[table["pattern"] == name]
            axes.scatter(
                some[f"{party}_positivity"],
                some[f"{party}_negativity"],
                s=size,
                marker=PATTERN_MARKERS[name],
                facecolor=PATTERN_COLOURS[name],
                edgecolor="#333333",
                lw=0.5,
                alpha=0.9,
                rasterized=len(table) > MANY,
            )
        axes.axvline(thresholds.positivity, color="#888888", lw=0.8, ls=":")
        axes.axhline(thresholds.negativity, color="#888888", lw=0.8, ls=":")
        axes.set(xlim=(0, top["positivity"]), ylim=(-0.02, top["negativity"]))
        axes.set_xlabel("good tone (EPA units)")
        axes.set_title(f"The {party}'s view", color=PARTY[party][0], loc="left", fontweight="bold")
        _plain(axes)
    left.set_ylabel("bad tone (EPA units, weighted)")
    summary = shares(table)
    places = np.arange(len(PATTERNS))[::-1]
    right.barh(
        places,
        summary["share"],
        color=[PATTERN_COLOURS[p] for p in PATTERNS],
        hatch=[PATTERN_HATCHES[p] for p in PATTERNS],
        edgecolor="#333333",
        lw=0.6,
        height=0.5,
    )
    low, high = summary["share"] - summary["low"], summary["high"] - summary["share"]
    right.errorbar(summary["share"], places, xerr=[low, high], fmt="none", ecolor="#222222", capsize=3, lw=1.2)
    for place, (name, row) in zip(places, summary.iterrows(), strict=True):
        right.text(0.0, place + 0.29, f"{name}: {row['dyads']:.0f} ({row['share']:.0%})", fontsize=10, va="bottom")
    right.set(xlim=(0, 1), ylim=(-0.5, 2.6), yticks=[], xlabel="share of dyads")
    right.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    _plain(right)
    right.spines["left"].set_visible(False)
    handles = [
        Patch(facecolor=PATTERN_COLOURS[p], edgecolor="#333333", hatch=PATTERN_HATCHES[p], label=p) for p in PATTERNS
    ]
    for handle, name in zip(handles, PATTERNS, strict=True):
        handle.set_label(f"{name} ({['circle', 'square', 'triangle'][PATTERNS.index(name)]})")
    figure.legend(handles=handles, loc="upper right", bbox_to_anchor=(0.985, 0.99), ncols=3, frameon=False, fontsize=9)
    _title(figure, "Where the dyads end")
    units = table.groupby(["replicate", "centre"]).ngroups
    whole = f"{_count(len(table), 'dyad')} of {_count(units, 'centre')}"
    _caption(
        figure,
        f"{whole}, last day. Dotted: the rule's thresholds; a dyad is conflicted if either party is, friendly if both "
        f"trust. Bars with 95 % intervals ({interval_kind(table)}).",
    )
    return figure
