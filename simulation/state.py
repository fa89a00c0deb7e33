"""State: one record per party of a dyad, per dyad, and per post of a keyworker. All that changes during a stay.

Each class declares the fields of one record, once: their types for the reader and the type checker, and through
``record_type`` the layout in memory that compiled code works on.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar, cast, get_args, get_origin, get_type_hints

import numpy as np

from twoway.simulation.arrays import Floats, Ints, RecordArray

PerFrame = Annotated[Floats, "frames"]
"""One number per frame, shape (frames,)."""
PerMatter = Annotated[Ints, "matters"]
"""One number per matter, shape (24,): room for as many as a file may have."""
PerWay = Annotated[Floats, "ways"]
"""One number per coping way, shape (ways,)."""
NOBODY = -1
PLACES = ("centre", "leave", "placed", "gone", "ended")
"""Where a client is: at the centre, on leave, placed outside, run away, or free because the order has ended."""
CENTRE, LEAVE, PLACED, GONE, ENDED = range(len(PLACES))


class Record:
    """A record whose fields are declared by annotations; subclasses are only ever read through arrays."""


class Party(Record):
    """One party's view of the other.

    ``definition`` is a probability over frames, the softmax of ``log_weights``; ``expectation`` are log-weights (a
    constant added to all of them means nothing). Tone, grievance and standard are in EPA units, felt coercion in
    squared ones, tension in multiples of the tolerance; the rest are shares but for ``away``, the day until which
    someone has withdrawn.
    """

    definition: PerFrame
    log_weights: PerFrame
    expectation: PerFrame
    positivity: float
    negativity: float
    grievance: float
    standard: float
    tension: float
    felt_coercion: float
    reserve: float
    distance: float
    insight: float
    distress: float
    strain: float
    known_rules: float
    presumed_reserve: float
    confronting: float
    away: float
    style: PerWay


class Dyad(Record):
    """A client with the present keyworker: the post, who proposed a talk that is due, and counts so far.

    ``place`` is where the client is (``PLACES``), ``plan`` how complete the plan for the time after is, ``back_on``
    the day of return of one who is gone or on leave; ``first_placed`` and ``ended_on`` are days, 0 where there was
    none. By matter: what has become of it (``MatterState``), ``since`` which day, ``told`` whether the client was told
    why, ``refusals`` in a row, all ``granted`` and ``refused`` so far, and the ``record`` of leaves, which is added to
    its hardness. ``follows`` is the number of the matter, plus 1, that the next control is about; ``indignities``
    counts unexplained controls, of which a part is forgotten every day.
    """

    place: int
    plan: float
    back_on: int
    first_placed: int
    placements: int
    times_gone: int
    ended_on: int
    days_at_centre: int
    matter: PerMatter
    since: PerMatter
    told: PerMatter
    refusals: PerMatter
    granted: PerMatter
    refused: PerMatter
    record: Annotated[Floats, "matters"]
    follows: int
    indignities: float
    post: int
    talk_due: int
    friends: int
    exchanges: int
    changes: int
    talks: int
    repairs: int
    handled: Annotated[Ints, 2, "ways"]


class Post(Record):
    """A post, its present keyworker's general view of clients and traits, and how many keyworkers came before.

    ``present`` counts her clients at the centre in the evening; the ``caseload`` follows.
    """

    general_view: PerFrame
    reserve: float
    standard: float
    style: PerWay
    strain: float
    caseload: int
    present: int
    contact: float
    chance: Annotated[Floats, 4]
    predecessors: int


class Row(Record):
    """A row of the events or the days table; its fields are the columns that ``twoway.simulation.columns`` declares."""

    definition: PerFrame

    def __getattr__(self, column: str) -> float:
        """Value of a column: a number, or the code of a word."""
        raise AttributeError(column)

    def __setattr__(self, column: str, value: float | None) -> None:
        """Set the value of a column."""


R = TypeVar("R", bound=Record)


class Records(Protocol[R]):
    """An array of records (in truth a numpy record array)."""

    shape: tuple[int, ...]

    def __getitem__(self, index: int) -> R:
        """One record; what is written to it is written to the array."""
        ...

    def __len__(self) -> int:
        """Number of records."""
        ...

    def __iter__(self) -> Iterator[R]:
        """All records in their order."""
        ...

    def copy(self) -> Records[R]:
        """An independent copy."""
        ...


@lru_cache
def record_type(record: type[Record], **sizes: int) -> np.dtype[np.void]:
    """Layout in memory of a record.

    Parameters
    ----------
    record
        A class that declares the fields.
    sizes
        Sizes, such as ``frames``, to which annotations such as ``Annotated[Floats, "frames"]`` refer.
    """
    fields: list[Any] = []
    for name, hint in get_type_hints(record, include_extras=True).items():
        if get_origin(hint) is Annotated:
            array, *shape = get_args(hint)
            scalar = np.int64 if array == Ints else np.float64
            fields.append(
                (name, scalar, tuple(sizes.get(size, 0) if isinstance(size, str) else size for size in shape))
            )
        else:
            fields.append((name, np.int64 if hint is int else np.float64))
    return np.dtype(fields, align=True)


def empty_records(count: int, dtype: np.dtype[np.void]) -> RecordArray:
    """Return *count* records of zeros.

    Parameters
    ----------
    count
        Number of records.
    dtype
        Layout of a record, from ``record_type`` or ``columns.row_type``.

    Returns
    -------
    Record array of shape (count,).
    """
    return np.zeros(count, dtype).view(np.recarray)


def tones(parties: RecordArray) -> tuple[Floats, Floats]:
    """How good and how bad the other has been to each of some parties, with what is open: as the tables have it.

    Parameters
    ----------
    parties
        Records of parties, shape (n,).

    Returns
    -------
    Shape (n,) each, EPA units.
    """
    return parties["positivity"], parties["negativity"] + parties["grievance"]


class CentreState(NamedTuple):
    """The state of one centre: n clients, each with the keyworker's view of him, their dyad, and m posts."""

    clients: Records[Party]
    keyworkers: Records[Party]
    dyads: Records[Dyad]
    posts: Records[Post]


def new_centre_state(clients: int, posts: int, **sizes: int) -> CentreState:
    """A centre's state before anybody has arrived: all zeros.

    Parameters
    ----------
    clients
        Number of clients.
    posts
        Number of keyworker posts.
    sizes
        Numbers of frames, ways and matters, by these names.
    """
    party, dyad, post = (record_type(record, **sizes) for record in (Party, Dyad, Post))
    return CentreState(
        cast(Records[Party], empty_records(clients, party)),
        cast(Records[Party], empty_records(clients, party)),
        cast(Records[Dyad], empty_records(clients, dyad)),
        cast(Records[Post], empty_records(posts, post)),
    )


def copied(state: CentreState) -> CentreState:
    """An independent copy of a centre's state."""
    return CentreState(state.clients.copy(), state.keyworkers.copy(), state.dyads.copy(), state.posts.copy())


class Pair(NamedTuple):
    """One dyad of a centre as compiled code hands it on: its number, its record, both parties and the post."""

    number: int
    dyad: Dyad
    client: Party
    keyworker: Party
    post: Post
