"""Morris screening: which inputs matter at all, from few runs (Morris 1991; Campolongo et al. 2007; both recalled).

The design walks through the inputs' ranges, one input at a time; each step gives an *elementary effect*, the change
of the outcome per whole range of the input. ``mu`` is their mean, ``mu_star`` the mean of their sizes, ``sigma`` how
much they differ: an input whose effect depends on where the others stand, or that is not linear, has a large sigma.

Noise between replicates makes every effect look larger and more varied than it is. So the size of an effect is taken
from some replicates and its sign from the others, and sigma from products of different replicates
(``twoway.experiments.sensitivity.resampling``): an input without effect has a mean mu_star of 0, not of the noise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.experiments.sensitivity.outcome_matrix import Floats, OutcomeMatrix
from twoway.experiments.sensitivity.resampling import (
    Spread,
    Weights,
    default_pairing,
    equal_weights,
    errors,
    interval_columns,
    pair_products,
    pair_weights,
    resampled,
)
from twoway.simulation.errors import InputError

LEAST_WALKS = 4
"""Trajectories below which nothing can be said about how effects differ (assumed)."""


class Walks(NamedTuple):
    """Trajectories: step s of walk t goes from row t (D + 1) + s to the next and moves input ``moved[t, s]``."""

    inputs: tuple[str, ...]
    moved: NDArray[np.int64]
    step: Floats
    """Steps (T, D), in shares of the moved input's range, with their sign."""


def find_walks(
    design: pd.DataFrame, ranges: Mapping[str, tuple[float, float]] | None = None, words: Collection[str] = ()
) -> Walks | None:
    """The trajectories of a numeric design, or None if it does not consist of them.

    Parameters
    ----------
    design
        A row per point, a numeric column per input.
    ranges
        Lowest and highest value by input; of an input that is not named, those that occur in the design.
    words
        Inputs whose numbers stand for words. Every change of theirs is one whole step: words have no distance.
    """
    values, (rows, count) = design.to_numpy(np.float64), design.shape
    if rows % (count + 1) or not rows:
        return None
    steps = np.diff(values.reshape(-1, count + 1, count), axis=1)
    changed = steps != 0
    if not ((changed.sum(axis=2) == 1).all() and (changed.sum(axis=1) == 1).all()):
        return None
    moved = changed.argmax(axis=2)
    names = tuple(map(str, design.columns))
    spans = np.ptp(values, axis=0)
    for j, name in enumerate(names):
        if ranges and name in ranges:
            spans[j] = ranges[name][1] - ranges[name][0]
    step = np.take_along_axis(steps, moved[:, :, None], axis=2)[:, :, 0] / spans[moved]
    for j, name in enumerate(names):
        if name in words:  # from one word to another is one step, wherever they stand in the alphabet
            step[moved == j] = np.sign(step[moved == j])
    return Walks(names, moved, step)


class MorrisIndices(NamedTuple):
    """Screening of one outcome: a row per input in ``effects``; ``mu_stars`` are the sizes, resampled.

    Columns ``mu``, ``mu_star`` and ``sigma``, each with ``_low`` and ``_high``, in units of the outcome per whole
    range, and ``plain_mu_star``, ``plain_sigma`` (from the means of the replicates, their noise included).
    """

    walks: int
    replicates: int
    points: int
    effects: pd.DataFrame
    mu_stars: Spread


def morris(
    walks: Walks, runs: OutcomeMatrix, draws: int = 1000, confidence: float = 0.95, seed: int = 0
) -> MorrisIndices:
    """Elementary effects of one outcome with intervals over trajectories and replicates; see ``MorrisIndices``.

    Parameters
    ----------
    walks
        Trajectories, as ``find_walks`` finds them in a design.
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
        If too few trajectories have all their runs.
    """
    count, replicates = len(walks.inputs), runs.values.shape[1]
    values = runs.values.reshape(-1, count + 1, replicates)
    kept = ~np.isnan(values).any(axis=(1, 2))
    if kept.sum() < LEAST_WALKS:
        raise InputError(f"the design has {kept.sum()} whole trajectories; at least {LEAST_WALKS} are needed")
    by_step = np.diff(values[kept], axis=1) / walks.step[kept][:, :, None]
    effects = np.take_along_axis(by_step, np.argsort(walks.moved[kept], axis=1)[:, :, None], axis=1)
    number = len(effects)
    spread = resampled(partial(_screened, effects), number, replicates, draws, seed)
    at, half = (
        _screened(effects, equal_weights(number, replicates))[0],
        errors(spread, number, replicates, confidence).half,
    )
    means = effects.mean(axis=2)
    table = pd.DataFrame({"input": walks.inputs})
    for i, name in enumerate(("mu", "mu_star", "sigma")):
        own = slice(i * count, (i + 1) * count)
        table = table.assign(**interval_columns(at[own], half[own], (name, f"{name}_low", f"{name}_high")))
    table = table.assign(
        plain_mu_star=np.abs(means).mean(axis=0),
        plain_sigma=means.std(axis=0, ddof=1),
    )
    return MorrisIndices(number, replicates, number * (count + 1), table, spread.of(slice(count, 2 * count)))


def _screened(effects: Floats, again: Weights) -> Floats:
    """mu, mu_star and sigma (draws, 3 D) from effects (T, D, R) under each row of weights."""
    number, count, replicates = effects.shape
    if replicates > 1:
        others = (effects.sum(axis=2, keepdims=True) - effects) / (replicates - 1)
        sizes = np.sign(others) * effects
    else:
        sizes = np.abs(effects)
    weights = pair_weights(again.replicates, default_pairing(replicates))
    r, s = np.triu_indices(replicates)
    parts: list[list[Floats]] = [[], [], []]
    for j in range(count):
        means = again.blocks @ effects[:, j]
        square = again.blocks @ pair_products(effects[:, j], effects[:, j])
        variance = np.einsum("dp,dp->d", square - means[:, r] * means[:, s], weights) * number / (number - 1)
        parts[0].append(np.einsum("dr,dr->d", means, again.replicates))
        parts[1].append(np.einsum("dr,dr->d", again.blocks @ sizes[:, j], again.replicates))
        parts[2].append(np.sqrt(np.maximum(variance, 0.0)))
    return np.stack([*parts[0], *parts[1], *parts[2]], axis=1)
