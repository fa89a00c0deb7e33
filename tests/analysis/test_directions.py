"""Context pushes dyads toward one pattern or another: the same people with common random numbers, with intervals.

Every comparison lives the same 5,120 dyads on both sides; the interval of the paired difference is taken over
replicates. The model is held to the direction, not to a size.
"""

from __future__ import annotations

import numpy as np
import pytest

from twoway.analysis.patterns import PATTERNS, with_patterns
from twoway.experiments.validation.ablation_table import WHOLE, ablations
from twoway.experiments.validation.fact_table import declared_facts
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.tables import run

FRIENDLY, POLITE, CONFLICTED = PATTERNS
REPLICATES = 320
Z = 1.96


def replicate_shares(changes: dict[str, float], replicates: int) -> np.ndarray:
    """Share of each pattern in each replicate, shape (replicates, 3)."""
    dyads = with_patterns(run(changed(Scenario(), changes), 11, replicates, "dyads", threads=2).dyads)
    counts = dyads.groupby(["replicate", "pattern"], observed=False).size().unstack()[list(PATTERNS)]
    return counts.to_numpy() / counts.sum(axis=1).to_numpy()[:, None]


def paired(
    low: dict[str, float], high: dict[str, float], replicates: int = REPLICATES
) -> dict[str, tuple[float, float]]:
    """Change of each pattern's share from *low* to *high*, and the half width of its 95 % interval."""
    difference = replicate_shares(high, replicates) - replicate_shares(low, replicates)
    half = Z * difference.std(axis=0, ddof=1) / np.sqrt(replicates)
    return {p: (float(m), float(h)) for p, m, h in zip(PATTERNS, difference.mean(axis=0), half, strict=True)}


DIRECTIONS = [
    ("context.formality", 0.1, 0.8, {POLITE: 1}),
    ("context.planned", 0.3, 3.0, {FRIENDLY: 1}),
    ("context.control", 0.5, 6.0, {FRIENDLY: -1, CONFLICTED: 1}),
    ("context.transparency", 0.0, 1.0, {CONFLICTED: -1}),
    ("context.turnover", 0.0, 2.0, {FRIENDLY: -1}),
    ("context.opposition", 0.0, 1.5, {CONFLICTED: 1}),
    ("context.reflexivity", 0.0, 0.9, {CONFLICTED: -1}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("field", "low", "high", "expected"), DIRECTIONS, ids=[d[0] for d in DIRECTIONS])
def test_more_of_it_moves_the_same_dyads_in_the_expected_direction(field, low, high, expected):
    change = paired({field: low}, {field: high})
    for pattern, direction in expected.items():
        mean, half = change[pattern]
        assert direction * mean - half > 0, f"{field} {low} -> {high}: {pattern} {mean:+.3f} +- {half:.3f}"


REMOVED = {removal.dimension: removal.changes for removal in ablations().removal if removal.rule == WHOLE}


@pytest.mark.slow
@pytest.mark.parametrize("dimension", REMOVED)
def test_removing_one_of_the_four_dimensions_changes_the_mix_of_patterns(dimension):
    change = paired({}, REMOVED[dimension], 160)
    # Three patterns are looked at, so each interval is widened (Bonferroni: 2.39 / 1.96).
    assert any(abs(mean) > half * 2.39 / Z for mean, half in change.values()), change


def test_no_pattern_is_so_rare_or_so_frequent_in_the_middle_of_the_stay_that_the_model_is_wrong():
    """Whether the shares are also those that are accepted is on the scoreboard (T1)."""
    middle = replicate_shares({"design.days": 75}, 60).mean(axis=0)
    shares = dict(zip(("friendly", "polite", "conflicted"), middle, strict=True))
    for part in next(one for one in declared_facts() if one.id == "T1").part:
        if part.name in shares:
            assert part.wrong[0] < shares[part.name] < part.wrong[1]


def test_the_two_views_agree_more_often_than_by_chance_but_not_always():
    dyads = with_patterns(run(Scenario(), 11, 60, "dyads", threads=2).dyads)
    client, keyworker = dyads["client_class"].astype(str), dyads["keyworker_class"].astype(str)
    by_chance = (client.value_counts(normalize=True) * keyworker.value_counts(normalize=True)).sum()
    assert by_chance + 0.05 < (client == keyworker).mean() < 0.95
