"""A study whose points are asked for one after the other, by an optimiser, a sampler or a person.

    study = Study(title=..., question=..., design=AskTell(), inputs={"context.formality": Span(), ...}, replicates=50)
    search = AskTellStudy(study, "runs/search")
    means = search.evaluate([[0.2, 0.5], [0.3, 0.5]])       # one row per point, in the order asked

Every point is kept in the store of the study, and no run is made twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from twoway.experiments.results.manifest import saved_kind
from twoway.experiments.studies.designs import AskTell, Value, axis, ranges_of
from twoway.experiments.studies.run import check_not_run_again, check_workers, execute, pool
from twoway.experiments.studies.store import Store, with_keys
from twoway.experiments.studies.study import Study
from twoway.simulation.errors import InputError

Points: TypeAlias = pd.DataFrame | Sequence[Mapping[str, Value]] | ArrayLike


class AskTellStudy:
    """A study in a folder, new or begun before, that is asked for points.

    Parameters
    ----------
    study
        A study with the design ``AskTell``, a fixed number of replicates and inputs with ranges or values.
    folder
        A folder that does not exist yet, or holds this study.
    workers, executor, progress
        As in ``run_study``.

    Raises
    ------
    InputError
        If the study has another design, or the folder holds another study.

    Examples
    --------
    >>> small = {"design.clients": 2, "design.days": 3}
    >>> asked = {"design": AskTell(), "inputs": {"context.control": (1.0, 5.0)}, "replicates": 2}
    >>> search = AskTellStudy(Study(title="Search", question="?", changes=small, **asked), "runs/search", workers=1)
    >>> search.evaluate([[1.0]])["runs"].tolist()
    [2]
    """

    def __init__(
        self,
        study: Study,
        folder: str | Path,
        *,
        workers: int | None = None,
        executor: Executor | str | None = None,
        progress: bool = False,
    ) -> None:
        check_not_run_again()
        check_workers(workers)
        if not isinstance(study.design, AskTell):
            raise InputError(
                f"design: is '{study.design.kind}'; a study that is asked for its points has the kind 'ask-tell'"
            )
        if study.precision is not None:
            raise InputError("precision: a study that is asked for its points has a number of replicates instead")
        if saved_kind(Path(folder)) == "study":
            self.store = Store(folder)
            self.store.check_model()
            if not self.store.holds(study):
                raise InputError(f"{folder}: holds another study ('{self.store.study.title}')")
        else:
            self.store = Store.create(folder, study)
        self.study, self.workers, self.executor, self.progress = study, workers, executor, progress

    @property
    def bounds(self) -> pd.DataFrame:
        """Least and largest value of each input that is a number: rows are inputs, columns ``low`` and ``high``."""
        ranges = ranges_of(self.study.inputs)
        return pd.DataFrame({name: {"low": low, "high": high} for name, (low, high) in ranges.items()}).T

    def evaluate(self, points: Points) -> pd.DataFrame:
        """Run the points that have not been run yet, and return the outcomes of all.

        Parameters
        ----------
        points
            A DataFrame, a list of dictionaries, or an array (points, inputs) with columns in the order of the study's
            inputs.

        Returns
        -------
        A row per point, in the order asked, with the inputs, ``runs`` (finished), ``failed``, and of each outcome the
        mean over replicates and, as ``outcome_variance``, the variance of a single replicate (divide by ``runs`` for
        that of the mean).

        Raises
        ------
        InputError
            If a point is outside the range of an input.
        """
        asked = [self._checked(number, row) for number, row in enumerate(self._rows(points))]
        if not asked:
            raise InputError("points: none were asked for")
        table = with_keys(pd.DataFrame(asked), [""] * len(asked), self.study, self.store.resolved)
        by_key = dict(zip(table["key"], asked, strict=True))
        known = set(self.store.design["key"])
        new = [point for key, point in by_key.items() if key not in known]
        if new:
            self.store = self.store.add_points(new)
        keys = set(table["key"])
        runs = [run for run in self.store.pending() if run[0] in keys]
        if runs:
            with self.store.at_work((1, 1)), pool(self.executor, self.workers) as (engine, count):
                execute(self.store, runs, engine, count, self.progress)
            self.store = self.store.again()
        return self._evaluated(table)

    def _rows(self, points: Points) -> Iterable[Mapping[str, Value]]:
        if isinstance(points, pd.DataFrame):
            return points.to_dict("records")
        if isinstance(points, Sequence) and points and isinstance(points[0], Mapping):
            return [row for row in points if isinstance(row, Mapping)]
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

    def _evaluated(self, table: pd.DataFrame) -> pd.DataFrame:
        rows = self.store.read.runs
        rows = rows[rows["replicate"] < self.store.replicates]
        groups = rows.assign(key=rows["key"].astype(str)).groupby("key")
        result, names = table[list(self.study.inputs)].copy(), list(self.store.outcomes)
        result["failed"] = table["key"].map(groups["failed"].sum())
        result["runs"] = table["key"].map(groups["failed"].count()) - result["failed"]
        values = groups[names]
        mean, variance = values.mean().astype(float), values.var().astype(float)
        more = {f"{n}{s}": table["key"].map(x[n]) for n in names for s, x in (("", mean), ("_variance", variance))}
        return result.assign(**more)
