"""Compare scenarios: simulate the same people with common random numbers in each, and compare what becomes of them.

    import twoway

    result = twoway.compare(["strict-and-opaque", "strict-but-fair"], seed=1, precision=0.02)
    result.differences

Replicate k has the same clients, keyworkers and random draws in every context. Replicates are added until every
difference is known precisely enough. Only the width of the intervals decides when to stop, never where they lie, and
not before ``LEAST_REPLICATES`` replicates: so stopping favours no answer.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from twoway.analysis.divergence import FirstDifference, events_side_by_side, first_difference, settled_from
from twoway.analysis.measures.paired_patterns import Codes, pattern_differences, pattern_moves, widest_half_width
from twoway.analysis.measures.reliability import as_table, coded_dyads, reliability
from twoway.analysis.patterns import PATTERNS, rule_of
from twoway.experiments.comparison.comparison import TABLES, Comparison, read_comparison
from twoway.experiments.comparison.paired_outcomes import OUTCOMES, PairedOutcomes
from twoway.experiments.comparison.schedule import ScenarioSchedule, as_schedule, check_comparable
from twoway.experiments.comparison.text import LEAST_REPLICATES
from twoway.experiments.results.result import Verdict, changed_files, spoiled_files
from twoway.experiments.results.tables import by_scenario, read_csv
from twoway.experiments.runs.run import fitting_threads
from twoway.simulation.columns import BEFORE
from twoway.simulation.compilation import source_digest
from twoway.simulation.errors import InputError
from twoway.simulation.events import EVENTS, NEW_KEYWORKER, TALK_FAILED, TALK_REPAIRED
from twoway.simulation.parameters.scenario import Scenario
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, simulate, simulate_centre
from twoway.simulation.tables import TableBuilder, check_seed

BATCH = 20
"""Replicates that are added at a time."""
MOST = 2000
"""Largest number of replicates of a comparison, by default."""
FOLLOWED = 400
"""Dyads of the first replicates, whose events are all compared; of later dyads only the patterns are."""
CHAINS = 3
"""Dyads of each pair of contexts in the table of chains: those whose outcomes differ most."""
TURNING = (TALK_REPAIRED, TALK_FAILED, NEW_KEYWORKER)


def compare(
    scenarios: Sequence[Scenario | ScenarioSchedule | str | Path],
    seed: int = 1,
    precision: float = 0.02,
    replicates: int | None = None,
    most: int = MOST,
    threads: int | None = None,
    progress: bool = False,
    outcomes: Sequence[str] = OUTCOMES,
) -> Comparison:
    """Simulate the same people with common random numbers in several scenarios and compare the later ones to the first.

    Parameters
    ----------
    scenarios
        Two or more scenarios: names, paths, ``Scenario`` objects or schedules such as
        ``"ordinary@60:strict-but-fair"``.
    seed
        Random seed, from 0.
    precision
        Replicates are added until half the width of every difference's 95 % interval is at most this share.
    replicates
        Exact number of replicates, whatever the precision.
    most
        Largest number of replicates.
    threads
        Number of threads; by default one per processor.
    progress
        Whether to show a bar.
    outcomes
        Names of outcomes that are compared beside the patterns: those of studies, and of the scenarios' extensions.

    Returns
    -------
    The comparison, with tables, figures and sentences.

    Raises
    ------
    InputError
        If the scenarios cannot be compared person by person, or an argument is out of its range.

    Examples
    --------
    >>> from twoway.simulation.parameters.scenario import load
    >>> small = {"design.clients": 4, "design.days": 9}
    >>> result = compare([load("strict-and-opaque", small), load("strict-but-fair", small)], replicates=2)
    >>> sorted(set(result.differences["pattern"]))
    ['ambivalent and conflicted', 'friendly and trustful', 'polite and neutral']
    >>> len(result.sentences) > 0  # result.save("runs/strict") writes tables, figures and manifest
    True
    """
    schedules = with_distinct_names(scenarios)
    check_comparable(schedules)
    least, limit = replicate_bounds(seed, precision, replicates, most)
    prepared = [schedule.prepared for schedule in schedules]
    threads = threads or os.cpu_count() or 1
    design = schedules[0].scenario.design
    followed = min(least, ceil(FOLLOWED / (design.centres * design.clients)))
    rule = rule_of(schedules[0].scenario)
    tracker, paired = StoryTracker(prepared), PairedOutcomes(outcomes, prepared)
    found: list[list[NDArray[np.int8]]] = [[] for _ in prepared]
    before: list[list[NDArray[np.int8]]] = [[] for _ in prepared]
    with tqdm(total=replicates, unit="replicate", desc="Simulating", disable=None if progress else True) as bar:
        fitting = fitting_threads(design, Detail.EVENTS, threads, len(prepared))
        first, *others = (simulate(one, seed, range(followed), Detail.EVENTS, fitting) for one in prepared)
        for centre in first:  # one scenario after the other, so that only two centres' events are compared at a time
            for k, story in enumerate(chain([centre], (next(one) for one in others))):
                tracker.add(k, centre, story)
                found[k].append(rule.of_accounts(story.accounts))
                before[k].append(rule.of_accounts(story.accounts, BEFORE))
                paired.add(k, _without(story, paired.detail))
            bar.update(int(centre.centre == design.centres - 1))
            del centre, story  # or large centres would stay in memory while the next ones are simulated
        fitting = fitting_threads(design, paired.detail, threads)
        codes, done = [_by_replicate(some, design.centres) for some in found], followed
        while done < least or (done < limit and _widest(codes) > precision):
            more = range(done, min(done + BATCH, least if done < least else limit))
            for k, one in enumerate(prepared):
                added = []
                for centre in simulate(one, seed, more, paired.detail, fitting):
                    added.append(rule.of_accounts(centre.accounts))
                    before[k].append(rule.of_accounts(centre.accounts, BEFORE))
                    paired.add(k, centre)
                codes[k] = np.concatenate([codes[k], _by_replicate(added, design.centres)])
            done = more.stop
            bar.update(len(more))
    later = {schedule.name: other for schedule, other in zip(schedules[1:], codes[1:], strict=True)}
    chains = {name: _chains(prepared[0], prepared[k], seed, tracker.most(k - 1)) for k, name in enumerate(later, 1)}
    asked_twice = {
        schedule.name: coded_dyads(now, _by_replicate(some, design.centres), design.clients)
        for schedule, now, some in zip(schedules, codes, before, strict=True)
    }
    tables = {
        "differences": by_scenario({name: pattern_differences(codes[0], other) for name, other in later.items()}),
        "moves": by_scenario({name: pattern_moves(codes[0], other) for name, other in later.items()}),
        "partings": tracker.partings(list(later)),
        "days": tracker.days([schedule.name for schedule in schedules]),
        "chains": by_scenario(chains),
        "reliability": by_scenario({name: as_table(reliability(dyads)) for name, dyads in asked_twice.items()}),
        "outcomes": by_scenario({name: paired.differences(k) for k, name in enumerate(later, 1)}),
    }
    wanted = precision if replicates is None else None
    return Comparison(schedules, seed, done, wanted, _widest(codes), tables, tuple(codes))


def verify_comparison(folder: Path, threads: int = 2, progress: bool = False, sample: int | None = None) -> Verdict:
    """Make a saved comparison again from its manifest and compare every table, value by value.

    Parameters
    ----------
    folder
        Folder of the comparison.
    threads
        Number of threads.
    progress
        Whether to show a bar.
    sample
        Without effect: all of it is made again.

    Returns
    -------
    Equality by table, and what has changed since.

    Raises
    ------
    InputError
        If the folder holds no comparison, or a damaged one.
    """
    schedules, manifest = read_comparison(folder)
    spoiled = spoiled_files(folder, manifest, (f"{name}.csv" for name in TABLES))
    changed = changed_files(spoiled)
    if manifest["source_digest"] != source_digest():
        changed.append(f"the model's sources (the comparison was made with {manifest['model']})")
    seed, replicates = manifest["seed"], manifest["replicates"]
    names = tuple(map(str, manifest.get("outcomes", OUTCOMES)))
    result = compare(schedules, seed, replicates=replicates, threads=threads, progress=progress, outcomes=names)
    with tempfile.TemporaryDirectory() as temporary:
        result.write_tables(Path(temporary))
        equal = {
            name: f"{name}.csv" not in spoiled
            and read_csv(folder / f"{name}.csv").equals(read_csv(Path(temporary) / f"{name}.csv"))
            for name in TABLES
        }
    return Verdict(equal, tuple(changed))


def with_distinct_names(
    scenarios: Sequence[Scenario | ScenarioSchedule | str | Path],
) -> tuple[ScenarioSchedule, ...]:
    """Schedules under different names: equal names are numbered."""
    schedules: list[ScenarioSchedule] = []
    for given in scenarios:
        schedule = as_schedule(given)
        name, number = schedule.name, 1
        while name in [other.name for other in schedules]:
            number += 1
            name = f"{schedule.name} ({number})"
        schedules.append(ScenarioSchedule(name, schedule.scenario, schedule.policy_changes))
    return tuple(schedules)


def replicate_bounds(seed: int, precision: float, replicates: int | None, most: int) -> tuple[int, int]:
    """Least and largest number of replicates.

    Parameters
    ----------
    seed
        Random seed, from 0.
    precision
        Half-width wanted of every interval, a share between 0 and 1; not looked at if *replicates* is given.
    replicates
        Exact number of replicates, from 2; None if the precision decides.
    most
        Largest number of replicates, from 2.

    Returns
    -------
    Least and largest number; both are *replicates* if that is given.

    Raises
    ------
    InputError
        If a number or the precision is out of its range.
    """
    check_seed(seed, 1)
    for name, count in (("replicates", replicates), ("most", most)):
        if count is not None and not 2 <= count <= 10_000_000:
            raise InputError(
                f"{name} = {count}; it must be from 2 to 10000000: intervals come from how replicates differ"
            )
    if replicates is not None:
        return replicates, replicates
    if not 0 < precision < 1:
        raise InputError(f"precision = {precision!r}; it must be a share between 0 and 1, such as 0.02")
    return min(LEAST_REPLICATES, most), most


def _by_replicate(found: list[NDArray[np.int8]], centres: int) -> Codes:
    return np.concatenate(found).reshape(len(found) // centres, -1)


def _widest(codes: Sequence[Codes]) -> float:
    return max(widest_half_width(codes[0], other) for other in codes[1:])


class DyadContrast(NamedTuple):
    """One dyad in two contexts: distance of its outcomes, and where its stories begin to differ and settle.

    ``patterns`` are those of the interviews; ``settled`` says from which day on it is in the pattern in which it
    ``ends``.
    """

    distance: float
    replicate: int
    centre: int
    dyad: int
    parting: FirstDifference | None
    settled: tuple[int, int]
    patterns: tuple[int, int]
    ends: tuple[int, int]


class StoryTracker:
    """Compares stories event by event as they are simulated, and keeps of each centre only what tables need."""

    def __init__(self, prepared: Sequence[PreparedScenario]) -> None:
        self._rule = rule_of(prepared[0].scenario)
        self._contrasts: list[list[DyadContrast]] = [[] for _ in prepared[1:]]
        length = prepared[0].scenario.design.days
        self._counts = np.zeros((len(prepared), length, len(PATTERNS)), np.int64)

    def add(self, context: int, first: CentreRecords, story: CentreRecords) -> None:
        """Add one centre's records in a context, beside those of the same centre in the first one.

        Parameters
        ----------
        context
            Number of the context; 0 is the first.
        first
            Records of the centre in the first context.
        story
            Its records in this context.
        """
        both = (first, story)
        daily = [self._daily(stay) for stay in both]
        self._counts[context] += np.stack([(daily[1] == p).sum(axis=1) for p in range(len(PATTERNS))], axis=1)
        if context == 0:
            return
        patterns = [self._rule.of_accounts(stay.accounts) for stay in both]
        settled = [settled_from(codes) for codes in daily]
        distance = np.abs(_balance(first) - _balance(story)).sum(axis=1)
        for i, stories in enumerate(zip(*map(events_of, both), strict=True)):
            self._contrasts[context - 1].append(
                DyadContrast(
                    float(distance[i]),
                    first.replicate,
                    first.centre,
                    i,
                    first_difference(*stories),
                    (int(settled[0][i]), int(settled[1][i])),
                    (int(patterns[0][i]), int(patterns[1][i])),
                    (int(daily[0][-1, i]), int(daily[1][-1, i])),
                )
            )

    def _daily(self, stay: CentreRecords) -> NDArray[np.int8]:
        """Each dyad's pattern at the end of each day, shape (days, dyads)."""
        shape = (self._counts.shape[1], len(stay.dyads), 2)
        return self._rule.of_accounts(stay.days.reshape(shape))

    def most(self, w: int) -> list[DyadContrast]:
        """The dyads whose outcomes differ most in the first and the w-th later context; those that moved come first."""
        apart = [one for one in self._contrasts[w] if one.parting is not None]
        return sorted(apart, key=lambda one: (one.patterns[0] == one.patterns[1], -one.distance))[:CHAINS]

    def partings(self, names: Sequence[str]) -> pd.DataFrame:
        """A row per followed dyad and later context."""
        rows = [
            (name, a.replicate, a.centre, a.dyad, *(a.parting or (None, None, None)), *a.settled,
             *(PATTERNS[p] for p in (*a.patterns, *a.ends)))
            for name, many in zip(names, self._contrasts, strict=True)
            for a in many
        ]  # fmt: skip
        columns = ["scenario", "replicate", "centre", "dyad", "day", "what", "event", "settled_first", "settled_then",
                   "pattern_first", "pattern_then", "end_first", "end_then"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns).astype({"day": "Int32"})

    def days(self, names: Sequence[str]) -> pd.DataFrame:
        """Share of the followed dyads in each pattern at the end of each day, by schedule."""
        tables = {}
        for name, counts in zip(names, self._counts, strict=True):
            share = pd.DataFrame(counts / counts.sum(axis=1, keepdims=True), columns=list(PATTERNS))
            tables[name] = share.assign(day=np.arange(1, len(share) + 1), dyads=counts[0].sum())
        return by_scenario(tables)[["scenario", "day", "dyads", *PATTERNS]]


