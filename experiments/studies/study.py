"""A study: a question, the inputs that are varied, the design, and how often each point is repeated.

    study = Study(
        title="Rules that are explained",
        question="Is there a best amount of explanation?",
        inputs={"context.transparency": (0, 0.25, 0.5, 0.75, 1)},
        replicates=40,
    )

A study is a frozen object; ``twoway.experiments.studies.run`` runs it, ``twoway.experiments.studies.store`` keeps its
runs.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field, SerializeAsAny, ValidationError, field_validator

from twoway.experiments.sensitivity.groups import checked_groups
from twoway.experiments.studies.designs import (
    BASELINE,
    KINDS,
    SCENARIO,
    Design,
    Grid,
    Input,
    Intervention,
    Listed,
    Span,
    Value,
    axis,
    table_of_points,
)
from twoway.experiments.studies.outcomes import PATTERN_SHARES, file_and_name, outcomes_with
from twoway.experiments.studies.resolved_study import ResolvedStudy, resolve_study
from twoway.simulation.data_files import absolute, read_toml
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.parameters.declare import ParameterGroup
from twoway.simulation.parameters.scenario import FOLDERS, Scenario, as_scenario, known_declarations

SHIPPED = Path(__file__).parent / "shipped"
"""Folder of the studies that come with the package."""
MOST_REPLICATES = 10_000_000


class Precision(ParameterGroup):
    """Replicates are added, the same number to every point, until an outcome is known well enough at each of them.

    Intervals found by such a rule are a little too narrow, because it stops when they happen to be.
    """

    outcome: str
    """The outcome it is about."""
    half_width: float = Field(gt=0)
    """Half the width of the 95 % interval of a point's mean, in the unit of the outcome."""
    step: int = Field(default=20, ge=5, le=MOST_REPLICATES)
    """Replicates to begin with, and to add at a time."""
    most: int = Field(default=1000, ge=5, le=MOST_REPLICATES)
    """Replicates at most."""


