"""Many centres, compiled: replicates, threads, draws that were written, and numbers that are felt."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.other_situations import going_on
from tests.support.people import NOTHING_COMES_UP, REPLYING, of_learning
from tests.support.plain import in_plain_python

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.events import EXCHANGE
from twoway.simulation.parameters.scenario import NUMBERED, Scenario, all_declarations, changed
from twoway.simulation.random_streams import (
    ANY,
    CENTRES,
    ENCOUNTERS,
    EVENINGS,
    MEETINGS,
    PEERS,
    Draws,
    draws_of,
    with_written,
)
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, simulate, simulate_centre
from twoway.simulation.situations import LONGEST, EncounterKind

SMALL = {"design.clients": 6, "design.days": 60}


def small(**changes: float) -> PreparedScenario:
    return PreparedScenario(
        changed(Scenario(), SMALL | {key.replace("__", "."): value for key, value in changes.items()})
    )


def left(stay: CentreRecords) -> bytes:
    return b"".join(np.ascontiguousarray(x).tobytes() for x in (stay.clients, stay.keyworkers, stay.dyads))


def same_lines(one: np.ndarray, other: np.ndarray) -> bool:
    return len(one) == len(other) and all(
        np.array_equal(one[field], other[field], equal_nan=True) for field in one.dtype.names
    )


def test_replicate_three_needs_no_replicate_before_it():
    prepared = small()
    assert left(list(simulate(prepared, 9, range(4), Detail.DYADS))[3]) == left(simulate_centre(prepared, 9, 3, 0))


def test_threads_change_neither_order_nor_result():
    prepared = small(design__centres=2)
    one, two = (list(simulate(prepared, 4, range(6), Detail.EVENTS, threads)) for threads in (1, 3))
    assert [(s.replicate, s.centre) for s in one] == [(s.replicate, s.centre) for s in two]
    for a, b in zip(one, two, strict=True):
        assert left(a) == left(b)
        assert same_lines(a.events, b.events)


def test_what_is_kept_changes_nothing_of_what_happens():
    prepared = small()
    simulated = [left(simulate_centre(prepared, 1, 0, 0, keep)) for keep in Detail]
    assert simulated[0] == simulated[1] == simulated[2]


def test_a_shorter_stay_is_the_beginning_of_a_longer_one():
    short, long = small(design__days=20), small(design__days=60)
    a, b = simulate_centre(short, 1, 0, 0).events, simulate_centre(long, 1, 0, 0).events
    assert same_lines(a, b[b.day <= 20])


def other_days_for(dyad: int) -> Draws:
    """The draws of seed 1, but for one dyad's days, of which every draw is another."""
    daily = (MEETINGS, EVENINGS, PEERS, *ENCOUNTERS)
    return with_written(draws_of(1), *((stream, dyad, ANY, ANY, 0.3) for stream in daily))


def test_other_draws_for_dyad_three_change_nobody_else_in_a_centre_without_talk():
    prepared = small(context__peer_density=0.0)
    here, there = (simulate_centre(prepared, 1, 0, 0, draws=d) for d in (draws_of(1), other_days_for(3)))
    for i in range(6):
        same = here.clients[i] == there.clients[i] and here.keyworkers[i] == there.keyworkers[i]
        assert same == (i != 3)


def test_other_draws_for_dyad_three_reach_the_others_only_through_talk():
    prepared = small(context__peer_density=1.0, context__peer_influence=0.3)
    here, there = (simulate_centre(prepared, 1, 0, 0, draws=d) for d in (draws_of(1), other_days_for(3)))
    assert any(here.clients[i] != there.clients[i] for i in range(6) if i != 3)


