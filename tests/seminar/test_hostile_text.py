"""Hostile text in titles, questions and names is shown as it is typed, on the page, in handouts and in notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.support.hostile import HOSTILE, check_only_text

from twoway.seminar import panels
from twoway.seminar.handout import handout, handout_form
from twoway.seminar.lesson_measures import LEAST
from twoway.seminar.lesson_note import note_html
from twoway.seminar.lessons import Lesson, load_lesson
from twoway.seminar.recipe import parse_recipe
from twoway.seminar.session import Session
from twoway.seminar.templates import render
from twoway.seminar.views import answer

PANELS: dict[str, Callable[[Session], str]] = {
    "account": panels.account,
    "cards": panels.cards,
    "charts": panels.charts,
    "numbers": panels.numbers,
    "line": panels.event_line,
    "outcomes": panels.outcomes,
    "why": lambda session: panels.side_by_side(session, session.why()),
    "save": lambda session: str(answer(session, {"do": "save"})["sheet"]),
}
NAMELESS = {"charts", "outcomes"}
"""Panels without the full names of the stories."""


def session_with(name: str, text: str) -> Session:
    """A session whose stories and scenarios have this name and question."""
    session = Session(parse_recipe(text))
    session.go(20)
    while session.exchange_in(session.timeline) is None:
        session.back()
    session.simulate_pairs(again=True)
    for timeline in session.timelines:
        scenario = timeline.schedule.scenario.model_copy(update={"title": name, "question": name})
        timeline.schedule = replace(timeline.schedule, name=name, scenario=scenario)
    return session


@pytest.mark.parametrize("name", PANELS)
def test_a_hostile_name_of_a_story_is_text_in_every_part_of_the_page(name: str) -> None:
    recipe = "strict-and-opaque/7/vs:strict-but-fair"
    page, harmless = (PANELS[name](session_with(text, recipe)) for text in (HOSTILE, "harmless"))
    assert check_only_text(page, harmless) >= (name not in NAMELESS)


def test_the_question_of_a_hostile_scenario_is_text_before_the_first_day() -> None:
    def opened(text: str) -> str:
        session = session_with(text, "ordinary/42")
        session.go(0)
        return panels.account(session)

    assert check_only_text(opened(HOSTILE), opened("harmless")) == 1


def test_a_class_is_asked_about_a_hostile_name_in_text() -> None:
    def asked(text: str) -> str:
        session = session_with(text, "strict-and-opaque/7/vs:strict-but-fair")
        session.guess_first(True)
        return panels.outcomes(session)

    assert check_only_text(asked(HOSTILE), asked("harmless")) == 1


def test_a_hostile_scenario_is_text_in_the_lists_of_the_page_itself() -> None:
    def page(text: str) -> str:
        numbers = {"pairs": 200, "longest_recipe": 2000, "digits": 19}
        return render("page.html", scenarios=[(text, text)], scope=text, **numbers)

    assert check_only_text(page(HOSTILE), page("harmless")) == 5


def hostile(lesson: Lesson, text: str) -> Lesson:
    """The lesson with this text wherever one may be written."""
    steps = tuple(step.model_copy(update={"do": text}) for step in lesson.try_)
    notices = tuple(
        one.model_copy(update={"text": text.replace("{", "{{").replace("}", "}}")}) for one in lesson.notice
    )
    readings = tuple(one.model_copy(update={"what": text, "for_": text}) for one in lesson.reading)
    texts = {"title": text, "question": text, "why": text, "questions": (text,) * len(lesson.questions)}
    return lesson.model_copy(update={**texts, "try_": steps, "notice": notices, "reading": readings})


def test_hostile_text_of_a_lesson_is_text_in_its_note_and_in_the_list_of_lessons() -> None:
    lesson = load_lesson("expectations")
    page, harmless = (note_html(hostile(lesson, text), LEAST) for text in (HOSTILE, "harmless"))
    everywhere = 2 + len(lesson.try_) + len(lesson.notice) + 1 + len(lesson.questions) + 2 * len(lesson.reading)
    assert check_only_text(page, harmless) == everywhere + 1, "the title of the window, too"
    page, harmless = (
        render("lessons.html", lessons=[hostile(lesson, text)], chosen=text) for text in (HOSTILE, "harmless")
    )
    assert check_only_text(page, harmless) == 4


def test_hostile_titles_and_questions_are_text_in_handouts_and_in_the_form_that_asks_for_them() -> None:
    recipe = parse_recipe("ordinary/3/d9")
    page, harmless = (handout([recipe], text, [text] * 5, with_outcomes=False) for text in (HOSTILE, "harmless"))
    assert check_only_text(page, harmless) == 2 + 5
    fields = {"longest_title": 200, "longest_question": 500, "guessing": True, "pairs": 200}
    page, harmless = (
        render("handout_form.html", title=text, questions=[text] * 5, **fields) for text in (HOSTILE, "harmless")
    )
    assert check_only_text(page, harmless) == 6
    assert check_only_text(handout_form(recipe, guessing=False), handout_form(recipe, guessing=False)) == 0
