"""Figures of parts taken out and of claims tried: all is on the page, and what is said is what is drawn."""

import numpy as np
import pandas as pd
import pytest
from tests.analysis.figures.examples import DIMENSIONS, LONG, ablated, tried
from tests.support.drawn import assert_all_is_on_the_page, caption, words

from twoway.analysis.figures.ablation import MEASURES, NOTHING, dimensions_figure, measures_figure, rules_figure
from twoway.analysis.figures.layout import alt_text
from twoway.analysis.figures.robustness import UNCHANGED, VARIANTS, claims_figure, mix_figure

RESTS_ON = "3,200 dyads (ordinary, 200 replicates, seed 1): the same people with the same luck with and without."


@pytest.fixture
def many():
    rows = [("ordinary", d, f"{LONG} {i} {d[0]}", i > 1, i == 0) for d in DIMENSIONS for i in range(14)]
    return ablated([*rows, ("understaffed", "context", f"{LONG} 1 c", True, True)])


def test_every_rule_is_drawn_and_those_that_do_nothing_are_marked(many):
    rules, patterns = many
    figure = rules_figure(rules, patterns, "ordinary", RESTS_ON)
    assert_all_is_on_the_page(figure)
    seen = words(figure)
    assert sum(text.startswith(LONG) for text in seen) == 14 * len(DIMENSIONS)
    assert seen.count("… in understaffed") == 1
    assert (seen.count(NOTHING), seen.count(MEASURES)) == (4, 4)
    assert RESTS_ON in caption(figure)
    assert f"Of {14 * len(DIMENSIONS)} rules taken out one at a time" in alt_text(figure)


def test_the_four_dimensions_are_drawn_where_their_differences_are():
    _, patterns = ablated([("ordinary", d, "the whole dimension", True, True) for d in DIMENSIONS])
    figure = dimensions_figure(patterns, RESTS_ON)
    assert_all_is_on_the_page(figure)
    axes = figure.axes[0]
    drawn = sorted(float(line.get_xdata()[0]) for line in axes.lines if len(line.get_xdata()) == 1)
    assert drawn == pytest.approx(sorted(patterns["difference"]))
    assert [label.get_text() for label in axes.get_yticklabels()] == list(DIMENSIONS)


def test_measures_beyond_their_interval_are_filled():
    rows = [
        {"scenario": "ordinary", "dimension": d, "rule": "the whole dimension", "group": "all",
         "measure": f"measure_{m}", "first": 0.5, "difference": 0.1, "low": 0.0, "high": 0.2, "unit": "share",
         "detectable": (m + k) % 3 == 0}
        for m in range(7) for k, d in enumerate(DIMENSIONS)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    figure = measures_figure(table, RESTS_ON)
    assert_all_is_on_the_page(figure)
    points = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    assert sum(line.get_markerfacecolor() != "white" for line in points) == table["detectable"].sum()


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [tuple(VARIANTS), ("sentiments",), ("frames", "posterior")])
def test_every_claim_stands_in_the_figure_with_its_share_for_every_kind(kinds):
    claims = [f"Strict rules that are explained leave fewer conflicted dyads {i}" for i in range(12)]
    table, summary, mix = tried(claims, {UNCHANGED: 1, **dict.fromkeys(kinds, 9)})
    figure = claims_figure(table, summary, RESTS_ON)
    assert_all_is_on_the_page(figure)
    assert len(figure.axes) == len(kinds)
    shares = [text for text in words(figure) if text.endswith("%")]
    assert len(shares) == len(claims) * len(kinds)
    for axes, kind in zip(figure.axes, kinds, strict=True):
        drawn = sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() in ("o", "X"))
        assert drawn == (table["kind"] == kind).sum()
    assert_all_is_on_the_page(mix_figure(mix, "ordinary", RESTS_ON))


def test_a_mix_without_clusters_can_be_drawn():
    _, _, mix = tried(["x"], {UNCHANGED: 1, "frames": 2})
    figure = mix_figure(mix.assign(agreement=np.nan), "ordinary", RESTS_ON)
    assert_all_is_on_the_page(figure)
    assert f"Over {len(mix)} variants" in alt_text(figure)
