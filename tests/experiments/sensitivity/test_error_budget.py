"""The error budget: inputs, chance by point, chance common to all points."""

import numpy as np
import pandas as pd
import pytest
from tests.support.study_runs import runs_of

from twoway.experiments.sensitivity.error_budget import INPUTS, OWN, SHARED, error_budget
from twoway.experiments.sensitivity.outcome_matrix import outcome_matrix

DESIGN = pd.DataFrame({"a": np.arange(400.0)})


def budget(inputs, own, shared, replicates=8, seed=1, **more):
    rng = np.random.default_rng(seed)
    values = rng.normal(0, inputs, (400, 1)) + rng.normal(0, own, (400, replicates)) + rng.normal(0, shared, replicates)
    return error_budget(outcome_matrix(DESIGN, runs_of(values), "y"), **more).set_index("source")


def test_the_parts_are_what_went_in():
    parts = [budget(2, 1, 3, seed=seed, draws=100)["variance"] for seed in range(30)]
    mean = pd.concat(parts, axis=1).mean(axis=1)
    assert mean[INPUTS] == pytest.approx(4, rel=0.1)
    assert mean[OWN] == pytest.approx(1, rel=0.1)
    assert mean[SHARED] == pytest.approx(9, rel=0.5)


def test_shares_add_up_and_means_hold_less_chance():
    found = budget(2, 1, 1)
    assert found["share"].sum() == pytest.approx(1)
    assert found.loc[OWN, "in_means"] == pytest.approx(found.loc[OWN, "variance"] / 8)
    assert found.loc[INPUTS, "in_means"] == found.loc[INPUTS, "variance"]


@pytest.mark.slow
def test_the_interval_of_the_inputs_part_holds_it_about_as_often_as_it_should():
    """At a true rate of 95 %, fewer than 50 of 60 would come about less than once in ten thousand times."""
    held = sum(
        row["low"] <= 4 <= row["high"]
        for row in (budget(2, 2, 1, replicates=4, seed=s, draws=200).loc[INPUTS] for s in range(60))
    )
    assert held >= 50


def test_common_random_numbers_are_not_taken_for_chance_of_single_runs():
    assert budget(1, 0, 5).loc[OWN, "variance"] == pytest.approx(0, abs=1e-9)


def test_one_replicate_cannot_tell_inputs_from_chance_and_says_so():
    found = budget(2, 1, 0, replicates=1)
    assert list(found.index) == ["inputs and random draws"]
    assert found["variance"].iloc[0] == pytest.approx(5, rel=0.2)
