"""One day of a centre: each pair's day, then what goes on around the pairs.

``dyad_day`` and ``centre_evening`` are what the compiled runner lives; ``twoway.simulation.mesa_model`` lives the same day with
agents. Lines of the events table are written to *rows* from *first* on when *step* is 1; with *step* 0 they all go to
``rows[first]``, which is then only scratch paper. Either way the number of lines is returned.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.columns import NOTHING, EventKind
from twoway.simulation.compilation import compiled
from twoway.simulation.dynamics.admission import are_friends, fill_post, take_over
from twoway.simulation.dynamics.encounter import encounter, note_state
from twoway.simulation.dynamics.tension import NO_WAY, benignity, handle, talk_ends
from twoway.simulation.random_streams import DayQuestion, EncounterQuestion
from twoway.simulation.rules.choice import daily_chance
from twoway.simulation.rules.social import leaving_chance, move_toward, with_opposition
from twoway.simulation.rules.tension import reduced_by
from twoway.simulation.situations import EITHER, EncounterKind
from twoway.simulation.state import NOBODY, CopingWay

TEAM_MEETS_EVERY = 7
"""Days from one team meeting to the next (a weekly meeting)."""
EVERYDAY, TALK_SLOT, REPAIR = int(EncounterKind.EVERYDAY), int(EncounterKind.PLANNED), int(EncounterKind.REPAIR)
"""A day has at most one talk: the planned one, unless a repair talk is due."""


@compiled
def blank(row: Any, day: int, event: int, actor: int, dyad: Any) -> None:
    """Begin a line about something other than an exchange: nothing is said yet but when, what and who."""
    row.day, row.event, row.actor, row.post = day, event, actor, dyad.post
    row.encounter, row.exchange, row.source = NOTHING, NOTHING, NOTHING
    row.actor_frame, row.reader_frame = NOTHING, NOTHING
    row.bent, row.act, row.seen, row.way, row.friend = NOTHING, NOTHING, NOTHING, NOTHING, NOTHING
    row.expected, row.role_share, row.strain_share, row.person_share = np.nan, np.nan, np.nan, np.nan
    row.disturbance, row.actor_tension = np.nan, np.nan


@compiled
def wake(client: Any, keyworker: Any, post: Any, crisis: float, numbers: Any) -> None:
    """A new morning: of the client's distress at admission a share is left, tension and distance have faded."""
    client.strain = client.distress * crisis
    keyworker.strain = post.strain
    client.tension = reduced_by(client.tension, numbers.tension_decay)
    keyworker.tension = reduced_by(keyworker.tension, numbers.tension_decay)
    client.distance = reduced_by(client.distance, numbers.distance_return)
    keyworker.distance = reduced_by(keyworker.distance, numbers.distance_return)


@compiled
def chance_to_meet(kind: int, client: Any, keyworker: Any, post: Any, day: int, numbers: Any) -> float:
    """Probability that an encounter of this kind takes place today; who has withdrawn avoids everyday meetings."""
    if kind > EVERYDAY or (client.away < day and keyworker.away < day):
        return post.chance[kind]
    everyday = numbers.everyday * post.contact
    if client.away >= day:
        everyday = reduced_by(everyday, numbers.withdrawal_avoidance)
    if keyworker.away >= day:
        everyday = reduced_by(everyday, numbers.withdrawal_avoidance)
    return daily_chance(everyday)


@compiled
def opener_of(kind: Any, client: Any, keyworker: Any, luck: float) -> int:
    """Who opens: whoever the kind of encounter says; if it may be either, whoever is out to confront, else luck."""
    if kind.opened_by != EITHER:
        return kind.opened_by
    if client.confronting != keyworker.confronting:
        return CLIENT if client.confronting > 0.0 else KEYWORKER
    return CLIENT if luck < 0.5 else KEYWORKER


@compiled
def meet(
    kind: int, opener: int, kinds: Any, turns: Any, day: int, dyad: Any, client: Any, keyworker: Any,
    frames: Any, numbers: Any, luck: Any, seen: Any, rows: Any, first: int, step: int,
) -> int:  # fmt: skip
    """An encounter takes place; its lines are completed with when and where. Returns how many read as good."""
    this = kinds[kind]
    good = encounter(this, turns, opener, client, keyworker, frames, numbers, luck, seen, rows, first, step)
    for exchange in range(this.exchanges * step):
        row = rows[first + exchange]
        row.day, row.event, row.post, row.encounter = day, EventKind.EXCHANGE, dyad.post, kind
        row.way, row.friend = NOTHING, NOTHING
    dyad.exchanges += this.exchanges
    return good


