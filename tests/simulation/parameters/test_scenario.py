"""Scenarios: how they are read, changed and refused in words."""

import os
from pathlib import Path

import numpy as np
import pytest

from twoway.simulation.data_files import DATA
from twoway.simulation.errors import InputError
from twoway.simulation.parameters import scenario as module
from twoway.simulation.parameters.scenario import Resolved, Scenario, all_declarations, changed, load, shipped_names

QUESTION = 'question = "What if?"\n'
CONTROL = next(d for d in all_declarations() if (d.section, d.name) == ("context", "control"))
NOT_OUR_WORDS = ("instance", "dictionary", "tuple", "pydantic", "input should", "Input should", "None", "error")
"""What a keyworker who writes a scenario should not have to read."""


@pytest.fixture
def written(tmp_path):
    """Write a text to a file of its own and return the path."""

    def write(text, name="mine.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refusal(function, *arguments):
    with pytest.raises(InputError) as refused:
        function(*arguments)
    message = str(refused.value)
    assert "\n" not in message, "a refusal is one sentence"
    return message


def refusal_of(path):
    message = refusal(load, path)
    assert str(path) in message, "a refusal names the file"
    return message


def test_a_scenario_says_only_how_it_differs_from_the_default(written):
    scenario = load(written(QUESTION + "[context]\ncontrol = 5\n[design]\nclients = 3\n"))
    assert scenario.question == "What if?"
    assert (scenario.context.control, scenario.design.clients) == (5.0, 3)
    assert changed(scenario, {"context.control": Scenario().context.control, "design.clients": 16}).model_dump(
        exclude={"question"}
    ) == Scenario().model_dump(exclude={"question"})


def test_a_whole_number_will_do_where_any_number_is_asked_for(written):
    control = load(written(QUESTION + "[context]\ncontrol = 3\n")).context.control
    assert control == 3.0
    assert type(control) is float


def test_a_scenario_is_found_by_its_path_as_text_or_path_and_relative_to_where_one_is(written, monkeypatch):
    path = written(QUESTION)
    monkeypatch.chdir(path.parent)
    assert load(path) == load(str(path)) == load("mine.toml") == load("./mine.toml") == load(Path("mine.toml"))


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_loads_by_its_name_and_finds_its_data(name):
    scenario = load(name)
    assert scenario.question.strip().endswith("?")
    assert Resolved(scenario).situations.acts


def test_the_name_of_a_scenario_that_does_not_exist_is_answered_with_the_nearest_that_does(written, monkeypatch):
    path = written(QUESTION, "strict-and-opaque.toml")
    written(QUESTION, "permissive.toml")
    monkeypatch.setattr(module, "SHIPPED", path.parent)
    message = refusal(load, "strict-and-opake")
    assert "'strict-and-opake'" in message
    assert "did you mean 'strict-and-opaque'?" in message
    assert "'permissive' and 'strict-and-opaque'" in refusal(load, "zzz")
    assert ".toml" in message, "and how to name one's own"


def test_a_misspelt_shipped_name_is_recognised():
    assert "did you mean 'four-centres'?" in refusal(load, "four-centers")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "no such file" in refusal_of(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "field", "hint"),
    [
        ("[context]\ncontrl = 3\n", "context.contrl", "did you mean 'control'?"),
        ("[contxt]\ncontrol = 3\n", "contxt", "did you mean 'context'?"),
        ('titel = "x"\n', "titel", "did you mean 'title'?"),
        ("[learning]\nlapse_rat = 0.1\n", "learning.lapse_rat", "did you mean 'lapse_rate'?"),
        ('[meaning]\nlexikon = "us2015"\n', "meaning.lexikon", "did you mean 'lexicon'?"),
        ("[design]\nday = 3\n", "design.day", "did you mean 'days'?"),
    ],
)
def test_an_unknown_field_or_section_is_refused_with_the_nearest_known_one(written, text, field, hint):
    message = refusal_of(written(QUESTION + text))
    assert f"{field} is not a field" in message
    assert hint in message


@pytest.mark.parametrize("value", ["30", "-0.1", '"3"', "nan", "inf", "-inf", "true", "false", "[3]", "{ a = 3 }"])
def test_a_value_that_is_no_number_in_the_range_is_refused_with_field_range_and_unit(written, value):
    message = refusal_of(written(QUESTION + f"[context]\ncontrol = {value}\n"))
    assert "context.control = " in message
    assert f"a number from 0 to 14 ({CONTROL.unit})" in message


