"""Random streams: drawn before anything happens, by person and purpose, so that one draw alone can be changed."""

import doctest
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from twoway.simulation import random_streams as module
from twoway.simulation.columns import NOTHING, EventKind
from twoway.simulation.dynamics.admission import are_friends
from twoway.simulation.dynamics.encounter import drawn_from, pick
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.random_streams import (
    PER_ENCOUNTER,
    PER_EXCHANGE,
    SUCCESSORS,
    TRAITS,
    DayQuestion,
    Stream,
    Streams,
    column_count,
    draw_all,
    first_columns,
)
from twoway.simulation.run import PreparedScenario, simulate_centre

NEARLY_ONE = float(np.nextafter(np.float32(1), np.float32(0)))
FRAMES, COLUMNS = 6, 57
LAW = settings(deadline=None, max_examples=30)
keys = st.tuples(st.integers(0, 2**63), st.integers(0, 10**6), st.integers(0, 10**4))
lengths = st.lists(st.integers(1, 6), min_size=5, max_size=5).map(tuple)


def drawn(seed=1, replicate=0, centre=0, clients=4, posts=2, days=5, frames=FRAMES, columns=COLUMNS):
    return draw_all(seed, replicate, centre, clients, posts, days, frames, columns)


def same(one, other):
    return all((a == b).all() for a, b in zip(one, other, strict=True))


@LAW
@given(keys, st.integers(0, 5))
def test_a_replicate_needs_none_before_it(key, before):
    seed, replicate, centre = key
    alone = drawn(seed, replicate, centre)
    for earlier in range(before):
        drawn(seed, earlier, centre)
    assert same(drawn(seed, replicate, centre), alone)


@LAW
@given(keys, keys)
def test_another_seed_replicate_or_centre_has_other_draws_throughout(one, other):
    assume(one != other)
    a, b = drawn(*one), drawn(*other)
    for mine, yours in zip(a, b, strict=True):
        assert (mine == yours).mean() < 0.01


@LAW
@given(keys, st.integers(1, 12), st.integers(1, 12))
def test_a_client_has_the_same_draws_alone_and_among_many(key, few, many):
    few, many = sorted([few, many])
    little, large = drawn(*key, clients=few), drawn(*key, clients=many)
    assert (little.days == large.days[:few]).all()
    assert (little.clients == large.clients[:few]).all()
    assert (little.impressions == large.impressions[:few]).all()


def test_a_client_has_the_same_draws_alone_and_among_fifty_for_5_days_and_for_180():
    alone, among = drawn(clients=1, days=5), drawn(clients=50, days=180)
    assert (alone.days[0] == among.days[0, :5]).all()
    assert (alone.clients[0] == among.clients[0]).all()
    assert (alone.impressions[0] == among.impressions[0]).all()


@LAW
@given(keys, st.integers(1, 40), st.integers(1, 40))
def test_a_longer_stay_begins_with_the_days_of_a_shorter_one(key, days, more):
    few, many = sorted([days, more])
    short, long = drawn(*key, days=few), drawn(*key, days=many)
    assert (short.days == long.days[:, :few]).all()
    assert (short.leaving == long.leaving[:, :few]).all()
    assert (short.clients == long.clients).all()
    assert (short.centre == long.centre).all()


@LAW
@given(keys, st.integers(1, 6), st.integers(1, 6))
def test_a_keyworker_is_the_same_person_however_many_colleagues_there_are(key, posts, more):
    few, many = sorted([posts, more])
    little, large = drawn(*key, posts=few), drawn(*key, posts=many)
    assert (little.keyworkers == large.keyworkers[:few]).all()
    assert (little.leaving == large.leaving[:few]).all()
    assert (little.days == large.days).all()


@LAW
@given(keys, st.integers(2, 12), st.integers(2, 12), st.floats(0, 1))
def test_who_is_friends_with_whom_does_not_depend_on_how_many_others_there_are(key, clients, more, density):
    few, many = sorted([clients, more])
    little, large = drawn(*key, clients=few, days=1), drawn(*key, clients=many, days=1)
    for one in range(few):
        for other in range(few):
            assert are_friends(little.friends, one, other, density) == are_friends(large.friends, one, other, density)


@LAW
@given(keys, st.integers(2, 8), st.floats(0, 1), st.floats(0, 1))
def test_friendship_is_mutual_and_a_denser_ward_keeps_every_friendship(key, clients, density, more):
    loose, dense = sorted([density, more])
    friends = drawn(*key, clients=clients, days=1).friends
    for one in range(clients):
        assert not are_friends(friends, one, one, 1.0)
        for other in range(clients):
            assert are_friends(friends, one, other, loose) == are_friends(friends, other, one, loose)
            assert are_friends(friends, one, other, loose) <= are_friends(friends, one, other, dense)


