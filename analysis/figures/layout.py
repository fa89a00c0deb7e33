"""The page of a figure: room for title, key and caption, its alt text, and axes that many figures share.

A figure starts with ``page``. ``title``, ``key`` and ``caption`` add the room they need to the height of the page, and
matplotlib's constrained layout places the axes in between, so that no text lies on another, however long it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from twoway.analysis.figures.style import (
    FRAME_COLOURS,
    FRAME_HATCHES,
    PATTERN_COLOURS,
    PATTERN_HATCHES,
    PATTERN_MARKERS,
)
from twoway.analysis.patterns import PATTERNS
from twoway.simulation import SCOPE
from twoway.simulation.columns import SHARE_OF

TITLE, KEY, CAPTION = "title", "key", "caption"
"""Groups (``gid``) of the texts around the axes."""
TITLE_SIZE, KEY_SIZE, CAPTION_SIZE = 13.0, 9.5, 8.0
"""Font sizes, points."""
MARGIN, GAP, PAD = 0.2, 0.06, 0.08
"""Empty space at the edges of the page, between title and key, and around each of the axes, inches."""
POINTS = 72
"""Points in an inch."""


def page(width: float, height: float) -> Figure:
    """An empty figure.

    Parameters
    ----------
    width
        Width of the page, inches.
    height
        Height of the room for the axes with their labels, inches; title, key and caption add theirs.
    """
    engine = ConstrainedLayoutEngine(w_pad=PAD, h_pad=PAD, wspace=0.03, hspace=0.03, rect=(0.0, 0.0, 1.0, 1.0))
    return Figure(figsize=(width, height), layout=engine)


def title(figure: Figure, text: str) -> None:
    """Write the title at the top left, in as many lines as the width of the page asks for.

    Parameters
    ----------
    figure
        A figure made with ``page``.
    text
        The title.
    """
    lines = _wrapped(text, figure.get_size_inches()[0] - 2 * MARGIN, TITLE_SIZE)
    figure.text(0, 1, "\n".join(lines), fontsize=TITLE_SIZE, ha="left", va="top", gid=TITLE)
    _reserve(figure)


def caption(figure: Figure, text: str) -> None:
    """Write below the axes what the figure rests on, and what the model is for.

    Parameters
    ----------
    figure
        A figure made with ``page``.
    text
        Sentences on what the figure shows and rests on; the model's scope is added.
    """
    lines = _wrapped(f"{text} {SCOPE}", figure.get_size_inches()[0] - 2 * MARGIN, CAPTION_SIZE)
    figure.text(0, 0, "\n".join(lines), fontsize=CAPTION_SIZE, color="#444444", ha="left", va="bottom", gid=CAPTION)
    _reserve(figure)


def key(figure: Figure, handles: Sequence[Artist], heading: str | None = None) -> None:
    """Explain the looks between title and axes, in as few rows as the width of the page allows.

    Parameters
    ----------
    figure
        A figure made with ``page``.
    handles
        Artists with labels.
    heading
        Text above the labels.
    """
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    for columns in range(len(handles), 0, -1):
        legend = figure.legend(
            handles=handles, ncols=columns, loc="upper left", frameon=False, fontsize=KEY_SIZE, borderaxespad=0,
            borderpad=0, title=heading, title_fontsize=KEY_SIZE, alignment="left", columnspacing=1.6,
        )  # fmt: skip
        legend.set_gid(KEY)
        if legend.get_window_extent(renderer).width <= figure.bbox.width - 2 * MARGIN * figure.dpi or columns == 1:
            break
        legend.remove()
    _reserve(figure)


def _reserve(figure: Figure) -> None:
    """Place title, key and caption, and make the page as much taller as they need."""
    texts = {text.get_gid(): text for text in figure.texts if text.get_gid() in (TITLE, CAPTION)}
    keys = [legend for legend in figure.legends if legend.get_gid() == KEY]
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    above = [artist for artist in (texts.get(TITLE), *keys) if artist is not None]
    tall = {artist: artist.get_window_extent(renderer).height / figure.dpi for artist in (*above, *texts.values())}
    head = sum(tall[artist] + GAP for artist in above) + MARGIN
    foot = tall[texts[CAPTION]] + MARGIN if CAPTION in texts else 0.0
    width, height = figure.get_size_inches()
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        inner = engine.get()["rect"][3] * height
        height = inner + head + foot
        figure.set_size_inches(width, height)
        side = (MARGIN - PAD) / width
        engine.set(rect=(side, foot / height, 1 - 2 * side, inner / height))
    x, y = MARGIN / width, 1 - MARGIN / height
    for artist in above:
        if isinstance(artist, Legend):
            artist.set_bbox_to_anchor((x, y), figure.transFigure)
        else:
            artist.set_position((x, y))
        y -= (tall[artist] + GAP) / height
    if CAPTION in texts:
        texts[CAPTION].set_position((x, 0.5 * MARGIN / height))


def settle(figure: Figure) -> None:
    """Place the axes for good: the layout is computed once, and not again for every file format."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")


