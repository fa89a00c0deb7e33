"""The command as a researcher meets it: what it prints, what it writes, and what it refuses in one sentence."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.support.manifests import rewrite_manifest

from twoway.cli.main import main
from twoway.simulation import SCOPE
from twoway.simulation.parameters.scenario import all_declarations, json_schema, load, shipped_names

DATA = Path(__file__).parents[2] / "simulation" / "data"
CONTROL = next(d for d in all_declarations() if d.name == "control")
A_WEEK = f"from {CONTROL.low:g} to {CONTROL.high:g} ({CONTROL.unit})"
PATIENCE = 300
"""Seconds to wait for another process, which may have to compile the model first."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The folder of a tiny run; copy it before changing it."""
    folder = tmp_path_factory.mktemp("kept") / "run"
    assert main(["run", "four-centres", "--days", "5", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def copied(kept, tmp_path):
    """A copy of the tiny run that may be damaged."""
    return shutil.copytree(kept, tmp_path / "copied")


def started(*arguments, cwd, **more):
    """The command in a process of its own, which can be interrupted even where the tests themselves cannot."""
    theirs = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "twoway", *map(str, arguments)],
            cwd=cwd,
            stderr=subprocess.PIPE,
            text=True,
            **more,
        )
    finally:
        signal.signal(signal.SIGINT, theirs)


# What it says and writes


def test_without_a_command_it_says_which_there_are(twoway):
    status, out, _ = twoway()
    assert status == 0
    assert all(command in out for command in ("list", "show", "schema", "run", "verify", "compare", "study", "seminar"))
    assert SCOPE in " ".join(out.split())


def test_it_says_its_version(twoway):
    assert twoway("--version") == (0, f"two-way-process {version('two-way-process')}\n", "")


def test_scenarios_lists_every_shipped_one_with_its_question(twoway):
    status, out, _ = twoway("scenarios")
    assert status == 0
    words = " ".join(out.split())
    for name in shipped_names():
        assert f"{name} {load(name).question}" in words


def test_schema_prints_what_editors_are_given(twoway):
    status, out, _ = twoway("schema")
    assert status == 0
    assert json.loads(out) == json_schema()


def test_schema_is_written_to_a_new_file_only(twoway, refused, tmp_path):
    assert twoway("schema", "--out", "schema.json")[0] == 0
    assert json.loads((tmp_path / "schema.json").read_text()) == json_schema()
    (tmp_path / "schema.json").write_text("mine")
    assert "schema.json: exists already" in refused("schema", "--out", "schema.json")
    assert (tmp_path / "schema.json").read_text() == "mine"


def test_show_applies_changes_and_says_what_differs(twoway):
    status, out, _ = twoway(
        "show", "voluntary", "--differences", "--set", "context.everyday=3", "--set", "design.clients=4"
    )
    assert status == 0
    assert any(line.startswith("everyday = 3  ") and "(default" in line for line in out.splitlines())
    assert "clients = 4" in out
    assert "client_tilt = 0.5" in out
    assert "formality" not in out, "what does not differ is not shown"


@pytest.mark.slow
def test_a_run_says_first_what_will_run_and_then_what_came_of_it(twoway, tmp_path):
    status, out, err = twoway("run", "four-centres", "--days", "5", "--replicates", "2", "--seed", "7", "--out", "mine")
    assert (status, err) == (0, "")
    first, _, rest = out.partition("pattern")
    assert load("four-centres").question in first
    assert "4 centres with 4 clients and 2 keyworkers each, 5 days, 2 replicates, seed 7." in first
    assert "Of 32 dyads" in rest
    assert "Tables, figures and manifest: mine" in rest
    assert out.rstrip().endswith(SCOPE)
    assert pq.read_table(tmp_path / "mine" / "dyads.parquet").num_rows == 32


@pytest.mark.slow
def test_one_client_for_one_day_is_a_run_and_is_told_in_the_singular(twoway, tmp_path):
    status, out, err = twoway("run", "ordinary", "--days", "1", "--set", "design.clients=1", "--out", "one")
    assert (status, err) == (0, "")
    assert "1 centre with 1 client and 1 keyworker each, 1 day, 1 replicate, seed 1." in out
    assert "1 dyad," in out
    assert len(list((tmp_path / "one" / "figures").iterdir())) == 10