@compiled
def dyad_day(
    day: int, crisis: float, dyad: Any, client: Any, keyworker: Any, post: Any, kinds: Any, turns: Any, frames: Any,
    numbers: Any, luck: Any, seen: Any, odds: Any, rows: Any, first: int, step: int,
) -> int:  # fmt: skip
    """One pair's day: encounters in their order, then each deals with tension. Returns how many lines were written."""
    wake(client, keyworker, post, crisis, numbers)
    line = first
    for slot in range(TALK_SLOT + 1):
        kind, repairing = slot, slot == TALK_SLOT and dyad.talk_due != NOBODY
        if repairing:
            kind, opener = REPAIR, dyad.talk_due
            client.confronting, keyworker.confronting = 0.0, 0.0
        elif luck[kinds[kind].luck + EncounterQuestion.MEETS] < chance_to_meet(
            kind, client, keyworker, post, day, numbers
        ):
            opener = opener_of(kinds[kind], client, keyworker, luck[kinds[kind].luck + EncounterQuestion.OPENS])
        else:
            continue
        good = meet(
            kind, opener, kinds, turns, day, dyad, client, keyworker, frames, numbers, luck, seen, rows, line, step
        )
        line += step * kinds[kind].exchanges
        if repairing:
            end_talk(day, dyad, client, keyworker, good, kinds[kind].exchanges, numbers, rows[line])
            line += step
    line += step * deal_with_tension(day, dyad, client, keyworker, frames, numbers, luck, odds, rows, line, step)
    for k in range(client.definition.shape[0]):
        client.expectation[k] = move_toward(
            client.expectation[k], client.log_weights[k], numbers.expectation_learning_rate
        )
        keyworker.expectation[k] = move_toward(
            keyworker.expectation[k], keyworker.log_weights[k], numbers.expectation_learning_rate
        )
    return line - first


@compiled
def end_talk(
    day: int, dyad: Any, client: Any, keyworker: Any, good: int, exchanges: int, numbers: Any, row: Any
) -> None:
    """The talk that was agreed yesterday, and opened by whoever proposed it, has come to its end."""
    opener = dyad.talk_due
    dyad.talk_due = NOBODY
    proposer = client if opener == CLIENT else keyworker
    repaired = talk_ends(client, keyworker, proposer, good, exchanges, numbers)
    dyad.talks += 1
    dyad.repairs += repaired
    blank(row, day, EventKind.TALK_REPAIRED if repaired else EventKind.TALK_FAILED, opener, dyad)
    note_state(proposer, row)


@compiled
def deal_with_tension(
    day: int, dyad: Any, client: Any, keyworker: Any, frames: Any, numbers: Any, luck: Any, odds: Any,
    rows: Any, first: int, step: int,
) -> int:  # fmt: skip
    """In the evening each deals with own tension, or notices the other's. Returns how many lines were written."""
    if client.tension <= numbers.tension_threshold and keyworker.tension <= numbers.tension_threshold:
        return 0
    his, hers = client.tension > numbers.tension_threshold, keyworker.tension > numbers.tension_threshold
    more_hers = keyworker.tension > client.tension
    he_notices = hers and luck[DayQuestion.CLIENT_NOTICES] < client.insight
    she_notices = his and luck[DayQuestion.KEYWORKER_NOTICES] < keyworker.insight
    ways = (
        handle(client, his, he_notices, float(day), frames, numbers, luck[DayQuestion.CLIENT_HANDLES], odds),
        handle(keyworker, hers, she_notices, float(day), frames, numbers, luck[DayQuestion.KEYWORKER_HANDLES], odds),
    )
    lines = 0
    for side in range(2):
        if ways[side] != NO_WAY:
            dyad.handled[side, ways[side]] += 1
            row = rows[first + step * lines]
            blank(row, day, EventKind.HANDLING, side, dyad)
            row.way = ways[side]
            note_state(client if side == CLIENT else keyworker, row)
            lines += 1
    he_proposes, she_proposes = ways[CLIENT] == CopingWay.PROPOSE_TALK, ways[KEYWORKER] == CopingWay.PROPOSE_TALK
    if not (he_proposes or she_proposes):
        return lines
    proposer = KEYWORKER if she_proposes and (more_hers or not he_proposes) else CLIENT
    asked = keyworker if proposer == CLIENT else client
    agreed = (he_proposes and she_proposes) or luck[DayQuestion.ACCEPTS] < benignity(asked, frames)
    if agreed:
        dyad.talk_due = proposer
    row = rows[first + step * lines]
    blank(row, day, EventKind.TALK_AGREED if agreed else EventKind.TALK_DECLINED, proposer, dyad)
    note_state(client if proposer == CLIENT else keyworker, row)
    return lines + 1


