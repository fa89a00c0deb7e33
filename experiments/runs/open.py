"""Saved runs: the folder of a run opened again, its tables checked, and a dyad found by its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from twoway.analysis.measures.reliability import Reliability, reliability, reliability_sentences
from twoway.analysis.patterns import PATTERNS, PatternRule, on_days, rule_of, shares
from twoway.analysis.statistics.intervals import ALIKENESS
from twoway.analysis.tables import DYAD
from twoway.experiments.results.manifest import MANIFEST, Manifest, read_manifest, saved_scenario, seed_and_replicates
from twoway.experiments.results.provenance import model_name, provenance
from twoway.experiments.results.result import Result, saved_figures
from twoway.experiments.results.stays import StayTables
from twoway.simulation.compilation import source_digest
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, Scenario, changed
from twoway.simulation.run import Detail, PreparedScenario
from twoway.simulation.tables import Tables, check_seed, detail_of

NEEDED = ("model", "source_digest", "scenario", "seed", "replicates", "detail", "resolved_scenario")
"""Fields of the manifest that are needed to make the run again."""
FEW_DYADS = 200
"""Dyads below which the sentences about a run warn that much may be chance."""


class RunInputs(NamedTuple):
    """Inputs of a run: scenario (with the copied data files), its name, seed, replicates and level of detail."""

    scenario: Scenario
    name: str
    seed: int
    replicates: int
    detail: str


def saved_tables(level: Detail) -> tuple[str, ...]:
    """Names of the tables that a run of this level of detail saves."""
    return Tables._fields[len(Tables._fields) - 1 - level :]


def read_run(folder: Path) -> tuple[RunInputs, Manifest]:
    """Inputs and manifest of a saved run; ``InputError`` if the folder is none, or the manifest is damaged."""
    manifest = read_manifest(folder, "run", NEEDED)
    seed, replicates = seed_and_replicates(folder, manifest)
    try:
        check_seed(seed, replicates)
        detail_of(str(manifest["detail"]))
    except InputError as error:
        raise InputError(f"{folder / MANIFEST}: {error}") from None
    scenario = saved_scenario(folder, manifest, manifest["resolved_scenario"])
    return RunInputs(scenario, str(manifest["scenario"]), seed, replicates, str(manifest["detail"])), manifest


class SavedRun(Result):
    """A run in a folder: scenario, manifest, tables, figures and sentences.

    ``tables`` holds whole tables; ``stays`` reads them some centres at a time, which a large run needs.

    Parameters
    ----------
    folder
        Folder of the run.
    changes
        How patterns are to be told instead, by ``analysis.field``, such as ``{"analysis.rule": "both"}``.

    Raises
    ------
    InputError
        If the folder is no run or was made by another version of the package, or something else is to be changed.
    """

    folder: Path

    def __init__(self, folder: str | Path, changes: Mapping[str, float | str] | None = None) -> None:
        folder = Path(folder)
        inputs, self.manifest = read_run(folder)
        for name in changes or {}:
            if not name.startswith("analysis."):
                raise InputError(
                    f"{name}: of a run that is made only how patterns are told can be changed (analysis.rule, "
                    "analysis.trusted_from, analysis.mistrusted_above)"
                )
        inputs = inputs._replace(scenario=changed(inputs.scenario, changes or {}))
        if self.manifest["model"] != model_name():
            raise InputError(
                f"{folder}: was made with {self.manifest['model']}, and this is {model_name()}; "
                f"run it again to read it (twoway run {inputs.name})"
            )
        self.scenario, self.name, self.seed, self.replicates, self.detail = inputs
        self.resolved, self.rule = Resolved(self.scenario), rule_of(self.scenario)
        told_by = self.rule if changes else None
        self.stays = StayTables(folder, self.resolved, self.replicates, self.detail, self.manifest, told_by)
        tables = {name: partial(self.stays.read, name) for name in reversed(saved_tables(detail_of(self.detail)))}
        super().__init__(
            {"patterns": self._pattern_table, **tables},
            saved_figures(folder, self.manifest),
            lambda: tuple(
                pattern_sentences(self.patterns, self.scenario.design.interviewed(), self.rule, self.reliability)
            ),
            kind="run",
            arguments={"scenario": self.name, "seed": self.seed, "replicates": self.replicates, "detail": self.detail},
            provenance={key: str(self.manifest[key]) for key in provenance("", 0, 1)},
            folder=folder,
        )

    @cached_property
    def told(self) -> pd.DataFrame:
        """The pattern of every dyad in the interviews and before: ``DYAD``, ``pattern`` and ``pattern_before``."""
        return self.stays.read("dyads", columns=[*DYAD, "pattern", "pattern_before"])

    @cached_property
    def patterns(self) -> pd.DataFrame:
        """Dyads and share (with 95 % interval) by pattern in the interviews."""
        return shares(self.told)

    @cached_property
    def reliability(self) -> Reliability | None:
        """How far the patterns agree with those told of the same dyads some weeks before; None if nobody was asked."""
        return reliability(self.told)

    def _pattern_table(self) -> pd.DataFrame:
        return self.patterns.reset_index()

    def read_tables(self, replicates: range | None = None) -> Tables:
        """Read events, days and dyads.

        Parameters
        ----------
        replicates
            Replicates, such as ``range(3)``; by default all.

        Raises
        ------
        InputError
            If a table was not kept, or a column is missing.
        """
        centres = self.scenario.design.centres
        some = replicates and range(replicates.start * centres, replicates.stop * centres)
        return self.stays.tables(some)

    def read_dyad(self, dyad: tuple[int, int, int]) -> Tables:
        """Read events, days and dyads of one dyad.

        Parameters
        ----------
        dyad
            (replicate, centre, number in the centre).

        Raises
        ------
        InputError
            If a table was not kept, or a column is missing.
        """
        replicate, centre, number = dyad
        return self.stays.tables(self.stays.centre(replicate, centre), dyads=range(number, number + 1))

    @cached_property
    def prepared(self) -> PreparedScenario:
        """The scenario ready to be simulated again, which only the very same model can do."""
        if self.manifest["source_digest"] != source_digest():
            raise InputError(
                f"{self.folder}: the model has changed since this run, so its stays cannot be simulated again; "
                f"run it again (twoway run {self.name})"
            )
        return PreparedScenario(self.resolved)

    def find_dyad(self, number: int, replicate: int = 0) -> tuple[int, int, int]:
        """Replicate, centre and dyad of the dyad with this number in a replicate, counted through its centres.

        Parameters
        ----------
        number
            Number of the dyad, from 0.
        replicate
            Number of the replicate, from 0.

        Raises
        ------
        InputError
            If the run has no such dyad or replicate.
        """
        design = self.scenario.design
        if not 0 <= replicate < self.replicates:
            raise InputError(f"--replicate {replicate}: {self.folder} has {_from_0(self.replicates, 'replicate')}")
        total = design.centres * design.clients
        if not 0 <= number < total:
            raise InputError(f"--dyad {number}: {self.folder} has {_from_0(total, 'dyad')}")
        return replicate, number // design.clients, number % design.clients

    def interviewed(self, day: int | None = None) -> tuple[int, int]:
        """First and last day of the interviews: those of the scenario, or one day of the stay.

        Raises
        ------
        InputError
            If the day is outside the stay.
        """
        design = self.scenario.design
        if day is not None and not 1 <= day <= design.days:
            raise InputError(f"--day {day}: the stays in {self.folder} have days 1 to {design.days}")
        return design.interviewed(day=day)


def _from_0(count: int, noun: str) -> str:
    return f"only {noun} 0" if count == 1 else f"{noun}s 0 to {count - 1}"


def pattern_sentences(
    patterns: pd.DataFrame, interviewed: tuple[int, int], rule: PatternRule, retold: Reliability | None
) -> Iterator[str]:
    """The shares of the patterns in sentences.

    Parameters
    ----------
    patterns
        Dyads and share by pattern, as ``analysis.patterns.shares`` gives them.
    interviewed
        First and last day of the interviews.
    rule
        Pattern rule.
    retold
        How far the patterns agree with those told some weeks before, if anybody was asked then.
    """
    then = on_days(interviewed)
    total = int(patterns["dyads"].sum())
    dyads = f"{total} dyad{'s' * (total != 1)}"
    most = patterns[patterns["dyads"] == patterns["dyads"].max()]
    count, share = int(most["dyads"].iloc[0]), most["share"].iloc[0]
    if len(most) == 1:
        yield f"Of {dyads}, {count} ({share:.0%}) are {most.index[0]} {then}, the most frequent pattern in this run."
    else:
        names = " and as many ".join(most.index)
        yield f"Of {dyads}, {count} ({share:.0%}) are {names} {then}; none is more frequent."
    missing = [name for name in PATTERNS if patterns.loc[name, "dyads"] == 0]
    if missing:
        yield f"No dyad is {' or '.join(missing)} {then}."
    yield rule.sentence
    yield from reliability_sentences({"": retold})
    yield f"In the intervals dyads of a centre are taken to be alike (correlation {ALIKENESS:g}, assumed)."
    if total < FEW_DYADS:
        yield (
            f"With {dyads} much of this may be chance: the intervals are wide. "
            "For shares that can be relied on, ask for more with --replicates."
        )
