"""Sobol' indices: how much of an outcome's variance each input is answerable for, alone and with others.

The design is Saltelli's, as ``SALib.sample.sobol`` writes it: blocks of D + 2 points, or 2 D + 2 where pairs of inputs
are wanted. Estimators: Saltelli et al. 2010 for first order, Jansen 1999 for total, Saltelli 2002 for second order
(all recalled); where both halves of a block are there, both are used. They are written as means over blocks of
products of two runs, so that noise between replicates can be kept out (``resampling.py``) and a bootstrap of a
thousand draws is one matrix product.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from SALib.analyze import sobol as salib

from twoway.experiments.sensitivity.outcome_matrix import Floats, OutcomeMatrix
from twoway.experiments.sensitivity.resampling import (
    Pairing,
    Spread,
    Weights,
    allowance_for,
    default_pairing,
    equal_weights,
    errors,
    interval_columns,
    pair_products,
    pair_weights,
    resampled,
)
from twoway.simulation.errors import InputError

Places = NDArray[np.int64]
LEAST_BLOCKS = 16
"""Base samples below which no bootstrap means anything (assumed)."""


class Blocks(NamedTuple):
    """Places of the points of Saltelli's design: rows of the design for N base samples and D inputs.

    ``a`` and ``b`` (N,) are the two independent samples; ``ab`` (N, D) is a with one input taken from b, ``ba``
    (N, D) the other way round, or None where the design has only the first half.
    """

    inputs: tuple[str, ...]
    a: Places
    b: Places
    ab: Places
    ba: Places | None

    def only(self, keep: NDArray[np.bool_] | slice) -> Blocks:
        """Some of the base samples."""
        ba = None if self.ba is None else self.ba[keep]
        return Blocks(self.inputs, self.a[keep], self.b[keep], self.ab[keep], ba)


def find_blocks(design: pd.DataFrame) -> Blocks | None:
    """The blocks of a numeric design, or None if it is not Saltelli's; every row is compared, not just counted."""
    values, (rows, count) = design.to_numpy(np.float64), design.shape
    for halves in (2, 1):
        size = halves * count + 2
        if rows % size or not rows:
            continue
        start = np.arange(0, rows, size)
        a, b = start, start + size - 1
        ab = start[:, None] + 1 + np.arange(count)
        ba = ab + count if halves == 2 else None
        if _mixed(values, a, b, ab) and (ba is None or _mixed(values, b, a, ba)):
            return Blocks(tuple(map(str, design.columns)), a, b, ab, ba)
    return None


def _mixed(values: Floats, one: Places, other: Places, mixed: Places) -> bool:
    """Whether row j of each block is *one* with input j taken from *other*."""
    own = np.eye(values.shape[1], dtype=bool)
    return bool((values[mixed] == np.where(own, values[other][:, None, :], values[one][:, None, :])).all())


class SobolIndices(NamedTuple):
    """Sobol' indices of one outcome, with the numbers of whole base samples (``blocks``) and of ``replicates``.

    ``indices``: a row per input and index ("first", "total") with ``estimate``, ``low``, ``high``, standard errors
    ``se`` and its parts ``se_design`` and ``se_replicates`` (NaN where replicates are too few to tell), ``salib`` (what
    SALib makes of the means of the replicates, with their noise) and ``one_replicate``, ``lowest_replicate``,
    ``highest_replicate`` (mean, least and greatest over the replicates, each taken by itself).
    ``pairs``: a row per two inputs, ``estimate``, ``low``, ``high`` of what they do beyond what each does alone, and
    ``shown``, whether that is above 0 with an allowance for the number of pairs.
    ``beyond``: a row per input with the same columns, total minus first: what it does together with others.
    ``alone``: sum of all first-order indices, with its interval.
    ``totals``: the total indices resampled, for comparing inputs.
    """

    blocks: int
    replicates: int
    points: int
    indices: pd.DataFrame
    pairs: pd.DataFrame
    beyond: pd.DataFrame
    alone: tuple[float, float, float]
    totals: Spread


def spread(design: Blocks, values: Floats, draws: int, seed: int, with_pairs: bool = True) -> tuple[Floats, Spread]:
    """All indices as they are (K,), and resampled; in the order first, total, pairs.

    Parameters
    ----------
    design
        Whole blocks of Saltelli's design.
    values
        The outcome by point and replicate, shape (points, R).
    draws
        Draws of the bootstrap.
    seed
        Random seed of the bootstrap.
    with_pairs
        Whether second-order indices are wanted; only a design with both halves of its blocks has them.
    """
    blocks, replicates = len(design.a), values.shape[1]
    pairing = default_pairing(replicates)

    def shares(again: Weights) -> Floats:
        return estimates(design, values, again, pairing, with_pairs).shares

    return shares(equal_weights(blocks, replicates))[0], resampled(shares, blocks, replicates, draws, seed)


