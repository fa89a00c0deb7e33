from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.analysis.narrative.interview import Choice
from twoway.analysis.narrative.sentences import exchanges
from twoway.analysis.narrative.story import numbered
from twoway.seminar.dyad_timeline import BEGINNING, Moment, PairsStay, after, before
from twoway.seminar.recipe import Recipe, recipe
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.run import simulate_centre
from twoway.simulation.tables import run


def stay_of(text: str) -> PairsStay:
    one = recipe(text)
    return PairsStay(one.course, one.luck, one.place)


@pytest.fixture(scope="module")
def stay() -> PairsStay:
    return stay_of("high-turnover/3/p2")


def moments(stay: PairsStay) -> list[Moment]:
    found = [BEGINNING]
    while (then := after(found[-1], [stay])) != found[-1]:
        found.append(then)
    return found


def test_a_stay_is_that_of_a_run_with_the_same_luck(stay: PairsStay) -> None:
    whole = run(stay.course.scenario, seed=3)
    mine = whole.events[whole.events["dyad"] == 2].reset_index(drop=True)
    assert stay.tables.events.equals(mine)


def test_stepping_tells_everything_that_happened_once_and_in_order(stay: PairsStay) -> None:
    told = [stay.latest(moment) for moment in moments(stay)[1:]]
    events = stay.tables.events
    assert [one["day"] for one in told if one] == events["day"].tolist()
    assert [one["act"] for one in told if one and one["event"] == "exchange"] == events["act"].dropna().tolist()


def test_back_undoes_a_step(stay: PairsStay) -> None:
    every = moments(stay)
    assert [before(moment, [stay]) for moment in every[1:]] == every[:-1]


def test_back_from_the_beginning_stays_there(stay: PairsStay) -> None:
    assert before(BEGINNING, [stay]) == BEGINNING


def test_an_exchange_is_told_as_the_story_tells_it(stay: PairsStay) -> None:
    events = numbered(stay.tables.events)
    for met, scene in list(events[events["met"] > 0].groupby("met"))[:20]:
        told = exchanges(scene.to_dict("records"), stay.resolved, Choice(f"0/0/2/{met}"))
        day, number = int(scene["day"].iloc[0]), int(scene["number"].iloc[0])
        assert [stay.account(Moment(day, number + k)) for k in range(len(told))] == told


def test_exchanges_are_numbered_as_why_counts_them(stay: PairsStay) -> None:
    events = numbered(stay.tables.events)
    found = [stay.exchange_today(moment) for moment in moments(stay)[1:]]
    assert [number or 0 for number in found] == events["number"].tolist()


def test_in_the_evening_both_are_as_the_table_of_days_has_them(stay: PairsStay) -> None:
    shares = [column for column in stay.tables.days if column.startswith("share_of_")]
    for side, role in enumerate(ROLES):
        rows = stay.tables.days.loc[stay.tables.days["party"] == role, shares].to_numpy()
        assert np.array_equal(rows, stay.shares(side, stay.last))
        assert np.array_equal(rows[49], stay.state(side, stay.end_of(50))["definition"])


def test_a_day_without_anything_to_tell_is_told_as_one(stay: PairsStay) -> None:
    quiet = next(day for day in range(1, stay.last) if not stay.things(day))
    assert "Nothing happened" in stay.account(stay.end_of(quiet))
    assert stay.latest(stay.end_of(quiet)) is None


def test_what_one_will_likely_do_is_a_chance_of_something_feasible(stay: PairsStay) -> None:
    for moment in moments(stay)[:200]:
        for side in range(2):
            likely = stay.expectation(side, moment)
            assert 0.0 < likely.chance <= 1.0
            assert {likely.act, likely.freely} <= set(stay.resolved.situations.acts)


def test_the_next_act_of_an_encounter_comes_as_often_as_was_likely() -> None:
    """The chances shown are those the model draws from: over many replies the act named comes as often as it says."""
    expected, came = [], []
    for luck in range(25):
        stay = stay_of(f"ordinary/{luck}")
        every = moments(stay)
        for moment, then in pairwise(every):
            event = stay.latest(then)
            if event and event["event"] == "exchange" and event["exchange"] > 0:
                likely = stay.expectation(ROLES.index(event["actor"]), moment)
                assert likely.encounter == event["encounter"]
                expected.append(likely.chance)
                came.append(event["act"] == likely.act)
    assert len(came) > 3000
    spread = np.sqrt(np.mean(np.array(expected) * (1 - np.array(expected))) / len(came))
    assert abs(np.mean(came) - np.mean(expected)) < 4 * spread


@settings(max_examples=10)
@given(st.integers(1, 179), st.floats(0, 7), st.integers(0, 99))
def test_a_setting_that_counts_from_a_day_changes_nothing_before_it(day: int, control: float, luck: int) -> None:
    before, after = stay_of(f"ordinary/{luck}"), stay_of(f"ordinary/{luck}/d{day}:context.control={control!r}")
    past = before.records["day"] < day
    for name in before.records.dtype.names:
        one, other = before.records[name][past], after.records[name][: past.sum()]
        assert np.array_equal(np.nan_to_num(one, nan=-9.0), np.nan_to_num(other, nan=-9.0))
    assert all(np.array_equal(before.shares(side, day - 1), after.shares(side, day - 1)) for side in range(2))


def test_marks_stand_on_days_of_the_stay_in_their_order() -> None:
    stay = stay_of("high-turnover/3/d40:context.control=6/d90:context.control=1")
    days = [mark.day for mark in stay.marks]
    assert days == sorted(days)
    assert [mark.day for mark in stay.marks if mark.kind == "setting changed"] == [40, 90]
    changes = (stay.tables.events["event"] == "new_keyworker").sum()
    assert len([mark for mark in stay.marks if mark.kind == "new keyworker"]) == changes


def test_each_talk_is_marked_on_its_day_with_how_it_ended(stay: PairsStay) -> None:
    events = stay.tables.events
    ended = {"talk helped": "talk_repaired", "talk failed": "talk_failed"}
    assert events["event"].isin(ended.values()).any()
    for kind, event in ended.items():
        marks = [mark for mark in stay.marks if mark.kind == kind]
        assert [mark.day for mark in marks] == events.loc[events["event"] == event, "day"].tolist()
        assert all(mark.told.startswith("they talked it over") and not mark.party for mark in marks)


def test_the_reserve_of_every_keyworker_is_her_own() -> None:
    """A new keyworker takes her reserve along: the last one's is that of the record the stay leaves."""
    for luck in range(30):
        one = Recipe("high-turnover", luck)
        stay = PairsStay(one.course, luck, one.place)
        if stay.days["predecessors"][-1, 1]:
            break
    final = simulate_centre(stay.world, luck, 0, 0).keyworkers[0]["reserve"]
    assert stay._reserve(int(stay.days["predecessors"][-1, 1])) == pytest.approx(float(final))
