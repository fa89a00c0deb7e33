"""A centre's evening, when the dyads' days are over: friends talk, keyworkers leave."""

from __future__ import annotations

from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.dynamics.exits import count_present
from twoway.simulation.dynamics.peers import peer_talk
from twoway.simulation.dynamics.turnover import turnover
from twoway.simulation.event_log import EventLog
from twoway.simulation.random_streams import Draws
from twoway.simulation.state import CentreState, Pair


@compiled
def centre_evening(day: int, state: CentreState, conditions: Conditions, draws: Draws, log: EventLog) -> None:
    """Let happen what goes on around the dyads at the end of a day.

    Parameters
    ----------
    day
        Day of the stay, from 1.
    state
        State of the centre, changed in place.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    log
        Event log, to which rows are added.
    """
    for i in range(state.clients.shape[0]):
        dyad = state.dyads[i]
        pair = Pair(i, dyad, state.clients[i], state.keyworkers[i], state.posts[dyad.post])
        peer_talk(day, pair, state, conditions, draws, log)
    count_present(state, conditions)
    for m in range(state.posts.shape[0]):
        turnover(m, day, state, conditions, draws, log)
