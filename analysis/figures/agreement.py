"""Agreement: the client's own class of the relationship against the keyworker's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from twoway.analysis.figures.layout import caption, page, pattern_points, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK, PARTY, PATTERN_COLOURS, PATTERN_MARKERS
from twoway.analysis.measures.agreement import agreement, kappa
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import CLASSES, DEFAULT_RULE, PATTERNS, PatternRule, at_day, with_patterns


@figure(
    "do-both-parties-agree", "Agreement of both parties", "Dyads by the client's and by the keyworker's own class in "
    "the interviews.", ("dyads",), run=2, report=5, gallery=5,
)  # fmt: skip
def agreement_matrix(dyads: pd.DataFrame, when: str = "the interviews", rule: PatternRule = DEFAULT_RULE) -> Figure:
    """Number of dyads of each class by the client's and by the keyworker's own tone, with shares and kappa.

    The darker a cell, the more dyads; thick frames: both parties have the same class; the mark in a cell is the dyad's
    pattern.

    Parameters
    ----------
    dyads
        Tone of both parties, a row per dyad.
    when
        The day of these tones, in words for the caption.
    rule
        Pattern rule.
    """
    counts = agreement(dyads)
    found = rule.patterns(*np.indices((len(CLASSES), len(CLASSES))))
    total = int(counts.to_numpy().sum())
    alike = int(np.trace(counts.to_numpy()))
    value = kappa(counts)
    words = "not defined" if math.isnan(value) else f"{value:.2f}"
    figure = page(9.6, 5.3)
    axes = figure.subplots()
    n = len(CLASSES)
    axes.set(xlim=(0, n + 0.55), ylim=(n + 0.45, 0))
    for row in range(n):
        for column in range(n):
            count = int(counts.iloc[row, column])
            dark = 0.55 * count / total
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=str(1 - dark), edgecolor="white", lw=2))
            ink = "white" if dark > 0.45 else INK
            axes.text(column + 0.5, row + 0.45, str(count), ha="center", va="center", fontsize=20, color=ink)
            axes.text(column + 0.5, row + 0.75, f"{count / total:.0%}", ha="center", va="center", color=ink)
            name = PATTERNS[found[row, column]]
            axes.plot(
                column + 0.12, row + 0.14, PATTERN_MARKERS[name], ms=10, mfc=PATTERN_COLOURS[name], mec=INK, mew=0.8
            )
    for place in range(n):
        axes.add_patch(Rectangle((place, place), 1, 1, facecolor="none", edgecolor=INK, lw=2.4, zorder=3))
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 11, "color": "#444444"}
    for place, (row_total, column_total) in enumerate(zip(counts.sum(axis=1), counts.sum(axis=0), strict=True)):
        axes.text(n + 0.27, place + 0.5, str(row_total), **look)
        axes.text(place + 0.5, n + 0.22, str(column_total), **look)
    axes.text(n + 0.27, n + 0.22, str(total), **look)
    axes.set_xticks(np.arange(n) + 0.5, CLASSES, fontsize=11)
    axes.set_yticks(np.arange(n) + 0.5, CLASSES, fontsize=11)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("the keyworker's own class", color=PARTY["keyworker"][0], weight="bold", labelpad=8)
    axes.set_ylabel("the client's own class", color=PARTY["client"][0], weight="bold", labelpad=8)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    look = {"fontsize": 12, "va": "top", "linespacing": 1.5}
    agree = f"{alike} of {total} agree ({alike / total:.0%})\nkappa {words}"
    axes.text(1.02, 1.0, agree, transform=axes.transAxes, **look)
    axes.legend(
        handles=pattern_points(10), loc="upper left", bbox_to_anchor=(1.0, 0.75), frameon=False, fontsize=10,
        title="Pattern of the dyad", alignment="left", labelspacing=0.8,
    )  # fmt: skip
    title(figure, "Do both parties see the same relationship?")
    caption(
        figure,
        f"{counted(total, 'dyad')}, {when}; classes by each party's own tone. Framed: both are of one class. Kappa "
        "is Cohen's: 1 full agreement, 0 what two unrelated views would give.",
    )
    set_alt_text(
        figure,
        f"In {alike} of {counted(total, 'dyad')} ({alike / total:.0%}) client and keyworker are of the same class; "
        f"Cohen's kappa is {words}.",
    )
    return figure


@figure(
    "agreement-on-a-day", "Agreement of both parties on a day", "Dyads by the client's and by the keyworker's own "
    "class at the end of one day.", ("days",), report=10,
)  # fmt: skip
def agreement_on_a_day(days: pd.DataFrame, day: int | None = None, rule: PatternRule = DEFAULT_RULE) -> Figure:
    """The agreement matrix at the end of a day.

    Parameters
    ----------
    days
        Days of any number of dyads.
    day
        Day to draw; by default the last.
    rule
        Pattern rule.

    Raises
    ------
    InputError
        If the day is outside the stay.
    """
    day = int(days["day"].max()) if day is None else day
    return agreement_matrix(with_patterns(at_day(days, day), rule), f"day {day}", rule)
