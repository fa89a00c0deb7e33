"""Looks of parties, patterns and frames in every figure and chart: colours, hatches, dashes and markers.

They differ in greyscale as well: by lightness, hatch, dash or marker. This module does not import matplotlib, so that
the seminar page can use the same looks without waiting for it.
"""

from __future__ import annotations

from typing import Any

from twoway.analysis.patterns import PATTERNS

CLIENT, KEYWORKER = "#0072B2", "#B34700"
PARTY: dict[str, tuple[str, Any]] = {"client": (CLIENT, "-"), "keyworker": (KEYWORKER, (0, (5, 1.5)))}
"""Colour and dash of the parties; in greyscale only the dash differs."""
PATTERN_COLOURS = dict(zip(PATTERNS, ("#56B4E9", "#D9D9D9", "#7A1F1F"), strict=True))
PATTERN_HATCHES = dict(zip(PATTERNS, ("", "..", "//"), strict=True))
PATTERN_MARKERS = dict(zip(PATTERNS, ("o", "s", "^"), strict=True))
FRAME_COLOURS = ("#2166AC", "#67A9CF", "#D9D9D9", "#FDDBC7", "#EF8A62", "#8C1D13", "#4D4D4D", "#999999")
FRAME_HATCHES = ("", "", "..", "//", "\\\\", "xx", "++", "..")
"""Looks of the frames in the order of the repertoire; from the ninth frame on they are repeated."""
BAD = "#7A1F1F"
INK = "#222222"
STRONG, SOFT, FAINT = "#08519C", "#BDD7E7", "#999999"
"""Colours of estimates, of their surroundings, and of what is in the background."""
SOURCE_FILLS = ((STRONG, ""), ("#FDAE6B", "//"), ("#D9D9D9", ".."))
"""Colours and hatches of the sources of variance: inputs, draws by point, draws common to all points."""


def luminance(colour: str) -> float:
    """Lightness of a colour in greyscale, with the weights of Rec. 601, as printers use them.

    Parameters
    ----------
    colour
        Colour as ``#rrggbb``.

    Returns
    -------
    float
        From 0 (black) to 1 (white).

    Examples
    --------
    >>> luminance("#ffffff"), luminance("#000000")
    (1.0, 0.0)
    """
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return round(0.299 * red + 0.587 * green + 0.114 * blue, 9)


def ink_on(colour: str) -> str:
    """Black or white, whichever is readable on the *colour* (``#rrggbb``)."""
    return "#ffffff" if luminance(colour) < 0.5 else INK
