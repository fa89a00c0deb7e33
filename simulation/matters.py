"""Matters: what encounters are about, what can become of a request, and what follows from it; read from TOML."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, cast

from twoway.simulation.arrays import Floats
from twoway.simulation.data_files import read_toml, table_of
from twoway.simulation.errors import InputError, nearest
from twoway.simulation.situations import ENCOUNTER_KINDS
from twoway.simulation.state import Record, Records, empty_records, record_type

RAISED_IN = ("control", "request", "planned")
OUTCOMES = ("kept", "late", "failed")
"""How a leave can end."""
NO_MATTER = -1
MOST = 24
"""Largest number of matters in a file."""


class MatterState(IntEnum):
    """What has become of a matter that a client has raised."""

    NONE = 0
    PENDING = 1
    GRANTED = 2
    REFUSED = 3
    UNANSWERED = 4
    UNDER_WAY = 5
    KEPT = 6
    LATE = 7
    FAILED = 8


MATTER_STATES = tuple(state.name.lower() for state in MatterState)


@dataclass(frozen=True)
class Matter:
    """One subject of encounters; the fields are explained in ``data/matters/residential.toml``."""

    name: str
    raised_in: str
    weight: float = 1.0
    from_day: float = 1.0
    rests: float = 0.0
    insists: float = 1.0
    stake: float = 1.0
    hardness: float = 0.0
    takes_effect: float = 0.0
    lasts: tuple[int, int] = (0, 0)
    record: tuple[float, float, float] = (0.0, 0.0, 0.0)
    follows: str = ""
    noun: str = ""
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matters:
    """All matters of a file, in its order."""

    path: Path
    source: dict[str, Any]
    matters: tuple[Matter, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the matters: the words of the column ``matter``."""
        return tuple(matter.name for matter in self.matters)


class MatterRecord(Record):
    """A matter as compiled code works with it; ``raised_in`` is a kind of encounter, ``follows`` a matter's number."""

    raised_in: int
    weight: float
    from_day: float
    rests: float
    insists: float
    stake: float
    hardness: float
    takes_effect: float
    shortest: int
    longest: int
    record: Annotated[Floats, len(OUTCOMES)]
    follows: int


def matter_records(matters: Matters) -> Records[MatterRecord]:
    """The matters as an array of records."""
    records = cast(Records[MatterRecord], empty_records(len(matters.matters), record_type(MatterRecord)))
    for row, matter in zip(records, matters.matters, strict=True):
        row.raised_in = ENCOUNTER_KINDS.index(matter.raised_in)
        for field in ("weight", "from_day", "rests", "insists", "stake", "hardness", "takes_effect"):
            setattr(row, field, getattr(matter, field))
        row.shortest, row.longest = matter.lasts
        row.record[:] = matter.record
        row.follows = matters.names.index(matter.follows) if matter.follows else NO_MATTER
    return records


RANGES = {
    "weight": (1e-6, 1e6), "from_day": (1, 3650), "rests": (0, 3650), "insists": (0, 100), "stake": (0, 20),
    "hardness": (-10, 10), "takes_effect": (0, 365),
}  # fmt: skip
"""Allowed values of the numbers of a matter."""
FIELDS = ("raised_in", *RANGES, "lasts", "record", "follows", "noun", "asks")


def load_matters(path: Path) -> Matters:
    """Read a file of matters; every field is checked."""
    data = read_toml(path)
    for field in data:
        if field not in ("source", "matters"):
            raise InputError(f"{path}: {field} is not a field there; {nearest(field, ('source', 'matters'))}")
    tables = table_of(path, data, "matters")
    if len(tables) > MOST:
        raise InputError(f"{path}: has {len(tables)} matters; it may have {MOST}")
    found = tuple(_matter(path, name, table) for name, table in tables.items())
    controls = [matter.name for matter in found if matter.raised_in == "control"]
    for matter in found:
        if matter.follows and matter.follows not in controls:
            raise InputError(
                f"{path}: {matter.name}.follows = '{matter.follows}'; it must be a matter of control, "
                f"{nearest(matter.follows, controls)}"
            )
    return Matters(path, table_of(path, data, "source"), found)


def _matter(path: Path, name: str, table: Any) -> Matter:
    if not isinstance(table, dict):
        raise InputError(f"{path}: matters.{name} must be a table")
    for field in table:
        if field not in FIELDS:
            raise InputError(f"{path}: {name}.{field} is not a field there; {nearest(field, FIELDS)}")
    raised_in = table.get("raised_in")
    if raised_in not in RAISED_IN:
        raise InputError(f"{path}: {name}.raised_in = {raised_in!r}; {nearest(str(raised_in), RAISED_IN)}")
    numbers = {
        field: _number(path, f"{name}.{field}", table[field], low, high)
        for field, (low, high) in RANGES.items()
        if field in table
    }
    lasts = table.get("lasts", [0, 0])
    whole = isinstance(lasts, list) and len(lasts) == 2 and all(type(day) is int for day in lasts)
    if not whole or not (1 <= lasts[0] <= lasts[1] <= 60 or lasts == [0, 0]):
        raise InputError(
            f"{path}: {name}.lasts = {repr(lasts)[:40]}; it must be two whole numbers of days from 1 to 60, as [1, 2]"
        )
    if lasts[1] > 0 and (raised_in != "request" or numbers.get("takes_effect", 0.0) < 1):
        raise InputError(f"{path}: {name}.lasts is for what is granted on request and takes_effect some days later")
    if lasts[1] == 0 and numbers.get("takes_effect", 0.0) > 0:
        raise InputError(f"{path}: {name}.takes_effect is for what lasts some days: say how many, as lasts = [1, 2]")
    record = table.get("record", {})
    if not isinstance(record, dict) or any(key not in OUTCOMES for key in record):
        raise InputError(f"{path}: {name}.record must be a table of {', '.join(OUTCOMES)} with changes of hardness")
    noun, asks = table.get("noun", name.replace("_", " ")), table.get("asks", [])
    if not isinstance(noun, str) or not noun.strip():
        raise InputError(f"{path}: {name}.noun must be text")
    if not isinstance(asks, list) or not all(isinstance(text, str) and text.strip() for text in asks):
        raise InputError(f"{path}: {name}.asks must be a list of texts")
    return Matter(
        name,
        raised_in,
        **numbers,
        lasts=(lasts[0], lasts[1]),
        record=cast(
            tuple[float, float, float],
            tuple(_number(path, f"{name}.record.{key}", record.get(key, 0.0), -10, 10) for key in OUTCOMES),
        ),
        follows=str(table.get("follows", "")),
        noun=noun,
        asks=tuple(asks) or (noun,),
    )


def _number(path: Path, field: str, value: Any, low: float, high: float) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise InputError(f"{path}: {field} = {repr(value)[:40]}; it must be a number from {low:g} to {high:g}")
    return float(value)
