"""Answers to the page: for each action of a visitor, what the session does and which parts of the page change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from markupsafe import Markup
from pydantic import JsonValue

from twoway.analysis.render.html import as_fragment
from twoway.seminar import panels
from twoway.seminar.bind import is_loopback
from twoway.seminar.controls import SLIDERS, ShowOfHands
from twoway.seminar.ensemble import PAIRS
from twoway.seminar.handout import handout_form
from twoway.seminar.lesson_note import note_pieces
from twoway.seminar.lessons import load_lesson
from twoway.seminar.recipe import Recipe, count_of_pairs, parse_recipe
from twoway.seminar.session import Session
from twoway.seminar.templates import render
from twoway.simulation.errors import InputError, nearest

PAGE = Path(__file__).parent / "page"
LARGEST_NUMBER = 1e15
"""Largest number taken from a page: beyond it, JavaScript cannot keep whole numbers apart."""
MOST_STUDENTS = 200
"""Most links that are made at once."""
ALONE = (
    "These links lead to this very machine, where only its own browser gets to. For others, start the page with "
    "--host 0.0.0.0, open it here by the address that the command then says, and make the links there."
)
"""Message with links that nobody else can open."""
View = dict[str, object]
"""An answer to the page: parts of it as HTML by the id of their place, and a few numbers."""
Wanted = Mapping[str, JsonValue]
"""A request of the page: the word of an action in "do", and what the action needs."""


def _number_of(wanted: Wanted, name: str) -> float:
    """The number *name* of a request; raises ``InputError`` if it is none."""
    value = wanted.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST_NUMBER:
        raise InputError(f"{name} must be a number")
    return value


def _whole_of(wanted: Wanted, name: str) -> int:
    """The whole number *name* of a request; raises ``InputError`` if it is none."""
    value = _number_of(wanted, name)
    if not float(value).is_integer():
        raise InputError(f"{name} must be a whole number")
    return int(value)


def recipe_of(wanted: Wanted) -> Recipe:
    """The recipe of a request; raises ``InputError`` if it is none, or names a lesson that does not exist."""
    text = wanted.get("recipe")
    if not isinstance(text, str):
        raise InputError("recipe: it must be text")
    one = parse_recipe(text)
    if one.lesson is not None:
        load_lesson(one.lesson)
    return one


def position_view(session: Session) -> View:
    """Parts of the page that change with every step."""
    recipe, day = session.recipe, session.position.day
    timeline, settings = session.timeline, session.next_settings()
    return {
        "recipe": str(recipe),
        "day": day,
        "last": timeline.last,
        "over": session.day_is_over,
        "furthest": session.furthest,
        "where": panels.position_text(session),
        "exchange": any(session.exchange_in(one) is not None for one in session.timelines),
        "pair": str(recipe.pair),
        "count": count_of_pairs(timeline.schedule.scenario),
        "against": recipe.against or "",
        "guessing": session.guessing,
        "guess": _hands_view(session.guess),
        "pairs": session.ensemble.pairs,
        "setting_now": {one.field: settings[one.field] for one in SLIDERS},
        "said": session.message,
        "account": panels.account(session),
        "cards": panels.cards(session),
        "apart": panels.difference(session),
    }


def _hands_view(guess: ShowOfHands | None) -> View | None:
    """A show of hands and the recipe of its setting, from which another session can be given it."""
    if guess is None:
        return None
    about = Recipe(guess.about.scenario, changes=guess.about.changes)
    return {"hands": list(guess.hands), "recipe": str(about)}


def charts_view(session: Session) -> View:
    """Parts of the page that change with every day that has not been looked at before."""
    return {"charts": panels.charts(session), "line": panels.event_line(session)}


def outcomes_view(session: Session) -> View:
    """The part of the page that shows where the pairs end up."""
    return {"results": panels.outcomes(session)}


def whole_view(session: Session) -> View:
    """All parts of the page."""
    return {
        **position_view(session),
        **charts_view(session),
        **outcomes_view(session),
        "setting": panels.sliders(session),
    }


Action = Callable[[Session, Wanted], View]


def _action(change: Callable[[Session, Wanted], None], *parts: Callable[[Session], View]) -> Action:
    """An action that changes the session, and answers with parts of the page (the position, if none are named)."""

    def _act(session: Session, wanted: Wanted) -> View:
        change(session, wanted)
        view: View = {}
        for part in parts or (position_view,):
            view |= part(session)
        return view

    return _act


def _go_to_divergence(session: Session, _: Wanted) -> None:
    """Go to where the two stories first differ."""
    if session.divergence is None:
        raise InputError("The two stories never part.")
    session.go(*session.divergence.position)


def _keep_hands(session: Session, wanted: Wanted) -> None:
    """Keep the show of hands in a request."""
    hands = wanted.get("hands")
    if not isinstance(hands, list):
        raise InputError("a show of hands is three whole numbers")
    session.keep_hands(tuple(_whole_of({"a show of hands": hand}, "a show of hands") for hand in hands))


def _sheet(title: str, html: Callable[[Session, Wanted], Markup]) -> Action:
    """An action that opens a sheet over the page."""
    return lambda session, wanted: {"title": title, "sheet": html(session, wanted)}


def _interview(session: Session, wanted: Wanted) -> Markup:
    """The sheet with the interviews on a day, the current one by default."""
    day = _whole_of(wanted, "day") if "day" in wanted else max(1, session.position.day)
    interviews = panels.side_by_side(session, session.interview(day))
    return render("interview.html", interviews=interviews, last=session.furthest, day=day)


def _links(session: Session, wanted: Wanted) -> View:
    """Links to this session for a class, each with a seed of its own: from that of the session on."""
    students, page = _whole_of(wanted, "students"), wanted.get("page")
    if not 1 <= students <= MOST_STUDENTS:
        raise InputError(f"Links are made for 1 to {MOST_STUDENTS} students.")
    try:
        host = urlsplit(page).hostname if isinstance(page, str) else None
    except ValueError:
        host = None
    if not host:
        raise InputError("page: it must be the address of this page")
    recipes = [replace(session.recipe, seed=session.recipe.seed + place) for place in range(students)]
    message = ALONE if is_loopback(host) else f"{students} {'link' if students == 1 else 'links'}."
    return {"links": "\n".join(f"{page}?recipe={one}" for one in recipes), "links_said": message}


def _lessons(session: Session, wanted: Wanted) -> Markup:
    """The sheet with the lessons, and with the note on one if it is named or the session has a lesson."""
    name = wanted.get("lesson", session.recipe.lesson)
    listed = panels.lesson_list(session)
    if name is None:
        return listed
    lesson = load_lesson(str(name))
    return render("lesson_sheet.html", lesson=lesson, note=as_fragment(note_pieces(lesson)), listed=listed)


def _save(session: Session, _: Wanted) -> Markup:
    """The sheet with everything that can be saved."""
    return render(
        "save.html",
        charts=panels.named_charts(session),
        handout_form=handout_form(session.recipe, session.guessing),
        most_students=MOST_STUDENTS,
    )


ACTIONS: dict[str, Action] = {
    "look": _action(lambda s, _: None, whole_view),
    "step": _action(lambda s, _: s.step()),
    "back": _action(lambda s, _: s.back()),
    "play": _action(lambda s, _: s.play()),
    "go": _action(lambda s, w: s.go(_whole_of(w, "day"))),
    "parted": _action(_go_to_divergence),
    "charts": _action(lambda s, w: None, charts_view),
    "change": _action(lambda s, w: s.change({str(w.get("field")): float(_number_of(w, "value"))}), whole_view),
    "restore": _action(lambda s, _: s.restore(), whole_view),
    "pairs": _action(lambda s, w: s.simulate_pairs(w.get("again") is True), position_view, outcomes_view),
    "guess": _action(lambda s, w: s.guess_first(w.get("wanted") is True), position_view, outcomes_view),
    "hands": _action(_keep_hands, position_view, outcomes_view),
    "why": _sheet("Why?", lambda s, _: panels.side_by_side(s, s.why())),
    "interview": _sheet("What each of the two would say", _interview),
    "numbers": _sheet("The numbers", lambda s, _: panels.numbers(s)),
    "lessons": _sheet("Lessons", _lessons),
    "save": _sheet("Save", _save),
    "links": _links,
    "meanings": _sheet("What the sliders mean", lambda s, _: panels.meanings(s)),
    "help": _sheet("Help and keys", lambda s, _: render("help.html", pairs=PAIRS)),
}
"""The actions of a visitor, by the word the page sends for them."""


def answer(session: Session, wanted: Wanted) -> View:
    """Do what a request asks for and answer it.

    Parameters
    ----------
    session
        The visitor's session; it is locked meanwhile.
    wanted
        The request: the word of an action in "do", and what the action needs.

    Returns
    -------
    dict
        Changed parts of the page; or what is wrong with the request, in "refusal".
    """
    word = wanted.get("do")
    with session.lock:
        try:
            if not isinstance(word, str) or word not in ACTIONS:
                raise InputError(
                    f"there is nothing called {str(word)[:40]!r} to do; {nearest(str(word)[:40], ACTIONS)}"
                )
            return ACTIONS[word](session, wanted)
        except InputError as refusal:
            return {"refusal": str(refusal)}
