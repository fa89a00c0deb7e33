"""The command ``twoway list``: the names that scenarios, studies and commands understand, each with a sentence."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from twoway.cli._options import Commands, command, extension_argument
from twoway.cli._output import answer

if TYPE_CHECKING:
    from twoway.simulation.extensions import Extension

Listing = Iterable[tuple[str, str]]
"""Names, each with a sentence that describes it."""
WIDTH = 110


def _scenarios(_: Sequence[Extension]) -> Listing:
    from twoway.simulation.parameters.scenario import load, shipped_names

    return ((name, load(name).question) for name in shipped_names())


def _studies(_: Sequence[Extension]) -> Listing:
    from twoway.experiments.studies.study import load_study, shipped_studies

    return ((name, load_study(name).question) for name in shipped_studies())


def _lessons(_: Sequence[Extension]) -> Listing:
    from twoway.seminar.lessons import load_lessons

    return (
        (one.name, f"{one.title} ({one.minutes} minutes). {one.question} Opens with: {one.opening_recipe}")
        for one in load_lessons()
    )


def _outcomes(extensions: Sequence[Extension]) -> Listing:
    from twoway.experiments.studies.outcomes import OUTCOMES

    return ((one.name, f"{one.meaning} ({one.unit})") for one in OUTCOMES.extended(extensions).values())


def _rules(extensions: Sequence[Extension]) -> Listing:
    from twoway.analysis.patterns import PATTERN_RULES

    return ((one.name, f"a dyad is {one.meaning}") for one in PATTERN_RULES.extended(extensions).values())


def _figures(extensions: Sequence[Extension]) -> Listing:
    from twoway.analysis.figures.registry import all_figures

    return ((one.name, one.meaning) for one in all_figures(extensions).values())


def _coping(extensions: Sequence[Extension]) -> Listing:
    from twoway.simulation.coping import COPING_WAYS

    return ((way.name, way.meaning) for way in COPING_WAYS.extended(extensions).values())


def _events(extensions: Sequence[Extension]) -> Listing:
    from twoway.simulation.events import EVENTS

    return ((kind.name, kind.meaning) for kind in EVENTS.extended(extensions).values())


def _data(folder: str, _: Sequence[Extension]) -> Listing:
    from twoway.simulation.data_files import DATA, read_toml

    for path in sorted((DATA / folder).glob("*.toml")):
        source = read_toml(path)["source"]
        yield path.stem, f"{source['name']}: {source.get('collected') or source.get('note')}"


KINDS: dict[str, Callable[[Sequence[Extension]], Listing]] = {
    "scenarios": _scenarios,
    "studies": _studies,
    "lessons": _lessons,
    "coping": _coping,
    "events": _events,
    "outcomes": _outcomes,
    "rules": _rules,
    "figures": _figures,
    "lexicons": partial(_data, "lexicons"),
    "equations": partial(_data, "equations"),
    "frames": partial(_data, "frames"),
    "situations": partial(_data, "situations"),
}
"""What can be listed, by the word of the command; entries that an extension declares come after the package's own."""


def add(commands: Commands) -> None:
    """Add ``list``, and ``scenarios``, ``studies`` and ``lessons`` as short forms of it."""
    new = command(
        commands,
        "list",
        list_kind,
        "list what there is of a kind, each with a sentence",
        "The names can be used in scenario files, study files and options.",
        "twoway list outcomes",
    )
    new.add_argument("kind", metavar="KIND", help=", ".join(KINDS))
    extension_argument(new, "also list what this Python file declares; may be repeated")
    for kind in ("scenarios", "studies", "lessons"):
        new = command(commands, kind, list_kind, f"list the {kind}, each with its question")
        new.set_defaults(kind=kind, extension=[])


def list_kind(options: argparse.Namespace) -> int:
    """Print the names of a kind."""
    from twoway.simulation.errors import nearest
    from twoway.simulation.extensions import load_extension

    if options.kind not in KINDS:
        options.parser.error(f"there is no kind '{options.kind}'; {nearest(options.kind, KINDS)}")
    entries = list(KINDS[options.kind]([load_extension(path) for path in options.extension]))
    answer(lambda: [{"name": name, "says": sentence} for name, sentence in entries])
    width = max(len(name) for name, _ in entries)
    for name, sentence in entries:
        line = f"{name:<{width}}  {sentence}"
        print(textwrap.fill(line, WIDTH, subsequent_indent=" " * (width + 2), break_on_hyphens=False))
    if options.kind in NEXT:
        print(f"\n{NEXT[options.kind]}")
    return 0


NEXT = {
    "scenarios": "See one in full with `twoway show NAME`; run it with `twoway run NAME`.",
    "studies": "Run one with `twoway study run NAME`.",
    "lessons": "Print the lecturer's note with `twoway lesson NAME`.",
    "rules": 'Name one in a scenario or study: [analysis] rule = "NAME".',
    "outcomes": 'Name them in a study file: outcomes = ["NAME", ...].',
}
"""The hint after a list."""
