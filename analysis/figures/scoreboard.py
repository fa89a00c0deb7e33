"""The scoreboard as a figure: a row per part of a fact, its accepted range as a band, the model's value with interval.

Rows have different units, so each has a scale of its own: the accepted range (or, where it has but one bound, that
bound) is at the same place in all of them, and the number is written beside it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from twoway.analysis.figures.layout import POINTS, caption, key, page, set_alt_text, text_width, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK
from twoway.analysis.narrative.words.grammar import decimal

ROW = 0.27
"""Inches per row."""
BAND, WRONG = "#BDD7E7", "#F2D5C4"
BARELY = "#E3EDF4"
MARKS = {
    "met": ("o", "#08519C"), "too small to matter": ("s", "#6BAED6"), "between": ("D", "#666666"),
    "missed": ("X", "#7A1F1F"), "not yet measurable": ("", "none"),
}  # fmt: skip
"""Marks of the verdicts, from the best to the worst."""
COUNTED = {"calibration": "used in calibration", "structure": "chose the structure, not counted"}
"""What a fact was used for, where the word of the table is too short."""
NATURAL = {"share": (0, 1), "probability": (0, 1), "correlation": (-1, 1), "difference of shares": (-1, 1)}
"""Ends of scales: a bound at such an end is none."""
UNITS = {"share": "", "probability": "", "correlation": "r", "difference of shares": "", "odds ratio": "OR"}
"""Units beside a number, where they are not written in full."""


def scale_of(row: Any) -> tuple[float, float]:
    """Lowest and highest value of a row's scale: the accepted range with half its width on either side.

    A range with one bound has it in the middle, with the value well inside; a value farther off widens the scale.

    Parameters
    ----------
    row
        A part of a fact: unit, accept_low, accept_high, estimate, low, high.
    """
    ends = NATURAL.get(row.unit, (-math.inf, math.inf))
    inner = [b for b, end in zip((row.accept_low, row.accept_high), ends, strict=True) if np.isfinite(b) and b != end]
    reach = [v for v in (row.estimate, row.low, row.high) if np.isfinite(v)] or [0.0]
    if len(inner) == 2:
        width = inner[1] - inner[0]
        low, high = inner[0] - width / 2, inner[1] + width / 2
    else:
        edge = inner[0] if inner else 0.0
        width = 1.4 * max([1e-9, *(abs(v - edge) for v in reach)])
        low, high = edge - width, edge + width
    low, high = min(low, *reach), max(high, *reach)
    margin = 0.04 * (high - low)
    return low - margin, high + margin


@figure(
    "scoreboard", "The model against facts", "The model's value beside the accepted range of every fact.",
    ("scoreboard",), gallery=40,
)  # fmt: skip
def scoreboard_figure(scoreboard: pd.DataFrame, rests_on: str) -> Figure:
    """The model's value beside the accepted range, for every part of every fact.

    Parameters
    ----------
    scoreboard
        Columns as ``twoway.experiments.validation.scoreboard.scoreboard`` returns them.
    rests_on
        What the figure rests on, for the caption.
    """
    table = scoreboard
    values = [
        (
            f"{decimal(row.estimate)} {UNITS.get(row.unit, row.unit)}".strip()
            + f", {row.verdict}{'' if row.certain else ' ?'}"
            if np.isfinite(row.estimate)
            else row.verdict + (f": needs {row.needs}" if row.needs else "")
        )
        for row in table.fillna({"needs": ""}).itertuples()
    ]
    worst = table.groupby("fact", sort=False)["verdict"].agg(lambda verdicts: max(verdicts, key=list(MARKS).index))
    counts = {verdict: (worst == verdict).sum() for verdict in MARKS}
    always = ("met", "between", "missed")
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count or verdict in always)
    heading = f"The model against {len(worst)} facts: {told}"
    below = (
        f"{rests_on}. Lines: 95 % intervals. Each row has a scale of its own. A question mark: with other random draws "
        "another verdict is possible. How each fact is computed, and where it is from, stands in the table."
    )
    wrong = [f"{row.fact} {row.part}" for row in table.itertuples() if row.verdict == "missed"]
    missing = f" Missed: {', '.join(wrong)}." if wrong else ""
    return _facts_figure(table, values, heading, below, f"{heading}.{missing}")


@figure(
    "predictive", "Facts over the posterior sample", "Every fact over draws of the posterior sample.", ("predictive",),
    gallery=42,
)  # fmt: skip
def predictive_figure(predictive: pd.DataFrame, rests_on: str) -> Figure:
    """Every part of every fact over draws of the posterior sample.

    Parameters
    ----------
    predictive
        Columns as ``twoway.experiments.calibration.posterior_check`` returns them: estimate is the median draw, low and
        high enclose nine tenths of the draws, met is the share of draws that meet the part.
    rests_on
        What the figure rests on, for the caption.
    """
    table = predictive
    values = [f"{decimal(row.estimate)}; met by {100 * row.met:.0f} %" for row in table.itertuples()]
    most = table.groupby("fact", sort=False)["met_in_every_part"].first() >= 0.9
    heading = f"Facts over the posterior sample: {most.sum()} of {len(most)} are met in every part by nine draws of ten"
    below = (
        f"{rests_on}. Points: the median draw; lines: the middle nine tenths of draws, with the random draws of each. "
        "Each row has a scale of its own."
    )
    seldom = [f"{row.fact} {row.part} ({100 * row.met:.0f} %)" for row in table.itertuples() if row.met < 0.5]
    sentence = f"Of {len(most)} facts {most.sum()} are met in every part by at least nine posterior draws of ten"
    return _facts_figure(
        table, values, heading, below, f"{sentence}{'; met by less than half: ' if seldom else ''}{', '.join(seldom)}."
    )


def _facts_figure(table: pd.DataFrame, values: list[str], heading: str, below: str, sentence: str) -> Figure:
    """A row per part under a line per fact; *values* are written to the right of each row."""
    rows = list(table.itertuples())
    heads = [place == 0 or rows[place - 1].fact != row.fact for place, row in enumerate(rows)]
    lines = len(rows) + sum(heads)
    figure = page(11, 0.2 + ROW * lines)
    axes = figure.subplots()
    left = max(text_width(row.part, 9) for row in rows) + 0.25
    beside: dict[str, Any] = {
        "xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center", "fontsize": 9,
        "color": INK, "annotation_clip": False,
    }  # fmt: skip
    for place, (row, line) in enumerate(zip(rows, np.arange(len(rows)) + np.cumsum(heads), strict=True)):
        if heads[place]:
            used = COUNTED.get(row.used, row.used)
            named = text_width(row.fact, 9) * 1.15 + 0.1
            room = figure.get_size_inches()[0] - named - 0.3
            size = 9 * min(1.0, room / text_width(f"{row.says} ({used})", 9))
            axes.annotate(row.fact, (0, line - 1), (-left * POINTS, 0), fontweight="bold", **beside)
            start = ((named - left) * POINTS, 0)
            says = axes.annotate(f"{row.says} ({used})", (0, line - 1), start, **beside | {"fontsize": size})
            says.set_in_layout(False)
            axes.axhline(line - 1.5, color="#DDDDDD", lw=0.6)
        _row(axes, line, row)
        axes.annotate(row.part, (0, line), (-6, 0), ha="right", **beside)
        axes.annotate(values[place], (1, line), (6, 0), **beside)
    axes.set_xlim(0, 1)
    axes.set_ylim(lines - 0.5, -0.5)
    axes.axis("off")
    title(figure, heading)
    handles: list[Patch | Line2D] = [
        Patch(facecolor=BAND, label="accepted"),
        Patch(facecolor=WRONG, hatch="///", edgecolor="white", label="wrong"),
    ]
    if table["worth"].notna().any():
        handles.insert(1, Patch(facecolor=BARELY, label="too small to matter"))
    for verdict, (mark, colour) in MARKS.items():
        if not mark or not (table["verdict"] == verdict).any():
            continue
        look: dict[str, Any] = {"color": "none", "markerfacecolor": colour, "markeredgecolor": "white", "markersize": 8}
        handles.append(Line2D([], [], marker=mark, label=verdict, **look))
    key(figure, handles)
    caption(figure, below)
    set_alt_text(figure, sentence)
    return figure


def _row(axes: Axes, place: int, row: Any) -> None:
    low, high = scale_of(row)

    def at(value: float) -> float:
        return float(np.clip((value - low) / (high - low), 0, 1))

    box: dict[str, Any] = {"height": 0.62, "lw": 0}
    axes.barh(place, 1, left=0, color="#F4F4F4", **box)
    for ends in ((-math.inf, row.wrong_low), (row.wrong_high, math.inf)):
        left, right = at(ends[0]), at(ends[1])
        if right > left and np.isfinite(ends[0] if np.isfinite(ends[0]) else ends[1]):
            axes.barh(place, right - left, left=left, color=WRONG, hatch="///", edgecolor="white", **box)
    left, right = at(row.accept_low), at(row.accept_high)
    axes.barh(place, right - left, left=left, color=BAND, **box)
    if np.isfinite(row.worth):
        none = min((row.accept_low, row.accept_high), key=lambda end: abs(end - row.worth))
        left, right = sorted((at(none), at(row.worth)))
        axes.barh(place, right - left, left=left, color=BARELY, **box)
    mark, colour = MARKS[row.verdict]
    if np.isfinite(row.low) and row.high > row.low:
        axes.plot([at(row.low), at(row.high)], [place, place], color=INK, lw=1.4, solid_capstyle="butt")
    if np.isfinite(row.estimate):
        axes.plot(at(row.estimate), place, marker=mark, color=colour, markeredgecolor="white", markersize=8, zorder=3)
