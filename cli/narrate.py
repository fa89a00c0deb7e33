"""Commands that describe a saved run: story, interview, why, measures, report.

``analysis`` composes the text; the commands print or write it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from twoway.cli._options import Action, Commands, changes_of, command, set_argument, whole_number
from twoway.cli._output import answer, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from twoway.analysis.render.document import Piece
    from twoway.experiments.runs.open import SavedRun

FORMATS = ("text", "markdown", "html")
SUFFIXES = {".md": "markdown", ".html": "html", ".htm": "html", ".txt": "text"}


def add(commands: Commands) -> None:
    """Add these commands to the command line."""
    new = _dyad_command(
        commands,
        "story",
        story,
        "tell one pair's stay as a story, from both sides",
        "twoway story runs/four-centres --dyad 7",
    )
    _file_arguments(new)

    new = _dyad_command(
        commands,
        "interview",
        interview,
        "print what client and keyworker would each say about their relationship on a day",
        "twoway interview runs/four-centres --dyad 7 --day 60",
    )
    new.add_argument("--day", metavar="N", help="day of the stay (default: its last)")
    _file_arguments(new)

    new = _dyad_command(
        commands,
        "why",
        why,
        "explain how one act was read by the other party, and what would have followed from another reading",
        "twoway why runs/four-centres --dyad 7 --day 60",
    )
    new.add_argument("--day", required=True, metavar="N", help="day of the stay")
    new.add_argument("--exchange", default="1", metavar="N", help="number of the act on that day, from 1 (default 1)")
    _file_arguments(new)

    new = _run_command(
        commands,
        "measures",
        measures,
        "print the measures of a run, each with its interval, and clusters found without the classification rule",
        "twoway measures runs/four-centres",
    )
    new.add_argument("--day", metavar="N", help="day of the interviews (default: those of the scenario)")
    new.add_argument(
        "--out", type=Path, metavar="FILE", help="write to this CSV file, which must not exist (default: print)"
    )

    new = _run_command(
        commands,
        "report",
        report,
        "write one HTML file about a run, to send, read or print",
        "twoway report runs/four-centres",
    )
    new.add_argument("--day", metavar="N", help="day of the interviews (default: those of the scenario)")
    new.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="output file, which must not exist (default: report.html in the run's folder)",
    )


def _run_command(commands: Commands, name: str, action: Action, summary: str, example: str) -> argparse.ArgumentParser:
    """Add a command on the folder of a run."""
    new = command(commands, name, action, summary, example=example)
    new.add_argument("folder", type=Path, help="folder that `twoway run` has written")
    set_argument(new, "how patterns are told", "analysis.rule=both")
    return new


def _dyad_command(commands: Commands, name: str, action: Action, summary: str, example: str) -> argparse.ArgumentParser:
    """Add a command on one dyad of a run."""
    new = _run_command(commands, name, action, summary, example)
    new.add_argument(
        "--dyad",
        required=True,
        metavar="N",
        help="number of the pair (dyad), from 0 through all centres of a replicate",
    )
    new.add_argument("--replicate", default="0", metavar="N", help="number of the replicate, from 0 (default 0)")
    return new


def _file_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", help="text, markdown or html (default: as the file's name ends, else text)")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write to this file, which must not exist (default: print)"
    )


def _format(options: argparse.Namespace) -> str:
    from twoway.simulation.errors import InputError, nearest

    if options.format is None:
        return SUFFIXES.get(options.out.suffix, "text") if options.out is not None else "text"
    if options.format not in FORMATS:
        raise InputError(f"--format {options.format}: {nearest(options.format, FORMATS)}")
    return str(options.format)


def _number(options: argparse.Namespace, name: str) -> int | None:
    text = getattr(options, name)
    return None if text is None else whole_number(name, text)


def _opened(options: argparse.Namespace) -> tuple[SavedRun, tuple[int, int, int], int]:
    """The run, the dyad asked for, and its number in the replicate."""
    from twoway.experiments.runs.open import SavedRun

    number, replicate = whole_number("dyad", options.dyad), whole_number("replicate", options.replicate)
    run = SavedRun(options.folder, changes_of(options))
    return run, run.find_dyad(number, replicate), number


def _say(pieces: Sequence[Piece], options: argparse.Namespace, title: str) -> int:
    """Print the pieces, or write them to a file."""
    from twoway.analysis.render.document import as_markdown, as_text
    from twoway.analysis.render.html import as_html

    text = {"text": as_text, "markdown": as_markdown}.get(_format(options), partial(as_html, title))(pieces)
    if options.out is None:
        print(text, end="")
        return 0
    from twoway.experiments.results.folder import write_new_file

    write_new_file(options.out, text)
    print(f"Written: {options.out}")
    return 0


def _before(options: argparse.Namespace) -> None:
    """Check the options of the output before any work."""
    _format(options)
    if options.out is not None:
        from twoway.experiments.results.folder import refuse_existing

        refuse_existing(options.out)


def story(options: argparse.Namespace) -> int:
    """Tell a dyad's stay."""
    _before(options)
    run, dyad, number = _opened(options)
    from twoway.analysis.narrative.story import story as tell

    pieces = tell(run.read_dyad(dyad), run.resolved, dyad, number)
    return _say(pieces, options, f"Dyad {number} of {run.scenario.title}")


