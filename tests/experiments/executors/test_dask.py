"""On the workers of Dask a study gives the same table as here, whatever happens to them; real ones, on this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from tests.support.tiny_study import tiny

from twoway.cli.main import main
from twoway.experiments.executors import dask as on_dask
from twoway.experiments.executors.dask import LOCAL, dask_workers, simulate_there, sources
from twoway.experiments.studies import run as running
from twoway.experiments.studies.run import resume, run_study, tasks
from twoway.experiments.studies.store import SHARDS, WORKING, Store
from twoway.experiments.studies.worker import simulate_task
from twoway.simulation.errors import InputError

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")

ROOT = Path(__file__).parents[3]
PATIENCE = 120
"""Seconds to wait for another process on a busy machine."""
REPLICATES = 30
RUNS = 6 * REPLICATES
HERE = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
"""Dask's processes are reached from this machine only, at ports that are free."""


def until(condition, what):
    """Wait until *condition* gives something, and return that."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"waited too long until {what}"
        time.sleep(0.01)
    return found


def rows_in_shards(folder):
    return sum(pq.read_metadata(path).num_rows for path in (folder / SHARDS).glob("*.parquet"))


def shards(folder):
    return len(list((folder / SHARDS).glob("*.parquet")))


@contextmanager
def dask(command, *arguments, folder, package=ROOT):
    """A process of Dask's own that runs with the package in a folder; it is killed in the end."""
    with (folder / f"{command}-{time.monotonic_ns()}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{command}", *arguments, *HERE],
            env=os.environ | {"PYTHONPATH": str(package)},
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def a_scheduler(folder):
    """A scheduler: its process and its address."""
    file = folder / "scheduler.json"

    def address():
        return json.loads(file.read_text())["address"] if file.exists() and file.read_text().endswith("}") else None

    with dask("scheduler", "--port", "0", "--scheduler-file", str(file), folder=folder) as process:
        yield process, until(address, "the scheduler answers")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """The address of a scheduler."""
    with a_scheduler(tmp_path_factory.mktemp("scheduler")) as (_, address):
        yield address


@pytest.fixture(scope="module")
def client(scheduler):
    with distributed.Client(scheduler, set_as_default=False) as client:
        yield client


@pytest.fixture(scope="module")
def worker(scheduler, client, tmp_path_factory):
    """A context with a worker of the scheduler: its process and its address."""

    @contextmanager
    def there(package=ROOT):
        folder = tmp_path_factory.mktemp("worker")
        name = folder.name
        of_dask = ("--no-nanny", "--nthreads", "1", "--local-directory", str(folder), "--name", name)

        def address():
            assert process.poll() is None, "the worker has ended"
            infos = client.scheduler_info(n_workers=-1)["workers"].items()
            return next((address for address, info in infos if info["name"] == name), None)

        def gone():
            return at not in client.nthreads()

        with dask("worker", scheduler, *of_dask, folder=folder, package=package) as process:
            at = until(address, "the worker has joined")
            yield process, at
        until(gone, "the scheduler has seen that the worker is gone")

    return there


@pytest.fixture(scope="module")
def steady(worker):
    """A worker that is always there."""
    with worker():
        yield


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The table of the tiny study from a pool of processes."""
    return run_study(
        tiny(replicates=REPLICATES), tmp_path_factory.mktemp("pool") / "study", workers=2, executor="processes"
    ).table


@pytest.fixture
def small_tasks(monkeypatch):
    """A task per run, so that there is always something left to do when something happens."""
    monkeypatch.setattr(running, "SECONDS_PER_TASK", 1e-9)


@pytest.fixture(scope="module")
def other_sources(tmp_path_factory):
    """A copy of the package in which one comment of the model is different."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    for folder in ("analysis", "experiments", "scenarios", "simulation"):
        shutil.copytree(ROOT / folder, copy / "twoway" / folder, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "twoway" / "simulation" / "rules" / "tone.py").open("a") as file:
        file.write("# edited on this machine only\n")
    return copy


# The same as here


@pytest.mark.usefixtures("steady")
def test_the_workers_of_a_scheduler_give_the_table_of_a_pool_of_processes(tmp_path, scheduler, expected):
    with dask_workers(scheduler) as (executor, workers):
        assert workers == 1
        result = run_study(tiny(replicates=REPLICATES), tmp_path / "s", executor=executor, workers=workers)
    pd.testing.assert_frame_equal(result.table, expected)
    assert rows_in_shards(tmp_path / "s") == RUNS


