"""What a field study of a few pairs could have seen: spread of its counts, its conclusions, pairs needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from twoway.analysis.field_study.power import CONFLICTED, GOALS, RULE, FieldStudy, pairs_needed, pattern_counts
from twoway.analysis.figures.layout import caption, page, plain, set_alt_text, share_axis, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK, PATTERN_COLOURS, PATTERN_HATCHES, ink_on
from twoway.analysis.narrative.words.grammar import counted, percent
from twoway.analysis.patterns import PATTERNS
from twoway.simulation.errors import listed

VERDICTS = {"right": ("#1B4F72", ""), "left open": ("#E4E4E4", ""), "wrong": ("#E8A79E", "///")}
"""Looks of a study's conclusions: dark, light and hatched, so that they differ in greyscale."""
ON_PATTERNS = 3
"""Number of the first conclusions, which are about the patterns; the others are about effects of the context."""
CURVES: dict[str, tuple[str, str, Any, str]] = {
    "all_three": ("all three patterns", "all three seen", "-", "o"),
    "order": ("order of frequency", "order right", (0, (5, 1.5)), "s"),
}
"""By column of the table: its goal, its label, its dash and marker."""


@figure(
    "what-a-study-could-see", "What a field study could see", "Counts and conclusions of simulated field studies, and "
    "the number of pairs they need.", ("field_study",), gallery=50,
)  # fmt: skip
def what_a_study_could_see(field_study: FieldStudy, pattern: NDArray[np.int8], when: str) -> Figure:
    """Left: number of pairs of a study in each pattern. Right: conclusions of studies, and the number of pairs needed.

    Parameters
    ----------
    field_study
        Conclusions of the simulated studies.
    pattern
        Codes of the patterns that the studies saw, shape (studies, centres, pairs).
    when
        When interviews take place, in words for the caption.
    """
    found = field_study
    figure = page(12.8, 6.2)
    grid = figure.add_gridspec(1, 2, width_ratios=(0.8, 1.2))
    left, right = grid[0, 0], grid[0, 1]
    panels: Any = left.subgridspec(len(PATTERNS), 1).subplots()
    _counts(panels, found, pattern_counts(pattern))
    pair: Any = right.subgridspec(2, 1, height_ratios=(1.75, 1)).subplots()
    above, below = pair
    _conclusions(above, found)
    _needed(below, found)
    title(
        figure, f"What a study of {counted(found.pairs, 'pair')} at {counted(found.centres, 'centre')} could have seen"
    )
    caption(
        figure,
        f"Left: bars are studies, dashed the true share, brackets 95 % of the studies. "
        f"{found.studies:,} made-up studies, every pair interviewed {when}, both parties. In truth: among all pairs of "
        f"all studies. A difference between halves of a study is named from {math.ceil(RULE * (found.pairs // 2))} of "
        f"{found.pairs // 2} pairs on. Monte-Carlo error: the band below, at most "
        f"±{_error(found):.0f} points above.",
    )
    _describe(figure, found)
    return figure


