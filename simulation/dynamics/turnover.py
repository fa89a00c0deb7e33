"""Turnover: a keyworker leaves, and a new one takes over her clients."""

from __future__ import annotations

from twoway.simulation.affect_control.frames import KEYWORKER
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.dynamics.admission import fill_post, meet_keyworker
from twoway.simulation.event_log import EventLog, new_row
from twoway.simulation.events import NEW_KEYWORKER
from twoway.simulation.interpretation import carry_over, note_state
from twoway.simulation.random_streams import Draws, leaving_draw
from twoway.simulation.rules.social import leaving_chance
from twoway.simulation.state import ENDED, NOBODY, CentreState, Pair


@compiled
def take_over(pair: Pair, conditions: Conditions, draws: Draws) -> None:
    """A new keyworker takes over a client: she starts anew, he keeps part of how he saw the one before.

    Parameters
    ----------
    pair
        The dyad with both parties and the post, which the new keyworker holds already; changed in place.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    """
    client, parameters = pair.client, conditions.parameters
    meet_keyworker(pair, conditions, draws)
    carry_over(client, parameters)
    client.presumed_reserve = parameters.keyworker_reserve
    carried = parameters.carry_over_to_new_keyworker
    client.felt_coercion *= carried
    client.tension *= carried
    client.distance *= carried
    client.confronting, client.away = 0.0, 0.0
    pair.dyad.talk_due = NOBODY
    pair.dyad.changes += 1


@compiled
def turnover(number: int, day: int, state: CentreState, conditions: Conditions, draws: Draws, log: EventLog) -> bool:
    """Perhaps the keyworker who holds a post leaves today, and a new one takes over.

    Parameters
    ----------
    number
        Number of the post in the centre, from 0.
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

    Returns
    -------
    Whether she left.
    """
    if leaving_draw(draws, number, day) >= leaving_chance(conditions.parameters.turnover):
        return False
    post = state.posts[number]
    post.predecessors += 1
    fill_post(number, post, conditions, draws)
    for i in range(state.dyads.shape[0]):
        if state.dyads[i].post == number and state.dyads[i].place != ENDED:
            pair = Pair(i, state.dyads[i], state.clients[i], state.keyworkers[i], post)
            take_over(pair, conditions, draws)
            note_state(pair.keyworker, log.rows[new_row(log, NEW_KEYWORKER, day, KEYWORKER, pair)])
    return True
