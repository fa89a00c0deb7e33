"""The model and its twin, written a second time from the ODD text alone, simulate the same stays."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import twin

from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.columns import SOURCES
from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.dynamics.policy_change import PolicyChange
from twoway.simulation.events import EVENTS
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.run import CentreRecords, PreparedScenario, simulate_centre
from twoway.simulation.situations import ENCOUNTER_KINDS, Situations

CONTEXTS: dict[str, dict[str, float | str]] = {
    "ordinary": {"design.clients": 6, "design.days": 60},
    "keyworkers come and go": {
        "design.clients": 6, "design.days": 60, "context.turnover": 4, "context.caseload": 2, "context.capacity": 1.5,
        "context.overload": 0.5,
        "learning.carry_over_to_new_keyworker": 0.7, "coping.tension_threshold": 0.1, "context.pressure": 0.3,
    },
    "friends talk against staff": {
        "design.clients": 6, "design.days": 60, "context.peer_density": 0.7, "context.peer_talk": 5,
        "context.opposition": 2, "context.peer_influence": 0.4, "people.client_tilt": -2,
        "learning.expectation_learning_rate": 0.1, "coping.confront_log_odds": 2, "coping.tension_threshold": 0.2,
    },
    "strict and unexplained": {
        "design.clients": 5, "design.days": 50, "context.control": 10, "context.requests": 7,
        "context.strictness": 0.95, "context.transparency": 0.05, "context.mandate": 1, "context.discretion": 0.4,
        "context.centre_spread": 1, "context.formality": 0.6, "context.reflexivity": 0.7,
    },
    "talked over": {
        "design.clients": 5, "design.days": 50, "coping.propose_talk_log_odds": 1, "coping.tension_threshold": 0.05,
        "learning.deflection_tolerance": 2, "coping.good_reading_threshold": 1.8, "coping.failed_talk_penalty": 0.4,
        "people.client_insight": 0.6, "context.reflexivity": 0.8, "context.repair_opportunity": 1,
        "context.planned": 4,
    },
    "two who answer each other": {
        "design.clients": 5, "design.days": 50, "learning.affiliation_matching": 8, "learning.dominance_yielding": 6,
        "learning.pair_strength": 1.6, "learning.offered_share": 0.05, "learning.fact_confusion": 0.1,
        "context.discretion": 0.3, "coping.propose_talk_log_odds": 1,
    },
    "what happens lasts": {
        "design.clients": 6, "design.days": 60, "learning.tone_learning_rate": 0.04,
        "lasting.trust_width": 0.2, "lasting.trust_override": 1.5,
        "lasting.trust_binding": 3, "lasting.trust_openness": 0.6, "lasting.formality_lock": 0.4,
        "lasting.first_credit": 0.7, "lasting.client_standard": -0.3, "lasting.keyworker_standard": 0.2,
        "lasting.keyworker_standard_sd": 0.3, "lasting.procedural_weight": 0.6, "lasting.deed_coercion": 0.8,
        "lasting.betrayal_weight": 0.6, "lasting.offence_threshold": 0.7, "lasting.grievance_size": 0.9,
        "lasting.grievance_half_life": 10, "lasting.grievance_tension": 0.5, "lasting.parting_loss": 0.3,
        "lasting.hearsay": 0.1, "context.turnover": 3, "context.peer_talk": 4, "context.repair_opportunity": 1,
        "coping.propose_talk_log_odds": 1, "people.client_insight": 0.5, "context.opposition": 0.8,
    },
    "clients come and go": {
        "design.clients": 7, "design.days": 90, "stay.placing": 0.1, "stay.placing_from": 10, "stay.plan_step": 0.3,
        "stay.no_place": 0.2, "stay.breaking": 0.03, "stay.ending": 0.02, "stay.follow_up": 3, "stay.running": 0.02,
        "stay.gone_days": 4, "stay.bond": 1, "context.caseload": 3, "context.capacity": 1.5, "context.turnover": 2,
        "context.peer_density": 0.6, "context.peer_talk": 4, "context.overload": 0.3, "context.planned": 3,
    },
    "what it is about": {
        "design.clients": 7, "design.days": 90, "meaning.matters": "residential", "context.requests": 5,
        "stay.answer_within": 4, "stay.insistence": 0.5, "stay.indignity": 0.8, "stay.failing": 1, "stay.lateness": 0.5,
        "stay.running": 0.005, "stay.placing": 0.05, "context.strictness": 0.4, "lasting.grievance_size": 0.9,
        "lasting.offence_threshold": 1.5, "lasting.procedural_weight": 0.6, "lasting.deed_coercion": 1,
        "lasting.trust_override": 1, "lasting.trust_openness": 0.5, "context.planned": 0.7, "context.transparency": 0.3,
    },
    "extreme numbers": {
        "design.clients": 4, "design.days": 60, "context.everyday": 28, "context.planned": 7, "context.formality": 0,
        "context.distress": 1, "context.distress_half_life": 365, "people.coping_style_sd": 3,
        "people.keyworker_tilt": 4, "people.client_expectation_sd": 3, "people.reserve_sd": 0.5,
        "learning.choice_temperature": 0.2, "learning.perceptual_noise": 0.2, "learning.perceptual_assimilation": 1,
        "learning.definition_learning_rate": 1, "learning.expectation_anchoring": 0, "learning.lapse_rate": 0.0001,
        "learning.tone_learning_rate": 0.5, "learning.deflection_tolerance": 1, "coping.tension_threshold": 0.05,
        "learning.role_strain_weight": 3, "context.turnover": 4, "context.peer_density": 1,
    },
}  # fmt: skip
POLICY_CHANGES: dict[str, dict[int, dict[str, float]]] = {
    "talked over": {
        20: {
            "context.transparency": 0.9, "context.reflexivity": 0.3, "context.peer_density": 0.9,
            "context.control": 6, "context.strictness": 0.9, "context.formality": 0.6,
        },
        35: {"context.transparency": 0.2, "context.capacity": 2, "context.overload": 0.4, "context.centre_spread": 1},
    },
}  # fmt: skip
"""By context, what policy changes set on which day, against the context itself."""
EVENT_KINDS, WAYS = tuple(EVENTS), tuple(COPING_WAYS)
in_every_context = pytest.mark.parametrize("context", CONTEXTS)


@cache
def both(context: str) -> tuple[CentreRecords, Situations, list[twin.Event], dict[str, twin.Vector]]:
    """The stay as the model has it, its situations, and events and states as the twin has them."""
    scenario = changed(Scenario(), CONTEXTS[context])
    draws = {"seed": 7 + (5 << 32), "replicate": list(CONTEXTS).index(context), "centre": 2}
    policy_changes = {day: changed(scenario, changes) for day, changes in POLICY_CHANGES.get(context, {}).items()}
    prepared = PreparedScenario(scenario, [PolicyChange(day, then) for day, then in policy_changes.items()])
    return (
        simulate_centre(prepared, **draws),
        prepared.resolved.situations,
        *twin.simulate(scenario, **draws, changes=policy_changes),
    )


def in_words(event: Any, situations: Situations) -> twin.Event:
    """A row of the model's events in the words of the twin."""
    acts, manners = situations.acts, tuple(situations.manners)
    return twin.Event(
        day=int(event["day"]),
        dyad=int(event["dyad"]),
        event=EVENT_KINDS[event["event"]],
        actor=ROLES[event["actor"]],
        **{
            name: words[event[name]] if event[name] >= 0 else ""
            for name, words in (
                ("encounter", ENCOUNTER_KINDS), ("source", SOURCES), ("act", acts), ("seen", acts), ("way", WAYS),
                ("manner", manners), ("manner_seen", manners),
            )
        },
        exchange=int(event["exchange"]),
        friend=int(event["friend"]),
    )  # fmt: skip


@pytest.mark.slow
@in_every_context
def test_everything_that_happens_follows_from_the_text_alone(context):
    stay, situations, events, _ = both(context)
    for have, want in zip((in_words(row, situations) for row in stay.events), events, strict=False):
        assert have == want
    assert len(stay.events) == len(events)


@pytest.mark.parametrize("state", twin.STATES)
@in_every_context
def test_how_everyone_is_each_evening_follows_from_the_text_alone(context, state):
    stay, _, _, states = both(context)
    np.testing.assert_allclose(stay.days[state], states[state], rtol=0, atol=1e-9)


def test_the_contexts_differ_enough_to_bring_about_everything_that_can_happen():
    events = [event for context in CONTEXTS for event in both(context)[2]]
    assert {event.event for event in events} == set(EVENT_KINDS)
    assert {(event.actor, event.way) for event in events if event.way} == {(r, w) for r in ROLES for w in WAYS}
    assert {event.encounter for event in events if event.encounter} == set(ENCOUNTER_KINDS)


def test_the_twin_knows_the_scenario_and_its_data_files_and_nothing_else_of_the_model():
    tree = ast.parse(Path(twin.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name for name in imported if name and name.startswith("twoway")} == {
        "twoway.simulation.parameters.scenario"
    }
