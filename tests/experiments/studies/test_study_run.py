"""A study gives the same table however it is run: with any workers, executor and parts, killed, resumed or merged."""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit
from tests.support.manifests import rewrite_manifest
from tests.support.tiny_study import INPUTS, TINY, same, tiny

from twoway.analysis.patterns import PATTERNS, with_patterns
from twoway.experiments.results.expectation import in_words
from twoway.experiments.results.heartbeat import GONE, disk_time
from twoway.experiments.studies import run as running
from twoway.experiments.studies import worker
from twoway.experiments.studies.designs import MorrisDesign, Span
from twoway.experiments.studies.manage import extend, replay
from twoway.experiments.studies.outcomes import OUTCOMES
from twoway.experiments.studies.run import foreseen, resume, run_study, tasks
from twoway.experiments.studies.store import DESIGN, SET_ASIDE, SHARDS, WORKING, Store
from twoway.experiments.studies.study import Precision
from twoway.experiments.studies.worker import simulate_and_write
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import changed, load
from twoway.simulation.tables import run as run_scenario

PATH = str(Path(__file__).parents[3])
MANY = 60
"""Replicates of a study that is to be caught in the middle."""


# The same whatever runs it


def test_a_study_has_a_row_per_point_and_replicate_in_that_order(whole_table):
    assert len(whole_table) == 6 * 4
    assert whole_table[["point", "replicate"]].apply(tuple, axis=1).is_monotonic_increasing
    assert whole_table["run"].is_unique
    assert not whole_table["failed"].any()


def test_a_run_is_what_the_model_gives_for_its_scenario_seed_and_replicate(whole_table):
    row = whole_table.iloc[4 * 3 + 2]
    point = {name: float(row[name]) for name in INPUTS}
    dyads = with_patterns(
        run_scenario(changed(load("ordinary"), TINY | point), seed=1, replicates=3, detail="dyads").dyads
    )
    dyads = dyads[dyads["replicate"] == 2]
    assert row["replicate"] == 2
    tone = {role: dyads[f"{role}_positivity"] - dyads[f"{role}_negativity"] for role in ("client", "keyworker")}
    expected = {
        "friendly": (dyads["pattern"] == PATTERNS[0]).mean(),
        "polite": (dyads["pattern"] == PATTERNS[1]).mean(),
        "conflicted": (dyads["pattern"] == PATTERNS[2]).mean(),
        "same_class": (dyads["client_class"].astype(str) == dyads["keyworker_class"].astype(str)).mean(),
        "tone_correlation": np.corrcoef(tone["client"], tone["keyworker"])[0, 1],
        "client_tone": tone["client"].mean(),
        "keyworker_tone_sd": tone["keyworker"].std(ddof=1),
        "client_adversarial": dyads["client_adversarial"].mean(),
        "keyworker_personal": dyads["keyworker_personal"].mean(),
        "felt_coercion": dyads["client_felt_coercion"].mean(),
        "exchanges": dyads["exchanges"].mean(),
        "talks": dyads["talks"].mean(),
        "repairs": dyads["repairs"].mean(),
        "confronts": (dyads["client_confront"] + dyads["keyworker_confront"]).mean(),
        "changes": dyads["changes"].mean(),
    }
    for name, value in expected.items():
        assert row[name] == pytest.approx(value, rel=1e-6), name


def test_outcomes_are_of_all_centres_of_a_run_together(tmp_path):
    study = tiny(changes=TINY | {"design.centres": 3}, inputs={"context.control": (2.0, 5.0)}, replicates=1)
    table = run_study(study, tmp_path / "study", workers=1).table
    scenario = changed(load("ordinary"), TINY | {"design.centres": 3, "context.control": 5.0})
    dyads = run_scenario(scenario, seed=1, detail="dyads").dyads
    assert len(dyads) == 12
    assert table["exchanges"].iloc[1] == pytest.approx(dyads["exchanges"].mean())


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "executor"), [(2, "threads"), (2, "processes")])
def test_workers_and_executor_change_nothing(tmp_path, whole_table, workers, executor):
    assert same(run_study(tiny(), tmp_path / "s", workers=workers, executor=executor).table, whole_table)


