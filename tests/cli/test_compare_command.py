"""``twoway compare`` as a researcher meets it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from twoway.cli.main import SCOPE

ROOT = Path(__file__).parents[2]
TINY = ("--days", "10", "--set", "design.clients=4", "--replicates", "3")


def test_it_says_what_will_run_then_the_answer_then_the_tables_and_where_they_are(twoway, tmp_path):
    status, out, err = twoway("compare", "strict-and-opaque", "permissive", *TINY, "--seed", "3", "--out", "mine")
    assert (status, err) == (0, "")
    parts = (
        "common random numbers, in 2 scenarios: strict-and-opaque, permissive.",
        "1 centre with 4 clients each, 10 days, seed 3, 3 replicates.",
        "With permissive instead of strict-and-opaque",
        "permissive compared with strict-and-opaque",
        "Tables, figures and manifest: mine",
        SCOPE,
    )
    places = [out.index(part) for part in parts]
    assert places == sorted(places)
    differences = pd.read_csv(tmp_path / "mine" / "differences.csv")
    for row in differences.itertuples():
        assert f"{100 * row.difference:+.1f}" in out


@pytest.mark.slow
def test_a_comparison_with_a_policy_change_can_be_verified(twoway, tmp_path):
    assert twoway("compare", "ordinary", "ordinary@5:context.control=9@8:permissive", *TINY)[0] == 0
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["comparison"]
    status, out, _ = twoway("verify", "runs/comparison")
    assert status == 0
    assert out.endswith("Every table is equal.\n")
    path = tmp_path / "runs" / "comparison" / "moves.csv"
    path.write_text(path.read_text().replace("0.", "0.1", 1))
    status, out, _ = twoway("verify", "runs/comparison")
    assert status == 1
    assert "moves: DIFFERENT" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ordinary"], "two scenarios or more"),
        (["ordinary", "ordinry"], "did you mean 'ordinary'?"),
        (["ordinary", "four-centres"], "design.centres is 1 in ordinary but 4 in four-centres"),
        (["ordinary", "ordinary@60:understaffed"], "context.caseload cannot change"),
        (["ordinary", "ordinary@999:permissive"], "from 1 to 181"),
        (["ordinary", "permissive", "--outcome", "time_conflict"], "time_conflicted"),
        (["ordinary", "ordinary@120:permissive"], "comes after the interviews on days 60 to 90"),
        (["ordinary", "permissive", "--precision", "much"], "--precision much"),
        (["ordinary", "permissive", "--precision", "0"], "precision = 0.0"),
        (["ordinary", "permissive", "--replicates", "some"], "--replicates some: must be a whole number"),
        (["ordinary", "permissive", "--replicates", "1"], "replicates = 1"),
        (["ordinary", "permissive", "--most", "0"], "most = 0"),
        (["ordinary", "permissive", "--seed", "-1"], "seed = -1"),
        (["ordinary", "permissive", "--set", "context.contrl=3"], "did you mean 'context.control'?"),
        (["ordinary", "permissive", "--out", "taken"], "taken: exists already"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_sentence(twoway, tmp_path, arguments, words):
    (tmp_path / "taken").mkdir()
    status, _, err = twoway("compare", *arguments)
    assert status == 2
    assert err.startswith("twoway: ")
    assert err.count("\n") == 1
    assert words in err
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to another process")
def test_an_interrupted_comparison_writes_nothing_and_says_so(tmp_path):
    theirs = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "twoway",
                "compare",
                "ordinary",
                "permissive",
                "--replicates",
                "100000",
            ],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, theirs)
    try:
        assert "The same people" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert "twoway: interrupted; nothing was written" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_difference_that_never_varies_is_not_sold_as_certain(twoway):
    asked = ("compare", "ordinary", "ordinary:context.control=5", "--set", "design.clients=1", "--days", "1")
    status, out, _ = twoway(*asked, "--replicates", "2", "--out", "one")
    assert status == 0
    assert "That is no certainty" in " ".join(out.split())
