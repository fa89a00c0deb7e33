"""The posterior predictive check: every measurable fact, also held out ones, over draws of the posterior sample."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from twoway.analysis.figures.scoreboard import predictive_figure
from twoway.analysis.narrative.words.grammar import counted, decimal, percent
from twoway.analysis.render.document import Table
from twoway.experiments.calibration.evaluate import FactPoint, evaluate_points, seeds
from twoway.experiments.calibration.posterior import MOSTLY, shipped_posterior
from twoway.experiments.results.result import Result, derived
from twoway.experiments.validation.fact_table import CALIBRATION, HELD_OUT, MET, measurable_facts
from twoway.experiments.validation.scoreboard import PAIRS, accepted_range
from twoway.simulation.errors import InputError, listed


def _predictive(draws: int, seed: int, replicates: int, threads: int = 2, progress: bool = False) -> pd.DataFrame:
    """Every part of every fact over draws of the posterior sample, each with a seed of its own.

    Columns: fact, says, part, unit, estimate (median draw), low, high (middle nine tenths of the draws), accept_low,
    accept_high, wrong_low, wrong_high, met (share of draws that meet the part), met_in_every_part (of the fact),
    verdict (of the median), used, status.
    """
    sample = check_draws(draws)
    chosen = sample.iloc[np.linspace(0, len(sample) - 1, draws).round().astype(int)]
    facts = measurable_facts()
    names = tuple(one.id for one in facts)
    points = [
        FactPoint(tuple((name, float(v)) for name, v in row.items()), names, draw_seed, replicates)
        for draw_seed, (_, row) in zip(seeds(seed, "draws", draws), chosen.iterrows(), strict=True)
    ]
    values = evaluate_points(points, "draws", threads, progress)
    rows = []
    for one in facts:
        whole = np.all([[p.verdict(v) == MET for v in values[f"{one.id}: {p.name}"]] for p in one.part], axis=0).mean()
        for part in one.part:
            own = values[f"{one.id}: {part.name}"]
            low, middle, high = own.quantile([0.05, 0.5, 0.95])
            rows.append(
                one.row(part, middle, low, high)
                | {
                    "met": np.mean([part.verdict(value) == MET for value in own]), "met_in_every_part": whole,
                    "verdict": part.verdict(middle), "used": one.use, "status": one.status,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def check_draws(draws: int) -> pd.DataFrame:
    """The posterior sample; ``InputError`` for a number of draws it does not have."""
    sample = shipped_posterior()
    if not 1 <= draws <= len(sample):
        raise InputError(f"draws = {draws}; the posterior sample has 1 to {len(sample)}")
    return sample


def _posterior_check_sentences(table: pd.DataFrame, draws: int) -> Iterator[str]:
    """Sentences on the facts that draws of the posterior sample meet."""
    by_fact = table.groupby("fact", sort=False).first()
    for used, how in ((CALIBRATION, "used in calibration"), (HELD_OUT, "held out")):
        own = by_fact[(by_fact["used"] == used) & (by_fact["status"] != "assumed")]
        mostly = (own["met_in_every_part"] >= MOSTLY).sum()
        yield (
            f"Of {counted(len(own), 'fact')} with a source that were {how}, {mostly} "
            f"{'is' if mostly == 1 else 'are'} met in every part by at least "
            f"{percent(MOSTLY)} of {draws} draws of the posterior sample."
        )
    seldom = table[table["met"] < 0.5]
    if len(seldom):
        told = [f"{row.fact} ({row.part}, {percent(row.met)})" for row in seldom.itertuples()]
        yield f"Met by less than half of the draws: {listed(told)}."


def posterior_check_table(table: pd.DataFrame) -> Table:
    """The check for a reader, a row per part."""
    rows = tuple(
        (
            row.fact,
            f"{row.part} ({row.unit})",
            decimal(row.estimate),
            f"{decimal(row.low)} to {decimal(row.high)}",
            accepted_range(row.accept_low, row.accept_high),
            percent(row.met),
            row.used,
        )
        for row in table.itertuples()
    )
    return Table(("fact", "part", "median draw", "nine draws of ten", "accepted", "draws that meet it", "used"), rows)


@derived("posterior-check")
def posterior_check(draws: int, seed: int, replicates: int, threads: int = 2, progress: bool = False) -> Result:
    """The posterior predictive check of every fact.

    Parameters
    ----------
    draws
        Draws of the posterior sample.
    seed
        Random seed, from 0.
    replicates
        Replicates of 16 dyads in each condition and draw.
    threads
        Number of worker processes.
    progress
        Whether to show a bar.
    """
    table = _predictive(draws, seed, replicates, threads, progress)
    rests_on = f"{draws} draws, {PAIRS * replicates} dyads per condition and draw, seed {seed}"
    figures = {"predictive": lambda: predictive_figure(table, rests_on)}
    return Result(
        {"predictive": table}, figures, tuple(_posterior_check_sentences(table, draws)), (posterior_check_table(table),)
    )
