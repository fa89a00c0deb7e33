"""Matters as files: what ships, one's own, and refusals that name file, field and what would be right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.simulation.data_files import DATA, data_file
from twoway.simulation.errors import InputError
from twoway.simulation.matters import (
    MATTER_STATES,
    MOST,
    NO_MATTER,
    OUTCOMES,
    RAISED_IN,
    RANGES,
    load_matters,
    matter_records,
)
from twoway.simulation.parameters.scenario import Resolved, Scenario, changed
from twoway.simulation.situations import ENCOUNTER_KINDS

SHIPPED = load_matters(data_file("matters", "residential"))
BY_NAME = {matter.name: matter for matter in SHIPPED.matters}


@pytest.fixture
def written(tmp_path):
    """Write a text to a file and return its path."""

    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def matter(fields, name="visit", raised_in="request"):
    return f'[matters.{name}]\nraised_in = "{raised_in}"\n{fields}\n'


@pytest.mark.parametrize("path", sorted((DATA / "matters").glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_file_loads_and_says_where_it_is_from(path):
    assert load_matters(path).source["note"]


def test_by_default_encounters_are_about_what_ships_and_with_none_about_nothing():
    assert Resolved(Scenario()).matters.names == SHIPPED.names
    assert Resolved(changed(Scenario(), {"meaning.matters": "none"})).matters.names == ()


def test_a_scenario_names_its_matters_by_a_shipped_name_or_a_path(written):
    assert Resolved(changed(Scenario(), {"meaning.matters": "residential"})).matters.names == SHIPPED.names
    mine = str(written(matter("", "walk")))
    assert Resolved(changed(Scenario(), {"meaning.matters": mine})).matters.names == ("walk",)


def test_an_unknown_name_is_answered_with_the_nearest_shipped_one():
    with pytest.raises(InputError, match=r"meaning\.matters: there is no 'residentail'; did you mean 'residential'\?"):
        Resolved(changed(Scenario(), {"meaning.matters": "residentail"}))


def test_there_is_something_to_be_about_in_control_requests_and_planned_talks():
    assert {m.raised_in for m in SHIPPED.matters} == set(RAISED_IN)


def test_only_a_leave_is_away_has_a_record_and_is_followed_by_something():
    for m in SHIPPED.matters:
        assert (m.lasts[1] > 0) == any(m.record) == bool(m.follows) == (m.takes_effect > 0) == (m.name == "leave")


def test_a_kept_leave_makes_the_next_one_easier_and_a_failed_one_harder_than_a_late_one():
    kept, late, failed = BY_NAME["leave"].record
    assert kept < 0 < late < failed


def test_nothing_is_at_stake_in_planned_talks_that_is_not_in_others():
    assert {(m.stake, m.hardness) for m in SHIPPED.matters if m.raised_in == "planned"} == {(1.0, 0.0)}


def test_every_shipped_matter_can_be_told_of():
    for m in SHIPPED.matters:
        assert m.noun.startswith("the ") or m.name == "mandate"
        assert all(m.asks)
        assert len(set(m.asks)) == len(m.asks)


def test_records_hold_what_the_file_says():
    for record, m in zip(matter_records(SHIPPED), SHIPPED.matters, strict=True):
        assert ENCOUNTER_KINDS[record.raised_in] == m.raised_in
        assert {field: record[field] for field in RANGES} == {field: getattr(m, field) for field in RANGES}
        assert (record.shortest, record.longest, tuple(record.record)) == (*m.lasts, m.record)
        assert (NO_MATTER if not m.follows else SHIPPED.names.index(m.follows)) == record.follows


def test_the_outcomes_of_a_leave_are_the_last_states_of_a_matter():
    assert MATTER_STATES[-len(OUTCOMES) :] == OUTCOMES


def test_what_a_file_does_not_say_makes_no_difference(written):
    (m,) = load_matters(written(matter("", "long_walk"))).matters
    assert (m.weight, m.from_day, m.rests, m.insists, m.stake, m.hardness, m.takes_effect) == (1, 1, 0, 1, 1, 0, 0)
    assert (m.lasts, m.record, m.follows, m.noun, m.asks) == ((0, 0), (0, 0, 0), "", "long walk", ("long walk",))


numbers = st.sampled_from(sorted(RANGES)).flatmap(
    lambda field: st.tuples(st.just(field), st.one_of(st.floats(*RANGES[field]), st.integers(1, int(RANGES[field][1]))))
)


@given(numbers)
def test_a_number_in_its_range_is_kept_as_it_is(tmp_path, number):
    field, value = number
    path = tmp_path / "mine.toml"
    more = {"takes_effect": "lasts = [1, 2]"}.get(field, "")
    path.write_text(matter(f"{field} = {value!r}\n{more}"), encoding="utf-8")
    if field == "takes_effect" and value < 1:
        with pytest.raises(InputError, match=r"visit\.lasts"):
            load_matters(path)
    else:
        (m,) = load_matters(path).matters
        assert getattr(m, field) == value
        assert type(getattr(m, field)) is float
        assert matter_records(load_matters(path))[0][field] == value


@given(st.sampled_from(sorted(RANGES)), st.one_of(st.floats(), st.integers(-(10**400), 10**400)))
def test_a_number_beyond_its_range_is_refused_with_file_field_and_range(tmp_path, field, value):
    low, high = RANGES[field]
    if low <= value <= high:
        return
    path = tmp_path / "mine.toml"
    path.write_text(matter(f"{field} = {value!r}"), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_matters(path)
    message = str(refused.value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        assert message == f"{path}: matters.visit.{field} is a whole number of more than 64 bits"
        return
    assert message.startswith(f"{path}: visit.{field} = ")
    assert message.endswith(f"it must be a number from {low:g} to {high:g}")
    assert len(message) < len(str(path)) + 150


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[matter.visit]", "matter is not a field there; did you mean 'matters'?"),
        ("matters = 3", "matters must be a table"),
        ("source = 3", "source must be a table"),
        ("[matters]\nvisit = 3", "matters.visit must be a table"),
        ("[matters.visit]", "visit.raised_in = None; valid are 'control', 'planned' and 'request'"),
        (matter("", raised_in="requests"), "visit.raised_in = 'requests'; did you mean 'request'?"),
        (matter("", raised_in="everyday"), "visit.raised_in = 'everyday'; valid are"),
        (matter("wieght = 3"), "visit.wieght is not a field there; did you mean 'weight'?"),
        (matter("weight = 0"), "visit.weight = 0; it must be a number from 1e-06 to 1e+06"),
        (matter("weight = true"), "visit.weight = True; it must be a number"),
        (matter("weight = '3'"), "visit.weight = '3'; it must be a number"),
        (matter("hardness = nan"), "visit.hardness = nan; it must be a number from -10 to 10"),
        (matter("lasts = 2"), "visit.lasts = 2; it must be two whole numbers of days from 1 to 60, as [1, 2]"),
        (matter("lasts = [1]"), "visit.lasts = [1]; it must be two"),
        (matter("lasts = [1.0, 2.0]"), "visit.lasts = [1.0, 2.0]; it must be two whole numbers"),
        (matter("lasts = [true, 2]"), "visit.lasts = [True, 2]; it must be two whole numbers"),
        (matter("lasts = [2, 1]\ntakes_effect = 1"), "visit.lasts = [2, 1]; it must be two"),
        (matter("lasts = [0, 1]\ntakes_effect = 1"), "visit.lasts = [0, 1]; it must be two"),
        (matter("lasts = [1, 61]\ntakes_effect = 1"), "visit.lasts = [1, 61]; it must be two"),
        (matter("lasts = [1, 2]"), "visit.lasts is for what is granted on request and takes_effect some days later"),
        (matter("lasts = [1, 2]\ntakes_effect = 0.5"), "visit.lasts is for what is granted on request"),
        (matter("lasts = [1, 2]\ntakes_effect = 2", raised_in="control"), "visit.lasts is for what is granted"),
        (matter("takes_effect = 2"), "visit.takes_effect is for what lasts some days"),
        (matter("record = 3"), "visit.record must be a table of kept, late, failed with changes of hardness"),
        (matter("record = { lost = 3 }"), "visit.record must be a table of kept, late, failed"),
        (matter("record = { late = 11 }"), "visit.record.late = 11; it must be a number from -10 to 10"),
        (matter("noun = ''"), "visit.noun must be text"),
        (matter("noun = 3"), "visit.noun must be text"),
        (matter("asks = 'a visit'"), "visit.asks must be a list of texts"),
        (matter("asks = ['a visit', ' ']"), "visit.asks must be a list of texts"),
        (matter("follows = 'tset'") + matter("", "test", "control"), "it must be a matter of control, did you mean"),
        (matter("follows = 'visit'") + matter("", "test", "control"), "visit.follows = 'visit'; it must be a matter"),
        (matter("follows = 'test'"), "it must be a matter of control, there is none to choose from"),
        (matter("follows = 3"), "visit.follows = '3'; it must be a matter of control"),
    ],
)
def test_what_cannot_be_is_refused_with_file_field_and_what_would_be_right(written, text, words):
    path = written(text)
    with pytest.raises(InputError) as refused:
        load_matters(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert words in str(refused.value)


def test_there_may_be_many_matters_but_not_any_number(written):
    many = [matter("", f"thing{i}") for i in range(MOST + 1)]
    assert len(load_matters(written("".join(many[:-1]))).matters) == MOST
    with pytest.raises(InputError, match=f"has {MOST + 1} matters; it may have {MOST}"):
        load_matters(written("".join(many)))


def test_what_follows_may_stand_before_or_after_what_it_follows(written):
    test, leave = matter("", "test", "control"), matter("lasts = [1, 2]\ntakes_effect = 1\nfollows = 'test'", "leave")
    for text in (test + leave, leave + test):
        found = load_matters(written(text))
        leave_record = matter_records(found)[found.names.index("leave")]
        assert found.names[leave_record.follows] == "test"
