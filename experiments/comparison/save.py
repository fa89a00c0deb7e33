"""A comparison kept: from courses to a folder a researcher can open, and again to verify it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from twoway.analysis.figures.comparison import differences_figure, moves_figure, two_worlds_by_day
from twoway.experiments.comparison.compare import Comparison, compare
from twoway.experiments.comparison.schedule import ScenarioSchedule
from twoway.experiments.results.folder import (
    FORMAT,
    INPUTS,
    MANIFEST,
    atomic_folder,
    copy_inputs,
    provenance,
    save_figure,
    write_manifest,
)
from twoway.experiments.runs.run import Verdict
from twoway.simulation.compilation import source_digest
from twoway.simulation.dynamics.policy_change import PolicyChange
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, Scenario

KIND = "comparison"
TABLES = ("differences", "moves", "partings", "days", "chains")
NEEDED = ("model", "source_digest", "seed", "replicates", "courses")
"""What the manifest must hold for the comparison to be made again."""


def keep_comparison(result: Comparison, folder: Path) -> None:
    """Write tables, figures and manifest of a comparison to *folder*, which must not exist yet."""
    names = [course.name for course in result.courses]
    note = provenance(" against ".join([names[0], ", ".join(names[1:])]), result.seed, result.replicates)
    with atomic_folder(folder) as partial:
        inputs = copy_inputs(partial, Resolved(result.courses[0].scenario))
        _write_tables(result, partial)
        for number, name in enumerate(names[1:], 1):
            own = f"-{number}" if len(names) > 2 else ""
            days = result.days[result.days["scenario"].isin([names[0], name])]
            table = result.moves[result.moves["scenario"] == name]
            starts = [then.day for course in (result.courses[0], result.courses[number]) for then in course.reforms]
            save_figure(partial, f"who-moves{own}", moves_figure(table, names[0]), note)
            save_figure(partial, f"both-by-day{own}", two_worlds_by_day(days, starts), note)
        figure = differences_figure(result.differences, names[0], result.replicates)
        save_figure(partial, "differences", figure, note)
        courses = [
            {
                "name": course.name,
                "resolved_scenario": course.scenario.model_dump(mode="json"),
                "reforms": [
                    {"day": day, "resolved_scenario": then.model_dump(mode="json")} for day, then in course.reforms
                ],
            }
            for course in result.courses
        ]
        wanted = {"precision": result.precision, "half_width": result.half_width}
        more: dict[str, Any] = {"kind": KIND, **wanted, "courses": courses, "inputs": inputs}
        write_manifest(partial, result.courses[0].scenario, note, more)


def _write_tables(result: Comparison, folder: Path) -> None:
    for name in TABLES:
        getattr(result, name).to_csv(folder / f"{name}.csv", index=False)


def is_comparison(folder: Path) -> bool:
    """Whether the folder says of itself that it holds a comparison."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("kind") == KIND


def read_comparison(folder: Path) -> tuple[list[ScenarioSchedule], dict[str, Any]]:
    """Courses (with the data files that were used) and manifest of a comparison's folder."""
    path = folder / MANIFEST
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if manifest.get("format") != FORMAT:
        raise InputError(f"{path}: has format {manifest.get('format')!r}; this version reads format {FORMAT}")
    for field in NEEDED:
        if field not in manifest:
            raise InputError(f"{path}: is damaged ({field} is missing)")
    for field in ("seed", "replicates"):
        if not str(manifest[field]).isdecimal():
            raise InputError(f"{path}: {field} = {manifest[field]!r}; it must be a whole number")
    meaning = {field: str(folder / "inputs" / f"{field}.toml") for field in INPUTS}

    def scenario(data: Any) -> Scenario:
        read = Scenario.model_validate(data["resolved_scenario"])
        return read.model_copy(update={"meaning": read.meaning.model_copy(update=meaning)})

    try:
        courses = [
            ScenarioSchedule(
                str(one["name"]),
                scenario(one),
                tuple(PolicyChange(then["day"], scenario(then)) for then in one["reforms"]),
            )
            for one in manifest["courses"]
        ]
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{path}: courses: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (KeyError, TypeError, IndexError):
        raise InputError(
            f"{path}: is damaged (courses are not written as name, resolved_scenario and reforms)"
        ) from None
    return courses, manifest | {"seed": int(manifest["seed"]), "replicates": int(manifest["replicates"])}


def verify_comparison(folder: Path, threads: int = 2, progress: bool = False) -> Verdict:
    """Make the comparison in *folder* again from its manifest and compare every table, value by value."""
    courses, manifest = read_comparison(folder)
    theirs = {name: _read(folder / f"{name}.csv") for name in TABLES}
    changed = []
    if manifest["source_digest"] != source_digest():
        changed.append(f"the model's sources (the comparison was made with {manifest['model']})")
    result = compare(
        courses, manifest["seed"], replicates=manifest["replicates"], threads=threads, progress=progress
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as temporary:
        _write_tables(result, Path(temporary))
        ours = {name: _read(Path(temporary) / f"{name}.csv") for name in TABLES}
    return Verdict({name: theirs[name].equals(ours[name]) for name in TABLES}, changed)


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path)
    except FileNotFoundError:
        raise InputError(f"{path.parent}: the table {path.name} is missing") from None
    except (ValueError, UnicodeDecodeError):
        raise InputError(f"{path}: cannot be read as CSV") from None
