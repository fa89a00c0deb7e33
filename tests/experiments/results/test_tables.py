"""Tables in files: written in portions, with their provenance, and read again."""

import re

import pandas as pd
import pyarrow.parquet as pq
import pytest

from twoway.experiments.results.provenance import provenance
from twoway.experiments.results.tables import TableWriter, parquet_rows, read_table, write_codebook
from twoway.simulation.columns import Column
from twoway.simulation.compilation import source_digest
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, load

NOTE = provenance("mine", 5, 2)


@pytest.fixture
def resolved():
    return Resolved(load("four-centres"))


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
    assert read_table(tmp_path / "days.parquet").schema.metadata is None


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no table at all"])
def test_a_table_that_is_none_is_refused_with_its_name(tmp_path, content):
    (tmp_path / "days.parquet").write_bytes(content)
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'days.parquet'}: cannot be read as Parquet")):
        read_table(tmp_path / "days.parquet")
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'days.parquet'}: cannot be read as Parquet")):
        next(parquet_rows(tmp_path / "days.parquet"))
