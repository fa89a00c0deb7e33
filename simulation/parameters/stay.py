"""How a stay goes on and ends: answers, leaves, placements outside, absconding, an early end."""

from __future__ import annotations

from twoway.simulation.parameters.declare import ParameterGroup, parameter
from twoway.simulation.parameters.people import CALIBRATED, SHARE

HAZARD = "per day"


class Stay(ParameterGroup):
    """How a stay goes on and ends; with rates of 0 everyone stays at the centre to the end."""

    answer_within: float = parameter(7.0, 1, 60, "days")
    """Days after which an answer that is still open counts as none."""
    insistence: float = parameter(0.25, 0, 3, "ratio per refusal")
    """How much more an answer counts after each refusal in a row."""
    indignity: float = parameter(0.6, 0, 3, "EPA units")
    """How much worse a control is that is not explained."""
    lateness: float = parameter(2.0, 0, 10, "log-odds against")
    """How seldom a client comes back late from leave."""
    failing: float = parameter(2.2, 0, 10, "log-odds against")
    """How seldom a client does not come back from leave by himself."""
    placing: float = parameter(0.036, 0, 0.2, "per day and whole plan", CALIBRATED)
    """How often a client whose plan is complete is placed outside the centre (section 27 of the Swedish act)."""
    placing_from: float = parameter(30.0, 1, 360, "days")
    """First day on which that may be."""
    plan_step: float = parameter(0.12, 0, 1, "share per planned talk")
    """How much of the plan a planned talk adds in which every act was read as good."""
    no_place: float = parameter(0.24, 0, 1, SHARE, "Larsson & Leiniö 2012: about a quarter never")
    """Share of clients for whom no place outside is found."""
    breaking: float = parameter(0.02, 0, 0.2, HAZARD, CALIBRATED)
    """How often a placement breaks down, so that the client comes back."""
    ending: float = parameter(0.038, 0, 0.2, HAZARD, CALIBRATED)
    """How often the order ends while a client is placed outside."""
    follow_up: float = parameter(0.25, 0, 7, "talks per week")
    """How often the keyworker talks with a client who is placed outside."""
    running: float = parameter(0.0062, 0, 0.05, HAZARD, CALIBRATED)
    """How often a client runs away whose tension is bearable and who stands where trust and mistrust begin."""
    gone_days: float = parameter(3.0, 0.5, 60, "days")
    """Mean time until a client who has run away is back."""
    bond: float = parameter(0.41, 0, 3, "log-hazard per EPA unit", CALIBRATED)
    """How much better ratings of each other hold a client, and make placements come about and last."""
