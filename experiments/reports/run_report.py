"""The report: one HTML file about a run, to be sent to a lecturer or supervisor, read without network, and printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeGuard

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from twoway.analysis.clustering import columns_of_accounts, emergence_sentences
from twoway.analysis.figures.dyad_portrait import dyad_portrait
from twoway.analysis.figures.registry import FIGURES, figures_in
from twoway.analysis.measures.all_measures import when_measured
from twoway.analysis.measures.reliability import reliability_sentences
from twoway.analysis.narrative.story import chapters, verdict_and_interviews
from twoway.analysis.narrative.words.grammar import counted, percent, spaced
from twoway.analysis.patterns import PATTERNS, PatternRule, at_day, interval_kind, on_days, reasoned, rule_of
from twoway.analysis.render.document import Block, Piece, Table
from twoway.analysis.render.html import as_html
from twoway.analysis.tables import DYAD
from twoway.experiments.results.figures import figure_html
from twoway.experiments.runs.measured import Measured, measured
from twoway.experiments.runs.open import SavedRun
from twoway.simulation import SCOPE
from twoway.simulation.network import friendships
from twoway.simulation.parameters.scenario import Scenario, all_declarations
from twoway.simulation.tables import Tables

LIMITS = (
    "The sentiments were measured in the United States in 2015 and the equations estimated there in 1978; the study "
    "the model is built on was made in Sweden.",
    "Most other numbers are assumed, within ranges that are declared and meant to be swept.",
    "The model illustrates a theory of how such relationships are negotiated. It says what follows from the theory "
    "under these assumptions, not what anybody will do or feel, and must not be used to decide about anyone.",
)
"""Limits that a reader must know before believing a number."""
SHOWN = (
    ("same_class", "all"),
    ("rating_correlation", "true"),
    ("rating_correlation", "observed"),
    ("rating_gap", "absolute"),
    ("growth_shape", "client: improving"),
    ("growth_shape", "client: stable"),
    ("growth_shape", "client: deteriorating"),
    ("share_with_rupture", "client"),
    ("ruptures_repaired", "client"),
    ("tracking", "all"),
    ("ambivalence", PATTERNS[0]),
    ("ambivalence", PATTERNS[1]),
    ("ambivalence", PATTERNS[2]),
    ("felt_coercion_and_rating", "true"),
    ("high_felt_coercion", "all"),
    ("attribution_asymmetry", "all"),
    ("negativity_ratio", "near neutral"),
    ("everyday_contact", "warm"),
    ("everyday_contact", "hostile"),
)
"""Measures that the report shows; `twoway measures` has them all."""
OF_EVENTS = (*DYAD, "day", "event", "actor", "way")
"""Columns of the events table that the figures of a report use, if none is a user's own."""
MOST_IN_NETWORK = 100
"""Clients of a centre from which on its network is left out: nobody could be told apart, and friendships are many."""
AT_MOST = 2000
"""Dyads whose events a report reads at most, so that memory and time stay small; the shares rest on all of them."""


class ExampleDyad(NamedTuple):
    """A dyad that the report describes: (replicate, centre, dyad), its number in the replicate, and its pattern."""

    dyad: tuple[int, int, int]
    number: int
    pattern: str


def _examples(dyads: pd.DataFrame, scenario: Scenario) -> list[ExampleDyad]:
    """One dyad per pattern, the one farthest from any other pattern; patterns nobody is in are left out."""
    table = reasoned(dyads, rule_of(scenario))
    chosen = []
    for name in PATTERNS:
        mine = table[table["pattern"] == name]
        if len(mine):
            row = mine.loc[mine["margin"].idxmax()]
            replicate, centre, dyad = (int(row[key]) for key in DYAD)
            chosen.append(ExampleDyad((replicate, centre, dyad), centre * scenario.design.clients + dyad, name))
    return chosen


