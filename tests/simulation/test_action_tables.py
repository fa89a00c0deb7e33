"""Action tables: how script, strain and frames answer the act before, and which acts are taken for each other."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.other_situations import left_to_her
from tests.support.people import (
    BEFORES,
    BOUNDS,
    PREPARED,
    REPLYING,
    SITUATIONS,
    TURNS,
    K,
    befores,
    of_learning,
    share,
    turns_with,
    within,
)

from twoway.simulation.action_tables import (
    NOTHING_BEFORE,
    WORDS,
    action_tables,
    chances_by_source,
    plainly,
    scripted,
    update_tables,
    willed,
    write_choice_and_likeness,
    write_decisions,
)
from twoway.simulation.affect_control.frames import KEYWORKER
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.random_streams import draws_of
from twoway.simulation.run import PreparedScenario
from twoway.simulation.situations import EncounterKind

ACTS = SITUATIONS.acts
ANSWERING = turns_with(**REPLYING)
STRENGTHS = ("affiliation_matching", "dominance_yielding", "pair_strength", "offered_share")
PAIRS = {act: pair for pair in SITUATIONS.pairs for act in pair.after}
FREE = [i for i, turn in enumerate(SITUATIONS.turns) if not turn.mandated]
MANDATED = [i for i, turn in enumerate(SITUATIONS.turns) if turn.mandated]
LAW = settings(deadline=None, max_examples=40)

turn_numbers = st.integers(0, len(TURNS) - 1)
free_turns = st.sampled_from(FREE)
acts_before = st.integers(1, len(ACTS))
strengths = within(*STRENGTHS)
answering = strengths.filter(lambda learning: any(learning.values()))


def sentiments(act):
    """Evaluation and potency of an act."""
    return PREPARED.resolved.lexicon.acts[act][:2]


def dominance_of_acts():
    """Potency of each act beyond what its evaluation predicts over all acts, by the textbook's least squares."""
    e, p = np.array([sentiments(act) for act in ACTS]).T
    slope = ((e - e.mean()) * (p - p.mean())).sum() / ((e - e.mean()) ** 2).sum()
    return {act: potency - p.mean() - slope * (good - e.mean()) for act, good, potency in zip(ACTS, e, p, strict=True)}


DOMINANCE = dominance_of_acts()


def means(turn, before, of):
    """Mean of a quality of the acts, as the script and as each frame have them after an act."""
    quality = np.array([of(ACTS[code]) for code in turn.act[: turn.feasible]])
    script, _, will = chances_by_source(turn, plainly(before))
    return np.array([script @ quality, *(will @ quality)])


@pytest.mark.parametrize("number", range(len(TURNS)))
def test_with_numbers_of_nothing_probabilities_are_exactly_script_and_will_whatever_came_before(number):
    turn, n = TURNS[number], TURNS[number].feasible
    assert not turn.contingent
    for before in range(1 + len(ACTS)):
        script, strain, will = chances_by_source(turn, plainly(before))
        assert (script == turn.script[:n]).all()
        assert (strain == turn.strain[:n]).all()
        assert (will == turn.will[:, :n]).all()


@LAW
@given(strengths, turn_numbers)
def test_what_opens_an_encounter_answers_nothing(learning, number):
    turn, n = turns_with(**learning)[number], TURNS[number].feasible
    script, _, will = chances_by_source(turn, plainly(NOTHING_BEFORE))
    assert (script == TURNS[number].script[:n]).all()
    assert (will == TURNS[number].will[:, :n]).all()


@LAW
@given(strengths, turn_numbers, befores)
def test_numbers_that_went_back_to_nothing_leave_nothing_behind(learning, number, before):
    turns = turns_with(**learning)
    update_tables(turns, BEFORES, PREPARED.scenario)
    for now, then in zip(
        chances_by_source(turns[number], plainly(before)),
        chances_by_source(TURNS[number], plainly(before)),
        strict=True,
    ):
        assert (now == then).all()


@LAW
@given(answering, answering, turn_numbers, befores)
def test_tables_worked_out_anew_do_not_remember_the_numbers_they_had(earlier, now, number, before):
    again, fresh = turns_with(**earlier), turns_with(**now)
    update_tables(again, BEFORES, changed(PREPARED.scenario, of_learning(**now)))
    for one, other in zip(
        *(chances_by_source(turns[number], plainly(before)) for turns in (again, fresh)), strict=True
    ):
        assert (one == other).all()


