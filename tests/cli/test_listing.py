"""``twoway list``: everything that a file or an option may name is listed with a sentence."""

import tomllib
from pathlib import Path

import pytest

from twoway.cli.listing import KINDS
from twoway.experiments.studies.outcomes import OUTCOMES
from twoway.seminar.lessons import ORDER

DATA = Path(__file__).parents[2] / "simulation" / "data"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_entries_and_every_entry_has_a_sentence(kind):
    entries = list(KINDS[kind](()))
    assert entries
    assert all(name and len(sentence.split()) >= 3 for name, sentence in entries)


def test_every_outcome_is_listed_with_its_unit(twoway):
    status, out, _ = twoway("list", "outcomes")
    assert status == 0
    words = " ".join(out.split())
    for outcome in OUTCOMES.values():
        assert f"{outcome.name} " in words
        assert f"({outcome.unit})" in words


def test_what_a_users_file_declares_is_listed_after_the_packages_own(twoway, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from twoway.experiments.studies.outcomes import outcome\n"
        "@outcome(unit='share of dyads', meaning='dyads whose keyworker has changed')\n"
        "def had_a_new_keyworker(run):\n"
        "    return float((run.dyads['changes'] > 0).mean())\n"
    )
    assert "had_a_new_keyworker" not in twoway("list", "outcomes")[1]
    out = twoway("list", "outcomes", "--extension", "mine.py")[1]
    assert "dyads whose keyworker has changed" in out.split("had_a_new_keyworker")[1]
    assert all(name in out.split("had_a_new_keyworker")[0] for name in OUTCOMES)


@pytest.mark.parametrize("kind", ["lexicons", "equations", "frames", "situations"])
def test_every_data_file_is_listed_with_the_name_its_source_gives_it(twoway, kind):
    words = " ".join(twoway("list", kind)[1].split())
    for path in (DATA / kind).glob("*.toml"):
        source = tomllib.loads(path.read_text("utf-8"))["source"]
        assert f"{path.stem} {source['name']}: " in words


@pytest.mark.parametrize("kind", ["scenarios", "studies", "lessons"])
def test_what_is_run_by_name_has_a_short_command_of_its_own(twoway, kind):
    assert twoway(kind) == twoway("list", kind)


def test_lessons_are_listed_in_the_order_in_which_they_are_taught(twoway):
    out = twoway("list", "lessons")[1]
    assert sorted(ORDER, key=out.index) == list(ORDER)
