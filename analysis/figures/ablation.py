"""Figures of a model with parts taken out: what each removal does to the mix of patterns, and to the measures.

The tables are those of ``twoway.experiments.derived.ablation``; *rests_on* is the part of the caption about the dyads
that a figure rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from twoway.analysis.figures.layout import caption, key, page, pattern_points, plain, row_axes, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK, PATTERN_COLOURS, PATTERN_MARKERS
from twoway.analysis.patterns import PATTERNS
from twoway.simulation.errors import listed

FAINT = "#8A8A8A"
OFFSET = 0.26
"""Distance of the outer two of the three patterns from the middle of their row, in rows."""
NOTHING, MEASURES = "o", "m"
"""Sign at the end of a row without any change of the mix, and of one where only measures change."""
COLUMNS = (("expectation", "context"), ("meaning", "handling"))
"""Dimensions below each other in the figure of all rules, by column."""


def _points(value: float, _place: int) -> str:
    return "0" if abs(value) < 1e-9 else f"{100 * value:+.0f}"


def _rows(axes: Axes, patterns: pd.DataFrame, keys: Sequence[tuple[str, str]], size: float) -> None:
    """The change of each pattern's share for some removals, a row for each (scenario, rule), the first on top."""
    axes.axvline(0, color=INK, lw=0.8, zorder=1)
    table = patterns.set_index(["scenario", "rule", "pattern"])
    for place, (scenario, rule) in enumerate(keys):
        if place % 2 == 0:
            axes.axhspan(place - 0.5, place + 0.5, color="#F4F4F4", lw=0, zorder=0)
        for p, name in enumerate(PATTERNS):
            row: Any = table.loc[(scenario, rule, name)]
            y = place + (p - 1) * OFFSET
            axes.hlines(y, row["low"], row["high"], color=INK, lw=1.1, zorder=2)
            axes.plot(
                row["difference"], y, PATTERN_MARKERS[name], color=PATTERN_COLOURS[name], mec=INK, mew=0.7, ms=size,
                zorder=3,
            )  # fmt: skip
    row_axes(axes, len(keys), 6, _points)


@figure(
    "dimensions", "Each dimension taken out", "Change of the patterns' shares when one of the four dimensions is taken "
    "out.", ("patterns",), gallery=30,
)  # fmt: skip
def dimensions_figure(patterns: pd.DataFrame, rests_on: str) -> Figure:
    """Change of the patterns' shares when each of the four dimensions is taken out.

    Parameters
    ----------
    patterns
        Columns scenario, dimension, pattern, difference, low, high (shares of dyads); rows of whole dimensions.
    rests_on
        What the figure rests on, for the caption.
    """
    keys = list(dict.fromkeys(zip(patterns["scenario"], patterns["dimension"], strict=True)))
    figure = page(9, 3.3)
    axes = figure.subplots()
    _rows(axes, patterns.assign(rule=patterns["dimension"]), keys, 9)
    axes.set_yticks(range(len(keys)), [dimension for _, dimension in keys], fontsize=11)
    axes.set_xlabel("change of the share of dyads when it is taken out (percentage points)")
    most = patterns.loc[patterns.groupby("dimension", sort=False)["difference"].apply(lambda d: d.abs().idxmax())]
    changes = [f"{r.dimension} {100 * r.difference:+.0f} points of {r.pattern}" for r in most.itertuples()]
    set_alt_text(
        figure, f"Taking out one dimension of the study at a time changes the mix of patterns: {listed(changes)}."
    )
    title(figure, "Which of the four dimensions makes the patterns?")
    key(figure, pattern_points())
    caption(figure, f"Where the dyads stand, without the dimension less with it. {rests_on}")
    return figure


