"""A user's file with a coping way and an event kind of her own takes part in everything, and in nothing else."""

import json
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from tests.support.extension_file import FILE, SCENARIO, written
from tests.support.people import NOTHING_COMES_UP
from tests.support.plain import in_plain_python

from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.errors import InputError
from twoway.simulation.events import EVENTS
from twoway.simulation.extensions import Registry, load_extension
from twoway.simulation.mesa_model import simulate_centre_with_agents
from twoway.simulation.parameters.scenario import (
    Resolved,
    Scenario,
    all_declarations,
    changed,
    json_schema,
    known_declarations,
    load,
    scenario_type,
)
from twoway.simulation.run import CentreRecords, PreparedScenario, simulate_centre
from twoway.simulation.tables import columns_of, run

SMALL = {"design.clients": 4, "design.days": 20, "coping.tension_threshold": 0.1, "context.turnover": 2}
SMALL |= NOTHING_COMES_UP


@pytest.fixture
def mine(tmp_path):
    """The path of a scenario with an extension."""
    return written(tmp_path)


def identical(one, other):
    """Whether two centres left the same records, in every field."""
    for a, b in zip(one, other, strict=True):
        if isinstance(a, int):
            if a != b:
                return False
        elif a.dtype != b.dtype or not all(
            np.array_equal(a[f], b[f], equal_nan=np.issubdtype(a[f].dtype, np.floating)) for f in a.dtype.names
        ):
            return False
    return True


def simulated(path, changes=None):
    return simulate_centre(PreparedScenario(load(path, SMALL | (changes or {}))), 3, 0, 0)


def refusal(call, *arguments):
    with pytest.raises(InputError) as refused:
        call(*arguments)
    assert "\n" not in str(refused.value), "a refusal is one sentence"
    return str(refused.value)


# What a file declares takes part


def test_numbers_of_a_file_are_fields_of_the_scenario_with_defaults_units_and_meanings(mine):
    scenario = load(mine)
    assert scenario.coping.sleep_over_it_log_odds == 1.5
    assert scenario.events.visit_chance == 0.2
    declared = {f"{d.section}.{d.name}": d for d in all_declarations(scenario)}
    slept_off = declared["coping.slept_off"]
    assert (slept_off.default, slept_off.low, slept_off.high, slept_off.unit) == (0.6, 0, 1, "share")
    assert slept_off.meaning == "How much of the tension is gone when one has slept over it."
    assert declared["events.visit_chance"].unit == "probability per day"
    assert set(declared) - {f"{d.section}.{d.name}" for d in all_declarations()} == {
        "coping.sleep_over_it_log_odds",
        "coping.slept_off",
        "events.visit_chance",
    }


def test_numbers_of_a_file_come_after_those_of_the_package_and_change_none_of_them(mine):
    own, usual = load(mine).coping.model_dump(), Scenario().coping.model_dump()
    assert list(own)[: len(usual)] == list(usual)
    assert {name: own[name] for name in usual} == usual


def test_the_schema_of_such_scenarios_has_the_numbers_of_the_file(mine):
    kind = type(load(mine))
    assert kind is scenario_type((load_extension(mine.with_suffix(".py")),))
    schema = json.dumps(json_schema(kind))
    assert "sleep_over_it_log_odds" in schema
    assert "visit_chance" in schema
    assert "sleep_over_it_log_odds" not in json.dumps(json_schema())


def test_numbers_of_a_file_can_be_written_in_the_scenario_and_changed(tmp_path):
    path = written(tmp_path, numbers="[coping]\nslept_off = 0.25\n[events]\nvisit_chance = 1\n")
    scenario = load(path)
    assert (scenario.coping.slept_off, scenario.events.visit_chance) == (0.25, 1.0)
    assert changed(scenario, {"coping.slept_off": 0.5}).coping.slept_off == 0.5
    assert load(path, {"events.visit_chance": 0.5}).events.visit_chance == 0.5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[coping]\nslept_off = 2\n", ("coping.slept_off = 2", "a number from 0 to 1 (share)")),
        ("[events]\nvisit_chance = -0.5\n", ("events.visit_chance = -0.5", "from 0 to 1 (probability per day)")),
        ("[coping]\nslept_of = 0.5\n", ("coping.slept_of is not a field", "did you mean 'slept_off'?")),
        ("[events]\nvisit_chanc = 0.5\n", ("events.visit_chanc is not a field", "did you mean 'visit_chance'?")),
    ],
)
def test_numbers_of_a_file_are_refused_off_their_range_like_those_of_the_package(tmp_path, text, words):
    path = written(tmp_path, numbers=text)
    message = refusal(load, path)
    assert str(path) in message
    assert all(word in message for word in words)