@cache
def text_width(text: str, size: float) -> float:
    """Width of one line of text, inches.

    Parameters
    ----------
    text
        The line.
    size
        Font size, points.
    """
    width, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=size), False)
    return 1.05 * float(width) / POINTS  # printers and screens round each letter up


def _wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines of *text*, none wider than *width* inches at a font *size* in points unless a single word is."""
    lines: list[str] = []
    space, used = text_width(" ", size), 0.0
    for word in text.split():
        wide = text_width(word, size)
        if lines and used + space + wide <= width:
            lines[-1] += f" {word}"
            used += space + wide
        else:
            lines.append(word)
            used = wide
    return lines


def set_alt_text(figure: Figure, sentence: str) -> None:
    """Give the figure one plain sentence with its main numbers, for readers who cannot see it.

    Parameters
    ----------
    figure
        The figure.
    sentence
        The sentence; ``alt_text`` returns it.
    """
    figure.set_label(" ".join(sentence.split()))


def alt_text(figure: Figure) -> str:
    """The sentence that describes the figure; its title and caption if it was given none."""
    texts = [text.get_text() for name in (TITLE, CAPTION) for text in figure.texts if text.get_gid() == name]
    return str(figure.get_label()) or " ".join(" ".join(texts).split())


def plain(axes: Axes) -> None:
    """Remove the frame above and to the right."""
    axes.spines[["top", "right"]].set_visible(False)


def row_axes(axes: Axes, rows: int, ticks: int, label: Callable[[float, int], str]) -> None:
    """Prepare axes with a number of *rows* from top to bottom.

    Parameters
    ----------
    axes
        Axes to prepare.
    rows
        Number of rows; row 0 is the uppermost.
    ticks
        Largest number of steps between ticks below the rows.
    label
        Text of a tick, from its value and place.
    """
    axes.set_ylim(rows - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(label))
    plain(axes)
    axes.spines["left"].set_visible(False)


def day_axis(axes: Axes, last: int) -> None:
    """Days of the stay from left to right.

    Parameters
    ----------
    axes
        Axes to prepare.
    last
        Last day; the first is 1.
    """
    axes.set_xlim(1, max(2, last))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def share_axis(axes: Axes) -> None:
    """Shares from bottom (0) to top (1)."""
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])


def frame_names(table: pd.DataFrame) -> list[str]:
    """Names of the frames whose weights a table of days or events holds, in the repertoire's order."""
    return [column.removeprefix(SHARE_OF) for column in table.columns if column.startswith(SHARE_OF)]


