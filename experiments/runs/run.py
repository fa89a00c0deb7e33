"""One scenario, run and kept: from the scenario to a folder a researcher can open, and again to verify it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from tqdm import tqdm

from twoway.analysis.figures.agreement import agreement_matrix
from twoway.analysis.figures.dyad_portrait import dyad_portrait
from twoway.analysis.figures.pattern_flows import pattern_flows
from twoway.analysis.figures.patterns import patterns_by_day, where_dyads_end
from twoway.analysis.patterns import CLASSES, PATTERNS, shares, with_patterns
from twoway.experiments.results.folder import (
    TableWriter,
    copy_inputs,
    provenance,
    read_manifest,
    read_tables,
    save_figure,
    atomic_folder,
    write_codebook,
    write_manifest,
)
from twoway.simulation.compilation import source_digest
from twoway.simulation.run import Detail, PreparedScenario, simulate
from twoway.simulation.columns import Column
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Scenario
from twoway.simulation.tables import Tables, TableBuilder, check_seed, columns_of, detail_of

AT_ONCE = 64
"""Stays that are turned into tables and written at a time."""
ADDED = (
    Column("client_class", "word", "the client's own class at the end", words=CLASSES),
    Column("keyworker_class", "word", "the keyworker's own class at the end", words=CLASSES),
    Column("pattern", "word", "pattern assigned from both classes", words=PATTERNS),
)
"""Columns that the analysis adds to the dyads table."""
SUMMARY = (
    Column("pattern", "word", "pattern at the end", words=PATTERNS),
    Column("dyads", "dyads", "how many dyads end in the pattern"),
    Column("share", "share", "share of all dyads"),
    Column("low", "share", "lower end of the share's 95 % interval"),
    Column("high", "share", "upper end of the share's 95 % interval"),
)
"""Columns of the table of patterns."""


class Outcome(NamedTuple):
    """What a run came to: its folder, and the share of each pattern with its interval."""

    folder: Path
    patterns: pd.DataFrame
    replicates: int


def simulate(
    scenario: Scenario,
    name: str,
    folder: Path,
    seed: int = 1,
    replicates: int = 1,
    keep: str = "events",
    csv: bool = False,
    threads: int = 2,
    progress: bool = False,
) -> Outcome:
    """Run *scenario* and write tables, figures and manifest to *folder*, which must not exist yet."""
    check_seed(seed, replicates)
    level = detail_of(keep)
    world = PreparedScenario(scenario)
    with atomic_folder(folder) as partial:
        note = provenance(name, seed, replicates)
        files = copy_inputs(partial, world.resolved)
        dyads, first = _write_tables(world, partial, note, seed, replicates, level, csv, threads, progress)
        patterns = shares(dyads)
        for figure, draw in _figures(dyads, first, level).items():
            save_figure(partial, figure, draw(), note)
        if csv:
            columns = {table: columns_of(table, world.resolved) for table in _kept(level)}
            columns["dyads"] += ADDED
            write_codebook(partial, world.resolved, {**columns, "patterns": SUMMARY})
        patterns.to_csv(partial / "patterns.csv")
        write_manifest(partial, scenario, note, {"keep": keep, "csv": csv, "inputs": files})
    return Outcome(folder, patterns, replicates)


def _figures(dyads: pd.DataFrame, first: Tables, level: Detail) -> dict[str, Callable[[], Figure]]:
    """The figures that what is kept allows, by the name of their file; *first* are tables of the first replicates."""
    figures: dict[str, Callable[[], Figure]] = {
        "where-dyads-end": lambda: where_dyads_end(dyads),
        "do-both-parties-agree": lambda: agreement_matrix(dyads),
    }
    if level >= Detail.DAYS:
        figures["patterns-by-day"] = lambda: patterns_by_day(first.days)
        figures["from-pattern-to-pattern"] = lambda: pattern_flows(first.days)
    if level >= Detail.EVENTS:
        figures["one-dyads-portrait"] = lambda: dyad_portrait(first)
    return figures


FIGURE_REPLICATES = 25
"""Replicates whose days are kept in memory for the figure by day; the figure says how many dyads it rests on."""


def _kept(level: Detail) -> tuple[str, ...]:
    """Names of the tables that are kept."""
    return Tables._fields[len(Tables._fields) - 1 - level :]


def _write_tables(
    world: PreparedScenario,
    folder: Path,
    note: dict[str, str],
    seed: int,
    replicates: int,
    level: Detail,
    csv: bool,
    threads: int,
    progress: bool,
) -> tuple[pd.DataFrame, Tables]:
    """Write the tables as they are lived; returns all dyads, and the tables of the first replicates for figures."""
    writers = {table: TableWriter(folder, table, csv, note) for table in _kept(level)}
    translate = TableBuilder(world.resolved)
    total = replicates * world.scenario.design.centres
    lived = simulate(world, seed, range(replicates), level, threads)
    all_dyads: list[pd.DataFrame] = []
    days: list[pd.DataFrame] = []
    try:
        with tqdm(total=total, unit="centre", desc="Living", disable=None if progress else True) as bar:
            while some := list(islice(lived, AT_ONCE)):
                tables = translate.tables(some)
                tables = tables._replace(dyads=with_patterns(tables.dyads))
                for table, writer in writers.items():
                    writer.write(getattr(tables, table))
                all_dyads.append(tables.dyads)
                if not days:
                    first = tables
                if some[0].replicate < FIGURE_REPLICATES:
                    days.append(tables.days)
                bar.update(len(some))
    finally:
        for writer in writers.values():
            writer.close()
    return pd.concat(all_dyads, ignore_index=True), first._replace(days=pd.concat(days, ignore_index=True))


class Verdict(NamedTuple):
    """Whether a run's tables came out equal again: by table, and what has changed since."""

    equal: dict[str, bool]
    changed: list[str]