def test_a_number_of_a_file_is_no_field_of_a_scenario_that_does_not_name_the_file():
    assert "there is no such field" in refusal(changed, Scenario(), {"coping.slept_off": 0.5})


@pytest.mark.slow
def test_what_a_file_declares_happens_and_stands_in_the_tables(mine):
    tables = run(load(mine, SMALL), seed=3)
    happened = tables.events["event"].value_counts()
    assert happened["family_visit"] > 5
    assert list(tables.events["event"].cat.categories) == [*EVENTS, "family_visit"]
    assert list(tables.events["way"].cat.categories) == [*COPING_WAYS, "sleep_over_it"]
    assert (
        tables.dyads["client_sleep_over_it"].sum()
        == ((tables.events["way"] == "sleep_over_it") & (tables.events["actor"] == "client")).sum()
    )
    assert tables.dyads["client_sleep_over_it"].sum() > 0
    resolved = Resolved(load(mine))
    for name, table in tables._asdict().items():
        assert [column.name for column in columns_of(name, resolved)] == list(table)


@pytest.mark.slow
def test_effects_are_those_that_are_declared(mine):
    never, always = (simulated(mine, {"events.visit_chance": chance}) for chance in (0, 1))
    visits = always.events[always.events["event"] == len(EVENTS)]
    assert len(visits) == 4 * 20, "once a day and dyad"
    assert (never.events["event"] < len(EVENTS)).all()
    day = always.events[(always.events["day"] == 1) & (always.events["dyad"] == 0)]
    place = int(np.flatnonzero(day["event"] == len(EVENTS))[0])
    before = [row for row in day[:place] if row["event"] == 0 and row["actor"] == 1]
    assert day[place]["positivity"] == (before[-1]["positivity"] if before else 0.0) + 0.125


@pytest.mark.slow
def test_a_coping_way_that_takes_all_tension_away_leaves_none(mine):
    eager = {"coping.sleep_over_it_log_odds": 5, "coping.slept_off": 1, "people.coping_style_sd": 0}
    events = simulated(mine, eager).events
    slept = events[events["way"] == len(COPING_WAYS)]
    assert len(slept) > 0
    assert (slept["tension"] == 0).all()


# Both runners, compiled and not, in other processes


@pytest.mark.slow
def test_agents_and_the_compiled_runner_leave_the_identical_tables_with_an_extension(mine):
    prepared = PreparedScenario(load(mine, SMALL))
    compiled, agents = (simulate(prepared, 3, 1, 0) for simulate in (simulate_centre, simulate_centre_with_agents))
    assert identical(compiled, agents)
    assert {len(EVENTS)} <= set(compiled.events["event"])
    assert {len(COPING_WAYS)} <= set(compiled.events["way"])


IN_ANOTHER_PROCESS = """
import pickle, sys
import numba
from twoway.simulation.run import PreparedScenario, simulate_centre
with open(sys.argv[1], "rb") as file:
    scenario = pickle.load(file)
records = simulate_centre(PreparedScenario(scenario), 3, 0, 0)
with open(sys.argv[2], "wb") as file:
    pickle.dump((bool(numba.config.DISABLE_JIT), scenario, tuple(records)), file)
"""


@pytest.mark.slow
@pytest.mark.parametrize("disabled", ["0", "1"])
def test_a_scenario_sent_to_another_process_compiled_or_not_leaves_the_same_tables_there(mine, tmp_path, disabled):
    scenario = load(mine, SMALL | {"design.clients": 2, "design.days": 8})
    sent, answer = tmp_path / "scenario", tmp_path / "answer"
    sent.write_bytes(pickle.dumps(scenario))
    environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(sent), str(answer)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    plain, theirs, records = pickle.loads(answer.read_bytes())
    assert plain == (disabled == "1")
    assert theirs == scenario
    assert identical(simulate_centre(PreparedScenario(scenario), 3, 0, 0), CentreRecords(*records))


def test_a_scenario_is_the_same_after_pickling(mine):
    scenario = load(mine, {"coping.slept_off": 0.5})
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert pickle.loads(pickle.dumps(Scenario())) == Scenario()


