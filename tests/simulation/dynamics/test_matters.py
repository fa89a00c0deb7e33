"""What encounters are about: what is raised, what it comes to, how much it counts, and how leaves go."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.drawn_by_hand import AVERAGE
from tests.support.people import NOTHING_LASTS
from tests.support.stays import FITTED, NUMBER, RESIDENTIAL, assert_identical, happened, matters_file, prepared, ward

from twoway.analysis.accounts import dyad_tables
from twoway.analysis.narrative.explanation import exchange_address
from twoway.analysis.narrative.story import with_numbers
from twoway.simulation.action_tables import NOTHING_BEFORE, PLAIN, UNSAID, Deed, Occasion, scripted
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.counterfactual import reader_state
from twoway.simulation.dynamics.answers import answered
from twoway.simulation.dynamics.day import NO_ONE, meeting_in
from twoway.simulation.dynamics.encounter import Meeting, acting_from, believed_sources, take_in
from twoway.simulation.dynamics.matters import matters_due, settle_pending, subject_of
from twoway.simulation.dynamics.policy_change import PolicyChange
from twoway.simulation.event_log import new_row
from twoway.simulation.events import EXCHANGE
from twoway.simulation.interpretation import define, predict
from twoway.simulation.matters import MATTER_STATES, NO_MATTER, MatterState
from twoway.simulation.mesa_model import simulate_centre_with_agents
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.random_streams import ANY, MATTERS, SUBJECTS, with_written
from twoway.simulation.rules.exits import days_away
from twoway.simulation.rules.lasting import MISTRUST_THRESHOLD, TRUST_THRESHOLD
from twoway.simulation.rules.matters import chance_by_log_odds, insisted_stake
from twoway.simulation.rules.replies import hardened
from twoway.simulation.run import PreparedScenario, simulate_centre
from twoway.simulation.situations import ENCOUNTER_KINDS, EncounterKind
from twoway.simulation.state import CENTRE, ENDED, GONE, LEAVE, PLACED, PLACES
from twoway.simulation.tables import TableBuilder, run

LAW = settings(deadline=None, max_examples=60)
ABOUT = NOTHING_LASTS | {"meaning.matters": "residential", "stay.placing": 0.0, "stay.running": 0.0}
MATTER = RESIDENTIAL.matters
CONTROL, REQUEST, PLANNED = (int(k) for k in (EncounterKind.CONTROL, EncounterKind.REQUEST, EncounterKind.PLANNED))
NONE, PENDING, GRANTED, REFUSED, UNANSWERED, UNDER_WAY, KEPT, LATE, FAILED = (int(state) for state in MatterState)
A_LITTLE = 1e-9
STAY = Scenario().stay

unit_draw = st.floats(2.0**-33, 1 - 2.0**-33)
matters = st.integers(0, len(MATTER) - 1)
requests = st.sampled_from([m for m, matter in enumerate(MATTER) if matter.raised_in == "request"])
kinds = st.sampled_from((CONTROL, REQUEST, PLANNED))
states = st.lists(st.integers(0, len(MatterState) - 1), min_size=len(MATTER), max_size=len(MATTER))


def of_kind(kind):
    return [m for m, matter in enumerate(MATTER) if matter.raised_in == ENCOUNTER_KINDS[kind]]


def there_with(subjects=(), fates=(), **fields):
    """A ward of average people in which draws on subjects (kind, question) and fates (matter, question) are these."""
    written = [(SUBJECTS, ANY, ANY, 4 * kind + q, draw) for (kind, q), draw in dict(subjects).items()]
    written += [(MATTERS, ANY, ANY, 4 * m + q, draw) for (m, q), draw in dict(fates).items()]
    there = ward(ABOUT, with_written(AVERAGE, *written) if written else AVERAGE)
    pair = there.pair()
    for field, value in fields.items():
        record = pair.dyad if field in pair.dyad.dtype.names else pair.client
        if np.ndim(value):  # there is room for more matters than the file has
            record[field][: len(value)] = value
        else:
            record[field] = value
    return there


def subject(there, kind, day=100, **numbers):
    opener = CLIENT if kind == REQUEST else KEYWORKER
    return subject_of(Meeting(day, kind, opener), there.pair(), there.with_numbers(**numbers), there.draws)


def only(m, value, otherwise=0):
    """A list over matters with one number in the place of a matter."""
    return [value if k == m else otherwise for k in range(len(MATTER))]


# What is raised


@LAW
@given(kinds, states, st.lists(st.integers(0, 60), min_size=14, max_size=14), st.integers(1, 60), unit_draw)
def test_only_what_may_be_raised_is_raised_and_something_is_if_anything_may(kind, now, waited, day, about):
    since = [max(0, day - days) for days in waited]
    raised = subject(there_with({(kind, 0): about}, matter=now, since=since), kind, day).matter
    may_be = []
    for m in of_kind(kind):
        waits = now[m] == UNDER_WAY or (now[m] == GRANTED and MATTER[m].takes_effect > 0)
        rests = now[m] not in (NONE, PENDING) and day - since[m] < MATTER[m].rests
        if day >= MATTER[m].from_day and not waits and not rests:
            may_be.append(m)
    assert raised in may_be if may_be else raised == NO_MATTER


@pytest.mark.parametrize("kind", [CONTROL, REQUEST, PLANNED])
@pytest.mark.parametrize("state", [NONE, PENDING, REFUSED, UNANSWERED])
def test_a_matter_is_raised_as_often_as_its_weight_has_it_and_more_by_those_who_insist(kind, state):
    there = there_with(matter=[state] * len(MATTER))
    weights = [MATTER[m].weight * (MATTER[m].insists if state != NONE else 1) for m in of_kind(kind)]
    borders = np.cumsum(weights) / sum(weights)
    for (m, after), border in zip(pairwise(of_kind(kind)), borders[:-1], strict=True):
        for about, expected in ((border * (1 - A_LITTLE), m), (border * (1 + A_LITTLE), after)):
            there.draws = with_written(AVERAGE, (SUBJECTS, ANY, ANY, 4 * kind, about))
            assert subject(there, kind).matter == expected


@pytest.mark.parametrize("kind", list(EncounterKind))
def test_everyday_meetings_and_repair_talks_are_about_nothing(kind):
    raised = subject(there_with(), int(kind))
    if kind in (EncounterKind.EVERYDAY, EncounterKind.REPAIR):
        assert tuple(raised) == (NO_MATTER, 0, 1, UNSAID, 0)
    else:
        assert raised.matter != NO_MATTER


@LAW
@given(matters, unit_draw, st.integers(1, 100))
def test_what_is_to_follow_comes_first_in_the_next_control_and_once(m, about, day):
    there = there_with({(CONTROL, 0): about, (REQUEST, 0): about}, follows=1 + m)
    assert subject(there, REQUEST, day).matter in (*of_kind(REQUEST), NO_MATTER)
    assert there.pair().dyad.follows == 1 + m
    assert subject(there, CONTROL, day).matter == m
    assert there.pair().dyad.follows == 0
    assert subject(there, CONTROL, day).matter in of_kind(CONTROL)


@LAW
@given(kinds, st.floats(0.01, 0.99), st.integers(0, 5), st.floats(0, 6), st.floats(-2, 2))
def test_what_is_at_stake_is_the_matters_own_and_grows_with_refusals_or_indignities(kind, known, times, counted, more):
    for explains, explained in ((known * (1 - A_LITTLE), 1), (known * (1 + A_LITTLE), 0)):
        there = there_with(
            {(kind, 0): 1e-6, (kind, 1): explains}, known_rules=known, indignities=counted,
            refusals=[times] * len(MATTER), record=[more] * len(MATTER),
        )  # fmt: skip
        raised = subject(there, kind, insistence=0.5, indignity=0.8)
        matter = MATTER[raised.matter]
        added = there.pair().dyad.indignities - counted
        if kind == PLANNED:
            assert (*raised[1:], added) == (0, 1, UNSAID, 0, 0)
        elif kind == REQUEST:
            stake = insisted_stake(matter.stake, times, 0.5)
            assert raised[1:] == pytest.approx((matter.hardness + more, stake, explained, 0))
            assert added == 0
        elif explained:
            assert (*raised[1:], added) == (0, matter.stake, 1, 0, 0)
        else:
            stake = insisted_stake(matter.stake, counted, 0.5)
            assert (*raised[1:], added) == pytest.approx((0, stake, 0, 0.8, 1))


def test_indignities_are_half_forgotten_in_a_week():
    there = there_with(indignities=2.0)
    for day in range(1, 8):
        matters_due(day, there.pair(), there.conditions, there.draws, there.log)
    assert there.pair().dyad.indignities == pytest.approx(1, abs=0.001)


# What it comes to


@LAW
@given(requests, states, st.integers(1, 5), st.integers(1, 100), st.sampled_from((1.0, 0.0, UNSAID)))
def test_a_refusal_counts_one_more_in_a_row_a_grant_none_and_anything_else_leaves_it_open(
    m, now, times, day, explained
):
    there = there_with()
    dyad = there.pair().dyad
    turn = there.conditions.turns[there.conditions.encounters[REQUEST].turn[CLIENT, 1]]
    others = [other for other in range(len(MATTER)) if other != m]
    for act in range(int(turn.feasible)):
        dyad.matter[: len(now)], dyad.since[:], dyad.refusals[:] = now, 0, times
        dyad.refused[:], dyad.granted[:], dyad.told[:] = 0, 0, 0
        state = answered(m, explained, day, turn, act, there.pair())
        assert state == dyad.matter[m]
        counts = (dyad.since[m], dyad.refusals[m], dyad.refused[m], dyad.granted[m])
        if act == turn.refused:
            assert (state, *counts) == (REFUSED, day, times + 1, 1, 0)
        elif act == turn.granted:
            assert (state, *counts) == (GRANTED, day, 0, 0, 1)
        else:
            assert (state, *counts) == (PENDING, 0 if now[m] == PENDING else day, times, 0, 0)
            assert dyad.told[m] == (now[m] != PENDING and explained == 1)
        assert (dyad.matter[others] == np.array(now)[others]).all()
        assert (dyad.refusals[others] == times).all()


@LAW
@given(states, unit_draw, st.floats(-1, 2))
def test_when_a_planned_talk_begins_nothing_stays_open_and_nothing_else_is_touched(now, decides, record):
    fates = {(m, 0): decides for m in range(len(MATTER))}
    there = there_with(fates=fates, matter=now, record=[record] * len(MATTER))
    settle_pending(50, there.pair(), there.conditions, there.draws, there.log)
    strictness, after = there.conditions.parameters.strictness, there.pair().dyad.matter[: len(now)]
    for m, (one, other) in enumerate(zip(now, after, strict=True)):
        if one == PENDING:
            refused = decides < hardened(strictness, MATTER[m].hardness + record)
            assert other == (REFUSED if refused else GRANTED)
        else:
            assert one == other
    open_before = [m for m in range(len(MATTER)) if now[m] == PENDING]
    rows = there.rows()[[name == "matter_settled" for name in happened(there.rows())]]
    assert rows["matter"].tolist() == open_before
    assert rows["matter_state"].tolist() == [after[m] for m in open_before]


@LAW
@given(requests, st.floats(-2, 2))
def test_a_matter_that_is_open_is_refused_later_just_as_often_as_its_hardness_and_record_have_it(m, record):
    there = there_with(record=only(m, record))
    chance = hardened(there.conditions.parameters.strictness, MATTER[m].hardness + record)
    for draw, state in ((chance * (1 - A_LITTLE), REFUSED), (chance * (1 + A_LITTLE), GRANTED)):
        there.draws = with_written(AVERAGE, (MATTERS, ANY, ANY, 4 * m, draw))
        there.pair().dyad.matter[m] = PENDING
        settle_pending(50, there.pair(), there.conditions, there.draws, there.log)
        assert there.pair().dyad.matter[m] == state


@LAW
@given(requests, st.booleans(), st.floats(0.01, 0.99))
def test_what_is_decided_later_is_explained_to_who_was_told_why_and_else_as_often_as_rules_are_known(m, told, known):
    for explains, by_rules in ((known * (1 - A_LITTLE), 1), (known * (1 + A_LITTLE), 0)):
        there = there_with(fates={(m, 1): explains}, matter=only(m, PENDING), told=only(m, told), known_rules=known)
        settle_pending(50, there.pair(), there.conditions, there.draws, there.log)
        assert there.rows()["explained"][0] == (told or by_rules)


@LAW
@given(requests, st.integers(1, 60), st.integers(0, 1), st.integers(0, 4), st.integers(0, 3))
def test_what_stays_open_for_too_long_is_unanswered_unless_the_client_was_told_why_or_is_away(
    m, within, told, place, times
):
    for waited in (within - 1, within):
        there = there_with(
            matter=only(m, PENDING), since=only(m, 20), told=only(m, told), refusals=only(m, times), place=place,
            back_on=999,
        )  # fmt: skip
        pair, day = there.pair(), 20 + waited
        matters_due(day, pair, there.with_numbers(answer_within=float(within)), there.draws, there.log)
        late = waited >= within and place == CENTRE
        if late and not told:
            assert (pair.dyad.matter[m], pair.dyad.since[m], pair.dyad.refusals[m]) == (UNANSWERED, day, times + 1)
            row = there.rows()[0]
            assert happened(there.rows()[:1]) == ["left_unanswered"]
            assert (row["explained"], row["stake"]) == (0, insisted_stake(MATTER[m].stake, times, STAY.insistence))
            assert there.prepared.resolved.situations.acts[row["seen"]] == "ignore"
        else:
            assert (pair.dyad.matter[m], pair.dyad.refusals[m]) == (PENDING, times)
            assert pair.dyad.since[m] == (day if late else 20)
            assert len(there.rows()) == 0


# Leaves

LEAVES = NUMBER["leave"]
WAIT = int(MATTER[LEAVES].takes_effect)


@LAW
@given(st.integers(0, 10), st.sampled_from((CENTRE, LEAVE, PLACED, GONE, ENDED)), unit_draw)
def test_a_leave_begins_when_it_takes_effect_and_never_while_away(waited, place, length):
    there = there_with(
        fates={(LEAVES, 2): length}, matter=only(LEAVES, GRANTED), since=only(LEAVES, 50), place=place, back_on=999
    )
    pair, day = there.pair(), 50 + waited
    matters_due(day, pair, there.conditions, there.draws, there.log)
    if place == CENTRE and waited >= WAIT:
        assert (pair.dyad.matter[LEAVES], pair.dyad.since[LEAVES], pair.dyad.place) == (UNDER_WAY, day, LEAVE)
        assert pair.dyad.back_on == day + (1 if length < 0.5 else 2)
        assert happened(there.rows()) == ["leave_begins"]
        for slot in range(4):
            assert meeting_in(slot, day, 2.0**-33, pair, there.conditions, there.draws).opener == NO_ONE
    else:
        assert (pair.dyad.matter[LEAVES], pair.dyad.place, pair.dyad.back_on) == (GRANTED, place, 999)
        assert len(there.rows()) == 0


def over(ends, length=0.5, day=60, numbers=(), record=0.0, rating=0.7, **fields):
    """A leave that was to end on day 60, on the morning of a day."""
    there = there_with(
        fates={(LEAVES, 2): length, (LEAVES, 3): ends}, matter=only(LEAVES, UNDER_WAY), since=only(LEAVES, 58),
        record=only(LEAVES, record), place=LEAVE, back_on=60, **fields,
    )  # fmt: skip
    pair = there.pair()
    for party in (pair.client, pair.keyworker):
        party.positivity, party.negativity = rating, 0.0
    matters_due(day, pair, there.with_numbers(**dict(numbers)), there.draws, there.log)
    return there, pair.dyad


@LAW
@given(unit_draw)
def test_a_leave_is_not_over_before_its_last_day(ends):
    there, dyad = over(ends, day=59)
    assert (dyad.matter[LEAVES], dyad.place, len(there.rows())) == (UNDER_WAY, LEAVE, 0)
    assert over(ends)[1].matter[LEAVES] in (KEPT, LATE, FAILED)


@LAW
@given(st.floats(0, 4), st.floats(0, 1), st.floats(0, 2), st.floats(0, 5), st.floats(0, 5), unit_draw)
def test_a_leave_fails_or_ends_late_just_as_often_as_strain_and_ratings_have_it(
    rating, strain, bond, failing, lateness, length
):
    numbers = {"bond": bond, "failing": failing, "lateness": lateness}
    holds = bond * (rating - (TRUST_THRESHOLD - MISTRUST_THRESHOLD))
    fails = chance_by_log_odds(failing, 3 * strain - holds)
    late = fails + (1 - fails) * chance_by_log_odds(lateness, -holds)
    for ends, outcome in (
        (fails * (1 - A_LITTLE), FAILED),
        (fails + (late - fails) * A_LITTLE, LATE),
        (late - (late - fails) * A_LITTLE, LATE),
        (late + (1 - late) * A_LITTLE, KEPT),
    ):
        if not 0 < ends < 1 - 1e-6 or min(fails, late - fails, 1 - late) < 1e-4:
            continue
        there, dyad = over(ends, length, numbers=numbers, record=0.25, rating=rating, strain=strain)
        assert (dyad.matter[LEAVES], dyad.since[LEAVES]) == (outcome, 60)
        assert dyad.record[LEAVES] == pytest.approx(0.25 + MATTER[LEAVES].record[outcome - KEPT])
        assert dyad.follows == 1 + NUMBER["urine_test"]
        assert there.rows()["matter_state"].tolist() == [outcome]
        if outcome == FAILED:
            assert (dyad.place, dyad.times_gone) == (GONE, 1)
            assert dyad.back_on == 60 + days_away(STAY.gone_days, length)
        else:
            assert (dyad.place, dyad.times_gone) == (CENTRE, 0)


@pytest.mark.parametrize(("ends", "outcome"), [(1e-6, FAILED), (0.15, LATE), (0.99, KEPT)])
def test_a_failed_leave_makes_the_next_one_harder_by_its_odds_and_a_kept_one_easier(ends, outcome):
    there, dyad = over(ends)
    assert dyad.matter[LEAVES] == outcome
    dyad.place = CENTRE
    there.draws = with_written(AVERAGE, (SUBJECTS, ANY, ANY, 4 * REQUEST, 1e-6))
    next_time = subject(there, REQUEST, day=90)
    assert next_time.matter == LEAVES
    change = MATTER[LEAVES].record[outcome - KEPT]
    assert next_time.hardness == pytest.approx(MATTER[LEAVES].hardness + change)
    before, after = (hardened(0.4, h) for h in (MATTER[LEAVES].hardness, next_time.hardness))
    assert after / (1 - after) == pytest.approx(before / (1 - before) * math.exp(change))
    assert (after > before) == (outcome != KEPT)


def test_a_matter_that_is_hard_to_get_is_refused_more_out_of_the_role_and_no_other_act_is_touched():
    encounters, turns = prepared(ABOUT).encounters, ward(ABOUT).conditions.turns
    turn = turns[encounters[REQUEST].turn[CLIENT, 1]]
    plain, hard = (
        [scripted(turn, Occasion(NOTHING_BEFORE, h, 1.0, UNSAID, 0.0), j) for j in range(turn.feasible)]
        for h in (0.0, 1.5)
    )
    assert sum(hard) == pytest.approx(1)
    for j in range(turn.feasible):
        if j == turn.refused:
            assert hard[j] > plain[j]
        elif j == turn.granted:
            assert hard[j] < plain[j]
        else:
            assert hard[j] == plain[j]


# How much it counts


def after_reading(act, stake=1.0, explained=UNSAID, shortfall=0.0, kind=REQUEST, weights=None, **fields):
    """The client, having read an act (named by its place, or its part in the decision) of the keyworker's."""
    there = there_with(**fields)
    pair, conditions = there.pair(), there.conditions
    opener, exchange = (CLIENT, 1) if kind == REQUEST else (KEYWORKER, 0)
    turn = conditions.turns[conditions.encounters[kind].turn[opener, exchange]]
    if weights is not None:
        pair.client.log_weights[:] = weights
        define(pair.client)
    place = int(turn[act]) if isinstance(act, str) else act
    occasion = Occasion(NOTHING_BEFORE, 0.0, stake, explained, shortfall)
    acting = acting_from(pair.keyworker, turn, False, conditions.frames, conditions.parameters)
    believed = believed_sources(pair.client, turn, occasion, acting, conditions.parameters)
    predict(pair.client, turn, occasion, conditions.room.personal)
    row = there.log.rows[new_row(there.log, EXCHANGE, 5, KEYWORKER, pair)]
    take_in(pair.client, turn, occasion, Deed(place, PLAIN), believed, conditions, row)
    return pair.client


