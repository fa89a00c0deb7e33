"""Scenarios: a question, who meets where, and with which sentiments; read from TOML, refused in words."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field, ValidationError, create_model

from twoway.simulation.affect_control.equations import Equations, load_equations
from twoway.simulation.affect_control.frames import Frames, load_frames
from twoway.simulation.affect_control.lexicon import Lexicon, load_lexicon
from twoway.simulation.coping import COPING_WAYS, CopingWay
from twoway.simulation.data_files import absolute, data_file, read_toml
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.events import EVENTS, EventKind
from twoway.simulation.extensions import Extension, load_extension, loaded_extensions
from twoway.simulation.matters import Matters, load_matters
from twoway.simulation.parameters.context import Context
from twoway.simulation.parameters.coping import Coping, SharedCoping
from twoway.simulation.parameters.declare import Declaration, ParameterGroup, combined, declarations, parameter
from twoway.simulation.parameters.lasting import Lasting
from twoway.simulation.parameters.learning import Learning
from twoway.simulation.parameters.people import People
from twoway.simulation.parameters.stay import Stay
from twoway.simulation.random_streams import lexicon_resample_draws
from twoway.simulation.rules.lasting import MISTRUST_THRESHOLD, TRUST_THRESHOLD
from twoway.simulation.situations import Situations, load_situations

FOLDERS = {
    "lexicon": "lexicons",
    "equations": "equations",
    "frames": "frames",
    "situations": "situations",
    "matters": "matters",
}
"""Folder of the shipped data files by field of ``meaning``."""
SHIPPED = Path(__file__).parents[2] / "scenarios"
"""Folder of the scenarios that come with the package."""


class Design(ParameterGroup):
    """How much is simulated: the size and length of the study."""

    centres: int = parameter(1, 1, 1000, "centres")
    """Centres in one replicate."""
    clients: int = parameter(16, 1, 1000, "clients per centre")
    """Clients of a centre, each with one keyworker: so many dyads."""
    days: int = parameter(180, 1, 3650, "days", "longest stay under the Swedish act; SiS web pages")
    """Length of every stay."""
    interviews_from: int = parameter(60, 1, 3650, "days")
    """First day of the interviews; where a stay is shorter, its last day.

    How a dyad is, its pattern and every outcome that counts nothing is the mean of the days of the interviews: by then
    clients have been at the centre for some time, as those whom the study met.
    """
    interviews_span: int = parameter(31, 1, 3650, "days")
    """Days over which interviews are held, with the first."""

    def interviewed(self, lived: int | None = None, day: int | None = None) -> tuple[int, int]:
        """First and last day of the interviews.

        Parameters
        ----------
        lived
            Days of the stay that have been lived, by default all.
        day
            The one day that is asked for instead.
        """
        if day is not None:
            return day, day
        lived = self.days if lived is None else lived
        return min(self.interviews_from, lived), min(self.interviews_from + self.interviews_span - 1, lived)


RETEST = 30
"""Days before the interviews that both parties are asked once more, to find out how reliably patterns are told."""


class Analysis(ParameterGroup):
    """How a researcher tells the pattern of a dyad from what both parties say; it changes nothing that happens."""

    rule: str = "either"
    """Name of the pattern rule: one that comes with the package, or that an extension declares."""
    trusted_from: float = parameter(TRUST_THRESHOLD, 0.05, 5, "EPA units")
    """Good tone from which on a party is trustful; by default where trust begins in the model itself."""
    mistrusted_above: float = parameter(MISTRUST_THRESHOLD, 0.05, 5, "EPA units")
    """Bad tone above which a party is conflicted; by default where mistrust begins in the model itself."""


class Meaning(ParameterGroup):
    """Which measured sentiments, equations, frames and situations are used: shipped names, or paths of TOML files.

    And whether the sentiments are as published, or as another sample of raters might have given them.
    """

    lexicon: str = "us2015"
    """Sentiments of acts, identities and emotions."""
    equations: str = "nc1978"
    """How events change impressions, and impressions become emotions."""
    frames: str = "six"
    """What the relationship might be."""
    situations: str = "residential"
    """Kinds of encounter, feasible acts and scripts."""
    matters: str = "residential"
    """What encounters are about."""
    resample: int = parameter(
        0,
        0,
        100_000,
        "number of a resample; 0: the published means",
        "raters' SD and n in the lexicon (us2015: Smith-Lovin et al. 2016)",
    )
    """Which sample of raters the sentiments come from: the one that was asked, or the k-th that might have been."""


class EventNumbers(ParameterGroup):
    """Numbers of event kinds that a user declares; those that come with the package have none here."""


class Scenario(ParameterGroup):
    """Everything a run needs but its seed. All fields have defaults: a scenario says how it differs from them.

    Extensions add numbers to the sections ``coping`` and ``events``; ``scenario_type`` gives the class that has them.

    Examples
    --------
    >>> Scenario(question="What if?", context={"control": 3.0}).context.control
    3.0
    """

    title: str = Field(default="The default", max_length=200)
    """Name in words."""
    question: str = Field(
        default="What becomes of the dyads of an ordinary centre?", min_length=1, max_length=1000, pattern=r"\S"
    )
    """What the scenario asks."""
    sources: tuple[str, ...] = Field(default=(), strict=False)
    """Where its differences from the default come from."""
    extensions: tuple[str, ...] = Field(default=(), strict=False)
    """Python files that declare coping ways, event kinds or figures of your own; paths beside the scenario's file."""
    design: Design = Field(default_factory=Design)
    """Size and length."""
    context: Context = Field(default_factory=Context)
    """Contextual factors."""
    stay: Stay = Field(default_factory=Stay)
    """How a stay goes on and ends."""
    people: People = Field(default_factory=People)
    """Expectations and traits."""
    learning: Learning = Field(default_factory=Learning)
    """How people choose, read and change."""
    lasting: Lasting = Field(default_factory=Lasting)
    """What lasts of a relationship."""
    coping: Coping = Field(default_factory=Coping)
    """How people handle tension."""
    events: EventNumbers = Field(default_factory=EventNumbers)
    """Events that happen by chance, as extensions declare them."""
    meaning: Meaning = Field(default_factory=Meaning)
    """Sentiments, equations, frames and situations."""
    analysis: Analysis = Field(default_factory=Analysis)
    """How patterns are told."""

    @property
    def posts(self) -> int:
        """Keyworkers' posts of a centre: as many as the caseload asks for."""
        return max(1, round(self.design.clients / self.context.caseload))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by value: another process loads the extensions itself."""
        return _unpickled, (self.model_dump(),)


NUMBERED: dict[str, type[ParameterGroup]] = {
    "context": Context, "stay": Stay, "people": People, "learning": Learning, "lasting": Lasting, "coping": Coping,
    "events": EventNumbers,
}  # fmt: skip
"""Sections whose numbers the rules use."""


OF_PEOPLE = ("people", "learning", "lasting", "coping")
"""Sections that say what people are like, how they change and how they cope."""


@lru_cache
def scenario_type(extensions: tuple[Extension, ...] = ()) -> type[Scenario]:
    """The class of scenarios with some extensions: its sections hold the numbers that they declare.

    Raises
    ------
    InputError
        If a name is taken.
    """
    if not extensions:
        return Scenario
    _refuse_taken_numbers(extensions)
    ways = COPING_WAYS.extended(extensions)
    events = EVENTS.extended(extensions)
    sections = {
        "coping": combined("Coping", [SharedCoping, *(way.parameters for way in ways.values())]),
        "events": combined("EventNumbers", [kind.parameters for kind in events.values() if kind.parameters]),
    }
    fields: dict[str, Any] = {name: (kind, Field(default_factory=kind)) for name, kind in sections.items()}
    extended: type[Scenario] = create_model("Scenario", __base__=Scenario, **fields)
    return extended


def _refuse_taken_numbers(extensions: tuple[Extension, ...]) -> None:
    """Refuse a number that has the name of another, in whatever section: the rules read all from one record."""
    homes = {name: f"the section {section}" for section, group in NUMBERED.items() for name in group.model_fields}
    for extension in extensions:
        entries: list[CopingWay | EventKind] = [*extension.of(COPING_WAYS), *extension.of(EVENTS)]
        for entry in entries:
            for name in entry.parameters.model_fields if entry.parameters else ():
                if name in homes:
                    raise InputError(
                        f"{extension.path}: the number '{name}' of '{entry.name}' needs another name: "
                        f"{homes[name]} has a number of that name already"
                    )
                homes[name] = f"'{entry.name}'"


def _unpickled(data: dict[str, Any]) -> Scenario:
    return scenario_type(tuple(map(load_extension, data["extensions"]))).model_validate(data)


def sections_of(scenario: type[Scenario] | Scenario) -> dict[str, type[ParameterGroup]]:
    """The sections of a scenario by name, each with the class of its numbers."""
    kind = scenario if isinstance(scenario, type) else type(scenario)
    fields = kind.model_fields.items()
    return {
        name: field.annotation
        for name, field in fields
        if isinstance(field.annotation, type) and issubclass(field.annotation, ParameterGroup)
    }


def all_declarations(scenario: type[Scenario] | Scenario = Scenario) -> list[Declaration]:
    """Every declared number of a scenario, by section."""
    return [d for section, declared in sections_of(scenario).items() for d in declarations(section, declared)]


def known_declarations() -> dict[str, Declaration]:
    """Every declared number by ``section.field``: the package's own, and those of all extensions loaded so far."""
    kinds: list[type[Scenario]] = [Scenario]
    for extension in loaded_extensions():
        with suppress(InputError):  # a file that no scenario can have was refused when one named it
            kinds.append(scenario_type((extension,)))
    return {f"{d.section}.{d.name}": d for kind in kinds for d in all_declarations(kind)}


