"""The commands ``twoway field-study`` and ``twoway landscape``: what a small study can show, and where dyads drift."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from twoway.cli._options import Action, whole_number
from twoway.cli._output import folder_for, make_and_tell


def add(commands: Any) -> None:
    """Add both commands to the command line."""
    study = commands.add_parser(
        "field-study",
        help="make a small interview study thousands of times: what could it have seen, missed, wrongly concluded?",
        description="Each study has people and centres of its own; both parties of every pair are interviewed once, "
        "and what the study would conclude is held against what is true of all pairs of all studies.",
    )
    study.add_argument("scenario", nargs="?", default="four-centres", help="where (default four-centres)")
    study.add_argument("--studies", default="10000", help="how many studies (default 10000)")
    study.add_argument("--pairs", default="16", help="pairs in a study (default 16)")
    study.add_argument("--centres", default="4", help="centres they are spread over, an even number (default 4)")
    study.add_argument(
        "--interview-day", default="30-150", metavar="DAY", help="day of the interview, or from-to (default 30-150)"
    )
    study.add_argument("--later", default="30", help="days until the second interview (default 30)")
    _luck_and_folder(study)

    landscape = commands.add_parser(
        "landscape",
        help="where pairs drift: vector field, resting points and basins of what the two take it to be, by scenario",
        description="Estimated from where dyads are and where they are a few days later, in one picture per scenario.",
    )
    landscape.add_argument("scenario", nargs="+", help="scenarios; each later one is compared with the first")
    landscape.add_argument("--replicates", default="200", help="replicates of each scenario (default 200)")
    landscape.add_argument("--view", default="leaning", help="leaning, personal or tone (default leaning)")
    _luck_and_folder(landscape)


def _luck_and_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", default="1", help="luck: a whole number from 0 (default 1)")
    command.add_argument("--out", type=Path, metavar="FOLDER", help="a folder that does not exist yet")


def field_study(options: argparse.Namespace) -> int:
    """Make a virtual field study."""
    first, last = _days(options.interview_day)
    arguments = {
        "scenario": options.scenario,
        "pairs": whole_number("pairs", options.pairs),
        "centres": whole_number("centres", options.centres),
        "first_day": first,
        "last_day": last,
        "later": whole_number("later", options.later),
        "seed": whole_number("seed", options.seed),
        "replicates": whole_number("studies", options.studies),
    }
    return make_and_tell("field-study", folder_for("field-study", options.out), arguments)


def landscape(options: argparse.Namespace) -> int:
    """Estimate landscapes."""
    arguments = {
        "scenarios": options.scenario,
        "view": options.view,
        "seed": whole_number("seed", options.seed),
        "replicates": whole_number("replicates", options.replicates),
    }
    return make_and_tell("landscape", folder_for("landscape", options.out), arguments)


def _days(text: str) -> tuple[int, int]:
    """The first and the last day of interviews, written as ``90`` or ``30-150``."""
    from twoway.simulation.errors import InputError

    first, _, last = text.partition("-")
    try:
        return int(first), int(last or first)
    except ValueError:
        raise InputError(f"--interview-day {text}: write it as 90, or as 30-150") from None


DO: dict[str, Action] = {"field-study": field_study, "landscape": landscape}
