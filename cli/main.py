"""The command ``twoway``: announces the work, calls the library, and prints the result."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from twoway.cli import (
    compare,
    completion,
    explore,
    export,
    listing,
    narrate,
    robustness,
    seminar,
    study,
    teaching,
    validate,
)
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
from twoway.cli._output import (
    answer,
    check_memory,
    ended_as_by_ctrl_c,
    hush_matplotlib,
    printed_as,
    standard_streams,
)
from twoway.simulation import SCOPE

MODULES = (listing, compare, explore, robustness, study, narrate, export, validate, seminar, teaching, completion)
"""Modules with commands of their own, each of which adds them with its function ``add``."""
INTERRUPTED = 130
REFUSED = 2


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence with the nearest valid word and the command that shows help."""

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        """Parse as argparse does, and remember what was given.

        Parameters
        ----------
        args, namespace
            As of ``argparse.ArgumentParser``.
        """
        self._given = [*(sys.argv[1:] if args is None else args)]
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print the error and exit with status 2."""
        from twoway.simulation.errors import nearest, visible

        if "arguments are required" in message:  # if an option is misspelt, that is what is wrong
            for word in self._given:
                if word.startswith("--") and not self._get_option_tuples(word.partition("=")[0]):
                    self.unknown(word)
        found = re.match(r"argument (?P<name>\S+): invalid choice: (?P<word>'.*'|\".*\") \(choose from", message)
        action = next((one for one in self._actions if found and one.choices and found["name"] in _names(one)), None)
        if found and action is not None and action.choices:
            what = "there is no command" if isinstance(action, argparse._SubParsersAction) else f"{found['name']}:"
            message = f"{what} {found['word']}; {nearest(found['word'][1:-1], action.choices)}"
        self.exit(REFUSED, f"twoway: {visible(message)} (see `{self.prog} --help`)\n")

    def unknown(self, word: str) -> NoReturn:
        """Refuse a word that this command does not know."""
        from twoway.simulation.errors import nearest

        if word.startswith("-"):
            option = word.partition("=")[0]
            hint = nearest(option.strip("-"), [name[2:] for name in self._option_string_actions if name[:2] == "--"])
            self.error(f"there is no option {option}; " + WORD.sub("'--", hint))
        self.error(f"'{word}' is one word too many")


WORD = re.compile(r"'(?=\w)")
"""The beginning of a quoted word."""


def _names(action: argparse.Action) -> list[str]:
    """The names that argparse may call an argument by in its errors."""
    return [*action.option_strings, "/".join(action.option_strings), str(action.metavar), action.dest]


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top: argparse.ArgumentParser = Parser(
        prog="twoway",
        description="Simulate how client and keyworker in coercive drug treatment negotiate their relationship.",
        epilog=f"`twoway COMMAND --help` explains a command and its options. {SCOPE}",
    )
    top.add_argument("--version", action="store_true", help="print the version")
    top.set_defaults(action=print_top, parser=top)
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
    new.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the schema to this file, which must not exist (default: print it)",
    )
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
    if "_ARGCOMPLETE" in os.environ:  # a shell asks what could come next
        completion.complete(parser())
    with standard_streams(), ended_as_by_ctrl_c(), _warnings_as_lines():
        try:
            options, unknown = parser().parse_known_args(arguments)
            if unknown:
                options.parser.unknown(unknown[0])
            if options.action is not print_top:
                check_memory()
                hush_matplotlib()
            with printed_as(getattr(options, "json", False), getattr(options, "quiet", False)):
                status: int = options.action(options)
            sys.stdout.flush()
        except KeyboardInterrupt as stopped:
            print(f"\ntwoway: interrupted; {str(stopped) or 'nothing was written'}", file=sys.stderr)
            return INTERRUPTED
        except Exception as error:
            sentence = refusal(error, options)
            if not sentence:
                raise
            print(f"twoway: {sentence}", file=sys.stderr)
            return REFUSED
    return status


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Print warnings that come up inside the block as a line each, without the source line that gave them."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        from twoway.simulation.errors import visible

        print(f"twoway: {visible(str(message))}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


def refusal(error: Exception, options: argparse.Namespace) -> str:
    """What went wrong, in a sentence; empty if it is a mistake in the package, whose traceback is wanted.

    Parameters
    ----------
    error
        What ended the command.
    options
        Options of the command.
    """
    from twoway.simulation.errors import InputError, visible

    if isinstance(error, InputError):
        return f"{error} (see `{options.parser.prog} --help`)" if str(error).startswith("--") else str(error)
    words = str(error)
    if isinstance(error, MemoryError) or any(phrase in words for phrase in NO_MEMORY):
        return "there is too little memory for this; free some, or ask for fewer replicates or days"
    if isinstance(error, OSError):
        said = str(error.strerror or error)
        return visible(f"{error.filename}: {said}" if error.filename else said)
    return ""


NO_MEMORY = ("Cannot allocate memory", "cannot allocate memory", "failed to map segment", "can't start new thread")
"""What libraries say when there is no memory left, each in an error of its own kind."""


def print_top(options: argparse.Namespace) -> int:
    """Print the version, or which commands there are."""
    if options.version:
        from importlib.metadata import version

        print(f"two-way-process {version('two-way-process')}")
    else:
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
    from twoway.simulation.extensions import load_extension
    from twoway.simulation.parameters.scenario import json_schema, scenario_type

    kind = scenario_type(tuple(load_extension(path) for path in options.extension))
    text = json.dumps(json_schema(kind), indent=2) + "\n"
    if options.out is None:
        print(text, end="")
        return 0
    from twoway.experiments.results.folder import write_new_file

    write_new_file(options.out, text)
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
