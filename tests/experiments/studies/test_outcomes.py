"""Outcomes: each is one declaration, and says of a run what the tables of the run say."""

import math

import numpy as np
import pandas as pd
import pytest
from tests.support.extension_file import OUTCOME_FILE

import twoway
from twoway.analysis.measures.panel import panel
from twoway.analysis.measures.ruptures import find_ruptures
from twoway.analysis.patterns import PATTERNS, by_day, with_patterns
from twoway.experiments.studies.outcomes import (
    OUTCOMES,
    PATTERN_SHARES,
    Outcome,
    OutcomeInput,
    compute_outcomes,
    detail_for,
    outcome,
)
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import changed, load
from twoway.simulation.run import Detail, PreparedScenario, simulate
from twoway.simulation.tables import run

SMALL = load("four-centres", {"design.days": 30, "lasting.grievance_size": 1.0})
"""Something is open between some of the two."""


@pytest.fixture(scope="module")
def ended():
    """The end of one run of several centres."""
    prepared = PreparedScenario(SMALL)
    return OutcomeInput(simulate(prepared, 3, range(1), Detail.EVENTS), prepared.resolved)


@pytest.fixture(scope="module")
def values(ended):
    return dict(zip(OUTCOMES, compute_outcomes(OUTCOMES.values(), ended), strict=True))


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_has_unit_and_meaning_and_is_a_finite_number(name, values):
    declared = OUTCOMES[name]
    assert declared.column.name == name
    assert declared.unit
    assert len(declared.meaning) > 10
    assert math.isfinite(values[name]) or name == "same_pattern_before", "the stay is too short to be asked twice"
    if "share" in declared.unit:
        assert not 0 > values[name]
        assert not values[name] > 1


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


# Outcomes that need every day, or every event


@pytest.fixture(scope="module")
def tables():
    return run(SMALL, seed=3)


def test_days_are_those_of_the_table_by_dyad_day_and_party(ended, tables):
    for name in ("positivity", "negativity", "tension"):
        there = tables.days.sort_values(["centre", "dyad", "day", "party"])[name].to_numpy().reshape(16, 30, 2)
        np.testing.assert_array_equal(ended.days[name], there)


def test_the_patterns_of_each_day_are_those_of_the_table(ended, tables):
    there = by_day(tables.days).sort_values(["centre", "dyad", "day"])["pattern"].astype(str).to_numpy().reshape(16, 30)
    np.testing.assert_array_equal(np.array(PATTERNS)[ended.day_patterns], there)


def test_the_panel_is_that_of_the_table(ended, tables):
    for mine, theirs in zip(ended.panel, panel(tables.days), strict=True):
        if isinstance(mine, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, theirs, check_dtype=False)
        else:
            np.testing.assert_array_equal(mine, theirs)


def test_tables_are_those_of_the_run(ended, tables):
    for mine, theirs in zip(ended.tables, tables, strict=True):
        pd.testing.assert_frame_equal(mine, theirs)


def test_the_shipped_examples_say_what_the_tables_say(values, tables):
    patterns = by_day(tables.days)["pattern"]
    assert values["time_conflicted"] == pytest.approx((patterns == PATTERNS[2]).mean())
    found = find_ruptures(panel(tables.days))
    first = found[found["party"] == "client"].groupby(["centre", "dyad"])["start"].min()
    assert values["days_to_first_rupture"] == pytest.approx(first.mean())
    frames = tables.dyads  # the last definition by kind alone: care is one of two personal frames
    assert values["keyworkers_who_see_care"] <= (frames["keyworker_personal"] > 1 / 6).mean()


def test_a_study_keeps_no_more_of_a_run_than_its_outcomes_need():
    assert detail_for([OUTCOMES["friendly"], OUTCOMES["talks"]]) == Detail.DYADS
    assert detail_for([OUTCOMES["friendly"], OUTCOMES["time_conflicted"]]) == Detail.DAYS
    mine = Outcome("mine", "refusals", "refusals", lambda _: 0.0, needs="events")
    assert detail_for([OUTCOMES["time_conflicted"], mine]) == Detail.EVENTS


def test_an_outcome_that_reads_days_it_did_not_ask_for_is_told_how_to_ask():
    prepared = PreparedScenario(SMALL)
    short = OutcomeInput(simulate(prepared, 3, range(1), Detail.DYADS), prepared.resolved)
    with pytest.raises(InputError, match='needs="days"'):
        _ = short.days


def test_a_need_that_is_none_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'days'"):
        Outcome("mine", "days", "nothing", lambda _: 0.0, needs="day")


@pytest.mark.slow
def test_outcomes_of_days_and_events_go_through_a_study(tmp_path):
    own = tmp_path / "mine.py"
    own.write_text(OUTCOME_FILE, encoding="utf-8")
    study = twoway.Study(
        title="Refusals",
        question="Do stricter rules bring more of them?",
        scenario="ordinary",
        changes={"design.days": 20, "design.clients": 4},
        inputs={"context.strictness": (0.1, 0.9)},
        outcomes=["refusals", "time_conflicted", "friendly"],
        extensions=[str(own)],
        replicates=3,
    )
    table = twoway.run_study(study, tmp_path / "study").table
    mine = changed("ordinary", {"design.days": 20, "design.clients": 4, "context.strictness": 0.9})
    events = run(mine, seed=study.seed, replicates=1).events
    row = table[(table["context.strictness"] == 0.9) & (table["replicate"] == 0)].iloc[0]
    assert row["refusals"] == pytest.approx((events["act"] == "refuse").sum() / 4)
    assert table["time_conflicted"].between(0, 1).all()
