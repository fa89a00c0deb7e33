"""Who is friends with whom, told without living a day."""

import networkx as nx
import pytest

from twoway.simulation.mesa_model import Centre
from twoway.simulation.network import friendships
from twoway.simulation.parameters.scenario import load
from twoway.simulation.run import PreparedScenario
from twoway.simulation.tables import run


@pytest.mark.slow
@pytest.mark.parametrize(("replicate", "centre"), [(0, 0), (2, 1)])
def test_the_friends_are_those_of_the_agents_and_those_the_tables_count(replicate, centre):
    scenario = load("ordinary", {"design.centres": 2, "design.days": 2})
    table = friendships(scenario, 7, replicate, centre)
    graph = nx.from_pandas_edgelist(table, "dyad", "friend")
    assert {frozenset(edge) for edge in graph.edges} == {
        frozenset(edge) for edge in Centre(PreparedScenario(scenario), 7, replicate, centre).peers.edges
    }
    dyads = run(scenario, seed=7, replicates=replicate + 1, detail="dyads").dyads
    mine = dyads[(dyads["replicate"] == replicate) & (dyads["centre"] == centre)]
    assert [graph.degree[i] if i in graph else 0 for i in mine["dyad"]] == list(mine["friends"])
    assert list(table.columns) == ["replicate", "centre", "dyad", "friend"]
    assert (table["dyad"] < table["friend"]).all()


def test_without_peers_there_are_none_and_with_all_there_are_all():
    for density, pairs in ((0, 0), (1, 120)):
        assert len(friendships(load("ordinary", {"context.peer_density": density}))) == pairs
    assert len(friendships(load("ordinary", {"design.clients": 1}))) == 0
