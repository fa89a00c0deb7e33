"""Where such pairs end up: other people with other luck in the same course, a few more at a time.

Whoever asks for more decides when to stop; so nothing runs that nobody waits for. Of two courses the same people with
the same luck are lived in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.patterns import PATTERNS, class_codes, pattern_codes, shares
from twoway.analysis.statistics.paired import interval, shares_of
from twoway.simulation.run import Detail, PreparedScenario, simulate_centre

PAIRS = 200
"""Pairs that are lived in all: enough to see what luck does to shares, few enough to wait for."""


class Range(NamedTuple):
    """Between which shares luck alone would leave each pattern, 95 times in 100; shape (3,)."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]


class Outcomes:
    """How up to ``PAIRS`` pairs end in each of one or two *worlds* with some *luck*."""

    def __init__(self, worlds: Sequence[PreparedScenario], luck: int) -> None:
        self.worlds, self.luck = tuple(worlds), luck
        self._codes: list[list[NDArray[np.int8]]] = [[] for _ in worlds]

    @property
    def pairs(self) -> int:
        """How many have been lived."""
        return min(PAIRS, sum(map(len, self._codes[0])))

    @property
    def done(self) -> bool:
        """Whether all have been lived."""
        return self.pairs == PAIRS

    def more(self) -> None:
        """Live the pairs of one more replicate; the first is that of the pair on the page."""
        if self.done:
            return
        replicate = len(self._codes[0])
        for world, codes in zip(self.worlds, self._codes, strict=True):
            ends = []
            for centre in range(world.scenario.design.centres):
                stay = simulate_centre(world, self.luck, replicate, centre, Detail.DYADS)
                sides = (class_codes(s["positivity"], s["negativity"]) for s in (stay.clients, stay.keyworkers))
                ends.append(pattern_codes(*sides))
            codes.append(np.concatenate(ends))

    def _ends(self, which: int) -> NDArray[np.int8]:
        return np.concatenate(self._codes[which])[:PAIRS] if self._codes[which] else np.empty(0, np.int8)

    def counts(self, which: int = 0) -> list[int]:
        """Pairs in each pattern at the end, in one of the worlds."""
        return [int(count) for count in np.bincount(self._ends(which), minlength=len(PATTERNS))]

    def moves(self, order: tuple[int, ...] = (0, 1)) -> NDArray[np.int64]:
        """Pairs by pattern in one and in the other world, by default in the first and in the second; shape (3, 3)."""
        count, (one, other) = len(PATTERNS), order
        both = np.bincount(self._ends(one).astype(int) * count + self._ends(other), minlength=count * count)
        return both.reshape(count, count)

    def range(self, which: int = 0) -> Range:
        """What luck alone does to the shares: pairs differ, and so do replicates; whichever says more counts."""
        codes = np.stack(self._codes[which])
        replicates, pairs = np.indices(codes.shape)
        pattern = pd.Categorical.from_codes(codes.ravel(), categories=list(PATTERNS))
        centre = pairs.ravel() // self.worlds[which].scenario.design.clients
        table = shares(pd.DataFrame({"replicate": replicates.ravel(), "centre": centre, "pattern": pattern}))
        low, high = table["low"].to_numpy(), table["high"].to_numpy()
        if len(codes) > 1:
            by_replicate = interval(shares_of(codes))
            low, high = np.minimum(low, by_replicate.low), np.maximum(high, by_replicate.high)
        return Range(np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0))
