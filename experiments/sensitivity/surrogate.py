"""Surrogate of an outcome: a sparse polynomial of the inputs, fitted to whatever points there are.

A polynomial chaos expansion (Sudret 2008; of given data: Oladyshkin & Nowak 2012). Each input gets polynomials that are
orthonormal over its own values, so that a whole number and a word (a column per word) are inputs like any other, and
products of up to three of them stand for what inputs do together; high powers and products come last (hyperbolic
order: Blatman & Sudret 2011). Which of them are needed is found by orthogonal matching pursuit with cross-validation
(scikit-learn).
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import OrthogonalMatchingPursuitCV
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from twoway.experiments.sensitivity.outcome_matrix import Floats

Truths = NDArray[np.bool_]
DEGREE = 12
"""Highest power of one input, and the highest hyperbolic order of a product."""
TOGETHER = 3
"""Inputs in a product."""
MOST_TERMS = 600
"""Terms to choose from; never more than twice the points."""
MOST_CHOSEN = 150
"""Terms in a surrogate, at most a third of the points."""
MOST_POINTS = 4000
"""Points from which terms are chosen; of more, every second or third block is enough, coefficients are of all."""
INNER_FOLDS = 5
"""Parts of the points for choosing the number of terms."""


class Terms(NamedTuple):
    """Terms of a polynomial at N points: ``values`` (N, P), each with mean 0 and mean square 1 where inputs are
    independent, and ``inputs`` (P, D): whether a term depends on an input.
    """

    values: Floats
    inputs: Truths


def polynomial_terms(design: pd.DataFrame, words: Collection[str] = ()) -> Terms:
    """The terms that a surrogate is made of, the simplest first.

    Parameters
    ----------
    design
        A row per point, a numeric column per input, none constant.
    words
        Inputs whose numbers stand for words.
    """
    alone = [_powers(design[name].to_numpy(np.float64), str(name) in words) for name in design.columns]
    degrees = [powers.shape[1] for powers in alone]
    most = min(MOST_TERMS, 2 * len(design))
    kept: list[tuple[float, tuple[int, ...], tuple[int, ...]]] = []
    in_order = sorted(_exponents(degrees), key=lambda term: (round(term[0], 9), len(term[1])))
    for _, level in itertools.groupby(in_order, key=lambda term: (round(term[0], 9), len(term[1]))):
        alike = list(level)
        if kept and len(kept) + len(alike) > most:  # a level is taken whole, or inputs named last would miss out
            break
        kept += alike
    values, inputs = np.ones((len(design), len(kept))), np.zeros((len(kept), len(alone)), dtype=bool)
    for place, (_, which, powers_of) in enumerate(kept):
        for j, power in zip(which, powers_of, strict=True):
            values[:, place] *= alone[j][:, power - 1]
        inputs[place, list(which)] = True
    return Terms(values, inputs)


def _powers(values: Floats, is_word: bool) -> Floats:
    """Columns of one input, orthonormal over the values that occur: powers of a number, or contrasts of words."""
    levels, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    degree = len(levels) - 1 if is_word else min(DEGREE, len(levels) - 1)
    weights = np.sqrt(counts / counts.sum())[:, None]
    if is_word:
        plain = np.column_stack([np.ones(len(levels)), np.eye(len(levels))[:, :degree]])
    else:
        plain = np.polynomial.legendre.legvander(2 * (levels - levels[0]) / (levels[-1] - levels[0]) - 1, degree)
    orthogonal, _ = np.linalg.qr(plain * weights)
    return np.asarray((orthogonal / weights)[place, 1:])


def _exponents(degrees: list[int]) -> Iterator[tuple[float, tuple[int, ...], tuple[int, ...]]]:
    """Hyperbolic order, inputs and powers of every term up to ``DEGREE``; contrasts of words count as powers."""
    for count in range(1, min(TOGETHER, len(degrees)) + 1):
        powers = [
            (order, some)
            for some in itertools.product(range(1, DEGREE + 1), repeat=count)
            if (order := sum(np.sqrt(some)) ** 2) <= DEGREE + 1e-9
        ]
        for which in itertools.combinations(range(len(degrees)), count):
            for order, some in powers:
                if all(power <= degrees[j] for power, j in zip(some, which, strict=True)):
                    yield order, which, some


class Fit(NamedTuple):
    """A surrogate of R replicates: the places of its terms, (S,), its coefficients, (S, R), and its levels, (R,)."""

    chosen: NDArray[np.int64]
    coefficients: Floats
    level: Floats

    def at(self, terms: Floats, only: Truths | None = None) -> Floats:
        """Predictions less the level, (N, R).

        Parameters
        ----------
        terms
            Terms of the points, (N, P).
        only
            Terms of which alone it is predicted, (P,); by default all.
        """
        some = slice(None) if only is None else only[self.chosen]
        return np.asarray(terms[:, self.chosen[some]] @ self.coefficients[some])


def fit(terms: Floats, outcomes: Floats, blocks: NDArray[np.int64]) -> Fit:
    """A surrogate: terms chosen for the mean over the replicates, coefficients by least squares for each replicate.

    Parameters
    ----------
    terms
        Values of the terms that may be chosen, shape (N, P).
    outcomes
        The outcome by point and replicate, shape (N, R).
    blocks
        Block of each point, (N,); points of one block are never on both sides of the cross-validation.
    """
    every = np.unique(blocks)
    step = max(1, min(-(-len(terms) // MOST_POINTS), len(every) // INNER_FOLDS))
    some = np.isin(blocks, every[::step])
    most = max(1, min(int(some.sum()) // 3, MOST_CHOSEN, terms.shape[1]))
    folds = list(GroupKFold(min(INNER_FOLDS, len(every))).split(terms[some], groups=blocks[some]))
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Orthogonal matching pursuit ended")  # nothing is left to explain
        pursuit = OrthogonalMatchingPursuitCV(max_iter=most, cv=folds).fit(terms[some], outcomes[some].mean(axis=1))
        chosen = np.flatnonzero(pursuit.coef_)
        columns = np.column_stack([np.ones(len(terms)), terms[:, chosen]])
        found = np.linalg.lstsq(columns, outcomes, rcond=None)[0]
    return Fit(chosen, np.asarray(found[1:], np.float64), np.asarray(found[0], np.float64))
