"""How functions are compiled, and where compiled code is kept.

numba's cache looks only at the file a function stands in, so an edit elsewhere would leave stale answers: the
cache lies in a folder named after a digest of all sources of the model.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast
from uuid import uuid4

import numba
import platformdirs

HERE = Path(__file__).parent
Function = TypeVar("Function", bound=Callable[..., Any])


@lru_cache
def source_digest() -> str:
    """SHA-256 over the model's own sources and data files, in hexadecimal: two equal digests are the same model."""
    digest = hashlib.sha256()
    for path in sorted(HERE.rglob("*")):
        if path.suffix in {".py", ".toml"} and path.is_file():
            digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@lru_cache
def _cache_folder() -> str:
    """A writable folder for this model's compiled code."""
    name = source_digest()[:16]
    for root in (platformdirs.user_cache_path("two-way-process"), Path(tempfile.gettempdir()) / "two-way-process"):
        folder = root / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return str(folder)
    return ""


OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
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
    config: Any = numba.config
    if function in _COMPILED:
        return cast(Function, _COMPILED[function])
    with _ONE_AT_A_TIME:  # the folder is a setting of all of numba
        theirs, config.CACHE_DIR = config.CACHE_DIR, _cache_folder()
        try:
            result: Function = numba.njit(**OPTIONS | {"_nrt": allocates})(function)
        finally:
            config.CACHE_DIR = theirs
    _name_files_apart(result)
    _COMPILED[function] = _COMPILED[result] = result
    return result


def _name_files_apart(function: Any) -> None:
    """Let no two processes write one file of the cache.

    numba numbers a function's files by what it finds in the folder. Of two processes that compile it at once for
    different records, one would name in its index the code that the other compiled.
    """
    files = getattr(getattr(getattr(function, "_cache", None), "_cache_file", None), "__dict__", {})
    if "_data_name_pattern" in files:
        pattern = files["_data_name_pattern"]
        files["_data_name_pattern"] = pattern.replace("{number", f"{uuid4().hex[:8]}-{{number")
