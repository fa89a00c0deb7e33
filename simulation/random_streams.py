"""The random streams of the model: which draws there are, and at which addresses.

A draw is a pure function of its address (seed, replicate, centre, entity, day, stream, question; see
``twoway.simulation.philox``), made where it is asked for. So client 7 has the same draws alone and among fifty, for 5
days and for 180, and a new trait, coping way or question moves no other draw. The same people with common random
numbers in another context are two runs with the same seed.

Every function here answers one moment at which something is left to chance. Draws are uniform between 0 and 1 where
something happens or is picked, and standard normal where people or centres differ. Single draws can be written by hand
(``with_written``), to replay a stay in which one reading was another, or to test a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple, cast

import numpy as np

from twoway.simulation import philox
from twoway.simulation.arrays import Floats
from twoway.simulation.compilation import compiled
from twoway.simulation.errors import InputError
from twoway.simulation.philox import normal_quantile, stream_id
from twoway.simulation.situations import ENCOUNTER_KINDS, LONGEST

ANY = -1
"""A coordinate of a written draw that stands for all its values."""


def _stream(name: str) -> int:
    return cast(int, np.int64(stream_id(name)))


FIRST = cast(int, np.int64(0))
"""First of several, as a number that is no literal: numba would compile every function anew for every literal."""

CENTRES = _stream("centres: what they differ in")
CLIENTS = _stream("clients: traits")
CLIENT_EXPECTATIONS = _stream("clients: expectations")
KEYWORKERS = _stream("keyworkers: traits")
KEYWORKER_EXPECTATIONS = _stream("keyworkers: expectations")
FIRST_IMPRESSIONS = _stream("keyworkers: first impressions")
FRIENDSHIPS = _stream("clients: friendships")
MEETINGS = _stream("days: meetings")
ENCOUNTERS = tuple(stream_id(f"encounters: {kind}") for kind in ENCOUNTER_KINDS)
EVENINGS = _stream("days: evenings")
PEERS = _stream("days: talk among clients")
MENDING = _stream("days: what is mended in a talk")
LEAVING = _stream("days: keyworkers leave")
WHEREABOUTS = _stream("days: whereabouts of clients")
OUTSIDE = _stream("clients: a place outside")
SUBJECTS = _stream("encounters: subjects")
MANNERS = _stream("encounters: manners")
MATTERS = _stream("days: matters")
FIXED = (
    CENTRES, CLIENTS, CLIENT_EXPECTATIONS, KEYWORKERS, KEYWORKER_EXPECTATIONS, FIRST_IMPRESSIONS, FRIENDSHIPS, MEETINGS,
    *ENCOUNTERS, EVENINGS, PEERS, LEAVING, MENDING,
    WHEREABOUTS, OUTSIDE, SUBJECTS, MATTERS, MANNERS,
)  # fmt: skip
"""The streams that every run has."""


def check_streams(own: Mapping[str, int]) -> None:
    """Refuse streams of coping ways and event kinds, by name, that have the number of another stream.

    Among a million names one has the number of a given other; both would have the same draws.
    """
    numbers: dict[int, str] = dict.fromkeys(FIXED, "the model")
    for name, number in own.items():
        if number in numbers:
            raise InputError(f"'{name}' would have the same random draws as {numbers[number]}: rename it")
        numbers[number] = f"'{name}'"


def coping_stream(way: str) -> int:
    """Stream of the personal inclination to one coping way."""
    return stream_id(f"coping: {way}")


def event_stream(kind: str) -> int:
    """Stream of one event kind that happens by chance."""
    return stream_id(f"events: {kind}")


class Draws(NamedTuple):
    """All draws of one centre in one replicate; made by ``draws_of``.

    Attributes
    ----------
    key0, key1, replicate, centre
        The part of every address that the centre shares.
    written
        Draws that were written by hand, shape (n, 5): stream, entity, day, question (``ANY`` for all), and the draw.
    """

    key0: int
    key1: int
    replicate: int
    centre: int
    written: Floats


def draws_of(seed: int, replicate: int = 0, centre: int = 0) -> Draws:
    """All draws of one centre in one replicate.

    Parameters
    ----------
    seed
        0 to 2 ** 63 - 1.
    replicate
        0 to 2 ** 32 - 1.
    centre
        0 to 65535.
    """
    return Draws(*philox.draws_of(seed, replicate, centre), np.empty((0, 5)))


def with_written(draws: Draws, *written: tuple[int, int, int, int, float]) -> Draws:
    """The same draws but for some that are written by hand.

    Parameters
    ----------
    draws
        From ``draws_of``.
    written
        Each a stream, entity, day, question and draw; the first three coordinates and the question may be ``ANY``.
        Where several apply, the last one counts. Normal draws are written as the uniform draw they come from.

    Raises
    ------
    InputError
        If a draw is not strictly between 0 and 1, as all draws by address are.
    """
    rows = np.array(written, np.float64).reshape(-1, 5)
    if not ((rows[:, 4] > 0) & (rows[:, 4] < 1)).all():
        raise InputError("a draw that is written by hand must be greater than 0 and less than 1")
    return draws._replace(written=np.vstack([draws.written, rows]))


@compiled
def uniforms(draws: Draws, entity: int, day: int, stream: int, block: int) -> tuple[float, float, float, float]:
    """Four uniform draws, those of one block of questions, with what was written by hand in its place.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    entity
        Which dyad, person or pair of clients.
    day
        Day of the stay, from 1.
    stream
        Number of the random stream, from ``stream_id``.
    block
        Which four questions of the stream, from 0.
    """
    address = philox.Draws(draws.key0, draws.key1, draws.replicate, draws.centre)
    drawn = philox.uniforms(address, entity, day, stream, block)
    if draws.written.shape[0] == 0:
        return drawn
    u0, u1, u2, u3 = drawn
    for i in range(draws.written.shape[0]):
        s, e, d, q = draws.written[i, 0], draws.written[i, 1], draws.written[i, 2], draws.written[i, 3]
        if (s in (ANY, stream)) and (e in (ANY, entity)) and (d in (ANY, day)):
            u0 = draws.written[i, 4] if q in (ANY, 4 * block) else u0
            u1 = draws.written[i, 4] if q in (ANY, 4 * block + 1) else u1
            u2 = draws.written[i, 4] if q in (ANY, 4 * block + 2) else u2
            u3 = draws.written[i, 4] if q in (ANY, 4 * block + 3) else u3
    return u0, u1, u2, u3


@compiled
def normals(draws: Draws, entity: int, day: int, stream: int, block: int) -> tuple[float, float, float, float]:
    """Four standard normal draws, those of one block of questions.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    entity
        Which dyad, person or pair of clients.
    day
        Day of the stay, from 1.
    stream
        Number of the random stream, from ``stream_id``.
    block
        Which four questions of the stream, from 0.
    """
    u0, u1, u2, u3 = uniforms(draws, entity, day, stream, block)
    return normal_quantile(u0), normal_quantile(u1), normal_quantile(u2), normal_quantile(u3)


@compiled
def centre_draws(draws: Draws) -> tuple[float, float, float]:
    """Normal: how a centre differs from others in formality, strictness and transparency."""
    formality, strictness, transparency, _ = normals(draws, FIRST, FIRST, CENTRES, FIRST)
    return formality, strictness, transparency


@compiled
def client_draw(draws: Draws, client: int) -> float:
    """Normal: how a client differs from others in reserve.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    client
        Number of the client in the centre.
    """
    reserve, _, _, _ = normals(draws, client, FIRST, CLIENTS, FIRST)
    return reserve


@compiled
def keyworker_draws(draws: Draws, post: int, predecessors: int) -> tuple[float, float]:
    """Normal: how a keyworker, holder of a *post* after *predecessors*, differs in reserve and standard.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    post
        Number of the keyworker's post.
    predecessors
        How many keyworkers held the post, or met the client, before.
    """
    reserve, _, standard, _ = normals(draws, post, predecessors, KEYWORKERS, FIRST)
    return reserve, standard


@compiled
def draw_client_expectation(draws: Draws, client: int, out: Floats) -> None:
    """Normal: how a client differs from others in what is expected, a draw per frame.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    client
        Number of the client in the centre.
    out
        Array that is filled, shape (frames,).
    """
    _fill(draws, client, FIRST, CLIENT_EXPECTATIONS, out)


@compiled
def draw_general_view(draws: Draws, post: int, predecessors: int, out: Floats) -> None:
    """Normal: how a keyworker differs from others in what she expects of clients, a draw per frame.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    post
        Number of the keyworker's post.
    predecessors
        How many keyworkers held the post, or met the client, before.
    out
        Array that is filled, shape (frames,).
    """
    _fill(draws, post, predecessors, KEYWORKER_EXPECTATIONS, out)


@compiled
def draw_first_impression(draws: Draws, client: int, predecessors: int, out: Floats) -> None:
    """Normal: the first impression a client makes on a keyworker, a draw per frame.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    client
        Number of the client in the centre.
    predecessors
        How many keyworkers held the post, or met the client, before.
    out
        Array that is filled, shape (frames,).
    """
    _fill(draws, client, predecessors, FIRST_IMPRESSIONS, out)


@compiled
def _fill(draws: Draws, entity: int, day: int, stream: int, out: Floats) -> None:
    """Write the normal draws of the first questions of a stream into *out*."""
    for first in range(0, out.shape[0], 4):
        block = normals(draws, entity, day, stream, first // 4)
        for lane in range(min(4, out.shape[0] - first)):
            out[first + lane] = block[lane]


@compiled
def style_draws(draws: Draws, person: int, predecessors: int, stream: int) -> tuple[float, float]:
    """Normal: the inclination of a client, and of a keyworker, to the coping way of a *stream*.

    A client has no *predecessors*.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    person
        Number of the client, or of the keyworker's post.
    predecessors
        How many keyworkers held the post, or met the client, before.
    stream
        Number of the random stream, from ``stream_id``.
    """
    client, keyworker, _, _ = normals(draws, person, predecessors, stream, FIRST)
    return client, keyworker


@compiled
def friendship_draw(draws: Draws, one: int, other: int) -> float:
    """Uniform: whether two clients of a centre are friends; the same whoever comes first.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    one, other
        Numbers of the two clients, which differ.
    """
    later, earlier = max(one, other), min(one, other)
    drawn, _, _, _ = uniforms(draws, later * (later - 1) // 2 + earlier, FIRST, FRIENDSHIPS, FIRST)
    return drawn


@compiled
def meeting_draws(draws: Draws, dyad: int, day: int) -> tuple[float, float, float, float]:
    """Uniform: whether a dyad meets today, for each kind of encounter that happens by chance.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    """
    return uniforms(draws, dyad, day, MEETINGS, FIRST)


@compiled
def encounter_draws(draws: Draws, dyad: int, day: int, kind: int) -> tuple[float, float, float, float]:
    """Uniform: who opens, which frame client and keyworker take, whether the keyworker bends the rules.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    kind
        Code of the kind of encounter, see ``EncounterKind``.
    """
    return uniforms(draws, dyad, day, ENCOUNTERS[kind], FIRST)


@compiled
def exchange_draws(draws: Draws, dyad: int, day: int, kind: int, exchange: int) -> tuple[float, float, float]:
    """Uniform: the source of the act, which act it is, and as what it is seen.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    kind
        Code of the kind of encounter, see ``EncounterKind``.
    exchange
        Number of the exchange in its encounter, from 0.
    """
    source, act, seen, _ = uniforms(draws, dyad, day, ENCOUNTERS[kind], 1 + exchange)
    return source, act, seen


@compiled
def manner_draws(draws: Draws, dyad: int, day: int, kind: int, exchange: int) -> tuple[float, float]:
    """Uniform: in what manner an act is done, and in what manner it is seen to be done.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    kind
        Code of the kind of encounter, see ``EncounterKind``.
    exchange
        Number of the exchange in its encounter, from 0.
    """
    done, seen, _, _ = uniforms(draws, dyad, day, MANNERS, kind * LONGEST + exchange)
    return done, seen


SEEN = 2
"""Lane of an exchange's block that decides as what the act is seen."""


