"""The interpretive theory as one seam: what trust, standards and grievances do to reading, acting and talking."""

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.people import (
    FRAMES,
    LEAST,
    NAMES,
    NEARLY_ONE,
    SITUATIONS,
    TURNS,
    K,
    all_draws,
    conditions,
    event_log,
    log_weights,
    numbers,
    pair,
    party,
    row,
    share,
    softmax,
    sure_of,
    unit_draw,
)

from twoway.simulation import dynamics
from twoway.simulation.action_tables import NOTHING_BEFORE, PLAIN, Deed, plainly
from twoway.simulation.affect_control.frames import ADVERSARIAL, CLIENT, FORMAL, KEYWORKER, PERSONAL
from twoway.simulation.dynamics.day import after_meeting, wake
from twoway.simulation.dynamics.encounter import Course, Meeting, acting_from
from twoway.simulation.dynamics.tension import end_talk
from twoway.simulation.dynamics.turnover import take_over
from twoway.simulation.events import GRIEVANCE_MENDED, TALK_FAILED, TALK_REPAIRED
from twoway.simulation.interpretation import (
    Reading,
    SourceShares,
    account,
    hear_peer,
    morning,
    note_state,
    own_role_share,
    redefine,
    start,
    talk_ended,
    trust,
    update,
)
from twoway.simulation.parameters.scenario import all_declarations
from twoway.simulation.random_streams import ANY, MENDING, draws_of, with_written
from twoway.simulation.rules.choice import role_share
from twoway.simulation.rules.lasting import MISTRUST_THRESHOLD, TRUST_THRESHOLD, mending_chance
from twoway.simulation.situations import EncounterKind

LAW = settings(deadline=None, max_examples=60)
RANGE = {d.name: st.floats(d.low, d.high) for d in all_declarations() if d.section == "lasting"}
OPENING = plainly(NOTHING_BEFORE)
PUT_DOWN = (0.3, 0.2, 0.5)
"""Shares of role, strain and person that neither trust nor mistrust has touched."""
TURNED = {"trust_width": 0.1}
TRUSTED, MISTRUSTED = {"positivity": 5.0}, {"negativity": 2.0}
"""So much good, or bad, that with these thresholds trust, or mistrust, is full."""
AFTER_A_TALK = 11

tone = st.floats(0, 4)
turn_numbers = st.integers(0, len(TURNS) - 1)
shares = st.tuples(share, share).map(lambda two: (two[0], (1 - two[0]) * two[1], (1 - two[0]) * (1 - two[1])))


ACTS = [(turn, act) for turn in range(len(TURNS)) for act in range(int(TURNS[turn].feasible))]
"""Every turn with the place of every act in it."""
BAD = [(turn, act) for turn, act in ACTS if TURNS[turn].evaluation[act] < 0]
acts, bad_acts = st.sampled_from(ACTS), st.sampled_from(BAD)
good_acts = st.sampled_from(sorted(set(ACTS) - set(BAD)))
mandated_bad_acts = st.sampled_from([(turn, act) for turn, act in BAD if TURNS[turn].mandated])
other_bad_acts = st.sampled_from([(turn, act) for turn, act in BAD if not TURNS[turn].mandated])


def moved(reader, act, put_down=PUT_DOWN, **changes):
    """The row that is left when *reader* is moved by an act, which was put down to role, strain and person so far."""
    note, (turn, seen) = row(), act
    reading = Reading(OPENING, Deed(seen, PLAIN), SourceShares(0.3, 0.1), *put_down)
    there = conditions(**changes)
    update(reader, TURNS[turn], reading, there.frames, there.parameters, note)
    return note


def grievance_over(act, reader=None, put_down=PUT_DOWN, **changes):
    """The grievance that somebody has after an act, if even the slightest hurt opens one of its own size."""
    reader = party() if reader is None else reader
    moved(reader, act, put_down, **{"grievance_size": 1.0, "offence_threshold": 0.0} | TURNED | changes)
    return float(reader.grievance)


# Trust and mistrust


