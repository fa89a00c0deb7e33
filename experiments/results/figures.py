"""Figures in files and pages: PNG and SVG that carry their provenance and say in a sentence what they show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from twoway.analysis.figures.layout import alt_text, set_alt_text
from twoway.analysis.render.html import embedded_image
from twoway.simulation.data_files import open_file
from twoway.simulation.errors import InputError

LARGE_SVG = 100_000
"""Bytes from which on a page shows a PNG instead, which is of about that size."""


def _about(figure: Figure, note: Mapping[str, str]) -> dict[str, str]:
    """Title and description in the file of a figure: what it shows, and its provenance."""
    return {"Title": alt_text(figure), "Description": "; ".join(f"{key}: {value}" for key, value in note.items())}


def _svg_of(figure: Figure, note: Mapping[str, str]) -> bytes:
    """A figure as SVG with its provenance.

    Text stays text: smaller, and it can be searched and read aloud. Lines are drawn to a tenth of a point, finer than
    any printer, in half the bytes.
    """
    file, about = BytesIO(), _about(figure, note)
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": about["Description"]}):
        figure.savefig(file, format="svg", metadata=about | {"Creator": note["model"], "Date": None})
    return re.sub(rb' d="[^"]*"', lambda path: re.sub(rb"(\.\d)\d+", rb"\1", path[0]), file.getvalue())


def png_of(figure: Figure, note: Mapping[str, str], dpi: int = 130, colours: int | None = None) -> bytes:
    """A figure as PNG with its provenance.

    Parameters
    ----------
    figure
        Figure to draw.
    note
        Provenance, by name; it needs ``model``.
    dpi
        Dots per inch.
    colours
        Largest number of colours, which makes the file several times smaller; by default all.
    """
    file, about = BytesIO(), _about(figure, note) | {"Software": note["model"]}
    figure.savefig(file, format="png", dpi=dpi, metadata=about)
    if colours is None:
        return file.getvalue()
    small, info = BytesIO(), PngInfo()
    for key, value in about.items():
        info.add_itxt(key, value)
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(colours).save(small, "PNG", optimize=True, pnginfo=info)
    return small.getvalue()


def save_figure(folder: Path, name: str, figure: Figure, note: Mapping[str, str]) -> None:
    """Save a figure as PNG and SVG; both carry their provenance, and what they show in a sentence as their title.

    Parameters
    ----------
    folder
        Folder of the result; the files go to ``figures`` in it.
    name
        Name of the files, without ending.
    figure
        Figure to save.
    note
        Provenance by name; it needs ``model``.
    """
    figures = folder / "figures"
    figures.mkdir(exist_ok=True)
    (figures / f"{name}.png").write_bytes(png_of(figure, note))
    (figures / f"{name}.svg").write_bytes(_svg_of(figure, note))


def figure_html(figure: Figure, note: Mapping[str, str]) -> Markup:
    """A figure as part of a page, with a sentence for readers who cannot see it.

    The picture stands in the page itself, as SVG, or as PNG where the SVG would be large: of many points, for example.

    Parameters
    ----------
    figure
        Figure to show.
    note
        Provenance by name; it needs ``model``.
    """
    svg = _svg_of(figure, note)
    if len(svg) <= LARGE_SVG:
        return embedded_image(svg, "image/svg+xml", alt_text(figure))
    return embedded_image(png_of(figure, note, dpi=120, colours=96), "image/png", alt_text(figure))


def saved_figure(path: Path) -> Figure:
    """A figure that shows the saved picture at *path*."""
    try:
        with open_file(path) as file, Image.open(file) as picture:
            title, pixels = str(picture.info.get("Title", path.stem)), picture.convert("RGB")
    except InputError:
        raise
    except Exception:  # a damaged picture makes the decoders raise many kinds of errors
        raise InputError(f"{path}: cannot be read as a picture") from None
    width, height = pixels.size
    figure = Figure(figsize=(width / 130, height / 130))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.imshow(pixels)
    axes.set_axis_off()
    set_alt_text(figure, title)
    return figure
