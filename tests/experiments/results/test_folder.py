"""Folders appear whole or not at all, and never in the place of others."""

import errno
import os
import re

import pytest

from twoway.experiments.results.folder import atomic_folder, free_folder
from twoway.simulation.errors import InputError


def test_a_folder_takes_its_place_only_when_all_is_written(tmp_path):
    target = tmp_path / "new" / "run"
    with atomic_folder(target) as partial:
        (partial / "table").write_text("half")
        assert not target.exists()
    assert (target / "table").read_text() == "half"
    assert [path.name for path in target.parent.iterdir()] == ["run"]


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, RuntimeError, MemoryError])
def test_whatever_goes_wrong_nothing_is_left_not_even_the_folders_above(tmp_path, trouble):
    def write():
        with atomic_folder(tmp_path / "new" / "study" / "run") as partial:
            (partial / "table").write_text("half")
            raise trouble

    with pytest.raises(trouble):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_above_that_was_there_before_stays_when_something_goes_wrong(tmp_path):
    (tmp_path / "study").mkdir()

    def write():
        with atomic_folder(tmp_path / "study" / "run"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    assert list(tmp_path.rglob("*")) == [tmp_path / "study"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "it may not be written there"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EDQUOT, os.strerror(errno.EDQUOT)),
    ],
)
def test_trouble_with_the_disk_is_refused_with_folder_and_reason(tmp_path, number, reason):
    def write():
        with atomic_folder(tmp_path / "run"):
            raise OSError(number, os.strerror(number))

    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'run'}: nothing was written, {reason}")):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_came_into_being_meanwhile_is_not_overwritten(tmp_path):
    target = tmp_path / "run"

    def write():
        with atomic_folder(target) as partial:
            (partial / "table").write_text("mine")
            target.mkdir()
            (target / "table").write_text("theirs")

    with pytest.raises(InputError, match="another run has written there meanwhile"):
        write()
    assert (target / "table").read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [target]


def test_two_at_once_do_not_write_into_each_others_folder(tmp_path):
    """As on two machines of a cluster, where the two processes may even have the same number."""
    target = tmp_path / "run"

    def write():
        with atomic_folder(target) as slower, atomic_folder(target) as faster:
            (slower / "table").write_text("slower")
            (faster / "table").write_text("faster")

    with pytest.raises(InputError, match="another run has written there meanwhile"):
        write()
    assert (target / "table").read_text() == "faster"
    assert list(tmp_path.iterdir()) == [target]


def test_what_exists_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match="exists already"), atomic_folder(tmp_path):
        pytest.fail("it began to write")


def test_the_next_free_folder_has_the_next_number(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = []
    for _ in range(3):
        folder = free_folder("mine")
        folder.mkdir(parents=True)
        names.append(folder.as_posix())
    assert names == ["runs/mine", "runs/mine-2", "runs/mine-3"]
