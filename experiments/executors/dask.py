"""A study on the workers of Dask.

    with dask_workers("tcp://10.0.0.5:8786") as (executor, workers):
        run_study("turnover", executor=executor, workers=workers)

Workers simulate the runs and send back their outcomes; only the process that runs the study writes. So workers need
neither the folder of the study nor its data files, files belong to the person who runs the study, a worker that dies
leaves no file half-written, and nobody waits for a network file system to show what another machine has written. A
run takes milliseconds to simulate and some hundred bytes to send, so this does not slow the study down.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from twoway.experiments.results.provenance import DataFile, model_version, sources_digest
from twoway.experiments.studies.resolved_study import EXTENSIONS, scenario_with_copies
from twoway.experiments.studies.run import check_not_run_again, without_main_script
from twoway.experiments.studies.shards import Rows
from twoway.experiments.studies.worker import Task, WrittenShard, simulate_and_write, simulate_task, write_task
from twoway.simulation.data_files import read_file
from twoway.simulation.errors import InputError

if TYPE_CHECKING:
    from distributed import Client, LocalCluster
    from distributed import Future as FarFuture

LOCAL = "local"
"""The address that means a cluster on this machine alone, started for the study and ended with it."""
CONNECTED_WITHIN = 5
"""Seconds in which a scheduler must answer."""
WORKERS_WITHIN = 60
"""Seconds in which the first worker must be there, and another one when the last is gone."""
SUFFIXES = {EXTENSIONS: ".py"}
"""Endings of files that workers are sent, by field; of all others .toml."""
MOST_WORKERS = 1024
"""Threads a study is told of at most; it keeps three tasks waiting for each, so more threads are busy as well."""
WATCHED_EVERY = 1
"""Seconds after which is looked again whether there are workers."""


class Sources(NamedTuple):
    """The code that a process runs: version of the package, and SHA-256 over all its code and data."""

    version: str
    digest: str

    def __str__(self) -> str:
        return f"two-way-process {self.version}, sources {self.digest[:12]}"


@lru_cache
def sources() -> Sources:
    """The code that this process runs."""
    return Sources(model_version(), sources_digest())


@contextmanager
def dask_workers(address: str, workers: int | None = None) -> Iterator[tuple[Executor, int]]:
    """An executor on the Dask scheduler at *address*, or on a cluster of this machine alone ("local"), and its threads.

    Parameters
    ----------
    address
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``, or "local".
    workers
        Workers of a local cluster, by default one per processor; None with the address of a scheduler.

    Raises
    ------
    InputError
        If Dask is not installed, no scheduler answers, no worker is there, a worker runs other sources than this
        process, or a number of workers is given for a scheduler's address.
    """
    try:
        import distributed  # noqa: F401
    except ModuleNotFoundError:
        raise InputError(
            f"--dask {address}: Dask is not installed; install the extra 'cluster', "
            "for example with python -m pip install '.[cluster]'"
        ) from None
    if address != LOCAL and workers is not None:
        raise InputError(f"--dask {address}: its workers are those that are there; leave --workers out")
    if address == LOCAL:
        check_not_run_again()
        with (
            _said_in_sentences(),
            _local_cluster(workers or os.cpu_count() or 1) as cluster,
            _connected(cluster.scheduler_address) as (executor, threads),
        ):
            executor.client.run(_ignore_interrupts)
            yield executor, threads
    else:
        with _said_in_sentences(), _connected(address) as found:
            yield found


def _local_cluster(workers: int) -> LocalCluster:
    """A cluster on this machine, whose workers do not run the script that starts it."""
    from distributed import LocalCluster

    with without_main_script():
        return LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.ERROR)


@contextmanager
def _said_in_sentences() -> Iterator[None]:
    """Keep the tracebacks of Dask's client to itself: what goes wrong is said in a sentence."""
    log = logging.getLogger("distributed.client")
    theirs = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(theirs)


