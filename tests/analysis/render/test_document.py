"""One page, three ways of writing it; nothing typed by a user gets into HTML unescaped."""

import base64
import hashlib
import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from twoway.analysis.render.document import Block, Pair, Table, as_markdown, as_text
from twoway.analysis.render.html import as_html
from twoway.simulation import SCOPE

KINDS = ("title", "heading", "subheading", "text", "scene", "note", "said")
TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(str.strip)
BLOCK = st.builds(Block, st.sampled_from(KINDS), TEXT, TEXT | st.just(""))
CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
TABLE = st.integers(1, 4).flatmap(
    lambda n: st.builds(
        Table,
        st.tuples(*[CELL] * n),
        st.lists(st.tuples(*[CELL] * n), max_size=4).map(tuple),
        CELL,
    )
)
PIECE = BLOCK | TABLE | st.builds(Pair, BLOCK, BLOCK)


class Seen(HTMLParser):
    """Text and tags of a page, as a browser would find them."""

    def __init__(self):
        super().__init__()
        self.texts, self.open = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br", "img", "link"):
            self.open.append(tag)
        assert tag not in ("script", "iframe", "object")
        assert not any(name.startswith("on") for name, _ in attributes)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def seen(page):
    parser = Seen()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return "".join(parser.texts)


@given(st.lists(PIECE, max_size=5), TEXT)
def test_whatever_is_typed_is_shown_as_text_and_closes_every_tag(pieces, title):
    text = seen(as_html(title, pieces))
    for piece in pieces:
        for block in piece if isinstance(piece, Pair) else (piece,):
            for part in (block.text,) if isinstance(block, Block) else (*block.columns, *sum(block.rows, ())):
                assert part in text


def test_a_script_in_a_title_is_only_text():
    page = as_html("<script>alert(1)</script>", [Block("text", "<img src=x onerror=alert(1)>")])
    assert "<script" not in page
    assert "<img" not in page


def test_a_page_asks_for_nothing_from_anywhere():
    page = as_html("a", [Block("text", "b")])
    assert not re.search(r"https?://|src=|url\(|@import|<link", page)
    assert "default-src 'none'" in page


def test_every_page_says_that_the_people_are_made_up():
    assert SCOPE in html.unescape(as_html("a", []))


@given(st.lists(BLOCK, min_size=1, max_size=4), st.integers(40, 120))
def test_no_line_for_the_terminal_is_wider_than_asked_but_for_a_word_that_is(blocks, width):
    for line in as_text(blocks, width).splitlines():
        assert len(line) <= width or len(line.split()) <= 1 or line.startswith("  ")


@given(st.lists(PIECE, min_size=1, max_size=4))
def test_terminal_and_markdown_say_all_of_it(pieces):
    plain, marked = ("".join(text.split()) for text in (as_text(pieces, 500), as_markdown(pieces)))
    for piece in pieces:
        for block in piece if isinstance(piece, Pair) else (piece,):
            if isinstance(block, Block):
                assert "".join(block.text.split()) in plain
                assert "".join(block.text.split()) in marked


def test_numbers_are_set_to_the_right_and_words_to_the_left():
    table = Table(("word", "share"), (("a", "5 %"), ("bbb", "<1 %")))
    assert as_text([table]).splitlines()[2:] == ["  a       5 %", "  bbb    <1 %"]
    assert "| --- | ---: |" in as_markdown([table])


@pytest.mark.parametrize("role", ["client", "keyworker"])
def test_who_speaks_is_marked_by_more_than_colour(role):
    page = as_html("a", [Block("said", "b", f"The {role}, day 3")])
    assert f'<blockquote class="{role}">' in page
    assert f"The {role}, day 3" in page


WORDS = st.lists(st.text("abcdefg", min_size=1, max_size=9), min_size=1, max_size=60)


@given(st.lists(WORDS, min_size=1, max_size=4), st.integers(60, 100))
def test_a_wide_table_is_broken_in_its_last_column_and_loses_no_word(cells, width):
    table = Table(("number", "told"), tuple((str(number), " ".join(cell)) for number, cell in enumerate(cells)))
    lines = as_text([table], width).splitlines()
    assert all(len(line) <= width for line in lines)
    told = [line[len("  number") :] for line in lines[2:]]
    assert " ".join(told).split() == [word for cell in cells for word in cell]


def test_one_script_can_be_allowed_and_no_other():
    page = as_html("title", [Markup("<p>text</p>")], script="show();")
    digest = base64.b64encode(hashlib.sha256(b"show();").digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert page.count("<script") == 1
    assert "script-src" not in as_html("title", [Markup("<p>text</p>")])
