"""Where such pairs end up: an ensemble of pairs in one setting or two, simulated one replicate at a time.

They are taken as they are on the last day: a class that watches a whole stay wants to know how it ends. Comparisons and
studies take the days of the interviews instead. The caller decides when to stop, so nothing runs that nobody waits for.
Two settings have the same people and common random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoway.analysis.patterns import PATTERNS, rule_of
from twoway.analysis.statistics.intervals import clustered_share_interval
from twoway.simulation.run import Detail, PreparedScenario, simulate_centre

PAIRS = 200
"""Pairs of a whole ensemble: enough to show how shares vary by chance, few enough to wait for."""


class ShareIntervals(NamedTuple):
    """Ends of the 95 % interval of each pattern's share, shape (3,)."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]


class Ensemble:
    """Patterns in which up to ``PAIRS`` pairs end, in one or two settings.

    Parameters
    ----------
    scenarios
        One or two prepared scenarios; two must have the same people.
    seed
        Random seed.
    """

    def __init__(self, scenarios: Sequence[PreparedScenario], seed: int) -> None:
        self.scenarios, self.seed = tuple(scenarios), seed
        self._codes: list[list[NDArray[np.int8]]] = [[] for _ in scenarios]

    @property
    def pairs(self) -> int:
        """Number of pairs simulated so far."""
        return min(PAIRS, sum(map(len, self._codes[0])))

    @property
    def complete(self) -> bool:
        """Whether all pairs have been simulated."""
        return self.pairs == PAIRS

    def add_replicate(self) -> None:
        """Simulate the pairs of one more replicate; the first replicate is that of the pair on the page."""
        if self.complete:
            return
        replicate = len(self._codes[0])
        for scenario, codes in zip(self.scenarios, self._codes, strict=True):
            ends, rule = [], rule_of(scenario.scenario)
            for centre in range(scenario.scenario.design.centres):
                records = simulate_centre(scenario, self.seed, replicate, centre, Detail.DAYS)
                ends.append(rule.of_accounts(records.days.reshape(-1, len(records.dyads), 2)[-1]))
            codes.append(np.concatenate(ends))

    def _ends(self, which: int) -> NDArray[np.int8]:
        """Codes of the patterns at the end, shape (pairs,)."""
        return np.concatenate(self._codes[which])[:PAIRS] if self._codes[which] else np.empty(0, np.int8)

    def counts(self, which: int = 0) -> list[int]:
        """Number of pairs in each pattern at the end, in setting *which*."""
        return [int(count) for count in np.bincount(self._ends(which), minlength=len(PATTERNS))]

    def transitions(self, order: tuple[int, ...] = (0, 1)) -> NDArray[np.int64]:
        """Number of pairs by pattern in the one setting (rows) and in the other (columns), shape (3, 3)."""
        count, (one, other) = len(PATTERNS), order
        both = np.bincount(self._ends(one).astype(int) * count + self._ends(other), minlength=count * count)
        return both.reshape(count, count)

    def intervals(self, which: int = 0) -> ShareIntervals:
        """Intervals of the patterns' shares, which know that pairs of one centre resemble each other."""
        codes = self._ends(which)
        centre = np.arange(len(codes)) // self.scenarios[which].scenario.design.clients
        counts = np.zeros((int(centre[-1]) + 1, len(PATTERNS)), np.int64)
        np.add.at(counts, (centre, codes), 1)
        return ShareIntervals(*clustered_share_interval(counts))