FRAMES = len(prepared(ABOUT).resolved.frames.names)
views = st.lists(st.floats(-4, 0), min_size=FRAMES, max_size=FRAMES)
CHANGES = ("positivity", "negativity", "felt_coercion")


@LAW
@given(views, st.floats(0, 20), st.floats(0, 3), st.floats(0, 3))
def test_a_higher_stake_moves_in_its_own_direction_alone_and_in_proportion(weights, stake, good, bad):
    felt = {"weights": weights, "positivity": good, "negativity": bad, "felt_coercion": bad}
    rate, learning = Scenario().learning.tone_learning_rate, Scenario().learning
    factor = min(1.0, rate * stake) / rate
    for act, own, other in (("refused", "negativity", "positivity"), ("granted", "positivity", "negativity")):
        once, much = after_reading(act, **felt), after_reading(act, stake, **felt)
        assert much[own] - felt[own] == pytest.approx(factor * (once[own] - felt[own]), abs=1e-12)
        assert much[other] == once[other]
        coercion = min(1.0, learning.coercion_learning_rate * stake) / learning.coercion_learning_rate
        assert much.felt_coercion - bad == pytest.approx(coercion * (once.felt_coercion - bad), abs=1e-12)
        for name in ("definition", "tension", "presumed_reserve"):
            np.testing.assert_array_equal(much[name], once[name])


