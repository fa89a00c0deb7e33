"""One dyad's day: a new morning, encounters in their order, events that happen by chance, and an evening.

The compiled runner calls ``dyad_day``; the Mesa model calls its parts in the same order, so that agents can choose and
read in their own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.dynamics.chance_events import chance_events
from twoway.simulation.dynamics.encounter import Course, Meeting, Subject, encounter, no_subject
from twoway.simulation.dynamics.exits import whereabouts
from twoway.simulation.dynamics.matters import matters_due, settle_pending, subject_of
from twoway.simulation.dynamics.tension import deal_with_tension, end_talk
from twoway.simulation.event_log import EventLog
from twoway.simulation.interpretation import learn_from_experience, morning
from twoway.simulation.random_streams import Draws, encounter_draws, meeting_draws, mending_draws
from twoway.simulation.rules.choice import crisis_left, daily_chance
from twoway.simulation.rules.tension import reduced_by
from twoway.simulation.situations import EITHER, EncounterKind
from twoway.simulation.state import CENTRE, ENDED, NOBODY, PLACED, Pair

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters

EVERYDAY, PLANNED, REPAIR = int(EncounterKind.EVERYDAY), int(EncounterKind.PLANNED), int(EncounterKind.REPAIR)
SLOTS = PLANNED + 1
"""Encounters a day can have, one of each kind: the last is a repair talk if one is due, else a planned talk."""
NO_ONE = -1
"""Role of who opens an encounter that does not take place."""


@compiled
def wake(day: int, pair: Pair, parameters: Parameters) -> None:
    """A new morning: of the client's distress at admission a share is left, tension and distance have faded.

    Parameters
    ----------
    day
        Day of the stay, from 1.
    pair
        The dyad with both parties and the post; changed in place.
    parameters
        Uses ``distress_half_life``, ``tension_decay`` and ``distance_return``.
    """
    client, keyworker = pair.client, pair.keyworker
    client.strain = client.distress * crisis_left(float(day), parameters.distress_half_life)
    keyworker.strain = pair.post.strain
    client.tension = reduced_by(client.tension, parameters.tension_decay)
    keyworker.tension = reduced_by(keyworker.tension, parameters.tension_decay)
    morning(client, parameters)
    morning(keyworker, parameters)
    client.distance = reduced_by(client.distance, parameters.distance_return)
    keyworker.distance = reduced_by(keyworker.distance, parameters.distance_return)


@compiled
def begin_day(day: int, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> bool:
    """A morning of two people, unless there is no more to come for them.

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

    Returns
    -------
    Whether the day goes on: not for those whose order has ended, who stay in the tables as they were.
    """
    if pair.dyad.place == ENDED:
        return False
    wake(day, pair, conditions.parameters)
    if conditions.matters.shape[0] > 0:
        matters_due(day, pair, conditions, draws, log)
    p = conditions.parameters
    if pair.dyad.place != CENTRE or p.placing > 0.0 or p.running > 0.0:
        whereabouts(day, pair, conditions, draws, log)
    return True


@compiled
def _chance_to_meet(kind: int, day: int, pair: Pair, parameters: Parameters) -> float:
    """Probability that an encounter of a kind takes place today; who has withdrawn avoids everyday meetings."""
    if kind > EVERYDAY or (pair.client.away < day and pair.keyworker.away < day):
        return pair.post.chance[kind]
    everyday = parameters.everyday * pair.post.contact
    if pair.client.away >= day:
        everyday = reduced_by(everyday, parameters.withdrawal_avoidance)
    if pair.keyworker.away >= day:
        everyday = reduced_by(everyday, parameters.withdrawal_avoidance)
    return daily_chance(everyday)


@compiled
def _opener_of(opened_by: int, pair: Pair, draw: float) -> int:
    """Who opens an encounter: whoever its kind says; if that is either, whoever is out to confront, else by chance."""
    if opened_by != EITHER:
        return opened_by
    if pair.client.confronting != pair.keyworker.confronting:
        return CLIENT if pair.client.confronting > 0.0 else KEYWORKER
    return CLIENT if draw < 0.5 else KEYWORKER


@compiled
def meeting_in(slot: int, day: int, draw: float, pair: Pair, conditions: Conditions, draws: Draws) -> Meeting:
    """Which encounter takes place in a slot of the day; one that ``NO_ONE`` opens does not.

    With a client who is placed outside there is a talk now and then, and with one who is gone there is nothing.

    Parameters
    ----------
    slot
        Kind of encounter that may take place, from 0 to ``SLOTS`` - 1; a repair talk that is due takes the planned
        talk's place.
    day
        Day of the stay, from 1.
    draw
        Uniform draw of this slot, one of the ``meeting_draws`` of the day.
    pair
        The dyad with both parties and the post; when a repair talk begins, neither party is out to confront any more.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    """
    if pair.dyad.place != CENTRE:
        calls = slot == PLANNED and pair.dyad.place == PLACED and draw < daily_chance(conditions.parameters.follow_up)
        return Meeting(day, slot, KEYWORKER if calls else NO_ONE)
    if slot == PLANNED and pair.dyad.talk_due != NOBODY:
        pair.client.confronting, pair.keyworker.confronting = 0.0, 0.0
        return Meeting(day, REPAIR, pair.dyad.talk_due)
    if draw < _chance_to_meet(slot, day, pair, conditions.parameters):
        opens, _, _, _ = encounter_draws(draws, pair.number, day, slot)
        return Meeting(day, slot, _opener_of(conditions.encounters[slot].opened_by, pair, opens))
    return Meeting(day, slot, NO_ONE)


@compiled
def before_meeting(meeting: Meeting, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> Subject:
    """What an encounter will be about; before a planned talk, what is still open is decided.

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
    """
    if conditions.matters.shape[0] == 0:
        return no_subject()
    if meeting.kind == PLANNED:
        settle_pending(meeting.day, pair, conditions, draws, log)
    return subject_of(meeting, pair, conditions, draws)


@compiled
def after_meeting(
    meeting: Meeting, course: Course, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog
) -> None:
    """What an encounter decides when it is over: how far a plan has come, or whether a repair talk succeeded.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    course
        Course that the encounter took.
    pair
        The dyad with both parties and the post; changed in place.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    log
        Event log, to which rows are added.
    """
    if meeting.kind == PLANNED:
        pair.dyad.plan = min(1.0, pair.dyad.plan + conditions.parameters.plan_step * course.good / course.exchanges)
    if meeting.kind == REPAIR:
        mends = mending_draws(draws, pair.number, meeting.day)
        end_talk(meeting.day, course, pair, conditions.parameters, mends, log)


@compiled
def dyad_evening(day: int, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> None:
    """The dyad's evening: events by chance, tension is handled, and experience moves expectations.

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
    if pair.dyad.place == CENTRE:
        chance_events(day, pair, conditions, draws, log)
        deal_with_tension(day, pair, conditions, draws, log)
    learn_from_experience(pair.client, conditions.parameters.expectation_learning_rate)
    learn_from_experience(pair.keyworker, conditions.parameters.expectation_learning_rate)


@compiled
def dyad_day(day: int, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> None:
    """One dyad's day from morning to evening.

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
    if not begin_day(day, pair, conditions, draws, log):
        return
    meets = meeting_draws(draws, pair.number, day)
    for slot in range(SLOTS):
        meeting = meeting_in(slot, day, meets[slot], pair, conditions, draws)
        if meeting.opener != NO_ONE:
            subject = before_meeting(meeting, pair, conditions, draws, log)
            course = encounter(meeting, subject, pair, conditions, draws, log)
            after_meeting(meeting, course, pair, conditions, draws, log)
    dyad_evening(day, pair, conditions, draws, log)