def test_every_pair_of_clients_has_a_draw_of_its_own():
    n = 7
    friends = np.arange(n * (n - 1) // 2) / 100
    found = {
        (one, other): next(i for i in range(len(friends)) if are_friends(friends, one, other, friends[i] + 0.005))
        for one in range(n)
        for other in range(one)
    }
    assert sorted(found.values()) == list(range(len(friends)))


@LAW
@given(keys)
def test_what_happens_or_is_picked_is_uniform_and_what_people_differ_in_is_not_bounded_by_that(key):
    draws = drawn(*key, clients=6, posts=3, days=20)
    for uniform in (draws.days, draws.leaving, draws.friends):
        assert (uniform >= 0).all()
        assert (uniform < 1).all()
    assert draws.days.dtype == np.float32
    assert draws.days.mean() == pytest.approx(0.5, abs=0.05)
    for normal in (draws.clients, draws.keyworkers, draws.impressions):
        assert (normal < 0).any()
        assert (normal > 1).any()


def test_the_draws_of_a_centre_have_a_place_for_every_question():
    draws = drawn(clients=3, posts=2, days=4)
    assert draws.days.shape == (3, 4, COLUMNS)
    assert draws.clients.shape == (3, FRAMES + TRAITS)
    assert draws.keyworkers.shape == (2, 1 + SUCCESSORS, FRAMES + TRAITS)
    assert draws.impressions.shape == (3, 1 + SUCCESSORS, FRAMES)
    assert draws.leaving.shape == (2, 4)
    assert draws.friends.shape == (3,)
    assert draws.centre.shape == (3,)


@LAW
@given(st.data())
def test_no_two_streams_begin_alike(data):
    """By seed, replicate, centre, purpose and person: each is its own stream."""
    stream = st.tuples(
        st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.sampled_from(Stream), st.integers(0, 2)
    )
    names = data.draw(st.lists(stream, min_size=2, max_size=8, unique=True))
    starts = {tuple(Streams(*name[:3]).generator(*name[3:]).integers(0, 2**63, 4)) for name in names}
    assert len(starts) == len(names)


@LAW
@given(keys, st.sampled_from(Stream), st.integers(0, 100), st.integers(0, 7))
def test_a_stream_starts_at_its_beginning_whatever_was_drawn_before(key, purpose, index, used):
    fresh = Streams(*key).generator(purpose, index).random(5)
    streams = Streams(*key)
    streams.generator(Stream.DAYS, 1).random(used, dtype=np.float32)
    streams.generator(purpose, index).random(used)
    assert (streams.generator(purpose, index).random(5) == fresh).all()


@LAW
@given(lengths)
def test_no_two_questions_of_a_day_share_a_column_but_those_of_the_planned_and_the_repair_talk(exchanges):
    first = first_columns(exchanges)
    spans = [(start, start + PER_ENCOUNTER + PER_EXCHANGE * n) for start, n in zip(first, exchanges, strict=True)]
    assert spans[0][0] == len(DayQuestion)
    for (_, end), (start, _) in pairwise(spans[:-1]):
        assert start == end
    assert spans[-1][0] == spans[-2][0], "a day has one talk, planned or repair"
    assert column_count(exchanges) == max(end for _, end in spans)


weights = st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1.0)), min_size=1, max_size=30).filter(any)
ends_too = st.one_of(st.floats(0, NEARLY_ONE), st.sampled_from([0.0, NEARLY_ONE]))


@LAW
@given(weights, ends_too)
def test_every_draw_from_nothing_to_nearly_one_picks_something_that_has_weight(parts, draws):
    shares = np.array(parts) / sum(parts)
    assert shares[drawn_from(shares, draws)] > 0
    cumulative = np.cumsum(parts)
    assert parts[pick(cumulative, draws * cumulative[-1])] > 0


@LAW
@given(weights, ends_too, ends_too)
def test_a_greater_draw_never_picks_an_earlier_one(parts, draws, more):
    low, high = sorted([draws, more])
    shares = np.array(parts) / sum(parts)
    assert drawn_from(shares, low) <= drawn_from(shares, high)


def test_things_are_picked_as_often_as_they_weigh():
    shares = np.array([0.2, 0.0, 0.5, 0.3])
    grid = [(i + 0.5) / 1000 for i in range(1000)]
    for found in ([drawn_from(shares, u) for u in grid], [pick(np.cumsum(shares), u) for u in grid]):
        assert [found.count(i) / 1000 for i in range(4)] == pytest.approx([0.2, 0.0, 0.5, 0.3], abs=0.002)


def centre(**changes):
    sizes = {"design.clients": 6, "design.days": 30, "context.caseload": 3}
    apart = {"context.peer_density": 0, "context.team_cohesion": 0}
    return PreparedScenario(changed(Scenario(), {**sizes, **apart, **changes}))


def lines(table, dyad):
    """The lines of a table that tell of one dyad, without their place in the table."""
    return table[table["dyad"] == dyad]


