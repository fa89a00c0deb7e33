"""Placed outside, gone and back, free early: who goes when, and who is not there is left out of what goes on."""

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support.drawn_by_hand import AVERAGE
from tests.support.people import NOTHING_COMES_UP
from tests.support.stays import FITTED, LIVELY, Ward, assert_identical, happened, prepared, ward

from twoway.simulation.affect_control.frames import KEYWORKER
from twoway.simulation.dynamics.admission import provide
from twoway.simulation.dynamics.day import NO_ONE, after_meeting, begin_day, dyad_day, meeting_in
from twoway.simulation.dynamics.encounter import Course, Meeting
from twoway.simulation.dynamics.exits import count_present, whereabouts
from twoway.simulation.dynamics.peers import peer_talk
from twoway.simulation.dynamics.policy_change import PolicyChange
from twoway.simulation.mesa_model import simulate_centre_with_agents
from twoway.simulation.parameters.declare import declarations
from twoway.simulation.parameters.scenario import Scenario, changed, load
from twoway.simulation.parameters.stay import Stay
from twoway.simulation.random_streams import ANY, OUTSIDE, PEERS, WHEREABOUTS, draws_of, with_written
from twoway.simulation.rules.lasting import MISTRUST_THRESHOLD, TRUST_THRESHOLD
from twoway.simulation.run import Detail, PreparedScenario, simulate, simulate_centre
from twoway.simulation.situations import EncounterKind
from twoway.simulation.state import CENTRE, ENDED, GONE, LEAVE, PLACED, PLACES
from twoway.simulation.tables import TableBuilder, Tables, run

LAW = settings(deadline=None, max_examples=40)
AWAY = (LEAVE, PLACED, GONE, ENDED)
A_LITTLE = 1e-9
RATES = ("placing", "running")
EVENING = {"design.clients": 6, "context.caseload": 2}
"""Three keyworkers with two clients each."""

ratings = st.floats(0, 4)
bonds = st.floats(0, 2)
rates = st.floats(0.001, 0.05)
unit_draw = st.floats(2.0**-33, 1 - 2.0**-33)
elsewhere = st.sampled_from(AWAY)


def on_a_morning(place=CENTRE, happens=0.5, which=0.5, length=0.5, found=0.9, day=100, numbers=(), **fields):
    """Let one client's whereabouts perhaps change; returns the ward (of average people) and the names of events."""
    written = ((WHEREABOUTS, ANY, ANY, q, draw) for q, draw in enumerate((happens, which, length)))
    there = ward({}, with_written(AVERAGE, *written, (OUTSIDE, ANY, ANY, 0, found)))
    pair = there.pair()
    pair.dyad.place = place
    for field, value in fields.items():
        record = pair.dyad if field in pair.dyad.dtype.names else pair.client
        record[field] = value
    pair.keyworker.positivity, pair.keyworker.negativity = pair.client.positivity, pair.client.negativity
    conditions = there.with_numbers(**{"placing": 0.047, "running": 0.0037, **dict(numbers)})
    whereabouts(day, pair, conditions, there.draws, there.log)
    return there, happened(there.rows())


def within_a_day(*hazards):
    return 1 - math.exp(-sum(hazards))


def standing_of(rating, numbers):
    """How good a relationship is in which both have this rating, EPA units beyond the two thresholds."""
    return numbers["bond"] * (rating - (TRUST_THRESHOLD - MISTRUST_THRESHOLD))


# Nobody leaves where nothing makes them leave


@LAW
@given(
    st.fixed_dictionaries({d.name: st.floats(d.low, d.high) for d in declarations("stay", Stay)}),
    unit_draw,
    unit_draw,
    st.integers(1, 360),
    st.floats(0, 5),
)
def test_with_rates_of_0_nobody_ever_leaves_whatever_the_other_numbers_and_the_draws(numbers, happens, which, day, bad):
    numbers |= {"placing": 0.0, "running": 0.0}
    there, events = on_a_morning(
        CENTRE, happens, which, day=day, numbers=numbers, plan=1.0, tension=bad, negativity=bad
    )
    assert events == []
    assert there.state.dyads[0].place == CENTRE


