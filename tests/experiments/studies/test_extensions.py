"""A user's own outcome, declared in one file, goes wherever the outcomes of the package go."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from tests.support.tiny_study import same, tiny

from twoway.experiments.results.result import open_result, verify
from twoway.experiments.studies import worker
from twoway.experiments.studies.analyse import analyse_sensitivity, find_conditions
from twoway.experiments.studies.ask_tell import AskTellStudy
from twoway.experiments.studies.designs import AskTell, Span
from twoway.experiments.studies.manage import export, extend, merge
from twoway.experiments.studies.run import resume, run_study
from twoway.experiments.studies.store import Store
from twoway.experiments.studies.study import load_study
from twoway.simulation.errors import InputError

MINE = """
import twoway


@twoway.outcome(unit="share of dyads", meaning="dyads in which the client is less tense than the keyworker")
def calmer_client(run: twoway.OutcomeInput) -> float:
    return float((run.clients["tension"] < run.keyworkers["tension"]).mean())
"""
OUTCOMES = ("calmer_client", "friendly")
PARTS = 2


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(MINE, encoding="utf-8")
    return path


@pytest.fixture
def study(mine):
    return tiny(extensions=(str(mine),), outcomes=OUTCOMES)


def test_an_outcome_of_ones_own_goes_through_worker_processes_and_is_verified_elsewhere(tmp_path, mine, study):
    folder = tmp_path / "s"
    result = run_study(study, folder, workers=2, executor="processes")
    assert result.status.failed == 0
    assert result.table["calmer_client"].between(0, 1).all()
    assert result.table["calmer_client"].nunique() > 1
    elsewhere = tmp_path / "elsewhere"
    shutil.move(folder, elsewhere)
    mine.unlink()
    script = f"import twoway; verdict = twoway.verify({str(elsewhere)!r}); print(len(verdict.equal), verdict.same)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == [str(len(result.table)), "True"]


def test_the_copy_in_the_folder_is_the_file_and_is_not_gone_on_with_when_it_was_changed(tmp_path, mine, study):
    store = Store.create(tmp_path / "s", study)
    (file,) = store.resolved.extensions
    assert file.path.parent == tmp_path / "s" / "inputs"
    assert file.path.read_bytes() == mine.read_bytes()
    assert file.sha256 == hashlib.sha256(mine.read_bytes()).hexdigest()
    file.path.write_text(MINE.replace("<", ">"), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(f"{file.path}: was changed after it was written")):
        resume(tmp_path / "s", workers=1)


def test_another_file_of_outcomes_changes_no_run_but_is_another_study(tmp_path, mine, study):
    first = Store.create(tmp_path / "first", study)
    copied = tiny(extensions=(shutil.copy(mine, tmp_path / "copied.py"),), outcomes=OUTCOMES)
    assert first.holds(copied)
    mine.write_text(MINE.replace("<", ">"), encoding="utf-8")
    assert not first.holds(study)
    other = Store.create(tmp_path / "other", study)
    assert list(first.design["key"]) == list(other.design["key"]), "the same people do the same"
    assert first.note() != other.note()
    with pytest.raises(InputError, match="uses other extensions"):
        merge([tmp_path / "first", tmp_path / "other"], tmp_path / "both")


def test_another_file_that_the_scenario_itself_names_makes_other_runs(tmp_path, mine):
    own = tmp_path / "own.toml"
    own.write_text('question = "Who?"\nextensions = ["mine.py"]\n', encoding="utf-8")
    keys = []
    for number, text in enumerate((MINE, MINE + "# changed\n")):
        mine.write_text(text, encoding="utf-8")
        keys += Store.create(tmp_path / str(number), tiny(scenario=str(own), outcomes=OUTCOMES)).design["key"].tolist()
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("where", ["file", "Python"])
def test_an_outcome_is_named_with_the_file_that_declares_it(tmp_path, mine, where):
    file = tmp_path / "study.toml"
    file.write_text(
        'title = "Mine"\nquestion = "Who is calmer?"\noutcomes = ["friendly", "mine.py:calmer_client"]\n'
        '[inputs]\n"context.control" = [1.0, 4.0]\n',
        encoding="utf-8",
    )
    study = load_study(file) if where == "file" else tiny(outcomes=["friendly", f"{mine}:calmer_client"])
    assert study.outcomes == ("friendly", "calmer_client")
    assert study.extensions == (str(mine),)
    with pytest.raises(InputError, match="an extension is a Python file"):
        tiny(outcomes=["friendly", "no-such.py:calmer_client"])
    with pytest.raises(InputError, match="did you mean 'calmer_client'"):
        tiny(outcomes=[f"{mine}:calmer_clients"])


# Asked for later


def test_an_outcome_that_was_kept_anyway_needs_no_run_made_again(tmp_path):
    run_study(tiny(outcomes=["friendly"]), tmp_path / "s", workers=1)
    store = extend(tmp_path / "s", outcomes=["talks"])
    assert store.status().missing == store.status().made_again == 0
    assert "talks" in set(resume(tmp_path / "s", workers=1).tables["effects"]["outcome"])


def test_for_an_outcome_asked_for_later_only_runs_that_lack_it_are_made_again_and_are_as_if_asked_for_at_once(
    tmp_path, mine
):
    folder, later = tmp_path / "s", ["time_conflicted", f"{mine}:calmer_client"]
    before = run_study(tiny(replicates=2), folder, workers=1).table
    store = extend(folder, outcomes=later, replicates=4)
    assert (store.status().missing, store.status().made_again) == (24, 12)
    assert same(store.table()[list(before)], before), "what was known is not forgotten meanwhile"
    some = resume(folder, workers=1, shard=(1, 2)).status
    assert 0 < some.made_again < 12
    at_once = run_study(tiny(outcomes=[*tiny().outcomes, *later]), tmp_path / "at-once", workers=1)
    result = resume(folder, workers=1)
    assert (result.status.missing, result.status.made_again, result.status.contradicted) == (0, 0, 0)
    assert same(result.table, at_once.table)
    assert verify(folder).same
    with pytest.raises(InputError, match="names the outcome calmer_client already"):
        extend(folder, outcomes=later[1:])
    with pytest.raises(InputError, match="did you mean 'time_conflicted'"):
        extend(folder, outcomes=["time_conflictd"])
    assert not Store(folder).pending()


def test_a_run_that_comes_out_otherwise_when_it_is_made_again_for_an_outcome_is_told(tmp_path, monkeypatch):
    run_study(tiny(), tmp_path / "s", workers=1)
    extend(tmp_path / "s", outcomes=["time_conflicted"])
    compute = worker.PointRunner.outcomes
    monkeypatch.setattr(worker.PointRunner, "outcomes", lambda *which: [x + 1 for x in compute(*which)])
    assert resume(tmp_path / "s", workers=1).status.contradicted == 24


# Refused


def test_parts_of_a_study_with_an_outcome_of_ones_own_are_merged_and_extended(tmp_path, study):
    parts = [tmp_path / f"part-{i}" for i in range(1, PARTS + 1)]
    for i, part in enumerate(parts, 1):
        run_study(study, part, workers=1, shard=(i, PARTS))
    merged = merge(parts, tmp_path / "merged")
    whole = run_study(study, tmp_path / "whole", workers=1)
    assert same(merged.table(), whole.table)
    extend(tmp_path / "merged", replicates=study.replicates + 1)
    table = resume(tmp_path / "merged", workers=1).table
    assert len(table) == len(whole.table) / study.replicates * (study.replicates + 1)
    assert table["calmer_client"].notna().all()


def test_the_answer_the_table_and_the_analyses_name_an_outcome_of_ones_own(tmp_path, mine):
    inputs = {"context.control": Span(low=1.0, high=4.0), "context.formality": Span(low=0.1, high=0.9)}
    study = tiny(
        extensions=(str(mine),), outcomes=OUTCOMES, inputs=inputs, replicates=2,
        design={"kind": "latin-hypercube", "size": 110},
    )  # fmt: skip
    result = run_study(study, tmp_path / "s", workers=2, executor="threads")
    assert "calmer_client" in set(result.tables["effects"]["outcome"])
    assert any("less tense than the keyworker" in sentence for sentence in result.sentences)
    table, codebook = export(tmp_path / "s", tmp_path / "table.csv")
    assert "calmer_client" in pd.read_csv(table, comment="#")
    meanings = pd.read_csv(codebook, comment="#").set_index("column")["meaning"]
    assert "less tense" in meanings["calmer_client"]
    assert list(analyse_sensitivity(tmp_path / "s", "calmer_client").tables)
    calmer = result.table["calmer_client"]
    above = float(max(value for value in set(calmer) if (calmer > value).sum() >= 30))
    assert len(find_conditions(tmp_path / "s", "calmer_client", above=above).tables["points"]) == 110
    opened = open_result(tmp_path / "s")
    assert opened.kind == "study"
    assert opened.sentences == result.sentences


def test_a_study_that_is_asked_for_points_has_an_outcome_of_ones_own(tmp_path, mine):
    study = tiny(
        extensions=(str(mine),), outcomes=OUTCOMES, design=AskTell(), inputs={"context.control": Span(low=1.0)}
    )
    means = AskTellStudy(study, tmp_path / "s", workers=1).evaluate([[2.0], [3.0]])
    assert means["calmer_client"].between(0, 1).all()
    assert np.isfinite(means["calmer_client_variance"]).all()


def test_a_file_of_a_study_names_extensions_beside_it(tmp_path, mine):
    file = tmp_path / "study.toml"
    file.write_text(
        'title = "Mine"\nquestion = "Who is calmer?"\nextensions = ["mine.py"]\noutcomes = ["calmer_client"]\n'
        'replicates = 2\n[changes]\n"design.days" = 4\n[inputs]\n"context.control" = [1.0, 4.0]\n',
        encoding="utf-8",
    )
    study = load_study(file)
    assert study.extensions == (str(mine),)
    result = run_study(study, tmp_path / "s", workers=1)
    assert verify(tmp_path / "s").equal.keys() == set(result.table["run"])
    manifest = json.loads((tmp_path / "s" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["extensions"][0]["sha256"] == hashlib.sha256(mine.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MINE.replace("calmer_client", "friendly"), "the outcome 'friendly' comes with the package"),
        (MINE.replace('unit="share of dyads"', 'unit=" "'), "unit is empty"),
        (MINE.replace("calmer_client", "replicate"), "outcome 'replicate': a name has letters"),
        (MINE.replace("import twoway", "import no_such_module"), "fails when it is loaded"),
        ("x = 1\n", "declares nothing"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(mine, text, words):
    mine.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        tiny(extensions=(str(mine),))


def test_an_outcome_that_no_file_declares_is_refused_with_the_nearest(mine):
    with pytest.raises(InputError, match="did you mean 'calmer_client'"):
        tiny(extensions=(str(mine),), outcomes=("calmer_clients",))


def test_extensions_of_the_scenario_go_with_the_study_in_worker_processes_and_elsewhere(tmp_path, mine):
    own = tmp_path / "own.toml"
    own.write_text('question = "Who?"\nextensions = ["mine.py"]\n[design]\ndays = 4\nclients = 4\n', encoding="utf-8")
    study = tiny(scenario=str(own), changes={}, outcomes=OUTCOMES, replicates=2)
    result = run_study(study, tmp_path / "s", workers=2, executor="processes")
    assert result.table["calmer_client"].between(0, 1).all()
    shutil.move(tmp_path / "s", tmp_path / "elsewhere")
    mine.unlink()
    own.unlink()
    script = f"import twoway; print(twoway.verify({str(tmp_path / 'elsewhere')!r}).same)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == ["True"]
