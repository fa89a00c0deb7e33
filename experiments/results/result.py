"""A result that rests on many runs, kept: tables, figures and sentences in a folder, and made again to verify it.

A *maker* is a function from a few plain arguments to a ``Made``. Its name and the arguments stand in the manifest, so
that the folder can be made again, and every number in a document can name the folder it is from.
"""

from __future__ import annotations

import importlib
import inspect
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from twoway.analysis.render.document import Block, Piece, Table
from twoway.analysis.render.html import as_html
from twoway.experiments.reports.run_report import picture
from twoway.experiments.results.folder import FORMAT, MANIFEST, atomic_folder, provenance, save_figure, write_manifest
from twoway.experiments.results.provenance import sources_digest
from twoway.experiments.runs.run import Verdict
from twoway.experiments.studies.resolved_study import data_used
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.parameters.scenario import FOLDERS, load, shipped_names
from twoway.simulation.tables import check_seed

MAKERS: dict[str, str] = {
    "posterior-check": "twoway.experiments.calibration.posterior_check:make",
    "calibration": "twoway.experiments.calibration.calibrate:make",
    "scoreboard": "twoway.experiments.validation.scoreboard:make",
    "field-study": "twoway.experiments.derived.field_study:make",
    "landscape": "twoway.experiments.derived.landscape:make",
    "ablation": "twoway.experiments.derived.ablation:ablation",
    "robustness": "twoway.experiments.derived.robustness:robustness",
}
"""Every kind of result: what it is called, and the module and function that make it."""
WORDS, PAGE = "answer.txt", "page.html"
SCENARIOS = ("scenario", "scenarios")
"""Arguments that name scenarios: shipped ones, or files of one's own."""
LEAST = 5
"""Fewest replicates from which intervals over replicates are made: below, they say next to nothing."""


class Made(NamedTuple):
    """What a maker gives: tables and figures by name, what they say, a sentence each, and tables for a reader."""

    tables: Mapping[str, pd.DataFrame]
    figures: Mapping[str, Figure]
    sentences: tuple[str, ...]
    shown: tuple[Table, ...] = ()
    """Tables as a reader is to see them, on the page and in documents."""


def check_replicates(seed: int, replicates: int) -> None:
    """Refuse a seed that cannot be, and replicates too few for intervals."""
    check_seed(seed, replicates)
    if replicates < LEAST:
        raise InputError(f"replicates = {replicates}; it must be at least {LEAST}: intervals come from how they differ")


def maker_of(kind: str) -> Callable[..., Made]:
    """The function that makes a kind of result; ``InputError`` for one that does not exist."""
    if kind not in MAKERS:
        raise InputError(f"there is no result {kind!r}; {nearest(kind, MAKERS)}")
    module, _, name = MAKERS[kind].partition(":")
    function: Callable[..., Made] = getattr(importlib.import_module(module), name)
    return function


def make_and_keep(
    kind: str, folder: Path, arguments: Mapping[str, Any], threads: int = 2, progress: bool = False, **more: Any
) -> Made:
    """Make a result of this *kind* from its *arguments* (plain numbers, words and lists) and keep it in *folder*.

    The folder must not exist yet. Arguments must hold ``seed`` and ``replicates``; *more* goes to the maker but makes
    no difference to what comes out, and is not written down.
    """
    made = maker_of(kind)(**arguments, threads=threads, progress=progress, **more)
    note = provenance(kind, int(arguments["seed"]), int(arguments["replicates"]))
    with atomic_folder(folder) as partial:
        _write(made, partial)
        for name, figure in made.figures.items():
            save_figure(partial, name, figure, note)
        (partial / PAGE).write_text(page(kind, made, note), encoding="utf-8")
        write_manifest(partial, None, note, _about(kind, arguments, made))
    return made


def _about(kind: str, arguments: Mapping[str, Any], made: Made) -> dict[str, Any]:
    return {
        "kind": kind, "arguments": dict(arguments), "tables": list(made.tables), "figures": list(made.figures),
        "sources_digest": sources_digest(), "own_scenarios": own_scenarios(arguments),
    }  # fmt: skip


def own_scenarios(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What each of the user's own scenarios among the *arguments* holds, by its path, with digests of its data."""
    given = [arguments[key] for key in SCENARIOS if key in arguments]
    names = [name for one in given for name in ([one] if isinstance(one, str) else one)]
    found = {}
    for name in sorted(set(names) - set(shipped_names())):
        scenario = load(name)
        data = {field: data_used(field, getattr(scenario.meaning, field)).sha256 for field in FOLDERS}
        found[name] = {"scenario": scenario.model_dump(mode="json"), "data": data}
    return found


def page(kind: str, made: Made, note: Mapping[str, str]) -> str:
    """The result as one HTML file: what it says, its figures, its tables, and where it comes from."""
    title = kind.replace("-", " ").capitalize()
    body: list[Piece | Markup] = [Block("title", title), *(Block("text", sentence) for sentence in made.sentences)]
    body += [picture(figure, dict(note)) for figure in made.figures.values()]
    body += made.shown
    body.append(Block("note", "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in note.items())))
    return as_html(title, body)


def _write(made: Made, folder: Path) -> None:
    for name, table in made.tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    (folder / WORDS).write_text("".join(f"{sentence}\n" for sentence in made.sentences), encoding="utf-8")


def is_made(folder: Path) -> bool:
    """Whether the folder says of itself that it holds such a result."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and "arguments" in manifest


def read_made(folder: Path) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Kind, arguments and manifest of a result's folder."""
    path = folder / MANIFEST
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if manifest.get("format") != FORMAT:
        raise InputError(f"{path}: has format {manifest.get('format')!r}; this version reads format {FORMAT}")
    for field in ("kind", "arguments", "tables", "model"):
        if field not in manifest:
            raise InputError(f"{path}: is damaged ({field} is missing)")
    if not isinstance(manifest["arguments"], dict):
        raise InputError(f"{path}: is damaged (arguments are not written as name and value)")
    return str(manifest["kind"]), manifest["arguments"], manifest


def verify_made(folder: Path, threads: int = 2, progress: bool = False) -> Verdict:
    """Make the result in *folder* again from its manifest and compare tables and sentences, value by value."""
    kind, arguments, manifest = read_made(folder)
    make, changed = maker_of(kind), []
    try:
        inspect.signature(make).bind(**arguments)
    except TypeError as error:
        raise InputError(f"{folder / MANIFEST}: arguments of {kind}: {error}") from None
    if manifest.get("sources_digest") != sources_digest():
        changed.append(f"the sources (this was made with {manifest['model']})")
    if manifest.get("own_scenarios", {}) != own_scenarios(arguments):
        changed.append("your own scenarios (as they were they stand in the manifest)")
    made = make(**arguments, threads=threads, progress=progress)
    names = [f"{name}.csv" for name in manifest["tables"]] + [WORDS]
    with tempfile.TemporaryDirectory() as temporary:
        _write(made, Path(temporary))
        equal = {name: _read(folder / name) == _read(Path(temporary) / name) for name in names}
    return Verdict(equal, changed)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path.parent}: {path.name} is missing") from None
