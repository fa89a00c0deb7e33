"""Calibration: the posterior sample, its representative, and what the facts pin down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.figures.calibration import identifiability_figure
from twoway.analysis.figures.layout import plain_names
from twoway.analysis.narrative.words.grammar import counted, decimal, percent
from twoway.analysis.rounding import significant
from twoway.experiments.calibration.emulators import check_emulator
from twoway.experiments.calibration.history_matching import (
    ACCEPT,
    CANDIDATES,
    CUTOFF,
    LIKELY,
    WANTED,
    HistoryMatch,
    Plan,
    Wave,
    match_history,
    meeting_others,
)
from twoway.experiments.calibration.posterior import MIDDLE
from twoway.experiments.calibration.priors import Priors, priors
from twoway.experiments.calibration.recovery import Recovery, recovery
from twoway.experiments.calibration.targets import targets
from twoway.experiments.results.result import Result, derived
from twoway.simulation.errors import listed

Floats = NDArray[np.float64]
NARROW = 0.6
"""Width of the middle nine tenths, as a share of the prior's, below which a number counts as pinned down."""
LOOSE = 0.85
"""The same width from which on the facts say next to nothing about a number."""
TOGETHER = 0.5
"""Rank correlation from which two numbers of the posterior sample can make up for each other."""
SHOWN = 5
"""Pairs of such numbers in the sentences; the table has all."""


