"""Reading a run that was kept: story, interview, why, measures and report, and what they refuse in one sentence."""

import json
import re
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.support.manifests import reseal, rewrite_manifest

from twoway.cli.main import main
from twoway.experiments.runs.open import SavedRun
from twoway.simulation import SCOPE
from twoway.simulation.errors import InputError

DAYS = 40
TELLING = [
    ("story", "--dyad", "5"),
    ("interview", "--dyad", "5", "--day", "20"),
    ("why", "--dyad", "5", "--day", "MET"),
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The folder of a small run of two replicates."""
    folder = tmp_path_factory.mktemp("kept") / "run"
    assert main(["run", "four-centres", "--days", str(DAYS), "--replicates", "2", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def copy(kept, tmp_path):
    """A copy of it that may be changed."""
    return shutil.copytree(kept, tmp_path / "run")


@pytest.fixture(scope="module")
def met(kept):
    """A day on which dyad 5 of the first replicate met."""
    events = pd.read_parquet(kept / "events.parquet")
    mine = events[(events["replicate"] == 0) & (events["centre"] == 1) & (events["dyad"] == 1)]
    return str(mine.loc[mine["event"] == "exchange", "day"].iloc[3])


def change(folder, **fields):
    """Change fields of the manifest."""
    rewrite_manifest(folder, lambda manifest: manifest.update(fields))


@pytest.mark.slow
@pytest.mark.parametrize("asked", TELLING)
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_what_is_told_can_be_had_in_every_form_on_the_screen_or_in_a_file(twoway, kept, met, tmp_path, asked, form):
    command, *options = (met if word == "MET" else word for word in asked)
    status, out, err = twoway(command, kept, *options, "--format", form)
    assert status == 0, err
    assert ("<!doctype html>" in out) == (form == "html")
    assert out.startswith("# ") == (form == "markdown")
    file = tmp_path / f"told.{ {'text': 'txt', 'markdown': 'md', 'html': 'html'}[form] }"
    assert twoway(command, kept, *options, "--out", file)[:2] == (0, f"Written: {file}\n")
    assert file.read_text() == out


@pytest.mark.slow
def test_dyads_are_counted_through_the_centres(twoway, kept):
    assert "Client 1 of centre 1, replicate 0," in twoway("story", kept, "--dyad", "5")[1]
    assert "Client 3 of centre 3, replicate 1," in twoway("story", kept, "--dyad", "15", "--replicate", "1")[1]


def test_an_interview_is_of_the_day_asked_for_or_of_the_last(twoway, kept):
    assert "The client, day 20" in twoway("interview", kept, "--dyad", "5", "--day", "20")[1]
    assert f"The keyworker, day {DAYS}" in twoway("interview", kept, "--dyad", "5")[1]


def test_measures_are_printed_with_their_meaning_or_written_as_a_table(twoway, kept, tmp_path):
    status, out, _ = twoway("measures", kept, "--day", "30")
    assert status == 0
    assert "rating_correlation (correlation): " in out
    file = tmp_path / "measures.csv"
    assert twoway("measures", kept, "--out", file)[0] == 0
    assert {"measure", "group", "estimate", "low", "high", "interval", "n"} <= set(pd.read_csv(file).columns)


@pytest.fixture(scope="module")
def report(kept, tmp_path_factory):
    """The report on the run."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    assert main(["report", str(kept), "--day", "30", "--out", str(file)]) == 0
    return file.read_text()


def test_a_report_is_one_file_that_asks_for_nothing(report):
    assert len(report.encode()) < 2_000_000
    without_data = re.sub(r'src="data:[^"]*"', "", report)
    assert not re.search(r"<script|<link|src=|url\(|@import|\bon\w+=", without_data)
    assert report.count("<img") == report.count('src="data:image/')
    assert not re.search(r'<img alt=""', report), "every figure is said in words"
    assert SCOPE in report


def test_a_reports_shares_are_those_of_the_runs_table(report, kept):
    shares = pd.read_csv(kept / "patterns.csv", index_col="pattern")
    for name, row in shares.iterrows():
        percent = f"{row['share']:.0%}".replace("%", "\u00a0%")
        cells = rf"<td>{name}</td><td[^>]*>{row['dyads']:.0f}</td><td[^>]*>{percent}</td>"
        assert re.search(cells, report)


def test_a_report_tells_one_dyad_of_each_pattern_with_both_interviews(report):
    told = re.findall(r"<h2>One dyad that is ([^<]+)</h2>", report)
    assert 2 <= len(told) == len(set(told)) <= 3
    assert report.count("The client, day 30") == report.count("The keyworker, day 30") == len(told)


def test_a_report_says_what_it_rests_on(report, kept):
    manifest = json.loads((kept / "manifest.json").read_text())
    assert "2 replicates of 4 centres with 4 clients and 2 keyworkers each, 40 days, seed 1" in report
    for text in (manifest["source_digest"], manifest["model"], "context.formality", "context.centre_spread"):
        assert text in report


@pytest.mark.slow
def test_a_report_lies_in_the_runs_folder_which_can_still_be_verified(twoway, copy):
    assert twoway("report", "run")[0] == 0
    assert (copy / "report.html").read_text().startswith("<!doctype html>")
    assert twoway("verify", "run")[0] == 0


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (("story", "--dyad", "16"), "--dyad 16: run has dyads 0 to 15"),
        (("story", "--dyad", "-1"), "--dyad -1: run has dyads 0 to 15"),
        (("story", "--dyad", "five"), "--dyad five: must be a whole number"),
        (("story", "--dyad", "1", "--replicate", "2"), "--replicate 2: run has replicates 0 to 1"),
        (("interview", "--dyad", "1", "--day", "41"), "--day 41: the stays in run have days 1 to 40"),
        (("interview", "--dyad", "1", "--day", "0"), "--day 0: the stays in run have days 1 to 40"),
        (("why", "--dyad", "1", "--day", "2", "--exchange", "99"), "day 2 has exchanges 1 to"),
        (("story", "--dyad", "1", "--format", "htm"), "--format htm: did you mean 'html'?"),
        (("measures", "--day", "99"), "--day 99"),
        (("report", "--day", "99"), "--day 99"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(refused, copy, options, match):
    command, *rest = options
    assert match in refused(command, copy.name, *rest).replace(str(copy), "run")


@pytest.mark.parametrize("command", ["story", "interview", "measures", "report"])
def test_a_folder_that_is_no_run_is_refused(refused, tmp_path, command):
    (tmp_path / "empty").mkdir()
    dyad = ["--dyad", "1"] if command in ("story", "interview") else []
    assert "empty: is not the folder of a run" in refused(command, "empty", *dyad)


@pytest.mark.parametrize("command", ["story", "report", "measures"])
def test_a_run_of_another_version_is_refused_with_the_way_out(refused, copy, command):
    change(copy, model="two-way-process 0.0.1")
    sentence = refused(command, "run", *(["--dyad", "1"] if command == "story" else []))
    assert "was made with two-way-process 0.0.1" in sentence
    assert "twoway run four-centres" in sentence


def test_why_needs_the_very_same_model_and_a_story_does_not(twoway, refused, copy, met):
    change(copy, source_digest="0" * 64)
    assert twoway("story", "run", "--dyad", "5")[0] == 0
    assert "the model has changed since this run" in refused("why", "run", "--dyad", "5", "--day", met)


@pytest.mark.parametrize(
    ("table", "column"), [("events", "seen"), ("days", "positivity"), ("dyads", "client_formal_first")]
)
def test_a_table_with_a_missing_column_is_refused_by_file_and_column(refused, copy, table, column):
    path = copy / f"{table}.parquet"
    pq.write_table(pq.read_table(path).drop_columns([column]), path)
    reseal(copy)
    assert f"{table}.parquet: the column '{column}' is missing" in refused("story", "run", "--dyad", "1")


def test_a_table_without_rows_is_refused(refused, copy):
    path = copy / "events.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    reseal(copy)
    assert "events.parquet: holds no rows" in refused("story", "run", "--dyad", "1")


def test_a_table_that_is_damaged_or_missing_is_refused(refused, copy):
    (copy / "days.parquet").write_bytes(b"PAR1")
    assert "days.parquet: was changed after it was written" in refused("report", "run")
    reseal(copy)
    assert "days.parquet: cannot be read as Parquet" in refused("report", "run")
    (copy / "days.parquet").unlink()
    assert "days.parquet: is missing" in refused("report", "run")


def test_a_run_that_kept_only_the_dyads_says_how_to_keep_more(twoway, refused):
    assert twoway("run", "four-centres", "--days", "3", "--detail", "dyads", "--out", "few")[0] == 0
    assert "run it again with --detail events" in refused("story", "few", "--dyad", "1")


@pytest.mark.parametrize("asked", [("story", "--dyad", "1"), ("measures",), ("report",)])
def test_nothing_is_overwritten(refused, copy, tmp_path, asked):
    (tmp_path / "there.html").write_text("mine")
    command, *rest = asked
    assert "there.html: exists already" in refused(command, "run", *rest, "--out", "there.html")
    assert (tmp_path / "there.html").read_text() == "mine"


def test_a_file_that_cannot_be_written_is_refused(refused, copy):
    assert "no/such.md" in refused("story", "run", "--dyad", "1", "--out", "no/such.md")


def test_a_dyads_number_leads_to_its_row(kept):
    run = SavedRun(kept)
    assert [run.find_dyad(number) for number in (0, 5, 15)] == [(0, 0, 0), (0, 1, 1), (0, 3, 3)]
    with pytest.raises(InputError, match="dyads 0 to 15"):
        run.find_dyad(16)


def test_only_the_replicates_that_are_asked_for_are_read(kept):
    run = SavedRun(kept)
    assert set(run.read_tables(range(1, 2)).days["replicate"]) == {1}
    assert set(run.read_tables().dyads["replicate"]) == {0, 1}
    assert isinstance(pq.read_table(kept / "dyads.parquet"), pa.Table)


def test_the_folder_of_a_study_or_a_comparison_is_called_what_it_is(twoway, refused):
    assert twoway("compare", "ordinary", "permissive", "--days", "2", "--replicates", "2", "--out", "both")[0] == 0
    assert "both: is the folder of a comparison, not of a run" in refused("report", "both")
