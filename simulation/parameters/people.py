"""Who meets: the mix of expectations and traits among clients and keyworkers (the first dimension of the study)."""

from __future__ import annotations

from twoway.simulation.parameters.declare import ParameterGroup, parameter

LOG_WEIGHT = "log-weight of the most benign frame"
SHARE = "share"
CALIBRATED = "calibrated"
"""Source of a number that comes out of the calibration (docs/validation.md)."""


class People(ParameterGroup):
    """How clients and keyworkers are drawn; the mean weights of their expectations stand with the frames."""

    client_tilt: float = parameter(-0.52, -4, 4, LOG_WEIGHT, CALIBRATED)
    """How far clients' expectations are shifted toward benign (plus) or adversarial (minus) frames."""
    keyworker_tilt: float = parameter(-0.042, -4, 4, LOG_WEIGHT, CALIBRATED)
    """How far keyworkers' expectations are shifted toward benign (plus) or adversarial (minus) frames."""
    client_expectation_sd: float = parameter(0.75, 0, 3, "SD of a log-weight", CALIBRATED)
    """How much clients differ in what they expect."""
    keyworker_expectation_sd: float = parameter(1.0, 0, 3, "SD of a log-weight", CALIBRATED)
    """How much first impressions differ; general views of clients differ by 1/sqrt(2) of it."""
    first_impression: float = parameter(0.7, 0, 1, SHARE, CALIBRATED)
    """Weight of the first impression of this client against the keyworker's general view."""
    client_reserve: float = parameter(0.48, 0, 1, SHARE, CALIBRATED)
    """How far clients, on average, stay behind their role."""
    keyworker_reserve: float = parameter(0.1, 0, 1, SHARE, CALIBRATED)
    """How far keyworkers, on average, stay behind their role."""
    reserve_sd: float = parameter(0.31, 0, 0.5, "SD of a share", CALIBRATED)
    """How much people differ in reserve."""
    client_insight: float = parameter(0.13, 0, 1, SHARE, CALIBRATED)
    """How far clients, on average, see workload behind what a keyworker does, and notice her tension."""
    insight_sd: float = parameter(0.15, 0, 0.5, "SD of a share")
    """How much people differ in insight into the other's strain."""
    distress_sd: float = parameter(0.1, 0, 0.5, "SD of a share")
    """How much clients differ in distress at admission."""
    coping_style_sd: float = parameter(0.7, 0, 3, "SD of a log-odds")
    """How much people differ in how they tend to handle tension."""