@LAW
@given(views, st.sampled_from((0.0, 1.0)))
def test_a_stake_of_1_and_rules_known_as_far_as_they_are_explained_make_no_difference(weights, known):
    for act in ("refused", "granted", "unanswered"):
        one = after_reading(act, 1.0, UNSAID, weights=weights, known_rules=known)
        assert one.tobytes() == after_reading(act, 1.0, known, weights=weights, known_rules=known).tobytes()


@LAW
@given(views, st.floats(0, 3), st.floats(0, 1), st.integers(0, 10))
def test_an_unexplained_control_is_worse_than_an_explained_one(weights, indignity, known, act):
    felt = {"weights": weights, "negativity": 0.0, "positivity": 1.0, "known_rules": known, "kind": CONTROL}
    turns = ward(ABOUT).conditions
    turn = turns.turns[turns.encounters[CONTROL].turn[KEYWORKER, 0]]
    explained = after_reading(act, explained=1.0, **felt)
    unexplained = after_reading(act, explained=0.0, shortfall=indignity, **felt)
    if turn.evaluation[act] < 0:
        assert unexplained.negativity >= explained.negativity - 1e-12
        assert unexplained.positivity == explained.positivity
        assert unexplained.felt_coercion >= explained.felt_coercion - 1e-12
    worse = after_reading(act, explained=0.0, shortfall=indignity + 0.5, **felt)
    assert worse.negativity >= unexplained.negativity
    assert worse.positivity <= unexplained.positivity


