"""How facts are computed: on small runs, and on runs of which one knows what must come out."""

from copy import copy

import numpy as np
import pytest

from twoway.experiments.validation.fact_conditions import CONDITIONS, SimulatedCondition
from twoway.experiments.validation.fact_table import measurable_facts
from twoway.experiments.validation.facts import FACTS
from twoway.experiments.validation.scoreboard import parts_of_facts, replicates_of
from twoway.simulation.parameters.scenario import load
from twoway.simulation.tables import run

SMALL = {"design.days": 100}


@pytest.fixture(scope="module")
def lived():
    return {
        name: SimulatedCondition(condition, 5, replicates_of(name, 3), SMALL) for name, condition in CONDITIONS.items()
    }


@pytest.fixture(scope="module")
def found(lived):
    return {name: one.work({c: lived[c] for c in one.conditions}) for name, one in FACTS.items()}


@pytest.mark.parametrize("one", measurable_facts(), ids=lambda one: one.id)
def test_a_fact_has_exactly_the_parts_that_are_declared(one, found):
    needed = {part.name for part in one.part}
    assert needed == set(found[one.id])


@pytest.mark.parametrize("name", FACTS)
def test_an_estimate_lies_in_its_interval(name, found):
    for estimate, low, high in found[name].values():
        if np.isfinite([estimate, low, high]).all():
            assert low - 1e-9 <= estimate <= high + 1e-9


def test_the_patterns_of_the_middle_of_the_stay_are_all_there_are(found):
    assert sum(found["T1"][name].estimate for name in ("friendly", "polite", "conflicted")) == pytest.approx(1)


def test_a_condition_is_the_scenario_with_its_changes_and_those_of_all_conditions(lived):
    twice = lived["twice the contact"].resolved.scenario
    assert (twice.context.everyday, twice.context.planned, twice.design.days) == (10.0, 1.6, 100)
    assert lived["ordinary"].resolved.scenario.context == load("ordinary").context


def test_a_condition_is_simulated_as_any_run_is(lived):
    one = lived["ordinary"]
    tables = run(one.resolved.scenario, 5, 3)
    assert one.tables.days.equals(tables.days)
    assert one.tables.events.equals(tables.events)


@pytest.mark.parametrize(
    ("fact", "part"), [("T2b", "observed"), ("T2b", "rise since day 7"), ("T4", "felt coercion and rating")]
)
def test_what_a_questionnaire_catches_is_drawn_anew_with_another_seed(fact, part, lived):
    one = FACTS[fact]
    asked_again = {name: copy(lived[name]) for name in one.conditions}
    for condition in asked_again.values():
        condition.seed += 1
    first, again = (one.work(asked)[part].estimate for asked in (lived, asked_again))
    assert first != again


def test_every_condition_has_as_many_dyads():
    simulated = (
        SimulatedCondition(condition, 1, replicates_of(name, 2), {"design.days": 3})
        for name, condition in CONDITIONS.items()
    )
    sizes = {len(one.panel.dyads) for one in simulated}
    assert sizes == {32}


def test_nothing_changes_where_nothing_was_changed(lived):
    same = {"ordinary": lived["ordinary"], "raised expectations": lived["ordinary"]}
    assert all(part.estimate == 0 for part in FACTS["I1"].work(same).values())
    assert FACTS["I5"].work({"ordinary": lived["ordinary"], "reflexive keyworkers": lived["ordinary"]})[
        "conflicted dyads"
    ] == (0, 0, 0)
    tracking = FACTS["I4"].work({"ordinary": lived["ordinary"], "twice the contact": lived["ordinary"]})
    assert tracking["tracking"].estimate == 0


def test_without_intervals_the_estimates_are_the_same(lived):
    names = ("T1", "T2b", "T7", "T10", "T14", "I2")
    bare = parts_of_facts(names, 5, 3, SMALL, intervals=False)
    full = parts_of_facts(names, 5, 3, SMALL)
    for name in names:
        for part, value in bare[name].items():
            assert value.estimate == pytest.approx(full[name][part].estimate, nan_ok=True)


def test_felt_coercion_counts_as_high_for_as_many_under_compulsion_as_in_the_source(found):
    parts = found["T4"]
    held = parts["felt by voluntary clients"].estimate + parts["more felt under compulsion"].estimate
    assert held == pytest.approx(0.89, abs=1 / 48)


def test_other_defaults_count_only_where_scenario_and_condition_say_nothing():
    other = {
        "people.client_tilt": -0.9,
        "people.keyworker_tilt": -0.2,
        "learning.definition_learning_rate": 0.33,
        "design.days": 3,
    }
    lived = {
        name: SimulatedCondition(CONDITIONS[name], 1, 1, other).resolved.scenario
        for name in ("ordinary", "voluntary", "raised expectations", "without meaning")
    }
    assert lived["ordinary"].people.client_tilt == -0.9
    assert lived["voluntary"].people.client_tilt == load("voluntary").people.client_tilt
    assert lived["raised expectations"].people.keyworker_tilt == load("raised-expectations").people.keyworker_tilt
    assert (
        lived["without meaning"].learning.definition_learning_rate,
        lived["ordinary"].learning.definition_learning_rate,
    ) == (0.0, 0.33)


def test_a_fact_that_looks_at_no_events_is_the_same_where_none_are_kept(found):
    names = tuple(name for name, one in FACTS.items() if not one.events)
    assert {"I2", "T5", "T6", "T11", "T21", "T25"} == set(names)
    for name, parts in parts_of_facts(names, 5, 3, SMALL).items():
        assert parts == found[name]


def test_when_nobody_notices_nobody_has_insight(lived):
    blind, usual = lived["nobody notices"].tables.dyads, lived["ordinary"].tables.dyads
    for role in ("client", "keyworker"):
        assert (blind[f"{role}_insight"] == 0).all()
        assert (usual[f"{role}_insight"] > 0).any()