@pytest.mark.slow
def test_a_run_without_a_folder_takes_the_next_number_below_runs(twoway, tmp_path):
    for _ in range(2):
        assert twoway("run", "ordinary", "--days", "2", "--detail", "dyads")[0] == 0
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["ordinary", "ordinary-2"]


def test_the_run_of_a_file_anywhere_goes_below_runs_under_its_name(twoway, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.toml").write_text('question = "Mine?"\n')
    assert twoway("run", elsewhere / "mine.toml", "--days", "2", "--detail", "dyads")[0] == 0
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["mine"]
    assert [path.name for path in elsewhere.iterdir()] == ["mine.toml"]


def test_frames_and_situations_of_ones_own_are_found_beside_the_scenario(twoway, tmp_path):
    study = tmp_path / "study"
    study.mkdir()
    shutil.copy(DATA / "situations" / "residential.toml", study / "house.toml")
    (study / "mine.toml").write_text('question = "Mine?"\n[meaning]\nsituations = "house.toml"\n')
    assert twoway("run", "study/mine.toml", "--days", "2", "--detail", "dyads", "--out", "out")[0] == 0
    (study / "house.toml").unlink()
    assert twoway("verify", "out")[0] == 0, "the run's folder holds the data it was made with"


@pytest.mark.slow
def test_a_fresh_run_is_verified_table_by_table(twoway, kept):
    status, out, err = twoway("verify", kept)
    assert (status, err) == (0, "")
    assert out == "events: equal\ndays: equal\ndyads: equal\nEvery table is equal.\n"


def test_one_changed_value_makes_a_run_differ(twoway, copied):
    path = copied / "days.parquet"
    table = pq.read_table(path)
    values = table["tension"].to_pylist()
    values[3] += 1e-12
    place = table.schema.get_field_index("tension")
    pq.write_table(table.set_column(place, table.schema.field(place), pa.array(values)), path)
    status, out, _ = twoway("verify", copied)
    assert status == 1
    first, _, rest = out.partition("\n")
    assert first == "Changed since: days.parquet, which is not as it was written."
    assert rest == "events: equal\ndays: DIFFERENT\ndyads: equal\nNot every table is equal.\n"


# What it refuses


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verfy"], ["'verfy'", "did you mean 'verify'?"]),
        (["it's"], ["it's", "'run'", "'scenarios'"]),
        (["run"], ["scenario", "twoway run --help"]),
        (["run", "ordinary", "--colour", "red"], ["--colour", "twoway run --help"]),
        (["run", "ordinary", "--replicate", "2", "--sed", "3"], ["there is no option --sed", "'--seed'"]),
        (["show", "ordinary", "permissive"], ["'permissive'", "twoway show --help"]),
        (["run", "ordinary", "--days", "many"], ["--days many", "twoway run --help"]),
        (["list", "outcome"], ["'outcome'", "did you mean 'outcomes'?", "twoway list --help"]),
        (["list"], ["KIND", "twoway list --help"]),
        (["list", "outcomes", "--extension", "mine.py"], ["mine.py", "Python file"]),
        (["show", "ordinry"], ["'ordinry'", "did you mean 'ordinary'?"]),
        (["run", "ordinry"], ["'ordinry'", "did you mean 'ordinary'?"]),
        (["run", ""], ["'ordinary'", "path"]),
        (["run", "nowhere/mine.toml"], ["nowhere/mine.toml", "no such file"]),
        (["run", "x" * 300], ["x" * 300]),
        (["show", "ordinary", "--set", "context.contrl=3"], ["context.contrl", "did you mean 'context.control'?"]),
        (["run", "ordinary", "--set", "contxt.control=3"], ["contxt.control", "did you mean 'context.control'?"]),
        (["run", "ordinary", "--set", "control=3"], ["did you mean 'context.control'?"]),
        (["run", "ordinary", "--set", "people.control=3"], ["people.control", "did you mean 'context.control'?"]),
        (["run", "ordinary", "--set", "learning.clients=3"], ["did you mean 'design.clients'?"]),
        (["run", "ordinary", "--set", "context.control"], ["SECTION.FIELD=VALUE"]),
        (["run", "ordinary", "--set", "context.control="], ["SECTION.FIELD=VALUE"]),
        (["run", "ordinary", "--set", "=3"], ["SECTION.FIELD=VALUE"]),
        (["run", "ordinary", "--set", "meaning.frames=sx"], ["frames", "did you mean 'six'?"]),
        (["run", "ordinary", "--detail", "evnts"], ["detail", "did you mean 'events'?"]),
        (["run", "ordinary", "--seed", "luck"], ["seed", "luck", "whole number"]),
        (["run", "ordinary", "--seed", "-1"], ["seed = -1", "whole number from 0"]),
        (["run", "ordinary", "--seed", "1.5"], ["seed", "1.5", "whole number"]),
        (["run", "ordinary", "--seed", str(2**63)], ["seed", "whole number from 0"]),
        (["run", "ordinary", "--replicates", "0"], ["replicates = 0", "whole number from 1"]),
        (["run", "ordinary", "--replicates", "two"], ["replicates", "two", "whole number"]),
        (["verify"], ["folder", "twoway verify --help"]),
    ],
)
def test_what_it_does_not_know_it_refuses_with_the_word_that_would_do(refused, arguments, words):
    sentence = refused(*arguments)
    for word in words:
        assert word in sentence


