"""How quick the seminar page is, against what is wanted: ``python benchmarks/seminar.py [--json FILE]``; see README.md.

The server is the command itself in a process of its own; a real Chromium steps, plays and moves sliders, and what it
measures ends when the next frame has been painted. Forty visitors are threads of this process that step all at once.
"""

from __future__ import annotations

import argparse
import http.client
import json
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

STARTS, STEPS, CHANGES, RUNS, PLAYED = 7, 150, 40, 7, 5.0
"""How often each thing is done; seconds for which days are played."""
VISITORS, EACH = 40, 15
"""Visitors, and how many steps each takes."""
SESSIONS = 40
"""Sessions whose memory is measured, each comparing two stories and having run 200 pairs."""
START = "from twoway.cli.main import main; raise SystemExit(main())"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-sync",
]


class Row(NamedTuple):
    """A line of the result: what, its unit, every value measured, which of them counts, and what is wanted."""

    what: str
    unit: str
    values: list[float]
    counts: str
    wanted: float

    @property
    def value(self) -> float:
        """The value that counts."""
        if self.counts == "median":
            return statistics.median(self.values)
        return statistics.quantiles(self.values, n=20)[-1]

    @property
    def reached(self) -> bool:
        """Whether the bound is met: an upper bound for times and sizes, a lower bound for rates."""
        return self.value >= self.wanted if self.unit.endswith("per second") else self.value <= self.wanted


class Serving:
    """The command, running."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        arguments = [sys.executable, "-c", START, "seminar", "--no-browser", "--port", "0"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def memory(self) -> float:
        """Resident memory of the server in megabytes (Linux)."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text("utf-8").splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1000


@contextmanager
def serving() -> Iterator[Serving]:
    one = Serving()
    try:
        yield one
    finally:
        one.process.terminate()
        one.process.wait()


class Visitor:
    """Someone with a connection and a session, without a browser."""

    def __init__(self, port: int, recipe: str) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.session: str | None = None
        self.session = self.post("/open", {"recipe": recipe})["session"]

    def post(self, path: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """Send what is wanted, and read the answer."""
        body = json.dumps({"session": self.session, **wanted})
        self.line.request("POST", path, body, {"Content-Type": "application/json"})
        return json.loads(self.line.getresponse().read())


def starts() -> list[float]:
    """Seconds from the command to a page that shows a session, the first start left out: it may compile."""
    found = []
    for _ in range(STARTS + 1):
        with serving() as server:
            Visitor(server.port, "ordinary/42")
            found.append(time.perf_counter() - server.began)
    return found[1:]


def in_browser(server: Serving) -> list[Row]:
    """What a browser measures, each until the frame is painted."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (an extra)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{server.url}?recipe=ordinary/42/d20")
        page.locator("#where:not(:empty)").wait_for()
        timed = """async ([times, what]) => {
          const found = [];
          for (let i = 0; i < times; i++) {
            const began = performance.now();
            await (0, {step: () => act({do: "step"}), run,
              slider: () => act({do: "change", field: "context.control", value: 1 + i % 5})}[what])();
            found.push(performance.now() - began);
          }
          return found;
        }"""
        steps = page.evaluate(timed, [STEPS, "step"])
        changes = page.evaluate(timed, [CHANGES, "slider"])
        runs = page.evaluate(timed, [RUNS, "run"])
        played = []
        for _ in range(3):
            page.evaluate("act({do: 'go', day: 0})")
            played.append(
                page.evaluate(
                    """async (seconds) => {
                      const until = performance.now() + 1000 * seconds;
                      let days = 0;
                      playing = true; // charts follow as they do while days are played
                      while (performance.now() < until && view.day < view.last) { await act({do: "play"}); days++; }
                      playing = false;
                      return days / (seconds - (until - performance.now()) / 1000);
                    }""",
                    PLAYED,
                )
            )
        browser.close()
    return [
        Row("a step until it is painted", "ms", steps, "median", 60),
        Row("a slider until its effect is painted", "ms", changes, "median", 100),
        Row("200 pairs, with progress", "s", [one / 1000 for one in runs], "median", 4),
        Row("days played at full speed", "painted per second", played, "median", 25),
    ]


def at_once(server: Serving) -> list[float]:
    """Milliseconds that each step of forty visitors takes who all step without a pause."""
    visitors = [Visitor(server.port, f"ordinary/{seed}") for seed in range(VISITORS)]
    found: list[float] = []
    together = threading.Barrier(VISITORS)

    def step(visitor: Visitor) -> None:
        together.wait()
        for _ in range(EACH):
            began = time.perf_counter()
            visitor.post("/do", {"do": "step"})
            found.append(1000 * (time.perf_counter() - began))

    threads = [threading.Thread(target=step, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def memory(server: Serving) -> float:
    """Megabytes that a session adds to the server."""

    def some(first: int) -> None:
        for seed in range(first, first + SESSIONS):
            visitor = Visitor(server.port, f"strict-and-opaque/{seed}/d180/d60:context.control=2/vs:strict-but-fair")
            visitor.post("/do", {"do": "step"})
            while visitor.post("/do", {"do": "pairs"})["pairs"] < 200:
                pass
            visitor.line.close()

    some(0)  # what all sessions share is there from now on
    before = server.memory()
    some(SESSIONS)
    return (server.memory() - before) / SESSIONS


def measured(parts: Callable[[], Iterator[Row]]) -> list[Row]:
    """Every line, told as it comes."""
    rows = []
    for row in parts():
        low, high = min(row.values), max(row.values)
        verdict = "reached" if row.reached else "MISSED"
        counts = f"{row.counts} of {len(row.values)}"
        wanted = f"{'>=' if row.unit.endswith('per second') else '<='} {row.wanted:g}"
        print(
            f"{row.what:<40}{row.value:9.2f} {row.unit:<19}{counts:<28}({low:.2f} to {high:.2f}) {wanted:<8}{verdict}",
            flush=True,
        )
        rows.append(row)
    return rows


def parts() -> Iterator[Row]:
    """Everything that is measured, in order."""
    yield Row("from the command to a usable page", "s", starts(), "median", 2)
    with serving() as server:
        yield from in_browser(server)
    with serving() as server:
        yield Row(f"a step, {VISITORS} visitors at once", "ms", at_once(server), "95th percentile", 250)
    with serving() as server:
        yield Row("memory of a session", "MB", [memory(server)], "median", 5)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", type=Path, metavar="FILE", help="write every value to a file")
    chosen = options.parse_args()
    rows = measured(parts)
    if chosen.json:
        chosen.json.write_text(json.dumps([row._asdict() for row in rows], indent=1), "utf-8")


if __name__ == "__main__":
    main()
