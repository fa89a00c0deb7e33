"""Effects in a study: what changes in an outcome when an input is changed, and how sure that is.

The tables have one row per run, that is per ``point`` and ``replicate``, with inputs and outcomes in columns; ``point``
numbers the rows of the design. Intervals are Student's, over replicates: with common random numbers a replicate gives
one difference, free of the variation that the points share; else points vary independently (Welch).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from twoway.analysis.rounding import significant
from twoway.analysis.statistics.intervals import Floats, percentile_interval, t_quantile

DRAWS = 500
"""Times that points and replicates are drawn again for the interval of a straight-line effect."""
EFFECT = ("outcome", "input", "change", "effect", "low", "high")
"""Columns of a table of effects; ``change`` says from where to where."""


class Cells(NamedTuple):
    """One outcome as an array: the points' inputs (P rows), and ``values`` (P, R), NaN where a run is missing."""

    points: pd.DataFrame
    values: Floats


def cells(table: pd.DataFrame, inputs: Sequence[str], outcome: str) -> Cells:
    """One outcome of a study's table by point and replicate, without points at which it is missing altogether.

    Parameters
    ----------
    table
        A row per run: point, replicate, inputs and outcomes.
    inputs
        Names of the inputs wanted.
    outcome
        Name of the outcome.
    """
    table = table[table[outcome].notna()]
    values = table.pivot(index="point", columns="replicate", values=outcome).astype(float)
    points = table.drop_duplicates("point").set_index("point")[list(inputs)].loc[values.index]
    return Cells(points, values.to_numpy())


class Estimate(NamedTuple):
    """A number with its 95 % interval, NaN where one replicate gives none."""

    value: float
    low: float
    high: float


def contrast(values: Floats, weights: Floats, common_random_numbers: bool) -> Estimate:
    """A weighted sum of the points' means, with its interval.

    Parameters
    ----------
    values
        Outcome by point and replicate, shape (P, R), NaN where a run is missing.
    weights
        Weight of each point, shape (P,).
    common_random_numbers
        Whether the replicates of all points have the same random draws. If so, only replicates without a missing value
        at a point with a weight are used; else points vary independently (Welch).
    """
    used = weights != 0
    some, weights = values[used], weights[used]
    if common_random_numbers:
        each = weights @ some[:, ~np.isnan(some).any(axis=0)]
        if len(each) == 0:
            return Estimate(np.nan, np.nan, np.nan)
        value = float(each.mean())
        if len(each) == 1:
            return Estimate(value, np.nan, np.nan)
        return _student(value, each.var(ddof=1) / len(each), len(each) - 1.0)
    n = (~np.isnan(some)).sum(axis=1)
    if (n == 0).any():
        return Estimate(np.nan, np.nan, np.nan)
    value = float(weights @ np.nanmean(some, axis=1))
    if (n < 2).any():
        return Estimate(value, np.nan, np.nan)
    parts = weights**2 * np.nanvar(some, axis=1, ddof=1) / n
    degrees = parts.sum() ** 2 / max((parts**2 / (n - 1)).sum(), 1e-300)
    return _student(value, parts.sum(), max(degrees, 1.0))


def _student(value: float, variance: float, degrees: float) -> Estimate:
    half = float(t_quantile(degrees) * np.sqrt(variance))
    return Estimate(value, value - half, value + half)


def median_half_width(values: Floats) -> float:
    """Half the width of the 95 % interval of a point's mean, median over the points; *values* (P, R)."""
    n = (~np.isnan(values)).sum(axis=1)
    some = values[n > 1]
    if len(some) == 0:
        return np.nan
    n = n[n > 1]
    widths = t_quantile(n - 1) * np.nanstd(some, axis=1, ddof=1) / np.sqrt(n)
    return float(np.median(widths))


def levels_of(points: pd.DataFrame, field: str) -> list[Any]:
    """The values of an input: numbers in their order, words in the order of the design.

    Parameters
    ----------
    points
        Inputs of the points, a row each in the order of the design.
    field
        Name of the input.
    """
    values = list(dict.fromkeys(points[field]))
    return values if isinstance(values[0], str) else sorted(values)


def _at(points: pd.DataFrame, **where: Any) -> Floats:
    """Weights that average over the points at which inputs have certain values."""
    there = np.logical_and.reduce([(points[field] == value).to_numpy() for field, value in where.items()])
    return there / there.sum()


def is_full_grid(table: pd.DataFrame, inputs: Sequence[str]) -> bool:
    """Whether the finished points are every combination of the inputs' values, each once.

    Parameters
    ----------
    table
        A row per run: point, replicate, inputs and outcomes.
    inputs
        Names of all inputs.
    """
    points = table.drop_duplicates("point")[list(inputs)]
    combinations = int(np.prod([points[field].nunique() for field in inputs], dtype=np.int64))
    return len(points) == combinations and not points.duplicated().any()


