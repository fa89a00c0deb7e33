"""The outcome matrix of a study: one outcome by point and replicate, checked before it is analysed.

An analysis of a study begins with two tables: the *design*, one row per point with the inputs as columns, and the
*runs*, with ``point`` (row of the design, from 0), ``replicate`` and one column per outcome. Faults that could silently
spoil an analysis are refused or repaired here, and repairs are counted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.rounding import significant
from twoway.simulation.errors import InputError, listed, nearest

Floats = NDArray[np.float64]
KEYS = ("point", "replicate")
TOLERATED = 0.02
"""Share of runs that may have failed before an analysis is refused (assumed): failed runs seldom fail at random."""


class OutcomeMatrix(NamedTuple):
    """One outcome of a study, shape (points, replicates); a point none of whose runs succeeded is NaN throughout."""

    outcome: str
    values: Floats
    expected: int
    """Runs that there should be: points times replicates."""
    lost: int
    """Runs that failed or are missing."""

    @property
    def means(self) -> Floats:
        """Mean over the replicates, by point."""
        return self.values.mean(axis=1)

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Points none of whose runs succeeded."""
        return np.isnan(self.values[:, 0])


def numbered(design: pd.DataFrame) -> pd.DataFrame:
    """The design in numbers: words become their place in the alphabet; what cannot be analysed is refused."""
    if design.empty or not len(design.columns):
        raise InputError("the design is empty; it needs a row for each point and a column for each input")
    if not design.columns.is_unique:
        twice = design.columns[design.columns.duplicated()][0]
        raise InputError(f"design: the input {twice} stands there twice")
    columns: dict[str, Floats] = {}
    for name in design.columns:
        column = design[name]
        if pd.api.types.is_numeric_dtype(column):
            values = column.to_numpy(np.float64, na_value=np.nan)
        else:
            codes = pd.Categorical(column).codes
            values = np.where(codes < 0, np.nan, codes.astype(np.float64))
        bad = int((~np.isfinite(values)).sum())
        if bad:
            raise InputError(f"design: the input {name} has no finite value in {bad} of {len(values)} points")
        if values.min() == values.max():
            raise InputError(
                f"design: the input {name} has the same value in every point ({column.iloc[0]}), so nothing can be "
                "said about its effect; leave its column out"
            )
        columns[str(name)] = values
    return pd.DataFrame(columns)


def outcome_matrix(
    design: pd.DataFrame, runs: pd.DataFrame, outcome: str, tolerated: float = TOLERATED
) -> OutcomeMatrix:
    """The values of one outcome by point and replicate, checked.

    Runs that failed (NaN) or are missing are filled in by the mean of the point's other runs plus the mean effect of
    the replicate on all points.

    Parameters
    ----------
    design
        A row per point.
    runs
        Columns ``point`` (row of the design, from 0), ``replicate`` and the outcome.
    outcome
        Name of the outcome.
    tolerated
        Largest share of runs that may be filled in; 0 refuses every failed run.

    Raises
    ------
    InputError
        If more runs failed, or the runs do not fit the design.
    """
    for name in (*KEYS, outcome):
        if name not in runs:
            known = [str(c) for c in runs.columns if c not in KEYS]
            raise InputError(f"runs: there is no column {name}; {nearest(name, KEYS if name in KEYS else known)}")
    point, replicate = (runs[key].to_numpy() for key in KEYS)
    if not len(runs) or not (np.isin(point, np.arange(len(design)))).all():
        stray = sorted(set(point.tolist()) - set(range(len(design))))
        what = f"names the points {listed(map(str, stray[:3]))}" if stray else "is empty"
        raise InputError(f"runs: the table {what}; the design has the points 0 to {len(design) - 1}")
    twice = runs.duplicated(list(KEYS))
    if twice.any():
        first = runs.loc[twice, list(KEYS)].iloc[0]
        raise InputError(f"runs: point {first['point']}, replicate {first['replicate']} stands there more than once")
    if not pd.api.types.is_numeric_dtype(runs[outcome]):
        raise InputError(f"runs: the outcome {outcome} holds words; a number is needed, for example a share")
    numbers = runs[outcome].to_numpy(np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise InputError(
            f"runs: the outcome {outcome} is infinite in {np.isinf(numbers).sum()} runs; correct its formula"
        )
    distinct, place = np.unique(replicate, return_inverse=True)
    values = np.full((len(design), len(distinct)), np.nan)
    values[point.astype(np.int64), place] = numbers
    lost = int(np.isnan(values).sum())
    if lost > tolerated * values.size:
        raise InputError(
            f"runs: {lost} of {values.size} runs have no value of {outcome} ({lost / values.size:.1%}); up to "
            f"{tolerated:.0%} can be filled in. Find out why they failed, or run what is missing"
        )
    filled = _filled(values)
    if np.nanmin(filled) == np.nanmax(filled):
        only = significant(float(np.nanmin(filled)), 6)
        raise InputError(f"runs: the outcome {outcome} is {only} in every run, so no input can matter to it")
    return OutcomeMatrix(outcome, filled, values.size, lost)


def _filled(values: Floats) -> Floats:
    """Missing runs of points that have others: what the point adds to its replicates plus what the replicate adds."""
    valid = ~np.isnan(values)
    if valid.all():
        return values
    whole = values[valid.all(axis=1)]
    replicate = (whole - whole.mean(axis=1, keepdims=True)).mean(axis=0) if len(whole) else np.zeros(values.shape[1])
    counts = valid.sum(axis=1)
    point = np.where(valid, values - replicate, 0.0).sum(axis=1) / np.maximum(counts, 1)
    filled = np.where(valid, values, point[:, None] + replicate)
    filled[counts == 0] = np.nan
    return filled


def repair_sentences(runs: OutcomeMatrix, unit: str, kept: int, all_units: int) -> list[str]:
    """Sentences on the repair of failed runs.

    Parameters
    ----------
    runs
        The outcome by point and replicate.
    unit
        Name of the groups of points that are left out whole: "points", "base samples" or "trajectories".
    kept, all_units
        Numbers of such groups that were analysed and that the design has.

    Returns
    -------
    A list with one text; an empty one if every run succeeded.
    """
    if not runs.lost:
        return []
    left_out = all_units - kept
    text = f"{runs.lost} of {runs.expected} runs failed or are missing"
    if left_out:
        text += f"; {left_out} of {all_units} {unit} had to be left out, since a point of theirs has no run at all"
    return [
        f"{text}. The rest were filled in by the mean of the point's other runs plus what their replicate adds to all "
        "points. If runs fail more often in some corner of the design, the indices do not show that corner."
    ]
