"""Figures of parts taken out and of claims tried: all is on the page, and what is said is what is drawn."""

import numpy as np
import pandas as pd
import pytest
from tests.support.drawn import assert_all_is_on_the_page, caption, words

from twoway.analysis.figures.ablation import MEASURES, NOTHING, dimensions_figure, measures_figure, rules_figure
from twoway.analysis.figures.robustness import SHARES, UNCHANGED, VARIANTS, claims_figure, mix_figure
from twoway.analysis.figures.style import said
from twoway.analysis.patterns import PATTERNS

RESTS_ON = "3,200 dyads (ordinary, 200 replicates, seed 1): the same people with the same luck with and without."
DIMENSIONS = ("expectation", "meaning", "context", "handling")
LONG = "keyworkers differ in what they expect"


def ablated(rows):
    """Tables of rules and patterns from rows of scenario, dimension, rule and whether mix and measures change."""
    rng = np.random.default_rng(0)
    rules, patterns = [], []
    for scenario, dimension, rule, mix, measured in rows:
        change = rng.normal(0, 0.2, 3)
        change -= change.mean()
        who = {"scenario": scenario, "dimension": dimension, "rule": rule}
        for name, difference in zip(PATTERNS, change, strict=True):
            patterns.append(who | {"pattern": name, "difference": difference, "low": difference - 0.05,
                                   "high": difference + 0.05})  # fmt: skip
        most = int(np.abs(change).argmax())
        rules.append(who | {"difference": change[most], "most_moved": PATTERNS[most], "moves_patterns": mix,
                            "moves_measures": measured, "neutral_already": False})  # fmt: skip
    return pd.DataFrame(rules), pd.DataFrame(patterns)


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
    assert f"Of {14 * len(DIMENSIONS)} rules taken out one at a time" in said(figure)


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


def tried(claims, counts):
    """Tables of claims, their summary and the mix, with so many variants of each kind."""
    rng = np.random.default_rng(1)
    rows, mixes = [], []
    for kind, count in counts.items():
        for v in range(count):
            for claim in claims:
                x = rng.normal(0.1, 0.1)
                rows.append({"kind": kind, "variant": str(v), "claim": claim, "as_claimed": x, "holds": x > 0,
                             "clearly": x > 0.1, "against": x < -0.1})  # fmt: skip
            shares = dict(zip(SHARES, rng.dirichlet((4, 4, 2)), strict=True))
            mixes.append({"kind": kind, "variant": str(v), "agreement": rng.uniform(), **shares})
    table = pd.DataFrame(rows)
    summary = table.groupby(["claim", "kind"], sort=False).agg(variants=("holds", "size"), holds=("holds", "mean"))
    return table, summary.reset_index(), pd.DataFrame(mixes)


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
    assert f"Over {len(mix)} variants" in said(figure)
