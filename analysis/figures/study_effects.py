"""Figures of studies: how outcomes depend on inputs, and what each figure rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from twoway.analysis.figures.layout import caption, page, plain, set_alt_text, share_axis, spread_out, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import PATTERN_COLOURS, PATTERN_MARKERS
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.rounding import significant
from twoway.analysis.statistics.effects import by_level, cells, levels_of, median_half_width
from twoway.analysis.study_text import amount, in_points, plain_name
from twoway.simulation.columns import Column
from twoway.simulation.errors import listed
from twoway.simulation.parameters.scenario import known_declarations

DARK = "#333333"
LINES = ("-", (0, (6, 1.5)), (0, (1.5, 1.2)))
"""A dash per pattern, so that lines part without colour."""
MOST_CELLS_WRITTEN = 150
"""Cells of a heat map up to which the number is written into each."""


@figure(
    "study-patterns", "Patterns along an input", "Share of each pattern along one input of a study.", ("runs",),
    gallery=80,
)  # fmt: skip
def lines_by_input(
    runs: pd.DataFrame,
    inputs: Sequence[str],
    field: str,
    shares: Sequence[Column],
    common_random_numbers: bool,
    heading: str,
    rests_on: str,
) -> Figure:
    """Share of each pattern along one input, with ribbons of 95 % intervals.

    Parameters
    ----------
    runs
        A row per run: point, replicate, the inputs and the outcomes.
    inputs
        Names of the inputs.
    field
        The input along the axis.
    shares
        Columns of the three pattern shares, in the order of ``PATTERNS``.
    common_random_numbers
        Whether the replicates of all points have the same random draws.
    heading
        Title of the figure.
    rests_on
        What the figure rests on, for the caption.
    """
    means = by_level(runs, inputs, field, [c.name for c in shares], common_random_numbers)
    figure = page(9, 4.1)
    axes = figure.subplots()
    words = isinstance(means["value"].iloc[0], str)
    ends = []
    for place, (column, name) in enumerate(zip(shares, PATTERNS, strict=True)):
        some = means[means["outcome"] == column.name]
        x = np.arange(len(some)) if words else some["value"].to_numpy(float)
        colour = PATTERN_COLOURS[name]
        low, high = (some[end].to_numpy(float) for end in ("low", "high"))
        line = DARK if colour == "#D9D9D9" else colour
        if words:
            middle = some["mean"].to_numpy()
            axes.errorbar(
                x + (place - 1) * 0.12,
                middle,
                yerr=np.nan_to_num([middle - low, high - middle]),
                fmt=PATTERN_MARKERS[name],
                color=line,
                markerfacecolor=colour,
                markeredgecolor=DARK,
                capsize=3,
            )
        else:
            axes.fill_between(x, low, high, color=colour, alpha=0.45, lw=0)
            axes.plot(
                x, some["mean"], ls=LINES[place], color=line, marker=PATTERN_MARKERS[name], markerfacecolor=colour,
                markeredgecolor=DARK, lw=1.8,
            )  # fmt: skip
        ends.append((float(some["mean"].iloc[-1]), name))
    spread = spread_out([height for height, _ in ends], 0.065)
    over, under = max(0.0, max(spread) - 1), min(0.0, min(spread) - 0.03)
    for height, (_, name) in zip([place - over - under for place in spread], ends, strict=True):
        axes.annotate(name, (1.02, height), xycoords=("axes fraction", "data"), va="center")
    if words:
        axes.set_xticks(np.arange(len(some)), [str(v) for v in some["value"]])
    axes.set(xlabel=with_unit(field), ylabel="share of dyads")
    share_axis(axes)
    plain(axes)
    words_of_ends = listed([f"{height:.0%} {name}" for height, name in ends])
    set_alt_text(figure, f"{heading}: shares of the patterns along {plain_name(field)}; at its end {words_of_ends}.")
    title(figure, heading)
    caption(figure, rests_on)
    return figure


@figure(
    "study-outcomes", "Outcomes over two inputs", "Mean of each outcome over two inputs of a study.", ("runs",),
    gallery=81,
)  # fmt: skip
def heat_maps(
    runs: pd.DataFrame,
    inputs: Sequence[str],
    outcomes: Sequence[Column],
    heading: str,
    rests_on: str,
) -> Figure:
    """Mean of each outcome over two inputs: the first from left to right, the second upwards.

    Above each panel is half the width of the mean's 95 % interval, the median of all cells.

    Parameters
    ----------
    runs
        A row per run: point, replicate, the inputs and the outcomes.
    inputs
        Names of the two inputs.
    outcomes
        Columns of the outcomes.
    heading
        Title of the figure.
    rests_on
        What the figure rests on, for the caption.
    """
    across, up = inputs
    width = max(4.0 * len(outcomes), 6.0)
    figure = page(width, 3.9)
    panels = np.atleast_1d(figure.subplots(1, len(outcomes), sharey=True))
    ranges = []
    for place, (axes, column) in enumerate(zip(panels, outcomes, strict=True)):
        points, values = cells(runs, inputs, column.name)
        xs, ys = levels_of(points, across), levels_of(points, up)
        means = pd.Series(np.nanmean(values, axis=1), index=points.index)
        square = np.full((len(ys), len(xs)), np.nan)
        for point, row in points.iterrows():
            square[ys.index(row[up]), xs.index(row[across])] = means[point]
        share = in_points(column)
        least, most = float(np.nanmin(square)), float(np.nanmax(square))
        ranges.append(f"{column.name.replace('_', ' ')} from {significant(least)} to {significant(most)}")
        axes.imshow(square, origin="lower", aspect="auto", cmap="cividis", vmin=least, vmax=most)
        for (i, j), value in np.ndenumerate(square):
            if square.size <= MOST_CELLS_WRITTEN and np.isfinite(value):
                dark = (value - least) < 0.5 * (most - least)
                axes.text(
                    j, i, f"{value:.0%}" if share else significant(value), ha="center", va="center", fontsize=9,
                    color="white" if dark else "black",
                )  # fmt: skip
        axes.set_xticks(range(len(xs)), [_tick(v) for v in xs])
        axes.set_yticks(range(len(ys)), [_tick(v) for v in ys])
        axes.set_xlabel(with_unit(across))
        known = f"a mean is known to ±{amount(median_half_width(values), column)}{' points' if share else ''}"
        axes.set_title(f"{_panel_title(column)}\n{known}", loc="left", fontsize=10)
        if place == 0:
            axes.set_ylabel(with_unit(up))
    both = f"{plain_name(across)} and {plain_name(up)}"
    set_alt_text(figure, f"{heading}: means over {both} are, of {listed(ranges)}.")
    title(figure, heading)
    caption(figure, f"{rests_on} Colours run from the lowest to the highest mean of each panel.")
    return figure


def with_unit(field: str) -> str:
    """An input's name with its unit, as an axis carries it.

    >>> with_unit("context.formality")
    'formality (share of acts)'
    """
    units = {name: d.unit for name, d in known_declarations().items()}
    return f"{plain_name(field)} ({units[field]})" if field in units else plain_name(field)


def _tick(value: Any) -> str:
    return value if isinstance(value, str) else significant(value, 3)


def _panel_title(column: Column) -> str:
    return f"{column.name.replace('_', ' ')} ({column.unit})"


@figure("study-effects", "Effects of inputs", "Effect of each input on each outcome.", ("effects",), gallery=82)
def effects_sorted(
    effects: pd.DataFrame, outcomes: Sequence[Column], heading: str, rests_on: str, in_order: bool = False
) -> Figure:
    """Effect of each input on each outcome, with its interval: the largest for the first outcome on top.

    Filled points: the interval leaves zero out.

    Parameters
    ----------
    effects
        Columns as in ``twoway.analysis.statistics.effects.EFFECT``.
    outcomes
        Columns of the outcomes.
    heading
        Title of the figure.
    rests_on
        What the figure rests on, for the caption.
    in_order
        Whether the rows keep their order instead.
    """
    labels = _labels(effects)
    first = np.abs(effects.loc[effects["outcome"] == outcomes[0].name, "effect"].to_numpy())
    order = np.arange(len(first))[::-1] if in_order else np.argsort(first, kind="stable")
    names = [labels[i] for i in order]
    figure = page(max(4.0 * len(outcomes) + 2.5, 8.0), 0.9 + 0.32 * len(names))
    panels = np.atleast_1d(figure.subplots(1, len(outcomes), sharey=True))
    for axes, column in zip(panels, outcomes, strict=True):
        rows = effects[effects["outcome"] == column.name].iloc[order]
        factor = 100.0 if in_points(column) else 1.0
        places = np.arange(len(rows))
        value, low, high = (rows[part].to_numpy(float) * factor for part in ("effect", "low", "high"))
        sure = (low > 0) | (high < 0)
        axes.axvline(0, color="#888888", lw=0.8)
        axes.hlines(places, low, high, color=DARK, lw=1.4)
        axes.scatter(value, places, s=36, facecolor=np.where(sure, DARK, "white"), edgecolor=DARK, zorder=3)
        axes.set_yticks(places, names)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.set_xlabel("percentage points" if factor > 1 else column.unit)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.set_title(_panel_title(column) if factor == 1 else column.name.replace("_", " "), loc="left", fontsize=10)
        plain(axes)
    main = effects[effects["outcome"] == outcomes[0].name].iloc[order[-1]]
    set_alt_text(
        figure,
        f"{heading}: for {outcomes[0].name.replace('_', ' ')}, the effect on top is that of {names[-1]}, "
        f"{amount(main['effect'], outcomes[0])} ({amount(main['low'], outcomes[0])} to "
        f"{amount(main['high'], outcomes[0])}).",
    )
    title(figure, heading)
    caption(figure, f"{rests_on} Filled: the interval leaves zero out.")
    return figure


def _labels(effects: pd.DataFrame) -> list[str]:
    """The inputs as they are named beside the axis; the change as well where an input has several."""
    some = effects[effects["outcome"] == effects["outcome"].iloc[0]]
    twice = some["input"].duplicated(keep=False)
    return [
        f"{plain_name(row['input'])}, {row['change']}" if double else plain_name(row["input"])
        for row, double in zip(some.to_dict("records"), twice, strict=True)
    ]