@pytest.mark.parametrize(
    ("change", "field", "allowed"),
    [
        (["--set", "context.control=99"], "context.control = 99", A_WEEK),
        (["--set", "context.control=-1"], "context.control = -1", A_WEEK),
        (["--set", "context.control=much"], "context.control = 'much'", A_WEEK),
        (["--set", "context.control=nan"], "context.control = nan", A_WEEK),
        (["--set", "context.control=inf"], "context.control = inf", A_WEEK),
        (["--set", "design.clients=0"], "design.clients = 0", "whole number from 1 to 1000 (clients per centre)"),
        (["--set", "design.clients=2.5"], "design.clients = 2.5", "whole number from 1 to 1000 (clients per centre)"),
        (["--set", "design.clients=nan"], "design.clients = nan", "whole number from 1 to 1000 (clients per centre)"),
        (["--days", "-3"], "design.days = -3", "whole number from 1 to 3650 (days)"),
        (["--days", "0"], "design.days = 0", "whole number from 1 to 3650 (days)"),
        (["--days", "9" * 30], "design.days = 999", "whole number from 1 to 3650 (days)"),
        (["--days", "2.5"], "2.5", "whole number"),
        (["--days", "some"], "some", "whole number"),
    ],
)
def test_a_value_off_its_range_is_refused_with_field_range_and_unit(refused, change, field, allowed):
    sentence = refused("run", "ordinary", *change)
    assert field in sentence
    assert allowed in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["question"]),
        ("# only a comment\n", ["question"]),
        ("question = \n", ["TOML", "line 1"]),
        ('question = "One?"\nquestion = "Two?"\n', ["TOML", "line 2"]),
        ('title = "No question"\n', ["question is missing"]),
        ('question = "?"\n[context]\ncontrl = 3\n', ["context.contrl", "control'?"]),
        ('question = "?"\n[contxt]\ncontrol = 3\n', ["contxt", "did you mean 'context'?"]),
        ('question = "?"\n[context]\ncontrol = 99\n', ["context.control = 99", A_WEEK]),
        ('question = "?"\n[context]\ncontrol = "often"\n', ["context.control = 'often'", A_WEEK]),
        ('question = "?"\n[context]\ncontrol = nan\n', ["context.control = nan", A_WEEK]),
        ('question = "?"\n[context]\ncontrol = true\n', ["context.control = True", A_WEEK]),
        ('question = "?"\n[design]\ndays = -3\n', ["design.days = -3", "whole number from 1 to 3650 (days)"]),
        ('question = "?"\n[design]\nclients = 0\n', ["design.clients = 0", "whole number from 1 to 1000"]),
        ('question = "?"\n[design]\nclients = 2.5\n', ["design.clients = 2.5", "whole number from 1 to 1000"]),
        ('question = "?"\ncontext = 3\n', ["context"]),
        ("question = 3\n", ["question"]),
        ('question = "?"\nsources = "me"\n', ["sources"]),
        ('question = "?"\n[meaning]\nlexicon = "us2014"\n', ["us2014", "us2015"]),
        ('question = "?"\n[meaning]\nframes = "nowhere.toml"\n', ["nowhere.toml"]),
    ],
)
def test_a_file_that_will_not_do_is_refused_with_the_field(refused, tmp_path, text, words):
    (tmp_path / "mine.toml").write_text(text)
    sentence = refused("run", "mine.toml")
    for word in words:
        assert word in sentence


