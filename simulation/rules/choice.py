"""Choosing an act: role, strain, person; and how often there is anything to choose."""

from __future__ import annotations

import math

from twoway.simulation.rules import rule


@rule
def daily_chance(per_week: float) -> float:
    """Probability that something that happens so often per week happens on a given day.

    >>> round(daily_chance(7.0), 3)
    0.632
    """
    return 1.0 - math.exp(-per_week / 7.0)


@rule
def contact(caseload: float, capacity: float) -> float:
    """Share of the intended contact that a keyworker has time for.

    Parameters
    ----------
    caseload
        Number of her clients, at least 1.
    capacity
        Number of clients she can meet as often as intended, at least 1.

    Examples
    --------
    >>> contact(10.0, 5.0)
    0.5
    >>> contact(3.0, 5.0)
    1.0
    """
    return min(1.0, capacity / caseload)


@rule
def pressure_under(caseload: float, capacity: float, pressure: float, overload: float) -> float:
    """A keyworker's strain: the usual pressure and what a caseload beyond capacity adds, at most 1.

    Parameters
    ----------
    caseload
        Number of her clients, at least 1.
    capacity
        Number of clients she can meet as often as intended, at least 1.
    pressure
        Strain at a caseload within capacity, 0..1.
    overload
        Strain that a caseload of twice the capacity adds, 0..1.

    Returns
    -------
    Share of unscripted acts that come from strain, 0..1.

    Examples
    --------
    >>> round(pressure_under(10.0, 5.0, 0.1, 0.3), 3)
    0.4
    """
    return min(1.0, pressure + overload * max(0.0, caseload / capacity - 1.0))


@rule
def crisis_left(day: float, half_life: float) -> float:
    """Share of the withdrawal and crisis at admission that is left: it halves every *half_life* days.

    Parameters
    ----------
    day
        Day of the stay, from 1.
    half_life
        Days in which it halves, above 0.

    Examples
    --------
    >>> crisis_left(25.0, 25.0)
    0.5
    """
    return 0.5 ** (day / half_life)


@rule
def present_reserve(reserve: float, distance: float) -> float:
    """How far someone stays behind the role: a trait, and the distance kept at present.

    Parameters
    ----------
    reserve
        The trait, 0..1.
    distance
        Distance kept beyond it, 0..1.

    Returns
    -------
    Share, 0..1.

    Examples
    --------
    >>> round(present_reserve(0.2, 0.5), 3)
    0.6
    """
    return 1.0 - (1.0 - reserve) * (1.0 - distance)


@rule
def role_share(formality: float, reserve: float) -> float:
    """Share of acts that follow the script: what the centre's formality or the person's reserve prescribes.

    Parameters
    ----------
    formality
        The centre's formality, 0..1.
    reserve
        How far the person stays behind the role at present, 0..1.

    Examples
    --------
    >>> round(role_share(0.5, 0.2), 3)
    0.6
    """
    return 1.0 - (1.0 - formality) * (1.0 - reserve)


@rule
def mandated_share(role: float, mandate: float) -> float:
    """Share of acts that follow the script where the rules prescribe the act: at least the mandate.

    Parameters
    ----------
    role
        Share where the rules prescribe nothing, from ``role_share``, 0..1.
    mandate
        How far the rules prescribe the act, 0..1.

    Examples
    --------
    >>> mandated_share(0.4, 0.85)
    0.85
    """
    return max(role, mandate)


@rule
def act_source(draw: float, role: float, strain: float) -> int:
    """Out of what someone acts: 0 the role, 1 strain, 2 the person.

    Parameters
    ----------
    draw
        Uniform draw between 0 and 1.
    role
        Share of acts that follow the script, 0..1.
    strain
        Share of the other acts that come from strain, 0..1.

    Examples
    --------
    >>> [act_source(u, 0.5, 0.2) for u in (0.49, 0.59, 0.61)]
    [0, 1, 2]
    """
    if draw < role:
        return 0
    if draw < role + (1.0 - role) * strain:
        return 1
    return 2


@rule
def choice_weight(deflection: float, choice_temperature: float) -> float:
    """Relative weight of an act by its deflection within a frame.

    Parameters
    ----------
    deflection
        Deflection of the act within the frame, at least 0.
    choice_temperature
        Difference in deflection that costs a factor e, above 0.

    Returns
    -------
    Weight, at most 1.

    Examples
    --------
    >>> choice_weight(0.0, 1.2)
    1.0
    """
    return math.exp(-deflection / choice_temperature)
