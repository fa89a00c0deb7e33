"""Make the page about what matters most again, with its figures: `python docs/what_matters_most.py` (some minutes).

With `--check` nothing is written: the study is made again, and the page is compared with what it would be.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from twoway.analysis.figures.layout import alt_text
from twoway.experiments.results.figures import png_of
from twoway.experiments.results.result import Result
from twoway.experiments.studies.analyse import analyse_sensitivity, find_conditions
from twoway.experiments.studies.run import run_study
from twoway.experiments.studies.store import Store
from twoway.experiments.studies.study import load_study
from twoway.simulation import SCOPE

HERE = Path(__file__).parent
STUDY = HERE / "how-to" / "study.md"
NAME, OUTCOME, MAJORITY = "what-matters-most", "conflicted", 0.5
SHOWN = {"indices": "", "convergence": "-convergence", "pairs": "-pairs", "error-budget": "-error-budget"}
"""Figures of the page, and how their files' names end."""


def picture(store: Store, found: Result, name: str, ending: str, write: bool) -> str:
    """A figure as Markdown; it is written if that is wanted."""
    figure = found.figures[name]
    file = HERE / "figures" / f"{NAME}{ending}.png"
    if write:
        file.write_bytes(png_of(figure, store.note()))
    return f"![{alt_text(figure)}](figures/{file.name})"


def main(check: bool) -> int:
    """Run the study with two threads, examine it, and write page and figures, or *check* what is there."""
    study = load_study(NAME)
    with tempfile.TemporaryDirectory() as temporary:
        store = Store(run_study(study, Path(temporary) / NAME, progress=True).folder)
        found, where = analyse_sensitivity(store, OUTCOME), find_conditions(store, OUTCOME, above=MAJORITY)
        pictures = [picture(store, found, name, ending, not check) for name, ending in SHOWN.items()]
        conditions = picture(store, where, "conditions", "-conditions", not check)
        rests_on = ", ".join(f"{key} {value}" for key, value in store.note().items())
    page = [
        f"# {study.title}",
        study.question,
        f"The study is [{NAME}](../experiments/studies/shipped/{NAME}.toml); this page is made by `python "
        f"docs/what_matters_most.py`, which with `--check` makes the study again and compares. {SCOPE}",
        "## Which inputs the share of conflicted dyads depends on",
        pictures[0],
        *found.sentences,
        *pictures[1:],
        "## When conflicted dyads are the majority",
        conditions,
        *where.sentences,
        "## What it rests on",
        rests_on,
    ]
    file, text = HERE / f"{NAME}.md", "\n\n".join(page) + "\n"
    if check:
        equal = file.read_text(encoding="utf-8") == text
        print(f"{file}: {'every word is equal' if equal else 'the study made again says something else'}")
        return 0 if equal else 1
    file.write_text(text, encoding="utf-8")
    first = pictures[0].replace("(figures/", "(../figures/")
    text = STUDY.read_text(encoding="utf-8")
    STUDY.write_text(re.sub(rf"!\[[^\]]*\]\(\.\./figures/{NAME}\.png\)", first, text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
