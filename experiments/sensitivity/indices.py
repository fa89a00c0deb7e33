"""Sensitivity of an outcome to the inputs of a study: from the study's two tables to tables of indices and a verdict.

Which analysis is made follows from the design: Saltelli's blocks give Sobol' indices, trajectories a Morris screening,
any other sample (random, Latin hypercube, listed points) first-order and total indices from given data. All but a
screening come with PAWN, and all with the split into inputs and random draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple

import pandas as pd

from twoway.experiments.sensitivity.error_budget import error_budget
from twoway.experiments.sensitivity.given_data import FOLDS, given_data
from twoway.experiments.sensitivity.groups import checked_groups
from twoway.experiments.sensitivity.morris import find_walks, morris
from twoway.experiments.sensitivity.outcome_matrix import TOLERATED, numbered, outcome_matrix, repair_sentences
from twoway.experiments.sensitivity.pawn import LEAST_POINTS, pawn
from twoway.experiments.sensitivity.point_pattern import CHOSEN, chosen_points, correlated_pairs
from twoway.experiments.sensitivity.resampling import ENOUGH_REPLICATES
from twoway.experiments.sensitivity.sobol import convergence, find_blocks, points_of_block, sobol
from twoway.experiments.sensitivity.verdict import (
    agreement_sentences,
    correlation_sentences,
    given_sentences,
    group_sentences,
    morris_sentences,
    pawn_sentences,
    random_draw_sentences,
    ranking,
    sobol_sentences,
    surrogate_sentences,
)
from twoway.simulation.errors import InputError, listed

NOTHING = 1e-9
"""Share of the variance up to which what the inputs do is rounding."""
Kind = Literal["sobol", "morris", "sample"]


class Sensitivity(NamedTuple):
    """Sensitivity of one outcome to the inputs.

    ``tables`` holds "error_budget"; for Sobol' also "indices", "pairs", "beyond", "ranking", "convergence" and
    "given_data", for a sample "given_data", "beyond" and "ranking", unless the effect of the inputs cannot be told from
    random draws; for Morris "morris" and "ranking"; for all but Morris "pawn". Where groups of inputs were asked for
    there is "groups", and where inputs are correlated "correlated", but no "beyond" and no "ranking".
    ``verdict`` says in sentences what follows; ``rests_on`` is one sentence for captions.
    """

    outcome: str
    kind: Kind
    tables: dict[str, pd.DataFrame]
    verdict: list[str]
    rests_on: str


def sensitivity(
    design: pd.DataFrame,
    runs: pd.DataFrame,
    outcome: str,
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
    tolerated: float = TOLERATED,
    groups: Mapping[str, Sequence[str]] | None = None,
    made_by: str | None = None,
) -> Sensitivity:
    """Analyse one outcome of a study.

    Parameters
    ----------
    design
        A row per point in the order in which it was sampled, a column per input.
    runs
        Columns ``point`` (row of the design, from 0), ``replicate`` and the outcomes.
    outcome
        Name of the outcome.
    ranges
        Lowest and highest value by input, for a screening.
    draws
        Draws of the bootstrap, at least 100.
    confidence
        Level of the intervals, from .5.
    seed
        Random seed of the bootstrap.
    tolerated
        Share of failed runs that is filled in; the verdict says so.
    groups
        Inputs of each group by its name; of a group the indices say what its inputs do together.
    made_by
        Kind of the study's design, such as "grid"; None: the points are looked at.

    Raises
    ------
    InputError
        If the tables cannot be analysed, a group is none, or the points vary one input at a time.
    """
    if draws < 100:
        raise InputError(f"draws = {draws}; it must be at least 100, or the intervals mean nothing")
    if not 0.5 <= confidence < 1:
        raise InputError(f"confidence = {confidence:g}; it must be a share from 0.5 to below 1")
    inputs = numbered(design)
    values = outcome_matrix(inputs, runs, outcome, tolerated)
    replicates, names = values.values.shape[1], [str(name) for name in inputs.columns]
    grouped = checked_groups(groups or {}, names)
    tables: dict[str, pd.DataFrame] = {}
    in_words_given = [str(name) for name in design.columns if not pd.api.types.is_numeric_dtype(design[name])]
    blocks, walks = find_blocks(inputs), find_walks(inputs, ranges, in_words_given)
    kind: Kind = "sobol" if blocks is not None else "morris" if walks is not None else "sample"
    if kind == "sample":
        _refuse_chosen(inputs, made_by)
    unit, kept, all_units = "points", int((~values.empty).sum()), len(inputs)
    size = 1 if kind == "sample" else len(names) + 1 if blocks is None else points_of_block(blocks)
    tables["error_budget"] = error_budget(values, size, min(draws, 500), confidence, seed)
    said: list[str] = []
    of_inputs = tables["error_budget"].iloc[0]
    shown = of_inputs["share"] > NOTHING and of_inputs["variance"] > 2 * of_inputs["se_design"]
    from_given = partial(
        given_data, inputs, values, draws, confidence, seed, block=size, words=in_words_given, groups=grouped
    )
    if blocks is not None:
        unit, kept, all_units = "base samples", kept // size, len(blocks.a)
    if kind != "morris" and not shown:
        said = [
            "The effect of the inputs cannot be told from random draws, so no indices are given: each would be nothing "
            "divided by nothing. Run more replicates, or take it that this outcome does not depend on these inputs."
        ]
    elif blocks is not None:
        found = sobol(blocks, values, draws, confidence, seed)
        kept = found.blocks
        total = found.indices.loc[found.indices["index"] == "total", "estimate"]
        tables |= {"indices": found.indices, "pairs": found.pairs, "beyond": found.beyond}
        tables["ranking"] = ranking(names, total, found.totals, kept, replicates, unit, confidence)
        tables["convergence"] = convergence(blocks, values, min(draws, 200), confidence, seed)
        said = list(sobol_sentences(found, tables["ranking"]))
        if kept >= 2 * FOLDS:
            given = from_given()
            tables["given_data"] = given.indices
            said += [*agreement_sentences(found.indices, given), *group_sentences(given)]
            tables |= {"groups": given.groups} if grouped else {}
    elif walks is not None:
        unit = "trajectories"
        screened = morris(walks, values, draws, confidence, seed)
        kept, all_units = screened.walks, len(walks.moved)
        tables["morris"] = screened.effects
        tables["ranking"] = ranking(
            names, screened.effects["mu_star"], screened.mu_stars, kept, replicates, unit, confidence
        )
        said = list(morris_sentences(screened, tables["ranking"]))
        if in_words_given:
            said.append(
                f"Of {listed(in_words_given)}, which are words, an effect is what changing one word for another does; "
                "mu, which has a direction, means nothing for them."
            )
        if grouped:
            said.append(
                "A screening has no indices of groups of inputs; a Latin hypercube or a Sobol' design of the same "
                "inputs has."
            )
    else:
        together = correlated_pairs(inputs[~values.empty], in_words_given)
        given = from_given(correlated=bool(together))
        total = given.indices.loc[given.indices["index"] == "total", "estimate"]
        tables["given_data"] = given.indices
        if together:
            tables["correlated"] = pd.DataFrame(together)
        else:
            tables["beyond"] = given.beyond
            tables["ranking"] = ranking(
                names, total, given.totals, given.points, replicates, unit, confidence, given.unexplained
            )
        tables |= {"groups": given.groups} if grouped else {}
        said = [
            *surrogate_sentences(given),
            *correlation_sentences(together, grouped),
            *given_sentences(given, tables.get("ranking")),
            *group_sentences(given),
        ]
    if kind != "morris":
        if kept * size >= LEAST_POINTS:
            tables["pawn"] = pawn(inputs, values, min(draws, 200), confidence, seed, size)
            said += pawn_sentences(tables["pawn"])
        else:
            said.append(
                f"PAWN, which looks at the whole distribution of the outcome, takes at least {LEAST_POINTS} points; "
                f"there are {kept * size}."
            )
    verdict = [
        *repair_sentences(values, unit, kept, all_units),
        *random_draw_sentences(tables["error_budget"], replicates, kind),
        *said,
    ]
    rests_on = (
        f"{len(names)} inputs, {kept:,} {unit}, {kept * size * replicates:,} runs ({replicates} per point). "
        f"Intervals: {confidence:.0%}, {draws:,} bootstrap draws of {unit}"
        f"{', jackknife over replicates' if replicates >= ENOUGH_REPLICATES else ''}."
    )
    return Sensitivity(outcome, kind, tables, verdict, rests_on)


def _refuse_chosen(inputs: pd.DataFrame, made_by: str | None) -> None:
    """Refuse points that vary one input at a time, or a few arms: they do not say what inputs do elsewhere."""
    pattern = chosen_points(inputs, made_by)
    for kind in ("one-at-a-time", "intervention"):
        if pattern == CHOSEN[kind]:
            raise InputError(
                f"design: the points are {pattern}, so that nothing is known of what inputs do together; `twoway study "
                "answer` has their effects. For indices vary all inputs: a latin-hypercube, sobol or morris design"
            )
