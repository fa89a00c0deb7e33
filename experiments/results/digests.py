"""Digests of what a saved result holds: written with it, and checked before anything of it is believed.

A manifest holds the SHA-256 of every file in the folder and of every field of its own. They guard against a broken
disk and against edits that nobody remembers, not against somebody who writes new digests as well: that takes
``twoway verify``, which computes everything again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from twoway.simulation.data_files import open_file
from twoway.simulation.errors import InputError, nearest

DIGESTS = "digests"
"""Field of a manifest that holds the digests."""
MEND = "restore it from a copy, or make the result again"
DIGITS = 32
"""Hexadecimal digits of a digest that are written down: two files share them by chance once in 10 ** 38."""


def digest_of(content: bytes) -> str:
    """The digest of some bytes, in ``DIGITS`` hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]


@lru_cache(maxsize=4096)
def _digest_of_file(path: str, *state: int) -> str:
    """The digest of a file in this *state*: a file is read for it once, until it changes."""
    with open_file(Path(path)) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]


def digest_of_file(path: Path) -> str:
    """The digest of a file; ``InputError`` if it is no ordinary file."""
    try:
        state = os.stat(path)
        return _digest_of_file(
            os.path.abspath(path), state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns
        )
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None


def digests_of(folder: Path, fields: Mapping[str, Any], files: Iterable[Path]) -> dict[str, dict[str, str]]:
    """Digests for a manifest.

    Parameters
    ----------
    folder
        Folder of the result.
    fields
        Fields of the manifest, as they are read from it.
    files
        Files below *folder*.

    Returns
    -------
    ``fields`` by name, among them one of what follows, and ``files`` by their path in the folder.
    """
    of_files = {path.relative_to(folder).as_posix(): digest_of_file(path) for path in sorted(files)}
    named = {**fields, DIGESTS: of_files}
    return {"fields": {name: _digest_of_field(value) for name, value in named.items()}, "files": of_files}


def _digest_of_field(value: object) -> str:
    return digest_of(json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def check_fields(path: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest whose fields are not those that its digests are of.

    Parameters
    ----------
    path
        File of the manifest, for the message.
    manifest
        All its fields.

    Raises
    ------
    InputError
        Names the first field that was changed, left out or added.
    """
    digests = manifest.get(DIGESTS)
    both = [digests.get(kind) for kind in ("fields", "files")] if isinstance(digests, dict) else [None]
    for one in both:
        if not isinstance(one, dict) or not all(isinstance(digest, str) for digest in one.values()):
            raise InputError(
                f"{path}: is damaged ({DIGESTS} is missing: it was written by an earlier version, or changed); {MEND}"
            )
    expected: dict[str, str] = both[0] or {}
    for name in expected:
        if name not in manifest:
            raise InputError(f"{path}: is damaged ({name} is missing); {MEND}")
    for name, value in {**manifest, DIGESTS: both[1]}.items():
        if _digest_of_field(value) != expected.get(name):
            raise InputError(f"{path}: is damaged (the field {name} was changed after it was written); {MEND}")


def saved_files(manifest: Mapping[str, Any], pattern: str) -> list[str]:
    """Paths of the saved files that a pattern fits, in order.

    Parameters
    ----------
    manifest
        Manifest of the result.
    pattern
        Pattern of paths, such as ``figures/*.png``.
    """
    return sorted(name for name in manifest[DIGESTS]["files"] if PurePosixPath(name).match(pattern))


def is_as_written(folder: Path, manifest: Mapping[str, Any], name: str) -> bool:
    """Whether a file is as it was written.

    Parameters
    ----------
    folder, manifest
        Folder of the result, and its manifest.
    name
        Path of the file in the folder.

    Raises
    ------
    InputError
        If the file was not saved with the result, is missing, or is no ordinary file.
    """
    files, path = manifest[DIGESTS]["files"], folder / name
    if name not in files or PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise InputError(f"{folder}: {name} was not saved with the result; {nearest(name, files)}")
    if not os.path.lexists(path):
        if path.suffix in (".csv", ".parquet"):
            raise InputError(f"{path.parent}: the table {path.name} is missing; {MEND}")
        raise InputError(f"{path}: is missing; {MEND}")
    return digest_of_file(path) == files[name]


def checked(folder: Path, manifest: Mapping[str, Any], name: str) -> Path:
    """The path of a saved file that is as it was written.

    Parameters
    ----------
    folder, manifest
        Folder of the result, and its manifest.
    name
        Path of the file in the folder.

    Raises
    ------
    InputError
        If the file was changed, was not saved with the result, is missing, or is no ordinary file.
    """
    if not is_as_written(folder, manifest, name):
        raise InputError(f"{folder / name}: was changed after it was written; {MEND}")
    return folder / name
