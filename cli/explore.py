"""The commands ``twoway field-study`` and ``twoway landscape``: conclusions of small studies, drift of pairs."""

from __future__ import annotations

import argparse

from twoway.cli._options import Commands, command, folder_argument, seed_argument, whole_number
from twoway.cli._output import compute_and_print, folder_for


def add(commands: Commands) -> None:
    """Add both commands to the command line."""
    study = command(
        commands,
        "field-study",
        field_study,
        "simulate a small interview study many times: which conclusions would it have reached, and how many are right?",
        "Each simulated study has people and centres of its own and interviews both parties of every pair once. Its "
        "conclusions are compared with the truth about all pairs of all studies.",
        "twoway field-study --studies 1000 --pairs 32",
    )
    study.add_argument("scenario", nargs="?", default="four-centres", help="scenario (default four-centres)")
    study.add_argument("--studies", default="10000", metavar="N", help="number of studies (default 10000)")
    study.add_argument("--pairs", default="16", metavar="N", help="number of pairs in a study (default 16)")
    study.add_argument("--centres", default="4", metavar="N", help="number of centres in a study, even (default 4)")
    study.add_argument(
        "--interview-day",
        default="30-150",
        metavar="DAY",
        help="day of the stay on which a pair is interviewed, or a range from which it is drawn (default 30-150)",
    )
    study.add_argument(
        "--later", default="30", metavar="N", help="number of days until the second interview (default 30)"
    )
    seed_argument(study)
    folder_argument(study, "runs/field-study")

    new = command(
        commands,
        "landscape",
        landscape,
        "estimate where pairs drift: vector field, fixed points and basins of attraction, by scenario",
        "The estimate rests on the state of each pair and its state some days later.",
        "twoway landscape strict-and-opaque strict-but-fair",
    )
    new.add_argument("scenario", nargs="+", help="scenarios; the second and later ones are compared with the first")
    new.add_argument(
        "--replicates", default="200", metavar="N", help="number of replicates of each scenario (default 200)"
    )
    new.add_argument(
        "--view",
        default="leaning",
        help="variable shown for each party: leaning (weight of personal minus adversarial frames), personal "
        "or tone (default "
        "leaning)",
    )
    seed_argument(new)
    folder_argument(new, "runs/landscape")


def field_study(options: argparse.Namespace) -> int:
    """Simulate field studies."""
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
    return compute_and_print("field-study", folder_for("field-study", options.out), arguments)


def landscape(options: argparse.Namespace) -> int:
    """Estimate landscapes."""
    arguments = {
        "scenarios": options.scenario,
        "view": options.view,
        "seed": whole_number("seed", options.seed),
        "replicates": whole_number("replicates", options.replicates),
    }
    return compute_and_print("landscape", folder_for("landscape", options.out), arguments)


def _days(text: str) -> tuple[int, int]:
    """The first and the last day of interviews, written as ``90`` or ``30-150``."""
    from twoway.simulation.errors import InputError

    first, _, last = text.partition("-")
    try:
        return int(first), int(last or first)
    except ValueError:
        raise InputError(f"--interview-day {text}: write it as 90 or as 30-150") from None
