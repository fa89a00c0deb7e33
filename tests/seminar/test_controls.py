from __future__ import annotations

import pytest

from twoway.seminar.controls import SLIDERS, Slider
from twoway.seminar.recipe import changeable_settings, number_text
from twoway.simulation.parameters.scenario import load, shipped_names


@pytest.mark.parametrize("one", SLIDERS, ids=lambda one: one.label)
def test_a_slider_moves_within_what_may_change_during_a_stay(one: Slider) -> None:
    declared = changeable_settings()[one.field]
    assert declared.low <= one.low < one.high <= declared.high
    assert 0 < one.step <= (one.high - one.low) / 10


@pytest.mark.parametrize("name", shipped_names())
def test_every_scenario_stands_on_the_sliders(name: str) -> None:
    context = load(name).context
    for one in SLIDERS:
        value = getattr(context, one.field.partition(".")[2])
        assert one.low <= value <= one.high


@pytest.mark.parametrize("one", SLIDERS, ids=lambda one: one.label)
def test_a_value_is_said_as_scenario_files_have_it_with_the_last_word_that_it_reaches(one: Slider) -> None:
    assert [least for least, _ in one.words] == sorted(least for least, _ in one.words)
    for least, word in one.words:
        assert one.value_text(least) == f"{number_text(least)} {word}"
    assert one.value_text(one.low).endswith(one.words[0][1])
    assert one.value_text(one.high).endswith(one.words[-1][1])


@pytest.mark.parametrize("one", SLIDERS, ids=lambda one: one.label)
def test_what_is_said_to_be_a_week_is_one_of_the_models_rates_a_week(one: Slider) -> None:
    assert one.value_text(one.high).endswith(" a week") == ("per week" in changeable_settings()[one.field].unit)
