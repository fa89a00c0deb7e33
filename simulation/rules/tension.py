"""Tension, role strain, and what people do about it: alone or together."""

from __future__ import annotations

from twoway.simulation.rules import rule


@rule
def tension_added(deflection: float, tolerance: float, weight: float) -> float:
    """Tension an act adds: the part of its deflection beyond what is tolerated, relative to that, times a weight.

    In the reader the weight is how much the act counts; in the doer (role strain) it is a number of its own.

    Parameters
    ----------
    deflection
        Deflection of the act, at least 0.
    tolerance
        Deflection up to which an act is no trouble, above 0.
    weight
        Weight of the act, at least 0.

    Returns
    -------
    Tension, in multiples of the tolerance.

    Examples
    --------
    >>> tension_added(deflection=9.0, tolerance=6.0, weight=0.5)
    0.25
    >>> tension_added(deflection=5.0, tolerance=6.0, weight=0.5)
    0.0
    """
    return weight * max(0.0, deflection - tolerance) / tolerance


@rule
def reduced_by(amount: float, share: float) -> float:
    """What is left of an amount when a share of it is gone: tension overnight or relieved, distance given up.

    Parameters
    ----------
    amount
        The amount, in any unit.
    share
        Share that is gone, 0..1.

    Examples
    --------
    >>> reduced_by(0.8, 0.25)
    0.6000000000000001
    """
    return amount * (1.0 - share)


@rule
def increased_distance(distance: float, step: float) -> float:
    """Distance after one more step behind the role.

    Parameters
    ----------
    distance
        Distance so far, a share, 0..1.
    step
        Share of what is left that one step takes, 0..1.

    Examples
    --------
    >>> round(increased_distance(0.5, 0.3), 3)
    0.65
    """
    return distance + step * (1.0 - distance)


@rule
def benign_share(benignity: float) -> float:
    """How benign a definition is, from its mean benignity in -1 .. 1, as a share.

    >>> benign_share(0.0)
    0.5
    """
    return 0.5 * (1.0 + benignity)


@rule
def hostile_log_odds(tendency: float, style: float, benign: float, benignity_weight: float) -> float:
    """Log-odds of confronting or withdrawing: less the more benign the definition.

    Parameters
    ----------
    tendency
        Log-odds where *style* and *benign* are 0.
    style
        The person's own inclination to the way, log-odds.
    benign
        How benign the definition is, a share, 0..1.
    benignity_weight
        How much that speaks against the way, log-odds.

    Examples
    --------
    >>> hostile_log_odds(tendency=0.5, style=0.2, benign=0.5, benignity_weight=2.0)
    -0.30000000000000004
    """
    return tendency + style - benignity_weight * benign


@rule
def talking_log_odds(
    tendency: float,
    style: float,
    benign: float,
    benignity_weight: float,
    opportunity: float,
    opportunity_weight: float,
) -> float:
    """Log-odds of proposing a talk: more the more benign the definition and the more privacy and time there is.

    Parameters
    ----------
    tendency
        Log-odds where *style*, *benign* and *opportunity* are 0.
    style
        The person's own inclination to propose a talk, log-odds.
    benign
        How benign the definition is, a share, 0..1.
    benignity_weight
        How much that speaks for a talk, log-odds.
    opportunity
        Privacy and time for a talk, a share, 0..1.
    opportunity_weight
        How much that speaks for a talk, log-odds.

    Examples
    --------
    >>> talking_log_odds(-2.0, 0.0, benign=0.5, benignity_weight=2.0, opportunity=0.5, opportunity_weight=2.0)
    0.0
    """
    return tendency + style + benignity_weight * benign + opportunity_weight * opportunity


@rule
def talk_succeeds(good: float, exchanges: float) -> bool:
    """Whether a repair talk succeeds: most of its exchanges are read as good.

    Parameters
    ----------
    good
        Number of exchanges that were read as good.
    exchanges
        Number of all exchanges.

    Examples
    --------
    >>> talk_succeeds(3.0, 4.0), talk_succeeds(2.0, 4.0)
    (True, False)
    """
    return good > 0.5 * exchanges


@rule
def converged(own: float, other: float, convergence: float) -> float:
    """Weight of a frame after a talk: a share of the way toward the mean of the two.

    Parameters
    ----------
    own
        Weight in the person's own definition before the talk, 0..1.
    other
        Weight in the other's definition before the talk, 0..1.
    convergence
        Share of the way, 0..1.

    Examples
    --------
    >>> round(converged(own=0.2, other=0.6, convergence=0.5), 3)
    0.3
    """
    return own + convergence * (0.5 * (own + other) - own)
