"""Drawing SVG: elements, hatched fills and text, each word escaped, with nothing that a page would have to supply.

Colours and fonts are written into the elements, since a page's styles do not travel with a saved figure, and because a
strict Content-Security-Policy forbids ``style`` attributes.
"""

from __future__ import annotations

import re
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
Value = float | str
"""Value of an attribute: a text, or a number in units of the drawing."""


def svg_text(value: float | str) -> str:
    r"""A number or text as it stands in a drawing: tenths without a final zero, and no character that XML forbids.

    Examples
    --------
    >>> svg_text(12.04), svg_text(3.0), svg_text("a\x00b")
    ('12', '3', 'ab')
    """
    return UNWRITABLE.sub("", value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


class Drawing:
    """An SVG that is being drawn.

    Parameters
    ----------
    width, height
        Size in units of the drawing.
    key
        Prefix of the ids in the drawing, which must be unique on a page.
    title
        Title of the drawing.
    sentence
        What the drawing shows, for readers who cannot see it.
    """

    def __init__(self, width: float, height: float, key: str, title: str, sentence: str) -> None:
        self.key = re.sub("[^A-Za-z0-9-]", "-", key)
        self.root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": FONT})
        self._set(self.root, {"viewBox": f"0 0 {svg_text(width)} {svg_text(height)}", "width": width, "height": height})
        self._set(self.root, {"aria-label": sentence})
        self.put("title", None, title)
        self._hatched: dict[tuple[str, str], str] = {}
        self._definitions = self.put("defs")
        self.put("rect", width=width, height=height, fill="#ffffff")

    @staticmethod
    def _set(element: Element, attributes: dict[str, Value]) -> None:
        """Set attributes of an element."""
        for name, value in attributes.items():
            element.set(name, svg_text(value))

    def put(self, name: str, into: Element | None = None, text: str = "", /, **attributes: Value) -> Element:
        """Add an element.

        Parameters
        ----------
        name
            Name of the element, such as "rect".
        into
            Element that it is added to; the drawing itself by default.
        text
            Text of the element.
        **attributes
            Attributes of the element. An underscore in a name becomes a hyphen, and one at its end is dropped
            (``class_`` is class).
        """
        element = ElementTree.SubElement(self.root if into is None else into, name)
        self._set(element, {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()})
        element.text = svg_text(text) or None
        return element

    def words(self, x: float, y: float, text: str, /, **attributes: Value) -> Element:
        """Add text.

        Parameters
        ----------
        x, y
            Place of the text's base line, in units of the drawing: where it begins, unless ``text_anchor`` says else.
        text
            The text.
        **attributes
            Attributes of the element, see ``put``; they may replace colour and size.
        """
        look: dict[str, Value] = {"fill": INK, "font_size": 12}
        return self.put("text", None, text, **{"x": x, "y": y, **look, **attributes})

    def fill(self, colour: str, hatch: str) -> str:
        """Value of the attribute fill for a hatched colour.

        Parameters
        ----------
        colour
            Such as "#56B4E9".
        hatch
            A hatch as matplotlib names it, of which the first letter counts; empty for none.
        """
        if not hatch:
            return colour
        if (colour, hatch) not in self._hatched:
            name = f"{self.key}-fill-{len(self._hatched)}"
            look: dict[str, Value] = {"width": TILE, "height": TILE, "patternUnits": "userSpaceOnUse"}
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
    """Places of labels as near to the wanted ones as can be, so that they do not overlap.

    Parameters
    ----------
    wanted
        Wanted places, in rising order.
    least
        Least distance between two places; it shrinks where there is not room for all.
    low, high
        Ends of the room.

    Examples
    --------
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
