"""One encounter of two people, as a story. READ THIS FIRST.

Someone acts: out of the role, out of strain, or as the person for whom this relationship is such and such. The other
sees an act, not its source, and sees it through what the relationship is taken to be: takes it for this or that, puts
it down to the role, to strain or to the person, and is moved by it. Then it is the other's turn.

``choose`` and ``read`` are the two halves; agents and the compiled runner call the same ones. A *party* is one side's
record (``twoway.simulation.state``), a *turn* what is feasible now and how likely it is (``twoway.simulation.situations``),
*numbers* the scenario's numbers, *row* the line of the events table on which it is noted down.
"""

from __future__ import annotations

import math
from typing import Any

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.compilation import compiled
from twoway.simulation.random_streams import PER_ENCOUNTER, PER_EXCHANGE, EncounterQuestion, ExchangeQuestion
from twoway.simulation.rules.choice import act_source, mandated_share, present_reserve, role_share
from twoway.simulation.rules.reading import (
    attribution_share,
    believed_role,
    believed_strain,
    expected,
    log_evidence,
    perception_weight,
    person_share,
    updated_log_weight,
    updated_presumed_reserve,
)
from twoway.simulation.rules.tension import tension_added
from twoway.simulation.rules.tone import personal_weight, updated_felt_coercion, updated_negativity, updated_positivity

ROLE, STRAIN, PERSON = 0, 1, 2
LEAST_LOG_WEIGHT = -30.0
"""Log-weight below the highest that no frame falls under: nothing is ruled out for ever (assumed; about 1 in 10^13)."""


@compiled
def pick(cumulative: Any, luck: float) -> int:
    """Index of the one picked by a uniform draw, from *cumulative* probabilities or weights.

    It is the first whose cumulative weight exceeds the draw; the last, should rounding leave none.
    """
    picked = 0
    for i in range(cumulative.shape[0]):
        picked += cumulative[i] <= luck
    return min(picked, cumulative.shape[0] - 1)


@compiled
def scripted_share(actor: Any, turn: Any, bent: bool, numbers: Any) -> float:
    """How far the actor follows the script: the role, and the mandate unless the keyworker bends the rules."""
    role = role_share(numbers.formality, present_reserve(actor.reserve, actor.distance))
    if turn.mandated and not bent:
        return mandated_share(role, numbers.mandate)
    return role


@compiled
def choose(actor: Any, turn: Any, frame: int, bent: bool, numbers: Any, luck: Any, column: int, row: Any) -> int:
    """The act someone chooses who takes the relationship to be *frame*: its place among the turn's feasible acts.

    *luck* is the dyad's luck of the day, *column* where this exchange's begins. Doing what the frame forbids leaves
    tension in the doer.
    """
    strain = actor.strain * turn.strained
    source = act_source(luck[column + ExchangeQuestion.SOURCE], scripted_share(actor, turn, bent, numbers), strain)
    draw = luck[column + ExchangeQuestion.ACT]
    if source == ROLE:
        act = pick(turn.script_cdf, draw)
    elif source == STRAIN:
        act = pick(turn.strain_cdf, draw)
    else:
        act = pick(turn.will_cdf[frame], draw)
    actor.tension += tension_added(
        turn.disturbance[frame, act], numbers.deflection_tolerance, numbers.role_strain_weight
    )
    row.actor_frame, row.source, row.act, row.actor_tension = frame, source, turn.act[act], actor.tension
    return act


@compiled
def perceive(
    reader: Any, turn: Any, act: int, role: float, strain: float, assimilation: float, luck: float, seen: Any
) -> int:
    """What the reader takes the act for: like what was done, and like what was expected (what was done, if nothing is).

    *role* and *strain* are the shares the reader believes in; *seen* has room for a weight per feasible act.
    """
    count = turn.feasible
    for j in range(count):
        seen[j] = 0.0
    for k in range(reader.definition.shape[0]):
        weight = reader.definition[k]
        for j in range(count):
            seen[j] += weight * turn.will[k, j]
    openness = 1.0 / count
    for j in range(count):
        probability = expected(turn.script[j], turn.strain[j], seen[j], role, strain)
        seen[j] = perception_weight(turn.likeness[act, j], probability, assimilation, openness)
    total = 0.0
    for j in range(count):
        total += seen[j]
        seen[j] = total
    if total == 0.0:
        return act
    return pick(seen[:count], luck * total)


@compiled
def redefine(party: Any, turn: Any, seen: int, role: float, strain: float, numbers: Any) -> None:
    """Move the party's definition of the relationship by what the act seen says about each frame."""
    for k in range(party.definition.shape[0]):
        probability = expected(turn.script[seen], turn.strain[seen], turn.will[k, seen], role, strain)
        party.log_weights[k] = updated_log_weight(
            party.log_weights[k],
            party.expectation[k],
            log_evidence(probability, numbers.lapse_rate),
            numbers.definition_learning_rate,
            numbers.expectation_anchoring,
        )
    define(party)


@compiled
def define(party: Any) -> None:
    """The definition as a probability, from log-weights: the highest is set to 0, and none falls below the least."""
    highest = party.log_weights[0]
    for k in range(1, party.definition.shape[0]):
        highest = max(highest, party.log_weights[k])
    total = 0.0
    for k in range(party.definition.shape[0]):
        party.log_weights[k] = max(party.log_weights[k] - highest, LEAST_LOG_WEIGHT)
        party.definition[k] = math.exp(party.log_weights[k])
        total += party.definition[k]
    for k in range(party.definition.shape[0]):
        party.definition[k] /= total