def json_schema(kind: type[Scenario] = Scenario) -> dict[str, Any]:
    """JSON schema of a scenario file, with ranges, units and sources, for editors that complete and check TOML.

    *kind* is the class of scenarios with some extensions, as ``scenario_type`` gives it.
    """
    schema = kind.model_json_schema()
    schema["title"] = "A scenario of two-way-process"
    schema["required"] = ["question"]
    schema["properties"]["$schema"] = {"type": "string"}
    return schema


def shipped_names() -> list[str]:
    """Names of the scenarios that come with the package, in alphabetical order."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load(name: str | Path, changes: Mapping[str, float] | None = None) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    name
        Name of a scenario that comes with the package, or path of a TOML file of your own.
    changes
        New values by ``section.field``, such as ``{"context.control": 3}``.

    Raises
    ------
    InputError
        A ``ValueError`` that names file, field, allowed range and the nearest valid word.

    Examples
    --------
    >>> load("ordinary", {"context.control": 3}).context.control
    3.0
    """
    path = _scenario_path(str(name))
    data = read_toml(path)
    if not data:
        raise InputError(f"{path}: is empty; a scenario needs at least a question")
    data.pop("$schema", None)
    if "question" not in data:
        raise InputError(f"{path}: question is missing; a scenario says what it asks")
    meaning = data.get("meaning")
    if isinstance(meaning, dict):
        for field, value in meaning.items():
            if field in FOLDERS and isinstance(value, str):
                found = _data_of(field, value, path.parent, f"{path}: ")
                meaning[field] = str(absolute(found)) if value.endswith(".toml") else value
    kind = Scenario
    if isinstance(files := data.get("extensions"), list) and all(isinstance(file, str) for file in files):
        data["extensions"] = [str(absolute(path.parent / file)) for file in files]
        try:
            kind = scenario_type(tuple(map(load_extension, data["extensions"])))
        except InputError as error:
            raise InputError(f"{path}: extensions: {error}") from None
    try:
        scenario = kind.model_validate(data)
    except ValidationError as error:
        raise InputError(f"{path}: {_in_words(error, kind)}") from None
    return changed(scenario, changes) if changes else scenario


