"""What encounters are about: a subject is drawn, an answer counts by its stake, and what is left open comes due."""

from __future__ import annotations

from typing import NamedTuple

from twoway.simulation.action_tables import NOTHING_BEFORE, PLAIN, UNSAID, Deed, Occasion
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.dynamics.answers import settle
from twoway.simulation.dynamics.encounter import (
    Meeting,
    Subject,
    acting_from,
    believed_sources,
    no_subject,
    note_grievance,
    take_in,
)
from twoway.simulation.dynamics.exits import relationship
from twoway.simulation.event_log import EventLog, new_row
from twoway.simulation.events import LEAVE_BEGINS, LEAVE_ENDS, LEFT_UNANSWERED, MATTER_SETTLED
from twoway.simulation.interpretation import note_state, predict
from twoway.simulation.matters import NO_MATTER, MatterState
from twoway.simulation.random_streams import Draws, matter_draws, subject_draws
from twoway.simulation.rules.exits import days_away
from twoway.simulation.rules.matters import chance_by_log_odds, insisted_stake
from twoway.simulation.rules.replies import hardened
from twoway.simulation.situations import EncounterKind
from twoway.simulation.state import CENTRE, GONE, LEAVE, Pair

CONTROL, REQUEST, PLANNED = (
    int(kind) for kind in (EncounterKind.CONTROL, EncounterKind.REQUEST, EncounterKind.PLANNED)
)
NONE, PENDING, GRANTED, REFUSED, UNANSWERED, UNDER_WAY, KEPT, LATE, FAILED = (int(state) for state in MatterState)
INDIGNITY_FADES = 0.9057
"""Share of the count of unexplained controls that is left the next morning: it halves in a week (assumed)."""
STRAIN_AGAINST_LEAVE = 3.0
"""How much a client's strain speaks for a failed leave, log-odds (assumed)."""


class Answer(NamedTuple):
    """A decision of the keyworker: the act by its place in the turn, and what becomes of the matter."""

    act: int
    state: int


@compiled
def subject_of(meeting: Meeting, pair: Pair, conditions: Conditions, draws: Draws) -> Subject:
    """What an encounter is about, how hard that is to get, how much it counts, and whether rules are explained.

    Parameters
    ----------
    meeting
        Day, kind and opener of the encounter.
    pair
        The dyad with both parties and the post; an unexplained control is counted.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    """
    matters, dyad, p = conditions.matters, pair.dyad, conditions.parameters
    if meeting.kind not in (CONTROL, REQUEST, PLANNED):
        return no_subject()
    about, explains = subject_draws(draws, pair.number, meeting.day, meeting.kind)
    matter = _raised(meeting, pair, conditions, about)
    if matter == NO_MATTER or meeting.kind == PLANNED:
        return Subject(matter, 0.0, 1.0, UNSAID, 0.0)
    m, explained = matters[matter], 1.0 if explains < pair.client.known_rules else 0.0
    if meeting.kind == REQUEST:
        stake = insisted_stake(m.stake, float(dyad.refusals[matter]), p.insistence)
        return Subject(matter, m.hardness + dyad.record[matter], stake, explained, 0.0)
    if explained > 0.0:
        return Subject(matter, 0.0, m.stake, explained, 0.0)
    stake = insisted_stake(m.stake, dyad.indignities, p.insistence)
    dyad.indignities += 1.0
    return Subject(matter, 0.0, stake, explained, p.indignity)


@compiled
def _raised(meeting: Meeting, pair: Pair, conditions: Conditions, draw: float) -> int:
    """Which matter is raised, drawn by weight among those that may be; one that is to follow comes first."""
    dyad, matters = pair.dyad, conditions.matters
    if meeting.kind == CONTROL and dyad.follows != 0:
        matter = dyad.follows - 1
        dyad.follows = 0
        return matter
    total = 0.0
    for m in range(matters.shape[0]):
        total += _weight(m, meeting, pair, conditions)
    if total == 0.0:
        return NO_MATTER
    below, raised = 0.0, NO_MATTER
    for m in range(matters.shape[0]):
        weight = _weight(m, meeting, pair, conditions)
        if weight > 0.0 and below <= draw * total:
            raised = m
        below += weight
    return raised


@compiled
def _weight(m: int, meeting: Meeting, pair: Pair, conditions: Conditions) -> float:
    """How often a matter is raised now, beside others; 0 if it may not be."""
    matter, state = conditions.matters[m], pair.dyad.matter[m]
    if matter.raised_in != meeting.kind or meeting.day < matter.from_day:
        return 0.0
    if state == UNDER_WAY or (state == GRANTED and matter.takes_effect > 0.0):
        return 0.0
    if state not in (NONE, PENDING) and meeting.day - pair.dyad.since[m] < matter.rests:
        return 0.0
    insists = state in (PENDING, REFUSED, UNANSWERED)
    return matter.weight * matter.insists if insists else matter.weight


