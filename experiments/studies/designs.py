"""Designs: which points of the inputs' space are run.

A design is a DataFrame with one row per point and one column per input, named ``section.field`` as in
``simulation.parameters.scenario.changed`` (or ``scenario``, whose values name the scenario that a point begins from).
Ranges come from the inputs' own declarations unless a study narrows them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from twoway.experiments.results.tables import read_csv
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.parameters.declare import Declaration, ParameterGroup
from twoway.simulation.parameters.scenario import FOLDERS, known_declarations

SCENARIO = "scenario"
"""The input whose values are names of scenarios (or paths of .toml files)."""
MOST_POINTS = 10_000_000
Value = float | str
Points = list[dict[str, Value]]


class Span(ParameterGroup):
    """The range of a number that a study looks at; what is not given is as declared."""

    low: float | None = None
    """Least value."""
    high: float | None = None
    """Largest value."""
    levels: int | None = Field(default=None, ge=2, le=1000)
    """Number of values, evenly spaced from low to high, for designs that need single values."""


Input = Span | tuple[Value, ...]


class Axis(NamedTuple):
    """One input as a design uses it: single ``values``, or any number from ``low`` to ``high`` where there are none."""

    field: str
    low: float
    high: float
    whole: bool
    values: tuple[Value, ...]

    def at(self, place: NDArray[np.float64]) -> list[Value]:
        """The values at places from 0 to 1 along the input; single values and whole numbers share it equally."""
        if self.values:
            return [self.values[i] for i in np.minimum((place * len(self.values)).astype(int), len(self.values) - 1)]
        if self.whole:
            steps = self.high - self.low + 1
            return [int(self.low + min(math.floor(p * steps), steps - 1)) for p in place]
        return [float(v) for v in self.low + place * (self.high - self.low)]


def axis(field: str, given: Span | tuple[Value, ...]) -> Axis:
    """The input *field* with its range or values checked against what is declared.

    Parameters
    ----------
    field
        ``section.field`` of a number, ``meaning.field`` of a data file, or ``scenario``.
    given
        Range, or single values.

    Raises
    ------
    InputError
        If there is no such field, or the range or a value does not fit its declaration.
    """
    declared = known_declarations()
    words = [SCENARIO, *(f"meaning.{name}" for name in FOLDERS)]
    if field not in declared and field not in words:
        by_field = {name.rpartition(".")[2]: name for name in declared}
        bare = field.rpartition(".")[2]
        hint = f"did you mean '{by_field[bare]}'?" if bare in by_field else nearest(field, [*declared, *words])
        raise InputError(f"inputs.{field}: there is no such field; {hint}")
    if isinstance(given, tuple):
        return _listed(field, given, declared.get(field))
    if field in words:
        raise InputError(f"inputs.{field}: is a word and has no range; give a list of words")
    d = declared[field]
    low, high = (d.low if given.low is None else given.low), (d.high if given.high is None else given.high)
    for name, value in (("low", low), ("high", high)):
        if not d.low <= value <= d.high:
            raise InputError(
                f"inputs.{field}: {name} = {value:g} is outside the declared range {d.low:g} to {d.high:g}"
            )
    if low >= high:
        trouble = "lies above" if low > high else "is the same as"
        raise InputError(f"inputs.{field}: low = {low:g} {trouble} high = {high:g}")
    whole = isinstance(d.default, int)
    values: tuple[float, ...] = ()
    if given.levels is not None:
        values = tuple(float(v) for v in np.linspace(low, high, given.levels))
    if whole and not all(float(v).is_integer() for v in (low, high, *values)):
        raise InputError(f"inputs.{field}: must be whole numbers; list the ones you want")
    return Axis(field, low, high, whole, tuple(int(v) for v in values) if whole else values)


def ranges_of(inputs: Mapping[str, Input]) -> dict[str, tuple[float, float]]:
    """Lowest and highest value of each input that has a range."""
    axes = [axis(name, given) for name, given in inputs.items() if isinstance(given, Span)]
    return {a.field: (a.low, a.high) for a in axes}


def _listed(field: str, values: tuple[Value, ...], declared: Declaration | None) -> Axis:
    """The input with single values, each a word or a number in the declared range, and none twice."""
    if not values:
        raise InputError(f"inputs.{field}: the list is empty")
    for value in values:
        if isinstance(value, str) != (declared is None):
            raise InputError(f"inputs.{field}: {value!r} is not a {'word' if declared is None else 'number'}")
        if declared is None or isinstance(value, str):
            continue
        if not declared.low <= value <= declared.high:
            span = f"{declared.low:g} to {declared.high:g} ({declared.unit})"
            raise InputError(f"inputs.{field}: the list holds {value:g}, which is not in the declared range {span}")
        if isinstance(declared.default, int) and not float(value).is_integer():
            raise InputError(f"inputs.{field}: the list holds {value:g}, but {field} must be a whole number")
    if len(set(values)) < len(values):
        twice = next(v for v in values if values.count(v) > 1)
        raise InputError(f"inputs.{field}: lists {twice} twice")
    if declared is None or not isinstance(declared.default, int):
        return Axis(field, math.nan, math.nan, False, values)
    return Axis(field, math.nan, math.nan, True, tuple(int(v) for v in values))


class Grid(ParameterGroup):
    """Every combination of the inputs' values."""

    kind: Literal["grid"] = "grid"

    def points(self, axes: Sequence[Axis], seed: int) -> Points:
        """All combinations; the last input changes fastest.

        Parameters
        ----------
        axes
            Inputs of the study, each with single values.
        seed
            Without effect: nothing is drawn.

        Raises
        ------
        InputError
            If an input has no single values, or there are more than ``MOST_POINTS`` combinations.
        """
        for a in axes:
            if not a.values:
                raise InputError(f"inputs.{a.field}: a grid needs single values: a list, or low, high and levels")
        if math.prod(len(a.values) for a in axes) > MOST_POINTS:
            raise InputError(f"design: the grid has more than {MOST_POINTS} points")
        fields = [a.field for a in axes]
        return [dict(zip(fields, row, strict=True)) for row in itertools.product(*(a.values for a in axes))]


