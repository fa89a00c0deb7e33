"""The commands ``twoway ablate`` and ``twoway robustness``: which parts matter, and do conclusions hold?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from twoway.cli._options import (
    Commands,
    command,
    days_argument,
    folder_argument,
    seed_argument,
    whole_number,
)
from twoway.cli._output import compute_and_print, folder_for


def add(commands: Commands) -> None:
    """Add both commands to the command line."""
    new = command(
        commands,
        "ablate",
        ablate,
        "remove the four dimensions and each rule, one at a time, and say how the patterns change",
        "What is removed, and how, is listed in experiments/validation/ablations.toml. Runs with and without a part "
        "use common random numbers.",
        "twoway ablate --replicates 5 --days 60",
    )
    _arguments(new, "100", "ablation")
    new = command(
        commands,
        "robustness",
        robustness,
        "test whether claims about context hold under other sentiments, equations, frames, rules and parameters",
        "The claims are listed in experiments/derived/claims.toml. In each variant of the model, both contexts of a "
        "claim use common random numbers.",
        "twoway robustness --replicates 7 --resamples 2 --draws 5 --days 60",
    )
    _arguments(new, "40", "robustness")
    new.add_argument(
        "--resamples",
        default="20",
        metavar="N",
        help="number of variants with sentiments of a resampled group of raters (default 20)",
    )
    new.add_argument(
        "--posterior",
        type=Path,
        metavar="CSV",
        help="parameter draws, one per row, in columns such as learning.perceptual_noise (default: the posterior "
        "sample of the calibration)",
    )
    new.add_argument("--draws", default="50", metavar="N", help="number of parameter draws to try (default 50)")


def _arguments(parser: argparse.ArgumentParser, replicates: str, folder: str) -> None:
    parser.add_argument("--scenario", default="ordinary", help="name, or path of a .toml file (default ordinary)")
    parser.add_argument(
        "--replicates", default=replicates, metavar="N", help=f"number of replicates of each run (default {replicates})"
    )
    seed_argument(parser)
    days_argument(parser)
    folder_argument(parser, f"runs/{folder}")


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    """The arguments that both commands share, checked before the work is announced."""
    from twoway.experiments.results.result import check_replicates
    from twoway.simulation.parameters.scenario import load

    asked = {
        "scenario": options.scenario,
        "seed": whole_number("seed", options.seed),
        "replicates": whole_number("replicates", options.replicates),
        "days": None if options.days is None else whole_number("days", options.days),
    }
    load(asked["scenario"])
    check_replicates(asked["seed"], asked["replicates"])
    return asked


def ablate(options: argparse.Namespace) -> int:
    """Remove each part of the model in turn."""
    from twoway.experiments.validation.ablation_table import ablations

    asked = _asked(options)
    count = len(ablations().removal)
    print(
        f"{asked['scenario']}: each of {count} parts of the model is removed in turn, {asked['replicates']} replicates "
        f"each, seed {asked['seed']}; some parts are also removed in the scenario in which they should matter.\n",
        flush=True,
    )
    return compute_and_print("ablation", folder_for("ablation", options.out), asked)


def robustness(options: argparse.Namespace) -> int:
    """Test each claim in each variant of the model."""
    from twoway.experiments.calibration.posterior import POSTERIOR
    from twoway.experiments.derived.robustness import claims, posterior_draws, variants
    from twoway.simulation.errors import InputError
    from twoway.simulation.parameters.scenario import load

    asked = _asked(options)
    resamples, draws = whole_number("resamples", options.resamples), whole_number("draws", options.draws)
    for name, number in (("resamples", resamples), ("draws", draws)):
        if not 0 <= number <= 100_000:
            raise InputError(f"--{name} {number}: must be a whole number from 0 to 100000")
    file = options.posterior or (POSTERIOR if POSTERIOR.is_file() else None)
    posterior = posterior_draws(file, draws) if file is not None and draws > 0 else None
    asked |= {"resamples": resamples, "posterior": posterior}
    count = len(variants(load(asked["scenario"]), resamples, posterior))
    print(
        f"{len(claims())} claims about context in {count} variants of the model, {asked['replicates']} replicates "
        f"each, seed {asked['seed']}.\n",
        flush=True,
    )
    return compute_and_print("robustness", folder_for("robustness", options.out), asked)
