"""Ask and tell: a study whose points are asked for one after the other, by an optimiser, a sampler or a person.

    study = Study(title=..., question=..., design=Asked(), inputs={"context.formality": Span(), ...}, replicates=50)
    driven = Driven(study, "runs/search")
    answer = driven.tell([[0.2, 0.5], [0.3, 0.5]])       # one row per point, in the order asked

Everything asked is kept in the store of the study, and nothing is run twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from twoway.experiments.studies.designs import AskTell, Span, Value, axis
from twoway.experiments.studies.outcomes import NAMES
from twoway.experiments.studies.run import check_workers, make, pool
from twoway.experiments.studies.store import Store, is_study, with_keys
from twoway.experiments.studies.study import Study
from twoway.simulation.errors import InputError


class AskTellStudy:
    """A study in a folder, new or begun before, that is asked for points."""

    def __init__(
        self,
        study: Study,
        folder: str | Path,
        *,
        workers: int | None = None,
        executor: Executor | str | None = None,
        progress: bool = False,
    ) -> None:
        check_workers(workers)
        if not isinstance(study.design, AskTell):
            raise InputError(
                f"design: is '{study.design.kind}'; a study that is asked for its points has the kind 'asked'"
            )
        if study.precision is not None:
            raise InputError("precision: a study that is asked for its points has a number of replicates instead")
        if is_study(Path(folder)):
            self.store = Store(folder)
            self.store.check_model()
            if self.store.study.model_copy(update={"scenario": study.scenario}) != study:
                raise InputError(f"{folder}: holds another study ('{self.store.study.title}')")
        else:
            self.store = Store.create(folder, study)
        self.study, self.workers, self.executor, self.progress = study, workers, executor, progress

    @property
    def bounds(self) -> pd.DataFrame:
        """Least and largest value of each input that is a number: rows are inputs, columns ``low`` and ``high``."""
        spans = {name: axis(name, given) for name, given in self.study.inputs.items() if isinstance(given, Span)}
        return pd.DataFrame({name: {"low": a.low, "high": a.high} for name, a in spans.items()}).T

    def tell(self, points: Any) -> pd.DataFrame:
        """Run the points that have not been run and tell what came of all.

        *points* is a DataFrame, a list of dictionaries, or an array (n, inputs) with columns in the order of the
        study's inputs. Rows of the result are the points in the order asked; its columns are the inputs, ``runs``
        (finished), ``failed``, and per outcome its mean over replicates and, as ``outcome_variance``, the variance of
        a single replicate (divide by ``runs`` for the mean's). Raises ``InputError`` for a point outside its range.
        """
        asked = [self._checked(number, row) for number, row in enumerate(self._rows(points))]
        if not asked:
            raise InputError("points: none were asked for")
        table = with_keys(pd.DataFrame(asked), [""] * len(asked), self.study, self.store.setting)
        by_key = dict(zip(table["key"], asked, strict=True))
        known = set(self.store.design["key"])
        new = [point for key, point in by_key.items() if key not in known]
        if new:
            self.store = self.store.add_points(new)
        keys = set(table["key"])
        runs = [run for run in self.store.pending() if run[0] in keys]
        if runs:
            with self.store.at_work((1, 1)), pool(self.executor, self.workers) as (engine, count):
                make(self.store, runs, engine, count, self.progress)
            self.store = self.store.again()
        return self._told(table)

    def _rows(self, points: Any) -> Iterable[Mapping[str, Value]]:
        if isinstance(points, pd.DataFrame):
            return points.to_dict("records")
        if isinstance(points, Sequence) and points and isinstance(points[0], Mapping):
            return points
        array = np.asarray(points, float)
        if array.ndim != 2 or array.shape[1] != len(self.study.inputs):
            raise InputError(f"points: have shape {array.shape}; it must be (points, {len(self.study.inputs)})")
        return [dict(zip(self.study.inputs, map(float, row), strict=True)) for row in array]

    def _checked(self, number: int, row: Mapping[str, Value]) -> dict[str, Value]:
        """A point with a value for every input, each one of its values or in its range."""
        if set(row) != set(self.study.inputs):
            raise InputError(f"point {number}: names {sorted(row)}; the study's inputs are {sorted(self.study.inputs)}")
        for name, given in self.study.inputs.items():
            a, value = axis(name, given), row[name]
            inside = value in a.values if a.values else not isinstance(value, str) and a.low <= value <= a.high
            if not inside:
                valid = f"one of {list(a.values)}" if a.values else f"a number from {a.low:g} to {a.high:g}"
                raise InputError(f"point {number}: {name} = {value!r}; it must be {valid}")
        return {name: row[name] for name in self.study.inputs}

    def _told(self, table: pd.DataFrame) -> pd.DataFrame:
        rows = self.store.read.runs
        rows = rows[rows["replicate"] < self.store.replicates]
        groups = rows.assign(key=rows["key"].astype(str)).groupby("key")
        told = table[list(self.study.inputs)].copy()
        told["failed"] = table["key"].map(groups["failed"].sum())
        told["runs"] = table["key"].map(groups["failed"].count()) - told["failed"]
        values = groups[list(NAMES)]
        mean, variance = values.mean().astype(float), values.var().astype(float)
        more = {f"{n}{s}": table["key"].map(x[n]) for n in NAMES for s, x in (("", mean), ("_variance", variance))}
        return told.assign(**more)
