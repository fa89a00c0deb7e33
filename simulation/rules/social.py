"""Around the dyad: peers, team, turnover, and what experience does to expectation."""

from __future__ import annotations

import math

from twoway.simulation.rules import rule


@rule
def moved_toward(own: float, other: float, share: float) -> float:
    """A number moved a share of the way: expectations toward a friend's, the team's or one's own experience.

    >>> round(moved_toward(own=1.0, other=3.0, share=0.25), 3)
    1.5
    """
    return own + share * (other - own)


@rule
def opposed(log_weight: float, opposition: float, benignity: float) -> float:
    """What a friend's definition of staff sounds like on a ward that opposes them: tilted toward adversarial frames.

    >>> opposed(log_weight=-1.0, opposition=0.5, benignity=-1.0)
    -0.5
    """
    return log_weight - opposition * benignity


@rule
def expected_at_first(weight: float, tilt: float, benignity: float, variety: float, luck: float) -> float:
    """Log-weight of a frame someone brings along: the mix among their kind, a tilt, and how they differ.

    >>> round(expected_at_first(weight=1.0, tilt=0.5, benignity=-1.0, variety=1.0, luck=0.2), 3)
    -0.3
    """
    return math.log(weight) + tilt * benignity + variety * luck


@rule
def leaving_chance(turnover: float) -> float:
    """Probability that a keyworker leaves on a given day, from the changes per 180 days.

    >>> round(leaving_chance(1.8), 4)
    0.01
    """
    return 1.0 - math.exp(-turnover / 180.0)


@rule
def kept_as_share(value: float) -> float:
    """A drawn trait kept on the scale of a share.

    >>> kept_as_share(-0.1), kept_as_share(0.3), kept_as_share(1.2)
    (0.0, 0.3, 1.0)
    """
    return min(1.0, max(0.0, value))


@rule
def of_this_centre(share: float, spread: float, luck: float) -> float:
    """A share as it is in one centre: shifted on the log-odds scale; a share of 0 or 1 stays what it is.

    >>> of_this_centre(0.5, spread=1.0, luck=0.0), of_this_centre(0.0, spread=1.0, luck=2.0)
    (0.5, 0.0)
    """
    return share / (share + (1.0 - share) * math.exp(-spread * luck))
