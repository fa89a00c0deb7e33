"""Running a study: from its question to a folder with every run, on any executor, at once or in parts.

    result = run_study("strictness-and-transparency", "runs/mine", workers=2)
    result.table          # a row per point and replicate
    result.sentences      # the answer

The runs and their outcomes do not depend on workers, order, executor or interruptions.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection, current_process, get_context, parent_process
from pathlib import Path
from types import ModuleType
from typing import Any

from tqdm import tqdm

from twoway.experiments.results.expectation import expectation
from twoway.experiments.results.folder import free_folder
from twoway.experiments.results.manifest import saved_kind
from twoway.experiments.studies.outcomes import detail_for
from twoway.experiments.studies.result import StudyResult
from twoway.experiments.studies.store import SHARDS, Store, refusing_full_disk
from twoway.experiments.studies.study import Study, as_study
from twoway.experiments.studies.worker import PointRunner, StudyPoint, Task, WrittenShard, simulate_and_write
from twoway.simulation.errors import InputError
from twoway.simulation.run import Detail

SECONDS_PER_TASK = 3.0
"""Seconds that a task should take: a killed worker loses at most this, and calling a worker costs little beside it."""
SECONDS_PER_DYAD_DAY = 1e-6
"""About the time of a day of a dyad (benchmarks/README.md); only the size of tasks depends on it."""
REPLICATES_AT_ONCE = 32
"""Replicates of one point that a task makes before it goes to the next point."""
THREADS_UP_TO = 4
"""Workers up to which threads are as fast as processes; beyond, Python's lock is felt (benchmarks/README.md)."""


def run_study(
    study: Study | str | Path,
    folder: str | Path | None = None,
    *,
    replicates: int | None = None,
    workers: int | None = None,
    executor: Executor | str | None = None,
    shard: tuple[int, int] = (1, 1),
    progress: bool = False,
) -> StudyResult:
    """Run a study into a new folder.

    Parameters
    ----------
    study
        A study, or its name or path.
    folder
        Folder that does not exist yet; by default one below ``runs``. With a *shard* it may hold the same study.
    replicates
        Number of runs of each point, instead of what the study says.
    workers
        Number of workers; by default one per processor.
    executor
        "threads", "processes" (which a script needs no guard ``if __name__ == "__main__":`` for) or any
        ``concurrent.futures.Executor``; by default threads for up to four workers, else processes.
    shard
        Part (i, n): only the i-th of n parts is run.
    progress
        Whether to show a bar.

    Returns
    -------
    The study's table, status, answer and figures.

    Raises
    ------
    InputError
        If there is no such study, the folder exists, or an argument is out of its range.

    Examples
    --------
    >>> small = {"design.clients": 2, "design.days": 3}
    >>> study = Study(title="Small", question="?", changes=small, inputs={"context.control": (1.0, 5.0)}, replicates=2)
    >>> result = run_study(study, "runs/small", workers=1)
    >>> result.table[["context.control", "replicate"]].to_numpy().tolist()
    [[1.0, 0.0], [1.0, 1.0], [5.0, 0.0], [5.0, 1.0]]
    """
    check_not_run_again()
    study = as_study(study)
    if replicates is not None:
        study = Study(**(dict(study) | {"replicates": replicates, "precision": None}))
    check_workers(workers)
    check_shard(shard, study)
    target = free_folder(study.name) if folder is None else Path(folder)
    if target.exists() and saved_kind(target) == "study":
        if shard == (1, 1):
            raise InputError(f"{target}: holds a study already; go on with `twoway study resume {target}`")
        store = Store(target)
        if not store.holds(study):
            raise InputError(f"{target}: holds another study ('{store.study.title}'); choose another folder with --out")
    else:
        try:
            store = Store.create(target, study)
        except InputError:
            if shard == (1, 1) or saved_kind(target) != "study":
                raise
            store = Store(target)  # another part was faster
    return _run(store, workers, executor, shard, False, progress)


def resume(
    folder: str | Path,
    *,
    workers: int | None = None,
    executor: Executor | str | None = None,
    shard: tuple[int, int] = (1, 1),
    failed_too: bool = False,
    progress: bool = False,
) -> StudyResult:
    """Make the runs that a study still lacks.

    Parameters
    ----------
    folder
        Folder of the study.
    failed_too
        Whether to make the runs that failed again as well.
    workers, executor, shard, progress
        As in ``run_study``.

    Examples
    --------
    >>> small = {"design.clients": 2, "design.days": 3}
    >>> study = Study(title="Small", question="?", changes=small, inputs={"context.control": (1.0, 5.0)}, replicates=2)
    >>> _ = run_study(study, "runs/small", workers=1, shard=(1, 2))
    >>> resume("runs/small", workers=1).status.missing
    0
    """
    check_not_run_again()
    check_workers(workers)
    store = Store(folder)
    check_shard(shard, store.study)
    return _run(store, workers, executor, shard, failed_too, progress)