class Study(ParameterGroup):
    """A question, and all that is decided before it is answered by many runs.

    Raises
    ------
    InputError
        If a field is missing, unknown or out of its range.

    Examples
    --------
    >>> study = Study(title="Talk", question="Does talk help?", inputs={"context.everyday": (1, 2)}, replicates=5)
    >>> len(study.points()[0])
    2
    """

    name: str = Field(default="study", pattern=r"^[\w.-]+$")
    """Short name: of the file, and of the folder of its results."""
    title: str = Field(min_length=1, max_length=200)
    """Name in words."""
    question: str = Field(min_length=1, max_length=1000, pattern=r"\S")
    """Question of the study."""
    scenario: str | SerializeAsAny[Scenario] = "ordinary"
    """The base: name or path of a scenario, or the scenario itself."""
    changes: dict[str, Value] = Field(default_factory=dict)
    """Changes of the base at every point, by ``section.field``."""
    inputs: dict[str, Input] = Field(default_factory=dict)
    """Inputs that vary, by ``section.field`` or ``scenario``: a list of values, or a range (``Span``)."""
    design: Design = Field(default_factory=Grid, discriminator="kind")
    """Design: the points that are run."""
    outcomes: tuple[str, ...] = Field(default=PATTERN_SHARES, min_length=1, strict=False)
    """Outcomes the question is about, the most important first; one of your own is named ``mine.py:name``."""
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Groups of inputs, by name, of which a sensitivity analysis says what they do together."""
    extensions: tuple[str, ...] = Field(default=(), strict=False)
    """Paths of the study's own Python files that declare outcomes; those named with an outcome are added."""
    seed: int = Field(default=1, ge=0, lt=2**63)
    """Random seed of the whole study."""
    replicates: int = Field(default=20, ge=1, le=MOST_REPLICATES)
    """Number of runs of each point."""
    precision: Precision | None = None
    """Add replicates until an outcome is known this precisely, instead of a fixed number of ``replicates``."""
    common_random_numbers: bool = True
    """Whether replicate k has the same people and random draws at every point."""

    def __init__(self, **fields: Any) -> None:
        if isinstance(named := fields.get("outcomes"), list | tuple) and all(isinstance(one, str) for one in named):
            files, names = zip(*map(file_and_name, named), strict=True) if named else ((), ())
            own = tuple(dict.fromkeys(file for file in files if file is not None))
            fields |= {"outcomes": names, **({"extensions": (*fields.get("extensions", ()), *own)} if own else {})}
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise InputError(_in_words(error)) from None
        outcomes = outcomes_with(self.extensions)
        if not set(self.outcomes) <= set(outcomes):  # the scenario may declare them
            outcomes = outcomes_with([*as_scenario(self.scenario).extensions, *self.extensions])
        for name in self.named:
            _ = outcomes[name]
        if self.precision and self.precision.most < self.precision.step:
            raise InputError("precision.most must be at least precision.step")
        needs_inputs = not isinstance(self.design, Intervention | Listed)
        if needs_inputs and not self.inputs:
            raise InputError("inputs: a study needs at least one input")
        if self.inputs and not needs_inputs:
            raise InputError(f"inputs: a design of the kind '{self.design.kind}' brings its own; leave them out")
        if not set(self.inputs) <= set(known_declarations()):
            as_scenario(self.scenario)  # loads the extensions that may declare them
        for name, given in self.inputs.items():
            axis(name, given)
        if self.groups:
            listed_rows = self.design.rows if isinstance(self.design, Listed) else ()
            varied = dict.fromkeys([*self.inputs, *(field for row in listed_rows for field in row)])
            checked_groups(self.groups, list(varied))

    @field_validator("scenario", mode="before")
    @classmethod
    def _name(cls, given: object) -> object:
        """Accept a path as well as a name."""
        return str(given) if isinstance(given, Path) else given

    @field_validator("extensions", mode="before")
    @classmethod
    def _paths(cls, given: object) -> object:
        """Accept paths as well as texts."""
        if not isinstance(given, list | tuple):
            return given
        return tuple(str(one) if isinstance(one, Path) else one for one in given)

    @field_validator("groups", mode="before")
    @classmethod
    def _lists(cls, given: Any) -> Any:
        """Lists become tuples; what is no table of lists is refused."""
        if not isinstance(given, Mapping) or not all(isinstance(v, list | tuple) for v in given.values()):
            raise InputError('groups must be a table of lists of inputs, such as rules = ["context.control"]')
        return {str(name): tuple(map(str, members)) for name, members in given.items()}

    @field_validator("inputs", mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        """Lists become tuples; what is neither a list nor a range is refused."""
        if not isinstance(given, Mapping):
            raise InputError("inputs must be a table of inputs")
        plain = {name: tuple(v) if isinstance(v, list | tuple) else v for name, v in given.items()}
        for name, value in plain.items():
            if not isinstance(value, tuple | Mapping | Span):
                raise InputError(f"inputs.{name} = {value!r}; it must be a list of values, or low, high and levels")
            for one in value if isinstance(value, tuple) else ():
                if isinstance(one, bool) or not (
                    isinstance(one, str) or (isinstance(one, int | float) and math.isfinite(one))
                ):
                    raise InputError(
                        f"inputs.{name}: the list holds {one!r}, which is neither a finite number nor a word"
                    )
        return plain

    def points(self) -> tuple[pd.DataFrame, ResolvedStudy]:
        """The design as a table, and what its points resolve to; every point is checked.

        Returns
        -------
        A row per point with a column per input (see ``twoway.experiments.studies.designs``), and the resolved study.
        """
        axes = [axis(name, given) for name, given in self.inputs.items()]
        points = self.design.points(axes, self.seed)
        words = [{a.field: v} for a in axes for v in a.values if isinstance(v, str)]
        resolved = resolve_study(self.scenario, self.changes, [*points, *words], self.extensions, self.named)
        check_points(points, resolved)

        def values_of(point: Mapping[str, Value]) -> dict[str, Value]:
            dumped = resolved.scenario(point).model_dump()
            fields = {f"{s}.{f}": v for s, x in dumped.items() if isinstance(x, dict) for f, v in x.items()}
            return fields | {SCENARIO: point.get(SCENARIO, resolved.base)}

        return table_of_points(points, values_of), resolved

    @property
    def named(self) -> tuple[str, ...]:
        """The outcomes that the study names, that of its precision included."""
        return tuple(dict.fromkeys([*self.outcomes, *([self.precision.outcome] if self.precision else [])]))

    def names(self, count: int) -> list[str]:
        """A name for each of *count* points: of the arms of an intervention, else none."""
        arms = [BASELINE, *self.design.changes] if isinstance(self.design, Intervention) else []
        return [*arms, *[""] * (count - len(arms))]


def check_points(points: list[dict[str, Value]], resolved: ResolvedStudy) -> None:
    """Refuse the first point whose scenario is invalid, with its number and the reason.

    Parameters
    ----------
    points
        Changes by point, ``section.field`` or ``scenario`` and value.
    resolved
        Resolved study that the points belong to.

    Raises
    ------
    InputError
        If a value is out of its range, or a data file cannot be used.
    """
    read, told_by = set(), set()
    for number, point in enumerate(points):
        try:
            scenario = resolved.scenario(point)
            if scenario.analysis not in told_by:
                resolved.rule(scenario)
                told_by.add(scenario.analysis)
            if scenario.meaning not in read:
                resolved.resolved(scenario)
                read.add(scenario.meaning)
        except InputError as refusal:
            raise InputError(f"point {number}: {refusal}") from None


def as_study(study: Study | str | Path) -> Study:
    """The study itself, or the one of a name or path."""
    return study if isinstance(study, Study) else load_study(study)


def shipped_studies() -> list[str]:
    """Names of the studies that come with the package, in alphabetical order."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_study(name: str | Path) -> Study:
    """Load a study that comes with the package by its name, or one's own by the path of its TOML file.

    Parameters
    ----------
    name
        Name of a study that comes with the package, or path of the TOML file of your own. Names of files in it are
        relative to its folder.

    Returns
    -------
    The study, named after its file.

    Raises
    ------
    InputError
        If there is no such study, or the file is none; the message names the nearest name, or file and reason.

    Examples
    --------
    >>> load_study("turnover").title
    'Keyworkers who leave'
    """
    path = Path(name)
    if not str(name).endswith(".toml") and "/" not in str(name):
        path = SHIPPED / f"{name}.toml"
        if not os.path.isfile(path):
            raise InputError(
                f"study '{name}': there is none of that name; {nearest(str(name), shipped_studies())} "
                "(your own goes by its path, ending in .toml)"
            )
    data = read_toml(path)
    try:
        return Study(**(_from_file(data, path.parent) | {"name": re.sub(r"[^\w.-]+", "-", path.stem)}))
    except InputError as refusal:
        raise InputError(f"{path}: {refusal}") from None


def _from_file(data: dict[str, Any], beside: Path) -> dict[str, Any]:
    """The fields of a study from those of its file: flat names, paths beside the file, the points of a CSV file."""
    data = dict(data)
    if isinstance(analysis := data.pop("analysis", None), dict):
        data["changes"] = {**data.get("changes", {}), **{f"analysis.{field}": v for field, v in analysis.items()}}
    elif analysis is not None:
        raise InputError("analysis must be a table: fields below a line [analysis]")
    for field in ("inputs", "changes"):
        if isinstance(data.get(field), dict):
            data[field] = {name: _beside(name, value, beside) for name, value in _flat(data[field]).items()}
    if isinstance(data.get("extensions"), list):
        data["extensions"] = [str(absolute(beside / str(name))) for name in data["extensions"]]
    if isinstance(named := data.get("outcomes"), list):
        data["outcomes"] = [_file_beside(one, beside) if isinstance(one, str) else one for one in named]
    if isinstance(data.get("scenario"), str):
        data["scenario"] = _beside("scenario", data["scenario"], beside)
    design = data.get("design")
    if isinstance(design, dict):
        design = dict(design)
        if design.get("kind") == "list" and isinstance(design.get("file"), str):
            design = Listed.of(beside / design["file"]).model_dump()
        if isinstance(design.get("changes"), dict):
            design["changes"] = {
                arm: {name: _beside(name, v, beside) for name, v in _flat(change).items()}
                if isinstance(change, dict)
                else change
                for arm, change in design["changes"].items()
            }
        data["design"] = design
    return data


def _file_beside(outcome: str, folder: Path) -> str:
    """An outcome of a file beside the study's, with the path of that file."""
    file, name = file_and_name(outcome)
    return outcome if file is None else f"{absolute(folder / file)}:{name}"


def _flat(table: dict[str, Any]) -> dict[str, Any]:
    """``{"context": {"control": 3}}`` as ``{"context.control": 3}``."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict) and isinstance(getattr(Scenario(), name, None), ParameterGroup):
            flat |= {f"{name}.{field}": v for field, v in value.items()}
        else:
            flat[name] = value
    return flat


def _beside(name: str, value: Any, folder: Path) -> Any:
    """A file name in a study's file means a file beside it."""
    if isinstance(value, list):
        return [_beside(name, v, folder) for v in value]
    is_file = name == SCENARIO or name.removeprefix("meaning.") in FOLDERS
    return str(absolute(folder / value)) if is_file and isinstance(value, str) and value.endswith(".toml") else value


def _in_words(error: ValidationError) -> str:
    """The first error that pydantic found, as a sentence that names the field."""
    first = error.errors()[0]
    kinds = {cls.__name__.lower() for cls in KINDS.values()} | set(KINDS)
    place = [
        str(part) for part in first["loc"] if str(part).lower() not in {*kinds, "span", "tuple[union[float,str],...]"}
    ]
    field = ".".join(place)
    if first["type"] == "extra_forbidden":
        home: type[ParameterGroup] = Study
        if place[0] == "precision" and len(place) > 1:
            home = Precision
        elif place[0] == "inputs":
            home = Span
        elif place[0] == "design" and len(place) > 1:
            home = KINDS[str(first["loc"][1])]
        return f"{field} is not a field there; {nearest(place[-1], home.model_fields)}"
    if first["type"].startswith("union_tag"):
        given = first["input"].get("kind") if isinstance(first["input"], dict) else first["input"]
        return f"design.kind = {given!r}; {nearest(str(given), KINDS)}"
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    if first["type"] == "missing":
        return f"{field} is missing"
    return f"{field} = {first['input']!r:.60}: {first['msg'][0].lower()}{first['msg'][1:]}"
