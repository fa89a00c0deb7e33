"""The folder of a run: whole or not at all, never overwritten, and readable again."""

import errno
import hashlib
import json
import os
import re

import pandas as pd
import pyarrow.parquet as pq
import pytest
from matplotlib.figure import Figure
from PIL import Image

from twoway.experiments.results.folder import (
    INPUTS,
    TableWriter,
    atomic_folder,
    copy_inputs,
    free_folder,
    provenance,
    read_manifest,
    read_tables,
    save_figure,
    write_codebook,
    write_manifest,
)
from twoway.simulation.columns import Column
from twoway.simulation.compilation import source_digest
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, Scenario, load

NOTE = provenance("mine", 5, 2)


@pytest.fixture
def resolved():
    return Resolved(load("four-centres"))


def test_a_folder_takes_its_place_only_when_all_is_written(tmp_path):
    target = tmp_path / "new" / "run"
    with atomic_folder(target) as partial:
        (partial / "table").write_text("half")
        assert not target.exists()
    assert (target / "table").read_text() == "half"
    assert [path.name for path in target.parent.iterdir()] == ["run"]


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, RuntimeError, MemoryError])
def test_whatever_goes_wrong_nothing_is_left_not_even_the_folders_above(tmp_path, trouble):
    def write():
        with atomic_folder(tmp_path / "new" / "study" / "run") as partial:
            (partial / "table").write_text("half")
            raise trouble

    with pytest.raises(trouble):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_above_that_was_there_before_stays_when_something_goes_wrong(tmp_path):
    (tmp_path / "study").mkdir()

    def write():
        with atomic_folder(tmp_path / "study" / "run"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    assert list(tmp_path.rglob("*")) == [tmp_path / "study"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "it may not be written there"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EDQUOT, os.strerror(errno.EDQUOT)),
    ],
)
def test_trouble_with_the_disk_is_refused_with_folder_and_reason(tmp_path, number, reason):
    def write():
        with atomic_folder(tmp_path / "run"):
            raise OSError(number, os.strerror(number))

    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'run'}: nothing was written, {reason}")):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_came_into_being_meanwhile_is_not_overwritten(tmp_path):
    target = tmp_path / "run"

    def write():
        with atomic_folder(target) as partial:
            (partial / "table").write_text("mine")
            target.mkdir()
            (target / "table").write_text("theirs")

    with pytest.raises(InputError, match="another run has written there meanwhile"):
        write()
    assert (target / "table").read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [target]


def test_two_at_once_do_not_write_into_each_others_folder(tmp_path):
    """As on two machines of a cluster, where the two processes may even have the same number."""
    target = tmp_path / "run"

    def write():
        with atomic_folder(target) as slower, atomic_folder(target) as faster:
            (slower / "table").write_text("slower")
            (faster / "table").write_text("faster")

    with pytest.raises(InputError, match="another run has written there meanwhile"):
        write()
    assert (target / "table").read_text() == "faster"
    assert list(tmp_path.iterdir()) == [target]


def test_what_exists_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match="exists already"), atomic_folder(tmp_path):
        pytest.fail("it began to write")


def test_the_next_free_folder_has_the_next_number(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = []
    for _ in range(3):
        folder = free_folder("mine")
        folder.mkdir(parents=True)
        names.append(folder.as_posix())
    assert names == ["runs/mine", "runs/mine-2", "runs/mine-3"]


def test_rows_come_in_portions_and_the_head_of_a_csv_only_once(tmp_path):
    rows = pd.DataFrame({"a": [1, 2], "b": pd.Categorical(["x", None], ["x", "y"]), "c": [0.1, 1 / 3]})
    writer = TableWriter(tmp_path, "table", True, NOTE)
    for portion in (rows.iloc[:0], rows.iloc[:0], rows, rows.iloc[1:]):
        writer.write(portion)
    writer.close()
    expected = pd.concat([rows, rows.iloc[1:]], ignore_index=True)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "table.parquet"), expected)
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert lines == ["a,b,c", "1,x,0.1", "2,,0.3333333333333333", "2,,0.3333333333333333"]


