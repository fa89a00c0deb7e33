"""Resting points of a drift: where it vanishes, whether dyads are held there, from where they get there.

A point is searched in every triangle of the grid, where the drift is taken as a plane; so no point between known places
is overlooked, and none is found twice. Whether it holds is read off the drift's slope there (its eigenvalues). How sure
it is: in how many draws of the replicates a point of the same kind lies near it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.landscape.drift import (
    DriftField,
    Floats,
    LandscapeGrid,
    drift_field,
    interpolate,
)
from twoway.analysis.statistics.bootstrap import resampling_weights
from twoway.analysis.statistics.intervals import percentile_interval

HOLDS, PASS, REPELS = "holds", "pass", "repels"
"""A point where dyads are held; one that holds along one direction and repels along another, as a mountain pass lies
between two valleys; and one that repels."""
SURE = 0.95
"""Share of draws in which a point of the same kind is near, from which it is called certain."""
NEAR = 0.1
"""How near that is, as a share of the range. Assumed; to be swept .05...2."""
MOVED_AT_MOST = 0.25
"""A point that lies further off in another context is another point; as a share of the range. Assumed."""
DRAWS = 200
"""How often the replicates are drawn again."""
LONGEST = 2000
"""Days after which a drift that has not arrived anywhere is given up."""
POINT = ("kind", "client", "keyworker", "slowest", "fastest")


class RestPoint(NamedTuple):
    """A place where the drift vanishes: its kind, and the two rates, per day, at which distance from it grows.

    Negative rates are returns; ``slowest`` is the larger one. Rates that lie near each other may come out alike.
    """

    kind: str
    client: float
    keyworker: float
    slowest: float
    fastest: float


def rest_points_of(drift: Floats, slope: Floats, known: NDArray[np.bool_], grid: LandscapeGrid) -> list[RestPoint]:
    """All points where the drift of one field vanishes, between known places.

    Parameters
    ----------
    drift
        Mean movement per day at each node, shape (nodes, nodes, 2).
    slope
        How the drift changes with the place, per day, shape (nodes, nodes, 2, 2).
    known
        Where enough was seen to say something, shape (nodes, nodes).
    grid
        The grid.
    """
    found: list[RestPoint] = []
    nodes, last = grid.nodes, len(grid.nodes) - 1
    i, j = (axis.ravel() for axis in np.meshgrid(np.arange(last), np.arange(last), indexing="ij"))
    halves = (((0, 0), (1, 0), (0, 1)), ((1, 1), (0, 1), (1, 0)))
    for corners in halves:
        there = [(i + a, j + b) for a, b in corners]
        base, one, other = (drift[c] for c in there)
        edges = np.stack([one - base, other - base], axis=-1)
        some = np.logical_and.reduce([known[c] for c in there]) & (np.abs(np.linalg.det(edges)) > 1e-18)
        share = np.linalg.solve(edges[some], -base[some][..., None])[..., 0]
        inside = (share >= -1e-9).all(axis=1) & (share.sum(axis=1) <= 1 + 1e-9)
        for k, (a, b) in zip(np.flatnonzero(some)[inside], share[inside], strict=True):
            weights = np.array([1 - a - b, a, b])
            at = [float(weights @ nodes[[c[axis][k] for c in there]]) for axis in (0, 1)]
            here = np.tensordot(weights, np.stack([slope[c][k] for c in there]), 1)
            rates = np.linalg.eigvals(here).real
            kind = HOLDS if rates.max() < 0 else REPELS if rates.min() > 0 else PASS
            found.append(RestPoint(kind, at[0], at[1], float(rates.max()), float(rates.min())))
    return _merged(found, float(nodes[1] - nodes[0]))


def _merged(found: list[RestPoint], nearer: float) -> list[RestPoint]:
    """Points of one kind that lie nearer than a cell of the grid are one."""
    kept: list[RestPoint] = []
    for point in sorted(found):
        if not any(
            point.kind == other.kind
            and np.hypot(point.client - other.client, point.keyworker - other.keyworker) < nearer
            for other in kept
        ):
            kept.append(point)
    return kept


class RestPoints(NamedTuple):
    """Where dyads come to rest, and how sure that is."""

    table: pd.DataFrame
    """A row per point: ``kind``, ``client``, ``keyworker`` and ``slowest`` with intervals, ``fastest``, ``found_in``
    (share of draws with a point of its kind near), ``certain``."""
    how_many: pd.DataFrame
    """By number of points that hold: share of draws."""
    clouds: tuple[Floats, ...]
    """For each point the nearest one of its kind in every draw: client, keyworker and slowest rate, shape (draws, 3);
    NaN where there is none near."""
    error: Floats
    """Standard error of the drift, shape (nodes, nodes, 2)."""


def find_rest_points(sums: Floats, grid: LandscapeGrid, lag: int, seed: int = 0, draws: int = DRAWS) -> RestPoints:
    """The points where the drift vanishes, and how sure that is.

    Parameters
    ----------
    sums
        ``sum_movements`` of each replicate, shape (replicates, 6, bins, bins).
    grid
        The grid.
    lag
        Days of a movement.
    seed
        Seed of the bootstrap over replicates.
    draws
        Number of bootstrap samples.
    """
    whole = drift_field(sums.sum(axis=0), grid, lag)
    here = rest_points_of(whole.drift, whole.slope, whole.known, grid)
    weights = resampling_weights(len(sums), draws, seed)
    again = drift_field(np.tensordot(weights, sums, 1), grid, lag)
    others = [rest_points_of(again.drift[d], again.slope[d], again.known[d] & whole.known, grid) for d in range(draws)]
    rows, clouds, reach = [], [], NEAR * (grid.high - grid.low)
    for point in here:
        cloud = np.full((draws, 3), np.nan)
        for d, some in enumerate(others):
            away = [
                (np.hypot(p.client - point.client, p.keyworker - point.keyworker), p.client, p.keyworker, p.slowest)
                for p in some
                if p.kind == point.kind
            ]
            if away and min(away)[0] <= reach:
                cloud[d] = min(away)[1:]
        found_in = float(np.isfinite(cloud[:, 0]).mean())
        ends = (
            np.stack(percentile_interval(cloud, 0.025, skip_missing=True)) if found_in > 0 else np.full((2, 3), np.nan)
        )
        rows.append((*point, *ends[:, 0], *ends[:, 1], *ends[:, 2], found_in, found_in >= SURE))
        clouds.append(cloud)
    columns = [*POINT, "client_low", "client_high", "keyworker_low", "keyworker_high", "slowest_low",
               "slowest_high", "found_in", "certain"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    counts = pd.Series([sum(p.kind == HOLDS for p in some) for some in others]).value_counts(normalize=True)
    how_many = counts.sort_index().rename_axis("points_that_hold").rename("share_of_draws").reset_index()
    error = again.drift.std(axis=0, ddof=1)
    return RestPoints(table, how_many, tuple(clouds), error)


NOWHERE = -1


def basins(whole: DriftField, grid: LandscapeGrid, ends: Floats, start: Floats) -> NDArray[np.intp]:
    """The end to which the drift alone leads from each start.

    A path takes a step a day, and ends within a cell of an end; one that leaves the known places, or takes longer than
    ``LONGEST`` days, ends nowhere.

    Parameters
    ----------
    whole
        The field at the nodes, without leading axes.
    grid
        The grid.
    ends
        Places where paths end, shape (k, 2); there may be none.
    start
        Places where paths begin, shape (n, 2).

    Returns
    -------
    array of int
        Row of *ends* for each start, shape (n,); ``NOWHERE`` if the path leads to none.
    """
    at, goal = start.copy(), np.full(len(start), NOWHERE)
    drift = np.where(whole.known[..., None], whole.drift, np.nan)
    going = np.ones(len(start), bool)
    reach = grid.nodes[1] - grid.nodes[0]
    for _ in range(LONGEST):
        if not going.any() or not len(ends):
            break
        away = np.hypot(*np.moveaxis(at[going, None] - ends, -1, 0))
        arrived = away.min(axis=1) < reach
        some = np.flatnonzero(going)
        goal[some[arrived]] = away.argmin(axis=1)[arrived]
        going[some[arrived]] = False
        some = some[~arrived]
        then = np.clip(at[some] + interpolate(drift, grid, at[some]), grid.low, grid.high)
        going[some[np.isnan(then).any(axis=1)]] = False
        at[some] = then
    return goal


def node_places(grid: LandscapeGrid) -> Floats:
    """All nodes as places, shape (nodes², 2), the client's axis first."""
    axes = np.meshgrid(grid.nodes, grid.nodes, indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)


