from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.other_situations import going_on
from tests.support.people import NOTHING_COMES_UP, REPLYING, of_learning

from twoway.analysis.narrative.interview import PhraseChoice
from twoway.analysis.narrative.sentences import exchanges
from twoway.analysis.narrative.story import with_numbers
from twoway.experiments.comparison.schedule import ScenarioSchedule
from twoway.seminar.dyad_timeline import BEGINNING, DyadTimeline, Position, after, before
from twoway.seminar.recipe import Recipe, parse_recipe
from twoway.simulation.action_tables import chances_by_source, plainly
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.parameters.scenario import load
from twoway.simulation.random_streams import draws_of
from twoway.simulation.run import simulate_centre
from twoway.simulation.situations import ENCOUNTER_KINDS, position_of
from twoway.simulation.tables import run


def timeline_of(text: str) -> DyadTimeline:
    one = parse_recipe(text)
    return DyadTimeline(one.schedule, one.seed, one.dyad)


@pytest.fixture(scope="module")
def timeline() -> DyadTimeline:
    return timeline_of("high-turnover/3/p2")


@pytest.fixture(scope="module", params=["as it ships", "with many grievances"])
def told(request: pytest.FixtureRequest, timeline: DyadTimeline) -> DyadTimeline:
    """A timeline as it ships, and one in which grievances open in the midst of encounters."""
    if request.param == "as it ships":
        return timeline
    more = {"lasting.grievance_size": 1.0, "lasting.offence_threshold": 0.3}
    return DyadTimeline(ScenarioSchedule("grievances", load("ordinary", more)), 3, (0, 0, 2))


def positions(timeline: DyadTimeline) -> list[Position]:
    found = [BEGINNING]
    while (then := after(found[-1], [timeline])) != found[-1]:
        found.append(then)
    return found


def exchanges_of(events: pd.DataFrame) -> pd.DataFrame:
    """The rows of the events table that are exchanges."""
    return events[events["event"] == "exchange"]


def test_a_stay_is_that_of_a_run_with_the_same_luck(timeline: DyadTimeline) -> None:
    whole = run(timeline.schedule.scenario, seed=3)
    mine = whole.events[whole.events["dyad"] == 2].reset_index(drop=True)
    assert timeline.tables.events.equals(mine)


def test_stepping_tells_everything_that_happened_once_and_in_order(told: DyadTimeline) -> None:
    latest = [told.latest_event(position) for position in positions(told)[1:]]
    events = told.tables.events
    assert [one["day"] for one in latest if one] == events["day"].tolist()
    assert [one["act"] for one in latest if one and one["event"] == "exchange"] == exchanges_of(events)["act"].tolist()


def test_back_undoes_a_step(timeline: DyadTimeline) -> None:
    every = positions(timeline)
    assert [before(position, [timeline]) for position in every[1:]] == every[:-1]


def test_back_from_the_beginning_stays_there(timeline: DyadTimeline) -> None:
    assert before(BEGINNING, [timeline]) == BEGINNING


def test_an_exchange_is_told_as_the_story_tells_it(told: DyadTimeline) -> None:
    events = with_numbers(told.tables.events)
    place, between = events.groupby("day").cumcount() + 1, 0
    for met, scene in list(exchanges_of(events).groupby("met"))[:60]:
        story = exchanges(scene.to_dict("records"), told.resolved, PhraseChoice(f"0/0/2/{met}"))
        steps = [Position(int(day), int(place[row])) for row, day in scene["day"].items()]
        assert [told.narrate(step) for step in steps] == story
        between += steps[-1].events - steps[0].events >= len(steps)
    assert between > 0 or told.schedule.name != "grievances", "a grievance opens between two exchanges"


def test_exchanges_are_numbered_as_why_counts_them(timeline: DyadTimeline) -> None:
    events = with_numbers(timeline.tables.events)
    found = [timeline.exchange_of_day(position) for position in positions(timeline)[1:]]
    assert [number or 0 for number in found] == events["number"].tolist()


def test_in_the_evening_both_are_as_the_table_of_days_has_them(timeline: DyadTimeline) -> None:
    shares = [column for column in timeline.tables.days if column.startswith("share_of_")]
    for side, role in enumerate(ROLES):
        rows = timeline.tables.days.loc[timeline.tables.days["party"] == role, shares].to_numpy()
        assert np.array_equal(rows, timeline.definitions(side, timeline.last))
        assert np.array_equal(rows[49], timeline.state(side, timeline.end_of(50))["definition"])


def test_a_day_without_anything_to_tell_is_told_as_one(timeline: DyadTimeline) -> None:
    quiet = next(day for day in range(1, timeline.last) if not timeline.count_events(day))
    assert "Nothing happened" in timeline.narrate(timeline.end_of(quiet))
    assert timeline.latest_event(timeline.end_of(quiet)) is None


def test_what_one_will_likely_do_is_a_chance_of_something_feasible(timeline: DyadTimeline) -> None:
    for position in positions(timeline)[:200]:
        for side in range(2):
            likely = timeline.expected_act(side, position)
            assert 0.0 < likely.chance <= 1.0
            assert {likely.act, likely.freely} <= set(timeline.resolved.situations.acts)


