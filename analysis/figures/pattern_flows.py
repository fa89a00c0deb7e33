"""Flows between patterns: how many dyads go from which pattern to which between some days of their stay."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from twoway.analysis.figures.layout import caption, key, page, pattern_patches, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import PATTERN_COLOURS, PATTERN_HATCHES, ink_on
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS, PatternRule, by_day
from twoway.analysis.tables import DYAD
from twoway.simulation.errors import listed

PARTS = (1 / 6, 1 / 3, 1 / 2, 1)
"""Parts of the stay after which the patterns are compared unless other days are asked for."""
WIDE = 0.11
"""Half the width of a bar; the bars stand 1 apart."""
GAP = 0.03
"""Empty space between the patterns of a bar, as a share of all dyads."""
READABLE = 0.045
"""Share of all dyads below which a count has no room to be written."""


@figure(
    "from-pattern-to-pattern", "From pattern to pattern", "Number of dyads that move from one pattern to another "
    "between four days of the stay.", ("days",), run=4, report=4, gallery=4,
)  # fmt: skip
def pattern_flows(days: pd.DataFrame, at: Sequence[int] | None = None, rule: PatternRule = DEFAULT_RULE) -> Figure:
    """Number of dyads in each pattern on some days, and of those that move between patterns from day to day.

    A bar per day and a ribbon per move, in the colour of the pattern it comes from; both are as high as the number of
    dyads.

    Parameters
    ----------
    days
        Days of any number of dyads.
    at
        Days to compare, by default after a sixth, a third and half of the stay, and its last day. A day after the end
        of the stay becomes its last day.
    rule
        Pattern rule.
    """
    last = int(days["day"].max())
    at = [max(1, round(last * part)) for part in PARTS] if at is None else at
    when = sorted({min(day, last) for day in at})
    table = by_day(days[days["day"].isin(when)], rule)
    code = table.assign(code=table["pattern"].cat.codes).pivot(index=DYAD, columns="day", values="code")
    dyads = len(code)
    figure = page(12.8, 5.2)
    axes = figure.subplots()
    axes.set(xlim=(-0.25, max(len(when) - 1, 1) + 0.25), ylim=(-0.01, 1 + 2 * GAP + 0.01), yticks=[])
    axes.set_xticks(range(len(when)), [f"day {day}" for day in when], fontsize=12)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for place, day in enumerate(when):
        _bar(axes, place, np.bincount(code[day], minlength=len(PATTERNS)), dyads)
    moves = []
    for place, (early, late) in enumerate(pairwise(when)):
        count = pd.crosstab(code[early], code[late]).reindex(index=CODES, columns=CODES, fill_value=0).to_numpy()
        _ribbons(axes, place, count, dyads)
        moves.append(f"{dyads - int(np.trace(count))} between days {early} and {late}")
    title(figure, "From pattern to pattern")
    key(figure, pattern_patches())
    changed = f" Another pattern than before: {listed(moves)}." if moves else ""
    caption(
        figure,
        f"{counted(dyads, 'dyad')}; numbers are dyads (counts below {READABLE:.1%} of them are not written on ribbons)."
        f"{changed} Ribbons have the colour of the pattern they come from.",
    )
    ends = np.bincount(code[when[-1]], minlength=len(PATTERNS))
    known = listed([f"{count} are {name}" for count, name in zip(ends, PATTERNS, strict=True)])
    set_alt_text(
        figure,
        f"Of {counted(dyads, 'dyad')}, {known} on day {when[-1]}"
        + (f"; in another pattern than before are {listed(moves)}." if moves else "."),
    )
    return figure


CODES = range(len(PATTERNS))


def _bottoms(counts: NDArray[np.int64], dyads: int) -> NDArray[np.float64]:
    """Where each pattern's part of a bar begins, with gaps between them."""
    return np.append(0.0, np.cumsum(counts)[:-1]) / dyads + GAP * np.arange(len(counts))


def _bar(axes: Axes, place: int, counts: NDArray[np.int64], dyads: int) -> None:
    """One day's dyads by pattern, stacked."""
    for name, bottom, count in zip(PATTERNS, _bottoms(counts, dyads), counts, strict=True):
        if count:
            colour = PATTERN_COLOURS[name]
            axes.add_patch(
                Rectangle(
                    (place - WIDE, bottom), 2 * WIDE, count / dyads, facecolor=colour, edgecolor="#333333", lw=0.8,
                    hatch=PATTERN_HATCHES[name], zorder=3, gid="bar",
                )
            )  # fmt: skip
            axes.text(
                place, bottom + count / dyads / 2, f"{count}\n({count / dyads:.0%})" if count / dyads > 0.08
                else f"{count}", ha="center", va="center", fontsize=11, color=ink_on(colour), zorder=4, weight="bold",
                bbox={"boxstyle": "round,pad=0.15", "fc": colour, "ec": "none"},
            )  # fmt: skip


def _ribbons(axes: Axes, place: int, count: NDArray[np.int64], dyads: int) -> None:
    """The moves from one bar to the next; *count* [from, to]."""
    leave, arrive = _bottoms(count.sum(axis=1), dyads), _bottoms(count.sum(axis=0), dyads)
    left, right = place + WIDE, place + 1 - WIDE
    middle = (left + right) / 2
    for origin in CODES:
        for goal in CODES:
            height = count[origin, goal] / dyads
            if height == 0:
                continue
            a, b = leave[origin], arrive[goal]
            leave[origin] += height
            arrive[goal] += height
            corners = [
                (left, a), (middle, a), (middle, b), (right, b),
                (right, b + height), (middle, b + height), (middle, a + height), (left, a + height), (left, a),
            ]  # fmt: skip
            curve = [Path.CURVE4] * 3
            shape = Path(corners, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
            colour = PATTERN_COLOURS[PATTERNS[origin]]
            axes.add_patch(
                PathPatch(
                    shape, facecolor=colour, alpha=0.6, edgecolor="#8A8A8A", lw=0.6, zorder=1, gid="ribbon",
                    hatch=PATTERN_HATCHES[PATTERNS[origin]],
                )
            )  # fmt: skip
            if height >= READABLE:
                near = 0.12  # numbers stand where ribbons leave: there they do not cross
                axes.text(
                    left + near, a + height / 2 + (b - a) * _eased(near / (right - left)), str(count[origin, goal]),
                    ha="center", va="center", fontsize=10, zorder=2, gid="move",
                    bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.85},
                )  # fmt: skip


def _eased(along: float) -> float:
    """How far up a ribbon is on its way, at a share of its width: the cubic curve that ``_ribbons`` draws."""
    t = np.linspace(0, 1, 101)
    return float(np.interp(along, 1.5 * t - 1.5 * t**2 + t**3, 3 * t**2 - 2 * t**3))
