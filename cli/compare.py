"""The command ``twoway compare``: the same people with the same luck in several contexts."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import Any

from twoway.cli._options import Action, changes_of, set_argument, whole_number
from twoway.simulation import SCOPE


def add(commands: Any) -> None:
    """Add ``compare`` to the command line."""
    compare = commands.add_parser(
        "compare",
        help="live the same people with the same luck in several contexts, and say what that makes of them",
        description="A scenario may change on the way: strict-and-opaque@60:strict-but-fair is the one until day 59 "
        "and the other from the morning of day 60 on; ordinary@60:context.control=5 changes a number from then on, "
        "ordinary:context.control=5 from the start.",
    )
    compare.add_argument("scenario", nargs="+", help="scenarios; each later one is compared with the first")
    set_argument(compare)
    compare.add_argument("--seed", default="1", help="luck: a whole number from 0 (default 1)")
    compare.add_argument("--days", help="length of every stay, in days")
    compare.add_argument(
        "--precision", default="0.02", help="half the width that every interval shall have at most (default 0.02)"
    )
    compare.add_argument("--most", default="2000", help="stop after so many replicates even so (default 2000)")
    compare.add_argument("--replicates", help="make exactly so many replicates, whatever the precision")
    compare.add_argument("--out", type=Path, metavar="FOLDER", help="a folder that does not exist yet")


def compare(options: argparse.Namespace) -> int:
    """Compare scenarios: the same people with the same luck in each."""
    from twoway.analysis.narrative.words.grammar import counted
    from twoway.experiments.comparison.compare import replicate_bounds
    from twoway.experiments.comparison.schedule import check_comparable, course
    from twoway.experiments.results.folder import free_folder
    from twoway.simulation.errors import InputError

    courses = [course(text, changes_of(options)) for text in options.scenario]
    check_comparable(courses)
    seed, most = whole_number("seed", options.seed), whole_number("most", options.most)
    replicates = None if options.replicates is None else whole_number("replicates", options.replicates)
    try:
        precision = float(options.precision)
    except ValueError:
        raise InputError(f"--precision {options.precision}: must be a share such as 0.02") from None
    replicate_bounds(seed, precision, replicates, most)
    folder = options.out if options.out is not None else free_folder("comparison")
    if folder.exists():
        raise InputError(f"{folder}: exists already and is not overwritten; choose another folder with --out")
    design = courses[0].scenario.design
    many = f"until every interval is within ±{100 * precision:g} points, at most {counted(most, 'replicate')}"
    if replicates is not None:
        many = counted(replicates, "replicate")
    print(
        f"The same people with the same luck in {counted(len(courses), 'context')}: "
        f"{', '.join(one.name for one in courses)}.\n"
        f"{counted(design.centres, 'centre')} with {counted(design.clients, 'client')} each, "
        f"{counted(design.days, 'day')}, seed {seed}, {many}.\n",
        flush=True,
    )
    from twoway.experiments.comparison.compare import compare as live_in_each
    from twoway.experiments.comparison.save import keep_comparison
    from twoway.experiments.comparison.text import answer, partings_in_words, tables_in_lines

    result = live_in_each(courses, seed, precision, replicates, most, progress=True)
    keep_comparison(result, folder)
    for sentence in (*answer(result), *partings_in_words(result)):
        print(textwrap.fill(sentence, 110, break_long_words=False, break_on_hyphens=False))
    print()
    for line in tables_in_lines(result):
        print(line)
    print(f"Tables, figures and manifest: {folder}")
    print(SCOPE)
    return 0


DO: dict[str, Action] = {"compare": compare}
