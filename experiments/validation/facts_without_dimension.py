"""The facts without each of the four dimensions: which of them the model meets only because of that dimension."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd
from tqdm import tqdm

from twoway.analysis.narrative.words.grammar import counted, decimal
from twoway.analysis.render.document import Table
from twoway.experiments.validation.ablation_table import DIMENSIONS
from twoway.experiments.validation.fact_conditions import CONDITIONS, SimulatedCondition
from twoway.experiments.validation.fact_table import MET, measurable_facts
from twoway.experiments.validation.facts import FACTS
from twoway.experiments.validation.scoreboard import accepted_range, replicates_of
from twoway.simulation.errors import listed
from twoway.simulation.run import Detail

HERE = "ordinary"
"""The condition in which the model is looked at without a dimension; facts that rest on another one are left out."""
WITH_ALL = "nothing"
"""Name of the whole model, from which nothing is removed."""


def facts_without(seed: int, replicates: int, threads: int = 2, progress: bool = False) -> pd.DataFrame:
    """Every fact that rests on an ordinary centre alone, with the whole model and without each dimension.

    All have the same people and common random numbers, and as many dyads as the scoreboard.

    Parameters
    ----------
    seed
        Random seed, from 0.
    replicates
        Number of times ``scoreboard.PAIRS`` dyads that are simulated with and without each dimension.
    threads
        Number of threads.
    progress
        Whether to show a bar.

    Returns
    -------
    A row per part and removal with the columns ``without`` (a dimension, or ``WITH_ALL``), those of the scoreboard up
    to ``verdict``, and ``used``.
    """
    facts = [one for one in measurable_facts() if FACTS[one.id].conditions == (HERE,)]
    rows = []
    for without in tqdm([WITH_ALL, *DIMENSIONS], desc="Facts without", disable=not progress, leave=False):
        condition = CONDITIONS[HERE if without == WITH_ALL else f"without {without}"]._replace(keep=Detail.EVENTS)
        simulated = SimulatedCondition(condition, seed, replicates_of(HERE, replicates), threads=threads)
        for one in facts:
            found = FACTS[one.id].work({HERE: simulated})
            for part in one.part:
                row = one.row(part, *found[part.name])
                rows.append({"without": without, **row, "verdict": part.verdict(row["estimate"]), "used": one.use})
    return pd.DataFrame(rows)


def facts_without_sentences(table: pd.DataFrame) -> Iterator[str]:
    """Sentences on the facts that are met with and without each dimension, and on those lost or gained."""
    met = (table["verdict"] == MET).groupby([table["without"], table["fact"]], sort=False).all().unstack(0)
    kept = listed([f"{met[name].sum()} without {name}" for name in DIMENSIONS])
    yield (
        f"Of the {counted(len(met), 'fact')} that rest on an ordinary centre alone, {met[WITH_ALL].sum()} are met in "
        f"every part with everything, {kept}."
    )
    for name in DIMENSIONS:
        lost, gained = met[met[WITH_ALL] & ~met[name]].index, met[met[name] & ~met[WITH_ALL]].index
        told = [f"{what}: {listed(facts)}" for what, facts in (("lost", lost), ("met only then", gained)) if len(facts)]
        if told:
            yield f"Without {name}, {'; '.join(told)}."


def facts_without_table(table: pd.DataFrame) -> Table:
    """The same table for a reader, a row per part: values, and a word where the fact is not met."""
    rows = []
    for (fact, part), own in table.groupby(["fact", "part"], sort=False):
        by = own.set_index("without")
        cells = [_cell(by.loc[name, "estimate"], by.loc[name, "verdict"]) for name in (WITH_ALL, *DIMENSIONS)]
        first = own.iloc[0]
        accepted = accepted_range(first["accept_low"], first["accept_high"])
        rows.append((fact, f"{part} ({first['unit']})", accepted, *cells))
    head = ("fact", "part", "accepted", "with everything", *(f"without {name}" for name in DIMENSIONS))
    return Table(head, tuple(rows))


def _cell(value: float, verdict: str) -> str:
    told = "nothing to compute it from" if math.isnan(value) else decimal(value)
    return told if verdict == MET else f"{told}, {verdict}"
