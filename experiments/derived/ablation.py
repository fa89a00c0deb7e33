"""Ablation: parts of the model removed one at a time, the four dimensions of the study and each rule within them.

``experiments/validation/ablations.toml`` says what is removed, and by which numbers. Each removal is simulated with
the same people and common random numbers as the whole model, so that a difference is due to the removal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit
from tqdm import tqdm

from twoway.analysis.figures.ablation import dimensions_figure, measures_figure, rules_figure
from twoway.analysis.measures.attribution import BAD
from twoway.analysis.measures.paired_measures import RunSums, measure_differences, run_sums
from twoway.analysis.measures.paired_patterns import shares_of
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.render.document import Table
from twoway.analysis.statistics.intervals import student_interval
from twoway.analysis.tables import EVALUATION
from twoway.experiments.results.result import Result, check_replicates, derived
from twoway.experiments.validation.ablation_table import WHOLE, Removal, ablations
from twoway.experiments.validation.facts_without_dimension import (
    facts_without,
    facts_without_sentences,
    facts_without_table,
)
from twoway.experiments.validation.scoreboard import LEAST_REPLICATES
from twoway.simulation.errors import listed
from twoway.simulation.parameters.scenario import Scenario, changed, load
from twoway.simulation.run import Detail, PreparedScenario, simulate
from twoway.simulation.tables import TableBuilder

CONFIDENCE = 0.95
FACTS_APART = (
    f"Which facts hang on which dimension is looked at in whole stays with {LEAST_REPLICATES} replicates or more only."
)


@derived("ablation")
def ablation(
    scenario: str, seed: int, replicates: int, days: int | None = None, threads: int = 2, progress: bool = False
) -> Result:
    """Effect of each removal on the patterns of a scenario, and on paired measures.

    Removals of which little is expected are tried in the scenario that they name as well.

    Parameters
    ----------
    scenario
        Name or path of a scenario.
    seed
        Random seed, from 0.
    replicates
        Replicates of each removal, at least 5.
    days
        Length of every stay; by default that of the scenario.
    threads
        Number of threads.
    progress
        Whether to show a bar.

    Returns
    -------
    A result with the tables ``rules`` (a row per removal and scenario), ``patterns`` (by pattern), ``measures`` (by
    measure), ``kept`` (rules and numbers that cannot be removed), and ``facts`` (of an ordinary centre, with and
    without each dimension) if stays are whole and replicates enough.
    """
    check_replicates(seed, replicates)
    work = [(scenario, removal) for removal in ablations().removal]
    work += [(r.where, r) for r in ablations().removal if r.where and r.where != scenario]
    work.sort(key=lambda pair: (pair[0] != scenario, pair[0]))
    found = list(_compared(work, seed, replicates, days, threads, progress))
    rules = pd.DataFrame([one.row for one in found])
    patterns, measures = (pd.concat([one[t] for one in found], ignore_index=True) for t in (1, 2))
    kept = pd.DataFrame(
        [("rule", *row) for row in ablations().kept_rules.items()]
        + [("number", *row) for row in ablations().kept_numbers.items()],
        columns=["what", "name", "why"],
    )
    design = load(scenario).design
    dyads = replicates * design.centres * design.clients
    rests_on = (
        f"{counted(dyads, 'dyad')} ({scenario}, {replicates} replicates, seed {seed}): the same people with common "
        "random numbers with and without. Lines: 95 % intervals, paired over replicates."
    )
    here = patterns["scenario"] == scenario
    tables = {"rules": rules, "patterns": patterns, "measures": measures, "kept": kept}
    of_facts: tuple[str, ...] = (FACTS_APART,)
    if days is None and replicates >= LEAST_REPLICATES:
        facts = facts_without(seed, replicates, threads, progress)
        tables, of_facts = {**tables, "facts": facts}, tuple(facts_without_sentences(facts))
    return Result(
        tables,
        {
            "dimensions": lambda: dimensions_figure(patterns[here & (patterns["rule"] == WHOLE)], rests_on),
            "rules": lambda: rules_figure(rules[rules["rule"] != WHOLE], patterns, scenario, rests_on),
            "measures": lambda: measures_figure(
                measures[(measures["scenario"] == scenario) & (measures["rule"] == WHOLE)], rests_on
            ),
        },
        (*_sentences(rules, scenario, replicates, dyads, seed), *of_facts),
        tuple(reader_tables(tables)),
    )


def reader_tables(tables: Mapping[str, pd.DataFrame]) -> Iterator[Table]:
    """Tables for a reader: the facts without each dimension; and of each removal its effect and why the rule stays."""
    if "facts" in tables:
        yield facts_without_table(tables["facts"])
    rows = []
    for row in tables["rules"].itertuples():
        where = "the mix" if row.moves_patterns else "measures only" if row.moves_measures else "nothing looked at"
        span = f"{_points(row.difference)} of {row.most_moved} ({_points(row.low)} to {_points(row.high)})"
        told = ("does nothing here anyway", "") if row.neutral_already else (where, span)
        rows.append((row.dimension, row.rule, row.scenario, *told, row.reason))
    head = (
        "dimension",
        "taken out",
        "in",
        "changes",
        "most moved (points, 95 % interval)",
        "why it stays, if not for that",
    )
    yield Table(head, tuple(rows))


class Compared(NamedTuple):
    """One removal in one scenario: its row of the table of rules, and rows by pattern and by measure."""

    row: dict[str, object]
    patterns: pd.DataFrame
    measures: pd.DataFrame


def _compared(
    work: Sequence[tuple[str, Removal]], seed: int, replicates: int, days: int | None, threads: int, progress: bool
) -> Iterator[Compared]:
    """Simulate each removal and compare it with the whole model in the same scenario; *work* is sorted by scenario."""
    base, world = work[0][0], PreparedScenario(_as_long(work[0][0], days))
    translator = TableBuilder(world.resolved)
    whole = _simulated(world, translator, seed, replicates, threads)
    for name, removal in tqdm(work, unit="removal", desc="Taking out", disable=None if progress else True):
        if name != base:
            base, scenario = name, _as_long(name, days)
            if scenario.meaning == world.scenario.meaning:
                world = world.with_scenario(scenario)
            else:
                world = PreparedScenario(scenario)
                translator = TableBuilder(world.resolved)
            whole = _simulated(world, translator, seed, replicates, threads)
        without = changed(world.scenario, removal.changes)
        neutral = without == world.scenario
        other = whole if neutral else _simulated(world.with_scenario(without), translator, seed, replicates, threads)
        yield _difference(name, removal, whole, other, neutral)


def _as_long(name: str, days: int | None) -> Scenario:
    """The scenario of that name, with stays of *days* days unless that is None."""
    return load(name) if days is None else load(name, {"design.days": days})


def _simulated(world: PreparedScenario, translator: TableBuilder, seed: int, replicates: int, threads: int) -> RunSums:
    """A run as it is compared; of its events only the acts read as negative are put into a table."""
    acts = [translator.resolved.lexicon.acts[act][EVALUATION] < BAD for act in translator.resolved.situations.acts]
    bad = np.array([*acts, False])  # the last: nothing was seen (-1)
    lived = [
        stay._replace(events=stay.events[bad[stay.events["seen"]]])
        for stay in simulate(world, seed, range(replicates), Detail.EVENTS, threads)
    ]
    return run_sums(translator.tables(lived), world.resolved)


def _difference(name: str, removal: Removal, whole: RunSums, other: RunSums, neutral: bool) -> Compared:
    who = {"scenario": name, "dimension": removal.dimension, "rule": removal.rule}
    here, there = shares_of(whole.patterns), shares_of(other.patterns)
    apart = there - here
    n, span = len(apart), student_interval(apart, CONFIDENCE)
    se = apart.std(axis=0, ddof=1) / np.sqrt(n)
    # Three patterns, or some measures, are looked at together: the limit of each is widened (Bonferroni).
    moves = np.abs(span.mean) > stdtrit(n - 1, 1 - (1 - CONFIDENCE) / 2 / len(PATTERNS)) * se
    patterns = pd.DataFrame(
        {
            **who,
            "pattern": PATTERNS,
            "share_with": here.mean(axis=0),
            "share_without": there.mean(axis=0),
            "difference": span.mean,
            "low": span.low,
            "high": span.high,
            "detectable": moves,
        }
    )
    measures = measure_differences(whole, other)
    limit = stdtrit(n - 1, 1 - (1 - CONFIDENCE) / 2 / len(measures)) * measures["se"] * np.sqrt(n / (n - 1))
    measures["detectable"] = measures["difference"].abs() > limit
    measures.insert(0, "rule", removal.rule)
    measures.insert(0, "dimension", removal.dimension)
    measures.insert(0, "scenario", name)
    most = int(np.abs(span.mean).argmax())
    row = {
        **who,
        "removes": " ".join(removal.removes),
        "changes": "; ".join(f"{field} = {value:g}" for field, value in removal.changes.items()),
        "without": removal.without,
        "neutral_already": neutral,
        "most_moved": PATTERNS[most],
        "difference": span.mean[most],
        "low": span.low[most],
        "high": span.high[most],
        "dyads_elsewhere": float((whole.patterns != other.patterns).mean()),
        "moves_patterns": bool(patterns["detectable"].any()),
        "moves_measures": bool(measures["detectable"].any()),
        "where": removal.where,
        "reason": removal.reason,
    }
    return Compared(row, patterns, measures)


def _sentences(rules: pd.DataFrame, scenario: str, replicates: int, dyads: int, seed: int) -> Iterator[str]:
    """Sentences on the dimensions by importance, and on rules without a detectable effect, here and elsewhere."""
    here = rules[rules["scenario"] == scenario]
    whole = here[here["rule"] == WHOLE].sort_values("difference", key=lambda d: -d.abs())
    told = [
        f"{row.dimension} ({_points(row.difference)} points of {row.most_moved}, {_points(row.low)} to "
        f"{_points(row.high)})"
        for row in whole.itertuples()
    ]
    yield f"Taken out as a whole, the dimensions move the mix of patterns in this order: {listed(told)}."
    hidden = whole[~whole["moves_patterns"]]["dimension"]
    if len(hidden):
        yield f"No change of the mix can be told from none when this is taken out: {listed(hidden)}."
    else:
        yield "Each of the four changes the mix of patterns detectably."
    single = here[(here["rule"] != WHOLE) & ~here["neutral_already"]]
    moving = single[single["moves_patterns"]].sort_values("difference", key=lambda d: -d.abs())
    if len(moving):
        most = [f"{row.rule} ({_points(row.difference)} points of {row.most_moved})" for row in moving[:3].itertuples()]
        yield (
            f"Of the {len(single)} rules taken out one at a time in {scenario}, {len(moving)} change the mix; most of "
            f"all: {listed(most)}; as the largest of many these are rather too large."
        )
    else:
        yield f"None of the {len(single)} rules taken out one at a time in {scenario} changes the mix detectably."
    quiet = single[~single["moves_patterns"]]
    felt = quiet[quiet["moves_measures"]]
    if len(felt):
        yield f"Not the mix, but at least one of the measures is changed by: {listed(felt['rule'])}."
    silent = quiet[~quiet["moves_measures"]]
    if len(silent):
        yield f"Nothing that is looked at is changed detectably in {scenario} by: {listed(silent['rule'])}."
    seen_somewhere = rules[rules["moves_patterns"] | rules["moves_measures"]]["rule"]
    for row in silent[~silent["rule"].isin(seen_somewhere)].itertuples():
        why = f"it stays all the same: {row.reason}" if row.reason else "no reason to keep it is written down"
        yield f"Of “{row.rule}” nothing shows wherever it was tried; {why}."
    already = here[here["neutral_already"]]["rule"]
    if len(already):
        yield f"Already at the value at which it does nothing in {scenario}: {listed(already)}."
    yield from _elsewhere(rules, scenario, [*quiet["rule"], *already])
    yield (
        f"{counted(dyads, 'dyad')}, {replicates} replicates, seed {seed}. A change is counted if it is beyond its "
        "interval, widened for three patterns (or all measures) looked at together; among rules that do nothing "
        "one in twenty would still be counted, and more replicates may show what is not counted here."
    )


def _elsewhere(rules: pd.DataFrame, scenario: str, quiet: Sequence[str]) -> Iterator[str]:
    """Sentences on rules with little effect here, in the scenarios in which they should matter."""
    there = rules[(rules["scenario"] != scenario) & rules["rule"].isin(quiet) & ~rules["neutral_already"]]
    mix, measured = there["moves_patterns"], there["moves_measures"]
    for verdict, some in (
        ("Where they should matter they change the mix", there[mix]),
        ("Where they should matter only measures show it", there[~mix & measured]),
        ("Even where they should matter nothing shows", there[~mix & ~measured]),
    ):
        if len(some):
            told = [f"{r.rule} in {r.scenario} ({_points(r.difference)} of {r.most_moved})" for r in some.itertuples()]
            yield f"{verdict}: {listed(told)}."


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"