def test_a_search_that_nobody_explains_is_much_worse():
    search = prepared(ABOUT).resolved.situations.acts.index("search")
    turns = ward(ABOUT).conditions
    turn = turns.turns[turns.encounters[CONTROL].turn[KEYWORKER, 0]]
    place = turn.act[: turn.feasible].tolist().index(search)
    explained, unexplained = (
        after_reading(place, explained=e, shortfall=s, kind=CONTROL, negativity=0.0)
        for e, s in ((1.0, 0.0), (0.0, 0.6))
    )
    assert unexplained.negativity > 1.5 * explained.negativity


# What makes no difference

OF_MATTERS = ["matter", "matter_state", "hardness", "stake", "explained", "shortfall"]
NOTHING_AT_STAKE = {
    "stake": 1, "hardness": 0, "takes_effect": 0, "lasts": None, "record": None, "follows": None,
}  # fmt: skip


def assert_same_stays(changes, path, seed=3):
    """Assert that with a file of matters all is as without; returns the events."""
    small = {"design.clients": 6, "design.days": 80, "context.turnover": 2, "context.requests": 4, **changes}
    without, with_it = (run(changed(Scenario(), small | {"meaning.matters": m}), seed) for m in ("none", path))
    assert with_it.events["matter"].notna().sum() > 100
    for one, other in zip(without, with_it, strict=True):
        own = [column for column in OF_MATTERS if column in one]
        pd.testing.assert_frame_equal(one.drop(columns=own), other.drop(columns=own), check_exact=True)
    return with_it.events


