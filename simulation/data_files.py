"""Data files: TOML that comes with the model, or a user's own; read, and refused in words."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from twoway.simulation.errors import InputError, nearest

DATA = Path(__file__).parent / "data"
"""Folder of the data files that come with the model."""
LARGEST = 1e12
"""No number in a data file can be meant to be as large as this."""


def data_file(folder: str, name: str, beside: Path | None = None) -> Path:
    """The TOML file that *name* means: one shipped in *folder* of the data, or a path (relative to *beside*).

    Parameters
    ----------
    folder
        Kind of data file: a folder of ``DATA``, such as "lexicons".
    name
        Name of a shipped file, without its ending, or path of a ``.toml`` file.
    beside
        Folder to which a relative path refers; the working folder if None.

    Raises
    ------
    InputError
        If there is no such file; the message names the nearest shipped one.
    """
    shipped = DATA / folder / f"{name}.toml"
    if shipped.is_file() and not name.endswith(".toml"):
        return shipped
    path = Path(name) if beside is None else beside / name
    if path.suffix == ".toml" and path.is_file():
        return path
    names = [p.stem for p in (DATA / folder).glob("*.toml")]
    raise InputError(
        f"there is no '{name}'; {nearest(name, names)} (a shipped file of {folder}, or the path of a .toml file)"
    )


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary; a file that cannot be read or is broken is refused with its name and place."""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not a text file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not valid TOML: {error}") from None


def number_row(path: Path, field: str, value: object, length: int) -> list[float]:
    """A list of *length* finite numbers; anything else is refused.

    Parameters
    ----------
    path, field
        File and field, for the message.
    value
        What the file holds in the field.
    length
        How many numbers there must be.

    Returns
    -------
    The numbers as floats.

    Raises
    ------
    InputError
        If the value is no list of that length, or holds something else than finite numbers.
    """
    if not isinstance(value, list) or len(value) != length:
        raise InputError(f"{path}: {field} must be a list of {length} numbers")
    for v in value:
        if isinstance(v, bool) or not isinstance(v, (int, float)) or not abs(v) < LARGEST:
            raise InputError(f"{path}: {field} holds {str(v)[:40]}, which is not a finite number")
    return [float(v) for v in value]


def table_of(path: Path, data: dict[str, Any], name: str) -> dict[str, Any]:
    """A table of a file, empty if it is not there.

    Parameters
    ----------
    path
        File the data are from, for the message.
    data
        What the file holds.
    name
        Name of the table in *data*.

    Raises
    ------
    InputError
        If there is something else than a table in its place.
    """
    table = data.get(name, {})
    if not isinstance(table, dict):
        raise InputError(f"{path}: {name} must be a table")
    return table
