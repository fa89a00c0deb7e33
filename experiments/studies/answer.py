"""The answer of a study: effects, figure and sentences from its runs, written beside them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from twoway.analysis.figures.study_effects import effects_sorted, heat_maps, lines_by_input
from twoway.analysis.rounding import significant
from twoway.analysis.statistics.effects import (
    EFFECT,
    differences_from_first,
    is_full_grid,
    main_effects,
    straight_line_effects,
)
from twoway.analysis.study_text import difference_answers, grid_answers, plain_name, rests_on, sorted_answers
from twoway.experiments.results.figures import save_figure
from twoway.experiments.results.folder import replace_file
from twoway.experiments.results.result import SENTENCES, Result
from twoway.experiments.studies.designs import BASELINE, AskTell, Grid, Intervention, OneAtATime, ranges_of
from twoway.experiments.studies.outcomes import PATTERN_SHARES
from twoway.experiments.studies.store import Store, refusing_full_disk
from twoway.simulation import SCOPE
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import known_declarations

OVER_REPLICATES = "Student's, over replicates"
OVER_POINTS = "bootstrap over points and replicates"
RIBBONS = (
    "Ribbons: interval of each mean; with common random numbers differences along a line are known better than that."
)


def answer(study: Store | str | Path) -> Result:
    """Compute the answer of a study from the runs that there are; its sentences say what is missing.

    Parameters
    ----------
    study
        The study, or its folder.

    Returns
    -------
    A result with the table "effects" (columns ``twoway.analysis.statistics.effects.EFFECT``), figures and sentences.

    Raises
    ------
    InputError
        If too few runs have finished, or an outcome is missing in every run.
    """
    store = study if isinstance(study, Store) else Store(study)
    table = store.table()
    table = table[~table["failed"]]
    if table.empty or table["point"].nunique() < 2:
        raise InputError(f"{store.folder}: too few runs have finished for an answer; see `twoway study status`")
    asked, design = store.study, store.study.design
    columns = [store.outcomes[name].column for name in asked.outcomes]
    names = list(asked.outcomes)
    for name in names:
        if table[name].isna().all():
            raise InputError(
                f"{store.folder}: the outcome {name} is missing in every run: {store.outcomes[name].meaning}"
            )
    inputs = [name for name in store.inputs if table[name].nunique() > 1]
    grid = isinstance(design, Grid) and is_full_grid(table, inputs)
    over_points = not grid and not isinstance(design, Intervention | OneAtATime)
    basis = _basis(store, OVER_POINTS if over_points else OVER_REPLICATES)
    figures: dict[str, Figure] = {}
    sentences: Iterator[str]
    if isinstance(design, Intervention | OneAtATime):
        if table["point"].min() > 0:
            raise InputError(
                f"{store.folder}: no run of the {BASELINE} has finished, so there is nothing to compare with"
            )
        base = f"the {BASELINE}"
        effects = differences_from_first(table, _point_names(store), names, asked.common_random_numbers)
        sentences = difference_answers(effects, columns, base)
        figures["differences"] = effects_sorted(
            effects, columns, f"{asked.title}: differences from {base}", basis, in_order=True
        )
    elif grid:
        effects = main_effects(table, inputs, names, asked.common_random_numbers)
        sentences = grid_answers(table, effects, inputs, columns, asked.common_random_numbers)
        if len(inputs) == 1:
            shares = [store.outcomes[name].column for name in PATTERN_SHARES]
            figures["patterns"] = lines_by_input(
                table,
                inputs,
                inputs[0],
                shares,
                asked.common_random_numbers,
                asked.title,
                f"{basis} {RIBBONS}",
            )
        elif len(inputs) == 2:
            figures["outcomes"] = heat_maps(table, inputs, columns, asked.title, basis)
        else:
            figures["effects"] = effects_sorted(effects, columns, _from_end_to_end(asked.title), basis)
    else:
        effects, explained = straight_line_effects(table, inputs, names, ranges_of(asked.inputs))
        sentences = sorted_answers(effects, explained, columns)
        figures["effects"] = effects_sorted(effects, columns, _from_end_to_end(asked.title), basis)
    said = (
        *sentences,
        store.said_of_interviews,
        basis,
        *_warnings(store, effects),
        *_input_meanings(store),
    )
    return Result({"effects": effects[list(EFFECT)]}, figures, said, kind="study", provenance=store.note())


def _input_meanings(store: Store) -> Iterator[str]:
    """Sentences on the meaning of the inputs, for a reader who does not know their names."""
    declared = known_declarations()
    for name in store.inputs:
        if name in declared:
            d = declared[name]
            yield f"{plain_name(name).capitalize()} ({name}, {d.unit}): {d.meaning}"


def _from_end_to_end(heading: str) -> str:
    return f"{heading}: what each input does from end to end"


def _point_names(store: Store) -> list[str]:
    """Names of the points; in a one-at-a-time design the difference from the base."""
    names = [str(name) for name in store.design["name"]]
    rows = store.design[store.inputs].to_dict("records")
    base = rows[0]
    for place, row in enumerate(rows):
        if not names[place]:
            differs = [f"{plain_name(str(k))} = {_said(v)}" for k, v in row.items() if v != base[k]]
            names[place] = ", ".join(differs) or BASELINE
    return names


def _said(value: float | str) -> str:
    return value if isinstance(value, str) else significant(value, 6)


def _basis(store: Store, intervals: str) -> str:
    status, design = store.status(), store.resolved.scenarios[store.resolved.base].design
    centres = f"{design.centres} centre{'s' * (design.centres != 1)}"
    dyads = f"{design.centres * design.clients} dyads of {centres}"
    if any(name.startswith("design.") for name in store.inputs):
        dyads = "as many dyads as each point says"
    return rests_on(
        status.points, status.replicates, dyads, status.done, status.failed, status.missing,
        store.study.common_random_numbers,
        intervals,
    )  # fmt: skip


def _warnings(store: Store, effects: pd.DataFrame) -> Iterator[str]:
    """Warnings that a reader should keep in mind."""
    if len(effects) > 5:
        yield (
            f"Of {len(effects)} intervals one in twenty misses by chance alone; weigh a single settled effect among "
            "many accordingly."
        )
    precision = store.study.precision
    if precision is not None and store.widest() > precision.half_width:
        known, asked = significant(store.widest(), 3), significant(precision.half_width, 6)
        yield (
            f"The precision asked for was not reached: {precision.outcome} is known to ±{known} at the least certain "
            f"point, not ±{asked}; {store.replicates} replicates are the most allowed."
        )
    if not store.status().same_model:
        yield f"The runs were made with other sources than the present ones ({store.model})."


def save_answer(store: Store) -> Result:
    """Write effects, figures and sentences into the study's folder, in the place of older ones."""
    found = answer(store)
    note, lines = store.note(), [store.study.title, store.study.question, "", *found.sentences, SCOPE]
    with refusing_full_disk(store.folder):
        effects = "".join(f"# {name}: {value}\n" for name, value in note.items()) + found.tables["effects"].to_csv(
            index=False
        )
        replace_file(store.folder / "effects.csv", effects)
        replace_file(store.folder / SENTENCES, "\n".join(textwrap.fill(line, 100) for line in lines) + "\n")
        for name, figure in found.figures.items():
            save_figure(store.folder, name, figure, note)
    return found


def has_answer(store: Store) -> bool:
    """Whether a study has an answer of its own; one whose points are asked for has none."""
    return not isinstance(store.study.design, AskTell)