@pytest.mark.parametrize("end", [2.0**-33, 1.0 - 2.0**-33])
def test_draws_at_either_end_of_their_range_can_be_simulated(end):
    prepared = small(context__turnover=1.0, stay__placing=0.0, stay__running=0.0)
    extreme = with_written(draws_of(1), (ANY, ANY, ANY, ANY, end))
    stay = simulate_centre(prepared, 1, 0, 0, draws=extreme)
    done = stay.events[stay.events.event == EXCHANGE]
    acts = [
        {int(act) for turn in prepared.conditions(extreme).turns if turn.role == r for act in turn.act[: turn.feasible]}
        for r in (CLIENT, KEYWORKER)
    ]
    for role in (CLIENT, KEYWORKER):
        assert set(done.act[done.actor == role]) <= acts[role]
    assert np.isfinite(stay.clients.definition).all()
    assert (len(done) > 0) == (end < 0.5)


PRESENT = {"context.turnover": 2.0, "context.caseload": 6.0, "context.capacity": 3.0, "context.centre_spread": 0.5}
IT_LASTS = {
    "lasting.trust_override": 1.0, "lasting.grievance_size": 0.9, "lasting.grievance_tension": 0.3,
    "lasting.betrayal_weight": 0.5, "lasting.hearsay": 0.1, "context.opposition": 0.8,
}  # fmt: skip
"""Numbers with which what happens lasts, so that thresholds and half-lives matter."""

THEY_COME_AND_GO = {
    "meaning.matters": "residential", "stay.placing": 0.1, "stay.running": 0.02, "stay.plan_step": 0.3,
    "stay.placing_from": 10.0, "context.requests": 5.0, "context.planned": 2.0, "context.strictness": 0.4,
    "context.transparency": 0.2, "design.days": 100,
}  # fmt: skip
"""Numbers with which clients ask for things, and are not always at the centre."""
WHERE_IT_COUNTS = {"lasting": IT_LASTS, "stay": THEY_COME_AND_GO}


@pytest.mark.slow
@pytest.mark.parametrize(
    "declared", [d for d in all_declarations() if d.section in NUMBERED], ids=lambda d: f"{d.section}.{d.name}"
)
def test_every_number_is_felt_by_somebody(declared):
    present = SMALL | {"design.clients": 12} | PRESENT | WHERE_IT_COUNTS.get(declared.section, {})
    key = f"{declared.section}.{declared.name}"
    prepared_pair = (
        PreparedScenario(changed(Scenario(), present | {key: value})) for value in (declared.low, declared.high)
    )
    low, high = ([left(s) for s in simulate(w, 3, range(3), Detail.DYADS)] for w in prepared_pair)
    assert low != high


@settings(max_examples=25)
@given(st.data())
def test_in_any_context_definitions_are_probabilities_and_tone_is_finite(data):
    numbers = [d for d in all_declarations() if d.section in NUMBERED]
    chosen = data.draw(st.lists(st.sampled_from(numbers), max_size=10, unique_by=lambda d: d.name))
    changes = {f"{d.section}.{d.name}": data.draw(st.floats(d.low, d.high)) for d in chosen}
    stay = simulate_centre(PreparedScenario(changed(Scenario(), changes | SMALL)), 1, 0, 0)
    for views in (stay.clients, stay.keyworkers):
        assert np.allclose(views.definition.sum(axis=1), 1.0)
        assert (views.definition >= 0).all()
        for feeling in ("positivity", "negativity", "grievance", "tension", "felt_coercion", "distance"):
            assert np.isfinite(views[feeling]).all()
            assert (views[feeling] >= 0).all()
    exchanges = stay.events[stay.events.event == 0]
    shares = exchanges.role_share + exchanges.strain_share + exchanges.person_share
    assert np.allclose(shares, 1.0)


