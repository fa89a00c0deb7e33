"""What a study costs beyond its runs: ``python benchmarks/studies.py [--json FILE]``; see README.md.

A study of many points and replicates against the bare compiled runner that simulates the same centres and saves
nothing, in turns; then 20,000 runs in a fresh process, for their memory.
"""

# ruff: noqa: PLC0415 (each part imports only what it measures)

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from speed import Row, machine, peak_memory, show

ROUNDS = 5
RUNS = 2_000
"""Runs of a turn: centre-stays of 16 dyads and 180 days."""
MANY, FEW = 20_000, 2_000
REPLICATES = 20
EXECUTORS = ("threads", "processes")
OWN = """
import numpy as np
from twoway import OutcomeInput, outcome

@outcome(unit="share of dyads", meaning="dyads in which both are tense in the interviews")
def both_tense(run: OutcomeInput) -> float:
    return float((run.accounts["tension"] > 0.5).all(axis=1).mean())

@outcome(unit="correlation", meaning="good tone of client and keyworker in the interviews")
def shared_tone(run: OutcomeInput) -> float:
    return float(np.corrcoef(run.accounts["positivity"].T)[0, 1])

@outcome(unit="EPA units", meaning="good tone of clients over the whole stay", needs="days")
def tone_over_the_stay(run: OutcomeInput) -> float:
    return float(run.days["positivity"][:, :, 0].mean())

@outcome(unit="events per dyad", meaning="rows of the events table", needs="events")
def told(run: OutcomeInput) -> float:
    return len(run.tables.events) / run.n
"""
"""Outcomes of one's own: two that use what is compiled anyway, and two that take more."""
ASKED = {"own": ("both_tense", "shared_tone"), "of days": ("tone_over_the_stay",), "of events": ("told",)}


def a_study(runs: int, seed: int, replicates: int = REPLICATES, outcomes: tuple[str, ...] = ("friendly",)) -> Any:
    """A Latin hypercube over six inputs, two of which change what feels right, so that each point needs tables."""
    from twoway.experiments.studies.designs import LatinHypercube, Span
    from twoway.experiments.studies.study import Study

    fields = ("strictness", "transparency", "formality", "control")
    inputs = {f"context.{name}": Span() for name in fields} | {
        "learning.perceptual_noise": Span(),
        "learning.choice_temperature": Span(),
    }
    design = LatinHypercube(size=runs // replicates)
    return Study(
        title="Many",
        question="How long?",
        inputs=inputs,
        outcomes=outcomes,
        design=design,
        replicates=replicates,
        seed=seed,
    )


def bare(study: Any, workers: int = 2) -> float:
    """Seconds in which the compiled runner simulates the same centres without saving them."""
    from twoway.simulation.run import Detail, PreparedScenario, simulate

    table, setting = study.points()
    first = PreparedScenario(setting.resolved(setting.scenario({})))
    worlds = [first.with_scenario(setting.scenario(row)) for row in table.to_dict("records")]
    start = time.perf_counter()
    for world in worlds:
        for _ in simulate(world, study.seed, range(study.replicates), Detail.DYADS, workers):
            pass
    return time.perf_counter() - start


def saved(study: Any, executor: str = "threads") -> float:
    """Seconds in which the study is run: with set-up, outcomes, store, and the table read again."""
    from twoway.experiments.studies.run import run_study

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        result = run_study(study, Path(folder) / "study", workers=2, executor=executor)
        seconds = time.perf_counter() - start
        assert result.status.missing == result.status.failed == 0
    return seconds


def turns(arguments: list[str]) -> dict[str, list[float]]:
    """Bare and saved in turn; the first round, which also compiles, does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in ("bare", "once", *EXECUTORS, *ASKED)}
    file = arguments[0]
    for turn in range(ROUNDS + 1):
        asking = {
            name: a_study(RUNS, turn, outcomes=tuple(f"{file}:{one}" for one in own)) for name, own in ASKED.items()
        }
        study, once = a_study(RUNS, turn), a_study(RUNS, turn, replicates=1)
        found: list[tuple[str, Callable[[], float]]] = [
            ("bare", lambda study=study: bare(study)),
            ("once", lambda once=once: saved(once)),
            *((name, lambda name=name, study=study: saved(study, name)) for name in EXECUTORS),
            *((name, lambda one=one: saved(one)) for name, one in asking.items()),
        ]
        shift = turn % len(found)
        for name, work in found[shift:] + found[:shift]:
            value = work()
            if turn > 0:
                seconds[name].append(value)
        print(f"round {turn} of {ROUNDS}", file=sys.stderr)
    return seconds


def many(arguments: list[str]) -> dict[str, float]:
    """A whole study of that many runs."""
    return {"seconds": saved(a_study(int(arguments[0]), 1)), "memory": peak_memory()}


PARTS: dict[str, Callable[[list[str]], Any]] = {"turns": turns, "many": many}


def part(name: str, *arguments: object) -> Any:
    """Run a part in a fresh process; returns what it found."""
    print(f"{name} {' '.join(map(str, arguments))}", file=sys.stderr)
    command = [sys.executable, __file__, "--part", name, *map(str, arguments)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description="What a study costs beyond its runs.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every value to a file as well")
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, *arguments = options.part
        print(json.dumps(PARTS[name](arguments)))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mine.py"
        file.write_text(OWN, encoding="utf-8")
        seconds = part("turns", file)
    rows = [Row("bare runner, two threads", "runs/s", [RUNS / s for s in seconds["bare"]])]
    for name in EXECUTORS:
        ratios = [s / b for s, b in zip(seconds[name], seconds["bare"], strict=True)]
        wanted = ("< 1.15", 1.15) if name == "threads" else ()
        rows.append(Row(f"study on two {name}", "runs/s", [RUNS / s for s in seconds[name]]))
        rows.append(Row("    time against the bare runner", "ratio", ratios, *wanted))
    ratios = [s / b for s, b in zip(seconds["once"], seconds["bare"], strict=True)]
    rows.append(Row("the same with one replicate a point, threads", "ratio", ratios))
    for name, what in (
        ("own", "two outcomes of one's own from what is compiled anyway"),
        ("of days", "one that needs every day"),
        ("of events", "one that needs the table of events"),
    ):
        ratios = [s / b for s, b in zip(seconds[name], seconds["threads"], strict=True)]
        wanted = ("< 1.3", 1.3) if name == "own" else ()
        rows.append(Row(f"{what}, threads: time against built-in outcomes", "ratio", ratios, *wanted))
    few, lots = part("many", FEW), part("many", MANY)
    rows += [
        Row(f"study of {MANY:,} runs, two threads", "s", [lots["seconds"]]),
        Row("    memory at its peak", "MB", [lots["memory"]], "< 1500", 1500),
        Row(f"    the same with {FEW:,} runs", "MB", [few["memory"]]),
    ]
    show(rows)
    if options.json:
        found = [row._asdict() | {"reached": row.reached()} for row in rows]
        options.json.write_text(json.dumps({"machine": machine(), "rows": found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
