"""Turning points of a stay: where a definition tips, where tone falls and recovers, who leaves.

They are found in one dyad's tables, by what is said below and nothing else; the story is cut into chapters at the
weightiest.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures.panel import panel
from twoway.analysis.measures.ruptures import RUPTURE, find_ruptures
from twoway.analysis.narrative.decisive import TurningPoint, decisive_points, deed_as_seen, tells_of_lasting
from twoway.analysis.narrative.words.grammar import OTHER
from twoway.analysis.tables import DYAD, kind_shares
from twoway.simulation.affect_control.frames import ADVERSARIAL, KINDS, PERSONAL, ROLES
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables


class TippingParameters(NamedTuple):
    """When a definition has tipped, in one place."""

    days: int = 7
    """Days over which a definition is averaged, and for which the new kind of frame must lead. Assumed; 3..21."""
    lead: float = 0.1
    """Share by which the new kind must lead the old one, on average while it leads. Assumed; 0..0.3."""


TIPPING = TippingParameters()


def tippings(shares: NDArray[np.float64]) -> list[tuple[int, int, int, float]]:
    """Where the leading kind of frame changes for good: (row, kind before, kind after, how far the new one rose).

    *shares* (days, kinds) are a party's daily shares of the kinds of frames. A kind that leads for fewer days than
    ``TIPPING.days``, or by less than ``TIPPING.lead``, is passed over.
    """
    mean = pd.DataFrame(shares).rolling(TIPPING.days, center=True, min_periods=1).mean().to_numpy()
    leading = mean.argmax(axis=1)
    starts = [0, *(np.flatnonzero(np.diff(leading)) + 1).tolist(), len(leading)]
    found: list[tuple[int, int, int, float]] = []
    held = (0, starts[1], int(leading[0]))
    for start, stop in pairwise(starts[1:]):
        before, after = held[2], int(leading[start])
        ahead = (shares[start:stop, after] - shares[start:stop, before]).mean()
        if stop - start < TIPPING.days or (after != before and ahead < TIPPING.lead):
            continue
        if after != before:
            rise = shares[start:stop, after].mean() - shares[held[0] : held[1], after].mean()
            found.append((start, before, after, float(rise)))
        held = (start, stop, after)
    return found


def steepest(lead: NDArray[np.float64], start: int) -> int:
    """The row at which a lead grew most, near the *start* at which its mean over some days turns.

    Parameters
    ----------
    lead
        How far a kind leads another, shape (rows,).
    start
        Row near which it is looked for: ``TIPPING.days`` either way.
    """
    first = max(1, start - TIPPING.days)
    return first + int(np.diff(lead)[first - 1 : start + TIPPING.days].argmax()) if len(lead) > 1 else start


KIND_TOLD = {"personal": "something personal", "formal": "a matter of office", "adversarial": "a matter of control"}
"""How the kinds of frames are told."""
BREAKS = 0.6
"""Fall of tone from which something is told to break; a smaller rupture is a setback. EPA units (assumed)."""


def turning_points_of(own: Tables, resolved: Resolved) -> list[TurningPoint]:
    """The turning points of one dyad's stay, in the order of the days.

    A keyworker's view tips only while it is the same keyworker's.

    Parameters
    ----------
    own
        Tables of the dyad alone, its events ``with_chains``.
    resolved
        The scenario with its data files.
    """
    found: list[TurningPoint] = []
    for role in ROLES:
        side = own.days[own.days["party"] == role]
        served = [side] if role == "client" else [some for _, some in side.groupby("predecessors")]
        for some in served:
            days = some["day"].to_numpy()
            shares = kind_shares(some, resolved)
            for start, before, after, rise in tippings(shares):
                row = steepest(shares[:, after] - shares[:, before], start)
                day, (old, new) = int(days[row]), (KIND_TOLD[KINDS[kind]] for kind in (before, after))
                risen = shares[row, after] - shares[row, before], shares[row - 1, after] - shares[row - 1, before]
                over = decided_by(own.events, role, day, (before, after), risen, resolved) if row else ""
                sentence = (
                    f"Around day {day} it tipped for the {role}: from {old} to {new}{over or ', little by little'}."
                )
                found.append(TurningPoint(day, "tipped", role, 0.3 + rise, sentence, day, new))
    changes = [int(day) for day in own.events.loc[own.events["event"] == "new_keyworker", "day"]]
    for fall in find_ruptures(panel(own.days)).to_dict("records"):
        found.append(_rupture(fall, changes))
    for day in changes:
        sentence = f"On day {day} the keyworker left, and a new one took over."
        found.append(TurningPoint(day + 1, "new_keyworker", "", 2.0, sentence, day + 1))
    decisive = decisive_points(own, resolved)
    if tells_of_lasting(resolved):
        found = [_with_cause(turn, decisive) for turn in found]
    return sorted([*sorted(found), *decisive], key=lambda turn: turn.day)


SIGN = {PERSONAL: 1, ADVERSARIAL: -1}
"""How an act must have felt to be told as what made it something personal (good), or a matter of control (bad)."""
FITTING = 0.3
"""How good or bad at least: lesser acts moved it, but nobody would say that it was they. EPA units; assumed."""


def decided_by(
    events: pd.DataFrame, role: str, day: int, kinds: tuple[int, int], lead: tuple[float, float], resolved: Resolved
) -> str:
    """The act, as a party saw it, that made most of a day's move from one kind of frame to another.

    Empty if none did, or if it felt otherwise than what it made of the relationship: searched by her, nobody says that
    this made it something personal.

    Parameters
    ----------
    events
        Events of the dyad, ``with_chains``.
    role
        The party whose view moved: "client" or "keyworker".
    day
        The day.
    kinds
        The kind of frame before and after, indices into ``KINDS``.
    lead
        By how much the new kind led the old one in the evening of the day, and in the evening before.
    resolved
        The scenario with its data files.
    """
    mine = events[(events["event"] == "exchange") & (events["actor"] == OTHER[role]) & (events["day"] == day)]
    if not len(mine):
        return ""
    shares = kind_shares(mine, resolved)
    rise = np.diff(shares[:, kinds[1]] - shares[:, kinds[0]], prepend=lead[1])
    most = int(rise.argmax())
    if rise[most] <= 0.5 * (lead[0] - lead[1]):
        return ""
    row: dict[Any, Any] = mine.iloc[most].to_dict()
    if kinds[1] in SIGN and SIGN[kinds[1]] * row["felt"] < FITTING:
        return ""
    replicate, centre, dyad = (int(row[name]) for name in DYAD)
    return f", above all when {deed_as_seen(row, row, resolved, (replicate, centre, dyad))[0]}"


def _with_cause(turn: TurningPoint, decisive: Sequence[TurningPoint]) -> TurningPoint:
    """A fall of tone with the matter over which a grievance opened in it, weighed as one event beside the others."""
    if turn.what not in ("broke", "setback"):
        return turn
    over = [
        other.about
        for other in decisive
        if other.what == "grievance_opened" and other.party == turn.party and turn.day <= other.day <= turn.until
    ]
    about = next(filter(None, over), "")
    mended = any(
        other.what == "grievance_mended"
        and other.party == turn.party
        and turn.day <= other.day < turn.day + RUPTURE.repair
        for other in decisive
    )
    if mended:  # what is told of that day says how it went on; the balance of two tones is slower than a talk
        turn = turn._replace(sentence=turn.sentence.replace(SLOWLY, "."))
    return turn._replace(weight=min(turn.weight, FALL + FALL * turn.weight), about=about)


SLOWLY = f", and within {RUPTURE.repair} days it was not back where it had been."
"""How a sentence on a fall of tone ends that lasted."""
FALL = 0.3
"""Weight of a fall of tone, and of each EPA unit of it, where there is more to tell than tone (assumed)."""


def _rupture(fall: dict[Hashable, Any], changes: list[int]) -> TurningPoint:
    """A fall of someone's tone as a turning point; *changes* are the days on which the keyworker changed."""
    role, start, bottom, depth = str(fall["party"]), int(fall["start"]), int(fall["bottom"]), float(fall["depth"])
    what = "Something broke" if depth >= BREAKS else "A setback"
    when = f"on day {start}" if bottom == start else f"between day {start} and day {bottom}"
    told = f"{what} for the {role}: {when} the balance of good and bad toward the {OTHER[role]} fell by {depth:.1f}"
    if pd.isna(fall["repaired"]):
        left = any(day >= bottom for day in changes)
        after = f"and {'when she left' if left else 'at the end of the stay'} it was not back where it had been."
    elif fall["repaired"]:
        after = f"and by day {int(fall['regained'])} it was back where it had been."
    else:
        return TurningPoint(start, "broke" if depth >= BREAKS else "setback", role, depth, f"{told}{SLOWLY}", bottom)
    return TurningPoint(start, "broke" if depth >= BREAKS else "setback", role, depth, f"{told}, {after}", bottom)
