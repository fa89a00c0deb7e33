"""Work of one worker: it simulates some runs and writes their outcomes into a shard of its own."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from twoway.analysis.patterns import PatternRule
from twoway.experiments.studies.designs import Value
from twoway.experiments.studies.outcomes import OutcomeInput, compute_outcomes, detail_for
from twoway.experiments.studies.resolved_study import ResolvedStudy
from twoway.experiments.studies.shards import Rows, write_shard
from twoway.simulation.parameters.scenario import Meaning
from twoway.simulation.run import PreparedScenario, simulate_centre
from twoway.simulation.tables import TableBuilder

REMEMBERED = 64_000_000
"""Bytes of random draws that a task may hold, so that points with common random numbers need not draw them again."""


class StudyPoint(NamedTuple):
    """One point as a worker needs it: its changes of the base scenario, the key of its runs, and their seed."""

    changes: Mapping[str, Value]
    key: str
    seed: int


class Task(NamedTuple):
    """Runs for one worker: points, and the runs (place among the points, replicate) to be simulated."""

    shards: Path
    resolved: ResolvedStudy
    points: Sequence[StudyPoint]
    runs: Sequence[tuple[int, int]]
    note: Mapping[str, str]


class WrittenShard(NamedTuple):
    """A worker's report: name of its shard, number of runs in it, and number of these that failed."""

    shard: str
    runs: int
    failed: int


def simulate_and_write(task: Task) -> WrittenShard:
    """Simulate the runs of a task and write their shard."""
    return write_task(task, simulate_task(task))


def simulate_task(task: Task) -> Rows:
    """Simulate the runs of a task; a run that fails is kept with its traceback."""
    names = tuple(task.resolved.outcomes)
    outcomes = np.full((len(task.runs), len(names)), np.nan)
    trouble: list[str | None] = [None] * len(task.runs)
    runner = PointRunner(task.resolved, task.points)
    for row, (place, replicate) in enumerate(task.runs):
        try:
            outcomes[row] = runner.outcomes(place, replicate)
        except Exception:
            trouble[row] = traceback.format_exc()
    return Rows(names, [task.points[p].key for p, _ in task.runs], [r for _, r in task.runs], outcomes, trouble)


def write_task(task: Task, rows: Rows) -> WrittenShard:
    """Write the runs of a task as a shard.

    Parameters
    ----------
    task
        Task, which names the folder of the shards and the provenance.
    rows
        Its finished runs.

    Raises
    ------
    OSError
        If the shard cannot be written.
    """
    shard = write_shard(task.shards, rows, task.note)
    return WrittenShard(shard, len(rows.keys), sum(t is not None for t in rows.trouble))


class PointRunner:
    """Runs the points of a study; scenarios share their tables, and draws that points have in common are drawn once."""

    def __init__(self, resolved: ResolvedStudy, points: Sequence[StudyPoint]) -> None:
        self.resolved, self.points = resolved, points
        self._outcomes = tuple(resolved.outcomes.values())  # looked up once: a run takes milliseconds
        self._detail = detail_for(self._outcomes)
        self._builders: dict[Meaning, TableBuilder] = {}
        self._place = -1
        self._prepared: PreparedScenario
        self._rule: PatternRule

    def prepared(self, place: int) -> PreparedScenario:
        """The scenario of a point, ready to be simulated."""
        scenario = self.resolved.scenario(self.points[place].changes)
        return self.resolved.prepared(scenario).with_scenario(scenario)

    def outcomes(self, place: int, replicate: int) -> list[float]:
        """The outcomes of one run, in the order of ``resolved.outcomes``.

        Parameters
        ----------
        place
            Place of the point among ``points``, from 0.
        replicate
            Number of the replicate, from 0.

        Raises
        ------
        ArithmeticError
            If an outcome that must be there is not a finite number.
        """
        if place != self._place:
            self._prepared, self._place = self.prepared(place), place
            self._rule = self.resolved.rule(self._prepared.scenario)
        prepared, seed = self._prepared, self.points[place].seed
        centres = [
            simulate_centre(prepared, seed, replicate, centre, self._detail)
            for centre in range(prepared.scenario.design.centres)
        ]
        run = OutcomeInput(centres, prepared.resolved, lambda: self._builder(prepared), self._rule)
        return compute_outcomes(self._outcomes, run)

    def _builder(self, prepared: PreparedScenario) -> TableBuilder:
        """The builder of tables for the data files of a scenario, made once."""
        meaning = prepared.scenario.meaning
        if meaning not in self._builders:
            self._builders[meaning] = TableBuilder(prepared.resolved)
        return self._builders[meaning]
