"""What lasts of a relationship: trust and mistrust, standards, grievances, and how far they count."""

from __future__ import annotations

from twoway.simulation.parameters.declare import ParameterGroup, parameter
from twoway.simulation.parameters.people import SHARE

EPA = "EPA units"


class Lasting(ParameterGroup):
    """What lasts of a relationship, and how far it counts; where a weight is 0, that part is left out."""

    trust_threshold: float = parameter(1.0, 0.2, 3, EPA)
    """Lasting good at which the other is half trusted."""
    mistrust_threshold: float = parameter(0.3, 0.05, 3, EPA)
    """Lasting bad, with what is open, at which the other is half mistrusted."""
    trust_width: float = parameter(0.14, 0.02, 1, "share of the threshold")
    """How wide the step from no trust to full trust is, and likewise that of mistrust."""
    trust_override: float = parameter(0.0, 0, 5, "log-odds")
    """How far trust makes good acts personal, and mistrust bad ones; all else is put down to the role."""
    trust_binding: float = parameter(0.0, 0, 8, "log-weight")
    """How far trust speaks for personal frames, mistrust for adversarial ones, and neither for formal ones."""
    trust_openness: float = parameter(0.0, 0, 1, SHARE)
    """How far trust brings someone out from behind the role, and mistrust drives someone behind it."""
    formality_lock: float = parameter(0.0, 0, 1, SHARE)
    """How far someone to whom the relationship is a formal matter keeps to the script."""
    first_credit: float = parameter(0.0, 0, 3, EPA)
    """Lasting good with which everyone begins."""
    client_standard: float = parameter(0.0, -2, 2, EPA)
    """Evaluation that clients expect of an act: better is good, worse is bad (Thibaut & Kelley 1959)."""
    keyworker_standard: float = parameter(0.0, -2, 2, EPA)
    """Evaluation that keyworkers, on average, expect of an act."""
    keyworker_standard_sd: float = parameter(0.0, 0, 2, "SD in EPA units")
    """How much keyworkers differ in that."""
    procedural_weight: float = parameter(0.0, 0, 1, SHARE)
    """How far a rule that is explained is no offence (Lidz et al. 1995; Tyler 1990)."""
    deed_coercion: float = parameter(0.0, 0, 1, SHARE)
    """How far a mandated act coerces as a deed, explained or not, rather than as the keyworker's own."""
    betrayal_weight: float = parameter(0.0, 0, 3, "ratio")
    """How much more an act hurts that comes from one who is trusted."""
    offence_threshold: float = parameter(0.8, 0.05, 10, EPA)
    """Hurt from which a grievance opens."""
    grievance_size: float = parameter(0.0, 0, 2, "ratio")
    """Size of a grievance, by the hurt from which it comes."""
    grievance_half_life: float = parameter(290.0, 1, 3650, "days")
    """Time in which a grievance halves of which nobody speaks."""
    grievance_tension: float = parameter(0.0, 0, 3, "tension per EPA unit and day")
    """How much tension an open grievance makes every day."""
    parting_loss: float = parameter(0.0, 0, 2, EPA)
    """Lasting good that a client loses at a parting, beside what does not carry over."""
    hearsay: float = parameter(0.0, 0, 0.5, "share of the distance per talk")
    """How far a friend's open grievance becomes one's own lasting bad, where the ward is against the staff."""
