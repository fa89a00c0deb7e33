"""Luck: all chance is drawn before anything happens, and is data.

Every stream is keyed by (seed, replicate, centre, purpose, person): a Philox generator whose key is seed and
replicate and whose counter starts at centre, purpose and person. So person 7 has the same luck alone, among fifty,
for 5 days or 180, and replicate k needs no replicate before it. Every column answers one question and is always
consumed, asked or not: the same people with the same luck can live in another context.

A draw is uniform in [0, 1) where something happens or is picked, and standard normal where people differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SUCCESSORS = 12
"""How often a keyworker's post can be filled again in one stay; after that the last one stays."""
WAYS = 5
"""Ways of handling tension: one personal style each."""


class Stream(IntEnum):
    """What a stream is for. Append only: a new purpose shifts nobody's luck."""

    DAYS = 0
    CLIENT = 1
    KEYWORKER = 2
    LEAVING = 3
    FRIENDS = 4
    CENTRE = 5
    LEXICON = 6


class DayQuestion(IntEnum):
    """Questions asked of a dyad's day whatever happens; the encounters' columns follow."""

    CLIENT_NOTICES = 0
    KEYWORKER_NOTICES = 1
    CLIENT_HANDLES = 2
    KEYWORKER_HANDLES = 3
    ACCEPTS = 4
    PEER_TALKS = 5
    PEER_WITH = 6


class EncounterQuestion(IntEnum):
    """Questions asked of each encounter, counted from its first column; its exchanges' columns follow."""

    MEETS = 0
    OPENS = 1
    CLIENT_FRAME = 2
    KEYWORKER_FRAME = 3
    BENDS = 4


class ExchangeQuestion(IntEnum):
    """Questions asked of each exchange, counted from its first column."""

    SOURCE = 0
    ACT = 1
    SEEN = 2


PER_ENCOUNTER, PER_EXCHANGE = len(EncounterQuestion), len(ExchangeQuestion)


class Trait(IntEnum):
    """What people differ in, as columns after those of their expectations; the styles of handling come last."""

    RESERVE = 0
    INSIGHT = 1
    DISTRESS = 2
    STYLE = 3


TRAITS = len(Trait) - 1 + WAYS


class CentreQuestion(IntEnum):
    """What centres differ in."""

    FORMALITY = 0
    STRICTNESS = 1
    TRANSPARENCY = 2


class Draws(NamedTuple):
    """The luck of one centre with n clients and m posts for keyworkers over some days, K frames.

    ``days`` (n, days, columns; single precision) and ``leaving`` (m, days) are uniform, as is ``friends``, one draw a
    pair of clients: (1, 0), (2, 0), (2, 1), (3, 0) …; ``clients`` (n, K + TRAITS), ``keyworkers``
    (m, 1 + SUCCESSORS, K + TRAITS), ``impressions`` (n, 1 + SUCCESSORS, K) and ``centre`` (3,) are standard normal.
    """

    days: NDArray[np.float32]
    clients: Floats
    keyworkers: Floats
    impressions: Floats
    leaving: Floats
    friends: Floats
    centre: Floats


def first_columns(exchanges: tuple[int, ...]) -> list[int]:
    """First column of each kind of encounter; the last two, planned and repair talk, are one talk and share theirs.

    >>> first_columns((2, 2, 2, 4, 4))
    [7, 18, 29, 40, 40]
    """
    columns, column = [], len(DayQuestion)
    for length in exchanges[:-1]:
        columns.append(column)
        column += PER_ENCOUNTER + PER_EXCHANGE * length
    return [*columns, columns[-1]]


def column_count(exchanges: tuple[int, ...]) -> int:
    """How many questions a dyad's day asks.

    >>> column_count((2, 2, 2, 4, 4))
    57
    """
    return first_columns(exchanges)[-1] + PER_ENCOUNTER + PER_EXCHANGE * max(exchanges[-2:])


class Streams:
    """The streams of one replicate. ``generator(purpose, index)`` is the same generator set to a stream's start."""

    def __init__(self, seed: int, replicate: int, centre: int) -> None:
        self._bits = np.random.Philox(key=np.array([seed, replicate], np.uint64))
        self._generator = np.random.Generator(self._bits)
        self._start: dict[str, Any] = dict(self._bits.state)
        self._counter = self._start["state"]["counter"]
        self._counter[:] = (0, centre, 0, 0)

    def generator(self, purpose: Stream, index: int = 0) -> np.random.Generator:
        """The stream of one purpose and person, from its start."""
        self._counter[2], self._counter[3] = purpose, index
        self._bits.state = self._start  # type: ignore[assignment]
        return self._generator


def friendship_draws(streams: Streams, clients: int) -> Floats:
    """Luck of each pair of a centre's clients to be friends, uniform, in the order that ``Draws`` says."""
    return streams.generator(Stream.FRIENDS).random(clients * (clients - 1) // 2)


def draw_all(
    seed: int, replicate: int, centre: int, clients: int, posts: int, days: int, frames: int, columns: int
) -> Draws:
    """All luck of one centre; *columns* per dyad and day as ``column_count`` says, *seed* and *replicate* from 0."""
    streams = Streams(seed, replicate, centre)
    luck = Draws(
        days=np.empty((clients, days, columns), np.float32),
        clients=np.empty((clients, frames + TRAITS)),
        keyworkers=np.empty((posts, 1 + SUCCESSORS, frames + TRAITS)),
        impressions=np.empty((clients, 1 + SUCCESSORS, frames)),
        leaving=np.empty((posts, days)),
        friends=friendship_draws(streams, clients),
        centre=streams.generator(Stream.CENTRE).standard_normal(len(CentreQuestion)),
    )
    for i in range(clients):
        streams.generator(Stream.DAYS, i).random(out=luck.days[i], dtype=np.float32)
        person = streams.generator(Stream.CLIENT, i)
        person.standard_normal(out=luck.clients[i])
        person.standard_normal(out=luck.impressions[i])
    for m in range(posts):
        streams.generator(Stream.KEYWORKER, m).standard_normal(out=luck.keyworkers[m])
        streams.generator(Stream.LEAVING, m).random(out=luck.leaving[m])
    return luck


def lexicon_resample_draws(resample: int, sizes: Sequence[int]) -> Floats:
    """Luck of the *resample*-th sample of raters, from 1: standard normal, shape (terms, 3), EPA in the columns.

    *sizes* says how many acts, identities and emotions there are; each kind has a stream of its own, so a new act
    shifts no identity. It knows no seed: resample 7 is the same lexicon in every run, scenario and study.
    """
    streams = Streams(0, resample, 0)
    return np.concatenate(
        [streams.generator(Stream.LEXICON, kind).standard_normal((size, 3)) for kind, size in enumerate(sizes)]
    )