@pytest.mark.slow
@settings(max_examples=8)
@given(
    st.fixed_dictionaries(
        {
            f"stay.{d.name}": st.floats(d.low, d.high)
            for d in declarations("stay", Stay)
            if d.name not in ("placing", "running")
        }
    ),
    st.integers(0, 1000),
)
def test_with_rates_of_0_and_no_matters_no_table_knows_the_numbers_of_the_stay(numbers, seed):
    small = NOTHING_COMES_UP | {"design.clients": 5, "design.days": 50, "context.turnover": 3}
    for one, other in zip(
        run(changed(Scenario(), small), seed), run(changed(Scenario(), small | numbers), seed), strict=True
    ):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.slow
def test_with_rates_of_0_everyone_is_at_the_centre_on_every_day():
    stays = run(load("ordinary", NOTHING_COMES_UP), detail="days")
    assert (stays.days["place"] == "centre").all()
    assert (stays.dyads["days_at_centre"] == Scenario().design.days).all()
    assert (stays.dyads[["placements", "first_placed", "times_gone", "ended_on"]] == 0).all(axis=None)


# Both sides of a chance


@LAW
@given(ratings, bonds, rates, st.floats(0, 3))
def test_a_client_runs_away_at_just_the_chance_that_tension_and_ratings_make(rating, bond, running, tension):
    numbers = {"bond": bond, "running": running, "placing": 0.0}
    beyond = max(0.0, tension - Scenario().coping.tension_threshold)
    chance = within_a_day(running * math.exp(beyond - standing_of(rating, numbers)))
    for draw, expected in ((chance * (1 - A_LITTLE), ["gone"]), (chance * (1 + A_LITTLE), [])):
        _, events = on_a_morning(happens=draw, numbers=numbers, positivity=rating, negativity=0.0, tension=tension)
        assert events == expected


@LAW
@given(ratings, bonds, st.floats(0.01, 0.2), st.floats(0.05, 1))
def test_a_client_is_placed_outside_at_just_the_chance_that_plan_and_ratings_make(rating, bond, placing, plan):
    numbers = {"bond": bond, "running": 0.0, "placing": placing}
    chance = within_a_day(placing * plan * math.exp(standing_of(rating, numbers)))
    for draw, expected in ((chance * (1 - A_LITTLE), ["placed"]), (chance * (1 + A_LITTLE), [])):
        if 0 < draw < 1:
            _, events = on_a_morning(happens=draw, numbers=numbers, positivity=rating, negativity=0.0, plan=plan)
            assert events == expected


@LAW
@given(ratings, bonds, rates, rates)
def test_of_two_things_that_may_happen_each_has_the_share_of_its_hazard(rating, bond, one, other):
    numbers = {"bond": bond, "running": one, "placing": other, "breaking": one, "ending": other}
    held = standing_of(rating, numbers)
    for place, first, second, hazards in (
        (CENTRE, "gone", "placed", (one * math.exp(-held), other * math.exp(held))),
        (PLACED, "placement_broken", "order_ended", (one * math.exp(-held), other)),
    ):
        share = hazards[0] / sum(hazards)
        for which, expected in ((share * (1 - A_LITTLE), first), (share * (1 + A_LITTLE), second)):
            _, events = on_a_morning(
                place, 1e-7, min(which, 1 - A_LITTLE / 10), numbers=numbers, positivity=rating, negativity=0.0,
                plan=1.0, tension=0.0,
            )  # fmt: skip
            if share < 1 - 2 * A_LITTLE:
                assert events == [expected]


