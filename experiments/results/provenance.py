"""Provenance of results: the model, its sources, the data files, and the versions of the packages used."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from twoway.simulation.compilation import source_digest
from twoway.simulation.data_files import absolute, data_file, read_file
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import FOLDERS

ROOT = Path(__file__).parents[2]
SOURCES = ("simulation", "analysis", "experiments", "scenarios")
"""Folders whose code and data every result rests on."""
DEPENDENCIES = ("numpy", "numba", "pandas", "pyarrow", "networkx", "mesa", "matplotlib", "pydantic", "scipy")
"""Packages whose versions are written down with every result."""


@lru_cache
def model_version() -> str:
    """Version of this package."""
    return version("two-way-process")


def model_name() -> str:
    """Name and version of this package, as manifests hold it."""
    return f"two-way-process {model_version()}"


@lru_cache
def sources_digest() -> str:
    """SHA-256 over all code and data in ``SOURCES``, in hexadecimal; with equal digests every result is equal."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".toml"} and path.is_file():
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def provenance(name: str, seed: int, replicates: int) -> dict[str, str]:
    """Provenance that every table and figure carries: model, sources, scenario, seed and replicates.

    Parameters
    ----------
    name
        Name of the scenario, or kind of a derived result.
    seed
        Random seed.
    replicates
        Number of replicates.
    """
    return {
        "model": model_name(),
        "source_digest": source_digest(),
        "scenario": name,
        "seed": str(seed),
        "replicates": str(replicates),
    }


def surroundings(*more: str) -> dict[str, str | dict[str, str]]:
    """Versions of Python, of ``DEPENDENCIES`` and of *more* packages, as manifests hold them."""
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "packages": {name: version(name) for name in (*DEPENDENCIES, *more)},
    }


class DataFile(NamedTuple):
    """A file that runs depend on: field of ``meaning`` (or "extensions"), name in scenarios, path, SHA-256."""

    field: str
    given: str
    path: Path
    sha256: str


def data_used(field: str, given: str) -> DataFile:
    """The data file that a field of ``meaning`` names, with the digest of its content.

    Parameters
    ----------
    field
        Field of ``meaning``: "lexicon", "equations", "frames" or "situations".
    given
        Name of a shipped file, or path of a ``.toml`` file.

    Raises
    ------
    InputError
        If there is no such file.
    """
    try:
        path = data_file(FOLDERS[field], given)
    except InputError as refusal:
        raise InputError(f"meaning.{field}: {refusal}") from None
    return DataFile(field, given, absolute(path), hashlib.sha256(read_file(path)).hexdigest())
