from __future__ import annotations

import pytest

from twoway.seminar.recipe import settings, written
from twoway.seminar.sliders import SLIDERS, Setting
from twoway.simulation.parameters.scenario import load, shipped_names


@pytest.mark.parametrize("one", SLIDERS, ids=lambda one: one.label)
def test_a_slider_moves_within_what_may_change_during_a_stay(one: Setting) -> None:
    declared = settings()[one.field]
    assert declared.low <= one.low < one.high <= declared.high
    assert 0 < one.step <= (one.high - one.low) / 10


@pytest.mark.parametrize("name", shipped_names())
def test_every_scenario_stands_on_the_sliders(name: str) -> None:
    context = load(name).context
    for one in SLIDERS:
        value = getattr(context, one.field.partition(".")[2])
        assert one.low <= value <= one.high


@pytest.mark.parametrize("one", SLIDERS, ids=lambda one: one.label)
def test_a_value_is_said_as_scenario_files_have_it_with_the_last_word_that_it_reaches(one: Setting) -> None:
    assert [least for least, _ in one.words] == sorted(least for least, _ in one.words)
    for least, word in one.words:
        assert one.said(least) == f"{written(least)} {word}"
    assert one.said(one.low).endswith(one.words[0][1])
    assert one.said(one.high).endswith(one.words[-1][1])


@pytest.mark.parametrize("one", SLIDERS, ids=lambda one: one.label)
def test_what_is_said_to_be_a_week_is_one_of_the_models_rates_a_week(one: Setting) -> None:
    assert one.said(one.high).endswith(" a week") == ("per week" in settings()[one.field].unit)
