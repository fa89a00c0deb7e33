"""Facts at points: their values for some values of the free numbers, saved as they come, and never computed twice."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from twoway.experiments.results.digests import digest_of
from twoway.experiments.results.folder import replace_file
from twoway.experiments.results.provenance import sources_digest
from twoway.experiments.results.tables import LARGEST_CSV
from twoway.experiments.studies.run import pool
from twoway.experiments.validation.scoreboard import parts_of_facts
from twoway.simulation.data_files import read_file
from twoway.simulation.errors import InputError

Floats = NDArray[np.float64]
CHUNK = 32
"""Points after which what is done is written down."""


class FactPoint(NamedTuple):
    """Values of some numbers by name, the facts that are wanted, seed and replicates."""

    defaults: tuple[tuple[str, float], ...]
    """Values of numbers that neither scenario nor condition gives."""
    facts: tuple[str, ...]
    seed: int
    replicates: int


def seeds(seed: int, what: str, count: int) -> list[int]:
    """Derive seeds from one and a word; a prefix of a longer list.

    Parameters
    ----------
    seed
        Random seed of the whole work.
    what
        Word for which the seeds are; another word gives other seeds.
    count
        Number of seeds.
    """
    word = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big")
    made = np.random.SeedSequence([seed, word]).generate_state(count, np.uint64)
    return [int(one) >> 1 for one in made]


def evaluate_point(point: FactPoint) -> dict[str, float]:
    """Every part of the facts wanted (``fact: part``) at one point, without intervals."""
    found = parts_of_facts(point.facts, point.seed, point.replicates, dict(point.defaults), intervals=False)
    return {f"{fact}: {name}": part.estimate for fact, parts in found.items() for name, part in parts.items()}


def evaluate_points(
    points: Sequence[FactPoint], what: str, workers: int = 2, progress: bool = False, points_folder: Path | None = None
) -> pd.DataFrame:
    """Evaluate the facts at some points.

    Parameters
    ----------
    points
        Points to evaluate.
    what
        Name of the file in which they are saved.
    workers
        Number of worker processes.
    progress
        Whether to show a bar.
    points_folder
        Folder in which evaluated points are saved as ``WHAT.csv``; they are used again while points and sources are
        the same.

    Returns
    -------
    A row per point, a column per part of a fact (``fact: part``).
    """
    path = None if points_folder is None else points_folder / f"{what}.csv"
    key = f"{hash_of(points)}-{sources_digest()[:16]}"
    rows: list[dict[str, float]] = []
    if path is not None and os.path.lexists(path):
        rows = _saved_rows(path, key)
    todo = list(points[len(rows) :])
    bar = tqdm(total=len(points), initial=len(rows), desc=what, disable=not progress, unit="point", leave=False)
    with pool("processes", workers) as (engine, _):
        for start in range(0, len(todo), CHUNK):
            for row in engine.map(evaluate_point, todo[start : start + CHUNK]):
                rows.append(row)
                bar.update()
            if path is not None:
                text = pd.DataFrame(rows).assign(key=key).to_csv(index=False)
                replace_file(path, f"{digest_of(text.encode())}\n{text}")
    bar.close()
    return pd.DataFrame(rows)


def _saved_rows(path: Path, key: str) -> list[dict[str, float]]:
    """The rows of a file of evaluated points, none if it is of others; its first line is the digest of what follows."""
    digest, _, content = read_file(path, LARGEST_CSV).partition(b"\n")
    if digest_of(content) != digest.decode("latin-1"):
        raise InputError(
            f"{path}: was changed after it was written; delete it, and the same command evaluates its points again"
        )
    before = list(csv.DictReader(StringIO(content.decode("utf-8"), newline="")))
    if any(row.pop("key", "") != key for row in before):
        return []
    return [{part: float(value or "nan") for part, value in row.items()} for row in before]


def hash_of(points: Sequence[FactPoint]) -> str:
    """A word that is the same for the same points only."""
    return hashlib.sha256(repr([tuple(point) for point in points]).encode()).hexdigest()[:16]
