"""The output of commands: the folder of a result, the sentences that are printed, and the answer as JSON."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import textwrap
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

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


class _Stream:
    """A standard stream of a machine that gets in the way.

    When its reader has gone, as with ``| head``, the command goes on in silence: what it makes is wanted all the same.
    What the encoding of the stream does not have becomes a question mark. A stream that was closed takes everything.

    Parameters
    ----------
    stream
        The stream; None if it was closed.
    shown
        What is written of a text.
    """

    def __init__(self, stream: TextIO | None, shown: Callable[[str], str] = str) -> None:
        self._shown = shown
        self._stream = open(os.devnull, "w", encoding="utf-8") if stream is None else stream  # noqa: SIM115
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _do(self, act: Callable[[], int | None]) -> int | None:
        try:
            return act()
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())  # Python tries again when it ends
            if isinstance(error, BrokenPipeError):
                return act()
            raise OSError(error.errno, error.strerror, "output") from None

    def write(self, text: str) -> int:
        return self._do(lambda: self._stream.write(self._shown(text))) or 0

    def flush(self) -> None:
        self._do(self._stream.flush)


@contextmanager
def standard_streams() -> Iterator[None]:
    """Let a command print inside the block, whatever has become of the streams that it was started with.

    Control characters of files and names are printed as escapes; a terminal would obey them.
    """
    from twoway.simulation.errors import visible

    while (free := os.open(os.devnull, os.O_RDWR)) <= 2:  # or a file that is opened later takes the place of a stream
        os.set_inheritable(free, True)
    os.close(free)
    out = _Stream(sys.stdout, lambda text: visible(text, "\n\t"))
    with redirect_stdout(cast(TextIO, out)), redirect_stderr(cast(TextIO, _Stream(sys.stderr))):
        try:
            yield
        finally:
            sys.stdout.flush()


LEAST_MEMORY = 3000
"""Megabytes of address space that a command takes, of which it uses a quarter; with less, libraries end the process
without a word of ours."""


def check_memory() -> None:
    """Refuse to begin where the user's limit on memory (``ulimit -v``) is too low.

    Raises
    ------
    InputError
        Says the limit, and what it takes.
    """
    with suppress(ImportError):  # Windows has no limits
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY and limit < LEAST_MEMORY << 20:
            from twoway.simulation.errors import InputError

            raise InputError(
                f"there is too little memory: the limit is {limit >> 20:,} MB (ulimit -v); it takes {LEAST_MEMORY:,} MB"
            )


def hush_matplotlib() -> None:
    """Let Matplotlib not complain of a home that it cannot write to: it works all the same."""
    import logging

    logging.getLogger("matplotlib").setLevel(logging.ERROR)


ENDINGS = ("SIGTERM", "SIGHUP")
"""Signals by which a machine ends a command: a shutdown, a queue, a terminal that is closed."""


@contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """Let the machine's signals end what is inside the block as Ctrl-C does: tidily, with a sentence."""
    theirs = {}
    if threading.current_thread() is threading.main_thread():
        found = [getattr(signal, name) for name in ENDINGS if hasattr(signal, name)]
        theirs = {one: signal.SIG_DFL for one in found if signal.getsignal(one) is signal.SIG_DFL}  # nohup ignores one
    for one in theirs:
        signal.signal(one, signal.default_int_handler)
    try:
        yield
    finally:
        for one, handler in theirs.items():
            signal.signal(one, handler)


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