@LAW
@given(tone, tone, tone, tone, RANGE["trust_width"])
def test_trust_grows_with_what_was_good_and_mistrust_with_what_was_bad_and_neither_with_the_other(
    good, more, bad, worse, width
):
    numbered = numbers(trust_width=width)
    (good, more), (bad, worse) = sorted([good, more]), sorted([bad, worse])
    usual, better, soured = (
        trust(party(positivity=p, negativity=n), numbered) for p, n in ((good, bad), (more, bad), (good, worse))
    )
    assert usual[0] <= better[0]
    assert usual[1] <= soured[1]
    assert usual[1] == better[1]
    assert usual[0] == soured[0]


@LAW
@given(RANGE["trust_width"], share)
def test_at_their_thresholds_trust_and_mistrust_are_half_and_what_is_open_counts_as_what_is_bad(width, part):
    numbered = numbers(trust_width=width)
    someone = party(
        positivity=TRUST_THRESHOLD, negativity=part * MISTRUST_THRESHOLD, grievance=(1 - part) * MISTRUST_THRESHOLD
    )
    assert trust(someone, numbered) == pytest.approx((0.5, 0.5), abs=1e-9)


@LAW
@given(acts, shares, tone, tone)
def test_what_is_written_down_as_felt_is_what_moves_the_tone_one_way_or_the_other(act, put_down, good, bad):
    reader, p = party(positivity=good, negativity=bad), numbers()
    felt = moved(reader, act, put_down).felt
    rate, weight = p.tone_learning_rate, p.negativity_weight
    assert reader.positivity == pytest.approx(good + rate * (max(felt, 0.0) - good), abs=1e-12)
    assert reader.negativity == pytest.approx(bad + rate * (weight * max(-felt, 0.0) - bad), abs=1e-12)


# Whose doing it is


@LAW
@given(acts, shares, tone, tone, tone, RANGE["trust_override"])
def test_whatever_trust_says_role_strain_and_person_share_an_act_as_before_and_role_and_strain_among_themselves(
    act, put_down, good, bad, open_one, override
):
    reader = party(positivity=good, negativity=bad, grievance=open_one)
    note = moved(reader, act, put_down, trust_override=override)
    role, strain, person = note.role_share, note.strain_share, note.person_share
    assert role + strain + person == pytest.approx(1.0, abs=1e-9)
    assert all(0 <= part <= 1 + 1e-12 for part in (role, strain, person))
    assert role * put_down[1] == pytest.approx(strain * put_down[0], abs=1e-9)


@LAW
@given(good_acts, tone, tone, tone, tone, RANGE["trust_override"])
def test_the_good_of_the_trusted_is_personal_whether_or_not_they_are_mistrusted_as_well(
    act, good, more, bad, worse, override
):
    little, much = sorted([good, more])
    notes = [
        moved(party(positivity=p, negativity=n), act, trust_override=override, **TURNED).person_share
        for p, n in ((little, bad), (much, bad), (little, worse))
    ]
    assert notes[0] <= notes[1] + 1e-12
    assert notes[0] == notes[2]


@LAW
@given(bad_acts, tone, tone, tone, tone, RANGE["trust_override"])
def test_the_bad_of_the_mistrusted_is_personal_whether_or_not_they_are_trusted_as_well(
    act, bad, worse, good, more, override
):
    little, much = sorted([bad, worse])
    notes = [
        moved(party(positivity=p, negativity=n), act, trust_override=override, **TURNED).person_share
        for p, n in ((good, little), (good, much), (more, little))
    ]
    assert notes[0] <= notes[1] + 1e-12
    assert notes[0] == notes[2]


@LAW
@given(acts, shares, tone, tone, RANGE["trust_override"])
def test_an_act_is_put_down_to_the_person_less_than_before_only_if_the_stock_that_speaks_for_it_is_below_its_threshold(
    act, put_down, good, bad, override
):
    speaks = good >= TRUST_THRESHOLD if TURNS[act[0]].evaluation[act[1]] > 0 else bad >= MISTRUST_THRESHOLD
    note = moved(party(positivity=good, negativity=bad), act, put_down, trust_override=override, **TURNED)
    if speaks:
        assert note.person_share >= put_down[2] - 1e-12
    else:
        assert note.person_share <= put_down[2] + 1e-12


