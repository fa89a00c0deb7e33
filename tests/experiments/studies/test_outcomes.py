"""Outcomes: each is one declaration, and says of a run what the tables of the run say."""

import math

import numpy as np
import pytest

from twoway.analysis.patterns import PATTERNS, with_patterns
from twoway.experiments.studies.outcomes import (
    OUTCOMES,
    PATTERN_SHARES,
    Outcome,
    OutcomeInput,
    compute_outcomes,
    outcome,
)
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import load
from twoway.simulation.run import Detail, PreparedScenario, simulate
from twoway.simulation.tables import run

SMALL = load("four-centres", {"design.days": 30, "lasting.grievance_size": 1.0})
"""Something is open between some of the two."""


@pytest.fixture(scope="module")
def ended():
    """The end of one run of several centres."""
    prepared = PreparedScenario(SMALL)
    return OutcomeInput(simulate(prepared, 3, range(1), Detail.DYADS), prepared.resolved.frames.kind)


@pytest.fixture(scope="module")
def values(ended):
    return dict(zip(OUTCOMES, compute_outcomes(OUTCOMES.values(), ended), strict=True))


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_has_unit_and_meaning_and_is_a_finite_number(name, values):
    declared = OUTCOMES[name]
    assert declared.column.name == name
    assert declared.unit
    assert len(declared.meaning) > 10
    assert math.isfinite(values[name])
    if "share" in declared.unit:
        assert 0 <= values[name] <= 1


def test_outcomes_are_means_of_the_table_of_dyads(values):
    dyads = with_patterns(run(SMALL, seed=3, detail="dyads").dyads)
    shares = [(dyads["pattern"] == pattern).mean() for pattern in PATTERNS]
    assert [values[name] for name in PATTERN_SHARES] == pytest.approx(shares)
    assert values["same_class"] == pytest.approx((dyads["client_class"] == dyads["keyworker_class"]).mean())
    for name in ("client_negativity", "keyworker_tension", "client_distance"):
        assert values[name] == pytest.approx(dyads[name].mean(), rel=1e-6)
    assert values["talks"] == pytest.approx(dyads["talks"].mean())
    confronts = dyads["client_confront"] + dyads["keyworker_confront"]
    assert values["confronts"] == pytest.approx(confronts.mean())
    tones = np.array([dyads[f"{role}_positivity"] - dyads[f"{role}_negativity"] for role in ("client", "keyworker")])
    assert values["tone_correlation"] == pytest.approx(np.corrcoef(tones)[0, 1], rel=1e-5)


def test_a_name_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'friendly'"):
        OUTCOMES["frendly"]


def test_only_an_optional_outcome_may_be_missing(ended):
    missing = {"unit": "share", "meaning": "nothing", "compute": lambda _: math.nan}
    assert math.isnan(compute_outcomes([Outcome("mine", optional=True, **missing)], ended)[0])
    with pytest.raises(ArithmeticError, match="mine is nan"):
        compute_outcomes([Outcome("mine", **missing)], ended)


@pytest.mark.parametrize("name", ["replicate", "context.control", "two words", "1st", ""])
def test_a_name_that_cannot_be_a_column_of_its_own_is_refused(name):
    with pytest.raises(InputError, match="a name has letters"):
        Outcome(name, "share", "nothing", lambda _: 0.0)


def test_an_outcome_cannot_take_the_name_of_another():
    with pytest.raises(InputError, match="two entries"):
        outcome(name="friendly", unit="share", meaning="something else")(lambda _: 0.0)
