"""Matters: how much an answer counts, and how a leave ends."""

from __future__ import annotations

import math

from twoway.simulation.rules import rule


@rule
def insisted_stake(stake: float, times: float, insistence: float) -> float:
    """How much an answer counts that has been refused several times in a row.

    Parameters
    ----------
    stake
        How much it counts the first time, beside others.
    times
        How often in a row it has been refused, or done unexplained; more than 4 count as 4.
    insistence
        How much more it counts each time, a ratio, at least 0.

    Examples
    --------
    >>> insisted_stake(stake=2.0, times=2.0, insistence=0.25)
    3.0
    """
    return stake * (1.0 + insistence * min(4.0, times))


@rule
def chance_by_log_odds(against: float, log_effect: float) -> float:
    """Probability of something that has these log-odds against it.

    Parameters
    ----------
    against
        Log-odds against it where nothing speaks for or against it.
    log_effect
        What speaks for it, log-odds.

    Examples
    --------
    >>> chance_by_log_odds(against=0.0, log_effect=0.0)
    0.5
    """
    return 1.0 / (1.0 + math.exp(against - log_effect))
