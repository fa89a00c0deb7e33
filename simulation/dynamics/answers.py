"""Answers to requests: what becomes of a matter by the keyworker's deed."""

from __future__ import annotations

from twoway.simulation.action_tables import Turn
from twoway.simulation.compilation import compiled
from twoway.simulation.matters import MatterState
from twoway.simulation.state import Pair

PENDING, GRANTED, REFUSED = int(MatterState.PENDING), int(MatterState.GRANTED), int(MatterState.REFUSED)


@compiled
def answered(m: int, explained: float, day: int, turn: Turn, act: int, pair: Pair) -> int:
    """What a request comes to by the keyworker's reply: granted, refused, or left open.

    Parameters
    ----------
    m
        Number of the matter.
    explained
        1 if the client is told why.
    day
        Day of the stay, from 1.
    turn
        The keyworker's turn.
    act
        Place of what she did among the acts feasible in it.
    pair
        The dyad with both parties and the post; changed in place.

    Returns
    -------
    State of the matter.
    """
    if act == turn.granted:
        settle(GRANTED, m, day, pair)
    elif act == turn.refused:
        settle(REFUSED, m, day, pair)
    elif pair.dyad.matter[m] != PENDING:
        pair.dyad.matter[m], pair.dyad.since[m], pair.dyad.told[m] = PENDING, day, int(explained > 0.0)
    return pair.dyad.matter[m]


@compiled
def settle(state: int, m: int, day: int, pair: Pair) -> None:
    """A matter comes to something; what is refused, or left without an answer, is counted.

    Parameters
    ----------
    state
        What it has come to, see ``MatterState``.
    m
        Number of the matter.
    day
        Day of the stay, from 1.
    pair
        The dyad with both parties and the post; changed in place.
    """
    dyad = pair.dyad
    dyad.matter[m], dyad.since[m] = state, day
    if state == GRANTED:
        dyad.granted[m] += 1
        dyad.refusals[m] = 0
    else:
        dyad.refused[m] += 1
        dyad.refusals[m] += 1
