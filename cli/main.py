"""The command ``twoway``: announces the work, calls the library, and prints the result."""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from twoway.cli import compare, explore, export, listing, narrate, robustness, seminar, study, teaching, validate
from twoway.cli._options import (
    Commands,
    changed_scenario,
    command,
    days_argument,
    extension_argument,
    folder_argument,
    scenario_arguments,
    seed_argument,
    whole_number,
)
from twoway.cli._output import answer, printed_as
from twoway.simulation import SCOPE

MODULES = (listing, compare, explore, robustness, study, narrate, export, validate, seminar, teaching)
"""Modules with commands of their own, each of which adds them with its function ``add``."""
INTERRUPTED = 130
REFUSED = 2


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence with the nearest valid word and the command that shows help."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit with status 2."""
        from twoway.simulation.errors import nearest, visible

        if "invalid choice" in message and self._subparsers is not None:
            word = message.partition("invalid choice: ")[2].partition(" (choose")[0]
            commands = next(action.choices for action in self._subparsers._group_actions if action.choices)
            message = f"there is no command {word}; {nearest(word[1:-1], commands)}"
        self.exit(REFUSED, f"twoway: {visible(message)} (see `{self.prog} --help`)\n")

    def unknown(self, word: str) -> NoReturn:
        """Refuse a word that this command does not know."""
        from twoway.simulation.errors import nearest

        if word.startswith("-"):
            self.error(f"there is no option {word}; {nearest(word, self._option_string_actions)}")
        self.error(f"'{word}' is one word too many")


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top: argparse.ArgumentParser = Parser(
        prog="twoway",
        description="Simulate how client and keyworker in coercive drug treatment negotiate their relationship.",
        epilog=f"`twoway COMMAND --help` explains a command and its options. {SCOPE}",
    )
    top.add_argument("--version", action="store_true", help="print the version")
    top.set_defaults(action=print_help, parser=top)
    commands = top.add_subparsers(metavar="COMMAND")
    add(commands)
    for module in MODULES:
        module.add(commands)
    return top


