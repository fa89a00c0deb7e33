"""Answers in words: what they call a rise, what they leave open, and what they rest on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from twoway.analysis.statistics.effects import EFFECT, Estimate, main_effects
from twoway.analysis.study_text import (
    changed_by,
    difference_answers,
    effect_sentence,
    grid_answers,
    plain_name,
    rests_on,
    sorted_answers,
)
from twoway.simulation.columns import Column

FRIENDLY = Column("friendly", "share of dyads", "dyads that end friendly and trustful")
TONE = Column("client_tone", "EPA units", "mean of the clients' good tone minus bad tone")


def row(effect, low, high, outcome="friendly", field="context.control"):
    return dict(zip(EFFECT, (outcome, field, "from 0 to 5", effect, low, high), strict=True))


def test_a_share_changes_in_percentage_points_and_a_tone_in_its_own_unit():
    assert changed_by(Estimate(0.123, 0.1, 0.15), FRIENDLY) == "+12.3 percentage points (95 % interval +10.0 to +15.0)"
    assert changed_by(Estimate(-0.123, -0.2, -0.05), TONE) == "-0.12 EPA units (95 % interval -0.2 to -0.05)"


@pytest.mark.parametrize(
    ("low", "high", "word"), [(0.05, 0.2, "raises"), (-0.2, -0.05, "lowers"), (-0.05, 0.2, "has no settled effect on")]
)
def test_only_an_interval_that_leaves_zero_out_is_called_a_rise_or_a_fall(low, high, word):
    sentence = effect_sentence(row((low + high) / 2, low, high), FRIENDLY)
    assert sentence.startswith(f"Taking control from 0 to 5 {word} the share of dyads that end friendly and trustful")
    assert "95 % interval" in sentence


def test_without_an_interval_nothing_is_settled():
    sentence = effect_sentence(row(0.3, np.nan, np.nan), FRIENDLY)
    assert "no settled effect" in sentence
    assert "no interval: too few replicates" in sentence


def table_of(effect, levels, replicates=20):
    generator = np.random.default_rng(1)
    rows = [
        (p, r, *np.atleast_1d(x), effect(*np.atleast_1d(x)) + generator.normal(0, 0.01))
        for p, x in enumerate(levels)
        for r in range(replicates)
    ]
    inputs = ["context.control", "context.formality"][: len(np.atleast_1d(levels[0]))]
    return pd.DataFrame(rows, columns=["point", "replicate", *inputs, "friendly"]), inputs


def said(effect, levels):
    table, inputs = table_of(effect, levels)
    effects = main_effects(table, inputs, ["friendly"], True)
    return " ".join(grid_answers(table, effects, inputs, [FRIENDLY], True))


def test_an_optimum_between_is_told_with_its_place_and_gain():
    text = said(lambda x: 0.5 - (x - 2) ** 2 / 10, [0.0, 1.0, 2.0, 3.0, 4.0])
    assert "Between the ends of control the share of dyads that end friendly and trustful is highest, near 2" in text
    assert "chosen on one half of the replicates" in text


def test_that_there_is_no_optimum_is_told_as_well():
    text = said(lambda x: x / 10, [0.0, 1.0, 2.0, 3.0])
    assert (
        "There is no optimum between: the share of dyads that end friendly and trustful is highest at one end" in text
    )


def test_what_is_not_settled_says_how_large_it_may_be():
    text = said(lambda x: 0.4, [0.0, 1.0, 2.0, 3.0])
    assert "no settled effect" in text
    assert "if there is one, it passes the ends by less than" in text


def test_two_inputs_that_depend_on_each_other_do_not_simply_add_up():
    square = [(a, b) for a in (0.0, 1.0) for b in (0.0, 1.0)]
    assert "do not simply add up" in said(lambda a, b: 0.3 * a * b, square)
    assert "is not settled" in said(lambda a, b: 0.3 * a + 0.1 * b, square)


def test_a_difference_names_the_change_and_what_it_is_compared_with():
    effects = pd.DataFrame([row(0.2, 0.1, 0.3, field="time for talk"), row(0.01, -0.1, 0.1, field="more rules")])
    first, second = difference_answers(effects, [FRIENDLY], "the baseline")
    assert first.startswith("With 'time for talk' the share of dyads that end friendly and trustful is higher")
    assert second.startswith("Between 'more rules' and the baseline no difference")


def test_of_many_inputs_the_largest_come_first_and_the_unsettled_are_named():
    rows = [
        row(0.1, 0.05, 0.2, field="learning.perceptual_noise"),
        row(-0.4, -0.5, -0.3),
        row(0.0, -0.1, 0.1, field="learning.tone_learning_rate"),
    ]
    first, second, rest, share = sorted_answers(pd.DataFrame(rows), {"friendly": 0.6}, [FRIENDLY])
    assert "control" in first
    assert "perceptual noise" in second
    assert "No effect" in rest
    assert "tone learning rate" in rest
    assert "Straight lines explain 60%" in share


def test_what_it_rests_on_is_said_in_full():
    text = rests_on(12, 5, "16 dyads of 1 centre", 58, 1, 1, True, "over replicates")
    for part in (
        "12 points",
        "5 replicates each",
        "16 dyads",
        "same people and random draws",
        "58 runs finished, 1 failed, 1 missing",
        "rough",
    ):
        assert part in text


def test_a_field_is_named_in_plain_words():
    assert plain_name("people.keyworker_tilt") == "keyworker tilt"