@pytest.mark.slow
def test_what_planned_talks_are_about_changes_nothing(tmp_path):
    path = matters_file(tmp_path / "planned.toml", raised_in='"planned"', lasts=None, takes_effect=0, follows=None)
    events = assert_same_stays({}, path)
    assert set(events.loc[events["matter"].notna(), "encounter"]) == {"planned"}
    assert events["matter_state"].isna().all()


@pytest.mark.slow
def test_stakes_of_1_change_nothing_where_all_rules_are_known_and_no_talk_decides(tmp_path):
    path = matters_file(tmp_path / "ones.toml", **NOTHING_AT_STAKE)
    events = assert_same_stays({"context.transparency": 1, "context.planned": 0, "stay.insistence": 0}, path)
    assert {"control", "request"} <= set(events.loc[events["matter"].notna(), "encounter"])
    assert {"granted", "refused", "pending"} == set(events["matter_state"].dropna())


@pytest.mark.slow
def test_unexplained_control_at_a_stake_of_1_changes_nothing_where_no_rules_are_known_and_it_is_no_indignity(tmp_path):
    path = matters_file(tmp_path / "control.toml", **NOTHING_AT_STAKE | {"raised_in": '"control"'})
    nobody_knows = {
        "context.transparency": 0,
        "coping.propose_talk_log_odds": -5,
        "coping.tension_threshold": 5,
        "coping.good_reading_threshold": 4,
        "stay.insistence": 0,
        "stay.indignity": 0,
    }
    events = assert_same_stays(nobody_knows | {"context.control": 5}, path)
    assert set(events["explained"].dropna()) == {0}
    assert (events["known_rules"] == 0).loc[events["event"].eq("exchange") & events["actor"].eq("keyworker")].all()


