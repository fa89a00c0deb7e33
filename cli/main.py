"""The command ``twoway``: says what it will do, calls the library, and says what came of it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from twoway.cli import compare, explore, narrate, robustness, seminar, study, teaching, validate
from twoway.cli._options import Action, changed_scenario, scenario_arguments, whole_number
from twoway.simulation import SCOPE

MODULES = (compare, explore, robustness, study, narrate, validate, seminar, teaching)
"""Modules with commands of their own: each adds them with ``add`` and says in ``DO`` what they do."""
INTERRUPTED = 130
REFUSED = 2


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, with the nearest valid word."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is; exit with status 2."""
        if "invalid choice" in message and self._subparsers is not None:
            from twoway.simulation.errors import nearest

            word = message.partition("invalid choice: ")[2].partition(" (choose")[0]
            commands = next(action.choices for action in self._subparsers._group_actions if action.choices)
            message = f"there is no command {word}; {nearest(word[1:-1], commands)}"
        self.exit(REFUSED, f"twoway: {message} (see `{self.prog} --help`)\n")


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = Parser(
        prog="twoway",
        description="How client and keyworker in coercive drug treatment negotiate what their relationship is.",
        epilog=SCOPE,
    )
    top.add_argument("--version", action="store_true", help="say which version this is")
    commands = top.add_subparsers(dest="command", metavar="command")
    commands.add_parser("scenarios", help="list the scenarios with their questions")

    show = commands.add_parser("show", help="print a scenario as it would be run, with units and sources")
    scenario_arguments(show)
    show.add_argument("--differences", action="store_true", help="only what differs from the default")

    schema = commands.add_parser("schema", help="print the JSON schema of scenario files, for editors")
    schema.add_argument("--out", type=Path, metavar="FILE", help="write it to a file that does not exist yet")

    run = commands.add_parser("run", help="run a scenario and write a folder of tables and figures")
    scenario_arguments(run)
    run.add_argument("--seed", default="1", help="luck: a whole number from 0 (default 1)")
    run.add_argument("--replicates", default="1", help="how often the whole scenario is repeated (default 1)")
    run.add_argument("--days", help="length of every stay, in days")
    run.add_argument("--out", type=Path, metavar="FOLDER", help="a folder that does not exist yet (default runs/NAME)")
    run.add_argument("--keep", default="events", help="dyads, days or events: how much is written (default events)")
    run.add_argument("--csv", action="store_true", help="write CSV as well, with a codebook")

    verify = commands.add_parser("verify", help="make a run, comparison or study again and say whether all is equal")
    verify.add_argument("folder", type=Path, help="the folder of a run, comparison or study")
    verify.add_argument("--runs", metavar="N", default="50", help="how many runs of a study, drawn at random, or all")
    for module in MODULES:
        module.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its status: 0, 1 if tables differ, 2 for what cannot be done, 130 if interrupted."""
    options = parser().parse_args(arguments)
    status = 0
    try:
        if options.version:
            from importlib.metadata import version

            print(f"two-way-process {version('two-way-process')}")
        elif options.command is None:
            parser().print_help()
        else:
            status = DO[options.command](options)
        sys.stdout.flush()
    except KeyboardInterrupt as stopped:
        print(f"\ntwoway: interrupted; {str(stopped) or 'nothing was written'}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
    except OSError as error:
        if error.filename is None:
            _forget_output()
        print(f"twoway: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        return REFUSED
    except ValueError as error:
        from twoway.simulation.errors import InputError

        if not isinstance(error, InputError):
            raise
        print(f"twoway: {error}", file=sys.stderr)
        return REFUSED
    return status


def _forget_output() -> None:
    """Let go of output that cannot be written, so that Python does not try again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def scenarios(options: argparse.Namespace) -> int:
    """List the shipped scenarios."""
    from twoway.simulation.parameters.scenario import load, shipped_names

    names = shipped_names()
    width = max(len(name) for name in names)
    for name in names:
        text = textwrap.fill(load(name).question, 100, subsequent_indent=" " * (width + 2))
        print(f"{name:<{width}}  {text}")
    print("\nSee one in full with `twoway show NAME`; run it with `twoway run NAME`.")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print a scenario in full."""
    from twoway.cli._describe import described
    from twoway.simulation.parameters.scenario import Resolved

    scenario = changed_scenario(options)
    print(described(Resolved(scenario), only_differences=options.differences))
    return 0


def schema(options: argparse.Namespace) -> int:
    """Print or write the JSON schema."""
    from twoway.simulation.errors import InputError
    from twoway.simulation.parameters.scenario import json_schema

    text = json.dumps(json_schema(), indent=2) + "\n"
    if options.out is None:
        print(text, end="")
        return 0
    if options.out.exists():
        raise InputError(f"{options.out}: exists already and is not overwritten")
    try:
        options.out.write_text(text, encoding="utf-8")
    except OSError as error:
        with suppress(OSError):
            options.out.unlink(missing_ok=True)
        raise InputError(f"{options.out}: cannot be written ({error.strerror})") from None
    print(f"Written: {options.out}")
    return 0


def run(options: argparse.Namespace) -> int:
    """Run a scenario."""
    scenario = changed_scenario(options)
    seed, replicates = whole_number("seed", options.seed), whole_number("replicates", options.replicates)
    from twoway.analysis.narrative.words.grammar import counted
    from twoway.simulation.tables import check_seed, detail_of

    check_seed(seed, replicates)
    detail_of(options.keep)
    from twoway.experiments.results.folder import free_folder
    from twoway.simulation.errors import InputError

    name = Path(options.scenario).stem
    folder = options.out if options.out is not None else free_folder(name)
    if folder.exists():
        raise InputError(f"{folder}: exists already and is not overwritten; choose another folder with --out")
    design = scenario.design
    print(f"{scenario.title}: {scenario.question}")
    print(
        f"{counted(design.centres, 'centre')} with {counted(design.clients, 'client')} and "
        f"{counted(scenario.posts, 'keyworker')} each, {counted(design.days, 'day')}, "
        f"{counted(replicates, 'replicate')}, seed {seed}.",
        flush=True,
    )
    from twoway.experiments.runs.run import in_words, simulate

    outcome = simulate(
        scenario, name, folder, seed, replicates, options.keep, options.csv, os.cpu_count() or 1, progress=True
    )
    print()
    print(f"{'pattern':<28}{'dyads':>7}{'share':>8}   95 % interval")
    for pattern, row in outcome.patterns.iterrows():
        print(f"{pattern:<28}{int(row['dyads']):>7}{row['share']:>8.0%}   {row['low']:.0%} to {row['high']:.0%}")
    print()
    for sentence in in_words(outcome):
        print(textwrap.fill(sentence, 100))
    print(f"Tables, figures and manifest: {folder}")
    print(SCOPE)
    return 0


def verify(options: argparse.Namespace) -> int:
    """Make a run, a comparison or a study again; status 1 if something differs."""
    from twoway.experiments.comparison.save import is_comparison, verify_comparison
    from twoway.experiments.results.result import is_made, verify_made
    from twoway.experiments.studies.store import is_study

    if is_study(options.folder):
        return study.verify(options.folder, None if options.runs == "all" else whole_number("runs", options.runs))
    from twoway.experiments.runs.run import verify as run_again

    again = run_again
    if is_comparison(options.folder):
        again = verify_comparison
    elif is_made(options.folder):
        again = verify_made
    verdict = again(options.folder, os.cpu_count() or 1, progress=True)
    for change in verdict.changed:
        print(f"Changed since: {change}.")
    for table, equal in verdict.equal.items():
        print(f"{table}: {'equal' if equal else 'DIFFERENT'}")
    same = all(verdict.equal.values())
    print("Every table is equal." if same else "Not every table is equal.")
    return 0 if same else 1


DO: dict[str, Action] = {"scenarios": scenarios, "show": show, "schema": schema, "run": run, "verify": verify}
for _module in MODULES:
    DO |= _module.DO