@compiled
def evening_draws(draws: Draws, dyad: int, day: int) -> tuple[float, float, float, float]:
    """Uniform: whether client and keyworker notice the other's tension, and how either handles tension.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    """
    return uniforms(draws, dyad, day, EVENINGS, FIRST)


@compiled
def acceptance_draw(draws: Draws, dyad: int, day: int) -> float:
    """Uniform: whether a proposal to talk is accepted.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    """
    accepts, _, _, _ = uniforms(draws, dyad, day, EVENINGS, FIRST + 1)
    return accepts


@compiled
def peer_draws(draws: Draws, client: int, day: int) -> tuple[float, float]:
    """Uniform: whether a client talks with a friend about the staff today, and with which.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    client
        Number of the client in the centre.
    day
        Day of the stay, from 1.
    """
    talks, friend, _, _ = uniforms(draws, client, day, PEERS, FIRST)
    return talks, friend


@compiled
def mending_draws(draws: Draws, dyad: int, day: int) -> tuple[float, float]:
    """Uniform: whether the client's, and the keyworker's, grievance is mended in a talk.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    """
    his, hers, _, _ = uniforms(draws, dyad, day, MENDING, FIRST)
    return his, hers


@compiled
def leaving_draw(draws: Draws, post: int, day: int) -> float:
    """Uniform: whether the keyworker who holds a post leaves today.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    post
        Number of the keyworker's post.
    day
        Day of the stay, from 1.
    """
    leaves, _, _, _ = uniforms(draws, post, day, LEAVING, FIRST)
    return leaves