@LAW
@given(ratings, bonds, rates, rates)
def test_a_placement_breaks_or_the_order_ends_at_just_the_chance_of_both(rating, bond, breaking, ending):
    numbers = {"bond": bond, "breaking": breaking, "ending": ending}
    chance = within_a_day(breaking * math.exp(-standing_of(rating, numbers)), ending)
    for draw, moves in ((chance * (1 - A_LITTLE), True), (chance * (1 + A_LITTLE), False)):
        there, events = on_a_morning(PLACED, draw, numbers=numbers, positivity=rating, negativity=0.0)
        assert bool(events) == moves
        assert (there.state.dyads[0].place != PLACED) == moves


@pytest.mark.parametrize(("day", "events"), [(29, []), (30, ["placed"]), (31, ["placed"])])
def test_nobody_is_placed_before_the_first_day_on_which_that_may_be(day, events):
    assert on_a_morning(happens=1e-6, which=0.99, day=day, plan=1.0, numbers={"running": 0.0})[1] == events


@LAW
@given(st.floats(0.01, 0.99))
def test_nobody_is_placed_for_whom_no_place_is_found(no_place):
    numbers = {"running": 0.0, "no_place": no_place}
    for found, events in ((no_place * (1 - A_LITTLE), []), (no_place * (1 + A_LITTLE), ["placed"])):
        assert on_a_morning(happens=1e-6, found=found, plan=1.0, numbers=numbers)[1] == events


def test_nobody_is_placed_without_a_plan():
    assert on_a_morning(happens=2.0**-33, plan=0.0, numbers={"running": 0.0})[1] == []


@LAW
@given(st.floats(0.5, 60), unit_draw)
def test_a_client_who_runs_away_is_back_on_the_day_that_was_drawn(mean, length):
    there, events = on_a_morning(happens=1e-6, which=1e-6, length=length, numbers={"gone_days": mean})
    dyad = there.state.dyads[0]
    assert events == ["gone"]
    assert dyad.place == GONE
    assert dyad.times_gone == 1
    assert dyad.back_on == 100 + max(1, math.ceil(-mean * math.log(length)))
    for day, place in ((dyad.back_on - 1, GONE), (dyad.back_on, CENTRE)):
        whereabouts(day, there.pair(), there.conditions, there.draws, there.log)
        assert dyad.place == place
    assert happened(there.rows()) == ["gone", "returned"]


def test_a_placement_that_breaks_leaves_plan_and_first_day_and_the_next_counts_as_the_second():
    there, _ = on_a_morning(happens=1e-6, which=0.99, plan=0.7, numbers={"running": 0.0})
    pair = there.pair()
    whereabouts(110, pair, there.with_numbers(placing=0.1, ending=0.0, breaking=0.2), there.draws, there.log)
    assert pair.dyad.place == CENTRE
    whereabouts(120, pair, there.with_numbers(placing=0.1), there.draws, there.log)
    assert happened(there.rows()) == ["placed", "placement_broken", "placed"]
    assert (pair.dyad.plan, pair.dyad.first_placed, pair.dyad.placements) == (0.7, 100, 2)


@LAW
@given(st.sampled_from((LEAVE, ENDED)), unit_draw, unit_draw)
def test_who_is_on_leave_or_free_neither_runs_away_nor_is_placed(place, happens, which):
    there, events = on_a_morning(place, happens, which, plan=1.0, numbers={"running": 0.05, "placing": 0.2})
    assert events == []
    assert there.state.dyads[0].place == place


# Better ratings hold clients


@LAW
@given(ratings, ratings, bonds, unit_draw, rates)
def test_by_the_same_draw_the_better_rated_runs_only_if_the_worse_does_and_is_placed_if_the_worse_is(
    one, other, bond, happens, rate
):
    worse, better = sorted((one, other))
    for place, numbers, fewer in (
        (CENTRE, {"running": rate, "placing": 0.0}, True),
        (CENTRE, {"running": 0.0, "placing": rate}, False),
        (PLACED, {"breaking": rate, "ending": 0.0}, True),
    ):
        moves = [
            bool(
                on_a_morning(
                    place, happens, numbers=numbers | {"bond": bond}, positivity=rating, negativity=0.0, plan=1.0
                )[1]
            )
            for rating in (worse, better)
        ]
        assert moves == sorted(moves, reverse=fewer)


