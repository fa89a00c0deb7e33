"""Make the figures of the README again: `python docs/figures.py`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from experiments.simulate import simulate
from simulation import load

HERE = Path(__file__).parent
NAME = "four-centres"


def main() -> None:
    """Run the four-centre scenario with seed 1 and keep its figures."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        simulate(load(NAME), NAME, folder, seed=1)
        (HERE / "figures").mkdir(exist_ok=True)
        for figure in sorted((folder / "figures").glob("*.png")):
            shutil.copy(figure, HERE / "figures" / figure.name)
            print(f"docs/figures/{figure.name}")


if __name__ == "__main__":
    main()
