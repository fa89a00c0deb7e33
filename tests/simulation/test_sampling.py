"""Picking one of several by a draw: by weight, and never what has none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.people import NEARLY_ONE

from twoway.simulation.sampling import drawn_from, pick

LAW = settings(deadline=None, max_examples=30)

weights = st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1.0)), min_size=1, max_size=30).filter(any)
ends_too = st.one_of(st.floats(0, NEARLY_ONE), st.sampled_from([0.0, NEARLY_ONE]))


@LAW
@given(weights, ends_too)
def test_every_draw_from_nothing_to_nearly_one_picks_something_that_has_weight(parts, draws):
    shares = np.array(parts) / sum(parts)
    assert shares[drawn_from(shares, draws)] > 0
    cumulative = np.cumsum(parts)
    assert parts[pick(cumulative, draws * cumulative[-1])] > 0


@LAW
@given(weights, st.floats(0.9, 1 - 1e-9))
def test_what_rounding_leaves_over_is_never_given_to_something_without_weight(parts, rounding):
    shares = rounding * np.array(parts) / sum(parts)
    assert drawn_from(shares, 1 - 1e-12) == np.flatnonzero(shares)[-1]


@LAW
@given(weights, ends_too, ends_too)
def test_a_greater_draw_never_picks_an_earlier_one(parts, draws, more):
    low, high = sorted([draws, more])
    shares = np.array(parts) / sum(parts)
    assert drawn_from(shares, low) <= drawn_from(shares, high)


def test_things_are_picked_as_often_as_they_weigh():
    shares = np.array([0.2, 0.0, 0.5, 0.3])
    grid = [(i + 0.5) / 1000 for i in range(1000)]
    for found in ([drawn_from(shares, u) for u in grid], [pick(np.cumsum(shares), u) for u in grid]):
        assert [found.count(i) / 1000 for i in range(4)] == pytest.approx([0.2, 0.0, 0.5, 0.3], abs=0.002)


def test_the_first_whose_cumulative_weight_exceeds_the_draw_is_picked():
    cumulative = np.array([0.0, 0.25, 0.25, 1.0])
    assert [pick(cumulative, u) for u in (0.0, 0.2, 0.25, 0.99)] == [1, 1, 3, 3]
    assert pick(cumulative, 1.0) == 3, "should rounding leave none, the last"
