"""What Dask costs: ``python benchmarks/cluster.py [--json FILE]``, with the extra ``cluster``; see README.md.

The same study on two workers of Dask on this machine and on a pool of two processes, in turns. Both have started and
compiled before the first turn that counts: starting is paid once per study, however long it is.
"""

# ruff: noqa: PLC0415 (only a process that measures imports what it measures)

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from speed import Row, machine, show
from studies import RUNS, a_study

ROUNDS = 7
WORKERS = 2


def runs_per_second(executor: Executor, seed: int) -> float:
    """How fast a study is run, with set-up, store, and the table read again."""
    from twoway.experiments.studies.run import run_study

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        result = run_study(a_study(RUNS, seed), Path(folder) / "study", workers=WORKERS, executor=executor)
        seconds = time.perf_counter() - start
    assert result.status.missing == result.status.failed == 0
    return RUNS / seconds


def turns() -> dict[str, list[float]]:
    """Runs per second of both in turn; the first round, in which workers compile, does not count."""
    from twoway.experiments.executors.dask import LOCAL, dask_workers

    found: dict[str, list[float]] = {"processes": [], "dask": []}
    with (
        ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as processes,
        dask_workers(LOCAL, WORKERS) as (dask, _),
    ):
        engines = [("processes", processes), ("dask", dask)]
        for turn in range(ROUNDS + 1):
            for name, engine in engines if turn % 2 else engines[::-1]:
                speed = runs_per_second(engine, turn)
                if turn > 0:
                    found[name].append(speed)
            print(f"round {turn} of {ROUNDS}", file=sys.stderr)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="What Dask costs.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every value to a file as well")
    options = parser.parse_args()
    found = turns()
    ratios = [there / here for there, here in zip(found["dask"], found["processes"], strict=True)]
    rows = [
        Row("study on a pool of two processes", "runs/s", found["processes"]),
        Row("study on two workers of Dask", "runs/s", found["dask"]),
        Row("    speed against the pool", "ratio", ratios, ">= 0.8", 0.8),
    ]
    show(rows)
    if options.json:
        lines = [row._asdict() | {"reached": row.reached()} for row in rows]
        options.json.write_text(json.dumps({"machine": machine(), "rows": lines}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