@cache
def four_hundred_stays(*changes):
    """Dyads and days of 400 stays."""
    records = simulate(prepared(dict(changes)), 11, range(25), Detail.DAYS)
    tables = TableBuilder(prepared(dict(changes)).resolved).tables(records)
    return tables.dyads, tables.days[tables.days["party"] == "client"]


@pytest.mark.slow
def test_among_400_stays_those_who_expect_less_and_so_rate_better_run_less_are_placed_more_and_break_less():
    strong = FITTED | {"stay.bond": 1.5, "stay.running": 0.01}
    runs, placed, breaks, rates_well = [], [], [], []
    for standard in (0.5, -0.8):
        changes = strong | {"lasting.client_standard": standard, "lasting.keyworker_standard": standard}
        dyads, days = four_hundred_stays(*changes.items())
        at = days.groupby("place", observed=False).size()
        runs.append(dyads["times_gone"].sum() / at["centre"])
        placed.append(dyads["placements"].sum() / at["centre"])
        ends = (dyads["ended_on"] > 0).sum()
        still = (days.groupby(["replicate", "dyad"])["place"].last() == "placed").sum()
        breaks.append((dyads["placements"].sum() - ends - still) / at["placed"])
        rates_well.append((days["positivity"] - days["negativity"]).mean())
    assert rates_well[1] > rates_well[0] + 0.3
    assert runs[1] < 0.8 * runs[0]
    assert placed[1] > 1.2 * placed[0]
    assert breaks[1] < 0.8 * breaks[0]


@pytest.mark.slow
def test_with_the_fitted_numbers_clients_come_and_go_as_in_publications():
    dyads, _ = four_hundred_stays(*FITTED.items())
    assert 0.65 < (dyads["placements"] > 0).mean() < 0.85
    assert 0.20 < (dyads["placements"] > 1).mean() < 0.40
    order = dyads["ended_on"].where(dyads["ended_on"] > 0, Scenario().design.days)
    assert 115 < order.mean() < 140


@pytest.mark.slow
@pytest.mark.parametrize(("shorter", "longer"), [(1, 3), (3, 20), (0.5, 60)])
def test_a_longer_time_away_never_brings_anyone_back_earlier_from_the_first_time(shorter, longer):
    alone = {"design.clients": 1, "stay.running": 0.05}
    back = []
    for mean in (shorter, longer):
        tables = run(changed(Scenario(), alone | {"stay.gone_days": mean}), 3, replicates=40)
        firsts = tables.events[tables.events["event"].isin(["gone", "returned"])].groupby(["event", "replicate"])
        days = firsts["day"].min().unstack("event").reindex(columns=["gone", "returned"])
        back.append(days.fillna(999).astype(int))
    assert len(back[0]) > 20
    pd.testing.assert_series_equal(back[0]["gone"], back[1]["gone"])
    assert (back[0]["returned"] <= back[1]["returned"]).all()
    assert (back[0]["returned"] < back[1]["returned"]).any()


# Who is not there


@LAW
@given(elsewhere, st.integers(0, 3), unit_draw, st.integers(1, 360), st.sampled_from((-1, 0, 1)))
def test_nobody_meets_a_client_who_is_not_there_but_the_keyworker_may_call_one_who_is_placed(
    place, slot, draw, day, due
):
    there = ward({}, AVERAGE)
    pair = there.pair()
    pair.dyad.place, pair.dyad.talk_due = place, due
    meeting = meeting_in(slot, day, draw, pair, there.conditions, there.draws)
    calls = slot == 3 and place == PLACED and draw < within_a_day(Scenario().stay.follow_up / 7)
    assert tuple(meeting) == (day, slot, KEYWORKER if calls else NO_ONE)
    assert pair.dyad.talk_due == due


