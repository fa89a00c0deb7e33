"""What people bring along, and how centres differ."""

from __future__ import annotations

import math

from twoway.simulation.rules import rule


@rule
def initial_log_weight(weight: float, tilt: float, benignity: float, sd: float, draw: float) -> float:
    """Log-weight of a frame someone brings along: the mix among their kind, a tilt, and how they differ.

    Parameters
    ----------
    weight
        Mean weight of the frame among people of this role, above 0.
    tilt
        Shift of the log-weight of a frame with benignity 1.
    benignity
        Benignity of the frame, -1..1.
    sd
        Standard deviation of log-weights between people, at least 0.
    draw
        Standard normal draw.

    Examples
    --------
    >>> round(initial_log_weight(weight=1.0, tilt=0.5, benignity=-1.0, sd=1.0, draw=0.2), 3)
    -0.3
    """
    return math.log(weight) + tilt * benignity + sd * draw


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

    Parameters
    ----------
    share
        Share in the scenario, 0..1.
    spread
        Standard deviation between centres on the log-odds scale, at least 0.
    draw
        Standard normal draw.

    Examples
    --------
    >>> centre_share(0.5, spread=1.0, draw=0.0), centre_share(0.0, spread=1.0, draw=2.0)
    (0.5, 0.0)
    """
    return share / (share + (1.0 - share) * math.exp(-spread * draw))
