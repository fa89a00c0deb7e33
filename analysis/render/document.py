"""Pages: what is told, as plain text, Markdown or one HTML file that needs nothing from anywhere.

A page is a list of blocks; every way of writing it goes through all of them, so that none says less than another.
"""

from __future__ import annotations

import base64
import hashlib
import html
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from twoway.simulation import SCOPE

STYLE = """
:root { color-scheme: light; }
body { font: 17px/1.55 Georgia, "Times New Roman", serif; color: #1a1a1a; background: #fff;
  max-width: 46rem; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
h3 { font-size: 1.05rem; margin-top: 1.6rem; }
p.note, figcaption { color: #444; font: 14px/1.45 system-ui, sans-serif; }
blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: 4px solid #666; background: #f6f6f6; }
blockquote.client { border-left: 5px solid #0072B2; } blockquote.keyworker { border-left: 5px dashed #B34700; }
blockquote b { font: 600 14px/1.4 system-ui, sans-serif; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.2rem; }
@media (max-width: 40rem) { .pair { grid-template-columns: 1fr; } }
table { border-collapse: collapse; font: 14px/1.4 system-ui, sans-serif; margin: 1rem 0; }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid #ccc; vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
figure { width: min(64rem, 96vw); margin: 1.5rem 0 1.5rem 50%; transform: translateX(-50%); }
figure img { width: 100%; height: auto; }
a:focus-visible { outline: 3px solid #0072B2; }
@media print { body { font-size: 11pt; max-width: none; margin: 0; } h2, h3 { break-after: avoid; }
  figure { width: 100%; margin: 1rem 0; transform: none; }
  blockquote, figure, tr, .pair { break-inside: avoid; } }
"""


LEAST_BROKEN = 30
"""Characters to which the last column of a wide table is broken at least."""


class Block(NamedTuple):
    """One piece of a page.

    *kind* is "title", "heading", "subheading", "text", "scene", "note" or "said"; *label* says where a scene is from,
    or whose words are quoted.
    """

    kind: str
    text: str
    label: str = ""


class Pair(NamedTuple):
    """Two blocks side by side."""

    left: Block
    right: Block