@LAW
@given(st.floats(0, 7))
def test_a_client_who_is_placed_is_called_as_often_as_is_said(follow_up):
    there = ward({}, AVERAGE)
    there.pair().dyad.place = PLACED
    chance = within_a_day(follow_up / 7)
    for draw, opener in ((chance * (1 - A_LITTLE), KEYWORKER), (chance * (1 + A_LITTLE), NO_ONE)):
        if 0 < draw < 1:
            conditions = there.with_numbers(follow_up=follow_up)
            assert meeting_in(3, 50, draw, there.pair(), conditions, there.draws).opener == opener


@pytest.mark.parametrize("place", AWAY)
def test_a_talk_that_is_due_waits_until_the_client_is_back(place):
    there = ward({}, AVERAGE)
    pair = there.pair()
    pair.dyad.place, pair.dyad.talk_due, pair.client.confronting = place, KEYWORKER, 1.0
    meeting_in(3, 50, 1e-6, pair, there.conditions, there.draws)
    assert (pair.dyad.talk_due, pair.client.confronting) == (KEYWORKER, 1)
    pair.dyad.place = CENTRE
    meeting = meeting_in(3, 51, 0.99, pair, there.conditions, there.draws)
    assert (meeting.kind, meeting.opener) == (EncounterKind.REPAIR, KEYWORKER)


def test_nobody_handles_tension_while_away_however_great_it_is():
    for place in (LEAVE, PLACED, GONE):
        there = ward({}, AVERAGE)
        pair = there.pair()
        pair.dyad.place, pair.dyad.back_on, pair.client.tension, pair.keyworker.tension = place, 999, 50.0, 50.0
        dyad_day(5, pair, there.with_numbers(follow_up=0.0), there.draws, there.log)
        assert len(there.rows()) == 0
        assert pair.client.tension == pytest.approx(50 * (1 - Scenario().learning.tension_decay))


@LAW
@given(st.lists(st.integers(0, 4), min_size=6, max_size=6))
@example([GONE] * 6)
def test_a_post_counts_the_clients_who_are_at_the_centre_and_works_as_with_one_if_there_is_none(places):
    there = ward(EVENING, AVERAGE)
    there.state.dyads["place"] = places
    before = there.state.dyads["days_at_centre"].copy()
    count_present(there.state, there.conditions)
    assert (there.state.dyads["days_at_centre"] - before == (np.array(places) == CENTRE)).all()
    other = ward(EVENING, AVERAGE).state.posts[0]
    for m, post in enumerate(there.state.posts):
        present = sum(place == CENTRE and there.state.dyads[i].post == m for i, place in enumerate(places))
        assert post.caseload == present
        other.caseload = max(1, present)
        provide(other, there.conditions.parameters)
        assert (post.contact, post.strain) == (other.contact, other.strain)
        np.testing.assert_array_equal(post.chance, other.chance)


@LAW
@given(st.lists(st.integers(0, 4), min_size=6, max_size=6), unit_draw)
def test_friends_talk_only_while_both_are_at_the_centre(places, which):
    draws = with_written(AVERAGE, (PEERS, ANY, ANY, 0, 1e-6), (PEERS, ANY, ANY, 1, which))
    there = ward(EVENING | {"context.peer_density": 1.0, "context.peer_talk": 5}, draws)
    there.state.dyads["place"] = places
    there.state.clients["log_weights"] -= np.arange(6)[:, None] * np.linspace(0, 1, 6)[:, None]
    for i in range(6):
        before = there.state.clients[i].expectation.copy()
        peer_talk(9, there.pair(i), there.state, there.conditions, draws, there.log)
        others = sum(places[j] == CENTRE for j in range(6) if j != i)
        rows = there.rows()[there.rows()["dyad"] == i]
        assert len(rows) == (places[i] == CENTRE and others > 0)
        if len(rows):
            assert places[rows["friend"][0]] == CENTRE
            assert rows["friend"][0] != i
        else:
            np.testing.assert_array_equal(there.state.clients[i].expectation, before)


