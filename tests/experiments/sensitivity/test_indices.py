"""The whole analysis: from two tables to a verdict in words."""

import doctest

import numpy as np
import pandas as pd
import pytest
from SALib.sample import latin
from SALib.sample import morris as walks
from tests.support.study_runs import design_of, runs_of

from twoway.experiments.sensitivity import verdict
from twoway.experiments.sensitivity.indices import sensitivity
from twoway.experiments.sensitivity.resampling import Spread
from twoway.experiments.sensitivity.verdict import ranking
from twoway.simulation.errors import InputError

INPUTS = ("context.formality", "context.control", "context.planned", "learning.perceptual_noise")
PROBLEM = {"num_vars": 4, "names": list(INPUTS), "bounds": [[0.0, 1.0]] * 4}


def outcome(design, noise=0.3, replicates=4, seed=1):
    x = design.to_numpy()
    y = 4 * x[:, 0] + 2 * x[:, 1] + 4 * (x[:, 0] - 0.5) * (x[:, 2] - 0.5)
    return runs_of(y[:, None] + np.random.default_rng(seed).normal(0, noise, (len(x), replicates)), "conflicted")


@pytest.fixture(scope="module")
def sobol():
    design = design_of(INPUTS, (0.0, 1.0), 256)
    return sensitivity(design, outcome(design), "conflicted", draws=300)


def test_the_design_decides_which_analysis_is_made(sobol):
    morris_design = pd.DataFrame(walks.sample(PROBLEM, 10, seed=1), columns=list(INPUTS))
    screened = sensitivity(morris_design, outcome(morris_design), "conflicted", draws=100)
    sample = pd.DataFrame(latin.sample(PROBLEM, 200, seed=1), columns=list(INPUTS))
    any_ = sensitivity(sample, outcome(sample), "conflicted", draws=100)
    of_both = {"given_data", "beyond", "ranking", "error_budget", "pawn"}
    assert set(sobol.tables) == of_both | {"indices", "pairs", "convergence"}
    assert set(screened.tables) == {"morris", "ranking", "error_budget"}
    assert set(any_.tables) == of_both
    assert [s.kind for s in (sobol, screened, any_)] == ["sobol", "morris", "sample"]
    assert "10 trajectories, 200 runs (4 per point)" in screened.rests_on
    assert "total index" not in " ".join(screened.verdict), "words of another analysis"
    assert "base samples" not in " ".join(any_.verdict), "words of another analysis"


def test_the_verdict_names_what_matters_what_does_not_and_that_the_order_is_settled(sobol):
    said = " ".join(sobol.verdict)
    assert "These inputs matter" in said
    assert "Negligible, each below 5% of the variance all interactions included: learning.perceptual_noise" in said
    assert "The order of the inputs that matter is settled" in said
    assert sobol.tables["ranking"]["settled"][0]


def test_the_verdict_says_what_chance_makes_of_it_and_what_to_run_next(sobol):
    said = " ".join(sobol.verdict)
    assert "is the inputs' doing" in said
    assert "More base samples would sharpen the indices most" in said


def test_two_inputs_of_equal_weight_are_not_ranked():
    design = design_of(INPUTS, (0.0, 1.0), 64)
    x = design.to_numpy()
    values = (x[:, 0] + x[:, 1])[:, None] + np.random.default_rng(1).normal(0, 0.2, (len(x), 4))
    said = " ".join(sensitivity(design, runs_of(values), "y", draws=300).verdict)
    assert "Which of" in said
    assert "context.formality" in said
    assert "comes first (rank 1 and 2) is not settled" in said


def spread_of(*columns):
    draws = np.column_stack(columns)
    return Spread(draws, np.zeros((4, len(columns))))


def test_how_many_more_runs_it_would_take_follows_from_gap_and_uncertainty():
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 0.1, 20_000)
    order = ranking(
        ["a", "b"], pd.Series([0.5, 0.4]), spread_of(0.5 + noise, np.full(20_000, 0.4)), 1000, 4, "walks", 0.95
    )
    (row,) = order.itertuples()
    assert (row.first, row.second, row.settled, row.more) == ("a", "b", False, "walks")
    assert row.times == pytest.approx(1.96**2, rel=0.05)


def test_one_replicate_is_analysed_with_a_warning_in_words():
    design = design_of(INPUTS, (0.0, 1.0), 64)
    said = " ".join(sensitivity(design, outcome(design, replicates=1), "conflicted", draws=100).verdict)
    assert "There is one replicate per point" in said
    assert "nan" not in said


