"""Data files: TOML that comes with the model, or a user's own; read, and refused in words."""

from __future__ import annotations

import os
import stat
import tomllib
from io import BufferedReader
from pathlib import Path
from typing import Any

from twoway.simulation.errors import InputError, nearest

DATA = Path(__file__).parent / "data"
"""Folder of the data files that come with the model."""
LARGEST = 1e12
"""No number in a data file can be meant to be as large as this."""
LARGEST_FILE = 16 * 2**20
"""Bytes of the largest TOML or Python file that is read: some hundred times the largest that comes with the model."""
DEEPEST = 32
"""Tables within tables, or lists within lists, that a file may have: nothing in the model's has more than six."""
LARGEST_WHOLE = 2**63
"""Whole numbers are below this, as TOML wants it."""


def absolute(path: str | Path) -> Path:
    """The whole path of a file, links followed; ``InputError`` if no file can have that name.

    Parameters
    ----------
    path
        Path of a file that need not exist; links that lead in a circle stay as they are.
    """
    try:
        return Path(os.path.realpath(path))
    except ValueError:
        raise InputError(f"{path}: cannot be read (that is no name of a file)") from None


def open_file(path: Path) -> BufferedReader:
    """A file opened for reading in binary; whatever is no ordinary file is refused before it is waited for.

    A pipe would never end, and nor would a device such as ``/dev/zero``. All files that a user names, and all that lie
    in the folder of a result, are read through this function.

    Parameters
    ----------
    path
        File, or a link to one.

    Raises
    ------
    InputError
        If there is no such file, it is something else than an ordinary file, or it cannot be opened.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except ValueError:
        raise InputError(f"{path}: cannot be read (that is no name of a file)") from None
    _refuse_special(path, mode)  # some devices act when they are opened
    try:
        file = open(path, "rb", opener=lambda name, _: os.open(name, flags))  # noqa: SIM115
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    try:
        _refuse_special(path, os.fstat(file.fileno()).st_mode)
    except InputError:
        file.close()
        raise
    return file


def _refuse_special(path: Path, mode: int) -> None:
    kinds = {
        stat.S_IFDIR: "is a folder",
        stat.S_IFIFO: "is a pipe",
        stat.S_IFCHR: "is a device",
        stat.S_IFBLK: "is a device",
        stat.S_IFSOCK: "is a socket",
    }
    if not stat.S_ISREG(mode):
        kind = kinds.get(stat.S_IFMT(mode), "is something else")
        raise InputError(f"{path}: cannot be read ({kind}, not a file)")


def read_file(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """The content of a file.

    Parameters
    ----------
    path
        File, or a link to one.
    largest
        Bytes that it may have.

    Raises
    ------
    InputError
        If it is no ordinary file (see ``open_file``), cannot be read, or is larger.
    """
    with open_file(path) as file:
        try:
            content = file.read(largest + 1)
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    if len(content) > largest:
        raise InputError(f"{path}: is larger than {largest:,} bytes, which no such file needs")
    return content


def check_plain(path: Path, data: object) -> None:
    """Refuse data that are nested deeper than ``DEEPEST``, or hold a whole number of ``LARGEST_WHOLE`` or more.

    Parameters
    ----------
    path
        File the data are from, for the message.
    data
        What was read: numbers, texts, lists and dictionaries.

    Raises
    ------
    InputError
        Names the outermost fields of the place.
    """
    waiting: list[tuple[object, tuple[str, ...]]] = [(data, ())]
    while waiting:
        value, place = waiting.pop()
        field = ".".join(place[:3])
        if len(place) > DEEPEST:
            raise InputError(f"{path}: {field[:80]}… is nested more than {DEEPEST} deep")
        if isinstance(value, int) and not -LARGEST_WHOLE <= value < LARGEST_WHOLE:
            raise InputError(f"{path}: {field[:80]} is a whole number of more than 64 bits")
        if isinstance(value, dict):
            waiting += [(one, (*place, str(name))) for name, one in value.items()]
        elif isinstance(value, list):
            waiting += [(one, (*place, str(number))) for number, one in enumerate(value)]


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
    if os.path.isfile(shipped) and not name.endswith(".toml"):
        return shipped
    path = Path(name) if beside is None else beside / name
    if path.suffix == ".toml" and os.path.lexists(path):
        return path
    names = [p.stem for p in (DATA / folder).glob("*.toml")]
    raise InputError(
        f"there is no '{name}'; {nearest(name, names)} (a shipped file of {folder}, or the path of a .toml file)"
    )


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary; a file that cannot be read or is broken is refused with its name and place."""
    content = read_file(path)
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not a text file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not valid TOML: {error}") from None
    except RecursionError:
        raise InputError(f"{path}: is not valid TOML: it is nested more than {DEEPEST} deep") from None
    except ValueError:
        raise InputError(f"{path}: is not valid TOML: it holds a whole number of more than 64 bits") from None
    check_plain(path, data)
    return data


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
