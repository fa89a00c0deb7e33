"""Who is friends with whom in a centre, from the scenario and the seed alone: no day need be simulated for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from twoway.simulation.dynamics.peers import friendships as friends_of_all
from twoway.simulation.parameters.scenario import Scenario
from twoway.simulation.random_streams import draws_of


def friendships(scenario: Scenario, seed: int = 1, replicate: int = 0, centre: int = 0) -> pd.DataFrame:
    """The pairs of friends in one centre of a run.

    Parameters
    ----------
    scenario
        Uses ``design.clients`` and ``context.peer_density``.
    seed, replicate, centre
        Address of the random draws.

    Returns
    -------
    A row per pair, with columns ``replicate``, ``centre``, ``dyad`` and ``friend``: numbers of the two clients as in
    the table of dyads, the lower first.
    """
    clients, density = scenario.design.clients, float(scenario.context.peer_density)
    first, friends = friends_of_all(draws_of(seed, replicate, centre), clients, density)
    pairs = [(one, other) for one in range(clients) for other in friends[first[one] : first[one + 1]] if one < other]
    table = pd.DataFrame(np.array(pairs, np.int32).reshape(-1, 2), columns=["dyad", "friend"])
    table.insert(0, "replicate", np.int32(replicate))
    table.insert(1, "centre", np.int32(centre))
    return table
