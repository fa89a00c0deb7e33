"""Make the page about what matters most again, with its figures: `python docs/what_matters_most.py` (some minutes)."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from analysis.figures.drawing import said
from experiments.examined import Examined, examine, look_for
from experiments.folder import png_of
from experiments.running import run_study
from experiments.store import Store
from experiments.study import load_study
from simulation import SCOPE

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
NAME, OUTCOME, MAJORITY = "what-matters-most", "conflicted", 0.5
SHOWN = {"indices": "", "convergence": "-convergence", "pairs": "-pairs", "error-budget": "-error-budget"}
"""Figures of the page, and how their files' names end."""


def picture(store: Store, found: Examined, name: str, ending: str) -> str:
    """Write a figure; returns it as Markdown."""
    figure = found.figures[name]
    file = HERE / "figures" / f"{NAME}{ending}.png"
    file.write_bytes(png_of(figure, store.note()))
    return f"![{said(figure)}](figures/{file.name})"


def main() -> None:
    """Run the study with two threads, examine it, and write page and figures."""
    study = load_study(NAME)
    with tempfile.TemporaryDirectory() as temporary:
        store = Store(run_study(study, Path(temporary) / NAME, progress=True).folder)
        found, where = examine(store, OUTCOME), look_for(store, OUTCOME, above=MAJORITY)
        pictures = [picture(store, found, name, ending) for name, ending in SHOWN.items()]
        conditions = picture(store, where, "conditions", "-conditions")
        rests_on = ", ".join(f"{key} {value}" for key, value in store.note().items())
    page = [
        f"# {study.title}",
        study.question,
        f"The study is [{NAME}](../experiments/studies/{NAME}.toml); this page is made by `python "
        f"docs/what_matters_most.py`. {SCOPE}",
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
    (HERE / f"{NAME}.md").write_text("\n\n".join(page) + "\n", encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    first = pictures[0].replace("(figures/", "(docs/figures/")
    README.write_text(re.sub(rf"!\[[^\]]*\]\(docs/figures/{NAME}\.png\)", first, text), encoding="utf-8")


if __name__ == "__main__":
    main()
