"""Answers for scripts: with --json a command prints its answer and nothing else, with --quiet nothing at all."""

import json

import pytest

SMALL = ("--days", "10", "--set", "design.clients=4")


@pytest.fixture
def answered(twoway):
    """Call a command with --json; returns its answer."""

    def call(*arguments):
        status, out, err = twoway(*arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return call


def test_a_run_answers_with_its_patterns_its_sentences_and_where_it_is(answered, tmp_path):
    found = answered("run", "ordinary", *SMALL)
    assert (tmp_path / found["folder"] / "dyads.parquet").is_file()
    assert sum(row["dyads"] for row in found["tables"]["patterns"]) == 4
    assert found["arguments"]["seed"] == 1
    assert any("dyads" in sentence for sentence in found["sentences"])


def test_a_comparison_answers_with_all_its_tables_but_names_those_that_are_large(answered):
    found = answered("compare", "ordinary", "voluntary", *SMALL, "--replicates", "3")
    assert found["kind"] == "comparison"
    assert {row["pattern"] for row in found["tables"]["differences"]} >= {"friendly and trustful"}
    assert not set(found["tables"]) & set(found["larger_tables"])


def test_measures_answer_with_a_row_each_and_null_where_there_is_nothing(answered):
    answered("run", "ordinary", *SMALL)
    rows = answered("measures", "runs/ordinary")
    assert {"measure", "group", "estimate", "low", "high", "interval"} <= set(rows[0])
    assert any(row["estimate"] is None for row in rows)


def test_a_study_says_how_far_it_is_and_what_came_of_it(answered, tmp_path):
    (tmp_path / "s.toml").write_text(
        'title = "S"\nquestion = "Is it?"\nreplicates = 3\n[changes]\n"design.days" = 8\n"design.clients" = 4\n'
        '[inputs]\n"context.control" = [1, 5]\n',
        encoding="utf-8",
    )
    found = answered("study", "run", "s.toml", "--out", "s")
    assert found["kind"] == "study"
    assert found["tables"]["effects"]
    status = answered("study", "status", "s")
    assert (status["done"], status["planned"], status["missing"]) == (6, 6, 0)


def test_lists_scenarios_and_verdicts_are_answers_too(answered):
    assert {"name", "says"} == set(answered("list", "scenarios")[0])
    assert answered("show", "ordinary")["context"]["control"] > 0
    answered("run", "ordinary", *SMALL)
    assert answered("verify", "runs/ordinary")["same"] is True


def test_what_is_a_text_is_answered_as_one(answered):
    answered("run", "ordinary", *SMALL)
    assert "The client" in answered("interview", "runs/ordinary", "--dyad", "1")["text"]


@pytest.mark.parametrize(
    "arguments", [("list", "outcomes"), ("run", "ordinary", *SMALL), ("show", "voluntary"), ("scenarios",)]
)
def test_quiet_commands_print_nothing_and_do_the_same(twoway, tmp_path, arguments):
    assert twoway(*arguments, "--quiet") == (0, "", "")
    assert (tmp_path / "runs" / "ordinary").is_dir() == (arguments[0] == "run")


@pytest.mark.parametrize("how", ["--json", "--quiet"])
def test_what_is_wrong_is_said_all_the_same_and_no_answer_is_printed(twoway, how):
    status, out, err = twoway("run", "ordinry", how)
    assert (status, out) == (2, "")
    assert err.startswith("twoway: ")
    assert err.count("\n") == 1
