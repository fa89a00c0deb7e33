"""Compiled code is kept where the user says and nobody else can exchange it; where it cannot be, runs still run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
SCRIPT = """
from twoway.simulation.compilation import compiled

@compiled
def twice(x: float) -> float:
    return 2.0 * x

@compiled
def thrice(x: float) -> float:
    return 3.0 * x

print(twice(2.0), thrice(2.0))
"""
SAID = "twoway: compiled code is not kept"
NOBODY = 65534


@pytest.fixture
def compile_in(tmp_path):
    """Run a script that compiles two functions; returns what it said on stderr."""
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "tmp").mkdir()

    def call(**variables):
        places = {"HOME": tmp_path / "home", "XDG_CACHE_HOME": tmp_path / "cache", "TMPDIR": tmp_path / "tmp"}
        done = subprocess.run(
            [sys.executable, tmp_path / "script.py"],
            env=os.environ
            | {"NUMBA_CACHE_DIR": ""}
            | {name: str(value) for name, value in (places | variables).items()},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "4.0 6.0\n"), done.stderr
        return done.stderr

    return call


def kept_in(folder: Path) -> set[str]:
    """The functions whose compiled code lies anywhere below a folder."""
    return {path.name.partition("-")[0].rpartition(".")[2] for path in folder.rglob("*.nbc")}


def test_it_is_kept_in_the_users_cache_folder_to_which_only_the_user_can_write(compile_in, tmp_path):
    assert compile_in() == ""
    assert kept_in(tmp_path / "cache") == {"twice", "thrice"}
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "cache").glob("two-way-process/*")} == {0o700}
    assert compile_in() == "", "and is found there"


def test_it_is_kept_where_numba_cache_dir_says_and_nowhere_else(compile_in, tmp_path):
    assert compile_in(NUMBA_CACHE_DIR=tmp_path / "mine") == ""
    assert kept_in(tmp_path / "mine") == {"twice", "thrice"}
    assert not (tmp_path / "cache").exists()


def test_a_file_in_the_place_of_the_cache_folder_sends_it_to_the_folder_for_temporary_files(compile_in, tmp_path):
    (tmp_path / "cache").write_text("mine")
    assert compile_in() == ""
    assert kept_in(tmp_path / "tmp") == {"twice", "thrice"}


def test_where_it_can_be_kept_nowhere_it_is_compiled_all_the_same_and_said_once(compile_in, tmp_path):
    (tmp_path / "mine").write_text("no folder")
    said = compile_in(NUMBA_CACHE_DIR=tmp_path / "mine")
    assert said.startswith(SAID)
    assert said.count("\n") == 1
    assert str(tmp_path / "mine") in said


@pytest.mark.skipif(os.name == "nt", reason="folders of Windows have other owners")
def test_a_folder_to_which_everybody_may_write_is_not_used(compile_in, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine").chmod(0o777)
    assert "everybody may write" in compile_in(NUMBA_CACHE_DIR=tmp_path / "mine")
    assert kept_in(tmp_path / "mine") == set()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives folders away")
@pytest.mark.parametrize("level", ["two-way-process", "two-way-process/*"])
def test_code_in_a_folder_of_somebody_else_is_never_run(compile_in, tmp_path, level):
    compile_in()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.nb?")}
    for place in (tmp_path / "cache").glob(level):
        os.chown(place, NOBODY, NOBODY)
    assert compile_in() == ""
    assert kept_in(tmp_path / "tmp") == {"twice", "thrice"}, "another folder is taken"
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.nb?")} == before


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_file_that_a_power_cut_has_left_half_written_is_no_code(compile_in, tmp_path, kind):
    compile_in()
    for path in tmp_path.rglob(f"*.{kind}"):
        path.write_bytes(path.read_bytes()[:-30])
    assert compile_in().count("\n") <= 1
