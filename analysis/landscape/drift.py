"""Where pairs drift: the movement of a dyad in a picture of two variables, one of each party, estimated from runs.

From where many dyads are and where they are some days later follow a *drift* (the mean movement from a place) and a
*diffusion* (how movements scatter around it). Both are smoothed over a grid, the drift by local straight planes, so
that nothing is pulled inward at the edges (local linear regression; Fan & Gijbels 1996, recalled). Replicates are drawn
again for how sure it is. A dyad has many more variables than two, so the picture may not explain itself: see
``twoway.analysis.landscape.markov_checks``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.tables import DYAD, kind_shares, require_columns
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.parameters.scenario import Resolved

Floats = NDArray[np.float64]


class LandscapeView(NamedTuple):
    """One number for what a party makes of the relationship: its bounds, and what its ends mean."""

    name: str
    low: float
    high: float
    axis: str
    """As an axis says it, after "client: " or "keyworker: "."""


VIEWS = {
    "leaning": LandscapeView("leaning", -9.0, 4.5, "adversarial ← 0 → personal, log-odds"),
    "personal": LandscapeView("personal", 0.0, 1.0, "share of personal frames"),
    "tone": LandscapeView("tone", -2.5, 2.0, "good less bad tone, EPA units"),
}
"""*leaning*, the default: the log-odds of personal against adversarial frames in what a party takes the relationship to
be, formal frames counted half to either; 0 is formal. *personal*: the share of personal frames. *tone*: good less bad
tone. Why leaning: a reading multiplies the weights of frames, so on the scale of log-odds a movement from a firm belief
counts as much as one from a loose belief, while a share near 0 hardly moves at all. What each foresees of
the end, and how much memory it has, the ``landscape`` command says of all three. Where a drift vanishes depends on the
scale wherever noise does: it also says how many points of rest each view shows."""
LAG = 5
"""Days of one movement. Assumed; to be swept 1..10: shorter ones are mostly noise, longer ones blur the place."""
BINS = 50
"""Bins from low to high in which movements are summed before they are smoothed."""
NODES = 33
"""Places from low to high at which the field is estimated."""
BANDWIDTH = 0.05
"""Standard deviation of the Gaussian kernel, as a share of the range. Assumed; to be swept .03...08."""
TINY = 1e-9
"""A share is taken to be at least so large, so that its log-odds are finite."""
LEAST = 100.0
"""Movements near a place (weighted by the kernel) below which nothing is said of it. Assumed."""


class DyadPaths(NamedTuple):
    """Places of dyads at the end of each day: ``at`` (dyads, days, 2), client first; and each dyad's replicate."""

    at: Floats
    unit: NDArray[np.intp]


def dyad_paths(days: pd.DataFrame, resolved: Resolved, view: LandscapeView) -> DyadPaths:
    """The paths of all dyads of a table of days, ordered by replicate, centre and dyad.

    Parameters
    ----------
    days
        Both parties of every dyad at the end of each day, in any order.
    resolved
        The scenario with its data files.
    view
        The number that stands for each party; values beyond its bounds are moved to them.

    Raises
    ------
    InputError
        If a column is missing, the table is empty, or a dyad has not one row for either party on every day.
    """
    require_columns(days, "days", [*DYAD, "day", "party", "positivity", "negativity"])
    party = pd.Categorical(days["party"], categories=list(ROLES)).codes
    order = np.lexsort([days["day"].to_numpy(), party, *(days[key].to_numpy() for key in DYAD[::-1])])
    table = days.iloc[order]
    length = table["day"].nunique()
    if len(table) % (2 * length) or table.duplicated([*DYAD, "party", "day"]).any():
        raise InputError("days: not every dyad has one row for client and keyworker on every day")
    if view.name == "tone":
        value = table["positivity"].to_numpy() - table["negativity"].to_numpy()
    else:
        shares = kind_shares(table, resolved)
        value = leaning(shares) if view.name == "leaning" else shares[:, KINDS.index("personal")]
    at = np.clip(np.moveaxis(value.reshape(-1, 2, length), 1, 2), view.low, view.high)
    return DyadPaths(at, table["replicate"].to_numpy(np.intp)[:: 2 * length])


