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
    client_variety: float = parameter(0.75, 0, 3, "SD of a log-weight", CALIBRATED)
    """How much clients differ in what they expect."""
    keyworker_variety: float = parameter(1.0, 0, 3, "SD of a log-weight", CALIBRATED)
    """How much first impressions differ; general views of clients differ by 1/sqrt(2) of it."""
    first_impression: float = parameter(0.7, 0, 1, SHARE, CALIBRATED)
    """Weight of the first impression of this client against the keyworker's general view."""
    client_reserve: float = parameter(0.48, 0, 1, SHARE, CALIBRATED)
    """How far clients, on average, stay behind their role."""
    keyworker_reserve: float = parameter(0.1, 0, 1, SHARE, CALIBRATED)
    """How far keyworkers, on average, stay behind their role."""
    reserve_variety: float = parameter(0.31, 0, 0.5, "SD of a share", CALIBRATED)
    """How much people differ in reserve."""
    client_insight: float = parameter(0.13, 0, 1, SHARE, CALIBRATED)
    """How far clients, on average, see workload behind what a keyworker does, and notice her tension."""
    insight_variety: float = parameter(0.15, 0, 0.5, "SD of a share")
    """How much people differ in insight into the other's strain."""
    distress_variety: float = parameter(0.1, 0, 0.5, "SD of a share")
    """How much clients differ in distress at admission."""
    style_variety: float = parameter(0.7, 0, 3, "SD of a log-odds")
    """How much people differ in how they tend to handle tension."""


class Learning(ParameterGroup):
    """How people choose, read and change: the same for everyone (the second and fourth dimension of the study)."""

    temperature: float = parameter(0.92, 0.2, 5, "deflection", CALIBRATED)
    """How loosely people follow what feels right: a difference in deflection by this much costs a factor e."""
    learning: float = parameter(0.69, 0, 1, "weight of one reading", CALIBRATED)
    """How much one reading moves the definition of the relationship."""
    anchoring: float = parameter(0.083, 0, 1, "share of the distance per reading", CALIBRATED)
    """How strongly the definition is drawn back to the expectation."""
    acquaintance: float = parameter(0.17, 0, 0.5, "share of the distance per reading", CALIBRATED)
    """How fast one learns how far the other stays behind the role."""
    doubt: float = parameter(0.01, 0.0001, 0.2, "probability")
    """Probability that any act may come out of any frame, so that one act never settles what this is."""
    blur: float = parameter(0.82, 0.2, 4, "EPA units", CALIBRATED)
    """How far apart in sentiment two acts may lie and still be taken for each other."""
    assimilation: float = parameter(0.75, 0, 1, SHARE, CALIBRATED)
    """How far perception leans on what was expected rather than being open to anything."""
    tempo: float = parameter(0.097, 0.005, 0.5, "share per reading", CALIBRATED)
    """How fast tone follows what is read."""
    negativity_weight: float = parameter(1.4, 1, 5, "ratio", CALIBRATED)
    """How much stronger bad is than good (Baumeister et al. 2001)."""
    impersonal_weight: float = parameter(0.56, 0, 1, SHARE, CALIBRATED)
    """How much an act counts that is not put down to the person at all."""
    coercion_tempo: float = parameter(0.06, 0.005, 0.5, "share per reading")
    """How fast felt coercion follows the keyworker's acts."""
    tolerance: float = parameter(3.8, 1, 60, "deflection", CALIBRATED)
    """Deflection up to which an act is no trouble."""
    role_strain: float = parameter(0.76, 0, 3, "tension per unit of excess", CALIBRATED)
    """How much tension doing what one's own definition forbids leaves in the doer."""
    fading: float = parameter(0.059, 0, 1, "share per day", CALIBRATED)
    """How fast tension fades."""
    threshold: float = parameter(0.65, 0.05, 5, "tension", CALIBRATED)
    """Tension above which a party does something about it."""
    relief: float = parameter(0.5, 0, 1, SHARE)
    """How much tension handling it takes away."""
    endure: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to endure tension."""
    keep_distance: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to keep distance, that is to hide behind the role."""
    confront: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to confront the other, for someone to whom the relationship is nothing benign."""
    withdraw: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to withdraw, for someone to whom the relationship is nothing benign."""
    propose_talk: float = parameter(-2.0, -5, 5, "log-odds")
    """Tendency to propose a talk, for someone to whom the relationship is nothing benign and without opportunity."""
    benignity_weight: float = parameter(2.7, 0, 5, "log-odds", CALIBRATED)
    """How much a benign definition speaks for talking and against confronting and withdrawing."""
    opportunity_weight: float = parameter(2.0, 0, 5, "log-odds")
    """How much opportunity speaks for talking."""
    distance_step: float = parameter(0.3, 0, 1, "share of what is left")
    """How far keeping distance takes someone behind the role."""
    distance_return: float = parameter(0.05, 0, 1, "share per day")
    """How fast someone comes out from behind the role again."""
    withdrawal: float = parameter(7.0, 0, 60, "days")
    """How long someone who withdraws stays away."""
    avoidance: float = parameter(0.7, 0, 1, SHARE)
    """Share of everyday meetings that are avoided in that time."""
    meeting: float = parameter(0.53, 0, 1, "share of the distance", CALIBRATED)
    """How far a repair talk that succeeds brings the two definitions together."""
    disappointment: float = parameter(0.26, 0, 3, "negativity", CALIBRATED)
    """How much negativity a repair talk that fails leaves."""
    lesson: float = parameter(1.0, 0, 5, "log-odds")
    """How much a failed talk teaches its proposer not to propose one."""
    good_reading: float = parameter(1.0, -4.3, 4.3, "EPA units")
    """Evaluation from which an act in a repair talk is read as good."""
    experience: float = parameter(0.008, 0, 0.5, "share of the distance per day", CALIBRATED)
    """How fast own experience moves the expectation."""
    keep: float = parameter(0.5, 0, 1, SHARE)
    """How much of definition, tone, felt coercion, tension and distance a client takes over to a new keyworker."""
