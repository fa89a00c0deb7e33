"""Figures of single dyads, from both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from twoway.analysis.figures.layout import (
    caption,
    day_axis,
    frame_handles,
    frame_names,
    page,
    plain,
    set_alt_text,
    stacked_frames,
    title,
    widened,
)
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import BAD, INK, PARTY
from twoway.analysis.measures.influential_acts import moved_most
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import DEFAULT_RULE, PatternRule, at_day, with_patterns
from twoway.analysis.tables import DyadKey
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.errors import listed
from twoway.simulation.events import EVENTS, Mark

OTHER = {"client": "keyworker", "keyworker": "client"}


def clearest_dyad(dyads: pd.DataFrame) -> DyadKey:
    """The dyad of the first replicate whose client's definition changed most, as an example."""
    first = dyads[dyads["replicate"] == dyads["replicate"].min()]
    kinds = ("personal", "formal", "adversarial")
    moved = sum((first[f"client_{k}"] - first[f"client_{k}_first"]).abs() for k in kinds)
    row = first.loc[moved.idxmax()]
    return DyadKey(int(row["replicate"]), int(row["centre"]), int(row["dyad"]))


HAPPENED = "happened"
"""Group of the marks on the lanes in an SVG."""


def marked_days(events: pd.DataFrame, party: str) -> list[tuple[Mark, pd.Series]]:
    """Marks of events and of a party's own ways of coping, each with the days on which it is drawn.

    Parameters
    ----------
    events
        Events of any number of dyads; the kinds are those that the run knows, a user's own included.
    party
        "client" or "keyworker", whose ways of coping, and what else is a party's own, are marked.

    Returns
    -------
    list of (mark, days)
        A pair for each kind that has a mark; days as they stand in the table, one per event.
    """
    his_or_hers = events["actor"] == party
    found = []
    for kind in events["event"].cat.categories:
        mark, rows = EVENTS.find(kind).mark, events["event"] == kind
        found.append((mark, rows & his_or_hers if mark is not None and mark.own else rows))
    own = (events["event"] == "handling") & his_or_hers
    found += [(COPING_WAYS.find(way).mark, own & (events["way"] == way)) for way in events["way"].cat.categories]
    return [(mark, events.loc[rows, "day"]) for mark, rows in found if mark is not None]


def lanes_of(events: pd.DataFrame) -> list[str]:
    """Lanes of the marked events, from the lowest up; one of what does not happen in every run only if it did."""
    marked = [(mark, len(days)) for party in PARTY for mark, days in marked_days(events, party)]
    happened = {mark.lane for mark, days in marked if days or not mark.optional}
    return list(dict.fromkeys(mark.lane for mark, _ in marked if mark.lane in happened))[::-1]


def lanes(axes: Axes, names: Sequence[str], labelled: bool) -> None:
    """Prepare an empty strip with a lane for each kind of event.

    Parameters
    ----------
    axes
        Axes to prepare.
    names
        Names of the lanes, from the lowest up.
    labelled
        Whether the names are written beside the lanes.
    """
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_yticks(range(len(names)), names if labelled else [""] * len(names), fontsize=9)
    axes.tick_params(axis="y", length=0)
    for place in range(len(names)):
        axes.axhline(place, color="#DDDDDD", lw=0.8, zorder=0)
    axes.spines[:].set_visible(False)
    axes.tick_params(axis="x", labelbottom=False, length=0)


def _draw_marks(axes: Axes, events: pd.DataFrame, party: str) -> None:
    """Mark the events of one dyad, lane by lane."""
    names = lanes_of(events)
    for mark, days in marked_days(events, party):
        if len(days):
            place, face = np.full(len(days), names.index(mark.lane)), INK if mark.filled else "none"
            look: dict[str, Any] = {"color": INK, "mfc": face, "ms": 5.5, "ls": "none", "clip_on": False}
            axes.plot(days, place, mark.symbol, label=mark.label, gid=HAPPENED, **look)


