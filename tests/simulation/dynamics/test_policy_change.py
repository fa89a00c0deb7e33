"""A policy change changes the future and not the past, and only what a centre can change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation.dynamics.policy_change import AT_ADMISSION, PolicyChange
from twoway.simulation.errors import InputError
from twoway.simulation.mesa_model import Centre, simulate_centre_with_agents
from twoway.simulation.parameters.people import People
from twoway.simulation.parameters.scenario import Scenario, all_declarations, changed, load
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, simulate_centre

TILT = People().client_tilt

DAYS = 24
SMALL = {"design.clients": 5, "design.days": DAYS, "context.caseload": 2.0, "context.turnover": 3.0}
CONTEXT = [d for d in all_declarations() if d.section == "context" and f"context.{d.name}" not in AT_ADMISSION]
CHANGES = st.lists(st.sampled_from(CONTEXT), min_size=1, max_size=8, unique_by=lambda d: d.name).flatmap(
    lambda chosen: st.fixed_dictionaries({f"context.{d.name}": st.floats(d.low, d.high) for d in chosen})
)
SCENARIO = changed(Scenario(), SMALL)


def assert_identical(one: CentreRecords, other: CentreRecords, before: int = DAYS + 1) -> None:
    """The events and days before a day are identical; the ends as well if that is all days."""
    assert (one.replicate, one.centre) == (other.replicate, other.centre)
    until = [stay._replace(**{t: getattr(stay, t)[getattr(stay, t).day < before] for t in ("events", "days")})
             for stay in (one, other)]  # fmt: skip
    past = ("first_clients", "first_keyworkers", "events", "days")
    for name in past if before <= DAYS else CentreRecords._fields[2:]:
        a, b = (getattr(stay, name) for stay in until)
        for field in a.dtype.names:
            np.testing.assert_array_equal(a[field], b[field], err_msg=f"{name}.{field}")


@settings(max_examples=20)
@given(changes=CHANGES, day=st.integers(1, DAYS + 1), seed=st.integers(0, 1000))
def test_a_policy_change_leaves_every_day_before_it_as_it_was(changes, day, seed):
    prepared = PreparedScenario(SCENARIO, [PolicyChange(day, changed(SCENARIO, changes))])
    assert_identical(
        simulate_centre(prepared, seed, 0, 0), simulate_centre(PreparedScenario(SCENARIO), seed, 0, 0), before=day
    )


@pytest.mark.slow
@given(changes=CHANGES, seed=st.integers(0, 1000))
@settings(max_examples=10)
def test_a_policy_change_on_the_day_after_the_last_changes_nothing(changes, seed):
    prepared = PreparedScenario(SCENARIO, [PolicyChange(DAYS + 1, changed(SCENARIO, changes))])
    for simulated in (simulate_centre, simulate_centre_with_agents):
        assert_identical(simulated(prepared, seed, 0, 0), simulate_centre(PreparedScenario(SCENARIO), seed, 0, 0))


@settings(max_examples=10)
@given(day=st.integers(1, DAYS), changes=CHANGES)
def test_a_policy_change_to_what_is_in_force_already_changes_nothing(day, changes):
    scenario = changed(SCENARIO, changes)
    assert_identical(
        simulate_centre(PreparedScenario(scenario, [PolicyChange(day, scenario)]), 1, 0, 0),
        simulate_centre(PreparedScenario(scenario), 1, 0, 0),
    )


@pytest.mark.slow
@settings(max_examples=10)
@given(changes=CHANGES, first=st.integers(1, DAYS - 1), later=st.integers(1, 10))
def test_agents_and_the_compiled_runner_leave_the_identical_tables_under_two_policy_changes(changes, first, later):
    then = changed(SCENARIO, changes)
    prepared = PreparedScenario(
        SCENARIO, [PolicyChange(first, then), PolicyChange(min(first + later, DAYS + 1), SCENARIO)]
    )
    assert_identical(simulate_centre_with_agents(prepared, 3, 1, 0), simulate_centre(prepared, 3, 1, 0))


def test_a_policy_change_on_the_first_morning_is_the_other_context_from_the_start():
    other = changed(SCENARIO, {"context.formality": 0.7, "context.reflexivity": 0.6, "context.peer_density": 0.8})
    from_the_start = simulate_centre(PreparedScenario(other), 1, 0, 0)
    before = simulate_centre(PreparedScenario(SCENARIO), 1, 0, 0)
    assert_identical(
        simulate_centre(PreparedScenario(SCENARIO, [PolicyChange(1, other)]), 1, 0, 0),
        from_the_start._replace(first_clients=before.first_clients, first_keyworkers=before.first_keyworkers),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("declared", "low_first"), [(d, low) for d in CONTEXT for low in (True, False)], ids=lambda x: getattr(x, "name", x)
)
def test_every_number_of_the_context_that_may_change_is_felt_after_a_policy_change(declared, low_first):
    key = f"context.{declared.name}"
    busy = {"context.turnover": 4.0, "context.capacity": 1.5, "context.centre_spread": 0.5, "design.days": 60}
    low, high = (changed(SCENARIO, busy | {key: value}) for value in (declared.low, declared.high))
    one, other = (low, high) if low_first else (high, low)
    changed_policy, as_it_was = (
        [simulate_centre(prepared, 3, r, 0, Detail.DYADS).clients.tobytes() for r in range(3)]
        for prepared in (PreparedScenario(one, [PolicyChange(10, other)]), PreparedScenario(one))
    )
    assert changed_policy != as_it_was


def test_what_talks_have_explained_is_known_again_when_the_rules_are_as_before():
    calm = SMALL | {"coping.tension_threshold": 5.0}  # nobody proposes a talk that would explain more
    opaque, fair = (changed(load(name), calm) for name in ("strict-and-opaque", "strict-but-fair"))
    centre = Centre(PreparedScenario(opaque, [PolicyChange(2, fair), PolicyChange(3, opaque)]))
    centre.state.clients[:2].known_rules = (0.6, 1.0)
    for _ in range(3):
        before = centre.state.clients.known_rules.copy()
        centre.step()
    transparency = centre.conditions.parameters.transparency
    assert before[0] > 0.9
    assert centre.state.clients.known_rules[:3] == pytest.approx([0.6, 1.0, transparency])


def test_who_is_friends_follows_the_density_at_once():
    apart = changed(SCENARIO, {"context.peer_density": 0.0})
    centre = Centre(PreparedScenario(apart, [PolicyChange(3, changed(apart, {"context.peer_density": 1.0}))]))
    for friendships in (0, 0, 10):
        centre.step()
        assert centre.peers.number_of_edges() == friendships
        assert centre.state.dyads.friends.sum() == 2 * friendships


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"context.caseload": 1.0}, "context.caseload cannot change from 2 to 1: .* context.capacity"),
        ({"context.distress": 0.9}, "context.distress cannot change"),
        ({"context.distress_half_life": 9.0}, "context.distress_half_life cannot change"),
        (
            {"people.client_tilt": 1.0},
            f"people.client_tilt cannot change from {TILT:g} to 1.0: people stay who they are",
        ),
        ({"learning.tone_learning_rate": 0.2}, "learning.tone_learning_rate cannot change"),
        ({"design.clients": 6}, "design.clients cannot change from 5 to 6"),
        ({"design.days": 25}, "design.days cannot change"),
        ({"meaning.lexicon": "other"}, "meaning.lexicon cannot change"),
    ],
)
def test_what_a_policy_change_cannot_change_is_refused_with_the_field(changes, words):
    with pytest.raises(InputError, match=f"policy change on day 9: {words}"):
        PreparedScenario(SCENARIO, [PolicyChange(9, changed(SCENARIO, changes))])


@pytest.mark.parametrize("days", [[0], [DAYS + 2], [-1], [5, 5], [9, 3], [2.0], [True]])
def test_days_that_are_no_days_of_the_stay_or_out_of_order_are_refused(days):
    with pytest.raises(InputError, match="policy change on day"):
        PreparedScenario(SCENARIO, [PolicyChange(day, SCENARIO) for day in days])
