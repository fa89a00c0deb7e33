"""What the two people carry: one record per party of a dyad, one per dyad, one per post of a keyworker."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import Any

import numpy as np

from twoway.simulation.random_streams import WAYS


class CopingWay(IntEnum):
    """Ways of handling tension: four alone, one together."""

    ENDURE = 0
    KEEP_DISTANCE = 1
    CONFRONT = 2
    WITHDRAW = 3
    PROPOSE_TALK = 4


NOBODY = -1


@lru_cache
def party_type(frames: int) -> np.dtype[Any]:
    """One party's view of the other, with *frames* frames.

    ``definition`` is a probability over frames, the softmax of ``log_weights``; ``expectation`` are log-weights
    (a constant added to all of them means nothing). Tone is in EPA units, felt coercion in squared ones, tension in
    multiples of the tolerance; the rest are shares but for ``away``, the day until which someone has withdrawn.
    """
    return np.dtype(
        [
            ("definition", np.float64, (frames,)),
            ("log_weights", np.float64, (frames,)),
            ("expectation", np.float64, (frames,)),
            ("positivity", np.float64),
            ("negativity", np.float64),
            ("tension", np.float64),
            ("felt_coercion", np.float64),
            ("reserve", np.float64),
            ("distance", np.float64),
            ("insight", np.float64),
            ("distress", np.float64),
            ("strain", np.float64),
            ("known_rules", np.float64),
            ("presumed_reserve", np.float64),
            ("confronting", np.float64),
            ("away", np.float64),
            ("style", np.float64, (WAYS,)),
        ],
        align=True,
    )


@lru_cache
def dyad_type() -> np.dtype[Any]:
    """A client with the present keyworker: the post, who proposed a talk that is due, and what happened so far."""
    return np.dtype(
        [
            ("post", np.int64),
            ("talk_due", np.int64),
            ("friends", np.int64),
            ("exchanges", np.int64),
            ("changes", np.int64),
            ("talks", np.int64),
            ("repairs", np.int64),
            ("handled", np.int64, (2, WAYS)),
        ],
        align=True,
    )


@lru_cache
def post_type(frames: int) -> np.dtype[Any]:
    """A post, its present keyworker's general view of clients and traits, and how many keyworkers came before."""
    return np.dtype(
        [
            ("general_view", np.float64, (frames,)),
            ("outlook", np.float64, (frames,)),
            ("reserve", np.float64),
            ("insight", np.float64),
            ("style", np.float64, (WAYS,)),
            ("strain", np.float64),
            ("caseload", np.int64),
            ("contact", np.float64),
            ("chance", np.float64, (4,)),
            ("predecessors", np.int64),
        ],
        align=True,
    )
