"""The model's draws: by address, so that nobody's draws depend on who and what else there is."""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.extension_file import WAY_ALONE, written
from tests.support.people import NOTHING_COMES_UP
from tests.support.plain import in_plain_python

from twoway.simulation import random_streams as module
from twoway.simulation.affect_control.lexicon import COMPONENTS
from twoway.simulation.columns import NOTHING
from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.errors import InputError
from twoway.simulation.events import EVENTS, EXCHANGE, HANDLING
from twoway.simulation.parameters.scenario import Resolved, Scenario, changed
from twoway.simulation.philox import stream_id
from twoway.simulation.random_streams import (
    ANY,
    CLIENTS,
    ENCOUNTERS,
    EVENINGS,
    FIRST_IMPRESSIONS,
    MEETINGS,
    PEERS,
    SEEN,
    check_streams,
    coping_stream,
    draws_of,
    event_stream,
    exchange_draws,
    friendship_draw,
    keyworker_draws,
    lexicon_resample_draws,
    uniforms,
    with_written,
)
from twoway.simulation.run import PreparedScenario, simulate_centre

LAW = settings(deadline=None, max_examples=40)

NO_STREAMS = {"ANY", "FIRST", "LONGEST", "SEEN"}
STREAMS = {n for n, value in vars(module).items() if n.isupper() and np.ndim(value) == 0} - NO_STREAMS
"""Names of the streams that are not looked up by a kind, way or event."""
some_draws = st.builds(draws_of, st.integers(0, 2**63 - 1), st.integers(0, 10**6), st.integers(0, 10**4))
entities, days, questions = st.integers(0, 2**32 - 1), st.integers(0, 3650), st.integers(0, 40)
streams = st.sampled_from([int(getattr(module, name)) for name in sorted(STREAMS)] + list(map(int, ENCOUNTERS)))


def centre(**changes):
    sizes = {"design.clients": 6, "design.days": 30, "context.caseload": 3}
    apart = {"context.peer_density": 0}
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


# Addresses


def test_all_streams_have_numbers_of_their_own():
    numbers = [getattr(module, name) for name in STREAMS]
    numbers += [*ENCOUNTERS, *map(coping_stream, COPING_WAYS), *map(event_stream, EVENTS)]
    numbers += [stream_id(f"lexicon: {component}") for component in COMPONENTS]
    assert len(STREAMS) == 17
    assert len(set(numbers)) == len(numbers)


def test_every_term_of_the_lexicon_has_draws_of_its_own():
    terms = Resolved(Scenario()).lexicon.terms
    draws = lexicon_resample_draws(1, terms)
    assert len(draws) == sum(len(list(names)) for names in terms.values())
    assert len(np.unique(draws, axis=0)) == len(draws)


@LAW
@given(some_draws, some_draws, entities, days, streams)
def test_another_seed_replicate_or_centre_has_other_draws_throughout(one, other, entity, day, stream):
    same = one[:4] == other[:4]
    drawn = [uniforms(draws, entity, day, stream, 0) for draws in (one, other)]
    assert all((a == b) == same for a, b in zip(*drawn, strict=True))


def test_client_7_has_the_same_draws_among_eight_and_among_fifty_for_5_days_and_for_180():
    """Where nothing else differs, his whole stay is the same."""
    as_usual = {"context.overload": 0, "context.capacity": 30}
    few = centre(**as_usual, **{"design.clients": 8, "design.days": 5, "context.caseload": 4})
    many = centre(**as_usual, **{"design.clients": 50, "design.days": 180, "context.caseload": 25})
    little, large = (simulate_centre(prepared, 11, 0, 0) for prepared in (few, many))
    assert little.first_clients[7] == large.first_clients[7]
    assert little.first_keyworkers[7] == large.first_keyworkers[7]
    for part, whole in ((little.days, large.days), (little.events, large.events)):
        mine = lines(whole, 7)
        assert len(mine[mine["day"] <= 5]) > 0
        assert told_alike(lines(part, 7), mine[mine["day"] <= 5])


