"""Files that can be saved from the page: figures, tables, a lesson's note, a handout; each is made in memory."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from twoway.analysis.patterns import PATTERNS
from twoway.seminar.handout import MOST_QUESTIONS, handout
from twoway.seminar.lesson_note import note_html
from twoway.seminar.lessons import load_lesson
from twoway.seminar.panels import named_charts
from twoway.seminar.session import Session
from twoway.seminar.views import Wanted
from twoway.simulation.errors import InputError


class Download(NamedTuple):
    """A file: its *media_type*, such as "text/csv", and its content."""

    media_type: str
    content: str


def _table_csv(session: Session, table: str) -> str:
    """The rows of a table up to the day that has been looked at, of all stories."""
    parts = []
    for timeline in session.timelines:
        rows = getattr(timeline.tables, table)
        parts.append(rows[rows["day"] <= session.furthest].assign(scenario=timeline.schedule.name))
    return pd.concat(parts, ignore_index=True).to_csv(index=False)


def _pairs_csv(session: Session) -> str:
    """Where the pairs end up, of all stories."""
    ensemble = session.ensemble
    if session.guessing or not ensemble.pairs:
        raise InputError("Where the pairs end up is not known yet: run the 200 pairs first.")
    parts = []
    for which, timeline in enumerate(session.timelines):
        low, high = ensemble.intervals(which)
        columns = {"pattern": PATTERNS, "pairs": ensemble.counts(which), "low": low, "high": high}
        parts.append(
            pd.DataFrame(columns).assign(
                scenario=timeline.schedule.name, hands=pd.Series(session.hands_about(which), dtype="Int64")
            )
        )
    return pd.concat(parts, ignore_index=True).to_csv(index=False)


def _text(wanted: Wanted, name: str) -> str:
    """A text of a request; empty if it was not sent."""
    text = wanted.get(name, "")
    if not isinstance(text, str):
        raise InputError(f"{name} must be text")
    return text.strip()


def _handout(session: Session, wanted: Wanted) -> str:
    """The handout of the session's recipe, with the texts that were typed."""
    questions = [text for place in range(1, MOST_QUESTIONS + 1) if (text := _text(wanted, f"question{place}"))]
    with_outcomes = wanted.get("outcomes") is True
    return handout([session.recipe], _text(wanted, "title"), questions, with_outcomes, session.guess)


def download(session: Session, wanted: Wanted) -> Download:
    """Make a file to be saved.

    Parameters
    ----------
    session
        The visitor's session.
    wanted
        The request: in "what", the word of a file; for a note its "lesson"; for a handout its texts.

    Raises
    ------
    InputError
        If there is no such file.
    """
    what = wanted.get("what")
    if what in ("days", "events"):
        return Download("text/csv", _table_csv(session, str(what)))
    if what == "pairs":
        return Download("text/csv", _pairs_csv(session))
    if what == "note":
        return Download("text/html", note_html(load_lesson(str(wanted.get("lesson")))))
    if what == "handout":
        return Download("text/html", _handout(session, wanted))
    for place, named in enumerate(named_charts(session)):
        if what == f"figure-{place}":
            return Download("image/svg+xml", named.chart.svg)
    raise InputError(f"there is no {str(what)[:40]!r} to be saved")