def check_workers(workers: int | None) -> None:
    """Refuse an invalid number of workers."""
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= 1024):
        raise InputError(f"workers = {workers!r}; it must be a whole number from 1 to 1024")


def check_shard(shard: tuple[int, int], study: Study) -> None:
    """Refuse an invalid part, and parts of a study that must see all its runs.

    Parameters
    ----------
    shard
        Part (i, n): the i-th of n parts, i from 1.
    study
        Study of which it is a part.

    Raises
    ------
    InputError
        If i is not from 1 to n, or a study with ``precision`` is to be run in parts.
    """
    i, n = shard
    if not 1 <= i <= n:
        raise InputError(f"shard {i}/{n}: write it as i/n, with i from 1 to n")
    if n > 1 and study.precision:
        raise InputError(
            "a study that adds replicates until its precision is reached must see all its runs and cannot be run in "
            "parts; say how many with --replicates"
        )


def _run(
    store: Store,
    workers: int | None,
    executor: Executor | str | None,
    shard: tuple[int, int],
    failed_too: bool,
    progress: bool,
) -> StudyResult:
    store.check_model()
    messages = [
        f"Already at work on {store.folder}: {who}. Nothing will be counted twice, but work may be done twice; "
        "give each a part of its own with --shard."
        for who in store.working(shard)
    ]
    messages += [*store.clean(), *store.set_aside()]
    if messages:
        store = store.again()
    with store.at_work(shard), pool(executor, workers) as (engine, count):
        pending = store.pending(shard, failed_too)
        if progress and len(pending) >= WORTH_SAYING:
            print(foreseen(store, pending, count), flush=True)
        execute(store, pending, engine, count, progress)
        store = store.again()
        while wanted := more_replicates(store):
            store = store.planned(replicates=wanted)
            execute(store, store.pending(shard), engine, count, progress)
            store = store.again()
    return StudyResult(store, messages)


WORTH_SAYING, TIMED = 100, 3
"""Runs from which on it is said beforehand how long they take, and runs that are timed for it."""
BYTES = 24
"""Bytes of a kept run beside its outcomes, of which each takes 8."""


