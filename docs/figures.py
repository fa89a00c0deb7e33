"""Make the figures of the README again: `python docs/figures.py`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from experiments.compare import compare
from experiments.comparison_folder import keep_comparison
from experiments.course import course
from experiments.simulate import simulate
from simulation import load

HERE = Path(__file__).parent
NAME = "four-centres"
CONTEXTS = ("strict-and-opaque", "strict-but-fair")


def main() -> None:
    """Run the four-centre scenario and the comparison of the README with seed 1, and keep their figures."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        simulate(load(NAME), NAME, folder, seed=1)
        (HERE / "figures").mkdir(exist_ok=True)
        comparison = Path(temporary) / "comparison"
        keep_comparison(compare([course(name) for name in CONTEXTS], seed=1), comparison)
        shutil.copy(comparison / "figures" / "who-moves.png", folder / "figures")
        for figure in sorted((folder / "figures").glob("*.png")):
            shutil.copy(figure, HERE / "figures" / figure.name)
            print(f"docs/figures/{figure.name}")


if __name__ == "__main__":
    main()