@pytest.mark.slow
def test_the_more_is_at_stake_the_worse_clients_of_a_strict_centre_think_of_their_keyworkers(tmp_path):
    strict = {"context.strictness": 0.9, "context.requests": 5, "context.planned": 0.3, "design.days": 90}
    bad = []
    for stake in (0, 1, 4):
        path = matters_file(tmp_path / f"stakes{stake}.toml", **NOTHING_AT_STAKE | {"stake": stake})
        tables = run(changed(Scenario(), strict | {"meaning.matters": path}), 5, replicates=4, detail="dyads")
        bad.append(tables.dyads["client_negativity"].mean())
    assert bad[0] < bad[1] < bad[2]


@pytest.mark.slow
def test_the_greater_the_indignity_the_worse_unexplained_control_makes_it():
    opaque = ABOUT | {"context.transparency": 0.1, "context.control": 7, "design.days": 90}
    bad = [
        run(changed(Scenario(), opaque | {"stay.indignity": i}), 5, 4, detail="dyads").dyads["client_negativity"].mean()
        for i in (0.0, 0.6, 2.0)
    ]
    assert bad[0] < bad[1] < bad[2]


# Whole stays

ALL = ABOUT | FITTED | {
    "design.clients": 8, "design.days": 150, "context.requests": 6, "context.planned": 0.7, "context.strictness": 0.4,
    "context.transparency": 0.4, "stay.failing": 1.0, "stay.lateness": 0.5, "stay.answer_within": 5,
    "context.turnover": 2, "context.caseload": 4, "lasting.offence_threshold": 1.5, "lasting.grievance_size": 0.9,
}  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    return run(prepared(ALL), 5, replicates=3)


