"""Definitions of the relationship by clients and keyworkers, day by day, averaged over dyads."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from twoway.analysis.figures.dyad_portrait import lanes, lanes_of, marked_days
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
)
from twoway.analysis.figures.registry import figure
from twoway.analysis.figures.style import INK, PARTY
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.tables import DYAD
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.errors import listed

WEEK = 7
"""Days over which events of many dyads are counted together."""
LARGEST = 160.0
"""Area of the largest dot, square points."""


@figure(
    "definition-by-day", "Definitions by day", "Mean weight of each frame in both parties' definitions of the "
    "relationship by day, with events below.", ("days", "events"), report=6, gallery=7,
)  # fmt: skip
def definition_by_day(days: pd.DataFrame, events: pd.DataFrame | None = None) -> Figure:
    """Both sides' definitions of the relationship over the days, averaged over the dyads, with events below.

    Parameters
    ----------
    days
        Days of one dyad or more.
    events
        Events of the same dyads, if they are to be shown: a dot for each week and kind (repair talks that took place,
        a party's own confrontations, new keyworkers), as large as their number.
    """
    columns = [SHARE_OF + name for name in frame_names(days)]
    names, last = frame_names(days), int(days["day"].max())
    dyads = len(days[DYAD].drop_duplicates())
    figure = page(12.8, 4.6)
    rows = 1 if events is None else 2
    grid = figure.subplots(rows, 2, sharex=True, squeeze=False, height_ratios=(3.2, 1)[:rows])
    weekly = _weekly(events, last) if events is not None else {}
    most = max((int(count.max()) for count in weekly.values()), default=0)
    means = {}
    for column, (party, (colour, _)) in enumerate(PARTY.items()):
        mean = days[days["party"] == party].groupby("day")[columns].mean()
        means[party] = mean
        upper = grid[0, column]
        stacked_frames(upper, mean.index.to_numpy(), mean.to_numpy())
        upper.set_title(f"{party.capitalize()}s take the relationship to be", color=colour, loc="left", weight="bold")
        plain(upper)
        day_axis(upper, last)
        if events is not None:
            names_of_lanes = lanes_of(events)
            lanes(grid[1, column], names_of_lanes, labelled=column == 0)
            for place, lane in enumerate(names_of_lanes):
                count = weekly[party, lane]
                at = np.flatnonzero(count)
                grid[1, column].scatter(
                    np.minimum(at * WEEK + (WEEK + 1) / 2, last), np.full(len(at), place),
                    s=LARGEST * count[at] / max(most, 1), color=INK, alpha=0.75, lw=0, clip_on=False,
                )  # fmt: skip
        grid[-1, column].tick_params(axis="x", labelbottom=True, length=3)
        grid[-1, column].set_xlabel("day of the stay")
    grid[0, 0].set_ylabel("mean weight of each frame")
    grid[0, 1].set_yticklabels([])
    grid[0, 1].legend(
        handles=frame_handles(names), loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, fontsize=10
    )
    title(figure, "What both sides take the relationship to be, day by day")
    below = f" Dots: events by week, the largest {most}; repair talks are those that took place." if most else ""
    caption(figure, f"Means over {counted(dyads, 'dyad')} at the end of each day.{below}")
    parts = []
    for party, mean in means.items():
        first, end = mean.iloc[0], mean.iloc[-1]
        words = [f"{side.idxmax().removeprefix(SHARE_OF)} ({side.max():.0%})" for side in (first, end)]
        then = f"{words[0]} on day {mean.index[0]} and " if len(mean) > 1 else ""
        parts.append(f"{party}s take the relationship mostly for {then}{words[1]} on day {last}")
    set_alt_text(
        figure, f"Mean weights of {counted(len(names), 'frame')} over {counted(dyads, 'dyad')}: {listed(parts)}."
    )
    return figure


def _weekly(events: pd.DataFrame, last: int) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Number of marked events in each week, by party and lane."""
    counts = {(party, lane): np.zeros((last - 1) // WEEK + 1, int) for party in PARTY for lane in lanes_of(events)}
    for party in PARTY:
        for mark, when in marked_days(events, party):
            if mark.counted and len(when):
                np.add.at(counts[party, mark.lane], (when.to_numpy() - 1) // WEEK, 1)
    return counts
