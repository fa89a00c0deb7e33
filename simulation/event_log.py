"""The event log: rows of the events table as compiled code writes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twoway.simulation.arrays import Ints
from twoway.simulation.columns import NOTHING
from twoway.simulation.compilation import compiled
from twoway.simulation.state import Pair, Records, Row


class EventLog(NamedTuple):
    """Rows of the events table.

    Attributes
    ----------
    rows
        Room for all rows; where nothing is kept, one row to scribble on.
    written
        Number of rows written so far, shape (1,).
    step
        1 where rows are kept, else 0.
    """

    rows: Records[Row]
    written: Ints
    step: int


@compiled
def new_row(log: EventLog, event: int, day: int, actor: int, pair: Pair) -> int:
    """Begin a row about a dyad: when, what and who; nothing else is said yet.

    Parameters
    ----------
    log
        Event log to which the row is added.
    event
        Code of the event kind.
    day
        Day of the event, from 1.
    actor
        Role of whoever acts, handles tension, proposes or changes: 0 the client, 1 the keyworker.
    pair
        The dyad that the row is about.

    Returns
    -------
    Index of the row in ``log.rows``.
    """
    index = log.written[0]
    log.written[0] += log.step
    row = log.rows[index]
    row.dyad, row.day, row.event, row.actor, row.post = pair.number, day, event, actor, pair.dyad.post
    row.encounter, row.exchange, row.source = NOTHING, NOTHING, NOTHING
    row.actor_frame, row.reader_frame = NOTHING, NOTHING
    row.bent, row.act, row.seen, row.way, row.friend = NOTHING, NOTHING, NOTHING, NOTHING, NOTHING
    row.matter, row.matter_state, row.manner, row.manner_seen = NOTHING, NOTHING, NOTHING, NOTHING
    row.hardness, row.stake, row.explained, row.shortfall = np.nan, np.nan, np.nan, np.nan
    row.expected, row.role_share, row.strain_share, row.person_share = np.nan, np.nan, np.nan, np.nan
    row.felt, row.disturbance, row.actor_tension = np.nan, np.nan, np.nan
    return index