def test_the_event_log_has_room_for_encounters_that_go_on_though_two_opponents_meet_in_every_way_every_day(tmp_path):
    path = tmp_path / "going_on.toml"
    path.write_text(re.sub(r"(?m)^exchanges = \d$", f"exchanges = {LONGEST}", going_on()), encoding="utf-8")
    opponents = {"people.client_tilt": -4.0, "people.keyworker_tilt": -4.0, "coping.propose_talk_log_odds": 5.0}
    size = {"design.clients": 3, "design.days": 40, "context.turnover": 4.0, "meaning.situations": str(path)}
    always = dict.fromkeys(("context.control", "context.requests"), 14.0) | {"context.planned": 7.0}
    prepared = PreparedScenario(
        changed(Scenario(), NOTHING_COMES_UP | size | opponents | always | of_learning(**REPLYING))
    )
    last_of_all = ((stream, ANY, ANY, ANY, 1.0 - 2.0**-33) for stream in ENCOUNTERS)  # the last acts listed are bad
    daily = with_written(draws_of(1), (MEETINGS, ANY, ANY, ANY, 2.0**-33), *last_of_all)
    stay = simulate_centre(prepared, 1, 0, 0, draws=daily)
    done = stay.events[stay.events.event == EXCHANGE]
    of_a_day = np.bincount(done.dyad * 50 + done.day)
    assert of_a_day.max() == 4 * LONGEST
    assert done.encounter.max() == EncounterKind.REPAIR
    assert len(stay.events) <= len(prepared.new_log(Detail.EVENTS).rows)


@pytest.mark.slow
def test_frames_and_lexicon_of_ones_own_can_be_simulated(tmp_path):
    two = tmp_path / "two.toml"
    two.write_text(
        '[help]\nkind = "personal"\nkeyworker = ["helper"]\nclient = ["person"]\nbenign = 1.0\n'
        "expected_by_clients = 1.0\nexpected_by_keyworkers = 1.0\n"
        '[guard]\nkind = "adversarial"\nkeyworker = ["security_guard"]\nclient = ["inmate"]\nbenign = -1.0\n'
        "expected_by_clients = 1.0\nexpected_by_keyworkers = 1.0\n"
    )
    definition = in_plain_python(
        f"""
        from twoway import changed
        from twoway.simulation.run import PreparedScenario, simulate_centre
        scenario = changed("ordinary", {SMALL | {"meaning.frames": str(two)}})
        result = simulate_centre(PreparedScenario(scenario), 1, 0, 0).clients["definition"]
        """
    )
    assert definition.shape == (6, 2)
    assert np.allclose(definition.sum(axis=1), 1)


def prepared_bytes(prepared: PreparedScenario) -> list[bytes]:
    there = prepared.conditions(with_written(draws_of(0), (CENTRES, ANY, ANY, ANY, 0.5)))
    return [np.asarray(part).tobytes() for part in (there.parameters, there.turns, there.encounters, there.ways)]


def test_a_prepared_scenario_made_from_another_is_the_one_made_from_its_scenario():
    scenario = changed(
        Scenario(),
        {"learning.perceptual_noise": 0.7, "learning.choice_temperature": 2.0, "context.strictness": 0.9}
        | of_learning(**REPLYING),
    )
    anew, again = PreparedScenario(scenario), PreparedScenario(Scenario()).with_scenario(scenario)
    assert again.scenario == anew.scenario == again.resolved.scenario
    assert prepared_bytes(again) == prepared_bytes(anew)


def test_making_a_prepared_scenario_from_another_leaves_that_one_as_it_was():
    prepared = small()
    before = prepared_bytes(prepared)
    prepared.with_scenario(changed(prepared.scenario, {"learning.perceptual_noise": 0.7, "context.strictness": 0.9}))
    assert prepared_bytes(prepared) == before


def test_the_conditions_of_a_centre_change_neither_those_of_another_nor_the_prepared_scenario():
    prepared = small(context__centre_spread=1.0)
    first = prepared.conditions(draws_of(1))
    kept = first.turns.tobytes(), first.parameters.tobytes()
    other = prepared.conditions(draws_of(1, centre=1))
    assert other.parameters.strictness != first.parameters.strictness
    assert (first.turns.tobytes(), first.parameters.tobytes()) == kept
    assert prepared.conditions(draws_of(1)).turns.tobytes() == kept[0]