def test_a_replicate_needs_none_before_it():
    prepared = centre()
    alone = simulate_centre(prepared, 3, 7, 0)
    for earlier in range(7):
        simulate_centre(prepared, 3, earlier, 0)
    again = simulate_centre(prepared, 3, 7, 0)
    assert told_alike(alone.days, again.days)
    assert told_alike(alone.events, again.events)


@LAW
@given(some_draws, st.integers(0, 60), st.integers(0, 60))
def test_a_pair_of_clients_has_one_draw_whoever_comes_first_and_no_two_pairs_share_it(draws, one, other):
    assert friendship_draw(draws, one, other) == friendship_draw(draws, other, one)
    pairs = {friendship_draw(draws, i, j) for i in range(12) for j in range(i)}
    assert len(pairs) == 12 * 11 // 2


@LAW
@given(some_draws)
def test_what_happens_or_is_picked_is_uniform_and_what_people_differ_in_is_not_bounded_by_that(draws):
    drawn = np.array([exchange_draws(draws, dyad, day, 0, 0) for dyad in range(6) for day in range(1, 40)])
    assert ((drawn > 0) & (drawn < 1)).all()
    assert drawn.mean() == pytest.approx(0.5, abs=0.06)
    differ = np.array([keyworker_draws(draws, post, before) for post in range(20) for before in range(10)])
    assert (differ < 0).any()
    assert (differ > 1).any()
    assert len(np.unique(differ)) == differ.size


# Nothing that is added moves what was there


@pytest.fixture(scope="module")
def with_a_sixth_way(tmp_path_factory):
    """Stays of the same people, with five ways of coping and with six; the sixth comes from a user's file."""
    numbers = {"design.clients": 6, "design.days": 30, "context.turnover": 3}
    numbers |= {"coping.tension_threshold": 5, "learning.deflection_tolerance": 20} | NOTHING_COMES_UP
    path = written(tmp_path_factory.mktemp("extension"), WAY_ALONE)
    return in_plain_python(
        f"""
        from twoway import Scenario, changed, load
        from twoway.simulation.run import PreparedScenario, simulate_centre
        numbers = {numbers}
        scenarios = changed(Scenario(), numbers), load({str(path)!r}, numbers)
        result = tuple(simulate_centre(PreparedScenario(one), 11, 0, 0) for one in scenarios)
        """
    )


def test_a_sixth_coping_way_moves_no_other_draw_of_anyone_on_the_first_morning(with_a_sixth_way):
    five, six = with_a_sixth_way
    for name in ("first_clients", "first_keyworkers"):
        one, other = getattr(five, name), getattr(six, name)
        for field in set(one.dtype.names) - {"style"}:
            assert (one[field] == other[field]).all(), field
        assert other["style"].shape == (6, 6)
        assert (other["style"][:, :5] == one["style"]).all()
        assert len(np.unique(other["style"][:, 5])) > 1


def test_a_sixth_coping_way_moves_no_draw_of_any_encounter_or_successor(with_a_sixth_way):
    """Where nobody has so much tension as to cope, the stays are the same to the last digit."""
    five, six = with_a_sixth_way
    assert not (five.events["event"] == HANDLING).any()
    assert five.dyads["changes"].any()
    assert told_alike(five.events, six.events)
    assert told_alike(five.days, six.days)


# Common random numbers


def test_the_same_people_meet_in_another_context():
    ordinary, strict = (centre(**{"context.strictness": value}) for value in (0.2, 0.9))
    here, there = (simulate_centre(prepared, 11, 0, 0) for prepared in (ordinary, strict))
    for name in ("first_clients", "first_keyworkers"):
        assert (getattr(here, name) == getattr(there, name)).all()
    assert not told_alike(here.events, there.events)


