"""Outcomes of studies in a comparison: the same outcome of the same replicate in each context, and its difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.rounding import significant
from twoway.analysis.statistics.intervals import student_interval
from twoway.experiments.studies.outcomes import Outcome, OutcomeInput, compute_outcomes, detail_for, outcomes_with
from twoway.simulation.parameters.scenario import Scenario
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario
from twoway.simulation.tables import TableBuilder

Floats = NDArray[np.float64]
OUTCOMES = ("client_tone", "keyworker_tone", "felt_coercion", "repairs")
"""Outcomes that are compared beside the patterns, unless others are asked for."""
COLUMNS = ("outcome", "unit", "first", "here", "difference", "low", "high", "replicates", "meaning")
"""Columns of the table of differences, a row per outcome."""


def declared_outcomes(names: Sequence[str], scenarios: Sequence[Scenario]) -> tuple[Outcome, ...]:
    """The outcomes of these names.

    Parameters
    ----------
    names
        Names of outcomes, of the package or of the scenarios' extensions.
    scenarios
        The contexts.

    Raises
    ------
    InputError
        If there is no outcome of a name.
    """
    every = outcomes_with(dict.fromkeys(path for one in scenarios for path in one.extensions))
    return tuple(every[name] for name in names)


class PairedOutcomes:
    """Collects the outcomes of every replicate in every context.

    Parameters
    ----------
    names
        Names of outcomes, of the package or of the scenarios' extensions.
    scenarios
        The contexts, prepared.

    Raises
    ------
    InputError
        If there is no outcome of a name.
    """

    def __init__(self, names: Sequence[str], scenarios: Sequence[PreparedScenario]) -> None:
        self.declared = declared_outcomes(names, [one.scenario for one in scenarios])
        self.detail: Detail = detail_for(self.declared)
        """What has to be kept of a run."""
        self._scenarios = tuple(scenarios)
        self._builders = [cache(partial(TableBuilder, one.resolved)) for one in scenarios]  # made once, if at all
        self._values: list[list[list[float]]] = [[] for _ in scenarios]
        self._begun: list[list[CentreRecords]] = [[] for _ in scenarios]

    def add(self, context: int, centre: CentreRecords) -> None:
        """Add a centre of a context; those of a replicate come one after the other.

        Parameters
        ----------
        context
            Number of the context.
        centre
            What the centre left.
        """
        begun, prepared = self._begun[context], self._scenarios[context]
        begun.append(centre)
        if len(begun) == prepared.scenario.design.centres:
            run = OutcomeInput(begun, prepared.resolved, self._builders[context])
            self._values[context].append(compute_outcomes(self.declared, run))
            self._begun[context] = []

    def differences(self, other: int) -> pd.DataFrame:
        """Each outcome in the first context and in another, and the paired difference with its 95 % interval.

        Parameters
        ----------
        other
            Number of the other context.

        Returns
        -------
        DataFrame
            A row per outcome, with the columns ``COLUMNS``. Replicates in which the outcome is missing in either
            context are left out; with fewer than two there is no interval.
        """
        first, here = (np.array(self._values[k]).reshape(-1, len(self.declared)) for k in (0, other))
        rows = [
            (one.name, one.unit, *_paired(first[:, i], here[:, i]), one.meaning) for i, one in enumerate(self.declared)
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))


def _paired(first: Floats, here: Floats) -> tuple[float, float, float, float, float, int]:
    """Both means, the mean difference, the ends of its interval, and the number of replicates."""
    known = np.isfinite(first) & np.isfinite(here)
    one, other, count = first[known], here[known], int(known.sum())
    if not count:
        return np.nan, np.nan, np.nan, np.nan, np.nan, 0
    low, high = (np.nan, np.nan) if count < 2 else map(float, student_interval(other - one)[1:])
    return float(one.mean()), float(other.mean()), float((other - one).mean()), low, high, count


def outcome_lines(table: pd.DataFrame) -> Iterable[str]:
    """The differences of outcomes as lines of text.

    Parameters
    ----------
    table
        Rows of one context, as ``PairedOutcomes.differences`` gives them.
    """
    names = [str(name).replace("_", " ") for name in table["outcome"]]
    wide = max(map(len, ["outcome", *names]))
    yield f"  {'outcome':<{wide}}      first       here  difference   95 % interval"
    for name, row in zip(names, table.to_dict("records"), strict=True):
        yield (
            f"  {name:<{wide}} {_figures(row['first'])} {_figures(row['here'])}  {_figures(row['difference'], '+')}   "
            f"{_figures(row['low'], '+').strip()} to {_figures(row['high'], '+').strip()} {row['unit']}"
        )


def _figures(value: float, sign: str = "") -> str:
    return f"{'none' if np.isnan(value) else significant(value, 3, bool(sign)):>10}"
