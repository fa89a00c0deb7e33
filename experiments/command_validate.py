"""The commands ``twoway validate`` and ``twoway calibrate``: the model held against facts, and fitted to some."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import Any

from experiments.command_options import Action, whole_number
from simulation import SCOPE


def add(commands: Any) -> None:
    """Add both to the command line."""
    validate = commands.add_parser(
        "validate",
        help="hold the model against published facts and print the scoreboard",
        description="Every fact is computed from at least 400 dyads per condition; misses are shown like hits.",
    )
    validate.add_argument("--seed", default="1", help="luck: a whole number from 0 (default 1)")
    validate.add_argument(
        "--replicates", default="250", help="replicates of 16 dyads per condition, at least 25 (default 250)"
    )
    validate.add_argument(
        "--draws", default="0", help="look at so many draws of the posterior sample instead of the defaults"
    )
    validate.add_argument("--out", type=Path, metavar="FOLDER", help="a folder that does not exist yet")

    calibrate = commands.add_parser(
        "calibrate",
        help="find the free numbers with which the model meets the facts that are set aside for it (about an hour)",
        description="History matching on the numbers of experiments/calibration/priors.toml. It can be stopped and "
        "started again with the same options: points that were simulated are not simulated again.",
    )
    calibrate.add_argument("--seed", default="1", help="luck: a whole number from 0 (default 1)")
    for name, (default, words) in SIZES.items():
        calibrate.add_argument(f"--{name}", default=default, help=f"{words} (default {default})")
    calibrate.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a folder that does not exist yet")


SIZES = {
    "first": ("512", "points of the first wave, spread evenly over the priors"),
    "wave": ("256", "points of each later wave"),
    "waves": ("3", "waves in all"),
    "wave-replicates": ("20", "replicates of 16 dyads per condition and point in a wave"),
    "last": ("400", "points simulated in the end, from which the posterior sample is accepted"),
    "replicates": ("60", "replicates per condition and point in the end"),
}
"""How much is simulated in a calibration: option, default, meaning."""


def calibrate(options: argparse.Namespace) -> int:
    """Calibrate the free numbers and keep what came of it."""
    import os
    import shutil

    from experiments.calibration.priors import priors
    from experiments.calibration.targets import targets
    from experiments.made import make_and_keep
    from simulation.refusal import Refusal
    from simulation.tables import check_luck

    sizes = {name.replace("-", "_"): whole_number(name, getattr(options, name.replace("-", "_"))) for name in SIZES}
    for name, size in sizes.items():
        if not 1 <= size <= 100_000:
            raise Refusal(f"--{name.replace('_', '-')} {size}: must be a whole number from 1 to 100000")
    seed, folder = whole_number("seed", options.seed), options.out
    check_luck(seed, sizes["replicates"])
    if folder.exists():
        raise Refusal(f"{folder}: exists already and is not overwritten; choose another folder with --out")
    kept = folder.with_name(f"{folder.name}.points")
    kept.mkdir(parents=True, exist_ok=True)
    print(f"{len(priors().names)} free numbers, {len(targets().names)} parts of facts, seed {seed}.")
    print(f"Points are kept in {kept} until all is done; the same command goes on from there.\n", flush=True)
    made = make_and_keep("calibration", folder, {"seed": seed, **sizes}, os.cpu_count() or 1, True, kept=kept)
    shutil.rmtree(kept)
    for sentence in made.sentences:
        print(textwrap.fill(sentence, 110, break_long_words=False, break_on_hyphens=False))
    print(f"Posterior sample, tables, figure and manifest: {folder}")
    print(SCOPE)
    return 0


def validate(options: argparse.Namespace) -> int:
    """Compute the scoreboard and keep it."""
    import os

    from analysis.pages import as_text
    from experiments.folder import free_folder
    from experiments.made import make_and_keep
    from experiments.validation.conditions import CONDITIONS
    from experiments.validation.declared import declared_facts
    from experiments.validation.scoreboard import LEAST_REPLICATES, PAIRS, lines
    from simulation.refusal import Refusal
    from simulation.tables import check_luck

    seed, replicates = whole_number("seed", options.seed), whole_number("replicates", options.replicates)
    draws = whole_number("draws", options.draws)
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
    if draws:
        made = make_and_keep("posterior-check", folder, {"draws": draws, **arguments}, os.cpu_count() or 1, True)
        print(as_text(made.shown, width=110))
    else:
        made = make_and_keep("scoreboard", folder, arguments, os.cpu_count() or 1, True)
        for line in lines(made.tables["scoreboard"]):
            print(line)
        print()
    for sentence in made.sentences:
        print(textwrap.fill(sentence, 110, break_long_words=False, break_on_hyphens=False))
    print(f"Table, figure, page and manifest: {folder}")
    print(SCOPE)
    return 0


DO: dict[str, Action] = {"validate": validate, "calibrate": calibrate}
