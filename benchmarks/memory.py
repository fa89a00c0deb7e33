"""Memory and time of every command that opens a run: ``python benchmarks/memory.py [--dyads N]``; see README.md.

Every command runs in a process of its own, whose peak of resident memory the system tells when it has ended. The
folders are large (65 kB for each dyad-stay with events) and are removed again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

WANTED = 1_000
"""MB that no command should need."""
LEVELS = ("dyads", "days", "events")
CLIENTS = (8, 16, 64, 1000)


class Row(NamedTuple):
    """Peak memory (MB) and time (s) of one command on a run of this level of detail, with these clients per centre."""

    command: str
    level: str
    clients: int
    dyads: int
    peak: float
    seconds: float
    status: int


def run(*arguments: str) -> tuple[float, float, int]:
    """Peak memory in MB, seconds and exit status of a whole command in a fresh process."""
    began = time.perf_counter()
    silent = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    command = [sys.executable, "-m", "twoway", *arguments]
    process = os.posix_spawn(sys.executable, command, os.environ, file_actions=silent)
    _, status, usage = os.wait4(process, 0)
    peak = usage.ru_maxrss / 1e6 if sys.platform == "darwin" else usage.ru_maxrss * 1024 / 1e6
    return peak, time.perf_counter() - began, os.waitstatus_to_exitcode(status)


def rows(folder: Path, level: str, clients: int, dyads: int, commands: list[str]) -> Iterator[Row]:
    """Rows of one size and level: the run, and what opens it."""
    replicates = str(max(2, round(dyads / clients)))
    target = folder / "run"
    size = ["--set", f"design.clients={clients}", "--replicates", replicates]
    calls = {
        "run": ["run", "ordinary", *size, "--detail", level, "--out", str(target)],
        "verify": ["verify", str(target)],
        "export": ["export", str(target), "--out", str(folder / "export")],
    }
    if level == "events":
        calls |= {
            "measures": ["measures", str(target), "--out", str(folder / "measures.csv")],
            "report": ["report", str(target), "--out", str(folder / "report.html")],
            "story": ["story", str(target), "--dyad", "0", "--out", str(folder / "story.txt")],
            "compare": ["compare", "ordinary", "strict-and-opaque", *size, "--out", str(folder / "comparison")],
        }
    for name, arguments in calls.items():
        if name == "run" or name in commands:
            yield Row(name, level, clients, int(replicates) * clients, *run(*arguments))
            shutil.rmtree(folder / "export", ignore_errors=True)


def main() -> None:
    """Measure, print a line as each is known, and say whether the bound is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dyads", type=int, default=20_000, help="dyad-stays (default 20,000)")
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS, help="clients per centre")
    parser.add_argument("--levels", nargs="+", default=LEVELS, choices=LEVELS)
    parser.add_argument("--commands", nargs="+", default=["verify", "export", "measures", "report", "story", "compare"])
    options = parser.parse_args()
    print("| command | kept | clients per centre | dyad-stays | peak, MB | seconds | |\n|---|---|---|---|---|---|---|")
    for clients in options.clients:
        for level in options.levels:
            with tempfile.TemporaryDirectory() as folder:
                for row in rows(Path(folder), level, clients, options.dyads, options.commands):
                    verdict = "reached" if row.peak < WANTED else "**missed**"
                    verdict = verdict if row.status == 0 else f"failed ({row.status})"
                    print(
                        f"| {row.command} | {row.level} | {row.clients} | {row.dyads:,} | {row.peak:.0f} | "
                        f"{row.seconds:.0f} | {verdict} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