@LAW
@given(acts, st.floats(0.1, 5))
def test_who_trusts_and_mistrusts_reads_everything_personally_and_who_does_neither_reads_nothing_so(act, override):
    ambivalent = moved(party(**TRUSTED, **MISTRUSTED), act, trust_override=override, **TURNED)
    indifferent = moved(party(), act, trust_override=override, **TURNED)
    assert indifferent.person_share < PUT_DOWN[2] < ambivalent.person_share


# What may be expected


@LAW
@given(acts, shares, tone, tone, tone, st.floats(0, 0.5), RANGE["trust_override"])
def test_an_act_exactly_at_the_standard_moves_no_tone_opens_nothing_and_is_nobodys_doing_more_than_it_was(
    act, put_down, good, bad, coerced, rate, override
):
    standard = TURNS[act[0]].evaluation[act[1]]
    reader = party(positivity=good, negativity=bad, felt_coercion=coerced, standard=standard)
    note = moved(
        reader, act, put_down, trust_override=override, tone_learning_rate=rate, coercion_learning_rate=rate,
        grievance_size=2.0, offence_threshold=0.0,
    )  # fmt: skip
    assert reader.positivity == pytest.approx((1 - rate) * good, abs=1e-12), "it only fades"
    assert reader.negativity == pytest.approx((1 - rate) * bad, abs=1e-12)
    fades = TURNS[act[0]].role == KEYWORKER
    assert reader.felt_coercion == pytest.approx((1 - rate) * coerced if fades else coerced, abs=1e-12)
    assert reader.grievance == 0.0
    assert note.person_share == pytest.approx(put_down[2], abs=1e-12)


@LAW
@given(acts, st.floats(-2, 2), st.floats(-2, 2))
def test_of_whom_more_is_expected_the_same_act_leaves_less_good_and_more_bad(act, standard, other):
    undemanding, demanding = (party(standard=d) for d in sorted([standard, other]))
    for reader in (undemanding, demanding):
        moved(reader, act, tone_learning_rate=0.1)
    assert demanding.positivity <= undemanding.positivity + 1e-12
    assert demanding.negativity >= undemanding.negativity - 1e-12
    assert demanding.felt_coercion >= undemanding.felt_coercion - 1e-12


@LAW
@given(log_weights, st.floats(-2, 2), RANGE["first_credit"])
def test_whatever_is_expected_everyone_begins_with_the_same_credit_and_nothing_open(view, standard, credit):
    someone = party(view, grievance=1.0, positivity=3.0, negativity=3.0)
    start(someone, standard, numbers(first_credit=credit))
    assert (someone.positivity, someone.negativity, someone.grievance) == (credit, 0.0, 0.0)
    assert someone.standard == standard
    assert someone.definition == pytest.approx(softmax(view), abs=1e-12)


# Hurt and grievance


@LAW
@given(mandated_bad_acts, shares, share, share, share, tone)
def test_an_explained_rule_hurts_less_than_an_unexplained_one_but_never_does_good(
    act, put_down, procedural, known, more, before
):
    little, much = sorted([known, more])
    unexplained, explained = (party(known_rules=k, negativity=before) for k in (little, much))
    hurts = [
        grievance_over(act, reader, put_down, procedural_weight=procedural, tone_learning_rate=0.1)
        for reader in (unexplained, explained)
    ]
    assert before - 1e-12 <= hurts[1] <= hurts[0] + 1e-12
    assert 0.9 * before - 1e-12 <= explained.negativity <= unexplained.negativity + 1e-12, "it only fades"
    assert explained.positivity == unexplained.positivity == 0.0
    assert 0 <= explained.felt_coercion <= unexplained.felt_coercion + 1e-12


def test_explaining_does_make_the_refusal_of_an_official_hurt_less():
    answer = SITUATIONS.turn(EncounterKind.REQUEST, KEYWORKER, 1)
    refusal = answer, SITUATIONS.turns[answer].feasible.index("refuse")
    hurts = [grievance_over(refusal, party(known_rules=k), (0.9, 0.0, 0.1), procedural_weight=0.6) for k in (0.0, 1.0)]
    assert hurts[1] < 0.8 * hurts[0]


