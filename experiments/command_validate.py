"""The command ``twoway validate``: the model held against published facts."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import Any

from experiments.command_options import Action, whole_number
from simulation import SCOPE


def add(commands: Any) -> None:
    """Add ``validate`` to the command line."""
    validate = commands.add_parser(
        "validate",
        help="hold the model against published facts and print the scoreboard",
        description="Every fact is computed from at least 400 dyads per condition; misses are shown like hits.",
    )
    validate.add_argument("--seed", default="1", help="luck: a whole number from 0 (default 1)")
    validate.add_argument(
        "--replicates", default="250", help="replicates of 16 dyads per condition, at least 25 (default 250)"
    )
    validate.add_argument("--out", type=Path, metavar="FOLDER", help="a folder that does not exist yet")


def validate(options: argparse.Namespace) -> int:
    """Compute the scoreboard and keep it."""
    import os

    from experiments.folder import free_folder
    from experiments.made import make_and_keep
    from experiments.validation.conditions import CONDITIONS
    from experiments.validation.declared import declared_facts
    from experiments.validation.scoreboard import LEAST_REPLICATES, PAIRS, lines
    from simulation.refusal import Refusal
    from simulation.tables import check_luck

    seed, replicates = whole_number("seed", options.seed), whole_number("replicates", options.replicates)
    check_luck(seed, replicates)
    if replicates < LEAST_REPLICATES:
        raise Refusal(f"--replicates {replicates}: facts are judged from {LEAST_REPLICATES} replicates on (400 dyads)")
    folder = options.out if options.out is not None else free_folder("validation")
    if folder.exists():
        raise Refusal(f"{folder}: exists already and is not overwritten; choose another folder with --out")
    print(
        f"{len(declared_facts())} facts, {len(CONDITIONS)} conditions with {PAIRS * replicates} dyads each, "
        f"seed {seed}.\n",
        flush=True,
    )
    arguments = {"seed": seed, "replicates": replicates}
    made = make_and_keep("scoreboard", folder, arguments, os.cpu_count() or 1, progress=True)
    for line in lines(made.tables["scoreboard"]):
        print(line)
    print()
    for sentence in made.sentences:
        print(textwrap.fill(sentence, 110, break_long_words=False, break_on_hyphens=False))
    print(f"Table, figure, page and manifest: {folder}")
    print(SCOPE)
    return 0


DO: dict[str, Action] = {"validate": validate}
