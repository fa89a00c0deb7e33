"""The command, called as a researcher would, and a small study whose outcome is known, for several test files."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_study import tiny

from benchmarks.interval_coverage import ishigami, lived
from experiments.command import main
from experiments.running import run_study
from tests.experiments.studies import design_of, runs_of


@pytest.fixture
def twoway(tmp_path, monkeypatch, capsys):
    """Call the command in an empty folder; returns status, output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


@pytest.fixture
def refused(twoway, tmp_path):
    """Call the command, which must refuse in one sentence and leave the folder as it was; returns the sentence."""

    def call(*arguments):
        before = sorted(tmp_path.rglob("*"))
        status, out, err = twoway(*arguments)
        assert status == 2
        assert err.startswith("twoway: ")
        assert err.count("\n") == 1, "a refusal is one sentence on one line"
        assert "Traceback" not in out + err
        assert "Tables, figures" not in out
        assert sorted(tmp_path.rglob("*")) == before, "nothing half-written is left"
        return err

    return call


@pytest.fixture(scope="session")
def noisy():
    """A study of Ishigami's function, 128 base samples, 4 replicates, half of the variance being luck."""
    known = ishigami()
    design = design_of(["x1", "x2", "x3"], known.bounds, 128)
    return design, runs_of(lived(known, design.to_numpy(), "its own", 4, np.random.default_rng(0)))


@pytest.fixture(scope="session")
def whole_table(tmp_path_factory):
    """The table of the tiny study, run by one worker without interruption."""
    return run_study(tiny(), tmp_path_factory.mktemp("whole") / "study", workers=1).table
