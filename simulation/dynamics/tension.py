"""How tension is handled: alone (endure, keep distance, confront, withdraw) or together, in a repair talk."""

from __future__ import annotations

import math
from typing import Any

from twoway.simulation.compilation import compiled
from twoway.simulation.dynamics.encounter import define, drawn_from
from twoway.simulation.random_streams import WAYS
from twoway.simulation.rules.social import move_toward
from twoway.simulation.rules.tension import (
    benign_share,
    converged,
    hostile_log_odds,
    increased_distance,
    reduced_by,
    talk_succeeds,
    talking_log_odds,
)
from twoway.simulation.state import CopingWay

NO_WAY = -1


@compiled
def benignity(party: Any, frames: Any) -> float:
    """How benign the party takes the relationship to be, as a share."""
    mean = 0.0
    for k in range(party.definition.shape[0]):
        mean += party.definition[k] * frames.benign[k]
    return benign_share(mean)


@compiled
def way_taken(party: Any, frames: Any, numbers: Any, luck: float, odds: Any) -> int:
    """The way someone would handle tension: by personal style, definition and opportunity. *odds* has room for WAYS."""
    benign = benignity(party, frames)
    weight = numbers.benignity_weight
    odds[CopingWay.ENDURE] = numbers.endure_log_odds + party.style[CopingWay.ENDURE]
    odds[CopingWay.KEEP_DISTANCE] = numbers.keep_distance_log_odds + party.style[CopingWay.KEEP_DISTANCE]
    odds[CopingWay.CONFRONT] = hostile_log_odds(
        numbers.confront_log_odds, party.style[CopingWay.CONFRONT], benign, weight
    )
    odds[CopingWay.WITHDRAW] = hostile_log_odds(
        numbers.withdraw_log_odds, party.style[CopingWay.WITHDRAW], benign, weight
    )
    odds[CopingWay.PROPOSE_TALK] = talking_log_odds(
        numbers.propose_talk_log_odds,
        party.style[CopingWay.PROPOSE_TALK],
        benign,
        weight,
        numbers.repair_opportunity,
        numbers.opportunity_weight,
    )
    total = 0.0
    for way in range(WAYS):
        odds[way] = math.exp(odds[way])
        total += odds[way]
    for way in range(WAYS):
        odds[way] /= total
    return drawn_from(odds, luck)


@compiled
def handle(
    party: Any, troubled: bool, notices: bool, day: float, frames: Any, numbers: Any, luck: float, odds: Any
) -> int:
    """What someone does this evening: a way of handling tension, or ``NO_WAY``.

    Who is *troubled* does something about it. Who only *notices* that the other is can at best propose a talk.
    """
    if not (troubled or notices):
        return NO_WAY
    way = way_taken(party, frames, numbers, luck, odds)
    if not troubled:
        return way if way == CopingWay.PROPOSE_TALK else NO_WAY
    if way == CopingWay.KEEP_DISTANCE:
        party.distance = increased_distance(party.distance, numbers.distance_step)
    elif way == CopingWay.CONFRONT:
        party.confronting = 1.0
    elif way == CopingWay.WITHDRAW:
        party.away = day + numbers.withdrawal_days
    if way in (CopingWay.KEEP_DISTANCE, CopingWay.CONFRONT, CopingWay.WITHDRAW):
        party.tension = reduced_by(party.tension, numbers.tension_relief)
    return way


@compiled
def talk_ends(client: Any, keyworker: Any, proposer: Any, good: int, exchanges: int, numbers: Any) -> bool:
    """The end of a repair talk: it brought the two together, or it taught the proposer better. Returns which."""
    if not talk_succeeds(good, exchanges):
        client.negativity += numbers.failed_talk_negativity
        keyworker.negativity += numbers.failed_talk_negativity
        proposer.style[CopingWay.PROPOSE_TALK] -= numbers.failed_talk_penalty
        return False
    for k in range(client.definition.shape[0]):
        his, hers = client.definition[k], keyworker.definition[k]
        client.log_weights[k] = math.log(converged(his, hers, numbers.talk_convergence))
        keyworker.log_weights[k] = math.log(converged(hers, his, numbers.talk_convergence))
    define(client)
    define(keyworker)
    client.known_rules = move_toward(client.known_rules, 1.0, numbers.talk_convergence)
    client.tension = reduced_by(client.tension, numbers.tension_relief)
    keyworker.tension = reduced_by(keyworker.tension, numbers.tension_relief)
    return True
