"""The lecturer's note: one page with everything of the lesson, and honest where the runs do not bear it out."""

import re

import pytest

from twoway.analysis.render.document import as_text
from twoway.seminar.lesson_measures import LEAST, noticed_sentences
from twoway.seminar.lesson_note import UNCLEAR, note_html, note_markdown, note_pieces
from twoway.seminar.lessons import ORDER, load_lesson

LONGEST = 640
"""Words that fit on a printed page of the note's size."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ORDER)
def test_a_note_has_all_of_the_lesson_fits_on_a_page_and_what_the_class_is_to_notice_is_there(name):
    one = load_lesson(name)
    for told in noticed_sentences(one):
        assert told.holds, told.sentence
        assert re.search(r"\d", told.sentence)
    text = as_text(note_pieces(one), width=10_000)
    parts = [one.question, one.why, *one.questions, one.guess.do, *(step.do for step in one.try_)]
    for part in [one.title, one.recipe, *parts, *(item.what for item in one.reading)]:
        assert part in text
    assert len(text.split()) <= LONGEST


def test_a_note_opens_anywhere_without_script_or_request():
    html = note_html(load_lesson("expectations"), LEAST)
    assert "default-src 'none'" in html
    assert not re.search(r"<script|<link|<iframe|src=|href=|@import|url\(", html)


def test_the_markdown_says_the_same_and_that_nobody_is_forecast():
    one = load_lesson("sixteen-interviews")
    text = note_markdown(one, LEAST)
    assert text.startswith(f"# {one.title}\n")
    assert "no forecast about anyone" in text
    assert all(told.sentence in text for told in noticed_sentences(one, LEAST))


@pytest.mark.slow
def test_a_sentence_that_the_runs_do_not_bear_out_says_so():
    one = load_lesson("why-politeness-lasts")
    turned = {"more": "less", "less": "more"}
    other = one.model_copy(update={"notice": tuple(n.model_copy(update={"is_": turned[n.is_]}) for n in one.notice)})
    assert as_text(note_pieces(one, 2 * LEAST), width=10_000).count(UNCLEAR) == 0
    assert as_text(note_pieces(other, 2 * LEAST), width=10_000).count(UNCLEAR) == len(one.notice)