@LAW
@given(other_bad_acts, shares, share, share, share)
def test_knowing_the_rules_excuses_nothing_that_no_rule_prescribes(act, put_down, procedural, known, more):
    one, other = (party(known_rules=k) for k in (known, more))
    for reader in (one, other):
        moved(reader, act, put_down, procedural_weight=procedural, grievance_size=1.0, offence_threshold=0.0)
    assert (one.grievance, one.negativity, one.felt_coercion) == (
        other.grievance,
        other.negativity,
        other.felt_coercion,
    )


@LAW
@given(good_acts, share, share)
def test_knowing_the_rules_takes_nothing_from_what_is_good(act, procedural, known):
    blind, knowing = (party(known_rules=k) for k in (0.0, known))
    for reader in (blind, knowing):
        moved(reader, act, procedural_weight=procedural)
    assert knowing.positivity == blind.positivity > 0


@LAW
@given(mandated_bad_acts, shares, shares, share, share, share)
def test_as_a_deed_a_mandated_act_coerces_the_same_whosever_doing_it_is_and_less_if_it_is_explained(
    act, put_down, otherwise, procedural, known, more
):
    little, much = sorted([known, more])
    clients = [party(known_rules=k) for k in (little, little, much)]
    for client, to in zip(clients, (put_down, otherwise, put_down), strict=True):
        moved(client, act, to, deed_coercion=1.0, procedural_weight=procedural)
    assert clients[0].felt_coercion == pytest.approx(clients[1].felt_coercion, abs=1e-12)
    assert clients[2].felt_coercion <= clients[0].felt_coercion + 1e-12
    told_nothing = party()
    moved(told_nothing, act, deed_coercion=1.0, procedural_weight=1.0)
    assert (told_nothing.felt_coercion > 0) == (TURNS[act[0]].potency[act[1]] > 0)


@LAW
@given(other_bad_acts, shares, share, share)
def test_what_no_rule_prescribes_coerces_as_the_person_does_whatever_counts_as_a_deed(act, put_down, deed, procedural):
    as_person, as_deed = party(), party(known_rules=0.5)
    moved(as_person, act, put_down)
    moved(as_deed, act, put_down, deed_coercion=deed, procedural_weight=procedural)
    assert as_deed.felt_coercion == as_person.felt_coercion


@LAW
@given(bad_acts, shares, tone, tone, tone, RANGE["betrayal_weight"], RANGE["trust_override"])
def test_the_same_bad_act_hurts_more_from_one_who_is_trusted(act, put_down, good, more, bad, betrayal, override):
    little, much = sorted([good, more])
    stranger, friend = (
        grievance_over(
            act, party(positivity=p, negativity=bad), put_down, betrayal_weight=betrayal, trust_override=override
        )
        for p in (little, much)
    )
    assert stranger <= friend + 1e-12


@LAW
@given(bad_acts, st.floats(0.1, 3))
def test_betrayal_by_one_who_is_trusted_in_full_hurts_by_its_weight_more(act, betrayal):
    stranger, friend = (grievance_over(act, party(positivity=p), betrayal_weight=betrayal) for p in (0.0, 5.0))
    assert friend == pytest.approx((1 + betrayal) * stranger, rel=1e-3)


@LAW
@given(acts, tone, tone, RANGE["grievance_size"], RANGE["offence_threshold"])
def test_there_is_one_grievance_which_a_worse_hurt_refreshes_and_none_adds_to(act, bad, open_one, size, offence):
    opened = grievance_over(act, party(negativity=bad), grievance_size=size, offence_threshold=offence)
    aggrieved = grievance_over(
        act, party(negativity=bad, grievance=open_one), grievance_size=size, offence_threshold=offence
    )
    assert aggrieved == max(open_one, opened)
    if act not in BAD:
        assert opened == 0.0, "what is good offends nobody"


@LAW
@given(bad_acts, tone, st.floats(0.05, 5))
def test_a_grievance_opens_only_over_a_hurt_above_what_offends_and_is_as_large_as_that_hurt(act, bad, offence):
    hurts = grievance_over(act, party(negativity=bad))
    assume(abs(hurts - offence) > 1e-9)
    assert grievance_over(act, party(negativity=bad), offence_threshold=offence) == (hurts if hurts > offence else 0.0)
    assert grievance_over(act, party(negativity=bad), grievance_size=0.0) == 0.0


