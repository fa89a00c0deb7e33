"""The commands ``twoway ablate`` and ``twoway robustness``: what makes the patterns, and do the conclusions stand?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from twoway.cli._options import Action, whole_number
from twoway.cli._output import folder_for, make_and_tell


def add(commands: Any) -> None:
    """Add both commands to the command line."""
    ablate = commands.add_parser(
        "ablate",
        help="take out the four dimensions and each rule, one at a time, and say what that does to the patterns",
        description="What is taken out, and how, stands in experiments/derived/ablations.toml. The same people live with the "
        "same luck with and without it.",
    )
    _arguments(ablate, "100")
    robustness = commands.add_parser(
        "robustness",
        help="say whether claims about context stand under other sentiments, equations, frames, thresholds and draws",
        description="What is claimed stands in experiments/derived/claims.toml. In each variant of the model the same people "
        "live with the same luck in both contexts of a claim.",
    )
    _arguments(robustness, "40")
    robustness.add_argument("--resamples", default="20", help="how many other samples of raters (default 20)")
    robustness.add_argument(
        "--posterior",
        type=Path,
        metavar="CSV",
        help="draws of parameters, a row each, in columns such as learning.perceptual_noise (default: those of the calibration, "
        "if there are any)",
    )
    robustness.add_argument("--draws", default="50", help="how many of these draws are tried (default 50)")


def _arguments(command: argparse.ArgumentParser, replicates: str) -> None:
    command.add_argument("--scenario", default="ordinary", help="name, or path of your own .toml (default ordinary)")
    command.add_argument(
        "--replicates", default=replicates, help=f"how often each run is repeated (default {replicates})"
    )
    command.add_argument("--seed", default="1", help="luck: a whole number from 0 (default 1)")
    command.add_argument("--days", help="length of every stay, in days (default: the scenario's)")
    command.add_argument("--out", type=Path, metavar="FOLDER", help="a folder that does not exist yet")


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    """The arguments that both commands share, refused before anything is said of what will be done."""
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
    """Take out each part of the model in turn."""
    from twoway.experiments.derived.ablation_table import ablations

    asked = _asked(options)
    count = len(ablations().removal)
    print(
        f"{asked['scenario']}: each of {count} parts of the model taken out in turn, {asked['replicates']} replicates "
        f"each, seed {asked['seed']}; some also in the scenario in which they should matter.\n",
        flush=True,
    )
    return make_and_tell("ablation", folder_for("ablation", options.out), asked)


def robustness(options: argparse.Namespace) -> int:
    """Try each claim in each variant of the model."""
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
    return make_and_tell("robustness", folder_for("robustness", options.out), asked)


DO: dict[str, Action] = {"ablate": ablate, "robustness": robustness}
