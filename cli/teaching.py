"""Commands for printed material: ``twoway lesson`` and ``twoway handout``."""

from __future__ import annotations

import argparse
from pathlib import Path

from twoway.cli._options import Commands, command


def add(commands: Commands) -> None:
    """Add these commands to the command line."""
    new = command(
        commands,
        "lesson",
        lesson,
        "print or write the lecturer's note on a lesson: one page, with numbers computed now",
        example="twoway lesson the-same-refusal --out note.html",
    )
    new.add_argument("name", help="name of a lesson (see `twoway list lessons`)")
    new.add_argument(
        "--out", type=Path, metavar="FILE", help="new .html or .md file for the note (default: print the note)"
    )

    new = command(
        commands,
        "handout",
        handout,
        "write a handout: one HTML file to take home, read or print",
        "A handout holds the settings, the outcomes and one pair's stay from both sides.",
        "twoway handout strict-and-opaque/7/vs:strict-but-fair --out handout.html",
    )
    new.add_argument(
        "recipes",
        nargs="+",
        metavar="RECIPE",
        help="recipe as the teaching page shows it, such as ordinary/42 (scenario and seed)",
    )
    new.add_argument("--title", default="", help="title of the handout (default: that of the lesson or scenario)")
    new.add_argument(
        "--question",
        action="append",
        default=[],
        metavar="TEXT",
        help="question to discuss; up to five (default: those of the lesson)",
    )
    new.add_argument("--guess", action="store_true", help="leave room for a guess instead of the outcomes")
    new.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        default=Path("handout.html"),
        help="output file, which must not exist (default handout.html)",
    )


def lesson(options: argparse.Namespace) -> int:
    """Print or write the lecturer's note on a lesson."""
    from twoway.analysis.render.document import as_text
    from twoway.experiments.results.folder import refuse_existing, write_new_file
    from twoway.seminar.lesson_note import note_html, note_markdown, note_pieces
    from twoway.seminar.lessons import load_lesson
    from twoway.simulation.errors import InputError

    one = load_lesson(options.name)
    if options.out is None:
        print(as_text(note_pieces(one), 100), end="")
        return 0
    written = {".html": note_html, ".md": note_markdown}.get(options.out.suffix)
    if written is None:
        raise InputError(f"--out {options.out}: a note is written as .html or as .md")
    refuse_existing(options.out)
    write_new_file(options.out, written(one))
    print(f"Written: {options.out}")
    return 0


def handout(options: argparse.Namespace) -> int:
    """Write a handout."""
    from twoway.experiments.results.folder import refuse_existing, write_new_file
    from twoway.seminar.handout import handout as compose
    from twoway.seminar.recipe import parse_recipe

    refuse_existing(options.out)
    recipes = [parse_recipe(text) for text in options.recipes]
    write_new_file(options.out, compose(recipes, options.title, options.question, not options.guess))
    print(f"Written: {options.out}")
    return 0
