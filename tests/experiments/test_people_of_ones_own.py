"""A subclass of Client or Keyworker that an extension declares goes through runs, comparisons and studies."""

import re

import numpy as np
import pytest
from tests.support.tiny_study import tiny

import twoway
from twoway.cli.main import main
from twoway.experiments.comparison.compare import compare
from twoway.experiments.results.result import verify
from twoway.experiments.runs.run import run_and_save
from twoway.simulation.mesa_model import Client, agent_class
from twoway.simulation.parameters.scenario import load
from twoway.simulation.run import PreparedScenario, simulate_centre

FIRST = """
from twoway import Client, agent_class
from twoway.simulation.action_tables import Deed
from twoway.simulation.interpretation import PLAIN

@agent_class
class FirstAct(Client):
    "Someone who always does what comes first among the feasible acts."

    def choose(self, dyad, turn, occasion, frame, bent, draws, row):
        row.actor_frame, row.source, row.act, row.actor_tension = frame, 0, turn.act[0], self.view_of(dyad).tension
        return Deed(0, PLAIN)
"""
USUAL = """
from twoway import Client, Keyworker, agent_class

@agent_class
class Usual(Client):
    pass

@agent_class
class UsualKeyworker(Keyworker):
    pass
"""
SCENARIO = """
question = "Who are they?"
extensions = ["{file}"]
design.clients = 3
design.days = 12
"""


@pytest.fixture
def scenario(tmp_path):
    """Write a scenario whose extension declares people."""

    def write(code, name="mine"):
        (tmp_path / f"{name}.py").write_text(code)
        path = tmp_path / f"{name}.toml"
        path.write_text(SCENARIO.format(file=f"{name}.py"))
        return path

    return write


def test_who_does_what_anyone_does_leaves_what_anyone_leaves(scenario):
    mine, plain = load(scenario(USUAL)), load("ordinary", {"design.clients": 3, "design.days": 12})
    for seed in (1, 2):
        here, there = twoway.run(mine, seed), twoway.run(plain, seed)
        for name in here._fields:
            assert getattr(here, name).equals(getattr(there, name)), name


def test_a_run_is_theirs_and_can_be_verified(scenario, tmp_path):
    run = run_and_save(load(scenario(FIRST)), "mine", tmp_path / "run")
    usual = twoway.run(load("ordinary", {"design.clients": 3, "design.days": 12})).events
    acts = [set(one.loc[one["actor"] == "client", "act"].dropna()) for one in (run.tables["events"], usual)]
    assert acts[0] < acts[1], "fewer kinds of acts"
    assert verify(tmp_path / "run").same


def test_a_comparison_sets_them_beside_others(scenario):
    mine = load(scenario(FIRST))
    result = compare([mine, mine.model_copy(update={"extensions": ()})], replicates=3)
    assert result.partings["day"].notna().all()


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_a_study_is_made_with_them_whatever_makes_it(scenario, tmp_path, executor):
    study = tiny(scenario=load(scenario(FIRST)), replicates=2)
    found = twoway.run_study(study, tmp_path / "study", workers=2, executor=executor)
    usual = twoway.run_study(tiny(scenario=load(scenario(USUAL, "usual")), replicates=2), tmp_path / "usual", workers=1)
    assert found.status.failed == 0
    assert not np.allclose(found.table["client_tone"], usual.table["client_tone"])
    assert verify(tmp_path / "study").same


def test_a_centre_of_that_scenario_has_them_and_a_class_that_is_given_goes_before(scenario):
    path = scenario(FIRST)
    assert type(twoway.Centre(path).clients[0]).__name__ == "FirstAct"
    assert type(twoway.Centre(path, client_class=Client).clients[0]) is Client


def test_nobody_explains_what_they_do(scenario, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(scenario(FIRST)), "--out", "run"]) == 0
    met = next(iter(twoway.open_result("run").tables["events"].query("event == 'exchange'")["day"]))
    assert main(["why", "run", "--dyad", "0", "--day", str(met)]) == 2
    assert "people of your own (FirstAct), who act and read for reasons" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (USUAL.replace("Usual(Client)", "Usual"), "Usual must be a subclass of Client or Keyworker"),
        (
            USUAL.replace("(Keyworker)", "(Client)"),
            "Usual and UsualKeyworker are both declared as the class of",
        ),
        (USUAL + "\n@agent_class\ndef f(): pass", "f must be a subclass of Client or Keyworker"),
    ],
)
def test_what_cannot_be_people_is_refused(scenario, code, why):
    with pytest.raises(twoway.InputError, match=re.escape(why)):
        PreparedScenario(load(scenario(code)))


def test_outside_a_file_a_declaration_changes_nothing():
    class Other(Client):
        pass

    assert agent_class(Other) is Other
    plain = PreparedScenario(load("ordinary", {"design.clients": 2, "design.days": 3}))
    assert plain.agents == {}
    assert len(simulate_centre(plain, 1, 0, 0).dyads) == 2
