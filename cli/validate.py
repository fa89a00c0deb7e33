"""The commands ``twoway validate`` and ``twoway calibrate``: the model held against facts, and fitted to some."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from twoway.cli._options import Action, whole_number
from twoway.cli._output import folder_for, make_and_tell


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
        help="find the free numbers with which the model meets the facts that are set aside for it (half an hour)",
        description="History matching on the numbers of experiments/calibration/priors.toml. It can be stopped and "
        "started again with the same options: points that were simulated are not simulated again. --waves, --last and "
        "--replicates may be larger then.",
    )
    calibrate.add_argument("--seed", default="1", help="luck: a whole number from 0 (default 1)")
    for name, (default, words) in SIZES.items():
        calibrate.add_argument(f"--{name}", default=default, help=f"{words} (default {default})")
    calibrate.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a folder that does not exist yet")


SIZES = {
    "first": ("512", "points of the first wave, spread evenly over the priors"),
    "wave": ("256", "points of each later wave"),
    "waves": ("4", "waves in all"),
    "wave-replicates": ("20", "replicates of 16 dyads per condition and point in a wave"),
    "last": ("1000", "points drawn in the end, from which the posterior sample is accepted"),
    "replicates": ("60", "replicates per condition and such a point that is not rejected after those of a wave"),
}
"""How much is simulated in a calibration: option, default, meaning."""
GROWING = ("waves", "last", "replicates")
"""Options that may be raised when a calibration goes on: what was simulated before them stays as it is."""
ASKED = "asked.json"


def calibrate(options: argparse.Namespace) -> int:
    """Calibrate the free numbers and keep what came of it."""
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
        print(f"{len(priors().names)} free numbers, {len(targets().names)} parts of facts, seed {seed}.")
        print(f"Points are kept in {kept} until all is done; the same command goes on from there.\n", flush=True)
        return make_and_tell("calibration", folder, {"seed": seed, **sizes}, kept=kept)


@contextmanager
def points_kept(folder: Path, asked: Mapping[str, int]) -> Iterator[Path]:
    """Where points are kept while a calibration is under way, removed when it is done.

    What was *asked* for may be larger in the end (``GROWING``) than what had been asked for before. Raises ``InputError``
    if another calibration's points are there.
    """
    from twoway.experiments.results.folder import replace_file
    from twoway.simulation.errors import InputError, listed

    kept = folder.with_name(f"{folder.name}.points")
    kept.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asked, sort_keys=True) + "\n"
    marker = kept / ASKED
    if marker.exists():
        before = json.loads(marker.read_text(encoding="utf-8"))
        others = [name for name in asked if name not in GROWING and before.get(name) != asked[name]]
        if others:
            told = listed([f"--{name.replace('_', '-')} {before.get(name)}" for name in others])
            raise InputError(
                f"{kept}: holds points of a calibration with {told}; go on with that, or use another --out"
            )
    if not marker.exists() and any(kept.iterdir()):
        raise InputError(f"{kept}: is not empty, and would be written to; use another --out")
    replace_file(marker, text)
    try:
        yield kept
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"points are kept in {kept}, and the same command goes on from there") from None
    for file in (*kept.glob("*.csv"), marker):
        file.unlink()
    with suppress(OSError):  # somebody has put something else there
        kept.rmdir()


def validate(options: argparse.Namespace) -> int:
    """Compute the scoreboard and keep it."""
    from twoway.analysis.render.document import as_text
    from twoway.experiments.calibration.posterior_check import check_draws
    from twoway.experiments.validation.fact_conditions import CONDITIONS
    from twoway.experiments.validation.fact_table import declared_facts
    from twoway.experiments.validation.scoreboard import LEAST_REPLICATES, PAIRS, lines
    from twoway.simulation.errors import InputError
    from twoway.simulation.tables import check_seed

    seed, replicates = whole_number("seed", options.seed), whole_number("replicates", options.replicates)
    draws = whole_number("draws", options.draws)
    check_seed(seed, replicates)
    if draws:
        check_draws(draws)
    if replicates < LEAST_REPLICATES:
        raise InputError(
            f"--replicates {replicates}: facts are judged from {LEAST_REPLICATES} replicates on (400 dyads)"
        )
    folder = folder_for("validation", options.out)
    print(
        f"{len(declared_facts())} facts, {len(CONDITIONS)} conditions with {PAIRS * replicates} dyads each, "
        f"seed {seed}.\n",
        flush=True,
    )
    arguments = {"seed": seed, "replicates": replicates}
    if draws:
        return make_and_tell(
            "posterior-check", folder, {"draws": draws, **arguments}, lambda made: [as_text(made.shown, width=110)]
        )
    return make_and_tell("scoreboard", folder, arguments, lambda made: [*lines(made.tables["scoreboard"]), ""])


DO: dict[str, Action] = {"validate": validate, "calibrate": calibrate}
