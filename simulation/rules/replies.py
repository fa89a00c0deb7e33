"""Replies: how well an act answers the one before it.

People match each other's friendliness and answer dominance with its opposite (Leary 1957; Kiesler 1983; Sadler et al.
2009), and some acts ask for certain replies: adjacency pairs (Schegloff & Sacks 1973).
"""

from __future__ import annotations

import math

from twoway.simulation.rules import rule


@rule
def answer_weight(before: float, answer: float, dominance: float, matching: float, yielding: float) -> float:
    """How well an act answers the one before: as friendly as that one was, and dominant where that one yielded.

    Parameters
    ----------
    before, answer
        Evaluation of the act before and of the answer, EPA units.
    dominance
        Sum of what the potency of both is beyond what their evaluation predicts, EPA units.
    matching
        How strongly friendliness is answered by its like, per squared EPA unit, at least 0.
    yielding
        How strongly dominance is answered by its opposite, per squared EPA unit, at least 0.

    Returns
    -------
    Weight, at most 1.

    Examples
    --------
    >>> answer_weight(2.0, 2.0, dominance=0.0, matching=0.4, yielding=0.4)
    1.0
    >>> round(answer_weight(2.0, -1.0, dominance=1.0, matching=0.4, yielding=0.4), 3)
    0.018
    """
    apart = answer - before
    return math.exp(-matching * apart * apart - yielding * dominance * dominance)


@rule
def pair_weight(fits: float, strength: float) -> float:
    """How well an act fits as the second part of an adjacency pair.

    Parameters
    ----------
    fits
        1 where it does, -1 where it is out of place, 0 where nothing is said of it.
    strength
        How much that counts, log-odds, at least 0.

    Examples
    --------
    >>> [round(pair_weight(fits, 1.6), 2) for fits in (1.0, 0.0, -1.0)]
    [4.95, 1.0, 0.2]
    """
    return math.exp(strength * fits)


@rule
def hardened(strictness: float, hardness: float) -> float:
    """Share of decided requests that are refused, for a matter that is harder to get than others.

    Parameters
    ----------
    strictness
        Share for a matter like others, 0..1.
    hardness
        By how much more it is refused, log-odds.

    Examples
    --------
    >>> hardened(0.5, hardness=0.0), round(hardened(0.5, hardness=1.0), 3)
    (0.5, 0.731)
    """
    return strictness / (strictness + (1.0 - strictness) * math.exp(-hardness))
