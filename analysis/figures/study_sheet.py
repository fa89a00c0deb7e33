"""The study on one page: a small portrait of each of its dyads."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from twoway.analysis.figures.layout import (
    caption,
    day_axis,
    key,
    page,
    pattern_patches,
    plain,
    set_alt_text,
    stretches,
    title,
    widened,
)
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import PARTY, PATTERN_COLOURS
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS, PatternRule, by_day
from twoway.analysis.tables import DYAD, DyadKey
from twoway.simulation.errors import listed

PAGE = 16
"""Dyads on a page: the study's pairs."""
ACROSS = 4


@figure(
    "study-sheet", "Small portraits", "Tone of both parties and pattern over the days, a panel per dyad.", ("days",),
    report=7, gallery=8,
)  # fmt: skip
def study_sheet(days: pd.DataFrame, rule: PatternRule = DEFAULT_RULE) -> Figure:
    """Small multiples of dyads: both parties' tone over the days, and the dyad's pattern on each day below.

    Good tone is drawn upward and bad tone downward, so that a relationship with both (ambivalent) and one with neither
    (indifferent) look as different as they are.

    Parameters
    ----------
    days
        Days of any number of dyads; the first ``PAGE`` of them are drawn.
    rule
        Pattern rule.
    """
    dyad_keys = [DyadKey(*map(int, key)) for key in days[DYAD].drop_duplicates().itertuples(index=False)]
    shown = sorted(dyad_keys)[:PAGE]
    wanted = pd.MultiIndex.from_frame(days[DYAD]).isin(shown)
    days = days[wanted].sort_values("day", kind="stable")
    patterns = by_day(days, rule)
    last = int(days["day"].max())
    top = max(1.4, 1.08 * float(days["positivity"].max()))
    low = max(0.5, 1.08 * float(days["negativity"].max()))
    band = 0.13 * (top + low)
    across = min(ACROSS, len(shown))
    down = math.ceil(len(shown) / across)
    figure = page(12.8, 0.6 + 1.4 * down)
    grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    ticks = [t for t in (-1.0, 0.0, 1.0, 2.0, 3.0) if -low <= t <= top]
    grid[0, 0].set_ylim(-low - 1.3 * band, top)
    grid[0, 0].set_yticks(ticks, [f"{abs(t):g}" for t in ticks])
    day_axis(grid[0, 0], last)
    ends = []
    for axes, who in zip(grid.flat, shown, strict=False):
        ends.append(_portrait(axes, who.rows(days), who.rows(patterns), band, low))
        axes.set_title(f"centre {who.centre}, dyad {who.dyad}: {ends[-1]}", loc="left", fontsize=9, pad=3)
    for axes in grid.flat[len(shown) :]:
        axes.set_axis_off()
    for axes in grid.flat[max(0, len(shown) - across) : len(shown)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("day", fontsize=9, labelpad=1)
    grid[down // 2, 0].set_ylabel("bad ← tone → good", fontsize=8)
    sides = [Line2D([], [], color=colour, ls=dash, lw=2, label=party) for party, (colour, dash) in PARTY.items()]
    handles = [*sides, *pattern_patches(hatched=False)]
    title(figure, f"{counted(len(shown), 'dyad')}, from both sides")
    key(figure, handles)
    of = f"the first {len(shown)} of {counted(len(dyad_keys), 'dyad')}" if len(dyad_keys) > len(shown) else "all dyads"
    caption(
        figure,
        f"Shown: {of}. Good tone upward, bad tone downward, EPA units (1 slightly, 2 quite; bad acts weigh more). "
        f"Band: the dyad's pattern at the end of each day. Title: the pattern on day {last}.",
    )
    counts = [f"{ends.count(name)} {'is' if ends.count(name) == 1 else 'are'} {name}" for name in PATTERNS]
    set_alt_text(
        figure,
        f"Tone of client and keyworker over {counted(last, 'day')} in {counted(len(shown), 'dyad')}: on day {last}, "
        f"{listed(counts)}.",
    )
    return figure


def _portrait(axes: Axes, days: pd.DataFrame, patterns: pd.DataFrame, band: float, low: float) -> str:
    """Draw one dyad; returns its pattern on its last day."""
    axes.autoscale(False)
    for party, (colour, dash) in PARTY.items():
        side = days[days["party"] == party]
        day, tone = widened(side["day"].to_numpy(), side[["positivity", "negativity"]].to_numpy())
        axes.plot(day, tone[:, 0], color=colour, ls=dash, lw=1.4, gid=f"{party} good")
        axes.plot(day, -tone[:, 1], color=colour, ls=dash, lw=1.4, gid=f"{party} bad")
    axes.axhline(0, color="#888888", lw=0.6, zorder=0)
    codes, day = patterns["pattern"].cat.codes.to_numpy(), patterns["day"].to_numpy()
    bands: dict[int, list[tuple[float, float]]] = {}
    for start, length, code in stretches(codes):
        bands.setdefault(code, []).append((float(day[start]) - 0.5, float(length)))
    for code, where in sorted(bands.items()):
        name = PATTERNS[code]
        axes.broken_barh(where, (-low - 1.2 * band, band), facecolor=PATTERN_COLOURS[name], lw=0, gid=name)
    plain(axes)
    axes.tick_params(labelsize=8)
    return PATTERNS[codes[-1]]
