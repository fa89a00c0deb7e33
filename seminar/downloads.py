"""What can be saved from the page: a figure, numbers, a lesson's note, a handout; each a file in memory."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from twoway.analysis.patterns import PATTERNS
from twoway.seminar.handout import MOST_QUESTIONS, handout
from twoway.seminar.lesson_note import note_html
from twoway.seminar.lessons import lesson
from twoway.seminar.panels import figures
from twoway.seminar.session import Session
from twoway.seminar.views import Wanted
from twoway.simulation.errors import InputError


class File(NamedTuple):
    """A file: its media type and content."""

    kind: str
    content: str


def _lived(session: Session, table: str) -> str:
    """A table of what has been looked at, of all stories."""
    parts = []
    for stay in session.stays:
        rows = getattr(stay.tables, table)
        parts.append(rows[rows["day"] <= session.furthest].assign(scenario=stay.course.name))
    return pd.concat(parts, ignore_index=True).to_csv(index=False)


def _pairs(session: Session) -> str:
    """Where the pairs end up."""
    lived = session.outcomes
    if session.guessing or not lived.pairs:
        raise InputError("Where the pairs end up is not known yet: run the 200 pairs first.")
    parts = []
    for which, stay in enumerate(session.stays):
        low, high = lived.range(which)
        columns = {"pattern": PATTERNS, "pairs": lived.counts(which), "low": low, "high": high}
        parts.append(
            pd.DataFrame(columns).assign(
                scenario=stay.course.name, hands=pd.Series(session.hands_of(which), dtype="Int64")
            )
        )
    return pd.concat(parts, ignore_index=True).to_csv(index=False)


def _text(wanted: Wanted, name: str) -> str:
    text = wanted.get(name, "")
    if not isinstance(text, str):
        raise InputError(f"{name} must be text")
    return text.strip()


def _handout(session: Session, wanted: Wanted) -> str:
    """The handout of what is looked at, with what was typed; how much may be typed is for the handout to say."""
    questions = [text for place in range(1, MOST_QUESTIONS + 1) if (text := _text(wanted, f"question{place}"))]
    with_outcomes = wanted.get("outcomes") is True
    return handout([session.recipe], _text(wanted, "title"), questions, with_outcomes, session.guess)


def saved(session: Session, wanted: Wanted) -> File:
    """The file that is wanted; raises ``InputError`` for what there is not."""
    what = wanted.get("what")
    if what in ("days", "events"):
        return File("text/csv", _lived(session, str(what)))
    if what == "pairs":
        return File("text/csv", _pairs(session))
    if what == "note":
        return File("text/html", note_html(lesson(str(wanted.get("lesson")))))
    if what == "handout":
        return File("text/html", _handout(session, wanted))
    drawn = figures(session)
    for place, figure in enumerate(drawn):
        if what == f"figure-{place}":
            return File("image/svg+xml", figure.chart.svg)
    raise InputError(f"there is no {str(what)[:40]!r} to be saved")
