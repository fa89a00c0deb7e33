"""How people choose, read and change: the same for everyone (the second dimension of the study)."""

from __future__ import annotations

from twoway.simulation.parameters.declare import ParameterGroup, parameter
from twoway.simulation.parameters.people import CALIBRATED, SHARE


class Learning(ParameterGroup):
    """How people choose, read and change: the same for everyone (the second and fourth dimension of the study)."""

    choice_temperature: float = parameter(1.2, 0.2, 5, "deflection", CALIBRATED)
    """How loosely people follow what feels right: a difference in deflection by this much costs a factor e."""
    affiliation_matching: float = parameter(8.6, 0, 30, "log-weight per squared half of the scale", CALIBRATED)
    """How strongly acts are answered by acts as friendly, or as hostile, as they were (Sadler et al. 2009)."""
    dominance_yielding: float = parameter(11.0, 0, 30, "log-weight per squared half of the scale", CALIBRATED)
    """How strongly dominant acts are answered by yielding ones, and the other way round (Sadler et al. 2009)."""
    pair_strength: float = parameter(1.6, 0, 4, "log-odds", CALIBRATED)
    """How much it counts that a reply fits the act before, or is out of place (Schegloff & Sacks 1973)."""
    offered_share: float = parameter(0.05, 0, 0.5, "share of the script's weight")
    """How ready the role has answers to the act before that the script as written does not hold."""
    definition_learning_rate: float = parameter(0.77, 0, 1, "weight of one reading", CALIBRATED)
    """How much one reading moves the definition of the relationship."""
    expectation_anchoring: float = parameter(0.19, 0, 1, "share of the distance per reading", CALIBRATED)
    """How strongly the definition is drawn back to the expectation."""
    reserve_learning_rate: float = parameter(0.16, 0, 0.5, "share of the distance per reading", CALIBRATED)
    """How fast one learns how far the other stays behind the role."""
    lapse_rate: float = parameter(0.01, 0.0001, 0.2, "probability")
    """Probability that any act may come out of any frame, so that one act never settles what this is."""
    perceptual_noise: float = parameter(1.1, 0.2, 4, "EPA units", CALIBRATED)
    """How far apart in sentiment two acts may lie and still be taken for each other."""
    fact_confusion: float = parameter(0.0, 0, 1, SHARE)
    """How easily what everybody sees who is there (a search, a refusal) is taken for another deed or for words."""
    perceptual_assimilation: float = parameter(0.63, 0, 1, SHARE, CALIBRATED)
    """How far perception leans on what was expected rather than being open to anything."""
    tone_learning_rate: float = parameter(0.04, 0.005, 0.5, "share per reading", CALIBRATED)
    """How fast tone follows what is read."""
    negativity_weight: float = parameter(1.8, 1, 5, "ratio", CALIBRATED)
    """How much stronger bad is than good (Baumeister et al. 2001)."""
    impersonal_weight: float = parameter(0.31, 0, 1, SHARE, CALIBRATED)
    """How much an act counts that is not put down to the person at all."""
    coercion_learning_rate: float = parameter(0.06, 0.005, 0.5, "share per reading")
    """How fast felt coercion follows the keyworker's acts."""
    deflection_tolerance: float = parameter(4.5, 1, 60, "deflection", CALIBRATED)
    """Deflection up to which an act is no trouble."""
    role_strain_weight: float = parameter(0.41, 0, 3, "tension per unit of excess", CALIBRATED)
    """How much tension doing what one's own definition forbids leaves in the doer."""
    tension_decay: float = parameter(0.082, 0, 1, "share per day", CALIBRATED)
    """How fast tension fades."""
    expectation_learning_rate: float = parameter(0.0066, 0, 0.5, "share of the distance per day", CALIBRATED)
    """How fast own experience moves the expectation."""
    carry_over_to_new_keyworker: float = parameter(0.5, 0, 1, SHARE)
    """How much of definition, tone, felt coercion, tension and distance a client takes over to a new keyworker."""