@compiled
def believed(reader: Any, turn: Any, others_share: float, others_strain: float, numbers: Any) -> tuple[float, float]:
    """How far the reader believes the other to follow the script, and to act out of strain."""
    role = role_share(numbers.formality, reader.presumed_reserve)
    if turn.mandated:
        role = believed_role(role, reader.known_rules, others_share)
    return role, believed_strain(reader.insight, others_strain * turn.strained)


@compiled
def read(
    reader: Any,
    turn: Any,
    act: int,
    others_share: float,
    others_strain: float,
    numbers: Any,
    luck: float,
    seen: Any,
    row: Any,
) -> int:
    """The other reads the act: sees it, puts it down to something, and is moved by it. Returns what was seen.

    *others_share* and *others_strain* are how far the actor follows the script and acts out of strain; the reader
    knows of either only what formality, acquaintance, known rules and insight show.
    """
    role, strain = believed(reader, turn, others_share, others_strain, numbers)
    b = perceive(reader, turn, act, role, strain, numbers.perceptual_assimilation, luck, seen)

    person, disturbance = 0.0, 0.0
    for k in range(reader.definition.shape[0]):
        person += reader.definition[k] * turn.will[k, b]
        disturbance += reader.definition[k] * turn.disturbance[k, b]
    probability = expected(turn.script[b], turn.strain[b], person, role, strain)
    row.expected, row.disturbance, row.seen = probability, disturbance, turn.act[b]
    row.role_share = attribution_share(role * turn.script[b], probability)
    row.strain_share = attribution_share((1.0 - role) * strain * turn.strain[b], probability)
    row.person_share = person_share(row.role_share, row.strain_share)

    weight = personal_weight(row.person_share, numbers.impersonal_weight)
    good = turn.evaluation[b]
    redefine(reader, turn, b, role, strain, numbers)
    if not turn.mandated:  # what the rules prescribe tells nothing of the person who does it
        reader.presumed_reserve = updated_presumed_reserve(
            reader.presumed_reserve, role, row.role_share, numbers.formality, numbers.reserve_learning_rate
        )
    reader.positivity = updated_positivity(reader.positivity, weight, good, numbers.tone_learning_rate)
    reader.negativity = updated_negativity(
        reader.negativity, weight, good, numbers.tone_learning_rate, numbers.negativity_weight
    )
    if turn.role == KEYWORKER:
        reader.felt_coercion = updated_felt_coercion(
            reader.felt_coercion, weight, good, turn.potency[b], numbers.coercion_learning_rate
        )
    reader.tension += tension_added(disturbance, numbers.deflection_tolerance, weight)
    note_state(reader, row)
    return b


@compiled
def note_state(party: Any, row: Any) -> None:
    """Write down how someone feels about the other now, on a line of the events or the days table."""
    row.positivity, row.negativity, row.tension = party.positivity, party.negativity, party.tension
    row.felt_coercion, row.distance, row.known_rules = party.felt_coercion, party.distance, party.known_rules
    row.presumed_reserve = party.presumed_reserve
    for k in range(party.definition.shape[0]):
        row.definition[k] = party.definition[k]


@compiled
def drawn_from(weights: Any, luck: float) -> int:
    """Index of the one drawn from a few *weights* that sum to 1, by a uniform draw; see ``pick``."""
    drawn, total = 0, 0.0
    for i in range(weights.shape[0]):
        total += weights[i]
        drawn += total <= luck
    return min(drawn, weights.shape[0] - 1)


@compiled
def frame_taken(party: Any, opens: bool, frames: Any, luck: float) -> int:
    """What someone takes the relationship to be today: drawn from the definition.

    Someone who is out to confront, and *opens* the encounter, takes the weightiest adversarial frame.
    """
    if not (opens and party.confronting > 0.0):
        return drawn_from(party.definition, luck)
    taken, weight = 0, -1.0
    for k in range(party.definition.shape[0]):
        if frames.adversarial[k] and party.definition[k] > weight:
            taken, weight = k, party.definition[k]
    return taken


@compiled
def encounter(
    kind: Any, turns: Any, opener: int, client: Any, keyworker: Any, frames: Any, numbers: Any,
    luck: Any, seen: Any, rows: Any, first: int, step: int,
) -> int:  # fmt: skip
    """Two people meet: the parties alternate, beginning with the *opener*. Returns how many exchanges read as good.

    The exchanges are noted on ``rows[first]``, ``rows[first + step]``, …
    """
    taken = (
        frame_taken(client, opener == CLIENT, frames, luck[kind.luck + EncounterQuestion.CLIENT_FRAME]),
        frame_taken(keyworker, opener == KEYWORKER, frames, luck[kind.luck + EncounterQuestion.KEYWORKER_FRAME]),
    )
    bent = luck[kind.luck + EncounterQuestion.BENDS] < numbers.discretion
    good = 0
    for exchange in range(kind.exchanges):
        turn = turns[kind.turn[opener, exchange]]
        row = rows[first + exchange * step]
        column = kind.luck + PER_ENCOUNTER + exchange * PER_EXCHANGE
        row.exchange, row.actor, row.bent = exchange, turn.role, bent and turn.mandated
        actor, reader = (client, keyworker) if turn.role == CLIENT else (keyworker, client)
        share, strain = scripted_share(actor, turn, bent, numbers), actor.strain
        row.reader_frame = taken[1 - turn.role]
        act = choose(actor, turn, taken[turn.role], bent, numbers, luck, column, row)
        seen_as = read(reader, turn, act, share, strain, numbers, luck[column + ExchangeQuestion.SEEN], seen, row)
        good += turn.evaluation[seen_as] >= numbers.good_reading_threshold
    if opener == CLIENT:
        client.confronting = 0.0
    else:
        keyworker.confronting = 0.0
    return good