@compiled
def friend_met(friends: Any, one: int, count: int, degree: int, density: float, luck: float) -> int:
    """Which of a client's friends it is: each of the *degree* is as likely."""
    left = min(int(luck * degree), degree - 1)
    for other in range(count):
        if are_friends(friends, one, other, density):
            if left == 0:
                return other
            left -= 1
    return NOBODY


@compiled
def hear(client: Any, friend: Any, frames: Any, numbers: Any) -> None:
    """A friend talks about the staff, and the ward's opposition talks with him."""
    for k in range(client.definition.shape[0]):
        heard = with_opposition(friend.log_weights[k], numbers.opposition, frames.benign[k])
        client.expectation[k] = move_toward(client.expectation[k], heard, numbers.peer_influence)


@compiled
def hold_outlook(post: Any, number: int, dyads: Any, keyworkers: Any) -> None:
    """What a keyworker holds of clients: the mean of what she expects of her own; the general view if she has none."""
    for k in range(post.outlook.shape[0]):
        total = 0.0
        for i in range(dyads.shape[0]):
            if dyads[i].post == number:
                total += keyworkers[i].expectation[k]
        post.outlook[k] = total / post.caseload if post.caseload > 0 else post.general_view[k]


@compiled
def team_talk(keyworker: Any, own: int, posts: Any, numbers: Any) -> None:
    """A team meeting: the expectation of a client moves toward what the colleagues hold."""
    colleagues = posts.shape[0] - 1
    if colleagues == 0:
        return
    for k in range(keyworker.definition.shape[0]):
        held = 0.0
        for m in range(posts.shape[0]):
            if m != own:
                held += posts[m].outlook[k]
        keyworker.expectation[k] = move_toward(keyworker.expectation[k], held / colleagues, numbers.team_cohesion)


@compiled
def centre_evening(
    day: int, clients: Any, keyworkers: Any, dyads: Any, posts: Any, frames: Any, numbers: Any, luck: Any,
    rows: Any, first: int, step: int,
) -> int:  # fmt: skip
    """Around the pairs: friends talk, the team meets, keyworkers leave. Returns how many lines were written."""
    line = first
    for i in range(clients.shape[0]):
        degree = dyads[i].friends
        draw = luck.days[i, day - 1]
        if degree > 0 and float(draw[DayQuestion.PEER_TALKS]) < daily_chance(numbers.peer_talk * degree):
            friend = friend_met(
                luck.friends, i, clients.shape[0], degree, numbers.peer_density, float(draw[DayQuestion.PEER_WITH])
            )
            hear(clients[i], clients[friend], frames, numbers)
            row = rows[line]
            blank(row, day, EventKind.PEER_TALK, CLIENT, dyads[i])
            row.dyad, row.friend = i, friend
            note_state(clients[i], row)
            line += step
    if day % TEAM_MEETS_EVERY == 0:
        for m in range(posts.shape[0]):
            hold_outlook(posts[m], m, dyads, keyworkers)
        for i in range(clients.shape[0]):
            team_talk(keyworkers[i], dyads[i].post, posts, numbers)
    for m in range(posts.shape[0]):
        post = posts[m]
        successors = luck.keyworkers.shape[1] - 1
        if luck.leaving[m, day - 1] < leaving_chance(numbers.turnover) and post.predecessors < successors:
            post.predecessors += 1
            fill_post(post, frames, numbers, luck.keyworkers[m, post.predecessors])
            for i in range(clients.shape[0]):
                if dyads[i].post == m:
                    impression = luck.impressions[i, post.predecessors]
                    take_over(keyworkers[i], clients[i], dyads[i], post, frames, numbers, impression)
                    row = rows[line]
                    blank(row, day, EventKind.NEW_KEYWORKER, KEYWORKER, dyads[i])
                    row.dyad = i
                    note_state(keyworkers[i], row)
                    line += step
    return line - first
