"""A study resolved: the scenarios that points begin from, their data files and extensions, and the identity of runs.

A run is identified by all that decides what happens in it: model, sources, every number of its scenario, the content of
its data files and extensions, seed and replicate. Titles and paths do not count. The extensions that a study itself
names declare outcomes: they do not change its runs, and the study's folder holds them, each with its digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from twoway.analysis.patterns import PatternRule, rule_of
from twoway.experiments.results.provenance import DataFile, data_used, model_version
from twoway.experiments.studies.designs import SCENARIO, Value
from twoway.experiments.studies.outcomes import NEEDS, Outcome, outcomes_with
from twoway.simulation.compilation import source_digest
from twoway.simulation.extensions import Registry, load_extension
from twoway.simulation.parameters.scenario import FOLDERS, Resolved, Scenario, changed, load, scenario_type, sections_of
from twoway.simulation.run import Detail, PreparedScenario

EXTENSIONS = "extensions"
"""Field of studies and scenarios that names the user's own Python files."""


class ResolvedStudy(NamedTuple):
    """Scenarios by name, the name of the base, the data files that they or the points use, and the extensions.

    *named* are the outcomes that the study names.
    """

    base: str
    scenarios: dict[str, Scenario]
    files: tuple[DataFile, ...]
    extensions: tuple[DataFile, ...] = ()
    named: tuple[str, ...] = ()

    def scenario(self, point: Mapping[str, Value]) -> Scenario:
        """The scenario of a point; ``InputError`` with field and range if a value is out of its range."""
        changes = dict(point)
        start = self.scenarios[str(changes.pop(SCENARIO, self.base))]
        return changed(start, changes) if changes else start

    def resolved(self, scenario: Scenario) -> Resolved:
        """The scenario with its data files read, each file only once in a process."""
        return self.prepared(scenario).resolved.with_scenario(scenario)

    def prepared(self, scenario: Scenario) -> PreparedScenario:
        """A scenario with the same data files, prepared once per process; its ``with_scenario`` prepares *scenario*."""
        places = tuple((f.field, str(f.path), f.sha256) for f in self._used(scenario))
        return _prepared(places, scenario.meaning.resample, scenario.extensions)

    def rule(self, scenario: Scenario) -> PatternRule:
        """The pattern rule of a scenario of the study; the study's own extensions may declare it."""
        return rule_of(scenario, (load_extension(file.path) for file in self.extensions))

    @property
    def outcomes(self) -> Registry[Outcome]:
        """The outcomes that are kept of a run, those of the package first, then those of the extensions.

        All that how a run ended tells are kept; those that need more of it only if the study names them.
        """
        return _outcomes(tuple((str(file.path), file.sha256) for file in self.extensions), self.named)

    def _used(self, scenario: Scenario) -> list[DataFile]:
        meant = scenario.meaning.model_dump()
        return [next(f for f in self.files if (f.field, f.given) == (field, meant[field])) for field in FOLDERS]

    def identity(self, scenario: Scenario) -> str:
        """The identity of what happens in a scenario and of the model that runs it: 64 hexadecimal digits."""
        content = {
            "model": model_version(),
            "sources": run_digest(),
            "design": scenario.design.model_dump(),
            **{
                section: getattr(scenario, section).model_dump()
                for section in sections_of(scenario)
                if section not in ("design", "meaning", "analysis")
            },
            "meaning": {f.field: f.sha256 for f in self._used(scenario)} | {"resample": scenario.meaning.resample},
        }
        if scenario.extensions:
            content[EXTENSIONS] = sorted({load_extension(path).sha256 for path in scenario.extensions})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=256)
def _prepared(places: tuple[tuple[str, str, str], ...], resample: int, extensions: tuple[str, ...]) -> PreparedScenario:
    files: dict[str, float | str] = {f"meaning.{field}": path for field, path, _ in places}
    start = scenario_type(tuple(map(load_extension, extensions)))(extensions=extensions)
    return PreparedScenario(changed(start, files | {"meaning.resample": resample}))


@lru_cache(maxsize=64)
def _outcomes(places: tuple[tuple[str, str], ...], named: tuple[str, ...]) -> Registry[Outcome]:
    every = outcomes_with(path for path, _ in places)
    kept = (one for one in every.values() if NEEDS[one.needs] == Detail.DYADS or one.name in named)
    return Registry(every.kind, kept)


@lru_cache
def run_digest() -> str:
    """SHA-256 over the sources that decide a run's outcomes: the model, and what computes outcomes from its records."""
    here = Path(__file__).parent
    digest = hashlib.sha256(source_digest().encode())
    analysis = here.parents[1] / "analysis"
    of_days = (analysis / "measures" / "panel.py", analysis / "measures" / "ruptures.py")
    for path in (here / "worker.py", here / "outcomes.py", analysis / "patterns.py", *of_days):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def resolve_study(
    base: Scenario | str,
    changes: Mapping[str, Value],
    points: Iterable[Mapping[str, Value]],
    extensions: Iterable[str] = (),
    named: Iterable[str] = (),
) -> ResolvedStudy:
    """Resolve the *points* of a study.

    Parameters
    ----------
    base
        The scenario that points begin from, or its name or path.
    changes
        Changes to all scenarios of the study, by ``section.field``.
    points
        Changes by point; ``scenario`` names another scenario to begin from.
    extensions
        Paths of the study's own Python files; those of its scenarios are added.
    named
        Names of the outcomes that the study asks for.
    """
    some = list(points)
    names = {str(point[SCENARIO]) for point in some if SCENARIO in point}
    own, scenario = (base.title, base) if isinstance(base, Scenario) else (base, load(base))
    scenarios = {own: scenario} | {name: load(name) for name in sorted(names - {own})}
    if changes:
        scenarios = {name: changed(scenario, changes) for name, scenario in scenarios.items()}
    meant = {(field, str(getattr(one.meaning, field))) for one in scenarios.values() for field in FOLDERS}
    meant |= {(field, str(p[f"meaning.{field}"])) for p in some for field in FOLDERS if f"meaning.{field}" in p}
    files = tuple(data_used(field, given) for field, given in sorted(meant))
    declaring = [path for one in scenarios.values() for path in one.extensions]
    return ResolvedStudy(own, scenarios, files, extension_files([*declaring, *extensions]), tuple(named))


def scenario_with_copies(data: Mapping[str, Any], copies: Mapping[str, str]) -> Scenario:
    """A scenario from its dumped fields, with copies of its extensions in place of the originals.

    Parameters
    ----------
    data
        Fields of the scenario, as ``model_dump`` gives them.
    copies
        Path of the copy of each of its extensions, by the path in *data*.
    """
    paths = tuple(copies[path] for path in data.get(EXTENSIONS, ()))
    return scenario_type(tuple(map(load_extension, paths))).model_validate({**data, EXTENSIONS: paths})


def extension_files(paths: Iterable[str]) -> tuple[DataFile, ...]:
    """The extensions at these *paths* with their digests, each path once; ``InputError`` if one cannot be loaded."""
    files: dict[str, DataFile] = {}
    for given in paths:
        extension = load_extension(given)
        files.setdefault(given, DataFile(EXTENSIONS, given, extension.path, extension.sha256))
    return tuple(files.values())
