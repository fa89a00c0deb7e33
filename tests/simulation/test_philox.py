"""Philox and the draws made from it: right, repeatable, addressed without overlap, and random."""

import doctest
import json
import math
import os
import random
import subprocess
import sys
from itertools import product
from typing import NamedTuple

import numba
import numpy as np
import pytest
from benchmarks.random_streams import AXES, LANE_PAIRS, Check, checks, failures, tally
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from twoway.simulation import philox as module
from twoway.simulation.philox import (
    counter,
    draws_of,
    normal_quantile,
    philox,
    stream_id,
    uniforms,
    words,
)


class Address(NamedTuple):
    """Coordinates of one block of draws."""

    seed: int
    replicate: int
    centre: int
    entity: int
    day: int
    stream: int
    block: int


LAST = Address(2**63 - 1, 2**32 - 1, 65535, 2**32 - 1, 65535, 2**20 - 1, 4095)
"""The end of every coordinate's range."""
ADDRESSES = st.builds(Address, *(st.integers(0, last) for last in LAST))
FEW_WORST = 0.5 * 2.0**-32, 1.0 - 0.5 * 2.0**-32
"""The smallest and the largest uniform draw that there can be."""

compiled_only = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="takes long where nothing is compiled")


def words_at(a: Address) -> tuple[int, int, int, int]:
    return words(draws_of(a.seed, a.replicate, a.centre), a.entity, a.day, a.stream, a.block)


# Philox against published vectors and another implementation


