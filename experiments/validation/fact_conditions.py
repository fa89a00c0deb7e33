"""Conditions under which facts are computed: a scenario, perhaps changed, simulated with enough replicates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from twoway.analysis.measures.estimates import Units, units_alone, units_of
from twoway.analysis.measures.grievances import MENDED, OPENED
from twoway.analysis.measures.panel import Panel, panel
from twoway.analysis.measures.ruptures import find_ruptures
from twoway.experiments.validation.ablation_table import WHOLE, ablations
from twoway.simulation.parameters.scenario import Meaning, Scenario, changed, load, with_defaults
from twoway.simulation.run import Detail, PreparedScenario, simulate
from twoway.simulation.tables import TableBuilder

Changes = Mapping[str, float | str]


class Condition(NamedTuple):
    """A scenario with changes, and how many of its days or events are looked at."""

    scenario: str
    changes: Changes = MappingProxyType({})
    keep: Detail = Detail.DAYS
    kinds: tuple[str, ...] = ()
    """Kinds of events that become rows of the table; all of them where none is named."""


CONTACT = {f"context.{name}": getattr(load("ordinary").context, name) for name in ("everyday", "planned")}
"""Rates of contact between client and keyworker at an ordinary centre."""
ACTS = ("exchange",)
"""The kind of events that are acts."""
NOBODY_NOTICES = {"people.client_insight": 0.0, "context.reflexivity": 0.0}
"""Values with which nobody has insight into the other, so that nobody notices anything."""
CONDITIONS: dict[str, Condition] = {
    "four centres": Condition("four-centres"),
    "ordinary": Condition("ordinary", keep=Detail.EVENTS),
    "voluntary": Condition("voluntary"),
    "raised expectations": Condition("raised-expectations", keep=Detail.EVENTS, kinds=ACTS),
    "opaque rules": Condition("strict-and-opaque", keep=Detail.EVENTS, kinds=ACTS),
    "explained rules": Condition("strict-but-fair", keep=Detail.EVENTS, kinds=ACTS),
    "nobody notices": Condition("ordinary", MappingProxyType(NOBODY_NOTICES), Detail.EVENTS, (OPENED, MENDED)),
    "twice the contact": Condition("ordinary", {name: 2 * usual for name, usual in CONTACT.items()}),
    "reflexive keyworkers": Condition("reflexive-staff"),
    **{
        f"without {removal.dimension}": Condition("ordinary", MappingProxyType(removal.changes))
        for removal in ablations().removal
        if removal.rule == WHOLE
    },
}
"""Every condition by name."""


@lru_cache(maxsize=4)
def _ground(meaning: Meaning) -> tuple[PreparedScenario, TableBuilder]:
    """Everything that scenarios with the same data files share, which takes longer to compute than a condition."""
    world = PreparedScenario(Scenario(meaning=meaning))
    return world, TableBuilder(world.resolved)


class SimulatedCondition:
    """A simulated condition: its tables as arrays, each computed when it is first asked for.

    Parameters
    ----------
    condition
        Condition to simulate.
    seed
        Random seed; conditions of equal size have common random numbers.
    replicates
        Number of replicates.
    defaults
        Values of numbers that neither scenario nor condition gives.
    threads
        Number of threads.
    intervals
        Whether intervals are wanted.
    """

    def __init__(
        self,
        condition: Condition,
        seed: int,
        replicates: int,
        defaults: Changes | None = None,
        threads: int = 1,
        intervals: bool = True,
    ) -> None:
        self.seed, self.intervals = seed, intervals
        scenario = changed(with_defaults(condition.scenario, defaults or {}), condition.changes)
        ground, translator = _ground(scenario.meaning)
        world = ground.with_scenario(scenario)
        self.resolved = world.resolved
        centres = list(simulate(world, seed, range(replicates), condition.keep, threads))
        if condition.kinds:
            codes = [list(self.resolved.events).index(kind) for kind in condition.kinds]
            centres = [one._replace(events=one.events[np.isin(one.events["event"], codes)]) for one in centres]
        self.tables = translator.tables(centres)

    @property
    def interviewed(self) -> tuple[int, int]:
        """First and last day of the interviews."""
        return self.resolved.scenario.design.interviewed()

    @cached_property
    def panel(self) -> Panel:
        """Everyone's state by day."""
        return panel(self.tables.days)

    @property
    def events(self) -> pd.DataFrame:
        """Every event that is kept, a row each."""
        return self.tables.events

    @cached_property
    def units(self) -> Units:
        """Units of the bootstrap; without draws if no intervals are wanted."""
        if not self.intervals:
            return units_alone(len(self.panel.dyads), "dyads", draws=0)
        return units_of(self.panel.dyads, self.seed)

    @cached_property
    def ruptures(self) -> pd.DataFrame:
        """Every rupture."""
        return find_ruptures(self.panel)
