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
from typing import TYPE_CHECKING, NoReturn

from experiments import command_tell
from simulation import SCOPE

if TYPE_CHECKING:
    from simulation.scenario import Scenario

INTERRUPTED = 130
REFUSED = 2


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, with the nearest valid word."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is; exit with status 2."""
        if "invalid choice" in message and self._subparsers is not None:
            from simulation.refusal import nearest

            word = message.partition("invalid choice: ")[2].partition(" (choose")[0]
            message = f"there is no command {word}; {nearest(word[1:-1], COMMANDS)}"
        self.exit(REFUSED, f"twoway: {message} (see `{self.prog} --help`)\n")


COMMANDS = (
    "scenarios", "show", "schema", "run", "compare", "verify", "story", "interview", "why", "measures", "report",
)  # fmt: skip


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
    _scenario_arguments(show)
    show.add_argument("--differences", action="store_true", help="only what differs from the default")

    schema = commands.add_parser("schema", help="print the JSON schema of scenario files, for editors")
    schema.add_argument("--out", type=Path, metavar="FILE", help="write it to a file that does not exist yet")

    run = commands.add_parser("run", help="run a scenario and write a folder of tables and figures")
    _scenario_arguments(run)
    run.add_argument("--seed", default="1", help="luck: a whole number from 0 (default 1)")
    run.add_argument("--replicates", default="1", help="how often the whole scenario is repeated (default 1)")
    run.add_argument("--days", help="length of every stay, in days")
    run.add_argument("--out", type=Path, metavar="FOLDER", help="a folder that does not exist yet (default runs/NAME)")
    run.add_argument("--keep", default="events", help="dyads, days or events: how much is written (default events)")
    run.add_argument("--csv", action="store_true", help="write CSV as well, with a codebook")

    compare = commands.add_parser(
        "compare",
        help="live the same people with the same luck in several contexts, and say what that makes of them",
        description="A scenario may change on the way: strict-and-opaque@60:strict-but-fair is the one until day 59 "
        "and the other from the morning of day 60 on; ordinary@60:context.control=5 changes a number from then on, "
        "ordinary:context.control=5 from the start.",
    )
    compare.add_argument("scenario", nargs="+", help="scenarios; each later one is compared with the first")
    _set_argument(compare)
    compare.add_argument("--seed", default="1", help="luck: a whole number from 0 (default 1)")
    compare.add_argument("--days", help="length of every stay, in days")
    compare.add_argument(
        "--precision", default="0.02", help="half the width that every interval shall have at most (default 0.02)"
    )
    compare.add_argument("--most", default="2000", help="stop after so many replicates even so (default 2000)")
    compare.add_argument("--replicates", help="make exactly so many replicates, whatever the precision")
    compare.add_argument("--out", type=Path, metavar="FOLDER", help="a folder that does not exist yet")

    verify = commands.add_parser("verify", help="make a run or a comparison again and say whether every table is equal")
    verify.add_argument("folder", type=Path, help="the folder of a run or a comparison")
    command_tell.add(commands)
    return top


def _scenario_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("scenario", help="name of a scenario, or path of your own .toml file")
    _set_argument(command)


