"""Emulators: cheap stand-ins for the simulation, one per part of a fact, which know how far they may be off.

Each is a Gaussian process over the unit cube with a length of its own for every number and noise for random draws,
fitted by maximum likelihood (Rasmussen & Williams 2006, recalled; scikit-learn). What it predicts is computed here: it
is asked for at millions of points, and so is ten times as fast.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
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
    """Emulator of one part: a Gaussian process as fitted to n points of d numbers, in units of ``spread``."""

    lengths: Floats
    """Length by number, shape (d,): the longer, the less it matters."""
    size: tuple[float, float, float]
    """Variance of what depends on lengths, of a slope in each number, and of the level."""
    points: Floats
    """Points of the unit cube less its middle, shape (n, d)."""
    weights: Floats
    """What each of the points counts for the mean, shape (n,)."""
    unfold: Floats
    """Inverse of the Cholesky factor of the points' covariance, shape (n, n)."""
    middle: float
    spread: float
    noise: float
    """Variance of the part between seeds at one point, in its unit squared."""


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
    found = process.kernel_
    bends, slopes = found.k1.k1, found.k1.k2
    slope = float(slopes.k2.constant_value)
    size = (float(bends.k1.constant_value), slope, slope * float(slopes.k1.sigma_0) ** 2)
    unfold = solve_triangular(process.L_, np.eye(len(points)), lower=True)
    noise = float(found.k2.noise_level) * spread**2
    return Emulator(bends.k2.length_scale, size, points - 0.5, process.alpha_, unfold, middle, spread, noise)


def _covariance(emulator: Emulator, points: Floats) -> Floats:
    """Covariance of the part between *points* of the unit cube, shape (m, d), and those fitted to, shape (m, n)."""
    bends, slope, level = emulator.size
    here = points - 0.5
    one, other = here / emulator.lengths, emulator.points / emulator.lengths
    near = one @ other.T
    near -= ((one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)) / 2
    np.exp(near, out=near)
    near *= bends
    near += slope * (here @ emulator.points.T) + level
    covariance: Floats = near
    return covariance


def expected(emulator: Emulator, points: Floats) -> Floats:
    """Mean of a part at points: what ``predict`` gives first, sooner.

    Parameters
    ----------
    emulator
        Emulator of the part.
    points
        Points of the unit cube, shape (n, d).

    Returns
    -------
    Shape (n,), in the unit of the part.
    """
    mean: Floats = emulator.middle + emulator.spread * (_covariance(emulator, points) @ emulator.weights)
    return mean


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
    bends, slope, level = emulator.size
    near = _covariance(emulator, points)
    alone = bends + slope * ((points - 0.5) ** 2).sum(axis=1) + level
    variance = np.maximum(alone - ((near @ emulator.unfold.T) ** 2).sum(axis=1), 0.0)
    return emulator.middle + emulator.spread * (near @ emulator.weights), emulator.spread**2 * variance


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
