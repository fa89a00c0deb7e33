"""Export: what other programs read is what was saved, with every label, and what cannot be is refused in a sentence."""

import os
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.manifests import reseal
from tests.support.tiny_study import tiny

from twoway.experiments.reports.exported import export
from twoway.experiments.results.export import COMMA, SCRIPTS, Dialect, export_tables, variables
from twoway.experiments.results.tables import parquet_rows
from twoway.experiments.runs.run import run_and_save
from twoway.experiments.studies.run import run_study
from twoway.experiments.studies.store import Store
from twoway.simulation.columns import Column
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import load

TINY = {"design.days": 10, "design.clients": 4}
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), min_size=1, max_size=12).filter(str.strip)
RSCRIPT = shutil.which("Rscript")
REQUIRED = os.environ.get("TWOWAY_R") == "required"
"""Whether a missing R fails the test rather than skipping it."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A small run with every table."""
    return run_and_save(load("four-centres", TINY), "four-centres", tmp_path_factory.mktemp("run") / "r")


def read(path, dialect=Dialect()):  # noqa: B008
    return pd.read_csv(path, encoding="utf-8-sig", sep=dialect.separator, decimal=dialect.decimal)


@pytest.mark.parametrize("comma", [False, True])
def test_every_table_of_a_run_comes_back_with_all_its_values(saved, tmp_path, comma):
    files = export(saved.folder, tmp_path / "e", decimal_comma=comma)
    assert {file.name for file in files} == {
        *(f"{table}.{ending}" for table in ("events", "days", "dyads") for ending in ("csv", "sps", "R", "do")),
        "codebook.csv",
    }
    for name in ("events", "days", "dyads"):
        mine, theirs = read(tmp_path / "e" / f"{name}.csv", COMMA if comma else Dialect()), saved.tables[name]
        assert list(mine) == list(theirs)
        for column in theirs:
            if isinstance(theirs[column].dtype, pd.CategoricalDtype):
                words = (one[column].astype(object).fillna("").tolist() for one in (mine, theirs))
                assert next(words) == next(words)
            else:
                assert mine[column].to_numpy(float) == pytest.approx(
                    theirs[column].to_numpy(float, na_value=float("nan")), nan_ok=True
                )


def test_a_spreadsheet_knows_the_encoding_by_the_first_three_bytes(saved, tmp_path):
    export(saved.folder, tmp_path / "e")
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in (tmp_path / "e").glob("*.csv"))


def test_every_variable_has_a_label_and_every_word_a_code_in_each_script(saved, tmp_path):
    export(saved.folder, tmp_path / "e")
    codebook = read(tmp_path / "e" / "codebook.csv")
    assert codebook["meaning"].notna().all()
    for table, rows in codebook.groupby("table"):
        for ending in SCRIPTS:
            text = (tmp_path / "e" / f"{table}.{ending}").read_text(encoding="utf-8-sig")
            for row in rows.itertuples():
                assert row.column in text
            for word in saved.tables["dyads"]["pattern"].cat.categories if table == "dyads" else ():
                assert word in text


@pytest.mark.slow
def test_a_study_is_exported_as_its_table_of_runs(tmp_path):
    run_study(tiny(replicates=2), tmp_path / "s", workers=1, executor="threads")
    export(tmp_path / "s", tmp_path / "e")
    mine, theirs = read(tmp_path / "e" / "runs.csv"), Store(tmp_path / "s").table()
    assert mine["conflicted"].to_numpy() == pytest.approx(theirs["conflicted"].to_numpy())
    assert mine["run"].tolist() == theirs["run"].tolist()


@pytest.mark.slow
def test_inputs_of_a_study_have_names_that_stata_allows_each_its_own(tmp_path):
    run_study(tiny(replicates=2), tmp_path / "s", workers=1, executor="threads")
    export(tmp_path / "s", tmp_path / "e")
    names = re.findall(r"^rename v\d+ (.*)$", (tmp_path / "e" / "runs.do").read_text(encoding="utf-8"), re.M)
    assert len(set(names)) == len(names) == len(Store(tmp_path / "s").table().columns)
    assert all(re.fullmatch(r"[A-Za-z_]\w{0,31}", name) for name in names)
    assert "context_strictness" in names