def as_scenario(scenario: Scenario | str | Path) -> Scenario:
    """The scenario itself, or the one of a name or path.

    Parameters
    ----------
    scenario
        A scenario, the name of one that comes with the package, or the path of a ``.toml`` file.

    Raises
    ------
    InputError
        If there is none of that name or path, or the file is not a scenario.

    Examples
    --------
    >>> as_scenario("ordinary") == as_scenario(load("ordinary"))
    True
    """
    return scenario if isinstance(scenario, Scenario) else load(scenario)


def with_defaults(name: str | Path, defaults: Mapping[str, float | str]) -> Scenario:
    """A scenario as it would be if the model had other defaults; its title and question are left out.

    Parameters
    ----------
    name
        Name or path of the scenario. Numbers that its own file gives are not changed.
    defaults
        New defaults by ``section.field``, such as ``{"learning.perceptual_noise": 0.8}``.
    """
    given = load(name).model_dump(exclude_unset=True)
    own = {f"{s}.{field}": v for s, part in given.items() if isinstance(part, dict) for field, v in part.items()}
    return changed(type(load(name))(), {**defaults, **own})


def changed(scenario: Scenario | str | Path, changes: Mapping[str, float | str]) -> Scenario:
    """A scenario with some fields changed.

    Parameters
    ----------
    scenario
        A scenario, or its name or path.
    changes
        New values by ``section.field``, such as ``{"context.control": 3}``.

    Raises
    ------
    InputError
        If there is no such field, or a value is out of its range; the message names the nearest field or the range.

    Examples
    --------
    >>> changed("ordinary", {"context.control": 3, "design.days": 30}).design.days
    30
    """
    scenario = as_scenario(scenario)
    kind, data = type(scenario), scenario.model_dump()
    for key, value in changes.items():
        section, _, field = key.partition(".")
        sections = [name for name in Scenario.model_fields if isinstance(data[name], dict)]
        if section not in sections or field not in data[section]:
            if key in Scenario.model_fields:
                raise InputError(f"{key}: cannot be changed like this; name a field as section.field, or write a file")
            valid = [f"{s}.{f}" for s in sections for f in data[s]]
            raise InputError(f"{key}: there is no such field; {_nearest_field(key, valid)}")
        plain = value.item() if isinstance(value, np.generic) else value
        whole = isinstance(data[section][field], int) and isinstance(plain, float) and plain.is_integer()
        data[section][field] = int(plain) if whole else plain
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise InputError(_in_words(error, kind)) from None


