"""How often the intervals of measures hold what is true: ``python benchmarks/measure_coverage.py``; README.md.

A scenario is simulated once in many replicates, and its measures are taken for the truth. Then runs of 1, 5 and 20
replicates, with seeds of their own, are measured again and again, and it is counted how often each 95 % interval holds.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache

import numpy as np
import pandas as pd
from nominal import NOMINAL, judged
from tqdm import tqdm

from twoway.analysis.measures.all_measures import measures
from twoway.simulation.parameters.scenario import load
from twoway.simulation.run import Detail, PreparedScenario, simulate
from twoway.simulation.tables import TableBuilder

REPLICATES = (1, 5, 20)
SEED = 20_261_130
"""Seed of the truth; the runs have those after it. Nothing was tuned with them."""
LEAST_TOLD = 0.5
"""Share of runs that must have an interval for its coverage to count."""
KEY = ["measure", "group"]


@lru_cache
def _prepared(name: str) -> tuple[PreparedScenario, TableBuilder]:
    prepared = PreparedScenario(load(name))
    return prepared, TableBuilder(prepared.resolved)


def measured(name: str, seed: int, replicates: int) -> pd.DataFrame:
    """The measures of one run, by measure and group."""
    prepared, builder = _prepared(name)
    tables = builder.tables(simulate(prepared, seed, range(replicates), Detail.EVENTS))
    table = measures(tables, prepared.resolved, seed=seed)
    return table.set_index(KEY)[["estimate", "low", "high"]]


def coverage(
    name: str, replicates: int, runs: int, truth: pd.Series, first: int, pool: ProcessPoolExecutor
) -> pd.DataFrame:
    """How often intervals hold the truth, by measure; ``told`` is the share of runs that have one."""
    jobs = [pool.submit(measured, name, first + k, replicates) for k in range(runs)]
    found = [job.result() for job in tqdm(jobs, f"{name}, {replicates}", leave=False)]
    keys = found[0].index
    columns = ([one[end].to_numpy() for one in found] for end in ("low", "high", "estimate"))
    low, high, estimate = (np.stack(some, axis=1) for some in columns)
    true, told = truth.loc[keys].to_numpy(), ~np.isnan(low)
    held = (low <= true[:, None]) & (true[:, None] <= high)
    with np.errstate(invalid="ignore"):
        covered = held.sum(axis=1) / told.sum(axis=1)
    table = pd.DataFrame(
        {
            "scenario": name, "replicates": replicates, "truth": true, "told": told.mean(axis=1), "covered": covered,
            "bias": np.nanmean(estimate, axis=1) - true, "spread": np.nanstd(estimate, axis=1),
        },
        index=keys,
    )  # fmt: skip
    return judged(table, "covered", told.sum(axis=1))


def main() -> None:
    """Measure, print what is told of each number of replicates, and save all of it if that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", nargs="+", default=["ordinary"])
    parser.add_argument("--runs", type=int, default=1000, help="runs of each size (1000)")
    parser.add_argument("--truth", type=int, default=1500, help="replicates of the truth (1500)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--csv", metavar="FILE", help="save the table")
    options, tables = parser.parse_args(), []
    with ProcessPoolExecutor() as pool:
        for name in options.scenarios:
            truth = measured(name, options.seed, options.truth)["estimate"]
            for place, replicates in enumerate(REPLICATES):
                first = options.seed + 1 + place * options.runs
                tables.append(coverage(name, replicates, options.runs, truth, first, pool))
                table = tables[-1]
                told = table[(table["told"] >= LEAST_TOLD) & table["truth"].notna()]
                inside = told["inside"]
                low = ~inside & (told["covered"] < NOMINAL[0])
                print(
                    f"{name}, {replicates}: {len(told)} intervals, covered {told['covered'].median():.3f} (median), "
                    f"{told['covered'].quantile(0.1):.3f} to {told['covered'].quantile(0.9):.3f}; inside "
                    f"{inside.sum()}, too seldom {low.sum()}",
                    flush=True,
                )
                print(told[~inside].drop(columns=["scenario", "replicates"]).round(3).to_string(), flush=True)
    if options.csv:
        pd.concat(tables).to_csv(options.csv)


if __name__ == "__main__":
    main()
