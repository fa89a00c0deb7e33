from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.support.browsing import Open, Window, step
from tests.support.served import serving

from twoway.analysis.narrative.words.grammar import OTHER, reading_noun
from twoway.seminar.controls import SLIDERS
from twoway.seminar.dyad_timeline import BEGINNING, after
from twoway.seminar.ensemble import PAIRS
from twoway.seminar.lessons import load_lesson, load_lessons
from twoway.seminar.recipe import number_text, parse_recipe
from twoway.seminar.server import Visitors, application
from twoway.seminar.session import Session


def sideways(window: Window) -> int:
    return int(window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_the_page_opens_light_and_says_what_the_scenario_asks(opened: Open) -> None:
    window = opened("")
    assert "What becomes of clients and keyworkers" in window.text("#account")
    assert "Lessons" in window.text("#charts")
    assert window.page.locator("#charts [data-recipe]").count() == 6
    assert 0 < sum(window.loaded.values()) <= 20_000


def test_the_same_luck_twice_tells_the_same_in_two_windows_that_share_nothing(opened: Open) -> None:
    one, other = opened("ordinary/8"), opened("ordinary/8")
    told = step(one, 6)
    assert other.text("#where") == "Before the first day"
    assert step(other, 6) == told
    assert step(opened("ordinary/9"), 6) != told


def test_the_keyboard_alone_suffices(opened: Open) -> None:
    window = opened("ordinary/12")
    keys = window.page.keyboard
    keys.press("ArrowRight")
    window.on_day(1)
    first = window.text("#account")
    keys.press("ArrowRight")
    window.until(f"document.getElementById('account').innerText !== {json.dumps(first)}")
    keys.press("ArrowLeft")
    window.until(f"document.getElementById('account').innerText === {json.dumps(first)}")
    keys.press("End")
    window.on_day(180)
    keys.press("Home")
    window.until("document.getElementById('where').textContent === 'Before the first day'")
    keys.press("Space")
    window.until("document.getElementById('play').textContent === 'Pause'")
    keys.press("Space")
    window.until("document.getElementById('play').textContent === 'Play days'")
    keys.press("?")
    window.until("document.getElementById('sheet').open")
    assert "step one exchange" in window.text("#sheet")
    keys.press("Escape")
    window.until("!document.getElementById('sheet').open")
    window.page.focus("#luck")
    at = window.text("#where")
    keys.press("ArrowRight")
    keys.press("Home")
    window.settled()
    assert window.text("#where") == at
    reached = set()
    window.page.focus("#scenario")
    for _ in range(60):
        keys.press("Tab")
        reached.add(
            window.page.evaluate(
                "document.activeElement.id || document.activeElement.dataset.do || document.activeElement.dataset.sheet"
            )
        )
    assert {"pair", "luck", "against", "again", "guess", "save", "back", "step", "play", "speed", "day", "s-control",
            "restore", "run", "recipe", "copy"} <= reached  # fmt: skip


def test_a_slider_moved_by_keys_keeps_the_focus_and_says_its_value(opened: Open) -> None:
    window = opened("ordinary/8/d5")
    window.page.focus("#s-control")
    before = window.page.get_attribute("#s-control", "aria-valuetext")
    at = window.page.input_value("#s-control")
    for _ in range(8):
        window.page.keyboard.press("ArrowRight")
    wanted = f"context.control={float(at) + 8 * 0.5:g}"
    window.until(f"document.getElementById('recipe').value.endsWith('{wanted}')")
    assert window.page.evaluate("document.activeElement.id") == "s-control"
    assert window.page.get_attribute("#s-control", "aria-valuetext") not in ("", before)


def test_a_slider_says_its_number_and_what_it_is_without_a_mouse(opened: Open) -> None:
    window = opened("ordinary/8/d5/d6:context.planned=0.73")
    value, shown = "document.getElementById('s-planned').value", "#setting output[for=s-planned]"
    assert window.text(shown) == "0.73 a week", "the number that counts, also where no step of the slider is"
    bar = window.page.locator("#s-planned").bounding_box()
    assert bar
    middle = bar["y"] + bar["height"] / 2
    window.page.mouse.move(bar["x"] + bar["width"] / 4, middle)
    window.page.mouse.down()
    for part in (0.4, 0.6, 0.8):
        window.page.mouse.move(bar["x"] + bar["width"] * part, middle)
        assert window.text(shown) == f"{window.page.evaluate(value)} a week"
        assert window.page.input_value("#recipe").endswith("0.73"), "while it is dragged nothing is changed"
    window.page.mouse.up()
    window.until(f"document.getElementById('recipe').value.endsWith('context.planned=' + {value})")
    for one in SLIDERS:
        described = window.page.get_attribute(f"#s-{one.name}", "aria-describedby")
        assert window.page.locator(f"#{described}").text_content() == one.meaning
    assert window.page.locator("#setting [title]").count() == 0
    window.page.focus("[data-sheet=meanings]")
    window.page.keyboard.press("Enter")
    window.until("document.getElementById('sheet').open")
    told = window.text("#content")
    for one in SLIDERS:
        assert one.meaning in told
        assert one.field in told
    assert "from day 6 on" in told


def test_pause_stops_at_once_and_play_goes_on_from_there(opened: Open) -> None:
    window = opened("ordinary/8")
    window.page.select_option("#speed", "0")
    asked = window.asked("play")
    window.click("#play")
    window.until("parseInt(document.getElementById('day').value) > 5")
    window.click("#play")
    before = len(asked)
    assert before > 0
    window.settled()
    stopped = window.text("#where")
    for _ in range(3):  # as long as three more days would have taken
        window.page.evaluate("act({do: 'look'})")
    assert len(asked) == before
    assert window.text("#where") == stopped
    window.click("#play")
    window.on_day(180)
    window.until("document.getElementById('play').textContent === 'Play days'")
    window.until("document.querySelectorAll('#charts svg').length === 4")


def test_play_paused_and_played_again_at_once_is_one_play(opened: Open) -> None:
    window = opened("ordinary/8")
    window.page.clock.install(time=0)
    window.page.clock.pause_at(1000)
    window.page.select_option("#speed", label="slow")
    for _ in range(7):
        window.click("#play")
    asked = window.asked("play")
    pause = int(window.page.input_value("#speed"))

    def days_in(ms: int) -> int:
        before = len(asked)
        for _ in range(ms // 20):
            window.page.clock.run_for(20)  # between them what was asked for is answered
        return len(asked) - before

    days_in(2 * pause)  # whatever was asked for while it was toggled has been answered
    assert days_in(5 * pause) in (4, 5), "each play that was left over would add as many"
    assert window.text("#play") == "Pause"


def test_a_slider_changes_the_future_and_not_the_past(opened: Open) -> None:
    window = opened("ordinary/8/d20")

    def told_from(day: int) -> list[str]:
        found = []
        for one in range(day, day + 8):
            window.page.evaluate(f"act({{do: 'go', day: {one}}})")
            window.on_day(one)
            found.append(window.text("#account") + window.text("#cards"))
        return found

    usual = window.page.input_value("#s-control")
    past, future = told_from(1), told_from(40)
    window.page.evaluate("act({do: 'go', day: 20})")
    window.on_day(20)
    window.page.fill("#s-control", "7")
    window.until("document.getElementById('recipe').value.endsWith('d21:context.control=7')")
    assert "from day 21" in window.text("#said")
    assert told_from(1) == past
    assert told_from(40) != future
    window.click("#restore")
    window.until(f"document.getElementById('recipe').value.includes('d48:context.control={usual}')")
    assert window.page.input_value("#s-control") == usual


def test_looking_back_and_forward_tells_the_same(opened: Open) -> None:
    window = opened("ordinary/8")
    told = step(window, 12)
    window.page.fill("#day", "0")
    window.until("document.getElementById('where').textContent === 'Before the first day'")
    assert step(window, 12) == told
    lines = window.page.evaluate(
        "new Set([...document.querySelectorAll('#charts g.day')].map((g) => g.getAttribute('transform'))).size"
    )
    assert lines == 1


def test_two_hundred_pairs_sum_up_and_can_be_stopped(opened: Open) -> None:
    window = opened("ordinary/8/d3")
    window.click("#run")
    window.until(f"document.getElementById('progress').value === {PAIRS} && document.getElementById('stop').disabled")
    label = window.page.get_attribute("#results svg", "aria-label")
    assert label
    assert sum(map(int, re.findall(r"(\d+) end ", label))) == PAIRS
    asked, progress = window.asked("pairs"), "document.getElementById('progress').value"
    stop_at_first = f"const look = () => {progress} < {PAIRS} ? ($('stop').click(), done()) : setTimeout(look)"
    window.page.evaluate(f"run(); new Promise((done) => {{ {stop_at_first}; look(); }})")
    window.settled()
    stopped, before = window.page.evaluate(progress), len(asked)
    assert 0 < stopped < PAIRS
    for _ in range(3):
        window.page.evaluate("act({do: 'look'})")
    assert window.page.evaluate(progress) == stopped
    assert len(asked) == before
    assert window.page.is_enabled("#run")
    assert window.page.is_disabled("#stop")


def test_compared_with_itself_everything_is_equal(opened: Open) -> None:
    window = opened("ordinary/8/d30")
    window.page.select_option("#against", "=")
    window.until("document.querySelectorAll('#account > div').length === 2")
    window.page.focus("#play")
    for _ in range(5):
        window.page.keyboard.press("ArrowRight")
    window.settled()
    assert window.page.evaluate("view.day") > 30
    both = [window.page.locator(f"#cards .story{n} table").inner_text() for n in range(2)]
    assert both[0] == both[1]
    assert "same story to the last day" in window.text("#apart")
    window.click("#run")
    window.until(f"document.getElementById('progress').value === {PAIRS}")
    assert f"{PAIRS} of {PAIRS} pairs end alike" in window.text("#results")


def test_two_stories_part_where_the_page_says(opened: Open) -> None:
    window = opened("strict-and-opaque/7")
    assert not window.page.is_visible("#whose")
    window.page.select_option("#against", "strict-but-fair")
    window.until("document.querySelectorAll('#account > div').length === 2")
    assert window.text("#whose") == "left story"
    assert (window.page.get_attribute("#line svg", "aria-label") or "").startswith("Strict and opaque: day 1")
    window.click("[data-do=parted]")
    day = re.search(r"part on day (\d+)", window.text("#apart"))
    assert day
    window.on_day(int(day[1]))
    here, there = (window.page.locator("#account > div").nth(n).inner_text().partition("\n")[2] for n in range(2))
    cards = [window.page.locator(f"#cards .story{n} table").inner_text() for n in range(2)]
    assert (here, cards[0]) != (there, cards[1])


def test_a_class_guesses_before_it_sees(opened: Open) -> None:
    window = opened("ordinary/8/d3")
    window.click("#guess")
    window.until("document.getElementById('run').disabled")
    for place, hands in enumerate((4, 11, 2)):
        window.page.fill(f"#h-{place}", str(hands))
    window.click("#results button")
    window.until("!document.getElementById('run').disabled")
    window.click("#run")
    window.until(f"document.getElementById('progress').value === {PAIRS}")
    assert "17 hands" in (window.page.get_attribute("#results svg", "aria-label") or "")


@lru_cache
def longest_account() -> str:
    """The recipe of the longest account of some stays."""
    found = ("", 0)
    for luck in range(6):
        session = Session(parse_recipe(f"ordinary/{luck}"))
        session.position = BEGINNING
        while (then := after(session.position, session.timelines)) != session.position:
            session.position = then
            length = len(session.timeline.narrate(then))
            found = max(found, (str(session.recipe), length), key=lambda one: one[1])
    return found[0]


SIZES = ((1280, 720), (1024, 768), (390, 844))
"""A projector, a small laptop and a telephone (CSS pixels)."""


def fits(window: Window) -> None:
    """Nothing has to be scrolled sideways at any size, and nothing at all on a projector."""
    for width, height in SIZES:
        window.resize(width, height)
        assert (width, sideways(window)) == (width, 0)
        if (width, height) == SIZES[0]:
            assert window.page.evaluate("document.documentElement.scrollHeight") <= height


def test_the_longest_account_fits_every_screen(opened: Open) -> None:
    for text in (longest_account(), f"{longest_account()}/vs:strict-but-fair", "ordinary/42"):
        window = opened(text)
        window.click("#run")
        window.until(f"document.getElementById('progress').value === {PAIRS}")
        fits(window)


def test_in_large_text_and_on_a_sheet_nothing_has_to_be_scrolled_sideways(opened: Open) -> None:
    window = opened(f"{longest_account()}/vs:strict-but-fair")
    for button, there in (
        ("#large", "document.documentElement.classList.contains('large')"),
        ("[data-sheet=numbers]", "document.getElementById('sheet').open"),
    ):
        window.click(button)
        window.until(there)
        for width, height in SIZES:
            window.resize(width, height)
            assert (button, width, sideways(window)) == (button, width, 0)


def test_axe_finds_nothing_on_any_view(opened: Open) -> None:
    window = opened("ordinary/42")
    assert window.axe() == []
    window.page.evaluate("open('ordinary/42/d30/d20:context.control=6')")
    window.on_day(30)
    window.click("#run")
    window.until(f"document.getElementById('progress').value === {PAIRS}")
    assert window.axe() == []
    while window.page.is_disabled("#why"):
        step(window)
    for sheet in ("why", "interview", "numbers", "lessons", "save", "meanings", "help"):
        window.click(f"[data-sheet={sheet}] >> nth=0")
        window.until("document.getElementById('sheet').open")
        assert (sheet, window.axe()) == (sheet, [])
        window.click("#close")
        window.until("!document.getElementById('sheet').open")
    window.click("#guess")
    window.until("document.getElementById('run').disabled")
    assert window.axe() == []
    window.page.evaluate("open('strict-and-opaque/7/d30/vs:strict-but-fair/lesson:the-same-refusal')")
    window.until("document.querySelectorAll('#account > div').length === 2")
    assert window.axe() == []
    window.click("[data-sheet=lessons] >> nth=0")
    window.until("document.getElementById('sheet').open")
    assert window.axe() == []


def guess(window: Window, *hands: int) -> None:
    """Raise hands, and run the pairs."""
    window.click("#guess")
    window.until("document.getElementById('run').disabled")
    for place, number in enumerate(hands):
        window.page.fill(f"#h-{place}", str(number))
    window.page.press("#h-2", "Enter")
    window.until("!document.getElementById('run').disabled")
    window.click("#run")
    window.until(f"document.getElementById('progress').value === {PAIRS} && document.getElementById('stop').disabled")


LONG_NAMES = "ordinary/1/d30/vs:raised-expectations"


def test_in_a_comparison_hands_and_both_ranges_stand_in_one_table_that_fits(opened: Open) -> None:
    for text in (
        LONG_NAMES,
        f"{longest_account()}/vs:raised-expectations",
        "ordinary/42/d9/d5:context.control=6/vs:ordinary",
    ):
        window = opened(text)
        guess(window, 4, 11, 2)
        assert window.page.locator("#results tbody tr").count() == 5
        assert "of 17" in window.text("#results")
        fits(window)
        assert window.axe() == []


def test_why_and_interview_show_both_stories_to_those_who_have_a_keyboard_only(opened: Open) -> None:
    window = opened("strict-and-opaque/7/vs:strict-but-fair")
    window.page.keyboard.press("ArrowRight")
    window.until("!document.getElementById('why').disabled")
    for sheet in ("why", "interview"):
        window.page.focus(f"[data-sheet={sheet}]")
        window.page.keyboard.press("Enter")
        window.until("document.getElementById('sheet').open")
        stories = window.page.locator(".stories > section")
        assert [stories.nth(n).locator("h2").nth(0).inner_text() for n in range(2)] == [
            "Strict and opaque", "Strict but fair"
        ]  # fmt: skip
        assert window.axe() == []
        assert sideways(window) == 0
        window.page.keyboard.press("Escape")
        window.until("!document.getElementById('sheet').open")


def test_another_pair_and_other_luck_are_shown_on_the_same_day(opened: Open) -> None:
    window = opened("ordinary/8/d20.1/d5:context.control=4")
    window.page.select_option("#pair", "3")
    window.until("view.pair === '3'")
    assert window.page.input_value("#recipe") == "ordinary/8/p3/d20/d5:context.control=4"
    assert window.text("#where").startswith("Day 20,")
    window.page.fill("#luck", "9")
    window.page.press("#luck", "Enter")
    window.until("view.recipe.startsWith('ordinary/9/')")
    assert window.page.input_value("#recipe") == "ordinary/9/p3/d20/d5:context.control=4"
    window.click("#new-luck")
    window.until("!view.recipe.startsWith('ordinary/9/')")
    window.on_day(20)
    window.click("#again")
    window.until("document.getElementById('where').textContent === 'Before the first day'")
    assert window.page.input_value("#recipe").endswith("/p3/d5:context.control=4"), "what was set stays set"
    window.page.fill("#luck", "many")
    window.page.press("#luck", "Enter")
    window.until("document.getElementById('said').textContent.includes('many')")
    window.page.focus("#again")
    window.until("document.getElementById('luck').value === view.recipe.split('/')[1]")


def test_what_was_guessed_stays_with_new_luck_and_is_put_away_with_another_setting(opened: Open) -> None:
    window = opened("ordinary/8/d3")
    guess(window, 4, 11, 2)
    window.click("#new-luck")
    window.until("document.getElementById('results').textContent.includes('4 friendly')")
    window.page.select_option("#against", "strict-but-fair")
    window.until("document.getElementById('results').textContent.includes('An ordinary centre')")
    window.page.select_option("#scenario", "bureaucratic")
    window.until("document.getElementById('said').textContent.includes('put away')")
    assert "4 friendly" not in window.text("#results")


@pytest.mark.parametrize("name", [one.name for one in load_lessons() if one.compared])
def test_what_a_lesson_changes_can_be_done_as_it_says_and_is_held_against_the_same(opened: Open, name: str) -> None:
    one = load_lesson(name)
    window = opened("ordinary/42")
    window.click(f"[data-recipe$='lesson:{name}']")
    window.until(f"document.getElementById('recipe').value === {json.dumps(str(one.opening_recipe))}")
    window.page.select_option("#against", label="the same, nothing changed")
    window.until("document.querySelectorAll('#account > div').length === 2")
    (change,) = one.settings[1].changes
    window.page.fill("#day", str(change.day - 1))
    window.until(f"view.day === {change.day - 1}")
    window.page.fill(f"#s-{change.field.partition('.')[2]}", number_text(change.value))
    window.until(f"document.getElementById('recipe').value.includes('/d{change.day}:')")
    now = parse_recipe(window.page.input_value("#recipe"))
    assert now.schedule == one.settings[1].schedule
    assert now.against == one.settings[0].scenario
    window.click("#run")
    window.until(f"document.getElementById('progress').value === {PAIRS} && document.getElementById('stop').disabled")
    assert f"of {PAIRS} pairs" in window.text("#results")


def test_while_the_class_guesses_what_pairs_were_like_interviews_come_without_a_verdict(opened: Open) -> None:
    window = opened("four-centres/1/d180/lesson:sixteen-interviews")

    def asked() -> str:
        window.click("[data-sheet=interview]")
        window.until("document.getElementById('sheet').open")
        told = window.text("#content")
        window.click("#close")
        return told

    window.click("#guess")
    window.until("document.getElementById('run').disabled")
    window.page.select_option("#pair", "3")
    window.until("view.pair === '3'")
    window.page.fill("#day", "180")
    window.on_day(180)
    assert "researcher" not in asked()
    window.click("#guess")
    window.until("!document.getElementById('run').disabled")
    assert "What a researcher would say on day 180" in asked()


def test_what_is_saved_can_be_opened(opened: Open, tmp_path: Path) -> None:
    window = opened("ordinary/42/d30")
    window.click("#run")
    window.until(f"document.getElementById('progress').value === {PAIRS}")
    window.click("[data-sheet=save]")
    window.until("document.getElementById('sheet').open")

    def saved(button: str) -> bytes:
        with window.page.expect_download() as coming:
            window.click(button)
        coming.value.save_as(tmp_path / coming.value.suggested_filename)
        return (tmp_path / coming.value.suggested_filename).read_bytes()

    assert ET.fromstring(saved("[data-save=figure-0]:not([data-as])")).tag.endswith("svg")
    assert saved("[data-save=figure-1][data-as=png]").startswith(b"\x89PNG\r\n")
    rows = list(csv.DictReader(io.StringIO(saved("[data-save=pairs]").decode())))
    assert sum(int(row["pairs"]) for row in rows) == PAIRS
    assert len(list(csv.reader(io.StringIO(saved("[data-save=days]").decode())))) == 61
    assert b"<!doctype html>" in saved("[data-save=handout]")[:20]
    window.page.fill("#students", "3")
    window.click("#make-links")
    window.until("document.getElementById('links-said').textContent !== ''")
    assert "this very machine" in window.text("#links-said")
    links = window.page.input_value("#links").split("\n")
    assert [link.partition("recipe=")[2] for link in links] == [f"ordinary/{luck}/d30" for luck in (42, 43, 44)]
    window.page.fill("#students", "0")
    window.click("#make-links")
    window.until("document.getElementById('links').value === ''")
    assert "1 to 200 students" in window.text("#links-said")


def test_what_was_typed_for_a_handout_is_there_again_until_another_scenario_is_looked_at(opened: Open) -> None:
    window = opened("ordinary/42/d3")

    def save() -> None:
        window.click("[data-sheet=save]")
        window.until("document.getElementById('sheet').open")

    save()
    window.page.fill("#title", "Monday")
    window.page.fill("#q2", "Who began?")
    window.page.keyboard.press("Escape")
    step(window)
    save()
    assert [window.page.input_value(field) for field in ("#title", "#q2")] == ["Monday", "Who began?"]
    window.click("#close")
    window.page.select_option("#scenario", "bureaucratic")
    window.until("view.recipe.startsWith('bureaucratic')")
    save()
    assert window.page.input_value("#q2") == ""
    assert window.page.input_value("#title") != "Monday"


def test_a_day_that_cannot_be_asked_about_is_refused_where_it_was_asked_for(opened: Open) -> None:
    window = opened("ordinary/42/d20")
    window.click("[data-sheet=interview]")
    window.until("document.getElementById('sheet').open")
    window.page.fill("#asked", "100")
    window.page.keyboard.press("Tab")
    window.until("document.getElementById('sheet-said').textContent.includes('1 to 20')")
    assert window.page.input_value("#asked") == "20"


def test_what_was_said_of_a_slider_stays_to_be_read_while_days_are_played(opened: Open) -> None:
    window = opened("ordinary/42/d20")
    window.page.select_option("#speed", "0")
    window.click("#play")
    window.until("view.day > 22")
    window.page.fill("#s-control", "6")
    window.until("view.recipe.includes('context.control=6')")
    changed = int(re.findall(r"/d(\d+):", window.page.input_value("#recipe"))[0])
    window.until(f"view.day > {changed + 2}")
    assert window.text("#said") == f"Counts from day {changed} on."


def test_a_card_says_what_was_meant_where_something_else_was_seen(opened: Open) -> None:
    window = opened("ordinary/42")
    session = Session(parse_recipe("ordinary/42"))
    met = 0
    while met < 3:
        session.step()
        event = session.timeline.latest_event(session.position)
        if event is not None and event["event"] == "exchange" and event["act"] != event["seen"]:
            met += 1
            window.page.evaluate(f"open('{session.recipe}')")
            window.until(f"view.recipe === '{session.recipe}'")
            reader = OTHER[event["actor"]]
            assert f"meant as {reading_noun(event['act'], event['encounter'])}" in window.text(f".card.{reader}")


def test_the_address_restores_what_was_seen(opened: Open) -> None:
    window = opened("ordinary/8/d20")
    window.page.fill("#s-formality", "0.9")
    step(window, 2)
    window.until("location.search.includes(document.getElementById('recipe').value)")
    seen = window.text("main")
    window.page.reload()
    window.ready()
    window.until("document.querySelectorAll('#charts svg').length === 4")
    told = window.text("#said")
    assert window.text("main").replace(told, "") == seen.replace("Counts from day 21 on.", "")


def test_a_recipe_that_cannot_be_is_told_and_what_is_shown_stays(opened: Open) -> None:
    window = opened("ordinary/8/d20")
    window.page.fill("#recipe", "ordinary/8/d20/d21:context.contrl=3")
    window.page.press("#recipe", "Enter")
    window.until("document.getElementById('said').textContent !== ''")
    assert "did you mean 'context.control'?" in window.text("#said")
    window.on_day(20)
    assert "there is no scenario" in opened("nonsense").text("#said")


def test_a_place_given_on_is_set_up_again_and_told_kindly(opened: Open) -> None:
    with serving(application(Visitors(most=1))) as small:
        window = opened("ordinary/8/d20", at=small)
        opened("ordinary/9", at=small)
        window.click("[data-do=step]")
        window.until("document.getElementById('said').textContent.includes('given on')")
        window.on_day(20)
        step(window)


def test_when_the_server_is_gone_a_bar_says_so_and_what_is_shown_stays(browser: Any) -> None:
    with serving(application(Visitors())) as small:
        window = Window(browser, f"http://127.0.0.1:{small}/?recipe=ordinary/8/d20").ready()
        shown = window.text("#account")
    window.click("[data-do=step]")
    window.page.locator("#gone:not([hidden])").wait_for()
    assert "What is shown stays" in window.text("#gone")
    assert window.text("#account") == shown
    with serving(application(Visitors()), small):
        window.click("#gone button")
        window.page.locator("#gone[hidden]").wait_for(state="attached")
        window.on_day(20)
        step(window)
    assert all("ERR_CONNECTION_REFUSED" in one for one in window.complaints)
    window.complaints.clear()
    window.close()


def test_a_slider_moved_while_days_are_played_counts_and_nothing_breaks(opened: Open) -> None:
    window = opened("ordinary/8")
    window.page.select_option("#speed", "0")
    window.click("#play")
    for value in ("6", "1", "4"):
        window.page.fill("#s-control", value)
        window.until(f"document.getElementById('recipe').value.endsWith('context.control={value}')")
        window.until(f"view.day > {window.page.evaluate('view.day')} + 1 || view.day === view.last")
    window.click("#play")
    window.until("document.getElementById('play').textContent === 'Play days'")
    text = window.page.input_value("#recipe")
    assert re.findall(r"context\.control=([\d.]+)", text) == ["6", "1", "4"]
    Session(parse_recipe(text))


def test_a_double_click_steps_twice(opened: Open) -> None:
    told = step(opened("ordinary/8"), 3)
    window = opened("ordinary/8")
    window.page.dblclick("[data-do=step]")
    window.settled()
    assert window.text("#account") == told[1]
    assert step(window) == told[2:]


def test_the_page_may_sit_behind_a_prefix(opened: Open) -> None:
    with serving(Starlette(routes=[Mount("/course/7", application(Visitors()))])) as port:
        window = opened("ordinary/8", at=f"{port}/course/7")
        step(window, 2)
        window.until("location.pathname === '/course/7/'")
