"""Keep distance: hide behind the role for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twoway.simulation.coping.registry import COPING_WAYS, CopingWay
from twoway.simulation.parameters.declare import ParameterGroup, parameter
from twoway.simulation.rules.tension import increased_distance, reduced_by

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters
    from twoway.simulation.state import Party


class KeepDistanceParameters(ParameterGroup):
    """Numbers of keeping distance."""

    keep_distance_log_odds: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to keep distance, that is to hide behind the role."""
    distance_step: float = parameter(0.3, 0, 1, "share of what is left")
    """How far keeping distance takes someone behind the role."""
    distance_return: float = parameter(0.05, 0, 1, "share per day")
    """How fast someone comes out from behind the role again."""


def _keep_distance_log_odds(party: Party, style: float, benign: float, parameters: Parameters) -> float:
    """How inclined someone is to keep distance."""
    return parameters.keep_distance_log_odds + style


def _step_behind_role(party: Party, day: float, parameters: Parameters) -> None:
    """Go a step further behind the role; part of the tension is gone."""
    party.distance = increased_distance(party.distance, parameters.distance_step)
    party.tension = reduced_by(party.tension, parameters.tension_relief)


KEEP_DISTANCE = COPING_WAYS.add(
    CopingWay(
        "keep_distance",
        "hides behind the role",
        "kept {their} distance",
        KeepDistanceParameters,
        _keep_distance_log_odds,
        _step_behind_role,
    )
)
