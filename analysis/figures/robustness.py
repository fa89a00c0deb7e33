"""Figures of robustness: every claim, and the mix of patterns, in every variant of the model.

The tables are those of ``twoway.experiments.derived.robustness``; *rests_on* is the part of the caption about the dyads
that a figure rests on.
"""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from twoway.analysis.figures.layout import caption, key, page, plain, row_axes, set_alt_text, title
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK, PATTERN_COLOURS, PATTERN_MARKERS
from twoway.analysis.patterns import PATTERNS, SHORT_NAMES

UNCHANGED = "as it is"
"""Kind of the one variant that is the model as it is."""
VARIANTS = {
    "sentiments": ("sample of raters", "samples of raters"),
    "equations": ("other set of equations", "other sets of equations"),
    "frames": ("other repertoire of frames", "other repertoires of frames"),
    "thresholds": ("other pair of thresholds", "other pairs of thresholds"),
    "rules": ("other pattern rule", "other pattern rules"),
    "posterior": ("draw from the posterior", "draws from the posterior"),
}
"""Kinds of variants, with the nouns for one and for several."""
HEADINGS = {
    "sentiments": "other raters",
    "equations": "other equations",
    "frames": "other frames",
    "thresholds": "other thresholds",
    "rules": "other rules",
    "posterior": "other parameters",
}
HOLDS, FAILS = "#08519C", "#E08214"
SHARES = SHORT_NAMES
AGREEMENT = "agreement"


def _percent(value: float, _place: int) -> str:
    if abs(value) < 1e-9:
        return "0"
    return f"{100 * value:+.0f}" if abs(value) <= 1 else ""  # no share changes by more than all of it


def _spread(count: int) -> np.ndarray:
    """Small steps up and down, the same every time, so that points of a row do not hide each other."""
    return np.linspace(-0.3, 0.3, count) if count > 1 else np.zeros(1)


def _present(table: pd.DataFrame) -> list[str]:
    return [kind for kind in VARIANTS if kind in set(table["kind"])]


@figure(
    "claims", "Claims in every variant", "Every claim about context in every variant of the model.",
    ("claims", "summary"), gallery=33,
)  # fmt: skip
def claims_figure(claims: pd.DataFrame, summary: pd.DataFrame, rests_on: str) -> Figure:
    """Claims by kind of uncertainty: a point per variant, right of the line where the claim holds.

    Parameters
    ----------
    claims
        A row per variant and claim: kind, variant, claim, as_claimed (change in the claimed direction, share of
        dyads), holds, clearly, against.
    summary
        A row per claim and kind: variants (their number), holds (share of them).
    rests_on
        What the figure rests on, for the caption.
    """
    table = claims
    kinds, names = _present(table), list(dict.fromkeys(table["claim"]))
    figure = page(max(9.0, 3.6 + 2.5 * len(kinds)), 0.9 + 0.52 * len(names))
    panels = np.atleast_1d(figure.subplots(1, len(kinds), sharey=True))
    unchanged = table[table["kind"] == UNCHANGED].set_index("claim")
    least, most = min(0.0, float(table["as_claimed"].min())), float(table["as_claimed"].max())
    room = most - least or 1.0
    for axes, kind in zip(panels, kinds, strict=True):
        _claims_panel(axes, table[table["kind"] == kind], summary[summary["kind"] == kind], unchanged, names)
        axes.set_xlim(least - 0.08 * room, most + 0.32 * room)
        number = int(summary.loc[summary["kind"] == kind, "variants"].iloc[0])
        axes.set_xlabel("percentage points")
        axes.set_title(f"{HEADINGS[kind]} ({number})", fontsize=11, fontweight="bold", loc="left")
    panels[0].set_yticks(range(len(names)), [textwrap.fill(claim, 36) for claim in names], fontsize=10)
    handles = [
        Line2D([], [], marker="o", ls="none", color=HOLDS, mec=INK, ms=7, label="holds beyond its interval"),
        Line2D([], [], marker="o", ls="none", color="white", mec=INK, ms=7, label="within its interval"),
        Line2D([], [], marker="X", ls="none", color=FAILS, mec=INK, ms=8, label="the opposite beyond its interval"),
        Line2D([], [], marker="|", ls="none", color=INK, ms=14, mew=2, label=f"the model {UNCHANGED}"),
    ]
    firm = summary[summary["kind"] != UNCHANGED].groupby("claim", sort=False)["holds"].min()
    set_alt_text(
        figure,
        f"Of {len(names)} claims about context, {int((firm >= 0.9).sum())} hold in at least 90% of the variants of "
        f"every kind; the least share in which a claim holds is {firm.min():.0%} ({firm.idxmin()}).",
    )
    title(figure, "Do the claims about context stand?")
    key(figure, handles)
    caption(
        figure,
        "Change in the direction that is claimed. A point is one variant of the model; right of the line the claim "
        "holds. Numbers: share of the variants "
        f"in which the direction is as claimed. {rests_on}",
    )
    return figure