@LAW
@given(within(*STRENGTHS, "choice_temperature"), turn_numbers)
def test_every_source_is_a_probability_whatever_came_before(learning, number):
    turn = turns_with(**learning)[number]
    for before in range(1 + len(ACTS)):
        script, strain, will = chances_by_source(turn, plainly(before))
        sources = [script, *will] + ([strain] if turn.strained else [])
        for probabilities in sources:
            assert (probabilities >= 0).all()
            assert probabilities.sum() == pytest.approx(1.0, abs=1e-12)


def weight_of(act, before, learning):
    """How well an act answers another, as the formula is printed."""
    apart = (sentiments(act)[0] - sentiments(before)[0]) / 4.3
    both = (DOMINANCE[act] + DOMINANCE[before]) / 4.3
    pair = PAIRS.get(before)
    fits = 0 if pair is None else (act in pair.fits) - (act in pair.unfit)
    return math.exp(
        -learning["affiliation_matching"] * apart**2
        - learning["dominance_yielding"] * both**2
        + learning["pair_strength"] * fits
    )


@LAW
@given(answering, turn_numbers, acts_before)
def test_script_and_frames_are_weighted_by_how_acts_answer_as_the_formula_says(learning, number, before):
    declared, turn, was = SITUATIONS.turns[number], turns_with(**learning)[number], ACTS[before - 1]
    answers = [weight_of(act, was, learning) for act in declared.feasible]
    offered = [learning["offered_share"] * (was in PAIRS and act in PAIRS[was].offers) for act in declared.feasible]
    n = len(declared.feasible)
    script, _, will = chances_by_source(turn, plainly(before))
    weights = [(s + o) * m for s, o, m in zip(TURNS[number].script[:n], offered, answers, strict=True)]
    expected = TURNS[number].script[:n] if declared.mandated else [w / sum(weights) for w in weights]
    assert script == pytest.approx(expected, rel=1e-9, abs=1e-15)
    for k in range(K):
        weights = [w * m for w, m in zip(TURNS[number].will[k, :n], answers, strict=True)]
        assert will[k] == pytest.approx([w / sum(weights) for w in weights], rel=1e-9, abs=1e-15)


@LAW
@given(strengths, st.sampled_from(MANDATED), befores)
def test_what_the_rules_mandate_is_the_script_whatever_came_before(learning, number, before):
    turn = turns_with(**learning)[number]
    assert (chances_by_source(turn, plainly(before))[0] == TURNS[number].script[: turn.feasible]).all()


@pytest.mark.parametrize("number", MANDATED)
def test_as_a_person_one_answers_where_the_rules_mandate_something_too(number):
    turn, n = ANSWERING[number], ANSWERING[number].feasible
    wills = [chances_by_source(turn, plainly(before))[2] for before in range(1, 1 + len(ACTS))]
    assert np.ptp(wills, axis=0).max() > 0.1
    assert (wills[0] != TURNS[number].will[:, :n]).any()


@LAW
@given(strengths, turn_numbers, befores)
def test_strain_answers_nothing(learning, number, before):
    turn = turns_with(**learning)[number]
    assert (chances_by_source(turn, plainly(before))[1] == TURNS[number].strain[: turn.feasible]).all()


@LAW
@given(st.floats(0, BOUNDS["affiliation_matching"][1]), turn_numbers, acts_before, acts_before)
def test_matching_makes_friendly_answers_likelier_the_friendlier_the_act_before(matching, number, one, other):
    cold, warm = sorted([one, other], key=lambda before: sentiments(ACTS[before - 1])[0])
    turn = turns_with(affiliation_matching=matching)[number]
    after_cold, after_warm = (means(turn, before, lambda act: sentiments(act)[0]) for before in (cold, warm))
    assert (after_cold <= after_warm + 1e-12).all()


@LAW
@given(st.floats(0, BOUNDS["dominance_yielding"][1]), turn_numbers, acts_before, acts_before)
def test_yielding_makes_submissive_answers_likelier_the_more_dominant_the_act_before(yielding, number, one, other):
    meek, dominant = sorted([one, other], key=lambda before: DOMINANCE[ACTS[before - 1]])
    turn = turns_with(dominance_yielding=yielding)[number]
    after_meek, after_dominant = (means(turn, before, DOMINANCE.get) for before in (meek, dominant))
    assert (after_dominant <= after_meek + 1e-12).all()


@pytest.mark.parametrize("number", FREE)
def test_matching_and_yielding_are_felt_by_the_script_and_in_every_frame(number):
    kindest, unkindest = (1 + ACTS.index(choice(ACTS, key=lambda act: sentiments(act)[0])) for choice in (max, min))
    meekest, most_dominant = (1 + ACTS.index(choice(ACTS, key=DOMINANCE.get)) for choice in (min, max))
    matching, yielding = turns_with(affiliation_matching=8.0)[number], turns_with(dominance_yielding=8.0)[number]
    kind, unkind = (means(matching, before, lambda act: sentiments(act)[0]) for before in (kindest, unkindest))
    assert (kind > unkind + 0.05).all()
    yields, insists = (means(yielding, before, DOMINANCE.get) for before in (most_dominant, meekest))
    assert (yields < insists).all()