def histories(tables):
    """Rows about matters by replicate and dyad."""
    for _, own in tables.events.groupby(["replicate", "dyad"]):
        yield own[own["matter"].notna()].assign(exchange=own["exchange"].fillna(-1).astype(int))


@pytest.mark.slow
def test_in_whole_stays_all_states_come_about_but_none(tables):
    assert set(tables.events["matter_state"].dropna()) == set(MATTER_STATES[1:])
    assert set(tables.events["matter"].dropna()) == set(RESIDENTIAL.names)


@pytest.mark.slow
def test_in_whole_stays_stakes_count_refusals_in_a_row_and_hardness_the_record_of_leaves(tables):
    checked = 0
    for own in histories(tables):
        in_a_row, record = dict.fromkeys(NUMBER, 0), dict.fromkeys(NUMBER, 0.0)
        for row in own.itertuples():
            matter = MATTER[NUMBER[row.matter]]
            answer = row.encounter == "request" and row.actor == "keyworker" and row.exchange == 1
            if answer or row.event in ("matter_settled", "left_unanswered"):
                assert row.stake == pytest.approx(insisted_stake(matter.stake, in_a_row[row.matter], STAY.insistence))
                checked += 1
            if answer:
                assert row.hardness == pytest.approx(matter.hardness + record[row.matter])
            if row.matter_state in ("refused", "unanswered"):
                in_a_row[row.matter] += 1
            elif row.matter_state == "granted":
                in_a_row[row.matter] = 0
            elif row.matter_state in ("kept", "late", "failed"):
                record[row.matter] += matter.record[("kept", "late", "failed").index(row.matter_state)]
    assert checked > 300


@pytest.mark.slow
def test_in_whole_stays_nothing_is_raised_before_its_day_while_it_rests_or_while_a_leave_is_ahead(tables):
    again = 0
    for own in histories(tables):
        last = {}
        for row in own[own["encounter"].isin(["request", "control"]) | own["encounter"].isna()].itertuples():
            matter = MATTER[NUMBER[row.matter]]
            if row.event == "exchange" and row.exchange == 0:
                assert row.day >= matter.from_day
                state, day = last.get(row.matter, ("none", -99))
                if state not in ("none", "pending"):
                    assert row.day - day >= matter.rests
                    again += 1
                assert state != "under_way"
                assert state != "granted" or matter.takes_effect == 0
            if isinstance(row.matter_state, str):
                last[row.matter] = (row.matter_state, row.day)
    assert again > 100


@pytest.mark.slow
def test_in_whole_stays_a_leave_follows_a_grant_ends_on_its_last_day_and_is_tested_for(tables):
    where = tables.days[tables.days["party"] == "client"].set_index(["replicate", "dyad", "day"])["place"]
    outcomes = []
    for own in histories(tables):
        leaves = own[(own["matter"] == "leave") & own["matter_state"].notna()]
        for before, row in pairwise(leaves.itertuples()):
            if row.event == "leave_begins":
                assert before.matter_state == "granted"
                assert row.day - before.day >= WAIT
            if row.event == "leave_ends":
                assert before.event == "leave_begins"
                assert 1 <= row.day - before.day <= MATTER[LEAVES].lasts[1]
                away = where.loc[[(row.replicate, row.dyad, d) for d in range(before.day, row.day)]]
                assert (away == "leave").all()
                outcomes.append(row.matter_state)
                back = where[row.replicate, row.dyad, row.day]
                assert back != "leave"
                assert row.matter_state != "failed" or back == "gone"
        controls = own[(own["encounter"] == "control") & (own["exchange"] == 0)]
        for row in leaves[leaves["event"] == "leave_ends"].itertuples():
            later = controls[controls["day"] >= row.day]
            assert later.empty or later.iloc[0]["matter"] == "urine_test"
    assert {outcome: outcomes.count(outcome) > 2 for outcome in ("kept", "late", "failed")} == {
        "kept": True, "late": True, "failed": True,
    }  # fmt: skip