def test_a_table_carries_what_it_was_made_by(tmp_path):
    writer = TableWriter(tmp_path, "table", False, NOTE)
    writer.write(pd.DataFrame({"a": [1]}))
    writer.close()
    metadata = pq.read_schema(tmp_path / "table.parquet").metadata
    assert metadata[b"twoway.scenario"] == b"mine"
    assert metadata[b"twoway.seed"] == b"5"
    assert metadata[b"twoway.replicates"] == b"2"
    assert metadata[b"twoway.source_digest"].decode() == source_digest()
    assert metadata[b"twoway.model"].startswith(b"two-way-process ")
    assert not (tmp_path / "table.csv").exists()


def test_the_data_files_are_copied_with_their_digests(tmp_path, resolved):
    files = copy_inputs(tmp_path, resolved)
    assert set(files) == set(INPUTS)
    for field, file in files.items():
        content = (tmp_path / "inputs" / f"{field}.toml").read_bytes()
        assert content == getattr(resolved, field).path.read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["name"] == getattr(resolved.scenario.meaning, field)


def test_a_manifest_gives_back_scenario_and_luck_with_the_copied_data(tmp_path, resolved):
    files = copy_inputs(tmp_path, resolved)
    write_manifest(tmp_path, resolved.scenario, NOTE, {"keep": "days", "csv": False, "inputs": files})
    scenario, manifest = read_manifest(tmp_path)
    assert (manifest["seed"], manifest["replicates"], manifest["keep"]) == (5, 2, "days")
    same = {"meaning": resolved.scenario.meaning}
    assert scenario.model_copy(update=same) == resolved.scenario
    assert scenario.meaning.frames == str(tmp_path / "inputs" / "frames.toml")
    assert Resolved(scenario).frames.names == resolved.frames.names


def test_a_scenario_with_every_digit_survives_the_manifest(tmp_path, resolved):
    context = resolved.scenario.context.model_copy(update={"control": 1 / 3, "formality": 0.1 + 0.2})
    scenario = resolved.scenario.model_copy(update={"context": context})
    copy_inputs(tmp_path, resolved)
    write_manifest(tmp_path, scenario, NOTE, {"keep": "days"})
    assert read_manifest(tmp_path)[0].context == context


def test_a_manifest_says_in_what_surroundings_the_run_was_made(tmp_path):
    write_manifest(tmp_path, Scenario(), NOTE, {"keep": "events"})
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert {"numpy", "numba", "pandas", "pyarrow", "mesa"} <= set(manifest["packages"])
    assert all(re.match(r"\d+\.\d+", number) for number in manifest["packages"].values())
    assert re.fullmatch(r"3\.\d+\.\d+", manifest["python"])
    assert "no forecast" in manifest["scope"]


def test_a_figure_is_saved_twice_and_both_carry_what_it_was_made_by(tmp_path):
    figure = Figure()
    figure.subplots().plot([1, 2])
    save_figure(tmp_path, "line", figure, NOTE)
    with Image.open(tmp_path / "figures" / "line.png") as image:
        texts = [image.info["Description"], image.info["Software"]]
    texts.append((tmp_path / "figures" / "line.svg").read_text(encoding="utf-8"))
    for text in (texts[0], texts[2]):
        for words in ("scenario: mine", "seed: 5", "replicates: 2", source_digest(), NOTE["model"]):
            assert words in text
    assert texts[1] == NOTE["model"]


def test_the_codebook_gives_unit_meaning_and_words_of_each_column(tmp_path, resolved):
    columns = (Column("pattern", "word", "what became", words=("a", "b")), Column("share", "share", "how many"))
    write_codebook(tmp_path, resolved, {"mine": columns})
    codebook = pd.read_csv(tmp_path / "codebook.csv", keep_default_na=False)
    assert codebook.values.tolist() == [
        ["mine", "pattern", "word", "what became", "a, b"],
        ["mine", "share", "share", "how many", ""],
    ]


def test_tables_are_read_without_what_they_say_of_their_making(tmp_path):
    writer = TableWriter(tmp_path, "days", False, NOTE)
    writer.write(pd.DataFrame({"a": [1]}))
    writer.close()
    (tmp_path / "other.parquet").write_bytes(b"")
    tables = read_tables(tmp_path)
    assert list(tables) == ["days"]
    assert tables["days"].schema.metadata is None


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no table at all"])
def test_a_table_that_is_none_is_refused_with_its_name(tmp_path, content):
    (tmp_path / "days.parquet").write_bytes(content)
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'days.parquet'}: cannot be read as Parquet")):
        read_tables(tmp_path)
