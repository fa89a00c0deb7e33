"""What lasts of a relationship: trust and mistrust, standards, grievances, and how far they count."""

from __future__ import annotations

from twoway.simulation.parameters.declare import ParameterGroup, parameter
from twoway.simulation.parameters.people import CALIBRATED, SHARE

EPA = "EPA units"


class Lasting(ParameterGroup):
    """What lasts of a relationship, and how far it counts; where a weight is 0, that part is left out."""

    trust_width: float = parameter(0.14, 0.02, 1, "share of the threshold")
    """How wide the step from no trust to full trust is, and likewise that of mistrust."""
    trust_override: float = parameter(1.2, 0, 5, "log-odds", CALIBRATED)
    """How far trust makes good acts personal, and mistrust bad ones; all else is put down to the role."""
    trust_binding: float = parameter(3.1, 0, 8, "log-weight", CALIBRATED)
    """How far trust speaks for personal frames, mistrust for adversarial ones, and neither for formal ones."""
    trust_openness: float = parameter(0.65, 0, 1, SHARE, CALIBRATED)
    """How far trust brings someone out from behind the role, and mistrust drives someone behind it."""
    formality_lock: float = parameter(0.45, 0, 1, SHARE, CALIBRATED)
    """How far someone to whom the relationship is a formal matter keeps to the script."""
    first_credit: float = parameter(0.58, 0, 3, EPA, CALIBRATED)
    """Lasting good with which everyone begins."""
    client_standard: float = parameter(-0.57, -2, 2, EPA, CALIBRATED)
    """Evaluation that clients expect of an act: better is good, worse is bad (Thibaut & Kelley 1959)."""
    keyworker_standard: float = parameter(0.06, -2, 2, EPA, CALIBRATED)
    """Evaluation that keyworkers, on average, expect of an act."""
    keyworker_standard_sd: float = parameter(0.27, 0, 2, "SD in EPA units", CALIBRATED)
    """How much keyworkers differ in that."""
    procedural_weight: float = parameter(0.7, 0, 1, SHARE, CALIBRATED)
    """How far a rule that is explained is no offence (Lidz et al. 1995; Tyler 1990)."""
    deed_coercion: float = parameter(1.0, 0, 1, SHARE)
    """How far a mandated act coerces as a deed, explained or not, rather than as the keyworker's own."""
    betrayal_weight: float = parameter(0.65, 0, 3, "ratio", CALIBRATED)
    """How much more an act hurts that comes from one who is trusted."""
    offence_threshold: float = parameter(0.86, 0.05, 10, EPA, CALIBRATED)
    """Hurt from which a grievance opens."""
    grievance_size: float = parameter(0.76, 0, 2, "ratio", CALIBRATED)
    """Size of a grievance, by the hurt from which it comes."""
    grievance_half_life: float = parameter(290.0, 1, 3650, "days")
    """Time in which a grievance halves of which nobody speaks."""
    grievance_tension: float = parameter(0.68, 0, 3, "tension per EPA unit and day", CALIBRATED)
    """How much tension an open grievance makes every day."""
    parting_loss: float = parameter(0.36, 0, 2, EPA)
    """Lasting good that a client loses at a parting, beside what does not carry over."""
    hearsay: float = parameter(0.05, 0, 0.5, "share of the distance per talk")
    """How far a friend's open grievance becomes one's own lasting bad, where the ward is against the staff."""
