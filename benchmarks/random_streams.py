"""How random the draws of `twoway.simulation.philox` are along each coordinate of their address, and what a draw costs.

``python benchmarks/random_streams.py [--draws 100000000]``; it ends with status 1 if any check fails.

For every coordinate (an *axis*) it walks through neighbouring addresses that differ in this coordinate alone: seeds
1, 2, 3 …, then replicates, centres, entities, days, streams and questions. Where an axis is shorter than the walk, the
walk starts again in the next replicate. It checks three things, for each of the four lanes of a block:

- that draws are uniform: chi-square test with 1,000 equal bins, two-sided, as numbers too even are not random either;
- that draws do not depend on their neighbours: correlation with the next draws along the axis;
- that the lanes of a block do not depend on each other: correlation of each pair of lanes.

Mean 1/2 and variance 1/12 are known, so the standard error of a correlation over n draws is exactly 1 / sqrt(n).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import stats

from twoway.simulation.philox import (
    BLOCK_BITS,
    CENTRE_BITS,
    DAY_BITS,
    ENTITY_BITS,
    LANES,
    REPLICATE_BITS,
    SEED_BITS,
    STREAM_BITS,
    WORD,
    Draws,
    draws_of,
    normal_quantile,
    uniforms,
)

compiled = numba.njit(error_model="numpy")  # not cached: this file goes by two names, as a script and when imported
AXES = ("seed", "replicate", "centre", "entity", "day", "stream", "question")
AXIS_BITS = (SEED_BITS, REPLICATE_BITS, CENTRE_BITS, ENTITY_BITS, DAY_BITS, STREAM_BITS, BLOCK_BITS)
"""How long each axis is, as a power of two; that of questions in blocks."""
SEED, REPLICATE, CENTRE, ENTITY, DAY, STREAM, QUESTION = range(len(AXES))
LANE_PAIRS = tuple(combinations(range(LANES), 2))
BINS = 1_000
LAGS = 5
FALSE_ALARM = 1e-3
"""Chance that perfectly random numbers would fail any of the checks; each has its share of it (Bonferroni)."""
CHUNK = 250_000
"""Blocks that are held in memory at a time."""


class Check(NamedTuple):
    """One check of one walk: ``value`` is a chi-square statistic or a correlation, ``p`` its two-sided p-value."""

    axis: str
    what: str
    value: float
    standard_error: float
    p: float


# Randomness


@compiled
def walk(out: NDArray[np.float64], axis: int, first: int) -> None:
    """Blocks of neighbouring addresses along an axis, shape (blocks, 4), from the *first* one onwards."""
    for row in range(out.shape[0]):
        turn = (first + row) >> AXIS_BITS[axis]
        step = first + row - (turn << AXIS_BITS[axis])
        seed = 1 + step * (axis == SEED)
        draws = Draws(seed & WORD, seed >> 32, turn + step * (axis == REPLICATE), step * (axis == CENTRE))
        out[row, 0], out[row, 1], out[row, 2], out[row, 3] = uniforms(
            draws, step * (axis == ENTITY), step * (axis == DAY), step * (axis == STREAM), step * (axis == QUESTION)
        )


@compiled
def tally(series: NDArray[np.float64], count: int, counts: NDArray[np.int64], products: NDArray[np.float64]) -> None:
    """Count the first draws of every column by bin, and add up their products with those that follow, by lag.

    *series* has shape (count + lags or more, columns), *counts* (columns, bins) and *products* (columns, lags).
    """
    columns, bins = counts.shape
    for row in range(count):
        for column in range(columns):
            counts[column, int(series[row, column] * bins)] += 1
            for lag in range(products.shape[1]):
                products[column, lag] += (series[row, column] - 0.5) * (series[row + lag + 1, column] - 0.5)


def correlation_check(axis: str, what: str, products: float, count: int) -> Check:
    """Whether the *count* products of deviations from 1/2 are on average as small as those of independent draws."""
    correlation, standard_error = 12.0 * products / count, count**-0.5
    return Check(axis, what, correlation, standard_error, float(2.0 * stats.norm.sf(abs(correlation) / standard_error)))


def checks(axis: str, draws: int, lags: int = LAGS) -> Iterator[Check]:
    """All checks of a walk along one axis.

    A walk visits as many addresses as there are to be *draws* in every lane; one along questions takes all lanes of a
    block as neighbours, and so has one series of draws and not four.
    """
    columns = 1 if axis == "question" else LANES
    blocks = draws * columns // LANES
    counts, products = np.zeros((columns, BINS), np.int64), np.zeros((columns, lags))
    lane_products = np.zeros((LANES, LANES))
    for first in range(0, blocks, CHUNK):
        count = min(CHUNK, blocks - first)
        series = np.empty((count + lags, LANES))
        walk(series, AXES.index(axis), first)
        tally(series.reshape(-1, columns), count * LANES // columns, counts, products)
        deviations = series[:count] - 0.5
        lane_products += deviations.T @ deviations
    for column in range(columns):
        where = f"lane {column}" if columns > 1 else "all lanes"
        chi_square = float(((counts[column] - draws / BINS) ** 2).sum() / (draws / BINS))
        p = 2.0 * min(stats.chi2.sf(chi_square, BINS - 1), stats.chi2.cdf(chi_square, BINS - 1))
        yield Check(axis, f"chi-square, {where}", chi_square, (2.0 * (BINS - 1)) ** 0.5, float(p))
        for lag in range(lags):
            yield correlation_check(axis, f"lag {lag + 1}, {where}", float(products[column, lag]), draws)
    for one, other in LANE_PAIRS:
        yield correlation_check(axis, f"lanes {one} and {other}", float(lane_products[one, other]), blocks)


def failures(found: list[Check]) -> list[Check]:
    """The checks whose p-value is below their share of ``FALSE_ALARM``."""
    return [check for check in found if check.p < FALSE_ALARM / len(found)]


def report_randomness(draws: int) -> int:
    """Print all checks along all axes and return how many failed."""
    print(f"Randomness: {draws:,} draws per axis and lane; standard error of their correlations {draws**-0.5:.1e}")
    found: list[Check] = []
    for axis in AXES:
        start = time.perf_counter()
        along = list(checks(axis, draws))
        print(f"\nAlong the axis {axis} ({time.perf_counter() - start:.0f} s)")
        for check in (check for check in along if check.what.startswith("chi-square")):
            where = check.what.removeprefix("chi-square, ")
            correlations = [c.value for c in along if c.what.startswith("lag") and c.what.endswith(where)]
            shown = " ".join(f"{value:+.1e}" for value in correlations)
            print(f"  {where}: chi-square {check.value:6.1f}, p {check.p:.3f}; lags 1 to {LAGS}: {shown}")
        pairs = [check for check in along if check.what.startswith("lanes")]
        shown = " ".join(f"{check.value:+.1e}" for check in pairs)
        print(f"  pairs of lanes (standard error {pairs[0].standard_error:.1e}): {shown}")
        found += along
    worst = min(found, key=lambda check: check.p)
    print(
        f"\n{len(found)} checks, each to have p of {FALSE_ALARM / len(found):.1e} or more; "
        f"the smallest is {worst.p:.1e} (axis {worst.axis}, {worst.what})"
    )
    failed = failures(found)
    for check in failed:
        print(f"FAILED on axis {check.axis}, {check.what}: {check.value:.3g}, p {check.p:.1e}")
    return len(failed)


# Cost


@compiled
def ask_uniforms(draws: Draws, count: int) -> float:
    """Sum of uniform draws, a block at a time, for a thousand dyads in turn."""
    total = 0.0
    for i in range(count):
        u0, u1, u2, u3 = uniforms(draws, i % 1024, i // 1024, 5, i % 64)
        total += u0 + u1 + u2 + u3
    return total


@compiled
def ask_normals(draws: Draws, count: int) -> float:
    """Sum of the same draws as normal ones."""
    total = 0.0
    for i in range(count):
        u0, u1, u2, u3 = uniforms(draws, i % 1024, i // 1024, 5, i % 64)
        total += normal_quantile(u0) + normal_quantile(u1) + normal_quantile(u2) + normal_quantile(u3)
    return total


def nanoseconds(call: Callable[[], object], draws: int) -> float:
    """Time per draw of the quickest of eleven calls, after one that compiles."""
    times = []
    for _ in range(12):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times[1:]) / draws * 1e9


def report_costs() -> None:
    """Print what a draw costs, beside numpy's generator."""
    draws, calls, size = draws_of(2024, replicate=7), 2_000_000, 16_384
    out, single = np.empty(size), np.empty(size, np.float32)
    numpys = np.random.Generator(np.random.Philox(2024))
    costs = {
        "uniforms, block of 4": nanoseconds(lambda: ask_uniforms(draws, calls), LANES * calls),
        "normals, block of 4": nanoseconds(lambda: ask_normals(draws, calls), LANES * calls),
        "numpy Philox, random, float32 fill": nanoseconds(lambda: numpys.random(out=single, dtype=np.float32), size),
        "numpy Philox, random, float64 fill": nanoseconds(lambda: numpys.random(out=out), size),
        "numpy Philox, standard_normal, float64 fill": nanoseconds(lambda: numpys.standard_normal(out=out), size),
    }
    print("\nCost: nanoseconds per draw")
    for what, cost in costs.items():
        print(f"  {what:<45}{cost:6.1f}")


def main() -> int:
    """Run all and return the status to end with."""
    parser = argparse.ArgumentParser(description="Randomness and cost of draws by address")
    parser.add_argument("--draws", type=int, default=100_000_000, help="draws per axis (and lane)")
    failed = report_randomness(parser.parse_args().draws)
    report_costs()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