@pytest.mark.slow
def test_day_by_day_what_is_open_is_decided_in_a_planned_talk_or_by_the_day_it_is_too_late():
    there = ward(ALL, None)
    decided = 0
    for day in range(1, 121):
        rows = there.pass_day()
        talked = set(rows["dyad"][(rows["encounter"] == PLANNED) & (rows["exchange"] == 0)])
        decided += sum(name in ("matter_settled", "left_unanswered") for name in happened(rows))
        for i, dyad in enumerate(there.state.dyads):
            is_open = dyad.matter == PENDING
            if i in talked:
                assert not is_open.any()
            if dyad.place == CENTRE and happened(rows[rows["dyad"] == i]).count("returned") == 0:
                back_today = any(
                    name in ("placement_broken", "leave_ends") for name in happened(rows[rows["dyad"] == i])
                )
                assert back_today or (day - dyad.since[is_open] < 5).all()
            assert PLACES[dyad.place] != "leave" or (dyad.matter == UNDER_WAY).any()
    assert decided > 30


@pytest.mark.slow
def test_where_everything_is_explained_nothing_is_left_unanswered():
    clear = run(changed(Scenario(), ALL | {"context.transparency": 1.0}), 5)
    assert "pending" in set(clear.events["matter_state"])
    assert "left_unanswered" not in set(clear.events["event"])
    assert (clear.events["shortfall"].dropna() == 0).all()


@pytest.mark.slow
def test_kept_leaves_earn_leaves(tmp_path):
    granted = []
    for change in (-3.0, 3.0):
        record = f"{{ kept = {change}, late = {change}, failed = {change} }}"
        path = matters_file(tmp_path / f"record{change}.toml", record=lambda m, r=record: r if m.lasts[1] else None)
        dyads = run(changed(Scenario(), ALL | {"meaning.matters": path, "context.strictness": 0.6}), 2, replicates=4)
        begun = dyads.events[dyads.events["event"] == "leave_begins"]
        granted.append(len(begun))
    assert granted[0] > 1.3 * granted[1]


# Both runners, policy changes and why


@pytest.mark.slow
@pytest.mark.parametrize("more", [{}, {"lasting.trust_override": 1.5, "lasting.trust_openness": 0.5}])
def test_agents_and_the_compiled_runner_leave_the_identical_tables_with_all_that_there_is(more):
    small = changed(Scenario(), ALL | more | {"design.clients": 5, "design.days": 90, "context.discretion": 0.3})
    later = changed(small, {"stay.answer_within": 1, "stay.placing_from": 1, "stay.running": 0.05, "stay.failing": 0})
    ready = PreparedScenario(small, [PolicyChange(45, later)])
    assert_identical(simulate_centre_with_agents(ready, 5, 1, 0), simulate_centre(ready, 5, 1, 0))


@pytest.mark.slow
def test_a_policy_of_quick_answers_holds_from_its_morning_on():
    slow = changed(
        Scenario(),
        ALL | {"stay.answer_within": 60, "context.planned": 0, "context.transparency": 0, "design.clients": 20},
    )
    quick = PreparedScenario(slow, [PolicyChange(60, changed(slow, {"stay.answer_within": 1}))])
    before, after = (
        TableBuilder(quick.resolved).tables([simulate_centre(one, 1, 0, 0)]).events
        for one in (PreparedScenario(slow), quick)
    )
    pd.testing.assert_frame_equal(before[before["day"] < 60], after[after["day"] < 60], check_exact=True)
    assert (after["day"][after["event"] == "left_unanswered"] >= 60).all()
    unanswered = after[(after["event"] == "left_unanswered") & (after["day"] == 60)]
    is_open = after[(after["day"] < 60) & after["matter_state"].notna()].groupby(["dyad", "matter"], observed=True)
    last = is_open["matter_state"].last()
    assert len(unanswered) > 3
    for row in unanswered.itertuples():
        assert last[row.dyad, row.matter] == "pending"


@pytest.mark.slow
def test_the_readers_mind_found_again_expects_what_the_column_says_in_exchanges_about_a_matter(tables):
    ready, acts = prepared(ALL), list(prepared(ALL).resolved.situations.acts)
    kinds, heard_before = set(), 0
    for dyad in ((0, 0, 0), (1, 0, 4), (2, 0, 7)):
        events = with_numbers(dyad_tables(tables, dyad).events)
        exchanges = events[events["number"] > 0]
        about = exchanges[exchanges["matter"].notna()]
        heard = events.loc[events["event"].isin(["matter_settled", "left_unanswered"]), "day"]
        after_hearing = exchanges[exchanges["day"].isin(heard) & (exchanges["actor"] == "keyworker")]
        for _, row in pd.concat([about.iloc[::9], after_hearing.iloc[:25]]).iterrows():
            mind = reader_state(ready, exchange_address(events, row, ready, 5))
            seen = mind.acts.tolist().index(acts.index(row["seen"]))
            assert mind.expected[seen] == pytest.approx(row["expected"], rel=1e-12)
            kinds.add((row["encounter"], row["actor"]))
            heard_before += row.name in after_hearing.index
    assert {("request", "keyworker"), ("request", "client"), ("control", "keyworker")} <= kinds
    assert heard_before > 10
