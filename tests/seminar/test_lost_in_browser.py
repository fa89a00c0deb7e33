"""What a page does whose place was given on, or whose server does not answer: nothing is lost without a word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.support.browsing import Open, Window, step
from tests.support.served import Client, Page, serving

from twoway.seminar.server import Visitors, application

BAR = "#gone:not([hidden])"


@pytest.fixture
def small() -> Iterator[int]:
    """A server with one place: whoever comes has it, and whoever had it has lost it."""
    with serving(application(Visitors(most=1))) as port:
        yield port


def someone_else_comes(port: int) -> None:
    Page(Client(port))


def says(window: Window, where: str, words: str) -> None:
    """Wait until a part of the page says something."""
    window.until(f"document.getElementById('{where}').textContent.includes({json.dumps(words)})")


def ends(window: Window, recipe: str) -> None:
    """Wait until the recipe ends so."""
    window.until(f"document.getElementById('recipe').value.endsWith({json.dumps(recipe)})")


@contextmanager
def out_of_reach(window: Window) -> Iterator[None]:
    """The laptop sleeps, or its network is gone: no request arrives, and the browser complains as it should."""
    window.context.set_offline(True)
    yield
    window.context.set_offline(False)
    assert window.complaints
    assert all("ERR_INTERNET_DISCONNECTED" in one for one in window.complaints)
    window.complaints.clear()


def try_again(window: Window) -> None:
    window.click("#gone button")
    window.page.locator("#gone[hidden]").wait_for(state="attached")


def test_a_slider_moved_after_the_place_was_given_on_counts(opened: Open, small: int) -> None:
    window = opened("ordinary/8/d20", at=small)
    someone_else_comes(small)
    window.page.fill("#s-control", "6")
    ends(window, "/d20/d21:context.control=6")
    assert "given on" in window.text("#said")
    assert "Counts from day 21 on." in window.text("#said")
    assert window.page.input_value("#s-control") == "6"
    step(window)


def test_a_show_of_hands_given_after_the_place_was_given_on_is_kept(opened: Open, small: int) -> None:
    window = opened("ordinary/8/d3", at=small)
    window.click("#guess")
    window.until("document.getElementById('run').disabled")
    for place, hands in enumerate((4, 11, 2)):
        window.page.fill(f"#h-{place}", str(hands))
    someone_else_comes(small)
    window.click("#results button")
    says(window, "results", "is kept: 4")
    says(window, "said", "given on")
    someone_else_comes(small)
    window.click("[data-sheet=numbers]")
    window.until("document.getElementById('sheet').open")
    told = window.page.evaluate("act({do: 'look'})")  # what the server has, not what had been shown before
    assert told["guess"]["hands"] == [4, 11, 2]
    assert "is kept: 4" in told["results"]


def test_a_class_that_guesses_goes_on_guessing_after_its_place_was_given_on(opened: Open, small: int) -> None:
    window = opened("ordinary/8/d3", at=small)
    window.click("#guess")
    window.until("document.getElementById('run').disabled")
    window.page.fill("#h-1", "11")
    someone_else_comes(small)
    window.click("[data-do=step]")
    says(window, "said", "Press again what you pressed last.")
    window.on_day(3)
    assert window.page.is_disabled("#run")
    assert window.page.get_attribute("#guess", "aria-pressed") == "true"
    assert window.page.input_value("#h-1") == "11", "what was typed stays"
    step(window)


def test_a_class_that_guesses_goes_on_guessing_when_another_scenario_is_chosen_then(opened: Open, small: int) -> None:
    window = opened("ordinary/8/d3", at=small)
    window.click("#guess")
    window.until("document.getElementById('run').disabled")
    someone_else_comes(small)
    window.page.select_option("#scenario", "strict-and-opaque")
    window.until("view.recipe === 'strict-and-opaque/8'")
    says(window, "said", "given on")
    assert window.page.is_disabled("#run")
    assert window.page.locator("#h-1").count() == 1


def test_what_is_saved_after_the_place_was_given_on_is_a_file(opened: Open, small: int) -> None:
    window = opened("ordinary/8/d20", at=small)
    window.click("[data-sheet=save]")
    window.until("document.getElementById('sheet').open")
    someone_else_comes(small)
    with window.page.expect_download() as coming:
        window.click("[data-save=days]")
    assert coming.value.path().read_text("utf-8").count("\n") == 1 + 2 * 20
    says(window, "said", "given on")


def test_what_cannot_be_drawn_any_more_is_told_where_it_was_asked_for(opened: Open, small: int) -> None:
    window = opened("ordinary/8/d3", at=small)
    window.click("#run")
    window.until("document.getElementById('progress').value > 0")
    window.click("#stop")
    window.settled()
    window.click("[data-sheet=save]")
    window.until("document.getElementById('sheet').open")
    someone_else_comes(small)
    window.click("[data-save=pairs]")
    says(window, "sheet-said", "run the 200 pairs first")
    assert "given on" in window.text("#sheet-said")
    assert "run 200 pairs" in (window.page.text_content("#results") or ""), "what is gone is not shown any more"


def test_what_was_set_while_the_server_was_gone_counts_when_another_is_there(browser: Any) -> None:
    with serving(application(Visitors())) as port:
        window = Window(browser, f"http://127.0.0.1:{port}/?recipe=ordinary/8/d20").ready()
    window.page.fill("#s-control", "6")
    window.page.locator(BAR).wait_for()
    assert "will be done when it answers again" in window.text("#gone")
    window.page.fill("#s-formality", "0.9")
    window.page.fill("#s-control", "5")
    window.page.select_option("#against", "strict-but-fair")
    window.settled()
    assert window.page.input_value("#s-control") == "5"
    with serving(application(Visitors()), port):
        try_again(window)
        ends(window, "/d20/d21:context.control=5,context.formality=0.9/vs:strict-but-fair")
        step(window)
    assert window.complaints
    assert all("ERR_CONNECTION_REFUSED" in one for one in window.complaints)
    window.complaints.clear()
    window.close()


def test_what_was_set_while_the_server_was_gone_comes_before_what_is_done_next(opened: Open) -> None:
    window = opened("ordinary/8/d20")
    with out_of_reach(window):
        window.page.fill("#s-control", "6")
        window.page.locator(BAR).wait_for()
    window.click("[data-do=step]")
    window.page.locator("#gone[hidden]").wait_for(state="attached")
    window.until("view.day > 20 || view.recipe.includes('d20.')")
    assert window.page.input_value("#recipe").endswith("/d21:context.control=6")


def test_a_laptop_that_slept_while_days_were_played_goes_on_where_it_was(opened: Open) -> None:
    window = opened("ordinary/8/d3")
    window.click("#run")
    window.until("document.getElementById('progress').value === 200 && document.getElementById('stop').disabled")
    ended = window.page.get_attribute("#results svg", "aria-label")
    window.page.select_option("#speed", "0")
    window.click("#play")
    window.until("view.day > 6")
    with out_of_reach(window):
        window.page.locator(BAR).wait_for()
        assert window.text("#play") == "Play days"
        seen = window.page.evaluate("view.day")
        assert "may not have been done" in window.text("#gone")
    try_again(window)
    assert window.page.evaluate("view.day") in (seen, seen + 1)
    window.until("document.querySelectorAll('#charts svg').length === 4")
    assert window.page.get_attribute("#results svg", "aria-label") == ended, "its place is still its own"
    window.click("#play")
    window.until(f"view.day > {seen} + 3")


def test_a_step_whose_answer_was_lost_is_shown_and_not_done_twice(opened: Open) -> None:
    told = step(opened("ordinary/8/d20"), 2)
    window = opened("ordinary/8/d20")

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    window.page.route("**/do", lose, times=1)
    window.click("[data-do=step]")
    window.page.locator(BAR).wait_for()
    try_again(window)
    window.until(f"document.getElementById('account').innerText === {json.dumps(told[0])}")
    assert step(window) == told[1:]
    window.complaints = [one for one in window.complaints if "ERR_FAILED" not in one]


def test_what_the_server_fails_at_is_said_not_to_be_done_and_the_slider_says_what_holds(opened: Open) -> None:
    window = opened("ordinary/8/d20")
    usual = window.page.input_value("#s-control")
    window.page.route("**/do", lambda route: route.fulfill(status=500, body=""), times=1)
    window.page.fill("#s-control", "6")
    window.page.locator(BAR).wait_for()
    assert "answered with 500" in window.text("#gone")
    assert "has not been done" in window.text("#gone")
    assert window.page.input_value("#s-control") == usual
    try_again(window)
    assert "context.control" not in window.page.input_value("#recipe")
    window.complaints = [one for one in window.complaints if "500" not in one]


class Held:
    """Requests that are held back until they are let go, as a server does that has much to do."""

    def __init__(self, window: Window, where: str) -> None:
        self.routes: list[Any] = []
        window.page.route(where, self._hold)

    def _hold(self, route: Any) -> None:
        self.routes.append(route)

    def let_go(self) -> None:
        while self.routes:
            self.routes.pop(0).continue_()


def test_a_handout_that_is_being_written_is_said_to_be_and_what_is_done_meanwhile_comes_after_it(opened: Open) -> None:
    window = opened("ordinary/8/d20")
    window.click("[data-sheet=save]")
    window.until("document.getElementById('sheet').open")
    files, acts = Held(window, "**/save"), Held(window, "**/do")
    window.page.fill("#title", "Tuesday")
    window.page.dblclick("[data-save=handout]")
    says(window, "sheet-said", "handout.html is being written")
    assert window.page.locator("#sheet-said[role=status]").count() == 1
    window.page.keyboard.press("Escape")
    window.until("!document.getElementById('sheet').open")
    window.click("[data-do=step]")
    window.page.evaluate("painted()")
    assert (len(files.routes), len(acts.routes)) == (1, 0)
    with window.page.expect_download() as coming:
        files.let_go()
    assert "<title>Tuesday" in coming.value.path().read_text("utf-8")
    says(window, "said", "handout.html has been written")
    window.page.unroute("**/do")
    acts.let_go()
    window.until("view.recipe !== 'ordinary/8/d20'")
    assert files.routes == [], "a double click writes one"


def test_a_note_that_is_being_written_is_said_to_be(opened: Open) -> None:
    window = opened("ordinary/8")
    acts = Held(window, "**/do")
    window.click("#charts [data-lesson] >> nth=0")
    says(window, "said", "The note is being written")
    acts.let_go()
    window.until("document.getElementById('sheet').open")
    assert window.text("#said") == ""
    window.page.unroute("**/do")
    with window.page.expect_download() as coming:
        window.click("[data-save=note]")
    assert coming.value.path().read_text("utf-8").startswith("<!doctype html>")
    says(window, "sheet-said", "has been written")


def test_what_was_typed_for_a_handout_stays_when_it_could_not_be_written(opened: Open) -> None:
    window = opened("ordinary/8/d20")
    window.click("[data-sheet=save]")
    window.until("document.getElementById('sheet').open")
    window.page.fill("#q1", "Who gave in?")
    with out_of_reach(window):
        window.click("[data-save=handout]")
        says(window, "sheet-said", "handout.html has not been written")
    assert window.page.input_value("#q1") == "Who gave in?"
    with window.page.expect_download() as coming:
        window.click("[data-save=handout]")
    assert "Who gave in?" in coming.value.path().read_text("utf-8")
    says(window, "sheet-said", "handout.html has been written")
    assert window.page.is_hidden("#gone")


def test_two_tabs_are_two_places(opened: Open) -> None:
    one, other = opened("ordinary/12"), opened("ordinary/12")
    tab = one.context.new_page()
    tab.goto(one.page.url)
    tab.locator("#where:not(:empty)").wait_for()
    told = step(one, 3)
    assert tab.inner_text("#where") == other.text("#where") == "Before the first day"
    tab.click("[data-do=step]")
    tab.locator("#why:not([disabled])").wait_for()
    assert tab.inner_text("#account") == told[0]
