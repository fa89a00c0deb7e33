"""How often the intervals of indices from given data hold the true value, for functions whose indices are known.

``python benchmarks/given_data_coverage.py`` draws Latin hypercubes of Ishigami's function, Sobol's G and a sum many
times, with new points and new noise (``interval_coverage.py`` says which), and counts. The interval in use is compared
with one that knows nothing of what the surrogate does not explain, half of its width on either side.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from interval_coverage import NOISE, Known, ishigami, simulated, sobol_g
from SALib.sample import latin
from tqdm import tqdm

from twoway.experiments.sensitivity.given_data import given_data
from twoway.experiments.sensitivity.outcome_matrix import OutcomeMatrix


def weighted_sum(weights: tuple[float, ...] = (4, 2, 1, 1, 0.5, 0, 0, 0)) -> Known:
    """A sum of inputs uniform on 0 .. 1, three of them without effect."""
    w = np.array(weights)
    share = w**2 / (w**2).sum()
    return Known("sum", (0.0, 1.0), len(w), lambda x: x @ w, float((w**2).sum() / 12), np.concatenate([share, share]))


def covered(known: Known, noise: str, points: int, replicates: int, repetitions: int, draws: int) -> pd.DataFrame:
    """How often the intervals held the true value, a row per kind of index."""
    names = [f"x{i + 1}" for i in range(known.inputs)]
    problem = {"num_vars": known.inputs, "names": names, "bounds": [known.bounds] * known.inputs}
    rng, true, tables = np.random.default_rng(1), known.true[: 2 * known.inputs], []
    for seed in tqdm(range(repetitions), desc=f"{known.name}, {points} points, noise {noise}"):
        x = latin.sample(problem, points, seed=int(rng.integers(2**31)))
        values = np.broadcast_to(simulated(known, x, noise, replicates, rng), (points, replicates))
        found = given_data(pd.DataFrame(x, columns=names), OutcomeMatrix("y", values, values.size, 0), draws, seed=seed)
        table, unknown = found.indices, found.unexplained
        tables.append(
            pd.DataFrame(
                {
                    "index": table["index"],
                    "in use": (table["low"] <= true) & (true <= table["high"]),
                    "of sampling": (table["low"] <= true) & (true <= table["high"] - unknown),
                    "bias": table["estimate"] - true,
                    "half": (table["high"] - table["low"]) / 2,
                    "explained": found.explained[0],
                }
            )
        )
    whole = pd.concat(tables).groupby("index").mean().reset_index()
    return whole.assign(function=known.name, points=points, noise=noise)


def main() -> None:
    """Count, and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, nargs="+", default=[100, 300])
    parser.add_argument("--replicates", type=int, default=4)
    parser.add_argument("--repetitions", type=int, default=100)
    parser.add_argument("--draws", type=int, default=300, help="bootstrap draws")
    options = parser.parse_args()
    tables = [
        covered(known, noise, points, options.replicates, options.repetitions, options.draws)
        for known in (ishigami(), sobol_g(), weighted_sum())
        for points in options.points
        for noise in NOISE
    ]
    rates = pd.concat(tables, ignore_index=True).set_index(["function", "points", "noise", "index"])
    print(rates.round(3).to_string())


if __name__ == "__main__":
    main()
