"""One run: from a scenario to a folder with tables, figures and manifest, and again to verify it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from tqdm import tqdm

from twoway.analysis.figures.registry import figures_in
from twoway.analysis.narrative.words.grammar import counted
from twoway.analysis.patterns import CLASSES, PATTERNS, PatternRule, rule_of, shares, with_patterns
from twoway.experiments.results.expectation import expectation
from twoway.experiments.results.figures import save_figure
from twoway.experiments.results.folder import atomic_folder
from twoway.experiments.results.manifest import copy_inputs, write_manifest
from twoway.experiments.results.provenance import provenance
from twoway.experiments.results.result import Verdict, changed_files, spoiled_files
from twoway.experiments.results.stays import StayTables
from twoway.experiments.results.tables import TableChecker, TableWriter, write_codebook
from twoway.experiments.runs.open import SavedRun, read_run, saved_tables
from twoway.simulation.columns import Column
from twoway.simulation.compilation import source_digest
from twoway.simulation.parameters.scenario import RETEST, Design, Scenario, as_scenario
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, simulate, simulate_centre
from twoway.simulation.tables import TableBuilder, check_seed, columns_of, detail_of

ADDED = (
    Column("client_class", "word", "the client's own class in the interviews", words=CLASSES),
    Column("keyworker_class", "word", "the keyworker's own class in the interviews", words=CLASSES),
    Column("pattern", "word", "pattern assigned from both classes", words=PATTERNS),
    Column("pattern_before", "word", f"the same of interviews {RETEST} days before", words=PATTERNS, optional=True),
)
"""Columns that the analysis adds to the dyads table."""
SUMMARY = (
    Column("pattern", "word", "pattern in the interviews", words=PATTERNS),
    Column("dyads", "dyads", "how many dyads are in the pattern"),
    Column("share", "share", "share of all dyads"),
    Column("low", "share", "lower end of the share's 95 % interval"),
    Column("high", "share", "upper end of the share's 95 % interval"),
)
"""Columns of the table of patterns."""


def run_and_save(
    scenario: Scenario | str | Path,
    name: str,
    folder: str | Path,
    seed: int = 1,
    replicates: int = 1,
    detail: str = "events",
    csv: bool = False,
    threads: int = 2,
    progress: bool = False,
) -> SavedRun:
    """Run a scenario and write tables, figures and manifest to a new folder.

    Parameters
    ----------
    scenario
        A scenario, or its name or path.
    name
        Name of the scenario in tables and manifest.
    folder
        Folder that does not exist yet.
    seed
        Random seed, from 0.
    replicates
        Number of repetitions of the whole scenario.
    detail
        Level of detail: "dyads", "days" or "events".
    csv
        Whether to write CSV files with a codebook as well.
    threads
        Number of threads.
    progress
        Whether to show a bar.

    Raises
    ------
    InputError
        If the folder exists, or an argument is out of its range.
    """
    check_seed(seed, replicates)
    level, folder = detail_of(detail), Path(folder)
    scenario = as_scenario(scenario)
    prepared, rule = PreparedScenario(scenario), rule_of(scenario)
    with atomic_folder(folder) as partial:
        note = provenance(name, seed, replicates)
        if progress and replicates * scenario.design.centres * scenario.design.clients >= WORTH_SAYING:
            print(foreseen(prepared, note, level, csv, threads), flush=True)
        files = copy_inputs(partial, prepared.resolved)
        writers = {table: TableWriter(partial, table, csv, note) for table in saved_tables(level)}
        _simulate_into(writers, prepared, seed, replicates, level, threads, progress)
        stays = StayTables(partial, prepared.resolved, replicates, detail)
        dyads = stays.read("dyads")
        for name_of_figure, figure in _figures(dyads, stays, level, rule):
            save_figure(partial, name_of_figure, figure, note)
        if csv:
            columns = {table: columns_of(table, prepared.resolved) for table in saved_tables(level)}
            columns["dyads"] += ADDED
            write_codebook(partial, prepared.resolved, {**columns, "patterns": SUMMARY})
        shares(dyads).to_csv(partial / "patterns.csv")
        write_manifest(partial, "run", note, {"detail": detail, "csv": csv, "inputs": files}, scenario)
    return SavedRun(folder)


FIGURE_DYADS = 400
"""Dyads, of the first centres, whose days and events the figures show; each says how many dyads it rests on."""


def _figures(dyads: pd.DataFrame, stays: StayTables, level: Detail, rule: PatternRule) -> Iterator[tuple[str, Figure]]:
    """The figures that the saved tables allow, with their names; days and events are those of the first centres."""
    some, kinds = stays.first(FIGURE_DYADS), figures_in("run", saved_tables(level), stays.resolved.extensions)
    needed = {name for kind in kinds for name in kind.needs}
    first = {name: stays.read(name, some, dyads=range(FIGURE_DYADS)) for name in saved_tables(level) if name in needed}
    for kind in kinds:
        yield kind.name, kind.draw(first if "events" in kind.needs else {**first, "dyads": dyads}, rule=rule)


ROWS_AT_ONCE = 50_000
"""Rows of events or days that are turned into tables and written at a time."""
HELD_ROWS = 600_000
"""Rows that may wait in memory to be written, which bounds how many centres are simulated at the same time."""
DAILY = {Detail.DYADS: 1, Detail.DAYS: 2, Detail.EVENTS: 5}
"""Rows of a dyad on a day: those of the days table, or events, which are seldom more."""


def fitting_threads(design: Design, level: Detail, threads: int, scenarios: int = 1) -> int:
    """As many of the threads as keep the centres that are simulated, and those that wait, small in memory.

    Parameters
    ----------
    design
        Size of the centres.
    level
        What is kept of them.
    threads
        Threads at hand.
    scenarios
        Scenarios that are simulated side by side.
    """
    fitting = HELD_ROWS // (design.clients * design.days * DAILY[level] * scenarios)
    return max(1, min(threads, fitting // 3))  # of each thread one centre is being simulated, and two may wait


WORTH_SAYING, TIMED = 1_000, 3
"""Dyads from which on it is said beforehand how long a run takes, and centres that are timed for it."""


def foreseen(prepared: PreparedScenario, note: Mapping[str, str], level: Detail, csv: bool, threads: int) -> str:
    """How long a run will take and how large it will be, in a sentence; a few of its centres are timed.

    Parameters
    ----------
    prepared
        Scenario of the run.
    note
        Provenance, with seed and number of replicates.
    level
        What is kept.
    csv
        Whether CSV files are written as well.
    threads
        Number of threads.
    """
    seed, replicates, design = int(note["seed"]), int(note["replicates"]), prepared.scenario.design
    total = replicates * design.centres
    some = [divmod(i * (total - 1) // max(1, TIMED - 1), design.centres) for i in range(TIMED)]
    builder, lived = TableBuilder(prepared.resolved), []

    def timed() -> Iterator[CentreRecords]:
        while some:
            began = time.perf_counter()
            centre = [simulate_centre(prepared, seed, *some.pop(), level)]
            lived.append(time.perf_counter() - began)
            yield centre.pop()

    simulate_centre(prepared, seed, *some[0], level)  # compiles
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        writers = {t: TableWriter(folder, t, csv, note) for t in saved_tables(level)}
        _hand_on(timed(), builder, rule_of(prepared.scenario), writers)
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    spent = time.perf_counter() - began
    seconds = max(spent - sum(lived), spent / fitting_threads(design, level, threads)) * total / TIMED
    dyads = f"{total * design.clients:,} dyad-stays"
    return expectation(dyads, seconds, counted(threads, "thread"), size * total / TIMED)


def _slices(centres: Iterable[CentreRecords]) -> Iterator[list[CentreRecords]]:
    """Records of about ``ROWS_AT_ONCE`` rows: of some whole centres, or of a part of a large one."""
    some: list[CentreRecords] = []
    rows = 0
    for centre in centres:
        more = max(len(centre.events), len(centre.days), len(centre.dyads))
        if some and rows + more > ROWS_AT_ONCE:
            yield some
            some, rows = [], 0
        some, rows = [*some, centre], rows + more
        if rows > ROWS_AT_ONCE:
            del centre
            yield from _parts_of(some.pop())
            some, rows = [], 0
    if some:
        yield some


def _parts_of(centre: CentreRecords) -> Iterator[list[CentreRecords]]:
    """A large centre in parts; dyads and parties are in the first."""
    rest = centre._replace(**{name: getattr(centre, name)[:0] for name in centre._fields[2:]})
    for start in range(0, max(len(centre.events), len(centre.days)), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        yield [(rest if start else centre)._replace(days=centre.days[some], events=centre.events[some])]


def _hand_on(
    centres: Iterator[CentreRecords],
    builder: TableBuilder,
    rule: PatternRule,
    sinks: Mapping[str, TableWriter | TableChecker],
) -> None:
    """Hand the rows of every table to its sink as centres come, and close the sinks."""
    try:
        for some in _slices(centres):
            tables = builder.tables(some)
            del some  # or a large centre would stay in memory while the next one is simulated
            tables = tables._replace(dyads=with_patterns(tables.dyads, rule))
            for table, sink in sinks.items():
                sink.write(getattr(tables, table))
            del tables
    finally:
        for sink in sinks.values():
            sink.close()


def _simulate_into(
    sinks: Mapping[str, TableWriter | TableChecker],
    prepared: PreparedScenario,
    seed: int,
    replicates: int,
    level: Detail,
    threads: int,
    progress: bool,
) -> None:
    """Simulate the centres of a run, and hand their rows on."""
    design = prepared.scenario.design
    total = replicates * design.centres
    centres = simulate(prepared, seed, range(replicates), level, fitting_threads(design, level, threads))
    with tqdm(total=total, unit="centre", desc="Simulating", disable=None if progress else True) as bar:

        def passing() -> Iterator[CentreRecords]:
            while some := list(islice(centres, 1)):
                yield some.pop()
                bar.update()

        _hand_on(passing(), TableBuilder(prepared.resolved), rule_of(prepared.scenario), sinks)


def verify_run(folder: Path, threads: int = 2, progress: bool = False, sample: int | None = None) -> Verdict:
    """Make a saved run again from its manifest and compare every table, value by value.

    Parameters
    ----------
    folder
        Folder of the run.
    threads
        Number of threads.
    progress
        Whether to show a bar.
    sample
        Without effect: all of it is made again.

    Returns
    -------
    Equality by table, and what has changed since.

    Raises
    ------
    InputError
        If the folder holds no run or a damaged one, or a table is missing.
    """
    inputs, manifest = read_run(folder)
    level = detail_of(inputs.detail)
    spoiled = spoiled_files(folder, manifest, (f"{name}.parquet" for name in saved_tables(level)))
    changed = changed_files(spoiled)
    if manifest["source_digest"] != source_digest():
        changed.append(f"the model's sources (the run was made with {manifest['model']})")
    intact = {name: folder / f"{name}.parquet" for name in saved_tables(level) if f"{name}.parquet" not in spoiled}
    checkers = {name: TableChecker(path) for name, path in intact.items()}
    prepared = PreparedScenario(inputs.scenario)
    _simulate_into(checkers, prepared, inputs.seed, inputs.replicates, level, threads, progress)
    equal = {name: name in checkers and checkers[name].equal for name in saved_tables(level)}
    return Verdict(equal, tuple(changed))
