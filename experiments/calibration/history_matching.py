"""History matching: values of the free numbers that the facts rule out are left out, wave by wave.

In each wave some points are simulated, emulators are fitted to what was simulated so far, and what remains is
wherever no part of a fact was implausible in any wave: farther from being met than three times what draws and emulator
leave unknown (Craig et al. 1997, Vernon, Goldstein & Bower 2010; recalled). In the end points are drawn evenly
from where the emulators expect that parts are met, and those are accepted that meet every part, or miss none by more
than draws can explain: approximate Bayesian computation by rejection, with a uniform prior. Most are rejected early,
after few dyads.

Parts that cannot be met together with the others are set aside, the hardest first, and only as many as must be: for a
wave, where emulators leave nothing of the prior otherwise; in the end, where too few points would be accepted. The
scoreboard shows them as what they are, missed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from twoway.experiments.calibration.emulators import Emulator, expected, fit_all, predict
from twoway.experiments.calibration.evaluate import FactPoint, evaluate_points, seeds
from twoway.experiments.calibration.posterior import central_points, rounded
from twoway.experiments.calibration.priors import priors, sobol_points
from twoway.experiments.calibration.targets import Targets, facts_used, targets
from twoway.simulation.errors import InputError

Floats = NDArray[np.float64]
Emulators = Mapping[int, Emulator]
"""The emulators of one wave by part; none for parts that rule out nothing."""


class Plan(NamedTuple):
    """Numbers of points and replicates. The defaults take a bit over an hour on two processors."""

    first: int = 512
    """Points of the first wave, spread evenly over the priors."""
    wave: int = 256
    """Points of each later wave."""
    waves: int = 4
    """Waves in all."""
    replicates: int = 20
    """Replicates of 16 dyads in each condition, per point of a wave and per last point at first."""
    last: int = 1000
    """Points drawn from what remains in the end."""
    last_replicates: int = 60
    """Replicates per such point that is tried further, as it was not rejected early."""


CUTOFF = 3.0
"""Implausibility from which on a point is left out (Pukelsheim's three-sigma rule; recalled)."""
LIKELY = 1.0
"""Implausibility below which the last points are drawn: where emulators expect that parts are met, or all but."""
ACCEPT = 2.0
"""Standard errors by which an accepted point may miss a part; beyond, chance alone takes one value in 44."""
HOPELESS = 2.5
"""Standard errors of the change by more replicates beyond which a point is rejected before it has them."""
FEWEST = 10
"""Accepted points below which there is no posterior sample to speak of."""
WANTED = 0.1
"""Share of the last points that are to be accepted; parts are set aside until it is reached."""
TRIED = 3
"""Points that have more replicates, for each that is to be accepted; the others of the last points are not needed."""
REFOCUSED = 512
"""Points to which emulators are fitted at most; in later waves those the emulators before find least implausible."""
SELDOM = 0.01
"""Share of points beyond what is accepted below which a part rules out nothing and needs no emulator."""
AT_ONCE = 2**12
"""Points of the prior looked at together."""
BEST, WALKERS, STEPS = 0.2, 1024, 30
"""Share of points kept at each level on the way to the cutoff, points that then walk from there, and steps of each."""
LEAST, STALLED = 1e-12, 0.98
"""Share of the prior below which nothing is said to remain; and part of the level before that the next must reach."""
TWINS, REPEATS = 12, 3
"""Points, and the number of seeds with which each is simulated, to estimate the spread between seeds."""
CANDIDATES = 12
"""Points from the middle of the posterior sample of which one becomes the representative."""


class Remaining(NamedTuple):
    """What emulators leave: points (n, d) drawn evenly from it, its share of the prior, and the parts set aside."""

    points: Floats
    share: float
    aside: tuple[int, ...] = ()


class Wave(NamedTuple):
    """One wave: its points (n, d) in the unit cube, values (n, m), and what remained of the prior."""

    points: Floats
    values: Floats
    remaining: float
    """Share of the prior."""
    aside: tuple[int, ...] = ()
    """Parts without which nothing would have remained."""


class HistoryMatch(NamedTuple):
    """Result of history matching: all waves and their emulators, the points drawn in the end, and those accepted.

    The last of ``waves`` are the points drawn in the end, as simulated at first; ``emulators`` are of the waves before.
    ``points`` (n, d) of them, in the unit cube, were tried further and have ``values`` (n, m) with more dyads.
    ``seed_sd`` (m,) is the standard deviation of such values between seeds, ``seed_sd_at_first`` (m,) that
    of values in a wave. ``accepted`` (n,) says which are the posterior sample; ``aside`` holds the parts that they need
    not meet. ``representative`` (d,) holds the values of the free numbers, rounded, that stand for the sample, and
    ``represented`` (m,) what was simulated with them.
    """

    waves: tuple[Wave, ...]
    emulators: tuple[Emulators, ...]
    points: Floats
    values: Floats
    seed_sd: Floats
    seed_sd_at_first: Floats
    accepted: NDArray[np.bool_]
    aside: tuple[int, ...]
    representative: Floats
    represented: Floats


def implausible(emulators: Sequence[Emulators], goal: Targets, points: Floats, ceiling: float = np.inf) -> Floats:
    """The largest implausibility of any part in any wave at each point.

    The last wave, which knows most, is asked first.

    Parameters
    ----------
    emulators
        Emulators of every wave so far, by part.
    goal
        Parts aimed at, with their accepted ranges.
    points
        Points of the unit cube, shape (n, d).
    ceiling
        Implausibility beyond which a point is not looked at any further; it may then be larger than what is returned.

    Returns
    -------
    Shape (n,), in standard deviations of the emulators; 0 without emulators.
    """
    worst = np.zeros(len(points))
    for part, emulator in (one for wave in reversed(emulators) for one in wave.items()):
        here = np.flatnonzero(worst <= ceiling)
        if not len(here):
            break
        mean = expected(emulator, points[here])
        distance = np.maximum(np.maximum(goal.low[part] - mean, mean - goal.high[part]), 0.0)
        off = here[distance > 0]
        if len(off):
            _, variance = predict(emulator, points[off])
            worst[off] = np.maximum(worst[off], distance[distance > 0] / np.sqrt(variance + 1e-12))
    return worst


def emulated(points: Floats, values: Floats, goal: Targets, workers: int) -> Emulators:
    """Emulators of the parts that rule out anything, those that rule out most first.

    Parameters
    ----------
    points
        Points of the unit cube, shape (n, d).
    values
        Values of the m parts there, shape (n, m), NaN where missing.
    goal
        Parts aimed at, with their accepted ranges.
    workers
        Number of worker processes.

    Raises
    ------
    InputError
        If a part has not a single value.
    """
    if len(never := np.flatnonzero(~np.isfinite(values).any(axis=0))):
        raise InputError(f"{goal.names[never[0]]}: could not be computed at any point that was simulated")
    outside = (goal.beyond(values) > 0).mean(axis=0)
    matter = [part for part in np.argsort(-outside, kind="stable").tolist() if outside[part] >= SELDOM]
    return dict(zip(matter, fit_all(points, values[:, matter], workers), strict=True))


def remaining(
    emulators: Sequence[Emulators],
    goal: Targets,
    dimensions: int,
    count: int,
    seed: int,
    cutoff: float = CUTOFF,
    progress: bool = False,
) -> Remaining:
    """Points drawn evenly from the part of the prior that remains.

    Where nothing remains, the part that stands most in the way is set aside, until something does.

    Parameters
    ----------
    emulators
        Emulators of every wave so far, by part.
    goal
        Parts aimed at, with their accepted ranges.
    dimensions
        Number of free numbers.
    count
        Number of points wanted.
    seed
        Random seed of the points.
    cutoff
        Implausibility from which on a point does not remain.
    progress
        Whether to show a bar.

    Returns
    -------
    Points of the unit cube, shape (count, dimensions), the share of the prior that remains, and the parts set aside.
    """
    chance, aside = np.random.default_rng(seed), list[int]()
    everywhere = chance.random((max(AT_ONCE, count), dimensions))
    with tqdm(desc="what remains", disable=not progress, unit="level", leave=False) as bar:
        points, share, reached = _descended(everywhere, emulators, goal, cutoff, count, chance, bar)
        while reached > cutoff:
            aside.append(_in_the_way(_without(emulators, aside), goal, points))
            points, _, reached = _descended(points, _without(emulators, aside), goal, cutoff, count, chance, bar)
        if aside:  # these points came by a way that had been barred; now evenly, from the whole prior
            points, share, _ = _descended(everywhere, _without(emulators, aside), goal, cutoff, count, chance, bar)
    return Remaining(points, share, tuple(aside))


def _without(emulators: Sequence[Emulators], aside: Sequence[int]) -> list[Emulators]:
    return [{part: one for part, one in wave.items() if part not in aside} for wave in emulators]


def _in_the_way(emulators: Sequence[Emulators], goal: Targets, points: Floats) -> int:
    """The part that is most implausible at some points, in the mean over them."""
    parts = sorted({part for wave in emulators for part in wave})
    alone = [[{part: wave[part]} for wave in emulators if part in wave] for part in parts]
    return parts[int(np.argmax([implausible(one, goal, points).mean() for one in alone]))]


def _descended(
    points: Floats,
    emulators: Sequence[Emulators],
    goal: Targets,
    cutoff: float,
    count: int,
    chance: np.random.Generator,
    bar: tqdm,
) -> tuple[Floats, float, float]:
    """Points drawn evenly from what remains of where some *points* lie evenly, its share, and how implausible it is.

    Where enough of the points remain, these are taken: they are independent. Where too few do, the way goes over levels
    of implausibility, each of which the best of the points before reach (subset simulation, Au & Beck 2001; recalled);
    at every level all points walk, so that they forget where they came from. If it comes to an end above the
    *cutoff*, the points are the best there are.
    """
    worst, share, level = implausible(emulators, goal, points), 1.0, np.inf
    while True:
        before, level = level, max(float(np.quantile(worst, BEST)), cutoff)
        inside = points[worst < level] if (worst < level).any() else points[worst <= level]
        share *= len(inside) / len(points)
        if level > max(cutoff, STALLED * before) or share < LEAST:
            return inside, share, max(level, np.nextafter(cutoff, np.inf))
        if level == cutoff and len(inside) >= count:
            return inside[:count], share, level
        start = inside[chance.integers(len(inside), size=max(count, WALKERS))]
        points = _walk(start, inside, partial(implausible, emulators, goal), level, chance)
        if level == cutoff:
            return points[:count], share, level
        worst = implausible(emulators, goal, points)
        bar.update()


def _walk(
    points: Floats,
    others: Floats,
    worst: Callable[[Floats, float], Floats],
    level: float,
    chance: np.random.Generator,
) -> Floats:
    """Let *points* walk evenly through where the *worst* of all parts is below a level (hit-and-run, Smith 1984).

    Each step goes along the difference of two of the *others*, to a place drawn from the whole line through the unit
    cube; where that is outside the region, from what of the line is nearer. The method is recalled.
    """
    points = points.copy()
    for _ in range(STEPS):
        one, other = others[chance.integers(len(others), size=(2, len(points)))]
        direction = one - other
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = np.array([-points / direction, (1 - points) / direction])
        low = np.where(direction == 0, -np.inf, ends.min(axis=0)).max(axis=1)
        high = np.where(direction == 0, np.inf, ends.max(axis=0)).min(axis=1)
        walking = np.flatnonzero(direction.any(axis=1))
        while len(walking):
            far = chance.uniform(low[walking], high[walking])
            there = np.clip(points[walking] + far[:, None] * direction[walking], 0, 1)
            arrived = worst(there, level) < level
            points[walking[arrived]] = there[arrived]
            low[walking] = np.where(far < 0, far, low[walking])
            high[walking] = np.where(far < 0, high[walking], far)
            walking = walking[~arrived]
    return points


def match_history(
    plan: Plan, seed: int = 1, workers: int = 2, progress: bool = False, points_folder: Path | None = None
) -> HistoryMatch:
    """Run all waves and draw the posterior sample.

    Every point has a seed of its own, so that the emulators smooth over random draws as well.

    Parameters
    ----------
    plan
        Number of points and replicates.
    seed
        Random seed.
    workers
        Number of worker processes.
    progress
        Whether to show a bar.
    points_folder
        Folder in which simulated points are saved; points saved there before are not simulated again.

    Raises
    ------
    InputError
        If nearly every value of the numbers is ruled out, or fewer than ``FEWEST`` points are accepted.
    """
    free, goal, facts = priors(), targets(), facts_used()

    def _values_at(unit: Floats, what: str, replicates: int) -> Floats:
        point_seeds = seeds(seed, what, len(unit))
        points = [
            FactPoint(tuple(zip(free.names, map(float, row), strict=True)), facts, point_seed, replicates)
            for row, point_seed in zip(free.at(unit), point_seeds, strict=True)
        ]
        return evaluate_points(points, what, workers, progress, points_folder)[list(goal.names)].to_numpy()

    points = sobol_points(plan.first, len(free.names), seed)
    waves = [Wave(points, _values_at(points, "wave 1", plan.replicates), 1.0)]
    emulators: list[Emulators] = []
    for number in range(2, plan.waves + 2):
        everything = np.vstack([wave.points for wave in waves])
        values = np.vstack([wave.values for wave in waves])
        near = np.argsort(implausible(emulators, goal, everything), kind="stable")[:REFOCUSED]
        emulators.append(emulated(everything[near], values[near], goal, workers))
        what, count, cutoff, asked = f"wave {number}", plan.wave, CUTOFF, emulators
        if number > plan.waves:  # the last emulators know most, and a cutoff this low needs no others
            what, count, cutoff, asked = "last points", plan.last, LIKELY, emulators[-1:]
        seed_of_draws = seeds(seed, f"what remains for {what}", 1)[0]
        left = remaining(asked, goal, len(free.names), count, seed_of_draws, cutoff, progress)
        waves.append(Wave(left.points, _values_at(left.points, what, plan.replicates), left.share, left.aside))
    last = waves[-1]
    twins = np.repeat(last.points[:TWINS], REPEATS, axis=0)
    # "luck" names the random stream: another word would give other draws
    seed_sd = sd_between_seeds(_values_at(twins, "luck", plan.last_replicates).reshape(-1, REPEATS, len(goal.names)))
    at_first = seed_sd * np.sqrt(plan.last_replicates / plan.replicates)
    hopeless = goal.beyond(last.values) > ACCEPT * seed_sd + HOPELESS * np.hypot(seed_sd, at_first)
    wanted = int(np.ceil(WANTED * len(last.points)))
    hopeful = last.points[meeting_others(hopeless, set_aside(hopeless, TRIED * wanted))][: TRIED * wanted]
    final = _values_at(hopeful, "hopeful points", plan.last_replicates)
    missed = goal.beyond(final) > ACCEPT * seed_sd
    aside = set_aside(missed, wanted)
    accepted = meeting_others(missed, aside)
    if accepted.sum() < FEWEST:
        raise InputError(
            f"{len(last.points)} last points are too few for a posterior sample: {int(accepted.sum())} are accepted, "
            f"fewer than {FEWEST} (what was simulated is used again when there are more)"
        )
    candidates = free.unit(rounded(free.at(central_points(hopeful[accepted], CANDIDATES))))
    tried = _values_at(candidates, "candidates", plan.last_replicates)
    off = np.delete(goal.beyond(tried) / np.maximum(seed_sd, 1e-12), aside, axis=1)
    best = int(off.max(axis=1).argmin())
    return HistoryMatch(
        tuple(waves), tuple(emulators), hopeful, final, seed_sd, at_first, accepted, aside,
        rounded(free.at(candidates))[best], tried[best],
    )  # fmt: skip


def meeting_others(missed: NDArray[np.bool_], aside: Sequence[int]) -> NDArray[np.bool_]:
    """Which points meet every part but those set aside.

    Parameters
    ----------
    missed
        Which points miss which parts, shape (n, m).
    aside
        Numbers of the parts set aside.

    Returns
    -------
    Shape (n,).
    """
    return np.asarray(~np.delete(missed, aside, axis=1).any(axis=1))


def set_aside(missed: NDArray[np.bool_], wanted: int) -> tuple[int, ...]:
    """The parts that cannot be met together with the others.

    They are set aside in the order of how many points miss them, the most first, until enough points meet all others;
    then those come back, in the reverse order, without which there are still enough.

    Parameters
    ----------
    missed
        Which points miss which parts, shape (n, m).
    wanted
        Number of points that are to meet all others; if there are fewer, all of them.

    Returns
    -------
    Numbers of the parts, the one missed most first.
    """
    hardest = np.argsort(-missed.sum(axis=0), kind="stable").tolist()
    wanted, aside = min(wanted, len(missed)), list[int]()
    while meeting_others(missed, aside).sum() < wanted:
        aside.append(hardest[len(aside)])
    for part in reversed(aside):
        others = [one for one in aside if one != part]
        if meeting_others(missed, others).sum() >= wanted:
            aside = others
    return tuple(aside)


def sd_between_seeds(values: Floats) -> Floats:
    """Standard deviation between seeds of each of m parts, from *values* (points, repeats, m).

    Pooled over points; what could not be computed is left out.
    """
    known = np.ma.masked_invalid(values)
    freedom = np.maximum(known.count(axis=1) - 1, 0).sum(axis=0)
    apart = known - known.mean(axis=1, keepdims=True)
    pooled: Floats = np.sqrt((apart**2).sum(axis=(0, 1)).filled(0.0) / np.maximum(freedom, 1))
    return pooled
