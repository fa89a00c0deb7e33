"""A scenario run and kept: what the folder holds, that its forms agree, and that it can be verified."""

import html
import json
import re
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from tests.support.manifests import rewrite_manifest

from twoway.analysis.patterns import DEFAULT_RULE, PATTERNS, shares, with_patterns
from twoway.experiments.results.result import open_result, verify
from twoway.experiments.runs.open import pattern_sentences
from twoway.experiments.runs.run import run_and_save
from twoway.simulation.compilation import source_digest
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import changed, load
from twoway.simulation.tables import Tables, run

TINY = load("four-centres", {"design.days": 5})
FIGURES = {"dyads": ["do-both-parties-agree", "where-dyads-stand"]}
FIGURES["days"] = ["from-pattern-to-pattern", "patterns-by-day", *FIGURES["dyads"]]
FIGURES["events"] = ["one-dyads-portrait", *FIGURES["days"]]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """A tiny run with all that can be kept."""
    return run_and_save(TINY, "four-centres", tmp_path_factory.mktemp("runs") / "run", 3, 2, "events", csv=True)


@pytest.fixture(scope="module", params=["dyads", "days"])
def less(request, tmp_path_factory):
    """What was kept, and the folder of a run that keeps less."""
    folder = tmp_path_factory.mktemp("runs") / request.param
    run_and_save(TINY, "four-centres", folder, 3, 2, request.param, csv=True)
    return request.param, folder


def test_the_tables_written_are_the_tables_of_the_same_run_in_python(outcome):
    tables = run(TINY, seed=3, replicates=2)
    tables = tables._replace(dyads=with_patterns(tables.dyads))
    for name in Tables._fields:
        written = pd.read_parquet(outcome.folder / f"{name}.parquet")
        pd.testing.assert_frame_equal(written, getattr(tables, name), check_exact=True)


@pytest.mark.parametrize("name", Tables._fields)
def test_csv_and_parquet_hold_equal_values(outcome, name):
    parquet = pq.read_table(outcome.folder / f"{name}.parquet").to_pydict()
    csv = pd.read_csv(outcome.folder / f"{name}.csv", dtype=str, keep_default_na=False)
    assert list(csv) == list(parquet)
    assert len(csv) > 0
    for column, values in parquet.items():
        missing = [bool(pd.isna(value)) for value in values]
        assert missing == [text == "" for text in csv[column]], column
        there = [(value, text) for value, text in zip(values, csv[column], strict=True) if text]
        assert all(value == type(value)(text) for value, text in there), column


def test_the_codebook_covers_every_column_of_every_csv_and_no_other(outcome, less):
    for folder in (outcome.folder, less[1]):
        codebook = pd.read_csv(folder / "codebook.csv", keep_default_na=False)
        described = {table: list(rows["column"]) for table, rows in codebook.groupby("table")}
        present = {path.stem: list(pd.read_csv(path)) for path in folder.glob("*.csv") if path.stem != "codebook"}
        assert described == present
        assert (codebook["unit"] != "").all()
        assert (codebook["meaning"] != "").all()


def test_the_codebook_lists_every_word_that_a_csv_holds(outcome):
    codebook = pd.read_csv(outcome.folder / "codebook.csv", keep_default_na=False)
    texts = 0
    for row in codebook.itertuples():
        values = pd.read_csv(outcome.folder / f"{row.table}.csv")[row.column].dropna()
        if values.dtype.kind not in "ifb":
            assert set(values) <= set(row.words.split(", ")), (row.table, row.column)
            texts += 1
        elif len(values):
            assert row.words == ""
    assert texts >= 10


def test_as_much_is_written_as_was_to_be_kept(less, outcome):
    for keep, folder in (less, ("events", outcome.folder)):
        tables = Tables._fields[("events", "days", "dyads").index(keep) :]
        assert sorted(path.stem for path in folder.glob("*.parquet")) == sorted(tables)
        assert sorted(path.stem for path in folder.glob("*.csv")) == sorted([*tables, "patterns", "codebook"])


def test_keeping_less_changes_nothing_of_what_is_kept(less, outcome):
    for path in less[1].glob("*.parquet"):
        assert pq.read_table(path).equals(pq.read_table(outcome.folder / path.name))


def test_every_figure_is_there_as_png_and_svg_and_says_what_it_was_made_by(outcome, less):
    for keep, folder in (("events", outcome.folder), less):
        figures = folder / "figures"
        names = sorted(path.name for path in figures.iterdir())
        assert names == sorted(f"{name}.{form}" for name in FIGURES[keep] for form in ("png", "svg"))
        for path in figures.iterdir():
            content = path.read_bytes()
            assert content.startswith(b"\x89PNG" if path.suffix == ".png" else b"<?xml")
            for words in ("scenario: four-centres", "seed: 3", "replicates: 2", source_digest()):
                assert words.encode() in content


