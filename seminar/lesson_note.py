"""The lecturer's note: one printed page about a lesson, with numbers that are computed when the note is made."""

from __future__ import annotations

from twoway.analysis.render.document import Block, Piece, Table, as_markdown
from twoway.seminar.lesson_measures import NOTE_PAIRS, NoticedSentence, noticed_sentences
from twoway.seminar.lessons import STATUS, Lesson
from twoway.seminar.templates import as_html
from twoway.simulation import SCOPE

UNCLEAR = "(In the runs made for this note this does not show clearly.)"
"""Added to a sentence that the runs do not confirm."""
OPENING = "Opens under “Lessons”, or by its recipe:"


def note_pieces(lesson: Lesson, pairs: int = NOTE_PAIRS) -> list[Piece]:
    """The note as pieces of a document.

    Parameters
    ----------
    lesson
        The lesson.
    pairs
        Pairs that are simulated in each setting for the numbers of the note, which takes some seconds.
    """
    compared = f"; the numbers hold it against {lesson.compared}" if lesson.compared else ""
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
        Block("note", f"{lesson.minutes} minutes. {OPENING} {lesson.recipe}{compared}."),
        Block("heading", "What to guess, what to try"),
        Table(("step", "min", "what the class does"), tuple((what, str(minutes), do) for what, minutes, do in plan)),
        Block("heading", "What to notice"),
        *(Block("text", _sentence(noticed)) for noticed in noticed_sentences(lesson, pairs)),
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


def _sentence(noticed: NoticedSentence) -> str:
    """A measured sentence, with a remark if the runs do not confirm it."""
    return noticed.sentence if noticed.holds else f"{noticed.sentence} {UNCLEAR}"


def note_html(lesson: Lesson, pairs: int = NOTE_PAIRS) -> str:
    """The note as the text of one HTML file without script, one printed page.

    Parameters
    ----------
    lesson
        The lesson.
    pairs
        Pairs that are simulated in each setting, see ``note_pieces``.
    """
    return as_html(f"{lesson.title}: lecturer's note", note_pieces(lesson, pairs), template="lesson_note.html")


def note_markdown(lesson: Lesson, pairs: int = NOTE_PAIRS) -> str:
    """The note as Markdown.

    Parameters
    ----------
    lesson
        The lesson.
    pairs
        Pairs that are simulated in each setting, see ``note_pieces``.
    """
    return as_markdown([*note_pieces(lesson, pairs), Block("note", SCOPE)])