@LAW
@given(bad_acts, tone, RANGE["trust_override"])
def test_hurt_is_felt_before_trust_or_mistrust_has_put_the_act_down_to_anything(act, bad, override):
    plain, overridden = (grievance_over(act, party(negativity=bad), trust_override=o) for o in (0.0, override))
    assert plain == overridden


@LAW
@given(st.floats(0, 5), st.floats(1, 3650), RANGE["grievance_tension"], tone)
def test_what_is_open_fades_overnight_and_makes_tension_every_morning(open_one, half_life, weight, tension):
    someone = party(grievance=open_one, tension=tension)
    numbered = numbers(grievance_half_life=half_life, grievance_tension=weight)
    for _ in range(5):
        before = someone.grievance, someone.tension
        morning(someone, numbered)
        assert someone.grievance in (0.0, pytest.approx(before[0] * 0.5 ** (1 / half_life)))
        assert someone.tension == before[1] + weight * someone.grievance
        assert someone.grievance == 0.0 or 0.02 <= someone.grievance < before[0]


def test_a_grievance_of_which_nobody_speaks_is_half_as_large_after_its_half_life_and_closed_in_the_end():
    someone, numbered, course = party(grievance=1.0), numbers(grievance_half_life=20.0), []
    for _ in range(200):
        morning(someone, numbered)
        course.append(float(someone.grievance))
    assert course[19] == pytest.approx(0.5)
    assert course[39] == pytest.approx(0.25)
    closed = course.index(0.0)
    assert min(course[:closed]) >= 0.02
    assert not any(course[closed:]), "what is closed stays closed"


def test_both_wake_up_to_what_is_open_for_them():
    dyad = pair(party(grievance=1.0, tension=1.0), party(grievance=0.5))
    wake(3, dyad, numbers(grievance_half_life=1.0, grievance_tension=0.4, tension_decay=0.5))
    assert (dyad.client.grievance, dyad.keyworker.grievance) == (0.5, 0.25)
    assert (dyad.client.tension, dyad.keyworker.tension) == pytest.approx((0.5 + 0.2, 0.1))


@LAW
@given(log_weights, tone, tone, tone)
def test_what_is_open_is_part_of_the_bad_that_is_told(view, good, bad, open_one):
    someone, note = party(view, positivity=good, negativity=bad, grievance=open_one), row()
    told = account(someone, conditions().frames)
    note_state(someone, note)
    assert told.positivity == note.positivity == good
    assert told.negativity == note.negativity == bad + open_one
    assert note.grievance == open_one
    assert told.benignity == pytest.approx(0.5 + 0.5 * float(softmax(view) @ FRAMES.benign))


# Talking it over


def talk(good, his, hers, draws=(0.5, 0.5), **changes):
    """The dyad after a talk of four exchanges, so many of them good, and the events in their order."""
    dyad, log = pair(his, hers, talk_due=CLIENT), event_log()
    course = Course(4, good, NOTHING_BEFORE, NOTHING_BEFORE, False)
    end_talk(AFTER_A_TALK, course, dyad, numbers(**changes), draws, log)
    return dyad, [(int(r.event), int(r.actor)) for r in log.rows[: log.written[0]]]


@LAW
@given(share, share, share, st.floats(0.02, 3), st.booleans())
def test_what_is_open_is_mended_as_often_as_the_other_recognises_it(insight, own, opportunity, open_one, his):
    chance = mending_chance(insight, opportunity)
    for draw, mended in ((chance - 1e-6, True), (chance + 1e-6, False)):
        if not LEAST <= draw <= NEARLY_ONE:
            continue
        aggrieved, other = party(grievance=open_one, insight=own), party(insight=insight)
        dyad = (aggrieved, other) if his else (other, aggrieved)
        draws = (draw, 0.5) if his else (0.5, draw)
        assert talk_ended(*dyad, numbers(repair_opportunity=opportunity), draws) == (mended and his, mended and not his)
        assert aggrieved.grievance == (0.0 if mended else open_one)


