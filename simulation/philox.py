"""Random draws by address: every draw is a pure function of where in the simulation it is asked for.

A *draw* is one random number. Its address says for which seed, replicate, centre, entity (a dyad, a person, a pair of
clients) and day it is, in which *random stream* (a named purpose, such as ``"encounters"``), and which question of that
stream it answers. No generator is carried along and nothing is used up, so that

- the order of asking does not matter, nor whether other draws are asked for at all;
- replicate 7 needs none of the replicates before it, and a centre gets the same draws alone or among others;
- a new stream, a new person or a longer stay moves no other draw;
- two scenarios with one seed get the same draws at the same addresses: these are *common random numbers*, and what
  differs between the two runs is due to the scenarios.

The numbers come from Philox 4x32-10 [1]_, a counter-based generator. Ten rounds of multiplication and exclusive-or turn
a counter of four 32-bit words, under a key of two, into four words of output. The address is written into them so::

    key       seed, lower 32 bits | seed, upper 31 bits
    counter   replicate, 32 bits | centre, 16 bits; day, 16 bits | entity, 32 bits | stream, 20 bits; block, 12 bits

Every address within these ranges has a counter and key of its own, and anything outside them is refused. One run of
Philox answers four neighbouring questions of a stream, called a *block*: draw a block once and use its lanes.

Compiled functions can be called from Python and from other compiled functions. With ``NUMBA_DISABLE_JIT=1`` they run as
plain Python and give the same numbers, bit for bit.

References
----------
.. [1] J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw (2011). Parallel random numbers: as easy as 1, 2, 3.
   Proceedings of SC11. https://doi.org/10.1145/2063384.2063405
.. [2] M. J. Wichura (1988). Algorithm AS 241: The percentage points of the normal distribution. Applied Statistics
   37(3), 477-484. https://doi.org/10.2307/2347330

Examples
--------
>>> ENCOUNTERS = stream_id("encounters")
>>> draws = draws_of(seed=2024, replicate=7)
>>> meets, opens, sees, bends = uniforms(draws, entity=3, day=10, stream=ENCOUNTERS, block=0)
>>> round(opens, 6)
0.65898
"""

from __future__ import annotations

import math
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from twoway.simulation.compilation import compiled

SEED_BITS = 63
REPLICATE_BITS = 32
CENTRE_BITS = 16
DAY_BITS = 16
ENTITY_BITS = 32
STREAM_BITS = 20
BLOCK_BITS = 12
"""Width of each coordinate of an address, in bits: it runs from 0 to 2 ** bits - 1."""
LANES = 4
"""Questions that one block answers."""

WORD = 0xFFFF_FFFF
"""The 32 bits of a word."""
ROUNDS = 10
MULTIPLIER_0, MULTIPLIER_1 = 0xD251_1F53, 0xCD9E_8D57
KEY_STEP_0, KEY_STEP_1 = 0x9E37_79B9, 0xBB67_AE85
"""Constants of Philox 4x32, from [1]_."""


# Addresses


class Draws(NamedTuple):
    """The part of an address that a whole run of one centre shares; made by `draws_of`.

    Attributes
    ----------
    key0, key1
        Lower 32 and upper 31 bits of the seed.
    replicate
        Which repetition of the simulation this is, 0 to 2 ** 32 - 1.
    centre
        Which centre of the replicate this is, 0 to 65535.
    """

    key0: int
    key1: int
    replicate: int
    centre: int


def draws_of(seed: int, replicate: int = 0, centre: int = 0) -> Draws:
    """All draws of one centre in one replicate.

    Parameters
    ----------
    seed
        Seed of the study, 0 to 2 ** 63 - 1.
    replicate
        Which repetition of the simulation, 0 to 2 ** 32 - 1.
    centre
        Which centre of the replicate, 0 to 65535.

    Returns
    -------
    Draws
        To be passed to `uniforms` and the other functions that draw.

    Raises
    ------
    ValueError
        If a number is outside its range.

    Examples
    --------
    >>> draws_of(seed=2**32 + 5, replicate=7, centre=1)
    Draws(key0=5, key1=1, replicate=7, centre=1)
    """
    for name, value, bits in (
        ("seed", seed, SEED_BITS),
        ("replicate", replicate, REPLICATE_BITS),
        ("centre", centre, CENTRE_BITS),
    ):
        if not 0 <= value < 1 << bits:
            raise ValueError(f"{name} must be from 0 to {(1 << bits) - 1}, not {value}")
    return Draws(int(seed) & WORD, int(seed) >> 32, int(replicate), int(centre))


