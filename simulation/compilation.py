"""How functions are compiled, and where compiled code is kept.

numba's cache looks only at the file a function stands in, so an edit elsewhere would leave stale answers: the
cache lies in a folder named after a digest of all sources of the model.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

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


def compiled(function: Function) -> Function:
    """Compile *function* with numba at its first call; with NUMBA_DISABLE_JIT=1 it stays plain Python.

    Floating-point rules are strict, so that both give bit-identical numbers.
    """
    config: Any = numba.config
    theirs, config.CACHE_DIR = config.CACHE_DIR, _cache_folder()
    try:
        result: Function = numba.njit(function, cache=True, nogil=True, error_model="numpy")
    finally:
        config.CACHE_DIR = theirs
    return result
