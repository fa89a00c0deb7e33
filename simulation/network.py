"""Who is friends with whom in a centre, from the scenario and its luck alone: nobody need live a day for it."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from twoway.simulation.dynamics.admission import are_friends
from twoway.simulation.parameters.scenario import Scenario
from twoway.simulation.random_streams import Streams, friendship_draws


def friendships(scenario: Scenario, seed: int = 1, replicate: int = 0, centre: int = 0) -> pd.DataFrame:
    """The pairs of friends in one centre of a run, one row each.

    Columns ``replicate``, ``centre``, ``dyad`` and ``friend``: numbers of the two clients as in the table of dyads, the
    lower first. The dyads table of the same run counts the same friends.
    """
    clients, density = scenario.design.clients, float(scenario.context.peer_density)
    luck = friendship_draws(Streams(seed, replicate, centre), clients)
    pairs = [(one, other) for one, other in combinations(range(clients), 2) if are_friends(luck, one, other, density)]
    table = pd.DataFrame(np.array(pairs, np.int32).reshape(-1, 2), columns=["dyad", "friend"])
    table.insert(0, "replicate", np.int32(replicate))
    table.insert(1, "centre", np.int32(centre))
    return table