def sobol(
    design: Blocks, runs: OutcomeMatrix, draws: int = 1000, confidence: float = 0.95, seed: int = 0
) -> SobolIndices:
    """Indices of one outcome with intervals over base samples and replicates; see ``SobolIndices``.

    Parameters
    ----------
    design
        Blocks of Saltelli's design, as ``find_blocks`` finds them.
    runs
        The outcome by point and replicate.
    draws
        Draws of the bootstrap.
    confidence
        Level of the intervals.
    seed
        Random seed of the bootstrap.

    Raises
    ------
    InputError
        If too few base samples have all their runs.
    """
    design, values = whole_blocks(design, runs)
    blocks, replicates, count = len(design.a), values.shape[1], len(design.inputs)
    shares, anew = spread(design, values, draws, seed)
    about = errors(anew, blocks, replicates, confidence)
    each = [
        estimates(design, values[:, [w]], equal_weights(blocks, 1), "common", False).shares[0]
        for w in range(replicates)
    ]
    single = slice(0, 2 * count)
    indices = _names(design).assign(
        **interval_columns(shares[single], about.half[single]),
        se=about.se[single],
        se_design=about.design[single],
        se_replicates=about.replicates[single],
        salib=_salib(design, values.mean(axis=1)),
        one_replicate=np.mean(each, axis=0),
        lowest_replicate=np.min(each, axis=0),
        highest_replicate=np.max(each, axis=0),
    )
    two = list(combinations(design.inputs, 2)) if design.ba is not None else []
    pairs = pd.DataFrame(two, columns=["one", "other"]).assign(
        **interval_columns(shares[2 * count :], about.half[2 * count :])
    )
    firsts, totals = anew.of(slice(0, count)), anew.of(slice(count, 2 * count))
    beyond = pd.DataFrame({"input": design.inputs}).assign(
        **interval_columns(
            shares[count : 2 * count] - shares[:count],
            errors(totals.minus(firsts), blocks, replicates, confidence).half,
        )
    )
    by_itself = float(shares[:count].sum())
    off = float(errors(firsts.summed(), blocks, replicates, confidence).half[0])
    return SobolIndices(
        blocks,
        replicates,
        blocks * points_of_block(design),
        indices,
        _with_shown(pairs, confidence),
        _with_shown(beyond, confidence),
        (by_itself, by_itself - off, by_itself + off),
        totals,
    )