def _shares(table: pd.DataFrame, dyads: pd.DataFrame, then: str, rule: PatternRule) -> list[Piece]:
    total = int(table["dyads"].sum())
    rows = tuple(
        (str(name), f"{row['dyads']:.0f}", percent(row["share"]), f"{percent(row['low'])} to {percent(row['high'])}")
        for name, row in table.iterrows()
    )
    most = table["dyads"].idxmax()
    return [
        Block(
            "text",
            f"Of {counted(total, 'dyad')}, {table.loc[most, 'dyads']:.0f} ({percent(table.loc[most, 'share'])}) are "
            f"{most} {then}, more than in any other pattern."
            if (table["dyads"] == table["dyads"].max()).sum() == 1
            else f"Of {counted(total, 'dyad')}, no pattern holds more than the others.",
        ),
        Table(
            (f"pattern {then}", "dyads", "share", "95 % interval"),
            rows,
            f"{rule.sentence} Intervals: {interval_kind(dyads)}.",
        ),
    ]


def _measured(known: Measured, run: SavedRun, day: int | None) -> Table:
    found = known.measures.set_index(["measure", "group"])
    rows, before = [], ""
    for key in SHOWN:
        if key in found.index:
            row = found.loc[key]
            low_high = "" if pd.isna(row["low"]) else f"{row['low']:.2f} to {row['high']:.2f}"
            value = "" if pd.isna(row["estimate"]) else f"{row['estimate']:.2f}"
            meaning = "" if before == key[0] else f"{spaced(key[0])}: {row['meaning']}"
            rows.append((meaning, key[1], value, low_high, str(row["unit"])))
            before = key[0]
    columns = ("measure", "of", "value", "95 % interval", "unit")
    return Table(columns, tuple(rows), f"{counted(len(known.accounts), 'dyad')}. {when_measured(run.interviewed(day))}")


def _resolved(run: SavedRun) -> list[Piece]:
    scenario = run.scenario
    numbers, changed = [], []
    for d in all_declarations(scenario):
        value = getattr(getattr(scenario, d.section), d.name)
        row = (f"{d.section}.{d.name}", f"{value:g}", d.unit, f"{d.low:g} to {d.high:g}", d.source)
        numbers.append(row)
        if value != d.default:
            changed.append((row[0], row[1], f"{d.default:g}", d.unit, d.meaning))
    pieces: list[Piece] = [Block("text", source) for source in scenario.sources]
    columns = ("number", "value", "default", "unit", "meaning")
    if changed:
        pieces.append(Table(columns, tuple(changed), "What differs from the default."))
    else:
        pieces.append(Block("text", "Every number is as the defaults have it."))
    files = tuple(
        (name, str(entry["name"]), str(entry["sha256"])[:16]) for name, entry in dict(run.manifest["inputs"]).items()
    )
    return [
        *pieces,
        Table(("number", "value", "unit", "range", "source"), tuple(numbers), "All numbers of the run."),
        Table(("data", "file", "SHA-256 begins"), files, "Data files of the run; copies lie in its folder."),
    ]


def _provenance(run: SavedRun, day: int | None) -> list[Piece]:
    rows = [(key.replace("_", " "), value) for key, value in run.provenance.items()]
    rows += [("Python", str(run.manifest["python"]))]
    rows += [(name, str(number)) for name, number in dict(run.manifest["packages"]).items()]
    again = f"twoway report {run.folder.name}" + (f" --day {day}" if day is not None else "")
    return [
        Table(("what", "value"), tuple(rows)),
        Block("note", f"Made with `{again}`. The folder holds all it takes to make the run again: twoway verify."),
    ]


