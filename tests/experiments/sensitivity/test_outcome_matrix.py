"""Outcomes by point and replicate: what is refused, what is repaired, and that it is said."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.study_runs import runs_of

from twoway.experiments.sensitivity.outcome_matrix import numbered, outcome_matrix, repair_sentences
from twoway.simulation.errors import InputError

DESIGN = pd.DataFrame({"a": np.arange(60.0), "b": np.arange(60.0) % 7})
VALUES = np.arange(240.0).reshape(60, 4)


def refused(design, runs, outcome="y", **more):
    with pytest.raises(InputError) as refusal:
        outcome_matrix(design, runs, outcome, **more)
    return str(refusal.value)


def test_rows_in_any_order_give_the_same_values():
    shuffled = runs_of(VALUES).sample(frac=1, random_state=1)
    assert (outcome_matrix(DESIGN, shuffled, "y").values == VALUES).all()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda r: r.rename(columns={"y": "Y"}), "no column y"),
        (lambda r: r.rename(columns={"point": "points"}), "no column point"),
        (lambda r: r.assign(y="much"), "holds words"),
        (lambda r: r.assign(y=1.0), "is 1 in every run"),
        (lambda r: r.assign(y=r["y"].replace(3.0, np.inf)), "is infinite in 1 runs"),
        (lambda r: r.assign(point=r["point"] + 1), "names the points 60; the design has the points 0 to 59"),
        (lambda r: pd.concat([r, r[:1]]), "point 0, replicate 0 stands there more than once"),
        (lambda r: r[:0], "the table is empty"),
        (lambda r: r[:-6], "6 of 240 runs have no value of y"),
        (lambda r: r.assign(y=np.where(r.index < 6, np.nan, r["y"])), "6 of 240 runs have no value of y"),
    ],
)
def test_runs_that_would_spoil_an_analysis_are_refused_in_words(change, reason):
    assert reason in refused(DESIGN, change(runs_of(VALUES)))


@pytest.mark.parametrize(
    ("design", "reason"),
    [
        (DESIGN[:0], "is empty"),
        (DESIGN.assign(b=1.0), "the input b has the same value in every point"),
        (DESIGN.assign(b=[np.nan, *range(59)]), "no finite value in 1 of 60"),
        (DESIGN.assign(b=[np.inf, *range(59)]), "no finite value in 1 of 60"),
        (pd.concat([DESIGN, DESIGN[["a"]]], axis=1), "the input a stands there twice"),
    ],
)
def test_a_design_that_cannot_be_analysed_is_refused_in_words(design, reason):
    with pytest.raises(InputError, match=reason):
        numbered(design)


def test_words_of_an_input_become_their_place_in_the_alphabet():
    frames = pd.DataFrame({"meaning.frames": ["six", "five", "six", "seven"]})
    assert list(numbered(frames)["meaning.frames"]) == [2, 0, 2, 1]


def test_a_few_failed_runs_are_filled_in_and_counted():
    runs = runs_of(VALUES)
    runs.loc[[5, 17], "y"] = np.nan
    found = outcome_matrix(DESIGN, runs.drop(index=100), "y")
    assert (found.lost, found.expected) == (3, 240)
    assert "3 of 240 runs failed or are missing" in repair_sentences(found, "points", 60, 60)[0]
    assert "240 runs" in refused(DESIGN, runs, tolerated=0)


@given(st.integers(0, 59), st.integers(0, 3))
def test_a_run_that_is_missing_from_an_additive_study_is_filled_in_exactly(point, replicate):
    values = np.add.outer(np.sin(np.arange(60.0)), [0.0, 3.0, -1.0, 0.5])
    holed = values.copy()
    holed[point, replicate] = np.nan
    assert outcome_matrix(DESIGN, runs_of(holed), "y").values == pytest.approx(values, abs=1e-9)


def test_a_point_none_of_whose_runs_succeeded_stays_empty_and_is_named_as_left_out():
    values = VALUES.copy()
    values[7] = np.nan
    found = outcome_matrix(DESIGN, runs_of(values), "y")
    assert list(np.flatnonzero(found.empty)) == [7]
    assert "1 of 60 points had to be left out" in repair_sentences(found, "points", 59, 60)[0]


def test_nothing_is_said_when_nothing_failed():
    assert repair_sentences(outcome_matrix(DESIGN, runs_of(VALUES), "y"), "points", 60, 60) == []
