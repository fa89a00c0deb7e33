"""What all figures share: colours that part in greyscale, captions and sentences that say what a figure rests on."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from twoway.analysis.figures.palette import (
    BAD,
    FRAME_COLOURS,
    FRAME_HATCHES,
    INK,
    PARTY,
    PATTERN_COLOURS,
    PATTERN_HATCHES,
    PATTERN_MARKERS,
    ink_on,
)
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.tables import DYAD
from twoway.simulation import SCOPE
from twoway.simulation.columns import SHARE_OF

__all__ = [  # looks that are had from here as well
    "BAD", "FRAME_COLOURS", "FRAME_HATCHES", "INK", "PARTY", "PATTERN_COLOURS", "PATTERN_HATCHES", "PATTERN_MARKERS",
    "ink_on",
]  # fmt: skip
TITLE, CAPTION = "title", "caption"


def caption(figure: Figure, text: str) -> None:
    """What the figure rests on, below it."""
    width = int(figure.get_size_inches()[0] * 15)
    lines = textwrap.wrap(f"{text} {SCOPE}", width, break_on_hyphens=False)
    figure.text(0.02, 0.02, "\n".join(lines), fontsize=8, color="#444444", ha="left", va="bottom", gid=CAPTION)


def title(figure: Figure, text: str) -> None:
    """The figure's title, top left."""
    figure.text(0.02, 0.97, text, fontsize=13, ha="left", va="top", gid=TITLE)


def plain(axes: Axes) -> None:
    """No frame above and to the right."""
    axes.spines[["top", "right"]].set_visible(False)


def row_axes(axes: Axes, rows: int, ticks: int, written: Callable[[float, int], str]) -> None:
    """So many *rows* from top to bottom, and at most so many steps between *ticks* below them, *written* so."""
    axes.set_ylim(rows - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(written))
    plain(axes)
    axes.spines["left"].set_visible(False)


def day_axis(axes: Axes, last: int) -> None:
    """Days of the stay from left to right, up to the *last*."""
    axes.set_xlim(1, max(2, last))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def share_axis(axes: Axes) -> None:
    """Shares from bottom to top."""
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])


def say(figure: Figure, sentence: str) -> None:
    """Give the figure one plain sentence with its main numbers, for those who cannot see it; ``said`` returns it."""
    figure.set_label(" ".join(sentence.split()))


def said(figure: Figure) -> str:
    """What the figure shows, in one plain sentence: its alt text; title and caption where no sentence was given."""
    told = [text.get_text() for name in (TITLE, CAPTION) for text in figure.texts if text.get_gid() == name]
    return str(figure.get_label()) or " ".join(" ".join(told).split())


class Who(NamedTuple):
    """Which dyad: the keys of every table."""

    replicate: int
    centre: int
    dyad: int

    def rows(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table that are about this dyad, in their order."""
        return table[np.logical_and.reduce([table[key] == value for key, value in zip(DYAD, self, strict=True)])]


def frame_names(table: pd.DataFrame) -> list[str]:
    """The frames whose weights a table of days or events holds, in the repertoire's order."""
    return [column.removeprefix(SHARE_OF) for column in table.columns if column.startswith(SHARE_OF)]


def widened(days: NDArray[Any], values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Days and their values as they are drawn: a single day is as wide as a day, or nothing of it could be seen.

    >>> widened(np.array([1]), np.array([0.5]))
    (array([1, 2]), array([0.5, 0.5]))
    """
    return (np.append(days, days + 1), np.concatenate([values, values])) if len(days) == 1 else (days, values)


def stacked_frames(axes: Axes, days: NDArray[Any], shares: NDArray[Any]) -> None:
    """Weights of the frames over days, stacked from the first frame up; *shares* has shape (days, frames)."""
    days, shares = widened(days, shares)
    areas = axes.stackplot(days, shares.T, colors=FRAME_COLOURS, edgecolor="white", lw=0.3)
    for area, hatch in zip(areas, cycle(FRAME_HATCHES), strict=False):
        area.set_hatch(hatch)
    share_axis(axes)


def frame_handles(names: Iterable[str]) -> list[Patch]:
    """What the colours of the frames mean, from the uppermost band to the lowest."""
    looks = zip(names, cycle(FRAME_COLOURS), cycle(FRAME_HATCHES), strict=False)
    return [Patch(facecolor=c, hatch=h, edgecolor="white", lw=0.3, label=name) for name, c, h in looks][::-1]


def pattern_patches(hatched: bool = True) -> list[Patch]:
    """What the colours of the patterns mean, for areas; small ones are not *hatched*."""
    hatches = PATTERN_HATCHES if hatched else dict.fromkeys(PATTERNS, "")
    return [Patch(facecolor=PATTERN_COLOURS[p], edgecolor="#333333", hatch=hatches[p], label=p) for p in PATTERNS]


def pattern_points(size: float = 8) -> list[Line2D]:
    """What the shapes and colours of the patterns mean, for points."""
    looks: dict[str, Any] = {"color": "none", "markeredgecolor": "#333333", "markersize": size}
    return [
        Line2D([], [], marker=PATTERN_MARKERS[p], markerfacecolor=PATTERN_COLOURS[p], label=p, **looks)
        for p in PATTERNS
    ]


def stretches(codes: NDArray[Any]) -> Iterator[tuple[int, int, int]]:
    """Where a series stays the same: first place, length and value of each stretch.

    >>> list(stretches(np.array([5, 5, 7])))
    [(0, 2, 5), (2, 1, 7)]
    """
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    for start, end in zip(starts, [*starts[1:], len(codes)], strict=True):
        yield int(start), int(end - start), int(codes[start])
