"""The commands about studies as a researcher meets them."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from PIL import Image
from tests.support.manifests import rewrite_manifest

from twoway.experiments.studies.store import SHARDS, Store
from twoway.experiments.studies.study import load_study, shipped_studies

MINE = """
title = "Mine"
question = "Does control matter?"
outcomes = ["friendly", "client_tone"]
replicates = 5
[changes]
design.clients = 3
design.days = 5
[design]
kind = "grid"
[inputs]
context.control = [0.0, 3.0, 9.0]
"""
WIDER = MINE.replace("[0.0, 3.0, 9.0]", "{ low = 0.0, high = 9.0 }\ncontext.formality = {}").replace(
    'kind = "grid"', 'kind = "latin-hypercube"\nsize = 8'
)


@pytest.fixture(autouse=True)
def two_studies(tmp_path):
    """Two small studies in the folder in which commands are called."""
    (tmp_path / "mine.toml").write_text(MINE)
    (tmp_path / "wider.toml").write_text(WIDER)


def one_line(text):
    return " ".join(text.split())


def test_studies_lists_every_shipped_one_with_its_question(twoway):
    status, out, _ = twoway("studies")
    assert status == 0
    for name in shipped_studies():
        assert name in out
        assert load_study(name).question in one_line(out)


def test_a_study_ends_in_an_answer_with_intervals_and_a_figure_that_says_what_it_rests_on(twoway, tmp_path):
    status, out, _ = twoway("study", "run", "mine.toml", "--workers", 1)
    assert status == 0
    out = one_line(out)
    assert "Mine: Does control matter?" in out
    assert "15 of 15 runs finished, 0 failed, 0 missing" in out
    assert "Taking control from 0 to 9" in out
    assert "95 % interval" in out
    assert "Rests on 3 points, 5 replicates each, 3 dyads of 1 centre a run" in out
    assert "Made-up people in a model" in out
    folder = tmp_path / "runs" / "mine"
    assert "Taking control from 0 to 9" in one_line((folder / "answer.txt").read_text())
    with Image.open(folder / "figures" / "patterns.png") as image:
        description = image.info["Description"]
    digest = json.loads((folder / "manifest.json").read_text())["run_digest"]
    for words in ("study: mine", f"run_digest: {digest}", "points: 3", "replicates: 5", "seed: 1"):
        assert words in description
        assert words in (folder / "figures" / "patterns.svg").read_text()
    assert list(pd.read_csv(folder / "effects.csv", comment="#")["input"]) == ["context.control"] * 2


def test_seed_and_numbers_of_the_base_can_be_given_with_the_command(twoway, tmp_path):
    given = ("--seed", 9, "--set", "context.formality=0.9", "--set", "design.days=6")
    status, _, _ = twoway("study", "run", "mine.toml", "--workers", 1, *given)
    assert status == 0
    study = Store(tmp_path / "runs" / "mine").study
    assert study.seed == 9
    assert study.changes == {"design.clients": 3, "design.days": 6, "context.formality": 0.9}


def test_an_outcome_of_days_that_was_not_kept_is_refused_with_the_way_to_have_it(twoway):
    twoway("study", "run", "wider.toml", "--workers", 1, "--out", "w")
    status, _, err = twoway("study", "sensitivity", "w", "--outcome", "time_conflicted")
    assert status == 2
    assert "it needs the days of a run, so that a study must name it in its outcomes" in one_line(err)


def test_parts_are_run_merged_and_then_answer(twoway):
    for i in (1, 2):
        status, out, _ = twoway("study", "run", "wider.toml", "--workers", 1, "--shard", f"{i}/2", "--out", f"part-{i}")
        assert status == 0
        assert "20 of 40 runs finished, 0 failed, 20 missing" in one_line(out)
        assert "study answer" in out
    status, out, _ = twoway("study", "merge", "part-1", "part-2", "--out", "both")
    assert status == 0
    assert "40 of 40 runs finished" in out
    assert "Rests on 8 points" in one_line(out)


def test_status_resume_extend_export_replay_and_verify(twoway, tmp_path):
    assert twoway("study", "run", "wider.toml", "--workers", 1, "--out", "s")[0] == 0
    sorted((tmp_path / "s" / SHARDS).iterdir())[0].write_bytes(b"")
    status, out, _ = twoway("study", "status", "s")
    assert status == 0
    assert "is damaged" in out
    assert " 0 missing" not in out
    status, out, _ = twoway("study", "resume", "s", "--workers", 1)
    assert status == 0
    assert "was set aside" in one_line(out)
    assert "40 of 40 runs finished" in out
    status, out, _ = twoway("study", "extend", "s", "--size", 10, "--replicates", 6, "--only-plan")
    assert "40 of 60 runs finished" in out
    status, out, _ = twoway("study", "resume", "s", "--workers", 1)
    assert "60 of 60 runs finished" in out
    assert twoway("study", "export", "s", "--out", "t.csv")[0] == 0
    run = pd.read_csv(tmp_path / "t.csv")["run"].iloc[9]
    status, out, _ = twoway("study", "replay", "s", run)
    assert status == 0
    assert "Equal to the saved run" in out
    status, out, _ = twoway("verify", "s", "--runs", 7)
    assert status == 0
    assert "7 of 7 repeated runs are equal; the study has 60 finished runs" in out
    assert "60 of 60 repeated runs" in twoway("verify", "s", "--runs", "all")[1]
    assert twoway("study", "answer", "s")[0] == 0


def test_status_says_what_the_runs_give_so_far(twoway):
    assert twoway("study", "run", "wider.toml", "--workers", 1, "--shard", "1/2", "--out", "s")[0] == 0
    told = json.loads(twoway("study", "status", "s", "--json")[1])
    table = Store("s").table()
    assert told["bytes"] > 0
    for row in told["outcomes"]:
        values = table[row["outcome"]]
        assert row["runs"] == len(values) == 20
        assert [row["mean"], row["sd"], row["least"], row["most"]] == pytest.approx(
            [values.mean(), values.std(), values.min(), values.max()], rel=1e-5
        )
    assert "client_tone" in twoway("study", "status", "s")[1]


def test_a_finished_study_is_asked_for_an_outcome_and_says_what_is_made_again(twoway):
    assert twoway("study", "run", "wider.toml", "--workers", 1, "--out", "s")[0] == 0
    status, out, _ = twoway("study", "extend", "s", "--outcome", "time_conflicted", "--workers", 1)
    assert status == 0
    assert "40 of the missing were made before an outcome was asked for, and are made again for it" in one_line(out)
    assert "40 of 40 runs finished" in out
    assert "the days on which they are conflicted" in one_line(out)
    status, out, _ = twoway("study", "extend", "s", "--outcome", "talks", "--workers", 1)
    assert status == 0
    assert "made again" not in out


def test_verify_finds_a_run_that_came_out_otherwise(twoway, tmp_path, monkeypatch):
    assert twoway("study", "run", "mine.toml", "--workers", 1, "--out", "s")[0] == 0
    from twoway.experiments.studies import worker

    worked_out = worker.compute_outcomes
    monkeypatch.setattr(worker, "compute_outcomes", lambda *given: [v + 0.25 for v in worked_out(*given)])
    status, out, _ = twoway("verify", "s", "--runs", "all")
    assert status == 1
    assert "0 of 15 repeated runs are equal" in out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("study", "run", "mine.toml", "--workers", "0"), "workers = 0; it must be a whole number from 1"),
        (("study", "run", "mine.toml", "--workers", "two"), "--workers two: must be a whole number"),
        (("study", "run", "mine.toml", "--shard", "5/4"), "--shard 5/4: write it as i/n"),
        (("study", "run", "mine.toml", "--shard", "half"), "--shard half: write it as i/n"),
        (("study", "run", "mine.toml", "--replicates", "0"), "replicates"),
        (("study", "run", "peer"), "did you mean 'peers'"),
        (("study", "run", "none.toml"), "none.toml: cannot be read"),
        (("study", "status", "nowhere"), "is not the folder of a study"),
        (("study", "rum", "mine.toml"), "there is no command 'rum'; did you mean 'run'"),
        (("study",), "ACTION"),
        (("study", "run", "mine.toml", "--out", "mine.toml"), "mine.toml: exists already"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line_and_nothing_is_written(twoway, tmp_path, arguments, why):
    before = sorted(tmp_path.rglob("*"))
    status, out, err = twoway(*arguments)
    assert status == 2
    assert why in err
    assert err.startswith("twoway: ")
    assert err.count("\n") == 1
    assert "Traceback" not in out + err
    assert sorted(tmp_path.rglob("*")) == before


def test_resuming_with_another_model_is_refused_with_status_2(twoway, tmp_path):
    assert twoway("study", "run", "mine.toml", "--workers", 1, "--out", "s")[0] == 0
    rewrite_manifest(tmp_path / "s", lambda manifest: manifest.update(run_digest="0" * 64))
    status, _, err = twoway("study", "resume", "s")
    assert status == 2
    assert "was begun with" in err
    assert "can only be read" in twoway("study", "status", "s")[1]


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"kind": "study"}', '{"kind": "study", "format": 1}'])
def test_a_damaged_manifest_is_refused_with_its_name(twoway, tmp_path, damage):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "manifest.json").write_text(damage)
    status, _, err = twoway("study", "status", "s")
    assert status == 2
    assert err.startswith("twoway: s")


def test_an_interrupted_study_says_how_to_go_on(twoway, monkeypatch):
    from twoway.experiments.studies import run as running

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_collect", interrupted)
    status, out, _ = twoway("study", "run", "mine.toml", "--workers", 1, "--out", "s")
    assert status == 130
    assert "continue with `twoway study resume s`" in out
    monkeypatch.undo()


LATIN = """
title = "Three features"
question = "Which of three features of a centre matters?"
outcomes = ["client_tone"]
replicates = 12
[changes]
design.clients = 3
design.days = 9
[design]
kind = "latin-hypercube"
size = 60
[inputs]
context.control = { low = 0.0, high = 9.0 }
context.formality = {}
learning.perceptual_noise = {}
[groups]
rules = ["context.control", "context.formality"]
"""


@pytest.mark.slow
def test_a_latin_hypercube_ends_in_indices_of_inputs_and_of_the_groups_in_file_and_command(twoway, tmp_path):
    (tmp_path / "latin.toml").write_text(LATIN)
    assert twoway("study", "run", "latin.toml", "--workers", 1, "--out", "latin")[0] == 0
    own = "own=context.formality,learning.perceptual_noise"
    status, out, _ = twoway("study", "sensitivity", "latin", "--outcome", "client_tone", "--group", own)
    assert status == 0
    said = one_line(out)
    assert "a polynomial fitted to the 60 points" in said
    assert "The inputs of the group rules (context.control and context.formality), known together" in said
    assert "The inputs of the group own (context.formality and learning.perceptual_noise), known together" in said
    assert "takes at least 100 points; there are 60" in said
    folder = tmp_path / "latin" / "sensitivity-client_tone"
    assert set(pd.read_csv(folder / "groups.csv", comment="#")["group"]) == {"rules", "own"}
    assert {file.stem for file in (folder / "figures").glob("*.png")} == {"indices", "groups", "error-budget"}
    for wrong, why in (
        ("own", "--group own: write it as NAME=INPUT,INPUT"),
        ("own=context.contrl", "groups.own: the study varies no input context.contrl; did you mean 'context.control'?"),
    ):
        status, _, err = twoway("study", "sensitivity", "latin", "--outcome", "client_tone", "--group", wrong)
        assert status == 2
        assert why in err