def _numbers_table(found: HistoryMatch, free: Priors, seed: int) -> pd.DataFrame:
    """Each free number before and after: a row per number.

    Columns: number, low, high (prior), q05, q25, median, q75, q95 (posterior sample), representative (what the defaults
    are), below (share of the sample that is less than that), narrowed (middle nine tenths over those of the prior),
    recovered (share of synthetic fits whose middle nine tenths held the number that was true) and recovered_width (mean
    width of these, over those of all last points).
    """
    sample, again = free.at(found.points[found.accepted]), _recovery(found, seed)
    q = np.quantile(sample, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    return pd.DataFrame(
        {
            "number": free.names,
            "low": free.low,
            "high": free.high,
            "q05": q[0],
            "q25": q[1],
            "median": q[2],
            "q75": q[3],
            "q95": q[4],
            "representative": found.representative,
            "below": (sample < found.representative).mean(axis=0),
            "narrowed": (q[4] - q[0]) / (0.9 * (free.high - free.low)),
            "recovered": again.held,
            "recovered_width": again.width,
        }
    )


def _recovery(found: HistoryMatch, seed: int) -> Recovery:
    """Synthetic fits among the last points, with ranges as wide as those of the facts; if these are open, two SD."""
    last, goal = found.waves[-1], targets()
    half = (goal.high - goal.low) / 2
    half = np.where(np.isfinite(half), half, np.nanstd(last.values, axis=0))
    return recovery(last.points, last.values, half, WANTED, seed)


def _waves_table(found: HistoryMatch) -> pd.DataFrame:
    """Simulated points: a row per wave and two for the end.

    Columns: wave, points, remaining (share of the prior they are from), set_aside (parts without which nothing would
    have remained; in the last row those that an accepted point need not meet), meet_all_others (how many points do).
    """
    goal = targets()
    names = [f"wave {number}" for number in range(1, len(found.waves))] + ["last points", "tried further"]
    steps = [*found.waves, Wave(found.points, found.values, np.nan, found.aside)]
    rows = [
        {
            "wave": name,
            "points": len(step.points),
            "remaining": step.remaining,
            "set_aside": "; ".join(goal.names[part] for part in step.aside),
            "meet_all_others": int(meeting_others(goal.beyond(step.values) > 0, found.aside).sum()),
        }
        for name, step in zip(names, steps, strict=True)
    ]
    return pd.DataFrame(rows)


def _parts_table(found: HistoryMatch) -> pd.DataFrame:
    """Each part aimed at: how often it is met before and after, and how good its emulator is.

    Columns: part, accept_low, accept_high, seed_sd (SD between seeds with most dyads), met_before (share of the
    first wave), met_after (of the last points), met_by_sample (of the accepted), set_aside (whether accepted points
    need not meet it), representative (value at the defaults), explained and covered (of the last wave's emulator, on
    the last points, which are new to it).
    """
    goal, last = targets(), found.waves[-1]
    checks = {
        part: check_emulator(emulator, last.points, last.values[:, part], float(found.seed_sd_at_first[part]))
        for part, emulator in found.emulators[-1].items()
    }
    return pd.DataFrame(
        {
            "part": goal.names,
            "accept_low": goal.low,
            "accept_high": goal.high,
            "seed_sd": found.seed_sd,
            "met_before": (goal.beyond(found.waves[0].values) <= 0).mean(axis=0),
            "met_after": (goal.beyond(last.values) <= 0).mean(axis=0),
            "met_by_sample": (goal.beyond(found.values[found.accepted]) <= 0).mean(axis=0),
            "set_aside": [part in found.aside for part in range(len(goal.names))],
            "representative": found.represented,
            "explained": [checks[part].explained if part in checks else np.nan for part in range(len(goal.names))],
            "covered": [checks[part].covered if part in checks else np.nan for part in range(len(goal.names))],
        }
    )


def _pairs_table(sample: pd.DataFrame) -> pd.DataFrame:
    """Pairs of numbers that can make up for each other: rank correlations in the sample, the largest first."""
    ranks = sample.corr(method="spearman")
    rows = [
        (one, other, float(ranks.loc[one, other]))
        for place, one in enumerate(ranks)
        for other in list(ranks)[place + 1 :]
        if abs(ranks.loc[one, other]) >= TOGETHER
    ]
    table = pd.DataFrame(rows, columns=["number", "other", "correlation"])
    return table.sort_values("correlation", key=abs, ascending=False, ignore_index=True)


def _calibration_sentences(
    waves: pd.DataFrame, numbers: pd.DataFrame, parts: pd.DataFrame, pairs: pd.DataFrame, accepted: int
) -> Iterator[str]:
    """Sentences on the calibration, from its tables and the number of *accepted* points."""
    *before, last, hopeful = waves.to_dict("records")
    share = last["remaining"]
    told = f"{percent(share)} of the prior" if share >= 0.01 else f"some {significant(100 * share)} % of the prior"
    yield (
        f"{len(numbers)} free numbers and {len(parts)} parts of facts: after {counted(len(before), 'wave')} with "
        f"{sum(wave['points'] for wave in before)} points, emulators leave {told} (implausibility "
        f"below {LIKELY:g}; in waves below {CUTOFF:g})."
    )
    yield (
        f"Of {last['points']} points drawn from what remains, {hopeful['points']} were tried further, and "
        f"{accepted} of these are accepted: but for parts set aside they miss none by more than {ACCEPT:g} standard "
        f"errors ({hopeful['meet_all_others']} miss none at all). They lie evenly in what remains."
    )
    aside = parts[parts["set_aside"]]
    if len(aside):
        told = listed([f"{row.part} ({percent(row.met_by_sample)})" for row in aside.itertuples()])
        yield (
            f"Set aside, as less than {percent(WANTED)} of the last points would meet it and all others, "
            f"{'is' if len(aside) == 1 else 'are'} {told}; in brackets the share of the sample that does meet it."
        )
    hard = parts[parts["met_after"] < 0.5].sort_values("met_after")
    if len(hard):
        told = listed([f"{row.part} ({percent(row.met_after)})" for row in hard.itertuples()])
        yield f"Hardest to meet, with the share of the last points that do: {told}."
    missed = parts[(parts["representative"] < parts["accept_low"]) | (parts["representative"] > parts["accept_high"])]
    missed = missed[~missed["set_aside"]]
    told = listed([f"{row.part} ({decimal(row.representative)})" for row in missed.itertuples()])
    yield (
        f"The defaults are one of the accepted points that lie in the middle {percent(MIDDLE)} of the sample in every "
        "single number (or in the most numbers, if none does in all): of the most central of these, "
        f"{CANDIDATES} at most, the one that, rounded and simulated again, comes nearest to all parts not set aside. "
        + (f"Of these it then misses {told}." if len(missed) else "It then meets every one of these.")
    )
    narrow = numbers.sort_values("narrowed")
    pinned = narrow[narrow["narrowed"] < NARROW]
    if len(pinned):
        yield f"The facts pin down {listed(plain_names(pinned['number']))}."
    some = narrow[(narrow["narrowed"] >= NARROW) & (narrow["narrowed"] < LOOSE)]
    if len(some):
        yield f"They narrow {listed(plain_names(some['number']))} somewhat."
    loose = numbers[numbers["narrowed"] >= LOOSE]
    if len(loose):
        yield f"They say next to nothing about {listed(plain_names(loose['number']))}, each taken by itself."
    if len(pairs):
        told = listed(
            [
                f"{' and '.join(plain_names([row.number, row.other]))} ({row.correlation:+.2f})"
                for row in pairs.head(SHOWN).itertuples()
            ]
        )
        yield f"Some can make up for each other; the strongest rank correlations in the sample: {told}."
    yield (
        f"Would it find numbers that are known? In {last['points']} synthetic fits, in each of which one of the last "
        f"points took the place of the facts and those {percent(WANTED)} of the others were accepted that miss the "
        "fewest of its parts, the middle nine tenths of the sample held the true number in "
        f"{percent(numbers['recovered'].mean())} of cases ({percent(numbers['recovered'].min())} to "
        f"{percent(numbers['recovered'].max())} by number), and were {percent(numbers['recovered_width'].min())} to "
        f"{percent(numbers['recovered_width'].max())} as wide as those of all last points."
    )
    covered = parts["covered"].dropna()
    yield (
        f"Emulators explain {percent(parts['explained'].median())} of the variance of a part (median) among the "
        f"last points, which they had not seen, and their 95 % intervals hold {percent(covered.mean())} of the time."
    )


@derived("calibration")
def calibrate(
    seed: int,
    replicates: int,
    first: int,
    wave: int,
    waves: int,
    last: int,
    wave_replicates: int,
    threads: int = 2,
    progress: bool = False,
    points_folder: Path | None = None,
) -> Result:
    """Calibrate the free numbers of the model by history matching.

    Parameters
    ----------
    seed
        Random seed, from 0.
    replicates
        Replicates of 16 dyads in each condition, per last point that is tried further.
    first, wave, last
        Points of the first wave, of each later wave, and drawn in the end.
    waves
        Number of waves.
    wave_replicates
        Replicates per point of a wave.
    threads
        Number of worker processes.
    progress
        Whether to show a bar.
    points_folder
        Folder in which simulated points are saved; points saved there before are not simulated again.

    Returns
    -------
    A result with the tables ``posterior``, ``numbers``, ``parts``, ``pairs`` and ``waves``.
    """
    plan = Plan(first, wave, waves, wave_replicates, last, replicates)
    found, free = match_history(plan, seed, threads, progress, points_folder), priors()
    sample = pd.DataFrame(free.at(found.points[found.accepted]), columns=list(free.names))
    numbers, parts, pairs = _numbers_table(found, free, seed), _parts_table(found), _pairs_table(sample)
    sought = _waves_table(found)
    rests_on = f"{len(sample)} accepted of {last} points, with {16 * replicates} dyads per condition, seed {seed}"
    return Result(
        {
            "posterior": sample,
            "numbers": numbers,
            "parts": parts,
            "pairs": pairs,
            "waves": sought,
        },
        {"identifiability": lambda: identifiability_figure(numbers, sample, rests_on)},
        tuple(_calibration_sentences(sought, numbers, parts, pairs, len(sample))),
    )