def _balance(stay: CentreRecords) -> NDArray[np.float64]:
    """Good less bad tone of both parties in the interviews, shape (dyads, 2)."""
    balance: NDArray[np.float64] = stay.accounts["positivity"] - stay.accounts["negativity"]
    return balance


def events_of(stay: CentreRecords) -> Iterator[NDArray[Any]]:
    """The event records of each dyad of a stay, in their order."""
    order = np.argsort(stay.events["dyad"], kind="stable")
    starts = np.searchsorted(stay.events["dyad"][order], np.arange(1, len(stay.dyads)))
    for own in np.split(order, starts):
        yield stay.events.view(np.ndarray)[own]


def _without(stay: CentreRecords, detail: Detail) -> CentreRecords:
    """A stay without the events, or events and days, that this level of detail does not keep."""
    events = stay.events if detail >= Detail.EVENTS else stay.events[:0].copy()
    return stay._replace(events=events, days=stay.days if detail >= Detail.DAYS else stay.days[:0].copy())


def _of_dyad(stay: CentreRecords, dyad: int) -> CentreRecords:
    """A stay with the events of one dyad alone, and no days."""
    return stay._replace(events=stay.events[stay.events["dyad"] == dyad], days=stay.days[:0])


def _chains(first: PreparedScenario, other: PreparedScenario, seed: int, apart: Sequence[DyadContrast]) -> pd.DataFrame:
    """Events of a few dyads around the day their stories begin to differ and around turning points, side by side."""
    translators = [TableBuilder(world.resolved) for world in (first, other)]
    tables = []
    for one in apart:
        here, there = (
            translator.tables([_of_dyad(simulate_centre(world, seed, one.replicate, one.centre), one.dyad)]).events
            for translator, world in zip(translators, (first, other), strict=True)
        )
        table = events_side_by_side(here, there, dict(sorted(_days_to_tell(one, here, there))))
        keys = {"replicate": one.replicate, "centre": one.centre, "dyad": one.dyad}
        ends = dict(zip(("pattern_first", "pattern_then"), (PATTERNS[p] for p in one.patterns), strict=True))
        tables.append(table.assign(**keys, **ends))
    columns = ["replicate", "centre", "dyad", "pattern_first", "pattern_then"]
    if not tables:
        return pd.DataFrame(columns=[*columns, "day", "why"])
    chains = pd.concat(tables, ignore_index=True)
    return chains[[*columns, *(name for name in chains if name not in columns)]]


def _days_to_tell(one: DyadContrast, here: pd.DataFrame, there: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Days in the table of chains, with the reason: events in one context only, and where stories settle and part."""
    turning = [list(EVENTS)[event] for event in TURNING]
    seen = [
        {(int(day), str(event)) for day, event in zip(some["day"], some["event"], strict=True) if event in turning}
        for some in (here, there)
    ]
    reasons = [(day, f"{event.replace('_', ' ')} in one only") for day, event in sorted(seen[0] ^ seen[1])[:3]]
    reasons += [
        (day, f"in the {which} context it is {PATTERNS[pattern]} from here on")
        for day, pattern, which in zip(one.settled, one.ends, ("first", "other"), strict=True)
    ]
    if one.parting is not None:
        reasons.append((one.parting.day, "the stories part"))
    for day, many in groupby(sorted(reasons, key=lambda reason: reason[0]), key=lambda reason: reason[0]):
        yield day, "; ".join(why for _, why in many)
