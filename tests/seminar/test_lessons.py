"""The lessons: they fit into ninety minutes, no number of theirs is typed, and the model does what they promise."""

import re
import tomllib
from dataclasses import replace
from html import unescape

import pytest

from twoway.seminar.controls import SLIDERS
from twoway.seminar.dyad_timeline import BEGINNING, DyadTimeline
from twoway.seminar.lesson_measures import MEASURES
from twoway.seminar.lessons import HERE, ORDER, load_lesson, load_lessons
from twoway.seminar.recipe import number_text, parse_recipe
from twoway.seminar.server import page
from twoway.seminar.session import Session
from twoway.seminar.views import PAGE, whole_view
from twoway.simulation.affect_control.frames import KINDS
from twoway.simulation.errors import InputError


@pytest.fixture(params=ORDER)
def each(request):
    return load_lesson(request.param)


def test_every_file_is_a_lesson_that_is_offered():
    assert {path.stem for path in HERE.glob("*.toml")} == set(ORDER)
    assert [one.name for one in load_lessons()] == list(ORDER)
    assert len({one.title for one in load_lessons()}) == len(ORDER)


def test_a_lesson_takes_ninety_minutes_at_most_and_leaves_a_quarter_of_them_to_talk(each):
    assert each.minutes <= 90
    assert each.discuss >= each.minutes / 4


def test_a_lesson_asks_and_its_questions_are_questions(each):
    for question in (each.question, each.guess.do, *each.questions):
        assert "?" in question


def test_the_page_opens_with_the_lesson_and_its_recipe(each):
    assert each.opening_recipe.lesson == each.name
    assert parse_recipe(str(each.opening_recipe)) == each.opening_recipe


def test_what_is_held_against_each_other_are_the_same_people_with_the_same_luck(each):
    assert len({life.seed for life in each.settings}) == 1
    assert len(each.settings) == len(set(map(str, each.settings)))
    designs = {life.schedule.scenario.design for life in each.settings}
    assert len(designs) == 1


def test_no_number_that_comes_out_of_the_model_is_typed(each):
    for notice in each.notice:
        bare = notice.text.format(one="", other="")
        assert (
            re.findall(
                r"\d+(?:\.\d+)?", re.sub(r"\(1 is slightly, 2 quite (?:good|bad)\)|day 60|on which 0 is \w+", "", bare)
            )
            == []
        )
        assert "%" not in bare


def steps_of(one):
    return " ".join([one.guess.do, *(step.do for step in one.try_)])


def test_what_a_lesson_tells_to_press_is_on_the_page_under_that_name(each):
    session = Session(each.opening_recipe)
    session.play()
    there = page() + (PAGE / "page.js").read_text("utf-8") + "".join(map(str, whole_view(session).values()))
    quoted = re.findall("“(.*?)”", steps_of(each))
    assert len(quoted) >= 3
    shown = unescape(there)
    assert [label for label in quoted if not re.search(rf"[>\"]\W*{re.escape(label)}\W*[<\"]", shown)] == []


def test_what_a_lesson_tells_to_set_is_within_reach_of_its_slider(each):
    sliders = {one.label: one for one in SLIDERS}
    for label, value in re.findall(r"“([^”]*)” to (\d+(?:\.\d+)?)", steps_of(each)):
        one = sliders[label]
        assert one.low <= float(value) <= one.high
        steps = (float(value) - one.low) / one.step
        assert steps == pytest.approx(round(steps))


def test_what_a_lesson_tells_to_change_is_what_its_numbers_are_computed_of(each):
    if not each.compared:
        return
    plain, changed_ = each.settings
    labels = {one.field: one.label for one in SLIDERS}
    for change in changed_.changes:
        assert f"“{labels[change.field]}” to {number_text(change.value)}" in steps_of(each)
        before = f"day {change.day - 1}" if change.day > 1 else "before the first day"
        assert before in steps_of(each)
    session = Session(replace(plain, against=plain.scenario))
    for change in changed_.changes:
        session.go(change.day - 1)
        session.change({change.field: change.value})
    assert session.recipe.schedule == changed_.schedule
    assert session.other.schedule.scenario == plain.schedule.scenario


def test_what_is_compared_can_be_compared_on_the_page(each):
    if each.compared:
        assert "“Compare with” “the same, nothing changed”" in steps_of(each)


def test_every_measure_is_noticed_in_some_lesson_and_every_notice_is_measured():
    assert {notice.measure for one in load_lessons() for notice in one.notice} == set(MEASURES)


def test_lines_of_a_file_become_one_sentence(each):
    for text in (each.why, each.guess.do, *(notice.text for notice in each.notice)):
        assert "\n" not in text
        assert "  " not in text


def test_every_reading_says_how_far_it_was_read(each):
    assert {item.status for item in each.reading} <= {"read", "second-hand", "classic"}
    raw = tomllib.loads((HERE / f"{each.name}.toml").read_text("utf-8"))
    assert all("status" in item for item in raw["reading"])


def test_a_lesson_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="expectations"):
        load_lesson("expectation")
    with pytest.raises(InputError, match="there is no lesson"):
        load_lesson("../" * 10_000)


@pytest.mark.slow
def test_in_the_lesson_on_expectations_why_can_be_asked_where_the_stories_part():
    session = Session(load_lesson("expectations").opening_recipe)
    session.go(*session.divergence.position)
    assert session.position.day <= 7
    here, there = (timeline.latest_event(session.position_in(timeline)) for timeline in session.timelines)
    assert here["event"] == there["event"] == "exchange"
    assert session.why()


def test_in_the_lesson_on_conflict_the_first_rupture_comes_with_an_act_seen_as_another_and_put_down_to_the_person():
    timeline = Session(load_lesson("how-conflict-lasts").opening_recipe).timeline
    first = next(mark for mark in timeline.marks if mark.kind == "rupture")
    events = timeline.tables.events
    read = events[(events["day"] == first.day) & (events["event"] == "exchange") & (events["actor"] != first.party)]
    other = [one["act"] != one["seen"] and one["person_share"] > 0.5 for one in read.to_dict("records")]
    assert any(other)
    kinds = {mark.kind for mark in timeline.marks}
    assert {"repair", "talk failed"} <= kinds


def test_in_the_lesson_on_the_helper_she_soon_searches_or_tests_somebody_in_her_care():
    session = Session(load_lesson("the-helper-who-must-search").opening_recipe)
    for _ in range(20):
        session.step()
        event = session.timeline.latest_event(session.position)
        if event and event["act"] in ("search", "supervise", "monitor"):
            break
    assert event["actor"] == "keyworker"
    session.back()
    mine = session.timeline.state(1, session.position)["definition"]
    assert session.timeline.resolved.frames.kind[mine.argmax()] == KINDS.index("personal")


def test_in_the_lesson_on_expectations_the_client_begins_as_the_same_and_the_keyworker_as_another():
    timelines = [DyadTimeline(life.schedule, life.seed, life.dyad) for life in load_lesson("expectations").settings]
    views = [[timeline.state(side, BEGINNING)["definition"].tolist() for side in range(2)] for timeline in timelines]
    assert views[0][0] == views[1][0]
    assert views[0][1] != views[1][1]
