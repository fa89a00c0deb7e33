"""A process whose landscape is known: two wells along one axis, one along the other, with noise."""

import numpy as np

from twoway.analysis.landscape.drift import DyadPaths, LandscapeView

WELL = LandscapeView("known", -2.0, 2.0, "made up")
RATE, NOISE = 0.04, 0.12
"""Pull per day; standard deviation of the noise of a day."""


def drift(x, y):
    """Rests at (-1, -.5) and (1, .5), a pass at (0, 0)."""
    return RATE * (x - x**3), RATE * (0.5 * x - y)


def well_paths(dyads=1500, days=121, units=50, seed=0, late=None):
    """Paths of made-up dyads by Euler–Maruyama in tenths of a day; from day *late* on the drift is turned round."""
    generator = np.random.default_rng(seed)
    at = np.empty((dyads, days, 2))
    x, y = generator.uniform(-1.7, 1.7, (2, dyads))
    for day in range(days):
        at[:, day] = np.stack([x, y], axis=1)
        sign = -0.5 if late is not None and day >= late else 1.0
        for _ in range(10):
            dx, dy = drift(x, y)
            noise = generator.normal(0, NOISE * np.sqrt(0.1), (2, dyads))
            x, y = np.clip([x + sign * 0.1 * dx + noise[0], y + sign * 0.1 * dy + noise[1]], WELL.low, WELL.high)
    return DyadPaths(at, np.arange(dyads) * units // dyads)
