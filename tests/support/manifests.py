"""Manifests of saved results, changed by a test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twoway.experiments.results.manifest import MANIFEST, save_manifest


def reseal(folder: Path) -> None:
    """Give a result, of which files were changed, digests that fit, as if they had been written like this."""
    rewrite_manifest(folder, lambda _: None)


def rewrite_manifest(folder: Path, change: Callable[[dict[str, Any]], object], sealed: bool = True) -> None:
    """Change the manifest of a result in place.

    Parameters
    ----------
    folder
        Folder of the result.
    change
        Function that changes the fields.
    sealed
        Whether it gets digests that fit, as if it had been written like this.
    """
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    files = [folder / name for name in manifest["digests"]["files"] if (folder / name).is_file()]
    change(manifest)
    if sealed:
        save_manifest(folder, manifest, files)
    else:
        path.write_text(json.dumps(manifest), encoding="utf-8")
