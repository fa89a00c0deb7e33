"""The command ``twoway compare``: the same people in several scenarios, with common random numbers."""

from __future__ import annotations

import argparse
import textwrap

from twoway.cli._options import (
    Commands,
    changes_of,
    command,
    days_argument,
    folder_argument,
    number,
    seed_argument,
    set_argument,
    whole_number,
)
from twoway.cli._output import answer_with, folder_for
from twoway.simulation import SCOPE


def add(commands: Commands) -> None:
    """Add ``compare`` to the command line."""
    new = command(
        commands,
        "compare",
        compare,
        "simulate the same people in several scenarios and say how the outcomes differ",
        "All scenarios use common random numbers, so that differences are due to the scenarios. A scenario may change "
        "on the way: strict-and-opaque@60:strict-but-fair changes to the second scenario in the morning of day 60; "
        "ordinary@60:context.control=5 changes a number then, ordinary:context.control=5 from the start.",
        "twoway compare strict-and-opaque strict-but-fair",
    )
    new.add_argument("scenario", nargs="+", help="scenarios; the second and later ones are compared with the first")
    set_argument(new, "all scenarios")
    seed_argument(new)
    days_argument(new)
    new.add_argument(
        "--precision",
        default="0.02",
        metavar="SHARE",
        help="target half-width of the 95 %% intervals, as a share; replicates are added until it is reached "
        "(default 0.02)",
    )
    new.add_argument("--most", default="2000", metavar="N", help="maximum number of replicates (default 2000)")
    new.add_argument("--replicates", metavar="N", help="exact number of replicates, instead of a precision")
    new.add_argument(
        "--outcome",
        action="append",
        metavar="NAME",
        help="compare this outcome beside the patterns (see `twoway list outcomes`); may be repeated",
    )
    folder_argument(new, "runs/comparison")


def compare(options: argparse.Namespace) -> int:
    """Compare scenarios."""
    from twoway.analysis.narrative.words.grammar import counted
    from twoway.experiments.comparison.compare import replicate_bounds
    from twoway.experiments.comparison.paired_outcomes import OUTCOMES, declared_outcomes
    from twoway.experiments.comparison.schedule import check_comparable, parse_schedule

    schedules = [parse_schedule(text, changes_of(options)) for text in options.scenario]
    check_comparable(schedules)
    seed, most = whole_number("seed", options.seed), whole_number("most", options.most)
    replicates = None if options.replicates is None else whole_number("replicates", options.replicates)
    precision = number("precision", options.precision, "0.02")
    replicate_bounds(seed, precision, replicates, most)
    outcomes = OUTCOMES if options.outcome is None else tuple(options.outcome)
    declared_outcomes(outcomes, [schedule.scenario for schedule in schedules])
    folder = folder_for("comparison", options.out)
    design = schedules[0].scenario.design
    many = f"until every interval is within ±{100 * precision:g} points, at most {counted(most, 'replicate')}"
    if replicates is not None:
        many = counted(replicates, "replicate")
    print(
        f"The same people, with common random numbers, in {counted(len(schedules), 'scenario')}: "
        f"{', '.join(one.name for one in schedules)}.\n"
        f"{counted(design.centres, 'centre')} with {counted(design.clients, 'client')} each, "
        f"{counted(design.days, 'day')}, seed {seed}, {many}.\n",
        flush=True,
    )
    from twoway.experiments.comparison.compare import compare as compare_schedules
    from twoway.experiments.comparison.text import table_lines

    result = compare_schedules(schedules, seed, precision, replicates, most, progress=True, outcomes=outcomes)
    result.save(folder)
    answer_with(result, folder)
    for sentence in result.sentences:
        print(textwrap.fill(sentence, 110, break_long_words=False, break_on_hyphens=False))
    print()
    for line in table_lines(result):
        print(line)
    print(f"Tables, figures and manifest: {folder}")
    print(SCOPE)
    return 0
