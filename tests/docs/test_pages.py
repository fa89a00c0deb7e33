"""README and the pages in docs/: figures say what they show, links lead somewhere, the README is short."""

import re
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
WRITTEN = [ROOT / "README.md", ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]
PROSE = re.compile(r"```.*?```", re.S)


def anchors(page):
    """The names under which the headings of a page can be linked to."""
    headings = re.findall(r"^#+ (.*)$", PROSE.sub("", page.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_alt_text_of_every_figure_is_what_the_figure_says_of_itself():
    shown = [
        (page, *found)
        for page in WRITTEN
        for found in re.findall(r"!\[([^\]]*)\]\(([\w./-]+\.png)\)", page.read_text("utf-8"))
    ]
    assert len(shown) >= 3
    for page, alt, path in shown:
        with Image.open(page.parent / path) as picture:
            assert alt == picture.info["Title"]


def test_no_picture_lies_about_that_no_page_shows():
    shown = {name for page in PAGES for name in re.findall(r"figures/([\w-]+\.png)\)", page.read_text("utf-8"))}
    assert {path.name for path in (ROOT / "docs" / "figures").iterdir()} == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_or_heading_of_this_project_leads_there(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", PROSE.sub("", page.read_text("utf-8"))):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_the_readme_leads_to_every_page():
    text = (ROOT / "README.md").read_text("utf-8")
    assert [page.name for page in PAGES[1:] if page.relative_to(ROOT).as_posix() not in text] == []


def test_the_readme_is_read_in_one_go():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 200
