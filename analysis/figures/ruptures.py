"""Ruptures and repairs: when the tone of a party fell, how far, and whether it was regained."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from twoway.analysis.figures.style import INK, PARTY, caption, day_axis, plain, say, title
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.tables import DYAD
from twoway.simulation.errors import listed

ROWS = 16
"""Dyads that one page can show; where there are more, those with the most ruptures are shown."""


def rupture_timeline(ruptures: pd.DataFrame, last: int, dyads: int | None = None, most: int = ROWS) -> Figure:
    """When each party's net tone fell and whether it was regained: two lines per dyad, the client's above.

    *ruptures* has one row per rupture with the columns

    - ``replicate``, ``centre``, ``dyad``: whose it is; ``party``: "client" or "keyworker", whose tone fell;
    - ``start``, ``bottom``: days on which the fall began and was deepest; ``depth``: how far it fell, EPA units;
    - ``repaired``: whether the tone was regained in time; ``regained``: the day it was (missing where it was not).

    *last* is the last day of the stay; *dyads* how many dyads were looked at, those without any rupture included
    (by default those in the table). The *most* dyads with the most ruptures are shown, in the order of their keys.
    """
    keys = pd.MultiIndex.from_frame(ruptures[DYAD])
    times = ruptures.groupby(DYAD).size().sort_values(ascending=False, kind="stable")
    seen, shown = len(times), sorted(times.index[:most])
    place = {key: len(shown) - 1 - number for number, key in enumerate(shown)}
    figure = Figure(figsize=(12.8, max(3.6, 2.4 + 0.36 * len(shown))))
    height = figure.get_size_inches()[1]
    axes = figure.subplots()
    figure.subplots_adjust(left=0.17, right=0.85, top=1 - 0.95 / height, bottom=1.15 / height)
    for key, row in place.items():
        axes.axhspan(row - 0.45, row + 0.45, color="#F2F2F2" if row % 2 else "white", lw=0, zorder=0)
        mine = ruptures[keys == key]
        repaired = int(mine["repaired"].sum())
        axes.annotate(
            f"{repaired} of {len(mine)} repaired", (1.01, row), xycoords=("axes fraction", "data"), va="center",
            fontsize=9, annotation_clip=False,
        )  # fmt: skip
    for fall, key in zip(ruptures.itertuples(), keys, strict=True):
        if key in place:
            level = place[key] + (0.2 if fall.party == "client" else -0.2)
            colour = PARTY[fall.party][0]
            axes.plot([fall.start, fall.bottom], [level, level], color=colour, lw=5, solid_capstyle="butt", gid="fall")
            size = 5 + 4 * min(1.0, float(fall.depth))
            axes.plot(fall.bottom, level, "v", ms=size, mfc=colour, mec=INK, mew=0.6, zorder=3, gid="bottom")
            if fall.repaired:
                axes.plot([fall.bottom, fall.regained], [level, level], color=colour, lw=1.4, ls=":", gid="regain")
                axes.plot(fall.regained, level, "o", ms=6, mfc="white", mec=colour, mew=1.5, zorder=3, gid="regained")
    many = ruptures["replicate"].nunique() > 1
    names = [f"{f'replicate {r}, ' if many else ''}centre {c}, dyad {d}" for r, c, d in shown]
    axes.set_yticks(list(place.values()), names, fontsize=9)
    axes.set_ylim(-0.6, max(len(shown), 1) - 0.4)
    axes.tick_params(axis="y", length=0)
    day_axis(axes, last)
    axes.set_xlabel("day of the stay")
    plain(axes)
    axes.spines["left"].set_visible(False)
    if not shown:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "no rupture", transform=axes.transAxes, ha="center", va="center", fontsize=12)
    _legend(figure)
    title(figure, "Ruptures and repairs")
    total, repaired = len(ruptures), int(ruptures["repaired"].sum())
    looked = seen if dyads is None else dyads
    part = f" Shown: the {len(shown)} dyads with the most." if len(shown) < seen else ""
    caption(
        figure,
        f"{counted(total, 'rupture')} in {seen} of {counted(looked, 'dyad')}, {repaired} of them repaired.{part} "
        "Upper line of each dyad: client; lower: keyworker. The larger the triangle, the deeper the fall.",
    )
    sides = [f"{int((ruptures['party'] == party).sum())} of {party}s" for party in PARTY]
    say(
        figure,
        f"In {counted(last, 'day')} there are {counted(total, 'rupture')} ({listed(sides)}) in {seen} of "
        f"{counted(looked, 'dyad')}; {repaired} of them were repaired.",
    )
    return figure


def _legend(figure: Figure) -> None:
    """What the marks mean."""
    handles = [
        Line2D([], [], color=PARTY["client"][0], lw=5, label="client's tone falls"),
        Line2D([], [], color=PARTY["keyworker"][0], lw=5, label="keyworker's tone falls"),
        Line2D([], [], color="none", marker="v", ms=8, mfc="#666666", mec=INK, label="deepest"),
        Line2D([], [], color="#666666", ls=":", marker="o", mfc="white", mec="#666666", label="regained"),
    ]
    figure.legend(handles=handles, loc="upper right", bbox_to_anchor=(0.99, 0.995), ncols=4, frameon=False, fontsize=9)
