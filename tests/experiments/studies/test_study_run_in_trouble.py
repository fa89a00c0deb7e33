"""What the machine can do to a study: kill its workers, and fill its disk; nothing that was kept is lost."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from contextlib import suppress
from threading import Thread

import pandas as pd
import pytest
from tests.support.tiny_study import tiny

from twoway.cli.main import main
from twoway.experiments.studies import run as running
from twoway.experiments.studies.run import resume, run_study
from twoway.experiments.studies.store import SHARDS, WORKING, Store
from twoway.simulation.errors import InputError

REPLICATES = 10
RUNS = 6 * REPLICATES
FILE = f"""
title = "Tiny"
question = "Is it the same?"
replicates = {REPLICATES}
[changes]
design.clients = 4
design.days = 8
[inputs]
context.strictness = [0.0, 0.5, 1.0]
learning.perceptual_noise = [0.8, 1.4]
"""


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The table of the tiny study, run without trouble."""
    return run_study(tiny(replicates=REPLICATES), tmp_path_factory.mktemp("whole") / "s", workers=1).table


@pytest.fixture
def small_tasks(monkeypatch):
    """A task per run, so that trouble always comes in between."""
    monkeypatch.setattr(running, "SECONDS_PER_TASK", 1e-9)


@pytest.mark.slow
@pytest.mark.usefixtures("small_tasks")
def test_when_a_worker_process_is_killed_what_was_kept_stays_and_can_be_resumed(tmp_path, expected):
    folder, before = tmp_path / "s", set(multiprocessing.active_children())

    def kill_one():
        end = time.monotonic() + 120
        while len(list((folder / SHARDS).glob("*.parquet"))) < 3 and time.monotonic() < end:
            time.sleep(0.005)
        next(child for child in multiprocessing.active_children() if child not in before).kill()

    killer = Thread(target=kill_one)
    killer.start()
    with pytest.raises(InputError, match=r"a worker died.*All runs written so far are kept.*fewer --workers"):
        run_study(tiny(replicates=REPLICATES), folder, workers=2, executor="processes")
    killer.join()
    status = Store(folder).status()
    assert 3 <= status.done < RUNS
    assert status.damaged == ()
    assert list((folder / WORKING).iterdir()) == []
    pd.testing.assert_frame_equal(resume(folder, workers=1).table, expected)


# A disk that is really full


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own; called, it gets another size."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def mount(*options):
        return subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(disk)], capture_output=True, check=False)

    try:
        if sys.platform != "linux" or mount("-o", "size=300k").returncode != 0:
            pytest.skip("a disk of 300 kB can only be made on Linux and with the right to mount it")
    except FileNotFoundError:
        pytest.skip("there is no command to mount a disk with")

    def resized(size):
        assert mount("-o", f"remount,size={size}").returncode == 0
        return disk

    yield resized
    subprocess.run(["umount", str(disk)], check=True)


def twoway(capsys, *arguments):
    """Status of the command, and what it printed and complained of."""
    capsys.readouterr()
    status = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.slow
@pytest.mark.usefixtures("small_tasks")
def test_a_study_that_fills_the_disk_stops_in_words_and_goes_on_when_there_is_room(
    tmp_path, small_disk, capsys, expected
):
    (tmp_path / "tiny.toml").write_text(FILE)
    folder = small_disk("300k") / "s"
    status, _, err = twoway(capsys, "study", "run", tmp_path / "tiny.toml", "--out", folder)
    full = (
        f"{folder}: cannot be written, the disk is full. All runs written so far are kept; "
        f"go on with `twoway study resume {folder}`"
    )
    assert (status, err) == (2, f"twoway: {full}\n")
    kept = Store(folder).status()
    assert 1 <= kept.done < RUNS
    assert kept.damaged == ()
    with suppress(OSError), (folder.parent / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(512))  # to the last byte
    before = sorted(folder.rglob("*"))
    status, _, err = twoway(capsys, "study", "resume", folder)
    assert (status, err) == (2, f"twoway: {full}\n"), "there is still no room"
    assert sorted(folder.rglob("*")) == before, "nothing half-written is left"
    small_disk("20m")
    assert twoway(capsys, "study", "resume", folder)[0] == 0
    pd.testing.assert_frame_equal(Store(folder).table(), expected)


def test_a_study_is_not_begun_on_a_full_disk(tmp_path, small_disk, capsys):
    (tmp_path / "tiny.toml").write_text(FILE)
    disk = small_disk("300k")
    filler = disk / "filler"
    filler.write_bytes(bytes(280 * 1024))
    status, _, err = twoway(capsys, "study", "run", tmp_path / "tiny.toml", "--out", disk / "s")
    assert (status, err) == (2, f"twoway: {disk / 's'}: nothing was written, the disk is full\n")
    assert list(disk.iterdir()) == [filler]


def test_a_disk_that_is_full_when_the_answer_is_written_loses_no_run(small_disk, capsys, expected):
    disk = small_disk("20m")
    run_study(tiny(replicates=REPLICATES), disk / "s", workers=1)
    filler = disk / "filler"
    used = sum(-(-path.stat().st_size // 4096) * 4096 + 4096 for path in (disk / "s").rglob("*"))
    filler.write_bytes(bytes(20 * 1024 * 1024 - used - 16 * 1024))
    status, _, err = twoway(capsys, "study", "answer", disk / "s")
    assert status == 2
    assert "the disk is full" in err
    assert err.count("\n") == 1
    filler.unlink()
    assert twoway(capsys, "study", "answer", disk / "s")[0] == 0
    pd.testing.assert_frame_equal(Store(disk / "s").table(), expected)
