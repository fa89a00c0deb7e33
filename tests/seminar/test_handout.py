"""The handout: small, complete without scripts, silent toward every network, and safe whatever is typed."""

import base64
import hashlib
import re
from functools import lru_cache
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.analysis.patterns import PATTERNS
from twoway.seminar.controls import QUESTION, SLIDERS, GuessedSetting, ShowOfHands
from twoway.seminar.dyad_timeline import DyadTimeline
from twoway.seminar.handout import (
    LONGEST_QUESTION,
    LONGEST_TITLE,
    MOST_DAYS,
    MOST_QUESTIONS,
    SCRIPT,
    days_shown,
    handout,
    handout_form,
)
from twoway.seminar.lessons import load_lessons
from twoway.seminar.recipe import Recipe, parse_recipe
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import load, shipped_names

GUESS = {"with_outcomes": False}
LARGEST = 300_000
"""Bytes of a handout that can still be sent to a class by mail; so many settings and so long texts are let in."""


class Seen(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return "".join(self.words)

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def shown():
    guess = ShowOfHands((1, 2, 3), GuessedSetting("strict-but-fair"))
    return handout([parse_recipe("strict-and-opaque/7/vs:strict-but-fair/lesson:the-same-refusal")], guess=guess)


def test_a_handout_asks_for_nothing_and_allows_its_own_script_alone(shown):
    page = Seen(shown)
    assert {tag for tag, _ in page.elements}.isdisjoint({"link", "img", "iframe", "object", "base", "form", "audio"})
    for _, attributes in page.elements:
        assert set(attributes).isdisjoint({"src", "href", "srcset", "action", "style", "data"})
        assert not [name for name in attributes if name.startswith("on")]
    assert set(re.findall(r"url\(([^)]*)\)", shown)) <= {f"#{a['id']}" for a in page.of("pattern")}
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    (policy,) = (a["content"] for a in page.of("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert re.findall(r"script-src [^;]*", policy) == [f"script-src 'sha256-{digest}'"]
    assert len(page.of("script")) == 1
    assert f"<script>{SCRIPT}</script>" in shown


def test_the_script_is_short_and_touches_only_what_is_there(shown):
    assert len(SCRIPT.strip().splitlines()) <= 18
    ids = {attributes["id"] for _, attributes in Seen(shown).elements if "id" in attributes}
    assert set(re.findall(r'getElementById\("(\w+)"\)', SCRIPT)) <= ids


def test_without_scripts_everything_is_there_but_what_only_a_script_can_do(shown):
    hidden = [(tag, a.get("class")) for tag, a in Seen(shown).elements if "hidden" in a]
    assert hidden == [("p", "scrub")]


def test_ids_are_given_once(shown):
    ids = [attributes["id"] for _, attributes in Seen(shown).elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_a_lessons_handout_has_its_questions_both_settings_who_moved_and_the_hands(shown):
    page, lesson = Seen(shown), next(one for one in load_lessons() if one.name == "the-same-refusal")
    for part in [lesson.title, lesson.question, *lesson.questions, "Strict and opaque", "Strict but fair", "Who moved"]:
        assert part in page.text
    assert page.text.count("of 6 hands") == 1
    before = page.text[: page.text.index("of 6 hands")]
    assert before.rindex("Strict but fair") > before.rindex("Strict and opaque"), "they were asked about the second"
    assert "strict-but-fair/7" in page.text
    assert "no forecast about anyone" in page.text


def test_for_guessing_nothing_is_told_of_how_it_ends():
    day = 40
    page = Seen(handout([parse_recipe(f"strict-and-opaque/7/d{day}")], **GUESS))
    assert "Where such pairs end up" not in page.text
    assert "my guess" in page.text
    for pattern in PATTERNS:
        assert page.text.count(pattern) == 1
    assert max(int(d) for d in re.findall(r"[Dd]ay (\d+)", " ".join(page.words))) <= day
    assert "What a researcher would say" not in page.text
    assert f"What each would say on day {day}" in page.text


def test_for_guessing_a_stay_nobody_looked_at_is_told_for_a_third():
    page = Seen(handout([Recipe("ordinary", 3)], **GUESS))
    assert "up to day 60 of 180" in page.text


@lru_cache
def elements_with(questions):
    plain = handout([Recipe("ordinary", 3, day=9)], "title", ["question"] * questions, **GUESS)
    return [tag for tag, _ in Seen(plain).elements]


@pytest.mark.slow
@settings(max_examples=8)
@given(st.text(max_size=LONGEST_TITLE), st.lists(st.text(max_size=LONGEST_QUESTION), max_size=5))
def test_whatever_is_typed_stays_text(title, questions):
    page = Seen(handout([Recipe("ordinary", 3, day=9)], title, questions, **GUESS))
    assert [tag for tag, _ in page.elements] == elements_with(len(questions))


def test_scripts_that_are_typed_are_shown():
    nasty = "</h1></title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    page = Seen(handout([Recipe("ordinary", 3)], nasty, [nasty] * 5, **GUESS))
    assert len(page.of("script")) == 1
    assert page.of("img") == []
    assert page.text.count("alert(1)") == 2 * 7


@pytest.mark.parametrize(
    ("title", "questions", "said"),
    [
        ("x" * 10_000, [], "the title has 10000 characters"),
        ("", ["why?", "x" * 10_000], "question 2 has 10000 characters"),
        ("", ["why?"] * 6, "at most 5 questions"),
    ],
)
def test_what_is_too_long_or_too_much_is_refused_with_a_sentence(title, questions, said):
    with pytest.raises(InputError, match=said):
        handout([Recipe("ordinary", 3)], title, questions, **GUESS)


def test_no_setting_and_too_many_settings_are_refused():
    for recipes in ([], [Recipe("ordinary", luck) for luck in range(5)]):
        with pytest.raises(InputError, match="1 to 4 settings"):
            handout(recipes, **GUESS)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["four-centres", *shipped_names()[::5]])
def test_a_handout_of_any_scenario_stays_under_its_size(name):
    full = "&" * LONGEST_QUESTION
    several = [Recipe(name, 11), Recipe(name, 12), Recipe(name, 13), Recipe(name, 14)]
    text = handout(several[: 4 if name == "four-centres" else 1], "&" * LONGEST_TITLE, [full] * 5)
    assert len(text.encode()) < LARGEST
    assert load(name).question in Seen(text).text


@pytest.mark.slow
@pytest.mark.parametrize("text", ["ordinary/3/d9", "four-centres/1/d9/lesson:sixteen-interviews"])
def test_the_form_lets_in_as_much_as_a_handout_takes_and_no_more(text):
    fields = Seen(handout_form(parse_recipe(text), guessing=False))
    (title,), questions = [one for one in fields.of("input") if one["name"] == "title"], fields.of("textarea")
    assert [one["name"] for one in questions] == [f"question{n}" for n in range(1, MOST_QUESTIONS + 1)]
    longest = ["?" * int(one["maxlength"]) for one in questions]
    handout([parse_recipe(text)], "!" * int(title["maxlength"]), longest, **GUESS)
    for more in ((["!" * (int(title["maxlength"]) + 1)], longest), (["!"], [f"{one}?" for one in longest])):
        with pytest.raises(InputError, match="characters"):
            handout([parse_recipe(text)], *more[0], more[1], **GUESS)


@pytest.mark.slow
def test_the_same_recipe_gives_the_same_handout():
    assert handout([Recipe("voluntary", 2)]) == handout([Recipe("voluntary", 2)])


def test_the_days_shown_are_days_on_which_they_met_and_the_first_and_last_of_these_are_among_them():
    timeline = DyadTimeline(parse_recipe("ordinary/5/d20:context.control=5").schedule, 5, (0, 0, 0))
    events = timeline.tables.events
    met = set(events.loc[events["event"] == "exchange", "day"])
    for until in (1, 2, 15, 40, timeline.last):
        days = days_shown(timeline, until)
        so_far = sorted(day for day in met if day <= until)
        assert days == sorted(set(days))
        assert len(days) <= MOST_DAYS
        assert set(days) <= (set(so_far) or {until})
        assert not so_far or (days[0], days[-1]) == (so_far[0], so_far[-1])


def test_two_settings_of_one_scenario_are_told_apart():
    text = Seen(handout([parse_recipe("ordinary/5"), parse_recipe("ordinary/5/d1:context.control=5")])).text
    assert "Changed: from day 1 on, Control is 5" in text
    assert "with An ordinary centre, as changed" in text
    assert "with An ordinary centre, nothing changed" in text


def test_held_against_the_same_pairs_move_from_the_unchanged_to_the_changed():
    text = Seen(handout([parse_recipe("ordinary/5/d1:context.control=7/vs:ordinary")])).text
    assert text.count("An ordinary centre, as changed") >= 2
    assert "with An ordinary centre, nothing changed and with An ordinary centre, as changed" in text


def test_what_is_to_be_guessed_at_home_is_what_the_page_asks():
    assert QUESTION in Seen(handout([Recipe("ordinary", 3)], **GUESS)).text


@pytest.mark.slow
def test_settings_with_other_luck_or_other_designs_are_shown_one_by_one():
    for other in ("ordinary/6", "four-centres/5"):
        text = Seen(handout([parse_recipe("ordinary/5"), parse_recipe(other)])).text
        assert "Who moved" not in text
        assert "The people and their luck are the same" not in text
    assert (
        "The people and their luck are the same"
        in Seen(handout([parse_recipe("ordinary/5/vs:bureaucratic")], **GUESS)).text
    )


def test_what_differs_between_settings_is_said_also_where_no_slider_moves_it():
    text = handout([parse_recipe("ordinary/3/vs:raised-expectations")], **GUESS)
    table = re.search(r'<table class="settings">(.*?)</table>', text, re.S)[1]
    here, there = (load(name).people.keyworker_tilt for name in ("ordinary", "raised-expectations"))
    row = table[table.index("people.keyworker_tilt") :]
    assert re.findall(r"<b>([-.\d]+)", row)[:2] == [f"{here:g}", f"{there:g}"]
    assert "people." not in handout([parse_recipe("ordinary/3")], **GUESS)


def test_there_is_room_to_guess_about_each_setting_by_its_name():
    text = handout([parse_recipe("ordinary/5/d1:context.control=5/vs:ordinary")], **GUESS)
    table = re.search(r'<table class="guess">(.*?)</table>', text, re.S)[1]
    for name in ("An ordinary centre, as changed", "An ordinary centre, nothing changed"):
        assert f'scope="rowgroup">{name}</th>' in table
    assert table.count(PATTERNS[0]) == 2
    assert "rowgroup" not in handout([parse_recipe("ordinary/5")], **GUESS)


def test_while_a_class_guesses_outcomes_have_to_be_asked_for():
    def ticked(guessing):
        (box,) = (
            one
            for one in Seen(handout_form(parse_recipe("ordinary/5"), guessing)).of("input")
            if one.get("name") == "outcomes"
        )
        return "checked" in box

    assert not ticked(guessing=True)
    assert ticked(guessing=False)


def test_a_handout_says_where_the_sliders_stand_and_sets_off_what_is_not_the_same():
    text = handout([parse_recipe("strict-and-opaque/7/d1:context.planned=3/vs:strict-but-fair")], with_outcomes=False)
    table = re.search(r'<table class="settings">(.*?)</table>', text, re.S)[1]
    rows = {row.split("<")[0]: re.findall(r"<td>(.*?)</td>", row) for row in table.split('<th scope="row">')[1:]}
    first, other = parse_recipe("strict-and-opaque/7/d1:context.planned=3"), parse_recipe("strict-but-fair/7")
    for one in SLIDERS:
        said = [one.value_text(life.settings_on(1)[one.field]) for life in (first, other)]
        assert rows[f"{one.label} "] == (said if said[0] == said[1] else [f"<b>{value}</b>" for value in said])
    assert "<b>3 a week</b>" in table


def test_settings_of_one_scenario_that_are_alike_are_told_apart_by_number():
    changed = [parse_recipe(f"ordinary/5/d{day}:context.control=5") for day in (1, 30)]
    text = handout(changed, with_outcomes=False)
    assert "An ordinary centre, as changed (1)</th>" in text
    assert "An ordinary centre, as changed (2)</th>" in text
