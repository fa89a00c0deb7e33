"""Confront: have it out with the other at the next encounter one opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twoway.simulation.coping.registry import COPING_WAYS, CopingWay
from twoway.simulation.events import Mark
from twoway.simulation.parameters.declare import ParameterGroup, parameter
from twoway.simulation.rules.tension import hostile_log_odds, reduced_by

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters
    from twoway.simulation.state import Party


class ConfrontParameters(ParameterGroup):
    """Numbers of confronting."""

    confront_log_odds: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to confront the other, for someone to whom the relationship is nothing benign."""


def _confront_log_odds(party: Party, style: float, benign: float, parameters: Parameters) -> float:
    """How inclined someone is to confront the other: less, the more benign the relationship is to them."""
    return hostile_log_odds(parameters.confront_log_odds, style, benign, parameters.benignity_weight)


def _be_out_to_confront(party: Party, day: float, parameters: Parameters) -> None:
    """Be out to confront the other; part of the tension is gone."""
    party.confronting = 1.0
    party.tension = reduced_by(party.tension, parameters.tension_relief)


CONFRONT = COPING_WAYS.add(
    CopingWay(
        "confront",
        "resolves to have it out with the other",
        "resolved to have it out with {them}",
        ConfrontParameters,
        _confront_log_odds,
        _be_out_to_confront,
        Mark("confronts", "v", "confronts"),
    )
)
