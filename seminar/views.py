"""What the page is told: for each thing a visitor may do, what the session does and which parts of the page change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from twoway.analysis.render.document import as_fragment
from twoway.seminar import handout
from twoway.seminar import outcome_panel as ends
from twoway.seminar import panels as fragments
from twoway.seminar.bind import is_here_alone
from twoway.seminar.ensemble import PAIRS
from twoway.seminar.guess import Guess
from twoway.seminar.lesson_note import note
from twoway.seminar.lessons import lesson
from twoway.seminar.recipe import DIGITS, LONGEST, Recipe, count_of_pairs, recipe
from twoway.seminar.session import Session
from twoway.seminar.sliders import SLIDERS
from twoway.simulation.errors import InputError, nearest

PAGE = Path(__file__).parent / "page"
LARGEST_NUMBER = 1e15
"""Beyond it whole numbers are no longer told apart by those who send them."""
MOST_STUDENTS = 200
"""Links that are made at once at most."""
ALONE = (
    "These links lead to this very machine, where only its own browser gets to. For others, start the page with "
    "--host 0.0.0.0, open it here by the address that the command then says, and make the links there."
)
"""What is said of links that cannot be handed out."""
View = dict[str, Any]
"""What goes to the page: parts of it as HTML by the id of their place, and a few numbers."""
Wanted = Mapping[str, Any]


def filled(file: str, **more: str) -> str:
    """A file of the page, with the numbers in it that stand elsewhere."""
    limits = {"pairs": str(PAIRS), "longest_recipe": str(LONGEST), "digits": str(DIGITS)}
    return Template((PAGE / file).read_text("utf-8")).substitute(limits, **more)


def number_of(wanted: Wanted, name: str) -> float:
    """A number that was sent; a refusal if it is none."""
    value = wanted.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST_NUMBER:
        raise InputError(f"{name} must be a number")
    return value


def whole_of(wanted: Wanted, name: str) -> int:
    """A whole number that was sent."""
    value = number_of(wanted, name)
    if not float(value).is_integer():
        raise InputError(f"{name} must be a whole number")
    return int(value)


def recipe_of(wanted: Wanted) -> Recipe:
    """The recipe that was sent, of a lesson there is if it names one."""
    text = wanted.get("recipe")
    if not isinstance(text, str):
        raise InputError("recipe: it must be text")
    one = recipe(text)
    if one.lesson is not None:
        lesson(one.lesson)
    return one


def now(session: Session) -> View:
    """Where the session is: what changes with every step."""
    recipe_, day = session.recipe, session.moment.day
    stay, setting = session.stay, session.setting()
    return {
        "recipe": str(recipe_),
        "day": day,
        "last": stay.last,
        "over": session.day_is_over,
        "furthest": session.furthest,
        "where": fragments.where(session),
        "exchange": any(session.exchange_in(one) is not None for one in session.stays),
        "pair": str(recipe_.pair),
        "count": count_of_pairs(stay.course.scenario),
        "against": recipe_.against or "",
        "guessing": session.guessing,
        "guess": _guess(session.guess),
        "pairs": session.outcomes.pairs,
        "setting_now": {one.field: setting[one.field] for one in SLIDERS},
        "said": session.said,
        "account": fragments.account(session),
        "cards": fragments.cards(session),
        "apart": fragments.apart(session),
    }


def _guess(guess: Guess | None) -> View | None:
    """What a class guessed and about what, so that it can be given to another place."""
    if guess is None:
        return None
    about = Recipe(guess.about.scenario, changes=guess.about.changes)
    return {"hands": list(guess.hands), "recipe": str(about)}


def drawn(session: Session) -> View:
    """What changes with every day that has not been looked at before."""
    return {"charts": fragments.charts(session), "line": fragments.line(session)}


def pairs_end(session: Session) -> View:
    """Where the pairs end up."""
    return {"results": ends.results(session)}


def everything(session: Session) -> View:
    """The whole page."""
    return {**now(session), **drawn(session), **pairs_end(session), "setting": fragments.setting(session)}


def _moved(
    move: Callable[[Session, Wanted], None], *parts: Callable[[Session], View]
) -> Callable[[Session, Wanted], View]:
    def act(session: Session, wanted: Wanted) -> View:
        move(session, wanted)
        told: View = {}
        for part in parts or (now,):
            told |= part(session)
        return told

    return act


def _parted(session: Session, _: Wanted) -> None:
    if session.parted is None:
        raise InputError("The two stories never part.")
    session.go(*session.parted.when)


def _hands(session: Session, wanted: Wanted) -> None:
    hands = wanted.get("hands")
    if not isinstance(hands, list):
        raise InputError("a show of hands is three whole numbers")
    session.hold_hands(tuple(whole_of({"a show of hands": hand}, "a show of hands") for hand in hands))


def _sheet(title: str, html: Callable[[Session, Wanted], str]) -> Callable[[Session, Wanted], View]:
    return lambda session, wanted: {"title": title, "sheet": html(session, wanted)}


def _interview(session: Session, wanted: Wanted) -> str:
    day = whole_of(wanted, "day") if "day" in wanted else max(1, session.moment.day)
    told = fragments.side_by_side(session, session.interview(day))
    return (
        f'<p><label for="asked">On the evening of day</label> <input type="number" id="asked" min="1" '
        f'max="{session.furthest}" value="{day}"></p>{told}'
    )


def _links(session: Session, wanted: Wanted) -> View:
    """A link for each of a class, to the same session with a luck of their own: from that of the session on."""
    students, page_ = whole_of(wanted, "students"), wanted.get("page")
    if not 1 <= students <= MOST_STUDENTS:
        raise InputError(f"Links are made for 1 to {MOST_STUDENTS} students.")
    try:
        host = urlsplit(page_).hostname if isinstance(page_, str) else None
    except ValueError:
        host = None
    if not host:
        raise InputError("page: it must be the address of this page")
    recipes = [replace(session.recipe, luck=session.recipe.luck + place) for place in range(students)]
    told = ALONE if is_here_alone(host) else f"{students} {'link' if students == 1 else 'links'}."
    return {"links": "\n".join(f"{page_}?recipe={one}" for one in recipes), "links_said": told}


def _file(what: str, name: str, label: str, called: str = "", form: str = "") -> str:
    """A button that saves a file; *called* is what it is called for those who do not see where it stands."""
    hears = f' aria-label="{escape(called)}"' if called else ""
    return f'<button type="button" data-save="{what}" data-name="{name}"{form}{hears}>{label}</button>'


def _lessons(session: Session, wanted: Wanted) -> str:
    name = wanted.get("lesson", session.recipe.lesson)
    listed = fragments.lesson_list(session)
    if name is None:
        return listed
    one = lesson(str(name))
    button = _file("note", f"{one.name}.html", "Save this note to print it")
    which = f'<input type="hidden" name="lesson" value="{one.name}">'
    return f"<form>{which}{button}</form>{as_fragment(note(one))}{listed}"


def _save(session: Session, _: Wanted) -> str:
    items = []
    for place, (name, _chart, title) in enumerate(fragments.figures(session)):
        what = f"figure-{place}"
        vector = _file(what, f"{name}.svg", "SVG", f"{title} as SVG")
        picture = _file(what, f"{name}.png", "PNG", f"{title} as PNG", ' data-as="png"')
        items.append(f"<li>{escape(title)} {vector} {picture}</li>")
    tables = (("days", "Days (CSV)"), ("events", "Exchanges (CSV)"), ("pairs", "Where the pairs end (CSV)"))
    return (
        f"<h3>Figures</h3>{f'<ul>{chr(10).join(items)}</ul>' if items else '<p>There is nothing to draw yet.</p>'}"
        f"<h3>Numbers</h3><p>{' '.join(_file(name, f'{name}.csv', label) for name, label in tables)}</p>"
        f"<h3>Handout</h3>{handout.form(session.recipe, session.guessing)}"
        '<h3>Links for a class, each with another luck</h3><p><label for="students">Students</label> '
        f'<input type="number" id="students" min="1" max="{MOST_STUDENTS}" value="30"> '
        '<button type="button" id="make-links">Make links</button> <span id="links-said" role="status"></span></p>'
        '<p><textarea id="links" rows="4" readonly aria-label="Links, one a line"></textarea></p>'
    )


DO: dict[str, Callable[[Session, Wanted], View]] = {
    "look": _moved(lambda s, _: None, everything),
    "step": _moved(lambda s, _: s.step()),
    "back": _moved(lambda s, _: s.back()),
    "play": _moved(lambda s, _: s.play()),
    "go": _moved(lambda s, w: s.go(whole_of(w, "day"))),
    "parted": _moved(_parted),
    "charts": _moved(lambda s, w: None, drawn),
    "change": _moved(lambda s, w: s.change({str(w.get("field")): float(number_of(w, "value"))}), everything),
    "restore": _moved(lambda s, _: s.restore(), everything),
    "pairs": _moved(lambda s, w: s.more_pairs(w.get("again") is True), now, pairs_end),
    "guess": _moved(lambda s, w: s.guess_first(w.get("wanted") is True), now, pairs_end),
    "hands": _moved(_hands, now, pairs_end),
    "why": _sheet("Why?", lambda s, _: fragments.side_by_side(s, s.why())),
    "interview": _sheet("What each of the two would say", _interview),
    "numbers": _sheet("The numbers", lambda s, _: fragments.numbers(s)),
    "lessons": _sheet("Lessons", _lessons),
    "save": _sheet("Save", _save),
    "links": _links,
    "meanings": _sheet("What the sliders mean", lambda s, _: fragments.meanings(s)),
    "help": _sheet("Help and keys", lambda s, _: filled("help.html")),
}
"""What a visitor may do, by its word."""


def done(session: Session, wanted: Wanted) -> View:
    """Do what is wanted and tell the page; a refusal is told as one."""
    word = wanted.get("do")
    with session.lock:
        try:
            if not isinstance(word, str) or word not in DO:
                raise InputError(f"there is nothing called {str(word)[:40]!r} to do; {nearest(str(word)[:40], DO)}")
            return DO[word](session, wanted)
        except InputError as refusal:
            return {"refusal": str(refusal)}
