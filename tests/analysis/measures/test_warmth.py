"""Warmth and control of keyworkers against the late rating: which acts count, and correlations that are known."""

import numpy as np
import pytest
from tests.support.handmade import exchanges, panel_of, row

from twoway.analysis.measures.estimates import units_of
from twoway.analysis.measures.warmth import kept_until, late_day, warm_and_controlling, warm_staff

N = 60


def planted(sign, resolved, changed=False):
    """Dyads whose keyworkers are warmer, and control less, the higher (or lower) the client rates in the end."""
    levels = np.arange(N) % 4
    rating = np.zeros((2, N, 20)) + sign * levels[None, :, None] + np.random.default_rng(1).normal(0, 0.1, (2, N, 1))
    predecessors = np.zeros((2, N, 20), int)
    if changed:
        predecessors[:, 1:, 10:] = 1
    rows = []
    for dyad, level in enumerate(levels):
        rows += [(dyad, 1, "keyworker", "everyday", 0, act) for act in ["praise"] * level + ["inform"] * (4 - level)]
        rows += [(dyad, 1, "keyworker", "control", 0, "search")] * (5 - level)
    view = panel_of(rating, predecessors=predecessors)
    return warm_staff(
        view, *warm_and_controlling(view, exchanges(*rows), resolved, late_day(view)), units_of(view.dyads)
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_a_planted_relation_is_found_with_its_sign(sign, resolved):
    table = planted(sign, resolved)
    warmth, control = (row(table, "warm_staff", group) for group in ("warmth", "control"))
    assert sign * warmth["estimate"] > 0.6
    assert sign * control["estimate"] < -0.6
    assert warmth["n"] == N


def test_dyads_that_changed_their_keyworker_are_left_out(resolved):
    assert row(planted(1, resolved, changed=True), "warm_staff", "warmth")["n"] == 1


def test_acts_in_control_count_as_control_and_not_for_warmth(resolved):
    view = panel_of(np.zeros((2, 2, 9)))
    rows = [
        (0, 1, "keyworker", "everyday", 0, "praise"), (0, 1, "keyworker", "control", 0, "search"),
        (0, 8, "keyworker", "control", 0, "search"), (0, 1, "client", "everyday", 1, "insult"),
    ]  # fmt: skip
    warmth, control = warm_and_controlling(view, exchanges(*rows), resolved, 7)
    assert warmth[0] == resolved.lexicon.acts["praise"][0]
    assert control[0] == 0.5
    assert np.isnan([warmth[1], control[1]]).all()


def test_a_keyworker_is_kept_until_the_day_before_another_comes():
    predecessors = np.zeros((2, 2, 9), int)
    predecessors[:, 1, 5:] = 1
    view = panel_of(np.zeros((2, 2, 9)), predecessors=predecessors)
    assert kept_until(view, 5).tolist() == [True, True]
    assert kept_until(view, 6).tolist() == [True, False]
