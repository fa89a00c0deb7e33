"""Processes show that they are at work; what they leave behind when they are killed is found and removed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest

from twoway.experiments.results import heartbeat
from twoway.experiments.results.folder import atomic_folder, write_new_file
from twoway.experiments.results.heartbeat import GONE, beating, disk_time, is_gone, partial_path, remove_leftovers


@pytest.fixture
def gone_process():
    """Number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left_by(path, host, process):
    """The partial path of another process."""
    return path.with_name(f".{path.name}.partial-{host}-{process}-{'0' * 12}")


def aged(path, seconds):
    now = disk_time(path.parent)
    os.utime(path, (now - seconds, now - seconds))


def test_a_process_that_ended_on_this_machine_is_gone_at_once(tmp_path, gone_process):
    now = disk_time(tmp_path)
    assert is_gone(tmp_path, socket.gethostname(), gone_process, now)
    assert not is_gone(tmp_path, socket.gethostname(), os.getpid(), now)


@pytest.mark.parametrize(("age", "gone"), [(0, False), (GONE - 60, False), (GONE + 60, True)])
def test_a_process_elsewhere_is_gone_when_its_file_has_not_been_renewed(tmp_path, age, gone):
    path = tmp_path / "note"
    path.touch()
    aged(path, age)
    assert is_gone(path, "elsewhere", 1, disk_time(tmp_path)) == gone


def test_the_clock_of_this_machine_does_not_count(tmp_path, monkeypatch):
    path = tmp_path / "note"
    path.touch()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert not is_gone(path, "elsewhere", 1, disk_time(tmp_path))


def test_a_file_is_renewed_while_its_process_is_at_work(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeat, "BEAT", 0.01)
    path = tmp_path / "note"
    path.touch()
    aged(path, 10 * GONE)
    with beating(path):
        patience = time.monotonic() + 60
        while is_gone(path, "elsewhere", 1, disk_time(tmp_path)):
            assert time.monotonic() < patience
            time.sleep(0.01)


def test_a_folder_that_a_killed_run_left_is_named_and_removed_by_the_next(tmp_path, gone_process):
    target = tmp_path / "run[1]"
    left = left_by(target, socket.gethostname(), gone_process)
    (left / "figures").mkdir(parents=True)
    others = [left_by(tmp_path / "other", socket.gethostname(), gone_process), partial_path(target)]
    for one in others:
        one.mkdir()
    with pytest.warns(UserWarning, match="was left half-written"), atomic_folder(target) as partial:
        (partial / "x").touch()
    assert sorted(tmp_path.iterdir()) == sorted([target, *others]), "what others are at work on stays"


def test_a_file_that_a_killed_process_left_is_removed(tmp_path, gone_process):
    left = left_by(tmp_path / "note.md", socket.gethostname(), gone_process)
    left.touch()
    with pytest.warns(UserWarning, match=r"note\.md"):
        write_new_file(tmp_path / "note.md", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["note.md"]


def test_what_has_only_a_similar_name_is_never_removed(tmp_path):
    for name in (".mine.partial-notes", ".mine.partial-here-x-000000000000", "mine.partial-here-1-000000000000"):
        (tmp_path / name).touch()
    assert remove_leftovers(tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 3