@pytest.mark.parametrize("value", ["-1", "0", "16.0", "1.5", "true", '"16"', "1001", "nan"])
def test_a_count_of_clients_is_refused_unless_it_is_a_whole_number_in_its_range(written, value):
    message = refusal_of(written(QUESTION + f"[design]\nclients = {value}\n"))
    assert "design.clients = " in message
    assert "a whole number from 1 to 1000 (clients per centre)" in message


def test_a_stay_of_a_negative_number_of_days_is_refused(written):
    message = refusal_of(written(QUESTION + "[design]\ndays = -5\n"))
    assert "design.days = -5; it must be a whole number from 1 to 3650 (days)" in message


@pytest.mark.parametrize("declared", all_declarations(), ids=lambda d: f"{d.section}.{d.name}")
def test_every_number_is_refused_beyond_either_end_of_its_range_with_range_and_unit(written, declared):
    for value in (declared.low - 1, declared.high + 1):
        message = refusal_of(written(QUESTION + f"[{declared.section}]\n{declared.name} = {value}\n"))
        assert f"{declared.section}.{declared.name} = " in message
        assert f"from {declared.low:g} to {declared.high:g} ({declared.unit})" in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("# a remark only\n", "is empty"),
        ('title = "No question"\n', "question is missing"),
        ('question = ""\n', "question"),
        ('question = "   "\n', "question"),
        ("question = \n", "not valid TOML"),
        (QUESTION + QUESTION, "not valid TOML"),
        (b"\xff\xfe\x00", "not a text file in UTF-8"),
    ],
)
def test_a_file_that_asks_nothing_or_cannot_be_read_is_refused(written, text, reason):
    assert reason in refusal_of(written(text))


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("context = 3\n", "context", "[context]"),
        ("[[context]]\ncontrol = 3\n", "context", "[context]"),
        ("title = 3\n", "title", "text"),
        ('sources = "one"\n', "sources", "list"),
        ("sources = [1]\n", "sources", "text"),
        ("[meaning]\nlexicon = 3\n", "meaning.lexicon", "name"),
        (f'title = "{"x" * 201}"\n', "title", "200 characters"),
    ],
)
def test_what_is_no_number_is_refused_in_words_of_a_scenario_not_of_a_program(written, text, field, reason):
    message = refusal_of(written(QUESTION + text))
    assert field in message
    assert reason in message
    assert not [word for word in NOT_OUR_WORDS if word in message]


@pytest.mark.parametrize(
    ("field", "folder", "name", "nearest"),
    [
        ("lexicon", "lexicons", "us2014", "us2015"),
        ("equations", "equations", "nc1987", "nc1978"),
        ("frames", "frames", "sixx", "six"),
        ("situations", "situations", "residental", "residential"),
    ],
)
def test_an_unknown_data_set_is_refused_with_field_and_nearest_name(written, field, folder, name, nearest):
    path = written(QUESTION + f'[meaning]\n{field} = "{name}"\n')
    message = refusal(lambda: Resolved(load(path)))
    assert f"meaning.{field}" in message
    assert f"did you mean '{nearest}'?" in message


def test_a_data_file_that_is_not_beside_the_scenario_is_refused_with_scenario_and_field(written):
    message = refusal_of(written(QUESTION + '[meaning]\nlexicon = "mine-too.toml"\n'))
    assert "meaning.lexicon" in message
    assert "mine-too.toml" in message