@figure(
    "rules", "Each rule taken out", "Change of the patterns' shares when one rule of the model is taken out.",
    ("rules", "patterns"), gallery=31,
)  # fmt: skip
def rules_figure(rules: pd.DataFrame, patterns: pd.DataFrame, scenario: str, rests_on: str) -> Figure:
    """Change of the patterns' shares without each rule, by dimension.

    Below a rule that changes nothing in *scenario* is the scenario in which it should.

    Parameters
    ----------
    rules
        A row per scenario and rule: dimension, difference, most_moved, moves_patterns, moves_measures, neutral_already.
    patterns
        A row per scenario, rule and pattern: difference, low, high (shares of dyads).
    scenario
        Name of the scenario in which all rules were tried.
    rests_on
        What the figure rests on, for the caption.
    """
    panels = [[_rows_of_panel(rules, dimension, scenario) for dimension in column] for column in COLUMNS]
    row, around = 0.27, 0.85
    figure = page(15, max(sum(row * len(rows) + around for rows in column if rows) for column in panels))
    grid = figure.add_gridspec(1, len(COLUMNS))
    shown = set().union(*({(r.scenario, r.rule) for r in rows} for column in panels for rows in column))
    some = patterns[[key in shown for key in zip(patterns["scenario"], patterns["rule"], strict=True)]]
    low, high = float(some["low"].min()), float(some["high"].max())
    for c, (column, names) in enumerate(zip(panels, COLUMNS, strict=True)):
        filled = [(rows, name) for rows, name in zip(column, names, strict=True) if rows]
        heights = [row * len(rows) + around for rows, _ in filled]
        for place, (rows, name) in enumerate(filled):
            if place == 0:
                below = grid[0, c].subgridspec(len(filled), 1, height_ratios=heights)
            axes = figure.add_subplot(below[place, 0])
            _rows(axes, patterns, [(r.scenario, r.rule) for r in rows], 6)
            axes.set_xlim(low - 0.02, high + 0.04)
            axes.set_yticks(range(len(rows)), [_label(r, scenario) for r in rows], fontsize=9)
            for line, (label, r) in enumerate(zip(axes.get_yticklabels(), rows, strict=True)):
                if r.moves_patterns:
                    continue
                label.set_color(FAINT)
                axes.text(
                    1.01, line, MEASURES if r.moves_measures else NOTHING, transform=axes.get_yaxis_transform(),
                    va="center", fontsize=9, color=INK,
                )  # fmt: skip
            axes.set_title(name.capitalize(), loc="left", fontweight="bold", fontsize=12)
            axes.set_xlabel("change of the share of dyads without it (percentage points)", fontsize=9)
    here = rules[(rules["scenario"] == scenario) & ~rules["neutral_already"]]
    moving = here[here["moves_patterns"]].sort_values("difference", key=lambda d: -d.abs())
    largest = [f"{r.rule} ({100 * r.difference:+.0f} points of {r.most_moved})" for r in moving[:3].itertuples()]
    set_alt_text(
        figure,
        f"Of {len(here)} rules taken out one at a time, {len(moving)} change the mix of patterns in {scenario}"
        + (f", most of all {listed(largest)}." if largest else "."),
    )
    title(figure, "What each rule does to the mix of patterns")
    key(figure, pattern_points())
    caption(
        figure,
        f"Where the dyads stand, without the rule less with it. Grey with {NOTHING}: no change beyond its interval, "
        f"widened for three patterns; with {MEASURES}: but at least one of the measures changes. {rests_on}",
    )
    return figure


def _rows_of_panel(rules: pd.DataFrame, dimension: str, scenario: str) -> list[Any]:
    """Rows of one dimension: each rule, and below one that does not show here, the scenario where it should."""
    mine, rows = rules[rules["dimension"] == dimension], []
    for r in mine[mine["scenario"] == scenario].itertuples():
        rows.append(r)
        if not r.moves_patterns:
            rows += mine[(mine["rule"] == r.rule) & (mine["scenario"] != scenario)].itertuples()
    return rows


def _label(row: Any, scenario: str) -> str:
    if row.scenario != scenario:
        return f"… in {row.scenario}"
    return f"{row.rule} (already neutral)" if row.neutral_already else str(row.rule)


@figure(
    "measures", "Measures without each dimension", "Change of each measure when one of the four dimensions is taken "
    "out.", ("measures",), gallery=32,
)  # fmt: skip
def measures_figure(measures: pd.DataFrame, rests_on: str) -> Figure:
    """Change of each measure without each dimension: a panel per measure, a row per dimension.

    Parameters
    ----------
    measures
        Columns dimension, measure, group, unit, first (value of the whole model), difference, low, high, detectable.
    rests_on
        What the figure rests on, for the caption.
    """
    names = list(dict.fromkeys(zip(measures["measure"], measures["group"], strict=True)))
    dimensions = list(dict.fromkeys(measures["dimension"]))
    columns = 6
    lines = -(-len(names) // columns)
    figure = page(16, 0.1 + 2.1 * lines)
    panels = np.atleast_1d(figure.subplots(lines, columns, sharey=True)).ravel()
    for axes, (measure, group) in zip(panels, names, strict=False):
        rows = measures[(measures["measure"] == measure) & (measures["group"] == group)].set_index("dimension")
        axes.axvline(0, color=INK, lw=0.8)
        for place, dimension in enumerate(dimensions):
            row: Any = rows.loc[dimension]
            axes.hlines(place, row["low"], row["high"], color=INK, lw=1.3)
            fill = INK if row["detectable"] else "white"
            axes.plot(row["difference"], place, "o", color=fill, mec=INK, ms=7)
        axes.set_ylim(len(dimensions) - 0.5, -0.5)
        axes.set_yticks(range(len(dimensions)), dimensions)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        named = measure.replace("_", " ") + ("" if group == "all" else f"\n({group})")
        with_it = rows["first"].iloc[0]
        axes.set_title(f"{named}\nwith all: {with_it:.2f}", loc="left", fontsize=9)
        axes.set_xlabel(str(rows["unit"].iloc[0]), fontsize=8)
        plain(axes)
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    count = int(measures["detectable"].sum())
    set_alt_text(
        figure,
        f"Taking out one dimension at a time changes {count} of {len(measures)} measures, each looked at in "
        f"{len(dimensions)} removals, beyond its interval.",
    )
    title(figure, "What each dimension does to what can be measured")
    caption(
        figure,
        f"Without the dimension less with it. Filled: beyond its interval, widened for {len(names)} measures. "
        f"{rests_on}",
    )
    return figure
