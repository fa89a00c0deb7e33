"""Templates of the seminar page and its parts, of the handout, and of the lesson notes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from twoway.analysis.render import html

FOLDER = Path(__file__).parent
render = partial(html.render, folder=FOLDER)
"""Renders one of these templates, see ``twoway.analysis.render.html.render``."""
as_html = partial(html.as_html, folder=FOLDER)
"""Renders one of these templates as a document, see ``twoway.analysis.render.html.as_html``."""