def test_a_lexicon_is_found_beside_the_scenario_that_names_it_wherever_one_is(written, tmp_path, monkeypatch):
    (tmp_path / "words").mkdir()
    shipped = (DATA / "lexicons" / "us2015.toml").read_text(encoding="utf-8")
    (tmp_path / "words" / "mine.toml").write_text(
        shipped.replace('name = "US 2015"', 'name = "Mine"'), encoding="utf-8"
    )
    path = written(QUESTION + '[meaning]\nlexicon = "words/mine.toml"\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert Resolved(load(path)).lexicon.name == "Mine"
    assert Resolved(load(os.path.relpath(path))).lexicon.name == "Mine"


def test_a_scenario_loaded_by_a_relative_path_still_finds_its_lexicon_when_one_has_moved_on(
    written, tmp_path, monkeypatch
):
    (tmp_path / "words.toml").write_bytes((DATA / "lexicons" / "us2015.toml").read_bytes())
    path = written(QUESTION + '[meaning]\nlexicon = "words.toml"\n')
    monkeypatch.chdir(tmp_path)
    scenario = load(path.name)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert Resolved(scenario).lexicon.acts


def copied(tmp_path, folder, name, old, new):
    """A shipped data file with one thing changed, which must be there to be changed."""
    text = (DATA / folder / f"{name}.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / f"{folder}.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_an_act_that_nobody_rated_is_refused_with_both_files_and_the_nearest_that_was_rated(written, tmp_path):
    acts = copied(tmp_path, "situations", "residential", "client_asking = [", 'client_asking = ["complan_to",')
    scenario = load(written(QUESTION + '[meaning]\nsituations = "situations.toml"\n'))
    message = refusal(Resolved, scenario)
    assert str(acts) in message
    assert "'complan_to'" in message
    assert "us2015" in message
    assert "did you mean 'complain_to'?" in message


def test_an_identity_that_nobody_rated_is_refused_with_both_files_and_the_nearest_that_was_rated(written, tmp_path):
    frames = copied(tmp_path, "frames", "six", '"warden"', '"wardn"')
    scenario = load(written(QUESTION + '[meaning]\nframes = "frames.toml"\n'))
    message = refusal(Resolved, scenario)
    assert str(frames) in message
    assert "custody" in message
    assert "us2015" in message
    assert "did you mean 'warden'?" in message


def test_a_change_leaves_the_scenario_it_began_with_alone():
    before = Scenario()
    after = changed(before, {"context.control": 3, "design.days": 10})
    assert (after.context.control, after.design.days) == (3.0, 10)
    assert before == Scenario()
    assert changed(after, {"context.control": before.context.control, "design.days": 180}) == before
    assert changed(before, {}) == before


def test_changes_may_come_with_the_loading(written):
    path = written(QUESTION + "[context]\ncontrol = 5\n")
    assert load(path, {"context.control": 1}) == changed(load(path), {"context.control": 1})


def test_a_change_by_a_whole_number_written_with_a_point_is_a_whole_number():
    assert changed(Scenario(), {"design.days": 10.0}).design.days == 10
    assert "whole number" in refusal(changed, Scenario(), {"design.days": 10.5})


def test_a_change_may_name_another_data_file():
    assert changed(Scenario(), {"meaning.lexicon": "us2015"}) == Scenario()


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("context.contrl", "context.control"),
        ("contxt.control", "context.control"),
        ("control", "context.control"),
        ("learning.deflection_tolerence", "learning.deflection_tolerance"),
        ("people.formality", "context.formality"),
        ("days", "design.days"),
        ("lexicon", "meaning.lexicon"),
    ],
)
def test_a_change_of_an_unknown_field_is_refused_with_the_nearest_known_one(key, nearest):
    message = refusal(changed, Scenario(), {key: 1})
    assert key in message
    assert f"did you mean '{nearest}'?" in message


def test_a_change_of_the_question_is_refused_without_sending_one_to_the_equations():
    """The question is a field of a scenario, but not one that a change can name."""
    assert "equations" not in refusal(changed, Scenario(), {"question": "x"})


@pytest.mark.parametrize("value", [99, -1, "3", True, float("nan"), None])
def test_a_change_to_a_value_off_its_range_is_refused_like_one_in_a_file(value):
    message = refusal(changed, Scenario(), {"context.control": value})
    assert "context.control = " in message
    assert f"a number from 0 to 14 ({CONTROL.unit})" in message


def test_numbers_of_numpy_are_numbers():
    changes = {"design.days": np.int64(5), "context.control": np.float32(2.5), "design.clients": np.float64(3.0)}
    scenario = changed(Scenario(), changes)
    assert (scenario.design.days, scenario.context.control, scenario.design.clients) == (5, 2.5, 3)


def test_there_are_as_many_posts_as_the_caseload_asks_for_and_at_least_one():
    assert changed(Scenario(), {"design.clients": 16, "context.caseload": 4}).posts == 4
    assert changed(Scenario(), {"design.clients": 1, "context.caseload": 30}).posts == 1


@pytest.mark.parametrize("clients", range(1, 41))
def test_no_post_is_left_without_a_client(clients):
    for caseload in (1, 1.5, 4, 30):
        assert 1 <= changed(Scenario(), {"design.clients": clients, "context.caseload": caseload}).posts <= clients
