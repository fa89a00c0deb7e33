"""The output of commands: the folder of a result, the sentences that are printed, and the answer as JSON."""

from __future__ import annotations

import io
import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from twoway.simulation import SCOPE

if TYPE_CHECKING:
    import pandas as pd

    from twoway.experiments.results.result import Result


MOST_ROWS = 1000
"""Rows of a table that an answer in JSON holds at most; a larger table is named, and lies in the folder."""
_answers: list[Callable[[], Any]] = []
"""What makes the answers of the command under way, if they are wanted."""


def answer(make: Callable[[], Any]) -> None:
    """Note the answer of a command: what ``--json`` prints, in place of what is printed for a reader.

    Parameters
    ----------
    make
        Makes it, of plain numbers, words, lists and mappings; called only if the answer is wanted.
    """
    _answers.append(make)


def answer_with(result: Result, folder: Path, tables: Iterable[str] | None = None) -> None:
    """Note a result as the answer of a command.

    Parameters
    ----------
    result
        The result.
    folder
        Folder in which it was saved.
    tables
        Names of the tables that belong to the answer; by default all.
    """

    def make() -> dict[str, Any]:
        kept = {name: result.tables[name] for name in (result.tables if tables is None else tables)}
        return {
            "kind": result.kind,
            "folder": str(folder),
            "arguments": result.arguments,
            "provenance": result.provenance,
            "sentences": list(result.sentences),
            "tables": {name: rows_of(table) for name, table in kept.items() if len(table) <= MOST_ROWS},
            "larger_tables": [name for name, table in kept.items() if len(table) > MOST_ROWS],
        }

    answer(make)


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as mappings; what is missing is null.

    Parameters
    ----------
    table
        Any table with columns of plain numbers and words.
    """
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return rows


class _Visible(io.TextIOBase):
    """An output that shows control characters of files and names as escapes; a terminal would obey them."""

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def write(self, text: str) -> int:
        from twoway.simulation.errors import visible

        return self._output.write(visible(text, "\n\t"))

    def flush(self) -> None:
        self._output.flush()

    def isatty(self) -> bool:
        return self._output.isatty()

    def fileno(self) -> int:
        return self._output.fileno()


class _NoTerminal(io.TextIOBase):
    """An output that says it is no terminal: bars are drawn on terminals only."""

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def write(self, text: str) -> int:
        return self._output.write(text)

    def flush(self) -> None:
        self._output.flush()


@contextmanager
def printed_as(asked_for_json: bool, quiet: bool) -> Iterator[None]:
    """What a command prints inside the block: as it is, nothing, or its answer as JSON; bars only in the first case.

    Where a command notes no answer, its text is the answer.

    Parameters
    ----------
    asked_for_json, quiet
        Whether the answer alone is wanted, as JSON, and whether nothing is.
    """
    _answers.clear()
    if not (asked_for_json or quiet):
        with redirect_stdout(_Visible(sys.stdout)):
            yield
        return
    text = io.StringIO()
    with redirect_stdout(text), redirect_stderr(_NoTerminal(sys.stderr)):
        yield
    if asked_for_json:
        said = [make() for make in _answers] or [{"text": text.getvalue()}]
        print(json.dumps(said[0] if len(said) == 1 else said, indent=1, default=str), file=sys.stdout)


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
    if os.path.lexists(folder):
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
    answer_with(result, folder)
    for line in before(result) if before is not None else ():
        print(line)
    for sentence in result.sentences:
        print(textwrap.fill(sentence, 110, break_long_words=False, break_on_hyphens=False))
    print(f"Tables, figures, page and manifest: {folder}")
    print(SCOPE)
    return 0
