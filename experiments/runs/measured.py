"""Measures of a saved run, and its dyads' accounts, from tables that are read some centres at a time."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from twoway.analysis.clustering import LEAST_DYADS, Emergence, accounts_in, columns_of_accounts, emergence_of
from twoway.analysis.measures.all_measures import OF_DAYS, OF_DYADS, OF_EVENTS, MeasuredRun
from twoway.analysis.patterns import PatternRule
from twoway.experiments.runs.open import SavedRun


class Measured(NamedTuple):
    """What is known of a run: its measures, and the accounts from which clusters are found."""

    measures: pd.DataFrame
    """As ``twoway.analysis.measures.all_measures.measures`` gives them."""
    accounts: pd.DataFrame
    """Both parties' accounts in the interviews, a row per dyad."""
    at_the_end: pd.DataFrame
    """Their accounts on the last day of the stay."""
    interviewed: tuple[int, int]
    """First and last day of the interviews."""
    rule: PatternRule
    """The rule by which patterns are told."""

    def emergence(self) -> Emergence | None:
        """Clusters found without the rule; None where dyads are too few."""
        if len(self.accounts) < LEAST_DYADS:
            return None
        return emergence_of(self.accounts, self.at_the_end, self.interviewed, self.rule)


def measured(run: SavedRun, day: int | None = None, some: range | None = None) -> Measured:
    """Measure a run.

    Parameters
    ----------
    run
        Run with events.
    day
        Day of the interviews, from 1 to the last day of the stay; by default the days of the scenario's interviews.
    some
        Centres that are measured, numbered through all replicates; by default all.

    Raises
    ------
    InputError
        If the run did not keep its events, or the day is outside the stay.
    """
    stays, resolved, interviewed = run.stays, run.resolved, run.interviewed(day)
    last = resolved.scenario.design.days
    columns = {"events": OF_EVENTS, "days": (*OF_DAYS, *columns_of_accounts(resolved)), "dyads": OF_DYADS}
    sums = MeasuredRun(stays.read("dyads", some, OF_DYADS), stays.count("events"), resolved, day)
    accounts, at_the_end = [], []
    for tables in stays.batches(columns, some):
        sums.add(tables)
        accounts.append(accounts_in(tables.days, resolved, interviewed))
        at_the_end.append(accounts_in(tables.days, resolved, (last, last)))
    asked, ended = (pd.concat(parts, ignore_index=True) for parts in (accounts, at_the_end))
    return Measured(sums.measures(), asked, ended, interviewed, run.rule)
