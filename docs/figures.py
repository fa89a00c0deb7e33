"""Make the figures of the README, tutorial and how-to pages again, with their alt texts: `python docs/figures.py`."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from PIL import Image

from twoway.experiments.comparison.compare import compare
from twoway.experiments.runs.run import run_and_save

HERE = Path(__file__).parent
PAGES = (HERE.parent / "README.md", HERE / "tutorial.md", *sorted((HERE / "how-to").glob("*.md")))
NAME = "four-centres"
CONTEXTS = ("strict-and-opaque", "strict-but-fair")
SHOWN = re.compile(r"!\[[^\]]*\]\(([./a-z]*figures/)([\w-]+\.png)\)")
"""A figure in a page: its folder as seen from the page, and its file."""


def main() -> None:
    """Make the runs that the pages show with seed 1, save their figures, and renew all alt texts."""
    with tempfile.TemporaryDirectory() as temporary:
        run, comparison = Path(temporary) / "run", Path(temporary) / "comparison"
        run_and_save(NAME, NAME, run, seed=1)
        compare(CONTEXTS, seed=1).save(comparison)
        for page in PAGES:
            for _, name in SHOWN.findall(page.read_text(encoding="utf-8")):
                for folder in (run, comparison):
                    if (folder / "figures" / name).is_file():
                        shutil.copy(folder / "figures" / name, HERE / "figures" / name)
    for page in PAGES:
        page.write_text(SHOWN.sub(_with_alt_text, page.read_text(encoding="utf-8")), encoding="utf-8")


def _with_alt_text(shown: re.Match[str]) -> str:
    """A figure in a page, with the sentence that the figure says of itself as its alt text."""
    folder, name = shown.groups()
    with Image.open(HERE / "figures" / name) as picture:
        return f"![{picture.info['Title']}]({folder}{name})"


if __name__ == "__main__":
    main()