def _tone(axes: Axes, side: pd.DataFrame, party: str, top: float) -> None:
    """Good tone as a line in the party's colour, bad tone as a hatched area."""
    colour, dash = PARTY[party]
    days, tone = widened(side["day"].to_numpy(), side[["positivity", "negativity"]].to_numpy())
    axes.plot(days, tone[:, 0], color=colour, ls=dash, lw=2)
    axes.fill_between(days, tone[:, 1], color=BAD, alpha=0.25, hatch="//", lw=0)
    axes.plot(days, tone[:, 1], color=BAD, lw=1.2)
    good, bad = side["positivity"].iloc[-1], side["negativity"].iloc[-1]
    low, high = sorted((good, bad))
    middle = max((low + high) / 2, 0.09 * top + max(high - low, 0.11 * top) / 2)  # above the number of the last day
    half = max(high - low, 0.11 * top) / 2  # so that the two words never touch
    places = (middle + half, middle - half) if good >= bad else (middle - half, middle + half)
    for name, value, ink in zip(("good", "bad"), places, (colour, BAD), strict=True):
        axes.annotate(
            name, (1.01, value), xycoords=("axes fraction", "data"), va="center", fontsize=9, color=ink,
            annotation_clip=False,
        )  # fmt: skip
    axes.set_ylim(0, top)
    axes.set_title(f"How the {OTHER[party]} feels to the {party}", loc="left", fontsize=11)


def _numbered(axes: Axes, days: list[int], last: int) -> None:
    """Numbers 1, 2, 3 ... on their days at the top of a panel, one below the other where days are close."""
    drawn: list[tuple[float, int]] = []
    for number, day in enumerate(days, 1):
        row = 0
        while any(abs(day - other) < 0.05 * last and row == taken for other, taken in drawn):
            row += 1
        drawn.append((day, row))
        axes.annotate(
            str(number), (day, 1), xycoords=("data", "axes fraction"), xytext=(0, -8 - 15 * row), ha="center",
            va="center", textcoords="offset points", fontsize=8, annotation_clip=False,
            bbox={"boxstyle": "circle,pad=0.2", "fc": "white", "lw": 0.7},
        )  # fmt: skip


def _act_line(row: pd.Series, place: int) -> str:
    """One influential act in words."""
    act, seen = (str(row[column]).replace("_", " ") for column in ("act", "seen"))
    taken = "" if act == seen else f", taken for “{seen}”"
    return f"{place}  day {row['day']}: the {row['actor']}'s “{act}”{taken} ({100 * row['moved']:.0f})"


