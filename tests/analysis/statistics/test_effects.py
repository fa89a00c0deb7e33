"""Effects: found where they are, with intervals that hold the truth as often as they say, and no larger than needed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from twoway.analysis.statistics.effects import (
    by_level,
    contrast,
    differences_from_first,
    interaction,
    interior_optima,
    is_full_grid,
    main_effects,
    median_half_width,
    straight_line_effects,
)


def runs(levels, effect, replicates=20, shared=1.0, noise=0.1, seed=0, inputs=("context.control",)):
    """Runs at a grid of points: an outcome of known means, chance shared by the points of a replicate, and noise."""
    generator = np.random.default_rng(seed)
    draws = generator.normal(0, shared, replicates)
    rows = []
    for point, level in enumerate(levels):
        values = np.atleast_1d(level)
        for replicate in range(replicates):
            outcome = effect(*values) + draws[replicate] + generator.normal(0, noise)
            rows.append((point, replicate, *values, outcome))
    return pd.DataFrame(rows, columns=["point", "replicate", *inputs, "tone"])


TWO = ("context.control", "context.formality")
SQUARE = [(a, b) for a in (0.0, 1.0, 2.0) for b in (0.0, 1.0)]


@pytest.mark.parametrize("common_draws", [True, False])
def test_an_interval_of_a_difference_holds_it_nineteen_times_in_twenty(common_draws):
    hits = 0
    for seed in range(300):
        generator = np.random.default_rng(seed)
        draws = generator.normal(0, 1, (1, 12)) if common_draws else 0.0
        values = np.array([[0.0], [0.7]]) + draws + generator.normal(0, 0.5, (2, 12))
        found = contrast(values, np.array([-1.0, 1.0]), common_draws)
        hits += found.low <= 0.7 <= found.high
    assert 0.92 <= hits / 300 <= 0.98


def test_common_random_numbers_make_a_difference_surer():
    table = runs([0.0, 1.0], lambda x: x)
    shared, own = (main_effects(table, ["context.control"], ["tone"], s).iloc[0] for s in (True, False))
    assert shared["effect"] == pytest.approx(own["effect"])
    assert shared["high"] - shared["low"] < 0.2 * (own["high"] - own["low"])


def test_a_main_effect_is_averaged_over_the_other_inputs():
    table = runs(SQUARE, lambda a, b: a * a + 10 * b, noise=0.0, inputs=TWO)
    effects = main_effects(table, TWO, ["tone"], True).set_index("input")["effect"]
    assert effects["context.control"] == pytest.approx(4.0)
    assert effects["context.formality"] == pytest.approx(10.0)


def test_a_word_has_an_effect_for_every_other_word():
    table = runs([0.0, 1.0, 2.0], lambda x: x, noise=0.0)
    table["context.control"] = table["context.control"].map({0.0: "none", 1.0: "some", 2.0: "much"})
    effects = main_effects(table, ["context.control"], ["tone"], True)
    assert effects["change"].tolist() == ["from none to some", "from none to much"]
    assert effects["effect"].tolist() == pytest.approx([1.0, 2.0])


def test_a_missing_run_takes_its_replicate_out_of_a_shared_comparison_only_where_it_counts():
    table = runs([0.0, 1.0, 2.0], lambda x: x, replicates=6)
    less = table[~((table["point"] == 1) & (table["replicate"] == 3))]
    whole, gap = (main_effects(t, ["context.control"], ["tone"], True).iloc[0] for t in (table, less))
    assert gap["effect"] == whole["effect"], "the middle does not count in a comparison of the ends"
    without = table[table["replicate"] != 3]
    means = by_level(less, ["context.control"], "context.control", ["tone"], True)
    assert means["mean"].iloc[1] == pytest.approx(without.loc[without["point"] == 1, "tone"].mean())


@pytest.mark.parametrize("common_draws", [True, False])
def test_one_replicate_gives_a_value_but_no_interval(common_draws):
    table = runs([0.0, 1.0], lambda x: x, replicates=1)
    row = main_effects(table, ["context.control"], ["tone"], common_draws).iloc[0]
    assert np.isfinite(row["effect"])
    assert np.isnan(row["low"])
    assert np.isnan(row["high"])


def test_differences_are_from_the_first_point_by_name():
    table = runs([0.0, 1.0, 3.0], lambda x: x, noise=0.0)
    found = differences_from_first(table, ["baseline", "one", "three"], ["tone"], True)
    assert found["input"].tolist() == ["one", "three"]
    assert found["effect"].tolist() == pytest.approx([1.0, 3.0])


def test_interplay_is_the_difference_of_two_effects():
    table = runs(SQUARE, lambda a, b: a * b, noise=0.0, inputs=TWO)
    low, high, difference = interaction(table, TWO, *TWO, "tone", True)
    assert (low.value, high.value, difference.value) == pytest.approx((0.0, 2.0, 2.0))


LEVELS = np.linspace(0, 1, 5)


def test_an_optimum_between_the_ends_is_found_where_it_is():
    table = runs(LEVELS, lambda x: -((x - 0.5) ** 2), noise=0.05, replicates=40)
    highest, lowest = interior_optima(table, ["context.control"], "context.control", "tone", True)
    assert highest.level == 0.5
    assert highest.beyond.low > 0
    assert lowest.beyond.high < 0


def test_without_an_optimum_one_is_found_no_more_often_than_an_interval_errs():
    found = 0
    for seed in range(200):
        table = runs(LEVELS, lambda x: 0.0, replicates=16, seed=seed, shared=0.0)
        found += interior_optima(table, ["context.control"], "context.control", "tone", True)[0].beyond.low > 0
    assert found / 200 <= 0.06, "choosing the best place must not make a difference"


def test_half_the_width_is_that_of_the_interval_of_one_mean():
    values = np.random.default_rng(0).normal(size=(1, 9))
    found = contrast(values, np.array([1.0]), True)
    assert median_half_width(values) == pytest.approx((found.high - found.low) / 2)
    assert np.isnan(median_half_width(values[:, :1]))


def test_two_values_have_nothing_between_them():
    assert interior_optima(runs([0.0, 1.0], lambda x: x), ["context.control"], "context.control", "tone", True) is None


def test_straight_lines_are_found_among_many_inputs_and_say_how_much_they_explain():
    names = [f"learning.{n}" for n in ("perceptual_noise", "tone_learning_rate", "lapse_rate")]
    points = np.random.default_rng(3).random((60, 3))
    table = runs(points, lambda a, b, c: 2 * a - b, replicates=5, inputs=names)
    effects, explained = straight_line_effects(table, names, ["tone"])
    span = np.ptp(points, axis=0)
    assert effects["effect"].to_numpy() == pytest.approx([2 * span[0], -span[1], 0.0], abs=0.1)
    inert = effects.iloc[2]
    assert inert["low"] < 0 < inert["high"]
    assert explained["tone"] > 0.95


def test_a_grid_is_full_when_every_combination_is_there_once():
    table = runs(SQUARE, lambda a, b: a, replicates=2, inputs=TWO)
    assert is_full_grid(table, TWO)
    assert not is_full_grid(table[table["point"] != 3], TWO)
    more = table[table["point"] == 3].assign(point=6, **{"context.control": 0.5})
    assert not is_full_grid(pd.concat([table, more]), TWO)


def test_too_few_points_for_the_inputs_give_no_intervals():
    names = [f"learning.{n}" for n in ("perceptual_noise", "tone_learning_rate", "lapse_rate")]
    table = runs(np.random.default_rng(3).random((5, 3)), lambda a, b, c: a, inputs=names)
    effects, explained = straight_line_effects(table, names, ["tone"])
    assert effects["low"].isna().all()
    assert np.isnan(explained["tone"])
