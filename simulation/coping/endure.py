"""Endure: bear tension in silence; nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twoway.simulation.coping.registry import COPING_WAYS, CopingWay
from twoway.simulation.parameters.declare import ParameterGroup, parameter

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters
    from twoway.simulation.state import Party


class EndureParameters(ParameterGroup):
    """Numbers of enduring."""

    endure_log_odds: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to endure tension."""


def _endure_log_odds(party: Party, style: float, benign: float, parameters: Parameters) -> float:
    """How inclined someone is to endure."""
    return parameters.endure_log_odds + style


ENDURE = COPING_WAYS.add(
    CopingWay("endure", "bears tension in silence", "bore it in silence", EndureParameters, _endure_log_odds)
)
