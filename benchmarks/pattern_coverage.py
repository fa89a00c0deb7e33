"""How often the intervals of pattern shares hold the true share: ``python benchmarks/pattern_coverage.py``; README.md.

Centres of a scenario are simulated once; runs of some replicates are drawn from them, with replacement, and the share
in all of them is the truth. The interval in use is compared with Wilson's for independent dyads.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from nominal import judged, summary
from numpy.typing import NDArray
from tqdm import tqdm

from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS
from twoway.analysis.statistics.intervals import clustered_share_interval, wilson_interval
from twoway.simulation.parameters.scenario import load
from twoway.simulation.run import Detail, PreparedScenario, simulate

SCENARIOS = ("ordinary", "bureaucratic", "oppositional-peers", "voluntary", "four-centres")
REPLICATES = (1, 5, 20)
CENTRES, RUNS, SEED = 4000, 4000, 424242
"""Centres simulated, runs drawn from them, and the seed of both, which nothing was tuned with."""


def centres_of(name: str) -> NDArray[np.int64]:
    """Number of dyads in each pattern at the end, by replicate, shape (replicates, centres of each, patterns)."""
    scenario = PreparedScenario(load(name))
    each, counts = scenario.scenario.design.centres, []
    for records in tqdm(simulate(scenario, SEED, range(CENTRES // each), Detail.DYADS), name, CENTRES, leave=False):
        codes = DEFAULT_RULE.of_accounts(records.accounts)
        counts.append(np.bincount(codes, minlength=len(PATTERNS)))
    return np.array(counts).reshape(-1, each, len(PATTERNS))


def covered(counts: NDArray[np.int64], replicates: int) -> list[NDArray[np.bool_]]:
    """Whether each of two intervals holds the truth, by pattern, in ``RUNS`` runs: the one in use, and Wilson's."""
    generator, truth = np.random.default_rng(SEED), counts.sum(axis=(0, 1)) / counts.sum()
    hits: list[list[NDArray[np.bool_]]] = [[], []]
    for _ in range(RUNS):
        run = counts[generator.integers(len(counts), size=replicates)].reshape(-1, len(PATTERNS))
        share, n = run.sum(axis=0) / run.sum(), int(run.sum())
        for held, (low, high) in zip(hits, (clustered_share_interval(run), wilson_interval(share, n)), strict=True):
            held.append((low <= truth) & (truth <= high))
    return [np.array(held) for held in hits]


def main() -> None:
    """Measure, print a row per scenario and number of replicates, and save all of it if that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--csv", metavar="FILE", help="save the table")
    options, rows = parser.parse_args(), []
    for name in SCENARIOS:
        counts = centres_of(name)
        for replicates in REPLICATES:
            in_use, independent = covered(counts, replicates)
            for pattern, hits, others in zip(PATTERNS, in_use.T, independent.T, strict=True):
                rows.append((name, replicates, pattern, float(hits.mean()), float(others.mean())))
    table = pd.DataFrame(rows, columns=["scenario", "replicates", "pattern", "in_use", "wilson"])
    table = judged(table, "in_use", RUNS)
    print(table.round(3).to_string(index=False))
    print(summary(table))
    if options.csv:
        table.to_csv(options.csv, index=False)


if __name__ == "__main__":
    main()