def _claims_panel(
    axes: Axes, table: pd.DataFrame, summary: pd.DataFrame, unchanged: pd.DataFrame, claims: list[str]
) -> None:
    share = summary.set_index("claim")["holds"]
    axes.axvline(0, color=INK, lw=0.9, zorder=1)
    for place, claim in enumerate(claims):
        if place % 2 == 0:
            axes.axhspan(place - 0.5, place + 0.5, color="#F4F4F4", lw=0, zorder=0)
        some = table[table["claim"] == claim]
        x, y = some["as_claimed"].to_numpy(), place + _spread(len(some))
        looks = (
            (some["clearly"], "o", HOLDS, 5.0),
            (~some["clearly"] & ~some["against"], "o", "white", 5.0),
            (some["against"], "X", FAILS, 6.5),
        )
        for chosen, marker, colour, size in looks:
            now = chosen.to_numpy(bool)
            axes.plot(x[now], y[now], marker, color=colour, mec=INK, mew=0.6, ms=size, ls="none", zorder=3)
        here = float(unchanged.loc[claim, "as_claimed"])
        axes.vlines(here, place - 0.4, place + 0.4, color=INK, lw=2, zorder=2)
        holds = float(share[claim])
        axes.text(
            0.985, place, f"{holds:.0%}", transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=9.5,
            fontweight="normal" if holds >= 0.9 else "bold", color=INK,
        )  # fmt: skip
    row_axes(axes, len(claims), 4, _percent)


@figure(
    "mix", "Mix of patterns in every variant", "Share of each pattern, and agreement of rule and clusters, in every "
    "variant of the model.", ("mix",), gallery=34,
)  # fmt: skip
def mix_figure(mix: pd.DataFrame, scenario: str, rests_on: str) -> Figure:
    """Share of each pattern, and agreement of the rule with clusters, in every variant.

    Parameters
    ----------
    mix
        A row per variant: kind, variant, friendly, polite, conflicted (shares of dyads), agreement (adjusted Rand
        index).
    scenario
        Name of the scenario.
    rests_on
        What the figure rests on, for the caption.
    """
    kinds = _present(mix)
    figure = page(12, 0.9 + 0.55 * len(kinds))
    panels = figure.subplots(1, 4, sharey=True)
    here = mix[mix["kind"] == UNCHANGED].iloc[0]
    for axes, name in zip(panels, (*SHARES, AGREEMENT), strict=True):
        pattern = PATTERNS[SHARES.index(name)] if name in SHARES else None
        axes.axvline(here[name], color=INK, lw=1.6, zorder=1)
        for place, kind in enumerate(kinds):
            values = mix.loc[mix["kind"] == kind, name].to_numpy()
            marker = "D" if pattern is None else PATTERN_MARKERS[pattern]
            colour = "#4292C6" if pattern is None else PATTERN_COLOURS[pattern]
            axes.plot(values, place + _spread(len(values)), marker, color=colour, mec=INK, mew=0.6, ms=6, ls="none")
        axes.set_ylim(len(kinds) - 0.5, -0.5)
        axes.set_yticks(range(len(kinds)), [HEADINGS[kind] for kind in kinds])
        axes.tick_params(axis="y", length=0)
        axes.set_title(pattern or "rule and clusters agree", loc="left", fontsize=10, fontweight="bold")
        axes.set_xlim(min(0.0, float(np.nanmin([*mix[name], 0.0]))) - 0.03, 1)
        axes.set_xticks([0, 0.5, 1], ["0", "50%", "100%"] if pattern else ["0", "0.5", "1"])
        axes.set_xlabel("share of dyads" if pattern else "adjusted Rand index")
        plain(axes)
    spans = [f"{name} {mix[name].min():.0%} to {mix[name].max():.0%}" for name in SHARES]
    set_alt_text(
        figure, f"Over {len(mix)} variants of the model, shares of the patterns in {scenario}: {', '.join(spans)}."
    )
    title(figure, f"Does the mix of patterns stand? ({scenario})")
    caption(
        figure,
        f"A point is one variant of the model, the line the model as it is; dyads in the interviews. Clusters: "
        f"three, of both parties' accounts, found without the rule. {rests_on}",
    )
    return figure