def test_failed_runs_are_told_first():
    design = design_of(INPUTS, (0.0, 1.0), 64)
    runs = outcome(design)
    runs.loc[[3, 77, 500], "conflicted"] = np.nan
    assert "3 of 2560 runs failed" in sensitivity(design, runs, "conflicted", draws=100).verdict[0]


def test_one_nan_too_many_is_refused_and_never_all_zero():
    design = design_of(INPUTS, (0.0, 1.0), 64)
    runs = outcome(design, replicates=1)
    runs.loc[runs.index % 10 == 0, "conflicted"] = np.nan
    with pytest.raises(InputError, match="runs have no value of conflicted"):
        sensitivity(design, runs, "conflicted")


@pytest.mark.parametrize(("more", "reason"), [({"draws": 10}, "draws = 10"), ({"confidence": 95}, "confidence = 95")])
def test_settings_that_cannot_be_are_refused(more, reason):
    design = design_of(INPUTS, (0.0, 1.0), 64)
    with pytest.raises(InputError, match=reason):
        sensitivity(design, outcome(design), "conflicted", **more)


def test_a_sample_too_small_to_say_anything_is_refused():
    design = pd.DataFrame(latin.sample(PROBLEM, 30, seed=1), columns=list(INPUTS))
    with pytest.raises(InputError, match="30 points with runs; at least 50"):
        sensitivity(design, outcome(design), "conflicted")


@pytest.mark.parametrize("own", [0.0, 1.0])
def test_where_inputs_do_nothing_it_is_said_and_no_index_is_given(own):
    design = design_of(INPUTS, (0.0, 1.0), 64)
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, 4) + rng.normal(0, own, (len(design), 4))
    found = sensitivity(design, runs_of(values), "y", draws=200)
    assert "indices" not in found.tables
    assert "cannot be told from random draws" in " ".join(found.verdict)
    assert "More" not in " ".join(found.verdict)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(verdict).failed == 0


def test_given_data_and_sobol_indices_of_the_same_runs_agree(sobol):
    assert any("agree within their intervals" in sentence for sentence in sobol.verdict)
    both = sobol.tables["indices"].merge(sobol.tables["given_data"], on=["input", "index"])
    assert both["estimate_x"].to_numpy() == pytest.approx(both["estimate_y"].to_numpy(), abs=0.05)


def test_a_latin_hypercube_ends_in_the_verdict_of_a_sobol_design():
    sample = pd.DataFrame(latin.sample(PROBLEM, 300, seed=1), columns=list(INPUTS))
    found = sensitivity(sample, outcome(sample), "conflicted", draws=100, groups={"rules": INPUTS[:2]})
    said = " ".join(found.verdict)
    assert "a polynomial fitted to the 300 points" in said
    assert "These inputs matter (total index" in said
    assert "context.formality (0." in said
    assert "The order of the inputs that matter is settled" in said
    assert "The inputs of the group rules (context.formality and context.control), known together, explain" in said
    assert "looking at the whole distribution" in said.lower()


def test_points_that_vary_one_input_at_a_time_are_refused():
    base = [0.5] * 4
    rows = [base, *([v if k == j else 0.5 for k in range(4)] for j in range(4) for v in np.linspace(0, 1, 30))]
    design = pd.DataFrame(rows, columns=list(INPUTS)).drop_duplicates(ignore_index=True)
    with pytest.raises(InputError, match=r"one input at a time.*`twoway study answer` has their effects"):
        sensitivity(design, outcome(design), "conflicted")


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ({"rules": ["context.formalty"]}, "varies no input context.formalty; did you mean 'context.formality'"),
        ({"rules": []}, "groups.rules: holds no input"),
        ({"rules": INPUTS}, "groups.rules: holds every input"),
        ({"context.control": INPUTS[:2]}, "is the name of an input"),
    ],
)
def test_a_group_that_is_none_is_refused(groups, reason):
    sample = pd.DataFrame(latin.sample(PROBLEM, 60, seed=1), columns=list(INPUTS))
    with pytest.raises(InputError, match=reason):
        sensitivity(sample, outcome(sample), "conflicted", groups=groups)


def test_a_screening_says_that_it_has_no_indices_of_groups():
    design = pd.DataFrame(walks.sample(PROBLEM, 10, seed=1), columns=list(INPUTS))
    found = sensitivity(design, outcome(design), "conflicted", draws=100, groups={"rules": INPUTS[:2]})
    assert "A screening has no indices of groups" in " ".join(found.verdict)