def interview(options: argparse.Namespace) -> int:
    """Both interviews of a dyad, and the pattern a researcher would assign."""
    _before(options)
    day = _number(options, "day")
    run, dyad, number = _opened(options)
    tables = run.read_dyad(dyad)
    from twoway.analysis.accounts import dyad_tables
    from twoway.analysis.narrative.decisive import end_of_stay
    from twoway.analysis.narrative.story import verdict_and_interviews

    day = end_of_stay(dyad_tables(tables, dyad)) if day is None else run.interviewed(day)[1]
    pieces = verdict_and_interviews(tables, run.resolved, dyad, day, number)
    return _say(pieces, options, f"Dyad {number} of {run.scenario.title}, day {day}")


def why(options: argparse.Namespace) -> int:
    """Explain one exchange."""
    _before(options)
    day, exchange = _number(options, "day"), _number(options, "exchange")
    run, dyad, number = _opened(options)
    _, day = run.interviewed(day)
    from twoway.analysis.narrative.explanation import explain_exchange, explanation_lines

    prepared = run.prepared
    reason = explain_exchange(run.read_dyad(dyad), prepared, run.seed, dyad, day, exchange or 0)
    return _say(explanation_lines(reason, prepared), options, f"Why? Dyad {number} of {run.scenario.title}, day {day}")


def measures(options: argparse.Namespace) -> int:
    """Print or write every measure of a run."""
    import textwrap

    from twoway.experiments.runs.open import SavedRun

    if options.out is not None:
        from twoway.experiments.results.folder import refuse_existing

        refuse_existing(options.out)
    day = _number(options, "day")
    run = SavedRun(options.folder, changes_of(options))
    interviewed = run.interviewed(day)
    from twoway.analysis.clustering import emergence_sentences
    from twoway.analysis.measures.all_measures import when_measured
    from twoway.experiments.runs.measured import measured

    known = measured(run, day)
    found = known.measures
    if options.out is not None:
        from twoway.experiments.results.folder import write_new_file

        write_new_file(options.out, found.to_csv(index=False))
        print(f"Written: {options.out}")
    else:
        answer(lambda: rows_of(found))
        print(textwrap.fill(f"{when_measured(interviewed)} {run.rule.sentence}", 100), end="\n\n")
        _print_measures(found)
    if (clusters := known.emergence()) is not None:
        print()
        for sentence in emergence_sentences(clusters):
            print(textwrap.fill(sentence, 100))
    return 0


def _print_measures(found: pd.DataFrame) -> None:
    """Every measure with its unit and meaning, and below it its groups with their intervals."""
    import textwrap

    import pandas as pd

    for (name, unit, meaning), rows in found.groupby(["measure", "unit", "meaning"], sort=False):
        print(textwrap.fill(f"{name} ({unit}): {meaning}", 100, subsequent_indent="  "))
        for row in rows.itertuples():
            value = "not available" if pd.isna(row.estimate) else f"{row.estimate:8.3f}"
            interval = f"   {row.low:.3f} to {row.high:.3f}" if not pd.isna(row.low) else ""
            print(f"    {row.group:<52}{value}{interval}   n = {row.n:.0f} {row.counted}; {row.interval}")


def report(options: argparse.Namespace) -> int:
    """Write the report on a run."""
    from twoway.experiments.results.folder import refuse_existing, write_new_file
    from twoway.experiments.runs.open import SavedRun

    target = options.out if options.out is not None else options.folder / "report.html"
    day = _number(options, "day")
    run = SavedRun(options.folder, changes_of(options))
    refuse_existing(target)
    from twoway.experiments.reports.run_report import report as compose

    write_new_file(target, compose(run, day))
    print(f"Written: {target}")
    return 0
