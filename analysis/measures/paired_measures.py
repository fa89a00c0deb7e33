"""Some measures of the same people in two worlds, and the difference that the other world makes to each.

Replicate r of both runs is the same people with common random numbers. Replicates are resampled, the same
ones from both runs, so that their common variation drops out of the interval of the difference.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures import attribution, coercion, growth, ratings, ruptures
from twoway.analysis.measures import pattern_mix as mix
from twoway.analysis.measures.estimates import DRAWS, Floats, Measure, Statistic, correlation, moments
from twoway.analysis.measures.paired_patterns import Codes
from twoway.analysis.measures.panel import panel
from twoway.analysis.patterns import rule_of
from twoway.analysis.statistics.bootstrap import resampling_weights
from twoway.analysis.statistics.intervals import percentile_interval
from twoway.simulation.affect_control.frames import CLIENT, ROLES
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables


class MeasureSums(NamedTuple):
    """What a run contributes to one measure: *parts* (replicates, k), and the *statistic* of their sum."""

    measure: Measure
    group: str
    parts: Floats
    statistic: Statistic


class RunSums(NamedTuple):
    """A run as it is compared: the pattern of each dyad (replicates, dyads), and sums by measure."""

    patterns: Codes
    sums: tuple[MeasureSums, ...]


def ratio(sums: Floats) -> Floats:
    """The first of two sums over the second."""
    share: Floats = sums[..., 0] / sums[..., 1]
    return share


def run_sums(tables: Tables, resolved: Resolved) -> RunSums:
    """Sums of a run from which two runs are compared, in the interviews or over the whole stay.

    The measures are those of the same names in ``twoway.analysis.measures``: whether both parties' classes agree,
    correlation, gap and spread of their ratings, the client's mean rating, high felt coercion, shapes of growth,
    ruptures and repairs, and asymmetry of attribution. Of the events only acts read as negative are used.

    Parameters
    ----------
    tables
        Events, days and dyads of a run.
    resolved
        The scenario with its data files.
    """
    view = panel(tables.days)
    interviewed = resolved.scenario.design.interviewed(int(view.days[-1]))
    day = interviewed[1]
    at, n = view.at(day), len(view.dyads)
    replicate = np.unique(view.dyads["replicate"].to_numpy(), return_inverse=True)[1]
    one = np.ones(n)

    def by_replicate(*columns: NDArray[Any]) -> Floats:
        table = np.column_stack(columns)
        sums = np.zeros((replicate.max() + 1, table.shape[1]))
        np.add.at(sums, replicate, table)
        return sums

    rule = rule_of(resolved.scenario)
    own, true = mix.classes_in(view, interviewed, rule), view.rating[:, :, at]
    found = ruptures.find_ruptures(view)
    shape = growth.shapes(view, day, found).iloc[:n]["shape"]
    his = found[(found["party"] == ROLES[CLIENT]).to_numpy()]
    row, known = view.rows_of(his, "ruptures"), his["repaired"].notna().to_numpy(float)
    repaired = his["repaired"].fillna(False).to_numpy(float)
    ruptured, told, mended = (np.bincount(row, w, minlength=n) for w in (np.ones(len(his)), known, repaired))
    pairs = attribution.paired_events(attribution.negative_acts(view, tables.events, resolved))
    keyworker, client = pairs["keyworker"].to_numpy(), pairs["client"].to_numpy()
    more = np.bincount(pairs["row"], np.where(keyworker > client, 1.0, 0.5 * (keyworker == client)), minlength=n)
    events = np.bincount(pairs["row"], minlength=n).astype(float)
    high = (view.felt_coercion[:, at] > coercion.HIGH).astype(float)
    improving, deteriorating = ((shape == name).to_numpy(float) for name in (growth.SHAPES[0], growth.SHAPES[2]))
    rated = moments(*ratings.observed_ratings(view, day))
    role = ROLES[CLIENT]
    return RunSums(
        rule.patterns(*own).reshape(replicate.max() + 1, -1),
        (
            MeasureSums(mix.SAME_CLASS, "all", by_replicate((own[0] == own[1]).astype(float), one), ratio),
            MeasureSums(ratings.CORRELATION, "observed", by_replicate(rated), correlation),
            MeasureSums(ratings.GAP, "absolute", by_replicate(np.abs(true[0] - true[1]), one), ratio),
            MeasureSums(ratings.MEAN, role, by_replicate(true[CLIENT], one), ratio),
            *(
                MeasureSums(ratings.SPREAD, who, by_replicate(*ratings.powers(own_rating)), _spread)
                for who, own_rating in zip(ROLES, true, strict=True)
            ),
            MeasureSums(coercion.HIGH_FELT, "all", by_replicate(high, one), ratio),
            MeasureSums(growth.SHAPE, f"{role}: {growth.SHAPES[0]}", by_replicate(improving, one), ratio),
            MeasureSums(growth.SHAPE, f"{role}: {growth.SHAPES[2]}", by_replicate(deteriorating, one), ratio),
            MeasureSums(ruptures.RATE, role, by_replicate(ruptured, one * len(view.days) / 30), ratio),
            MeasureSums(ruptures.REPAIRED, role, by_replicate(mended, told), ratio),
            MeasureSums(attribution.ASYMMETRY, "all", by_replicate(more, events), ratio),
        ),
    )


def _spread(sums: Floats) -> Floats:
    """Standard deviation of one column, shape (...)."""
    spread: Floats = ratings.spread(sums)[..., 0]
    return spread


def measure_differences(first: RunSums, other: RunSums) -> pd.DataFrame:
    """By measure: its value in both runs, the paired difference, its 95 % interval and standard error.

    Parameters
    ----------
    first, other
        Sums of two runs of the same people, from ``run_sums``; replicates are in the same order.

    Returns
    -------
    DataFrame
        A row per measure. Columns ``measure``, ``group``, ``first``, ``other``, ``difference`` (other − first),
        ``low``, ``high`` (percentile interval of the replicates drawn again), ``se`` and ``unit``; missing where a
        measure is undefined.
    """
    weights = resampling_weights(len(first.patterns), DRAWS).astype(float)
    rows = []
    for here, there in zip(first.sums, other.sums, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            values = [float(s.statistic(s.parts.sum(axis=0))) for s in (here, there)]
            again = there.statistic(weights @ there.parts) - here.statistic(weights @ here.parts)
        again = again[np.isfinite(again)]
        low, high = percentile_interval(again) if len(again) > 1 else (np.nan, np.nan)
        error = again.std(ddof=1) if len(again) > 1 else np.nan
        rows.append((here.measure.name, here.group, *values, values[1] - values[0], low, high, error,
                     here.measure.unit))  # fmt: skip
    columns = ["measure", "group", "first", "other", "difference", "low", "high", "se", "unit"]
    return pd.DataFrame(rows, columns=columns)