def _with_shown(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """The table with a column ``shown``: estimate above 0 by an interval that allows for the number of rows."""
    wider = allowance_for(len(table), confidence)
    return table.assign(shown=table["estimate"] > wider * (table["high"] - table["estimate"]))


def _names(design: Blocks) -> pd.DataFrame:
    count = len(design.inputs)
    return pd.DataFrame({"input": [*design.inputs] * 2, "index": ["first"] * count + ["total"] * count})


def points_of_block(design: Blocks) -> int:
    """Points of one base sample."""
    return 2 + len(design.inputs) * (1 if design.ba is None else 2)


def convergence(
    design: Blocks, runs: OutcomeMatrix, draws: int = 200, confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """The indices of the first 16, 32, 64 … base samples: how they settle as the study grows.

    Parameters
    ----------
    design
        Blocks of Saltelli's design, as ``find_blocks`` finds them.
    runs
        The outcome by point and replicate.
    draws
        Draws of the bootstrap.
    confidence
        Level of the intervals.
    seed
        Random seed of the bootstrap.

    Returns
    -------
    A row per size, input and index ("first", "total") with the columns ``base_samples``, ``runs``, ``input``,
    ``index``, ``estimate``, ``low``, ``high``; the largest size is the whole study.

    Raises
    ------
    InputError
        If too few base samples have all their runs.
    """
    design, values = whole_blocks(design, runs)
    blocks, replicates = len(design.a), values.shape[1]
    tables = []
    for n in [*(2**k for k in range(4, 20) if 2**k < blocks), blocks]:
        some = design.only(slice(0, n))
        shares, anew = spread(some, values, draws, seed, with_pairs=False)
        half = errors(anew, n, replicates, confidence).half
        size = {"base_samples": n, "runs": n * points_of_block(design) * replicates}
        tables.append(_names(design).assign(**size, **interval_columns(shares, half)))
    return pd.concat(tables, ignore_index=True)


def whole_blocks(design: Blocks, runs: OutcomeMatrix) -> tuple[Blocks, Floats]:
    """The base samples all of whose points have a run, and the values.

    Parameters
    ----------
    design
        Blocks of Saltelli's design.
    runs
        The outcome by point and replicate.

    Returns
    -------
    Those blocks, and the outcome of all points of the study, shape (points, R), to which their places refer.

    Raises
    ------
    InputError
        If fewer than ``LEAST_BLOCKS`` base samples have all their runs.
    """
    bad = runs.empty[design.a] | runs.empty[design.b] | runs.empty[design.ab].any(axis=1)
    if design.ba is not None:
        bad |= runs.empty[design.ba].any(axis=1)
    kept = design.only(~bad)
    if len(kept.a) < LEAST_BLOCKS:
        raise InputError(f"the design has {len(kept.a)} whole base samples; at least {LEAST_BLOCKS} are needed")
    return kept, runs.values


class Estimates(NamedTuple):
    """Variance (draws,) and indices (draws, D first, D total, pairs) of an outcome."""

    variance: Floats
    shares: Floats


def estimates(design: Blocks, values: Floats, again: Weights, pairing: Pairing, with_pairs: bool = True) -> Estimates:
    """Variance and indices under each row of weights.

    Parameters
    ----------
    design
        Whole blocks of Saltelli's design.
    values
        The outcome by point and replicate, shape (points, R).
    again
        Weights of the N blocks and R replicates, a row per draw.
    pairing
        Replicates that the two runs of each product come from.
    with_pairs
        Whether second-order indices are wanted; only a design with both halves of its blocks has them.
    """
    weights = pair_weights(again.replicates, pairing)
    centred = values - np.nanmean(values, axis=0)
    a, b = centred[design.a], centred[design.b]
    r, s = np.triu_indices(values.shape[1])
    means = again.blocks @ (0.5 * (a + b))

    def weighed(products: Floats) -> Floats:
        return np.einsum("dp,dp->d", again.blocks @ products, weights)

    square = again.blocks @ (0.5 * (pair_products(a, a) + pair_products(b, b)))
    variance = np.einsum("dp,dp->d", square - means[:, r] * means[:, s], weights)
    first, total, joint = _terms(design, centred, a, b)
    firsts = np.stack([weighed(term) for term in first], axis=1)
    parts = [firsts, np.stack([weighed(term) for term in total], axis=1)]
    if with_pairs and design.ba is not None:
        one, other = np.triu_indices(len(design.inputs), 1)
        closed = np.stack([weighed(term) for term in joint], axis=1)
        parts.append(closed - firsts[:, one] - firsts[:, other])
    return Estimates(variance, np.concatenate(parts, axis=1) / variance[:, None])


def _terms(
    design: Blocks, centred: Floats, a: Floats, b: Floats
) -> tuple[Iterator[Floats], Iterator[Floats], Iterator[Floats]]:
    """Per block and pair of replicates: what averages to each first-order, total and closed second-order variance."""
    inputs = range(len(design.inputs))
    halves = [(a, b, [centred[design.ab[:, j]] for j in inputs])]
    if design.ba is not None:
        halves.append((b, a, [centred[design.ba[:, j]] for j in inputs]))
    share = 1 / len(halves)
    first = (sum(share * pair_products(o, mixed[j] - x) for x, o, mixed in halves) for j in inputs)
    total = (sum(share * 0.5 * pair_products(x - mixed[j], x - mixed[j]) for x, _, mixed in halves) for j in inputs)
    ab, ba = halves[0][2], halves[-1][2]
    joint = (
        0.5 * (pair_products(ba[j], ab[k]) + pair_products(ba[k], ab[j])) - pair_products(a, b)
        for j, k in combinations(inputs, 2)
    )
    return first, total, joint  # type: ignore[return-value]


def _salib(design: Blocks, means: Floats) -> Floats:
    """First and total indices as SALib gives them for the means of the replicates, shape (2 D,)."""
    inputs = len(design.inputs)
    problem = {"num_vars": inputs, "names": list(design.inputs), "bounds": [[0.0, 1.0]] * inputs}
    halves = [design.ab] if design.ba is None else [design.ab, design.ba]
    order = np.column_stack([design.a, *halves, design.b]).ravel()
    told = salib.analyze(problem, means[order], calc_second_order=design.ba is not None, num_resamples=2, seed=1)
    return np.concatenate([told["S1"], told["ST"]])