def test_each_friend_who_is_there_is_as_likely_to_be_the_one():
    heard = []
    for k in range(4):
        draws = with_written(AVERAGE, (PEERS, ANY, ANY, 0, 1e-6), (PEERS, ANY, ANY, 1, (k + 0.5) / 4))
        there = ward(EVENING | {"context.peer_density": 1.0, "context.peer_talk": 5}, draws)
        there.state.dyads[2].place = GONE
        peer_talk(9, there.pair(0), there.state, there.conditions, draws, there.log)
        heard.append(int(there.rows()["friend"][0]))
    assert heard == [1, 3, 4, 5]


BUSY = LIVELY | {
    "design.clients": 8, "design.days": 120, "context.peer_density": 0.7, "context.peer_talk": 5,
    "context.caseload": 2, "context.turnover": 3, "meaning.matters": "residential", "context.requests": 4,
    "stay.failing": 1.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def busy():
    return run(prepared(BUSY), 7, replicates=3)


def places_by_day(tables):
    days = tables.days[tables.days["party"] == "client"]
    return days.set_index(["replicate", "dyad", "day"])["place"]


@pytest.mark.slow
def test_in_whole_stays_nothing_happens_with_who_is_not_there_but_calls(busy):
    where = places_by_day(busy)
    events = busy.events.assign(
        at=where.loc[pd.MultiIndex.from_frame(busy.events[["replicate", "dyad", "day"]])].to_numpy()
    )
    assert set(events["at"]) == set(PLACES)
    met = events[events["event"].isin(["exchange", "handling", "peer_talk", "talk_agreed", "talk_repaired"])]
    away = met[met["at"] != "centre"]
    assert len(away) > 100
    assert set(away["event"]) == {"exchange"}
    assert set(away["encounter"]) == {"planned"}
    assert set(away["at"]) == {"placed"}
    assert set(away.loc[away["exchange"] == 0, "actor"]) == {"keyworker"}
    talks = events[events["event"] == "peer_talk"]
    friends = talks[["replicate", "friend", "day"]].astype(int)
    assert (where.loc[pd.MultiIndex.from_frame(friends)] == "centre").all()


@pytest.mark.slow
def test_in_whole_stays_the_counts_of_a_dyad_are_those_of_its_events_and_days(busy):
    by = ["replicate", "dyad"]
    dyads = busy.dyads.set_index(by)

    def count(rows):
        return rows.groupby(by).size().reindex(dyads.index, fill_value=0)

    events = busy.events
    placed, ended = events[events["event"] == "placed"], events[events["event"] == "order_ended"]
    failed = (events["event"] == "leave_ends") & (events["matter_state"] == "failed")
    assert (dyads["placements"] == count(placed)).all()
    assert (dyads["times_gone"] == count(events[(events["event"] == "gone") | failed])).all()
    assert (dyads["first_placed"] == placed.groupby(by)["day"].min().reindex(dyads.index, fill_value=0)).all()
    assert (dyads["ended_on"] == ended.groupby(by)["day"].min().reindex(dyads.index, fill_value=0)).all()
    days = busy.days[busy.days["party"] == "client"]
    assert (dyads["days_at_centre"] == count(days[days["place"] == "centre"])).all()


@pytest.mark.slow
def test_in_whole_stays_the_place_of_a_day_follows_from_the_place_before_and_that_mornings_events(busy):
    moves = {
        "gone": "gone", "returned": "centre", "placed": "placed", "placement_broken": "centre",
        "order_ended": "ended", "leave_begins": "leave",
    }  # fmt: skip
    where = places_by_day(busy)
    moved = {}
    for row in busy.events[busy.events["event"].isin([*moves, "leave_ends"])].itertuples():
        key = (row.replicate, row.dyad, row.day)
        back = "gone" if row.matter_state == "failed" else "centre"
        moved[key] = moves.get(row.event, back)
    now = {}
    for (replicate, dyad, day), place in where.items():
        now[replicate, dyad] = moved.get((replicate, dyad, day), now.get((replicate, dyad), "centre"))
        assert place == now[replicate, dyad]


@pytest.mark.slow
def test_who_has_left_for_good_stays_in_the_days_table_as_on_the_last_day(busy):
    days = busy.days.drop(columns="predecessors")  # of the post, not of the pair
    left = busy.dyads[busy.dyads["ended_on"] > 0]
    assert len(left) > 5
    for row in left.itertuples():
        own = days[(days["replicate"] == row.replicate) & (days["dyad"] == row.dyad) & (days["day"] >= row.ended_on)]
        for _, side in own.groupby("party", observed=True):
            assert (side["place"] == "ended").all()
            later = side.drop(columns="day")
            assert (later.nunique() == 1).all()
    events = busy.events.merge(left[["replicate", "dyad", "ended_on"]], on=["replicate", "dyad"])
    assert (events["day"] <= events["ended_on"]).all()


def test_a_day_does_not_begin_for_who_has_left_for_good():
    there = ward({}, AVERAGE)
    pair = there.pair()
    pair.dyad.place, pair.client.tension = ENDED, 3.0
    assert not begin_day(5, pair, there.conditions, there.draws, there.log)
    assert pair.client.tension == 3
    pair.dyad.place = PLACED
    assert begin_day(5, pair, there.conditions, there.draws, there.log)


@pytest.mark.slow
def test_new_keyworkers_take_over_those_who_are_gone_or_placed_but_none_who_are_free(busy):
    where = places_by_day(busy)
    new = busy.events[busy.events["event"] == "new_keyworker"]
    at = where.loc[pd.MultiIndex.from_frame(new[["replicate", "dyad", "day"]])]
    assert {"gone", "placed", "centre"} <= set(at)
    assert "ended" not in set(at)


# The plan


@LAW
@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 6), st.integers(0, 6), st.sampled_from(list(EncounterKind)))
def test_a_plan_grows_by_planned_talks_alone_and_is_never_more_than_whole(plan, step, exchanges, good, kind):
    there = ward({}, AVERAGE)
    pair = there.pair()
    pair.dyad.plan, good = plan, min(good, exchanges)
    course, meeting = Course(exchanges, good, 1, 1, False), Meeting(9, int(kind), KEYWORKER)
    after_meeting(meeting, course, pair, there.with_numbers(plan_step=step), there.draws, there.log)
    if kind == EncounterKind.PLANNED:
        assert pair.dyad.plan == pytest.approx(min(1.0, plan + step * good / exchanges))
        assert plan <= pair.dyad.plan <= 1
    else:
        assert pair.dyad.plan == plan


