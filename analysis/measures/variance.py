"""Variance shares: how much of a rating belongs to the centre, the keyworker, the pair, and the day.

The nested analysis of variance for unequal sizes (Henderson's method 1; Searle, Casella & McCulloch 1992, recalled):
the mean squares of ratings nested in pairs, in keyworkers, in centres are set equal to what they are expected to be.
It needs only sums, so it takes milliseconds where a likelihood fit of half a million rows takes minutes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.estimates import MANY_DYADS, Measure, Statistic, Units, estimated, not_estimated, tidy
from twoway.analysis.measures.panel import Panel
from twoway.analysis.measures.tracking import pooled_correlation
from twoway.analysis.statistics.bootstrap import ENOUGH_CENTRES
from twoway.simulation.affect_control.frames import ROLES

Floats = NDArray[np.float64]
EVERY = 30
"""Days between the ratings that are used: far enough apart to be nearly independent of each other (assumed; 14..60)."""
LEVELS = ("centres", "keyworkers", "pairs", "days")
"""Between what ratings can differ; a pair is one client with one keyworker, until that keyworker leaves."""
SHARE = Measure(
    "variance_share",
    "share",
    f"share of the variance of ratings, one every {EVERY} days, that lies between centres, between keyworkers of a "
    "centre, between pairs of a keyworker, and within pairs from day to day",
    "ratings",
)
RECIPROCITY = Measure(
    "pair_effects",
    "correlation",
    f"over pairs, of the client's with the keyworker's mean rating (one every {EVERY} days), each less the mean of all "
    "pairs of the keyworker",
    "pairs",
    least=MANY_DYADS,
)
MEASURES = (SHARE, RECIPROCITY)


def variance(panel: Panel, units: Units) -> pd.DataFrame:
    """Variance shares of either party's ratings; they sum to 1 over what can be estimated.

    What the design cannot tell apart is said in words: one centre has no variance between centres, a keyworker with
    one client none between her pairs.

    Parameters
    ----------
    panel
        Both parties by day; the days used are multiples of ``EVERY``.
    units
        Units that are resampled; without intervals where these are not centres.

    Returns
    -------
    DataFrame
        A row per party and level, with the columns ``estimates.COLUMNS``.
    """
    columns = np.flatnonzero(panel.days % EVERY == 0)
    codes = _nested_codes(panel, columns)
    counts = [len(np.unique(code)) for code in codes]
    why = [_why_not(level, counts) for level in range(len(LEVELS))]
    kept = [level for level, words in enumerate(why) if not words]
    over = units if units.name == "centres" else units.undrawn()
    tables = []
    for side, role in enumerate(ROLES):
        if kept:
            parts = _parts(panel.rating[side][:, columns], [codes[level] for level in kept])
            groups = [f"{role}: {LEVELS[level]}" for level in kept]
            table = estimated(SHARE, groups, parts, _shares, [counts[-1]] * len(kept), over)
            table.loc[table["interval"].str.startswith("no interval"), "interval"] = (
                f"no interval: it takes at least {ENOUGH_CENTRES} centres"
            )
            tables.append(table)
        missing = [not_estimated(SHARE, f"{role}: {LEVELS[level]}", words) for level, words in enumerate(why) if words]
        if missing:
            tables.append(tidy(SHARE, missing))
    return pd.concat(tables, ignore_index=True)


def shares_of_both(panel: Panel) -> tuple[Floats, Statistic, tuple[str, ...]]:
    """Variance shares of both parties' ratings as one function of sums over dyads, to compare them.

    Parameters
    ----------
    panel
        Both parties by day; the days used are multiples of ``EVERY``.

    Returns
    -------
    What each dyad contributes, shape (dyads, k); the function of its sums, shape (..., groups); and the names of the
    groups, "client: centres" and so on, without those that the design cannot tell apart.
    """
    columns = np.flatnonzero(panel.days % EVERY == 0)
    codes = _nested_codes(panel, columns)
    counts = [len(np.unique(code)) for code in codes]
    kept = [level for level in range(len(LEVELS)) if not _why_not(level, counts)]
    if not kept:
        return np.zeros((len(panel.dyads), 1)), lambda sums: sums[..., :0], ()
    parts = [_parts(rating[:, columns], [codes[level] for level in kept]) for rating in panel.rating]
    names = tuple(f"{role}: {LEVELS[level]}" for role in ROLES for level in kept)

    def shares(sums: Floats) -> Floats:
        return np.concatenate([_shares(own) for own in np.split(sums, 2, axis=-1)], axis=-1)

    return np.hstack(parts), shares, names


def reciprocity(panel: Panel, units: Units) -> pd.DataFrame:
    """Correlation of the pair effects of client and keyworker, within keyworkers.

    Parameters
    ----------
    panel
        Both parties by day; the days used are multiples of ``EVERY``.
    units
        Units that are resampled.

    Returns
    -------
    DataFrame
        One row of ``RECIPROCITY``, with the columns ``estimates.COLUMNS``.
    """
    n, columns = len(panel.dyads), np.flatnonzero(panel.days % EVERY == 0)
    parts, count = np.zeros((n, 3)), 0
    if len(columns):
        _, keyworker, pair, _ = _nested_codes(panel, columns)
        size = np.bincount(pair)
        first = np.unique(pair, return_index=True)[1]
        own = keyworker[first]
        pairs = np.bincount(own)[own]
        effects = []
        for rating in panel.rating[:, :, columns]:
            mean = np.bincount(pair, rating.ravel()) / size
            effects.append((mean - (np.bincount(own, mean) / np.maximum(np.bincount(own), 1))[own]) * (pairs > 1))
        client, other = effects
        products = np.stack([client * other, client**2, other**2], axis=1)
        np.add.at(parts, first // len(columns), products)
        count = int((pairs > 1).sum())
    return estimated(RECIPROCITY, ["all"], parts, pooled_correlation, [count], units)


def _nested_codes(panel: Panel, columns: NDArray[np.intp]) -> list[NDArray[np.int64]]:
    """Centre, keyworker, pair and rating to which each rating belongs, dyad by dyad, as numbers from 0."""
    days = len(columns)
    centre = np.repeat(panel.dyads.groupby(["replicate", "centre"]).ngroup().to_numpy(np.int64), days)
    post, before = panel.post[:, columns].ravel(), panel.predecessors[:, columns].ravel()
    keyworker = _numbered(centre, post, before)
    pair = _numbered(keyworker, np.repeat(np.arange(len(panel.dyads)), days))
    return [centre, keyworker, pair, np.arange(len(pair))]


def _numbered(*codes: NDArray[Any]) -> NDArray[np.int64]:
    """Numbers from 0 for the combinations of some codes."""
    joined = codes[0].astype(np.int64)
    for code in codes[1:]:
        joined = joined * (int(code.max(initial=0)) + 1) + code
    return np.unique(joined, return_inverse=True)[1].astype(np.int64)


def _why_not(level: int, counts: list[int]) -> str:
    """Why the variance at a level cannot be told from these numbers of centres, keyworkers, pairs and ratings."""
    if counts[-1] == counts[-2]:
        return f"it takes ratings on at least two days that are {EVERY} days apart"
    if level == 0:
        return "there is only one centre" if counts[0] < 2 else ""
    if counts[level] == counts[level - 1]:
        return (
            "every centre has only one keyworker; what lies between keyworkers is in the share of centres",
            "every keyworker has only one client; what lies between pairs is in the share of keyworkers",
        )[level - 1]
    return ""


def _parts(values: Floats, codes: list[NDArray[np.int64]]) -> Floats:
    """What each dyad contributes to the sums that ``_shares`` takes; *values* (dyads, days), *codes* by level.

    In order: number and sum of the ratings; by level the squared sums over sizes, and the squared sizes; by pair of
    levels the squared sizes of the lower units over the sizes of the upper. A unit is booked to its first dyad.
    """
    centred = (values - values.mean()).ravel()
    columns = [np.ones_like(centred), centred]
    sizes = [np.bincount(code).astype(np.float64) for code in codes]
    firsts = [np.unique(code, return_index=True)[1] for code in codes]

    def _booked(level: int, numbers: Floats) -> Floats:
        column = np.zeros_like(centred)
        column[firsts[level]] = numbers
        return column

    for level, (code, size) in enumerate(zip(codes, sizes, strict=True)):
        columns += [_booked(level, np.bincount(code, centred) ** 2 / size), _booked(level, size**2)]
    for upper, lower in _pairs(len(codes)):
        columns.append(_booked(lower, sizes[lower] ** 2 / sizes[upper][codes[upper][firsts[lower]]]))
    return np.stack(columns, axis=1).reshape(*values.shape, -1).sum(axis=1)


def _pairs(levels: int) -> list[tuple[int, int]]:
    return [(upper, lower) for upper in range(levels) for lower in range(upper + 1, levels)]


def _shares(sums: Floats) -> Floats:
    """Shares of variance by level, shape (..., levels), from sums of ``_parts``; negative components count as 0."""
    levels = next(k for k in range(1, len(LEVELS) + 1) if 2 + 2 * k + len(_pairs(k)) == sums.shape[-1])
    n, total, squares = sums[..., 0], sums[..., 1], sums[..., 2 : 2 + 2 * levels : 2]
    # A row per sum of squares (of the grand mean, then of each level), a column per component of variance.
    expected = np.empty((*sums.shape[:-1], levels + 1, levels))
    expected[...] = n[..., None, None]
    expected[..., 0, :] = sums[..., 3 : 2 + 2 * levels : 2] / n[..., None]
    for place, (upper, lower) in enumerate(_pairs(levels), start=2 + 2 * levels):
        expected[..., upper + 1, lower] = sums[..., place]
    found = np.diff(np.concatenate([(total**2 / n)[..., None], squares], axis=-1), axis=-1)
    system = np.diff(expected, axis=-2)
    solvable = (np.abs(np.linalg.det(system)) > 0)[..., None]
    system = np.where(solvable[..., None], system, np.eye(levels))
    components = np.maximum(np.linalg.solve(system, found[..., None])[..., 0], 0.0)
    return np.where(solvable, components / components.sum(axis=-1, keepdims=True), np.nan)
