"""What someone will likely do: the chances the model itself would draw from, seen before the draw."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoway.simulation.rules.choice import mandated_share, present_reserve, role_share
from twoway.simulation.rules.reading import expected


class Chances(NamedTuple):
    """Probability of each act that is feasible in a turn, shape (A,): from *all* sources, and out of the *person*."""

    all: NDArray[np.float64]
    person: NDArray[np.float64]


def chances_of(
    turn: Any, definition: NDArray[np.float64], strain: float, reserve: float, distance: float, numbers: Any
) -> Chances:
    """The chances of the acts of a *turn* for someone with this definition (K,), strain, reserve and distance (shares).

    The frame someone takes up is drawn from the definition, and whether a mandated act is bent by discretion: both are
    averaged over.
    """
    count = int(turn.feasible)
    script, strained, person = turn.script[:count], turn.strain[:count], definition @ turn.will[:, :count]
    role = role_share(numbers.formality, present_reserve(reserve, distance))
    weighted = [(1.0, role)]
    if turn.mandated:
        weighted = [(numbers.discretion, role), (1.0 - numbers.discretion, mandated_share(role, numbers.mandate))]
    share = strain * turn.strained
    whole = sum(weight * expected(script, strained, person, follows, share) for weight, follows in weighted)
    return Chances(np.asarray(whole), person)
