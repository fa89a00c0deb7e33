"""Propose a talk: handle tension together; if the other agrees, a repair talk takes place the next day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twoway.simulation.coping.registry import COPING_WAYS, CopingWay
from twoway.simulation.parameters.declare import ParameterGroup, parameter
from twoway.simulation.parameters.people import CALIBRATED
from twoway.simulation.rules.tension import talking_log_odds

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters
    from twoway.simulation.state import Party


class ProposeTalkParameters(ParameterGroup):
    """Numbers of proposing a talk, and of what comes of it."""

    propose_talk_log_odds: float = parameter(-0.84, -5, 5, "log-odds", CALIBRATED)
    """Tendency to propose a talk, for someone to whom the relationship is nothing benign and without opportunity."""
    opportunity_weight: float = parameter(2.0, 0, 5, "log-odds")
    """How much opportunity speaks for talking."""
    talk_convergence: float = parameter(0.36, 0, 1, "share of the distance", CALIBRATED)
    """How far a repair talk that succeeds brings the two definitions together."""
    failed_talk_penalty: float = parameter(1.0, 0, 5, "log-odds")
    """How much a failed talk teaches its proposer not to propose one."""
    good_reading_threshold: float = parameter(1.0, -4.3, 4.3, "EPA units")
    """Evaluation from which an act in a repair talk is read as good."""


def _propose_talk_log_odds(party: Party, style: float, benign: float, parameters: Parameters) -> float:
    """How inclined someone is to propose a talk: more, the more benign the relationship and the more opportunity."""
    return talking_log_odds(
        parameters.propose_talk_log_odds,
        style,
        benign,
        parameters.benignity_weight,
        parameters.repair_opportunity,
        parameters.opportunity_weight,
    )


PROPOSE_TALK = COPING_WAYS.add(
    CopingWay(
        "propose_talk",
        "proposes to talk it over",
        "proposed a talk",
        ProposeTalkParameters,
        _propose_talk_log_odds,
        proposes_talk=True,
    )
)
