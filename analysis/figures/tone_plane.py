"""The plane of good and bad tone: where each party's own class begins, and where the dyads are on a day."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from twoway.analysis.figures.layout import caption, key, page, pattern_points, plain, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK, PARTY, PATTERN_COLOURS, PATTERN_MARKERS
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import CLASSES, DEFAULT_RULE, PATTERNS, PatternRule, Thresholds, by_day, party_class
from twoway.analysis.tables import DYAD
from twoway.simulation.errors import InputError, listed

FEW = 40
"""Dyads up to which a line shows each dyad's last days."""
CROWDED = 400
"""Dyads from which on a density and the median of each pattern take the place of single points."""
CELLS = 45
"""Cells of the density from left to right."""


@figure(
    "tone-plane", "Good and bad tone", "Good and bad tone of both parties at the end of a day, with the classes' "
    "regions.", ("days", "day"), report=2, gallery=6,
)  # fmt: skip
def tone_plane(days: pd.DataFrame, day: int | None = None, rule: PatternRule = DEFAULT_RULE, back: int = 14) -> Figure:
    """Good and bad tone of both parties at the end of a day, by the dyad's pattern.

    The thresholds divide the plane into the three classes of a party, with their counts. Up to ``FEW`` dyads have a
    line through their last days; from ``CROWDED`` dyads on, a density and the median of each pattern take the place of
    points.

    Parameters
    ----------
    days
        Days of any number of dyads.
    day
        Day to draw; by default the last.
    rule
        Pattern rule.
    back
        Days before *day* that the lines show.

    Raises
    ------
    InputError
        If the table does not hold the day.
    """
    last = int(days["day"].max())
    day = last if day is None else day
    now = days[days["day"] == day]
    if now.empty:
        raise InputError(f"day = {day!r}; the table holds days {int(days['day'].min())} to {last}")
    patterns = by_day(now, rule).set_index(DYAD)["pattern"]
    path = days[(days["day"] <= day) & (days["day"] >= day - back)] if len(patterns) <= FEW else now
    tops = {name: 1.08 * max(float(path[name].max()), floor) for name, floor in FLOORS.items()}
    figure = page(12.8, 5)
    panels = figure.subplots(1, 2, sharey=True)
    parts, crowded = [], len(patterns) >= CROWDED
    for axes, party in zip(panels, PARTY, strict=True):
        mine = now[now["party"] == party].set_index(DYAD)
        _regions(axes, rule.thresholds, tops)
        if len(patterns) <= FEW:
            for _, way in path[path["party"] == party].groupby(DYAD):
                axes.plot(way["positivity"], way["negativity"], color="#777777", lw=0.8, alpha=0.7, zorder=1)
        _points(axes, mine, patterns.loc[mine.index], tops)
        own = party_class(mine["positivity"], mine["negativity"], rule).value_counts()
        _named_regions(axes, own, rule.thresholds, tops)
        parts.append(f"of the {party}s {listed([f'{own[name]} {name}' for name in CLASSES])}")
        axes.set_title(f"The {party}'s view", color=PARTY[party][0], loc="left", weight="bold")
        axes.set_xlabel("good tone (EPA units: 1 slightly, 2 quite)")
        plain(axes)
    panels[0].set_ylabel("bad tone (EPA units, weighted)")
    title(figure, f"Good and bad tone on day {day}")
    key(figure, pattern_points(), "Pattern of the dyad" + (" (median; grey: density)" if crowded else ""))
    tail = f" Lines: the {back} days before." if len(patterns) <= FEW and len(path) > len(now) else ""
    caption(
        figure,
        f"{counted(len(patterns), 'dyad')}, end of day {day}.{tail} Dotted: thresholds of the rule "
        f"(good {rule.thresholds.positivity:g}, bad {rule.thresholds.negativity:g}); counts: each party's own class. "
        "A dyad is conflicted if either party is, friendly if both trust.",
    )
    counts = patterns.value_counts()
    dyads = listed([f"{counts[name]} {name}" for name in PATTERNS])
    set_alt_text(
        figure,
        f"Good against bad tone of both parties of {counted(len(patterns), 'dyad')} on day {day}; by own "
        f"tone {', '.join(parts)}; of the dyads {dyads}.",
    )
    return figure


FLOORS = {"positivity": 1.4, "negativity": 0.5}
"""The axes reach at least so far, EPA units: the thresholds are always seen."""


def _points(axes: Axes, mine: pd.DataFrame, patterns: pd.Series, tops: dict[str, float]) -> None:
    """A point for each dyad, or, where there are many, a density and the median of each pattern."""
    size = 80 if len(mine) <= FEW else 22
    if len(mine) >= CROWDED:
        axes.hexbin(
            mine["positivity"], mine["negativity"], gridsize=CELLS, mincnt=1, bins="log", cmap="Greys", vmin=0.5,
            extent=(0, tops["positivity"], 0, tops["negativity"]), linewidths=0.1, zorder=1, rasterized=True,
        )  # fmt: skip
        mine, size = mine.groupby(patterns, observed=True)[["positivity", "negativity"]].median(), 170
        patterns = mine.index.to_series()
    for name in PATTERNS:
        some = mine[(patterns == name).to_numpy()]
        if len(some):
            axes.scatter(
                some["positivity"], some["negativity"], s=size, marker=PATTERN_MARKERS[name], lw=0.8, zorder=3,
                facecolor=PATTERN_COLOURS[name], edgecolor=INK, clip_on=False,
            )  # fmt: skip


def _regions(axes: Axes, thresholds: Thresholds, tops: dict[str, float]) -> None:
    """The thresholds, and axes that hold all."""
    axes.set(xlim=(0, max(tops["positivity"], thresholds.positivity * 1.1)))
    axes.set_ylim(-0.02, max(tops["negativity"], thresholds.negativity * 1.2))
    axes.axhline(thresholds.negativity, color=INK, lw=1.1, ls=":", zorder=2)
    axes.plot([thresholds.positivity] * 2, [-0.02, thresholds.negativity], color=INK, lw=1.1, ls=":", zorder=2)


def _named_regions(axes: Axes, own: pd.Series, thresholds: Thresholds, tops: dict[str, float]) -> None:
    """Each region's class and how many parties are of it, in its upper corner."""
    right = axes.get_xlim()[1]
    places = {
        "trustful": (right, thresholds.negativity, "right"),
        "neutral": (0.0, thresholds.negativity, "left"),
        "conflicted": (0.0, axes.get_ylim()[1], "left"),
    }
    total = int(own.sum())
    for name, (x, y, side) in places.items():
        shift = 6 if side == "left" else -6
        axes.annotate(
            f"{name}: {own[name]} ({own[name] / total:.0%})", (x, y), xytext=(shift, -6), textcoords="offset points",
            ha=side, va="top", fontsize=10, zorder=4,
            bbox={"boxstyle": "square,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.8},
        )  # fmt: skip
