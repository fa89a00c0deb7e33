"""Withdraw: avoid everyday meetings for some days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twoway.simulation.coping.registry import COPING_WAYS, CopingWay
from twoway.simulation.parameters.declare import ParameterGroup, parameter
from twoway.simulation.rules.tension import hostile_log_odds, reduced_by

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters
    from twoway.simulation.state import Party


class WithdrawParameters(ParameterGroup):
    """Numbers of withdrawing."""

    withdraw_log_odds: float = parameter(0.0, -5, 5, "log-odds")
    """Tendency to withdraw, for someone to whom the relationship is nothing benign."""
    withdrawal_days: float = parameter(7.0, 0, 60, "days")
    """How long someone who withdraws stays away."""
    withdrawal_avoidance: float = parameter(0.7, 0, 1, "share")
    """Share of everyday meetings that are avoided in that time."""


def _withdraw_log_odds(party: Party, style: float, benign: float, parameters: Parameters) -> float:
    """How inclined someone is to withdraw: less, the more benign the relationship is to them."""
    return hostile_log_odds(parameters.withdraw_log_odds, style, benign, parameters.benignity_weight)


def _stay_away(party: Party, day: float, parameters: Parameters) -> None:
    """Stay away for some days; part of the tension is gone."""
    party.away = day + parameters.withdrawal_days
    party.tension = reduced_by(party.tension, parameters.tension_relief)


WITHDRAW = COPING_WAYS.add(
    CopingWay(
        "withdraw",
        "stays away from the other for some days",
        "withdrew from {them}",
        WithdrawParameters,
        _withdraw_log_odds,
        _stay_away,
    )
)