@LAW
@given(unit_draw, unit_draw, share, share)
def test_a_failed_talk_mends_nothing_however_much_the_two_see(his, hers, insight, opportunity):
    client, keyworker = (party(grievance=0.5, insight=i) for i in (1.0, insight))
    dyad, events = talk(2, client, keyworker, (his, hers), repair_opportunity=opportunity)
    assert events == [(TALK_FAILED, CLIENT)]
    assert (dyad.client.grievance, dyad.keyworker.grievance) == (0.5, 0.5)


def test_a_talk_that_helped_is_told_first_and_then_what_was_mended_his_before_hers():
    dyad, events = talk(3, party(grievance=0.5, insight=1.0), party(grievance=0.5, insight=1.0))
    assert events == [(TALK_REPAIRED, CLIENT), (GRIEVANCE_MENDED, CLIENT), (GRIEVANCE_MENDED, KEYWORKER)]
    assert (dyad.client.grievance, dyad.keyworker.grievance) == (0.0, 0.0)


def test_a_talk_that_helped_mends_nothing_where_nothing_was_open_or_nobody_sees_anything():
    assert talk(4, party(insight=1.0), party(insight=1.0))[1] == [(TALK_REPAIRED, CLIENT)]
    blind = [party(grievance=0.5, insight=0.0) for _ in range(2)]
    dyad, events = talk(4, *blind, (LEAST, LEAST), repair_opportunity=1.0)
    assert events == [(TALK_REPAIRED, CLIENT)]
    assert (dyad.client.grievance, dyad.keyworker.grievance) == (0.5, 0.5)


@pytest.mark.parametrize(("question", "mended"), [(0, CLIENT), (1, KEYWORKER)])
def test_whose_grievance_is_mended_has_a_draw_of_its_own_each_day(question, mended):
    draws = with_written(draws_of(1), (MENDING, ANY, ANY, ANY, 0.9), (MENDING, 0, AFTER_A_TALK, question, 0.1))
    found = {}
    for day in (AFTER_A_TALK, AFTER_A_TALK + 1):
        dyad, log = pair(*(party(grievance=0.5, insight=0.5) for _ in range(2)), talk_due=CLIENT), event_log()
        meeting, course = Meeting(day, int(EncounterKind.REPAIR), CLIENT), Course(4, 4, 0, 0, False)
        after_meeting(meeting, course, dyad, conditions(repair_opportunity=0.0), draws, log)
        found[day] = [int(r.actor) for r in log.rows[: log.written[0]] if r.event == GRIEVANCE_MENDED]
    assert found == {AFTER_A_TALK: [mended], AFTER_A_TALK + 1: []}


@pytest.mark.parametrize("kind", [kind for kind in EncounterKind if kind != EncounterKind.REPAIR])
def test_nothing_is_mended_in_passing(kind):
    dyad, log = pair(*(party(grievance=0.5, insight=1.0) for _ in range(2))), event_log()
    after_meeting(Meeting(9, int(kind), CLIENT), Course(4, 4, 0, 0, False), dyad, conditions(), draws_of(1), log)
    assert (dyad.client.grievance, dyad.keyworker.grievance, log.written[0]) == (0.5, 0.5, 0)


# A new keyworker, and friends


@LAW
@given(share, tone, tone, tone, st.floats(-2, 2), RANGE["first_credit"], RANGE["parting_loss"], all_draws)
def test_a_new_keyworker_has_no_grievance_and_the_client_keeps_a_share_of_his_and_of_his_tone(
    carried, good, bad, open_one, standard, credit, loss, draws
):
    client = party(positivity=good, negativity=bad, grievance=open_one, standard=standard)
    dyad = pair(client, party(grievance=1.0, positivity=2.0, negativity=2.0))
    there = conditions(carry_over_to_new_keyworker=carried, first_credit=credit, parting_loss=loss)
    take_over(dyad, there, draws)
    assert dyad.keyworker.grievance == 0.0
    assert (dyad.keyworker.positivity, dyad.keyworker.negativity) == (credit, 0.0)
    assert client.grievance == carried * open_one
    assert client.positivity == pytest.approx(max(0.0, carried * good + (1 - carried) * credit - loss), abs=1e-9)
    assert client.negativity == carried * bad