class OneAtATime(ParameterGroup):
    """The base scenario, then each input in turn at each of its values while all others stay as in the base."""

    kind: Literal["one-at-a-time"] = "one-at-a-time"

    def points(self, axes: Sequence[Axis], seed: int) -> Points:
        """A point that changes nothing, then one per input and value; what a point does not mention is as in the base.

        Inputs without single values are set to both ends of their range.

        Parameters
        ----------
        axes
            Inputs of the study.
        seed
            Without effect: nothing is drawn.
        """
        return [{}, *({a.field: value} for a in axes for value in a.values or (a.low, a.high))]


class LatinHypercube(ParameterGroup):
    """Each input's range cut into as many equal parts as there are points, and each part used once."""

    kind: Literal["latin-hypercube"] = "latin-hypercube"
    size: int = Field(ge=2, le=MOST_POINTS)
    """Points."""

    def points(self, axes: Sequence[Axis], seed: int) -> Points:
        """A random sample of *size* points.

        Parameters
        ----------
        axes
            Inputs of the study.
        seed
            Random seed of the sample.
        """
        from SALib.sample import latin

        return _from_places(latin.sample(_unit(axes), self.size, seed=seed), axes)

    def more(self, size: int, axes: Sequence[Axis], seed: int) -> Points:
        """Additional points up to *size*: another Latin hypercube, so each part is one but the whole is not.

        Parameters
        ----------
        size
            Number of points in all.
        axes
            Inputs of the study.
        seed
            Random seed of the study.

        Raises
        ------
        InputError
            If there are fewer than 2 points to add.
        """
        if size - self.size < 2:
            raise InputError(
                f"design.size = {size}: a Latin hypercube grows by at least 2 points, here to {self.size + 2}"
            )
        return LatinHypercube(size=size - self.size).points(axes, seed + self.size)