@pytest.mark.slow
def test_an_executor_of_ones_own_can_be_used_and_stays_open(tmp_path, whole_table):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as mine:
        assert same(run_study(tiny(), tmp_path / "s", executor=mine).table, whole_table)
        assert mine.submit(abs, -1).result() == 1


class Backwards(Executor):
    """Does everything at once, but reports the last first."""

    def submit(self, work, *arguments):
        future = Future()
        future.set_result(work(*arguments))
        return future


def test_the_order_in_which_runs_are_made_changes_nothing(tmp_path, whole_table):
    store = Store.create(tmp_path / "s", tiny())
    runs = store.pending()
    running.execute(store, runs[::-2], Backwards(), 1, False)
    running.execute(store, runs[-2::-2], Backwards(), 1, False)
    assert same(store.again().table(), whole_table)


def test_parts_may_share_a_folder(tmp_path, whole_table):
    for i in (3, 1, 2):
        result = run_study(tiny(), tmp_path / "s", workers=1, shard=(i, 3))
    assert same(result.table, whole_table)


@pytest.mark.parametrize("shard", [(5, 4), (0, 4), (-1, 2)])
def test_a_part_that_cannot_be_is_refused(tmp_path, shard):
    with pytest.raises(InputError, match="write it as i/n"):
        run_study(tiny(), tmp_path / "s", shard=shard)
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("workers", [0, -2, True, 1.5])
def test_workers_that_cannot_be_are_refused(tmp_path, workers):
    with pytest.raises(InputError, match="workers"):
        run_study(tiny(), tmp_path / "s", workers=workers)
    assert not (tmp_path / "s").exists()


def test_a_folder_that_holds_a_study_is_not_run_over(tmp_path):
    run_study(tiny(replicates=1), tmp_path / "s", workers=1)
    with pytest.raises(InputError, match="study resume"):
        run_study(tiny(replicates=1), tmp_path / "s", workers=1)
    with pytest.raises(InputError, match="holds another study"):
        run_study(tiny(replicates=2), tmp_path / "s", workers=1, shard=(1, 2))


def test_points_that_are_the_same_are_run_once(tmp_path):
    study = tiny(design=MorrisDesign(size=3), inputs={"context.strictness": Span()}, replicates=2)
    result = run_study(study, tmp_path / "s", workers=1)
    keys = Store(tmp_path / "s").design["key"]
    assert result.status.points == 6
    assert result.status.planned == keys.nunique() * 2 < 12
    assert len(result.table) == 12


# Luck


def test_with_common_random_numbers_points_that_do_not_differ_in_what_is_simulated_give_the_same(tmp_path):
    never = TINY | {"context.requests": 0.0, "context.centre_spread": 0.0}
    table = run_study(tiny(changes=never), tmp_path / "s", workers=1).table
    table = table[table["learning.perceptual_noise"] == 0.8]
    strict, lax = (table[table["context.strictness"] == s]["client_tone"].to_numpy() for s in (1.0, 0.0))
    assert np.array_equal(strict, lax), "strictness is only felt in requests"


def test_with_other_random_numbers_they_give_something_else_but_the_same_again(tmp_path):
    never = TINY | {"context.requests": 0.0, "context.centre_spread": 0.0}
    one, other = (
        run_study(tiny(changes=never, common_random_numbers=False), tmp_path / name, workers=1).table
        for name in ("a", "b")
    )
    assert same(one, other)
    tones = [set(g) for _, g in one.groupby("point")["client_tone"]]
    assert not set.intersection(*tones)


# Interrupted, killed, twice at once

