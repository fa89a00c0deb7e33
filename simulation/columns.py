"""What a row is: the columns of the three tables (events, days, dyads), their units and their meanings."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.matters import MATTER_STATES
from twoway.simulation.situations import ENCOUNTER_KINDS
from twoway.simulation.state import PLACES

SOURCES = ("role", "strain", "person")
NOTHING = -1
"""Code of a word column where there is nothing to say; it becomes a missing value."""


class Column(NamedTuple):
    """One column of a table: name, unit, meaning, and what its codes stand for (empty for numbers).

    ``words`` is a tuple of words, or the name of the list the run supplies: acts, frames, ways ….
    An ``optional`` number is missing where there is nothing to say.
    """

    name: str
    unit: str
    meaning: str
    type: type = np.float64
    words: tuple[str, ...] | str = ()
    optional: bool = False


def _index(name: str, meaning: str) -> Column:
    return Column(name, "number, from 0", meaning, np.int32)


def _word(name: str, meaning: str, words: tuple[str, ...] | str) -> Column:
    return Column(name, "word", meaning, np.int16, words)


WHO = (
    _index("replicate", "which repetition of the whole scenario"),
    _index("centre", "which centre of the replicate"),
    _index("dyad", "which client of the centre, and so which pair"),
)
STATE = (  # of the reader where an act was read, else of the actor
    Column("positivity", "EPA units", "good tone: how good the other's acts have lately felt"),
    Column("negativity", "EPA units", "bad tone, kept apart from the good, weighted by how much stronger bad is"),
    Column("grievance", "EPA units", "what is open between them: part of the bad tone until it is mended or fades"),
    Column("tension", "multiples of the tolerance", "tension not yet dealt with"),
    Column("felt_coercion", "squared EPA units", "how coerced the party feels (clients only, else 0)"),
    Column("distance", "share", "distance kept beyond one's usual reserve"),
    Column("known_rules", "share", "how far the party knows what the rules prescribe"),
    Column("presumed_reserve", "share", "how far the party takes the other to stay behind the role"),
)
DAY_COLUMNS = (
    *WHO,
    Column("day", "days since admission", "end of this day; the first is 1", np.int32),
    _word("party", "whose view", ROLES),
    _index("post", "which of the centre's keyworker posts is responsible for the client"),
    Column("predecessors", "keyworkers", "how many keyworkers held the post before the present one", np.int32),
    *STATE,
    Column("strain", "share of unscripted acts", "withdrawal and crisis (client) or workload (keyworker)"),
    _word("place", "where the client is; ended: free, as the order has ended", PLACES),
)
EVENT_COLUMNS = (
    *WHO,
    Column("day", "days since admission", "day of the event; the first is 1", np.int32),
    _word("event", "what kind of thing happened", "events"),
    _index("post", "which of the centre's keyworker posts is responsible for the client"),
    _word("encounter", "kind of encounter", ENCOUNTER_KINDS),
    Column("exchange", "number, from 0", "position of the exchange in its encounter", np.int32, optional=True),
    _word("actor", "who acted, handled tension, proposed the talk, or changed", ROLES),
    _word("actor_frame", "what the actor took the relationship to be in this encounter", "frames"),
    _word("reader_frame", "what the other took it to be in this encounter", "frames"),
    _word("source", "out of what the actor acted", SOURCES),
    Column("bent", "0 or 1", "whether the keyworker bent the rules for this act", np.int32, optional=True),
    _word("act", "what was done", "acts"),
    _word("manner", "how it was done, if that may differ", "manners"),
    _word("matter", "what it was about", "matters"),
    _word("matter_state", "what has become of that matter by it", MATTER_STATES),
    Column("hardness", "log-odds", "how much harder than others the matter is to get"),
    Column("stake", "ratio", "how much the act counted beside others"),
    Column("explained", "0 or 1", "whether the rule behind it was explained, where that is asked"),
    Column("shortfall", "EPA units", "how much worse the act was for not being explained"),
    _word("seen", "what the other took it for", "acts"),
    _word("manner_seen", "how the other took it to be done, if that may differ", "manners"),
    Column("expected", "probability", "how probable the reader took the act seen to be"),
    Column("role_share", "share", "how far the reader put it down to the role"),
    Column("strain_share", "share", "how far the reader put it down to strain"),
    Column("person_share", "share", "how far the reader put it down to the person"),
    Column("felt", "EPA units", "how good, or below 0 how bad, the act seen felt to the reader, as far as it counts"),
    Column("disturbance", "deflection", "how disturbing the act seen was to the reader"),
    Column("actor_tension", "multiples of the tolerance", "the actor's tension afterwards"),
    *STATE,
    _word("way", "how tension was handled", "ways"),
    Column("friend", "number, from 0", "the client with whom the client talked", np.int32, optional=True),
)
SHARE_OF = "share_of_"
"""Prefix of the columns, one per frame, that hold the reader's or party's definition."""


TONES, BEFORE = ("positivity", "negativity"), "_before"
"""Columns of which patterns are told, and the ending of their names where they are those of earlier interviews."""
ACCOUNT_COLUMNS = (*STATE, Column("strain", "share of unscripted acts", "as in the days table"))
"""What is averaged over the days of the interviews: all numbers of the days table that say how someone is."""


@lru_cache
def row_type(columns: tuple[Column, ...], frames: int) -> np.dtype[Any]:
    """Layout in memory of one row: its columns, then the definition.

    Parameters
    ----------
    columns
        Columns of the table.
    frames
        Number of frames in the repertoire, over which the definition goes.
    """
    fields: list[Any] = [(c.name, c.type) for c in columns]
    return np.dtype([*fields, ("definition", np.float64, (frames,))], align=True)