def told_alike(one, other):
    """Whether two tables say the same, field by field; nothing to say is as good as nothing to say."""
    if len(one) != len(other):
        return False
    return all(
        np.array_equal(one[f], other[f], equal_nan=np.issubdtype(one[f].dtype, np.floating)) for f in one.dtype.names
    )


@pytest.fixture(scope="module")
def apart():
    """A centre whose dyads only share the house, and its draws."""
    prepared = centre()
    return prepared, prepared.luck(11, 0, 0)


def other_draws_for(dyad, draws, other):
    """The same draws, but for one dyad's days, client and first impressions."""
    days, clients, impressions = draws.days.copy(), draws.clients.copy(), draws.impressions.copy()
    days[dyad], clients[dyad], impressions[dyad] = other.days[dyad], other.clients[dyad], other.impressions[dyad]
    return draws._replace(days=days, clients=clients, impressions=impressions)


def test_draws_that_are_given_are_used_in_the_place_of_those_of_the_seed(apart):
    prepared, draws = apart
    given_luck, own = simulate_centre(prepared, 99, 0, 0, luck=draws), simulate_centre(prepared, 11, 0, 0)
    assert told_alike(given_luck.events, own.events)
    assert told_alike(given_luck.days, own.days)


def test_other_draws_for_dyad_3_change_nobody_else(apart):
    prepared, draws = apart
    here = simulate_centre(prepared, 11, 0, 0, luck=draws)
    there = simulate_centre(prepared, 11, 0, 0, luck=other_draws_for(3, draws, prepared.luck(12, 0, 0)))
    for dyad in (0, 1, 2, 4, 5):
        assert told_alike(lines(here.days, dyad), lines(there.days, dyad))
        assert told_alike(lines(here.events, dyad), lines(there.events, dyad))
        assert len(lines(here.events, dyad)) > 0


def test_other_draws_for_dyad_3_do_change_dyad_3(apart):
    prepared, draws = apart
    here = simulate_centre(prepared, 11, 0, 0, luck=draws)
    there = simulate_centre(prepared, 11, 0, 0, luck=other_draws_for(3, draws, prepared.luck(12, 0, 0)))
    assert not told_alike(lines(here.days, 3), lines(there.days, 3))
    assert not told_alike(lines(here.events, 3), lines(there.events, 3))


def test_one_other_day_leaves_the_days_before_it_as_they_were(apart):
    prepared, draws = apart
    days = draws.days.copy()
    days[3, 19] = prepared.luck(12, 0, 0).days[3, 19]
    here, there = (
        lines(simulate_centre(prepared, 11, 0, 0, luck=x).days, 3) for x in (draws, draws._replace(days=days))
    )
    assert told_alike(here[here["day"] < 20], there[there["day"] < 20])
    assert not told_alike(here[here["day"] >= 20], there[there["day"] >= 20])


def test_where_friends_talk_other_draws_for_one_client_do_reach_others():
    prepared = centre(**{"context.peer_density": 1, "context.peer_talk": 7, "context.peer_influence": 0.5})
    draws = prepared.luck(11, 0, 0)
    here = simulate_centre(prepared, 11, 0, 0, luck=draws)
    there = simulate_centre(prepared, 11, 0, 0, luck=other_draws_for(3, draws, prepared.luck(12, 0, 0)))
    assert any(not told_alike(lines(here.days, dyad), lines(there.days, dyad)) for dyad in (0, 1, 2, 4, 5))


def test_with_draws_by_which_they_never_meet_nothing_is_ever_said(apart):
    prepared, draws = apart
    stay = simulate_centre(prepared, 11, 0, 0, luck=draws._replace(days=np.full_like(draws.days, NEARLY_ONE)))
    assert not (stay.events["event"] == EventKind.EXCHANGE).any()
    assert (stay.dyads["exchanges"] == 0).all()
    assert (stay.clients["tension"] == 0).all()


def test_with_draws_by_which_they_always_meet_each_kind_of_encounter_is_there_every_day(apart):
    prepared, draws = apart
    stay = simulate_centre(prepared, 11, 0, 0, luck=draws._replace(days=np.zeros_like(draws.days)))
    met = lines(stay.events, 0)
    met = met[(met["event"] == EventKind.EXCHANGE) & (met["exchange"] == 0)]
    for day in range(1, 31):
        assert len(set(met["encounter"][met["day"] == day]) - {NOTHING}) == 4


def test_the_first_week_of_a_stay_is_the_same_whether_more_weeks_follow_or_not():
    long, short = centre(), centre(**{"design.days": 7})
    whole, part = simulate_centre(long, 5, 2, 0), simulate_centre(short, 5, 2, 0)
    for dyad in range(6):
        days, events = lines(whole.days, dyad), lines(whole.events, dyad)
        assert told_alike(days[days["day"] <= 7], lines(part.days, dyad))
        assert told_alike(events[events["day"] <= 7], lines(part.events, dyad))


def test_the_examples_in_the_docstrings_of_random_streams_hold():
    assert doctest.testmod(module).failed == 0
