"""How tension is handled in the evening: alone, by some coping way, or together, in a repair talk on the next day."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.coping import COPING_WAYS, PROPOSE_TALK
from twoway.simulation.dynamics.encounter import Course
from twoway.simulation.editions import Part, switch
from twoway.simulation.event_log import EventLog, new_row
from twoway.simulation.events import GRIEVANCE_MENDED, HANDLING, TALK_AGREED, TALK_DECLINED, TALK_FAILED, TALK_REPAIRED
from twoway.simulation.interpretation import account, note_state, talk_ended
from twoway.simulation.random_streams import Draws, acceptance_draw, evening_draws
from twoway.simulation.rules.social import move_toward
from twoway.simulation.rules.tension import reduced_by, talk_succeeds
from twoway.simulation.sampling import drawn_from
from twoway.simulation.state import NOBODY, Pair, Party

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters

NO_WAY = -1
LOG_ODDS, EFFECT = "party, style, benign, parameters", "party, day, parameters"
"""Arguments of what a coping way declares."""
way_log_odds: Part = switch("way_log_odds", LOG_ODDS, [compiled(way.log_odds) for way in COPING_WAYS.values()])
way_effect: Part = switch("way_effect", EFFECT, [compiled(way.effect) for way in COPING_WAYS.values()])
TALKING = list(COPING_WAYS).index(PROPOSE_TALK.name)
"""Code of the way that proposes a talk."""


@compiled
def way_taken(party: Party, conditions: Conditions, draw: float) -> int:
    """Which way of coping someone would take: by personal style, definition and opportunity.

    Parameters
    ----------
    party
        A party's view of the other.
    conditions
        Conditions of the centre; the probabilities of the ways are written to ``odds``.
    draw
        Uniform draw between 0 and 1.

    Returns
    -------
    Code of the coping way.
    """
    benign, odds = account(party, conditions.frames).benignity, conditions.room.odds
    total = 0.0
    for way in range(odds.shape[0]):
        odds[way] = math.exp(way_log_odds(way, party, party.style[way], benign, conditions.parameters))
        total += odds[way]
    for way in range(odds.shape[0]):
        odds[way] /= total
    return drawn_from(odds, draw)


@compiled
def cope(party: Party, troubled: bool, notices: bool, day: int, conditions: Conditions, draw: float) -> int:
    """Let someone do something about tension this evening.

    Who is *troubled* takes some way of coping. Who only *notices* that the other is can at best propose a talk.

    Parameters
    ----------
    party
        A party's view of the other, on which the way takes effect.
    troubled
        Whether the party's own tension is above the threshold.
    notices
        Whether the party notices that the other is troubled.
    day
        Day of the stay, from 1.
    conditions
        Conditions of the centre.
    draw
        Uniform draw between 0 and 1: which way it is.

    Returns
    -------
    Code of the way that was taken, or ``NO_WAY``.
    """
    if not (troubled or notices):
        return NO_WAY
    way = way_taken(party, conditions, draw)
    if not troubled:
        return way if conditions.ways[way].proposes else NO_WAY
    way_effect(way, party, float(day), conditions.parameters)
    return way


@compiled
def end_talk(
    day: int, course: Course, pair: Pair, parameters: Parameters, draws: tuple[float, float], log: EventLog
) -> None:
    """End the repair talk that was agreed yesterday: it brought the two together, or taught the proposer better.

    Parameters
    ----------
    day
        Day of the stay, from 1.
    course
        Course that the talk took.
    pair
        The dyad with both parties and the post; changed in place.
    parameters
        Uses ``talk_convergence``, ``tension_relief`` and ``failed_talk_penalty``.
    draws
        Two uniform draws: whether the client's, and the keyworker's, grievance is mended.
    log
        Event log, to which rows are added.
    """
    proposer, who = (pair.client, CLIENT) if pair.dyad.talk_due == CLIENT else (pair.keyworker, KEYWORKER)
    pair.dyad.talk_due = NOBODY
    repaired = talk_succeeds(course.good, course.exchanges)
    his_is_mended, hers_is_mended = False, False
    if repaired:
        his_is_mended, hers_is_mended = talk_ended(pair.client, pair.keyworker, parameters, draws)
        pair.client.known_rules = move_toward(pair.client.known_rules, 1.0, parameters.talk_convergence)
        pair.client.tension = reduced_by(pair.client.tension, parameters.tension_relief)
        pair.keyworker.tension = reduced_by(pair.keyworker.tension, parameters.tension_relief)
    else:
        proposer.style[TALKING] -= parameters.failed_talk_penalty
    pair.dyad.talks += 1
    pair.dyad.repairs += repaired
    note_state(proposer, log.rows[new_row(log, TALK_REPAIRED if repaired else TALK_FAILED, day, who, pair)])
    if his_is_mended:
        note_state(pair.client, log.rows[new_row(log, GRIEVANCE_MENDED, day, CLIENT, pair)])
    if hers_is_mended:
        note_state(pair.keyworker, log.rows[new_row(log, GRIEVANCE_MENDED, day, KEYWORKER, pair)])


@compiled
def deal_with_tension(day: int, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> None:
    """In the evening each handles own tension, or notices the other's; a talk may be agreed on for tomorrow.

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
    client, keyworker, threshold = pair.client, pair.keyworker, conditions.parameters.tension_threshold
    he_is_troubled, she_is_troubled = client.tension > threshold, keyworker.tension > threshold
    if not (he_is_troubled or she_is_troubled):
        return
    she_is_tenser = keyworker.tension > client.tension
    he_notices, she_notices, he_handles, she_handles = evening_draws(draws, pair.number, day)
    his_way = cope(client, he_is_troubled, she_is_troubled and he_notices < client.insight, day, conditions, he_handles)
    her_way = cope(
        keyworker, she_is_troubled, he_is_troubled and she_notices < keyworker.insight, day, conditions, she_handles
    )
    _note_handling(CLIENT, his_way, day, pair, client, log)
    _note_handling(KEYWORKER, her_way, day, pair, keyworker, log)
    he_proposes = his_way != NO_WAY and conditions.ways[his_way].proposes
    she_proposes = her_way != NO_WAY and conditions.ways[her_way].proposes
    if not (he_proposes or she_proposes):
        return
    who = KEYWORKER if she_proposes and (she_is_tenser or not he_proposes) else CLIENT
    proposer, asked = (client, keyworker) if who == CLIENT else (keyworker, client)
    agreed = (he_proposes and she_proposes) or acceptance_draw(draws, pair.number, day) < account(
        asked, conditions.frames
    ).benignity
    if agreed:
        pair.dyad.talk_due = who
    note_state(proposer, log.rows[new_row(log, TALK_AGREED if agreed else TALK_DECLINED, day, who, pair)])


@compiled
def _note_handling(role: int, way: int, day: int, pair: Pair, party: Party, log: EventLog) -> None:
    """Note down which way of coping someone took, if any."""
    if way == NO_WAY:
        return
    pair.dyad.handled[role, way] += 1
    row = log.rows[new_row(log, HANDLING, day, role, pair)]
    row.way = way
    note_state(party, row)