def verify(folder: Path, threads: int = 2, progress: bool = False) -> Verdict:
    """Run the run in *folder* again from its manifest and compare every table, value by value."""
    scenario, manifest = read_manifest(folder)
    theirs = read_tables(folder)
    expected = _kept(detail_of(manifest["keep"]))
    for name in expected:
        if name not in theirs:
            raise InputError(f"{folder}: the table {name}.parquet is missing")
    changed = []
    if manifest["source_digest"] != source_digest():
        changed.append(f"the model's sources (the run was made with {manifest['model']})")
    world = PreparedScenario(scenario)
    with tempfile.TemporaryDirectory() as temporary:
        _write_tables(
            world,
            Path(temporary),
            provenance(manifest["scenario"], manifest["seed"], manifest["replicates"]),
            manifest["seed"],
            manifest["replicates"],
            detail_of(manifest["keep"]),
            False,
            threads,
            progress,
        )
        ours = read_tables(Path(temporary))
    return Verdict({name: _equal(theirs[name], ours[name]) for name in expected}, changed)


def _equal(one: Any, other: Any) -> bool:
    """Whether two tables are equal in every value; missing equals missing."""
    if one.schema != other.schema or one.num_rows != other.num_rows:
        return False
    return bool(one.to_pandas().equals(other.to_pandas()))


def in_words(outcome: Outcome) -> Iterator[str]:
    """The result in a few sentences."""
    table = outcome.patterns
    total = int(table["dyads"].sum())
    dyads = f"{total} dyad{'s' * (total != 1)}"
    most = table[table["dyads"] == table["dyads"].max()]
    count, share = int(most["dyads"].iloc[0]), most["share"].iloc[0]
    if len(most) == 1:
        yield f"Of {dyads}, {count} ({share:.0%}) end {most.index[0]}, the most frequent pattern in this run."
    else:
        yield f"Of {dyads}, {count} ({share:.0%}) end {' and as many '.join(most.index)}; none is more frequent."
    missing = [name for name in PATTERNS if table.loc[name, "dyads"] == 0]
    if missing:
        yield f"No dyad ends {' or '.join(missing)}."
    if total < 200:
        yield (
            f"With {dyads} much of this is luck: the intervals are wide. "
            "For shares that can be relied on, ask for more with --replicates."
        )
