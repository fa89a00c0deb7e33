"""Every part of the model can be taken out, or it is said why not; and taking it out is what it says."""

import doctest
import inspect
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.analysis.odd_tables import rules as every_rule
from twoway.experiments.validation import ablation_table as removals
from twoway.experiments.validation.ablation_table import DIMENSIONS, WHOLE, ablated_scenarios, ablations
from twoway.simulation.parameters.scenario import NUMBERED, changed, load, shipped_names
from twoway.simulation.rules import RULES
from twoway.simulation.run import Detail, PreparedScenario, simulate_centre

every_rule()  # the modules of the rules are imported, and RULES is filled
NUMBERS = {f"{section}.{name}" for section, declared in NUMBERED.items() for name in declared.model_fields}
REMOVALS = ablations().removal


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_of_the_model_is_taken_out_or_it_is_said_why_it_cannot_be(name):
    out, kept = any(name in removal.removes for removal in REMOVALS), name in ablations().kept_rules
    assert out != kept, (
        f"{name}: take it out in experiments/validation/ablations.toml, or say there why it stays (not both)"
    )


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_every_number_of_the_model_is_taken_out_or_it_is_said_why_it_cannot_be(name):
    out, kept = any(name in removal.changes for removal in REMOVALS), name in ablations().kept_numbers
    assert out != kept, (
        f"{name}: take it out in experiments/validation/ablations.toml, or say there why it stays (not both)"
    )


def test_the_table_speaks_of_nothing_that_is_not_there():
    assert {name for removal in REMOVALS for name in removal.removes} | set(ablations().kept_rules) <= set(RULES)
    assert {name for removal in REMOVALS for name in removal.changes} | set(ablations().kept_numbers) <= NUMBERS
    assert {removal.where for removal in REMOVALS} - {""} <= set(shipped_names())


def test_each_dimension_begins_with_all_of_it_and_no_rule_stands_twice():
    assert tuple(dict.fromkeys(removal.dimension for removal in REMOVALS)) == DIMENSIONS
    assert max(Counter(r.rule for r in REMOVALS if r.rule != WHOLE).values()) == 1
    for dimension in DIMENSIONS:
        assert next(r for r in REMOVALS if r.dimension == dimension).rule == WHOLE


def test_ablated_scenarios_differ_from_their_base_in_what_is_taken_out_and_in_nothing_else():
    base = load("four-centres")
    found = ablated_scenarios(base)
    assert [(d, r) for d, r, _ in found] == [(r.dimension, r.rule) for r in REMOVALS]
    for (_, _, scenario), removal in zip(found, REMOVALS, strict=True):
        back = {name: getattr(getattr(base, s), f) for name in removal.changes for s, f in [name.split(".")]}
        assert changed(scenario, back) == base


@pytest.mark.slow
@pytest.mark.parametrize("removal", REMOVALS, ids=lambda r: f"{r.dimension}: {r.rule}")
def test_what_is_taken_out_leaves_a_trace_where_it_is_said_to_matter(removal):
    for name in filter(None, ("ordinary", removal.where)):
        base = load(name, {"design.centres": 1, "design.days": 120})
        prepared = PreparedScenario(base)
        whole, without = (
            [simulate_centre(w, 3, k, 0, Detail.DYADS) for k in range(3)]
            for w in (prepared, prepared.with_scenario(changed(base, removal.changes)))
        )
        for one, other in zip(whole, without, strict=True):
            for here, there in ((one.clients, other.clients), (one.keyworkers, other.keyworkers)):
                if any((here[tone] != there[tone]).any() for tone in ("positivity", "negativity")):
                    return
    pytest.fail("the lives are the same with and without it")


SHARE = st.floats(0, 1)
WEIGHT = st.floats(-10, 10)
NEUTRAL = {
    "updated_log_weight": ({"learning_rate": 0.0, "anchoring": 0.0}, lambda a: a["log_weight"]),
    "perception_weight": ({"perceptual_assimilation": 0.0}, lambda a: a["likeness"] * a["openness"]),
    "personal_weight": ({"impersonal": 1.0}, lambda a: 1.0),
    "increased_distance": ({"step": 0.0}, lambda a: a["distance"]),
    "reduced_by": ({"share": 0.0}, lambda a: a["amount"]),
    "move_toward": ({"share": 0.0}, lambda a: a["own"]),
    "converged": ({"convergence": 0.0}, lambda a: a["own"]),
    "with_opposition": ({"opposition": 0.0}, lambda a: a["log_weight"]),
    "centre_share": ({"spread": 0.0}, lambda a: a["share"]),
    "believed_role": ({"known": 0.0}, lambda a: a["usual"]),
    "updated_presumed_reserve": ({"learning_rate": 0.0}, lambda a: a["reserve"]),
    "believed_strain": ({"insight": 0.0}, lambda a: 0.0),
    "mandated_share": ({"mandate": 0.0}, lambda a: a["role"]),
    "role_share": ({"formality": 0.0}, lambda a: a["reserve"]),
    "present_reserve": ({"reserve": 0.0}, lambda a: a["distance"]),
    "daily_chance": ({"per_week": 0.0}, lambda a: 0.0),
    "leaving_chance": ({"turnover": 0.0}, lambda a: 0.0),
    "tension_added": ({"tolerance": 60.0}, lambda a: 0.0),
    "hostile_log_odds": ({"benignity_weight": 0.0}, lambda a: a["tendency"] + a["style"]),
    "answer_weight": ({"matching": 0.0, "yielding": 0.0}, lambda a: 1.0),
    "pair_weight": ({"strength": 0.0}, lambda a: 1.0),
    "trusting_person_share": ({"override": 0.0}, lambda a: a["person"]),
    "trusting_reserve": ({"openness": 0.0}, lambda a: a["reserve"]),
    "formal_role_share": ({"lock": 0.0}, lambda a: a["role"]),
    "explained_impersonal_weight": ({"procedural": 0.0}, lambda a: a["impersonal"]),
    "hurt": ({"betrayal": 0.0}, lambda a: a["stake"] * a["badness"] + a["negativity"]),
    "insisted_stake": ({"insistence": 0.0}, lambda a: a["stake"]),
    "hazard": ({"rate": 0.0}, lambda a: 0.0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NEUTRAL))
@given(data=st.data())
def test_at_its_neutral_value_a_rule_does_nothing(name, data):
    fixed, left = NEUTRAL[name]
    arguments = {a: data.draw(SHARE, label=a) for a in inspect.signature(RULES[name]).parameters} | fixed
    assert RULES[name](**arguments) == pytest.approx(left(arguments), abs=1e-12)


def test_the_example_is_so():
    assert doctest.testmod(removals).failed == 0
