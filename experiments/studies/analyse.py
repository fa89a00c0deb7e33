"""A study examined: which inputs an outcome depends on, and under which conditions it is high or low.

Both are kept in a folder of their own inside the study's: tables, figures, and the verdict in words.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from twoway.analysis.figures.sensitivity import (
    budget_bars,
    convergence_curves,
    discovery_map,
    morris_plane,
    pairs_map,
    sobol_bars,
)
from twoway.experiments.results.folder import atomic_folder, save_figure
from twoway.experiments.sensitivity.indices import Sensitivity, sensitivity
from twoway.experiments.sensitivity.prim import Discovery, discover
from twoway.experiments.studies.designs import Span, axis
from twoway.experiments.studies.outcomes import outcome as declared_outcome
from twoway.experiments.studies.store import Store
from twoway.simulation import SCOPE
from twoway.simulation.errors import InputError


class Examined(NamedTuple):
    """What was found: tables and figures by name, and sentences."""

    tables: Mapping[str, pd.DataFrame]
    figures: Mapping[str, Figure]
    sentences: tuple[str, ...]


def _of(study: Store | str | Path, outcome: str) -> tuple[Store, pd.DataFrame, pd.DataFrame]:
    """A study with its design and its runs, for one outcome."""
    store = study if isinstance(study, Store) else Store(study)
    declared_outcome(outcome)
    runs = store.table()
    if runs.empty:
        raise InputError(f"{store.folder}: no run has finished yet; see `twoway study status`")
    return store, store.design[store.inputs].reset_index(drop=True), runs


def _ranges(store: Store) -> dict[str, tuple[float, float]]:
    """Lowest and highest value of the inputs that have a range."""
    spans = {name: axis(name, given) for name, given in store.study.inputs.items() if isinstance(given, Span)}
    return {name: (span.low, span.high) for name, span in spans.items()}


def _in_words(outcome: str) -> str:
    """An outcome as a title names it."""
    column = declared_outcome(outcome)
    return f"the {column.unit.removesuffix(' of dyads')} of {column.meaning}" if "share" in column.unit else outcome


def examine(study: Store | str | Path, outcome: str) -> Examined:
    """Which inputs of a study the *outcome* depends on: by what its design allows, Sobol', Morris or PAWN."""
    store, design, runs = _of(study, outcome)
    found = sensitivity(design, runs, outcome, ranges=_ranges(store))
    return Examined(found.tables, _figures(found, _in_words(outcome)), tuple(found.verdict))


def _figures(found: Sensitivity, outcome: str) -> dict[str, Figure]:
    tables, basis = found.tables, found.rests_on
    figures: dict[str, Figure] = {}
    if "indices" in tables:
        figures["indices"] = sobol_bars(tables["indices"], outcome, basis)
        figures["convergence"] = convergence_curves(tables["convergence"], outcome, basis)
        if len(tables["pairs"]):
            figures["pairs"] = pairs_map(tables["pairs"], outcome, basis)
    if "morris" in tables:
        figures["screening"] = morris_plane(tables["morris"], outcome, basis)
    figures["error-budget"] = budget_bars(tables["error_budget"], outcome, basis, tables.get("indices"))
    return figures


def look_for(
    study: Store | str | Path, outcome: str, above: float | None = None, below: float | None = None
) -> Examined:
    """Under which conditions the mean *outcome* of a study is *above*, or *below*, a value."""
    _, design, runs = _of(study, outcome)
    found = discover(design, runs, outcome, above, below)
    return Examined(_discovered(found), _map(found), tuple(found.verdict))


def _discovered(found: Discovery) -> dict[str, pd.DataFrame]:
    return {"box": found.box, "trajectory": found.trajectory, "points": found.points}


def _map(found: Discovery) -> dict[str, Figure]:
    picture = discovery_map(found.points, found.box, found.trajectory, found.condition, found.rests_on)
    return {"conditions": picture}


def keep(examined: Examined, store: Store, folder: Path) -> None:
    """Write tables, figures and verdict to a *folder* that does not exist yet."""
    note, lines = store.note(), [store.study.title, store.study.question, "", *examined.sentences, "", SCOPE]
    with atomic_folder(folder) as partial:
        for name, table in examined.tables.items():
            head = "".join(f"# {key}: {value}\n" for key, value in note.items())
            (partial / f"{name}.csv").write_text(head + table.to_csv(index=False), encoding="utf-8")
        for name, figure in examined.figures.items():
            save_figure(partial, name, figure, note)
        verdict = "\n".join(textwrap.fill(line, 100) for line in lines) + "\n"
        (partial / "verdict.txt").write_text(verdict, encoding="utf-8")


def free_place(store: Store, name: str) -> Path:
    """A folder inside the study's that is not taken yet: the name itself, or with the next number."""
    place, number = store.folder / name, 1
    while place.exists():
        number += 1
        place = store.folder / f"{name}-{number}"
    return place
