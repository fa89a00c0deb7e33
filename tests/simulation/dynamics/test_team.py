"""The team meeting: what colleagues hold of clients rubs off."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.people import share

from twoway.simulation.dynamics.admission import open_centre
from twoway.simulation.dynamics.evening import centre_evening
from twoway.simulation.dynamics.team import TEAM_MEETS_EVERY, team_meeting
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.random_streams import draws_of
from twoway.simulation.run import Detail, PreparedScenario

LAW = settings(deadline=None, max_examples=30)


def centre(posts, seed=3, **changes):
    """The state of a centre with two clients per post on its first morning."""
    size = {"design.clients": 2 * posts, "context.caseload": 2, "context.turnover": 0, "context.peer_density": 0}
    prepared = PreparedScenario(changed(Scenario(), size | changes))
    draws, state = draws_of(seed), prepared.new_state()
    conditions = prepared.conditions(draws)
    open_centre(state, conditions, draws)
    return prepared, state, conditions, draws


@LAW
@given(st.integers(2, 5), share, st.integers(0, 100))
def test_every_expectation_moves_toward_what_the_colleagues_hold_on_average_of_their_own(posts, cohesion, seed):
    _, state, _, _ = centre(posts, seed)
    before = state.keyworkers.expectation.copy()
    held = np.array([before[state.dyads.post == m].mean(axis=0) for m in range(posts)])
    team_meeting(state, cohesion)
    for i, own in enumerate(state.dyads.post):
        others = np.delete(held, own, axis=0).mean(axis=0)
        assert state.keyworkers[i].expectation == pytest.approx(before[i] + cohesion * (others - before[i]), abs=1e-12)


def test_a_keyworker_without_colleagues_stays_with_what_she_expects():
    _, state, _, _ = centre(1)
    before = state.keyworkers.copy()
    team_meeting(state, 1.0)
    assert (state.keyworkers == before).all()


def test_a_meeting_changes_no_definition_and_no_client():
    _, state, _, _ = centre(3)
    definitions, clients = state.keyworkers.definition.copy(), state.clients.copy()
    team_meeting(state, 0.5)
    assert (state.keyworkers.definition == definitions).all()
    assert (state.clients == clients).all()


def test_the_team_meets_once_a_week():
    prepared, state, conditions, draws = centre(2, **{"context.team_cohesion": 0.3})
    log, met = prepared.new_log(Detail.DYADS), []
    for day in range(1, 22):
        before = state.keyworkers.expectation.copy()
        centre_evening(day, state, conditions, draws, log)
        if (state.keyworkers.expectation != before).any():
            met.append(day)
    assert met == [TEAM_MEETS_EVERY, 2 * TEAM_MEETS_EVERY, 3 * TEAM_MEETS_EVERY]
