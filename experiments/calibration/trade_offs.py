"""Trade-offs: which facts of the calibration stand against each other, where numbers no longer go together.

The posterior sample keeps what meets most facts together, and so hides what it had to give up. Here each number is
drawn from its own posterior, apart from all others: the points lie where the model works, and none was chosen for what
it meets. Where a part is seldom met, the table says which other part goes down when it goes up.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from twoway.analysis.figures.trade_offs import trade_off_figure
from twoway.analysis.narrative.words.grammar import counted, decimal, percent
from twoway.analysis.render.document import Table
from twoway.experiments.calibration.evaluate import FactPoint, evaluate_points, seeds
from twoway.experiments.calibration.posterior import shipped_posterior
from twoway.experiments.calibration.targets import Targets, facts_used, targets
from twoway.experiments.results.result import Result, derived
from twoway.experiments.validation.scoreboard import PAIRS, accepted_range
from twoway.simulation.errors import InputError, listed

Floats = NDArray[np.float64]
SELDOM = 0.5
"""Share of points below which a part counts as seldom met."""
LEAST_POINTS = 40
"""Points below which nothing can be said about which parts go together."""
DOUBT = 0.05
"""Probability that any of the pairs looked at would be named if no parts stood against each other (Bonferroni)."""


def shuffled(sample: pd.DataFrame, points: int, seed: int) -> pd.DataFrame:
    """Points of which every number is drawn from its own column of a sample, apart from all others.

    Parameters
    ----------
    sample
        A row per draw, a column per number.
    points
        Number of points.
    seed
        Random seed, from 0.
    """
    chance = np.random.default_rng(seeds(seed, "trade-offs", 1)[0])
    rows = chance.integers(len(sample), size=(points, sample.shape[1]))
    return pd.DataFrame(np.take_along_axis(sample.to_numpy(), rows, axis=0), columns=sample.columns)


def room(values: Floats, goal: Targets) -> Floats:
    """How far inside its accepted range each part is, below 0 how far outside.

    Parameters
    ----------
    values
        Values of the parts, shape (n, m).
    goal
        Parts and their accepted ranges.

    Returns
    -------
    In each part's unit, shape (n, m).
    """
    inside: Floats = np.minimum(values - goal.low, goal.high - values)
    return inside


def opposed(values: pd.DataFrame, goal: Targets) -> pd.DataFrame:
    """Of every part that is seldom met, the part that stands most against it.

    Parameters
    ----------
    values
        Value of each part (``fact: part``) at each point.
    goal
        Parts and their accepted ranges.

    Returns
    -------
    DataFrame
        A row per part that less than half of the points meet, the most seldom first: part, unit, low, high, met (share
        of points), other, other_unit, other_low, other_high, correlation (rank correlation of how far inside their
        ranges both are, negative), met_with and met_without (share of the points that meet the other, among those that
        meet the part and among all others). ``other`` is empty where no part of another fact stands against it more
        than chance would have it.
    """
    inside = room(values[list(goal.names)].to_numpy(), goal)
    n, m = inside.shape
    met = inside >= 0
    ranks = np.apply_along_axis(rankdata, 0, np.nan_to_num(inside, nan=-np.inf))
    with np.errstate(invalid="ignore", divide="ignore"):
        together = np.nan_to_num(np.corrcoef(ranks, rowvar=False))
    seldom = [int(p) for p in np.argsort(met.mean(axis=0), kind="stable") if met[:, p].mean() < SELDOM]
    rows = []
    for p in seldom:
        own = goal.names[p].split(":")[0]
        rivals = [q for q in range(m) if goal.names[q].split(":")[0] != own and 0 < met[:, q].mean()]
        least = -_critical(n, max(1, len(rivals) * len(seldom)))
        q = min(rivals, key=lambda rival: together[p, rival], default=p)
        against = q != p and together[p, q] < least
        has = met[:, p]
        row = {
            "part": goal.names[p],
            "unit": goal.units[p],
            "low": goal.low[p],
            "high": goal.high[p],
            "met": has.mean(),
            "other": "",
            "other_unit": "",
        }
        if against:
            row |= {
                "other": goal.names[q], "other_unit": goal.units[q], "other_low": goal.low[q],
                "other_high": goal.high[q], "correlation": together[p, q], "met_without": met[~has, q].mean(),
                "met_with": met[has, q].mean() if has.any() else np.nan,
            }  # fmt: skip
        rows.append(row)
    columns = ["part", "unit", "low", "high", "met", "other", "other_unit", "other_low", "other_high", "correlation",
               "met_with", "met_without"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def check_points(points: int) -> None:
    """Refuse too few points, unless none are wanted; ``InputError``."""
    if points and points < LEAST_POINTS:
        raise InputError(f"trade-offs: {points} points cannot say which facts go together; {LEAST_POINTS} at least")


def _critical(points: int, looked_at: int) -> float:
    """Rank correlation that chance alone passes in one of *looked_at* pairs with probability ``DOUBT``."""
    return float(np.tanh(ndtri(1 - DOUBT / looked_at) / np.sqrt(max(points - 3, 1))))


def _sentences(pairs: pd.DataFrame, points: int) -> Iterator[str]:
    yield (
        f"At {counted(points, 'point')} of which each number is drawn from its own posterior, apart from all others, "
        f"{counted(len(pairs), 'part')} of the facts aimed at {'is' if len(pairs) == 1 else 'are'} met by less than "
        f"half: {listed([f'{row.part} ({percent(row.met)})' for row in pairs.itertuples()])}."
        if len(pairs)
        else f"At {counted(points, 'point')} every part of the facts aimed at is met by at least half."
    )
    for row in pairs[pairs["other"] != ""].itertuples():
        against = f"{row.part} stands most against {row.other}"
        yield (
            f"{against}: the further the one is inside its range, the less the other is (rank correlation "
            f"{decimal(row.correlation)}). Of the points that meet the one {percent(row.met_with)} meet the other, of "
            f"those that do not {percent(row.met_without)}."
            if pd.notna(row.met_with)
            else f"{against} (rank correlation {decimal(row.correlation)}): no point meets the one, and "
            f"{percent(row.met_without)} meet the other."
        )
    alone = list(pairs[pairs["other"] == ""]["part"])
    if alone:
        yield (
            f"At {counted(points, 'point')} no part of another fact is seen to stand against {listed(alone)}: what "
            "keeps it from being met more often may be the model alone."
        )


def trade_off_table(pairs: pd.DataFrame) -> Table:
    """The parts that are seldom met, for a reader."""
    rows = tuple(
        (
            row.part,
            accepted_range(row.low, row.high),
            percent(row.met),
            row.other or "none",
            decimal(row.correlation) if row.other else "",
            f"{percent(row.met_with)} / {percent(row.met_without)}" if row.other and pd.notna(row.met_with) else "",
        )
        for row in pairs.itertuples()
    )
    return Table(
        ("part", "accepted", "met by", "stands against", "rank correlation", "which is met with / without"), rows
    )


@derived("trade-offs")
def trade_offs(points: int, seed: int, replicates: int, threads: int = 2, progress: bool = False) -> Result:
    """Which parts of the facts aimed at are seldom met, and which others stand against them.

    Parameters
    ----------
    points
        Number of points, at least 40.
    seed
        Random seed, from 0.
    replicates
        Replicates of 16 dyads in each condition and point.
    threads
        Number of worker processes.
    progress
        Whether to show a bar.

    Returns
    -------
    A result with the tables "pairs" (``opposed``) and "points" (every part at every point; the first row is the
    defaults, which are not among the points).

    Raises
    ------
    InputError
        If the points are too few.
    """
    check_points(points)
    drawn, names, goal = shuffled(shipped_posterior(), points, seed), facts_used(), targets()
    numbers = [(), *(tuple((name, float(v)) for name, v in row.items()) for _, row in drawn.iterrows())]
    own = seeds(seed, "trade-offs: points", points + 1)
    asked = [FactPoint(one, names, s, replicates) for one, s in zip(numbers, own, strict=True)]
    values = evaluate_points(asked, "trade-offs", threads, progress)
    pairs = opposed(values.iloc[1:], goal)
    rests_on = f"{counted(points, 'point')}, {PAIRS * replicates} dyads per condition and point, seed {seed}"
    figures = {"trade-offs": lambda: trade_off_figure(pairs, values, rests_on)} if (pairs["other"] != "").any() else {}
    return Result(
        {"pairs": pairs, "points": values}, figures, tuple(_sentences(pairs, points)), (trade_off_table(pairs),)
    )
