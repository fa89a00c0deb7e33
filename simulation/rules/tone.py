"""Tone: what acts leave behind, positive and negative kept apart (Cacioppo & Berntson 1994), and felt coercion."""

from __future__ import annotations

from twoway.simulation.rules import rule


@rule
def personal_weight(person: float, impersonal: float) -> float:
    """How much an act counts that is put down to the person to this degree.

    Parameters
    ----------
    person
        Share of the act that is put down to the person, 0..1.
    impersonal
        Weight of an act that is not put down to the person at all, 0..1.

    Returns
    -------
    Weight, 0..1.

    Examples
    --------
    >>> round(personal_weight(person=0.5, impersonal=0.3), 3)
    0.65
    """
    return impersonal + (1.0 - impersonal) * person


@rule
def felt_evaluation(weight: float, evaluation: float, manner: float) -> float:
    """How good an act feels: as far as it counts, but the manner in which it was done in full, for that is personal.

    Parameters
    ----------
    weight
        How much the act counts, 0..1.
    evaluation
        How good it is in itself to the reader, EPA units.
    manner
        How much better its manner makes it, EPA units.

    Examples
    --------
    >>> felt_evaluation(weight=0.5, evaluation=-1.0, manner=1.0)
    0.5
    """
    return weight * evaluation + manner


@rule
def updated_positivity(positivity: float, evaluation: float, learning_rate: float) -> float:
    """Positivity after an act that felt so good.

    Parameters
    ----------
    positivity
        Positivity so far, EPA units, at least 0.
    evaluation
        How good it felt, EPA units.
    learning_rate
        Share of the way that one reading takes, 0..1.

    Examples
    --------
    >>> round(updated_positivity(positivity=1.0, evaluation=1.5, learning_rate=0.1), 3)
    1.05
    """
    return positivity + learning_rate * (max(evaluation, 0.0) - positivity)


@rule
def updated_negativity(negativity: float, evaluation: float, learning_rate: float, negativity_weight: float) -> float:
    """Negativity after an act that felt so good, or bad: bad is stronger than good.

    Parameters
    ----------
    negativity
        Negativity so far, EPA units, at least 0.
    evaluation
        How good it felt, EPA units.
    learning_rate
        Share of the way that one reading takes, 0..1.
    negativity_weight
        How many times stronger bad is than good, at least 1.

    Examples
    --------
    >>> round(updated_negativity(negativity=0.0, evaluation=-1.0, learning_rate=0.1, negativity_weight=2.5), 3)
    0.25
    """
    return negativity + learning_rate * (negativity_weight * max(-evaluation, 0.0) - negativity)


@rule
def updated_felt_coercion(felt: float, weight: float, evaluation: float, potency: float, learning_rate: float) -> float:
    """Felt coercion after an act of the keyworker: what is bad and powerful coerces.

    Parameters
    ----------
    felt
        Felt coercion so far, squared EPA units, at least 0.
    weight
        How much the act counts, 0..1.
    evaluation, potency
        Sentiments of the act seen, -4.3..4.3 EPA units.
    learning_rate
        Share of the way that one reading takes, 0..1.

    Examples
    --------
    >>> round(updated_felt_coercion(felt=0.0, weight=0.5, evaluation=-1.0, potency=2.0, learning_rate=0.1), 3)
    0.1
    """
    return felt + learning_rate * (weight * max(-evaluation, 0.0) * max(potency, 0.0) - felt)
