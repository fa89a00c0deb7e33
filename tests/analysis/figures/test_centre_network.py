"""What the network of a centre draws, and who is friends with whom."""

import networkx as nx
import pandas as pd
import pytest
from tests.support.drawn import assert_all_is_on_the_page, caption, marked, words

from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.network import centre_graph, centre_network
from twoway.analysis.figures.style import PATTERN_MARKERS
from twoway.analysis.patterns import PATTERNS, with_patterns
from twoway.simulation.errors import InputError
from twoway.simulation.network import friendships
from twoway.simulation.parameters.scenario import load
from twoway.simulation.tables import run


def simulated(clients, density=0.3, centres=1):
    """Dyads and friends of a centre with so many clients."""
    scenario = load(
        "ordinary",
        {
            "design.clients": clients,
            "design.days": 20,
            "design.centres": centres,
            "context.peer_density": density,
        },
    )
    return run(scenario, seed=4, detail="dyads").dyads, friendships(scenario, seed=4)


@pytest.fixture(scope="module")
def centre():
    """A centre of sixteen."""
    return simulated(16)


def test_there_is_a_line_for_every_friendship_and_every_client_of_a_keyworker(centre):
    dyads, friends = centre
    (axes,) = centre_network(dyads, friends).axes
    assert len(marked(axes, "friends")) == len(friends) > 0
    assert len(marked(axes, "caseload")) == len(dyads)


def test_clients_have_the_shape_of_their_pattern_and_stand_at_the_end_of_their_lines(centre):
    dyads, friends = centre
    (axes,) = centre_network(dyads, friends).axes
    place = {some.get_gid(): tuple(some.get_offsets()[0]) for some in axes.collections}
    assert len(place) == len(dyads) + dyads["post"].nunique()
    shape = {some.get_gid(): len(some.get_paths()[0].vertices) for some in axes.collections}
    for row in with_patterns(dyads).itertuples():
        corners = {"o": 26, "s": 5, "^": 4}
        assert shape[f"client {row.dyad}"] == corners[PATTERN_MARKERS[row.pattern]]
    lines = {frozenset(zip(*line.get_data(), strict=True)) for line in marked(axes, "friends")}
    assert lines == {
        frozenset([place[f"client {one}"], place[f"client {other}"]])
        for one, other in zip(friends["dyad"], friends["friend"], strict=True)
    }


def test_the_graph_has_everybody_with_caseloads_as_the_dyads_have_them(centre):
    dyads, friends = centre
    graph = centre_graph(dyads, friends)
    assert isinstance(graph, nx.Graph)
    loads = dyads["post"].value_counts()
    for post, clients in loads.items():
        assert graph.degree[("keyworker", post)] == clients
    for row in dyads.itertuples():
        assert graph.degree[("client", row.dyad)] == row.friends + 1


def test_words_count_clients_keyworkers_and_friendships_of_like_patterns(centre):
    dyads, friends = centre
    pattern = with_patterns(dyads).set_index("dyad")["pattern"]
    alike = sum(pattern[row.dyad] == pattern[row.friend] for row in friends.itertuples())
    figure = centre_network(dyads, friends)
    for text in (caption(figure), alt_text(figure)):
        assert f"{alike} of {len(friends)} friendships are between clients of dyads with the same pattern" in text
    assert "16 clients, 4 keyworkers with 4 clients each" in caption(figure)
    for name, count in pattern.value_counts().items():
        assert f"{count} {name}" in alt_text(figure)


@pytest.mark.slow
@pytest.mark.parametrize("clients", [1, 2, 30])
@pytest.mark.parametrize("density", [0.0, 1.0])
def test_centres_of_any_size_can_be_drawn(clients, density):
    figure = centre_network(*simulated(clients, density))
    assert_all_is_on_the_page(figure)
    assert {str(number) for number in range(clients)} <= set(words(figure))
    assert set(PATTERNS) <= set(words(figure))


def test_dyads_of_two_centres_and_friends_of_another_are_refused(centre):
    two, _ = simulated(2, centres=2)
    with pytest.raises(InputError, match="exactly one centre"):
        centre_network(two, pd.DataFrame({"dyad": [], "friend": []}))
    with pytest.raises(InputError, match="clients 0 and 99 are not both among the dyads"):
        centre_network(centre[0], pd.DataFrame({"dyad": [0], "friend": [99]}))
