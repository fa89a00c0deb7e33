"""The scoreboard: every fact, whether the model meets it, how sure that is, and whether it was used in calibration."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

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
    VERDICTS,
    declared_facts,
)
from twoway.experiments.validation.facts import FACTS, Part
from twoway.simulation.errors import listed
from twoway.simulation.parameters.scenario import load

PAIRS = 16
"""Dyads in a replicate."""
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
        again = replicates_of(condition, replicates)
        simulated[condition] = SimulatedCondition(CONDITIONS[condition], seed, again, defaults, threads, intervals)
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
    (met, between, missed), certain (whether the verdict holds all over the interval), used, note, status, sources, how,
    would_take.
    """
    facts = declared_facts()
    found = parts_of_facts(tuple(one.id for one in facts), seed, replicates, threads=threads, progress=progress)
    rows = []
    for one in facts:
        for part in one.part:
            estimate, low, high = found[one.id][part.name]
            rows.append(
                one.row(part, estimate, low, high)
                | {
                    "verdict": part.verdict(estimate), "certain": part.certain(low, high),
                    "used": one.used, "note": one.note, "status": one.status,
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
    for used, how in ((CALIBRATION, "used in calibration"), (HELD_OUT, "held out")):
        own = facts[(facts["used"] == used) & (facts["status"] != "assumed")]
        met, between, missed = ((own["verdict"] == verdict).sum() for verdict in VERDICTS)
        yield (
            f"Facts with a source that were {how} ({len(own)}): {met} met in every part, {between} between, "
            f"{missed} missed."
        )
        for one in own[own["note"] != ""].itertuples():
            rest = own[own["fact"] != one.fact]
            met = (rest["verdict"] == MET).sum()
            yield f"Of {one.fact} one must know: {one.note}. Without it {met} of {len(rest)} are met in every part."
    own = facts[facts["status"] == "assumed"]
    met = (own["verdict"] == MET).sum()
    yield f"Expectations without a source, all used in calibration ({len(own)}): {met} met in every part."
    for verdict, words in ((MISSED, "Missed"), (BETWEEN, "Neither met nor wrong")):
        rows = table[table["verdict"] == verdict]
        if len(rows):
            told = [f"{row.fact} ({row.part} {decimal(row.estimate)})" for row in rows.itertuples()]
            yield f"{words}: {listed(told)}."
    for row in table[table["verdict"] != MET].drop_duplicates("fact").itertuples():
        yield f"What {row.fact} would take: {row.would_take or 'not known'}."
    open_ = table[~table["certain"]]
    if len(open_):
        told = [f"{row.fact} ({row.part})" for row in open_.itertuples()]
        yield f"With other random draws another verdict is possible for {listed(told)}."
    yield f"Each condition has {dyads} dyads; intervals: 95 %, over replicates or centres."


def scoreboard_lines(table: pd.DataFrame) -> Iterator[str]:
    """The scoreboard for a terminal, a line per part."""
    width = max(len(f"{row.part} ({row.unit})") for row in table.itertuples())
    yield f"{'fact':<5}{'':<{width + 2}}{'value':>7}  {'95 % interval':<18}{'accepted':<16}verdict"
    before = ""
    for row in table.itertuples():
        name = "" if row.fact == before else row.fact
        before = row.fact
        interval = f"{decimal(row.low)} to {decimal(row.high)}" if row.high > row.low else ""
        accepted = accepted_range(row.accept_low, row.accept_high)
        how = ("" if row.used == CALIBRATION else ", held out") + (f" ({row.note})" if row.note else "")
        maybe = "" if row.certain else " (with other random draws perhaps not)"
        what, value = f"{row.part} ({row.unit})", decimal(row.estimate)
        yield f"{name:<5}{what:<{width + 2}}{value:>7}  {interval:<18}{accepted:<16}{row.verdict}{how}{maybe}"


def accepted_range(low: float, high: float) -> str:
    """The accepted range in words.

    Parameters
    ----------
    low, high
        Its ends; one of them may be infinite.
    """
    if math.isinf(low):
        return f"at most {high:g}"
    return f"at least {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"


def scoreboard_table(table: pd.DataFrame) -> Table:
    """The scoreboard for a reader, a row per part."""
    rows = []
    for row in table.itertuples():
        interval = f"{decimal(row.low)} to {decimal(row.high)}" if row.high > row.low else ""
        verdict = row.verdict if row.certain else f"{row.verdict}, not for certain"
        accepted = accepted_range(row.accept_low, row.accept_high)
        what = f"{row.part} ({row.unit})"
        used = f"{row.used} ({row.note})" if row.note else row.used
        rows.append((row.fact, what, decimal(row.estimate), interval, accepted, verdict, used))
    return Table(("fact", "part", "value", "95 % interval", "accepted", "verdict", "used"), tuple(rows))


def sources_table(table: pd.DataFrame) -> Table:
    """Claim, computation and source of each fact, a row per fact."""
    rows = [
        (row.fact, row.says, row.how, f"{row.sources} ({row.status})" if row.sources else row.status)
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
