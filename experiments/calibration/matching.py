"""History matching: values of the free numbers that the facts rule out are left out, wave by wave.

In each wave some points are simulated, emulators are fitted to what was simulated so far, and what remains is
wherever no part of a fact is implausible: farther from being met than three times what luck and emulator leave unknown
(Craig et al. 1997, Vernon, Goldstein & Bower 2010; recalled). In the end points that remain are simulated with many
more dyads, and those are accepted that meet every part, or miss none by more than luck can explain: approximate
Bayesian computation by rejection, with what remains as the proposal and a uniform prior.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from experiments.calibration.emulators import Emulator, fit_all, predicted
from experiments.calibration.priors import priors, spread_evenly
from experiments.calibration.simulated import Point, simulate_all
from experiments.calibration.targets import Targets, facts_used, targets
from simulation.refusal import Refusal

Floats = NDArray[np.float64]


class Plan(NamedTuple):
    """How much is simulated. The defaults take about an hour on two processors."""

    first: int = 512
    """Points of the first wave, spread evenly over the priors."""
    wave: int = 256
    """Points of each later wave."""
    waves: int = 3
    """Waves in all."""
    replicates: int = 20
    """Replicates of 16 dyads in each condition, per point of a wave."""
    last: int = 400
    """Points simulated in the end."""
    last_replicates: int = 60
    """Replicates per such point."""
    repeats: int = 24
    """How often one of them is simulated with other luck, to see what luck does."""


CUTOFF = 3.0
"""Implausibility from which on a point is left out (Pukelsheim's three-sigma rule; recalled)."""
ACCEPT = 2.0
"""Standard errors by which an accepted point may miss a part; beyond, luck alone takes one value in 44."""
REFOCUSED = 512
"""Points to which emulators are fitted at most; in later waves those the emulators before find least implausible."""
SELDOM = 0.01
"""Share of points beyond what is accepted below which a part rules out nothing and needs no emulator."""
LAST_CUTOFF = 1.5
"""The same for the points of the end, most of which would else be simulated in vain; assumed, 1..3."""
WALKS, STEPS, REGROUP = 512, 120, 20
"""Random walks that look for what remains, steps of each, and after how many those outside join one inside."""
STRIDES = (0.02, 0.08, 0.25)
"""Lengths of a step, in standard deviations of where the walks begin; each is as likely."""
SCOUTS = 4096
"""Points spread over the prior to see how much of it remains."""


class Wave(NamedTuple):
    """What one wave left: its points (n, d) in the unit cube, values (n, m), and how much of the prior remained."""

    points: Floats
    values: Floats
    remaining: float


class Matched(NamedTuple):
    """All waves, the last emulators (none for parts that rule out nothing), and the points simulated in the end.

    ``points`` (n, d) in the unit cube with ``values`` (n, m) and the ``luck`` (m,) of such values as a
    standard deviation between one luck and another; ``accepted`` (n,) says which are the posterior sample; *remaining*
    is the share of the prior in which they were sought.
    """

    waves: tuple[Wave, ...]
    emulators: tuple[Emulator | None, ...]
    points: Floats
    values: Floats
    luck: Floats
    accepted: NDArray[np.bool_]
    remaining: float


def implausible(
    emulators: tuple[Emulator | None, ...], goal: Targets, points: Floats, ceiling: Floats | float = np.inf
) -> Floats:
    """The largest implausibility of any part at each of the *points*, shape (n,).

    Where it is more than the *ceiling* (one for all, or one per point) it may be larger still: parts are not looked at
    any further.
    """
    worst, ceilings = np.zeros(len(points)), np.broadcast_to(ceiling, len(points))
    for part, emulator in enumerate(emulators):
        here = np.flatnonzero(worst <= ceilings)
        if emulator is None or not len(here):
            continue
        mean, variance = predicted(emulator, points[here])
        distance = np.maximum(np.maximum(goal.low[part] - mean, mean - goal.high[part]), 0.0)
        worst[here] = np.maximum(worst[here], distance / np.sqrt(variance + 1e-12))
    return worst


def emulated(points: Floats, values: Floats, goal: Targets, workers: int) -> tuple[Emulator | None, ...]:
    """Emulators of the parts that rule out anything."""
    matter = np.flatnonzero((goal.beyond(values) > 0).mean(axis=0) >= SELDOM)
    fitted = dict(zip(matter.tolist(), fit_all(points, values[:, matter], workers), strict=True))
    return tuple(fitted.get(part) for part in range(values.shape[1]))


def remaining(
    emulators: tuple[Emulator | None, ...], goal: Targets, start: Floats, count: int, seed: int, cutoff: float = CUTOFF,
    progress: bool = False,
) -> tuple[Floats, float]:  # fmt: skip
    """So many points of what remains, spread over it evenly at random; and the share of the prior that remains.

    Random walks (Metropolis, uniform over what remains) begin at the least implausible of the points *start*; a walk
    that begins outside moves only toward less implausible points until it is inside, and joins another that is.
    """
    chance = np.random.default_rng(seed)
    scouts = spread_evenly(SCOUTS, start.shape[1], seed)
    share = implausible(emulators, goal, scouts, cutoff)
    pool, level = np.vstack([start, scouts]), np.concatenate([implausible(emulators, goal, start), share])
    first = np.argsort(level, kind="stable")[: max(WALKS, count)]
    here, level = pool[first].copy(), level[first].copy()
    scale = here.std(axis=0)
    for step in tqdm(range(STEPS), desc="what remains", disable=not progress, leave=False):
        inside = np.flatnonzero(level < cutoff)
        if step % REGROUP == 0 and len(inside):
            outside = np.flatnonzero(level >= cutoff)
            joined = chance.choice(inside, size=len(outside))
            here[outside], level[outside] = here[joined], level[joined]
        stride = chance.choice(STRIDES, size=(len(here), 1))
        there = here + stride * scale * chance.standard_normal(here.shape)
        possible = ((there >= 0) & (there <= 1)).all(axis=1)
        there[~possible] = here[~possible]
        ceiling = np.maximum(level, cutoff)
        new = implausible(emulators, goal, there, ceiling)
        moves = possible & (new <= ceiling)
        here[moves], level[moves] = there[moves], new[moves]
    if not (level < cutoff).any():
        raise Refusal(f"no point has an implausibility below {cutoff:g}: the facts aimed at rule out every value tried")
    found = here[level < cutoff]
    return found[chance.permutation(len(found))[:count]], float((share < cutoff).mean())


def matched(plan: Plan, seed: int = 1, workers: int = 2, progress: bool = False, kept: Path | None = None) -> Matched:
    """All waves and the posterior sample. With a folder *kept*, what was simulated before is not simulated again.

    Every point has luck of its own, so that what the emulators smooth over is luck as well.
    """
    free, goal, facts = priors(), targets(), facts_used()

    def values_at(unit: Floats, what: str, replicates: int, first_seed: int) -> Floats:
        points = [
            Point(tuple(zip(free.names, map(float, row), strict=True)), facts, first_seed + k, replicates)
            for k, row in enumerate(free.at(unit))
        ]
        return simulate_all(points, what, workers, progress, kept)[list(goal.names)].to_numpy()

    emulators: tuple[Emulator | None, ...] = ()
    points = spread_evenly(plan.first, len(free.names), seed)
    waves = [Wave(points, values_at(points, "wave 1", plan.replicates, seed * 1_000_000), 1.0)]
    for number in range(2, plan.waves + 2):
        everything = np.vstack([wave.points for wave in waves])
        values = np.vstack([wave.values for wave in waves])
        near = np.argsort(implausible(emulators, goal, everything), kind="stable")[:REFOCUSED]
        emulators = emulated(everything[near], values[near], goal, workers)
        last = number == plan.waves + 1
        count, replicates = (plan.last, plan.last_replicates) if last else (plan.wave, plan.replicates)
        cutoff = LAST_CUTOFF if last else CUTOFF
        points, share = remaining(emulators, goal, everything, count, seed * 100 + number, cutoff, progress)
        what = "last points" if last else f"wave {number}"
        waves.append(Wave(points, values_at(points, what, replicates, seed * 1_000_000 + number * 10_000), share))
    final = waves.pop()
    same = np.repeat(final.points[:1], plan.repeats, axis=0)
    luck = values_at(same, "luck", plan.last_replicates, seed * 1_000_000 + 900_000).std(axis=0, ddof=1)
    accepted = (goal.beyond(final.values) <= ACCEPT * luck).all(axis=1)
    return Matched(tuple(waves), emulators, final.points, final.values, luck, accepted, final.remaining)
