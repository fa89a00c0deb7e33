"""Peers: friends among the clients talk about the staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twoway.simulation.affect_control.frames import CLIENT
from twoway.simulation.arrays import Floats, Ints
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.event_log import EventLog, new_row
from twoway.simulation.events import PEER_TALK
from twoway.simulation.interpretation import hear_peer, note_state
from twoway.simulation.random_streams import Draws, friendship_draw, peer_draws
from twoway.simulation.rules.choice import daily_chance
from twoway.simulation.state import CENTRE, NOBODY, CentreState, Pair

if TYPE_CHECKING:
    pass


def friendships(draws: Draws, clients: int, density: float) -> tuple[Ints, Ints]:
    """Who is friends with whom in a centre.

    Parameters
    ----------
    draws
        The centre's draws.
    clients
        Number of clients.
    density
        Share of pairs who are friends.

    Returns
    -------
    first
        Shape (clients + 1,): where each client's friends begin in ``friends``.
    friends
        Numbers of the friends of client 0 in ascending order, then those of client 1, and so on.
    """
    first, friends = np.zeros(clients + 1, np.int64), np.empty(clients * (clients - 1), np.int64)
    _find_friends(draws, density, np.empty((clients, clients)), first, friends)
    return first, friends[: first[clients]].copy()


@compiled
def _find_friends(draws: Draws, density: float, drawn: Floats, first: Ints, friends: Ints) -> None:
    """Find each client's friends; *drawn* (clients, clients) is room to work in, the rest as ``friendships`` says."""
    for one in range(drawn.shape[0]):
        for other in range(one):
            drawn[one, other] = drawn[other, one] = friendship_draw(draws, one, other)
    for one in range(drawn.shape[0]):
        first[one + 1] = first[one]
        for other in range(drawn.shape[0]):
            if one != other and drawn[one, other] < density:
                friends[first[one + 1]] = other
                first[one + 1] += 1


@compiled
def peer_talk(day: int, pair: Pair, state: CentreState, conditions: Conditions, draws: Draws, log: EventLog) -> None:
    """Perhaps a client talks with a friend about the staff today.

    Parameters
    ----------
    day
        Day of the stay, from 1.
    pair
        Dyad of the client; his expectation is changed.
    state
        State of the centre, from which the friend's view is taken.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    log
        Event log, to which rows are added.
    """
    parameters, friends = conditions.parameters, 0
    first, end = conditions.first_friend[pair.number], conditions.first_friend[pair.number + 1]
    for k in range(first, end):
        friends += state.dyads[conditions.friends[k]].place == CENTRE
    if friends == 0 or pair.dyad.place != CENTRE:
        return
    talks, which = peer_draws(draws, pair.number, day)
    if talks >= daily_chance(parameters.peer_talk * friends):
        return
    friend, passed = NOBODY, min(int(which * friends), friends - 1)
    for k in range(first, end):
        if state.dyads[conditions.friends[k]].place == CENTRE:
            if passed == 0:
                friend = conditions.friends[k]
            passed -= 1
    hear_peer(pair.client, state.clients[friend], conditions.frames, parameters)
    row = log.rows[new_row(log, PEER_TALK, day, CLIENT, pair)]
    row.friend = friend
    note_state(pair.client, row)
