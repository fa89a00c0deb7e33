"""Courses as they are written in a line, what is shared between them, and what cannot be compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.experiments.comparison.schedule import ScenarioSchedule, check_comparable, common_parts, parse_schedule
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.people import People
from twoway.simulation.parameters.scenario import changed, load, shipped_names

TILT = People().client_tilt


@pytest.mark.parametrize("name", shipped_names())
def test_a_name_alone_is_the_scenario_of_that_name(name):
    assert parse_schedule(name) == ScenarioSchedule(name, load(name))


def test_a_number_may_differ_from_the_start():
    written = parse_schedule("ordinary:context.formality=0.6,context.control=5")
    assert written.scenario == changed(load("ordinary"), {"context.formality": 0.6, "context.control": 5.0})
    assert written.policy_changes == ()


@given(days=st.lists(st.integers(1, 181), min_size=1, max_size=4, unique=True).map(sorted))
def test_policy_changes_come_in_the_order_in_which_they_are_written(days):
    names = ["strict-but-fair", "permissive", "ordinary", "strict-and-opaque"][: len(days)]
    text = "ordinary" + "".join(f"@{day}:{name}" for day, name in zip(days, names, strict=True))
    written = parse_schedule(text)
    assert [(then.day, then.scenario) for then in written.policy_changes] == [
        (day, load(name)) for day, name in zip(days, names, strict=True)
    ]
    assert written.prepared.policy_changes == written.policy_changes


def test_a_policy_change_of_numbers_keeps_what_was_in_force():
    written = parse_schedule("strict-and-opaque@60:context.control=1@90:context.formality=0.5")
    first, second = (then.scenario.context for then in written.policy_changes)
    opaque = load("strict-and-opaque").context
    assert (first.control, first.transparency) == (1.0, opaque.transparency)
    assert (second.control, second.formality) == (1.0, 0.5)


def test_changes_for_all_hold_before_and_after_a_policy_change():
    written = parse_schedule("ordinary@20:permissive", {"design.days": 30, "context.control": 3.0})
    assert written.scenario.context.control == written.policy_changes[0].scenario.context.control == 3
    assert written.prepared.scenario.design.days == 30


def test_a_file_of_ones_own_may_be_one_of_them(tmp_path):
    own = tmp_path / "mine@work.toml"
    own.write_text('question = "Mine?"\n[context]\ncontrol = 7\n')
    written = parse_schedule(f"{own}@60:ordinary")
    assert written.scenario.context.control == 7
    assert parse_schedule(f"ordinary@60:{own}").policy_changes[0].scenario.context.control == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ordinry", "did you mean 'ordinary'"),
        ("ordinary@60:fair", "scenario 'fair'"),
        ("ordinary@60", "write SCENARIO@DAY:SCENARIO"),
        ("ordinary@x:permissive", "write SCENARIO@DAY:SCENARIO"),
        ("ordinary@60:context.contrl=3", "did you mean 'context.control'"),
        ("ordinary@60:context.control=", "is not section.field=value"),
        ("ordinary@60:context.control=99", "from 0 to 14"),
        ("ordinary:context.control=3,formality", "'formality' is not section.field=value"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text, words):
    with pytest.raises(InputError, match=words):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "ordinary@60:understaffed",
            "ordinary@60:understaffed: policy change on day 60: context.caseload .* context.capacity",
        ),
        (
            "ordinary@60:voluntary",
            f"people.client_tilt cannot change from {TILT:g} to 0.5: people stay who they are",
        ),
        ("ordinary@182:permissive", "must be a whole number from 1 to 181"),
        ("ordinary@60:permissive@60:ordinary", "in the order of their days"),
    ],
)
def test_a_policy_change_that_cannot_be_is_refused_under_its_name(text, words):
    with pytest.raises(InputError, match=words):
        _ = parse_schedule(text).prepared


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["ordinary"], "two scenarios or more"),
        (["ordinary", "four-centres"], "design.centres is 1 in ordinary but 4 in four-centres"),
        (["ordinary", "ordinary:design.clients=4"], "design.clients is 16 in ordinary but 4 in"),
        (["ordinary", "permissive", "ordinary:design.days=90"], "design.days is 180 in ordinary but 90"),
    ],
)
def test_what_cannot_be_compared_person_by_person_is_refused_with_the_field(names, words):
    with pytest.raises(InputError, match=words):
        check_comparable([parse_schedule(name) for name in names])


def test_what_is_not_shared_is_said():
    def said(other):
        return " ".join(common_parts([parse_schedule("ordinary"), parse_schedule(other)]))

    assert "Not the same" not in said("permissive")
    assert "2 keyworkers instead of 4" in said("understaffed")
    assert "numbers of people differ" in said("voluntary")