@figure(
    "one-dyads-portrait", "Portrait of a dyad", "One dyad's stay from both sides: definitions, tone, events and felt "
    "coercion.", ("events", "days", "dyads"), run=5, gallery=3,
)  # fmt: skip
def dyad_portrait(
    events: pd.DataFrame,
    days: pd.DataFrame,
    dyads: pd.DataFrame,
    dyad: tuple[int, int, int] | None = None,
    rule: PatternRule = DEFAULT_RULE,
) -> Figure:
    """One dyad's stay from both sides: each party's definition of the relationship, how the other feels, and events.

    The acts that moved each party most are numbered.

    Parameters
    ----------
    events, days, dyads
        Tables of a run.
    dyad
        (replicate, centre, dyad); by default the one of the first replicate whose client moved most.
    rule
        Pattern rule.
    """
    who = clearest_dyad(dyads) if dyad is None else DyadKey(*dyad)
    days, events = who.rows(days), who.rows(events)
    row = who.rows(dyads).iloc[0]
    names, last = frame_names(days), int(days["day"].max())
    pattern = with_patterns(at_day(days), rule)["pattern"].iloc[0]
    figure = page(12.8, 7.2)
    grid = figure.subplots(4, 2, sharex=True, height_ratios=(1.4, 0.15 * len(lanes_of(events)), 1.1, 0.85))
    top = max(1.5, float(days[["positivity", "negativity"]].to_numpy().max()) * 1.08)
    weighty = []
    for column, party in enumerate(("client", "keyworker")):
        side = days[days["party"] == party].sort_values("day")
        upper, strip, lower = grid[:3, column]
        stacked_frames(upper, side["day"].to_numpy(), side[[SHARE_OF + name for name in names]].to_numpy())
        upper.set_title(f"The {party} takes the relationship to be", color=PARTY[party][0], loc="left", weight="bold")
        lanes(strip, lanes_of(events), labelled=column == 0)
        _draw_marks(strip, events, party)
        _tone(lower, side, party, top)
        most = moved_most(events, party)
        lines = [_act_line(act, place) for place, (_, act) in enumerate(most.iterrows(), 1)] or ["nothing"]
        weighty.append([f"What moved the {party} most (% of the definition)", *lines])
        _numbered(upper, list(most["day"]), last)
        for axes in (upper, lower):
            plain(axes)
    for axes in grid[:3].flat:
        day_axis(axes, last)
    for axes in grid[2]:
        axes.tick_params(labelbottom=True)
    grid[0, 0].set_ylabel("weight of each frame")
    grid[2, 0].set_ylabel("tone (1 slightly,\n2 quite)")
    grid[0, 1].set_yticklabels([])
    grid[2, 1].set_yticklabels([])
    client = days[days["party"] == "client"].sort_values("day")
    _coercion(grid[3, 0], client)
    grid[3, 1].set_axis_off()
    look: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "fontsize": 9, "va": "top"}
    below = 0.0
    for heading, *acts in weighty:
        grid[3, 1].annotate(heading, (0, 1), (0, below), weight="bold", **look)
        grid[3, 1].annotate("\n".join(acts), (0, 1), (0, below - 13), linespacing=1.3, **look)
        below -= 13 + 12.5 * len(acts) + 7
    grid[0, 1].legend(
        handles=frame_handles(names), loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, fontsize=10
    )
    used = {str(line.get_label()): line for strip in grid[1] for line in strip.lines if line.get_gid() == HAPPENED}
    if used:
        grid[1, 1].legend(
            handles=list(used.values()), loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, fontsize=9,
            labelspacing=0.25, handletextpad=0.2,
        )  # fmt: skip
    title(figure, f"One stay, two views: dyad {who.dyad}, {pattern} in the end")
    changes = counted(int(row["changes"]), "time")
    caption(
        figure,
        f"Dyad {who.dyad} of centre {who.centre}, replicate {who.replicate}; {int(row['exchanges'])} exchanges, "
        f"{int(row['repairs'])} of {int(row['talks'])} repair talks succeeded; keyworker changed {changes}. "
        "Tone in EPA units, felt coercion in squared ones; bad acts weigh more than good ones.",
    )
    set_alt_text(figure, _sentence(days, row, names, pattern))
    return figure


def _coercion(axes: Axes, client: pd.DataFrame) -> None:
    """How coerced the client feels, over the days."""
    days, coerced = widened(client["day"].to_numpy(), client["felt_coercion"].to_numpy())
    axes.fill_between(days, coerced, color="#555555", alpha=0.35, lw=0)
    axes.plot(days, coerced, color=INK, lw=1.4)
    axes.set_ylim(0, max(0.5, 1.1 * float(client["felt_coercion"].max())))
    axes.set_title("How coerced the client feels", loc="left", fontsize=11)
    axes.set(xlabel="day of the stay", ylabel="(EPA units)²")
    day_axis(axes, int(client["day"].max()))
    plain(axes)


def _sentence(days: pd.DataFrame, row: pd.Series, names: list[str], pattern: str) -> str:
    last = int(days["day"].max())
    parts = []
    for party in ("client", "keyworker"):
        side = days[days["party"] == party].set_index("day")
        start = int(side.index.min())
        first, end = (side.loc[day, [SHARE_OF + name for name in names]].astype(float) for day in (start, last))
        words = [f"{kind.idxmax().removeprefix(SHARE_OF)} ({kind.max():.0%})" for kind in (first, end)]
        then = f"{words[0]} on day {start} and for " if start < last else ""
        parts.append(
            f"the {party} takes the relationship mostly for {then}{words[1]} on day {last}, "
            f"when the {OTHER[party]} feels {side.loc[last, 'positivity']:.1f} good and "
            f"{side.loc[last, 'negativity']:.1f} bad"
        )
    return (
        f"One dyad over {counted(last, 'day')}, {pattern} in the end: {listed(parts)}; "
        f"{int(row['repairs'])} of {int(row['talks'])} repair talks succeeded."
    )