def leaning(shares: Floats) -> Floats:
    """Log-odds of personal against adversarial frames from ``kind_shares`` (…, 3), formal ones counted half to either.

    >>> leaning(np.array([[0.0, 1.0, 0.0], [0.25, 0.5, 0.25], [0.5, 0.5, 0.0]])).round(3)
    array([0.   , 0.   , 1.099])
    """
    formal = shares[..., KINDS.index("formal")] / 2
    towards, against = (np.maximum(shares[..., KINDS.index(k)] + formal, TINY) for k in ("personal", "adversarial"))
    odds: Floats = np.log(towards) - np.log(against)
    return odds


def landscape_view(name: str) -> LandscapeView:
    """One of the ``VIEWS``, by name."""
    if name not in VIEWS:
        raise InputError(f"there is no view '{name}'; {nearest(name, VIEWS)}")
    return VIEWS[name]


class Movements(NamedTuple):
    """Movements that do not overlap: from where, by how much, from which day on, of which dyad and which replicate.

    ``start`` and ``move`` (steps, dyads, 2), ``day`` (steps,), ``unit`` (dyads,).
    """

    start: Floats
    move: Floats
    day: NDArray[np.intp]
    unit: NDArray[np.intp]


def movements_of(some: DyadPaths, lag: int = LAG) -> Movements:
    """Movements one after the other, which do not overlap.

    Parameters
    ----------
    some
        The paths.
    lag
        Days of a movement, from 1 to less than the days of the paths.

    Raises
    ------
    InputError
        If the lag is out of its range.
    """
    length = some.at.shape[1]
    if not 1 <= lag < length:
        raise InputError(f"lag = {lag}; it must be from 1 day to less than the {length} days that were kept")
    every = np.moveaxis(some.at[:, ::lag], 1, 0)
    return Movements(every[:-1], np.diff(every, axis=0), np.arange(len(every) - 1) * lag + 1, some.unit)


class LandscapeGrid(NamedTuple):
    """Where movements are summed, and where the field is estimated: the same along both axes."""

    low: float
    high: float
    nodes: Floats
    bins: Floats
    """Middle of each bin."""
    kernel: Floats
    """Weight of each bin for each node, shape (nodes, bins), 1 where they meet."""

    def place(self, at: Floats) -> Floats:
        """Places as (fractional) numbers of nodes; what is beyond an edge is at the edge."""
        step = self.nodes[1] - self.nodes[0]
        number: Floats = np.clip((at - self.low) / step, 0, len(self.nodes) - 1)
        return number


def landscape_grid(view: LandscapeView, bandwidth: float = BANDWIDTH) -> LandscapeGrid:
    """The grid over a view's range.

    Parameters
    ----------
    view
        The view, with the bounds of the range.
    bandwidth
        Standard deviation of the Gaussian kernel, as a share of the range.
    """
    nodes = np.linspace(view.low, view.high, NODES)
    edges = np.linspace(view.low, view.high, BINS + 1)
    bins = (edges[1:] + edges[:-1]) / 2
    far = (bins - nodes[:, None]) / (bandwidth * (view.high - view.low))
    return LandscapeGrid(view.low, view.high, nodes, bins, np.exp(-0.5 * far**2))


def sum_movements(some: Movements, grid: LandscapeGrid, units: int) -> Floats:
    """What each replicate contributes to every bin.

    Parameters
    ----------
    some
        The movements.
    grid
        The grid; a movement is counted in the bin in which it starts.
    units
        Number of replicates.

    Returns
    -------
    array
        Shape (units, 6, BINS, BINS), the client's axis before the keyworker's. The six are the number of movements,
        their sums (client, keyworker) and the sums of their products (cc, ck, kk).
    """
    width = grid.bins[1] - grid.bins[0]
    cell = np.clip(((some.start - grid.low) / width).astype(np.intp), 0, BINS - 1)
    key = (some.unit * BINS + cell[..., 0]) * BINS + cell[..., 1]
    x, y = some.move[..., 0], some.move[..., 1]
    size = units * BINS * BINS
    sums = [np.bincount(key.ravel(), w.ravel(), size) for w in (np.ones_like(x), x, y, x * x, x * y, y * y)]
    by_bin: Floats = np.stack(sums, axis=1).reshape(units, BINS, BINS, 6).transpose(0, 3, 1, 2).astype(np.float64)
    return by_bin