def noisy_paths(
    whole: DriftField, grid: LandscapeGrid, lag: int, start: Floats, length: int, generator: np.random.Generator
) -> Floats:
    """Paths of the two variables alone, by drift and diffusion (Euler–Maruyama), kept within the range.

    Where nothing is known, the nearest known field holds.

    Parameters
    ----------
    whole
        The field at the nodes, without leading axes.
    grid
        The grid.
    lag
        Days of a step.
    start
        Places where paths begin, shape (n, 2).
    length
        Days of a path; a rest shorter than a step is left out.
    generator
        Source of the noise.

    Returns
    -------
    array
        Places after each step, the start included, shape (length // lag + 1, n, 2).
    """
    from scipy.ndimage import distance_transform_edt  # noqa: PLC0415 - scipy takes long to import

    nearest = tuple(distance_transform_edt(~whole.known, return_distances=False, return_indices=True))
    values, vectors = np.linalg.eigh(whole.diffusion[nearest])
    root = vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]
    drift, places = whole.drift[nearest], [start]
    for _ in range(length // lag):
        at = places[-1]
        chance = np.einsum("nij,nj->ni", interpolate(root @ np.swapaxes(vectors, -1, -2), grid, at),
                           generator.standard_normal(at.shape))  # fmt: skip
        moved = at + lag * interpolate(drift, grid, at) + np.sqrt(lag) * chance
        places.append(np.clip(moved, grid.low, grid.high))
    return np.stack(places)


def splitting_probabilities(
    whole: DriftField,
    grid: LandscapeGrid,
    lag: int,
    ends: Floats,
    start: Floats,
    length: int,
    paths: int = 200,
    seed: int = 0,
) -> Floats:
    """Probability that noise and drift lead from each start to each end before any other.

    Parameters
    ----------
    whole
        The field at the nodes, without leading axes.
    grid
        The grid.
    lag
        Days of a step.
    ends
        Places to reach, shape (k, 2), k at least 1; one is reached within ``NEAR``, a share of the range.
    start
        Places where paths begin, shape (n, 2).
    length
        Days of a path.
    paths
        Number of paths from each start.
    seed
        Seed of the noise.

    Returns
    -------
    array
        Shares of paths, shape (n, k); what is missing to 1 in a row reaches no end in time.
    """
    many = np.repeat(start, paths, axis=0)
    walked = noisy_paths(whole, grid, lag, many, length, np.random.default_rng(seed))
    away = np.hypot(*np.moveaxis(walked[:, :, None] - ends, -1, 0))
    there = away <= NEAR * (grid.high - grid.low)
    first = np.where(there.any(axis=0), there.argmax(axis=0), len(walked))
    won = (first == first.min(axis=1, keepdims=True)) & there.any(axis=0)
    shares: Floats = won.reshape(len(start), paths, len(ends)).mean(axis=1)
    return shares


def rest_point_shifts(first: RestPoints, other: RestPoints, grid: LandscapeGrid) -> pd.DataFrame:
    """What became of each certain point that holds, in another context: how far it moved, or that it is not there.

    Parameters
    ----------
    first, other
        Points of rest in either context, from as many replicates, draws and the same seed: intervals are those of
        differences within a draw.
    grid
        The grid of both.

    Returns
    -------
    DataFrame
        A row per certain point of the *first* that holds: ``point``, its place ``client`` and ``keyworker``, ``there``
        (whether the *other* has such a point near, each taken once, the nearest first), and by how much it moved along
        both axes, with intervals (``client_moved``, ``client_low`` and so on; NaN where it is not there).
    """
    mine, theirs = (one.table[(one.table["kind"] == HOLDS) & one.table["certain"]] for one in (first, other))
    taken: dict[int, int] = {}
    pairs = sorted(
        (float(np.hypot(a["client"] - b["client"], a["keyworker"] - b["keyworker"])), int(i), int(j))
        for i, a in mine.iterrows()
        for j, b in theirs.iterrows()
    )
    for away, i, j in pairs:
        if i not in taken and j not in taken.values() and away <= MOVED_AT_MOST * (grid.high - grid.low):
            taken[i] = j
    rows: list[tuple[object, ...]] = []
    for i, a in mine.iterrows():
        if i not in taken:
            rows.append((i, a["client"], a["keyworker"], False, *[np.nan] * 6))
            continue
        b = theirs.loc[taken[i]]
        move = [b[axis] - a[axis] for axis in ("client", "keyworker")]
        low, high = percentile_interval((other.clouds[taken[i]] - first.clouds[i])[:, :2], 0.025, skip_missing=True)
        rows.append((i, a["client"], a["keyworker"], True, move[0], low[0], high[0], move[1], low[1], high[1]))
    columns = ["point", "client", "keyworker", "there", "client_moved", "client_low", "client_high", "keyworker_moved",
               "keyworker_low", "keyworker_high"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