def _counts(panels: Sequence[Axes], found: FieldStudy, counts: NDArray[np.int64]) -> None:
    """Draw for each pattern the distribution of the number of pairs in it over studies, with the true share."""
    top = max(float(np.bincount(counts[:, p]).max()) / len(counts) for p in range(len(PATTERNS)))
    for p, (axes, row) in enumerate(zip(panels, found.truth.to_dict("records"), strict=True)):
        name = PATTERNS[p]
        heights = np.bincount(counts[:, p], minlength=found.pairs + 1) / len(counts)
        axes.bar(
            np.arange(found.pairs + 1), heights, width=0.86, color=PATTERN_COLOURS[name], edgecolor="#333333", lw=0.6,
            hatch=PATTERN_HATCHES[name],
        )  # fmt: skip
        true = row["share"] * found.pairs
        axes.axvline(true, color=INK, lw=1.6, ls=(0, (4, 2)))
        low, high = row["studies_low"] * found.pairs, row["studies_high"] * found.pairs
        axes.annotate(
            "", (low - 0.4, top * 1.13), (high + 0.4, top * 1.13), annotation_clip=False,
            arrowprops={"arrowstyle": "|-|,widthA=.25,widthB=.25", "color": INK, "lw": 1.2, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        axes.set(xlim=(-0.7, found.pairs + 0.7), ylim=(0, top * 1.18))
        axes.set_yticks(
            [0, round(top / 2, 1)] if top > 0.1 else [0], ["0", f"{round(top / 2, 1):.0%}"][: 1 + (top > 0.1)]
        )
        axes.set_title(f"{name}: {percent(row['share'])} in truth", loc="left", fontsize=10.5, weight="bold", pad=8)
        axes.set_xticks(_ticks(found.pairs))
        plain(axes)
    panels[-1].set_xlabel(f"pairs of {found.pairs} in the pattern")
    panels[1].set_ylabel("share of studies")


def _ticks(pairs: int) -> NDArray[np.int64]:
    return np.arange(0, pairs + 1, max(1, round(pairs / 8)))


def _conclusion_rows(found: FieldStudy) -> list[tuple[str, float, float, float]]:
    """Rows of the bars of conclusions, from top to bottom: label, and shares right, left open and wrong."""
    labels = {
        "how many patterns there are": "all three patterns are seen",
        "which pattern is the most frequent": "the most frequent pattern",
        "in which order of frequency they are": "the order of frequency",
    }
    rows = []
    for question, label in labels.items():
        some = found.conclusions[found.conclusions["question"] == question].set_index("conclusion")["share"]
        rows.append((label, float(some["right"]), float(some["left open"]), float(some["wrong"])))
    table = found.contexts[(found.contexts["named_from"] == RULE) & (found.contexts["pattern"] == PATTERNS[CONFLICTED])]
    for row in table.to_dict("records"):
        if row["low"] == row["high"] == 0:
            label = "nothing (they do not differ)"
        else:
            label = f"{row['factor']} (in truth {100 * row['difference']:+.0f} points)"
        rows.append((label, float(row["right"]), float(row["open"]), float(row["wrong"])))
    return rows


def _conclusions(axes: Axes, found: FieldStudy) -> None:
    rows = _conclusion_rows(found)
    places = [place + 1.1 * (place >= ON_PATTERNS) for place in range(len(rows))]
    for place, (_, *shares) in zip(places, rows, strict=True):
        start = 0.0
        for share, (colour, hatch) in zip(shares, VERDICTS.values(), strict=True):
            axes.barh(place, share, left=start, height=0.68, color=colour, hatch=hatch, edgecolor="#333333", lw=0.6)
            if share >= 0.07:
                background = {"fc": colour, "ec": "none", "pad": 1.5} if hatch else None
                axes.text(
                    start + share / 2, place, percent(share), ha="center", va="center", fontsize=9.5,
                    color=ink_on(colour), bbox=background, zorder=5,
                )  # fmt: skip
            start += share
    axes.set_yticks(places, [label for label, *_ in rows], fontsize=9.5)
    axes.set(ylim=(places[-1] + 0.55, -0.55), xlim=(0, 1))
    axes.set_xticks([0, 0.5, 1], ["0", "50%", "100%"])
    if len(rows) > ON_PATTERNS:
        axes.text(
            0, places[ON_PATTERNS] - 0.46, "what makes pairs conflicted\n(half of the centres against the other half):",
            fontsize=9.5, color="#444444", va="bottom",
        )  # fmt: skip
    axes.tick_params(axis="y", length=0)
    plain(axes)
    axes.spines["left"].set_visible(False)
    axes.set_title("What the studies conclude", loc="left", fontsize=10.5, weight="bold", pad=26)
    axes.legend(
        handles=[Patch(facecolor=c, hatch=h, edgecolor="#333333", label=v) for v, (c, h) in VERDICTS.items()],
        loc="lower right", bbox_to_anchor=(1.0, 0.985), ncols=3, frameon=False, fontsize=9.5, handlelength=1.4,
    )  # fmt: skip


def _needed(axes: Axes, found: FieldStudy) -> None:
    table = found.needed
    pairs = table["pairs"].to_numpy(float)
    for place, (what, (question, label, dash, marker)) in enumerate(CURVES.items()):
        colour = ("#1B4F72", "#B34700")[place]
        axes.fill_between(pairs, table[f"{what}_low"], table[f"{what}_high"], color=colour, alpha=0.25, lw=0)
        axes.plot(
            pairs, table[what], ls=dash, color=colour, marker=marker, ms=4, lw=1.7,
            label=f"{label} ({_pairs_needed(found, what, GOALS[question])})",
        )  # fmt: skip
    axes.axvline(found.pairs, color="#777777", lw=1, ls=":")
    axes.set_xscale("log")
    ticks = [n for n in pairs if n in {pairs[0], found.pairs} or (n / pairs[0]) in {4.0, 10.0, 40.0, 100.0, 200.0}]
    axes.set_xticks(ticks, [f"{n:.0f}" for n in ticks])
    axes.minorticks_off()
    axes.set_xlabel("pairs in a study (more centres)")
    axes.set_ylabel("share of studies")
    share_axis(axes)
    axes.set_ylim(0, 1.03)
    plain(axes)
    axes.set_title("How many pairs it takes", loc="left", fontsize=10.5, weight="bold", pad=36)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 0.98), ncols=1, frameon=False, fontsize=9, handlelength=2,
        columnspacing=1.4,
    )  # fmt: skip


def _pairs_needed(found: FieldStudy, what: str, goal: float) -> str:
    needs = pairs_needed(found.needed, what, goal)
    return f"{goal:.0%}: {needs.pairs} pairs" if needs.pairs else f"{goal:.0%}: over {needs.tried} pairs"


def _error(found: FieldStudy) -> float:
    """Half the width of the widest interval that is drawn as a bar, in points, rounded up."""
    table = found.contexts[found.contexts["named_from"] == RULE]
    widths = [float((found.conclusions["high"] - found.conclusions["low"]).max())]
    widths += [float((table[f"{v}_high"] - table[f"{v}_low"]).max()) for v in ("right", "open", "wrong") if len(table)]
    return math.ceil(50 * max(widths))


def _describe(figure: Figure, found: FieldStudy) -> None:
    rows = _conclusion_rows(found)
    (seen, most, order), others = rows[:ON_PATTERNS], rows[ON_PATTERNS:]
    truth = [f"{percent(row['share'])} {row['pattern']}" for row in found.truth.to_dict("records")]
    spread = [
        f"{round(row['studies_low'] * found.pairs)} to {round(row['studies_high'] * found.pairs)}"
        for row in found.truth.to_dict("records")
    ]
    named = listed([f"{percent(no)} for {label}" for label, _, _, no in others]) if others else ""
    wrong = f" What makes pairs conflicted is named wrongly by {named}." if others else ""
    set_alt_text(
        figure,
        f"Of {found.studies:,} studies of {counted(found.pairs, 'pair')}, {percent(seen[1])} see all three patterns, "
        f"{percent(most[1])} find the most frequent and {percent(order[1])} the order of frequency; in truth "
        f"{listed(truth)}, 95 % of studies find {listed(spread)} pairs.{wrong} "
        f"It takes, to see all three patterns, {_pairs_needed(found, 'all_three', GOALS['all three patterns'])}; to "
        f"get their order right, {_pairs_needed(found, 'order', GOALS['order of frequency'])}.",
    )
