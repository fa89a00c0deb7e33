"""Reading an act: prediction, perception, attribution, redefinition."""

from __future__ import annotations

import math

from twoway.simulation.rules import rule


@rule
def believed_role(usual: float, known: float, role: float) -> float:
    """What the reader takes the role's share to be in a mandated act: explained rules are recognised as rules.

    Parameters
    ----------
    usual
        Share of script the reader believes in where the rules prescribe nothing, 0..1.
    known
        How far the reader knows the rules, a share, 0..1.
    role
        Share of script that the actor truly follows, 0..1.

    Examples
    --------
    >>> round(believed_role(usual=0.4, known=0.5, role=0.8), 3)
    0.6
    """
    return usual + known * (role - usual)


@rule
def updated_presumed_reserve(
    reserve: float, role: float, attribution_share: float, formality: float, learning_rate: float
) -> float:
    """How far the other is taken to stay behind the role after one more act.

    The share of script believed in moves toward the share of this act that was put down to the role, which is how a
    mixture's weights are learned one case at a time. Where all is formal anyway, nothing can be told.

    Parameters
    ----------
    reserve
        Presumed reserve so far, a share, 0..1.
    role
        Share of script the reader believed in, 0..1.
    attribution_share
        Share of this act that was put down to the role, 0..1.
    formality
        The centre's formality, 0..1.
    learning_rate
        Share of the way that one act takes, 0..1.

    Examples
    --------
    >>> given = {"reserve": 0.2, "role": 0.6, "attribution_share": 0.9, "formality": 0.5}
    >>> round(updated_presumed_reserve(**given, learning_rate=0.1), 3)
    0.26
    """
    if formality >= 1.0:
        return reserve
    return min(1.0, max(0.0, reserve + learning_rate * (attribution_share - role) / (1.0 - formality)))


@rule
def known_rules_after_change(known: float, before: float, now: float) -> float:
    """What someone knows of the rules when the centre begins to explain them to another degree than before.

    Of what the centre leaves unexplained, talks have explained a share, and that share stays explained.

    Parameters
    ----------
    known
        Share of the rules known before the change, 0..1.
    before, now
        The centre's transparency before and after the change, 0..1.

    Returns
    -------
    Share of the rules, at most 1.

    Examples
    --------
    >>> round(known_rules_after_change(known=0.6, before=0.2, now=0.6), 3)
    0.8
    >>> known_rules_after_change(known=1.0, before=1.0, now=0.25)
    0.25
    """
    if before >= 1.0:
        return now
    return min(1.0, known + (1.0 - known) * (now - before) / (1.0 - before))


@rule
def believed_strain(insight: float, strain: float) -> float:
    """How far the reader sees the strain behind what the other does.

    Parameters
    ----------
    insight
        The reader's insight, a share, 0..1.
    strain
        The other's strain: share of unscripted acts, 0..1.

    Returns
    -------
    Share of unscripted acts that the reader believes to come from strain.

    Examples
    --------
    >>> round(believed_strain(insight=0.3, strain=0.4), 3)
    0.12
    """
    return insight * strain


@rule
def expected(script: float, strain: float, person: float, role_share: float, strain_share: float) -> float:
    """Probability of an act that may come from role, strain or person.

    Parameters
    ----------
    script, strain, person
        Probability of the act if it comes from the role, from strain, or from the person.
    role_share
        Share of acts that follow the script, 0..1.
    strain_share
        Share of the other acts that come from strain, 0..1.

    Examples
    --------
    >>> round(expected(script=0.5, strain=0.0, person=0.1, role_share=0.5, strain_share=0.2), 3)
    0.29
    """
    return (
        role_share * script
        + (1.0 - role_share) * strain_share * strain
        + (1.0 - role_share) * (1.0 - strain_share) * person
    )


@rule
def likeness(squared_distance: float, perceptual_noise: float) -> float:
    """How easily two acts are taken for each other, by the squared distance of their sentiments.

    Parameters
    ----------
    squared_distance
        Squared Euclidean distance of the sentiments, squared EPA units.
    perceptual_noise
        Standard deviation of the noise, EPA units, above 0.

    Returns
    -------
    1 for acts with the same sentiments, toward 0 for distant ones.

    Examples
    --------
    >>> likeness(0.0, 1.2)
    1.0
    """
    return math.exp(-squared_distance / (2.0 * perceptual_noise * perceptual_noise))


@rule
def perception_weight(likeness: float, expected: float, perceptual_assimilation: float, openness: float) -> float:
    """Relative weight of an act as what was seen: like what was done, and expected or open to anything.

    Parameters
    ----------
    likeness
        How easily it is taken for what was done, from ``likeness``, 0..1.
    expected
        Probability the reader gives to the act.
    perceptual_assimilation
        How far perception leans on what was expected, 0..1.
    openness
        One over the number of feasible acts: what someone expects who expects nothing.

    Examples
    --------
    >>> perception_weight(likeness=0.5, expected=0.2, perceptual_assimilation=1.0, openness=0.1)
    0.1
    """
    return likeness * (perceptual_assimilation * expected + (1.0 - perceptual_assimilation) * openness)


@rule
def attribution_share(part: float, whole: float) -> float:
    """Share of an act put down to one of its possible sources (Jones & Davis 1965): that source's part of the whole.

    Parameters
    ----------
    part
        Probability that the act occurs and comes from this source.
    whole
        Probability of the act, whatever its source.

    Returns
    -------
    Share, 0..1; 0 where the whole is 0.

    Examples
    --------
    >>> attribution_share(0.1, 0.4)
    0.25
    """
    return part / whole if whole > 0.0 else 0.0


@rule
def person_share(role: float, strain: float) -> float:
    """Share of an act put down to the person: what neither role nor strain explains.

    Parameters
    ----------
    role, strain
        Shares that are put down to the role and to strain, 0..1.

    Examples
    --------
    >>> person_share(0.5, 0.25)
    0.25
    """
    return max(0.0, 1.0 - role - strain)


@rule
def log_evidence(probability: float, lapse_rate: float) -> float:
    """What an act says about a frame out of which it would come with this probability.

    Parameters
    ----------
    probability
        Probability of the act if the frame holds, 0..1.
    lapse_rate
        Probability that any act may come out of any frame, above 0.

    Examples
    --------
    >>> round(log_evidence(0.99, 0.01), 3)
    0.0
    """
    return math.log(probability + lapse_rate)


@rule
def updated_log_weight(
    log_weight: float, expectation: float, log_evidence: float, learning_rate: float, anchoring: float
) -> float:
    """Log-weight of a frame after a reading: moved by the evidence, drawn back to the expectation.

    Parameters
    ----------
    log_weight
        Log-weight of the frame so far.
    expectation
        Log-weight of the frame in the expectation.
    log_evidence
        What the act says about the frame, from ``log_evidence``.
    learning_rate
        Weight of one reading, 0..1.
    anchoring
        Share of the distance to the expectation that is taken back, 0..1.

    Examples
    --------
    >>> given = {"log_weight": -1.0, "expectation": -2.0, "log_evidence": -1.0}
    >>> round(updated_log_weight(**given, learning_rate=0.3, anchoring=0.1), 3)
    -1.4
    """
    return log_weight + learning_rate * log_evidence - anchoring * (log_weight - expectation)