SCRIPT = """
import sys
from twoway.experiments.studies import run as running
from twoway.experiments.studies.run import resume, run_study
from tests.experiments.studies.test_study_run import MANY
from tests.support.tiny_study import tiny
running.SECONDS_PER_TASK = 1e-9  # a shard per run, so that a kill always comes in between
if __name__ == "__main__":
    folder, begin, executor = sys.argv[1:]
    study = tiny(replicates=MANY)
    run_study(study, folder, workers=2, executor=executor) if begin == "run" else resume(folder, workers=1)
"""


def started(tmp_path, folder, *how):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": PATH}
    return subprocess.Popen([sys.executable, str(script), str(folder), *how], env=environment, stderr=subprocess.PIPE)


def wait_for_shards(process, folder, count, patience=120):
    until = time.monotonic() + patience
    while len(list((folder / SHARDS).glob("*.parquet"))) < count:
        assert process.poll() is None, process.stderr.read().decode()
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.fixture(scope="module")
def many_table(tmp_path_factory):
    return run_study(tiny(replicates=MANY), tmp_path_factory.mktemp("many") / "study", workers=2).table


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_killed_in_the_middle_and_resumed_it_is_the_same(tmp_path, many_table, executor):
    folder = tmp_path / "s"
    process = started(tmp_path, folder, "run", executor)
    wait_for_shards(process, folder, 5)
    process.kill()
    process.wait()
    process.stderr.close()
    time.sleep(0.3)  # workers notice that they have been left alone
    store = Store(folder)
    assert 5 <= store.status().done < 6 * MANY
    assert list(store.working()) == [], "a process that was killed is not at work"
    shards = set((folder / SHARDS).glob("*.parquet"))
    result = resume(folder, workers=2)
    assert same(result.table, many_table)
    assert shards <= set((folder / SHARDS).glob("*.parquet")), "what was kept stays"


@pytest.mark.slow
def test_interrupted_it_leaves_what_can_be_resumed(tmp_path, many_table):
    folder = tmp_path / "s"
    theirs = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = started(tmp_path, folder, "run", "threads")
    finally:
        signal.signal(signal.SIGINT, theirs)
    wait_for_shards(process, folder, 5)
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=60)[1].decode()
    assert "KeyboardInterrupt" in errors
    assert 5 <= Store(folder).status().done < 6 * MANY
    assert list((folder / WORKING).iterdir()) == []
    assert same(resume(folder, workers=2).table, many_table)


@pytest.mark.slow
def test_two_at_once_count_nothing_twice_and_know_of_each_other(tmp_path, many_table):
    folder = tmp_path / "s"
    Store.create(folder, tiny(replicates=MANY))
    first = started(tmp_path, folder, "resume", "threads")
    wait_for_shards(first, folder, 1)
    result = resume(folder, workers=1)
    assert first.wait(120) == 0, first.stderr.read().decode()
    first.stderr.close()
    assert len(result.messages) == 1
    assert "Already at work" in result.messages[0]
    assert f"process {first.pid} " in result.messages[0]
    store = Store(folder)
    assert same(store.table(), many_table)
    assert store.status().done == store.status().planned == 6 * MANY


def test_a_run_that_came_out_differently_the_second_time_is_told(tmp_path, monkeypatch):
    folder = tmp_path / "s"
    store = run_study(tiny(replicates=1), folder, workers=1) and Store(folder)
    runs = store.have()[0]
    running.execute(store, [(key, 0) for key in runs], Backwards(), 1, False)
    assert store.again().status().contradicted == 0, "made twice, but equal"
    worked_out = worker.compute_outcomes
    monkeypatch.setattr(worker, "compute_outcomes", lambda *given: [v + 0.25 for v in worked_out(*given)])
    running.execute(store, [(runs[0], 0), (runs[1], 0)], Backwards(), 1, False)
    assert store.again().status().contradicted == 2
    assert store.again().status().done == 6


def test_who_works_on_another_part_is_no_reason_to_warn(tmp_path):
    store = Store.create(tmp_path / "s", tiny())
    note = {"host": socket.gethostname(), "process": os.getppid(), "since": "today", "part": [1, 3]}
    (tmp_path / "s" / WORKING / "other.json").write_text(json.dumps(note))
    assert list(store.working((2, 3))) == []
    assert len(list(store.working((1, 3)))) == len(list(store.working((1, 1)))) == len(list(store.working())) == 1


