"""Ruptures and repairs: when the tone of a party fell, how far, and whether it was regained."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from twoway.analysis.figures.layout import caption, day_axis, key, page, plain, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK, PARTY
from twoway.analysis.measures.panel import panel
from twoway.analysis.measures.ruptures import find_ruptures
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.tables import DYAD
from twoway.simulation.errors import listed

ROWS = 16
"""Dyads that one page can show; where there are more, those with the most ruptures are shown."""


def rupture_timeline(ruptures: pd.DataFrame, last: int, dyads: int | None = None) -> Figure:
    """Falls of each party's net tone, and whether it was regained: two lines per dyad, the client's above.

    Of many dyads, those with the most ruptures are shown, ``ROWS`` of them.

    Parameters
    ----------
    ruptures
        A row per rupture with the columns

        - ``replicate``, ``centre``, ``dyad``; ``party``: "client" or "keyworker", the one whose tone fell;
        - ``start``, ``bottom``: days on which the fall began and was deepest; ``depth``: of the fall, EPA units;
        - ``repaired``: whether the tone was regained in time; ``regained``: that day (missing where it was not).
    last
        Last day of the stay.
    dyads
        Number of dyads that were examined, those without any rupture included; by default those in the table.
    """
    row_keys = pd.MultiIndex.from_frame(ruptures[DYAD])
    times = ruptures.groupby(DYAD).size().sort_values(ascending=False, kind="stable")
    seen, shown = len(times), sorted(times.index[:ROWS])
    place = {dyad: len(shown) - 1 - number for number, dyad in enumerate(shown)}
    figure = page(12.8, max(2.0, 0.6 + 0.36 * len(shown)))
    axes = figure.subplots()
    for dyad, row in place.items():
        axes.axhspan(row - 0.45, row + 0.45, color="#F2F2F2" if row % 2 else "white", lw=0, zorder=0)
        mine = ruptures[row_keys == dyad]
        repaired = int(mine["repaired"].sum())
        axes.annotate(
            f"{repaired} of {len(mine)} repaired", (1.01, row), xycoords=("axes fraction", "data"), va="center",
            fontsize=9, annotation_clip=False,
        )  # fmt: skip
    for fall, dyad in zip(ruptures.itertuples(), row_keys, strict=True):
        if dyad in place:
            level = place[dyad] + (0.2 if fall.party == "client" else -0.2)
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
    title(figure, "Ruptures and repairs")
    key(figure, _handles())
    total, repaired = len(ruptures), int(ruptures["repaired"].sum())
    looked = seen if dyads is None else dyads
    part = f" Shown: the {len(shown)} dyads with the most." if len(shown) < seen else ""
    caption(
        figure,
        f"{counted(total, 'rupture')} in {seen} of {counted(looked, 'dyad')}, {repaired} of them repaired.{part} "
        "Upper line of each dyad: client; lower: keyworker. The larger the triangle, the deeper the fall.",
    )
    sides = [f"{int((ruptures['party'] == party).sum())} of {party}s" for party in PARTY]
    set_alt_text(
        figure,
        f"In {counted(last, 'day')} there are {counted(total, 'rupture')} ({listed(sides)}) in {seen} of "
        f"{counted(looked, 'dyad')}; {repaired} of them were repaired.",
    )
    return figure


def _handles() -> list[Line2D]:
    """Handles of the key to the marks."""
    return [
        Line2D([], [], color=PARTY["client"][0], lw=5, label="client's tone falls"),
        Line2D([], [], color=PARTY["keyworker"][0], lw=5, label="keyworker's tone falls"),
        Line2D([], [], color="none", marker="v", ms=8, mfc="#666666", mec=INK, label="deepest"),
        Line2D([], [], color="#666666", ls=":", marker="o", mfc="white", mec="#666666", label="regained"),
    ]


@figure(
    "ruptures-and-repairs", "Ruptures and repairs", "Falls of each party's tone, and whether it was regained.",
    ("days",), report=9, gallery=10,
)  # fmt: skip
def ruptures_of_a_run(days: pd.DataFrame) -> Figure:
    """The timeline of all ruptures in the *days* of any number of dyads."""
    found = find_ruptures(panel(days))
    found = found.assign(repaired=found["repaired"].fillna(False).astype(bool))
    return rupture_timeline(found, int(days["day"].max()), len(days[DYAD].drop_duplicates()))