@LAW
@given(st.floats(0, 4), st.floats(0, 4), free_turns, st.sampled_from(sorted(PAIRS)))
def test_the_more_pairs_count_the_likelier_an_answer_that_fits_and_the_rarer_one_out_of_place(one, other, number, was):
    weak, strong = sorted([one, other])
    before, pair = 1 + ACTS.index(was), PAIRS[was]
    of_weak, of_strong = (
        chances_by_source(turns_with(pair_strength=s)[number], plainly(before)) for s in (weak, strong)
    )
    for source in (0, 2):
        for j, act in enumerate(SITUATIONS.turns[number].feasible):
            less, more = of_weak[source][..., j], of_strong[source][..., j]
            if act in pair.fits:
                assert (more >= less - 1e-12).all()
            if act in pair.unfit:
                assert (more <= less + 1e-12).all()


@LAW
@given(free_turns, st.sampled_from(sorted(PAIRS)), st.floats(0.001, BOUNDS["offered_share"][1]), st.floats(0, 4))
def test_what_the_role_has_ready_is_possible_though_the_script_does_not_hold_it(number, was, offered, pairing):
    turns, before = turns_with(offered_share=offered, pair_strength=pairing), 1 + ACTS.index(was)
    script, _, _ = chances_by_source(turns[number], plainly(before))
    for j, act in enumerate(SITUATIONS.turns[number].feasible):
        possible = TURNS[number].script[j] > 0 or act in PAIRS[was].offers
        assert (script[j] > 0) == possible, act


def test_what_the_role_has_ready_weighs_its_share_beside_the_whole_script():
    everyday = SITUATIONS.turn(EncounterKind.EVERYDAY, KEYWORKER, 1)
    before = 1 + ACTS.index("complain_to")
    turn, feasible = turns_with(offered_share=0.25)[everyday], SITUATIONS.turns[everyday].feasible
    listen, explain = feasible.index("listen_to"), feasible.index("explain_something_to")
    assert TURNS[everyday].script[listen] == 0 < TURNS[everyday].script[explain]
    script, _, will = chances_by_source(turn, plainly(before))
    assert script[listen] == pytest.approx(0.25 / 1.5)
    assert script[explain] == pytest.approx((TURNS[everyday].script[explain] + 0.25) / 1.5)
    assert will == pytest.approx(TURNS[everyday].will[:, : len(feasible)]), "only the role has answers ready"


def test_nothing_is_ready_where_the_rules_decide():
    answer = SITUATIONS.turn(EncounterKind.REQUEST, KEYWORKER, 1)
    turn = turns_with(offered_share=0.5)[answer]
    script, _, _ = chances_by_source(turn, plainly(1 + ACTS.index("greet")))
    assert {act for act, p in zip(SITUATIONS.turns[answer].feasible, script, strict=True) if p > 0} == {
        "explain_something_to", "inform", "refuse", "agree_with",
    }  # fmt: skip


@LAW
@given(strengths, turn_numbers, befores, st.data())
def test_one_chance_looked_up_is_the_one_in_the_list(learning, number, before, data):
    turn = turns_with(**learning)[number]
    act, frame = data.draw(st.integers(0, turn.feasible - 1)), data.draw(st.integers(0, K - 1))
    script, _, will = chances_by_source(turn, plainly(before))
    assert scripted(turn, plainly(before), act) == script[act]
    assert willed(turn, plainly(before), frame, act) == will[frame, act]


def fact_of(act):
    """The fact an act is, or nothing."""
    return next((name for name, acts in SITUATIONS.facts.items() if act in acts), None)


@LAW
@given(st.floats(0, 1), st.floats(*BOUNDS["perceptual_noise"]), turn_numbers)
def test_across_facts_only_a_share_of_the_likeness_is_left_and_within_one_all_of_it(confusion, noise, number):
    feasible = SITUATIONS.turns[number].feasible
    apart, together = (turns_with(fact_confusion=c, perceptual_noise=noise)[number].likeness for c in (confusion, 1.0))
    for a, one in enumerate(feasible):
        for b, other in enumerate(feasible):
            left = 1.0 if fact_of(one) == fact_of(other) else confusion
            assert apart[a, b] == left * together[a, b]


