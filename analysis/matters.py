"""What became of what a client asked for: chains from the first asking to the end, found in a dyad's events.

A chain begins when a client asks for something that is not refused, waiting or left unanswered, and goes on until it is
granted; of what takes days away, until the client is back.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import pandas as pd

from twoway.simulation.matters import Matter, MatterState
from twoway.simulation.parameters.scenario import Resolved

ASKED, SETTLED, UNANSWERED = "exchange", "matter_settled", "left_unanswered"
LEAVE_BEGINS, LEAVE_ENDS = "leave_begins", "leave_ends"
STEPS = (SETTLED, UNANSWERED, LEAVE_BEGINS, LEAVE_ENDS)
"""Events, besides exchanges, by which something becomes of a matter."""
PENDING, GRANTED, REFUSED, UNANSWERED_STATE = (
    state.name.lower()
    for state in (MatterState.PENDING, MatterState.GRANTED, MatterState.REFUSED, MatterState.UNANSWERED)
)
FAILED = MatterState.FAILED.name.lower()
GOES_ON = (PENDING, REFUSED, UNANSWERED_STATE)
"""States in which asking again is asking for the same."""


class Step(NamedTuple):
    """One thing that happened to a matter.

    Attributes
    ----------
    day
        Day of the stay.
    event
        Kind of event: an exchange in which it was asked for, or one of ``STEPS``.
    state
        What had become of the matter by it.
    explained
        Whether the client was told why; meaningless for leaves.
    times
        How often it had been asked for in the chain so far.
    act
        What the keyworker did; empty for leaves.
    """

    day: int
    event: str
    state: str
    explained: bool
    times: int
    act: str


class Chain(NamedTuple):
    """A client's asking for one thing and what came of it: the *number*-th such chain about the *matter*."""

    matter: Matter
    number: int
    steps: tuple[Step, ...]

    @property
    def asked(self) -> tuple[int, ...]:
        """Days on which it was asked for."""
        return tuple(step.day for step in self.steps if step.event == ASKED)

    @property
    def since(self) -> Step:
        """The step at which it came to its present state."""
        same = len(self.steps) - 1
        while same > 0 and self.steps[same - 1].state == self.steps[same].state == PENDING:
            same -= 1
        return self.steps[same]

    @property
    def weighty(self) -> bool:
        """Whether it counts much, or takes days away."""
        return self.matter.stake >= WEIGHTY or self.matter.lasts[1] > 0


WEIGHTY = 1.5
"""Stake from which what became of a matter is told step by step (assumed)."""


SubjectSeen = tuple[Matter | None, int]
"""What something was about: a matter, or None for something else, and the number of the chain about it."""


def has_word(value: object) -> bool:
    """Whether a value of a word column says anything."""
    return isinstance(value, str)


def with_chains(events: pd.DataFrame) -> pd.DataFrame:
    """A dyad's events with ``chain``, ``times`` and ``open``: which chain about its matter, asked for how often in it.

    Both count from 1; ``chain`` is 0 where nothing is said of what a client asks for. ``open`` is whether the matter
    had been waiting for an answer before.

    Parameters
    ----------
    events
        Events of one dyad, in their order.
    """
    chain, times, waits = [0] * len(events), [0] * len(events), [False] * len(events)
    if "matter" in events:
        number: dict[str, int] = {}
        asked: dict[str, int] = {}
        state: dict[str, str] = {}
        about = events["matter"].notna().to_numpy()
        rows = events[["event", "encounter", "exchange", "matter", "matter_state"]][about].to_dict("records")
        for index, row in zip(about.nonzero()[0].tolist(), rows, strict=True):
            name = cast(str, row["matter"])
            if has_word(row["encounter"]) and row["encounter"] != "request":
                continue
            if row["event"] == ASKED and row["exchange"] == 0:
                goes_on = state.get(name) in GOES_ON
                asked[name] = asked[name] + 1 if goes_on else 1
                number[name] = number.get(name, 0) + (not goes_on)
            waits[index] = state.get(name) == PENDING
            if has_word(row["matter_state"]):
                state[name] = row["matter_state"]
            chain[index], times[index] = number.get(name, 0), asked.get(name, 0)
    return events.assign(chain=chain, times=times, open=waits)


def chains_of(events: pd.DataFrame, resolved: Resolved) -> list[Chain]:
    """All chains of one dyad's events, in the order of their beginnings.

    Parameters
    ----------
    events
        Events of one dyad, ``with_chains``.
    resolved
        The scenario with its data files.
    """
    named = {matter.name: matter for matter in resolved.matters.matters}
    found: dict[tuple[str, int], list[Step]] = {}
    if "matter_state" in events:
        for row in events[(events["chain"] > 0) & events["matter_state"].notna()].to_dict("records"):
            found.setdefault((row["matter"], int(row["chain"])), []).append(_step(row))
    return [Chain(named[name], number, tuple(steps)) for (name, number), steps in found.items()]


