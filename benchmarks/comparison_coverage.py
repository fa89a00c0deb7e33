"""How often the intervals of comparisons, and of kappa, hold the truth: ``python benchmarks/comparison_coverage.py``.

Replicates of two contexts with the same people are simulated once; comparisons of some replicates are drawn from them,
with replacement, and what all of them together give is the truth. See README.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from nominal import judged, summary
from numpy.typing import NDArray
from tqdm import tqdm

from twoway.analysis.measures.paired_patterns import pattern_differences, widest_half_width
from twoway.analysis.measures.reliability import coded_dyads, reliability
from twoway.analysis.patterns import DEFAULT_RULE
from twoway.simulation.columns import BEFORE
from twoway.simulation.parameters.scenario import load
from twoway.simulation.run import Detail, PreparedScenario, simulate

Codes = NDArray[np.int8]
CONTRASTS = (
    ("strict-and-opaque", "strict-but-fair"),
    ("ordinary", "permissive"),
    ("ordinary", "oppositional-peers"),
    ("ordinary", "high-turnover"),
)
REPLICATES = (5, 20, 40)
RELIABILITY = (1, 5, 20)
WANTED, LEAST, STEP, MOST = 0.04, 40, 20, 400
"""Half-width until which replicates are added, as ``twoway compare`` does; fewest, steps and most."""


def told(name: str, seed: int, replicates: int) -> tuple[Codes, Codes, int]:
    """Patterns of each dyad in the interviews and before, shape (replicates, dyads) each; clients of a centre."""
    prepared = PreparedScenario(load(name))
    stays = simulate(prepared, seed, range(replicates), Detail.DYADS)
    bar = tqdm(stays, name, replicates * prepared.scenario.design.centres, leave=False)
    both = [[DEFAULT_RULE.of_accounts(stay.accounts, when) for when in ("", BEFORE)] for stay in bar]
    now, before = (np.array(one).reshape(replicates, -1) for one in zip(*both, strict=True))
    return now, before, prepared.scenario.design.clients


def until_narrow(first: Codes, other: Codes, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first of some rows, as many as it takes until every interval is narrow enough."""
    for count in range(LEAST, MOST + 1, STEP):
        if widest_half_width(first[rows[:count]], other[rows[:count]]) <= WANTED:
            return rows[:count]
    return rows[:MOST]


def of_contrast(first: Codes, other: Codes, runs: int, seed: int) -> Iterator[tuple[str, str, int, int]]:
    """What was told of two contexts, how many replicates it rests on, how often it held, and of how many."""
    truth = pattern_differences(first, other)
    draw = np.random.default_rng(seed).integers
    ways: dict[str, Callable[[], NDArray[np.int64]]] = {
        **{str(n): lambda n=n: draw(len(first), size=n) for n in REPLICATES},  # type: ignore[misc]
        f"until ± {WANTED:.0%}": lambda: until_narrow(first, other, draw(len(first), size=MOST)),
    }
    for way, rows_of in ways.items():
        held, ratios = np.zeros(len(truth), int), np.zeros(len(truth), int)
        for _ in tqdm(range(runs), way, leave=False):
            rows = rows_of()
            found = pattern_differences(first[rows], other[rows])
            held += ((found["low"] <= truth["difference"]) & (truth["difference"] <= found["high"])).to_numpy()
            ratio = truth["variance_ratio"]
            ratios += ((found["ratio_low"] <= ratio) & (ratio <= found["ratio_high"])).to_numpy()
        for pattern, one, two in zip(truth["pattern"], held, ratios, strict=True):
            yield f"difference, {pattern}", way, int(one), runs
            yield f"variance ratio, {pattern}", way, int(two), runs


def of_kappa(now: Codes, before: Codes, clients: int, runs: int, seed: int) -> Iterator[tuple[str, str, int, int]]:
    """The same of kappa; runs of too few dyads for an interval do not count."""
    whole = reliability(coded_dyads(now, before, clients))
    assert whole is not None
    generator = np.random.default_rng(seed)
    for n in RELIABILITY:
        found = []
        for _ in tqdm(range(runs), f"kappa, {n}", leave=False):
            rows = generator.integers(len(now), size=n)
            one = reliability(coded_dyads(now[rows], before[rows], clients))
            found.append(one)
        given = [one for one in found if one is not None and not np.isnan(one.low)]
        yield "kappa", str(n), sum(one.low <= whole.kappa <= one.high for one in given), len(given)


def main() -> None:
    """Measure, print a row per contrast and number of replicates, and save all of it if that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, help="comparisons drawn (default 2,000)")
    parser.add_argument("--truth", type=int, default=2000, help="replicates simulated (default 2,000)")
    parser.add_argument("--seed", type=int, default=515151, help="with which nothing was tuned")
    parser.add_argument("--csv", metavar="FILE", help="save the table")
    options, rows = parser.parse_args(), []
    known = {name: told(name, options.seed, options.truth) for name in dict.fromkeys(sum(CONTRASTS, ()))}
    for first, other in CONTRASTS:
        what = f"{other} against {first}"
        found = of_contrast(known[first][0], known[other][0], options.runs, options.seed)
        rows += [(what, *row) for row in found]
    for name, (now, before, clients) in known.items():
        rows += [(name, *row) for row in of_kappa(now, before, clients, options.runs, options.seed)]
    table = pd.DataFrame(rows, columns=["scenarios", "interval of", "replicates", "held", "runs"])
    table = judged(table.assign(share=table["held"] / table["runs"]), "share", table["runs"])
    print(table.round(3).to_string(index=False))
    print(summary(table))
    if options.csv:
        table.to_csv(options.csv, index=False)


if __name__ == "__main__":
    main()
