"""The script for SLURM as SLURM runs it: with bash, several at once, told by variables which of the array each is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from twoway.cli.main import main
from twoway.experiments.executors import SBATCH
from twoway.experiments.studies.run import run_study
from twoway.experiments.studies.store import Store
from twoway.experiments.studies.study import load_study

ROOT = Path(__file__).parents[3]
PATIENCE = 300
"""Seconds to wait for a job on a busy machine, which may have to compile the model first."""
OPTIONS = ("--replicates", "5")
STUDY = """
title = "Tiny"
question = "Is it the same?"
replicates = 500
[changes]
design.clients = 4
design.days = 8
[inputs]
context.strictness = [0.0, 0.5, 1.0]
learning.perceptual_noise = [0.8, 1.4]
"""


@pytest.fixture
def submitted(tmp_path):
    """Run an array of jobs, all at once; returns the status of each, what it printed and what it complained of."""
    (tmp_path / "tiny.toml").write_text(STUDY)
    twoway = tmp_path / "bin" / "twoway"
    twoway.parent.mkdir()
    twoway.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m twoway "$@"\n')
    twoway.chmod(0o755)
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("SLURM_")}
    theirs |= {"PYTHONPATH": str(ROOT), "PATH": f"{twoway.parent}:{os.environ['PATH']}"}

    def submit(numbers, *arguments, array=True):
        jobs = []
        for number in numbers:
            given = {
                "SLURM_ARRAY_TASK_ID": number,
                "SLURM_ARRAY_TASK_COUNT": len(numbers),
                "SLURM_ARRAY_TASK_MIN": min(numbers),
                "SLURM_ARRAY_TASK_MAX": max(numbers),
                "SLURM_ARRAY_TASK_STEP": numbers.step,
            }
            environment = theirs | {name: str(value) for name, value in given.items() if array}
            command = ["bash", str(SBATCH), *arguments]
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
            jobs.append(subprocess.Popen(command, env=environment, cwd=tmp_path, **pipes))
        said = [job.communicate(timeout=PATIENCE) for job in jobs]
        return [(job.returncode, *words) for job, words in zip(jobs, said, strict=True)]

    return submit


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The table of the study, run at once."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "tiny.toml").write_text(STUDY)
    return run_study(load_study(folder / "tiny.toml"), folder / "s", replicates=5, workers=1).table


@pytest.mark.slow
def test_jobs_that_begin_at_once_share_the_study_and_none_does_anothers_part(tmp_path, submitted, expected):
    jobs = submitted(range(3), "tiny.toml", "results/tiny", *OPTIONS)
    assert [job[0] for job in jobs] == [0, 0, 0], jobs
    assert not any("Already at work" in out + err for _, out, err in jobs)
    store = Store(tmp_path / "results" / "tiny")
    pd.testing.assert_frame_equal(store.table(), expected)
    assert sum(len(pd.read_parquet(path)) for path in (store.folder / "shards").glob("*.parquet")) == 30
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["tiny"], "no half-made folder is left"


@pytest.mark.slow
def test_an_array_may_begin_anywhere_go_in_steps_and_goes_on_where_it_stopped(tmp_path, submitted, expected):
    folder = tmp_path / "s"
    run_study(load_study(tmp_path / "tiny.toml"), folder, replicates=5, workers=1, shard=(2, 3))
    before = set((folder / "shards").iterdir())
    assert Store(folder).status().missing == 20
    jobs = submitted(range(5, 9, 3), "tiny.toml", "s", *OPTIONS)
    assert [job[0] for job in jobs] == [0, 0], jobs
    pd.testing.assert_frame_equal(Store(folder).table(), expected)
    assert sum(len(pd.read_parquet(path)) for path in (folder / "shards").glob("*.parquet")) == 30
    assert before <= set((folder / "shards").iterdir())


@pytest.mark.slow
def test_without_an_array_it_runs_the_whole_study_and_goes_on_when_submitted_again(tmp_path, submitted, expected):
    for _ in range(2):
        ((status, out, err),) = submitted(range(1), "tiny.toml", "s", *OPTIONS, array=False)
        assert status == 0, err
        assert "30 of 30 runs finished" in out
    pd.testing.assert_frame_equal(Store(tmp_path / "s").table(), expected)


def test_without_a_study_or_a_folder_it_says_what_to_give(submitted):
    for arguments in ((), ("tiny.toml",)):
        ((status, _, err),) = submitted(range(1), *arguments)
        assert status != 0
        assert "sbatch study.sbatch STUDY FOLDER" in err


def test_the_command_prints_it(capsys):
    assert main(["study", "sbatch"]) == 0
    assert capsys.readouterr().out == SBATCH.read_text()