@contextmanager
def _connected(address: str) -> Iterator[tuple[DaskExecutor, int]]:
    from distributed import Client

    try:
        with ThreadPoolExecutor(1) as aside:  # a notebook has a loop of its own here
            aside.submit(asyncio.run, _greet(address)).result()
        client = Client(address, timeout=CONNECTED_WITHIN, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        why = str(error).splitlines()[0] if str(error) else "something else listens there"
        raise InputError(
            f"--dask {address}: no Dask scheduler answers there ({why}); give the address that `dask scheduler` "
            f"prints, such as tcp://10.0.0.5:8786, or '{LOCAL}'"
        ) from None
    try:
        try:
            client.wait_for_workers(1, timeout=WORKERS_WITHIN)
        except TimeoutError:
            raise InputError(
                f"--dask {address}: the scheduler has no worker, and none came within {WORKERS_WITHIN} seconds; "
                f"start some with `dask worker {address}`"
            ) from None
        check_workers_sources(client)
        executor = DaskExecutor(client)
        try:
            yield executor, min(sum(client.nthreads().values()), MOST_WORKERS)
        finally:
            executor.shutdown(cancel_futures=True)
    finally:
        client.close()


def _ignore_interrupts() -> None:
    """Let a worker that shares this terminal leave Ctrl-C to the process that runs the study."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


async def _greet(address: str) -> None:
    """Say hello to a scheduler; where something else listens, ``Client`` itself would wait for an answer for ever."""
    from distributed import Security
    from distributed.comm.core import connect

    how = Security().get_connection_args("client")
    line = await asyncio.wait_for(connect(address, timeout=CONNECTED_WITHIN, **how), CONNECTED_WITHIN + 1)
    await line.close()


def check_workers_sources(client: Client) -> None:
    """Refuse a cluster in which a worker runs other sources than this process, naming one."""
    answers = client.run(_asking(), on_error="return")
    others = {worker: answer for worker, answer in answers.items() if answer != tuple(sources())}
    if not others:
        return
    worker, answer = min(others.items())
    runs = f"cannot say what it runs ({type(answer).__name__}: {answer})"
    if not isinstance(answer, Exception):
        runs = f"runs {Sources(*answer)}"
    raise InputError(
        f"{len(others)} of {len(answers)} workers run other sources: {worker} {runs}; here it is {sources()}. "
        "Install the same on all of them and start them again; nothing was run"
    )


def _asking() -> Callable[[], tuple[str, str]]:
    """The question what a worker runs, in a form that a worker without this package can read."""

    def answer() -> tuple[str, str]:
        from twoway.experiments.executors.dask import sources as theirs

        return theirs().version, theirs().digest

    return answer


class DaskExecutor(Executor):
    """An executor for the tasks of studies: a worker of Dask simulates the runs, this process writes their shard.

    Dask gives the tasks of a worker that has died to another.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._writing = Lock()
        self._waiting: dict[Future[Any], Task] = {}
        self._over = Event()
        Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand in a task; *fn* can only be ``simulate_and_write``, whose halves are done in two places."""
        if fn is not simulate_and_write or kwargs:
            raise TypeError("on Dask only simulate_and_write can be run")
        (task,) = args
        contents = {file.sha256: _content(file) for file in _files(task)}
        bare = task._replace(resolved=task.resolved._replace(scenarios={}))  # they load extensions when unpickled
        scenarios = {name: one.model_dump() for name, one in task.resolved.scenarios.items()}
        far = self.client.submit(simulate_there, bare, scenarios, contents, sources(), pure=False)
        shard: Future[WrittenShard] = Future()
        self._waiting[shard] = task

        def cancelled(_: Future[WrittenShard]) -> None:
            self._waiting.pop(shard, None)
            if shard.cancelled():
                far.cancel()

        def done(_: FarFuture[Any]) -> None:
            try:
                rows = _rows(far, task)  # may wait for another worker, if the one that has them dies now
            except Exception as error:
                self._settle(shard, error)
            else:
                self._settle(shard, lambda: write_task(task, rows))

        shard.add_done_callback(cancelled)
        far.add_done_callback(done)
        return shard

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cancel what is queued, if asked to, and wait until the shard that is being written is.

        Parameters
        ----------
        wait
            Whether to wait for the shard.
        cancel_futures
            Whether to cancel what is queued.
        """
        self._over.set()
        if cancel_futures:
            for shard in list(self._waiting):
                shard.cancel()
        if wait:
            with self._writing:
                pass

    def _watch(self) -> None:
        """Fail what waits for workers when none is left for long, as when their jobs on the cluster have ended."""
        last = monotonic()
        while not self._over.wait(WATCHED_EVERY):
            with suppress(Exception, asyncio.CancelledError):  # whatever a client says that loses its scheduler
                if self.client.nthreads():
                    last = monotonic()
            if monotonic() - last < WORKERS_WITHIN:
                continue
            for shard, task in list(self._waiting.items()):
                why = f"no worker of Dask has been there for {WORKERS_WITHIN} seconds. {_resume_hint(task)}"
                self._settle(shard, InputError(why))

    def _settle(self, shard: Future[WrittenShard], outcome: Callable[[], WrittenShard] | Exception) -> None:
        """Give a future its outcome, unless it has one or was cancelled."""
        with self._writing:
            if shard.done() or not shard.set_running_or_notify_cancel():
                return
            try:
                if isinstance(outcome, Exception):
                    shard.set_exception(outcome)
                else:
                    shard.set_result(outcome())
            except Exception as error:
                shard.set_exception(error)


def _resume_hint(task: Task) -> str:
    return f"All runs written so far are kept; go on with `twoway study resume {task.shards.parent}`"


def _rows(far: FarFuture[Any], task: Task) -> Rows:
    """The rows of a task; raises ``InputError`` if the cluster has failed, or else the error that the worker raised."""
    from distributed import KilledWorker

    with suppress(OSError, CancelledError, asyncio.CancelledError):  # the way to what has the result may be lost too
        if far.status not in ("error", "cancelled"):  # finished; or lost again with its worker, and given to another
            return far.result()
    if far.status != "error":
        raise InputError(f"the Dask scheduler was lost, or has forgotten the study's tasks. {_resume_hint(task)}")
    error = far.exception()
    if isinstance(error, KilledWorker):
        raise InputError(
            f"some workers died one after the other at the same task (out of memory, perhaps). {_resume_hint(task)}"
        )
    if isinstance(error, OSError):
        raise InputError(f"a worker could not go on ({error}). {_resume_hint(task)}")
    raise error


@lru_cache
def _content(file: DataFile) -> bytes:
    return read_file(file.path)


def _files(task: Task) -> tuple[DataFile, ...]:
    """The data files and extensions that a task needs."""
    return (*task.resolved.files, *task.resolved.extensions)


def simulate_there(
    task: Task, scenarios: Mapping[str, dict[str, Any]], contents: Mapping[str, bytes], asked_by: Sources
) -> Rows:
    """Simulate the runs of a task on a worker of Dask, with the data files and extensions whose *contents* come along.

    Parameters
    ----------
    task
        Runs to simulate; the study in it has no scenarios yet, and paths of files are those of the machine that asks.
    scenarios
        Fields of the study's scenarios by name, as ``model_dump`` gives them.
    contents
        Contents of the data files and extensions, by SHA-256.
    asked_by
        Sources of the process that asks.

    Returns
    -------
    Outcomes of the runs, in the order of the task.

    Raises
    ------
    InputError
        If the worker runs other sources than the process that asks, as one that came late might.
    """
    from distributed import get_worker

    if sources() != asked_by:
        raise InputError(
            f"a worker that joined later, {get_worker().address}, runs {sources()}; the study is run with {asked_by}. "
            "Install the same on all of them, then `twoway study resume`"
        )
    folder = Path(get_worker().local_directory) / "data-files"
    folder.mkdir(exist_ok=True)
    here = []
    for file in _files(task):
        path = folder / f"{file.sha256}{SUFFIXES.get(file.field, '.toml')}"
        if not path.exists():
            partial = folder / f".{uuid4().hex}"
            partial.write_bytes(contents[file.sha256])
            partial.replace(path)
        here.append(file._replace(path=path))
    count = len(task.resolved.files)
    copies = {file.given: str(file.path) for file in here[count:]}
    resolved = task.resolved._replace(
        scenarios={name: scenario_with_copies(data, copies) for name, data in scenarios.items()},
        files=tuple(here[:count]),
        extensions=tuple(here[count:]),
    )
    return simulate_task(task._replace(resolved=resolved))
