"""Analyses of a study: which inputs an outcome depends on, and under which conditions it is high or low.

Both are saved in a folder of their own inside the study's: tables, figures, and the verdict in words.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from twoway.analysis.figures.error_budget import budget_bars
from twoway.analysis.figures.morris import morris_plane
from twoway.analysis.figures.prim import discovery_map
from twoway.analysis.figures.sobol import convergence_curves, group_bars, pairs_map, sobol_bars
from twoway.experiments.results.figures import save_figure
from twoway.experiments.results.folder import atomic_folder, free_folder
from twoway.experiments.results.result import Result
from twoway.experiments.sensitivity.indices import Sensitivity, sensitivity
from twoway.experiments.sensitivity.prim import discover
from twoway.experiments.studies.designs import Listed, ranges_of
from twoway.experiments.studies.outcomes import Outcome
from twoway.experiments.studies.store import Store
from twoway.simulation import SCOPE
from twoway.simulation.errors import InputError


def _of(study: Store | str | Path, outcome: str) -> tuple[Store, pd.DataFrame, pd.DataFrame]:
    """A study with its design and its runs, for one outcome."""
    store = study if isinstance(study, Store) else Store(study)
    _ = store.outcomes[outcome]
    runs = store.table()
    if runs.empty:
        raise InputError(f"{store.folder}: no run has finished yet; see `twoway study status`")
    return store, store.design[store.inputs].reset_index(drop=True), runs


def _made_by(store: Store) -> str | None:
    """Kind of a study's design; of listed points, which may be anything, None."""
    return None if isinstance(store.study.design, Listed) else store.study.design.kind


def _title_of(outcome: Outcome) -> str:
    """An outcome as a title names it."""
    share = outcome.unit.removesuffix(" of dyads")
    return f"the {share} of {outcome.meaning}" if "share" in outcome.unit else outcome.name


def analyse_sensitivity(
    study: Store | str | Path, outcome: str, groups: Mapping[str, Sequence[str]] | None = None
) -> Result:
    """Analyse which inputs of a study an outcome depends on: Sobol', Morris or from given data, as its design allows.

    Parameters
    ----------
    study
        The study, or its folder.
    outcome
        Name of the outcome.
    groups
        Inputs of each group by its name, beside the groups that the study itself names.

    Raises
    ------
    InputError
        If there is no such outcome or input, no run has finished, or the runs cannot be analysed.
    """
    store, design, runs = _of(study, outcome)
    found = sensitivity(
        design,
        runs,
        outcome,
        ranges=ranges_of(store.study.inputs),
        groups={**store.study.groups, **(groups or {})},
        made_by=_made_by(store),
    )
    figures = _figures(found, _title_of(store.outcomes[outcome]))
    return Result(found.tables, figures, _said(found.verdict, store), kind="sensitivity", provenance=store.note())


def _figures(found: Sensitivity, outcome: str) -> dict[str, Figure]:
    tables, basis = found.tables, found.rests_on
    figures: dict[str, Figure] = {}
    if "indices" in tables:
        figures["indices"] = sobol_bars(tables["indices"], outcome, basis)
        figures["convergence"] = convergence_curves(tables["convergence"], outcome, basis)
        if len(tables["pairs"]):
            figures["pairs"] = pairs_map(tables["pairs"], outcome, basis)
    elif "given_data" in tables:
        figures["indices"] = sobol_bars(tables["given_data"], outcome, basis, "correlated" in tables)
    if "groups" in tables:
        figures["groups"] = group_bars(tables["groups"], outcome, basis)
    if "morris" in tables:
        figures["screening"] = morris_plane(tables["morris"], outcome, basis)
    figures["error-budget"] = budget_bars(
        tables["error_budget"], outcome, basis, tables.get("indices", tables.get("given_data"))
    )
    return figures


def find_conditions(
    study: Store | str | Path, outcome: str, above: float | None = None, below: float | None = None
) -> Result:
    """Find the conditions under which the mean outcome of a study is above, or below, a value (PRIM).

    Parameters
    ----------
    study
        The study, or its folder.
    outcome
        Name of the outcome.
    above, below
        The value; give one of the two.

    Raises
    ------
    InputError
        If there is no such outcome, no run has finished, or not exactly one value is given.
    """
    store, design, runs = _of(study, outcome)
    found = discover(design, runs, outcome, above, below, made_by=_made_by(store))
    tables = {"box": found.box, "trajectory": found.trajectory, "points": found.points}
    picture = discovery_map(found.points, found.box, found.trajectory, found.condition, found.rests_on)
    said = _said(found.verdict, store)
    return Result(tables, {"conditions": picture}, said, kind="conditions", provenance=store.note())


def _said(verdict: Sequence[str], store: Store) -> tuple[str, ...]:
    """A verdict, and when the dyads that it is about were interviewed."""
    return (*verdict, store.said_of_interviews)


def save_analysis(found: Result, store: Store, folder: Path) -> None:
    """Write tables, figures and verdict of an analysis to a new folder.

    Parameters
    ----------
    found
        Result of ``analyse_sensitivity`` or ``find_conditions``.
    store
        Study that was analysed.
    folder
        Folder that does not exist yet.

    Raises
    ------
    InputError
        If the folder exists or cannot be written.
    """
    note, lines = store.note(), [store.study.title, store.study.question, "", *found.sentences, "", SCOPE]
    with atomic_folder(folder) as partial:
        for name, table in found.tables.items():
            head = "".join(f"# {key}: {value}\n" for key, value in note.items())
            (partial / f"{name}.csv").write_text(head + table.to_csv(index=False), encoding="utf-8")
        for name, figure in found.figures.items():
            save_figure(partial, name, figure, note)
        verdict = "\n".join(textwrap.fill(line, 100) for line in lines) + "\n"
        (partial / "verdict.txt").write_text(verdict, encoding="utf-8")


def free_place(store: Store, name: str) -> Path:
    """A folder inside the study's that does not exist yet: the name itself, or with the next number.

    Parameters
    ----------
    store
        Study in whose folder it is to lie.
    name
        Name that the folder should have, such as "sensitivity-friendly".
    """
    return free_folder(name, store.folder)
