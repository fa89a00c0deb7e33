"""Which sources a result rests on: the model, what is measured, how experiments are made, and the scenarios."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("simulation", "analysis", "experiments", "scenarios")


@lru_cache
def sources_digest() -> str:
    """SHA-256 over all code and data of ``PACKAGES``, in hexadecimal: with equal digests every result is the same."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in {".py", ".toml"} and path.is_file():
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
