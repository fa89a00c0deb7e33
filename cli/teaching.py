"""Commands for what is printed and handed out: ``twoway lessons``, ``twoway lesson``, ``twoway handout``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from twoway.cli._options import Action


def add(commands: Any) -> None:
    """Add these commands to the command line."""
    commands.add_parser("lessons", help="list the lessons that come with the model, with their questions")

    lesson = commands.add_parser("lesson", help="the lecturer's note on a lesson: one page, its numbers computed anew")
    lesson.add_argument("name", help="name of a lesson, as `twoway lessons` lists it")
    lesson.add_argument(
        "--out", type=Path, metavar="FILE", help="write it to a new .html or .md file (default: print it)"
    )

    handout = commands.add_parser("handout", help="write a handout: one HTML file to take home, to read or to print")
    handout.add_argument(
        "recipes", nargs="+", metavar="RECIPE", help="a recipe as the page shows it, such as ordinary/42; or several"
    )
    handout.add_argument("--title", default="", help="title of the handout (default: that of the lesson or scenario)")
    handout.add_argument(
        "--question",
        action="append",
        default=[],
        metavar="TEXT",
        help="a question to discuss; up to five (default: the lesson's)",
    )
    handout.add_argument("--guess", action="store_true", help="leave the outcomes out, with room for a guess")
    handout.add_argument("--out", type=Path, metavar="FILE", default=Path("handout.html"), help="a file not there yet")


def lessons(options: argparse.Namespace) -> int:
    """List the lessons."""
    from twoway.seminar.lessons import lessons as all_of_them

    for one in all_of_them():
        print(f"{one.name}\n    {one.title} ({one.minutes} minutes)\n    {one.question}\n    {one.opening}")
    return 0


def lesson(options: argparse.Namespace) -> int:
    """Print or write the lecturer's note on a lesson."""
    from twoway.analysis.render.document import as_text
    from twoway.experiments.results.folder import refuse_existing, write_new_file
    from twoway.seminar.lesson_note import note, note_html, note_markdown
    from twoway.seminar.lessons import lesson as named
    from twoway.simulation.errors import InputError

    one = named(options.name)
    if options.out is None:
        print(as_text(note(one), 100), end="")
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
    from twoway.seminar.recipe import recipe

    refuse_existing(options.out)
    recipes = [recipe(text) for text in options.recipes]
    write_new_file(options.out, compose(recipes, options.title, options.question, not options.guess))
    print(f"Written: {options.out}")
    return 0


DO: dict[str, Action] = {"lessons": lessons, "lesson": lesson, "handout": handout}