@LAW
@given(tone, tone, tone, st.floats(0, 2), RANGE["hearsay"])
def test_a_friends_grievance_makes_the_staff_worse_never_better_and_only_on_a_ward_that_opposes_them(
    bad, open_one, friends_bad, opposition, hearsay
):
    client, friend = party(negativity=bad), party(grievance=open_one, negativity=friends_bad)
    numbered = numbers(opposition=opposition, hearsay=hearsay)
    hear_peer(client, friend, conditions().frames, numbered)
    told = min(1.0, opposition) * open_one
    assert client.negativity == pytest.approx(bad + hearsay * max(0.0, told - bad), abs=1e-12)
    assert client.negativity >= bad
    calm = party(negativity=bad)
    hear_peer(calm, friend, conditions().frames, numbers(opposition=0.0, hearsay=hearsay))
    assert calm.negativity == bad


@LAW
@given(tone, tone, share)
def test_a_friend_tells_what_is_open_and_neither_old_bad_feeling_nor_a_grievance_of_ones_own_is_told_on(
    friends_bad, own, hearsay
):
    client = party(grievance=own)
    hear_peer(client, party(negativity=friends_bad), conditions().frames, numbers(opposition=1.0, hearsay=hearsay))
    assert (client.negativity, client.grievance) == (0.0, own)


# Acting


@LAW
@given(share, share, tone, tone, tone, tone, RANGE["trust_openness"])
def test_who_trusts_comes_out_from_behind_the_role_and_who_mistrusts_hides(
    formality, reserve, good, more, bad, worse, openness
):
    (good, more), (bad, worse) = sorted([good, more]), sorted([bad, worse])
    there = conditions(formality=formality, trust_openness=openness, **TURNED)
    usual, warmed, soured = (
        own_role_share(party(positivity=p, negativity=n), reserve, there.frames, there.parameters)
        for p, n in ((good, bad), (more, bad), (good, worse))
    )
    assert warmed <= usual + 1e-12 <= soured + 2e-12
    assert formality - 1e-12 <= warmed
    assert soured <= 1 + 1e-12


def test_trust_and_mistrust_do_move_someone_in_and_out_of_the_role():
    there = conditions(formality=0.2, trust_openness=0.6, **TURNED)
    trusting, stranger, wary = (
        own_role_share(party(**tones), 0.5, there.frames, there.parameters) for tones in (TRUSTED, {}, MISTRUSTED)
    )
    assert trusting < stranger - 0.2
    assert wary > stranger + 0.2


@LAW
@given(share, share, log_weights, share, share)
def test_to_whom_it_is_a_formal_matter_keeps_to_the_script_as_far_as_the_lock_goes(
    formality, reserve, view, lock, more
):
    loose, tight = sorted([lock, more])
    unlocked = role_share(formality, reserve)
    theres = [conditions(formality=formality, formality_lock=n) for n in (0.0, loose, tight)]
    shares_of = [own_role_share(party(view), reserve, there.frames, there.parameters) for there in theres]
    formal = softmax(view)[FRAMES.kind == FORMAL].sum()
    assert shares_of[0] == unlocked
    assert unlocked - 1e-12 <= shares_of[1] <= shares_of[2] + 1e-12
    assert shares_of[2] == pytest.approx(unlocked + (1 - unlocked) * tight * formal, abs=1e-9)


def test_only_formal_frames_lock():
    there = conditions(formality=0.2, formality_lock=0.5)
    locked = {name: own_role_share(party(sure_of(name, -40.0)), 0.0, there.frames, there.parameters) for name in NAMES}
    formal = {name for name, kind in zip(NAMES, FRAMES.kind, strict=True) if kind == FORMAL}
    assert formal
    for name, role in locked.items():
        assert role == pytest.approx(0.6 if name in formal else 0.2)


@LAW
@given(turn_numbers, share, tone, tone, RANGE["trust_openness"], share)
def test_no_trust_takes_a_keyworker_out_of_a_mandate(turn, mandate, good, bad, openness, lock):
    there = conditions(mandate=mandate, trust_openness=openness, formality_lock=lock)
    acting = acting_from(party(positivity=good, negativity=bad), TURNS[turn], False, there.frames, there.parameters)
    assert acting.role >= (mandate if TURNS[turn].mandated else 0.0)
    assert acting.role <= 1 + 1e-12


