"""Turning points of a stay: where a definition tips, where tone falls and recovers, what is misread, who leaves.

They are found in one dyad's tables, by what is said below and nothing else; the story is cut into chapters at the
weightiest.
"""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.columns import kind_shares
from analysis.measures.panel import panel
from analysis.measures.ruptures import find_ruptures
from analysis.words.grammar import OTHER, PRONOUN
from simulation.frames import KINDS, ROLES
from simulation.scenario import Resolved
from simulation.tables import Tables


class Tipping(NamedTuple):
    """When a definition has tipped, in one place."""

    days: int = 7
    """Days over which a definition is averaged, and for which the new kind of frame must lead. Assumed; 3..21."""
    lead: float = 0.1
    """Share by which the new kind must lead the old one, on average while it leads. Assumed; 0..0.3."""


TIPPING = Tipping()


class Turn(NamedTuple):
    """A turning point: *day*, *what* it is, whose (or nobody's), how much it weighs (0 to 1 or so), in a sentence."""

    day: int
    what: str
    party: str
    weight: float
    sentence: str


def smoothed(values: NDArray[np.float64], days: int) -> NDArray[np.float64]:
    """Mean over a window of *days* centred on each day (shorter at the ends), along the first axis."""
    return pd.DataFrame(values).rolling(days, center=True, min_periods=1).mean().to_numpy()


def tippings(shares: NDArray[np.float64], tipping: Tipping = TIPPING) -> list[tuple[int, int, int, float]]:
    """Where the leading kind of frame changes for good: (row, kind before, kind after, how far the new one rose).

    *shares* (days, kinds) are a party's daily shares of the kinds of frames. A kind that leads for fewer days than
    ``tipping.days``, or by less than ``tipping.lead``, is passed over.
    """
    mean = smoothed(shares, tipping.days)
    leading = mean.argmax(axis=1)
    starts = [0, *(np.flatnonzero(np.diff(leading)) + 1).tolist(), len(leading)]
    found: list[tuple[int, int, int, float]] = []
    held = (0, starts[1], int(leading[0]))
    for start, stop in pairwise(starts[1:]):
        before, after = held[2], int(leading[start])
        ahead = (shares[start:stop, after] - shares[start:stop, before]).mean()
        if stop - start < tipping.days or (after != before and ahead < tipping.lead):
            continue
        if after != before:
            rise = shares[start:stop, after].mean() - shares[held[0] : held[1], after].mean()
            found.append((start, before, after, float(rise)))
        held = (start, stop, after)
    return found


KIND_TOLD = {"personal": "a personal relation", "formal": "a matter of office", "adversarial": "a contest"}
"""How the kinds of frames are told, after "became mostly"."""


def turns(own: Tables, resolved: Resolved) -> list[Turn]:
    """The turning points of one dyad's stay, in the order of the days; *own* are its tables alone."""
    found: list[Turn] = []
    for role in ROLES:
        side = own.days[own.days["party"] == role]
        days = side["day"].to_numpy()
        for row, before, after, rise in tippings(kind_shares(side, resolved)):
            sentence = (
                f"Around day {days[row]} the {role}'s view tipped: what had been mostly {KIND_TOLD[KINDS[before]]} to "
                f"{PRONOUN[role].object} became mostly {KIND_TOLD[KINDS[after]]}."
            )
            found.append(Turn(int(days[row]), "tipped", role, 0.3 + rise, sentence))
    for fall in find_ruptures(panel(own.days)).to_dict("records"):
        found.append(_rupture(fall))
    for event in own.events[own.events["event"] == "new_keyworker"]["day"]:
        found.append(Turn(int(event) + 1, "new_keyworker", "", 2.0, "The keyworker left, and a new one took over."))
    return sorted(found)


def _rupture(fall: dict[Hashable, Any]) -> Turn:
    """A fall of someone's tone as a turning point."""
    role, start = str(fall["party"]), int(fall["start"])
    when = f"on day {start}" if fall["bottom"] == start else f"between day {start} and day {int(fall['bottom'])}"
    told = f"Something broke for the {role}: {when} the tone toward the {OTHER[role]} fell by {fall['depth']:.1f}"
    if pd.isna(fall["repaired"]):
        after = "and had not come back when the stay, or the keyworker's service, came to its end."
    elif fall["repaired"]:
        after = f"and was back by day {int(fall['regained'])}."
    else:
        after = "and did not come back in the weeks after."
    return Turn(start, "rupture", role, float(fall["depth"]), f"{told}, {after}")