class DriftField(NamedTuple):
    """Drift and diffusion at every node; leading axes (…) are draws, if there are several. First axis: the client."""

    drift: Floats
    """Mean movement per day, shape (…, nodes, nodes, 2)."""
    slope: Floats
    """How the drift changes with the place, component i along axis j, per day, shape (…, nodes, nodes, 2, 2)."""
    diffusion: Floats
    """Covariance of movements per day, shape (…, nodes, nodes, 2, 2)."""
    seen: Floats
    """Movements near the place, weighted by the kernel, shape (…, nodes, nodes)."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where enough was seen to say something."""
        return self.seen >= LEAST


def drift_field(sums: Floats, grid: LandscapeGrid, lag: int) -> DriftField:
    """The field of drift and diffusion, from sums of movements over bins.

    Parameters
    ----------
    sums
        ``sum_movements``, added up over replicates, shape (…, 6, BINS, BINS); leading axes are draws.
    grid
        The grid.
    lag
        Days of a movement.
    """
    away = grid.bins - grid.nodes[:, None]
    powers = [grid.kernel * away**k for k in range(3)]

    def _near(which: int, a: int, b: int) -> Floats:
        total: Floats = powers[a] @ sums[..., which, :, :] @ powers[b].T
        return total

    n = {(a, b): _near(0, a, b) for a in range(3) for b in range(3 - a)}
    safe = np.maximum(n[0, 0], 1e-12)
    small = 1e-4 * n[0, 0] * float(away[0, 1] - away[0, 0]) ** 2 + 1e-12
    rows = [
        [safe, n[1, 0], n[0, 1]],
        [n[1, 0], n[2, 0] + small, n[1, 1]],
        [n[0, 1], n[1, 1], n[0, 2] + small],
    ]
    matrix = np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
    right = np.stack([np.stack([_near(w, 0, 0), _near(w, 1, 0), _near(w, 0, 1)], axis=-1) for w in (1, 2)], axis=-1)
    plane = np.linalg.solve(matrix, right) / lag
    mean = np.stack([_near(w, 0, 0) / safe for w in (1, 2)], axis=-1)
    cc, ck, kk = (_near(w, 0, 0) / safe for w in (3, 4, 5))
    second = np.stack([np.stack([cc, ck], axis=-1), np.stack([ck, kk], axis=-1)], axis=-2)
    spread = (second - mean[..., :, None] * mean[..., None, :]) / lag
    return DriftField(plane[..., 0, :], np.swapaxes(plane[..., 1:, :], -1, -2), spread, n[0, 0])


def interpolate(values: Floats, grid: LandscapeGrid, at: Floats) -> Floats:
    """Values at any places, from those at the nodes: a bilinear interpolation.

    Parameters
    ----------
    values
        Values at the nodes, shape (nodes, nodes, …).
    grid
        The grid.
    at
        Places, shape (n, 2); one beyond an edge has the value at the edge.

    Returns
    -------
    array
        Shape (n, …).
    """
    number = grid.place(at)
    low = np.minimum(number.astype(np.intp), len(grid.nodes) - 2)
    share = number - low
    total: Any = 0.0
    for i in (0, 1):
        for j in (0, 1):
            weight = (share[:, 0] if i else 1 - share[:, 0]) * (share[:, 1] if j else 1 - share[:, 1])
            corner = values[low[:, 0] + i, low[:, 1] + j]
            total = total + weight.reshape(-1, *[1] * (corner.ndim - 1)) * corner
    return np.asarray(total, np.float64)