# What the relationship is taken to be


def drawn_back(view, tones, binding):
    """Log-weights by which someone's definition differs from what was expected, drawn back to it at once."""
    reader = party(view, **tones)
    anchored = conditions(definition_learning_rate=0.0, expectation_anchoring=1.0, trust_binding=binding, **TURNED)
    reading, numbers = Reading(OPENING, Deed(0, PLAIN), SourceShares(0.3, 0.0), *PUT_DOWN), anchored.parameters
    redefine(reader, TURNS[0], reading, trust(reader, numbers), anchored.frames, numbers)
    return np.log(reader.definition) - np.log(softmax(view))


@pytest.mark.parametrize(
    ("tones", "bound"),
    [
        (TRUSTED, {PERSONAL}),
        (MISTRUSTED, {ADVERSARIAL}),
        ({}, {FORMAL}),
        (TRUSTED | MISTRUSTED, {PERSONAL, ADVERSARIAL}),
    ],
    ids=["trust", "mistrust", "neither", "both"],
)
def test_trust_speaks_for_personal_frames_mistrust_for_adversarial_ones_and_neither_for_formal_ones(tones, bound):
    gained = drawn_back([0.0] * K, tones, 2.0)
    spoken_for = np.isin(FRAMES.kind, list(bound))
    assert np.ptp(gained[spoken_for]) == pytest.approx(0.0, abs=1e-4)
    assert np.ptp(gained[~spoken_for]) == pytest.approx(0.0, abs=1e-4)
    assert gained[spoken_for].min() - gained[~spoken_for].max() == pytest.approx(2.0, abs=1e-3)


@LAW
@given(log_weights, tone, tone)
def test_without_binding_trust_speaks_for_no_frame(view, good, bad):
    assert drawn_back(view, {"positivity": good, "negativity": bad}, 0.0) == pytest.approx(np.zeros(K), abs=1e-9)


@LAW
@given(log_weights, tone, tone, RANGE["trust_binding"])
def test_trust_takes_sides_between_kinds_of_frame_and_never_within_one(view, good, bad, binding):
    gained = drawn_back(view, {"positivity": good, "negativity": bad}, binding)
    for kind in (PERSONAL, ADVERSARIAL):
        assert np.ptp(gained[FRAMES.kind == kind]) == pytest.approx(0.0, abs=1e-6)


# The seam

MODULES = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in Path(dynamics.__path__[0]).glob("*.py")}


def users_of(field, module):
    """How a module of the dynamics uses a field of a party: the names read off it, or "" for the field itself."""
    uses = []
    above = {id(node.value): node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute)}
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr == field:
            uses.append(above.get(id(node), ""))
    return set(uses)


@pytest.mark.parametrize(
    ("field", "used"),
    [
        ("log_weights", {}),
        ("definition", {"admission": {"shape"}}),
        ("expectation", {"admission": {""}}),
        ("positivity", {"exits": {""}}),
        ("negativity", {"exits": {""}}),
        ("grievance", {"encounter": {""}, "matters": {""}}),
        ("standard", {"admission": {""}}),
    ],
)
def test_the_dynamics_leave_what_a_relationship_is_taken_to_be_to_the_interpretation(field, used):
    """They ask how many frames there are, draw and share expectations, and note what opens.

    In exits, positivity and negativity are those of an account.
    """
    assert {name: found for name, module in MODULES.items() if (found := users_of(field, module))} == used


def test_the_dynamics_know_no_rule_about_trust_tone_or_evidence_but_by_way_of_the_interpretation():
    imported = {
        (name, node.module): {alias.name for alias in node.names}
        for name, module in MODULES.items()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert ("encounter", "twoway.simulation.interpretation") in imported
    for (_, module), names in imported.items():
        assert not module.endswith((".rules.lasting", ".rules.tone"))
        assert not names & {"log_evidence", "updated_log_weight", "converged", "benign_share", "with_opposition"}
        assert not names & {"willed", "PERSONAL", "FORMAL", "ADVERSARIAL"}
