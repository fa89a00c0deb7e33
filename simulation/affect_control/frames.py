"""Frames: what the relationship might be, as pairs of identities (a repertoire that is data)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoway.simulation.affect_control.lexicon import Lexicon
from twoway.simulation.arrays import Floats
from twoway.simulation.data_files import read_toml, table_of
from twoway.simulation.errors import InputError, nearest

KINDS = ("personal", "formal", "adversarial")
PERSONAL, FORMAL, ADVERSARIAL = range(len(KINDS))
CLIENT, KEYWORKER = 0, 1
ROLES = ("client", "keyworker")
FIELDS = ("kind", "keyworker", "client", "benign", "expected_by_clients", "expected_by_keyworkers")


@dataclass(frozen=True)
class Frames:
    """A repertoire of frames, K of them, in the order of the file.

    ``identities[k][role]`` are the words for one party; ``kind`` (K,) indexes ``KINDS``; ``benign`` (K,) lies in
    -1 .. 1; ``expected`` (2, K) are the mean weights each role brings along.
    """

    path: Path
    source: dict[str, Any]
    names: tuple[str, ...]
    identities: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    kind: NDArray[np.int64]
    benign: Floats
    expected: Floats

    def sentiments(self, lexicon: Lexicon) -> Floats:
        """What each party is in each frame, shape (K, 2, 3), EPA units."""
        result = np.empty((len(self.names), 2, 3))
        for k, (name, pair) in enumerate(zip(self.names, self.identities, strict=True)):
            for role, words in enumerate(pair):
                try:
                    result[k, role] = lexicon.mean("identities", list(words))
                except InputError as refusal:
                    raise InputError(f"{self.path}: {name}.{ROLES[role]}: {refusal}") from None
        return result


def _number(path: Path, frame: str, table: dict[str, Any], field: str, low: float, high: float) -> float:
    value = table[field]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InputError(f"{path}: {frame}.{field} = {value!r}; it must be a number from {low:g} to {high:g}")
    return float(value)


def _words(path: Path, frame: str, table: dict[str, Any], field: str) -> tuple[str, ...]:
    value = table[field]
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise InputError(f"{path}: {frame}.{field} must be a list of at least one identity")
    return tuple(value)


def load_frames(path: Path) -> Frames:
    """Read a repertoire of frames; every field is checked."""
    data = read_toml(path)
    source = table_of(path, data, "source")
    data.pop("source", None)
    if len(data) < 2:
        raise InputError(f"{path}: a repertoire needs at least two frames")
    kinds, identities, benign, expected = [], [], [], []
    for name, table in data.items():
        if not isinstance(table, dict):
            raise InputError(f"{path}: '{name}' must be a table [{name}] that describes a frame")
        for field in table:
            if field not in FIELDS:
                raise InputError(f"{path}: {name}.{field} is not a field of a frame; {nearest(field, FIELDS)}")
        for field in FIELDS:
            if field not in table:
                raise InputError(f"{path}: {name}.{field} is missing")
        if table["kind"] not in KINDS:
            raise InputError(f"{path}: {name}.kind = {table['kind']!r}; {nearest(str(table['kind']), KINDS)}")
        kinds.append(KINDS.index(table["kind"]))
        identities.append((_words(path, name, table, "client"), _words(path, name, table, "keyworker")))
        benign.append(_number(path, name, table, "benign", -1, 1))
        expected.append([_number(path, name, table, f"expected_by_{role}s", 1e-6, 1e6) for role in ROLES])
    if KINDS.index("adversarial") not in kinds:
        raise InputError(f"{path}: a repertoire needs at least one frame of the kind 'adversarial'")
    return Frames(path, source, tuple(data), tuple(identities), np.array(kinds), np.array(benign), np.array(expected).T)
