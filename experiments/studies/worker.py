"""What a worker does: it lives some runs and writes what came of them into a shard of its own."""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from twoway.experiments.studies.designs import Value
from twoway.experiments.studies.outcomes import NAMES, OUTCOMES, outcomes_of
from twoway.experiments.studies.resolved_study import ResolvedStudy
from twoway.experiments.studies.shards import Rows, write_shard
from twoway.simulation.run import Detail, PreparedScenario, simulate_centre

REMEMBERED = 64_000_000
"""Bytes of luck a task may hold, so that points that share their luck need not draw it again."""


class StudyPoint(NamedTuple):
    """One point as a worker needs it: what it changes, the key of its runs, and the seed of its luck."""

    changes: Mapping[str, Value]
    key: str
    seed: int


class Task(NamedTuple):
    """Runs for one worker: points, and which (place among the points, replicate) are to be lived."""

    shards: Path
    setting: ResolvedStudy
    points: Sequence[StudyPoint]
    runs: Sequence[tuple[int, int]]
    note: Mapping[str, str]


class WrittenShard(NamedTuple):
    """What a worker reports: the name of its shard, how many runs are in it, and how many of these failed."""

    shard: str
    runs: int
    failed: int


def simulate_and_write(task: Task) -> WrittenShard:
    """Live the runs of a task and write their shard."""
    return keep(task, lived(task))


def lived(task: Task) -> Rows:
    """Live the runs of a task. A run that fails is kept with its traceback."""
    outcomes = np.full((len(task.runs), len(NAMES)), np.nan)
    trouble: list[str | None] = [None] * len(task.runs)
    worlds = PointRunner(task.setting, task.points)
    for row, (place, replicate) in enumerate(task.runs):
        try:
            outcomes[row] = worlds.outcomes(place, replicate)
        except Exception:
            trouble[row] = traceback.format_exc()
    return Rows([task.points[p].key for p, _ in task.runs], [r for _, r in task.runs], outcomes, trouble)


def keep(task: Task, rows: Rows) -> WrittenShard:
    """Write the runs of a task as a shard."""
    shard = write_shard(task.shards, rows, task.note)
    return WrittenShard(shard, len(rows.keys), sum(t is not None for t in rows.trouble))


class PointRunner:
    """The worlds of some points. One is made from the other."""

    def __init__(self, setting: ResolvedStudy, points: Sequence[StudyPoint]) -> None:
        self.setting, self.points = setting, points
        self._place = -1
        self._world: PreparedScenario

    def world(self, place: int) -> PreparedScenario:
        """The world of a point."""
        scenario = self.setting.scenario(self.points[place].changes)
        return self.setting.world(scenario).with_scenario(scenario)

    def outcomes(self, place: int, replicate: int) -> list[float]:
        """The outcomes of one run; raises ``ArithmeticError`` if one that must be there is not a finite number."""
        if place != self._place:
            self._world, self._place = self.world(place), place
        world, seed = self._world, self.points[place].seed
        stays = [
            simulate_centre(world, seed, replicate, centre, Detail.DYADS)
            for centre in range(world.scenario.design.centres)
        ]
        outcomes = outcomes_of(stays, world.resolved.frames.kind)
        for column, value in zip(OUTCOMES, outcomes, strict=True):
            if not (column.optional or math.isfinite(value)):
                raise ArithmeticError(f"the outcome {column.name} is {value}")
        return outcomes
