"""Around the dyad: peers, team, turnover, and what experience does to expectation."""

from __future__ import annotations

import math

from twoway.simulation.rules import rule


@rule
def move_toward(own: float, other: float, share: float) -> float:
    """A number moved a share of the way: expectations toward a friend's, the team's or one's own experience.

    >>> round(move_toward(own=1.0, other=3.0, share=0.25), 3)
    1.5
    """
    return own + share * (other - own)


@rule
def with_opposition(log_weight: float, opposition: float, benignity: float) -> float:
    """What a friend's definition of staff sounds like on a ward that opposes them: tilted toward adversarial frames.

    >>> with_opposition(log_weight=-1.0, opposition=0.5, benignity=-1.0)
    -0.5
    """
    return log_weight - opposition * benignity


@rule
def initial_log_weight(weight: float, tilt: float, benignity: float, sd: float, draw: float) -> float:
    """Log-weight of a frame someone brings along: the mix among their kind, a tilt, and how they differ.

    >>> round(initial_log_weight(weight=1.0, tilt=0.5, benignity=-1.0, sd=1.0, draw=0.2), 3)
    -0.3
    """
    return math.log(weight) + tilt * benignity + sd * draw


@rule
def leaving_chance(turnover: float) -> float:
    """Probability that a keyworker leaves on a given day, from the changes per 180 days.

    >>> round(leaving_chance(1.8), 4)
    0.01
    """
    return 1.0 - math.exp(-turnover / 180.0)


@rule
def clipped_to_share(value: float) -> float:
    """A drawn trait kept on the scale of a share.

    >>> clipped_to_share(-0.1), clipped_to_share(0.3), clipped_to_share(1.2)
    (0.0, 0.3, 1.0)
    """
    return min(1.0, max(0.0, value))


@rule
def centre_share(share: float, spread: float, draw: float) -> float:
    """A share as it is in one centre: shifted on the log-odds scale; a share of 0 or 1 stays what it is.

    >>> centre_share(0.5, spread=1.0, draw=0.0), centre_share(0.0, spread=1.0, draw=2.0)
    (0.5, 0.0)
    """
    return share / (share + (1.0 - share) * math.exp(-spread * draw))
