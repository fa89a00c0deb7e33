"""Who meets: the mix of expectations and traits among clients and keyworkers (the first dimension of the study)."""

from __future__ import annotations

from twoway.simulation.parameters.declare import ParameterGroup, parameter

LOG_WEIGHT = "log-weight of the most benign frame"
SHARE = "share"
CALIBRATED = "calibrated"
"""Source of a number that comes out of the calibration (docs/validation.md)."""


class People(ParameterGroup):
    """How clients and keyworkers are drawn; the mean weights of their expectations stand with the frames."""

    client_tilt: float = parameter(-0.2, -4, 4, LOG_WEIGHT, CALIBRATED)
    """How far clients' expectations are shifted toward benign (plus) or adversarial (minus) frames."""
    keyworker_tilt: float = parameter(0.13, -4, 4, LOG_WEIGHT, CALIBRATED)
    """How far keyworkers' expectations are shifted toward benign (plus) or adversarial (minus) frames."""
    client_expectation_sd: float = parameter(1.5, 0, 3, "SD of a log-weight", CALIBRATED)
    """How much clients differ in what they expect."""
    keyworker_expectation_sd: float = parameter(1.4, 0, 3, "SD of a log-weight", CALIBRATED)
    """How much first impressions differ; general views of clients differ by 1/sqrt(2) of it."""
    first_impression: float = parameter(0.67, 0, 1, SHARE, CALIBRATED)
    """Weight of the first impression of this client against the keyworker's general view."""
    client_reserve: float = parameter(0.45, 0, 1, SHARE, CALIBRATED)
    """How far clients, on average, stay behind their role."""
    keyworker_reserve: float = parameter(0.17, 0, 1, SHARE, CALIBRATED)
    """How far keyworkers, on average, stay behind their role."""
    reserve_sd: float = parameter(0.21, 0, 0.5, "SD of a share", CALIBRATED)
    """How much people differ in reserve."""
    client_insight: float = parameter(0.25, 0, 1, SHARE, CALIBRATED)
    """How far clients see workload behind what a keyworker does, and notice her tension."""
    coping_style_sd: float = parameter(0.7, 0, 3, "SD of a log-odds")
    """How much people differ in how they tend to handle tension."""
