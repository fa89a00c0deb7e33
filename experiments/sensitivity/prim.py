"""Scenario discovery: under which conditions does something happen? "When do conflicted dyads become the majority?"

The patient rule induction method (PRIM: Friedman & Fisher 1999; for scenarios Bryant & Lempert 2010; both recalled):
from the whole space of the inputs a thin slice is peeled off again and again, always the one whose loss makes the rest
richest in cases, which leaves a trajectory of ever smaller boxes. *Coverage* is the share of all cases that lie in the
box, *density* the share of the box's points that are cases. The box with the best balance (harmonic mean) is described.

Some box can always be found. So restrictions that chance explains are dropped (quasi-p-values), the search is made
again on random halves and judged on the other half, and again on outcomes dealt out at random. The peeling stands here
in its own few lines because the known implementation brings plotting windows, warnings at import and forty megabytes
along, and because it is run some hundred times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from twoway.analysis.rounding import significant
from twoway.experiments.sensitivity.morris import find_walks
from twoway.experiments.sensitivity.outcome_matrix import TOLERATED, Floats, numbered, outcome_matrix, repair_sentences
from twoway.experiments.sensitivity.point_pattern import chosen_points
from twoway.experiments.sensitivity.sobol import find_blocks, points_of_block
from twoway.simulation.errors import InputError, listed
from twoway.simulation.parameters.scenario import known_declarations

Truths = NDArray[np.bool_]
PEEL = 0.05
"""Share of the points in a box that is peeled off in one step (the method's usual number; recalled)."""
SMALLEST = 0.05
"""Share of all points that a box keeps at least (the method's usual number; recalled)."""
FEW = 20
"""Cases, and points that are none, below which nothing can be discovered (assumed)."""
HALVES = 20
"""Random halves on which the search is made again."""
LIMITS = ["input", "low", "high", "lowest", "highest", "unit", "declared", "quasi_p", "found_again"]
"""Columns of the table of restrictions."""
CHANCE = 0.05
"""Probability from which on a box or a restriction counts as chance."""


class Box(NamedTuple):
    """Limits by input (D,), infinite where there is none."""

    low: Floats
    high: Floats

    def holds(self, inputs: Floats) -> Truths:
        """Whether each point lies in the box."""
        return np.asarray(((inputs >= self.low) & (inputs <= self.high)).all(axis=1))

    @property
    def restricted(self) -> Truths:
        """Whether each input has a limit."""
        return np.asarray(np.isfinite(self.low) | np.isfinite(self.high))


class Step(NamedTuple):
    """One box of the trajectory, the points in it and the cases among them."""

    box: Box
    points: int
    cases: int


class Discovery(NamedTuple):
    """Conditions under which an outcome meets a condition.

    ``box``: a row per restricted input with ``low``, ``high`` (NaN: no limit), the design's ``lowest`` and
    ``highest``, ``unit``, the ``declared`` range, ``quasi_p`` and ``found_again`` (share of the random halves that
    restrict it, too).
    ``trajectory``: a row per box, ``points``, ``coverage``, ``density``, ``restricted`` (number of inputs),
    ``chosen`` (whether it is the box described). ``found``: one row with coverage and density, on the points the box
    was found with and on other halves, ``base`` (share of cases among all points) and ``chance`` (how often shuffled
    outcomes gave a box as good). ``points``: the design with ``case`` and ``inside``.
    """

    condition: str
    box: pd.DataFrame
    trajectory: pd.DataFrame
    found: pd.DataFrame
    points: pd.DataFrame
    verdict: list[str]
    rests_on: str


def discover(
    design: pd.DataFrame,
    runs: pd.DataFrame,
    outcome: str,
    above: float | None = None,
    below: float | None = None,
    *,
    shuffles: int = 100,
    seed: int = 0,
    tolerated: float = TOLERATED,
    made_by: str | None = None,
) -> Discovery:
    """Find where in a design the mean of an outcome over the replicates is above, or below, a value.

    Parameters
    ----------
    design
        A row per point in the order in which it was sampled, a column per input. The whole design: points that were
        sampled together stay together in the checks. Inputs in words have no limits and are left out of the search,
        which the verdict says.
    runs
        Columns ``point`` (row of the design, from 0), ``replicate`` and the outcomes.
    outcome
        Name of the outcome.
    above, below
        The value; give one of the two.
    shuffles
        Number of searches with the outcomes dealt out at random.
    seed
        Random seed of halves and shuffles.
    tolerated
        Share of failed runs that is filled in.
    made_by
        Kind of the study's design, such as "grid"; None: the points are looked at. The verdict says if they are no
        sample of the space.

    Raises
    ------
    InputError
        If not exactly one value is given, or the tables cannot be analysed.
    """
    if (above is None) == (below is None):
        raise InputError("say either above or below which value the outcome is a case, for example above=0.5")
    if shuffles < 20:
        raise InputError(f"shuffles = {shuffles}; at least 20 are needed to tell a finding from chance")
    everything_varied = numbered(design)
    in_numbers = [name for name in design.columns if pd.api.types.is_numeric_dtype(design[name])]
    if not in_numbers:
        raise InputError("design: every input holds words, for which there is no above and below")
    table, left_out = everything_varied[in_numbers], [str(name) for name in design.columns if name not in in_numbers]
    values = outcome_matrix(everything_varied, runs, outcome, tolerated)
    blocks, walks = find_blocks(everything_varied), find_walks(everything_varied, words=left_out)
    size = points_of_block(blocks) if blocks is not None else 1 if walks is None else walks.moved.shape[1] + 1
    chosen = None if size > 1 else chosen_points(everything_varied, made_by, left_out)
    whole = np.repeat((~values.empty).reshape(-1, size).all(axis=1), size)
    inputs, means = table.to_numpy()[whole], values.means[whole]
    case = means > above if above is not None else means < below  # type: ignore[operator]
    condition = f"{outcome} {'above' if above is not None else 'below'} {above if above is not None else below:g}"
    if min(case.sum(), (~case).sum()) < FEW:
        raise InputError(
            f"{condition} holds in {case.sum()} of {len(case)} points; at least {FEW} on either side are needed. "
            f"{_other_value(means, above, below)}"
        )
    path = peeled(inputs, case)
    box = balanced_box(path, inputs, case)
    inside = box.holds(inputs)
    rng = np.random.default_rng(seed)
    again = pd.DataFrame(list(_on_halves(inputs, case, size, rng)))
    at_random = [_balance_of_best(inputs, _dealt(case, size, rng)) for _ in range(shuffles)]
    balance = _balance(case[inside].sum() / case.sum(), case[inside].mean())
    found = pd.DataFrame(
        {
            "points": [len(case)],
            "cases": [int(case.sum())],
            "base": [case.mean()],
            "coverage": [case[inside].sum() / case.sum()],
            "density": [case[inside].mean()],
            "coverage_unseen": [again["coverage"].mean()],
            "density_unseen": [again["density"].mean()],
            "density_unseen_low": [again["density"].quantile(0.05)],
            "density_unseen_high": [again["density"].quantile(0.95)],
            "chance": [(1 + sum(b >= balance for b in at_random)) / (1 + shuffles)],
        }
    )
    rows = list(_restrictions(box, table, inputs, case, np.stack(again["restricted"].to_list()).mean(axis=0)))
    limits = pd.DataFrame(rows, columns=LIMITS).sort_values("quasi_p", ignore_index=True)
    kept, everything = int(whole.sum()) // size, len(whole) // size
    unit = "points" if size == 1 else "base samples" if blocks is not None else "trajectories"
    words = [*repair_sentences(values, unit, kept, everything), *_sentences(condition, limits, found.iloc[0], shuffles)]
    if chosen:
        words.append(_NO_SAMPLE.format(chosen))
    if left_out:
        words.append(f"Inputs in words have no limits and were left out of the search: {listed(left_out)}.")
    replicates = values.values.shape[1]
    rests_on = (
        f"{len(case):,} points, {replicates} replicate{'s' * (replicates != 1)} each; {int(case.sum()):,} are cases. "
        f"Checked on {HALVES} random halves and {shuffles} shuffled outcomes."
        f"{' The points are chosen, no sample of the space: shares are of these points.' if chosen else ''}"
    )
    points = table[whole].assign(case=case, inside=inside).reset_index(drop=True)
    return Discovery(condition, limits, _trajectory(path, inputs, case, box), found, points, words, rests_on)


_NO_SAMPLE = (
    "The points are no sample of the space of the inputs: they are {}. Density, coverage and every other share here "
    "are shares of these points, and mean the design; they do not say how much of the space is like that. Points of a "
    "Latin hypercube would."
)


def _other_value(means: Floats, above: float | None, below: float | None) -> str:
    """The value nearest to the one that was asked for with enough points on either side, as a sentence."""
    word, asked, sign = ("above", above, 1.0) if above is not None else ("below", below, -1.0)
    levels, counts = np.unique(sign * means, return_counts=True)  # a case lies beyond a level, whatever the side
    beyond = len(means) - counts.cumsum()
    enough = np.flatnonzero((beyond >= FEW) & (len(means) - beyond >= FEW))
    if asked is None or not len(enough):
        return "No value has so many, so run more points."
    level = enough[0] if sign * asked < levels[enough[0]] else enough[-1]
    value = sign * _plainest(float(levels[level]), float(levels[level + 1]))
    return f"The nearest value with so many is {significant(value, 15)}: {word} it are {beyond[level]} points"


def _plainest(low: float, high: float) -> float:
    """The number from *low* up to, but not, *high* that has the fewest digits.

    >>> _plainest(0.31234, 0.31419)
    0.313
    """
    for digits in range(1, 17):
        value = float(f"{(low + high) / 2:.{digits}g}")
        if low <= value < high:
            return value
    return low


def peeled(inputs: Floats, case: Truths) -> list[Step]:
    """The trajectory of boxes, from the whole space to the smallest or purest.

    Parameters
    ----------
    inputs
        Inputs of the points, shape (N, D).
    case
        Whether each point is a case, shape (N,).
    """
    count = inputs.shape[1]
    box = Box(np.full(count, -np.inf), np.full(count, np.inf))
    path, inside, hits = [Step(box, len(case), int(case.sum()))], inputs, case
    while hits.mean() < 1:
        low, high = np.quantile(inside, [PEEL, 1 - PEEL], axis=0)
        least, most = inside.min(axis=0), inside.max(axis=0)
        above = np.where(low > least, inside >= low, inside > least)
        under = np.where(high < most, inside <= high, inside < most)
        keep = np.stack([under, above], axis=2).reshape(len(inside), -1)
        sizes = keep.sum(axis=0)
        allowed = (sizes >= SMALLEST * len(inputs)) & (sizes < len(inside))
        if not allowed.any():
            break
        density = hits.astype(np.float64) @ keep / np.maximum(sizes, 1)
        gain = np.where(allowed, (density - hits.mean()) * len(inside) / np.maximum(len(inside) - sizes, 1), -np.inf)
        ties = np.isclose(gain, gain.max(), rtol=1e-9, atol=0)
        best = int((ties * (1 + np.repeat(box.restricted, 2))).argmax())  # of equal gains the simplest box
        j, kept = best // 2, keep[:, best]
        inside, hits = inside[kept], hits[kept]
        lows, highs = box.low.copy(), box.high.copy()
        if best % 2:
            lows[j] = inside[:, j].min()
        else:
            highs[j] = inside[:, j].max()
        box = Box(lows, highs)
        path.append(Step(box, len(hits), int(hits.sum())))
    return path


def balanced_box(path: list[Step], inputs: Floats, case: Truths) -> Box:
    """The box with the best balance of coverage and density, without the restrictions that chance explains.

    Parameters
    ----------
    path
        Trajectory of boxes, the whole space first.
    inputs
        Inputs of the points that were peeled, shape (N, D).
    case
        Whether each point is a case, shape (N,).
    """
    box = max(path, key=lambda step: _balance(step.cases / path[0].cases, step.cases / step.points)).box
    while box.restricted.any():
        doubtful = {j: _quasi_p(box, j, inputs, case) for j in np.flatnonzero(box.restricted).tolist()}
        worst = max(doubtful, key=lambda j: doubtful[j])
        if doubtful[worst] < CHANCE:
            break
        box = _without(box, worst)
    return box


def _without(box: Box, j: int) -> Box:
    """The box without a limit on input j."""
    low, high = box.low.copy(), box.high.copy()
    low[j], high[j] = -np.inf, np.inf
    return Box(low, high)


def _quasi_p(box: Box, j: int, inputs: Floats, case: Truths) -> float:
    """Probability of the cases in the box if its limit on input j did nothing (Bryant & Lempert 2010; recalled).

    Quasi, since the limit was chosen to make it small, and points are taken as independent.
    """
    wider, inside = case[_without(box, j).holds(inputs)], case[box.holds(inputs)]
    return float(binom.sf(inside.sum() - 1, len(inside), wider.mean()))


def _balance(coverage: float, density: float) -> float:
    return 2 * coverage * density / (coverage + density) if coverage + density else 0.0


def _balance_of_best(inputs: Floats, case: Truths) -> float:
    inside = case[balanced_box(peeled(inputs, case), inputs, case).holds(inputs)]
    return _balance(inside.sum() / case.sum(), inside.mean())


def _dealt(case: Truths, size: int, rng: np.random.Generator) -> Truths:
    """The outcomes dealt out to other points, in whole blocks."""
    return rng.permutation(case.reshape(-1, size)).ravel()


def _on_halves(inputs: Floats, case: Truths, size: int, rng: np.random.Generator) -> Iterator[dict[str, object]]:
    """The search on random halves (of blocks), judged on the other halves."""
    number = len(case) // size
    for _ in range(HALVES):
        mine = np.repeat(rng.permutation(number) < number // 2, size)
        box = balanced_box(peeled(inputs[mine], case[mine]), inputs[mine], case[mine])
        unseen = case[~mine][box.holds(inputs[~mine])]
        yield {
            "coverage": unseen.sum() / max(case[~mine].sum(), 1),
            "density": unseen.mean() if len(unseen) else np.nan,
            "restricted": box.restricted,
        }


def _trajectory(path: list[Step], inputs: Floats, case: Truths, box: Box) -> pd.DataFrame:
    inside = case[box.holds(inputs)]
    steps = [*((step, False) for step in path), (Step(box, len(inside), int(inside.sum())), True)]
    return pd.DataFrame(
        [(s.points, s.cases / case.sum(), s.cases / s.points, int(s.box.restricted.sum()), mine) for s, mine in steps],
        columns=["points", "coverage", "density", "restricted", "chosen"],
    )


def _restrictions(
    box: Box, design: pd.DataFrame, inputs: Floats, case: Truths, again: Floats
) -> Iterator[dict[str, object]]:
    known = known_declarations()
    for j in np.flatnonzero(box.restricted).tolist():
        name, column = design.columns[j], inputs[:, j]
        declared = known.get(name)
        yield {
            "input": name,
            "low": box.low[j] if np.isfinite(box.low[j]) else np.nan,
            "high": box.high[j] if np.isfinite(box.high[j]) else np.nan,
            "lowest": column.min(),
            "highest": column.max(),
            "unit": declared.unit if declared else "",
            "declared": f"{declared.low:g} to {declared.high:g}" if declared else "",
            "quasi_p": _quasi_p(box, j, inputs, case),
            "found_again": float(again[j]),
        }


def _limit(row: pd.Series) -> str:
    """One restriction in words, with unit, the range that was studied and the one that is declared."""
    low, high = row["low"], row["high"]
    if np.isnan(low):
        said = f"at most {significant(high, 3)}"
    elif np.isnan(high):
        said = f"at least {significant(low, 3)}"
    else:
        said = f"from {significant(low, 3)} to {significant(high, 3)}"
    about = [row["unit"], f"studied from {significant(row['lowest'])} to {significant(row['highest'])}"]
    about += [f"declared range {row['declared']}"] if row["declared"] else []
    return f"{row['input']} is {said} ({'; '.join(filter(None, about))})"


def _sentences(condition: str, limits: pd.DataFrame, found: pd.Series, shuffles: int) -> Iterator[str]:
    yield f"{condition}: so in {found['cases']:.0f} of {found['points']:,.0f} points ({found['base']:.0%})."
    if limits.empty:
        yield "No conditions were found under which it is more frequent than elsewhere."
        return
    chance = (
        f"outcomes dealt out at random gave a box as good in {found['chance'] * (1 + shuffles) - 1:.0f} of {shuffles}"
    )
    if found["chance"] > CHANCE or found["density_unseen"] <= found["base"]:
        yield (
            f"There is a box with a density of {found['density']:.0%}, but it is no finding: {chance} tries, and in "
            f"halves it was not made from the density is {found['density_unseen']:.0%} where {found['base']:.0%} is "
            "the rule."
        )
        return
    yield f"It is so above all where {listed(_limit(row) for _, row in limits.iterrows())}."
    yield (
        f"There, {found['density']:.0%} of the points are cases (density), and these are {found['coverage']:.0%} of "
        "all cases (coverage)."
    )
    yield (
        f"In halves of the points that it was not made from, density is {found['density_unseen']:.0%} "
        f"({found['density_unseen_low']:.0%} to {found['density_unseen_high']:.0%}) and coverage "
        f"{found['coverage_unseen']:.0%}; {chance} tries. So the box is not an accident of this sample."
    )
    shaky = limits[limits["found_again"] < 0.5]
    if len(shaky):
        yield (
            f"Do not build on {listed(shaky['input'])}: most random halves do without a limit there. The limits "
            "themselves are to be read as about so much."
        )
    if found["coverage"] < 0.5:
        yield "More than half of the cases lie outside this box: there are other ways to the same end."
