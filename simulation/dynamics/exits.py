"""Where a client is: at the centre, placed outside, gone, or out of it for good because the order has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twoway.simulation.affect_control.frames import CLIENT
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.dynamics.admission import provide
from twoway.simulation.event_log import EventLog, new_row
from twoway.simulation.events import GONE as GONE_EVENT
from twoway.simulation.events import ORDER_ENDED, PLACEMENT_BROKEN, RETURNED
from twoway.simulation.events import PLACED as PLACED_EVENT
from twoway.simulation.interpretation import BALANCED, account, note_state
from twoway.simulation.random_streams import Draws, place_draw, whereabouts_draws
from twoway.simulation.rules.exits import days_away, happens_within_a_day, hazard, standing
from twoway.simulation.state import CENTRE, ENDED, GONE, LEAVE, PLACED, CentreState, Pair

if TYPE_CHECKING:
    from twoway.simulation.conditions import FrameRecord


@compiled
def relationship(pair: Pair, frames: FrameRecord) -> float:
    """How good the relationship is in both parties' ratings, EPA units from where trust and mistrust begin.

    Parameters
    ----------
    pair
        The dyad with both parties and the post.
    frames
        The repertoire of frames.
    """
    his, hers = account(pair.client, frames), account(pair.keyworker, frames)
    return standing(his.positivity - his.negativity, hers.positivity - hers.negativity, BALANCED)


@compiled
def whereabouts(day: int, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> None:
    """A morning: perhaps the client runs away, is placed outside, comes back, or the order ends.

    Parameters
    ----------
    day
        Day of the stay, from 1.
    pair
        The dyad with both parties and the post; changed in place.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    log
        Event log, to which rows are added.
    """
    p, dyad = conditions.parameters, pair.dyad
    if dyad.place == GONE:
        if day >= dyad.back_on:
            _move(pair, CENTRE, RETURNED, day, log)
        return
    if dyad.place in (ENDED, LEAVE):
        return
    happens, which, length = whereabouts_draws(draws, pair.number, day)
    holds = p.bond * relationship(pair, conditions.frames)
    if dyad.place == PLACED:
        breaks, ends = hazard(p.breaking, -holds), hazard(p.ending, 0.0)
        if happens < happens_within_a_day(breaks + ends):
            if which * (breaks + ends) < breaks:
                _move(pair, CENTRE, PLACEMENT_BROKEN, day, log)
            else:
                dyad.ended_on = day
                _move(pair, ENDED, ORDER_ENDED, day, log)
        return
    runs = hazard(p.running, max(0.0, pair.client.tension - p.tension_threshold) - holds)
    placed = 0.0
    if day >= p.placing_from and place_draw(draws, pair.number) >= p.no_place:
        placed = hazard(p.placing * dyad.plan, holds)
    if happens < happens_within_a_day(runs + placed):
        if which * (runs + placed) < runs:
            dyad.back_on = day + days_away(p.gone_days, length)
            dyad.times_gone += 1
            _move(pair, GONE, GONE_EVENT, day, log)
        else:
            dyad.placements += 1
            if dyad.placements == 1:
                dyad.first_placed = day
            _move(pair, PLACED, PLACED_EVENT, day, log)


@compiled
def _move(pair: Pair, place: int, event: int, day: int, log: EventLog) -> None:
    """The client is elsewhere from now on."""
    pair.dyad.place = place
    note_state(pair.client, log.rows[new_row(log, event, day, CLIENT, pair)])


@compiled
def count_present(state: CentreState, conditions: Conditions) -> None:
    """An evening: posts have as many clients as are at the centre, and what follows from that.

    Parameters
    ----------
    state
        State of the centre; posts are changed, and days at the centre are counted.
    conditions
        Conditions of the centre.
    """
    for m in range(state.posts.shape[0]):
        state.posts[m].present = 0
    for i in range(state.dyads.shape[0]):
        if state.dyads[i].place == CENTRE:
            state.dyads[i].days_at_centre += 1
            state.posts[state.dyads[i].post].present += 1
    for m in range(state.posts.shape[0]):
        if state.posts[m].present != state.posts[m].caseload:
            state.posts[m].caseload = state.posts[m].present
            provide(state.posts[m], conditions.parameters)
