"""The command ``twoway completion``, and what a shell offers when Tab is pressed."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from twoway.cli._options import Commands, command

SHELLS = {
    "bash": 'Add this line to ~/.bashrc:  eval "$(twoway completion bash)"',
    "zsh": 'Add this line to ~/.zshrc, below compinit:  eval "$(twoway completion zsh)"',
    "fish": "Add this line to ~/.config/fish/config.fish:  twoway completion fish | source",
}
"""Shells, each with what makes it complete the command."""


def add(commands: Commands) -> None:
    """Add ``completion`` to the command line."""
    new = command(
        commands,
        "completion",
        completion,
        "print a script with which a shell completes commands, options and names when Tab is pressed",
        " ".join(f"{line}." for line in SHELLS.values()),
        "twoway completion bash",
        answers=False,
    )
    new.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def completion(options: argparse.Namespace) -> int:
    """Print the script of a shell."""
    from argcomplete.shell_integration import shellcode

    script = shellcode(["twoway"], shell="fish" if options.shell == "fish" else "bash")
    print(script)  # zsh reads the one of bash
    return 0


def complete(parser: argparse.ArgumentParser) -> None:
    """Say what could come next on the command line that a shell asks about, and end the process.

    Parameters
    ----------
    parser
        The parser of the command.
    """
    import argcomplete
    from argcomplete.completers import DirectoriesCompleter, FilesCompleter

    files = FilesCompleter(["toml"])

    def _offer(find: Callable[[], Iterable[str]], prefix: str, **_: object) -> list[str]:
        return [*find(), *files(prefix)]

    for action in _arguments(parser):
        if action.dest in NAMES:
            action.completer = partial(_offer, NAMES[action.dest])  # type: ignore[attr-defined]
        elif action.dest in ("folder", "folders") or action.metavar == "FOLDER":
            action.completer = DirectoriesCompleter()  # type: ignore[attr-defined]
    argcomplete.autocomplete(parser, always_complete_options=False)


def _arguments(parser: argparse.ArgumentParser) -> Iterable[argparse.Action]:
    """The arguments of a command and of all commands below it."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _arguments(below)


def _files_of(package: str) -> list[str]:
    """The names of the TOML files of a package, which is not imported: Tab must answer at once."""
    found = find_spec(package)
    places = found.submodule_search_locations if found is not None else None
    return sorted(path.stem for place in places or () for path in Path(place).glob("*.toml"))


def _fields() -> list[str]:
    from twoway.simulation.parameters.scenario import all_declarations

    return [f"{one.section}.{one.name}=" for one in all_declarations()]


def _outcomes() -> list[str]:
    from twoway.experiments.studies.outcomes import OUTCOMES

    return list(OUTCOMES)


def _kinds() -> list[str]:
    from twoway.cli.listing import KINDS

    return list(KINDS)


NAMES: dict[str, Callable[[], Iterable[str]]] = {
    "scenario": partial(_files_of, "twoway.scenarios"),
    "study": partial(_files_of, "twoway.experiments.studies.shipped"),
    "name": partial(_files_of, "twoway.seminar.lessons"),
    "outcome": _outcomes,
    "kind": _kinds,
    "set": _fields,
}
"""What an argument may be, by its name in the parser."""
