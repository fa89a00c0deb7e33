"""Documents in HTML, made from Jinja2 templates that escape every text: one file that loads nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from twoway.analysis.render.document import Block, Pair, Piece, Table
from twoway.simulation import SCOPE

TEMPLATES = Path(__file__).parent / "templates"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The Content-Security-Policy of a document: styles and images that are in the file itself, and nothing else."""


@lru_cache
def environment(folder: Path = TEMPLATES) -> Environment:
    """The Jinja2 environment that every template is rendered in.

    Every value is escaped unless it is `Markup`, and a value that a template needs and does not get is an error.

    Parameters
    ----------
    folder
        Where templates are looked for first; those of documents (`analysis/render/templates`) are always found.

    Returns
    -------
    Environment
        The same one for the same folder.

    Examples
    --------
    >>> str(environment().from_string("<p>{{ text }}</p>").render(text="<script>"))
    '<p>&lt;script&gt;</p>'
    """
    found = Environment(
        loader=FileSystemLoader([folder, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for name, kind in (("block", Block), ("pair", Pair), ("table", Table)):
        found.tests[name] = lambda value, kind=kind: isinstance(value, kind)
    return found


def render(template: str, folder: Path = TEMPLATES, **values: object) -> Markup:
    """A template of a folder, filled in with values.

    Parameters
    ----------
    template
        File name of the template, such as ``"fragment.html"``.
    folder
        Where the template lies, or a folder whose templates go before those of documents.
    **values
        What the template names. Text is escaped; `Markup` is HTML already and passes as it is.
    """
    return Markup(environment(folder).get_template(template).render(values))


def as_fragment(pieces: Sequence[Piece]) -> Markup:
    """The pieces of a document as part of another HTML page.

    Parameters
    ----------
    pieces
        Blocks, pairs of blocks and tables; their text is escaped.
    """
    return render("fragment.html", pieces=pieces)


def as_html(
    title: str, body: Sequence[Piece | Markup], script: str = "", template: str = "document.html",
    folder: Path = TEMPLATES, **values: object,
) -> str:  # fmt: skip
    """A document as the text of one HTML file, whose Content-Security-Policy allows nothing from outside the file.

    Parameters
    ----------
    title
        What the browser shows as the title of the window.
    body
        Pieces, whose text is escaped, and `Markup`, which is HTML already (figures).
    script
        JavaScript, the one script that may run in the document; without it there is none.
    template, folder
        Another template than that of all documents, and where it lies; it extends ``document.html``.
    **values
        What that template names besides.

    Returns
    -------
    str
        The text of the file.
    """
    policy = POLICY
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
        policy += f"; script-src 'sha256-{digest}'"
    page = render(
        template, folder, title=title, body=body, scope=SCOPE,
        policy=Markup(policy), script=Markup(script), **values,
    )  # fmt: skip
    return str(page)


def embedded_image(image: bytes, media_type: str, description: str) -> Markup:
    """An image as part of a document, held in the file itself.

    Parameters
    ----------
    image
        Content of the image's file.
    media_type
        Such as ``"image/png"``.
    description
        What is shown, in a sentence, for readers who cannot see it.
    """
    data = base64.b64encode(image).decode("ascii")
    return render("image.html", alt=description, media_type=media_type, data=data)
