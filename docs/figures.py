"""Make the figures of the README again, with what they show in words: `python docs/figures.py`."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from PIL import Image

from twoway import load
from twoway.experiments.comparison.compare import compare
from twoway.experiments.comparison.save import keep_comparison
from twoway.experiments.comparison.schedule import course
from twoway.experiments.runs.run import simulate

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
NAME = "four-centres"
CONTEXTS = ("strict-and-opaque", "strict-but-fair")
SHOWN = re.compile(r"!\[[^\]]*\]\(docs/figures/([\w-]+\.png)\)")
"""A figure in the README: its alt text and its file."""


def main() -> None:
    """Make the runs the README shows again with seed 1, keep their figures, and renew their alt texts."""
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        simulate(load(NAME), NAME, folder, seed=1)
        (HERE / "figures").mkdir(exist_ok=True)
        comparison = Path(temporary) / "comparison"
        keep_comparison(compare([course(name) for name in CONTEXTS], seed=1), comparison)
        shutil.copy(comparison / "figures" / "who-moves.png", folder / "figures")
        made = folder / "figures"
        for name in SHOWN.findall(text):
            if not (made / name).is_file():  # what_matters_most.py makes it
                continue
            shutil.copy(made / name, HERE / "figures" / name)
            with Image.open(HERE / "figures" / name) as picture:
                words = picture.info["Title"]
            text = re.sub(rf"!\[[^\]]*\]\(docs/figures/{name}\)", f"![{words}](docs/figures/{name})", text)
            print(f"docs/figures/{name}: {words}")
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
