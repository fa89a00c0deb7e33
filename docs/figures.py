"""Make the figures of the README again, with what they show in words: `python docs/figures.py`."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from PIL import Image

from experiments.simulate import simulate
from simulation import load

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
NAME = "four-centres"
SHOWN = re.compile(r"!\[[^\]]*\]\(docs/figures/([\w-]+\.png)\)")
"""A figure in the README: its alt text and its file."""


def main() -> None:
    """Run the four-centre scenario with seed 1, keep the figures the README shows, and renew their alt texts."""
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        simulate(load(NAME), NAME, folder, seed=1)
        (HERE / "figures").mkdir(exist_ok=True)
        for name in SHOWN.findall(text):
            shutil.copy(folder / "figures" / name, HERE / "figures" / name)
            with Image.open(HERE / "figures" / name) as picture:
                words = picture.info["Title"]
            text = re.sub(rf"!\[[^\]]*\]\(docs/figures/{name}\)", f"![{words}](docs/figures/{name})", text)
            print(f"docs/figures/{name}: {words}")
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