@pytest.mark.parametrize("numbers", [{}, REPLYING], ids=["as calibrated", "answering"])
def test_the_next_act_of_an_encounter_comes_as_often_as_was_likely(numbers: dict[str, float]) -> None:
    """The chances shown are those the model draws from: over many replies the act named comes as often as it says."""
    scenario = load("ordinary", of_learning(**numbers))
    expected, came = [], []
    for luck in range(25):
        timeline = DyadTimeline(ScenarioSchedule("ordinary", scenario), luck, (0, 0, 0))
        every = positions(timeline)
        for position, then in pairwise(every):
            event = timeline.latest_event(then)
            if event and event["event"] == "exchange" and event["exchange"] > 0:
                likely = timeline.expected_act(ROLES.index(event["actor"]), position)
                assert likely.encounter == event["encounter"]
                expected.append(likely.chance)
                came.append(event["act"] == likely.act)
    assert len(came) > 3000
    spread = np.sqrt(np.mean(np.array(expected) * (1 - np.array(expected))) / len(came))
    assert abs(np.mean(came) - np.mean(expected)) < 4 * spread


def test_what_one_will_likely_do_as_a_person_answers_what_one_saw_the_other_do() -> None:
    """The likeliest acts out of the person are those of a second look at the tables of the turn."""
    scenario = load("ordinary", of_learning(**REPLYING) | NOTHING_COMES_UP)
    timeline = DyadTimeline(ScenarioSchedule("ordinary", scenario), 3, (0, 0, 2))
    acts, turns = timeline.resolved.situations.acts, timeline.prepared.conditions(draws_of(3)).turns
    answered = []
    for position, then in pairwise(positions(timeline)):
        told, event = timeline.latest_event(position), timeline.latest_event(then)
        if told and event and event["event"] == "exchange" and event["exchange"] > 0:
            side = ROLES.index(event["actor"])
            kind, place = ENCOUNTER_KINDS.index(event["encounter"]), position_of(int(event["exchange"]))
            turn = turns[timeline.resolved.situations.turn(kind, side, place)]
            _, _, will = chances_by_source(turn, plainly(1 + acts.index(told["seen"])))
            chances = timeline.state(side, position)["definition"] @ will
            likeliest = acts[turn.act[int(chances.argmax())]]
            assert timeline.expected_act(side, position).freely == likeliest
            answered.append((told["seen"], likeliest))
    assert len(answered) > 100
    assert len({act for _, act in answered}) > 5


def test_an_encounter_that_goes_on_is_where_the_next_act_is_expected(tmp_path: Path) -> None:
    path = tmp_path / "going_on.toml"
    path.write_text(going_on(), encoding="utf-8")
    scenario = load("ordinary", {"meaning.situations": str(path), "people.client_tilt": -2.0})
    timeline = DyadTimeline(ScenarioSchedule("longer", scenario), 3, (0, 0, 2))
    usual, beyond = timeline.resolved.situations.exchanges, 0
    for position, then in pairwise(positions(timeline)):
        event = timeline.latest_event(then)
        if event and event["event"] == "exchange" and event["exchange"] > 0:
            beyond += event["exchange"] >= usual[ENCOUNTER_KINDS.index(event["encounter"])]
            assert timeline.expected_act(ROLES.index(event["actor"]), position).encounter == event["encounter"]
    assert beyond > 10


@settings(max_examples=10)
@given(st.integers(1, 179), st.floats(0, 7), st.integers(0, 99))
def test_a_setting_that_counts_from_a_day_changes_nothing_before_it(day: int, control: float, luck: int) -> None:
    before, after = timeline_of(f"ordinary/{luck}"), timeline_of(f"ordinary/{luck}/d{day}:context.control={control!r}")
    past = before.records["day"] < day
    for name in before.records.dtype.names:
        one, other = before.records[name][past], after.records[name][: past.sum()]
        assert np.array_equal(np.nan_to_num(one, nan=-9.0), np.nan_to_num(other, nan=-9.0))
    assert all(np.array_equal(before.definitions(side, day - 1), after.definitions(side, day - 1)) for side in range(2))


def test_marks_stand_on_days_of_the_stay_in_their_order() -> None:
    timeline = timeline_of("high-turnover/3/d40:context.control=6/d90:context.control=1")
    days = [mark.day for mark in timeline.marks]
    assert days == sorted(days)
    assert [mark.day for mark in timeline.marks if mark.kind == "setting changed"] == [40, 90]
    changes = (timeline.tables.events["event"] == "new_keyworker").sum()
    assert len([mark for mark in timeline.marks if mark.kind == "new keyworker"]) == changes


def test_each_talk_is_marked_on_its_day_with_how_it_ended(timeline: DyadTimeline) -> None:
    events = timeline.tables.events
    ended = {"talk helped": "talk_repaired", "talk failed": "talk_failed"}
    assert events["event"].isin(ended.values()).any()
    for kind, event in ended.items():
        marks = [mark for mark in timeline.marks if mark.kind == kind]
        assert [mark.day for mark in marks] == events.loc[events["event"] == event, "day"].tolist()
        assert all(mark.text.startswith("they talked it over") and not mark.party for mark in marks)


def test_the_reserve_of_every_keyworker_is_her_own() -> None:
    """A new keyworker takes her reserve along: the last one's is that of the record the stay leaves."""
    for luck in range(30):
        one = Recipe("high-turnover", luck)
        timeline = DyadTimeline(one.schedule, luck, one.dyad)
        if timeline.days["predecessors"][-1, 1]:
            break
    final = simulate_centre(timeline.prepared, luck, 0, 0).keyworkers[0]["reserve"]
    assert timeline._reserve(int(timeline.days["predecessors"][-1, 1])) == pytest.approx(float(final))
