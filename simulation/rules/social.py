"""Around the dyad: peers, turnover, and what experience does to expectations."""

from __future__ import annotations

import math

from twoway.simulation.rules import rule


@rule
def move_toward(own: float, other: float, share: float) -> float:
    """A number moved a share of the way: expectations toward a friend's view or one's own experience.

    Parameters
    ----------
    own
        The number before, in any unit.
    other
        The number toward which it moves.
    share
        Share of the way, 0..1.

    Examples
    --------
    >>> round(move_toward(own=1.0, other=3.0, share=0.25), 3)
    1.5
    """
    return own + share * (other - own)


@rule
def with_opposition(log_weight: float, opposition: float, benignity: float) -> float:
    """What a friend's definition of staff sounds like on a ward that opposes them: tilted toward adversarial frames.

    Parameters
    ----------
    log_weight
        The friend's log-weight of the frame.
    opposition
        Tilt of the ward's talk, added to the log-weight of a frame with benignity -1; at least 0.
    benignity
        Benignity of the frame, -1..1.

    Returns
    -------
    Log-weight as it is heard.

    Examples
    --------
    >>> with_opposition(log_weight=-1.0, opposition=0.5, benignity=-1.0)
    -0.5
    """
    return log_weight - opposition * benignity


@rule
def leaving_chance(turnover: float) -> float:
    """Probability that a keyworker leaves on a given day, from the changes per 180 days.

    >>> round(leaving_chance(1.8), 4)
    0.01
    """
    return 1.0 - math.exp(-turnover / 180.0)