def test_every_figure_says_in_a_sentence_what_it_shows(outcome):
    for path in (outcome.folder / "figures").glob("*.png"):
        with Image.open(path) as picture:
            words = picture.info["Title"]
        assert words.endswith(".")
        assert re.search(r"\d", words), "a sentence with its numbers"
        svg = path.with_suffix(".svg").read_text(encoding="utf-8")
        assert html.escape(words, quote=False) in svg


def test_the_manifest_holds_all_it_takes_to_run_again(outcome):
    manifest = json.loads((outcome.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["resolved_scenario"] == TINY.model_dump(mode="json")
    assert manifest["resolved_scenario"]["learning"]["tone_learning_rate"] == TINY.learning.tone_learning_rate, (
        "defaults are written out"
    )
    assert (manifest["scenario"], manifest["seed"], manifest["replicates"]) == ("four-centres", "3", "2")
    assert (manifest["detail"], manifest["csv"], manifest["format"]) == ("events", True, 1)
    assert manifest["source_digest"] == source_digest()
    assert re.fullmatch(r"two-way-process \d+\.\d+\.\d+", manifest["model"])
    assert manifest["packages"]["numpy"] == np.__version__
    assert manifest["packages"]["pandas"] == pd.__version__


def test_without_csv_there_is_only_the_small_table_of_patterns(tmp_path):
    run_and_save(TINY, "four-centres", tmp_path / "run", detail="dyads")
    assert [path.name for path in (tmp_path / "run").glob("*.csv")] == ["patterns.csv"]


def test_the_patterns_are_those_of_the_dyads(outcome):
    dyads = pd.read_parquet(outcome.folder / "dyads.parquet")
    written = pd.read_csv(outcome.folder / "patterns.csv", index_col="pattern")
    pd.testing.assert_frame_equal(written, shares(dyads))
    pd.testing.assert_frame_equal(outcome.patterns, shares(dyads), check_exact=True)
    assert outcome.patterns["dyads"].sum() == 32


def test_a_fresh_run_is_equal_again_whatever_was_kept(outcome, less):
    assert verify(outcome.folder).equal == {"events": True, "days": True, "dyads": True}
    keep, folder = less
    verdict = verify(folder)
    assert verdict.equal == dict.fromkeys(Tables._fields[("events", "days", "dyads").index(keep) :], True)
    assert verdict.changed == ()


def test_as_many_threads_as_one_likes_give_the_same_run(outcome):
    assert all(verify(outcome.folder, threads=1).equal.values())
    assert all(verify(outcome.folder, threads=5).equal.values())


CHANGES = {
    "events": {"act": "praise", "exchange": None, "disturbance": 0.5},
    "days": {"day": 4, "share_of_care": float("nan")},
    "dyads": {"client_class": "conflicted", "keyworker_personal_first": 0.0},
}


@pytest.mark.slow
@pytest.mark.parametrize(("table", "column"), [(table, column) for table in CHANGES for column in CHANGES[table]])
def test_one_value_that_was_changed_is_noticed_in_its_table_alone(outcome, tmp_path, table, column):
    value = CHANGES[table][column]
    folder = shutil.copytree(outcome.folder, tmp_path / "run")
    path = folder / f"{table}.parquet"
    rows = pq.read_table(path)
    old = rows[column].combine_chunks()
    values = old.to_pylist()
    values[next(i for i, was in enumerate(values) if was is not None and was != value)] = value
    if pa.types.is_dictionary(old.type):
        words = old.dictionary.to_pylist()
        codes = pa.array([None if word is None else words.index(word) for word in values], old.type.index_type)
        new = pa.DictionaryArray.from_arrays(codes, old.dictionary, ordered=old.type.ordered)
    else:
        new = pa.array(values, old.type)
    place = rows.schema.get_field_index(column)
    pq.write_table(rows.set_column(place, rows.schema.field(column), new), path)
    assert verify(folder).equal == {name: name != table for name in Tables._fields}


def test_rows_that_are_gone_or_have_changed_places_are_noticed(outcome, tmp_path):
    folder = shutil.copytree(outcome.folder, tmp_path / "run")
    path = folder / "dyads.parquet"
    rows = pq.read_table(path)
    pq.write_table(rows.slice(1), path)
    assert not verify(folder).equal["dyads"]
    pq.write_table(rows.take([1, 0, *range(2, rows.num_rows)]), path)
    assert not verify(folder).equal["dyads"]
    pq.write_table(rows.drop_columns("friends"), path)
    assert not verify(folder).equal["dyads"]


@pytest.mark.parametrize("table", Tables._fields)
def test_a_table_that_should_be_there_is_missed(outcome, tmp_path, table):
    folder = shutil.copytree(outcome.folder, tmp_path / "run")
    (folder / f"{table}.parquet").unlink()
    with pytest.raises(InputError, match=f"{table}.parquet is missing"):
        verify(folder)


def test_a_changed_scenario_in_the_manifest_makes_the_tables_differ(outcome, tmp_path):
    folder = shutil.copytree(outcome.folder, tmp_path / "run")
    rewrite_manifest(folder, lambda manifest: manifest["resolved_scenario"]["context"].update(control=9.0))
    assert verify(folder).equal == {"events": False, "days": False, "dyads": False}


@pytest.mark.slow
def test_a_run_of_more_stays_than_are_written_at_a_time_is_whole_and_equal_again(tmp_path):
    small = changed(load("ordinary"), {"design.clients": 2, "design.days": 2})
    run_and_save(small, "ordinary", tmp_path / "run", replicates=70, csv=True)
    dyads = pd.read_parquet(tmp_path / "run" / "dyads.parquet")
    assert list(dyads["replicate"]) == [r for r in range(70) for _ in range(2)]
    for name in Tables._fields:
        assert (
            len(pd.read_csv(tmp_path / "run" / f"{name}.csv"))
            == pq.read_metadata(tmp_path / "run" / f"{name}.parquet").num_rows
        )
    assert all(verify(tmp_path / "run").equal.values())


@pytest.mark.slow
def test_a_centre_where_nobody_ever_meets_can_be_run_kept_and_verified(tmp_path):
    rates = ("everyday", "planned", "control", "requests", "turnover", "peer_talk")
    silent = changed(
        load("ordinary"),
        {f"context.{rate}": 0 for rate in rates} | {"stay.running": 0, "design.days": 2, "design.clients": 1},
    )
    outcome = run_and_save(silent, "silent", tmp_path / "run", replicates=65, csv=True)
    assert outcome.patterns.loc["polite and neutral", "share"] == 1
    assert len((tmp_path / "run" / "events.csv").read_text().splitlines()) == 1, "a head and nothing below it"
    assert all(verify(tmp_path / "run").equal.values())


@pytest.mark.parametrize(
    ("more", "words"),
    [({"seed": -1}, "seed = -1"), ({"replicates": 0}, "replicates = 0"), ({"detail": "all"}, "= 'all'")],
)
def test_what_cannot_be_run_is_refused_before_a_folder_is_made(tmp_path, more, words):
    with pytest.raises(InputError, match=words):
        run_and_save(TINY, "four-centres", tmp_path / "new" / "run", **more)
    assert list(tmp_path.iterdir()) == []


def told(counts):
    """The sentences about a run whose dyads end so."""
    total = sum(counts)
    table = pd.DataFrame({"dyads": counts, "share": [c / total for c in counts]}, index=pd.Index(PATTERNS))
    return " ".join(pattern_sentences(table, (60, 90), DEFAULT_RULE, None))


def test_the_words_name_the_most_frequent_pattern_and_the_one_that_is_missing():
    words = told([300, 100, 0])
    assert "Of 400 dyads, 300 (75%) are friendly and trustful on days 60 to 90, the most frequent pattern" in words
    assert "No dyad is ambivalent and conflicted on days 60 to 90." in words
    assert "chance" not in words


def test_the_words_call_no_pattern_the_most_frequent_where_two_are_as_frequent():
    words = told([6, 6, 4])
    assert "Of 16 dyads, 6 (38%) are friendly and trustful and as many polite and neutral on days 60 to 90" in words
    assert "most frequent" not in words


def test_the_words_warn_of_chance_where_dyads_are_few():
    assert "With 16 dyads much of this may be chance" in told([10, 3, 3])
    assert "With 1 dyad much of this may be chance" in told([1, 0, 0])


@pytest.mark.slow
def test_a_run_with_other_raters_is_equal_again(tmp_path):
    scenario = load("ordinary", {"meaning.resample": 3, "design.clients": 2, "design.days": 4})
    assert all(verify(run_and_save(scenario, "resampled", tmp_path / "run").folder).equal.values())


def test_a_run_that_is_opened_has_its_tables_sentences_and_pictures(outcome):
    opened = open_result(outcome.folder)
    assert opened.kind == "run"
    pd.testing.assert_frame_equal(opened.tables["dyads"], pd.read_parquet(outcome.folder / "dyads.parquet"))
    assert opened.sentences == outcome.sentences
    assert set(opened.figures) == set(FIGURES["events"])
    assert opened._repr_html_().count("<img") == 1


def test_a_run_that_is_saved_elsewhere_is_the_same_run(outcome, tmp_path):
    assert all(verify(open_result(outcome.folder).save(tmp_path / "elsewhere")).equal.values())
