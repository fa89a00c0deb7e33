"""A researcher's own pattern rule and thresholds go through everything, say so, and change nothing that happens."""

from __future__ import annotations

import json
from html import unescape

import numpy as np
import pandas as pd
import pytest

import twoway
from twoway.analysis.patterns import PATTERNS, with_patterns
from twoway.analysis.patterns import rule_of as rule_of_scenario
from twoway.experiments.reports.run_report import report
from twoway.experiments.runs.open import SavedRun
from twoway.experiments.runs.run import run_and_save
from twoway.experiments.studies.store import Store
from twoway.experiments.studies.study import load_study
from twoway.simulation.parameters.scenario import load

MINE = """
from twoway import pattern_rule


@pattern_rule(meaning="what its keyworker's class is")
def keyworkers_alone(client, keyworker):
    return {
        "trustful": "friendly and trustful", "neutral": "polite and neutral", "conflicted": "ambivalent and conflicted"
    }[keyworker]
"""
SCENARIO = """
question = "Who is conflicted?"
extensions = ["mine.py"]
[design]
clients = 8
days = 40
[context]
control = 5
[analysis]
rule = "keyworkers_alone"
mistrusted_above = 0.4
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rule")
    (folder / "mine.py").write_text(MINE, encoding="utf-8")
    (folder / "mine.toml").write_text(SCENARIO, encoding="utf-8")
    plain = SCENARIO.partition("[analysis]")[0].replace('extensions = ["mine.py"]\n', "")
    (folder / "plain.toml").write_text(plain, encoding="utf-8")
    run_and_save(folder / "mine.toml", "mine", folder / "mine", replicates=3)
    run_and_save(folder / "plain.toml", "plain", folder / "plain", replicates=3)
    return folder


@pytest.fixture(scope="module")
def mine(folder):
    return SavedRun(folder / "mine")


def by_keyworker(dyads, bad=0.4):
    conflicted = dyads["keyworker_negativity"] > bad
    return np.where(conflicted, PATTERNS[2], np.where(dyads["keyworker_positivity"] >= 1, PATTERNS[0], PATTERNS[1]))


def test_the_rule_tells_the_patterns_of_a_run_and_nothing_else_of_it(folder, mine):
    plain = SavedRun(folder / "plain")
    assert list(mine.tables["dyads"]["pattern"]) == list(by_keyworker(mine.tables["dyads"]))
    assert mine.tables["dyads"]["pattern"].nunique() > 1
    told = ["client_class", "keyworker_class", "pattern", "pattern_before"]
    own, other = (run.tables["dyads"].drop(columns=told) for run in (mine, plain))
    pd.testing.assert_frame_equal(own, other)
    for table in ("days", "events"):
        pd.testing.assert_frame_equal(mine.tables[table], plain.tables[table])
    assert twoway.verify(folder / "mine").same


def test_a_run_that_is_made_can_be_told_by_another_rule(folder, mine):
    changes = {"analysis.rule": "both", "analysis.mistrusted_above": 0.75}
    again, at_once = SavedRun(folder / "mine", changes), load("ordinary", changes)
    assert list(again.tables["dyads"]["pattern"]) == list(
        with_patterns(mine.tables["dyads"], rule_of_scenario(at_once))["pattern"]
    )
    assert any("'both'" in sentence for sentence in again.sentences)
    with pytest.raises(twoway.InputError, match="only how patterns are told can be changed"):
        SavedRun(folder / "mine", {"context.control": 1.0})


def test_what_is_said_of_a_run_says_by_which_rule(folder, mine):
    sentence = mine.rule.sentence
    assert "'keyworkers_alone': a dyad is what its keyworker's class is" in sentence
    assert any(said == sentence for said in mine.sentences)
    assert sentence in unescape(report(mine))


def test_a_comparison_tells_by_the_rule_and_is_refused_where_rules_differ(folder):
    schedules = [load(folder / "mine.toml"), load(folder / "mine.toml", {"context.control": 0.5})]
    found = twoway.compare(schedules, replicates=3, outcomes=["conflicted", "same_class"])
    assert any("'keyworkers_alone'" in sentence for sentence in found.sentences)
    tables = twoway.run(schedules[0], seed=1, replicates=3)
    share = (by_keyworker(tables.dyads) == PATTERNS[2]).mean()
    row = found.differences.set_index("pattern").loc[PATTERNS[2]]
    assert row["share_first"] == pytest.approx(share)
    outcomes = found.outcomes.set_index("outcome")
    assert outcomes.loc["conflicted", "first"] == pytest.approx(share)
    with pytest.raises(twoway.InputError, match=r"mistrusted_above is 0\.4 in .* different rules"):
        twoway.compare([schedules[0], load(folder / "mine.toml", {"analysis.mistrusted_above": 0.5})])


def study(folder, name, analysis, inputs='"context.control" = [1.0, 5.0]', extensions='extensions = ["mine.py"]'):
    path = folder / f"{name}.toml"
    path.write_text(
        f'title = "Told otherwise"\nquestion = "Who?"\nscenario = "plain.toml"\n{extensions}\nreplicates = 3\n'
        f"{analysis}\n[inputs]\n{inputs}\n",
        encoding="utf-8",
    )
    return load_study(path)


def test_a_study_declares_a_rule_of_its_own_extension_and_its_runs_are_those_of_any_other(folder):
    own = twoway.run_study(
        study(folder, "told", '[analysis]\nrule = "keyworkers_alone"\nmistrusted_above = 0.4'),
        folder / "told",
        workers=1,
    )
    plain = twoway.run_study(study(folder, "untold", "", extensions=""), folder / "untold", workers=1)
    tables = twoway.run(load(folder / "plain.toml"), seed=1, replicates=3).dyads
    share = pd.Series(by_keyworker(tables) == PATTERNS[2]).groupby(tables["replicate"]).mean()
    rows = own.table[own.table["context.control"] == 5.0]
    assert rows["conflicted"].to_numpy() == pytest.approx(share.to_numpy())
    assert (own.table["conflicted"] != plain.table["conflicted"]).any()
    assert list(own.table["client_tension"]) == list(plain.table["client_tension"])
    assert any("'keyworkers_alone'" in sentence for sentence in own.sentences)
    assert twoway.verify(folder / "told").same
    with pytest.raises(twoway.InputError, match="there is no pattern rule 'no_such'"):
        study(folder, "unknown", '[analysis]\nrule = "no_such"').points()
    with pytest.raises(twoway.InputError, match="analysis must be a table"):
        study(folder, "odd", "analysis = 3")


def test_thresholds_can_be_an_input_of_a_study_and_change_shares_but_no_people(folder):
    varied = study(folder, "varied", "common_random_numbers = false", '"analysis.mistrusted_above" = [0.75, 1.5, 3.0]')
    table = twoway.run_study(varied, folder / "varied", workers=1).table
    assert table.groupby("replicate")["client_tension"].nunique().eq(1).all()
    shares = table.groupby("analysis.mistrusted_above")["conflicted"].mean()
    assert shares.is_monotonic_decreasing
    assert shares.nunique() == 3
    assert Store(folder / "varied").design["key"].nunique() == 3


def test_mesa_and_the_manifest_know_the_rule(folder, mine):
    centre = twoway.Centre(folder / "mine.toml", seed=1)
    for _ in range(40):
        centre.step()
    last = centre.datacollector.get_model_vars_dataframe().iloc[-1]
    days = mine.tables["days"]
    today = days[(days["replicate"] == 0) & (days["day"] == 40) & (days["party"] == "keyworker")]
    assert last["conflicted"] == pytest.approx((today["negativity"] > 0.4).mean())
    manifest = json.loads((folder / "mine" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["resolved_scenario"]["analysis"]["rule"] == "keyworkers_alone"