def changed_by_name(scenario: Scenario | str | Path, numbers: Mapping[str, float]) -> Scenario:
    """A scenario with some numbers changed, each given by its name alone; no two sections have one of the same name.

    Parameters
    ----------
    scenario
        A scenario, or its name or path.
    numbers
        New values by name, such as ``{"control": 3}``.

    Raises
    ------
    InputError
        If there is no such number, or a value is out of its range; the message names the nearest, or the range.

    Examples
    --------
    >>> changed_by_name("ordinary", {"control": 3}).context.control
    3.0
    """
    scenario = as_scenario(scenario)
    section = {one.name: one.section for one in all_declarations(scenario)}
    for name in numbers:
        if name not in section:
            raise InputError(f"{name}: no number of a scenario has this name; {nearest(name, section)}")
    return changed(scenario, {f"{section[name]}.{name}": value for name, value in numbers.items()})


def _data_of(field: str, name: str, beside: Path | None = None, where: str = "") -> Path:
    """The file that a field of ``meaning`` means."""
    try:
        return data_file(FOLDERS[field], name, beside)
    except InputError as refusal:
        raise InputError(f"{where}meaning.{field}: {refusal}") from None


def _scenario_path(name: str) -> Path:
    if name.endswith(".toml") or "/" in name:
        path = Path(name)
        if not os.path.lexists(path):
            raise InputError(f"{path}: there is no such file")
        return path
    path = SHIPPED / f"{name}.toml"
    if not os.path.isfile(path):
        raise InputError(
            f"scenario '{name}': there is none of that name; {nearest(name, shipped_names())} "
            "(your own goes by its path, ending in .toml)"
        )
    return path


