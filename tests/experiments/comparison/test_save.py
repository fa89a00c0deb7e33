"""A comparison kept: what its folder holds, that it is made whole or not at all, and that it can be verified."""

import shutil

import pandas as pd
import pytest
from tests.support.manifests import rewrite_manifest

from twoway.experiments.comparison.compare import compare
from twoway.experiments.comparison.comparison import TABLES, Comparison, read_comparison
from twoway.experiments.comparison.schedule import parse_schedule
from twoway.experiments.results.manifest import saved_kind
from twoway.experiments.results.result import open_result, verify
from twoway.simulation.compilation import source_digest
from twoway.simulation.errors import InputError

TINY = {"design.days": 12, "design.clients": 4, "context.caseload": 2.0}
TEXTS = ("strict-and-opaque", "permissive", "strict-and-opaque@6:permissive")


@pytest.fixture(scope="module")
def result():
    return compare([parse_schedule(text, TINY) for text in TEXTS], seed=2, replicates=3)


@pytest.fixture(scope="module")
def kept(result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept") / "comparison"
    result.save(folder)
    return folder


@pytest.fixture
def copied(kept, tmp_path):
    return shutil.copytree(kept, tmp_path / "copied")


def test_every_table_is_there_as_it_is_in_python(result, kept):
    assert sorted(path.stem for path in kept.glob("*.csv")) == sorted(TABLES)
    for name in ("differences", "moves", "days"):
        pd.testing.assert_frame_equal(pd.read_csv(kept / f"{name}.csv"), getattr(result, name), check_dtype=False)
    assert len(pd.read_csv(kept / "chains.csv")) == len(result.chains)


def test_every_figure_is_there_twice_and_says_what_it_was_made_by(kept):
    names = {"differences", "who-moves-1", "who-moves-2", "both-by-day-1", "both-by-day-2"}
    figures = list((kept / "figures").iterdir())
    assert {path.stem for path in figures} == names
    assert len(figures) == 2 * len(names)
    for path in figures:
        content = path.read_bytes()
        for words in ("strict-and-opaque against permissive", "seed: 2", "replicates: 3", source_digest()):
            assert words.encode() in content


def test_the_manifest_holds_the_schedules_with_their_policy_changes(result, kept):
    assert saved_kind(kept) == "comparison"
    schedules, manifest = read_comparison(kept)
    assert [one.name for one in schedules] == list(TEXTS)
    assert (manifest["seed"], manifest["replicates"], manifest["kind"]) == (2, 3, "comparison")
    for ours, theirs in zip(schedules, result.schedules, strict=True):
        assert ours.scenario.context == theirs.scenario.context
        assert [(r.day, r.scenario.context) for r in ours.policy_changes] == [
            (r.day, r.scenario.context) for r in theirs.policy_changes
        ]


def test_a_comparison_that_is_made_again_is_equal(kept):
    verdict = verify(kept)
    assert verdict.equal == dict.fromkeys(TABLES, True)
    assert verdict.changed == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_number_that_was_changed_is_noticed(copied, name):
    path = copied / f"{name}.csv"
    *head, last = path.read_text().splitlines()
    path.write_text("\n".join([*head, last.replace(last.split(",")[0], "other", 1)]) + "\n")
    verdict = verify(copied)
    assert verdict.equal == {table: table != name for table in TABLES}


def test_other_sources_are_said_to_be_other(copied):
    rewrite_manifest(copied, lambda manifest: manifest.update(source_digest="0" * 64))
    assert "the model's sources" in verify(copied).changed[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.update(format=9), "has format 9"),
        (lambda m: m.pop("schedules"), "schedules is missing"),
        (lambda m: m.update(seed="x"), "seed = 'x'; it must be a whole number"),
        (lambda m: m.update(schedules=[3]), "schedules are not written as"),
        (lambda m: m["schedules"][0].pop("policy_changes"), "schedules are not written as"),
        (lambda m: m["schedules"][0]["resolved_scenario"]["context"].update(control=99), "context.control"),
        (lambda m: m["schedules"][2]["policy_changes"][0].update(day=900), "day 900"),
        (lambda m: m.update(schedules=m["schedules"][:1]), "two scenarios or more"),
        (lambda m: m.update(replicates="1"), "replicates = 1; it must be from 2"),
    ],
)
def test_a_damaged_manifest_is_refused_in_words(copied, change, words):
    rewrite_manifest(copied, change)
    with pytest.raises(InputError, match=words):
        verify(copied)


def test_a_missing_input_is_named(copied):
    (copied / "inputs" / "frames.toml").unlink()
    with pytest.raises(InputError, match=r"frames\.toml"):
        verify(copied)


def test_a_missing_table_is_named(copied):
    (copied / "moves.csv").unlink()
    with pytest.raises(InputError, match=r"the table moves\.csv is missing"):
        verify(copied)


def test_a_table_that_is_no_table_is_named(copied):
    (copied / "moves.csv").write_bytes(b"")
    with pytest.raises(InputError, match=r"moves\.csv: was changed after it was written"):
        _ = open_result(copied).tables["moves"]
    assert not verify(copied).equal["moves"]


def test_a_folder_that_exists_is_not_overwritten(result, copied):
    before = (copied / "moves.csv").read_bytes()
    with pytest.raises(InputError, match="exists already"):
        result.save(copied)
    assert (copied / "moves.csv").read_bytes() == before


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"format": 1}', b"\xff"])
def test_what_is_no_comparison_is_known_not_to_be_one(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    assert saved_kind(tmp_path) is None


def test_a_comparison_that_is_opened_says_what_it_said_when_it_was_computed(result, kept):
    opened = open_result(kept)
    assert isinstance(opened, Comparison)
    assert opened.sentences == result.sentences
    assert list(opened.figures) == list(result.figures)
    assert opened.reached == result.reached


def test_a_notebook_shows_an_answer_a_table_and_a_figure_of_a_comparison(result):
    shown = result._repr_html_()
    assert shown.count("<table") == shown.count("<img") == 1
    assert result.sentences[0].split(":")[0] in shown
