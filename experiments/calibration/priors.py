"""Priors: the free numbers of ``priors.toml`` with their ranges, uniform and independent."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from twoway.experiments.studies.designs import Span, axis
from twoway.simulation.data_files import read_toml
from twoway.simulation.errors import InputError

Floats = NDArray[np.float64]
FILE = Path(__file__).with_name("priors.toml")


class Priors(NamedTuple):
    """The free numbers by name (``section.field``), each uniform from ``low`` to ``high``, shape (d,)."""

    names: tuple[str, ...]
    low: Floats
    high: Floats

    def at(self, unit: Floats) -> Floats:
        """Points of the unit cube, shape (n, d), as values of the numbers."""
        values: Floats = self.low + unit * (self.high - self.low)
        return values

    def unit(self, values: Floats) -> Floats:
        """Values of the numbers, shape (n, d), as points of the unit cube."""
        places: Floats = (values - self.low) / (self.high - self.low)
        return places


@lru_cache
def priors() -> Priors:
    """The declared priors; ``InputError`` for a number that does not exist or a range beyond the declared one."""
    ranges = []
    for field, span in read_toml(FILE).items():
        try:
            low, high = span
            ranges.append(axis(field, Span(low=float(low), high=float(high))))
        except (TypeError, ValueError) as error:
            why = error if isinstance(error, InputError) else f'{field}: write it as "{field}" = [low, high]'
            raise InputError(f"{FILE}: {why}") from None
    return Priors(
        tuple(one.field for one in ranges),
        np.array([one.low for one in ranges]),
        np.array([one.high for one in ranges]),
    )


def sobol_points(count: int, dimensions: int, seed: int) -> Floats:
    """Points that fill the unit cube evenly: a scrambled Sobol' sequence, shape (count, dimensions).

    Parameters
    ----------
    count
        Number of points.
    dimensions
        Dimensions of the cube.
    seed
        Random seed that scrambles the sequence.
    """
    points: Floats = qmc.Sobol(dimensions, seed=seed).random_base2(max(0, int(np.ceil(np.log2(count)))))[:count]
    return points