def add(commands: Commands) -> None:
    """Add ``run``, ``verify``, ``show`` and ``schema``."""
    new = command(
        commands,
        "run",
        run,
        "run a scenario and write its tables and figures to a folder",
        "The tables are events (a row per exchange), days (a row per party and day) and dyads (a row per pair).",
        "twoway run strict-but-fair --replicates 20 --set context.transparency=0.2",
    )
    scenario_arguments(new)
    seed_argument(new)
    new.add_argument(
        "--replicates", default="1", metavar="N", help="number of independent repetitions of the scenario (default 1)"
    )
    days_argument(new)
    folder_argument(new, "runs/NAME")
    new.add_argument(
        "--detail",
        default="events",
        metavar="TABLE",
        help="most detailed table to save: dyads, days (and dyads) or events (all three; default)",
    )
    new.add_argument("--csv", action="store_true", help="also write the tables as CSV, with a codebook")

    new = command(
        commands,
        "verify",
        verify,
        "repeat what a folder holds and compare every value",
        "The folder may hold a run, a comparison, a study or any other result. The exit status is 0 if all values are "
        "equal, 1 if any differs.",
        "twoway verify runs/four-centres",
    )
    new.add_argument("folder", type=Path, help="folder that another command has written")
    new.add_argument(
        "--runs",
        metavar="N",
        default="50",
        help="for a study: number of its runs to repeat, drawn at random, or `all` (default 50)",
    )

    new = command(
        commands,
        "show",
        show,
        "print a scenario with every number, its unit, range and source",
        example="twoway show strict-but-fair --differences",
    )
    scenario_arguments(new)
    new.add_argument("--differences", action="store_true", help="print only what differs from the default")

    new = command(commands, "schema", schema, "print the JSON schema of scenario files, for editors", answers=False)
    new.add_argument("--out", type=Path, metavar="FILE", help="write the schema to this file, which must not exist")
    extension_argument(new, "include the numbers that this Python file declares; may be repeated")

    new = command(
        commands,
        "odd",
        odd,
        "print the tables of the ODD protocol for a scenario, in Markdown",
        "Numbers with ranges and sources, rules, coping ways, event kinds, frames, situations, sentiments "
        "and columns, as "
        "the scenario and its extensions have them: for the supplement of a paper.",
        "twoway odd four-centres > tables.md",
        answers=False,
    )
    scenario_arguments(new)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command *arguments*, or that of the command line.

    Returns
    -------
    Exit status: 0, 1 if verified tables differ, 2 if the input is wrong, 130 if interrupted.
    """
    options, unknown = parser().parse_known_args(arguments)
    if unknown:
        options.parser.unknown(unknown[0])
    status = 0
    try:
        if options.version:
            from importlib.metadata import version

            print(f"two-way-process {version('two-way-process')}")
        else:
            with printed_as(getattr(options, "json", False), getattr(options, "quiet", False)), _warnings_as_lines():
                status = options.action(options)
        sys.stdout.flush()
    except KeyboardInterrupt as stopped:
        print(f"\ntwoway: interrupted; {str(stopped) or 'nothing was written'}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
    except OSError as error:
        if error.filename is None:
            _forget_output()
        from twoway.simulation.errors import visible

        print(f"twoway: {visible(str(error.filename or 'output'))}: {error.strerror or error}", file=sys.stderr)
        return REFUSED
    except ValueError as error:
        from twoway.simulation.errors import InputError

        if not isinstance(error, InputError):
            raise
        where = f" (see `{options.parser.prog} --help`)" if str(error).startswith("--") else ""
        print(f"twoway: {error}{where}", file=sys.stderr)
        return REFUSED
    return status


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Print warnings that come up inside the block as a line each, without the source line that gave them."""

    def show(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
        from twoway.simulation.errors import visible

        print(f"twoway: {visible(str(message))}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


def _forget_output() -> None:
    """Redirect output that cannot be written, so that Python does not try again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_help(options: argparse.Namespace) -> int:
    """Print which commands there are."""
    options.parser.print_help()
    return 0


def show(options: argparse.Namespace) -> int:
    """Print a scenario in full."""
    from twoway.cli._describe import described
    from twoway.simulation.parameters.scenario import Resolved

    scenario = changed_scenario(options)
    answer(lambda: scenario.model_dump(mode="json"))
    print(described(Resolved(scenario), only_differences=options.differences))
    return 0


def schema(options: argparse.Namespace) -> int:
    """Print or write the JSON schema."""
    from twoway.simulation.errors import InputError
    from twoway.simulation.extensions import load_extension
    from twoway.simulation.parameters.scenario import json_schema, scenario_type

    kind = scenario_type(tuple(load_extension(path) for path in options.extension))
    text = json.dumps(json_schema(kind), indent=2) + "\n"
    if options.out is None:
        print(text, end="")
        return 0
    if os.path.lexists(options.out):
        raise InputError(f"{options.out}: exists already and is not overwritten")
    try:
        options.out.write_text(text, encoding="utf-8")
    except OSError as error:
        with suppress(OSError):
            options.out.unlink(missing_ok=True)
        raise InputError(f"{options.out}: cannot be written ({error.strerror})") from None
    print(f"Written: {options.out}")
    return 0


def odd(options: argparse.Namespace) -> int:
    """Print the ODD's tables."""
    from twoway.analysis.odd_tables import odd_text
    from twoway.simulation.parameters.scenario import Resolved

    print(odd_text(Resolved(changed_scenario(options))), end="")
    return 0


def run(options: argparse.Namespace) -> int:
    """Run a scenario."""
    scenario = changed_scenario(options)
    seed, replicates = whole_number("seed", options.seed), whole_number("replicates", options.replicates)
    from twoway.analysis.narrative.words.grammar import counted
    from twoway.cli._output import answer_with, folder_for
    from twoway.simulation.tables import check_seed, detail_of

    check_seed(seed, replicates)
    detail_of(options.detail)
    name = Path(options.scenario).stem
    folder = folder_for(name, options.out)
    design = scenario.design
    print(f"{scenario.title}: {scenario.question}")
    print(
        f"{counted(design.centres, 'centre')} with {counted(design.clients, 'client')} and "
        f"{counted(scenario.posts, 'keyworker')} each, {counted(design.days, 'day')}, "
        f"{counted(replicates, 'replicate')}, seed {seed}.",
        flush=True,
    )
    from twoway.experiments.runs.run import run_and_save

    result = run_and_save(
        scenario, name, folder, seed, replicates, options.detail, options.csv, os.cpu_count() or 1, progress=True
    )
    answer_with(result, folder, ["patterns"])
    print()
    print(f"{'pattern':<28}{'dyads':>7}{'share':>8}   95 % interval")
    for pattern, row in result.patterns.iterrows():
        print(f"{pattern:<28}{int(row['dyads']):>7}{row['share']:>8.0%}   {row['low']:.0%} to {row['high']:.0%}")
    print()
    for sentence in result.sentences:
        print(textwrap.fill(sentence, 100))
    print(f"Tables, figures and manifest: {folder}")
    print(SCOPE)
    return 0


def verify(options: argparse.Namespace) -> int:
    """Compute the result in a folder again; status 1 if a value differs."""
    from twoway.experiments.results.result import verify as verify_result

    sample = None if options.runs == "all" else whole_number("runs", options.runs)
    verdict = verify_result(options.folder, os.cpu_count() or 1, progress=True, sample=sample)
    answer(lambda: {"same": verdict.same, "equal": dict(verdict.equal), "changed": list(verdict.changed)})
    for line in verdict.lines():
        print(line)
    return 0 if verdict.same else 1
