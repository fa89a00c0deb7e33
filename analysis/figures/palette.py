"""What parties, patterns and frames look like in every figure and chart: colours, hatches and dashes.

They part in greyscale as well: by lightness, hatch, dash or marker. Nothing is imported that draws, so that a page can
have them without matplotlib.
"""

from __future__ import annotations

from typing import Any

from twoway.analysis.patterns import PATTERNS

CLIENT, KEYWORKER = "#0072B2", "#B34700"
PARTY: dict[str, tuple[str, Any]] = {"client": (CLIENT, "-"), "keyworker": (KEYWORKER, (0, (5, 1.5)))}
"""Colour and dash of the parties; in greyscale only the dash parts them."""
PATTERN_COLOURS = dict(zip(PATTERNS, ("#56B4E9", "#D9D9D9", "#7A1F1F"), strict=True))
PATTERN_HATCHES = dict(zip(PATTERNS, ("", "..", "//"), strict=True))
PATTERN_MARKERS = dict(zip(PATTERNS, ("o", "s", "^"), strict=True))
FRAME_COLOURS = ("#2166AC", "#67A9CF", "#D9D9D9", "#FDDBC7", "#EF8A62", "#8C1D13", "#4D4D4D", "#999999")
FRAME_HATCHES = ("", "", "..", "//", "\\\\", "xx", "++", "..")
"""Looks of the frames in the order of the repertoire; from the ninth on they come again."""
BAD = "#7A1F1F"
INK = "#222222"


def luminance(colour: str) -> float:
    """How light a colour (#rrggbb) is in greyscale, 0 (black) to 1 (white): the weights of Rec. 601, as prints use.

    >>> luminance("#ffffff"), luminance("#000000")
    (1.0, 0.0)
    """
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return round(0.299 * red + 0.587 * green + 0.114 * blue, 9)


def ink_on(colour: str) -> str:
    """Black or white, whichever can be read on the colour."""
    return "#ffffff" if luminance(colour) < 0.5 else INK
