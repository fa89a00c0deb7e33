"""Leaving and coming back: hazards that compete on a day, and what the relationship does to them."""

from __future__ import annotations

import math

from twoway.simulation.rules import rule


@rule
def standing(client: float, keyworker: float, middle: float) -> float:
    """How good the relationship is in both parties' ratings, measured from where trust and mistrust begin.

    Parameters
    ----------
    client, keyworker
        Rating of each: positivity less negativity, EPA units.
    middle
        The rating of someone who is at both thresholds, EPA units.

    Examples
    --------
    >>> standing(client=1.0, keyworker=0.5, middle=0.25)
    0.5
    """
    return 0.5 * (client + keyworker) - middle


@rule
def hazard(rate: float, log_effect: float) -> float:
    """How often something happens, by a rate and what speaks for it.

    Parameters
    ----------
    rate
        Rate where nothing speaks for or against it, per day.
    log_effect
        What speaks for it, on the log scale.

    Examples
    --------
    >>> hazard(0.01, log_effect=0.0)
    0.01
    """
    return rate * math.exp(log_effect)


@rule
def happens_within_a_day(hazard: float) -> float:
    """Probability that something happens on a day that has this hazard.

    >>> round(happens_within_a_day(0.693), 2)
    0.5
    """
    return 1.0 - math.exp(-hazard)


@rule
def days_away(mean: float, draw: float) -> int:
    """Whole days until someone is back, at least 1: exponentially distributed, rounded up.

    Parameters
    ----------
    mean
        Mean of the distribution, days, above 0.
    draw
        Uniform draw between 0 and 1.

    Examples
    --------
    >>> days_away(3.0, draw=0.5)
    3
    """
    return math.ceil(-mean * math.log(draw))
