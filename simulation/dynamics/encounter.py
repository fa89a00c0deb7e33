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

from twoway.simulation.action_tables import (
    NOTHING_BEFORE,
    PLAIN,
    UNSAID,
    Deed,
    Encounter,
    Occasion,
    Turn,
    plainly,
    scripted,
    write_script_chances,
)
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.arrays import Floats
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions, FrameRecord
from twoway.simulation.dynamics.answers import answered
from twoway.simulation.event_log import EventLog, new_row
from twoway.simulation.events import EXCHANGE, GRIEVANCE_OPENED
from twoway.simulation.interpretation import (
    Reading,
    SourceShares,
    chosen_manner,
    disturbance,
    known_rules,
    note_state,
    own_role_share,
    predict,
    predicted_manner,
    role_strain,
    stance,
    update,
    will,
)
from twoway.simulation.matters import NO_MATTER
from twoway.simulation.random_streams import Draws, encounter_draws, exchange_draws, manner_draws
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


class Subject(NamedTuple):
    """What an encounter is about.

    Attributes
    ----------
    matter
        Number of the matter, or ``NO_MATTER``.
    hardness, stake, explained, shortfall
        As in ``Occasion``; they hold for what the keyworker does first, in control or in answer to a request.
    """

    matter: int
    hardness: float
    stake: float
    explained: float
    shortfall: float


@compiled
def no_subject() -> Subject:
    """An encounter about nothing in particular.

    >>> no_subject().stake
    1.0
    """
    return Subject(NO_MATTER, 0.0, 1.0, UNSAID, 0.0)


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
def acting_from(actor: Party, turn: Turn, bent: bool, frames: FrameRecord, parameters: Parameters) -> SourceShares:
    """How far the actor follows the script (the mandate, unless the rules are bent), and acts from strain.

    Parameters
    ----------
    actor
        The actor's view of the other.
    turn
        Whose turn it is, and whether the rules mandate the act.
    bent
        Whether the keyworker bends the rules.
    frames
        The repertoire of frames.
    parameters
        Uses ``formality``, ``mandate`` and the numbers of ``lasting`` about trust.

    Returns
    -------
    The shares as they are.
    """
    role = own_role_share(actor, present_reserve(actor.reserve, actor.distance), frames, parameters)
    if turn.mandated and not bent:
        role = mandated_share(role, parameters.mandate)
    return SourceShares(role, actor.strain)


@compiled
def choose(
    actor: Party,
    turn: Turn,
    occasion: Occasion,
    frame: int,
    bent: bool,
    conditions: Conditions,
    draws: tuple[float, float, float],
    row: Row,
) -> Deed:
    """Choose an act, for someone who takes the relationship to be *frame*; only strain does not answer the act before.

    Whatever the act comes from, its manner is the person's own.

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
        Three uniform draws: the source of the act, which act it is, and in what manner it is done.
    row
        Row of the events table, to which frame, source, act, manner and the actor's tension are written.
    """
    parameters = conditions.parameters
    acting = acting_from(actor, turn, bent, conditions.frames, parameters)
    source = act_source(draws[0], acting.role, acting.strain * turn.strained)
    chances = conditions.room.seen
    if source == ROLE:
        write_script_chances(turn, occasion, chances)
    elif source == STRAIN:
        for j in range(turn.feasible):
            chances[j] = turn.strain[j]
    else:
        will(frame, turn, occasion, chances)
    act = drawn_from(chances[: turn.feasible], draws[1])
    deed = Deed(act, chosen_manner(frame, turn, act, draws[2]) if turn.mannered[act] > 0 else PLAIN)
    actor.tension += tension_added(
        role_strain(frame, turn, act), parameters.deflection_tolerance, parameters.role_strain_weight
    )
    row.actor_frame, row.source, row.act, row.actor_tension = frame, source, turn.act[act], actor.tension
    if turn.mannered[act] > 0:
        row.manner = deed.manner
    return deed


@compiled
def _picked(weights: Floats, draw: float, done: int) -> int:
    """Which one is seen, by weights that become cumulative; what was *done* where all of them are 0."""
    total = 0.0
    for j in range(weights.shape[0]):
        total += weights[j]
        weights[j] = total
    return done if total == 0.0 else pick(weights, draw * total)