def stream_id(name: str) -> int:
    """The number of the stream called *name*: 20 bits of the name's BLAKE2b digest.

    It depends on the name alone, so a stream that is added, removed or moved in a list changes no other stream.

    Parameters
    ----------
    name
        What the stream is for.

    Returns
    -------
    int
        0 to 2 ** 20 - 1; the same on every machine.

    Examples
    --------
    >>> stream_id("encounters")
    116119
    """
    digest = blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - STREAM_BITS)


@compiled
def _whole(number: int) -> int:
    """*number* as a signed 64-bit integer where compiled and as Python's own integer where not."""
    return int(np.int64(number))


@compiled
def counter(draws: Draws, entity: int, day: int, stream: int, block: int) -> tuple[int, int, int, int]:
    """Philox's counter for one block of questions.

    Parameters
    ----------
    draws
        Seed, replicate and centre, from `draws_of`.
    entity
        Which dyad, person or pair of clients, 0 to 2 ** 32 - 1.
    day
        Day of the stay, 0 to 65535.
    stream
        Which random stream, from `stream_id`.
    block
        Which four questions, 0 to 4095: block b answers questions 4 b to 4 b + 3.

    Returns
    -------
    tuple of 4 int
        Words of 32 bits each. Different addresses have different counters.

    Raises
    ------
    ValueError
        If a number is outside its range.

    Examples
    --------
    >>> [f"{word:08x}" for word in counter(draws_of(0, replicate=1, centre=2), entity=4, day=3, stream=5, block=6)]
    ['00000001', '00020003', '00000004', '00005006']
    """
    replicate, centre = _whole(draws.replicate), _whole(draws.centre)
    entity, day, stream, block = _whole(entity), _whole(day), _whole(stream), _whole(block)
    beyond = (replicate >> REPLICATE_BITS) | (centre >> CENTRE_BITS) | (entity >> ENTITY_BITS) | (day >> DAY_BITS)
    if beyond | (stream >> STREAM_BITS) | (block >> BLOCK_BITS):  # not 0 where a number is too large or negative
        raise ValueError("no such draw: a number of its address is outside its range")
    return replicate, (centre << DAY_BITS) | day, entity, (stream << BLOCK_BITS) | block


# Philox


@compiled
def _unsigned(number: int) -> int:
    """*number* as an unsigned 64-bit integer where compiled and as Python's own integer where not.

    The product of two words of 32 bits fits into it; in a signed integer it would overflow.
    """
    return int(np.uint64(number))


