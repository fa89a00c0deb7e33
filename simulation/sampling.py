"""Picking one of several by a uniform draw."""

from __future__ import annotations

from twoway.simulation.arrays import Floats
from twoway.simulation.compilation import compiled


@compiled
def pick(cumulative: Floats, draw: float) -> int:
    """Index of the one picked by a uniform draw, from *cumulative* probabilities or weights.

    It is the first whose cumulative weight exceeds the draw; the last, should rounding leave none.

    Parameters
    ----------
    cumulative
        Cumulative probabilities or weights of the choices, shape (n,), not descending.
    draw
        Uniform draw between 0 and the sum of the weights.
    """
    picked = 0
    for i in range(cumulative.shape[0]):
        picked += cumulative[i] <= draw
    return min(picked, cumulative.shape[0] - 1)


@compiled
def drawn_from(weights: Floats, draw: float) -> int:
    """Index of the one drawn from a few *weights* that sum to 1, by a uniform draw; never one without weight.

    Parameters
    ----------
    weights
        Probabilities of the choices, shape (n,).
    draw
        Uniform draw between 0 and 1.
    """
    drawn, total = 0, 0.0
    for i in range(weights.shape[0]):
        total += weights[i]
        drawn += total <= draw
    drawn = min(drawn, weights.shape[0] - 1)
    while weights[drawn] == 0.0 and drawn > 0:  # rounding has left none
        drawn -= 1
    return drawn