@given(st.lists(WORDS, min_size=1, max_size=5, unique=True))
def test_whatever_columns_are_called_stata_gets_a_name_of_its_own_for_each(names):
    found = variables([], pd.DataFrame([[0.5] * len(names)], columns=names))
    short = [one.short for one in found]
    assert len(set(short)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_]\w{0,31}", name, re.ASCII) for name in short)
    assert not {"if", "in", "int"} & set(short)


def test_a_table_without_rows_keeps_its_columns(tmp_path):
    path = tmp_path / "none.parquet"
    pd.DataFrame({"act": pd.Categorical([], categories=["greet"]), "much": np.empty(0)}).to_parquet(path)
    export_tables(tmp_path / "e", {"t": ([], lambda: parquet_rows(path))}, Dialect())
    assert list(read(tmp_path / "e" / "t.csv")) == ["act", "much"]


def test_a_text_of_several_lines_becomes_one_as_spss_needs_it(tmp_path):
    table = pd.DataFrame({"trouble": ["Traceback:\n  File x\r\nError", None]})
    export_tables(tmp_path / "e", {"t": ([], lambda: [table])}, Dialect())
    assert read(tmp_path / "e" / "t.csv")["trouble"][0] == "Traceback: | File x | Error"
    assert len((tmp_path / "e" / "t.csv").read_bytes().splitlines()) == 3


def test_what_exists_is_not_overwritten_and_what_is_neither_run_nor_study_is_refused(saved, tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(InputError, match="exists already"):
        export(saved.folder, tmp_path / "there")
    with pytest.raises(InputError, match="manifest"):
        export(tmp_path / "there", tmp_path / "e")
    assert not (tmp_path / "e").exists()


def test_a_damaged_table_leaves_nothing_half_written(saved, tmp_path):
    shutil.copytree(saved.folder, tmp_path / "damaged")
    path = tmp_path / "damaged" / "days.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    reseal(path.parent)
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        export(tmp_path / "damaged", tmp_path / "e")
    assert [path.name for path in tmp_path.iterdir()] == ["damaged"]


@given(words=st.lists(WORDS, min_size=1, max_size=4, unique=True), meaning=WORDS)
@settings(max_examples=30)
def test_whatever_words_a_user_declares_no_script_breaks_out_of_its_quotation_marks(tmp_path_factory, words, meaning):
    out = tmp_path_factory.mktemp("words") / "e"
    table = pd.DataFrame({"what": pd.Categorical(words), "much": [1.5] * len(words)})
    columns = [Column("what", "word", meaning), Column("much", "days", meaning)]
    export_tables(out, {"t": (columns, lambda: [table])}, Dialect())
    for ending in SCRIPTS:
        for line in (out / f"t.{ending}").read_text(encoding="utf-8-sig").splitlines():
            plain = line.replace("QUALIFIER='\"'", "")
            if ending == "R":
                plain = plain.replace("\\\\", "").replace('\\"', "")
            assert plain.count('"') % 2 == 0, line
            if ending == "do":
                assert line.count("`") == line.count('`"'), "Stata takes a backquote for the beginning of a macro"


@pytest.mark.skipif(RSCRIPT is None and not REQUIRED, reason="needs R: apt install r-base-core")
@pytest.mark.parametrize("comma", [False, True])
def test_r_reads_numbers_words_and_labels(saved, tmp_path, comma):
    export(saved.folder, tmp_path / "e", decimal_comma=comma)
    script = 'source("dyads.R", encoding = "UTF-8"); cat(nrow(dyads), mean(dyads$client_positivity), '
    script += 'levels(dyads$pattern), attr(dyads$pattern, "label"), sum(is.na(dyads)), sep = "|")'
    assert RSCRIPT is not None, "needs R: apt install r-base-core"
    done = subprocess.run(
        [RSCRIPT, "--vanilla", "-e", script], cwd=tmp_path / "e", capture_output=True, text=True, check=True
    )
    rows, mean, *levels, label, missing = done.stdout.split("|")
    dyads = saved.tables["dyads"]
    assert (int(rows), int(missing)) == (len(dyads), int(dyads.isna().to_numpy().sum()))
    assert float(mean) == pytest.approx(dyads["client_positivity"].mean(), rel=1e-5)
    assert levels == list(dyads["pattern"].cat.categories)
    assert label.startswith("pattern assigned from both classes")
