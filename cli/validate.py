"""The commands ``twoway validate`` and ``twoway calibrate``: the model compared with facts, and fitted to some."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from twoway.cli._options import Commands, command, folder_argument, seed_argument, whole_number
from twoway.cli._output import compute_and_print, folder_for


def add(commands: Commands) -> None:
    """Add both to the command line."""
    new = command(
        commands,
        "validate",
        validate,
        "compare the model with published facts and print the scoreboard",
        "Every fact is computed from at least 400 pairs per condition. Facts that are missed are shown like those that "
        "are met.",
        "twoway validate --replicates 25",
    )
    seed_argument(new)
    new.add_argument(
        "--replicates",
        default="250",
        metavar="N",
        help="number of replicates of 16 pairs per condition, at least 25 (default 250)",
    )
    new.add_argument(
        "--draws",
        default="0",
        metavar="N",
        help="number of draws from the posterior sample to evaluate instead of the default parameters (default 0: the "
        "defaults)",
    )
    new.add_argument(
        "--trade-offs",
        default="0",
        metavar="N",
        help="number of points, at least 40, at which to ask which facts stand against each other (default 0: none)",
    )
    folder_argument(new, "runs/validation")

    new = command(
        commands,
        "calibrate",
        calibrate,
        "fit the free parameters to the facts set aside for calibration (history matching, over an hour)",
        "The free parameters and their ranges are in experiments/calibration/priors.toml. A calibration can be "
        "interrupted: the same command continues it, and does not simulate a point twice. --waves, --last and "
        "--replicates may then be larger.",
        "twoway calibrate --out runs/calibration",
    )
    seed_argument(new)
    for name, (default, words) in SIZES.items():
        new.add_argument(f"--{name}", default=default, metavar="N", help=f"{words} (default {default})")
    new.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="output folder, which must not exist")


SIZES = {
    "first": ("512", "number of points in the first wave, spread evenly over the priors"),
    "wave": ("256", "number of points in each later wave"),
    "waves": ("4", "total number of waves"),
    "wave-replicates": ("20", "replicates of 16 pairs per condition and point in a wave"),
    "last": ("1000", "number of candidate points for the posterior sample"),
    "replicates": ("60", "replicates per condition for candidates that survive the first check"),
}
"""Sizes of a calibration: option, default, meaning."""
GROWING = ("waves", "last", "replicates")
"""Options that may be larger when a calibration is continued; earlier simulations stay valid."""
ASKED = "asked.json"


def calibrate(options: argparse.Namespace) -> int:
    """Calibrate the free parameters and save the result."""
    from twoway.experiments.calibration.priors import priors
    from twoway.experiments.calibration.targets import targets
    from twoway.simulation.errors import InputError
    from twoway.simulation.tables import check_seed

    sizes = {name.replace("-", "_"): whole_number(name, getattr(options, name.replace("-", "_"))) for name in SIZES}
    for name, size in sizes.items():
        if not 1 <= size <= 100_000:
            raise InputError(f"--{name.replace('_', '-')} {size}: must be a whole number from 1 to 100000")
    seed = whole_number("seed", options.seed)
    check_seed(seed, sizes["replicates"])
    folder = folder_for("calibration", options.out)
    with points_kept(folder, {"seed": seed, **sizes}) as kept:
        print(f"{len(priors().names)} free parameters, {len(targets().names)} parts of facts, seed {seed}.")
        print(f"Points are saved in {kept} until the end; the same command continues from there.\n", flush=True)
        return compute_and_print("calibration", folder, {"seed": seed, **sizes, "points_folder": kept})


@contextmanager
def points_kept(folder: Path, asked: Mapping[str, int]) -> Iterator[Path]:
    """The folder of the simulated points while a calibration runs; it is removed at the end.

    Parameters
    ----------
    folder
        Output folder of the calibration; that of the points is beside it, with the ending ".points".
    asked
        Seed and sizes of the calibration. To continue one, those in ``GROWING`` may differ from what they were.

    Raises
    ------
    InputError
        If the folder of the points holds those of another calibration, or something else.
    """
    from twoway.experiments.results.folder import replace_file
    from twoway.experiments.results.manifest import read_json
    from twoway.simulation.errors import InputError, listed

    kept = folder.with_name(f"{folder.name}.points")
    kept.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asked, sort_keys=True) + "\n"
    marker = kept / ASKED
    if os.path.lexists(marker):
        before = read_json(marker)
        if not isinstance(before, dict):
            raise InputError(f"{marker}: is damaged (it holds no fields); delete {kept}, and begin anew")
        others = [name for name in asked if name not in GROWING and before.get(name) != asked[name]]
        if others:
            told = listed([f"--{name.replace('_', '-')} {before.get(name)}" for name in others])
            raise InputError(
                f"{kept}: holds points of a calibration with {told}; continue that one, or choose another --out"
            )
    if not os.path.lexists(marker) and any(kept.iterdir()):
        raise InputError(f"{kept}: is needed for points, but is not empty; choose another folder with --out")
    replace_file(marker, text)
    try:
        yield kept
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"the points are saved in {kept}, and the same command continues from there") from None
    for file in (*kept.glob("*.csv"), marker):
        file.unlink()
    with suppress(OSError):  # somebody has put something else there
        kept.rmdir()


def validate(options: argparse.Namespace) -> int:
    """Compute the scoreboard and save it."""
    from twoway.analysis.render.document import as_text
    from twoway.experiments.calibration.posterior_check import check_draws
    from twoway.experiments.calibration.trade_offs import check_points
    from twoway.experiments.validation.fact_conditions import CONDITIONS
    from twoway.experiments.validation.fact_table import declared_facts
    from twoway.experiments.validation.scoreboard import LEAST_REPLICATES, PAIRS, scoreboard_lines
    from twoway.simulation.errors import InputError
    from twoway.simulation.tables import check_seed

    seed, replicates = whole_number("seed", options.seed), whole_number("replicates", options.replicates)
    draws, points = whole_number("draws", options.draws), whole_number("trade-offs", options.trade_offs)
    check_seed(seed, replicates)
    if draws and points:
        raise InputError("--draws and --trade-offs are two questions; ask one at a time")
    check_points(points)
    if draws:
        check_draws(draws)
    if replicates < LEAST_REPLICATES:
        raise InputError(f"--replicates {replicates}: must be at least {LEAST_REPLICATES} (400 dyads) to judge a fact")
    folder = folder_for("validation", options.out)
    print(
        f"{len(declared_facts())} facts, {len(CONDITIONS)} conditions with {PAIRS * replicates} dyads each, "
        f"seed {seed}.\n",
        flush=True,
    )
    arguments = {"seed": seed, "replicates": replicates}
    if points:
        return compute_and_print(
            "trade-offs", folder, {"points": points, **arguments}, lambda result: [as_text(result.shown, width=110)]
        )
    if draws:
        return compute_and_print(
            "posterior-check", folder, {"draws": draws, **arguments}, lambda result: [as_text(result.shown, width=110)]
        )
    return compute_and_print(
        "scoreboard", folder, arguments, lambda result: [*scoreboard_lines(result.tables["scoreboard"]), ""]
    )