@pytest.mark.usefixtures("steady")
def test_a_worker_needs_none_of_the_files(tmp_path, client):
    store = Store.create(tmp_path / "s", tiny(replicates=REPLICATES))
    task = next(tasks(store, store.pending()[:8], 1))
    contents = {file.sha256: file.path.read_bytes() for file in task.resolved.files}
    scenarios = {name: one.model_dump() for name, one in task.resolved.scenarios.items()}
    nowhere = task._replace(
        shards=Path("/nowhere"),
        resolved=task.resolved._replace(files=tuple(f._replace(path=Path("/nowhere")) for f in task.resolved.files)),
    )
    there = client.submit(simulate_there, nowhere, scenarios, contents, sources(), pure=False).result()
    assert there.trouble == [None] * 2
    assert there.keys == simulate_task(task).keys
    assert np.array_equal(there.outcomes, simulate_task(task).outcomes, equal_nan=True)


def test_a_cluster_of_this_machine_alone_gives_the_same(tmp_path, monkeypatch, capsys, expected):
    monkeypatch.chdir(tmp_path)
    Path("tiny.toml").write_text(
        'title = "Tiny"\nquestion = "Is it the same?"\nreplicates = 30\n'
        "[changes]\ndesign.clients = 4\ndesign.days = 8\n"
        "[inputs]\ncontext.strictness = [0.0, 0.5, 1.0]\nlearning.perceptual_noise = [0.8, 1.4]\n"
    )
    assert main(["study", "run", "tiny.toml", "--out", "s", "--dask", LOCAL, "--workers", "1"]) == 0
    assert "180 of 180 runs finished, 0 failed, 0 missing" in capsys.readouterr().out
    pd.testing.assert_frame_equal(Store("s").table(), expected)


# Killed and interrupted


@pytest.mark.usefixtures("steady", "small_tasks")
def test_a_worker_that_is_killed_in_the_middle_costs_no_run_and_doubles_none(
    tmp_path, scheduler, client, worker, expected
):
    folder, at_kill = tmp_path / "s", []

    def kill(process, address):
        until(lambda: shards(folder) >= 5 and client.processing([address])[address], "it is at work")
        process.send_signal(signal.SIGKILL)
        at_kill.append(shards(folder))

    with worker() as doomed, dask_workers(scheduler) as (executor, workers):
        killer = Thread(target=kill, args=doomed)
        killer.start()
        result = run_study(tiny(replicates=REPLICATES), folder, executor=executor, workers=workers)
        killer.join()
    assert 5 <= at_kill[0] < RUNS, "it was killed while there was work"
    pd.testing.assert_frame_equal(result.table, expected)
    assert rows_in_shards(folder) == RUNS


@pytest.mark.slow
@pytest.mark.usefixtures("small_tasks")
@pytest.mark.parametrize(
    ("lost", "why"), [("scheduler", "the Dask scheduler was lost"), ("worker", "no worker of Dask has been there")]
)
def test_when_the_scheduler_or_the_last_worker_is_lost_it_says_so_and_can_be_resumed(
    tmp_path, monkeypatch, capsys, expected, lost, why
):
    folder = tmp_path / "s"
    Store.create(folder, tiny(replicates=REPLICATES))
    with (
        a_scheduler(tmp_path) as (scheduler, address),
        dask("worker", address, "--no-nanny", folder=tmp_path) as worker,
    ):

        def kill():
            until(lambda: shards(folder) >= 3, "some runs are kept")
            monkeypatch.setattr(on_dask, "WORKERS_WITHIN", 2)
            {"scheduler": scheduler, "worker": worker}[lost].kill()

        killer = Thread(target=kill)
        killer.start()
        status = main(["study", "resume", str(folder), "--dask", address])
        killer.join()
    err = capsys.readouterr().err
    assert status == 2
    assert err.startswith(f"twoway: {why}")
    assert err.endswith(f"All runs written so far are kept; go on with `twoway study resume {folder}`\n")
    assert 3 <= Store(folder).status().done < RUNS
    assert list((folder / WORKING).iterdir()) == []
    pd.testing.assert_frame_equal(resume(folder, workers=1).table, expected)


def test_what_is_lost_with_its_worker_is_waited_for_and_what_the_scheduler_forgot_is_not():
    """A worker may die when it has finished a task and has not yet handed over the rows; another does the task then."""
    task, rows = SimpleNamespace(shards=Path("s") / SHARDS), {"point": [1, 2]}
    lost = SimpleNamespace(status="lost", result=lambda: rows)
    assert on_dask._rows(lost, task) is rows
    with pytest.raises(InputError, match="scheduler was lost, or has forgotten"):
        on_dask._rows(SimpleNamespace(status="cancelled"), task)


