"""Emulators: cheap stand-ins for the simulation, one per part of a fact, which know how far they may be off.

Each is a Gaussian process over the unit cube with a length of its own for every number and noise for random draws,
fitted by maximum likelihood (Rasmussen & Williams 2006, recalled; scikit-learn).
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel
from threadpoolctl import threadpool_limits

from twoway.experiments.studies.run import pool

Floats = NDArray[np.float64]
LENGTHS = (0.3, 30.0)
"""Range of the length over which a number matters, in widths of its prior; beyond the upper end it hardly does."""
STEPS = 25
"""Steps of the search for the likeliest lengths."""


class Emulator(NamedTuple):
    """Emulator of one part: a fitted process and the scale of its values."""

    process: GaussianProcessRegressor
    middle: float
    spread: float

    @property
    def lengths(self) -> Floats:
        """Length by number: the longer, the less it matters."""
        found: Floats = self.process.kernel_.k1.k1.k2.length_scale
        return found

    @property
    def noise(self) -> float:
        """Variance of the part between seeds at one point, as fitted."""
        return float(self.process.kernel_.k2.noise_level) * self.spread**2


def _climb(objective: Any, start: Floats, bounds: Floats) -> tuple[Floats, float]:
    """The best of ``STEPS`` steps: further ones move the lengths of numbers that hardly matter."""
    found = minimize(objective, start, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": STEPS})
    return found.x, found.fun


def fit_emulator(points: Floats, values: Floats) -> Emulator:
    """The emulator of a part of a fact.

    Parameters
    ----------
    points
        Points of the unit cube, shape (n, d).
    values
        Values of the part there, shape (n,); missing ones are left out.
    """
    known = np.isfinite(values)
    points, values = points[known], values[known]
    middle, spread = float(values.mean()), float(max(values.std(), 1e-9))
    kernel = ConstantKernel(1.0, (1e-2, 1e2)) * RBF(np.full(points.shape[1], 2.0), LENGTHS) + DotProduct(
        1.0, (1e-2, 1e2)
    ) * ConstantKernel(0.1, (1e-4, 1e1))
    process = GaussianProcessRegressor(kernel + WhiteKernel(0.1, (1e-4, 2.0)), alpha=1e-8, optimizer=_climb)
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its end says: does not matter
        process.fit(points - 0.5, (values - middle) / spread)
    return Emulator(process, middle, spread)


def predict(emulator: Emulator, points: Floats) -> tuple[Floats, Floats]:
    """Mean of a part at points, and the variance of that mean, without the noise between seeds.

    Parameters
    ----------
    emulator
        Emulator of the part.
    points
        Points of the unit cube, shape (n, d).

    Returns
    -------
    Shape (n,) each, in the unit of the part and its square.
    """
    mean, deviation = emulator.process.predict(points - 0.5, return_std=True)
    noise = emulator.process.kernel_.k2.noise_level
    variance = np.maximum(deviation**2 - noise, 0.0)
    return emulator.middle + emulator.spread * mean, emulator.spread**2 * variance


def _fit(task: tuple[Floats, Floats]) -> Emulator:
    return fit_emulator(*task)


def fit_all(points: Floats, values: Floats, workers: int = 2) -> list[Emulator]:
    """An emulator for each part.

    Parameters
    ----------
    points
        Points of the unit cube, shape (n, d).
    values
        Values of m parts there, shape (n, m).
    workers
        Number of worker processes.
    """
    with pool("processes", workers) as (engine, _):
        return list(engine.map(_fit, [(points, column) for column in values.T]))


class Check(NamedTuple):
    """Quality of an emulator on new points: share of variance explained, and share of values within its 95 %."""

    explained: float
    covered: float


def check_emulator(emulator: Emulator, points: Floats, values: Floats, seed_sd: float) -> Check:
    """Quality of an emulator on points that were simulated afterwards.

    Parameters
    ----------
    emulator
        Emulator of the part.
    points
        Points of the unit cube that it was not fitted to, shape (n, d).
    values
        Values of the part there, shape (n,); missing ones are left out.
    seed_sd
        Standard deviation of such values between seeds.
    """
    known = np.isfinite(values)
    points, values = points[known], values[known]
    mean, variance = predict(emulator, points)
    off = values - mean
    within = np.abs(off) <= 1.96 * np.sqrt(variance + seed_sd**2)
    return Check(float(1 - (off**2).mean() / max(values.var(), 1e-18)), float(within.mean()))
