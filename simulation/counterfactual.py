"""Counterfactuals: replay a stay to one exchange, to see into the reader; re-run it with that reading changed.

A draw is a function of its address, so a replay is the same to the last digit, and one draw written by hand changes one
reading and what follows from it, nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twoway.simulation.action_tables import NOTHING_BEFORE, Occasion, chances_by_source, plainly
from twoway.simulation.affect_control.frames import CLIENT
from twoway.simulation.agents import refuse_agents
from twoway.simulation.arrays import Floats, Ints
from twoway.simulation.dynamics.day import wake
from twoway.simulation.dynamics.encounter import acting_from, believed_sources, perceive
from twoway.simulation.dynamics.policy_change import apply_policy_change
from twoway.simulation.interpretation import predict
from twoway.simulation.random_streams import ENCOUNTERS, SEEN, Draws, draws_of, with_written
from twoway.simulation.rules.reading import expected
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, simulate_centre
from twoway.simulation.state import CentreState, Pair, Party


class View(NamedTuple):
    """A party's view of the other after an exchange, as the events table has it; *definition* has shape (K,)."""

    definition: Floats
    positivity: float
    negativity: float
    grievance: float
    tension: float
    felt_coercion: float
    distance: float
    known_rules: float
    presumed_reserve: float

    def write(self, party: Party) -> None:
        """Give a *party* this view."""
        party.definition[:] = self.definition
        party.positivity, party.negativity = self.positivity, self.negativity - self.grievance
        party.grievance, party.tension = self.grievance, self.tension
        party.felt_coercion, party.distance = self.felt_coercion, self.distance
        party.known_rules, party.presumed_reserve = self.known_rules, self.presumed_reserve


class Exchange(NamedTuple):
    """Which exchange: *centre*, *dyad* and *day* (from 1), *kind* of encounter, its number in it, and by whom.

    *act* is the code of an act, *answered* that of the reader's own act before it, if there was one in this encounter;
    *at_stake* are hardness, stake, explained and shortfall of the occasion, if it was about a matter; *bent* is whether
    the keyworker bent the rules; *client* and *keyworker* are what an earlier exchange on the same day has made of
    their views, None where there was none.
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
    answered: int | None
    at_stake: tuple[float, float, float, float] | None
    bent: bool
    client: View | None
    keyworker: View | None


class ReaderState(NamedTuple):
    """What was in the reader's mind when an act was done, over the A acts that were feasible.

    ``acts`` (A,) are codes; ``script``, ``strain`` (A,) and ``person`` (K, A) are the probabilities of the acts out of
    the role, out of strain, and out of each frame; ``role_share`` and ``strain_share`` what the reader believed of the
    two sources' weights; ``definition`` (K,); ``expected`` (A,) the prediction; ``seen_as`` (A,) the probability of
    each act to be what this one was taken for; ``deflection`` (K, A, M) over M manners. ``scripted`` is the share of
    the script the actor truly followed, ``strained`` that of strain.
    """

    acts: Ints
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


def reader_state(prepared: PreparedScenario, exchange: Exchange) -> ReaderState:
    """The reader's mind at one exchange, found by a replay up to it.

    Parameters
    ----------
    prepared
        Scenario of the stay, with its policy changes.
    exchange
        Exchange up to which the stay is replayed.

    Raises
    ------
    InputError
        If the scenario has people of one's own, whose minds nobody knows.
    """
    refuse_agents(prepared.agents, "act and read for reasons that only their own code knows: nothing explains them")
    draws = draws_of(exchange.seed, exchange.replicate, exchange.centre)
    before = simulate_centre(
        prepared, exchange.seed, exchange.replicate, exchange.centre, Detail.DYADS, draws, exchange.day - 1
    )
    state = CentreState(before.clients, before.keyworkers, before.dyads, before.posts)
    begun = sum(change.day <= exchange.day for change in prepared.policy_changes)
    conditions = prepared.conditions(draws, begun)
    if any(change.day == exchange.day for change in prepared.policy_changes):
        transparency = prepared.conditions(draws, begun - 1).parameters.transparency
        apply_policy_change(state, transparency, conditions)
    i, parameters = exchange.dyad, conditions.parameters
    pair = Pair(i, state.dyads[i], state.clients[i], state.keyworkers[i], state.posts[state.dyads[i].post])
    wake(exchange.day, pair, parameters)
    actor, reader = (pair.client, pair.keyworker) if exchange.actor == CLIENT else (pair.keyworker, pair.client)
    for party, view in ((pair.client, exchange.client), (pair.keyworker, exchange.keyworker)):
        if view is not None:
            view.write(party)
    opener = exchange.actor if exchange.number % 2 == 0 else 1 - exchange.actor
    turn = conditions.turns[conditions.encounters[exchange.kind].turn[opener, exchange.number]]
    count = int(turn.feasible)
    acting = acting_from(actor, turn, exchange.bent, conditions.frames, parameters)
    own = NOTHING_BEFORE if exchange.answered is None else 1 + exchange.answered
    occasion = Occasion(own, *exchange.at_stake) if exchange.at_stake else plainly(own)
    role, strain = believed = believed_sources(reader, turn, occasion, acting, parameters)
    act = turn.act[:count].tolist().index(exchange.act)
    predict(reader, turn, occasion, conditions.room.personal)
    seen, personal = conditions.room.seen, conditions.room.personal
    script, strained, person = chances_by_source(turn, occasion)
    perceive(turn, act, script, personal, believed, parameters.perceptual_assimilation, 0.5, seen)
    weights = np.diff(seen[:count], prepend=0.0)
    prediction = [expected(script[j], strained[j], personal[j], role, strain) for j in range(count)]
    return ReaderState(
        acts=turn.act[:count].copy(),
        script=script,
        strain=strained,
        person=person,
        role_share=float(role),
        strain_share=float(strain),
        scripted=float(acting.role),
        strained=float(actor.strain * turn.strained),
        definition=reader.definition.copy(),
        expected=np.array(prediction),
        seen_as=weights / weights.sum() if weights.sum() > 0 else (np.arange(count) == act).astype(float),
        deflection=turn.disturbance[:, :count].copy(),
    )


def read_otherwise(prepared: PreparedScenario, exchange: Exchange, seen: int) -> CentreRecords | None:
    """Re-run a stay with the same draws, but for one exchange in which the act is taken for another.

    Parameters
    ----------
    prepared
        The scenario of the stay.
    exchange
        Which exchange.
    seen
        Code of the act for which it is taken.

    Returns
    -------
    The records of the centre; None if the act could not have been taken for that.
    """
    mind = reader_state(prepared, exchange)
    place = mind.acts.tolist().index(seen)
    if mind.seen_as[place] <= 0.0:
        return None
    middle = float(mind.seen_as[:place].sum() + 0.5 * mind.seen_as[place])
    stream, question = ENCOUNTERS[exchange.kind], 4 * (1 + exchange.number) + SEEN
    draws: Draws = with_written(
        draws_of(exchange.seed, exchange.replicate, exchange.centre),
        (stream, exchange.dyad, exchange.day, question, middle),
    )
    return simulate_centre(prepared, exchange.seed, exchange.replicate, exchange.centre, Detail.EVENTS, draws)