@pytest.mark.slow
def test_day_by_day_a_plan_grows_only_on_days_with_a_planned_talk():
    there = ward(LIVELY | {"design.clients": 6, "stay.plan_step": 0.1})
    grew = 0
    for _ in range(90):
        before = there.state.dyads["plan"].copy()
        rows = there.pass_day()
        planned = set(rows["dyad"][(rows["encounter"] == EncounterKind.PLANNED) & (rows["exchange"] == 0)])
        for i, (old, new) in enumerate(zip(before, there.state.dyads["plan"], strict=True)):
            assert old <= new <= 1
            assert old == new or i in planned
            grew += new > old
    assert grew > 20


@pytest.mark.slow
def test_day_by_day_posts_have_those_who_are_there():
    there = ward(LIVELY | {"design.clients": 6, "context.caseload": 2})
    empty = 0
    for _ in range(120):
        there.pass_day()
        present = there.state.dyads["place"] == CENTRE
        for m, post in enumerate(there.state.posts):
            own = present & (there.state.dyads["post"] == m)
            assert post.caseload == own.sum()
            empty += not own.any()
    assert empty > 3


# Both runners, and policy changes

SMALL = {"design.clients": 5, "design.days": 80, "context.turnover": 2, "context.caseload": 2}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_agents_and_the_compiled_runner_leave_the_identical_tables_while_clients_come_and_go(seed):
    ready = prepared(LIVELY | SMALL)
    assert_identical(simulate_centre_with_agents(ready, seed, 1, 0), simulate_centre(ready, seed, 1, 0))