def test_until_a_context_makes_a_difference_what_happens_is_the_same():
    """Strictness decides answers to requests alone: each dyad's events are the same until its first such answer."""
    here, there = (simulate_centre(centre(**{"context.strictness": value}), 11, 0, 0).events for value in (0.2, 0.9))
    for dyad in range(6):
        one, other = lines(here, dyad), lines(there, dyad)
        first = int(np.flatnonzero((one["encounter"] == 2) & (one["exchange"] == 1))[0])
        assert told_alike(one[:first], other[:first])
        assert first > 0


def test_a_clients_friends_in_a_loose_ward_are_among_those_in_a_dense_one():
    loose, dense = (centre(**{"context.peer_density": d}).conditions(draws_of(3)) for d in (0.3, 0.8))
    for i in range(6):
        few, many = (set(c.friends[c.first_friend[i] : c.first_friend[i + 1]]) for c in (loose, dense))
        assert few <= many


# Draws written by hand

written_draws = st.tuples(streams, entities, days, questions, st.floats(2.0**-33, 1 - 2.0**-33))


@LAW
@given(some_draws, written_draws, st.data())
def test_a_written_draw_replaces_exactly_the_draw_it_names(draws, one, data):
    stream, entity, day, question, value = one
    changed_draws = with_written(draws, one)
    there = list(uniforms(draws, entity, day, stream, question // 4))
    there[question % 4] = value
    assert list(uniforms(changed_draws, entity, day, stream, question // 4)) == there
    other = data.draw(st.tuples(streams, entities, days, st.integers(0, 10)))
    if other != (stream, entity, day, question // 4):
        address = (other[1], other[2], other[0], other[3])
        assert uniforms(changed_draws, *address) == uniforms(draws, *address)


@LAW
@given(some_draws, written_draws, st.sets(st.integers(0, 3)), streams, entities, days, questions)
def test_any_stands_for_all_values_of_a_coordinate(draws, one, free, stream, entity, day, question):
    """In a written draw of which some coordinates are free, an address is meant that agrees in the others."""
    asked = (stream, entity, day, question)
    named = tuple(ANY if c in free else one[c] for c in range(4))
    meant = all(c in free or one[c] == asked[c] for c in range(4))
    found = uniforms(with_written(draws, (*named, one[4])), entity, day, stream, question // 4)[question % 4]
    assert found == (one[4] if meant else uniforms(draws, entity, day, stream, question // 4)[question % 4])


def test_of_several_written_draws_that_apply_the_last_counts():
    draws = with_written(draws_of(1), (MEETINGS, ANY, ANY, ANY, 0.25), (MEETINGS, 3, ANY, ANY, 0.75))
    assert uniforms(draws, 2, 9, MEETINGS, 0) == (0.25,) * 4
    assert uniforms(draws, 3, 9, MEETINGS, 0) == (0.75,) * 4
    assert uniforms(with_written(draws, (ANY, ANY, ANY, ANY, 0.5)), 3, 9, MEETINGS, 0) == (0.5,) * 4


def test_what_an_act_is_seen_as_stands_where_it_is_said_to():
    draws = with_written(draws_of(1), (ENCOUNTERS[1], 4, 9, 4 * (1 + 2) + SEEN, 0.25))
    assert exchange_draws(draws, 4, 9, 1, 2)[SEEN] == 0.25
    assert exchange_draws(draws, 4, 9, 1, 1) == exchange_draws(draws_of(1), 4, 9, 1, 1)


@pytest.fixture(scope="module")
def apart():
    """A centre whose dyads only share the house, and its draws."""
    return centre(), draws_of(11)


def other_draws_for(dyad, draws, day=ANY):
    """The same draws, but others for one dyad's days, client and first impressions."""
    daily = [(stream, dyad, day, ANY, 0.3) for stream in (MEETINGS, EVENINGS, PEERS, *ENCOUNTERS)]
    person = [(stream, dyad, ANY, ANY, 0.3) for stream in (CLIENTS, FIRST_IMPRESSIONS)] if day == ANY else []
    return with_written(draws, *daily, *person)


def test_draws_that_are_given_are_used_in_the_place_of_those_of_the_seed(apart):
    prepared, draws = apart
    given_draws, own = simulate_centre(prepared, 99, 0, 0, draws=draws), simulate_centre(prepared, 11, 0, 0)
    assert told_alike(given_draws.events, own.events)
    assert told_alike(given_draws.days, own.days)


def test_other_draws_for_dyad_3_change_dyad_3_and_nobody_else(apart):
    prepared, draws = apart
    here = simulate_centre(prepared, 11, 0, 0)
    there = simulate_centre(prepared, 11, 0, 0, draws=other_draws_for(3, draws))
    for dyad in range(6):
        assert told_alike(lines(here.days, dyad), lines(there.days, dyad)) == (dyad != 3)
        assert told_alike(lines(here.events, dyad), lines(there.events, dyad)) == (dyad != 3)
        assert len(lines(here.events, dyad)) > 0


def test_one_other_day_leaves_the_days_before_it_as_they_were(apart):
    prepared, draws = apart
    here, there = (
        lines(simulate_centre(prepared, 11, 0, 0, draws=d).days, 3) for d in (draws, other_draws_for(3, draws, day=20))
    )
    assert told_alike(here[here["day"] < 20], there[there["day"] < 20])
    assert not told_alike(here[here["day"] >= 20], there[there["day"] >= 20])


def test_where_friends_talk_other_draws_for_one_client_do_reach_others():
    prepared = centre(**{"context.peer_density": 1, "context.peer_talk": 7, "context.peer_influence": 0.5})
    here = simulate_centre(prepared, 11, 0, 0)
    there = simulate_centre(prepared, 11, 0, 0, draws=other_draws_for(3, draws_of(11)))
    assert any(not told_alike(lines(here.days, dyad), lines(there.days, dyad)) for dyad in (0, 1, 2, 4, 5))


def test_with_draws_by_which_they_never_meet_nothing_is_ever_said(apart):
    prepared, draws = apart
    never = with_written(draws, (MEETINGS, ANY, ANY, ANY, 1 - 2.0**-33))
    stay = simulate_centre(prepared, 11, 0, 0, draws=never)
    assert not (stay.events["event"] == EXCHANGE).any()
    assert (stay.dyads["exchanges"] == 0).all()
    assert (stay.clients["tension"] == 0).all()


def test_with_draws_by_which_they_always_meet_each_kind_of_encounter_is_there_every_day(apart):
    prepared, draws = apart
    stay = simulate_centre(prepared, 11, 0, 0, draws=with_written(draws, (MEETINGS, ANY, ANY, ANY, 2.0**-33)))
    met = lines(stay.events, 0)
    met = met[(met["event"] == EXCHANGE) & (met["exchange"] == 0)]
    for day in range(1, 31):
        assert len(set(met["encounter"][met["day"] == day]) - {NOTHING}) == 4


def test_the_examples_in_the_docstrings_of_random_streams_hold():
    assert doctest.testmod(module).failed == 0


def test_two_streams_of_one_number_are_refused():
    with pytest.raises(InputError, match="'mine' would have the same random draws as the model"):
        check_streams({"mine": MEETINGS})
    with pytest.raises(InputError, match="'other' would have the same random draws as 'one'"):
        check_streams({"one": 5, "other": 5})


@pytest.mark.parametrize("draw", [0.0, 1.0, -0.1, float("nan")])
def test_a_written_draw_is_one_that_an_address_could_give(draw):
    with pytest.raises(InputError, match="greater than 0 and less than 1"):
        with_written(draws_of(1), (MEETINGS, ANY, ANY, ANY, draw))
