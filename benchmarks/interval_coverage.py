"""How often the intervals of Sobol' indices hold the true value, for functions whose indices are known.

``python benchmarks/interval_coverage.py`` repeats a small study of Ishigami's function and of Sobol's G many times,
with new base samples and new noise, and counts. The interval in use (that of
``twoway.experiments.sensitivity.resampling``) is compared with two that know only the bootstrap of base samples: its
percentiles, and a normal one with its standard error.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from SALib.sample import sobol as sampled
from scipy.stats import norm
from tqdm import tqdm

from twoway.experiments.sensitivity.resampling import errors
from twoway.experiments.sensitivity.sobol import find_blocks, spread

Floats = NDArray[np.float64]
CONFIDENCE = 0.95
KINDS = ("in use", "percentile", "normal")


class Known(NamedTuple):
    """A function of independent inputs whose variance and indices are known: first, total, second order in one row."""

    name: str
    bounds: tuple[float, float]
    inputs: int
    value: Callable[[Floats], Floats]
    variance: float
    true: Floats


def ishigami(a: float = 7.0, b: float = 0.1) -> Known:
    """Ishigami & Homma 1990: sin x1 + a sin² x2 + b x3⁴ sin x1, inputs uniform on -pi .. pi."""
    v1, v2 = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8
    v13 = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    parts = np.array([v1, v2, 0, v1 + v13, v2, v13, 0, v13, 0])
    total = v1 + v2 + v13

    def value(x: Floats) -> Floats:
        return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])

    return Known("Ishigami", (-np.pi, np.pi), 3, value, total, parts / total)


def sobol_g(weights: tuple[float, ...] = (0, 0.5, 3, 9, 99, 99)) -> Known:
    """Sobol's G: the product of (|4 x - 2| + a) / (1 + a), inputs uniform on 0 .. 1."""
    a = np.array(weights)
    v = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + v) - 1
    total = v * np.prod(1 + v) / (1 + v)
    second = [v[j] * v[k] for j, k in combinations(range(len(a)), 2)]

    def value(x: Floats) -> Floats:
        return ((np.abs(4 * x - 2) + a) / (1 + a)).prod(axis=1)

    return Known("Sobol's G", (0.0, 1.0), len(a), value, float(whole), np.concatenate([v, total, second]) / whole)


NOISE = ("none", "independent", "shared")
"""What the runs of a study have in common beside their inputs."""


def simulated(known: Known, x: Floats, noise: str, replicates: int, rng: np.random.Generator) -> Floats:
    """Outcomes (points, replicates): the function plus noise with mean 0 and the variance of the function.

    *independent*: every run has noise of its own. *shared*: a replicate moves all points alike, and changes the weight
    of their first input; half of the variance is each run's own.
    """
    f, scale = known.value(x)[:, None], np.sqrt(known.variance)
    if noise == "none":
        return f
    own = rng.normal(0, scale, (len(x), replicates))
    if noise == "independent":
        return f + own
    low, high = known.bounds
    first = (x[:, [0]] - (low + high) / 2) / ((high - low) / np.sqrt(12))
    alike = rng.normal(0, scale, replicates) + first * rng.normal(0, scale / 2, replicates)
    return f + alike + own * np.sqrt(0.5)


def covered(
    known: Known, noise: str, base: int, replicates: int, repetitions: int, draws: int, seed: int
) -> pd.DataFrame:
    """How often each interval held the true value: a row per index and kind of interval."""
    names = [f"x{i + 1}" for i in range(known.inputs)]
    problem = {"num_vars": known.inputs, "names": names, "bounds": [known.bounds] * known.inputs}
    labels = [(kind, name) for kind in ("first", "total") for name in names]
    labels += [("second", f"{one} {other}") for one, other in combinations(names, 2)]
    rng, z = np.random.default_rng(seed), norm.ppf((1 + CONFIDENCE) / 2)
    held = {kind: np.zeros(len(labels)) for kind in KINDS}
    error = np.zeros(len(labels))
    for _ in tqdm(range(repetitions), desc=f"{known.name}, noise {noise}"):
        x = sampled.sample(problem, base, seed=int(rng.integers(2**31)))
        blocks = find_blocks(pd.DataFrame(x, columns=names))
        assert blocks is not None
        values = simulated(known, x, noise, replicates, rng)
        at, anew = spread(blocks, values, draws, int(rng.integers(2**31)))
        tail, half = (1 - CONFIDENCE) / 2, errors(anew, base, values.shape[1], CONFIDENCE).half
        by_design = z * anew.design.std(axis=0, ddof=1)
        ends: dict[str, Iterable[Floats]] = {
            "in use": (at - half, at + half),
            "percentile": np.quantile(anew.design, [tail, 1 - tail], axis=0),
            "normal": (at - by_design, at + by_design),
        }
        for kind, (low, high) in ends.items():
            held[kind] += (low <= known.true) & (known.true <= high)
        error += at - known.true
    return pd.DataFrame(
        {
            "function": known.name,
            "noise": noise,
            "index": [kind for kind, _ in labels],
            "of": [name for _, name in labels],
            "true": known.true,
            "bias": error / repetitions,
            **{kind: count / repetitions for kind, count in held.items()},
        }
    )


def main() -> None:
    """Count, and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=256, help="base samples of a study (a power of two)")
    parser.add_argument("--replicates", type=int, default=4)
    parser.add_argument("--repetitions", type=int, default=400)
    parser.add_argument("--draws", type=int, default=500, help="bootstrap draws")
    options = parser.parse_args()
    tables = [
        covered(known, noise, options.base, options.replicates, options.repetitions, options.draws, seed=1)
        for known in (ishigami(), sobol_g())
        for noise in NOISE
    ]
    rates = pd.concat(tables, ignore_index=True)
    print(rates.round(3).to_string(index=False))
    print(rates.groupby(["function", "noise", "index"], sort=False)[list(KINDS)].mean().round(3).to_string())
    print(f"By chance a true rate of 95 % comes out between {_chance(options.repetitions)} in 95 of 100 such counts.")


def _chance(repetitions: int) -> str:
    half = norm.ppf(0.975) * np.sqrt(CONFIDENCE * (1 - CONFIDENCE) / repetitions)
    return f"{CONFIDENCE - half:.1%} and {CONFIDENCE + half:.1%}"


if __name__ == "__main__":
    main()
