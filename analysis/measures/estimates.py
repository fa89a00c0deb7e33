"""Estimates with intervals: one bootstrap for every measure.

Nearly every measure here is a function of sums over dyads: a share, a mean, a ratio, a correlation, a slope, a variance
component. So each dyad contributes a few numbers, whole centres (or, where these are few, dyads) are drawn again with
replacement, and the function is evaluated on all the sums at once. The same draws serve every measure.

What the draws give is too narrow where units are few, and where dyads of a centre are alike but are drawn one by one.
So it is widened: by Student's quantile, and by a design effect like that of pattern shares
(``clustered_share_interval``), for which the influence of each unit on the estimate is found by leaving it out (the
jackknife).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.statistics.bootstrap import ENOUGH_CENTRES, compact_weights, drawn_sums
from twoway.analysis.statistics.intervals import WORTH, design_effect, percentile_interval, t_quantile, wilson_interval

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Any]
"""From sums, shape (..., k), to estimates, shape (..., number of groups)."""
DRAWS = 1000
"""Bootstrap samples."""
MANY_DYADS = 64
"""Dyads from which on the intervals of every measure hold as they say; with 16 those of some do not."""
AT_ONCE = 256
"""Units that are left out at a time, each by itself: so much memory is enough."""
ROUNDING = 1e-12
"""Change of an estimate, relative to it, below which a unit has no influence on it."""
NORMAL = float(t_quantile(1e9))
"""Quantile that draws of many independent units need."""
BOUNDS = {
    "share": (0.0, 1.0), "probability": (0.0, 1.0), "correlation": (-1.0, 1.0), "difference of shares": (-1.0, 1.0),
    **dict.fromkeys(("days", "acts per week", "acts per client and week", "changes per stay"), (0.0, np.inf)),
    "ruptures per 30 days": (0.0, np.inf),
}  # fmt: skip
"""What a number in some units can be."""
LEAST_DEGREES = 2.0
"""Degrees of freedom below which there is no interval: too few units have a say."""
ALIKE = "no interval: every draw gives the same"
TOO_FEW = "no interval: too few dyads have a say in it; more replicates would"
COLUMNS = ("measure", "group", "estimate", "low", "high", "interval", "n", "counted", "unit", "meaning")
"""Columns of a table of measures, a row per measure and group."""


class Measure(NamedTuple):
    """What one measure is called, its unit, what it means, and what its ``n`` counts.

    Of a ``factor``, such as a ratio or a standard deviation, intervals are widened in its logarithm. With fewer dyads
    than ``least`` there is no interval: one would hold the truth too seldom (benchmarks/README.md). No interval goes
    beyond ``bounds``, by default those of the unit (``BOUNDS``).
    """

    name: str
    unit: str
    meaning: str
    counted: str = "dyads"
    factor: bool = False
    least: int = 0
    bounds: tuple[float, float] | None = None


class Units(NamedTuple):
    """Units that are resampled for an interval: the unit of each dyad, and the weight of each unit in each draw."""

    of: NDArray[np.intp]
    """Unit of each dyad, shape (dyads,)."""
    weights: NDArray[np.uint8]
    """Number of times that a draw takes a unit, shape (draws, units); no draws where there is only one unit."""
    name: str
    """Name of the units: centres or dyads."""
    seed: int = 0
    """Seed of the draws."""
    centre: NDArray[np.intp] | None = None
    """Centre of each unit, shape (units,), where units of a centre resemble each other; None if all are independent."""

    def undrawn(self) -> Units:
        """The same units without draws, and so without intervals."""
        return self._replace(weights=self.weights[:0])


def units_of(dyads: pd.DataFrame, seed: int = 0) -> Units:
    """Units for intervals over dyads: centres, or dyads where centres are few.

    Parameters
    ----------
    dyads
        A row per dyad, with columns replicate and centre. Centres of different replicates are different centres.
    seed
        Seed of the bootstrap; draws depend on it and the number of units alone.
    """
    centres = dyads.groupby(["replicate", "centre"]).ngroup().to_numpy(np.intp)
    if len(np.unique(centres)) >= ENOUGH_CENTRES:
        return _drawn(centres, "centres", seed, DRAWS)
    return units_alone(len(dyads), "dyads", seed)._replace(centre=centres)


def units_alone(count: int, name: str, seed: int = 0, draws: int = DRAWS) -> Units:
    """Units for intervals over cases that are drawn one by one, such as pairs of dyads.

    Parameters
    ----------
    count
        Number of cases.
    name
        Name of the cases, a plural, such as "matched pairs".
    seed
        Seed of the bootstrap.
    draws
        Number of bootstrap samples; 0 if no intervals are wanted.
    """
    return _drawn(np.arange(count), name, seed, draws)


def _drawn(of: NDArray[np.intp], name: str, seed: int, draws: int) -> Units:
    count = int(of.max()) + 1 if len(of) else 0
    if count < 2:
        return Units(of, np.empty((0, count), np.uint8), name, seed)
    return Units(of, compact_weights(count, draws, seed), name, seed)


class Wanted(NamedTuple):
    """What is estimated of one measure: names of its G groups, and the *statistic* of sums, shape (..., G).

    ``share`` says whether it is a share: hits of the groups, then cases of the groups, are summed.
    """

    measure: Measure
    groups: tuple[str, ...]
    statistic: Statistic
    share: bool = False


class Gathered(NamedTuple):
    """What is estimated, and what the dyads of all batches so far contribute to it, by unit, shape (units, k)."""

    wanted: Wanted
    units: Units
    by_unit: Floats
    n: NDArray[np.int64]


class Gathering:
    """Takes the place of units where dyads come in batches: what they contribute is summed by unit.

    A measure that is given it estimates nothing and returns no rows; ``rows`` has them when all dyads have come.

    Parameters
    ----------
    units
        Units of all dyads.
    """

    def __init__(self, units: Units) -> None:
        self.units, self.name, self.seed = units, units.name, units.seed
        self._own = slice(0, 0)
        self._found: dict[tuple[str, tuple[str, ...]], Gathered] = {}

    def next_dyads(self, count: int) -> slice:
        """Rows of the next dyads, about whom measures are asked from now on.

        Parameters
        ----------
        count
            Number of dyads of the batch.
        """
        self._own = slice(self._own.stop, self._own.stop + count)
        return self._own

    def undrawn(self) -> Gathering:
        """The same, for what has no intervals."""
        other = copy(self)
        other.units = self.units.undrawn()
        return other

    def add(self, wanted: Wanted, parts: Floats, n: Sequence[int] | NDArray[Any]) -> pd.DataFrame:
        """Add what the dyads of this batch contribute; returns a table without rows.

        Parameters
        ----------
        wanted
            The measure, with its groups.
        parts
            What each dyad contributes, shape (dyads, parts).
        n
            Number of cases in each group of this batch.
        """
        key = (wanted.measure.name, wanted.groups)
        if key not in self._found:
            sums = np.zeros((self.units.weights.shape[1], parts.shape[1]))
            self._found[key] = Gathered(wanted, self.units, sums, np.zeros(len(wanted.groups), np.int64))
        found = self._found[key]
        np.add.at(found.by_unit, found.units.of[self._own], parts)
        self._found[key] = found._replace(n=found.n + np.asarray(n, np.int64))
        return tidy(wanted.measure, [])

    def rows(self, measures: Sequence[Measure]) -> pd.DataFrame:
        """Rows of some measures, in the order in which these were asked for."""
        names = [measure.name for measure in measures]
        tables = []
        for (name, _), (wanted, units, by_unit, n) in self._found.items():
            if name in names:
                drawn = _evaluated(by_unit, by_unit.sum(axis=0), wanted, units, len(units.of))
                tables.append(_rows(wanted, drawn, n, units))
        return pd.concat(tables, ignore_index=True)


AnyUnits = Units | Gathering


def estimated(
    measure: Measure,
    groups: Sequence[str],
    parts: Floats,
    statistic: Statistic,
    n: Sequence[int] | NDArray[Any],
    units: AnyUnits,
) -> pd.DataFrame:
    """Rows of one measure: the *statistic* of the sums of *parts* for each of the *groups*.

    The interval is the 95 % percentile interval of the draws, widened; draws in which the statistic is undefined are
    left out and counted in words. An estimate that is undefined is missing, and the column ``interval`` says so.

    Parameters
    ----------
    measure
        Name, unit and meaning.
    groups
        Names of the G groups.
    parts
        Contribution of each dyad to the sums, shape (dyads, k).
    statistic
        From sums, shape (..., k), to estimates, shape (..., G).
    n
        Number of cases in each group.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        A row per group, with the columns ``COLUMNS``.
    """
    return _estimated(Wanted(measure, tuple(groups), statistic), parts, n, units)


def _estimated(wanted: Wanted, parts: Floats, n: Sequence[int] | NDArray[Any], units: AnyUnits) -> pd.DataFrame:
    if isinstance(units, Gathering):
        return units.add(wanted, parts, n)
    by_unit = np.zeros((units.weights.shape[1], parts.shape[1]))
    np.add.at(by_unit, units.of, parts)
    return _rows(wanted, _evaluated(by_unit, parts.sum(axis=0), wanted, units, len(parts)), n, units)


def _rows(wanted: Wanted, drawn: Resampled, n: Sequence[int] | NDArray[Any], units: Units) -> pd.DataFrame:
    """Rows of one measure whose statistic was evaluated in all draws."""
    table = _from_draws(wanted.measure, wanted.groups, drawn, n, units)
    if wanted.share and drawn.wider is not None and drawn.dyads >= wanted.measure.least:
        _as_wilson(table, drawn, drawn.wider, units)
    return table


def _from_draws(
    measure: Measure, groups: Sequence[str], drawn: Resampled, n: Sequence[int] | NDArray[Any], units: Units
) -> pd.DataFrame:
    """Rows with percentile intervals, widened."""
    estimate, again, wider = drawn.estimate, drawn.again, drawn.wider
    rows = []
    for g, group in enumerate(groups):
        low, high, words = _interval(estimate[g], again[:, g], units)
        if drawn.dyads < measure.least and not np.isnan(estimate[g]):
            low, high, words = np.nan, np.nan, f"no interval: it takes at least {measure.least} dyads; see --replicates"
        if wider is not None and not np.isnan(low):
            low, high = _widened(estimate[g], low, high, wider.times[g], measure)
            words = TOO_FEW if np.isnan(low) else words + wider.words
        rows.append((measure.name, group, estimate[g], low, high, words, int(n[g])))
    return tidy(measure, rows)


class Precision(NamedTuple):
    """How far more uncertain estimates are than draws of independent, many units say, by group."""

    times: Floats
    """By which the distance of an interval's ends from the estimate is multiplied; NaN where units are too few."""
    quantile: Floats
    """Student's quantile with the degrees of freedom that are left; NaN likewise."""
    inflation: Floats
    """By which the variance of the draws is multiplied."""
    words: str
    """What was done, to follow the kind of interval."""


