"""What the points of a design are: a sample of the space of the inputs or not, and which inputs go together.

A share of points is a share of the space only if the points are a sample of it; first-order and total indices add up
only if inputs are independent. A design says so by its kind; points that were listed have to be looked at.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kstest, norm, qmc, rankdata

from twoway.experiments.sensitivity.outcome_matrix import Floats
from twoway.simulation.errors import listed

STRONG_ENOUGH = 0.1
"""Rank correlation from which on inputs are correlated to a degree that matters (assumed)."""
CHANCE = 0.01
"""Probability with which independent inputs of a whole design may be called correlated, or a sample uneven."""
COMPARED = 99
"""Random samples that the evenness of points is compared with."""
MOST_COMPARED = 500
"""Points that are compared; of more, a random part."""
CHOSEN = {
    "grid": "all combinations of a few values, which the design chose",
    "one-at-a-time": "a base and changes of one input at a time",
    "intervention": "a baseline and arms that somebody chose",
    "ask-tell": "what an optimiser or sampler asked for, one after the other",
}
"""What points are by the kind of a design that is no sample."""
SAMPLES = ("latin-hypercube", "sobol", "morris")
"""Kinds of design that are samples of the inputs' ranges, by construction."""


class Correlated(NamedTuple):
    """Two inputs that go together, with their rank correlation (of words: the strongest with any word)."""

    one: str
    other: str
    correlation: float


def correlated_pairs(design: pd.DataFrame, words: Collection[str] = ()) -> list[Correlated]:
    """Inputs whose rank correlation matters and is more than chance, the strongest first.

    Parameters
    ----------
    design
        A row per point, a numeric column per input.
    words
        Inputs whose numbers stand for words; each word is taken by itself.
    """
    names = [str(name) for name in design.columns]
    columns: list[Floats] = []
    owner: list[int] = []
    for j, name in enumerate(names):
        values = design[name].to_numpy(np.float64)
        own = [values == level for level in np.unique(values)] if name in words else [values]
        columns += [rankdata(column) for column in own]
        owner += [j] * len(own)
    between, of = np.asarray(np.corrcoef(np.array(columns))), np.array(owner)
    pairs = list(combinations(range(len(names)), 2))
    tests = max(1, len(columns) * (len(columns) - 1) // 2)
    by_chance = float(np.tanh(norm.ppf(1 - CHANCE / 2 / tests) / np.sqrt(max(len(design) - 3, 1))))
    found = []
    for i, j in pairs:
        some = between[np.ix_(of == i, of == j)].ravel()
        strongest = float(some[np.abs(some).argmax()])
        if abs(strongest) > max(STRONG_ENOUGH, by_chance):
            found.append(Correlated(names[i], names[j], strongest))
    return sorted(found, key=lambda pair: -abs(pair.correlation))


def chosen_points(
    design: pd.DataFrame, kind: str | None = None, words: Collection[str] = (), seed: int = 0
) -> str | None:
    """What the points are, in words, if they are no sample of the space of the inputs; None if they are one.

    Parameters
    ----------
    design
        A row per point, a numeric column per input.
    kind
        Kind of the study's design, such as "grid"; None: the points are looked at.
    words
        Inputs whose numbers stand for words.
    seed
        Random seed of the samples that listed points are compared with.
    """
    if kind in CHOSEN:
        return CHOSEN[kind]
    if kind in SAMPLES:
        return None
    values = design.to_numpy(np.float64)
    levels = [np.unique(column) for column in values.T]
    if len(values) == np.prod([float(len(level)) for level in levels]) and not design.duplicated().any():
        return CHOSEN["grid"]
    typical = np.array([pd.Series(column).mode()[0] for column in values.T])
    if ((values != typical).sum(axis=1) <= 1).all():
        return CHOSEN["one-at-a-time"]
    together = correlated_pairs(design, words)
    if together:
        pairs = listed(f"{pair.one} with {pair.other}" for pair in together[:3])
        return f"listed, with inputs that are correlated ({pairs})"
    if _uneven(values, levels, np.random.default_rng(seed)):
        return "listed, and crowd in parts of the space more than random points would"
    return None


def _uneven(values: Floats, levels: list[NDArray[np.float64]], rng: np.random.Generator) -> bool:
    """Whether points fill the box around them less evenly than random samples of the same size.

    Evenness is the centred discrepancy (scipy), and that of each input by Kolmogorov and Smirnov's test.
    An input of single values is spread over as many equal parts.
    """
    some = values[rng.permutation(len(values))[:MOST_COMPARED]]
    places = np.empty_like(some)
    for j, level in enumerate(levels):
        if len(level) <= len(values) / 2:
            places[:, j] = (np.searchsorted(level, some[:, j]) + rng.random(len(some))) / len(level)
        else:
            places[:, j] = (some[:, j] - level[0]) / (level[-1] - level[0])
    if any(kstest(column, "uniform").pvalue < CHANCE / len(levels) for column in places.T):
        return True
    at_random = [qmc.discrepancy(rng.random(some.shape)) for _ in range(COMPARED)]
    return bool(qmc.discrepancy(places) > max(at_random))
