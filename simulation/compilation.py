"""How functions are compiled, and where compiled code is kept.

numba's cache looks only at the file a function stands in, so an edit elsewhere would leave stale answers: the
cache lies in a folder named after a digest of all sources of the model.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from multiprocessing import parent_process
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast
from uuid import uuid4

import numba
import platformdirs
from numba.core.caching import NullCache

HERE = Path(__file__).parent
CONFIG: Any = numba.config
Function = TypeVar("Function", bound=Callable[..., Any])


@lru_cache
def source_digest() -> str:
    """SHA-256 over the model's own sources and data files, in hexadecimal: two equal digests are the same model."""
    digest = hashlib.sha256()
    for path in sorted(HERE.rglob("*")):
        if path.suffix in {".py", ".toml"} and path.is_file():
            digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _trouble_with(folder: Path) -> str:
    """Why a folder cannot hold compiled code, or an empty text; it is made if need be.

    Whoever can write to the folder, or exchange it, could have code of theirs run: numba's files are pickles.
    """
    try:
        for new in (folder.parent, folder):
            new.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "geteuid"):
            folder = folder.resolve()
            for place, owners in ((folder, {os.geteuid()}), (folder.parent, {os.geteuid(), 0})):
                about = place.stat()
                if about.st_uid not in owners:
                    return f"{place} belongs to somebody else"
                if about.st_mode & stat.S_IWOTH and not about.st_mode & stat.S_ISVTX:
                    return f"everybody may write to {place}"
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"{folder} cannot be written ({error.strerror})"


def _possible_folders() -> Iterator[Path]:
    """Folders in which compiled code may be kept: NUMBA_CACHE_DIR alone, if that is set."""
    name, chosen = source_digest()[:16], CONFIG.CACHE_DIR
    if chosen:
        yield Path(chosen).absolute() / f"two-way-process-{name}"
        return
    yield platformdirs.user_cache_path("two-way-process") / name
    with suppress(FileNotFoundError):  # there is no folder for temporary files
        if tempfile.gettempdir() != os.getcwd():  # Python's last resort: compiled code is not put among results
            owner = f"-{os.geteuid()}" if hasattr(os, "geteuid") else ""
            yield Path(tempfile.gettempdir()) / f"two-way-process{owner}-{name}"


@lru_cache
def _cache_folder() -> tuple[str, str]:
    """The folder of this model's compiled code; or an empty text, and why there is none."""
    troubles = []
    for folder in _possible_folders():
        trouble = _trouble_with(folder)
        if not trouble:
            return str(folder), ""
        troubles.append(trouble)
    return "", troubles[0]


class _InMemory(NullCache):
    """In place of numba's cache where no code can be kept: says so in a sentence when something has been compiled."""

    def __init__(self, why: str) -> None:
        self.why = why

    def save_overload(self, sig: object, data: object) -> None:
        """Keep nothing, and say so once.

        Parameters
        ----------
        sig, data
            Signature and machine code that would be kept.
        """
        _say_once(
            f"compiled code is not kept, so that every start takes half a minute longer: {self.why}. "
            "NUMBA_CACHE_DIR chooses a folder of your own"
        )


@lru_cache
def _say_once(sentence: str) -> None:
    """Say something that the user should know and that changes no result; worker processes leave it to the first."""
    if sys.stderr is not None and parent_process() is None:
        print(f"twoway: {sentence}.", file=sys.stderr)


OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
"""Options of numba."""
_COMPILED: dict[object, object] = {}
"""Compiled functions by the plain and the compiled one; with NUMBA_DISABLE_JIT=1 both are the same."""
_ONE_AT_A_TIME = threading.Lock()


def is_compiled(value: object) -> bool:
    """Whether a value is a function that ``compiled`` returned."""
    return callable(value) and _COMPILED.get(value) is value


def plain_function(function: Callable[..., Any]) -> FunctionType:
    """The Python function behind a compiled one."""
    return cast(FunctionType, getattr(function, "py_func", function))


def compiled(function: Function, allocates: bool = False) -> Function:
    """Compile *function* with numba at its first call; with NUMBA_DISABLE_JIT=1 it stays plain Python.

    Floating-point rules are strict, so that both give bit-identical numbers.

    Parameters
    ----------
    function
        A plain function.
    allocates
        Whether it makes arrays. Where none is made, references to the arrays that are handed on need not be counted,
        which would take a third of the time of a run: whoever calls brings room to work in.
    """
    if function in _COMPILED:
        return cast(Function, _COMPILED[function])
    with _ONE_AT_A_TIME:  # the folder is a setting of all of numba
        theirs, (folder, why) = CONFIG.CACHE_DIR, _cache_folder()
        CONFIG.CACHE_DIR = folder
        try:
            result: Any = numba.njit(**OPTIONS | {"_nrt": allocates, "cache": not why})(function)
        finally:
            CONFIG.CACHE_DIR = theirs
    if hasattr(result, "_cache"):
        result._cache = _InMemory(why) if why else _keep(result._cache)
    _COMPILED[function] = _COMPILED[result] = result
    return result


def _keep(cache: Any) -> Any:
    """The cache that numba gave a function, made to fit the facts of machines.

    No two processes may write one of its files: numba numbers a function's files by what it finds in the folder, and
    of two processes that compile it at once for different records, one would name in its index the code that the other
    compiled. Where the disk is full, code that cannot be kept can still be run; and a file that a power cut has left
    half-written is no code.
    """
    files = cache._cache_file.__dict__
    files["_data_name_pattern"] = files["_data_name_pattern"].replace("{number", f"{uuid4().hex[:8]}-{{number")
    load, save = cache.load_overload, cache.save_overload

    def _load_if_possible(sig: object, context: object) -> object:
        with suppress(Exception):
            return load(sig, context)
        return None

    def _save_if_possible(sig: object, data: object) -> None:
        try:
            save(sig, data)
        except Exception as error:
            why = error.strerror if isinstance(error, OSError) else "a file in it is damaged; remove the folder"
            _InMemory(f"{cache.cache_path} cannot be used ({why})").save_overload(sig, data)

    cache.load_overload, cache.save_overload = _load_if_possible, _save_if_possible
    return cache
