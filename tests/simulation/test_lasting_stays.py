"""Stays in which what happens lasts: what the tables tell of grievances, and what changes nothing where none lasts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulation.test_twin import CONTEXTS
from tests.support.people import NOTHING_COMES_UP

from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.columns import NOTHING
from twoway.simulation.events import EXCHANGE, GRIEVANCE_MENDED, GRIEVANCE_OPENED, LEFT_UNANSWERED, MATTER_SETTLED
from twoway.simulation.mesa_model import Centre, simulate_centre_with_agents
from twoway.simulation.parameters.scenario import Scenario, all_declarations, changed
from twoway.simulation.run import PreparedScenario, simulate_centre
from twoway.simulation.situations import EncounterKind
from twoway.simulation.tables import run

SCENARIO = changed(Scenario(), CONTEXTS["what happens lasts"])
PREPARED = PreparedScenario(SCENARIO)
SEED = 4
SMALL_SIZE = {"design.clients": 4, "design.days": 40, "context.caseload": 2}
SMALL = changed(Scenario(), SMALL_SIZE | {"context.turnover": 4, "context.opposition": 1} | NOTHING_COMES_UP)
LASTING = {d.name: d for d in all_declarations() if d.section == "lasting"}
INERT = (
    "trust_width", "betrayal_weight", "offence_threshold",
    "grievance_half_life", "grievance_tension", "hearsay",
)  # fmt: skip
"""Numbers that say where, how wide and how long: nothing asks for them while the weights are 0."""
READ = (EXCHANGE, MATTER_SETTLED, LEFT_UNANSWERED)
"""Events by which somebody learns of something that the other did, or left undone."""
DYAD = ["replicate", "centre", "dyad"]


def left(stay):
    """Everything that a stay leaves, as bytes."""
    parts = (stay.events, stay.days, stay.clients, stay.keyworkers, stay.dyads)
    return b"".join(np.ascontiguousarray(part[field]).tobytes() for part in parts for field in part.dtype.names)


@pytest.fixture(scope="module")
def tables():
    return run(PREPARED, SEED)


@pytest.fixture(scope="module")
def stay():
    return simulate_centre(PREPARED, SEED, 0, 0)


# Nothing lasts

USUAL = left(simulate_centre(PreparedScenario(SMALL), SEED, 0, 0))


@settings(deadline=None, max_examples=12)
@given(st.fixed_dictionaries({f"lasting.{name}": st.floats(LASTING[name].low, LASTING[name].high) for name in INERT}))
def test_as_long_as_nothing_lasts_thresholds_and_half_lives_are_felt_by_nobody(numbers):
    assert left(simulate_centre(PreparedScenario(changed(SMALL, numbers)), SEED, 0, 0)) == USUAL


@pytest.mark.parametrize("name", sorted(set(LASTING) - set(INERT)))
def test_every_other_number_about_what_lasts_is_felt_for_itself_alone(name):
    highest = {f"lasting.{name}": LASTING[name].high, "lasting.offence_threshold": 0.1}
    if name == "keyworker_standard_sd":
        highest[f"lasting.{name}"] = 1.0
    assert left(simulate_centre(PreparedScenario(changed(SMALL, highest)), SEED, 0, 0)) != USUAL


# Both runners


@pytest.mark.slow
@pytest.mark.parametrize("replicate", range(3))
def test_agents_and_the_compiled_runner_leave_the_identical_tables_where_everything_lasts(replicate):
    agents, compiled = (f(PREPARED, SEED, replicate, 0) for f in (simulate_centre_with_agents, simulate_centre))
    for part in ("first_clients", "first_keyworkers", "clients", "keyworkers", "dyads", "days", "events"):
        one, other = getattr(agents, part), getattr(compiled, part)
        for field in one.dtype.names:
            np.testing.assert_array_equal(one[field], other[field], err_msg=f"{part}.{field}")
    assert {GRIEVANCE_OPENED, GRIEVANCE_MENDED} <= set(compiled.events["event"])


def test_an_agent_tells_of_what_is_open_as_the_tables_do():
    model = Centre(PREPARED, SEED)
    while not model.state.clients.grievance.any():
        model.step()
    evening = model.day_rows[2 * (model.day - 1) * len(model.clients) :]
    for i, client in enumerate(model.clients):
        assert client.account(i)["negativity"] == client.negativity == evening[2 * i].negativity
    told = model.datacollector.get_agenttype_vars_dataframe(type(model.clients[0]))["negativity"]
    assert list(told.iloc[-len(model.clients) :]) == [client.negativity for client in model.clients]


# What the events tell


def of_dyads(stay):
    """The events of each dyad, in their order."""
    return [stay.events[stay.events["dyad"] == i] for i in range(len(stay.dyads))]


def test_each_grievance_that_opens_follows_the_act_that_opened_it(stay):
    opened = 0
    for events in of_dyads(stay):
        for at in np.flatnonzero(events["event"] == GRIEVANCE_OPENED):
            exchange, row = events[at - 1], events[at]
            opened += 1
            assert exchange["event"] in READ
            assert row["actor"] == 1 - exchange["actor"], "it is the reader's"
            here = exchange["encounter"] if exchange["event"] == EXCHANGE else EncounterKind.REQUEST
            assert row["encounter"] == here
            for same in ("day", "seen", "grievance", "positivity", "negativity", "tension"):
                assert row[same] == exchange[same], same
            assert row["grievance"] > 0
    assert opened > 20


def test_a_grievance_opens_only_where_none_is_open(stay):
    """Followed through the stay: what is open for a party is as the last row about it says, or the last evening."""
    evenings = {(r["dyad"], r["party"], r["day"]): r["grievance"] for r in stay.days}
    refreshed = 0
    for dyad, events in enumerate(of_dyads(stay)):
        open_for, today = [0.0, 0.0], 0
        for at, row in enumerate(events):
            if row["day"] != today:
                today = row["day"]
                open_for = [evenings.get((dyad, side, today - 1), 0.0) for side in range(2)]
                half_life = SCENARIO.lasting.grievance_half_life
                open_for = [left if (left := v * 0.5 ** (1 / half_life)) >= 0.02 else 0.0 for v in open_for]
            if row["event"] == GRIEVANCE_MENDED:
                open_for[row["actor"]] = 0.0
            if row["event"] not in READ:
                continue
            reader = 1 - row["actor"]
            opens = row["grievance"] > 0 and open_for[reader] == 0
            follows = at + 1 < len(events) and events[at + 1]["event"] == GRIEVANCE_OPENED
            assert opens == follows
            assert row["grievance"] >= open_for[reader] - 1e-12, "nothing in an encounter makes it less"
            refreshed += 0 < open_for[reader] < row["grievance"] - 1e-9
            open_for[reader] = row["grievance"]
    assert refreshed > 10


def test_a_grievance_is_mended_only_right_after_a_talk_that_helped_and_only_if_there_was_one(tables):
    mended = 0
    for _, events in tables.events.groupby(DYAD):
        kinds, actors = list(events["event"]), list(events["actor"])
        for at in (i for i, kind in enumerate(kinds) if kind == "grievance_mended"):
            talk = at - 1 if kinds[at - 1] != "grievance_mended" else at - 2
            mended += 1
            assert kinds[talk] == "talk_repaired"
            assert events["day"].iloc[talk] == events["day"].iloc[at]
            assert events["grievance"].iloc[at] == 0
            read = [i for i in range(at) if kinds[i] == "exchange" and actors[i] != actors[at]]
            assert events["grievance"].iloc[read[-1]] > 0
    assert mended > 10


def test_of_a_grievance_the_events_tell_over_what_it_opened_and_nothing_else_of_an_exchange(tables):
    about = tables.events[tables.events["event"].isin(["grievance_opened", "grievance_mended"])]
    opened = about["event"] == "grievance_opened"
    for column in ("encounter", "seen"):
        assert (about[column].notna() == opened).all()
    missing = ["act", "source", "exchange", "bent", "actor_frame", "reader_frame", "expected", "role_share", "way"]
    assert about[missing].isna().all(axis=None)
    assert set(about["actor"]) == set(ROLES)


# What is told of the bad


def test_what_is_open_is_part_of_the_bad_that_days_and_dyads_tell(stay, tables):
    last = tables.days[tables.days["day"] == SCENARIO.design.days]
    for role, views in zip(ROLES, (stay.clients, stay.keyworkers), strict=True):
        told = last[last["party"] == role]
        assert list(told["grievance"]) == list(views["grievance"])
        assert list(told["negativity"]) == list(views["negativity"] + views["grievance"])
        assert list(tables.dyads[f"{role}_negativity"]) == list(told["negativity"])
    assert (tables.days["negativity"] >= tables.days["grievance"]).all()
    assert last["grievance"].max() > 0


def test_over_a_change_of_keyworker_only_the_client_keeps_anything_open():
    tables = run(changed(SCENARIO, {"context.turnover": 4, "context.caseload": 2}), SEED)
    changes = tables.events[tables.events["event"] == "new_keyworker"]
    evenings = tables.days.set_index([*DYAD, "day", "party"])["grievance"]
    kept = []
    for _, row in changes.iterrows():
        where = tuple(row[[*DYAD, "day"]])
        assert row["grievance"] == evenings[(*where, "keyworker")] == 0
        kept.append(evenings[(*where, "client")])
    assert max(kept) > 0


def test_without_anything_that_lasts_no_column_tells_of_a_grievance():
    usual = run(SMALL, SEED)
    assert (usual.days["grievance"] == 0).all()
    assert (usual.events["grievance"] == 0).all()
    assert not usual.events["event"].isin(["grievance_opened", "grievance_mended"]).any()
    assert isinstance(usual.events, pd.DataFrame)
    assert NOTHING not in set(usual.events["event"].cat.codes)