@compiled
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Philox 4x32-10: four words that look random, from a counter of four words and a key of two [1]_.

    Parameters
    ----------
    c0, c1, c2, c3
        Counter, words of 32 bits.
    k0, k1
        Key, words of 32 bits.

    Returns
    -------
    tuple of 4 int
        Words of 32 bits. Under one key, different counters give different results.

    Examples
    --------
    >>> [f"{word:08x}" for word in philox(0, 0, 0, 0, 0, 0)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    c0, c1, c2, c3 = _unsigned(c0), _unsigned(c1), _unsigned(c2), _unsigned(c3)
    k0, k1 = _unsigned(k0), _unsigned(k1)
    multiplier_0, multiplier_1 = _unsigned(MULTIPLIER_0), _unsigned(MULTIPLIER_1)
    key_step_0, key_step_1 = _unsigned(KEY_STEP_0), _unsigned(KEY_STEP_1)
    word = _unsigned(WORD)
    for _ in range(ROUNDS):
        product_0 = multiplier_0 * c0
        product_1 = multiplier_1 * c2
        c0 = (product_1 >> 32) ^ c1 ^ k0
        c1 = product_1 & word
        c2 = (product_0 >> 32) ^ c3 ^ k1
        c3 = product_0 & word
        k0 = (k0 + key_step_0) & word
        k1 = (k1 + key_step_1) & word
    return _whole(c0), _whole(c1), _whole(c2), _whole(c3)


@compiled
def words(draws: Draws, entity: int, day: int, stream: int, block: int) -> tuple[int, int, int, int]:
    """Four whole random numbers from 0 to 2 ** 32 - 1, one for each question of a block.

    Parameters
    ----------
    draws, entity, day, stream, block
        As in `counter`.

    Returns
    -------
    tuple of 4 int
        Words of 32 bits each, all values equally likely.

    Raises
    ------
    ValueError
        If a number is outside its range.

    Examples
    --------
    >>> words(draws_of(2024), entity=3, day=10, stream=stream_id("encounters"), block=0)
    (1841429886, 2711437245, 1439245455, 1196441080)
    """
    c0, c1, c2, c3 = counter(draws, entity, day, stream, block)
    return philox(c0, c1, c2, c3, draws.key0, draws.key1)


# Uniform draws


@compiled
def _between_0_and_1(word: int) -> float:
    """The middle of the *word*-th of 2 ** 32 equal parts of the interval from 0 to 1; exact."""
    return (word + 0.5) * 2.0**-32


@compiled
def uniforms(draws: Draws, entity: int, day: int, stream: int, block: int) -> tuple[float, float, float, float]:
    """Four uniform draws: the answers to one block of questions.

    Parameters
    ----------
    draws
        Seed, replicate and centre, from `draws_of`.
    entity
        Which dyad, person or pair of clients, 0 to 2 ** 32 - 1.
    day
        Day of the stay, 0 to 65535.
    stream
        Which random stream, from `stream_id`.
    block
        Which four questions, 0 to 4095: block b answers questions 4 b to 4 b + 3.

    Returns
    -------
    tuple of 4 float
        Greater than 0 and less than 1, in steps of 2 ** -32.

    Raises
    ------
    ValueError
        If a number is outside its range.

    Examples
    --------
    >>> uniforms(draws_of(2024), entity=3, day=10, stream=stream_id("encounters"), block=0)
    (0.4287413057172671, 0.6313056790968403, 0.3351004457799718, 0.27856814686674625)
    """
    w0, w1, w2, w3 = words(draws, entity, day, stream, block)
    return _between_0_and_1(w0), _between_0_and_1(w1), _between_0_and_1(w2), _between_0_and_1(w3)


# Normal draws

NEAR_HALF = 0.425
"""Up to this distance of a probability from 1/2 the first of three approximations holds."""
NEAR_TAIL = 5.0
"""Up to this square root of -log(probability of the tail) the second one holds, beyond it the third."""
CENTRAL_OFFSET, TAIL_OFFSET = 0.180625, 1.6
"""What their arguments are measured from."""

# Coefficients of AS 241's PPND16, from the constant term upwards: numerator and denominator of each approximation.
CENTRAL_NUMERATOR = (
    3.3871328727963666080e0,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
)
CENTRAL_DENOMINATOR = (
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
)
TAIL_NUMERATOR = (
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
)
TAIL_DENOMINATOR = (
    1.0,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)
FAR_NUMERATOR = (
    6.65790464350110377720e0,
    5.46378491116411436990e0,
    1.78482653991729133580e0,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
)
FAR_DENOMINATOR = (
    1.0,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
)

Coefficients = tuple[float, float, float, float, float, float, float, float]


@compiled
def _polynomial(x: float, a: Coefficients) -> float:
    """a[0] + a[1] x + … + a[7] x ** 7, by Horner's scheme."""
    return ((((((a[7] * x + a[6]) * x + a[5]) * x + a[4]) * x + a[3]) * x + a[2]) * x + a[1]) * x + a[0]


@compiled
def normal_quantile(probability: float) -> float:
    """The value below which a standard normal variable lies with a given probability.

    This is Wichura's algorithm AS 241, PPND16 [2]_; its relative error is about 1e-15.

    Parameters
    ----------
    probability
        Greater than 0 and less than 1.

    Returns
    -------
    float
        In standard deviations from the mean.

    Examples
    --------
    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    from_half = probability - 0.5
    if abs(from_half) <= NEAR_HALF:
        x = CENTRAL_OFFSET - from_half * from_half
        return from_half * _polynomial(x, CENTRAL_NUMERATOR) / _polynomial(x, CENTRAL_DENOMINATOR)
    tail = math.sqrt(-math.log(min(probability, 1.0 - probability)))
    if tail <= NEAR_TAIL:
        x = tail - TAIL_OFFSET
        size = _polynomial(x, TAIL_NUMERATOR) / _polynomial(x, TAIL_DENOMINATOR)
    else:
        x = tail - NEAR_TAIL
        size = _polynomial(x, FAR_NUMERATOR) / _polynomial(x, FAR_DENOMINATOR)
    return math.copysign(size, from_half)
