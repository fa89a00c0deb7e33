"""First-order and total indices from given data: from any sample of the inputs, such as a Latin hypercube.

A surrogate (``twoway.experiments.sensitivity.surrogate``) is fitted to four fifths of the points and meets the fifth it
does not know, five times. What its terms in some inputs say, corrected by how it errs at unknown points, estimates the
variance that these inputs explain, the *closed* index of the set: 2 E[f m] - E[m²] for the part m of the surrogate that
depends on the set alone. That is the one-step estimator of Da Veiga & Gamboa (2013), cross-fitted as by Williamson,
Gilbert, Carone & Simon (2021), whose R² it is: its error is that of the surrogate *squared*, and its sign is known. The
first-order index of an input is the closed index of the input alone; its total index is what the closed index of all
others lacks.

The sign makes honest intervals: if a share u of the variance is in nothing the surrogate knows, every index lies
between what the surrogate says and u more. The interval has this width beside that of sampling. Nearest neighbours
(Broto et al. 2020; Devroye et al. 2018) need no surrogate, but to tell twelve inputs apart, very many points.

Products are of two runs of different replicates, as everywhere (``twoway.experiments.sensitivity.resampling``), so that
random draws count neither as an input's effect nor as something the surrogate does not explain. (Papers recalled;
Sudret 2008 and Burnaev, Panin & Sudret 2017 on indices from such polynomials.)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from twoway.experiments.sensitivity.outcome_matrix import Floats, OutcomeMatrix
from twoway.experiments.sensitivity.resampling import (
    Spread,
    Weights,
    allowance_for,
    default_pairing,
    equal_weights,
    errors,
    pair_products,
    pair_weights,
    resampled,
)
from twoway.experiments.sensitivity.surrogate import Terms, Truths, fit, polynomial_terms
from twoway.simulation.errors import InputError

FOLDS = 5
"""Parts of the points, each of which is predicted by a surrogate of the others."""
LEAST_POINTS = 50
"""Points below which no surrogate is fitted (assumed)."""
WELL = 0.8
"""Share of the variance that a surrogate should explain (assumed)."""


class GivenData(NamedTuple):
    """Indices of one outcome from given data.

    ``indices``: a row per input and index ("first", "total") with ``estimate``, ``low``, ``high``, standard errors
    ``se_design`` and ``se_replicates`` (NaN where replicates are too few to tell).
    ``groups``: the same per group of inputs, with ``group`` and ``inputs``.
    ``beyond``: a row per input, total minus first, and ``shown``, whether that is above 0 with an allowance for the
    number of inputs; empty where inputs are correlated.
    ``alone``: sum of all first-order indices; ``explained``: share of the variance that the surrogate explains, each
    with its interval. ``explained_by_half``: the latter with half of the points.
    ``totals``: the total indices resampled, for comparing inputs.
    """

    points: int
    replicates: int
    indices: pd.DataFrame
    groups: pd.DataFrame
    beyond: pd.DataFrame
    alone: tuple[float, float, float]
    explained: tuple[float, float, float]
    explained_by_half: float
    totals: Spread

    @property
    def unexplained(self) -> float:
        """Share of the variance that the surrogate does not explain."""
        return max(0.0, 1 - self.explained[0])


class _Shares(NamedTuple):
    """What averages, over blocks and pairs of replicates, to variances: of sets of inputs, of all, and the rest."""

    sets: list[Floats]
    residuals: Floats
    """Residuals at unknown points, (blocks, R): their means by replicate are taken off."""
    rest: Floats
    fitted: Floats
    """Terms by set of inputs with a surrogate of its own, per point fitted: the error of the fit, in shares of what the
    set does not explain (as in Mallows' C)."""


def given_data(
    design: pd.DataFrame,
    runs: OutcomeMatrix,
    draws: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
    *,
    block: int = 1,
    words: Collection[str] = (),
    groups: Mapping[str, Collection[str]] | None = None,
    correlated: bool = False,
) -> GivenData:
    """Indices of the mean outcome from any sample of the inputs; see ``GivenData``.

    Parameters
    ----------
    design
        A row per point, a numeric column per input.
    runs
        The outcome by point and replicate.
    draws
        Draws of the bootstrap.
    confidence
        Level of the intervals.
    seed
        Random seed of folds and bootstrap.
    block
        Points per block that share values, as in a Sobol' design; blocks are drawn and predicted whole.
    words
        Inputs whose numbers stand for words.
    groups
        Inputs of each group by its name.
    correlated
        Whether inputs are correlated. Each set of inputs then has a surrogate of its own, so that its closed index
        holds what it shares with others.

    Raises
    ------
    InputError
        If fewer than 50 points have runs.
    """
    names, grouped = [str(name) for name in design.columns], groups or {}
    whole = (~runs.empty).reshape(-1, block).all(axis=1)
    kept = np.repeat(whole, block)
    if kept.sum() < LEAST_POINTS or whole.sum() < 2 * FOLDS:
        raise InputError(
            f"the design has {kept.sum()} points with runs; at least {LEAST_POINTS} are needed for first-order and "
            "total indices"
        )
    terms = polynomial_terms(design[kept], words)
    values = runs.values[kept] - runs.values[kept].mean(axis=0)
    number, replicates, count = int(whole.sum()), values.shape[1], len(names)
    units = [np.array([name == one for name in names]) for one in names]
    units += [np.array([name in members for name in names]) for members in grouped.values()]
    sets = [np.ones(count, dtype=bool), *units, *(~unit for unit in units)]
    shares = _cross_fitted(terms, values, sets, block, seed, correlated)
    estimate = partial(_indices, shares, len(units), count)
    at = estimate(equal_weights(number, replicates))[0]
    spread = resampled(estimate, number, replicates, draws, seed)
    below = errors(spread, number, replicates, confidence)
    unexplained = spread.of(slice(-1, None))
    above = errors(spread.plus(unexplained), number, replicates, confidence)
    allowed = max(0.0, float(at[-1]))
    coarse = 1 / kept.sum()  # points stand for ranges no more finely than that
    explained, several = 1 - float(at[-1]), 2 * len(units)
    at[:several] = np.minimum(at[:several], explained)  # no set of inputs explains more than all
    fitted, lost = np.zeros_like(at), np.zeros_like(at)
    fitted[: len(units)] = shares.fitted[1 : 1 + len(units)] * (1 - at[: len(units)])
    lost[len(units) : several] = shares.fitted[1 + len(units) :] * (1 - explained + at[len(units) : several])
    middle = at / max(explained, 0.1)  # what is not explained is taken to be shared as what is
    table = pd.DataFrame(
        {
            "estimate": np.clip(middle, at, at + allowed),
            "low": at - below.half - coarse - np.maximum(lost, 0),
            "high": at + allowed + above.half + coarse + np.maximum(fitted, 0),
            "se_design": below.design,
            "se_replicates": below.replicates,
        }
    )
    first, total = slice(0, len(units)), slice(len(units), 2 * len(units))
    both = pd.concat([table[first].assign(index="first"), table[total].assign(index="total")], ignore_index=True)
    both.insert(0, "input", [*names, *grouped] * 2)
    by_input = both["input"].isin(names) & (both.index % len(units) < count)
    of_groups = both[~by_input].rename(columns={"input": "group"})
    of_groups.insert(1, "inputs", [", ".join(m for m in names if m in grouped[str(g)]) for g in of_groups["group"]])
    by_pair = slice(2 * len(units), 2 * len(units) + count)
    beyond = table[by_pair].reset_index(drop=True)
    beyond.insert(0, "input", names)
    beyond["shown"] = at[by_pair] > allowance_for(count, confidence) * below.half[by_pair] + coarse
    alone = table.iloc[-2]
    off = float(below.half[-1])
    half = np.repeat(np.random.default_rng(seed).permutation(number) < number // 2, block)
    again = _cross_fitted(Terms(terms.values[half], terms.inputs), values[half], sets[:1], block, seed, False)
    by_half = _indices(again, 0, 0, equal_weights(int(half.sum()) // block, replicates))[0]
    return GivenData(
        int(kept.sum()),
        replicates,
        both[by_input].reset_index(drop=True),
        of_groups.reset_index(drop=True),
        beyond[:0] if correlated else beyond,
        (float(alone["estimate"]), float(alone["low"]), float(alone["high"])),
        (explained, explained - off, explained + off),
        1 - float(by_half[-1]),
        spread.of(slice(len(units), len(units) + count)),
    )


def _cross_fitted(terms: Terms, values: Floats, sets: list[Truths], block: int, seed: int, correlated: bool) -> _Shares:
    """The parts of the closed variance of each set of inputs at points that its surrogate does not know.

    Where inputs are independent, the variance of a surrogate's part is the sum of its squared coefficients, exactly;
    only the correction by residuals is sampled.
    """
    number, replicates = len(values) // block, values.shape[1]
    fold = np.repeat(np.random.default_rng(seed).permutation(number) % FOLDS, block)
    of_block = np.repeat(np.arange(number), block)
    allowed = [np.asarray(~(terms.inputs & ~some).any(axis=1)) for some in sets]
    pairs = replicates * (replicates + 1) // 2
    parts = [np.empty((len(values), pairs)) for _ in sets]
    residuals, fitted = np.empty_like(values), np.zeros(len(sets))
    for k in range(FOLDS):
        new, old = fold == k, fold != k
        known = fit(terms.values[old], values[old], of_block[old])
        residuals[new] = values[new] - known.level - known.at(terms.values[new])
        for place, (part, only) in enumerate(zip(parts, allowed, strict=True)):
            if correlated:
                own = known if only.all() else fit(terms.values[old][:, only], values[old], of_block[old])
                fitted[place] += len(own.chosen) / old.sum() / FOLDS
                said = own.level + own.at(terms.values[new][:, only])
                part[new] = 2 * pair_products(values[new], said) - pair_products(said, said)
            else:
                coefficients = known.coefficients[only[known.chosen]]
                exact = pair_products(coefficients, coefficients).sum(axis=0)
                part[new] = exact + 2 * pair_products(residuals[new], known.at(terms.values[new], only))
    rest = pair_products(residuals, residuals)
    by_block = [one.reshape(number, block, -1).mean(axis=1) for one in (*parts, rest, residuals)]
    return _Shares(by_block[:-2], by_block[-1], by_block[-2], fitted)


def _indices(shares: _Shares, units: int, inputs: int, again: Weights) -> Floats:
    """First and total index of each unit, total less first of each input, sum of the inputs' first, unexplained share.

    Shape (rows, 2 units + inputs + 2); all but the last as the surrogate says, with nothing for what it does not know.
    """
    replicates = again.replicates.shape[1]
    weights = pair_weights(again.replicates, default_pairing(replicates))
    r, s = np.triu_indices(replicates)

    def weighed(products: Floats) -> Floats:
        return np.einsum("dp,dp->d", products, weights)

    means = again.blocks @ shares.residuals
    unknown = weighed(again.blocks @ shares.rest - means[:, r] * means[:, s])
    closed = np.stack([weighed(again.blocks @ one) for one in shares.sets], axis=1)
    known, of_units, of_others = closed[:, :1], closed[:, 1 : 1 + units], closed[:, 1 + units :]
    total = known - of_others
    both = (total - of_units)[:, :inputs]
    alone = of_units[:, :inputs].sum(axis=1, keepdims=True)
    variance = known[:, 0] + unknown
    return np.concatenate([of_units, total, both, alone, unknown[:, None]], axis=1) / variance[:, None]
