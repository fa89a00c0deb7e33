"""The README's figures: each is there, and its alt text is the sentence the figure says of itself."""

import re
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
SHOWN = re.findall(r"!\[([^\]]*)\]\((docs/figures/[\w-]+\.png)\)", (ROOT / "README.md").read_text(encoding="utf-8"))


def test_the_alt_text_of_every_figure_is_what_it_says_of_itself():
    assert len(SHOWN) >= 3
    for alt, path in SHOWN:
        with Image.open(ROOT / path) as picture:
            assert alt == picture.info["Title"]


def test_no_picture_lies_about_that_no_page_shows():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {
        name for page in pages for name in re.findall(r"figures/([\w-]+\.png)\)", page.read_text(encoding="utf-8"))
    }
    assert {path.name for path in (ROOT / "docs" / "figures").iterdir()} == shown