class SobolDesign(ParameterGroup):
    """Saltelli's sample of a scrambled Sobol' sequence, for indices of variance (Saltelli et al. 2010)."""

    kind: Literal["sobol"] = "sobol"
    size: int = Field(ge=2, le=MOST_POINTS)
    """Base points, a power of two; there are size * (inputs + 2) points, or size * (2 inputs + 2)."""
    second_order: bool = False
    """Whether interactions of pairs can be worked out as well."""

    def points(self, axes: Sequence[Axis], seed: int) -> Points:
        """The points in the order in which SALib analyses them.

        Parameters
        ----------
        axes
            Inputs of the study.
        seed
            Random seed that scrambles the sequence.

        Raises
        ------
        InputError
            If the size is no power of two.
        """
        from SALib.sample import sobol

        if self.size & (self.size - 1):
            raise InputError(f"design.size = {self.size}; a Sobol' design needs a power of two, such as 64 or 128")
        places = sobol.sample(_unit(axes), self.size, calc_second_order=self.second_order, seed=seed)
        return _from_places(places, axes)

    def more(self, size: int, axes: Sequence[Axis], seed: int) -> Points:
        """Additional points up to *size* base samples; they continue the Sobol' sequence.

        Parameters
        ----------
        size
            Number of base samples in all, a power of two.
        axes
            Inputs of the study.
        seed
            Random seed of the study, as for the first points.

        Raises
        ------
        InputError
            If the first points are no longer those that were run, or the size is no power of two.
        """
        have, larger = self.points(axes, seed), self.model_copy(update={"size": size}).points(axes, seed)
        if larger[: len(have)] != have:
            raise InputError(
                "design: this version of SALib gives other points than those that were run; begin a new study"
            )
        return larger[len(have) :]


class MorrisDesign(ParameterGroup):
    """Trajectories in which one input after the other takes a step (Morris 1991)."""

    kind: Literal["morris"] = "morris"
    size: int = Field(ge=2, le=MOST_POINTS)
    """Trajectories; each has inputs + 1 points."""
    levels: int = Field(default=4, ge=2, le=100)
    """Places along each input, an even number."""

    def points(self, axes: Sequence[Axis], seed: int) -> Points:
        """The points in the order in which SALib analyses them.

        Parameters
        ----------
        axes
            Inputs of the study.
        seed
            Random seed of the trajectories.

        Raises
        ------
        InputError
            If the number of levels is odd.
        """
        from SALib.sample import morris

        if self.levels % 2:
            raise InputError(f"design.levels = {self.levels}; Morris trajectories need an even number of levels")
        return _from_places(morris.sample(_unit(axes), self.size, self.levels, seed=seed), axes)

    def more(self, size: int, axes: Sequence[Axis], seed: int) -> Points:
        """Points of additional trajectories up to *size*, independent of those before.

        Parameters
        ----------
        size
            Number of trajectories in all.
        axes
            Inputs of the study.
        seed
            Random seed of the study.
        """
        return self.model_copy(update={"size": size - self.size}).points(axes, seed + self.size)


class Intervention(ParameterGroup):
    """The base scenario as it is, against named changes of it: ``{"explained": {"context.transparency": 0.9}}``."""

    kind: Literal["intervention"] = "intervention"
    changes: dict[str, dict[str, Value]] = Field(min_length=1)
    """The changes of each arm by its name."""

    def points(self, axes: Sequence[Axis], seed: int) -> Points:
        """A point that changes nothing, then one per arm.

        Parameters
        ----------
        axes, seed
            Without effect: the arms say what changes.

        Raises
        ------
        InputError
            If an arm is named like the scenario without changes.
        """
        if BASELINE in self.changes:
            raise InputError(f"design.changes: '{BASELINE}' is the name of the scenario without changes")
        return [{}, *(dict(change) for change in self.changes.values())]


