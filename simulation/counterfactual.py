"""Living a stay again: up to one exchange, to see into the reader, and on from it, had it been read otherwise.

All luck is drawn beforehand, so a stay lived again is the same to the last digit, and one draw written anew changes
one reading and what follows from it, nothing else.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from twoway.simulation.affect_control.equations import Floats
from twoway.simulation.affect_control.frames import CLIENT
from twoway.simulation.dynamics.day import wake
from twoway.simulation.dynamics.encounter import believed, perceive, scripted_share
from twoway.simulation.dynamics.policy_change import apply_policy_change
from twoway.simulation.random_streams import PER_ENCOUNTER, PER_EXCHANGE, Draws, ExchangeQuestion
from twoway.simulation.rules.choice import crisis_left
from twoway.simulation.rules.reading import expected
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, simulate_centre


class Exchange(NamedTuple):
    """Which exchange: *centre*, *dyad* and *day* (from 1), *kind* of encounter, its number in it, and by whom.

    *act* is the code of an act, *bent* is whether the keyworker bent the rules; *definition* (K,) and
    *presumed_reserve* are the reader's before this exchange if an earlier one on the same day has changed them.
    """

    seed: int
    replicate: int
    centre: int
    dyad: int
    day: int
    kind: int
    number: int
    actor: int
    act: int
    bent: bool
    definition: Floats | None
    presumed_reserve: float | None


class Moment(NamedTuple):
    """What was in the reader's mind when an act was done, over the A acts that were feasible.

    ``acts`` (A,) are codes; ``script``, ``strain`` (A,) and ``person`` (K, A) are the probabilities of the acts out of
    the role, out of strain, and out of each frame; ``role_share`` and ``strain_share`` what the reader believed of the
    two sources' weights; ``definition`` (K,); ``expected`` (A,) the prediction; ``seen_as`` (A,) the probability of
    each act to be what this one was taken for; ``deflection`` (K, A). ``scripted`` is the share of the script the
    actor truly followed, ``strained`` that of strain.
    """

    acts: Any
    script: Floats
    strain: Floats
    person: Floats
    role_share: float
    strain_share: float
    scripted: float
    strained: float
    definition: Floats
    expected: Floats
    seen_as: Floats
    deflection: Floats


def _until(world: PreparedScenario, exchange: Exchange, luck: Draws) -> CentreRecords:
    """The stay up to the evening before."""
    before = exchange.day - 1
    part = luck._replace(days=luck.days[:, :before], leaving=luck.leaving[:, :before])
    return simulate_centre(world, exchange.seed, exchange.replicate, exchange.centre, Detail.DYADS, part)


def moment(world: PreparedScenario, exchange: Exchange) -> Moment:
    """The reader's mind at one exchange, found by living the stay again up to it."""
    luck = world.luck(exchange.seed, exchange.replicate, exchange.centre)
    stay = _until(world, exchange, luck)
    begun = sum(then.day <= exchange.day for then in world.reforms)
    numbers, turns = world.of_centre(luck, begun)
    if any(then.day == exchange.day for then in world.reforms):
        before, _ = world.of_centre(luck, begun - 1)
        apply_policy_change(stay.clients, stay.keyworkers, stay.dyads, stay.posts, before, numbers, luck)
    client, keyworker = stay.clients[exchange.dyad], stay.keyworkers[exchange.dyad]
    post = stay.posts[stay.dyads[exchange.dyad].post]
    wake(client, keyworker, post, crisis_left(float(exchange.day), numbers.distress_half_life), numbers)
    actor, reader = (client, keyworker) if exchange.actor == CLIENT else (keyworker, client)
    if exchange.definition is not None:
        reader.definition[:] = exchange.definition
    if exchange.presumed_reserve is not None:
        reader.presumed_reserve = exchange.presumed_reserve
    opener = exchange.actor if exchange.number % 2 == 0 else 1 - exchange.actor
    turn = turns[world.kinds[exchange.kind].turn[opener, exchange.number]]
    count = int(turn.feasible)
    share = scripted_share(actor, turn, exchange.bent, numbers)
    role, strain = believed(reader, turn, share, actor.strain, numbers)
    act = turn.act[:count].tolist().index(exchange.act)
    cumulative = np.empty(turn.act.shape[0])
    perceive(reader, turn, act, role, strain, numbers.perceptual_assimilation, 0.0, cumulative)
    weights = np.diff(cumulative[:count], prepend=0.0)
    person = turn.will[:, :count].copy()
    meant = reader.definition @ person
    prediction = [expected(turn.script[j], turn.strain[j], meant[j], role, strain) for j in range(count)]
    return Moment(
        acts=turn.act[:count].copy(),
        script=turn.script[:count].copy(),
        strain=turn.strain[:count].copy(),
        person=person,
        role_share=float(role),
        strain_share=float(strain),
        scripted=float(share),
        strained=float(actor.strain * turn.strained),
        definition=reader.definition.copy(),
        expected=np.array(prediction),
        seen_as=weights / weights.sum() if weights.sum() > 0 else (np.arange(count) == act).astype(float),
        deflection=turn.disturbance[:, :count].copy(),
    )


def read_otherwise(world: PreparedScenario, exchange: Exchange, seen: int) -> CentreRecords | None:
    """The stay lived again with the same luck, but for this exchange, in which the act is taken for *seen* (a code).

    Nothing if it could not have been taken for that.
    """
    mind = moment(world, exchange)
    place = mind.acts.tolist().index(seen)
    if mind.seen_as[place] <= 0.0:
        return None
    luck = world.luck(exchange.seed, exchange.replicate, exchange.centre)
    middle = mind.seen_as[:place].sum() + 0.5 * mind.seen_as[place]
    column = (
        int(world.kinds[exchange.kind].luck) + PER_ENCOUNTER + exchange.number * PER_EXCHANGE + ExchangeQuestion.SEEN
    )
    luck.days[exchange.dyad, exchange.day - 1, column] = middle
    return simulate_centre(world, exchange.seed, exchange.replicate, exchange.centre, Detail.EVENTS, luck)
