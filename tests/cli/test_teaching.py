"""Lessons, notes and handouts from the command line: new files only, refusals in a sentence."""

import pytest

from twoway.cli.main import main
from twoway.seminar.lessons import ORDER, load_lesson


def test_lessons_are_listed_with_what_to_open(capsys):
    assert main(["lessons"]) == 0
    told = capsys.readouterr().out
    for name in ORDER:
        assert f"{name} " in told
        assert str(load_lesson(name).opening_recipe) in told


@pytest.mark.parametrize(("suffix", "begins"), [(".html", "<!doctype html>"), (".md", "# What sixteen")])
def test_a_note_is_written_to_a_new_file_and_never_over_another(tmp_path, capsys, suffix, begins):
    target = tmp_path / f"note{suffix}"
    assert main(["lesson", "sixteen-interviews", "--out", str(target)]) == 0
    assert target.read_text("utf-8").startswith(begins)
    before = target.read_bytes()
    assert main(["lesson", "sixteen-interviews", "--out", str(target)]) == 2
    assert target.read_bytes() == before
    assert "Traceback" not in capsys.readouterr().err


def test_a_note_can_be_read_in_the_terminal(capsys):
    assert main(["lesson", "sixteen-interviews"]) == 0
    assert load_lesson("sixteen-interviews").question in " ".join(capsys.readouterr().out.split())


def test_a_handout_is_written_with_what_is_asked(tmp_path):
    target = tmp_path / "home.html"
    arguments = ["--title", "Monday", "--question", "Why <so>?", "--guess", "--out", str(target)]
    assert main(["handout", "ordinary/42", *arguments]) == 0
    text = target.read_text("utf-8")
    assert "<h1>Monday</h1>" in text
    assert "Why &lt;so&gt;?" in text
    assert "my guess" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lesson", "expectation"], "expectations"),
        (["lesson", "expectations", "--out", "note.pdf"], ".html or as .md"),
        (["handout", "ordinry/1"], "ordinary"),
        (["handout", "ordinary/1", *["--question", "?"] * 6], "at most 5 questions"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
