"""Documents as lists of pieces (text, pairs, tables), and how these are written as plain text and as Markdown.

``twoway.analysis.render.html`` writes them as HTML. Every way of writing goes through all pieces, so that none says
less than another.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

LEAST_BROKEN = 30
"""Characters to which the last column of a wide table is broken at least."""


class Block(NamedTuple):
    """A paragraph, heading or quotation.

    *kind* is "title", "heading", "subheading", "text", "scene", "note" or "said"; *label* says where a scene is from,
    or whose words are quoted.
    """

    kind: str
    text: str
    label: str = ""

    @property
    def party(self) -> str:
        """The party whose words are quoted, by the label: "client", "keyworker" or "" for nobody in particular."""
        return next((role for role in ("client", "keyworker") if self.label.lower().startswith(f"the {role}")), "")


class Pair(NamedTuple):
    """Two blocks side by side."""

    left: Block
    right: Block


class Table(NamedTuple):
    """A small table: names of columns, rows of cells as they are to be shown, and a *caption*."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def numeric(self, column: int) -> bool:
        """Whether a column holds numbers, which are aligned to the right."""
        return all(row[column][:1] in "0123456789-.<>" for row in self.rows if row[column])


Piece = Block | Pair | Table


def _spread(pieces: Sequence[Piece]) -> list[Block | Table]:
    """The pieces one below the other, pairs as their two blocks."""
    return [block for piece in pieces for block in (piece if isinstance(piece, Pair) else (piece,))]


def as_text(pieces: Sequence[Piece], width: int = 88) -> str:
    """The document as plain text for a terminal.

    Parameters
    ----------
    pieces
        Blocks, pairs of blocks and tables.
    width
        Characters in a line; only a table with many columns may be wider.

    Examples
    --------
    >>> print(as_text([Block("heading", "Day 1"), Block("text", "They meet.")]), end="")
    Day 1
    -----
    <BLANKLINE>
    They meet.
    """
    lines: list[str] = []
    for piece in _spread(pieces):
        if isinstance(piece, Table):
            lines += [*_columns(piece, width), ""]
            continue
        kind, text, label = piece
        if kind in ("title", "heading", "subheading"):
            rule = {"title": "=", "heading": "-"}.get(kind)
            wrapped = textwrap.wrap(text, width)
            lines += ["", *wrapped, *([rule * max(map(len, wrapped))] if rule else []), ""]
        elif kind in ("scene", "said"):
            indented = textwrap.fill(text, width, initial_indent="    ", subsequent_indent="    ")
            lines += [*([f"  {label}"] if label else []), indented, ""]
        else:
            lines += [textwrap.fill(text, width), ""]
    return "\n".join(lines).strip("\n") + "\n"


def _columns(table: Table, width: int) -> list[str]:
    """A table in lines of at most *width* characters if breaking its last column is enough for that."""
    rows = [table.columns, *table.rows]
    widths = [max(len(row[c]) for row in rows) for c in range(len(table.columns))]
    widths[-1] = min(widths[-1], max(LEAST_BROKEN, width - sum(widths[:-1]) - 2 * len(widths)))
    lines = [line for row in rows for line in _lines(table, row, widths)]
    return [
        *([table.caption] if table.caption else []),
        lines[0],
        "  " + "-" * (sum(widths) + 2 * len(widths) - 2),
        *lines[1:],
    ]


def _lines(table: Table, row: tuple[str, ...], widths: list[int]) -> list[str]:
    """A row of a table, in more than one line where its last cell is broken."""
    broken = textwrap.wrap(row[-1], widths[-1]) if len(row[-1]) > widths[-1] else [row[-1]]
    cells = [(*row[:-1], broken[0]), *((*[""] * (len(row) - 1), rest) for rest in broken[1:])]
    return [
        "  "
        + "  ".join(
            cell.rjust(w) if table.numeric(c) else cell.ljust(w)
            for c, (cell, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]


def as_markdown(pieces: Sequence[Piece]) -> str:
    """The document as Markdown.

    Parameters
    ----------
    pieces
        Blocks, pairs of blocks and tables.

    Examples
    --------
    >>> print(as_markdown([Block("heading", "Day 1"), Block("note", "They meet.")]), end="")
    ## Day 1
    <BLANKLINE>
    *They meet.*
    """
    lines: list[str] = []
    for piece in _spread(pieces):
        if isinstance(piece, Table):
            rows = [piece.columns, tuple("---:" if piece.numeric(c) else "---" for c in range(len(piece.columns)))]
            written = [
                "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (*rows, *piece.rows)
            ]
            lines += [*([f"*{piece.caption}*", ""] if piece.caption else []), *written, ""]
            continue
        kind, text, label = piece
        marks = {"title": "# ", "heading": "## ", "subheading": "### ", "scene": "> ", "said": "> "}
        bold = f"**{label}** " if label else ""
        shown = f"*{text}*" if kind == "note" else text
        lines += [f"{marks.get(kind, '')}{bold}{shown}", ""]
    return "\n".join(lines).rstrip("\n") + "\n"
