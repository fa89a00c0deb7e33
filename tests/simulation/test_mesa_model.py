"""The agents' centre has the same days as the compiled one, and people in it can act in ways of their own."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation.action_tables import PLAIN, Deed
from twoway.simulation.affect_control.frames import CLIENT
from twoway.simulation.events import EXCHANGE
from twoway.simulation.mesa_model import Centre, Client, Keyworker, simulate_centre_with_agents
from twoway.simulation.parameters.scenario import NUMBERED, Scenario, all_declarations, changed, load, shipped_names
from twoway.simulation.random_streams import draws_of
from twoway.simulation.run import CentreRecords, PreparedScenario, simulate_centre

NUMBERS = [d for d in all_declarations() if d.section in NUMBERED and d.name != "caseload"]


def assert_identical(one: CentreRecords, other: CentreRecords) -> None:
    for name, a, b in zip(CentreRecords._fields, one, other, strict=True):
        if isinstance(a, int):
            assert a == b
            continue
        assert a.dtype == b.dtype
        for field in a.dtype.names:
            np.testing.assert_array_equal(a[field], b[field], err_msg=f"{name}.{field}")


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_names())
def test_agents_and_the_compiled_runner_leave_the_identical_tables_of_every_scenario(name):
    scenario = load(name)
    small = {"design.days": 40, "design.clients": min(8, scenario.design.clients), "context.turnover": 2.0}
    prepared = PreparedScenario(changed(scenario, small))
    assert_identical(simulate_centre_with_agents(prepared, 5, 1, 0), simulate_centre(prepared, 5, 1, 0))


@pytest.mark.slow
def test_agents_and_the_compiled_runner_leave_the_identical_tables_of_a_whole_stay():
    prepared = PreparedScenario(load("four-centres"))
    assert_identical(simulate_centre_with_agents(prepared, 1, 0, 3), simulate_centre(prepared, 1, 0, 3))


@pytest.mark.slow
@settings(max_examples=15)
@given(
    changes=st.lists(
        st.sampled_from(NUMBERS), min_size=1, max_size=12, unique_by=lambda d: (d.section, d.name)
    ).flatmap(
        lambda chosen: st.fixed_dictionaries({f"{d.section}.{d.name}": st.floats(d.low, d.high) for d in chosen})
    ),
    seed=st.integers(0, 2**63 - 1),
    replicate=st.integers(0, 10_000),
    caseload=st.integers(1, 6),
)
def test_agents_and_the_compiled_runner_agree_in_any_context(changes, seed, replicate, caseload):
    size = {"design.days": 15, "design.clients": 5, "context.caseload": caseload}
    prepared = PreparedScenario(changed(Scenario(), changes | size))
    assert_identical(
        simulate_centre_with_agents(prepared, seed, replicate, 0), simulate_centre(prepared, seed, replicate, 0)
    )


@pytest.fixture(scope="module")
def centre() -> Centre:
    model = Centre(PreparedScenario(changed(Scenario(), {"design.days": 30, "context.turnover": 4.0})), seed=2)
    for _ in range(30):
        model.step()
    return model


def test_the_data_collector_has_a_row_for_every_client_and_day(centre):
    table = centre.datacollector.get_agenttype_vars_dataframe(Client)
    assert len(table) == 31 * len(centre.clients)
    assert {"positivity", "negativity", "tension", "felt_coercion"} <= set(table.columns)
    assert table["positivity"].iloc[-1] == centre.clients[-1].positivity
    assert list(centre.datacollector.get_model_vars_dataframe()["day"]) == list(range(31))


def test_every_client_is_on_exactly_one_caseload(centre):
    assert all(centre.caseload.degree[("client", i)] == 1 for i in range(len(centre.clients)))
    assert sorted(i for k in centre.keyworkers for i in k.dyads()) == list(range(len(centre.clients)))


def test_friendship_is_mutual_and_counted(centre):
    for i in range(len(centre.clients)):
        assert centre.peers.degree[i] == centre.state.dyads[i].friends
        assert not centre.peers.has_edge(i, i)


def test_a_keyworker_who_leaves_is_another_agent_afterwards(centre):
    assert centre.state.dyads.changes.max() > 0
    assert len(centre.agents_by_type[Keyworker]) == len(centre.keyworkers)
    assert set(centre.agents_by_type[Keyworker]) == set(centre.keyworkers)


def test_an_account_comes_from_the_partys_own_state_alone(centre):
    account = centre.clients[0].account(0)
    assert account["personal"] + account["formal"] + account["adversarial"] == pytest.approx(1.0)
    view = centre.state.clients[0]
    assert account["positivity"] == view.positivity
    before = account.copy()
    centre.state.keyworkers[0].positivity += 1.0
    assert centre.clients[0].account(0) == before


@pytest.mark.slow
def test_a_centre_that_was_simulated_is_freed():
    prepared = PreparedScenario(changed(Scenario(), {"design.days": 2, "design.clients": 2}))
    freed = []
    original = Centre.records

    def watched(self: Centre) -> CentreRecords:
        freed.append(weakref.ref(self))
        return original(self)

    Centre.records = watched  # type: ignore[method-assign]
    try:
        simulate_centre_with_agents(prepared, 1, 0, 0)
    finally:
        Centre.records = original  # type: ignore[method-assign]
    gc.collect()
    assert freed[0]() is None


def small(days: int = 20) -> PreparedScenario:
    return PreparedScenario(changed(Scenario(), {"design.days": days, "design.clients": 4, "context.turnover": 4.0}))


def simulated(days: int, **classes: type) -> Centre:
    model = Centre(small(days), seed=4, **classes)
    for _ in range(days):
        model.step()
    return model


class FirstAct(Client):
    """Someone who always does what comes first among the feasible acts."""

    def choose(self, dyad, turn, occasion, frame, bent, draws, row):
        row.actor_frame, row.source, row.act, row.actor_tension = frame, 0, turn.act[0], self.view_of(dyad).tension
        return Deed(0, PLAIN)


def test_a_client_who_chooses_in_a_way_of_his_own_does_so_in_every_exchange():
    events = simulated(20, client_class=FirstAct).records().events
    done = events[(events["event"] == EXCHANGE) & (events["actor"] == CLIENT)]
    firsts = {tuple(turn.act[:1]) for turn in small().conditions(draws_of(4)).turns if turn.role == CLIENT}
    usual = simulate_centre(small(), 4, 0, 0).events
    assert len(done) > 50
    assert {(act,) for act in done["act"]} <= firsts
    assert not {(act,) for act in usual["act"][(usual["event"] == EXCHANGE) & (usual["actor"] == CLIENT)]} <= firsts


class Usual(Client):
    """Someone who only asks what anyone would do."""

    def choose(self, dyad, turn, occasion, frame, bent, draws, row):
        return super().choose(dyad, turn, occasion, frame, bent, draws, row)

    def read(self, dyad, turn, occasion, deed, acting, draws, row):
        return super().read(dyad, turn, occasion, deed, acting, draws, row)


class UsualKeyworker(Keyworker):
    """The same, on the other side; she counts what she reads."""

    heard = 0

    def read(self, dyad, turn, occasion, deed, acting, draws, row):
        type(self).heard += 1
        return super().read(dyad, turn, occasion, deed, acting, draws, row)


def test_people_of_ones_own_who_do_what_anyone_does_change_nothing():
    model = simulated(20, client_class=Usual, keyworker_class=UsualKeyworker)
    assert_identical(model.records(), simulate_centre(small(), 4, 0, 0))
    assert UsualKeyworker.heard > 50
    assert model.state.dyads.changes.max() > 0
    assert all(type(keyworker) is UsualKeyworker for keyworker in model.keyworkers), "successors too"
    assert len(model.datacollector.get_agenttype_vars_dataframe(Usual)) == 21 * 4


def test_the_step_after_the_last_day_ends_the_run():
    model = Centre(small(3), seed=1)
    running = [model.running]
    for _ in range(4):
        model.step()
        running.append(model.running)
    assert running == [True, True, True, True, False]


def test_a_centre_may_be_named_by_its_scenario():
    by_name, prepared = Centre("ordinary", seed=2), Centre(PreparedScenario(load("ordinary")), seed=2)
    by_name.step()
    prepared.step()
    assert_identical(by_name.records(), prepared.records())
