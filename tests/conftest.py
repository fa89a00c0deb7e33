"""Fixtures that more than one test file needs."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from twoway.cli.main import main

# Compiled code is compiled at its first call, and machines differ: no example has a deadline.
settings.register_profile(
    "twoway", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("twoway")


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
