"""The lecturer's note: one page about a lesson, to be printed, with numbers that are computed when it is made."""

from __future__ import annotations

from twoway.analysis.render.document import Block, Piece, Table, as_html, as_markdown
from twoway.seminar.lesson_measures import PAIRS, Told, noticed
from twoway.seminar.lessons import STATUS, Lesson
from twoway.simulation import SCOPE

UNCLEAR = "(In the runs made for this note this does not show clearly.)"
"""What is added to a sentence that the runs do not bear out."""
OPENING = "Opens under “Lessons”, or by its recipe:"
COMPACT = """<style>
body { font-size: 15px; line-height: 1.4; max-width: 52rem; margin: 1rem auto; }
h1 { font-size: 1.4rem; margin: .2rem 0; } h2 { font-size: 1.02rem; margin: .7rem 0 .2rem; }
p { margin: .25rem 0; } p.note { font-size: 12px; } table { margin: .2rem 0; } td, th { padding: .1rem .6rem .1rem 0; }
footer { margin-top: .4rem; }
@page { size: A4; margin: 13mm 15mm; }
@media print { body { font-size: 9.3pt; line-height: 1.32; padding: 0; } table, p.note { font-size: 8.5pt; } }
</style>"""
"""A note fits on one printed page."""


def note(lesson: Lesson, pairs: int = PAIRS) -> list[Piece]:
    """The note as pieces of a page; so many *pairs* are lived for its numbers, which takes some seconds."""
    held = f"; the numbers hold it against {lesson.compared}" if lesson.compared else ""
    plan = [
        ("Guess", lesson.guess.minutes, lesson.guess.do),
        *(("Try", step.minutes, step.do) for step in lesson.try_),
        ("Discuss", lesson.discuss, "The questions below, in small groups first."),
    ]
    readings = [
        (item.what + (f" ({STATUS[item.status]})" if STATUS[item.status] else ""), item.for_) for item in lesson.reading
    ]
    return [
        Block("title", lesson.title),
        Block("text", lesson.question),
        Block("note", f"{lesson.minutes} minutes. {OPENING} {lesson.recipe}{held}."),
        Block("heading", "What to guess, what to try"),
        Table(("step", "min", "what the class does"), tuple((what, str(minutes), do) for what, minutes, do in plan)),
        Block("heading", "What to notice"),
        *(Block("text", _sentence(told)) for told in noticed(lesson, pairs)),
        Block(
            "note", f"Computed when this page was made, over {pairs} pairs in each setting; other luck, other digits."
        ),
        Block("heading", "Why the model does so"),
        Block("text", lesson.why),
        Block("heading", "Questions for discussion"),
        *(Block("text", f"{number}. {question}") for number, question in enumerate(lesson.questions, 1)),
        Block("heading", "Reading"),
        Table(("what", "what for"), tuple(readings)),
    ]


def _sentence(told: Told) -> str:
    return told.sentence if told.holds else f"{told.sentence} {UNCLEAR}"


def note_html(lesson: Lesson, pairs: int = PAIRS) -> str:
    """The note as one HTML file without script or request, one printed page."""
    return as_html(f"{lesson.title}: lecturer's note", [COMPACT, *note(lesson, pairs)])


def note_markdown(lesson: Lesson, pairs: int = PAIRS) -> str:
    """The note as Markdown."""
    return as_markdown([*note(lesson, pairs), Block("note", SCOPE)])