@compiled
def perceive(
    turn: Turn,
    act: int,
    script: Floats,
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
    act
        Place of what was done among the acts feasible in the turn.
    script
        Probabilities of the feasible acts that the script gives, from ``write_script_chances``.
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
        probability = expected(script[j], turn.strain[j], personal[j], believed.role, believed.strain)
        seen[j] = perception_weight(turn.likeness[act, j], probability, assimilation, openness)
    return _picked(seen[:count], draw, act)


@compiled
def perceive_manner(
    reader: Party, turn: Turn, done: int, act: int, assimilation: float, draw: float, seen: Floats
) -> int:
    """Draw in what manner the reader takes an act to be done: something like it was, and like what was expected.

    Parameters
    ----------
    reader
        The reader's view of the actor.
    turn
        The actor's turn.
    done
        The manner in which the act was done.
    act
        Place of the act seen among the feasible ones.
    assimilation
        How far perception leans on what was expected, 0..1.
    draw
        Uniform draw between 0 and 1.
    seen
        Room for a weight per manner; afterwards cumulative.
    """
    count = turn.shift.shape[0]
    for m in range(count):
        chance = predicted_manner(reader, turn, Deed(act, m))
        seen[m] = perception_weight(turn.manner_likeness[done, m], chance, assimilation, 1.0 / count)
    return _picked(seen[:count], draw, done)


@compiled
def believed_sources(
    reader: Party, turn: Turn, occasion: Occasion, acting: SourceShares, parameters: Parameters
) -> SourceShares:
    """How far the reader believes the other to follow the script, and to act out of strain.

    Of what the actor acts from, the reader knows what formality, acquaintance, known rules and insight show.

    Parameters
    ----------
    reader
        The reader's view of the actor.
    turn
        The actor's turn.
    occasion
        Tells whether the rule behind the act is explained.
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
        role = believed_role(role, known_rules(reader, occasion), acting.role)
    return SourceShares(role, believed_strain(reader.insight, acting.strain * turn.strained))


@compiled
def read(
    reader: Party,
    turn: Turn,
    occasion: Occasion,
    deed: Deed,
    acting: SourceShares,
    conditions: Conditions,
    draws: tuple[float, float],
    row: Row,
) -> Deed:
    """Read an act of the other: see it, put it down to something, and be moved by it.

    Parameters
    ----------
    reader
        The reader's view of the actor, which is changed.
    turn
        What was feasible, and how likely the script, strain and each frame make it.
    occasion
        What is answered: the reader's own last act as it was meant.
    deed
        What was done, and in what manner.
    acting
        What the actor truly acts from.
    conditions
        Conditions of the centre.
    draws
        Two uniform draws: as what the act is seen, and as done in what manner.
    row
        Row of the events table, to which what was seen, expected and felt is written.

    Returns
    -------
    What it was taken for.
    """
    assimilation = conditions.parameters.perceptual_assimilation
    script, personal = conditions.room.script, conditions.room.personal
    believed = believed_sources(reader, turn, occasion, acting, conditions.parameters)
    write_script_chances(turn, occasion, script)
    predict(reader, turn, occasion, personal)
    room, manner = conditions.room.seen, PLAIN
    b = perceive(turn, deed.act, script, personal, believed, assimilation, draws[0], room)
    if turn.mannered[b] > 0:
        manner = perceive_manner(reader, turn, deed.manner, b, assimilation, draws[1], room)
    seen = Deed(b, manner)
    take_in(reader, turn, occasion, seen, believed, conditions, row)
    return seen


@compiled
def take_in(
    reader: Party,
    turn: Turn,
    occasion: Occasion,
    seen: Deed,
    believed: SourceShares,
    conditions: Conditions,
    row: Row,
) -> None:
    """Put an act that was seen down to something, and be moved by it.

    Parameters
    ----------
    reader
        The reader's view of the actor, which is changed.
    turn
        What was feasible, and how likely the script, strain and each frame make it.
    occasion
        What is answered, and what is at stake.
    seen
        What was seen, and in what manner.
    believed
        The sources in whose shares the reader believes.
    conditions
        Conditions of the centre; ``personal`` holds what the reader expects out of the person, from ``predict``.
    row
        Row of the events table, to which what was seen, expected and felt is written.
    """
    parameters, personal = conditions.parameters, conditions.room.personal
    b, (role, strain) = seen.act, believed
    script, disturbs = scripted(turn, occasion, b), disturbance(reader, turn, seen)
    probability = expected(script, turn.strain[b], personal[b], role, strain)
    row.expected, row.disturbance, row.seen = probability, disturbs, turn.act[b]
    if turn.mannered[b] > 0:
        row.manner_seen = seen.manner
    role_part = attribution_share(role * script, probability)
    strain_part = attribution_share((1.0 - role) * strain * turn.strain[b], probability)
    reading = Reading(occasion, seen, believed, role_part, strain_part, person_share(role_part, strain_part))

    weight = update(reader, turn, reading, conditions.frames, parameters, row)
    if not turn.mandated:  # what the rules prescribe tells nothing of the person who does it
        reader.presumed_reserve = updated_presumed_reserve(
            reader.presumed_reserve, role, role_part, parameters.formality, parameters.reserve_learning_rate
        )
    reader.tension += tension_added(disturbs, parameters.deflection_tolerance, weight)
    note_state(reader, row)


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
def exchange_row(
    meeting: Meeting, subject: Subject, exchange: int, turn: Turn, coming: Approach, pair: Pair, log: EventLog
) -> int:
    """Begin a row about an exchange: when, in what, about what, and whose turn it is.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    subject
        What it is about.
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
    row.matter = subject.matter
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
def note_grievance(meeting: Meeting, matter: int, turn: Turn, seen: int, pair: Pair, log: EventLog) -> None:
    """Note down that what was just seen has opened a grievance in the reader.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    matter
        Number of the matter it was about, or ``NO_MATTER``.
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
    row.encounter, row.seen, row.matter = meeting.kind, turn.act[seen], matter
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
def after_exchange(course: Course, turn: Turn, act: int, seen: Deed, good_from: float) -> Course:
    """The course of an encounter after one more exchange.

    Parameters
    ----------
    course
        Course of the encounter before.
    turn
        The turn of the act.
    act
        Place of the act among those feasible in the turn.
    seen
        What it was taken for.
    good_from
        Evaluation from which on an act is good, EPA units.
    """
    evaluation = turn.evaluation[seen.act] + turn.shift[seen.manner, 0]
    return Course(
        course.exchanges + 1,
        course.good + int(evaluation >= good_from),
        1 + turn.act[act],
        1 + turn.act[seen.act],
        evaluation < 0.0,
    )


@compiled
def occasions(subject: Subject, turn: Turn, course: Course) -> tuple[Occasion, Occasion]:
    """On what occasion someone acts, and on what occasion the other reads the act.

    What the keyworker does first is about the subject: her first act in control, or her answer to a request.

    Parameters
    ----------
    subject
        What the encounter is about.
    turn
        Whose turn it is.
    course
        Course of the encounter so far.
    """
    if turn.role == CLIENT or course.exchanges > 1:
        return plainly(course.seen), plainly(course.meant)
    at_stake = Occasion(course.meant, subject.hardness, subject.stake, subject.explained, subject.shortfall)
    return Occasion(course.seen, subject.hardness, 1.0, UNSAID, 0.0), at_stake


@compiled
def draws_of_exchange(
    meeting: Meeting, turn: Turn, exchange: int, pair: Pair, draws: Draws
) -> tuple[tuple[float, float, float], tuple[float, float]]:
    """The draws with which someone chooses, and those with which the other reads.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    turn
        Whose turn it is; where there is one manner only, none is drawn.
    exchange
        Number of the exchange in the encounter, from 0.
    pair
        The dyad with both parties and the post.
    draws
        Draws of the centre in this replicate.
    """
    source, act, seen = exchange_draws(draws, pair.number, meeting.day, meeting.kind, exchange)
    manner, manner_seen = 0.5, 0.5
    if turn.shift.shape[0] > 1:
        manner, manner_seen = manner_draws(draws, pair.number, meeting.day, meeting.kind, exchange)
    return (source, act, manner), (seen, manner_seen)


@compiled
def note_occasion(subject: Subject, reading: Occasion, day: int, turn: Turn, act: int, pair: Pair, row: Row) -> None:
    """Write down what was at stake in an exchange, and what a request has come to by it.

    Parameters
    ----------
    subject
        What the encounter is about.
    reading
        Occasion on which the act was read.
    day
        Day of the stay, from 1.
    turn
        The turn of the act.
    act
        Place of what was done among the acts feasible in the turn.
    pair
        The dyad with both parties and the post; changed in place.
    row
        Row of the exchange.
    """
    if subject.matter == NO_MATTER:
        return
    row.hardness, row.stake, row.shortfall = reading.hardness, reading.stake, reading.shortfall
    if reading.explained != UNSAID:
        row.explained = reading.explained
    if turn.decided > 0.0:
        row.matter_state = answered(subject.matter, reading.explained, day, turn, act, pair)


@compiled
def encounter(
    meeting: Meeting, subject: Subject, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog
) -> Course:
    """Let two people meet: the parties alternate, beginning with whoever opens.

    Everyone answers the act of the other as it was seen, and expects an answer to the own act as it was meant.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    subject
        What it is about.
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
        row = log.rows[exchange_row(meeting, subject, course.exchanges, turn, coming, pair, log)]
        doing_draws, seeing_draws = draws_of_exchange(meeting, turn, course.exchanges, pair, draws)
        actor, reader, frame = pair.client, pair.keyworker, coming.client_frame
        if turn.role == KEYWORKER:
            actor, reader, frame = pair.keyworker, pair.client, coming.keyworker_frame
        doing, reading = occasions(subject, turn, course)
        acting = acting_from(actor, turn, coming.bent, conditions.frames, conditions.parameters)
        deed = choose(actor, turn, doing, frame, coming.bent, conditions, doing_draws, row)
        aggrieved = reader.grievance > 0.0
        seen_as = read(reader, turn, reading, deed, acting, conditions, seeing_draws, row)
        note_occasion(subject, reading, meeting.day, turn, deed.act, pair, row)
        if reader.grievance > 0.0 and not aggrieved:
            note_grievance(meeting, subject.matter, turn, seen_as.act, pair, log)
        course = after_exchange(course, turn, deed.act, seen_as, conditions.parameters.good_reading_threshold)
    part(meeting, pair, course.exchanges)
    return course