# Trouble on the disk


@pytest.mark.parametrize("trouble", ["cut short", "changed", "emptied", "not a study's"])
def test_a_damaged_shard_is_noticed_set_aside_and_its_runs_are_run_again(tmp_path, whole_table, trouble):
    folder = tmp_path / "s"
    run_study(tiny(), folder, workers=1)
    shard = sorted((folder / SHARDS).glob("*.parquet"))[0]
    content = shard.read_bytes()
    middle = len(content) // 4
    damage = {
        "cut short": content[: len(content) // 2],
        "changed": content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :],
        "emptied": b"",
    }
    if trouble in damage:
        shard.write_bytes(damage[trouble])
    else:
        pd.DataFrame({"a": [1]}).to_parquet(shard)
    spoiled = shard.read_bytes()
    status = Store(folder).status()
    assert status.damaged == (shard.name,)
    assert status.missing > 0
    assert shard.exists(), "looking at a study changes nothing"
    result = resume(folder, workers=1)
    assert any(shard.name in said and "set aside" in said for said in result.messages)
    assert (folder / SET_ASIDE / shard.name).read_bytes() == spoiled
    assert same(result.table, whole_table)


FULL = """
import resource, signal, sys
from twoway.experiments.studies.run import resume
from twoway.simulation.errors import InputError
if __name__ == "__main__":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        resume(sys.argv[1], workers=2, executor="threads")
    except InputError as refusal:
        print(refusal)
        sys.exit(2)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system cannot limit the size of files")
def test_when_nothing_more_can_be_written_it_says_so_and_loses_nothing(tmp_path, whole_table):
    folder = tmp_path / "s"
    run_study(tiny(replicates=2), folder, workers=1)
    extend(folder, replicates=4)
    before = Store(folder).table()
    script = tmp_path / "script.py"
    script.write_text(FULL)
    done = subprocess.run(
        [sys.executable, str(script), str(folder)],
        env=os.environ | {"PYTHONPATH": PATH},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert f"{folder}: cannot be written, the disk is full. All runs written so far are kept" in done.stdout
    assert same(Store(folder).table(), before)
    assert not [p for p in (folder / SHARDS).iterdir() if p.suffix != ".parquet"], "no half shard is left"
    assert same(resume(folder, workers=1).table, whole_table)


def test_a_full_disk_is_called_full(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="the disk is full"):
        run_study(tiny(), tmp_path / "s", workers=1, executor="threads")
    monkeypatch.undo()
    assert Store(tmp_path / "s").status().done == 0
    assert resume(tmp_path / "s", workers=1).status.missing == 0


# Runs that fail


@pytest.fixture
def failing(monkeypatch):
    """Runs of replicate 2 where perceptual noise is small fail; it can be undone."""
    simulate_centre = worker.simulate_centre

    def fails(prepared, seed, replicate, centre, detail):
        if replicate == 2 and prepared.scenario.learning.perceptual_noise == 0.8:
            raise ZeroDivisionError("no such number")
        return simulate_centre(prepared, seed, replicate, centre, detail)

    monkeypatch.setattr(worker, "simulate_centre", fails)
    return monkeypatch


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "1 second"), (119, "119 seconds"), (150, "2 minutes"), (9000, "2 hours")]
)
def test_a_duration_is_said_as_anybody_would(seconds, words):
    assert in_words(seconds) == words


KEPT = [one.name for one in OUTCOMES.values() if one.needs == "dyads"]
"""Outcomes that every study keeps."""


def test_a_study_says_beforehand_how_many_runs_how_long_and_how_large(tmp_path):
    store = Store.create(tmp_path / "s", tiny(outcomes=("friendly", "time_conflicted")))
    said = foreseen(store, store.pending(), 2)
    assert re.match(r"24 runs: about \d+ (seconds?|minutes) with 2 workers, at most \d+\.\d MB\. ", said)
    assert said.endswith("The outcomes need every day of a run, which is slower.")
    assert list(store.outcomes) == [name for name in OUTCOMES if name in KEPT or name == "time_conflicted"]


def test_a_run_that_fails_is_a_row_with_its_traceback_and_loses_no_other(tmp_path, whole_table, failing):
    result = run_study(tiny(), tmp_path / "s", workers=1, executor="threads")
    assert (result.status.done, result.status.failed, result.status.missing) == (21, 3, 0)
    failed = result.table[result.table["failed"]]
    assert set(failed["replicate"]) == {2}
    assert failed["trouble"].str.contains("ZeroDivisionError: no such number").all()
    assert failed[KEPT].isna().all(axis=None)
    with pytest.raises(ZeroDivisionError):
        replay(tmp_path / "s", failed["run"].iloc[0])
    again = resume(tmp_path / "s", workers=1)
    assert again.status.failed == 3, "what fails is not tried for ever"
    failing.undo()
    mended = resume(tmp_path / "s", workers=1, failed_too=True)
    assert mended.status.failed == 0
    assert same(mended.table, whole_table)


def test_an_outcome_that_is_no_number_is_a_failure_not_a_value(tmp_path):
    mine = tmp_path / "mine.py"
    text = (
        "import twoway\n\n\n@twoway.outcome(unit='share', meaning='none')\ndef broken(run):\n    return float('nan')\n"
    )
    mine.write_text(text, encoding="utf-8")
    study = tiny(replicates=1, extensions=(str(mine),))
    result = run_study(study, tmp_path / "s", workers=1, executor="threads")
    assert result.status.failed == 6
    assert result.table["trouble"].str.contains("broken is nan").all()


def test_the_correlation_may_be_missing_where_two_dyads_have_none(tmp_path):
    table = run_study(tiny(changes=TINY | {"design.clients": 2}, replicates=1), tmp_path / "s", workers=1).table
    assert table["tone_correlation"].isna().all()
    assert not table["failed"].any()
    others = [name for name in KEPT if not OUTCOMES[name].optional]
    assert table[others].notna().all(axis=None)


# Another model, other data


def test_a_study_whose_data_files_were_edited_is_not_gone_on_with(tmp_path):
    folder = tmp_path / "s"
    run_study(tiny(replicates=1), folder, workers=1)
    frames = next((folder / "inputs").glob("frames-*.toml"))
    frames.write_text(frames.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"{frames.name}: is not the file any more"):
        resume(folder)


def test_a_study_begun_with_other_sources_is_refused_and_left_as_it_was(tmp_path, monkeypatch):
    folder = tmp_path / "s"
    run_study(tiny(replicates=1), folder, workers=1)
    rewrite_manifest(folder, lambda manifest: manifest.update(run_digest="0" * 64))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for work in (lambda: resume(folder), lambda: extend(folder, replicates=2)):
        with pytest.raises(InputError, match=r"was begun with .* sources 000000000000"):
            work()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert not Store(folder).status().same_model
    assert len(Store(folder).table()) == 6, "it can still be read"


# As many replicates as a precision needs


@pytest.mark.slow
def test_replicates_are_added_until_the_precision_is_reached(tmp_path):
    precision = Precision(outcome="client_tone", half_width=0.05, step=5, most=200)
    result = run_study(tiny(precision=precision), tmp_path / "s", workers=2)
    store = Store(tmp_path / "s")
    assert 5 < store.replicates < 200
    assert result.status.missing == 0
    assert store.widest() <= 0.05
    fewer = store.table()[lambda t: t["replicate"] < store.replicates - 5]
    half = fewer.groupby("point")["client_tone"].agg(lambda x: stdtrit(len(x) - 1, 0.975) * x.std() / np.sqrt(len(x)))
    assert half.max() > 0.05, "it did not stop late"


def test_a_precision_out_of_reach_stops_at_the_most(tmp_path):
    precision = Precision(outcome="client_tone", half_width=1e-6, step=5, most=12)
    result = run_study(tiny(precision=precision), tmp_path / "s", workers=1)
    assert result.status.replicates == 12


def test_a_precision_needs_all_runs_and_no_parts(tmp_path):
    with pytest.raises(InputError, match="cannot be run in parts"):
        run_study(tiny(precision=Precision(outcome="friendly", half_width=0.1)), tmp_path / "s", shard=(1, 2))


def test_a_worker_imports_nothing_heavy_that_it_does_not_need():
    code = "import sys, twoway.experiments.studies.worker; print(sorted({m.partition('.')[0] for m in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": PATH}, capture_output=True, check=True
    )
    loaded = done.stdout.decode()
    assert "'pyarrow'" in loaded
    assert not any(f"'{name}'" in loaded for name in ("mesa", "matplotlib", "SALib", "networkx"))


def test_a_task_holds_its_points_once_and_every_run_is_in_one_task(tmp_path):
    store = Store.create(tmp_path / "s", tiny(replicates=50))
    found = list(tasks(store, store.pending(), 2))
    runs = [(task.points[place].key, replicate) for task in found for place, replicate in task.runs]
    assert sorted(runs) == sorted(store.pending())
    assert all(len({p.key for p in task.points}) == len(task.points) for task in found)
    assert simulate_and_write(found[0]).runs == len(found[0].runs)


# Who is at work, and what is left of who was


def noted(store, host, process, age, name="other.json"):
    """A note of a process, last renewed some seconds ago."""
    path = store.folder / WORKING / name
    path.write_text(json.dumps({"host": host, "process": process, "since": "today", "part": [1, 1]}))
    now = disk_time(path.parent)
    os.utime(path, (now - age, now - age))
    return path


def test_a_process_on_another_machine_is_at_work_only_while_it_renews_its_note(tmp_path):
    store = Store.create(tmp_path / "s", tiny())
    noted(store, "elsewhere", 1, GONE / 2)
    assert len(list(store.working())) == 1
    noted(store, "elsewhere", 1, GONE + 60)
    assert list(store.working()) == []


def test_what_processes_that_are_gone_have_left_is_named_and_removed_by_the_next(tmp_path):
    store = Store.create(tmp_path / "s", tiny(replicates=1))
    gone, at_work = noted(store, "elsewhere", 1, GONE + 60), noted(store, "elsewhere", 2, 0, "another.json")
    half = store.folder / SHARDS / f".{'a' * 32}.parquet.partial-elsewhere-1-{'0' * 12}"
    half.touch()
    os.utime(half, (1.0, 1.0))
    messages = resume(store.folder, workers=1).messages
    assert any(gone.name in said and "process 1 on elsewhere" in said for said in messages)
    assert any(half.name in said and "half-written" in said for said in messages)
    assert not gone.exists()
    assert not half.exists()
    assert at_work.exists()


# What is not as it was written


def test_a_changed_shard_is_known_even_if_its_values_are_not(tmp_path):
    folder = tmp_path / "s"
    run_study(tiny(replicates=1), folder, workers=1)
    shard = next((folder / SHARDS).glob("*.parquet"))
    content = shard.read_bytes()
    for at in (len(content) - 20, len(content) - 200, 6):  # schema and metadata, which Parquet's checksums leave out
        shard.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert Store(folder).status().damaged == (shard.name,)


def test_a_table_of_points_that_is_missing_or_changed_is_refused_with_its_name(tmp_path):
    folder = tmp_path / "s"
    Store.create(folder, tiny(replicates=1)).add_points([dict.fromkeys(INPUTS, 0.9)])
    for table in sorted((folder / DESIGN).glob("*.parquet")):
        content = table.read_bytes()
        table.write_bytes(content[:-1] + b"?")
        with pytest.raises(InputError, match=f"{table.name}: was changed after it was written"):
            Store(folder)
        table.unlink()
        with pytest.raises(InputError, match=f"{table.name} is missing"):
            Store(folder)
        table.write_bytes(content)
    assert len(Store(folder).design) == 7
