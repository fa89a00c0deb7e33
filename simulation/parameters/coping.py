"""How tension is handled: the same for everyone (the fourth dimension of the study)."""

from __future__ import annotations

from twoway.simulation.parameters.declare import ParameterGroup, parameter
from twoway.simulation.parameters.people import CALIBRATED, SHARE


class Coping(ParameterGroup):
    """When someone does something about tension, which way of coping is taken, and what comes of it."""

    tension_threshold: float = parameter(0.65, 0.05, 5, "tension", CALIBRATED)
    """Tension above which a party does something about it."""
    tension_relief: float = parameter(0.5, 0, 1, SHARE)
    """How much tension handling it takes away."""
    endure_log_odds: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to endure tension."""
    keep_distance_log_odds: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to keep distance, that is to hide behind the role."""
    confront_log_odds: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to confront the other, for someone to whom the relationship is nothing benign."""
    withdraw_log_odds: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to withdraw, for someone to whom the relationship is nothing benign."""
    propose_talk_log_odds: float = parameter(-2.0, -5, 5, "log-odds")
    """Tendency to propose a talk, for someone to whom the relationship is nothing benign and without opportunity."""
    benignity_weight: float = parameter(2.7, 0, 5, "log-odds", CALIBRATED)
    """How much a benign definition speaks for talking and against confronting and withdrawing."""
    opportunity_weight: float = parameter(2.0, 0, 5, "log-odds")
    """How much opportunity speaks for talking."""
    distance_step: float = parameter(0.3, 0, 1, "share of what is left")
    """How far keeping distance takes someone behind the role."""
    distance_return: float = parameter(0.05, 0, 1, "share per day")
    """How fast someone comes out from behind the role again."""
    withdrawal_days: float = parameter(7.0, 0, 60, "days")
    """How long someone who withdraws stays away."""
    withdrawal_avoidance: float = parameter(0.7, 0, 1, SHARE)
    """Share of everyday meetings that are avoided in that time."""
    talk_convergence: float = parameter(0.53, 0, 1, "share of the distance", CALIBRATED)
    """How far a repair talk that succeeds brings the two definitions together."""
    failed_talk_negativity: float = parameter(0.26, 0, 3, "negativity", CALIBRATED)
    """How much negativity a repair talk that fails leaves."""
    failed_talk_penalty: float = parameter(1.0, 0, 5, "log-odds")
    """How much a failed talk teaches its proposer not to propose one."""
    good_reading_threshold: float = parameter(1.0, -4.3, 4.3, "EPA units")
    """Evaluation from which an act in a repair talk is read as good."""