def by_level(
    table: pd.DataFrame, inputs: Sequence[str], field: str, outcomes: Sequence[str], common_random_numbers: bool
) -> pd.DataFrame:
    """Mean of each outcome at each value of an input, over all points with that value.

    Parameters
    ----------
    table
        A row per run: point, replicate, inputs and outcomes.
    inputs
        Names of all inputs.
    field
        The input.
    outcomes
        Names of the outcomes.
    common_random_numbers
        Whether the replicates of all points have the same random draws.

    Returns
    -------
    DataFrame
        Columns outcome, value, mean, low, high.
    """
    rows = []
    for outcome in outcomes:
        points, values = cells(table, inputs, outcome)
        for level in levels_of(points, field):
            rows.append((outcome, level, *contrast(values, _at(points, **{field: level}), common_random_numbers)))
    return pd.DataFrame(rows, columns=["outcome", "value", "mean", "low", "high"])


def main_effects(
    table: pd.DataFrame, inputs: Sequence[str], outcomes: Sequence[str], common_random_numbers: bool
) -> pd.DataFrame:
    """Effect of taking each input from its lowest to its highest value (a word: from the first to each other).

    Parameters
    ----------
    table
        A row per run: point, replicate, inputs and outcomes.
    inputs
        Names of all inputs.
    outcomes
        Names of the outcomes.
    common_random_numbers
        Whether the replicates of all points have the same random draws.

    Returns
    -------
    DataFrame
        Columns ``EFFECT``; the effect is an average over the points of the other inputs.
    """
    rows = []
    for outcome in outcomes:
        points, values = cells(table, inputs, outcome)
        for field in inputs:
            first, *others = levels_of(points, field)
            for level in others if isinstance(first, str) else others[-1:]:
                weights = _at(points, **{field: level}) - _at(points, **{field: first})
                change = f"from {_said(first)} to {_said(level)}"
                rows.append((outcome, field, change, *contrast(values, weights, common_random_numbers)))
    return pd.DataFrame(rows, columns=list(EFFECT))


def _said(value: Any) -> str:
    return value if isinstance(value, str) else significant(value, 6)


def differences_from_first(
    table: pd.DataFrame, names: Sequence[str], outcomes: Sequence[str], common_random_numbers: bool
) -> pd.DataFrame:
    """Difference of every other point from the first.

    Parameters
    ----------
    table
        A row per run: point, replicate and outcomes.
    names
        Names of the points of the design, shape (P,).
    outcomes
        Names of the outcomes.
    common_random_numbers
        Whether the replicates of all points have the same random draws.

    Returns
    -------
    DataFrame
        Columns ``EFFECT``; the input is the name of the point.
    """
    rows = []
    for outcome in outcomes:
        points, values = cells(table, [], outcome)
        for place in range(1, len(points)):
            weights = np.zeros(len(points))
            weights[place], weights[0] = 1.0, -1.0
            change = f"from {names[points.index[0]]} to {names[points.index[place]]}"
            name = names[points.index[place]]
            rows.append((outcome, name, change, *contrast(values, weights, common_random_numbers)))
    return pd.DataFrame(rows, columns=list(EFFECT))


def interaction(
    table: pd.DataFrame, inputs: Sequence[str], one: str, other: str, outcome: str, common_random_numbers: bool
) -> tuple[Estimate, Estimate, Estimate]:
    """Effect of one input where the other is lowest, where it is highest, and the difference of the two.

    Parameters
    ----------
    table
        A row per run: point, replicate, inputs and outcomes.
    inputs
        Names of all inputs.
    one
        Input taken from its lowest to its highest value (words: from the first to the last).
    other
        Input at whose ends the effect is estimated.
    outcome
        Name of the outcome.
    common_random_numbers
        Whether the replicates of all points have the same random draws.
    """
    points, values = cells(table, inputs, outcome)
    ones, others = levels_of(points, one), levels_of(points, other)
    weights = [
        _at(points, **{one: ones[-1], other: level}) - _at(points, **{one: ones[0], other: level})
        for level in (others[0], others[-1])
    ]
    low, high = (contrast(values, w, common_random_numbers) for w in weights)
    return low, high, contrast(values, weights[1] - weights[0], common_random_numbers)


class InteriorOptimum(NamedTuple):
    """Where an outcome is highest (or lowest) between the ends of an input, and by how much it passes the nearer end.

    ``beyond`` is positive where it does pass both ends; ``end`` is the one it was compared with.
    """

    level: float
    end: float
    highest: bool
    beyond: Estimate


