"""The scoreboard: every fact, whether the model meets it, how sure that is, and whether it was used in calibration."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from tqdm import tqdm

from twoway.analysis.figures.scoreboard import scoreboard_figure
from twoway.analysis.narrative.words.grammar import decimal
from twoway.analysis.render.document import Table
from twoway.experiments.results.result import Result, derived
from twoway.experiments.validation.fact_conditions import CONDITIONS, Changes, SimulatedCondition
from twoway.experiments.validation.fact_table import (
    BETWEEN,
    CALIBRATION,
    HELD_OUT,
    MET,
    MISSED,
    NOT_YET,
    STRUCTURE,
    TOO_SMALL,
    VERDICTS,
    DeclaredPart,
    declared_facts,
    measurable_facts,
    sources_in_words,
)
from twoway.experiments.validation.facts import FACTS, Part
from twoway.simulation.errors import listed
from twoway.simulation.parameters.scenario import load
from twoway.simulation.run import Detail

USES = {
    CALIBRATION: "were used in calibration",
    HELD_OUT: "were held out",
}
"""What facts that count are used for, in words."""
PAIRS = 16
"""Dyads in a replicate."""
NO_PART = Part(math.nan, math.nan, math.nan)
LEAST_REPLICATES = 25
"""Replicates from which on facts are judged: 400 dyads in every condition."""


def replicates_of(name: str, replicates: int) -> int:
    """Replicates of a condition for the same number of dyads in each, whatever its size.

    Parameters
    ----------
    name
        Name of the condition in ``CONDITIONS``.
    replicates
        Number of times ``PAIRS`` dyads that are wanted.

    Returns
    -------
    Rounded to whole replicates, at least 1.
    """
    design = load(CONDITIONS[name].scenario).design
    return max(1, round(replicates * PAIRS / (design.centres * design.clients)))


def parts_of_facts(
    names: tuple[str, ...], seed: int, replicates: int, defaults: Changes | None = None, intervals: bool = True,
    threads: int = 1, progress: bool = False,
) -> dict[str, Mapping[str, Part]]:  # fmt: skip
    """The parts of some facts.

    Parameters
    ----------
    names
        Ids of the facts.
    seed
        Random seed.
    replicates
        Number of times ``PAIRS`` dyads in every condition.
    defaults
        Values of numbers that neither scenario nor condition gives, by ``section.field``.
    intervals
        Whether intervals are wanted.
    threads
        Number of threads.
    progress
        Whether to show a bar.

    Returns
    -------
    By fact its parts by name. A condition is dropped from memory when no fact needs it any more.
    """
    waiting = {name: FACTS[name] for name in names}
    needed = [condition for condition in CONDITIONS if any(condition in one.conditions for one in waiting.values())]
    simulated: dict[str, SimulatedCondition] = {}
    found: dict[str, Mapping[str, Part]] = {}
    for condition in tqdm(needed, desc="conditions", disable=not progress, leave=False):
        again, declared = replicates_of(condition, replicates), CONDITIONS[condition]
        if not any(one.events for one in waiting.values() if condition in one.conditions):
            declared = declared._replace(keep=Detail.DAYS)
        simulated[condition] = SimulatedCondition(declared, seed, again, defaults, threads, intervals)
        ready = [name for name, one in waiting.items() if set(one.conditions) <= set(simulated)]
        for name in ready:
            one = waiting.pop(name)
            found[name] = one.work({c: simulated[c] for c in one.conditions})
        for done in list(simulated):
            if not any(done in one.conditions for one in waiting.values()):
                del simulated[done]
    return {name: found[name] for name in names}


def _scoreboard_values(seed: int, replicates: int, threads: int = 2, progress: bool = False) -> pd.DataFrame:
    """Every fact as the model has it, a row per part.

    Columns: fact, says, part, unit, estimate, low, high (95 %), accept_low, accept_high, wrong_low, wrong_high, verdict
    (of ``VERDICTS``), certain (whether the verdict holds all over the interval), used, needs, note, status, sources,
    how, would_take.
    """
    measured = tuple(one.id for one in measurable_facts())
    found = parts_of_facts(measured, seed, replicates, threads=threads, progress=progress)
    rows = []
    for one in declared_facts():
        for part in one.part:
            estimate, low, high = NO_PART if one.needs else found[one.id][part.name]
            rows.append(
                one.row(part, estimate, low, high)
                | {
                    "verdict": NOT_YET if one.needs else part.verdict(estimate),
                    "certain": bool(one.needs) or part.certain(low, high),
                    "used": one.use, "needs": one.needs, "note": one.note, "status": one.status,
                    "sources": "; ".join(one.sources), "how": one.how, "would_take": one.would_take,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def by_fact(table: pd.DataFrame) -> pd.DataFrame:
    """One row per fact, its verdict that of its worst part; a miss is certain if a missed part is, all else if all are.

    Columns: fact, says, verdict, certain, used, note, status.
    """
    rows = []
    for name, own in table.groupby("fact", sort=False):
        worst = max(own["verdict"], key=VERDICTS.index)
        at_worst = own[own["verdict"] == worst]
        certain = bool(at_worst["certain"].any() if worst == MISSED else own["certain"].all())
        first = own.iloc[0]
        rows.append((name, first["says"], worst, certain, first["used"], first["note"], first["status"]))
    return pd.DataFrame(rows, columns=["fact", "says", "verdict", "certain", "used", "note", "status"])


def scoreboard_sentences(table: pd.DataFrame, dyads: int) -> Iterator[str]:
    """A few sentences on the facts that the model meets and misses.

    Parameters
    ----------
    table
        The scoreboard, a row per part of a fact.
    dyads
        Dyads in each condition.
    """
    facts = by_fact(table)
    for used, how in USES.items():
        own = facts[(facts["used"] == used) & (facts["status"] != "assumed")]
        yield f"Facts with a source that {how} ({len(own)}): {_counts(own)}."
        for one in own[own["note"] != ""].itertuples():
            rest = own[own["fact"] != one.fact]
            met = (rest["verdict"] == MET).sum()
            yield f"Of {one.fact} one must know: {one.note}. Without it {met} of {len(rest)} are met in every part."
    own = facts[(facts["status"] == "assumed") & (facts["used"] == CALIBRATION)]
    if len(own):
        yield f"Expectations without a source that {USES[CALIBRATION]} ({len(own)}): {_counts(own)}."
    own = facts[facts["used"] == STRUCTURE]
    if len(own):
        yield f"Counted nowhere, since the model's structure was chosen with them: {listed(own['fact'])}."
    for needs, rows in table[table["verdict"] == NOT_YET].groupby("needs", sort=False):
        yield f"Not yet measurable, and so not met: {listed(rows['fact'].unique())} (needs {needs})."
    words_of = ((MISSED, "Missed"), (BETWEEN, "Neither met nor wrong"), (TOO_SMALL, "Of the right sign, but too small"))
    for verdict, words in words_of:
        rows = table[table["verdict"] == verdict]
        if len(rows):
            told = [f"{row.fact} ({row.part} {decimal(row.estimate)})" for row in rows.itertuples()]
            yield f"{words}: {listed(told)}."
    for row in table[~table["verdict"].isin([MET, NOT_YET])].drop_duplicates("fact").itertuples():
        yield f"What {row.fact} would take: {row.would_take or 'not known'}."
    open_ = table[~table["certain"]]
    if len(open_):
        told = [f"{row.fact} ({row.part})" for row in open_.itertuples()]
        yield f"With other random draws another verdict is possible for {listed(told)}."
    yield f"Each condition has {dyads} dyads; intervals: 95 %, over replicates or centres."


def scoreboard_lines(table: pd.DataFrame) -> Iterator[str]:
    """The scoreboard for a terminal, a line per part."""
    width = max(len(f"{row.part} ({row.unit})") for row in table.itertuples())
    yield f"{'fact':<5}{'':<{width + 2}}{'value':>7}  {'95 % interval':<18}{'accepted':<32}verdict"
    before = ""
    for row in table.itertuples():
        name = "" if row.fact == before else row.fact
        before = row.fact
        interval = f"{decimal(row.low)} to {decimal(row.high)}" if row.high > row.low else ""
        accepted = accepted_range(row.accept_low, row.accept_high, row.worth)
        how = ("" if row.used == CALIBRATION else f", {row.used}") + (f" ({row.note})" if row.note else "")
        maybe = "" if row.certain else " (with other random draws perhaps not)"
        what, value = f"{row.part} ({row.unit})", value_in_words(row.estimate)
        yield f"{name:<5}{what:<{width + 2}}{value:>7}  {interval:<18}{accepted:<32}{verdict_in_words(row)}{how}{maybe}"


def _counts(facts: pd.DataFrame) -> str:
    """How many of some facts have which verdict, in words; what is rare is left out where there is none."""
    met, *others = ((facts["verdict"] == verdict).sum() for verdict in VERDICTS)
    rare = (TOO_SMALL, NOT_YET)
    told = [f"{n} {word}" for n, word in zip(others, VERDICTS[1:], strict=True) if n or word not in rare]
    return ", ".join([f"{met} met in every part", *told])


def verdict_in_words(row: Any) -> str:
    """The verdict on a part; where it cannot be measured yet, with what that needs.

    Parameters
    ----------
    row
        A part of a fact, with ``verdict`` and ``needs``.
    """
    return f"{NOT_YET}: needs {row.needs}" if row.verdict == NOT_YET else str(row.verdict)


def value_in_words(value: float) -> str:
    """A value, or that there is none."""
    return "none" if math.isnan(value) else decimal(value)


def accepted_range(low: float, high: float, worth: float = math.nan) -> str:
    """The accepted range in words.

    Parameters
    ----------
    low, high
        Its ends; one of them may be infinite.
    worth
        Smallest effect worth having; NaN where the whole range is.
    """
    if not math.isnan(worth):
        one = DeclaredPart(name="range", unit="any", accept=(low, high), worth=worth)
        none = low if one.aimed[0] == worth else high
        return f"{accepted_range(*one.aimed)}; to {none:g} too small"
    if math.isinf(low):
        return f"at most {high:g}"
    return f"at least {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"


def scoreboard_table(table: pd.DataFrame) -> Table:
    """The scoreboard for a reader, a row per part."""
    rows = []
    for row in table.itertuples():
        interval = f"{decimal(row.low)} to {decimal(row.high)}" if row.high > row.low else ""
        verdict = verdict_in_words(row) if row.certain else f"{row.verdict}, not for certain"
        accepted = accepted_range(row.accept_low, row.accept_high, row.worth)
        what = f"{row.part} ({row.unit})"
        used = f"{row.used} ({row.note})" if row.note else row.used
        rows.append((row.fact, what, value_in_words(row.estimate), interval, accepted, verdict, used))
    return Table(("fact", "part", "value", "95 % interval", "accepted", "verdict", "used"), tuple(rows))


def sources_table(table: pd.DataFrame) -> Table:
    """Claim, computation and source of each fact, a row per fact."""
    rows = [
        (row.fact, row.says, row.how, sources_in_words(row.sources, row.status))
        for row in table.drop_duplicates("fact").itertuples()
    ]
    return Table(("fact", "what it says", "how it is computed", "source"), tuple(rows))


@derived("scoreboard")
def scoreboard(seed: int, replicates: int, threads: int = 2, progress: bool = False) -> Result:
    """The scoreboard of all facts.

    Parameters
    ----------
    seed
        Random seed, from 0.
    replicates
        Replicates of 16 dyads in each condition.
    threads
        Number of threads.
    progress
        Whether to show a bar.

    Returns
    -------
    A result with the tables ``scoreboard`` (a row per part of a fact) and ``facts`` (a row per fact).
    """
    table = _scoreboard_values(seed, replicates, threads, progress)
    dyads = PAIRS * replicates
    return Result(
        {"scoreboard": table, "facts": by_fact(table)},
        {"scoreboard": lambda: scoreboard_figure(table, f"{dyads} dyads per condition, seed {seed}")},
        tuple(scoreboard_sentences(table, dyads)),
        (scoreboard_table(table), sources_table(table)),
    )
