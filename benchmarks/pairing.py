"""How much common random numbers reduce the variance of a difference: `python benchmarks/pairing.py [REPLICATES]`.

For each contrast: the variance of the difference between independent replicates over that between paired ones, with a
95 % bootstrap interval; beside it the most that any sharing of draws could reach, and how many dyads change pattern.
Patterns are shares of dyads, the rest means over the dyads of a replicate, all in the interviews.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoway.analysis.measures.paired_patterns import largest_variance_ratio, shares_of, variance_ratio
from twoway.analysis.patterns import DEFAULT_RULE
from twoway.experiments.comparison.schedule import parse_schedule
from twoway.simulation.run import Detail, simulate

LATE = "the same, from day 120 on"
LATER: Mapping[str, float] = {"design.interviews_from": 150.0}
"""Interviews late enough for a change on day 120 to show."""
CONTRASTS = {
    "formality .2 / .6": ("ordinary:context.formality=0.2", "ordinary:context.formality=0.6"),
    "formality .35 / .40": ("ordinary", "ordinary:context.formality=0.4"),
    "strict and opaque / strict but fair": ("strict-and-opaque", "strict-but-fair"),
    LATE: ("strict-and-opaque", "strict-and-opaque@120:strict-but-fair"),
    "planned talk .3 / 3": ("ordinary:context.planned=0.3", "ordinary:context.planned=3"),
    "planned talk .8 / 1.2": ("ordinary", "ordinary:context.planned=1.2"),
    "control 1 / 5": ("ordinary:context.control=1", "ordinary:context.control=5"),
    "control 2 / 2.5": ("ordinary", "ordinary:context.control=2.5"),
    "turnover .2 / 1": ("ordinary", "ordinary:context.turnover=1"),
    "opposition 0 / 1": ("ordinary:context.opposition=0", "ordinary:context.opposition=1"),
}
OUTCOMES = ("friendly", "polite", "conflicted", "client's net tone", "keyworker's net tone", "felt coercion")
WANTED = 4.0


def simulated(text: str, replicates: int, changes: Mapping[str, float]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Patterns of all dyads, and the outcomes of each replicate."""
    codes, means = [], []
    for stay in simulate(parse_schedule(text, changes).prepared, 1, range(replicates), Detail.DYADS, 2):
        told = stay.accounts
        codes.append(DEFAULT_RULE.of_accounts(told))
        balance = (told["positivity"] - told["negativity"]).mean(axis=0)
        means.append([*balance.tolist(), float(told["felt_coercion"][:, 0].mean())])
    patterns = np.array(codes)
    return patterns, np.column_stack([shares_of(patterns), np.array(means)])


def main(replicates: int = 1000) -> None:
    print(f"{replicates} replicates of 16 dyads, seed 1; ratio (95 % interval; most possible)\n")
    print("| contrast | dyads that move | " + " | ".join(OUTCOMES) + " |")
    print("| --- | --- |" + " --- |" * len(OUTCOMES))
    for name, (one, other) in CONTRASTS.items():
        changes = LATER if name == LATE else {}
        (here, first), (there, then) = (simulated(text, replicates, changes) for text in (one, other))
        ratio, most = variance_ratio(first, then), largest_variance_ratio(first, then)
        cells = (
            f"{f'**{value:.1f}**' if value < WANTED else f'{value:.1f}'} ({low:.1f} to {high:.1f}; {top:.0f})"
            for value, low, high, top in zip(*ratio, most, strict=True)
        )
        print(f"| {name} | {(here != there).mean():.0%} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