@pytest.mark.parametrize("text", ["", "question = \n", 'question = "?"\n[context]\ncontrol = 99\n'])
def test_a_file_that_will_not_do_is_named(refused, tmp_path, text):
    (tmp_path / "mine.toml").write_text(text)
    assert "mine.toml: " in refused("show", "mine.toml")


def test_a_field_in_the_wrong_section_of_a_file_is_answered_with_its_own(refused, tmp_path):
    (tmp_path / "mine.toml").write_text('question = "?"\n[people]\ncontrol = 3\n')
    sentence = refused("run", "mine.toml")
    assert "people.control" in sentence
    assert "context.control" in sentence


def test_a_field_of_a_file_that_stands_in_no_section_is_answered_with_its_own(refused, tmp_path):
    (tmp_path / "mine.toml").write_text('question = "?"\ncontrol = 3\n')
    assert "context.control" in refused("run", "mine.toml")


def test_a_file_that_is_not_text_is_refused(refused, tmp_path):
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    assert "mine.toml: is not a text file" in refused("run", "mine.toml")


@pytest.mark.parametrize(
    ("section", "shipped", "old", "new", "nearest"),
    [
        ("situations", "residential", '"greet"', '"greeet"', "greet"),
        ("frames", "six", '"warden"', '"wardn"', "warden"),
    ],
)
def test_a_term_that_is_not_in_the_lexicon_is_refused_with_file_and_nearest_term(
    refused, tmp_path, section, shipped, old, new, nearest
):
    study = tmp_path / "study"
    study.mkdir()
    text = (DATA / section / f"{shipped}.toml").read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new).replace("{ greet =", "{ greeet =").replace(", greet =", ", greeet =")
    (study / "own.toml").write_text(text, encoding="utf-8")
    (study / "mine.toml").write_text(f'question = "?"\n[meaning]\n{section} = "own.toml"\n')
    sentence = refused("run", "study/mine.toml", "--days", "2")
    assert "own.toml" in sentence
    assert f"'{new.strip(chr(34))}'" in sentence
    assert f"did you mean '{nearest}'?" in sentence