def foreseen(store: Store, runs: Sequence[tuple[str, int]], workers: int) -> str:
    """How long some runs will take and how large they will be, in a sentence; a few of them are timed.

    Parameters
    ----------
    store
        Study that the runs belong to.
    runs
        Runs to be made, as ``Store.pending`` gives them.
    workers
        Number of workers.
    """
    points = store.points()
    some = [runs[i * (len(runs) - 1) // max(1, TIMED - 1)] for i in range(TIMED)]
    runner, seconds = PointRunner(store.resolved, [points[key] for key, _ in some]), []
    try:
        for place, (_, replicate) in [*enumerate(some)] * 2:  # twice: the first compiles and reads data files
            began = time.perf_counter()
            runner.outcomes(place, replicate)
            seconds.append(time.perf_counter() - began)
    except Exception:  # what is wrong with a run is kept with the run
        expected = None
    else:
        expected = len(runs) * sum(seconds[TIMED:]) / TIMED / workers
    size = len(runs) * (BYTES + 8 * len(store.outcomes)) / 1e6
    kept = {Detail.DAYS: "every day", Detail.EVENTS: "every event"}.get(detail_for(store.resolved.outcomes.values()))
    needs = f" The outcomes need {kept} of a run, which is slower." if kept else ""
    with_workers = f"{workers} worker{'s' * (workers != 1)}"
    return expectation(f"{len(runs):,} runs", expected, with_workers, size, "at most") + needs


def more_replicates(store: Store) -> int | None:
    """Number of replicates needed next for the study's precision; None if it is reached, or no more are allowed."""
    precision = store.study.precision
    if precision is None or store.pending() or store.replicates >= precision.most:
        return None
    if store.widest() <= precision.half_width:
        return None
    return min(store.replicates + precision.step, precision.most)


def execute(store: Store, runs: Sequence[tuple[str, int]], engine: Executor, workers: int, progress: bool) -> None:
    """Make the runs (key, replicate) on an executor; finished runs are on the disk whatever happens afterwards.

    Parameters
    ----------
    store
        Study whose runs are made.
    runs
        Runs to be made, as ``Store.pending`` gives them.
    engine
        Executor that simulates and writes the tasks.
    workers
        Number of its workers; three tasks for each are kept waiting.
    progress
        Whether to show a bar.

    Raises
    ------
    InputError
        If a worker dies, or the disk cannot be written.
    """
    if not runs:
        return
    work = iter(tasks(store, runs, workers))
    waiting: set[Future[WrittenShard]] = set()
    with tqdm(total=len(runs), unit="run", desc="Running", disable=None if progress else True) as bar:
        try:
            for task in work:
                waiting.add(engine.submit(simulate_and_write, task))
                if len(waiting) >= 3 * workers:
                    waiting = _collect(waiting, bar)
            while waiting:
                waiting = _collect(waiting, bar)
        except KeyboardInterrupt:
            bar.write("Interrupted; finishing what is in hand, some seconds …")
            raise
        except OSError as error:
            with refusing_full_disk(store.folder):
                raise error
        except BrokenProcessPool:
            perhaps = "out of memory, perhaps"
            if not isinstance(engine, WorkerProcesses):
                perhaps += '; or a script without the guard `if __name__ == "__main__":`'
            raise InputError(
                f"{store.folder}: a worker died ({perhaps}). All runs written so far are kept; go on with "
                f"`twoway study resume {store.folder}`, if need be with fewer --workers"
            ) from None
        finally:
            for future in waiting:
                future.cancel()


def _collect(waiting: set[Future[WrittenShard]], bar: tqdm) -> set[Future[WrittenShard]]:
    """Wait for at least one task; returns those that are left."""
    done, left = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        bar.update(future.result().runs)
    return left


def tasks(store: Store, runs: Sequence[tuple[str, int]], workers: int) -> Iterator[Task]:
    """The runs in tasks of some seconds: blocks of replicates, point by point, so that points share random draws.

    Parameters
    ----------
    store
        Study that the runs belong to.
    runs
        Runs as (key of the point, replicate).
    workers
        Number of workers; a task is small enough for each to get four, if there are runs enough.
    """
    points = store.points()
    design = store.resolved.scenarios[store.resolved.base].design
    seconds = design.centres * design.clients * design.days * SECONDS_PER_DYAD_DAY
    size = max(1, min(int(SECONDS_PER_TASK / seconds), -(-len(runs) // (4 * workers))))
    order = {key: number for number, key in enumerate(points)}
    ordered = sorted(runs, key=lambda run: (run[1] // REPLICATES_AT_ONCE, order[run[0]], run[1]))
    note = store.note()
    for start in range(0, len(ordered), size):
        some = ordered[start : start + size]
        keys = list(dict.fromkeys(key for key, _ in some))
        places = {key: place for place, key in enumerate(keys)}
        here: list[StudyPoint] = [points[key] for key in keys]
        yield Task(store.folder / SHARDS, store.resolved, here, [(places[k], r) for k, r in some], note)


@contextmanager
def pool(executor: Executor | str | None, workers: int | None) -> Iterator[tuple[Executor, int]]:
    """An executor and how many workers it has; one of our own is shut down in the end, the user's is not.

    Parameters
    ----------
    executor
        "threads", "processes" or an executor of one's own; by default threads for up to ``THREADS_UP_TO`` workers, else
        processes.
    workers
        Number of workers; by default one per processor.

    Raises
    ------
    InputError
        If *executor* is another word.
    """
    if isinstance(executor, Executor):
        yield executor, workers or os.cpu_count() or 1
        return
    count = workers or os.cpu_count() or 1
    if executor is None:
        executor = "threads" if count <= THREADS_UP_TO else "processes"
    if executor not in ("threads", "processes"):
        raise InputError(f"executor = {executor!r}; it must be 'threads', 'processes' or an Executor")
    engine = ThreadPoolExecutor(count) if executor == "threads" else WorkerProcesses(count)
    try:
        yield engine, count
    finally:
        engine.shutdown(wait=True, cancel_futures=True)


class WorkerProcesses(ProcessPoolExecutor):
    """Processes that import this package, and not the script that starts them.

    A new process runs the main script again, for functions that it may have to call there; without a guard
    ``if __name__ == "__main__":`` the script would start processes in turn. Tasks of studies call nothing there.

    Parameters
    ----------
    count
        Number of processes.
    """

    def __init__(self, count: int) -> None:
        super().__init__(count, mp_context=get_context("spawn"), initializer=_begin_worker)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand in a task; processes are started here."""
        with without_main_script():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def without_main_script() -> Iterator[None]:
    """Let processes that are started inside the block find no main script to run again."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


GUARD = (
    "an executor of processes of your own runs the script again in each of its processes, which must not begin the "
    'study, too: put what the script does below `if __name__ == "__main__":`, or use executor="processes"'
)


def check_not_run_again() -> None:
    """End a process of a user's own executor that runs the main script again, before it begins the study once more."""
    if getattr(current_process(), "_inheriting", False):  # as multiprocessing itself asks it
        raise SystemExit(f"twoway: {GUARD}.")


def _begin_worker() -> None:
    """A worker finishes its task when Ctrl-C is pressed, and does not outlive the process it works for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None

    def leave() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=leave, daemon=True).start()