# Never stale


@pytest.mark.slow
def test_an_edit_of_the_file_gives_another_result_in_the_same_process_and_taking_it_back_the_first(tmp_path):
    path = written(tmp_path)
    before = simulated(path)
    written(tmp_path, FILE.replace("+= 0.125", "+= 0.25"))
    after = simulated(path)
    written(tmp_path, FILE)
    again = simulated(path)
    assert not identical(before, after)
    assert identical(before, again)


@pytest.mark.slow
def test_an_edit_of_a_helper_or_of_a_default_counts_as_well(tmp_path):
    path = written(tmp_path)
    before = simulated(path)
    written(tmp_path, FILE.replace("amount * (1.0 - share)", "amount * (1.0 - 0.5 * share)"))
    assert not identical(before, simulated(path))
    written(tmp_path, FILE.replace("parameter(0.2, 0, 1", "parameter(0.4, 0, 1"))
    assert load(path).events.visit_chance == 0.4


@pytest.mark.slow
def test_a_copy_of_the_file_elsewhere_is_the_same_extension(tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    here, there = written(tmp_path / "here"), written(tmp_path / "there")
    assert load_extension(here.with_suffix(".py")) == load_extension(there.with_suffix(".py"))
    assert identical(simulated(here), simulated(there))


@pytest.mark.slow
def test_stays_without_the_extension_are_as_they_were_before_it_was_loaded(mine):
    usual = changed(Scenario(), SMALL)
    ways, kinds = dict(COPING_WAYS), dict(EVENTS)
    before = simulate_centre(PreparedScenario(usual), 3, 0, 0)
    assert not identical(before, simulated(mine))
    assert identical(before, simulate_centre(PreparedScenario(usual), 3, 0, 0))
    assert (dict(COPING_WAYS), dict(EVENTS)) == (ways, kinds)
    assert list(columns_of("dyads", Resolved(usual))) == list(columns_of("dyads", Resolved(Scenario())))


@pytest.mark.slow
def test_a_prepared_scenario_with_an_extension_can_be_given_other_numbers(mine):
    scenario = load(mine, SMALL)
    other = changed(scenario, {"events.visit_chance": 0.9, "coping.slept_off": 0.1})
    again = PreparedScenario(scenario).with_scenario(other)
    assert identical(simulate_centre(again, 3, 0, 0), simulate_centre(PreparedScenario(other), 3, 0, 0))
    assert not identical(simulate_centre(again, 3, 0, 0), simulated(mine))


@pytest.mark.slow
def test_two_files_can_take_part_together(tmp_path):
    path = written(tmp_path)
    (tmp_path / "more.py").write_text(
        FILE.replace("sleep_over_it", "sing").replace("slept_off", "sung_off").replace("visit_chance", "moon_chance")
        .replace("family_visit", "full_moon").replace("SleepOverIt", "Sing"), encoding="utf-8"
    )  # fmt: skip
    path.write_text(SCENARIO.replace('["mine.py"]', '["mine.py", "more.py"]'), encoding="utf-8")
    resolved = Resolved(load(path))
    assert list(resolved.coping_ways) == [*COPING_WAYS, "sleep_over_it", "sing"]
    assert list(resolved.events) == [*EVENTS, "family_visit", "full_moon"]
    events, ways = in_plain_python(
        f"""
        from twoway import load
        from twoway.simulation.run import PreparedScenario, simulate_centre
        events = simulate_centre(PreparedScenario(load({str(path)!r}, {SMALL})), 3, 0, 0).events
        result = set(events["event"].tolist()), set(events["way"].tolist())
        """
    )
    assert {len(EVENTS), len(EVENTS) + 1} <= events
    assert {len(COPING_WAYS), len(COPING_WAYS) + 1} <= ways


# Refusals


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('    "sleep_over_it",', '    "withdraw",', ("coping way 'withdraw'", "another name")),
        ('    "family_visit",', '    "peer_talk",', ("event kind 'peer_talk'", "another name")),
        ("slept_off", "tension_relief", ("tension_relief", "already")),
        ("slept_off", "withdrawal_days", ("withdrawal_days", "already")),
        ("slept_off", "formality", ("formality", "already")),
        ("visit_chance", "formality", ("formality", "already")),
        ("visit_chance", "tension_relief", ("tension_relief", "already")),
        ("visit_chance", "slept_off", ("slept_off", "already")),
        ('    "family_visit",', '    "Family visit",', ("'Family visit'", "lower-case letters")),
        ('    "sleep_over_it",', '    "sleep-over-it",', ("'sleep-over-it'", "lower-case letters")),
        ('"slept over it"', '"slept over {it}"', ("{it}", "{their}")),
        ('"{Who} had a visit', '"{who} had a visit', ("{who}", "{Who}")),
        ("def left(", "def left((", ("not valid Python",)),
        ("def left(", "raise KeyError('x')\n\n\ndef left(", ("fails when it is loaded", "KeyError")),
        ("from twoway import", "from twoways import", ("fails when it is loaded", "twoways")),
        ("from twoway import", "import beside\nfrom twoway import", ("'beside'", "one file")),
        ("from twoway import", "from beside import x\nfrom twoway import", ("'beside'", "one file")),
        ("from twoway import", "import package.part\nfrom twoway import", ("'package.part'", "one file")),
        ("from twoway import", "from . import beside\nfrom twoway import", ("'.'", "one file")),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words_that_name_it(tmp_path, old, new, words):
    assert old in FILE
    (tmp_path / "beside.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "package").mkdir()
    path = written(tmp_path, FILE.replace(old, new))
    message = refusal(load, path)
    assert str(path) in message
    assert "coping.tension_relief" in known_declarations(), "other scenarios are not refused because of it"
    assert "mine.py" in message
    assert all(word in message for word in words), message


@pytest.mark.parametrize(("name", "words"), [("none.py", "there is none"), ("mine.txt", "a Python file (.py)")])
def test_a_file_that_is_not_there_or_no_python_is_refused(tmp_path, name, words):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(SCENARIO.replace("mine.py", name), encoding="utf-8")
    message = refusal(load, path)
    assert words in message
    assert name in message


def test_a_file_that_declares_nothing_is_refused(tmp_path):
    assert "declares nothing" in refusal(load, written(tmp_path, "x = 1\n"))


@pytest.mark.parametrize("value", ['"mine.py"', "[1]", "3"])
def test_extensions_that_are_no_list_of_paths_are_refused(tmp_path, value):
    path = written(tmp_path)
    path.write_text(SCENARIO.replace('["mine.py"]', value), encoding="utf-8")
    message = refusal(load, path)
    assert "extensions" in message
    assert "it must be" in message


def test_a_way_with_the_name_of_another_column_is_refused_before_anything_is_simulated(tmp_path):
    path = written(tmp_path, FILE.replace('    "sleep_over_it",', '    "tension",'))
    assert "dyads have a column client_tension already" in refusal(run, path)


def test_two_files_with_one_name_are_refused_with_it(tmp_path):
    path = written(tmp_path)
    (tmp_path / "more.py").write_text(FILE + "\n", encoding="utf-8")
    path.write_text(SCENARIO.replace('["mine.py"]', '["mine.py", "more.py"]'), encoding="utf-8")
    assert "sleep_over_it" in refusal(load, path)


def test_a_refused_file_leaves_nothing_behind(tmp_path):
    ways = list(COPING_WAYS)
    refusal(load, written(tmp_path, FILE + "\nraise ValueError\n"))
    assert list(COPING_WAYS) == ways
    assert load(written(tmp_path)).coping.slept_off == 0.6


# Registries


class Thing:
    """Something with a name."""

    def __init__(self, name):
        self.name = name


def test_a_registry_holds_entries_in_the_order_of_their_declaration_and_none_twice():
    things = Registry("thing", [Thing("b"), Thing("a")])
    assert list(things) == ["b", "a"]
    things.declare(Thing("c"))
    assert list(things) == ["b", "a", "c"]
    with pytest.raises(InputError, match="two entries of the kind 'thing' with the name 'a'"):
        things.declare(Thing("a"))
    with pytest.raises(InputError, match="no thing 'bb'"):
        things["bb"]


def test_extending_a_registry_leaves_it_as_it_is(mine):
    extension = load_extension(mine.with_suffix(".py"))
    assert [way.name for way in extension.of(COPING_WAYS)] == ["sleep_over_it"]
    assert list(COPING_WAYS.extended([extension])) == [*COPING_WAYS, "sleep_over_it"]
    assert "sleep_over_it" not in COPING_WAYS
    assert COPING_WAYS.find("sleep_over_it").name == "sleep_over_it"
