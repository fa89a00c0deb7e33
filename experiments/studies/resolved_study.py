"""The setting of a study: the scenarios its points begin from, with their data files, and what identifies a run.

A run is identified by all that decides its outcome: model, sources, every number of its scenario, the content of its
data files, seed and replicate. Titles and paths do not count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from twoway.experiments.studies.designs import SCENARIO, Value
from twoway.simulation.affect_control.equations import data_file
from twoway.simulation.compilation import source_digest
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import FOLDERS, Resolved, Scenario, changed, load, sections_of
from twoway.simulation.run import PreparedScenario


class DataFile(NamedTuple):
    """A data file that a study uses: what it is called in scenarios, where it lies, SHA-256 of its content."""

    field: str
    given: str
    path: Path
    sha256: str


class ResolvedStudy(NamedTuple):
    """Scenarios by name, which of them is the base, and the data files that they or the points mean."""

    base: str
    scenarios: dict[str, Scenario]
    files: tuple[DataFile, ...]

    def scenario(self, point: Mapping[str, Value]) -> Scenario:
        """The scenario of a point; raises ``InputError`` with field and range if a value cannot be."""
        changes = dict(point)
        start = self.scenarios[str(changes.pop(SCENARIO, self.base))]
        return changed(start, changes) if changes else start

    def resolved(self, scenario: Scenario) -> Resolved:
        """The scenario with its data files read, each file only once in a process."""
        return self.world(scenario).resolved.with_scenario(scenario)

    def world(self, scenario: Scenario) -> PreparedScenario:
        """A world of the scenario's data files, made only once in a process; ``World.again`` makes the scenario's."""
        places = tuple((f.field, str(f.path), f.sha256) for f in self._used(scenario))
        return _world(places, scenario.meaning.resample)

    def _used(self, scenario: Scenario) -> list[DataFile]:
        meant = scenario.meaning.model_dump()
        return [next(f for f in self.files if (f.field, f.given) == (field, meant[field])) for field in FOLDERS]

    def identity(self, scenario: Scenario) -> str:
        """What identifies the scenario with the model that lives it: 64 hexadecimal digits."""
        content = {
            "model": model_version(),
            "sources": run_digest(),
            "design": scenario.design.model_dump(),
            **{
                section: getattr(scenario, section).model_dump()
                for section in sections_of(scenario)
                if section not in ("design", "meaning")
            },
            "meaning": {f.field: f.sha256 for f in self._used(scenario)} | {"resample": scenario.meaning.resample},
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=256)
def _world(places: tuple[tuple[str, str, str], ...], resample: int) -> PreparedScenario:
    files: dict[str, float | str] = {f"meaning.{field}": path for field, path, _ in places}
    return PreparedScenario(changed(Scenario(), files | {"meaning.resample": resample}))


@lru_cache
def model_version() -> str:
    """Version of the package, read once: a study asks for it at every point."""
    return version("two-way-process")


@lru_cache
def run_digest() -> str:
    """SHA-256 over the model's sources and those that make a run's outcomes from it."""
    here = Path(__file__).parent
    digest = hashlib.sha256(source_digest().encode())
    for path in (here / "worker.py", here / "outcomes.py", here.parents[1] / "analysis" / "patterns.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def resolve_study(
    base: Scenario | str, changes: Mapping[str, Value], points: Iterable[Mapping[str, Any]]
) -> ResolvedStudy:
    """The setting of *points* on a *base* scenario, all scenarios changed by *changes*."""
    some = list(points)
    names = {str(point[SCENARIO]) for point in some if SCENARIO in point}
    own, scenario = (base.title, base) if isinstance(base, Scenario) else (base, load(base))
    scenarios = {own: scenario} | {name: load(name) for name in sorted(names - {own})}
    if changes:
        scenarios = {name: changed(scenario, changes) for name, scenario in scenarios.items()}
    meant = {(field, str(getattr(one.meaning, field))) for one in scenarios.values() for field in FOLDERS}
    meant |= {(field, str(p[f"meaning.{field}"])) for p in some for field in FOLDERS if f"meaning.{field}" in p}
    return ResolvedStudy(own, scenarios, tuple(data_used(field, given) for field, given in sorted(meant)))


def data_used(field: str, given: str) -> DataFile:
    """The data file that a field of ``meaning`` means, with its digest."""
    try:
        path = data_file(FOLDERS[field], given)
        content = path.read_bytes()
    except InputError as refusal:
        raise InputError(f"meaning.{field}: {refusal}") from None
    return DataFile(field, given, path.resolve(), hashlib.sha256(content).hexdigest())
