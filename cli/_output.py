"""The output of commands that compute a result: its folder, and the sentences that are printed."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twoway.simulation import SCOPE

if TYPE_CHECKING:
    from twoway.experiments.results.result import Result


def folder_for(name: str, out: Path | None) -> Path:
    """The output folder of a command.

    Parameters
    ----------
    name
        Name of the folder in ``runs`` if none was asked for; a number follows where it is taken.
    out
        Folder that was asked for, or None.

    Raises
    ------
    InputError
        If the folder exists or cannot be written.
    """
    from twoway.experiments.results.folder import free_folder
    from twoway.simulation.errors import InputError

    folder = out if out is not None else free_folder(name)
    if folder.exists():
        raise InputError(f"{folder}: exists already and is not overwritten; choose another folder with --out")
    above = next(parent for parent in folder.absolute().parents if parent.exists())
    if not above.is_dir():
        raise InputError(f"{folder}: a file is in the place of a folder ({above}); choose another folder with --out")
    if not os.access(above, os.W_OK):
        raise InputError(f"{folder}: there is no permission to write there; choose another folder with --out")
    return folder


def compute_and_print(
    kind: str,
    folder: Path,
    arguments: Mapping[str, Any],
    before: Callable[[Result], Iterable[str]] | None = None,
) -> int:
    """Compute a derived result, save it and print its sentences.

    Parameters
    ----------
    kind
        Kind of the result, such as "ablation".
    folder
        Output folder, which must not exist.
    arguments
        Arguments of the computation, by name.
    before
        Gives the lines that are printed before the sentences.

    Returns
    -------
    int
        The exit status, 0.
    """
    from twoway.experiments.results.result import computer_of

    result = computer_of(kind)(**arguments, threads=os.cpu_count() or 1, progress=True)
    result.save(folder)
    for line in before(result) if before is not None else ():
        print(line)
    for sentence in result.sentences:
        print(textwrap.fill(sentence, 110, break_long_words=False, break_on_hyphens=False))
    print(f"Tables, figures, page and manifest: {folder}")
    print(SCOPE)
    return 0
