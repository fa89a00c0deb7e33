"""Where two stories of one dyad part: on written events, and what is told side by side."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.analysis.divergence import (
    ACT,
    FRIEND,
    HANDLED,
    ONE_ONLY,
    OPENED,
    SEEN,
    VISIBLE,
    FirstDifference,
    events_side_by_side,
    first_difference,
    settled_from,
    side_by_side_lines,
)
from twoway.simulation.columns import EVENT_COLUMNS, NOTHING, row_type
from twoway.simulation.events import EXCHANGE, HANDLING, PEER_TALK
from twoway.simulation.parameters.scenario import load
from twoway.simulation.situations import EncounterKind
from twoway.simulation.tables import run

NO_EVENTS = np.zeros(0, row_type(EVENT_COLUMNS, 2))


def events(*rows):
    """Event records from dicts; what is not given is nothing."""
    table = np.zeros(len(rows), row_type(EVENT_COLUMNS, 2))
    for field in VISIBLE:
        table[field] = [row.get(field, NOTHING) for row in rows]
    return table


def exchange(day, kind, exchange=0, **more):
    return {"event": EXCHANGE, "day": day, "encounter": kind, "exchange": exchange, "actor": 0, "act": 1,
            "seen": 1} | more  # fmt: skip


TALK = [
    exchange(2, EncounterKind.EVERYDAY),
    exchange(2, EncounterKind.EVERYDAY, 1, actor=1),
    exchange(5, EncounterKind.PLANNED),
]


def test_the_same_story_parts_nowhere():
    assert first_difference(events(*TALK), events(*TALK)) is None
    assert first_difference(NO_EVENTS, NO_EVENTS) is None


@pytest.mark.parametrize(
    ("change", "what"), [({"act": 2, "seen": 2}, ACT), ({"seen": 2}, SEEN), ({"actor": 1, "act": 3}, OPENED)]
)
def test_the_first_exchange_that_differs_says_in_what(change, what):
    other = [TALK[0], TALK[1], TALK[2] | change]
    assert first_difference(events(*TALK), events(*other)) == FirstDifference(5, what, "planned")


def test_an_encounter_in_one_only_is_dated_when_it_took_place_not_when_the_other_went_on():
    more = [*TALK[:2], exchange(3, EncounterKind.CONTROL), TALK[2]]
    for one, other in ((TALK, more), (more, TALK)):
        assert first_difference(events(*one), events(*other)) == FirstDifference(3, ONE_ONLY, "control")
    assert first_difference(events(*TALK), events(*TALK[:2])) == FirstDifference(5, ONE_ONLY, "planned")
    assert first_difference(NO_EVENTS, events(*TALK)) == FirstDifference(2, ONE_ONLY, "everyday")


def test_evenings_part_stories_too():
    handling = {"event": HANDLING, "day": 4, "actor": 0, "way": 1}
    one = events(handling)
    assert first_difference(one, events(handling | {"way": 2})) == FirstDifference(4, HANDLED, "handling")
    assert first_difference(one, events(handling | {"actor": 1})) == FirstDifference(4, ONE_ONLY, "handling")
    friend = {"event": PEER_TALK, "day": 4, "actor": 0, "friend": 1}
    assert first_difference(events(friend), events(friend | {"friend": 2})) == FirstDifference(4, FRIEND, "peer_talk")


def test_what_nobody_sees_parts_no_stories():
    one, other = events(*TALK), events(*TALK)
    other["expected"], other["source"], other["tension"] = 0.5, 2, 1.0
    assert first_difference(one, other) is None


@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=1, max_size=9))
def test_from_the_settled_day_on_the_pattern_is_the_last_one_and_not_before(rows):
    codes = np.array(rows, np.int8)
    for i, day in enumerate(settled_from(codes)):
        assert (codes[day - 1 :, i] == codes[-1, i]).all()
        assert day == 1 or codes[day - 2, i] != codes[-1, i]


@pytest.fixture(scope="module")
def stories():
    """The events of one dyad in two contexts, in words."""
    small = {"design.days": 30, "design.clients": 2}
    return [
        run(load(name, small)).events.query("dyad == 1") for name in ("strict-and-opaque", "time-for-talk")
    ]  # fmt: skip


def test_side_by_side_holds_every_event_of_both_on_the_days_told_and_no_other(stories):
    days = {day: f"because of {day}" for day in range(3, 20)}
    table = events_side_by_side(*stories, days)
    for story, where in zip(stories, ("first", "then"), strict=True):
        told = table[table["where"].isin(["both", where])]
        there = story[story["day"].isin(list(days))]
        assert len(told) == len(there)
        acts = there["act"].dropna()
        assert sorted(told.loc[told[f"act_{where}"] != "", f"act_{where}"]) == sorted(acts)
    assert (table["why"] == table["day"].map(days)).all()
    assert table["day"].is_monotonic_increasing
    assert {"both", "first", "then"} == set(table["where"])


def test_a_story_beside_itself_is_the_same_on_both_sides(stories):
    table = events_side_by_side(stories[0], stories[0], dict.fromkeys(range(1, 31), "all"))
    assert (table["where"] == "both").all()
    for name in ("act", "seen", "way"):
        assert (table[f"{name}_first"] == table[f"{name}_then"]).all()
    exchanges = stories[0][stories[0]["event"] == "exchange"]
    told = table[table["event"] == "exchange"]
    assert list(told["act_first"]) == list(exchanges["act"]), "in the order in which it happened"


def test_lines_say_each_day_once_with_why_it_is_told(stories):
    table = events_side_by_side(*stories, {3: "the stories part", 9: "a turning point"})
    lines = side_by_side_lines(table)
    assert [line for line in lines if line.startswith("Day")] == ["Day 3: the stories part", "Day 9: a turning point"]
    assert len(lines) == len(table) + 2
    assert all(" | " in line for line in lines if not line.startswith("Day"))


def test_lines_name_an_event_by_what_it_is_and_stand_below_each_other(stories):
    table = events_side_by_side(*stories, dict.fromkeys(range(1, 31), "all"))
    lines = [line for line in side_by_side_lines(table) if not line.startswith("Day")]
    named = set(table["event"]) - {"exchange"}
    assert named
    for name in named:
        assert sum(line.strip().startswith(name.replace("_", " ")) for line in lines) >= (table["event"] == name).sum()
    assert len({line.index(" | ") for line in lines}) == 1


def test_nothing_to_tell_is_no_line(stories):
    assert side_by_side_lines(events_side_by_side(*stories, {})) == []
    assert isinstance(events_side_by_side(*stories, {}), pd.DataFrame)
