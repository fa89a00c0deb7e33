"""A centre in Mesa of which the data collector tells what the analysis would: patterns, tone and ruptures by day."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from twoway.analysis.measures.panel import panel_of_records
from twoway.analysis.measures.ruptures import find_ruptures
from twoway.analysis.patterns import SHORT_NAMES, rule_of
from twoway.simulation import mesa_model
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.arrays import RecordArray
from twoway.simulation.state import tones


class Centre(mesa_model.Centre):
    """One centre of a scenario, as in ``twoway.simulation.mesa_model``, whose data collector looks at the whole centre.

    Each day it notes the share of pairs in each pattern (``friendly``, ``polite``, ``conflicted``), the mean good and
    bad tone of both parties (such as ``client_positivity``, EPA units), and how many ``ruptures`` there have been.
    These are of the evening; a study and a comparison take the mean of the days of the interviews, by default 60 to 90.
    It runs under ``mesa.batch_run``; what differs between runs is named there, the replicate as well:
    ``batch_run(Centre, {"scenario": "ordinary", "control": [2, 4], "replicate": range(5)})``.

    Parameters
    ----------
    scenario, seed, replicate, centre, draws, client_class, keyworker_class, **numbers
        Those of the class it extends.

    Examples
    --------
    >>> centre = Centre("ordinary", seed=1, days=3)
    >>> while centre.running:
    ...     centre.step()
    >>> centre.datacollector.get_model_vars_dataframe()["day"].tolist()
    [0, 1, 2, 3]
    """

    def model_reporters(self) -> dict[str, str | Callable[[mesa_model.Centre], float]]:
        """Add patterns, tone and ruptures to what is noted every day."""
        shares = {name: _share_of(code) for code, name in enumerate(SHORT_NAMES)}
        felt = {
            f"{role}_{name}": _mean_tone(side, which)
            for side, role in enumerate(ROLES)
            for which, name in enumerate(("positivity", "negativity"))
        }
        return {**super().model_reporters(), **shares, **felt, "ruptures": ruptures_so_far}


def _sides(centre: mesa_model.Centre) -> tuple[RecordArray, RecordArray]:
    """The parties' views of each other, clients' first."""
    return cast(RecordArray, centre.state.clients), cast(RecordArray, centre.state.keyworkers)


def _patterns_today(centre: mesa_model.Centre) -> NDArray[np.int8]:
    """The pattern of each dyad this evening."""
    rule = rule_of(centre.prepared.scenario)
    return rule.patterns(*(rule.classes(*tones(side)) for side in _sides(centre)))


def _share_of(code: int) -> Callable[[mesa_model.Centre], float]:
    """The share of pairs in a pattern."""

    def share(centre: mesa_model.Centre) -> float:
        return float((_patterns_today(centre) == code).mean())

    return share


def _mean_tone(side: int, which: int) -> Callable[[mesa_model.Centre], float]:
    """The mean good (*which* 0) or bad tone (1) of a party."""
    return lambda centre: float(tones(_sides(centre)[side])[which].mean())


def ruptures_so_far(centre: mesa_model.Centre) -> float:
    """How many ruptures there have been until today, of either party.

    Parameters
    ----------
    centre
        A centre in Mesa.
    """
    if centre.day == 0:
        return 0.0
    days = centre.records().days.reshape(centre.day, len(centre.clients), 2)
    return float(len(find_ruptures(panel_of_records(days.swapaxes(0, 1)))))
