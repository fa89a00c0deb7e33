"""What all figures share: colours that part in greyscale, and captions that say what a figure rests on."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.patterns import PATTERNS

CLIENT, KEYWORKER = "#0072B2", "#B34700"
PARTY = {"client": (CLIENT, "-"), "keyworker": (KEYWORKER, (0, (5, 1.5)))}
PATTERN_COLOURS = dict(zip(PATTERNS, ("#56B4E9", "#D9D9D9", "#7A1F1F"), strict=True))
PATTERN_HATCHES = dict(zip(PATTERNS, ("", "..", "//"), strict=True))
PATTERN_MARKERS = dict(zip(PATTERNS, ("o", "s", "^"), strict=True))
FRAME_COLOURS = ("#2166AC", "#67A9CF", "#D9D9D9", "#FDDBC7", "#EF8A62", "#8C1D13")
"""From the most benign frame, with which a repertoire begins, to the most hostile, with which it ends."""
SCOPE = "Made-up people in a model; no forecast about anyone."


def frame_colours(number: int) -> list[str]:
    """A colour for each of so many frames, however many a repertoire has.

    >>> frame_colours(2)
    ['#2166ac', '#8c1d13']
    """
    ramp = LinearSegmentedColormap.from_list("frames", FRAME_COLOURS)
    return [to_hex(ramp(place)) for place in np.linspace(0, 1, number)]


def caption(figure: Figure, text: str) -> None:
    """What the figure rests on, below it."""
    width = int(figure.get_size_inches()[0] * 15)
    lines = textwrap.wrap(f"{text} {SCOPE}", width, break_on_hyphens=False)
    figure.text(0.02, 0.02, "\n".join(lines), fontsize=8, color="#444444", ha="left", va="bottom")


def title(figure: Figure, text: str) -> None:
    """The figure's title, top left."""
    figure.text(0.02, 0.97, text, fontsize=13, ha="left", va="top")


def plain(axes: Axes) -> None:
    """No frame above and to the right."""
    axes.spines[["top", "right"]].set_visible(False)


def day_axis(axes: Axes, last: int) -> None:
    """Days of the stay from left to right, up to the *last*."""
    axes.set_xlim(1, max(2, last))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "dyad"), counted(3, "dyad")
    ('1 dyad', '3 dyads')
    """
    return f"{number} {noun}{'s' * (number != 1)}"


def share_axis(axes: Axes) -> None:
    """Shares from bottom to top."""
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"])
