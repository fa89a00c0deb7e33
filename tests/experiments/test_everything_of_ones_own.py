"""Sentiments, frames, situations, matters, an outcome, a rule and a figure of one's own go through everything."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest
from tests.support.own_data import written

import twoway
from twoway.analysis.narrative.story import story
from twoway.analysis.render.document import as_text
from twoway.experiments.reports.run_report import report
from twoway.experiments.runs.open import SavedRun
from twoway.experiments.runs.run import run_and_save
from twoway.experiments.studies.answer import answer
from twoway.experiments.studies.study import load_study

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run, a comparison and a study of it, moved away from the files they were made of, which are gone."""
    before, after = tmp_path_factory.mktemp("before"), tmp_path_factory.mktemp("after")
    scenario = written(before)
    run_and_save(scenario, "mine", before / "run", replicates=4)
    compared = twoway.compare(
        [scenario, twoway.load(scenario, {"context.control": 1.0})], replicates=3, outcomes=["dogs"]
    )
    compared.save(before / "comparison")
    twoway.run_study(load_study(before / "study.toml"), before / "study", workers=2, executor="processes")
    for name in ("run", "comparison", "study"):
        shutil.move(before / name, after / name)
    shutil.rmtree(before)
    return after


@pytest.mark.parametrize("name", ["run", "comparison", "study"])
def test_what_was_made_of_it_is_made_again_where_its_files_are_gone(made, name):
    assert twoway.verify(made / name).same


def test_it_stands_in_the_tables_the_story_the_figures_and_the_report_of_a_run(made):
    run = SavedRun(made / "run")
    events, days = run.tables["events"], run.tables["days"]
    assert {"dog", "leave"} <= set(events["matter"].dropna())
    assert "shrug_at" in set(events["act"].dropna())
    assert "share_of_kinship" in days
    assert (made / "run" / "figures" / "coercion.png").is_file()
    assert "keyworkers_alone" in " ".join(run.sentences)
    tables = run.read_tables(range(1))
    assert any("a walk with his dog" in as_text(story(tables, run.resolved, (0, 0, dyad))) for dyad in range(6))
    assert "Mean felt coercion by day" in report(run)
    files = twoway.export(made / "run", made / "exported")
    exported = pd.read_csv(next(file for file in files if file.name == "events.csv"))
    assert (exported["matter"] == "dog").sum() == (events["matter"] == "dog").sum()


def test_it_is_compared_and_studied(made):
    compared = twoway.open_result(made / "comparison")
    assert list(compared.tables["outcomes"]["outcome"]) == ["dogs"]
    assert "keyworkers_alone" in " ".join(compared.sentences)
    study = twoway.open_result(made / "study").table.set_index(["context.control", "replicate"])["dogs"]
    strict = twoway.changed(SavedRun(made / "run").scenario, {"context.control": 4.0})
    events = twoway.run(strict, seed=1, replicates=2).events
    asked = (events["matter"] == "dog").groupby(events["replicate"]).sum() / 6
    assert study[4.0].to_numpy() == pytest.approx(asked.to_numpy())
    assert any("requests to have a dog" in sentence for sentence in answer(made / "study").sentences)
