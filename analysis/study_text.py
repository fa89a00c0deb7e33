"""What a study answers, in sentences a social scientist could defend: every one carries its interval.

A change is called a rise or a fall only if its 95 % interval leaves zero out; otherwise the sentence says how large
it may still be.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from twoway.analysis.rounding import significant
from twoway.analysis.statistics.effects import Estimate, InteriorOptimum, interaction, interior_optima
from twoway.simulation.columns import Column
from twoway.simulation.errors import listed

FEW = 10
"""Replicates below which sentences warn that intervals are rough."""
LARGEST = 5
"""Settled effects of many inputs on an outcome that have a sentence each: the largest ones."""


def amount(value: float, column: Column, signed: bool = False) -> str:
    """A number of an outcome in words: shares in percentage points, others with two significant figures.

    Parameters
    ----------
    value
        Value of the outcome, or a change of it, in the outcome's unit; a share is from 0 to 1.
    column
        The outcome.
    signed
        Whether a positive number has its sign.

    Examples
    --------
    >>> amount(0.123, Column("friendly", "share of dyads", "dyads"))
    '12.3'
    """
    if in_points(column):
        return f"{round(value * 100, 1) + 0.0:{'+' if signed else ''}.1f}"
    return significant(value, 2, signed)


def in_points(column: Column) -> bool:
    """Whether an outcome is a share and its changes are percentage points."""
    return column.unit.startswith("share")


def changed_by(estimate: Estimate, column: Column) -> str:
    """A change with unit and interval, as the middle of a sentence.

    Parameters
    ----------
    estimate
        The change, in the outcome's unit, with its interval.
    column
        The outcome.
    """
    unit = "percentage points" if in_points(column) else column.unit
    if np.isnan(estimate.low):
        return f"{amount(estimate.value, column, True)} {unit} (no interval: too few replicates)"
    low, high = amount(estimate.low, column, True), amount(estimate.high, column, True)
    return f"{amount(estimate.value, column, True)} {unit} (95 % interval {low} to {high})"


def is_settled(estimate: Estimate) -> bool:
    """Whether the interval leaves zero out."""
    return bool(estimate.low > 0 or estimate.high < 0)


def phrase(column: Column) -> str:
    """An outcome as the subject of a sentence."""
    if column.unit == "share of dyads":
        return f"the share of {column.meaning}"
    name = column.name.replace("_", " ")
    return f"{name} ({column.meaning.partition(';')[0]})"


def plain_name(field: str) -> str:
    """An input's name without its section.

    >>> plain_name("learning.negativity_weight")
    'negativity weight'
    """
    return field.rpartition(".")[2].replace("_", " ")


def effect_sentence(row: Mapping[Hashable, object], column: Column, over: str = "") -> str:
    """One effect as a sentence.

    Parameters
    ----------
    row
        Row of a table of effects: ``input``, ``change``, ``effect``, ``low`` and ``high``.
    column
        The outcome.
    over
        What the effect is averaged over, as it follows the outcome, such as ", on average over the values of control".
    """
    estimate = Estimate(*(float(str(row[part])) for part in ("effect", "low", "high")))
    what = f"Taking {plain_name(str(row['input']))} {row['change']}"
    by = changed_by(estimate, column)
    if is_settled(estimate):
        verb = "raises" if estimate.value > 0 else "lowers"
        return f"{what} {verb} {phrase(column)}{over}: {by}."
    return f"{what} has no settled effect on {phrase(column)}{over}: {by}."


def grid_answers(
    table: pd.DataFrame,
    effects: pd.DataFrame,
    inputs: Sequence[str],
    outcomes: Sequence[Column],
    common_random_numbers: bool,
) -> Iterator[str]:
    """Sentences on main effects, turning points and, of two inputs, their interplay; most on the first outcome.

    Parameters
    ----------
    table
        A row per run of a full grid: point, replicate, the inputs and the outcomes.
    effects
        Main effects, with the columns ``twoway.analysis.statistics.effects.EFFECT``.
    inputs
        Names of the inputs.
    outcomes
        Columns of the outcomes.
    common_random_numbers
        Whether the replicates of all points have the same random draws.
    """
    for place, column in enumerate(outcomes):
        for row in effects[effects["outcome"] == column.name].to_dict("records"):
            others = [plain_name(f) for f in inputs if f != row["input"]]
            over = f", on average over the values of {listed(others)}" if others else ""
            yield effect_sentence(row, column, over)
        for field in inputs:
            turns = interior_optima(table, inputs, field, column.name, common_random_numbers)
            if turns is not None:
                yield from _turns_said(field, turns, column, place == 0)
        words = any(isinstance(value, str) for field in inputs for value in table[field].head(1))
        if len(inputs) == 2 and place == 0 and not words:
            yield _interaction_sentence(table, inputs, column, common_random_numbers)


def _turns_said(
    field: str, turns: tuple[InteriorOptimum, InteriorOptimum], column: Column, also_without: bool
) -> Iterator[str]:
    """Whether there is an optimum between the ends of an input."""
    name, found = plain_name(field), [turn for turn in turns if turn.beyond.low > 0]
    for turn in found:
        word, side = ("highest", "above") if turn.highest else ("lowest", "below")
        yield (
            f"Between the ends of {name} {phrase(column)} is {word}, near {significant(turn.level, 6)}: {side} the end "
            f"at {significant(turn.end, 6)} by {changed_by(turn.beyond, column).lstrip('+')}; the place was chosen on "
            "one half of the replicates, the difference taken from the other."
        )
    if not found and also_without:
        most = max(turn.beyond.high for turn in turns)
        if most <= 0:
            yield f"There is no optimum between: {phrase(column)} is highest at one end of {name}, lowest at the other."
        else:
            unit = "percentage points" if in_points(column) else column.unit
            yield (
                f"No optimum of {phrase(column)} between the ends of {name} is settled; if there is one, it passes the "
                f"ends by less than {amount(most, column)} {unit}."
            )


def _interaction_sentence(
    table: pd.DataFrame, inputs: Sequence[str], column: Column, common_random_numbers: bool
) -> str:
    """Whether the effect of the first input depends on the second."""
    one, other = inputs
    low, high, difference = interaction(table, inputs, one, other, column.name, common_random_numbers)
    ends = (
        f"{changed_by(low, column)} where {plain_name(other)} is lowest, {changed_by(high, column)} where it is highest"
    )
    if is_settled(difference):
        return (
            f"The two do not simply add up: the effect of {plain_name(one)} on {phrase(column)} is {ends}; "
            f"the difference is {changed_by(difference, column)}."
        )
    return (
        f"That the effect of {plain_name(one)} on {phrase(column)} depends on {plain_name(other)} is not settled: "
        f"it is {ends}; the difference is {changed_by(difference, column)}."
    )


def difference_answers(effects: pd.DataFrame, outcomes: Sequence[Column], base: str) -> Iterator[str]:
    """Sentences on what each point changes, compared with one of them.

    Parameters
    ----------
    effects
        Differences between points, with the columns ``twoway.analysis.statistics.effects.EFFECT``; ``input`` is the
        name of the point.
    outcomes
        Columns of the outcomes.
    base
        Name of the point they are compared with, such as "the baseline".
    """
    for column in outcomes:
        for row in effects[effects["outcome"] == column.name].to_dict("records"):
            estimate = Estimate(row["effect"], row["low"], row["high"])
            by, name = changed_by(estimate, column), row["input"]
            if is_settled(estimate):
                word = "higher" if estimate.value > 0 else "lower"
                yield f"With '{name}' {phrase(column)} is {word} than at {base}: {by}."
            else:
                yield f"Between '{name}' and {base} no difference in {phrase(column)} is settled: {by}."


def sorted_answers(effects: pd.DataFrame, explained: Mapping[str, float], outcomes: Sequence[Column]) -> Iterator[str]:
    """Sentences on the inputs that matter most, on those without a settled effect, and on the fit of straight lines.

    Parameters
    ----------
    effects
        Effects of many inputs, with the columns ``twoway.analysis.statistics.effects.EFFECT``.
    explained
        By outcome: share of the variance between the points' means that straight lines explain; NaN with too few
        points.
    outcomes
        Columns of the outcomes.
    """
    for column in outcomes:
        rows = effects[effects["outcome"] == column.name]
        sure = rows[(rows["low"] > 0) | (rows["high"] < 0)]
        sure = sure.loc[sure["effect"].abs().sort_values(ascending=False, kind="stable").index]
        for row in sure.head(LARGEST).to_dict("records"):
            yield effect_sentence(row, column, ", all else as it comes")
        rest = list(dict.fromkeys(plain_name(f) for f in rows["input"] if f not in set(sure["input"])))
        if len(sure) > LARGEST:
            less = list(dict.fromkeys(plain_name(f) for f in sure["input"].iloc[LARGEST:]))
            yield f"Smaller but settled effects on {phrase(column)}: {listed(less)}."
        if rest:
            yield f"No effect on {phrase(column)} is settled for {listed(rest)}; the figure shows how large it may be."
        share = explained[column.name]
        if np.isfinite(share):
            yield (
                f"Straight lines explain {share:.0%} of how {phrase(column)} differs between the points; the rest is "
                "bends, interplay of inputs, and random variation."
            )


def rests_on(
    points: int,
    replicates: int,
    dyads: str,
    runs: int,
    failed: int,
    missing: int,
    common_random_numbers: bool,
    intervals: str,
) -> str:
    """What the answers rest on, in words.

    Parameters
    ----------
    points
        Number of points of the study.
    replicates
        Number of replicates of each point.
    dyads
        Dyads of one run, in words, such as "16 dyads of 1 centre".
    runs, failed, missing
        Number of runs that finished, that failed, and that have not been done.
    common_random_numbers
        Whether the replicates of all points have the same random draws.
    intervals
        Kind of the intervals, in words, such as "Student's, over replicates".
    """
    same = "the same people and random draws at every point"
    draws = same if common_random_numbers else "other random draws at every point"
    made = f"{points} points, {replicates} replicate{'s' * (replicates != 1)} each, {dyads} a run, {draws}"
    lost = f"{runs} runs finished, {failed} failed, {missing} missing"
    few = " With so few replicates the intervals are rough." if replicates < FEW else ""
    return f"Rests on {made}: {lost}. Intervals: 95 %, {intervals}.{few}"
