"""Extensions: what a user's own file declares takes part in the model, and what is wrong with it is said in words."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from twoway.simulation.errors import InputError
from twoway.simulation.extensions import Registry, load_extension
from twoway.simulation.mesa_model import simulate_centre_with_agents
from twoway.simulation.parameters.scenario import all_declarations, changed, json_schema, load, scenario_type
from twoway.simulation.run import PreparedScenario, simulate_centre
from twoway.simulation.tables import run

SPORT = '''
from twoway import ParameterGroup, coping_way, parameter


class SportParameters(ParameterGroup):
    """Numbers of doing sport."""

    sport_log_odds: float = parameter(2.0, -5, 5, "log-odds")
    """Tendency to do sport."""


def log_odds(party, style, benign, parameters):
    return parameters.sport_log_odds + style


def effect(party, day, parameters):
    party.tension = 0.25 * party.tension


coping_way("do_sport", "does sport", "did sport", SportParameters, log_odds, effect)
'''
SCENARIO = 'question = "Does sport help?"\nextensions = ["sport.py"]\n[design]\nclients = 4\ndays = 40\n'


@pytest.fixture
def scenario(tmp_path):
    """Path of a scenario whose extension declares a sixth way of coping."""
    (tmp_path / "sport.py").write_text(SPORT)
    (tmp_path / "sport.toml").write_text(SCENARIO)
    return tmp_path / "sport.toml"


def refused(tmp_path, text):
    (tmp_path / "own.py").write_text(text)
    with pytest.raises(InputError) as error:
        load_extension(tmp_path / "own.py")
    assert "own.py" in str(error.value)
    return str(error.value)


def test_its_numbers_are_numbers_of_the_scenario(scenario):
    loaded = load(scenario)
    assert loaded.coping.sport_log_odds == 2.0
    assert "coping.sport_log_odds" in {f"{d.section}.{d.name}" for d in all_declarations(loaded)}
    assert "sport_log_odds" in str(json_schema(type(loaded)))
    assert "sport_log_odds" not in str(json_schema())


def test_a_value_off_its_range_is_refused_in_words(scenario):
    with pytest.raises(InputError, match=r"coping.sport_log_odds = 9; it must be a number from -5 to 5 \(log-odds\)"):
        changed(scenario, {"coping.sport_log_odds": 9})


def test_its_numbers_are_unknown_to_scenarios_that_do_not_name_it():
    with pytest.raises(InputError, match="no such field"):
        changed("ordinary", {"coping.sport_log_odds": 1.0})


def test_both_runners_leave_identical_records_with_it(scenario):
    prepared = PreparedScenario(load(scenario))
    compiled, agents = simulate_centre(prepared, 3, 0, 0), simulate_centre_with_agents(prepared, 3, 0, 0)
    for one, other in zip(compiled[2:], agents[2:], strict=True):
        for field in one.dtype.names:
            np.testing.assert_array_equal(one[field], other[field], err_msg=field)
    assert compiled.dyads["handled"][:, :, 5].sum() > 0


@pytest.mark.slow
def test_plain_python_gives_the_same_table(scenario):
    code = (
        "import sys; from twoway.simulation.tables import run; t = run(sys.argv[1]).dyads; print(t.to_csv(index=False))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code, str(scenario)],
            env=os.environ | {"NUMBA_DISABLE_JIT": plain}, capture_output=True, text=True, check=True,
        ).stdout
        for plain in ("0", "1")
    ]  # fmt: skip
    assert said[0] == said[1]


def test_an_edit_is_never_answered_with_what_was_compiled_before(scenario):
    before = run(scenario, seed=2).dyads
    (scenario.parent / "sport.py").write_text(SPORT.replace("0.25 * party", "1.0 * party"))
    after = run(scenario, seed=2).dyads
    assert not before["client_tension"].equals(after["client_tension"])
    (scenario.parent / "sport.py").write_text(SPORT)
    assert before.equals(run(scenario, seed=2).dyads)


def test_the_model_itself_is_unchanged_after_an_extended_run(scenario):
    small = changed("ordinary", {"design.days": 30})
    before = run(small, seed=2).dyads
    run(scenario, seed=2)
    assert before.equals(run(small, seed=2).dyads)


def test_a_way_that_nobody_takes_changes_no_other_draw(scenario):
    never = changed(scenario, {"coping.sport_log_odds": -5.0})
    without = changed("ordinary", {"design.clients": 4, "design.days": 40})
    one, other = run(never, seed=2, detail="dyads").dyads, run(without, seed=2, detail="dyads").dyads
    for column in ("client_reserve", "client_personal_first", "keyworker_adversarial_first", "friends"):
        assert one[column].equals(other[column])


def test_a_scenario_reaches_another_process(scenario):
    loaded = load(scenario)
    assert pickle.loads(pickle.dumps(loaded)) == loaded


def test_a_copy_of_the_file_is_the_same_extension(scenario, tmp_path):
    (tmp_path / "copy.py").write_text(SPORT)
    assert load_extension(tmp_path / "copy.py") == load_extension(scenario.parent / "sport.py")


def test_two_files_must_not_declare_one_name(tmp_path):
    (tmp_path / "one.py").write_text(SPORT)
    (tmp_path / "two.py").write_text(SPORT + "\n")
    with pytest.raises(InputError, match=r"do_sport|sport_log_odds"):
        scenario_type((load_extension(tmp_path / "one.py"), load_extension(tmp_path / "two.py")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (", "is not valid Python"),
        ("x = 1\n", "declares nothing"),
        ("import neighbour\n", "imports 'neighbour' from beside it"),
        ("from . import anything\n", "from beside it"),
        ("1 / 0\n", "ZeroDivisionError"),
        (SPORT.replace('"do_sport"', '"endure"'), "the coping way 'endure' comes with the package"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path, text, said):
    (tmp_path / "neighbour.py").write_text("")
    assert said in refused(tmp_path, text)


def test_a_file_that_is_missing_is_named_with_the_scenario(tmp_path):
    (tmp_path / "mine.toml").write_text('question = "?"\nextensions = ["none.py"]\n')
    with pytest.raises(InputError, match=r"mine\.toml: extensions: .*none\.py"):
        load(tmp_path / "mine.toml")


def test_an_unknown_name_of_a_registry_is_answered_with_the_nearest():
    registry = Registry("fruit", [type("Fruit", (), {"name": "apple"})()])
    with pytest.raises(InputError, match=r"there is no fruit 'appel'; did you mean 'apple'\?"):
        registry["appel"]