BASELINE = "baseline"
"""Name of the point that changes nothing."""


class Listed(ParameterGroup):
    """The points themselves, from a CSV file with a column per input or from rows."""

    kind: Literal["list"] = "list"
    rows: tuple[dict[str, Value], ...] = Field(strict=False)
    """One point per row."""

    @classmethod
    def of(cls, table: pd.DataFrame | str | Path) -> Listed:
        """The points of a DataFrame, or of a CSV file."""
        where = "the list"
        if not isinstance(table, pd.DataFrame):
            where = str(table)
            table = read_csv(Path(table))
        if table.empty or not len(table.columns):
            raise InputError(f"{where}: holds no points")
        for column in map(str, table.columns):
            for row, value in enumerate(table[column]):
                if pd.isna(value) or (not isinstance(value, str) and not math.isfinite(value)):
                    raise InputError(f"{where}: row {row + 1} holds {value} in {column}, which is not a finite number")
            try:
                axis(column, tuple(dict.fromkeys(table[column].tolist())))
            except InputError as refusal:
                raise InputError(f"{where}: {refusal}".replace("inputs.", "", 1)) from None
        twice = np.flatnonzero(table.duplicated())
        if len(twice):
            raise InputError(f"{where}: row {twice[0] + 1} repeats an earlier one; points are repeated with replicates")
        rows = table.to_dict("records")
        return cls(rows=tuple({str(field): value for field, value in row.items()} for row in rows))

    def points(self, axes: Sequence[Axis], seed: int) -> Points:
        """The rows.

        Parameters
        ----------
        axes, seed
            Without effect.
        """
        return [dict(row) for row in self.rows]


class AskTell(ParameterGroup):
    """No points of its own: they are asked for one after the other, by an optimiser for example."""

    kind: Literal["ask-tell"] = "ask-tell"

    def points(self, axes: Sequence[Axis], seed: int) -> Points:
        """None yet.

        Parameters
        ----------
        axes, seed
            Without effect.
        """
        return []


Design = Grid | OneAtATime | LatinHypercube | SobolDesign | MorrisDesign | Intervention | Listed | AskTell
KINDS: dict[str, type[ParameterGroup]] = {
    "grid": Grid,
    "one-at-a-time": OneAtATime,
    "latin-hypercube": LatinHypercube,
    "sobol": SobolDesign,
    "morris": MorrisDesign,
    "intervention": Intervention,
    "list": Listed,
    "ask-tell": AskTell,
}


def table_of_points(points: Points, values_of: Callable[[Mapping[str, Value]], Mapping[str, Value]]) -> pd.DataFrame:
    """The design as a table: a row per point, numbered from 0 in the index ``point``, a column per input.

    Parameters
    ----------
    points
        Changes by point.
    values_of
        Function from the changes of a point to all fields of its scenario, for what the point does not mention.
    """
    fields = list(dict.fromkeys(field for point in points for field in point))
    complete = all(len(point) == len(fields) for point in points)
    rows = points if complete else [{f: values_of(p)[f] for f in fields} for p in points]
    return pd.DataFrame(rows, columns=fields, index=pd.RangeIndex(len(rows), name="point"))


def _unit(axes: Sequence[Axis]) -> dict[str, Any]:
    """The inputs as SALib wants them, each from 0 to 1."""
    return {"num_vars": len(axes), "names": [a.field for a in axes], "bounds": [[0.0, 1.0]] * len(axes)}


def _from_places(places: NDArray[np.float64], axes: Sequence[Axis]) -> Points:
    columns = [a.at(places[:, i]) for i, a in enumerate(axes)]
    return [dict(zip((a.field for a in axes), row, strict=True)) for row in zip(*columns, strict=True)]
