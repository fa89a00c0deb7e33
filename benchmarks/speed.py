"""How fast the model runs, against what is wanted: ``python benchmarks/speed.py [--json FILE]``; see README.md.

Every part runs in a fresh process of its own, so that this one stays small: a child's peak memory counts from what
its parent held when it was started.
"""

# ruff: noqa: PLC0415 (each part imports only what it measures)

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

ROUNDS = 11
"""Rounds in which every kind of run has its turn; each round begins with another kind."""
SIZES = (16, 30)
CENTRES = {16: 200, 30: 100}
"""Centres that a turn of the compiled runner simulates, by clients per centre: a third of a second or more."""
PER_TASK = 10
"""Centres that a process of the pool simulates before it returns them."""
MESA_RUNS = 100
MANY, FEW = 100_000, 5_000
"""Dyad-stays that are streamed: memory that does not grow is nearly the same for both."""
TIMES = {"help": 7, "first": 3, "again": 7}
"""How often each whole command is run."""
PACKAGES = ("numpy", "numba", "mesa", "pandas", "pyarrow", "matplotlib", "pydantic")


class Turn(NamedTuple):
    """Counts and time of one turn; the trivial model has no exchanges."""

    seconds: float
    stays: int
    dyad_days: int
    exchanges: int


class Row(NamedTuple):
    """A line of the result: what, in which unit, every value measured, and the bound that is wanted."""

    what: str
    unit: str
    values: list[float]
    wanted: str = ""
    bound: float | None = None

    def reached(self) -> bool | None:
        """Whether the median keeps to the bound, None where there is none."""
        if self.bound is None:
            return None
        middle = statistics.median(self.values)
        return middle < self.bound if self.wanted.startswith("<") else middle >= self.bound


# Parts: each is run in a process of its own


def worlds() -> dict[int, Any]:
    """The ordinary centre in both sizes."""
    from twoway.simulation.parameters.scenario import load
    from twoway.simulation.run import PreparedScenario

    return {size: PreparedScenario(load("ordinary", {"design.clients": size})) for size in SIZES}


def live_some(size: int, replicates: range) -> list[Any]:
    """Task of the process pool: simulate some centres and return their records."""
    from twoway.simulation.run import Detail, simulate

    if not WORLDS:
        WORLDS.update(worlds())
    return list(simulate(WORLDS[size], 1, replicates, Detail.DYADS))


WORLDS: dict[int, Any] = {}


def timed(simulated: Callable[[], Any], days: int) -> Turn:
    """Simulate centres one after the other and time it."""
    start, count, exchanges = time.perf_counter(), 0, 0
    for stay in simulated():
        count += len(stay.dyads)
        exchanges += int(stay.dyads["exchanges"].sum())
    return Turn(time.perf_counter() - start, count, count * days, exchanges)


def cases(pool: Executor) -> dict[str, Callable[[int], Turn]]:
    """Every kind of run by its name, as a function of the round."""
    import trivial_mesa

    from twoway.simulation.mesa_model import simulate_centre_with_agents
    from twoway.simulation.run import Detail, simulate

    WORLDS.update(worlds())
    found: dict[str, Callable[[int], Turn]] = {}

    def add(name: str, simulated: Callable[[range], Any], size: int, centres: int) -> None:
        days = WORLDS[size].scenario.design.days
        found[name] = lambda turn: timed(lambda: simulated(range(turn * centres, (turn + 1) * centres)), days)

    for size in SIZES:
        world = WORLDS[size]

        def threads(replicates: range, world: Any = world, count: int = 1) -> Any:
            return simulate(world, 1, replicates, Detail.DYADS, count)

        def processes(replicates: range, size: int = size) -> Any:
            tasks = [replicates[i : i + PER_TASK] for i in range(0, len(replicates), PER_TASK)]
            for some in pool.map(live_some, [size] * len(tasks), tasks):
                yield from some

        def agents(replicates: range, world: Any = world) -> Any:
            return (simulate_centre_with_agents(world, 1, r, 0, Detail.DYADS) for r in replicates)

        add(f"one thread, {size} clients", threads, size, CENTRES[size])
        add(
            f"two threads, {size} clients",
            lambda replicates, threads=threads: threads(replicates, count=2),
            size,
            2 * CENTRES[size],
        )
        add(f"two processes, {size} clients", processes, size, 2 * CENTRES[size])
        if size == SIZES[0]:
            add(f"agents (Mesa), {size} clients", agents, size, 1)

    def trivial(turn: int) -> Turn:
        start = time.perf_counter()
        for run in range(MESA_RUNS):
            trivial_mesa.live(turn * MESA_RUNS + run)
        dyads = MESA_RUNS * trivial_mesa.CLIENTS
        return Turn(time.perf_counter() - start, dyads, dyads * trivial_mesa.DAYS, 0)

    found["trivial rule in Mesa, 30 clients"] = trivial
    return found