def _set_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--set", action="append", default=[], metavar="SECTION.FIELD=VALUE", help="change a field; may be repeated"
    )


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
    except KeyboardInterrupt:
        print("\ntwoway: interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
    except OSError as error:
        if error.filename is None:
            _forget_output()
        print(f"twoway: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        return REFUSED
    except ValueError as error:
        from simulation.refusal import Refusal

        if not isinstance(error, Refusal):
            raise
        print(f"twoway: {error}", file=sys.stderr)
        return REFUSED
    return status


def _forget_output() -> None:
    """Let go of output that cannot be written, so that Python does not try again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def whole_number(name: str, text: str) -> int:
    """The whole number of an option, or a refusal that names it."""
    from simulation.refusal import Refusal

    try:
        return int(text)
    except ValueError:
        raise Refusal(f"--{name} {text}: must be a whole number") from None


def _changes(options: argparse.Namespace) -> dict[str, float | str]:
    """What ``--set`` and ``--days`` change."""
    from simulation.refusal import Refusal

    changes: dict[str, float | str] = {}
    for text in options.set:
        key, equals, value = text.partition("=")
        if not equals or not key or not value:
            raise Refusal(f"--set {text}: write it as SECTION.FIELD=VALUE, for example context.control=3")
        try:
            changes[key] = float(value)
        except ValueError:
            changes[key] = value
    if getattr(options, "days", None) is not None:
        changes["design.days"] = whole_number("days", options.days)
    return changes


def _scenario(options: argparse.Namespace) -> Scenario:
    from simulation.scenario import changed, load

    scenario, changes = load(options.scenario), _changes(options)
    return changed(scenario, changes) if changes else scenario


def scenarios(options: argparse.Namespace) -> int:
    """List the shipped scenarios."""
    from simulation.scenario import load, shipped_names

    names = shipped_names()
    width = max(len(name) for name in names)
    for name in names:
        text = textwrap.fill(load(name).question, 100, subsequent_indent=" " * (width + 2))
        print(f"{name:<{width}}  {text}")
    print("\nSee one in full with `twoway show NAME`; run it with `twoway run NAME`.")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print a scenario in full."""
    from experiments.describe import described
    from simulation.scenario import Resolved

    scenario = _scenario(options)
    print(described(Resolved(scenario), only_differences=options.differences))
    return 0


def schema(options: argparse.Namespace) -> int:
    """Print or write the JSON schema."""
    from simulation.refusal import Refusal
    from simulation.scenario import json_schema

    text = json.dumps(json_schema(), indent=2) + "\n"
    if options.out is None:
        print(text, end="")
        return 0
    if options.out.exists():
        raise Refusal(f"{options.out}: exists already and is not overwritten")
    try:
        options.out.write_text(text, encoding="utf-8")
    except OSError as error:
        with suppress(OSError):
            options.out.unlink(missing_ok=True)
        raise Refusal(f"{options.out}: cannot be written ({error.strerror})") from None
    print(f"Written: {options.out}")
    return 0


def run(options: argparse.Namespace) -> int:
    """Run a scenario."""
    scenario = _scenario(options)
    seed, replicates = whole_number("seed", options.seed), whole_number("replicates", options.replicates)
    from simulation.tables import check_luck, keep_of

    check_luck(seed, replicates)
    keep_of(options.keep)
    from experiments.folder import free_folder
    from simulation.refusal import Refusal

    name = Path(options.scenario).stem
    folder = options.out if options.out is not None else free_folder(name)
    if folder.exists():
        raise Refusal(f"{folder}: exists already and is not overwritten; choose another folder with --out")
    design = scenario.design
    print(f"{scenario.title}: {scenario.question}")
    print(
        f"{_count(design.centres, 'centre')} with {_count(design.clients, 'client')} and "
        f"{_count(scenario.posts, 'keyworker')} each, {_count(design.days, 'day')}, "
        f"{_count(replicates, 'replicate')}, seed {seed}.",
        flush=True,
    )
    from experiments.simulate import in_words, simulate

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


def compare(options: argparse.Namespace) -> int:
    """Compare scenarios: the same people with the same luck in each."""
    from experiments.course import check_comparable, course
    from experiments.folder import free_folder
    from simulation.refusal import Refusal

    courses = [course(text, _changes(options)) for text in options.scenario]
    check_comparable(courses)
    seed, most = whole_number("seed", options.seed), whole_number("most", options.most)
    replicates = None if options.replicates is None else whole_number("replicates", options.replicates)
    try:
        precision = float(options.precision)
    except ValueError:
        raise Refusal(f"--precision {options.precision}: must be a share such as 0.02") from None
    folder = options.out if options.out is not None else free_folder("comparison")
    if folder.exists():
        raise Refusal(f"{folder}: exists already and is not overwritten; choose another folder with --out")
    design = courses[0].scenario.design
    many = f"until every interval is within ±{100 * precision:g} points, at most {_count(most, 'replicate')}"
    if replicates is not None:
        many = _count(replicates, "replicate")
    print(
        f"The same people with the same luck in {_count(len(courses), 'context')}: "
        f"{', '.join(one.name for one in courses)}.\n"
        f"{_count(design.centres, 'centre')} with {_count(design.clients, 'client')} each, "
        f"{_count(design.days, 'day')}, seed {seed}, {many}.\n",
        flush=True,
    )
    from experiments.compare import compare as live_in_each
    from experiments.comparison_folder import keep_comparison
    from experiments.comparison_words import answer, partings_in_words, tables_in_lines

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


def verify(options: argparse.Namespace) -> int:
    """Make a run or a comparison again; status 1 if a table differs."""
    from experiments.comparison_folder import is_comparison, verify_comparison
    from experiments.simulate import verify as run_again

    again = verify_comparison if is_comparison(options.folder) else run_again
    verdict = again(options.folder, os.cpu_count() or 1, progress=True)
    for change in verdict.changed:
        print(f"Changed since: {change}.")
    for table, equal in verdict.equal.items():
        print(f"{table}: {'equal' if equal else 'DIFFERENT'}")
    same = all(verdict.equal.values())
    print("Every table is equal." if same else "Not every table is equal.")
    return 0 if same else 1


DO = {
    "scenarios": scenarios, "show": show, "schema": schema, "run": run, "compare": compare, "verify": verify,
    "story": command_tell.story, "interview": command_tell.interview, "why": command_tell.why,
    "measures": command_tell.measures, "report": command_tell.report,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
