"""A stay simulated again up to an exchange shows the reader's mind; read otherwise, only the rest changes."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from tests.support.other_situations import going_on, left_to_her
from tests.support.people import REPLYING, of_learning

from twoway.analysis.accounts import dyad_tables
from twoway.analysis.narrative.explanation import exchange_address
from twoway.analysis.narrative.story import with_numbers
from twoway.simulation.action_tables import PLAIN
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.counterfactual import read_otherwise, reader_state
from twoway.simulation.dynamics.policy_change import PolicyChange
from twoway.simulation.parameters.scenario import changed, load
from twoway.simulation.run import PreparedScenario
from twoway.simulation.situations import ENCOUNTER_KINDS
from twoway.simulation.tables import TableBuilder, Tables, run

SCENARIO = load("four-centres", {"design.days": 25, "context.turnover": 3, "context.control": 5})
STRICTER = {"context.transparency": 0.9, "context.reflexivity": 0.8, "context.formality": 0.6}
SEED = 3
DEFAULT = PreparedScenario(SCENARIO)
ACTS = list(DEFAULT.resolved.situations.acts)
SHARES = [f"{SHARE_OF}{name}" for name in DEFAULT.resolved.frames.names]


class Stay(NamedTuple):
    """A scenario with a policy change, its tables, and a dyad with all its numbered events."""

    prepared: PreparedScenario
    tables: Tables
    dyad: tuple[int, int, int]
    events: pd.DataFrame


@pytest.fixture(scope="module", params=["as calibrated", "answering and going on"])
def simulated(request, tmp_path_factory):
    """The scenario as it ships, and one in which replies answer and encounters go on; each with its tables."""
    scenario = SCENARIO
    if request.param != "as calibrated":
        path = tmp_path_factory.mktemp("situations") / "going_on.toml"
        path.write_text(going_on(left_to_her()), encoding="utf-8")
        scenario = changed(SCENARIO, {"meaning.situations": str(path)} | of_learning(**REPLYING))
    prepared = PreparedScenario(scenario, [PolicyChange(12, changed(scenario, STRICTER))])
    return prepared, run(prepared, SEED)


@pytest.fixture(scope="module", params=[(0, c, d) for c in range(4) for d in (0, 3)])
def stay(request, simulated):
    prepared, tables = simulated
    return Stay(prepared, tables, request.param, with_numbers(dyad_tables(tables, request.param).events))


def minds(stay, every):
    """Some of a dyad's exchanges, each with the reader's mind."""
    events = stay.events
    for _, row in list(events[events["number"] > 0].iterrows())[::every]:
        where = exchange_address(events, row, stay.prepared, SEED)
        yield row, where, reader_state(stay.prepared, where)


@pytest.mark.slow
def test_the_mind_found_again_is_the_one_that_read(stay):
    for row, _, mind in minds(stay, 4):
        seen = mind.acts.tolist().index(ACTS.index(row["seen"]))
        assert mind.expected[seen] == pytest.approx(row["expected"], rel=1e-12)
        manners = list(stay.prepared.resolved.situations.manners)
        manner = manners.index(row["manner_seen"]) if isinstance(row["manner_seen"], str) else PLAIN
        assert mind.definition @ mind.deflection[:, seen, manner] == pytest.approx(row["disturbance"], abs=1e-9)
        in_role = mind.role_share * mind.script[seen]
        from_strain = (1 - mind.role_share) * mind.strain_share * mind.strain[seen]
        assert in_role * row["strain_share"] == pytest.approx(from_strain * row["role_share"], abs=1e-12)
        if row["person_share"] < 1:  # trust divides between the person and the rest
            rest = 1 - row["person_share"]
            assert in_role * rest == pytest.approx((in_role + from_strain) * row["role_share"], abs=1e-12)


def test_a_prediction_and_what_may_be_seen_are_probabilities(stay):
    for row, _, mind in minds(stay, 6):
        for chances in (mind.expected, mind.seen_as, mind.definition):
            assert chances.sum() == pytest.approx(1.0)
            assert (chances >= 0).all()
        assert mind.seen_as[mind.acts.tolist().index(ACTS.index(row["seen"]))] > 0


@pytest.mark.slow
def test_what_is_read_otherwise_is_read_so_and_all_before_it_stays(stay):
    events, prepared = stay.events, stay.prepared
    rows = events[(events["number"] > 0) & (events["seen"].astype(str) != events["act"].astype(str))]
    for _, row in list(rows.iterrows())[::14]:
        where = exchange_address(events, row, prepared, SEED)
        other = TableBuilder(prepared.resolved).tables([read_otherwise(prepared, where, where.act)])
        then = with_numbers(dyad_tables(other, stay.dyad).events)
        same = (then["day"] == row["day"]) & (then["number"] == row["number"])
        assert str(then.loc[same, "seen"].iloc[0]) == row["act"]
        before = int(np.flatnonzero((events["day"] == row["day"]) & (events["number"] == row["number"]))[0])
        assert events.iloc[:before].astype(object).fillna("").equals(then.iloc[:before].astype(object).fillna(""))
        assert not np.array_equal(then.loc[same, SHARES].to_numpy(), events.loc[[row.name], SHARES].to_numpy())


@pytest.mark.slow
def test_read_as_it_was_read_the_stay_is_the_same(stay):
    events, tables = stay.events, stay.tables
    row = events[events["number"] > 0].iloc[7]
    where = exchange_address(events, row, stay.prepared, SEED)
    again = TableBuilder(stay.prepared.resolved).tables([read_otherwise(stay.prepared, where, ACTS.index(row["seen"]))])
    theirs = tables.events[tables.events["centre"] == where.centre].reset_index(drop=True)
    assert again.events.astype(object).fillna("").equals(theirs.astype(object).fillna(""))


def test_what_is_answered_is_the_readers_own_act_before_in_this_encounter_if_there_was_one(stay):
    exchanges = [row for _, row in stay.events[stay.events["number"] > 0].iterrows()]
    for row, earlier in zip(exchanges, [None, *exchanges[:-1]], strict=True):
        answered = exchange_address(stay.events, row, stay.prepared, SEED).answered
        if row["exchange"] == 0:
            assert answered is None
        else:
            assert earlier["actor"] != row["actor"]
            assert answered == ACTS.index(earlier["act"])


@pytest.mark.parametrize("simulated", ["answering and going on"], indirect=True)
def test_where_replies_answer_the_mind_of_the_reader_held_what_was_meant_before_not_what_was_seen(simulated):
    """Of exchanges in which the two differ, and of some beyond the usual length of their encounter."""
    prepared, tables = simulated
    usual, beyond, different = prepared.resolved.situations.exchanges, 0, 0
    for dyad in [(0, centre, place) for centre in range(4) for place in (1, 2)]:
        events = with_numbers(dyad_tables(tables, dyad).events)
        exchanges = [row for _, row in events[events["number"] > 0].iterrows()]
        replies = [(a, b) for a, b in pairwise(exchanges) if b["exchange"] > 0 and a["act"] != a["seen"]]
        for earlier, row in replies:
            where = exchange_address(events, row, prepared, SEED)
            mind = reader_state(prepared, where)
            seen = mind.acts.tolist().index(ACTS.index(row["seen"]))
            assert mind.expected[seen] == pytest.approx(row["expected"], rel=1e-12)
            other = reader_state(prepared, where._replace(answered=ACTS.index(earlier["seen"])))
            different += abs(other.expected[seen] - row["expected"]) > 0.1 * row["expected"]
            beyond += row["exchange"] >= usual[ENCOUNTER_KINDS.index(row["encounter"])]
    assert different > 10
    assert beyond > 5