class Resampled(NamedTuple):
    """A statistic of G groups in the sample, and in every draw."""

    estimate: Floats
    """Shape (G,)."""
    again: Floats
    """Shape (draws, G)."""
    by_unit: Floats
    """Sums of the parts by unit, shape (units, k)."""
    wider: Precision | None
    """By how much the draws are too sure; None if there are none."""
    dyads: int
    """Number of rows of the parts."""


def _evaluated(by_unit: Floats, total: Floats, wanted: Wanted, units: Units, dyads: int) -> Resampled:
    """The statistic of the sums by unit, and of their *total*, in the sample and in every draw."""
    statistic, groups = wanted.statistic, len(wanted.groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = _finite(statistic(total), groups)[0]
        again = _finite(statistic(drawn_sums(units.weights, by_unit)), groups)
    wider = _precision(by_unit, statistic, estimate, units) if len(again) else None
    return Resampled(estimate, again, by_unit, wider, dyads)


def _precision(by_unit: Floats, statistic: Statistic, estimate: Floats, units: Units) -> Precision:
    """By how much intervals from draws of units have to be wider."""
    total, groups = by_unit.sum(axis=0), len(estimate)
    left_out = np.empty((len(by_unit), groups))
    with np.errstate(divide="ignore", invalid="ignore"):
        for start in range(0, len(by_unit), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            left_out[some] = _finite(statistic(total - by_unit[some]), groups)
    moved = np.nan_to_num(estimate - left_out)
    counts = np.abs(moved) > ROUNDING * np.maximum(np.abs(estimate), 1e-300)
    steady = counts.sum(axis=0) < LEAST_DEGREES + 1  # such as a median, which no single unit moves: all have a say
    counts[:, steady] = np.any(by_unit != 0, axis=1)[:, None]
    n = counts.sum(axis=0)
    effect, most = np.ones(groups), np.full(groups, np.inf)
    if units.centre is not None:
        for g in range(groups):
            effect[g], most[g] = _design_effect(moved[counts[:, g], g], units.centre[counts[:, g]])
    degrees = np.minimum(most, n - 1)
    quantile = np.where(degrees >= LEAST_DEGREES, t_quantile(np.maximum(degrees, LEAST_DEGREES)), np.nan)
    inflation = effect * n / np.maximum(n - 1, 1)
    alike = "" if units.centre is None else ", widened as dyads of a centre are alike"
    return Precision(np.sqrt(inflation) * quantile / NORMAL, quantile, inflation, alike)


def _design_effect(moved: Floats, centre: NDArray[np.intp]) -> tuple[float, float]:
    """How much more the influences of units vary by centre than if all were independent; and degrees of freedom."""
    if not len(moved):
        return 1.0, np.inf
    _, own = np.unique(centre, return_inverse=True)
    sizes = np.bincount(own)
    others, apart = len(sizes) - 1, moved - moved.mean()
    alone, seen = (apart**2).sum(), np.nan
    if others and alone > 0:
        seen = (np.bincount(own, apart) ** 2).sum() * len(sizes) / others / alone
    return float(design_effect(sizes, np.array(seen))), others + WORTH


def _widened(estimate: float, low: float, high: float, times: float, measure: Measure) -> tuple[float, float]:
    """Ends of an interval moved away from the estimate, but not beyond what the number can be."""
    if np.isnan(times):
        return np.nan, np.nan
    if measure.factor and low > 0:
        middle, below, above = np.log([estimate, low, high])
        return float(np.exp(middle - times * (middle - below))), float(np.exp(middle + times * (above - middle)))
    least, most = measure.bounds or BOUNDS.get(measure.unit, (-np.inf, np.inf))
    low, high = estimate - times * (estimate - low), estimate + times * (high - estimate)
    return min(max(least, low), estimate), max(min(most, high), estimate)


def estimated_shares(
    measure: Measure, groups: Sequence[str], hits: Floats, cases: Floats, units: AnyUnits
) -> pd.DataFrame:
    """Rows of a share for each group: the sum of hits over the sum of cases.

    The interval is Wilson's, with as many cases as would give the variance of the draws, and Student's quantile; where
    every draw gives the same share (nobody, or everybody), with as many cases as there are units, for their likeness.

    Parameters
    ----------
    measure
        Name, unit and meaning.
    groups
        Names of the G groups.
    hits, cases
        Numbers of hits and of cases of each dyad in each group, shape (dyads, G) each.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        A row per group, with the columns ``COLUMNS``.
    """
    return _estimated(
        Wanted(measure, tuple(groups), _ratios, share=True), np.hstack([hits, cases]), cases.sum(axis=0), units
    )


def _ratios(sums: Floats) -> Floats:
    """The first half of the sums over the second half."""
    above, below = np.split(sums, 2, axis=-1)
    return above / below


def _as_wilson(table: pd.DataFrame, drawn: Resampled, known: Precision, units: Units) -> None:
    """Give the rows of shares Wilson's intervals."""
    shares, again, by_unit, _, _ = drawn
    g = len(shares)
    for row in np.flatnonzero(~np.isnan(shares)):
        defined = again[~np.isnan(again[:, row]), row]
        variance = defined.var() * known.inflation[row] if len(defined) > 1 else 0.0
        if variance > ROUNDING and not np.isnan(known.quantile[row]):
            worth, quantile = shares[row] * (1 - shares[row]) / variance, float(known.quantile[row])
        elif shares[row] in (0.0, 1.0):
            having = np.flatnonzero(by_unit[:, g + row] > 0)
            effect = _design_effect(np.zeros(len(having)), units.centre[having])[0] if units.centre is not None else 1.0
            worth, quantile = len(having) / effect, NORMAL
        else:
            continue
        low, high = wilson_interval(np.array(shares[row]), worth, z=quantile)
        table.loc[row, ["low", "high"]] = float(low), float(high)
        missing = len(again) - len(defined)
        table.loc[row, "interval"] = (
            f"Wilson, over {_counted_units(by_unit.shape[0], units.name)}"
            + (f", undefined in {missing} of {len(again)} draws" if missing else "")
            + known.words
        )


def estimated_means(
    measure: Measure, groups: Sequence[str], sums: Floats, cases: Floats, units: AnyUnits
) -> pd.DataFrame:
    """Rows of a mean for each group: the sum of values over the number of cases.

    Parameters
    ----------
    measure
        Name, unit and meaning.
    groups
        Names of the G groups.
    sums, cases
        Sum of the values and number of cases of each dyad in each group, shape (dyads, G) each.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        A row per group, with the columns ``COLUMNS``.
    """
    return estimated(measure, groups, np.hstack([sums, cases]), _ratios, cases.sum(axis=0), units)


def _finite(values: Any, groups: int) -> Floats:
    """Estimates as (draws, groups); what is not finite is NaN."""
    table = np.asarray(values, np.float64).reshape(-1, groups)
    return np.where(np.isfinite(table), table, np.nan)


def _interval(estimate: float, again: Floats, units: Units) -> tuple[float, float, str]:
    if np.isnan(estimate):
        return np.nan, np.nan, "not estimated: nothing to compute it from, or nothing that varies"
    defined = again[~np.isnan(again)]
    if len(defined) < 2:
        return np.nan, np.nan, f"no interval: there are too few {units.name} to draw again"
    low, high = percentile_interval(defined)
    if low == high:
        return np.nan, np.nan, ALIKE
    missing = len(again) - len(defined)
    words = f"bootstrap over {_counted_units(units.weights.shape[1], units.name)}"
    return float(low), float(high), words + (f", undefined in {missing} of {len(again)} draws" if missing else "")


def _counted_units(count: int, name: str) -> str:
    """A number of units in words; their *name* is a plural."""
    return f"{count} {name if count != 1 else name[:-1]}"


def tidy(measure: Measure, rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Rows of one measure as a table with its unit and meaning.

    Parameters
    ----------
    measure
        Unit, meaning, and what ``n`` counts.
    rows
        Name of the measure, group, estimate, low, high, interval and n: the first seven of ``COLUMNS``.

    Returns
    -------
    DataFrame
        A row per group, with the columns ``COLUMNS``.
    """
    table = pd.DataFrame(rows, columns=list(COLUMNS[:7]))
    return table.assign(counted=measure.counted, unit=measure.unit, meaning=measure.meaning)


def not_estimated(measure: Measure, group: str, why: str) -> tuple[Any, ...]:
    """A row, for ``tidy``, of a group without an estimate.

    Parameters
    ----------
    measure
        The measure.
    group
        Name of the group.
    why
        The reason, in words.
    """
    return measure.name, group, np.nan, np.nan, np.nan, f"not estimated: {why}", 0


LEAST_VARIANCE = 1e-12
"""Variance, relative to the square of the values' size, below which something is taken not to vary."""


def moments(*columns: Floats) -> Floats:
    """What each dyad contributes to means, variances and covariances of some *columns*, shape (dyads, 1 + c + c·c).

    The columns (dyads,) are centred and scaled first, so that sums of squares keep their digits; correlations and
    standardised slopes do not depend on it. A column that does not vary is all zero afterwards.
    """
    values = np.column_stack(columns)
    centred = values - values.mean(axis=0)
    spread = centred.std(axis=0)
    varies = spread**2 > LEAST_VARIANCE * np.maximum((values**2).max(axis=0), 1e-300)
    scaled = np.where(varies, centred / np.where(varies, spread, 1.0), 0.0)
    products = scaled[:, :, None] * scaled[:, None, :]
    return np.hstack([np.ones((len(values), 1)), scaled, products.reshape(len(values), -1)])


def correlations(sums: Floats, columns: int) -> Floats:
    """Correlation matrices from sums of ``moments``.

    Parameters
    ----------
    sums
        Sums over dyads of the moments of c columns, shape (..., 1 + c + c·c).
    columns
        Number of columns, c.

    Returns
    -------
    array
        Shape (..., c, c); NaN where a column does not vary.
    """
    n = sums[..., :1]
    mean = sums[..., 1 : 1 + columns] / n
    second = (sums[..., 1 + columns :] / n).reshape(*sums.shape[:-1], columns, columns)
    covariance = second - mean[..., :, None] * mean[..., None, :]
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    spread = np.sqrt(np.where(variance > LEAST_VARIANCE, variance, np.nan))
    matrix: Floats = covariance / (spread[..., :, None] * spread[..., None, :])
    return matrix


def correlation(sums: Floats) -> Floats:
    """Correlation of the two columns whose ``moments`` were summed, shape (...)."""
    pair: Floats = correlations(sums, 2)[..., 0, 1]
    return pair
