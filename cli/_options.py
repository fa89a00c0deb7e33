"""Options that several commands share, and what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twoway.simulation.parameters.scenario import Scenario

Action = Callable[[argparse.Namespace], int]
"""What a command does: options in, exit status out."""


def scenario_arguments(command: argparse.ArgumentParser) -> None:
    """A scenario, and changes of it."""
    command.add_argument("scenario", help="name of a scenario, or path of your own .toml file")
    set_argument(command)


def set_argument(command: argparse.ArgumentParser) -> None:
    """Changes of a scenario."""
    command.add_argument(
        "--set", action="append", default=[], metavar="SECTION.FIELD=VALUE", help="change a field; may be repeated"
    )


def whole_number(name: str, text: str) -> int:
    """The whole number of an option, or a refusal that names it."""
    from twoway.simulation.errors import InputError

    try:
        return int(text)
    except ValueError:
        raise InputError(f"--{name} {text}: must be a whole number") from None


def changes_of(options: argparse.Namespace) -> dict[str, float | str]:
    """What ``--set`` and ``--days`` change."""
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
    """The scenario that is asked for, with its changes."""
    from twoway.simulation.parameters.scenario import changed, load

    scenario, changes = load(options.scenario), changes_of(options)
    return changed(scenario, changes) if changes else scenario
