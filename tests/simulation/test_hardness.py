"""Matters that are harder to get than others: what a mandated answer decides, and what it does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.people import FRAMES, SITUATIONS, TURNS

from twoway.simulation.action_tables import NOTHING_BEFORE, UNSAID, Occasion, chances_by_source
from twoway.simulation.affect_control.frames import KEYWORKER
from twoway.simulation.rules.replies import hardened
from twoway.simulation.situations import EncounterKind

LAW = settings(deadline=None, max_examples=60)
share, hardness = st.floats(0, 1), st.floats(-6, 6)
befores = st.integers(NOTHING_BEFORE, len(SITUATIONS.acts))
ANSWER = SITUATIONS.turn(EncounterKind.REQUEST, KEYWORKER, 1)
REFUSED, GRANTED = (SITUATIONS.turns[ANSWER].feasible.index(act) for act in ("refuse", "agree_with"))


def script_of(number, before, hard):
    return chances_by_source(TURNS[number], Occasion(before, hard, 1.0, UNSAID, 0.0))[0]


@LAW
@given(share, hardness, hardness)
def test_the_harder_a_matter_is_to_get_the_more_of_it_is_refused(strictness, one, other):
    easy, hard = sorted([one, other])
    assert 0 <= hardened(strictness, easy) <= hardened(strictness, hard) + 1e-12 <= 1 + 2e-12
    assert hardened(strictness, 0.0) == pytest.approx(strictness)


@LAW
@given(hardness)
def test_where_the_rules_never_or_always_refuse_no_matter_is_harder_than_others(hard):
    assert hardened(0.0, hard) == 0.0
    assert hardened(1.0, hard) == 1.0


@LAW
@given(st.floats(0.01, 0.99), hardness)
def test_hardness_is_in_log_odds(strictness, hard):
    refused = hardened(strictness, hard)
    shifted = np.log(refused / (1 - refused)) - np.log(strictness / (1 - strictness))
    assert shifted == pytest.approx(hard, abs=1e-6)


@LAW
@given(befores, hardness)
def test_a_hard_matter_moves_weight_from_granting_to_refusing_and_decides_as_often(before, hard):
    usual, script = script_of(ANSWER, before, 0.0), script_of(ANSWER, before, hard)
    assert script.sum() == pytest.approx(1.0)
    assert script[REFUSED] + script[GRANTED] == pytest.approx(usual[REFUSED] + usual[GRANTED])
    assert (script[REFUSED] - usual[REFUSED]) * hard >= -1e-12
    others = np.delete(np.arange(len(script)), [REFUSED, GRANTED])
    assert (script[others] == usual[others]).all()


@LAW
@given(st.integers(0, len(TURNS) - 1), befores, hardness)
def test_how_hard_a_matter_is_changes_no_turn_that_decides_nothing_and_nothing_that_comes_from_the_person(
    number, before, hard
):
    usual, others = (chances_by_source(TURNS[number], Occasion(before, h, 1.0, UNSAID, 0.0)) for h in (0.0, hard))
    if number != ANSWER:
        assert (usual[0] == others[0]).all()
    assert (usual[1] == others[1]).all()
    assert (usual[2] == others[2]).all()
    assert others[2].shape[0] == len(FRAMES.names)
