"""The interpretive theory: what a person takes the relationship to be, and what an act does to that.

This module is the seam at which another theory could take the place of this one. The dynamics ask it for a *stance* in
an encounter, for what someone *wills* and *predicts*, have it *update* a party after a reading, read off the *account*
a party would give, and call its hooks: a beginning, a morning, a friend's talk, a talk that mended something, a new
keyworker. What else there is (what is feasible, scripts, strain, perception, coping, draws) it does not know.

The theory here: a relationship is a probability over *frames* (pairs of identities, affect control theory), moved by
what acts say about each frame; and two stocks, lasting good and lasting bad, with at most one open grievance, from
which trust and mistrust follow. Trust decides what is put down to the person.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from twoway.simulation.action_tables import (
    NOTHING_BEFORE,
    PLAIN,
    Deed,
    Occasion,
    Turn,
    scripted,
    willed,
    write_will_chances,
)
from twoway.simulation.affect_control.frames import ADVERSARIAL, FORMAL, KEYWORKER, PERSONAL
from twoway.simulation.arrays import Floats
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import FrameRecord
from twoway.simulation.rules.choice import role_share
from twoway.simulation.rules.lasting import (
    MISTRUST_THRESHOLD,
    TRUST_THRESHOLD,
    coercion_weight,
    explained_impersonal_weight,
    formal_role_share,
    grievance_left,
    hurt,
    mending_chance,
    trust_level,
    trusting_person_share,
    trusting_reserve,
)
from twoway.simulation.rules.reading import expected, log_evidence, updated_log_weight
from twoway.simulation.rules.social import move_toward, with_opposition
from twoway.simulation.rules.tension import benign_share, converged
from twoway.simulation.rules.tone import (
    felt_evaluation,
    personal_weight,
    updated_felt_coercion,
    updated_negativity,
    updated_positivity,
)
from twoway.simulation.sampling import drawn_from
from twoway.simulation.state import Party, Row

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters

LEAST_LOG_WEIGHT = -30.0
"""Log-weight below the highest that no frame falls under: nothing is ruled out for ever (assumed; about 1 in 10^13)."""
BALANCED = TRUST_THRESHOLD - MISTRUST_THRESHOLD
"""Rating, positivity less negativity, of somebody who is at both thresholds, EPA units."""


class SourceShares(NamedTuple):
    """How far an act follows the script, and how far what is left comes from strain: as it is, or as it is believed."""

    role: float
    strain: float


class Reading(NamedTuple):
    """An act as it was seen, and what it may have come from.

    Attributes
    ----------
    occasion
        What it answers: the reader's own act as it was meant.
    deed
        The act seen, and its manner.
    believed
        How far the reader believes the other to follow the script, and to act out of strain.
    role_share, strain_share, person_share
        How far it is put down to role, strain and person, before trust has had its say; they sum to 1.
    """

    occasion: Occasion
    deed: Deed
    believed: SourceShares
    role_share: float
    strain_share: float
    person_share: float


class Account(NamedTuple):
    """What a party would say of the other: how good and how bad it has been, EPA units, and how benign it is, 0..1."""

    positivity: float
    negativity: float
    benignity: float


@compiled
def trust(party: Party, parameters: Parameters) -> tuple[float, float]:
    """How far a party trusts and mistrusts the other, shares.

    Parameters
    ----------
    party
        A party's view of the other.
    parameters
        Uses ``trust_width``.
    """
    return (
        trust_level(party.positivity, TRUST_THRESHOLD, parameters.trust_width),
        trust_level(party.negativity + party.grievance, MISTRUST_THRESHOLD, parameters.trust_width),
    )


@compiled
def account(party: Party, frames: FrameRecord) -> Account:
    """What a party would say of the other now.

    Parameters
    ----------
    party
        A party's view of the other.
    frames
        The repertoire of frames.
    """
    mean = 0.0
    for k in range(party.definition.shape[0]):
        mean += party.definition[k] * frames.benign[k]
    return Account(party.positivity, party.negativity + party.grievance, benign_share(mean))


@compiled
def note_state(party: Party, row: Row) -> None:
    """Write down how someone feels about the other now, in a row of the events or the days table.

    Parameters
    ----------
    party
        A party's view of the other.
    row
        Row of the table, to which it is written.
    """
    row.positivity, row.negativity = party.positivity, party.negativity + party.grievance
    row.grievance, row.tension = party.grievance, party.tension
    row.felt_coercion, row.distance, row.known_rules = party.felt_coercion, party.distance, party.known_rules
    row.presumed_reserve = party.presumed_reserve
    for k in range(party.definition.shape[0]):
        row.definition[k] = party.definition[k]


@compiled
def define(party: Party) -> None:
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


# Acting


@compiled
def stance(party: Party, opens: bool, frames: FrameRecord, draw: float) -> int:
    """Which frame someone takes in an encounter: drawn from the definition.

    Someone who is out to confront, and *opens* the encounter, takes the weightiest adversarial frame.

    Parameters
    ----------
    party
        A party's view of the other.
    opens
        Whether the party opens the encounter.
    frames
        The repertoire of frames.
    draw
        Uniform draw between 0 and 1.
    """
    if not (opens and party.confronting > 0.0):
        return drawn_from(party.definition, draw)
    taken, weight = 0, -1.0
    for k in range(party.definition.shape[0]):
        if frames.kind[k] == ADVERSARIAL and party.definition[k] > weight:
            taken, weight = k, party.definition[k]
    return taken


@compiled
def will(taken: int, turn: Turn, occasion: Occasion, chances: Floats) -> None:
    """Write down what someone does who acts as a person: what feels right in the frame that was taken.

    Parameters
    ----------
    taken
        Stance of the actor in this encounter.
    turn, occasion
        As in ``action_tables.willed``.
    chances
        Probabilities of the feasible acts, shape (at least ``turn.feasible``,), which are overwritten.
    """
    write_will_chances(turn, occasion, taken, chances)


@compiled
def chosen_manner(taken: int, turn: Turn, act: int, draw: float) -> int:
    """In what manner someone does an act, out of whatever it comes: what feels right in the frame that was taken.

    Parameters
    ----------
    taken
        Stance of the actor in this encounter.
    turn
        The actor's turn.
    act
        Place of the act among those feasible.
    draw
        Uniform draw between 0 and 1.
    """
    return drawn_from(turn.manner[taken, act], draw)


@compiled
def role_strain(taken: int, turn: Turn, act: int) -> float:
    """How disturbing it is for someone to do something: its deflection in the frame that was taken.

    In whatever manner it is done: a search remains a search.

    Parameters
    ----------
    taken
        Stance of the actor in this encounter.
    turn
        The actor's turn.
    act
        Place of the act among those feasible.
    """
    return turn.disturbance[taken, act, PLAIN]


@compiled
def own_role_share(party: Party, reserve: float, frames: FrameRecord, parameters: Parameters) -> float:
    """How far someone follows the script where the rules prescribe nothing.

    Parameters
    ----------
    party
        The actor's view of the other.
    reserve
        How far the actor stays behind the role at present, but for trust and mistrust, 0..1.
    frames
        The repertoire of frames.
    parameters
        Uses ``formality`` and the numbers of ``lasting`` about trust.
    """
    if parameters.trust_openness > 0.0:
        trusts, mistrusts = trust(party, parameters)
        reserve = trusting_reserve(reserve, trusts, mistrusts, parameters.trust_openness)
    role = role_share(parameters.formality, reserve)
    if parameters.formality_lock == 0.0:
        return role
    formal = 0.0
    for k in range(party.definition.shape[0]):
        if frames.kind[k] == FORMAL:
            formal += party.definition[k]
    return formal_role_share(role, formal, parameters.formality_lock)


# Reading


@compiled
def predict(party: Party, turn: Turn, occasion: Occasion, chances: Floats) -> None:
    """Write down what someone expects the other to do who acts as a person.

    Parameters
    ----------
    party
        The reader's view of the other.
    turn
        The other's turn.
    occasion
        What is answered: the reader's own act.
    chances
        Probabilities of the feasible acts, shape (at least ``turn.feasible``,), which are overwritten.
    """
    before, count = occasion.before, turn.feasible
    answers = before != NOTHING_BEFORE and turn.contingent
    for j in range(count):
        chances[j] = 0.0
    for k in range(party.definition.shape[0]):
        weight = party.definition[k]
        if answers:
            weight /= turn.will_sum[before, k]
        for j in range(count):
            chances[j] += weight * turn.will[k, j]
    if answers:
        for j in range(count):
            chances[j] *= turn.answers[before, j]


@compiled
def _over_frames(party: Party, table: Floats, deed: Deed) -> float:
    """Mean over what the relationship may be of a number that each frame has for an act in a manner."""
    mean = 0.0
    for k in range(party.definition.shape[0]):
        mean += party.definition[k] * table[k, deed.act, deed.manner]
    return mean


@compiled
def predicted_manner(party: Party, turn: Turn, deed: Deed) -> float:
    """How likely someone takes it to be that the other does an act in a manner, if the other does it at all.

    Parameters
    ----------
    party
        The reader's view of the other.
    turn
        The other's turn.
    deed
        The act, and the manner.
    """
    return _over_frames(party, turn.manner, deed)


@compiled
def disturbance(party: Party, turn: Turn, deed: Deed) -> float:
    """How disturbing it is what the other does: its mean deflection over the frames.

    Parameters
    ----------
    party
        The reader's view of the other.
    turn
        The other's turn.
    deed
        The act seen, and its manner.
    """
    return _over_frames(party, turn.disturbance, deed)


@compiled
def known_rules(party: Party, occasion: Occasion) -> float:
    """How far a party knows, on this occasion, what the rules prescribe.

    Parameters
    ----------
    party
        The reader's view of the other.
    occasion
        Tells whether the rule is explained now; where nothing is said of it, it counts how far rules are known.
    """
    return party.known_rules if occasion.explained < 0.0 else occasion.explained


@compiled
def update(party: Party, turn: Turn, reading: Reading, frames: FrameRecord, parameters: Parameters, row: Row) -> float:
    """Let someone be moved by an act of the other, as it was seen.

    Parameters
    ----------
    party
        The reader's view of the other, which is changed.
    turn
        The other's turn.
    reading
        The act seen, and what it may have come from.
    frames
        The repertoire of frames.
    parameters
        All numbers of the centre.
    row
        Row of the events table, to which is written how it felt, and the shares as they are when trust has had its say.

    Returns
    -------
    How much the act counts, 0..1.
    """
    p, occasion, deed = parameters, reading.occasion, reading.deed
    manner = turn.shift[deed.manner, 0]
    by_itself = turn.evaluation[deed.act] - occasion.shortfall - party.standard
    good = by_itself + manner
    trusts, mistrusts = trust(party, p)
    impersonal, unexplained = p.impersonal_weight, 1.0
    if turn.mandated:
        known = known_rules(party, occasion)
        unexplained = 1.0 - p.procedural_weight * known
        if good < 0.0:
            impersonal = explained_impersonal_weight(impersonal, p.procedural_weight, known)
    hurts = 0.0
    if good < 0.0:
        felt = felt_evaluation(personal_weight(reading.person_share, impersonal), by_itself, manner)
        if felt < 0.0:
            hurts = hurt(occasion.stake, -felt, trusts, p.betrayal_weight, party.negativity)
    believed = trusts if good > 0.0 else mistrusts
    person = trusting_person_share(reading.person_share, believed, p.trust_override, abs(good))
    row.role_share, row.strain_share, row.person_share = reading.role_share, reading.strain_share, person
    if person != reading.person_share:
        row.role_share *= (1.0 - person) / (1.0 - reading.person_share)
        row.strain_share *= (1.0 - person) / (1.0 - reading.person_share)
    weight = personal_weight(person, impersonal)
    felt = row.felt = felt_evaluation(weight, by_itself, manner)

    redefine(party, turn, reading, (trusts, mistrusts), frames, p)
    rate = min(1.0, p.tone_learning_rate * occasion.stake)  # what is at stake counts in its own direction alone
    warms, sours = (rate, p.tone_learning_rate) if felt > 0.0 else (p.tone_learning_rate, rate)
    party.positivity = updated_positivity(party.positivity, felt, warms)
    party.negativity = updated_negativity(party.negativity, felt, sours, p.negativity_weight)
    if turn.role == KEYWORKER:
        coerces = coercion_weight(weight, unexplained, p.deed_coercion) if turn.mandated else weight
        party.felt_coercion = updated_felt_coercion(
            party.felt_coercion,
            coerces,
            good,
            turn.potency[deed.act] + turn.shift[deed.manner, 1],
            min(1.0, p.coercion_learning_rate * occasion.stake),
        )
    if hurts > p.offence_threshold:
        party.grievance = max(party.grievance, p.grievance_size * hurts)
    return weight


@compiled
def redefine(
    party: Party,
    turn: Turn,
    reading: Reading,
    trust_and_mistrust: tuple[float, float],
    frames: FrameRecord,
    parameters: Parameters,
) -> None:
    """Move the party's definition of the relationship by what the act seen says about each frame.

    It is drawn back to the expectation, for which trust, mistrust and the lack of both speak as well.

    Parameters
    ----------
    party
        The reader's view of the actor, which is changed.
    turn
        The turn of the act.
    reading
        The act seen, and what it may have come from.
    trust_and_mistrust
        How far the party trusts and mistrusts the other, shares.
    frames
        The repertoire of frames.
    parameters
        All numbers of the centre.
    """
    p, (act, manner), believed = parameters, reading.deed, reading.believed
    trusts, mistrusts = trust_and_mistrust
    script = scripted(turn, reading.occasion, act)
    for k in range(party.definition.shape[0]):
        kind = frames.kind[k]
        bound = trusts if kind == PERSONAL else mistrusts if kind == ADVERSARIAL else (1.0 - trusts) * (1.0 - mistrusts)
        willing = willed(turn, reading.occasion, k, act)
        probability = expected(script, turn.strain[act], willing, believed.role, believed.strain)
        probability *= turn.manner[k, act, manner]
        party.log_weights[k] = updated_log_weight(
            party.log_weights[k],
            party.expectation[k] + p.trust_binding * bound,
            log_evidence(probability, p.lapse_rate),
            p.definition_learning_rate,
            p.expectation_anchoring,
        )
    define(party)


# Hooks


@compiled
def start(party: Party, standard: float, parameters: Parameters) -> None:
    """Begin a view of the other, the expectation being set, with some credit and nothing open.

    Parameters
    ----------
    party
        A party's view of the other, which is changed.
    standard
        Evaluation that the party expects of an act, EPA units.
    parameters
        Uses ``first_credit``.
    """
    for k in range(party.definition.shape[0]):
        party.log_weights[k] = party.expectation[k]
    party.standard, party.grievance = standard, 0.0
    party.positivity, party.negativity = parameters.first_credit, 0.0
    define(party)


@compiled
def morning(party: Party, parameters: Parameters) -> None:
    """A new day: an open grievance has faded a little, and makes tension.

    Parameters
    ----------
    party
        A party's view of the other, which is changed.
    parameters
        Uses ``grievance_half_life`` and ``grievance_tension``.
    """
    if party.grievance > 0.0:
        party.grievance = grievance_left(party.grievance, parameters.grievance_half_life)
        party.tension += parameters.grievance_tension * party.grievance


@compiled
def hear_peer(client: Party, friend: Party, frames: FrameRecord, parameters: Parameters) -> None:
    """A friend talks about the staff, and the ward's opposition talks with him; of a grievance he tells as well.

    Parameters
    ----------
    client
        The listener's view of the keyworker, which is changed.
    friend
        The friend's view of his keyworker.
    frames
        The repertoire of frames.
    parameters
        Uses ``opposition``, ``peer_influence`` and ``hearsay``.
    """
    for k in range(client.definition.shape[0]):
        heard = with_opposition(friend.log_weights[k], parameters.opposition, frames.benign[k])
        client.expectation[k] = move_toward(client.expectation[k], heard, parameters.peer_influence)
    told = min(1.0, parameters.opposition) * friend.grievance
    if told > client.negativity:
        client.negativity = move_toward(client.negativity, told, parameters.hearsay)


@compiled
def talk_ended(
    client: Party, keyworker: Party, parameters: Parameters, draws: tuple[float, float]
) -> tuple[bool, bool]:
    """A repair talk has succeeded: definitions converge, and what the other recognises is mended.

    Parameters
    ----------
    client, keyworker
        Both parties' views of each other, which are changed.
    parameters
        Uses ``talk_convergence`` and ``repair_opportunity``.
    draws
        Two uniform draws: whether the client's, and the keyworker's, grievance is mended.

    Returns
    -------
    Whether the client's, and the keyworker's, grievance was mended.
    """
    for k in range(client.definition.shape[0]):
        his, hers = client.definition[k], keyworker.definition[k]
        client.log_weights[k] = math.log(converged(his, hers, parameters.talk_convergence))
        keyworker.log_weights[k] = math.log(converged(hers, his, parameters.talk_convergence))
    define(client)
    define(keyworker)
    opportunity = parameters.repair_opportunity
    his_is_mended = client.grievance > 0.0 and draws[0] < mending_chance(keyworker.insight, opportunity)
    hers_is_mended = keyworker.grievance > 0.0 and draws[1] < mending_chance(client.insight, opportunity)
    if his_is_mended:
        client.grievance = 0.0
    if hers_is_mended:
        keyworker.grievance = 0.0
    return his_is_mended, hers_is_mended


@compiled
def carry_over(client: Party, parameters: Parameters) -> None:
    """A new keyworker takes over: the client keeps part of how he saw the one before.

    Parameters
    ----------
    client
        The client's view of the keyworker who has left, which becomes that of the new one.
    parameters
        Uses ``carry_over_to_new_keyworker``, ``first_credit`` and ``parting_loss``.
    """
    carried = parameters.carry_over_to_new_keyworker
    for k in range(client.definition.shape[0]):
        client.log_weights[k] = move_toward(client.expectation[k], client.log_weights[k], carried)
    define(client)
    good = move_toward(parameters.first_credit, client.positivity, carried)
    client.positivity = max(0.0, good - parameters.parting_loss)
    client.negativity *= carried
    client.grievance *= carried


@compiled
def learn_from_experience(party: Party, rate: float) -> None:
    """An evening: what someone expects moves a little toward what the relationship is taken to be.

    Parameters
    ----------
    party
        A party's view of the other, which is changed.
    rate
        Share of the distance, 0..1.
    """
    for k in range(party.definition.shape[0]):
        party.expectation[k] = move_toward(party.expectation[k], party.log_weights[k], rate)