@compiled
def subject_draws(draws: Draws, dyad: int, day: int, kind: int) -> tuple[float, float]:
    """Uniform: what an encounter is about, and whether rules are explained in it.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    kind
        Code of the kind of encounter, see ``EncounterKind``.
    """
    about, explains, _, _ = uniforms(draws, dyad, day, SUBJECTS, kind)
    return about, explains


@compiled
def matter_draws(draws: Draws, dyad: int, day: int, matter: int) -> tuple[float, float, float, float]:
    """Uniform: how a matter is decided, whether that is explained, how long a leave takes, and how it ends.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    matter
        Number of the matter.
    """
    return uniforms(draws, dyad, day, MATTERS, matter)


@compiled
def whereabouts_draws(draws: Draws, dyad: int, day: int) -> tuple[float, float, float]:
    """Uniform: whether a client's whereabouts change today, which of two ways, and for how long.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    """
    happens, which, length, _ = uniforms(draws, dyad, day, WHEREABOUTS, FIRST)
    return happens, which, length


@compiled
def place_draw(draws: Draws, client: int) -> float:
    """Uniform: whether a place outside is found for a client.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    client
        Number of the client in the centre.
    """
    found, _, _, _ = uniforms(draws, client, FIRST, OUTSIDE, FIRST)
    return found


@compiled
def event_draw(draws: Draws, dyad: int, day: int, stream: int) -> float:
    """Uniform: whether an event that happens by chance happens to a dyad today.

    Parameters
    ----------
    draws
        Draws of the centre, from ``draws_of``.
    dyad
        Number of the dyad in the centre.
    day
        Day of the stay, from 1.
    stream
        Number of the random stream, from ``stream_id``.
    """
    happens, _, _, _ = uniforms(draws, dyad, day, stream, FIRST)
    return happens


def lexicon_resample_draws(resample: int, terms: Mapping[str, Iterable[str]]) -> Floats:
    """Normal: by how much another sample of raters would differ, standard errors.

    Parameters
    ----------
    resample
        Which sample, from 1; the same in every run, scenario and study, since the address knows no seed.
    terms
        Names by component (acts, identities, emotions). A draw's address is the name, so a new term moves no other.

    Returns
    -------
    Array of shape (terms, 3): evaluation, potency and activity of each term, in the order given.
    """
    draws = draws_of(0, resample)
    rows = []
    for component, names in terms.items():
        stream = stream_id(f"lexicon: {component}")
        for name in names:
            entity = int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big")
            rows.append(normals(draws, entity, 0, stream, 0)[:3])
    return np.array(rows)