def _step(row: dict[Any, Any]) -> Step:
    act = row["act"] if has_word(row["act"]) else ""
    return Step(int(row["day"]), row["event"], row["matter_state"], row["explained"] == 1, int(row["times"]), act)


def seen_about(row: dict[Any, Any], resolved: Resolved) -> SubjectSeen | None:
    """What a row of the events table is about; None in a model without matters.

    Parameters
    ----------
    row
        Row of the events of a dyad, ``with_chains``.
    resolved
        The scenario with its data files.
    """
    known = {matter.name: matter for matter in resolved.matters.matters}
    return (known.get(row["matter"]), int(row["chain"])) if known else None


class Grieved(NamedTuple):
    """What stands between the two for one party: the act as it was seen, on what occasion, and what came of it."""

    day: int
    encounter: str
    seen: str
    about: SubjectSeen | None
    state: str
    former: bool


def open_grievance(
    events: pd.DataFrame, days: pd.DataFrame, resolved: Resolved, party: str, day: int, change: int
) -> Grieved | None:
    """What stands between the two for a party at the end of a day; None if nothing, or if it is the predecessor's.

    Parameters
    ----------
    events, days
        Tables of one dyad, events ``with_chains``.
    resolved
        The scenario with its data files.
    party
        "client" or "keyworker".
    day
        Day of the stay.
    change
        Day on which the keyworker changed last, 0 if never.
    """
    if "grievance" not in days or "grievance_opened" not in set(events["event"]):
        return None
    now = days[(days["party"] == party) & (days["day"] == day)]
    opened = events[(events["event"] == "grievance_opened") & (events["actor"] == party) & (events["day"] <= day)]
    if opened.empty or not (now["grievance"] > 0).any():
        return None
    row = opened.iloc[-1].to_dict()
    former = int(row["day"]) <= change
    if former and party == "keyworker":
        return None
    before = events.loc[opened.index[-1] - 1, "matter_state"]  # the row of the act that hurt
    state = str(before) if has_word(before) else ""
    return Grieved(int(row["day"]), row["encounter"], row["seen"], seen_about(row, resolved), state, former)


class Whereabouts(NamedTuple):
    """Where a client is, or that he has been elsewhere, and since which day."""

    place: str
    day: int


PLACE_AFTER = {
    "gone": "gone", "returned": "back", "placed": "placed", "placement_broken": "broken", "order_ended": "ended",
}  # fmt: skip
"""What is said of where a client is after an event."""
PAST = ("back", "broken")
RECENT = 45
"""Days for which it is told that a client has been elsewhere (assumed)."""


def whereabouts(events: pd.DataFrame, day: int) -> Whereabouts | None:
    """Where a client is at the end of a day, or has lately been; None if there is nothing to say.

    Parameters
    ----------
    events
        Events of one dyad.
    day
        Day of the stay.
    """
    moved = events["event"].isin(list(PLACE_AFTER))
    if "matter_state" in events:
        moved |= (events["event"] == LEAVE_ENDS) & (events["matter_state"] == FAILED)
    some = events[moved & (events["day"] <= day)]
    if some.empty:
        return None
    last = some.iloc[-1]
    place, since = PLACE_AFTER.get(last["event"], "gone"), int(last["day"])
    return None if place in PAST and day - since > RECENT else Whereabouts(place, since)


class KnownMatter(NamedTuple):
    """What a party can know of a chain, and whether the last answer came from a keyworker who has left since."""

    chain: Chain
    former: bool


WORTH = 0.5
"""Weight from which a matter is told: its stake, more if asked for often, halved every 30 days (assumed)."""
FADES = 30.0


def known_matters(
    events: pd.DataFrame, resolved: Resolved, party: str, day: int, change: int
) -> tuple[KnownMatter, ...]:
    """What a party would tell of what was asked for: the latest chain about each matter, weightiest first.

    A keyworker knows nothing of what was asked of her predecessor. When the order has ended, nobody waits any more.

    Parameters
    ----------
    events
        Events of one dyad, ``with_chains``.
    resolved
        The scenario with its data files.
    party
        "client" or "keyworker".
    day
        Day of the stay.
    change
        Day on which the keyworker changed last, 0 if never.
    """
    if not resolved.matters.matters:
        return ()
    past = events[events["day"] <= day]
    ended = bool((past["event"] == "order_ended").any())
    latest = {chain.matter.name: chain for chain in chains_of(past, resolved)}
    weights: list[tuple[float, KnownMatter]] = []
    for chain in latest.values():
        state, since = chain.steps[-1].state, chain.since
        waits = state == PENDING or (state == GRANTED and chain.matter.lasts[1] > 0)
        if (party == "keyworker" and chain.steps[0].day <= change) or (ended and waits):
            continue
        faded = 1.0 if waits else 0.5 ** ((day - since.day) / FADES)
        weight = chain.matter.stake * (1 + 0.25 * (len(chain.asked) - 1)) * faded
        if weight >= WORTH:
            weights.append((weight, KnownMatter(chain, since.day <= change)))
    return tuple(known for _, known in sorted(weights, key=lambda one: -one[0]))
