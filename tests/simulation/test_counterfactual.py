"""A stay simulated again up to an exchange shows the reader's mind; read otherwise, only the rest changes."""

import numpy as np
import pytest

from twoway.analysis.accounts import dyad_tables
from twoway.analysis.narrative.explanation import exchange_address
from twoway.analysis.narrative.story import with_numbers
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.counterfactual import read_otherwise, reader_state
from twoway.simulation.dynamics.policy_change import PolicyChange
from twoway.simulation.parameters.scenario import changed, load
from twoway.simulation.run import PreparedScenario
from twoway.simulation.tables import TableBuilder, run

SCENARIO = load("four-centres", {"design.days": 25, "context.turnover": 3, "context.control": 5})
STRICTER = changed(SCENARIO, {"context.transparency": 0.9, "context.reflexivity": 0.8, "context.formality": 0.6})
PREPARED = PreparedScenario(SCENARIO, [PolicyChange(12, STRICTER)])
SEED = 3
ACTS = list(PREPARED.resolved.situations.acts)
SHARES = [f"{SHARE_OF}{name}" for name in PREPARED.resolved.frames.names]


@pytest.fixture(scope="module")
def tables():
    return run(PREPARED, SEED)


@pytest.fixture(scope="module", params=[(0, c, d) for c in range(4) for d in (0, 3)])
def events(request, tables):
    """All numbered events of a dyad."""
    return with_numbers(dyad_tables(tables, request.param).events)


def minds(events, every):
    """Some of a dyad's exchanges, each with the reader's mind."""
    for _, row in list(events[events["number"] > 0].iterrows())[::every]:
        where = exchange_address(events, row, PREPARED, SEED)
        yield row, where, reader_state(PREPARED, where)


@pytest.mark.slow
def test_the_mind_found_again_is_the_one_that_read(events):
    for row, _, mind in minds(events, 4):
        seen = mind.acts.tolist().index(ACTS.index(row["seen"]))
        assert mind.expected[seen] == pytest.approx(row["expected"], rel=1e-12)
        assert mind.definition @ mind.deflection[:, seen] == pytest.approx(row["disturbance"], abs=1e-9)
        assert mind.role_share * mind.script[seen] / mind.expected[seen] == pytest.approx(row["role_share"], abs=1e-12)


def test_a_prediction_and_what_may_be_seen_are_probabilities(events):
    for row, _, mind in minds(events, 6):
        for chances in (mind.expected, mind.seen_as, mind.definition):
            assert chances.sum() == pytest.approx(1.0)
            assert (chances >= 0).all()
        assert mind.seen_as[mind.acts.tolist().index(ACTS.index(row["seen"]))] > 0


@pytest.mark.slow
def test_what_is_read_otherwise_is_read_so_and_all_before_it_stays(events):
    rows = events[(events["number"] > 0) & (events["seen"].astype(str) != events["act"].astype(str))]
    for _, row in list(rows.iterrows())[::14]:
        where = exchange_address(events, row, PREPARED, SEED)
        stay = read_otherwise(PREPARED, where, where.act)
        then = with_numbers(
            dyad_tables(
                TableBuilder(PREPARED.resolved).tables([stay]), tuple(row[["replicate", "centre", "dyad"]])
            ).events
        )
        same = (then["day"] == row["day"]) & (then["number"] == row["number"])
        assert str(then.loc[same, "seen"].iloc[0]) == row["act"]
        before = int(np.flatnonzero((events["day"] == row["day"]) & (events["number"] == row["number"]))[0])
        assert events.iloc[:before].astype(object).fillna("").equals(then.iloc[:before].astype(object).fillna(""))
        assert not np.array_equal(then.loc[same, SHARES].to_numpy(), events.loc[[row.name], SHARES].to_numpy())


@pytest.mark.slow
def test_read_as_it_was_read_the_stay_is_the_same(events, tables):
    row = events[events["number"] > 0].iloc[7]
    where = exchange_address(events, row, PREPARED, SEED)
    stay = read_otherwise(PREPARED, where, ACTS.index(row["seen"]))
    again = TableBuilder(PREPARED.resolved).tables([stay])
    theirs = tables.events[tables.events["centre"] == where.centre].reset_index(drop=True)
    assert again.events.astype(object).fillna("").equals(theirs.astype(object).fillna(""))
