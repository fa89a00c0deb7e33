"""Drawing SVG: elements, hatched fills and text, each word escaped, with nothing that a page would have to supply.

Colours and fonts are written into the elements, since a page's styles do not travel with a saved figure, and because a
strict Content-Security-Policy forbids ``style`` attributes.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

from twoway.analysis.figures.style import INK, ink_on

FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
TILE = 6
"""Width and height of one tile of a hatch, in units of the drawing."""
HATCHES = {
    "/": "M-1 7L7 -1",
    "\\": "M-1 -1L7 7",
    "x": "M0 0L6 6M0 6L6 0",
    "+": "M3 0V6M0 3H6",
    ".": "M3 2.2a.8 .8 0 1 0 .01 0z",
}
"""Paths of the hatches, by the letter that matplotlib has for them."""
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML forbids, however they are written."""

Element = ElementTree.Element


def svg_text(value: float | str) -> str:
    r"""A number or a word as it stands in a drawing: tenths, no zero that says nothing, no character XML forbids.

    >>> svg_text(12.04), svg_text(3.0), svg_text("a\x00b")
    ('12', '3', 'ab')
    """
    return UNWRITABLE.sub("", value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


class Drawing:
    """One SVG being drawn, *width* by *height* units; *key* keeps its ids apart from those of others on the page.

    To those who cannot see it, it is an image that says *sentence*; *title* is its name.
    """

    def __init__(self, width: float, height: float, key: str, title: str, sentence: str) -> None:
        self.key = re.sub("[^A-Za-z0-9-]", "-", key)
        self.root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": FONT})
        self._set(self.root, {"viewBox": f"0 0 {svg_text(width)} {svg_text(height)}", "width": width, "height": height})
        self._set(self.root, {"aria-label": sentence})
        self.put("title", says=title)
        self._hatched: dict[tuple[str, str], str] = {}
        self._definitions = self.put("defs")
        self.put("rect", width=width, height=height, fill="#ffffff")

    @staticmethod
    def _set(element: Element, attributes: dict[str, Any]) -> None:
        for name, value in attributes.items():
            element.set(name, svg_text(value))

    def put(self, name: str, into: Element | None = None, says: str = "", **attributes: Any) -> Element:
        """Add an element; an underscore in an attribute's name becomes a hyphen (``class_`` is class)."""
        element = ElementTree.SubElement(self.root if into is None else into, name)
        self._set(element, {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()})
        element.text = svg_text(says) or None
        return element

    def words(self, x: float, y: float, says: str, size: float = 12, **attributes: Any) -> Element:
        """Text whose base line begins at x, y."""
        look: dict[str, Any] = {"fill": INK, "font_size": size}
        return self.put("text", says=says, x=x, y=y, **(look | attributes))

    def fill(self, colour: str, hatch: str) -> str:
        """A fill: the colour, hatched by a word of matplotlib's (its first letter counts) in what reads on it."""
        if not hatch:
            return colour
        if (colour, hatch) not in self._hatched:
            name = f"{self.key}-fill-{len(self._hatched)}"
            look: dict[str, Any] = {"width": TILE, "height": TILE, "patternUnits": "userSpaceOnUse"}
            tile = self.put("pattern", self._definitions, id=name, **look)
            self.put("rect", tile, width=TILE, height=TILE, fill=colour)
            ink, path = ink_on(colour), HATCHES[hatch[0]]
            self.put("path", tile, d=path, stroke=ink, stroke_width=0.8, fill=ink if hatch[0] == "." else "none")
            self._hatched[colour, hatch] = f"url(#{name})"
        return self._hatched[colour, hatch]

    def svg(self) -> Markup:
        """The drawing as the text of an SVG file, or as a part of an HTML page; all texts in it are escaped."""
        return Markup(ElementTree.tostring(self.root, encoding="unicode"))


def spread_labels(wanted: list[float], least: float, low: float, high: float) -> list[float]:
    """Places as near to those *wanted* (in rising order) as can be, *least* apart, between *low* and *high*.

    Where there is not room for all of them at that distance, they stand as far apart as there is room for.

    >>> spread_labels([10.0, 11.0, 50.0], 10.0, 0.0, 100.0)
    [10.0, 20.0, 50.0]
    """
    count = len(wanted)
    least = min(least, (high - low) / max(1, count - 1))
    places: list[float] = []
    for index, place in enumerate(wanted):
        lowest = low + index * least if not places else max(low, places[-1] + least)
        places.append(max(place, lowest))
    ceiling = high
    for index in range(count - 1, -1, -1):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - least
    return places