def throughput(_: list[str]) -> dict[str, list[Turn]]:
    """All kinds of run in turn, round after round; the first round, which also compiles, does not count."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        kinds = list(cases(pool).items())
        measured: dict[str, list[Turn]] = {name: [] for name, _ in kinds}
        for turn in range(ROUNDS + 1):
            shift = turn % len(kinds)
            for name, kind in kinds[shift:] + kinds[:shift]:
                result = kind(turn)
                if turn > 0:
                    measured[name].append(result)
            print(f"round {turn} of {ROUNDS}", file=sys.stderr)
    return measured


def stream(arguments: list[str]) -> dict[str, float]:
    """Live that many dyad-stays, hold none."""
    from twoway.simulation.parameters.scenario import load
    from twoway.simulation.run import Detail, PreparedScenario, simulate

    world = PreparedScenario(load("ordinary"))
    replicates = int(arguments[0]) // world.scenario.design.clients
    done = timed(lambda: simulate(world, 1, range(replicates), Detail.DYADS, 2), world.scenario.design.days)
    return {"seconds": done.seconds, "memory": peak_memory()}


def write(arguments: list[str]) -> dict[str, float]:
    """Live that many dyad-stays and write them as ``twoway run --detail dyads`` does, into a folder that goes again."""
    from twoway.experiments.runs.run import run_and_save
    from twoway.simulation.parameters.scenario import load

    scenario = load("ordinary")
    replicates = int(arguments[0]) // scenario.design.clients
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run_and_save(scenario, "ordinary", Path(folder) / "run", 1, replicates, detail="dyads", threads=2)
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "memory": peak_memory()}


def peak_memory() -> float:
    """Most memory this process has ever held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


PARTS: dict[str, Callable[[list[str]], Any]] = {"throughput": throughput, "stream": stream, "write": write}


# The small process that starts the parts


def part(name: str, *arguments: object) -> Any:
    """Run a part in a fresh process; returns what it found."""
    print(f"{name} {' '.join(map(str, arguments))}", file=sys.stderr)
    command = [sys.executable, __file__, "--part", name, *map(str, arguments)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.splitlines()[-1])