def interior_optima(
    table: pd.DataFrame, inputs: Sequence[str], field: str, outcome: str, common_random_numbers: bool
) -> tuple[InteriorOptimum, InteriorOptimum] | None:
    """Whether an outcome is highest, and whether it is lowest, between the ends of an input.

    The value in between and the end to compare it with are chosen on every other replicate, and compared on the rest:
    else the choice itself would make a difference.

    Parameters
    ----------
    table
        A row per run: point, replicate, inputs and outcomes.
    inputs
        Names of all inputs.
    field
        The input.
    outcome
        Name of the outcome.
    common_random_numbers
        Whether the replicates of all points have the same random draws.

    Returns
    -------
    tuple or None
        The highest and the lowest inner value; None for words, under 3 values or under 4 replicates.
    """
    points, values = cells(table, inputs, outcome)
    levels = levels_of(points, field)
    if len(levels) < 3 or isinstance(levels[0], str) or values.shape[1] < 4:
        return None
    weights = [_at(points, **{field: level}) for level in levels]
    means = np.array([contrast(values[:, ::2], w, common_random_numbers).value for w in weights])
    turns = []
    for sign in (1.0, -1.0):
        inner = 1 + int(np.argmax(sign * means[1:-1]))
        end = 0 if sign * means[0] >= sign * means[-1] else len(levels) - 1
        beyond = contrast(values[:, 1::2], sign * (weights[inner] - weights[end]), common_random_numbers)
        turns.append(InteriorOptimum(levels[inner], levels[end], sign > 0, beyond))
    return turns[0], turns[1]


def straight_line_effects(
    table: pd.DataFrame,
    inputs: Sequence[str],
    outcomes: Sequence[str],
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Effect of taking each input across its range, all others held, by least squares on the points' means.

    Intervals are from points and replicates drawn again.

    Parameters
    ----------
    table
        A row per run: point, replicate, inputs and outcomes.
    inputs
        Names of all inputs.
    outcomes
        Names of the outcomes.
    ranges
        (low, high) of inputs by name; of others from the lowest to the highest value.

    Returns
    -------
    effects : DataFrame
        Columns ``EFFECT``; ends of intervals are missing where there are too few points.
    explained : dict
        By outcome, the share of the variance between the points' means that straight lines explain, 0..1; missing
        where there are too few points, or where they do not differ.
    """
    rows, explained = [], {}
    for outcome in outcomes:
        points, values = cells(table, inputs, outcome)
        columns, labels = _scaled(points, ranges or {})
        enough = len(points) > len(labels) + 2
        base = np.nanmean(values, axis=1)
        slopes = _slopes(columns, base)
        fitted = columns @ slopes[1:] + slopes[0]
        spread = float(base.var())
        explained[outcome] = 1.0 - float(((base - fitted) ** 2).mean()) / spread if spread > 0 and enough else np.nan
        generator = np.random.default_rng(0)
        draws = []
        for _ in range(DRAWS if enough else 0):
            some = generator.integers(len(points), size=len(points))
            again = generator.integers(values.shape[1], size=values.shape[1])
            drawn = values[some][:, again]
            there = ~np.isnan(drawn).all(axis=1)
            draws.append(_slopes(columns[some][there], np.nanmean(drawn[there], axis=1))[1:])
        low, high = percentile_interval(draws) if draws else np.full((2, len(labels)), np.nan)
        for i, (field, change) in enumerate(labels):
            rows.append((outcome, field, change, slopes[1 + i], low[i], high[i]))
    return pd.DataFrame(rows, columns=list(EFFECT)), explained


def _scaled(points: pd.DataFrame, ranges: Mapping[str, tuple[float, float]]) -> tuple[Floats, list[tuple[str, str]]]:
    """Inputs from 0 to 1 over their range, a column per number and per word but the first, with what each means."""
    columns, labels = [], []
    for field in points.columns:
        first, *others = levels_of(points, field)
        if isinstance(first, str):
            for word in others:
                columns.append((points[field] == word).to_numpy(float))
                labels.append((field, f"from {first} to {word}"))
        elif others:
            low, high = ranges.get(field, (first, others[-1]))
            columns.append((points[field].to_numpy(float) - low) / (high - low))
            labels.append((field, f"from {significant(low, 3)} to {significant(high, 3)}"))
    return np.column_stack(columns), labels


def _slopes(columns: Floats, outcome: Floats) -> Floats:
    design = np.column_stack([np.ones(len(columns)), columns])
    slopes: Floats = np.linalg.lstsq(design, outcome, rcond=None)[0].astype(np.float64)
    return slopes
