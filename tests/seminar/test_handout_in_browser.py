"""Handout and lecturer's note in a real browser, opened from a file: with scripts and without, wide and narrow."""

import re

import pytest

from twoway.seminar.handout import handout
from twoway.seminar.lesson_measures import LEAST
from twoway.seminar.lesson_note import note_html
from twoway.seminar.lessons import ORDER, load_lesson
from twoway.seminar.recipe import parse_recipe

MOST_PAGES = 8
"""Printed pages of a handout that a class is still given, on four sheets; without outcomes half of them."""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    nasty = "<script>document.title = 'run'</script> " + "word" * 30
    pages = {
        "handout": handout([parse_recipe("strict-and-opaque/7/vs:strict-but-fair")], nasty, [nasty] * 5),
        "guess": handout([parse_recipe("ordinary/5/d20")], with_outcomes=False),
        "note": note_html(load_lesson("sixteen-interviews"), LEAST),
    }
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture
def opened(browser, files):
    """Opens a file in a window; whatever the browser complains about or asks for fails the test."""
    contexts, complaints = [], []

    def open_(name, **more):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 720}} | more))
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda told: complaints.append(told.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda one: complaints.append(one.url) if one.url != files[name].as_uri() else None)
        page.goto(files[name].as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def shown_days(page):
    return [int(text.split()[1]) for text in page.locator(".moment:visible h3").all_inner_texts()]


def test_the_days_can_be_gone_through_and_the_line_goes_along(opened):
    page = opened("handout")
    assert shown_days(page) == [1]
    days = [int(day) for day in page.locator(".moment").evaluate_all("all => all.map((one) => one.dataset.day)")]
    page.locator("#day").focus()
    page.keyboard.press("End")
    assert shown_days(page) == days[-1:]
    last = page.locator("g.day").first.get_attribute("transform")
    page.keyboard.press("Home")
    assert shown_days(page) == days[:1]
    assert page.locator("g.day").first.get_attribute("transform") != last
    for _ in range(days[1] - 1):
        page.keyboard.press("ArrowRight")
    assert shown_days(page) == [days[1]]
    assert page.locator("#at").inner_text() == f"Day {days[1]}"


def test_without_scripts_every_day_is_there_and_nothing_asks_to_be_moved(opened):
    page = opened("handout", java_script_enabled=False)
    assert page.locator(".moment:visible").count() == page.locator(".moment").count() > 5
    assert page.locator("input:visible").count() == 0


def test_on_paper_every_day_is_there(opened):
    page = opened("handout")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".moment:visible").count() == page.locator(".moment").count()
    assert page.locator("input:visible").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator(".moment:visible").count() == 1


def test_what_is_typed_is_not_run(opened):
    page = opened("handout")
    assert page.title().startswith("<script>")
    assert page.locator("h1").inner_text().startswith("<script>")


@pytest.mark.parametrize("name", ["handout", "guess", "note"])
@pytest.mark.parametrize("width", [1280, 1024, 390])
def test_nothing_has_to_be_scrolled_sideways(opened, name, width):
    page = opened(name, viewport={"width": width, "height": 720})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["handout", "guess", "note"])
def test_axe_finds_nothing(opened, name):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(name, bypass_csp=True)  # axe is a script of its own
    found = Axe().run(page).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found] == []


@pytest.mark.parametrize("name", ORDER)
def test_a_note_is_one_printed_page_with_room_for_wider_letters(browser, name):
    page = browser.new_page()
    page.set_content(note_html(load_lesson(name), LEAST))
    assert page.pdf(prefer_css_page_size=True, scale=1.02).count(b"/Type /Page\n") == 1
    page.close()


def pages_of(page):
    """How many sheets a file takes when it is printed."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def test_a_handout_is_few_printed_pages(opened):
    assert pages_of(opened("handout")) <= MOST_PAGES
    assert pages_of(opened("guess")) <= MOST_PAGES / 2


def test_a_printed_handout_has_each_day_and_no_day_is_broken_across_pages(opened):
    page = opened("handout")
    days = page.evaluate("document.querySelectorAll('.moment').length")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(shown_days(page)) == days
    assert page.evaluate("getComputedStyle(document.querySelector('.moment')).breakInside") == "avoid"