@pytest.mark.parametrize(
    ("count", "key", "expected"),
    [  # Random123, tests/kat_vectors: the three of philox4x32 with 10 rounds
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_published_vectors(count, key, expected):
    result = philox(*(int(word, 16) for word in f"{count} {key}".split()))
    assert " ".join(f"{word:08x}" for word in result) == expected


def textbook_philox(width, multipliers, key_steps, count, key):
    """Philox with four words of any width, in Python's unbounded integers."""
    size = 1 << width
    for turn in range(10):
        k = [(key[i] + turn * key_steps[i]) % size for i in range(2)]
        (high_0, low_0), (high_2, low_2) = (divmod(multipliers[i] * count[2 * i], size) for i in range(2))
        count = [high_2 ^ count[1] ^ k[0], low_2, high_0 ^ count[3] ^ k[1], low_0]
    return count


WIDE = (0xD2E7470EE14C6C93, 0xCA5A826395121157), (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
NARROW = (0xD2511F53, 0xCD9E8D57), (0x9E3779B9, 0xBB67AE85)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=6, max_size=6))
def test_textbook_is_numpys_where_words_have_64_bits(numbers):
    *count, k0, k1 = numbers
    before = (sum(word << 64 * i for i, word in enumerate(count)) - 1) % 2**256  # numpy counts on before it answers
    numpys = np.random.Philox(counter=np.array([before >> 64 * i & 2**64 - 1 for i in range(4)], np.uint64))
    state = dict(numpys.state)
    state["state"]["key"][:] = k0, k1
    numpys.state = state
    assert textbook_philox(64, *WIDE, count, (k0, k1)) == numpys.random_raw(4).tolist()


@given(st.lists(st.integers(0, 2**32 - 1), min_size=6, max_size=6))
def test_ours_is_the_textbooks_where_words_have_32_bits(numbers):
    *count, k0, k1 = numbers
    assert list(philox(*count, k0, k1)) == textbook_philox(32, *NARROW, count, (k0, k1))


# Compiled and plain


def some_draws():
    """Draws of 300 addresses, a third of them at ends of ranges, as text that shows every bit."""
    chooser = random.Random(2024)
    addresses = [Address(*(chooser.choice((0, last)) for last in LAST)) for _ in range(98)]
    addresses += [Address(*(chooser.randint(0, last) for last in LAST)) for _ in range(200)]
    addresses += [Address(*(0 for _ in LAST)), LAST]
    shown = []
    for a in addresses:
        draws = draws_of(a.seed, a.replicate, a.centre)
        place = a.entity, a.day, a.stream
        shown.append(" ".join(x.hex() for x in uniforms(draws, *place, a.block)))
    for probability in np.geomspace(1e-300, 0.9999, 200).tolist():
        shown.append(normal_quantile(probability).hex())
    return shown


def test_compiled_and_plain_are_the_same_to_the_last_bit_and_without_a_warning():
    other = {"NUMBA_DISABLE_JIT": "0" if numba.config.DISABLE_JIT else "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-W", "error", __file__]
    ran = subprocess.run(command, env={**os.environ, **other}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert json.loads(ran.stdout) == some_draws()


@pytest.mark.filterwarnings("error")
def test_numbers_from_arrays_are_as_good_as_pythons():
    plain = Address(seed=5, replicate=2**32 - 1, centre=65535, entity=2**32 - 1, day=65535, stream=2**20 - 1, block=7)
    long, short = np.uint64, np.int32
    draws = draws_of(long(plain.seed), long(plain.replicate), short(plain.centre))
    assert draws == draws_of(*plain[:3])
    draws = draws._replace(key0=long(draws.key0), replicate=long(plain.replicate), centre=short(plain.centre))
    there = long(plain.entity), short(plain.day), short(plain.stream)
    assert words(draws, *there, short(plain.block)) == words_at(plain)


def test_examples():
    result = doctest.testmod(module)
    assert result.attempted >= 10
    assert result.failed == 0


# Addresses


def address_of(key0, key1, c0, c1, c2, c3):
    """The address that a key and counter stand for: the way back."""
    return Address(key0 | key1 << 32, c0, c1 >> 16, c2, c1 & 65535, c3 >> 12, c3 & 4095)


@given(ADDRESSES)
def test_counter_and_key_tell_the_address_so_no_two_addresses_share_them(a):
    draws = draws_of(a.seed, a.replicate, a.centre)
    numbers = (draws.key0, draws.key1, *counter(draws, a.entity, a.day, a.stream, a.block))
    assert all(0 <= word < 2**32 for word in numbers)
    assert address_of(*numbers) == a


def test_ends_of_all_ranges_do_not_meet():
    ends = product(*((0, 1, last - 1, last) for last in LAST))
    seen = {words_at(Address(*end)) for end in ends}
    assert len(seen) == 4**7


@given(st.lists(ADDRESSES, min_size=1, max_size=8, unique=True), st.randoms())
def test_order_of_asking_does_not_matter(addresses, chooser):
    first = {a: words_at(a) for a in addresses}
    again = addresses * 2
    chooser.shuffle(again)
    assert all(words_at(a) == first[a] for a in again)


@given(ADDRESSES, st.sampled_from(Address._fields), st.data())
def test_changing_any_one_coordinate_changes_the_draw(a, field, data):
    last, now = getattr(LAST, field), getattr(a, field)
    other = data.draw(st.integers(0, last).filter(lambda value: value != now))
    assert words_at(a._replace(**{field: other})) != words_at(a)


@pytest.mark.parametrize("field", Address._fields)
@pytest.mark.parametrize("outside", [-1, 1])
def test_numbers_outside_their_range_are_refused(field, outside):
    number = -1 if outside < 0 else getattr(LAST, field) + 1
    a = Address(1, 2, 3, 4, 5, 6, 7)._replace(**{field: number})
    with pytest.raises(ValueError, match=field if field in {"seed", "replicate", "centre"} else "no such draw"):
        words_at(a)
    if field in {"replicate", "centre"}:
        with pytest.raises(ValueError, match="no such draw"):
            uniforms(draws_of(1)._replace(**{field: number}), 0, 0, 0, 0)


# Streams


def test_a_streams_number_never_changes():  # the first five digits of `b2sum -l 64`
    assert [stream_id(name) for name in ("encounters", "traits", "")] == [116119, 772968, 936554]


# Uniform and normal draws


@given(ADDRESSES)
def test_uniform_draws_are_the_words_middles(a):
    draws = draws_of(a.seed, a.replicate, a.centre)
    place = a.entity, a.day, a.stream
    block = uniforms(draws, *place, a.block)
    assert block == tuple((word + 0.5) / 2**32 for word in words_at(a))
    assert all(0 < u < 1 for u in block)


def test_extreme_words_are_strictly_between_0_and_1():
    assert tuple(module._between_0_and_1(word) for word in (0, 2**32 - 1)) == FEW_WORST
    assert FEW_WORST[0] > 0
    assert FEW_WORST[1] < 1


def test_normal_quantile_is_scipys():
    middle = (np.linspace(0, 2**32 - 1, 20_001).round() + 0.5) * 2.0**-32
    seams = [0.5 + side * 0.425 * (1 + i * 1e-15) for side in (-1, 1) for i in (-3, -1, 0, 1, 3)]
    far = np.geomspace(1e-300, 0.5, 2_001)
    probabilities = np.concatenate([middle, seams, far, FEW_WORST, [0.5 - 2.0**-33, 0.5 + 2.0**-33]])
    ours = np.array([normal_quantile(p) for p in probabilities.tolist()])
    np.testing.assert_allclose(ours, special.ndtri(probabilities), rtol=3e-15, atol=0)


def test_normal_quantile_is_symmetric_in_every_bit():
    for u in uniforms(draws_of(1), 2, 3, 4, 5) + FEW_WORST:
        assert normal_quantile(u) == -normal_quantile(1.0 - u)
    assert normal_quantile(0.5) == 0.0
    assert math.isclose(normal_quantile(FEW_WORST[1]), 6.337957754553789, rel_tol=1e-14)


# Randomness; benchmarks/random_streams.py looks closer


@pytest.fixture(scope="module")
def all_checks() -> list[Check]:
    return [check for axis in AXES for check in checks(axis, 2_000_000, lags=1)]


@compiled_only
def test_draws_are_uniform_and_know_nothing_of_their_neighbours(all_checks):
    assert len(all_checks) == (len(AXES) - 1) * 2 * 4 + 2 + len(AXES) * len(LANE_PAIRS)
    assert failures(all_checks) == []


@compiled_only
def test_checks_notice_what_is_not_random():
    count = 100_000
    series = np.random.default_rng(1).random((count + 1, 2))
    series[1:, 1] = 0.97 * series[1:, 1] + 0.03 * series[:-1, 1]
    counts, products = np.zeros((2, 1_000), np.int64), np.zeros((2, 1))
    tally(series, count, counts, products)
    chi_square = ((counts - 100) ** 2 / 100).sum(axis=1)
    assert chi_square[0] < 1_200 < chi_square[1]
    assert abs(12 * products[0, 0] / count) < 5 * count**-0.5 < 12 * products[1, 0] / count


if __name__ == "__main__":
    print(json.dumps(some_draws()))
