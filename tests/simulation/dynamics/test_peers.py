"""Friends among the clients: who they are, and how they talk about the staff."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.people import FRAMES, LEAST, PREPARED, all_draws, event_log, log_weights, numbers, party, share

from twoway.simulation.affect_control.frames import CLIENT
from twoway.simulation.dynamics.admission import open_centre
from twoway.simulation.dynamics.peers import friendships, peer_talk
from twoway.simulation.events import PEER_TALK
from twoway.simulation.interpretation import hear_peer
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.random_streams import ANY, PEERS, draws_of, with_written
from twoway.simulation.run import PreparedScenario
from twoway.simulation.state import Pair

LAW = settings(deadline=None, max_examples=40)


def friends_of(draws, clients, density):
    """Each client's friends."""
    first, friends = friendships(draws, clients, density)
    return [friends[first[i] : first[i + 1]].tolist() for i in range(clients)]


@LAW
@given(all_draws, st.integers(1, 12), share)
def test_friendship_is_mutual_nobody_is_his_own_friend_and_friends_stand_in_order(draws, clients, density):
    found = friends_of(draws, clients, density)
    for one, friends in enumerate(found):
        assert friends == sorted(set(friends) - {one})
        assert all(one in found[other] for other in friends)


@LAW
@given(all_draws, st.integers(1, 12), share, share)
def test_a_denser_ward_keeps_every_friendship(draws, clients, density, more):
    loose, dense = (friends_of(draws, clients, d) for d in sorted([density, more]))
    assert all(set(few) <= set(many) for few, many in zip(loose, dense, strict=True))


@LAW
@given(all_draws, st.integers(1, 12), st.integers(1, 12), share)
def test_who_is_friends_with_whom_does_not_depend_on_how_many_others_there_are(draws, clients, more, density):
    few, many = sorted([clients, more])
    little, large = (friends_of(draws, n, density) for n in (few, many))
    assert little == [[friend for friend in friends if friend < few] for friends in large[:few]]


def test_on_a_ward_where_all_are_friends_everyone_has_all_others_and_where_none_are_nobody_has_any():
    assert friends_of(draws_of(1), 6, 1.0) == [[j for j in range(6) if j != i] for i in range(6)]
    assert friends_of(draws_of(1), 6, 0.0) == [[]] * 6


@LAW
@given(log_weights, log_weights, share)
def test_hearing_a_friend_moves_what_is_expected_toward_what_the_friend_says_and_nothing_else(his, friends, influence):
    client, friend = party(his), party(friends)
    log_weights_before, friend_before = client.log_weights.copy(), friend.tobytes()
    wanted = client.expectation + influence * (friend.log_weights - client.expectation)
    hear_peer(client, friend, PREPARED.frames, numbers(opposition=0.0, peer_influence=influence))
    assert client.expectation == pytest.approx(wanted, abs=1e-12)
    assert (client.log_weights == log_weights_before).all()
    assert friend.tobytes() == friend_before


def test_a_ward_that_opposes_the_staff_talks_their_adversarial_side_up():
    calm, opposed = party(), party()
    for client, opposition in ((calm, 0.0), (opposed, 2.0)):
        hear_peer(client, party(), PREPARED.frames, numbers(opposition=opposition, peer_influence=0.5))
    assert (opposed.expectation - calm.expectation == -1.0 * FRAMES.benign).all()


def ward(clients=5, density=1.0, **written):
    """The events of an evening on which everyone may talk with friends, by who listened."""
    prepared = PreparedScenario(
        changed(Scenario(), {"design.clients": clients, "context.peer_density": density, "context.peer_talk": 2})
    )
    questions = ("talks", "which")
    draws = with_written(
        draws_of(3), *((PEERS, ANY, ANY, questions.index(name), draw) for name, draw in written.items())
    )
    state, there, log = prepared.new_state(), prepared.conditions(draws), event_log()
    open_centre(state, there, draws)
    assert (state.dyads.friends == [len(friends) for friends in friends_of(draws, clients, density)]).all()
    for i in range(clients):
        dyad = state.dyads[i]
        peer_talk(
            4, Pair(i, dyad, state.clients[i], state.keyworkers[i], state.posts[dyad.post]), state, there, draws, log
        )
    rows = log.rows[: log.written[0]]
    assert (rows.event == PEER_TALK).all()
    assert (rows.actor == CLIENT).all()
    return {int(row.dyad): int(row.friend) for row in rows}


@pytest.mark.parametrize(("which", "friend"), [(LEAST, 0), (0.49, 1), (0.5, 2), (1 - 2.0**-33, 3)])
def test_any_friend_is_talked_with_alike(which, friend):
    others = [[j for j in range(5) if j != i] for i in range(5)]
    assert ward(talks=LEAST, which=which) == {i: others[i][friend] for i in range(5)}


def test_nobody_talks_whose_draw_reaches_the_chance_nor_anyone_without_friends():
    assert ward(talks=1 - 2.0**-33) == {}
    assert ward(density=0.0, talks=LEAST) == {}


def test_with_more_friends_one_talks_more_often():
    chance = 1 - np.exp(-2 * 4 / 7)
    assert len(ward(talks=chance - 0.01)) == 5
    assert ward(talks=chance + 0.01) == {}
