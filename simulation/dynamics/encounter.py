"""One encounter of two people, as a story. READ THIS FIRST.

Someone acts: out of the role, out of strain, or as the person for whom this relationship is such and such. The other
sees an act, not its source, and sees it through what the relationship is taken to be: takes it for this or that, puts
it down to the role, to strain or to the person, and is moved by it. Then it is the other's turn.

``choose`` and ``read`` are the two halves; the agents of the Mesa model and the compiled runner call the same ones. A
*party* is one side's record (``twoway.simulation.state``), a *turn* what is feasible now and how likely it is
(``twoway.simulation.action_tables``), *conditions* hold the scenario's numbers, *row* is the row of the events table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from twoway.simulation.action_tables import NOTHING_BEFORE, Encounter, Occasion, Turn, scripted
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.arrays import Floats
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.event_log import EventLog, new_row
from twoway.simulation.events import EXCHANGE, GRIEVANCE_OPENED
from twoway.simulation.interpretation import (
    Reading,
    SourceShares,
    disturbance,
    note_state,
    own_role_share,
    predict,
    role_strain,
    stance,
    update,
    will,
)
from twoway.simulation.random_streams import Draws, encounter_draws, exchange_draws
from twoway.simulation.rules.choice import act_source, mandated_share, present_reserve, role_share
from twoway.simulation.rules.reading import (
    attribution_share,
    believed_role,
    believed_strain,
    expected,
    perception_weight,
    person_share,
    updated_presumed_reserve,
)
from twoway.simulation.rules.tension import tension_added
from twoway.simulation.sampling import drawn_from, pick
from twoway.simulation.state import Pair, Party, Row

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters

ROLE, STRAIN, PERSON = 0, 1, 2
"""Sources of an act, in the order of ``twoway.simulation.columns.SOURCES``."""


class Meeting(NamedTuple):
    """An encounter that takes place: its day (from 1), its kind, and the role of who opens it."""

    day: int
    kind: int
    opener: int


class Course(NamedTuple):
    """How far an encounter has come.

    Attributes
    ----------
    exchanges
        Number of exchanges so far.
    good
        Number of those that were read as good.
    meant, seen
        Number of the last act as it was meant, and as it was seen (1 plus its code); ``NOTHING_BEFORE`` at first.
    bad
        Whether what was seen last was bad.
    """

    exchanges: int
    good: int
    meant: int
    seen: int
    bad: bool


class Approach(NamedTuple):
    """How both come to an encounter: the frame either has taken, and whether the keyworker bends the rules."""

    client_frame: int
    keyworker_frame: int
    bent: bool


@compiled
def acting_from(actor: Party, turn: Turn, bent: bool, conditions: Conditions) -> SourceShares:
    """How far the actor follows the script (the mandate, unless the rules are bent), and acts from strain.

    Parameters
    ----------
    actor
        The actor's view of the other.
    turn
        Whose turn it is, and whether the rules mandate the act.
    bent
        Whether the keyworker bends the rules.
    conditions
        Conditions of the centre.

    Returns
    -------
    The shares as they are.
    """
    role = own_role_share(actor, present_reserve(actor.reserve, actor.distance), conditions)
    if turn.mandated and not bent:
        role = mandated_share(role, conditions.parameters.mandate)
    return SourceShares(role, actor.strain)


@compiled
def choose(
    actor: Party,
    turn: Turn,
    occasion: Occasion,
    frame: int,
    bent: bool,
    conditions: Conditions,
    draws: tuple[float, float],
    row: Row,
) -> int:
    """Choose an act, for someone who takes the relationship to be *frame*; only strain does not answer the act before.

    Doing what the frame forbids leaves tension in the doer.

    Parameters
    ----------
    actor
        The actor's view of the other; role strain adds to its tension.
    turn
        What is feasible, and how likely the script, strain and each frame make it.
    occasion
        What is answered: the act before as the actor saw it.
    frame
        Number of the frame that the actor has taken for this encounter.
    bent
        Whether the keyworker bends the rules.
    conditions
        Conditions of the centre.
    draws
        Two uniform draws: the source of the act, and which act it is.
    row
        Row of the events table, to which frame, source, act and the actor's tension are written.

    Returns
    -------
    The act's place among those feasible in the turn.
    """
    parameters = conditions.parameters
    acting = acting_from(actor, turn, bent, conditions)
    source = act_source(draws[0], acting.role, acting.strain * turn.strained)
    chances = conditions.seen[: turn.feasible]
    for j in range(turn.feasible):
        if source == ROLE:
            chances[j] = scripted(turn, occasion, j)
        elif source == STRAIN:
            chances[j] = turn.strain[j]
        else:
            chances[j] = will(frame, turn, occasion, j)
    act = drawn_from(chances, draws[1])
    actor.tension += tension_added(
        role_strain(frame, turn, act), parameters.deflection_tolerance, parameters.role_strain_weight
    )
    row.actor_frame, row.source, row.act, row.actor_tension = frame, source, turn.act[act], actor.tension
    return act


@compiled
def perceive(
    turn: Turn,
    occasion: Occasion,
    act: int,
    personal: Floats,
    believed: SourceShares,
    assimilation: float,
    draw: float,
    seen: Floats,
) -> int:
    """Draw what the reader takes an act for: something like what was done, and like what was expected.

    Parameters
    ----------
    turn
        What was feasible, and how likely script and strain make it.
    occasion
        What is answered: the reader's own last act as it was meant.
    act
        Place of what was done among the acts feasible in the turn.
    personal
        Probabilities of the feasible acts that the reader expects out of the person, from ``predict``.
    believed
        The sources in whose shares the reader believes.
    assimilation
        How far perception leans on what was expected, 0..1.
    draw
        Uniform draw between 0 and 1.
    seen
        Room for a weight per feasible act, shape (at least ``turn.feasible``,); afterwards cumulative.

    Returns
    -------
    Place of the act seen among the feasible ones; that of the act itself where nothing is expected.
    """
    count = turn.feasible
    openness = 1.0 / count
    for j in range(count):
        probability = expected(scripted(turn, occasion, j), turn.strain[j], personal[j], believed.role, believed.strain)
        seen[j] = perception_weight(turn.likeness[act, j], probability, assimilation, openness)
    total = 0.0
    for j in range(count):
        total += seen[j]
        seen[j] = total
    if total == 0.0:
        return act
    return pick(seen[:count], draw * total)


@compiled
def believed_sources(reader: Party, turn: Turn, acting: SourceShares, parameters: Parameters) -> SourceShares:
    """How far the reader believes the other to follow the script, and to act out of strain.

    Of what the actor acts from, the reader knows what formality, acquaintance, known rules and insight show.

    Parameters
    ----------
    reader
        The reader's view of the actor.
    turn
        The actor's turn.
    acting
        What the actor truly acts from.
    parameters
        Uses ``formality``.

    Returns
    -------
    The shares as the reader believes them to be.
    """
    role = role_share(parameters.formality, reader.presumed_reserve)
    if turn.mandated:
        role = believed_role(role, reader.known_rules, acting.role)
    return SourceShares(role, believed_strain(reader.insight, acting.strain * turn.strained))


@compiled
def read(
    reader: Party,
    turn: Turn,
    occasion: Occasion,
    act: int,
    acting: SourceShares,
    conditions: Conditions,
    draw: float,
    row: Row,
) -> int:
    """Read an act of the other: see it, put it down to something, and be moved by it.

    Parameters
    ----------
    reader
        The reader's view of the actor, which is changed.
    turn
        What was feasible, and how likely the script, strain and each frame make it.
    occasion
        What is answered: the reader's own last act as it was meant.
    act
        Place of what was done among the acts feasible in the turn.
    acting
        What the actor truly acts from.
    conditions
        Conditions of the centre.
    draw
        Uniform draw between 0 and 1: as what the act is seen.
    row
        Row of the events table, to which what was seen, expected and felt is written.

    Returns
    -------
    Place of the act that was seen.
    """
    parameters = conditions.parameters
    believed = believed_sources(reader, turn, acting, parameters)
    role, strain = believed
    personal = conditions.personal
    predict(reader, turn, occasion, personal)
    b = perceive(turn, occasion, act, personal, believed, parameters.perceptual_assimilation, draw, conditions.seen)

    script, disturbs = scripted(turn, occasion, b), disturbance(reader, turn, b)
    probability = expected(script, turn.strain[b], personal[b], role, strain)
    row.expected, row.disturbance, row.seen = probability, disturbs, turn.act[b]
    role_part = attribution_share(role * script, probability)
    strain_part = attribution_share((1.0 - role) * strain * turn.strain[b], probability)
    reading = Reading(occasion, b, believed, role_part, strain_part, person_share(role_part, strain_part))

    weight = update(reader, turn, reading, conditions, row)
    if not turn.mandated:  # what the rules prescribe tells nothing of the person who does it
        reader.presumed_reserve = updated_presumed_reserve(
            reader.presumed_reserve, role, role_part, parameters.formality, parameters.reserve_learning_rate
        )
    reader.tension += tension_added(disturbs, parameters.deflection_tolerance, weight)
    note_state(reader, row)
    return b


@compiled
def approach(meeting: Meeting, pair: Pair, conditions: Conditions, draws: Draws) -> Approach:
    """How client and keyworker come to an encounter.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    pair
        The dyad with both parties and the post.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    """
    _, client, keyworker, bends = encounter_draws(draws, pair.number, meeting.day, meeting.kind)
    return Approach(
        stance(pair.client, meeting.opener == CLIENT, conditions.frames, client),
        stance(pair.keyworker, meeting.opener == KEYWORKER, conditions.frames, keyworker),
        bends < conditions.parameters.discretion,
    )


@compiled
def exchange_row(meeting: Meeting, exchange: int, turn: Turn, coming: Approach, pair: Pair, log: EventLog) -> int:
    """Begin a row about an exchange: when, in what, and whose turn it is.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    exchange
        Number of the exchange in the encounter, from 0.
    turn
        The actor's turn.
    coming
        The frames that both have taken, and whether the rules are bent.
    pair
        The dyad that the row is about.
    log
        Event log, to which rows are added.

    Returns
    -------
    Index of the row in ``log.rows``.
    """
    index = new_row(log, EXCHANGE, meeting.day, turn.role, pair)
    row = log.rows[index]
    row.encounter, row.exchange, row.bent = meeting.kind, exchange, coming.bent and turn.mandated
    row.reader_frame = coming.keyworker_frame if turn.role == CLIENT else coming.client_frame
    return index


@compiled
def part(meeting: Meeting, pair: Pair, exchanges: int) -> None:
    """The end of an encounter: whoever opened it has confronted the other if that was the intention.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    pair
        The dyad with both parties and the post; changed in place.
    exchanges
        Number of exchanges it had.
    """
    if meeting.opener == CLIENT:
        pair.client.confronting = 0.0
    else:
        pair.keyworker.confronting = 0.0
    pair.dyad.exchanges += exchanges


@compiled
def note_grievance(meeting: Meeting, turn: Turn, seen: int, pair: Pair, log: EventLog) -> None:
    """Note down that what was just seen has opened a grievance in the reader.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    turn
        The turn of the act.
    seen
        Place of the act seen among those feasible in the turn.
    pair
        The dyad with both parties and the post.
    log
        Event log, to which a row is added.
    """
    reader, who = (pair.keyworker, KEYWORKER) if turn.role == CLIENT else (pair.client, CLIENT)
    row = log.rows[new_row(log, GRIEVANCE_OPENED, meeting.day, who, pair)]
    row.encounter, row.seen = meeting.kind, turn.act[seen]
    note_state(reader, row)


@compiled
def goes_on(course: Course, kind: Encounter) -> bool:
    """Whether an encounter goes on: it has its usual length, and more while what was seen last was bad.

    Parameters
    ----------
    course
        Course of the encounter so far.
    kind
        Kind of the encounter.
    """
    return course.exchanges < kind.exchanges or (course.bad and course.exchanges < kind.longest)


@compiled
def after_exchange(course: Course, turn: Turn, act: int, seen: int, good_from: float) -> Course:
    """The course of an encounter after one more exchange.

    Parameters
    ----------
    course
        Course of the encounter before.
    turn
        The turn of the act.
    act, seen
        Places of the act and of what it was taken for among those feasible in the turn.
    good_from
        Evaluation from which on an act is good, EPA units.
    """
    return Course(
        course.exchanges + 1,
        course.good + int(turn.evaluation[seen] >= good_from),
        1 + turn.act[act],
        1 + turn.act[seen],
        turn.evaluation[seen] < 0.0,
    )


@compiled
def encounter(meeting: Meeting, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> Course:
    """Let two people meet: the parties alternate, beginning with whoever opens.

    Everyone answers the act of the other as it was seen, and expects an answer to the own act as it was meant.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    pair
        The dyad with both parties and the post; changed in place.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    log
        Event log, to which rows are added.

    Returns
    -------
    The course the encounter took.
    """
    kind = conditions.encounters[meeting.kind]
    coming = approach(meeting, pair, conditions, draws)
    course = Course(0, 0, NOTHING_BEFORE, NOTHING_BEFORE, False)
    while goes_on(course, kind):
        turn = conditions.turns[kind.turn[meeting.opener, course.exchanges]]
        row = log.rows[exchange_row(meeting, course.exchanges, turn, coming, pair, log)]
        source, which, seen = exchange_draws(draws, pair.number, meeting.day, meeting.kind, course.exchanges)
        actor, reader, frame = pair.client, pair.keyworker, coming.client_frame
        if turn.role == KEYWORKER:
            actor, reader, frame = pair.keyworker, pair.client, coming.keyworker_frame
        acting = acting_from(actor, turn, coming.bent, conditions)
        act = choose(actor, turn, Occasion(course.seen, 0.0), frame, coming.bent, conditions, (source, which), row)
        aggrieved = reader.grievance > 0.0
        seen_as = read(reader, turn, Occasion(course.meant, 0.0), act, acting, conditions, seen, row)
        if reader.grievance > 0.0 and not aggrieved:
            note_grievance(meeting, turn, seen_as, pair, log)
        course = after_exchange(course, turn, act, seen_as, conditions.parameters.good_reading_threshold)
    part(meeting, pair, course.exchanges)
    return course