def _nearest_field(key: str, valid: list[str]) -> str:
    """The nearest ``section.field``; a bare field is looked up in every section."""
    bare = key.rpartition(".")[2]
    by_field = {v.rpartition(".")[2]: v for v in valid}
    close = difflib.get_close_matches(bare, by_field, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{by_field[close[0]]}'?"
    return nearest(key, valid) if difflib.get_close_matches(key, valid) else "see `twoway show` for all fields"


def _in_words(error: ValidationError, kind: type[Scenario]) -> str:
    """The first thing pydantic found wrong, as a sentence with field, range, unit and nearest word."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    field = ".".join(place)
    declared = {f"{d.section}.{d.name}": d for d in all_declarations(kind)}
    sections = sections_of(kind)
    if first["type"] == "extra_forbidden":
        homes = [section for section, model in sections.items() if place[-1] in model.model_fields]
        here = Scenario if len(place) == 1 else sections[place[0]]
        hint = f"did you mean '{homes[0]}.{place[-1]}'?" if homes else nearest(place[-1], here.model_fields)
        return f"{field} is not a field of a scenario; {hint}"
    if field in sections:
        return f"{field} must be a table: fields below a line [{field}]"
    if field in declared:
        d = declared[field]
        low, high = (f"{x:g}" for x in (d.low, d.high))
        whole = " whole" if isinstance(d.default, int) else ""
        return f"{field} = {first['input']!r}; it must be a{whole} number from {low} to {high} ({d.unit})"
    what = {
        "sources": "a list of texts",
        "extensions": "a list of paths of Python files",
        "meaning": "text: a shipped name or the path of a .toml file",
    }
    needed = what.get(place[0], "text") if len(place) == 1 or place[0] == "meaning" else "text"
    longest = first.get("ctx", {}).get("max_length")
    limit = f", of at most {longest} characters" if longest else " that says something" if needed == "text" else ""
    return f"{field} = {str(first['input'])[:60]!r}; it must be {needed}{limit}"


class Resolved:
    """A scenario with its data files and extensions read: all that is computed from, checked against each other."""

    def __init__(self, scenario: Scenario) -> None:
        meaning = scenario.meaning
        self.scenario = scenario
        self.extensions = tuple(map(load_extension, scenario.extensions))
        self.coping_ways = COPING_WAYS.extended(self.extensions)
        self.events = EVENTS.extended(self.extensions)
        self.lexicon: Lexicon = load_lexicon(_data_of("lexicon", meaning.lexicon))
        if meaning.resample:
            self.lexicon = self.lexicon.resampled(lexicon_resample_draws(meaning.resample, self.lexicon.terms))
        self.equations: Equations = load_equations(_data_of("equations", meaning.equations))
        self.frames: Frames = load_frames(_data_of("frames", meaning.frames))
        self.situations: Situations = load_situations(_data_of("situations", meaning.situations))
        self.matters: Matters = load_matters(_data_of("matters", meaning.matters))
        self.frames.sentiments(self.lexicon)
        for act in self.situations.acts:
            if act not in self.lexicon.acts:
                raise InputError(
                    f"{self.situations.path}: the act '{act}' is not in the lexicon {self.lexicon.path.name}; "
                    f"{nearest(act, self.lexicon.acts)}"
                )

    def with_scenario(self, scenario: Scenario) -> Resolved:
        """The same data files with another scenario, which must mean the same files."""
        other = copy(self)
        other.scenario = scenario
        return other