def widened(days: NDArray[np.int64], values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Days and their values for drawing: a single day becomes as wide as a day, or it could not be seen.

    Parameters
    ----------
    days
        Days, shape (n,).
    values
        Values by day, shape (n, ...).

    Examples
    --------
    >>> widened(np.array([1]), np.array([0.5]))
    (array([1, 2]), array([0.5, 0.5]))
    """
    return (np.append(days, days + 1), np.concatenate([values, values])) if len(days) == 1 else (days, values)


def stacked_frames(axes: Axes, days: NDArray[np.int64], shares: NDArray[np.float64]) -> None:
    """Draw the weights of the frames over some days, stacked from the first frame up.

    Parameters
    ----------
    axes
        Axes to draw on.
    days
        Days of the stay, shape (n,).
    shares
        Weight of each frame on each day, shape (n, frames); a day's weights sum to 1.
    """
    days, shares = widened(days, shares)
    areas = axes.stackplot(days, shares.T, colors=FRAME_COLOURS, edgecolor="white", lw=0.3)
    for area, hatch in zip(areas, cycle(FRAME_HATCHES), strict=False):
        area.set_hatch(hatch)
    share_axis(axes)


def frame_handles(names: Iterable[str]) -> list[Patch]:
    """Handles of a key to the frames' colours, from the uppermost band to the lowest."""
    looks = zip(names, cycle(FRAME_COLOURS), cycle(FRAME_HATCHES), strict=False)
    return [Patch(facecolor=c, hatch=h, edgecolor="white", lw=0.3, label=name) for name, c, h in looks][::-1]


def pattern_patches(hatched: bool = True) -> list[Patch]:
    """Handles of a key to the patterns' colours, for areas; leave out the hatches of small ones."""
    hatches = PATTERN_HATCHES if hatched else dict.fromkeys(PATTERNS, "")
    return [Patch(facecolor=PATTERN_COLOURS[p], edgecolor="#333333", hatch=hatches[p], label=p) for p in PATTERNS]


def pattern_points(size: float = 8) -> list[Line2D]:
    """Handles of a key to the patterns' shapes and colours, for points of this *size*."""
    looks: dict[str, Any] = {"color": "none", "markeredgecolor": "#333333", "markersize": size}
    return [
        Line2D([], [], marker=PATTERN_MARKERS[p], markerfacecolor=PATTERN_COLOURS[p], label=p, **looks)
        for p in PATTERNS
    ]


def stretches(codes: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """First place, length and value of each stretch over which a series, shape (n,), stays the same.

    Examples
    --------
    >>> list(stretches(np.array([5, 5, 7])))
    [(0, 2, 5), (2, 1, 7)]
    """
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    for start, end in zip(starts, [*starts[1:], len(codes)], strict=True):
        yield int(start), int(end - start), int(codes[start])


def spread_out(values: Sequence[float], gap: float) -> list[float]:
    """Places for labels near their values, each at least a gap from the next, in the order of the values.

    Parameters
    ----------
    values
        Where the labels belong, in the units of an axis.
    gap
        Least distance between two labels, in the same units.

    Returns
    -------
    list of float
        A place for each value, in the order in which the values are given.

    Examples
    --------
    >>> spread_out([1.0, 1.0, 5.0], 2.0)
    [2.0, 0.0, 5.0]
    """
    order = sorted(range(len(values)), key=lambda i: (-values[i], i))
    groups: list[tuple[float, int]] = []
    for i in order:
        groups.append((values[i], 1))
        while len(groups) > 1 and groups[-2][0] - groups[-1][0] < gap * (groups[-2][1] + groups[-1][1]) / 2:
            (below, m), (above, n) = groups.pop(), groups.pop()
            groups.append(((above * n + below * m) / (n + m), n + m))
    places = [middle + gap * ((n - 1) / 2 - k) for middle, n in groups for k in range(n)]
    return [float(place) for _, place in sorted(zip(order, places, strict=True))]


def plain_names(inputs: Iterable[str]) -> list[str]:
    """Names of inputs as one would say them; with their section only where two would be the same.

    Examples
    --------
    >>> plain_names(["context.repair_opportunity", "learning.perceptual_noise"])
    ['repair opportunity', 'perceptual noise']
    """
    full = list(map(str, inputs))
    short = [name.rpartition(".")[2].replace("_", " ") for name in full]
    return [f if short.count(s) > 1 else s for f, s in zip(full, short, strict=True)]
