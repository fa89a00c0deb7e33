"""How a command is added to the command line, and the options that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from twoway.simulation.parameters.scenario import Scenario

Action = Callable[[argparse.Namespace], int]
"""The function behind a command: options in, exit status out."""
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""The commands of a parser, to which others are added."""


def command(
    commands: Commands,
    name: str,
    action: Action,
    summary: str,
    more: str = "",
    example: str = "",
    answers: bool = True,
) -> argparse.ArgumentParser:
    """Add a command.

    Parameters
    ----------
    commands
        The parser's commands so far.
    name
        The word that calls the command.
    action
        The function to call with the options.
    summary
        One phrase: its line in the list of commands, and the beginning of its own help.
    more
        Sentences that its own help adds.
    example
        A complete command, shown at the end of its own help.
    answers
        Whether it ends with an answer, which may be wanted as JSON, or not at all.

    Returns
    -------
    The parser of the command, for its options.
    """
    end = "" if summary.endswith("?") else "."
    description = f"{summary[0].upper()}{summary[1:]}{end} {more}".strip()
    epilog = f"Example: {example}" if example else None
    parser = commands.add_parser(name, help=summary, description=description, epilog=epilog)
    parser.set_defaults(action=action, parser=parser)
    if answers:
        parser.add_argument("--json", action="store_true", help="print the answer as JSON, and nothing else")
        parser.add_argument("--quiet", action="store_true", help="print nothing but what went wrong; no bars")
    return parser


def scenario_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a scenario, and ``--set``."""
    parser.add_argument("scenario", help="name of a scenario (see `twoway list scenarios`), or path of a .toml file")
    set_argument(parser)


def set_argument(
    parser: argparse.ArgumentParser, scenario: str = "the scenario", example: str = "context.control=3"
) -> None:
    """Add ``--set``: changes to the numbers of a scenario.

    Parameters
    ----------
    parser
        Parser of the command.
    scenario
        What is changed, as its help says it.
    example
        A change, for its help.
    """
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.FIELD=VALUE",
        help=f"change a number of {scenario}, such as {example}; may be repeated",
    )


def seed_argument(parser: argparse.ArgumentParser) -> None:
    """Add ``--seed``: the random seed."""
    parser.add_argument("--seed", default="1", metavar="N", help="random seed, an integer from 0 (default 1)")


def days_argument(parser: argparse.ArgumentParser) -> None:
    """Add ``--days``: the number of simulated days."""
    parser.add_argument("--days", metavar="N", help="number of days to simulate (default: as in the scenario)")


def folder_argument(parser: argparse.ArgumentParser, default: str) -> None:
    """Add ``--out``: the folder for the results.

    Parameters
    ----------
    parser
        Parser of the command.
    default
        The default folder, as its help says it.
    """
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help=f"output folder, which must not exist (default {default}, with a number behind it if that is taken)",
    )


def extension_argument(parser: argparse.ArgumentParser, meaning: str) -> None:
    """Add ``--extension``: Python files of the user's own that declare more.

    Parameters
    ----------
    parser
        Parser of the command.
    meaning
        Its help.
    """
    parser.add_argument("--extension", type=Path, action="append", default=[], metavar="FILE.py", help=meaning)


def whole_number(name: str, text: str) -> int:
    """The whole number given for an option.

    Parameters
    ----------
    name
        Name of the option, without hyphens before it.
    text
        What was given.

    Raises
    ------
    InputError
        If it is no whole number.
    """
    from twoway.simulation.errors import InputError

    try:
        return int(text)
    except ValueError:
        raise InputError(f"--{name} {text}: must be a whole number") from None


def number(name: str, text: str, example: str) -> float:
    """The number given for an option.

    Parameters
    ----------
    name
        Name of the option, without hyphens before it.
    text
        What was given.
    example
        A number that would do, for the message.

    Raises
    ------
    InputError
        If it is no number.
    """
    from twoway.simulation.errors import InputError

    try:
        return float(text)
    except ValueError:
        raise InputError(f"--{name} {text}: must be a number such as {example}") from None


def changes_of(options: argparse.Namespace) -> dict[str, float | str]:
    """The changes that ``--set`` and ``--days`` ask for, by ``section.field``."""
    from twoway.simulation.errors import InputError

    changes: dict[str, float | str] = {}
    for text in options.set:
        key, equals, value = text.partition("=")
        if not equals or not key or not value:
            raise InputError(f"--set {text}: write it as SECTION.FIELD=VALUE, for example context.control=3")
        try:
            changes[key] = float(value)
        except ValueError:
            changes[key] = value
    if getattr(options, "days", None) is not None:
        changes["design.days"] = whole_number("days", options.days)
    return changes


def changed_scenario(options: argparse.Namespace) -> Scenario:
    """The scenario that was asked for, with its changes."""
    from twoway.simulation.parameters.scenario import changed, load

    scenario, changes = load(options.scenario), changes_of(options)
    return changed(scenario, changes) if changes else scenario