@compiled
def settle_pending(day: int, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> None:
    """A planned talk begins: what is still open is decided first, and the client hears it.

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
    for m in range(conditions.matters.shape[0]):
        if pair.dyad.matter[m] == PENDING:
            decides, explains, _, _ = matter_draws(draws, pair.number, day, m)
            hardness = conditions.matters[m].hardness + pair.dyad.record[m]
            turn = conditions.turns[conditions.encounters[REQUEST].turn[CLIENT, 1]]
            refuses = decides < hardened(conditions.parameters.strictness, hardness)
            answer = Answer(turn.refused, REFUSED) if refuses else Answer(turn.granted, GRANTED)
            explained = 1.0 if pair.dyad.told[m] > 0 or explains < pair.client.known_rules else 0.0
            _hears(day, m, answer, explained, MATTER_SETTLED, pair, conditions, log)


@compiled
def _hears(
    day: int, m: int, answer: Answer, explained: float, event: int, pair: Pair, conditions: Conditions, log: EventLog
) -> None:
    """The client hears, or sees from silence, what has become of a request."""
    matter, client, keyworker = conditions.matters[m], pair.client, pair.keyworker
    stake = insisted_stake(matter.stake, float(pair.dyad.refusals[m]), conditions.parameters.insistence)
    occasion = Occasion(NOTHING_BEFORE, matter.hardness + pair.dyad.record[m], stake, explained, 0.0)
    turn = conditions.turns[conditions.encounters[REQUEST].turn[CLIENT, 1]]
    settle(answer.state, m, day, pair)
    row = log.rows[new_row(log, event, day, KEYWORKER, pair)]
    row.matter, row.matter_state, row.stake, row.explained = m, answer.state, stake, explained
    row.act = turn.act[answer.act]
    if turn.mannered[answer.act] > 0:
        row.manner = PLAIN
    aggrieved = client.grievance > 0.0
    p = conditions.parameters
    acting = acting_from(keyworker, turn, False, conditions.frames, p)
    believed = believed_sources(client, turn, occasion, acting, p)
    predict(client, turn, occasion, conditions.room.personal)
    take_in(client, turn, occasion, Deed(answer.act, PLAIN), believed, conditions, row)
    if client.grievance > 0.0 and not aggrieved:
        note_grievance(Meeting(day, REQUEST, CLIENT), m, turn, answer.act, pair, log)


@compiled
def matters_due(day: int, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> None:
    """A morning: leaves begin and end, and what has waited too long for an answer has been left unanswered.

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
    dyad, p = pair.dyad, conditions.parameters
    dyad.indignities *= INDIGNITY_FADES
    turn = conditions.turns[conditions.encounters[REQUEST].turn[CLIENT, 1]]
    for m in range(conditions.matters.shape[0]):
        matter, waited = conditions.matters[m], day - dyad.since[m]
        if dyad.matter[m] == UNDER_WAY and day >= dyad.back_on:
            _end_leave(day, m, pair, conditions, draws, log)
        elif dyad.place != CENTRE:
            continue
        elif dyad.matter[m] == GRANTED and matter.longest > 0 and waited >= matter.takes_effect:
            _, _, length, _ = matter_draws(draws, pair.number, day, m)
            days = matter.shortest + int(length * (matter.longest - matter.shortest + 1))
            dyad.matter[m], dyad.since[m] = UNDER_WAY, day
            dyad.place, dyad.back_on = LEAVE, day + days
            _note_leave(day, m, LEAVE_BEGINS, pair, log)
        elif dyad.matter[m] == PENDING and waited >= p.answer_within:
            if dyad.told[m] > 0 or turn.unanswered < 0:
                dyad.since[m] = day
            else:
                _hears(day, m, Answer(turn.unanswered, UNANSWERED), 0.0, LEFT_UNANSWERED, pair, conditions, log)


@compiled
def _end_leave(day: int, m: int, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> None:
    """A leave ends: it was kept, the client came back late, or he did not come back by himself."""
    dyad, matter, p = pair.dyad, conditions.matters[m], conditions.parameters
    _, _, length, ends = matter_draws(draws, pair.number, day, m)
    holds = p.bond * relationship(pair, conditions.frames)
    fails = chance_by_log_odds(p.failing, STRAIN_AGAINST_LEAVE * pair.client.strain - holds)
    if ends < fails:
        outcome, dyad.place, dyad.back_on = FAILED, GONE, day + days_away(p.gone_days, length)
        dyad.times_gone += 1
    else:
        dyad.place = CENTRE
        late = (ends - fails) / (1.0 - fails) < chance_by_log_odds(p.lateness, -holds)
        outcome = LATE if late else KEPT
    dyad.matter[m], dyad.since[m] = outcome, day
    dyad.record[m] += matter.record[outcome - KEPT]
    dyad.follows = 1 + matter.follows
    _note_leave(day, m, LEAVE_ENDS, pair, log)


@compiled
def _note_leave(day: int, m: int, event: int, pair: Pair, log: EventLog) -> None:
    """Write down that a leave begins or has ended."""
    row = log.rows[new_row(log, event, day, CLIENT, pair)]
    row.matter, row.matter_state = m, pair.dyad.matter[m]
    note_state(pair.client, row)