def _one(run: SavedRun, told: ExampleDyad, day: int) -> list[Piece | Markup]:
    """One dyad: portrait, story, and what both would say on the day."""
    tables = run.read_dyad(told.dyad)
    pieces = chapters(tables, run.resolved, told.dyad, told.number)
    below = [piece._replace(kind="subheading") if _is_heading(piece) else piece for piece in pieces[1:]]
    spoken = verdict_and_interviews(tables, run.resolved, told.dyad, day)
    return [
        figure_html(dyad_portrait(*tables, told.dyad, run.rule), run.provenance),
        *below,
        *(piece._replace(kind="subheading") if _is_heading(piece) else piece for piece in spoken),
    ]


def _is_heading(piece: Piece) -> TypeGuard[Block]:
    return isinstance(piece, Block) and piece.kind == "heading"


def _figures(tables: Tables, run: SavedRun, day: int | None) -> Iterator[Figure]:
    """The figures of the whole run, one after the other."""
    given: dict[str, object] = tables._asdict()
    if run.scenario.design.clients <= MOST_IN_NETWORK:
        given["friends"] = friendships(run.scenario, run.seed)
    if day is not None:
        given["day"] = day
    other = "agreement-on-a-day" if day is None else "do-both-parties-agree"
    for kind in figures_in("report", given, run.resolved.extensions):
        if kind.name != other:
            yield kind.draw(given, day=run.interviewed(day)[1], rule=run.rule)


def report(run: SavedRun, day: int | None = None) -> str:
    """The report on a run as the text of an HTML file.

    Parameters
    ----------
    run
        Run with events.
    day
        Day of the interviews, from 1 to the last day of the stay; by default the days of the scenario's interviews.

    Raises
    ------
    InputError
        If the run did not keep its events, or the day is outside the stay.
    """
    scenario, note = run.scenario, run.provenance
    days = run.interviewed(day)
    design, everybody = scenario.design, run.told
    some = run.stays.first(AT_MOST)
    known = measured(run, day, some)
    own = any(kind for extension in run.resolved.extensions for kind in extension.of(FIGURES))
    columns = {} if own else {"events": OF_EVENTS, "days": columns_of_accounts(run.resolved)}
    tables = run.stays.tables(some, columns)
    told = tables.dyads if day is None else at_day(tables.days, day)
    size = (
        f"{counted(int(note['replicates']), 'replicate')} of {counted(design.centres, 'centre')} with "
        f"{counted(design.clients, 'client')} and {counted(scenario.posts, 'keyworker')} each, "
        f"{counted(design.days, 'day')}, seed {note['seed']}."
    )
    body: list[Piece | Markup] = [
        Block("title", scenario.title),
        Block("text", scenario.question),
        Block("note", f"{size} {SCOPE}"),
        Block("heading", "What came of it"),
        *_shares(run.patterns, everybody, on_days(run.interviewed()), run.rule),
        *(Block("text", sentence) for sentence in reliability_sentences({"": run.reliability})),
    ]
    if len(tables.dyads) < len(everybody):
        body.append(
            Block("note", f"What follows rests on the first {counted(len(tables.dyads), 'dyad')} of {len(everybody)}.")
        )
    body += [figure_html(figure, note) for figure in _figures(tables, run, day)]
    if design.clients > MOST_IN_NETWORK:
        body.append(Block("note", f"The network of a centre is left out: with {design.clients} clients none is seen."))
    body += [Block("heading", "Measures"), _measured(known, run, day)]
    examples = _examples(told, scenario)
    del tables, told
    if (clusters := known.emergence()) is not None:
        body.append(Block("subheading", "Are there three patterns without the rule?"))
        body += [Block("text", sentence) for sentence in emergence_sentences(clusters)]
    for example in examples:
        body += [Block("heading", f"One dyad that is {example.pattern}")]
        body += _one(run, example, days[1])
    body += [Block("heading", "The scenario"), *_resolved(run)]
    body += [Block("heading", "How far to trust it"), *(Block("text", limit) for limit in LIMITS)]
    body += [Block("heading", "Provenance"), *_provenance(run, day)]
    return as_html(f"{scenario.title}: report", body)