def test_a_folder_that_exists_is_not_overwritten(refused, tmp_path):
    (tmp_path / "mine").mkdir()
    assert "mine: exists already" in refused("run", "ordinary", "--days", "2", "--out", "mine")
    (tmp_path / "file").write_text("mine")
    assert "file: exists already" in refused("run", "ordinary", "--days", "2", "--out", "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_named_and_nothing_is_left(refused, tmp_path):
    (tmp_path / "file").write_text("mine")
    sentence = refused("run", "ordinary", "--days", "2", "--out", "file/out")
    assert "file/out: a file is in the place of a folder" in sentence
    assert "file/out" in refused("schema", "--out", "file/out")
    assert "x" * 300 in refused("run", "ordinary", "--days", "2", "--out", "x" * 300)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc here")
def test_a_folder_below_one_that_may_not_be_written_is_refused(refused):
    assert "/proc/nowhere: nothing was written" in refused("run", "ordinary", "--days", "2", "--out", "/proc/nowhere")


def test_files_that_may_not_grow_leave_no_folder_behind(refused):
    """As on a full disk, but for one file: first for the copied data, then for the tables, then for the figures."""
    resource = pytest.importorskip("resource", reason="this system has no limits to set")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (1_000, 20_000, 60_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        try:
            sentence = refused("run", "ordinary", "--days", "5", "--out", "deep/in/out")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert "deep/in/out: nothing was written" in sentence


def test_a_full_disk_is_named_as_the_reason(refused, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=64k", "none", disk]
    if not mount or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        sentence = refused("run", "ordinary", "--days", "5", "--out", "disk/out")
        assert "disk/out: nothing was written, the disk is full" in sentence
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_output_that_does_not_fit_on_the_disk_is_an_error_without_a_traceback(tmp_path):
    with Path("/dev/full").open("w") as full:
        process = started("show", "ordinary", cwd=tmp_path, stdout=full)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert err == "twoway: output: No space left on device\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes close differently on Windows")
def test_a_reader_who_has_seen_enough_is_no_error(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    process = started("show", "ordinary", cwd=tmp_path, stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")
def test_an_interrupted_run_leaves_nothing_behind(tmp_path):
    process = started(
        *("run", "four-centres", "--days", "30", "--replicates", "100000", "--out", "deep/out"),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    try:
        patience = time.monotonic() + PATIENCE
        while not list(tmp_path.glob("deep/.out.partial-*/events.parquet")):
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < patience, "the run never began to write"
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert "twoway: interrupted; nothing was written" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


# Runs that cannot be verified


def test_a_folder_that_is_no_run_cannot_be_verified(refused, tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "nowhere", "x" * 300):
        assert folder in refused("verify", folder)
    assert "manifest.json" in refused("verify", "empty")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ({"format": 2}, ["format 2", "reads format 1"]),
        ({"format": None}, ["format None"]),
        ({"seed": "x"}, ["seed = 'x'", "whole number"]),
        ({"seed": "-1"}, ["seed = '-1'", "whole number"]),
        ({"replicates": "0"}, ["replicates = 0", "whole number from 1"]),
        ({"replicates": None}, ["replicates = None", "whole number"]),
        ({"detail": "evnts"}, ["detail", "did you mean 'events'?"]),
        ({"detail": 3}, ["detail"]),
        ({"resolved_scenario": 3}, ["resolved_scenario"]),
        ({"resolved_scenario": {"context": {"control": 99}}}, ["resolved_scenario.context.control"]),
        ({"resolved_scenario": {"contxt": {}}}, ["resolved_scenario.contxt"]),
    ],
)
def test_a_damaged_manifest_is_refused_with_the_field(refused, copied, damage, words):
    rewrite_manifest(copied, lambda manifest: manifest.update(damage))
    sentence = refused("verify", copied)
    for word in [str(copied / "manifest.json"), *words]:
        assert word in sentence


@pytest.mark.parametrize(
    "field", ["format", "seed", "replicates", "detail", "model", "source_digest", "resolved_scenario"]
)
def test_a_manifest_without_what_a_run_needs_is_refused_with_the_field(refused, copied, field):
    for sealed in (False, True):
        rewrite_manifest(copied, lambda manifest: manifest.pop(field, None), sealed)
        sentence = refused("verify", copied)
        assert str(copied / "manifest.json") in sentence
        assert field in sentence


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"3", b"\xff\xfe", b'{"format": 1}'])
def test_a_manifest_that_cannot_be_read_is_refused(refused, copied, content):
    (copied / "manifest.json").write_bytes(content)
    assert str(copied / "manifest.json") in refused("verify", copied)


@pytest.mark.parametrize("table", ["events", "days", "dyads"])
def test_a_missing_table_is_named(refused, copied, table):
    (copied / f"{table}.parquet").unlink()
    sentence = refused("verify", copied)
    assert str(copied) in sentence
    assert f"{table}.parquet is missing" in sentence


@pytest.mark.parametrize("table", ["events", "days", "dyads"])
def test_a_table_that_was_cut_off_is_named(twoway, copied, table):
    path = copied / f"{table}.parquet"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    status, out, _ = twoway("verify", copied)
    assert status == 1
    assert f"Changed since: {path.name}, which is not as it was written." in out
    assert f"{table}: DIFFERENT" in out


def test_a_run_without_the_data_it_was_made_with_is_refused(refused, copied):
    (copied / "inputs" / "frames.toml").unlink()
    assert str(copied / "inputs" / "frames.toml") in refused("verify", copied)


def test_a_run_by_other_sources_is_said_to_be_one(twoway, copied):
    older = {"source_digest": "0" * 64, "model": "two-way-process 0.0.1"}
    rewrite_manifest(copied, lambda manifest: manifest.update(older))
    status, out, _ = twoway("verify", copied)
    assert status == 0
    assert out.startswith("Changed since: the model's sources (the run was made with two-way-process 0.0.1).\n")


def test_what_a_run_prints_is_what_it_writes(twoway, tmp_path):
    _, out, _ = twoway("run", "four-centres", "--days", "5", "--detail", "dyads", "--out", "mine")
    patterns = pd.read_csv(tmp_path / "mine" / "patterns.csv")
    lines = {line[:28].strip(): line[28:].split() for line in out.splitlines() if line.endswith("%")}
    for row in patterns.itertuples():
        assert lines[row.pattern] == [str(row.dyads), f"{row.share:.0%}", f"{row.low:.0%}", "to", f"{row.high:.0%}"]
