"""What lasts of a relationship: trust and mistrust, hurt, grievance, and what they do to reading and acting.

Trust and mistrust are two stocks and not one scale (Lewicki, McAllister & Bies 1998).
"""

from __future__ import annotations

import math

from twoway.simulation.rules import rule

TRUST_THRESHOLD = 1.0
"""Lasting good at which the other is half trusted, EPA units: at least slightly good, as the rating scale has it.

This and the next number set the unit of what lasts, so they are not fitted; the patterns change at the same two.
"""
MISTRUST_THRESHOLD = 0.75
"""Lasting bad, with what is open, at which the other is half mistrusted, EPA units (assumed, from a trial)."""


@rule
def trust_level(stock: float, threshold: float, width: float) -> float:
    """How far someone trusts, or mistrusts: a step that lasting good, or bad, takes at a threshold.

    Parameters
    ----------
    stock
        Lasting good, or lasting bad with what is open, EPA units, at least 0.
    threshold
        Stock at which the step is half taken, EPA units, above 0.
    width
        Width of the step, as a share of the threshold, above 0.

    Returns
    -------
    Share, 0..1.

    Examples
    --------
    >>> trust_level(1.0, threshold=1.0, width=0.15)
    0.5
    >>> round(trust_level(0.5, threshold=1.0, width=0.15), 3)
    0.001
    """
    return 1.0 / (1.0 + math.exp(-2.0 * (stock / threshold - 1.0) / width))


@rule
def explained_impersonal_weight(impersonal: float, procedural: float, known: float) -> float:
    """How much a bad act counts that is not put down to the person, where a rule prescribes it: less if explained.

    Parameters
    ----------
    impersonal
        Weight of an act that is not put down to the person at all, 0..1.
    procedural
        How far an explained rule is no offence (Lidz et al. 1995; Tyler 1990), 0..1.
    known
        How far the reader knows what the rules prescribe, 0..1.

    Examples
    --------
    >>> round(explained_impersonal_weight(0.5, procedural=0.6, known=1.0), 3)
    0.2
    """
    return impersonal * (1.0 - procedural * known)


@rule
def hurt(stake: float, badness: float, trust: float, betrayal: float, negativity: float) -> float:
    """How much an act hurts before trust softens it: most from one who is trusted, and the last straw hurts most.

    Parameters
    ----------
    stake
        How much the act counts beside others, at least 0.
    badness
        How bad it felt, EPA units, at least 0.
    trust
        How far the other is trusted, 0..1.
    betrayal
        How much more it hurts from one who is trusted in full, a ratio, at least 0.
    negativity
        Lasting bad so far, EPA units.

    Returns
    -------
    EPA units.

    Examples
    --------
    >>> round(hurt(stake=1.0, badness=1.0, trust=1.0, betrayal=0.6, negativity=0.4), 3)
    2.0
    """
    return stake * badness * (1.0 + betrayal * trust) + negativity


@rule
def trusting_person_share(person: float, trust: float, override: float, difference: float) -> float:
    """Share of an act put down to the person once trust has had its say (Weiss 1980; Bradbury & Fincham 1990).

    Parameters
    ----------
    person
        Share that neither role nor strain explains, 0..1.
    trust
        Trust if the act is good, mistrust if it is bad, 0..1.
    override
        How strongly trust decides, log-odds.
    difference
        How far the act is from what may be expected, either way, EPA units; more than 1 counts as 1.

    Returns
    -------
    Share, 0..1: the good of the trusted and the bad of the mistrusted are personal, everything else less so.

    Examples
    --------
    >>> round(trusting_person_share(0.5, trust=1.0, override=1.5, difference=2.0), 3)
    0.818
    >>> round(trusting_person_share(0.5, trust=0.0, override=1.5, difference=2.0), 3)
    0.182
    """
    if override == 0.0 or person >= 1.0:
        return person
    odds = person * math.exp(override * (2.0 * trust - 1.0) * min(1.0, difference))
    return odds / (1.0 - person + odds)


@rule
def coercion_weight(weight: float, unexplained: float, by_deed: float) -> float:
    """How much a mandated act coerces: as a deed, as far as it is not explained, or as far as it counts personally.

    Parameters
    ----------
    weight
        How much the act counts, 0..1.
    unexplained
        How far the rule behind it is not explained, 0..1.
    by_deed
        Which of both counts: 1 the deed, 0 the person.

    Examples
    --------
    >>> coercion_weight(weight=0.4, unexplained=1.0, by_deed=0.0)
    0.4
    """
    return weight + by_deed * (unexplained - weight)


@rule
def grievance_left(grievance: float, half_life: float) -> float:
    """What is left of an open grievance after a day; one below 0.02 is closed.

    Parameters
    ----------
    grievance
        The grievance, EPA units.
    half_life
        Days in which it halves, above 0.

    Examples
    --------
    >>> round(grievance_left(1.0, half_life=1.0), 3), grievance_left(0.01, half_life=100.0)
    (0.5, 0.0)
    """
    left = grievance * 0.5 ** (1.0 / half_life)
    return left if left >= 0.02 else 0.0


@rule
def trusting_reserve(reserve: float, trust: float, mistrust: float, openness: float) -> float:
    """How far someone stays behind the role: less with trust, more with mistrust.

    Parameters
    ----------
    reserve
        Reserve without either, 0..1.
    trust, mistrust
        How far the other is trusted and mistrusted, 0..1.
    openness
        How strongly both count, 0..1.

    Examples
    --------
    >>> round(trusting_reserve(0.5, trust=1.0, mistrust=0.0, openness=0.6), 3)
    0.2
    """
    hidden = reserve * (1.0 - openness * trust)
    return hidden + (1.0 - hidden) * openness * mistrust


@rule
def formal_role_share(role: float, formal: float, lock: float) -> float:
    """Share of acts that follow the script, for someone to whom the relationship is a formal matter.

    Parameters
    ----------
    role
        Share without that, 0..1.
    formal
        Share of formal frames in the definition, 0..1.
    lock
        How far it keeps to the script, 0..1.

    Examples
    --------
    >>> round(formal_role_share(0.4, formal=0.5, lock=0.4), 3)
    0.52
    """
    return role + (1.0 - role) * lock * formal


@rule
def mending_chance(insight: float, opportunity: float) -> float:
    """Probability that the other recognises what is open in a talk that succeeds: repair needs recognition.

    Parameters
    ----------
    insight
        The other's insight, 0..1.
    opportunity
        Privacy and time for talking things over, 0..1: up to three occasions in one talk.

    Examples
    --------
    >>> round(mending_chance(insight=0.3, opportunity=0.5), 3)
    0.51
    """
    return 1.0 - (1.0 - insight) ** (1.0 + 2.0 * opportunity)