SCRIPT = """
import sys
from twoway.experiments.studies import run as running
from twoway.cli.main import main
running.SECONDS_PER_TASK = 1e-9  # a task per run, so that an interruption always comes in between
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.usefixtures("steady")
@pytest.mark.parametrize("where", [LOCAL, "at a scheduler"])
def test_interrupted_it_cancels_what_is_queued_and_leaves_what_can_be_resumed(
    tmp_path, scheduler, client, expected, where
):
    """As in a terminal, where Ctrl-C goes to the process and all that it has started."""
    folder, script = tmp_path / "s", tmp_path / "script.py"
    script.write_text(SCRIPT)
    address, more = (LOCAL, ("--workers", "1")) if where == LOCAL else (scheduler, ())
    Store.create(folder, tiny(replicates=REPLICATES))
    theirs = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [sys.executable, str(script), "study", "resume", str(folder), "--dask", address, *more],
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, theirs)
    until(lambda: shards(folder) >= 3 or process.poll() is not None, "some runs are kept")
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert f"`twoway study resume {folder}`" in out
    assert "Traceback" not in err
    assert list((folder / WORKING).iterdir()) == []
    assert 3 <= Store(folder).status().done < RUNS
    until(lambda: not client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)), "nothing is queued")
    pd.testing.assert_frame_equal(resume(folder, workers=1).table, expected)


# Refused


def refused(capsys, folder, *arguments):
    """The command must refuse in one sentence and leave no trace; returns the sentence."""
    before = sorted(folder.rglob("*"))
    status = main(["study", *map(str, arguments)])
    said = capsys.readouterr().err
    assert status == 2
    assert said.startswith("twoway: ")
    assert said.count("\n") == 1
    assert sorted(folder.rglob("*")) == before
    return said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("nowhere", "missing port number"),
        ("foo://10.0.0.5:8786", "unknown address scheme 'foo'"),
        ("tcp://127.0.0.1:{free}", "Timed out"),
        ("tcp://127.0.0.1:{other}", "something else listens there"),
    ],
)
def test_a_scheduler_that_does_not_answer_is_refused_within_seconds(tmp_path, monkeypatch, capsys, address, why):
    monkeypatch.setattr(on_dask, "CONNECTED_WITHIN", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = address.format(free=port, other=other.getsockname()[1])
        said = refused(capsys, tmp_path, "run", "turnover", "--out", tmp_path / "s", "--dask", address)
    assert f"--dask {address}: no Dask scheduler answers there ({why}" in said
    assert "tcp://10.0.0.5:8786, or 'local'" in said


def test_without_dask_it_names_the_extra(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = refused(capsys, tmp_path, "run", "turnover", "--out", tmp_path / "s", "--dask", LOCAL)
    assert "Dask is not installed; install the extra 'cluster'" in said


@pytest.mark.slow
def test_a_scheduler_without_workers_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(on_dask, "WORKERS_WITHIN", 1)
    why = "has no worker, and none came within 1 seconds"
    with a_scheduler(tmp_path) as (_, address), pytest.raises(InputError, match=why), dask_workers(address):
        pytest.fail("it began without workers")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--executor", "threads"), "--dask and --executor"),
        (("--workers", "2"), "its workers are those that are there; leave --workers out"),
    ],
)
def test_options_that_contradict_it_are_refused(tmp_path, capsys, more, said):
    arguments = ("run", "turnover", "--out", tmp_path / "s", "--dask", "tcp://127.0.0.1:8786", *more)
    assert said in refused(capsys, tmp_path, *arguments)


@pytest.mark.usefixtures("steady")
def test_a_worker_with_other_sources_is_refused_before_and_during_a_study(
    tmp_path, scheduler, worker, other_sources, capsys, monkeypatch
):
    monkeypatch.setattr(running, "SECONDS_PER_TASK", 1e-9)
    kept, elsewhere = tmp_path / "kept", tmp_path / "elsewhere"
    elsewhere.mkdir()  # in the first folder, what was under way may still be written down
    with dask_workers(scheduler) as (executor, workers), worker(other_sources) as (_, address):
        with pytest.raises(InputError, match=f"a worker that joined later, {address}, runs two-way-process"):
            run_study(tiny(replicates=REPLICATES), kept, executor=executor, workers=workers + 1)
        said = refused(capsys, elsewhere, "run", "turnover", "--out", elsewhere / "none", "--dask", scheduler)
    assert f"1 of 2 workers run other sources: {address} runs two-way-process" in said
    assert f"here it is {sources()}" in said
    assert Store(kept).status().same_model
    assert resume(kept, workers=1).status.missing == 0


@pytest.mark.slow
def test_a_worker_that_cannot_say_what_it_runs_is_refused_and_named(tmp_path, scheduler, worker, capsys):
    """Its package is another one, as in a version before there were studies on Dask."""
    old = tmp_path / "old"
    (old / "twoway" / "experiments" / "executors").mkdir(parents=True)
    for file in ("__init__.py", "experiments/__init__.py", "experiments/executors/__init__.py"):
        (old / "twoway" / file).write_text("")
    (old / "twoway" / "experiments" / "executors" / "dask.py").write_text("")
    with worker(old) as (_, address):
        said = refused(capsys, tmp_path, "run", "turnover", "--out", tmp_path / "s", "--dask", scheduler)
    assert f"{address} cannot say what it runs (ImportError: cannot import name 'sources'" in said