@pytest.fixture(scope="module")
def opened():
    """A stay without placements, and the same stay with open care from day 60 on."""
    late = {"stay.placing": 0.2, "stay.placing_from": 300, "stay.no_place": 0.0}
    closed = changed(Scenario(), NOTHING_COMES_UP | SMALL | late)
    then = changed(closed, {"stay.placing_from": 1, "stay.bond": 0.0})
    always = with_written(draws_of(1), (WHEREABOUTS, ANY, ANY, 0, 1e-7))
    ready = PreparedScenario(closed, [PolicyChange(60, then)])
    return ready, closed, always


@pytest.mark.slow
def test_open_care_from_day_60_is_there_from_that_morning_and_nothing_before_it_changes(opened):
    ready, closed, always = opened
    builder = TableBuilder(ready.resolved)
    before, after = (
        builder.tables([simulate_centre(one, 1, 0, 0, draws=always)]) for one in (PreparedScenario(closed), ready)
    )
    assert (before.dyads["placements"] == 0).all()
    assert (after.dyads["first_placed"] == 60).all()
    for name in ("events", "days"):
        one, other = (getattr(tables, name) for tables in (before, after))
        pd.testing.assert_frame_equal(one[one["day"] < 60], other[other["day"] < 60], check_exact=True)


@pytest.mark.slow
def test_agents_see_the_same_policy_change_of_the_stay(opened):
    assert_identical(simulate_centre_with_agents(opened[0], 4, 0, 0), simulate_centre(opened[0], 4, 0, 0))


def test_a_policy_change_that_places_nobody_any_more_does_not_hold_those_outside_for_ever():
    _, events = on_a_morning(
        PLACED, 1e-7, which=0.99, numbers={"placing": 0.0, "running": 0.0, "ending": 0.2, "breaking": 0.0}
    )
    assert events == ["order_ended"]


def test_a_policy_change_explains_nothing_to_who_has_left_for_good():
    opaque = changed(Scenario(), LIVELY | SMALL | {"stay.ending": 0.2, "context.transparency": 0.2})
    ready = PreparedScenario(opaque, [PolicyChange(75, changed(opaque, {"context.transparency": 0.9}))])
    tables: Tables = TableBuilder(ready.resolved).tables([simulate_centre(ready, 1, 0, 0)])
    left = tables.dyads.loc[(tables.dyads["ended_on"] > 0) & (tables.dyads["ended_on"] < 70), "dyad"]
    assert len(left) > 0
    own = tables.days[tables.days["dyad"].isin(left) & (tables.days["party"] == "client")]
    known = own.pivot_table(index="dyad", columns="day", values="known_rules")
    assert (known[74] == known[76]).all()


def test_a_ward_let_pass_day_by_day_is_the_stay_of_the_runner():
    there: Ward = ward(LIVELY | SMALL)
    for _ in range(30):
        there.pass_day()
    whole = simulate_centre(prepared(LIVELY | SMALL), 1, 0, 0, days=30)
    np.testing.assert_array_equal(whole.clients["log_weights"], there.state.clients["log_weights"])
    np.testing.assert_array_equal(whole.dyads["place"], there.state.dyads["place"])
