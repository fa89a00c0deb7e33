"""Targets of the calibration: parts of the facts that are used in it, and the distance of values from them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoway.experiments.validation.fact_table import CALIBRATION, DeclaredFact, measurable_facts

Floats = NDArray[np.float64]


class Targets(NamedTuple):
    """Parts of facts by name (``fact: part``), met from ``low`` to ``high``, shape (m,), and their units."""

    names: tuple[str, ...]
    low: Floats
    high: Floats
    units: tuple[str, ...] = ()

    def beyond(self, values: Floats) -> Floats:
        """Distance of values, shape (..., m), from the accepted range; 0 inside, infinite for missing values."""
        outside: Floats = np.maximum(np.maximum(self.low - values, values - self.high), 0.0)
        return np.where(np.isnan(values), np.inf, outside)


@lru_cache
def targets() -> Targets:
    """The parts of every fact used in calibration; of a direction, an effect that is worth having."""
    parts = [(one, part) for one in _aimed_at() for part in one.part]
    return Targets(
        tuple(f"{one.id}: {part.name}" for one, part in parts),
        np.array([part.aimed[0] for _, part in parts]),
        np.array([part.aimed[1] for _, part in parts]),
        tuple(part.unit for _, part in parts),
    )


def facts_used() -> tuple[str, ...]:
    """Ids of the facts that are used in calibration."""
    return tuple(one.id for one in _aimed_at())


def _aimed_at() -> list[DeclaredFact]:
    return [one for one in measurable_facts() if one.use == CALIBRATION]