class Table(NamedTuple):
    """A small table: columns, rows of words or numbers as they are to be shown; a *caption*."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


Piece = Block | Pair | Table


def _spread(pieces: Sequence[Piece]) -> list[Block | Table]:
    return [block for piece in pieces for block in (piece if isinstance(piece, Pair) else (piece,))]


def as_text(pieces: Sequence[Piece], width: int = 88) -> str:
    """The page for a terminal."""
    lines: list[str] = []
    for piece in _spread(pieces):
        if isinstance(piece, Table):
            lines += [*_columns(piece, width), ""]
            continue
        kind, text, label = piece
        if kind in ("title", "heading", "subheading"):
            rule = {"title": "=", "heading": "-"}.get(kind)
            told = textwrap.wrap(text, width)
            lines += ["", *told, *([rule * max(map(len, told))] if rule else []), ""]
        elif kind in ("scene", "said"):
            indented = textwrap.fill(text, width, initial_indent="    ", subsequent_indent="    ")
            lines += [*([f"  {label}"] if label else []), indented, ""]
        else:
            lines += [textwrap.fill(text, width), ""]
    return "\n".join(lines).strip("\n") + "\n"


def _columns(table: Table, width: int) -> list[str]:
    """A table in lines of at most so many characters, if that can be had by breaking its last column."""
    rows = [table.columns, *table.rows]
    widths = [max(len(row[c]) for row in rows) for c in range(len(table.columns))]
    widths[-1] = min(widths[-1], max(LEAST_BROKEN, width - sum(widths[:-1]) - 2 * len(widths)))
    told = [line for row in rows for line in _lines(table, row, widths)]
    return [
        *([table.caption] if table.caption else []),
        told[0],
        "  " + "-" * (sum(widths) + 2 * len(widths) - 2),
        *told[1:],
    ]


def _lines(table: Table, row: tuple[str, ...], widths: list[int]) -> list[str]:
    """One row; more than one line where its last cell is broken."""
    broken = textwrap.wrap(row[-1], widths[-1]) if len(row[-1]) > widths[-1] else [row[-1]]
    cells = [(*row[:-1], broken[0]), *((*[""] * (len(row) - 1), rest) for rest in broken[1:])]
    return [
        "  "
        + "  ".join(
            cell.rjust(w) if _numeric(table, c) else cell.ljust(w)
            for c, (cell, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]


def _numeric(table: Table, column: int) -> bool:
    """Whether a column holds numbers: it is set to the right."""
    return all(row[column][:1] in "0123456789-.<>" for row in table.rows if row[column])


def as_markdown(pieces: Sequence[Piece]) -> str:
    """The page as Markdown."""
    lines: list[str] = []
    for piece in _spread(pieces):
        if isinstance(piece, Table):
            rows = [piece.columns, tuple("---:" if _numeric(piece, c) else "---" for c in range(len(piece.columns)))]
            told = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (*rows, *piece.rows)]
            lines += [*([f"*{piece.caption}*", ""] if piece.caption else []), *told, ""]
            continue
        kind, text, label = piece
        marks = {"title": "# ", "heading": "## ", "subheading": "### ", "scene": "> ", "said": "> "}
        bold = f"**{label}** " if label else ""
        told_text = f"*{text}*" if kind == "note" else text
        lines += [f"{marks.get(kind, '')}{bold}{told_text}", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _html(piece: Piece) -> str:
    if isinstance(piece, Pair):
        return f'<div class="pair">{_html(piece.left)}{_html(piece.right)}</div>'
    if isinstance(piece, Table):
        return table_html(piece)
    kind, text, label = piece
    safe = html.escape(text)
    if kind in ("title", "heading", "subheading"):
        tag = {"title": "h1", "heading": "h2", "subheading": "h3"}[kind]
        return f"<{tag}>{safe}</{tag}>"
    if kind in ("scene", "said"):
        whose = next((role for role in ("client", "keyworker") if label.lower().startswith(f"the {role}")), "")
        bold = f"<b>{html.escape(label)}</b><br>" if label else ""
        return f"<blockquote{f' class={chr(34)}{whose}{chr(34)}' if whose else ''}><p>{bold}{safe}</p></blockquote>"
    return f'<p class="note">{safe}</p>' if kind == "note" else f"<p>{safe}</p>"


def as_fragment(pieces: Sequence[Piece]) -> str:
    """The pieces as a part of an HTML page that is somebody else's."""
    return "\n".join(map(_html, pieces))


def table_html(table: Table) -> str:
    """A table in HTML."""
    kinds = [' class="number"' if _numeric(table, c) else "" for c in range(len(table.columns))]
    head = "".join(
        f'<th scope="col"{k}>{html.escape(name)}</th>' if name else f"<td{k}></td>"
        for name, k in zip(table.columns, kinds, strict=True)
    )
    rows = "".join(
        "<tr>" + "".join(f"<td{k}>{html.escape(cell)}</td>" for cell, k in zip(row, kinds, strict=True)) + "</tr>"
        for row in table.rows
    )
    caption = f"<caption>{html.escape(table.caption)}</caption>" if table.caption else ""
    return f'<div class="wide"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def as_html(title: str, body: Sequence[Piece | str], language: str = "en", script: str = "") -> str:
    """One HTML file: *body* holds pieces, which are escaped, and strings, which are HTML already (figures).

    No request: what may load is forbidden by a Content-Security-Policy but styles and images in the file, and the one
    *script* that is given, if any.
    """
    parts = "\n".join(part if isinstance(part, str) else _html(part) for part in body)
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
        policy += f"; script-src 'sha256-{digest}'"
        parts += f"\n<script>{script}</script>"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{parts}\n</main>\n"
        f'<footer><p class="note">{SCOPE}</p></footer>\n</body>\n</html>\n'
    )
