"""How tension is handled: the same for everyone (the fourth dimension of the study)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.parameters.declare import ParameterGroup, combined, parameter
from twoway.simulation.parameters.people import CALIBRATED, SHARE


class SharedCoping(ParameterGroup):
    """When someone does something about tension, which way of coping is taken, and what comes of it."""

    tension_threshold: float = parameter(1.9, 0.05, 5, "tension", CALIBRATED)
    """Tension above which a party does something about it."""
    tension_relief: float = parameter(0.88, 0, 1, SHARE, CALIBRATED)
    """How much tension handling it takes away."""
    benignity_weight: float = parameter(2.8, 0, 5, "log-odds", CALIBRATED)
    """How much a benign definition speaks for talking and against confronting and withdrawing."""


if TYPE_CHECKING:
    from twoway.simulation.coping.confront import ConfrontParameters
    from twoway.simulation.coping.endure import EndureParameters
    from twoway.simulation.coping.keep_distance import KeepDistanceParameters
    from twoway.simulation.coping.propose_talk import ProposeTalkParameters
    from twoway.simulation.coping.withdraw import WithdrawParameters

    class Coping(
        SharedCoping, EndureParameters, KeepDistanceParameters, ConfrontParameters, WithdrawParameters,
        ProposeTalkParameters,
    ):  # fmt: skip
        """The section ``coping`` of a scenario."""

else:
    Coping = combined("Coping", [SharedCoping, *(way.parameters for way in COPING_WAYS.values())])
