"""Figures of single dyads, from both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis.figures.drawing import PARTY, caption, day_axis, frame_colours, plain, share_axis, title
from analysis.patterns import with_patterns
from simulation.records import SHARE_OF


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
    fills = frame_colours(len(names))
    top = max(1.5, float(days[["positivity", "negativity"]].to_numpy().max()) * 1.08)
    for column, party in enumerate(("client", "keyworker")):
        colour, dash = PARTY[party]
        side = days[days["party"] == party]
        upper, lower = grid[0, column], grid[1, column]
        upper.stackplot(side["day"], side[shares_of].to_numpy().T, colors=fills, edgecolor="white", lw=0.3)
        upper.set_title(f"The {party} takes the relationship to be", color=colour, loc="left", fontweight="bold")
        share_axis(upper)
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
            plain(axes)
            day_axis(axes, side["day"].max())
    grid[1, 0].set_ylabel("tone (1 slightly, 2 quite)")
    grid[0, 0].set_ylabel("weight of each frame")
    colours = [Patch(facecolor=c, edgecolor="#666666", lw=0.4) for c in fills]
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
    title(figure, f"One stay, two views: dyad {number}, {row['pattern']} in the end")
    caption(
        figure,
        f"Dyad {number} of centre {centre}, replicate {replicate}; {int(row['exchanges'])} exchanges, "
        f"{int(row['repairs'])} of {int(row['talks'])} repair talks succeeded; keyworker changed {int(row['changes'])} "
        f"time{'s' * (int(row['changes']) != 1)}. "
        "Tone in EPA units; bad acts weigh more than good ones.",
    )
    return figure
