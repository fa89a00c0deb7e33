"""One encounter: choosing an act, reading it, and being moved by it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.people import (
    NAMES,
    NEARLY_ONE,
    PREPARED,
    SITUATIONS,
    TURNS,
    K,
    all_draws,
    conditions,
    event_log,
    log_weights,
    pair,
    party,
    row,
    share,
    sure_of,
    turns_seen_with,
    unit_draw,
)

from twoway.simulation.action_tables import NOTHING_BEFORE, PLAIN, Deed, plainly, write_script_chances
from twoway.simulation.affect_control.frames import ADVERSARIAL, CLIENT, KEYWORKER
from twoway.simulation.dynamics.encounter import (
    PERSON,
    ROLE,
    STRAIN,
    Meeting,
    acting_from,
    choose,
    encounter,
    no_subject,
    perceive,
    read,
)
from twoway.simulation.interpretation import Reading, SourceShares, note_state, predict, redefine, stance, trust
from twoway.simulation.parameters.scenario import all_declarations
from twoway.simulation.random_streams import ANY, ENCOUNTERS, encounter_draws, with_written
from twoway.simulation.sampling import drawn_from
from twoway.simulation.situations import LONGEST, EncounterKind

BOUNDS = {d.name: (d.low, d.high) for d in all_declarations()}
CARE, CUSTODY = NAMES.index("care"), NAMES.index("custody")
ANSWER = SITUATIONS.turn(EncounterKind.REQUEST, KEYWORKER, 1)
CONTROL = SITUATIONS.turn(EncounterKind.CONTROL, KEYWORKER, 0)
TALK = SITUATIONS.turn(EncounterKind.PLANNED, KEYWORKER, 0)
DAY = 10
BELIEVED = SourceShares(0.35, 0.0)
OPENING = plainly(NOTHING_BEFORE)
LAW = settings(deadline=None, max_examples=60)

turn_numbers = st.integers(0, len(SITUATIONS.turns) - 1)
SHARP = turns_seen_with(0.002)
"""Turns for someone who takes no act for another."""


def without_manners(turns):
    """The turns, as if how an act is done said nothing."""
    turns = turns.copy()
    turns.manner[:] = 1.0
    return turns


UNMANNERED = without_manners(TURNS)


def act(turn, word):
    """The place of an act among those feasible in a turn."""
    return SITUATIONS.turns[turn].feasible.index(word)


def reads(reader, turn, number, draw=0.5, others_share=0.5, others_strain=0.0, turns=TURNS, **changes):
    """The row that is left when *reader* reads an act."""
    note = row()
    acting = SourceShares(float(others_share), float(others_strain))
    there = conditions(turns, **changes)
    read(reader, turns[turn], OPENING, Deed(number, PLAIN), acting, there, (draw, 0.5), note)
    return note


def redefines(reader, turn, seen, believed, **changes):
    """Let *reader* redefine the relationship by an act seen."""
    reading, there = Reading(OPENING, Deed(seen, PLAIN), believed, 0.0, 0.0, 1.0), conditions(**changes)
    redefine(reader, turn, reading, trust(reader, there.parameters), there.frames, there.parameters)


def perceived(reader, turn, done, believed, assimilation, draw, seen):
    """The place of the act that *reader* takes an act for; *seen* is room to work in."""
    script, personal = np.empty((2, turn.feasible))
    write_script_chances(turn, OPENING, script)
    predict(reader, turn, OPENING, personal)
    return perceive(turn, done, script, personal, believed, assimilation, draw, seen)


def distance(one, other):
    return float(np.abs(one.definition - other.definition).sum())


@LAW
@given(st.lists(st.floats(-2000, 2000), min_size=K, max_size=K))
def test_any_weights_make_a_definition_that_is_a_probability(weights):
    someone = party(weights)
    assert np.isfinite(someone.definition).all()
    assert (someone.definition >= 0).all()
    assert someone.definition.sum() == pytest.approx(1.0, abs=1e-12)
    assert someone.log_weights.max() == 0
    assert someone.definition[np.argmax(weights)] == someone.definition.max()


@LAW
@given(st.data())
def test_a_definition_is_a_probability_after_any_reading_by_anyone(data):
    """Whatever the numbers of the scenario are, within their ranges."""
    names = (
        "definition_learning_rate", "expectation_anchoring", "lapse_rate", "perceptual_assimilation", "formality",
        "impersonal_weight", "deflection_tolerance",
    )  # fmt: skip
    changes = {
        name: data.draw(st.one_of(st.floats(*BOUNDS[name]), st.sampled_from(BOUNDS[name])), label=name)
        for name in names
    }
    reader = party(
        data.draw(st.lists(st.floats(-800, 0), min_size=K, max_size=K)),
        known_rules=data.draw(share), insight=data.draw(share),
    )  # fmt: skip
    reader.expectation[:] = data.draw(log_weights)
    number = data.draw(turn_numbers)
    done = data.draw(st.integers(0, TURNS[number].feasible - 1))
    note = reads(reader, number, done, data.draw(unit_draw), data.draw(share), data.draw(share), **changes)
    assert np.isfinite(reader.definition).all()
    assert (reader.definition >= 0).all()
    assert reader.definition.sum() == pytest.approx(1.0, abs=1e-12)
    assert (note.definition == reader.definition).all()
    assert np.isfinite(reader.log_weights).all()
    assert reader.positivity >= 0
    assert reader.negativity >= 0
    assert reader.tension >= 0
    assert reader.felt_coercion >= 0


@pytest.mark.slow
@LAW
@given(log_weights, turn_numbers, st.floats(0, 0.95), st.floats(0.01, 1), st.data())
def test_a_reading_moves_a_definition_toward_the_frame_out_of_which_the_act_is_likeliest(
    view, number, role, learning, data
):
    turn = UNMANNERED[number]
    seen = data.draw(st.integers(0, turn.feasible - 1))
    reader = party(view)
    before = reader.definition.copy()
    redefines(reader, turn, seen, SourceShares(role, 0.0), definition_learning_rate=learning)
    likeliest, unlikeliest = turn.will[:, seen].argmax(), turn.will[:, seen].argmin()
    assert reader.definition[likeliest] >= before[likeliest] - 1e-12
    assert reader.definition[unlikeliest] <= before[unlikeliest] + 1e-12


@LAW
@given(turn_numbers, st.data())
def test_from_an_open_mind_a_reading_makes_the_likeliest_frame_the_weightiest(number, data):
    turn = UNMANNERED[number]
    seen = data.draw(st.integers(0, turn.feasible - 1))
    reader = party()
    redefines(reader, turn, seen, SourceShares(0.2, 0.0))
    assert reader.definition.max() == pytest.approx(reader.definition[turn.will[:, seen].argmax()])


@LAW
@given(log_weights, turn_numbers, share, st.data())
def test_an_act_that_is_known_to_be_all_role_says_nothing_about_the_relationship(view, number, strain, data):
    turn = UNMANNERED[number]
    seen = data.draw(st.integers(0, turn.feasible - 1))
    reader = party(view)
    before = reader.definition.copy()
    redefines(reader, turn, seen, SourceShares(1.0, strain))
    assert reader.definition == pytest.approx(before, abs=1e-12)


@LAW
@given(log_weights, log_weights, turn_numbers)
def test_a_definition_without_learning_goes_back_to_the_expectation(view, expected, number):
    reader = party(view)
    reader.expectation[:] = expected
    anchored = {"definition_learning_rate": 0.0, "expectation_anchoring": 1.0}
    redefines(reader, TURNS[number], 0, SourceShares(0.3, 0.0), **anchored)
    assert reader.definition == pytest.approx(party(expected).definition, abs=1e-12)


@LAW
@given(log_weights, share, share)
def test_a_refusal_known_to_be_the_rules_is_put_down_to_the_role(view, known, more):
    little, much = sorted([known, more])
    refusal = act(ANSWER, "refuse")
    blind, knowing = (
        reads(party(view, known_rules=k), ANSWER, refusal, others_share=0.9, turns=SHARP) for k in (little, much)
    )
    assert knowing.role_share >= blind.role_share - 1e-12
    assert knowing.person_share <= blind.person_share + 1e-12


@LAW
@given(log_weights, share, share)
def test_a_refusal_known_to_be_the_rules_moves_the_client_less(view, known, more):
    little, much = sorted([known, more])
    refusal = act(ANSWER, "refuse")
    before, blind, knowing = party(view), party(view, known_rules=little), party(view, known_rules=much)
    for client in (blind, knowing):
        reads(client, ANSWER, refusal, others_share=0.9, turns=without_manners(SHARP))
    assert knowing.negativity <= blind.negativity + 1e-12
    assert knowing.felt_coercion <= blind.felt_coercion + 1e-12
    assert knowing.tension <= blind.tension + 1e-12
    log_odds = [np.subtract.outer(c.log_weights, c.log_weights) for c in (before, blind, knowing)]
    assert (np.abs(log_odds[2] - log_odds[0]) <= np.abs(log_odds[1] - log_odds[0]) + 1e-9).all()


def test_an_unexplained_refusal_does_move_a_trusting_client():
    before, client = party(sure_of("care")), party(sure_of("care"), known_rules=0.0)
    reads(client, ANSWER, act(ANSWER, "refuse"), others_share=0.9, turns=SHARP)
    assert client.negativity > 0
    assert client.felt_coercion > 0
    assert client.tension > 0
    assert distance(client, before) > 0.001


@LAW
@given(log_weights, share, turn_numbers, st.data())
def test_the_other_is_taken_to_be_more_reserved_after_an_act_in_role_and_less_after_one_that_is_not(
    view, presumed, turn, data
):
    done = data.draw(st.integers(0, len(SITUATIONS.turns[turn].feasible) - 1))
    reader = party(view, presumed_reserve=presumed)
    believed = 1 - (1 - 0.35) * (1 - presumed)
    note = reads(reader, turn, done, others_share=0.9, turns=SHARP, formality=0.35)
    moved = reader.presumed_reserve - presumed
    if TURNS[turn].mandated:
        assert moved == 0, "what the rules prescribe tells nothing of the person"
    else:
        assert moved * (note.role_share - believed) >= -1e-12
    assert 0 <= reader.presumed_reserve <= 1


@LAW
@given(log_weights, share, share)
def test_a_courtesy_warms_less_from_someone_who_is_taken_to_stay_behind_the_role(view, presumed, more):
    little, much = sorted([presumed, more])
    greeting = SITUATIONS.turn(EncounterKind.EVERYDAY, KEYWORKER, 0)
    personal, reserved = party(view, presumed_reserve=little), party(view, presumed_reserve=much)
    for client in (personal, reserved):
        reads(client, greeting, act(greeting, "greet"), turns=SHARP)
    assert reserved.positivity <= personal.positivity + 1e-12


def test_whoever_always_acts_by_the_script_is_found_out():
    client = party(presumed_reserve=0.0)
    everyday = SITUATIONS.turn(EncounterKind.EVERYDAY, KEYWORKER, 0)
    script, random = TURNS[everyday].script, np.random.default_rng(1)
    for draw in random.random(400):
        reads(client, everyday, drawn_from(script, draw), turns=SHARP, formality=0.2, reserve_learning_rate=0.05)
    assert client.presumed_reserve > 0.5


@LAW
@given(log_weights, share, share)
def test_a_keyworker_with_insight_puts_a_complaint_in_withdrawal_down_to_strain(view, insight, more):
    little, much = sorted([insight, more])
    turn = SITUATIONS.turn(EncounterKind.EVERYDAY, CLIENT, 1)
    complaint = act(turn, "complain_to")
    blind, seeing = (
        reads(party(view, insight=i), turn, complaint, others_strain=0.5, turns=SHARP) for i in (little, much)
    )
    assert seeing.strain_share >= blind.strain_share - 1e-12
    assert seeing.person_share <= blind.person_share + 1e-12


@LAW
@given(log_weights, turn_numbers, unit_draw, share, share, share, share, st.data())
def test_role_strain_and_person_share_an_act_that_was_read(view, number, draw, role, strain, known, insight, data):
    done = data.draw(st.integers(0, TURNS[number].feasible - 1))
    reader = party(view, known_rules=known, insight=insight)
    note = reads(reader, number, done, draw, role, strain)
    parts = (note.role_share, note.strain_share, note.person_share)
    assert all(0 <= part <= 1 + 1e-12 for part in parts)
    assert sum(parts) == pytest.approx(1.0, abs=1e-9)
    assert 0 <= note.expected <= 1
    # Whoever is certain that it is all script or all strain may yet see what neither holds: perception stays open.
    assert note.expected > 0 or max(insight * strain, known * role) > 1 - 1e-9
    assert note.seen in TURNS[number].act[: TURNS[number].feasible]


@pytest.mark.parametrize("number", range(len(SITUATIONS.turns)))
def test_only_what_a_keyworker_does_coerces(number):
    turn = SHARP[number]
    for done in range(turn.feasible):
        reader = party()
        reads(reader, number, done, turns=SHARP)
        bad_and_powerful = turn.evaluation[done] < 0 < turn.potency[done]
        assert (reader.felt_coercion > 0) == (turn.role == KEYWORKER and bad_and_powerful)


def test_orders_refusals_and_force_coerce_but_explaining_and_persuading_do_not():
    def felt(turn, word):
        client = party(sure_of("custody"))
        reads(client, turn, act(turn, word), turns=SHARP)
        return client.felt_coercion

    assert min(felt(CONTROL, word) for word in ("order", "refuse", "restrain")) > 0
    assert felt(CONTROL, "explain_something_to") == felt(TALK, "persuade") == felt(TALK, "listen_to") == 0


@LAW
@given(turn_numbers, unit_draw.filter(bool), log_weights, st.floats(0, 0.95), share, st.data())
def test_with_sharp_eyes_even_those_who_see_what_they_expect_see_what_was_done(number, draw, view, role, strain, data):
    turn = SHARP[number]
    done = data.draw(st.integers(0, turn.feasible - 1))
    seen = np.empty(turn.feasible)
    assert perceived(party(view), turn, done, SourceShares(role, 0.9 * strain), 1.0, draw, seen) == done


@pytest.mark.parametrize(
    ("kind", "position"),
    [(EncounterKind.EVERYDAY, 0), (EncounterKind.CONTROL, 0), (EncounterKind.REQUEST, 1), (EncounterKind.PLANNED, 0)],
)
def test_with_perceptual_noise_whatever_a_keyworker_does_looks_kinder_in_care_than_in_custody(kind, position):
    number = SITUATIONS.turn(kind, KEYWORKER, position)
    turn, seen = turns_seen_with(1.3)[number], np.empty(50)
    for done in range(turn.feasible):
        looks = [
            np.mean(
                [turn.evaluation[perceived(someone, turn, done, BELIEVED, 0.85, u / 100, seen)] for u in range(100)]
            )
            for someone in (party(sure_of("care")), party(sure_of("custody")))
        ]
        assert looks[0] > looks[1], SITUATIONS.turns[number].feasible[done]


def test_who_does_not_lean_on_expectation_sees_the_same_whatever_the_relationship_seems_to_be():
    turn, seen = TURNS[TALK], np.empty(50)
    for u in np.linspace(0, NEARLY_ONE, 50):
        care, custody = (
            perceived(party(sure_of(frame)), turn, act(TALK, "explain_something_to"), BELIEVED, 0.0, u, seen)
            for frame in ("care", "custody")
        )
        assert care == custody


def test_an_act_that_nobody_could_have_expected_is_seen_as_what_it_was():
    turn, seen = SHARP[ANSWER], np.empty(50)
    agree = act(ANSWER, "negotiate_with")
    assert turn.script[agree] == 0
    for u in (0.0, 0.5, NEARLY_ONE):
        assert perceived(party(), turn, agree, SourceShares(1.0, 0.0), 1.0, u, seen) == agree


def acts_of(someone, turn, there, frame, source_draw, bent=False):
    """The acts someone chooses over all draws of the act, given the draw of the source; and their sources."""
    chosen, sources = [], set()
    for u in np.linspace(0, NEARLY_ONE, 60):
        note = row()
        number = choose(someone, TURNS[turn], OPENING, frame, bent, there, (source_draw, u, 0.5), note).act
        chosen.append(SITUATIONS.turns[turn].feasible[number])
        sources.add(int(note.source))
        assert note.act == TURNS[turn].act[number]
    return set(chosen), sources


def test_out_of_the_role_only_the_script_is_followed():
    followed, sources = acts_of(party(), ANSWER, conditions(formality=1.0), CARE, NEARLY_ONE)
    assert sources == {ROLE}
    assert followed == {"explain_something_to", "inform", "refuse", "agree_with"}


def test_out_of_strain_a_client_complains_evades_ignores_and_argues():
    turn = SITUATIONS.turn(EncounterKind.EVERYDAY, CLIENT, 0)
    strained, sources = acts_of(party(strain=1.0), turn, conditions(formality=0.0), CARE, NEARLY_ONE)
    assert sources == {STRAIN}
    assert strained == {"complain_to", "evade", "ignore", "argue_with"}


def test_where_no_irritable_act_is_feasible_nobody_acts_out_of_strain():
    calm = TURNS.copy()
    calm.strained, calm.strain = 0.0, 0.0
    draw = (NEARLY_ONE, 0.5, 0.5)
    for turn in calm:
        note = row()
        choose(party(strain=1.0), turn, OPENING, CARE, False, conditions(formality=0.0, mandate=0.0), draw, note)
        assert note.source == PERSON


def test_as_a_person_one_does_what_feels_right_in_the_frame_one_has_taken():
    def mean_evaluation(frame):
        done = []
        for u in np.linspace(0, NEARLY_ONE, 60):
            there = conditions(formality=0.0)
            deed = choose(party(), TURNS[TALK], OPENING, frame, False, there, (u, u, 0.5), row())
            done.append(TURNS[TALK].evaluation[deed.act])
        return np.mean(done)

    assert mean_evaluation(CARE) > mean_evaluation(CUSTODY) + 0.5


def test_doing_what_ones_own_definition_forbids_leaves_tension_and_doing_what_it_asks_does_not():
    def tension_after(word, frame):
        keyworker = party()
        script = np.cumsum(TURNS[CONTROL].script)
        place = act(CONTROL, word)
        draw = (script[place - 1] if place else 0.0) + 1e-9
        note, there = row(), conditions(formality=1.0, deflection_tolerance=5.0)
        choose(keyworker, TURNS[CONTROL], OPENING, frame, False, there, (0.0, draw, NEARLY_ONE), note)
        assert note.act == TURNS[CONTROL].act[place]
        assert note.actor_tension == keyworker.tension
        return keyworker.tension

    assert tension_after("search", CARE) > 0
    assert tension_after("order", CARE) > tension_after("search", CARE)
    assert tension_after("search", CUSTODY) == 0


@LAW
@given(share, share, share, share)
def test_a_mandate_binds_a_keyworker_unless_the_rules_are_bent(formality, reserve, mandate, away):
    there, lax = (conditions(formality=formality, mandate=m) for m in (mandate, 0.0))
    for turn in TURNS:
        someone = party(reserve=reserve, distance=away)
        bound, free = (acting_from(someone, turn, bent, there.frames, there.parameters).role for bent in (False, True))
        assert free == acting_from(someone, turn, False, lax.frames, lax.parameters).role
        assert bound == (max(free, mandate) if turn.mandated else free)
        assert max(formality, reserve) - 1e-12 <= free <= 1


def test_someone_of_two_minds_takes_up_either_frame_as_often_as_it_weighs():
    undecided = party([0.0 if name in ("care", "custody") else -50.0 for name in NAMES])
    taken = [stance(undecided, True, PREPARED.frames, (i + 0.5) / 100) for i in range(100)]
    assert taken.count(CARE) == taken.count(CUSTODY) == 50


@LAW
@given(log_weights, unit_draw)
def test_someone_out_to_confront_who_opens_takes_the_weightiest_adversarial_frame_whatever_the_draw(view, draw):
    angry = party(view, confronting=1.0)
    adversarial = np.flatnonzero(PREPARED.frames.kind == ADVERSARIAL)
    taken = stance(angry, True, PREPARED.frames, draw)
    assert taken in adversarial
    assert angry.definition[taken] == angry.definition[adversarial].max()


@LAW
@given(log_weights, unit_draw)
def test_someone_out_to_confront_to_whom_another_opens_takes_up_what_the_relationship_usually_is(view, draw):
    angry, calm = party(view, confronting=1.0), party(view)
    assert stance(angry, False, PREPARED.frames, draw) == stance(calm, False, PREPARED.frames, draw)


def meets(kind, opener, client, keyworker, draws, step=1, **changes):
    """The rows of an encounter and how many exchanges were read as good."""
    log = event_log(LONGEST, step)
    meeting = Meeting(DAY, int(kind), opener)
    good = encounter(meeting, no_subject(), pair(client, keyworker), conditions(**changes), draws, log).good
    return log.rows, good


openings = [
    (kind, opener)
    for kind in EncounterKind
    for opener in ((CLIENT, KEYWORKER) if SITUATIONS.opened_by[kind] == 2 else (SITUATIONS.opened_by[kind],))
]


@LAW
@given(st.sampled_from(openings), all_draws, log_weights, log_weights)
def test_in_an_encounter_the_parties_alternate_and_each_sticks_to_the_frame_taken_up(opening, drawn, his, hers):
    kind, opener = opening
    rows, good = meets(kind, opener, party(his), party(hers), drawn)
    n = SITUATIONS.exchanges[kind]
    assert list(rows.actor[:n]) == [(opener + i) % 2 for i in range(n)]
    assert list(rows.exchange[:n]) == list(range(n))
    _, his_frame, her_frame, _ = encounter_draws(drawn, 0, DAY, int(kind))
    taken = [
        stance(party(view), opener == role, PREPARED.frames, draw)
        for role, view, draw in ((CLIENT, his, his_frame), (KEYWORKER, hers, her_frame))
    ]
    assert list(rows.actor_frame[:n]) == [taken[(opener + i) % 2] for i in range(n)]
    assert 0 <= good <= n


@LAW
@given(all_draws, log_weights, log_weights)
def test_the_good_exchanges_of_a_talk_are_those_seen_as_good(drawn, his, hers):
    rows, good = meets(EncounterKind.REPAIR, CLIENT, party(his), party(hers), drawn)
    shifts = [0.0, *(shift[0] for shift in SITUATIONS.manners.values())]  # -1 stands for acts that have no manner
    evaluations = [
        PREPARED.resolved.lexicon.acts[SITUATIONS.acts[r.seen]][0] + shifts[1 + r.manner_seen]
        for r in rows
        if r.seen >= 0
    ]
    assert good == sum(e >= PREPARED.scenario.coping.good_reading_threshold for e in evaluations)


@LAW
@given(all_draws, share)
def test_rules_are_bent_only_where_there_are_any_and_as_often_as_discretion_says(drawn, discretion):
    rows, _ = meets(EncounterKind.CONTROL, KEYWORKER, party(), party(), drawn, discretion=discretion)
    *_, bends = encounter_draws(drawn, 0, DAY, int(EncounterKind.CONTROL))
    assert bool(rows[0].bent) == (bends < discretion)
    chat, _ = meets(EncounterKind.EVERYDAY, KEYWORKER, party(), party(), drawn, discretion=1.0)
    assert not chat.bent.any()


@LAW
@given(all_draws)
def test_a_confrontation_is_over_when_who_sought_it_has_opened_an_encounter(drawn):
    client, keyworker = party(confronting=1.0), party(confronting=1.0)
    rows, _ = meets(EncounterKind.EVERYDAY, CLIENT, client, keyworker, drawn)
    assert (client.confronting, keyworker.confronting) == (0.0, 1.0)
    assert PREPARED.frames.kind[rows[0].actor_frame] == ADVERSARIAL


@LAW
@given(all_draws, log_weights, log_weights)
def test_it_makes_no_difference_to_the_two_whether_their_encounter_is_written_down(drawn, his, hers):
    noted, unnoted = [party(his), party(hers)], [party(his), party(hers)]
    assert (
        meets(EncounterKind.PLANNED, KEYWORKER, *noted, drawn)[1]
        == meets(EncounterKind.PLANNED, KEYWORKER, *unnoted, drawn, step=0)[1]
    )
    assert [p.tobytes() for p in noted] == [p.tobytes() for p in unnoted]


@LAW
@given(all_draws, st.sampled_from(openings), unit_draw)
def test_draws_of_other_encounters_days_and_dyads_do_not_matter_to_this_one(drawn, opening, draw):
    kind, opener = opening
    elsewhere = with_written(
        drawn,
        *((stream, ANY, ANY, ANY, draw) for other, stream in enumerate(ENCOUNTERS) if other != kind),
        (ENCOUNTERS[kind], 1, ANY, ANY, draw),
        (ENCOUNTERS[kind], 0, DAY + 1, ANY, draw),
    )
    one, other = [party(), party()], [party(), party()]
    meets(kind, opener, *one, drawn)
    meets(kind, opener, *other, elsewhere)
    assert [p.tobytes() for p in one] == [p.tobytes() for p in other]


def test_what_is_noted_of_a_party_is_how_it_is():
    someone = party(sure_of("care"), positivity=1.0, negativity=0.25, grievance=0.5, tension=0.5, felt_coercion=0.1,
                    distance=0.3, known_rules=0.7, presumed_reserve=0.6)  # fmt: skip
    note = row()
    note_state(someone, note)
    for field in (
        "positivity",
        "grievance",
        "tension",
        "felt_coercion",
        "distance",
        "known_rules",
        "presumed_reserve",
    ):
        assert note[field] == someone[field]
    assert note.negativity == 0.75, "what is open is part of it"
    assert (note.definition == someone.definition).all()
