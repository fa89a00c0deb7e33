"""Figures of many dyads: which pattern they are in, and what it rests on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from twoway.analysis.figures.layout import (
    caption,
    day_axis,
    key,
    page,
    pattern_patches,
    plain,
    set_alt_text,
    share_axis,
    title,
    widened,
)
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import PARTY, PATTERN_COLOURS, PATTERN_HATCHES, PATTERN_MARKERS
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS, PatternRule, by_day, interval_kind, shares, with_patterns
from twoway.simulation.errors import listed

MANY = 2000
"""Dyads beyond which the points in an SVG are drawn as one picture, or the file grows to tens of megabytes."""


@figure(
    "patterns-by-day", "Patterns by day", "Share of the dyads in each pattern at the end of each day.", ("days",),
    run=3, report=3, gallery=1,
)  # fmt: skip
def patterns_by_day(days: pd.DataFrame, rule: PatternRule = DEFAULT_RULE) -> Figure:
    """Share of the dyads in each pattern at the end of each day, stacked.

    Parameters
    ----------
    days
        Days of any number of dyads.
    rule
        Pattern rule.
    """
    table = by_day(days, rule)
    share = pd.crosstab(table["day"], table["pattern"], normalize="index").reindex(columns=list(PATTERNS), fill_value=0)
    dyads = len(table) // table["day"].nunique()
    figure = page(9, 3.9)
    axes = figure.subplots()
    when, stacked = widened(share.index.to_numpy(), share.to_numpy())
    areas = axes.stackplot(when, stacked.T, colors=[PATTERN_COLOURS[p] for p in PATTERNS], edgecolor="white")
    for area, name in zip(areas, PATTERNS, strict=True):
        area.set_hatch(PATTERN_HATCHES[name])
    bottom = 0.0
    for name in PATTERNS:
        last = float(share[name].iloc[-1])
        if last > 0:
            axes.annotate(
                f"{name}\n{last:.0%}", (1.01, bottom + last / 2), xycoords=("axes fraction", "data"), va="center"
            )
        bottom += last
    axes.set(xlabel="day of the stay", ylabel="share of dyads")
    day_axis(axes, share.index.max())
    share_axis(axes)
    plain(axes)
    title(figure, "Which pattern the dyads are in, day by day")
    caption(
        figure,
        f"{counted(dyads, 'dyad')}. By both parties' tone at the end of each day; at first it is forming, and clients "
        "are in crisis.",
    )
    ends = [
        f"{share.iloc[-1][name]:.0%} are {name} (day {share.index.min()}: {share.iloc[0][name]:.0%})"
        for name in PATTERNS
    ]
    set_alt_text(
        figure, f"Share of {counted(dyads, 'dyad')} in each pattern by day: on day {share.index.max()} {listed(ends)}."
    )
    return figure


@figure(
    "where-dyads-stand", "Where the dyads stand", "Both parties' good and bad tone in the interviews, and the shares "
    "of the patterns with their intervals.", ("dyads",), run=1, report=1, gallery=2,
)  # fmt: skip
def where_dyads_stand(dyads: pd.DataFrame, rule: PatternRule = DEFAULT_RULE) -> Figure:
    """Good and bad tone of both parties in the interviews with the patterns, and each pattern's share with interval.

    Parameters
    ----------
    dyads
        Dyads of a run.
    rule
        Pattern rule.
    """
    table = with_patterns(dyads, rule)
    figure = page(12, 3.9)
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1, 0.9))
    top = {
        tone: 1.08 * max(table[f"client_{tone}"].max(), table[f"keyworker_{tone}"].max(), floor)
        for tone, floor in (("positivity", 1.4), ("negativity", 0.5))
    }
    size = 36 if len(table) <= 200 else 9
    for axes, party in ((left, "client"), (middle, "keyworker")):
        for name in PATTERNS:
            some = table[table["pattern"] == name]
            axes.scatter(
                some[f"{party}_positivity"],
                some[f"{party}_negativity"],
                s=size,
                marker=PATTERN_MARKERS[name],
                facecolor=PATTERN_COLOURS[name],
                edgecolor="#333333",
                lw=0.5,
                alpha=0.9,
                rasterized=len(table) > MANY,
            )
        axes.axvline(rule.thresholds.positivity, color="#888888", lw=0.8, ls=":")
        axes.axhline(rule.thresholds.negativity, color="#888888", lw=0.8, ls=":")
        axes.set(xlim=(0, top["positivity"]), ylim=(-0.02, top["negativity"]))
        axes.set_xlabel("good tone (EPA units)")
        axes.set_title(f"The {party}'s view", color=PARTY[party][0], loc="left", fontweight="bold")
        plain(axes)
    left.set_ylabel("bad tone (EPA units, weighted)")
    summary = shares(table)
    places = np.arange(len(PATTERNS))[::-1]
    right.barh(
        places,
        summary["share"],
        color=[PATTERN_COLOURS[p] for p in PATTERNS],
        hatch=[PATTERN_HATCHES[p] for p in PATTERNS],
        edgecolor="#333333",
        lw=0.6,
        height=0.5,
    )
    low, high = summary["share"] - summary["low"], summary["high"] - summary["share"]
    right.errorbar(summary["share"], places, xerr=[low, high], fmt="none", ecolor="#222222", capsize=3, lw=1.2)
    for place, (name, row) in zip(places, summary.iterrows(), strict=True):
        right.text(0.0, place + 0.29, f"{name}: {row['dyads']:.0f} ({row['share']:.0%})", fontsize=10, va="bottom")
    right.set(xlim=(0, 1), ylim=(-0.5, 2.6), yticks=[], xlabel="share of dyads")
    right.set_xticks([0, 0.5, 1], ["0", "50%", "100%"])
    plain(right)
    right.spines["left"].set_visible(False)
    handles = pattern_patches()
    for handle, name in zip(handles, PATTERNS, strict=True):
        handle.set_label(f"{name} ({['circle', 'square', 'triangle'][PATTERNS.index(name)]})")
    title(figure, "Where the dyads stand")
    key(figure, handles)
    units = table.groupby(["replicate", "centre"]).ngroups
    whole = f"{counted(len(table), 'dyad')} of {counted(units, 'centre')}"
    caption(
        figure,
        f"{whole}, mean of the interviews. Dotted: the thresholds of the rule: {rule.meaning}. "
        f"Bars with 95 % intervals ({interval_kind(table)}).",
    )
    ends = [
        f"{row.dyads} ({row.share:.0%}, interval {row.low:.0%} to {row.high:.0%}) {row.Index}"
        for row in summary.itertuples()
    ]
    set_alt_text(
        figure, f"Of {whole}, in the interviews {listed(ends)}; good and bad tone of both parties of each dyad."
    )
    return figure