def command_seconds(environment: dict[str, str], *arguments: str) -> float:
    """Seconds that a whole command takes in a fresh process."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "twoway", *arguments],
        check=True,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def command_rows() -> list[Row]:
    """Whole commands as someone at a terminal meets them; for the first run nothing is cached."""
    print("commands", file=sys.stderr)
    seconds: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        for turn in range(max(TIMES.values())):
            seconds["help"].append(command_seconds({}, "--help"))
            if turn < TIMES["first"]:
                cache = {"XDG_CACHE_HOME": str(here / f"cache-{turn}")}
                seconds["first"].append(
                    command_seconds(cache, "run", "four-centres", "--out", str(here / f"first-{turn}"))
                )
            seconds["again"].append(command_seconds(cache, "run", "four-centres", "--out", str(here / f"again-{turn}")))
    return [
        Row("twoway --help", "s", seconds["help"], "< 0.5", 0.5),
        Row("twoway run four-centres, nothing cached", "s", seconds["first"], "< 15", 15),
        Row("twoway run four-centres, afterwards", "s", seconds["again"], "< 4", 4),
    ]


def memory_rows() -> list[Row]:
    """Time and memory of many dyad-stays, streamed and written."""
    rows = []
    for name, words in (("stream", "streamed"), ("write", "written")):
        few, many = part(name, FEW), part(name, MANY)
        what = f"{MANY:,} dyad-stays {words}, two threads"
        rows += [
            Row(what, "s", [many["seconds"]]),
            Row("    memory at its peak", "MB", [many["memory"]], "< 1000", 1000),
            Row(f"    the same with {FEW:,} dyad-stays", "MB", [few["memory"]]),
        ]
    return rows


def throughput_rows() -> list[Row]:
    """Simulated dyad-days per second, and ratios between kinds of run, taken within each round."""
    measured = {name: [Turn(*turn) for turn in turns] for name, turns in part("throughput").items()}
    rows = []
    for name, turns in measured.items():
        rows.append(Row(name, "M dyad-days/s", [t.dyad_days / t.seconds / 1e6 for t in turns]))
        rows.append(Row("", "dyad-stays/s", [t.stays / t.seconds for t in turns]))
        if "trivial" in name:
            rows.append(Row("", "runs/s", [MESA_RUNS / t.seconds for t in turns]))
        else:
            wanted = (">= 1.5", 1.5) if name.startswith("one thread") else ("", None)
            rows.append(Row("", "M exchanges/s", [t.exchanges / t.seconds / 1e6 for t in turns], *wanted))

    def ratio(name: str, to: str, *wanted: Any) -> Row:
        pairs = zip(measured[name], measured[to], strict=True)
        values = [(a.dyad_days / a.seconds) / (b.dyad_days / b.seconds) for a, b in pairs]
        return Row(f"{name} / {to}", "ratio", values, *wanted)

    for size in SIZES:
        for kind in ("two threads", "two processes"):
            bound = (">= 1.7", 1.7) if kind == "two threads" else ()
            rows.append(ratio(f"{kind}, {size} clients", f"one thread, {size} clients", *bound))
    rows.append(ratio(f"one thread, {SIZES[0]} clients", f"agents (Mesa), {SIZES[0]} clients"))
    trivial = next(name for name in measured if "trivial" in name)
    rows.append(ratio(f"one thread, {SIZES[1]} clients", trivial, ">= 1", 1))
    return rows


def in_figures(value: float) -> str:
    """A number with three figures that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> dict[str, Any]:
    """What it ran on, without naming it."""
    return {"cpus": os.cpu_count(), "python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def show(rows: list[Row]) -> None:
    """Print the table."""
    width = max(len(row.what) for row in rows)
    print(", ".join(f"{name} {value}" for name, value in machine().items()))
    print(f"\n{'':<{width}}  {'unit':<13} {'median':>8} {'lowest':>8} {'highest':>8}  {'wanted':<8}")
    for row in rows:
        numbers = (statistics.median(row.values), min(row.values), max(row.values))
        figures = " ".join(f"{in_figures(x):>8}" for x in numbers)
        verdict = {None: "", True: "reached", False: "missed"}[row.reached()]
        print(f"{row.what:<{width}}  {row.unit:<13} {figures}  {row.wanted:<8} {verdict}".rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast the model runs, against what is wanted.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every value to a file as well")
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, *arguments = options.part
        print(json.dumps(PARTS[name](arguments)))
        return
    rows = [*throughput_rows(), *memory_rows(), *command_rows()]
    show(rows)
    if options.json:
        found = [row._asdict() | {"median": statistics.median(row.values), "reached": row.reached()} for row in rows]
        options.json.write_text(json.dumps({"machine": machine(), "rows": found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
