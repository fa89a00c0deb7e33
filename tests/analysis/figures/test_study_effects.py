"""Figures of studies show what is in the table, name their units, and say what they rest on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from twoway.analysis.figures.study_effects import effects_sorted, heat_maps, lines_by_input
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.statistics.effects import main_effects
from twoway.simulation.columns import Column

SHARES = [Column(name, "share of dyads", name) for name in ("friendly", "polite", "conflicted")]
BASIS = "Rests on 3 points."


def table(levels, inputs):
    generator = np.random.default_rng(0)
    rows = []
    for point, level in enumerate(levels):
        for replicate in range(6):
            shares = generator.dirichlet((4, 4, 2))
            rows.append((point, replicate, *level, *shares))
    return pd.DataFrame(rows, columns=["point", "replicate", *inputs, "friendly", "polite", "conflicted"])


def texts(figure):
    found = [t.get_text() for t in figure.texts]
    for axes in figure.axes:
        found += [axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left"), *(t.get_text() for t in axes.texts)]
    return " ".join(found).replace("\n", " ")


def test_lines_are_the_means_of_each_pattern_and_add_up_to_one():
    mine = table([(0.0,), (2.0,), (5.0,)], ["context.control"])
    figure = lines_by_input(mine, ["context.control"], "context.control", SHARES, True, "Mine", BASIS)
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 3]
    assert len(lines) == 3
    assert np.sum([line.get_ydata() for line in lines], axis=0) == pytest.approx([1, 1, 1])
    assert lines[0].get_ydata() == pytest.approx(mine.groupby("point")["friendly"].mean())
    for words in (*PATTERNS, BASIS, "control (encounters per week", "no forecast"):
        assert words in texts(figure)


def test_lines_of_a_word_are_points_with_intervals():
    mine = table([("ordinary",), ("voluntary",)], ["scenario"])
    figure = lines_by_input(mine, ["scenario"], "scenario", SHARES, True, "Mine", BASIS)
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["ordinary", "voluntary"]


def test_a_heat_map_has_the_mean_of_each_cell_at_its_place():
    inputs = ["context.control", "context.formality"]
    mine = table([(a, b) for a in (0.0, 2.0, 5.0) for b in (0.1, 0.5)], inputs)
    figure = heat_maps(mine, inputs, SHARES[:2], "Mine", BASIS)
    image = figure.axes[0].images[0].get_array()
    means = mine.groupby(["context.formality", "context.control"])["friendly"].mean().unstack()
    assert np.asarray(image) == pytest.approx(means.to_numpy())
    written = [t.get_text() for t in figure.axes[0].texts]
    assert f"{means.to_numpy()[0, 0]:.0%}" in written
    assert BASIS in texts(figure)
    assert "formality (share of acts)" in texts(figure)


def test_effects_are_sorted_by_size_and_filled_only_when_settled():
    inputs = ["context.control", "context.formality"]
    effects = main_effects(table([(a, b) for a in (0.0, 2.0) for b in (0.1, 0.5)], inputs), inputs, ["friendly"], True)
    effects[["effect", "low", "high"]] = [[0.1, -0.1, 0.3], [-0.4, -0.5, -0.3]]
    figure = effects_sorted(effects, SHARES[:1], "Mine", BASIS)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["control", "formality"], "the largest on top"
    places = axes.collections[-1].get_offsets()
    assert np.asarray(places)[:, 0] == pytest.approx([10, -40])
    filled = axes.collections[-1].get_facecolors()
    assert not np.array_equal(filled[0], filled[1])
    assert "percentage points" in texts(figure)