def test_a_search_is_like_an_inspection_and_unlike_an_order_where_facts_are_not_confused():
    control = SITUATIONS.turn(EncounterKind.CONTROL, KEYWORKER, 0)
    feasible, turn = SITUATIONS.turns[control].feasible, turns_with(fact_confusion=0.0)[control]
    search, inspect, order, reprimand = map(feasible.index, ("search", "inspect", "order", "reprimand"))
    assert turn.likeness[search, inspect] > 0
    assert turn.likeness[search, order] == turn.likeness[order, search] == 0
    assert turn.likeness[order, reprimand] > 0, "words are taken for other words"
    assert turn.fact[search] == turn.fact[inspect] != WORDS == turn.fact[order]


@pytest.fixture(scope="module")
def without_mandate(tmp_path_factory):
    """The default scenario in which a request is decided though the rules do not mandate the answer."""
    path = tmp_path_factory.mktemp("situations") / "left_to_her.toml"
    path.write_text(left_to_her(), encoding="utf-8")
    return PreparedScenario(changed(Scenario(), {"meaning.situations": str(path)}))


ANSWER = SITUATIONS.turn(EncounterKind.REQUEST, KEYWORKER, 1)
REFUSE, AGREE = (SITUATIONS.turns[ANSWER].feasible.index(act) for act in ("refuse", "agree_with"))


@settings(max_examples=15)
@given(learning=answering, strictness=share, was=acts_before)
def test_a_decision_answers_the_act_before_whoever_decides_it_as_the_centre_is_strict(
    without_mandate, learning, strictness, was
):
    """Written for one centre, it is as if worked out for a scenario that is as strict."""
    r = without_mandate.resolved
    data = r.situations, r.frames, r.lexicon, r.equations
    of = [changed(r.scenario, of_learning(**learning) | {"context.strictness": s}) for s in (0.35, strictness)]
    turns, whole = (action_tables(*data, scenario).turns for scenario in of)
    write_decisions(turns, strictness)
    script, fresh = (chances_by_source(t[ANSWER], plainly(was))[0] for t in (turns, whole))
    assert not turns[ANSWER].mandated
    assert (script == fresh).all()
    assert script.sum() == pytest.approx(1.0, abs=1e-12)


def test_a_stricter_centre_refuses_more_requests_that_no_rule_decides_also_as_an_answer(without_mandate):
    numbers = {"context.centre_spread": 0.2} | of_learning(**REPLYING)
    prepared = without_mandate.with_scenario(changed(without_mandate.scenario, numbers))
    asked = 1 + ACTS.index("request_something_from")
    centres = [prepared.conditions(draws_of(1, 0, c)) for c in range(12)]
    assert len({float(c.parameters.strictness) for c in centres}) > 8
    refused = []
    for centre in sorted(centres, key=lambda c: c.parameters.strictness):
        turn, strictness = centre.turns[ANSWER], centre.parameters.strictness
        script, _, _ = chances_by_source(turn, plainly(asked))
        assert script.sum() == pytest.approx(1.0, abs=1e-12)
        decided = 3 / 7  # of the script's weight
        ready = REPLYING["offered_share"]
        odds = (decided * strictness + ready) / (decided * (1 - strictness) + ready)
        assert script[REFUSE] / script[AGREE] == pytest.approx(
            odds * turn.answers[asked, REFUSE] / turn.answers[asked, AGREE]
        )
        refused.append(script[REFUSE])
    assert (np.diff(refused) >= 0).all()
    assert refused[-1] > refused[0] + 0.05
    assert (prepared.conditions(draws_of(1, 0, 0)).turns[ANSWER].script == centres[0].turns[ANSWER].script).all()


@settings(max_examples=10)
@given(strengths, turn_numbers, befores)
def test_a_scenario_with_other_numbers_is_prepared_as_if_its_files_were_read_anew(learning, number, before):
    scenario = changed(PREPARED.scenario, of_learning(**learning, fact_confusion=0.3))
    quick, anew = (
        p.conditions(draws_of(2)).turns for p in (PREPARED.with_scenario(scenario), PreparedScenario(scenario))
    )
    for one, other in zip(*(chances_by_source(turns[number], plainly(before)) for turns in (quick, anew)), strict=True):
        assert (one == other).all()
    assert (quick[number].likeness == anew[number].likeness).all()


def test_likeness_can_be_written_anew_without_a_trace_of_what_was_confused_before():
    turns, learning = turns_with(fact_confusion=0.0), PREPARED.scenario.learning
    write_choice_and_likeness(turns, learning.choice_temperature, learning.perceptual_noise, 1.0)
    assert (turns.likeness == TURNS.likeness).all()
