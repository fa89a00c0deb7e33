"""A study with worker processes from wherever Python is typed: no script needs a guard, and none is run twice."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

STUDY = """
title = "Tiny"
question = "Is it the same?"
replicates = 40
[changes]
design.clients = 4
design.days = 8
[inputs]
context.strictness = [0.0, 0.5, 1.0]
"""
SCRIPT = """
import twoway
print("begins")
result = twoway.run_study("tiny.toml", "done", {how})
print(len(result.table), "runs")
"""
OWN = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import twoway
try:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as mine:
        twoway.run_study("tiny.toml", "done", executor=mine, workers=2)
except twoway.InputError as error:
    print(error)
"""
pytestmark = pytest.mark.slow


@pytest.fixture
def python(tmp_path):
    """Run Python with arguments and perhaps an input, in a folder with a tiny study."""
    (tmp_path / "tiny.toml").write_text(STUDY)

    def call(*arguments, given=None):
        here = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}  # IPython has a word on it
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=here,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


def test_a_script_without_a_guard_may_use_processes_and_is_run_once(python, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT.format(how='executor="processes", workers=2'))
    done = python("script.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, "begins\n120 runs\n", "")


def test_so_may_a_script_from_a_pipe(python):
    done = python("-", given=SCRIPT.format(how='executor="processes", workers=2'))
    assert (done.returncode, done.stdout, done.stderr) == (0, "begins\n120 runs\n", "")


def test_so_may_a_notebook(python):
    script = SCRIPT.format(how='executor="processes", workers=2').strip().replace("\n", "; ")
    pytest.importorskip("IPython")
    done = python("-m", "IPython", "--quick", "-c", script)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("begins\n120 runs\n")


def test_an_executor_of_ones_own_in_a_script_without_a_guard_is_told_of_the_guard(python, tmp_path):
    (tmp_path / "script.py").write_text(OWN)
    done = python("script.py")
    assert done.returncode == 0
    assert 'a script without the guard `if __name__ == "__main__":`' in done.stdout
    assert "Traceback" not in done.stderr
    assert 'put what the script does below `if __name__ == "__main__":`' in done.stderr


def test_the_workers_of_dask_on_this_machine_need_no_guard_either(python, tmp_path):
    pytest.importorskip("distributed")
    (tmp_path / "script.py").write_text(
        "import twoway\nfrom twoway.experiments.executors.dask import dask_workers\n"
        'with dask_workers("local", 1) as (mine, count):\n'
        '    print(len(twoway.run_study("tiny.toml", "done", executor=mine, workers=count).table), "runs")\n'
    )
    done = python("script.py")
    assert (done.returncode, done.stdout) == (0, "120 runs\n"), done.stderr
