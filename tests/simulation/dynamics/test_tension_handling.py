"""How tension is handled, alone or together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.people import (
    NAMES,
    NEARLY_ONE,
    PREPARED,
    WAYS,
    K,
    conditions,
    event_log,
    numbers,
    pair,
    party,
    share,
    sure_of,
    unit_draw,
)

from twoway.simulation.action_tables import NOTHING_BEFORE
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.dynamics.encounter import Course
from twoway.simulation.dynamics.tension import NO_WAY, cope, deal_with_tension, end_talk, way_taken
from twoway.simulation.events import HANDLING, TALK_AGREED, TALK_DECLINED, TALK_FAILED, TALK_REPAIRED
from twoway.simulation.interpretation import account
from twoway.simulation.random_streams import ANY, EVENINGS, draws_of, with_written
from twoway.simulation.state import NOBODY

ENDURE, KEEP_DISTANCE, CONFRONT, WITHDRAW, PROPOSE_TALK = map(
    WAYS.index, ("endure", "keep_distance", "confront", "withdraw", "propose_talk")
)
LAW = settings(deadline=None, max_examples=60)

log_weights = st.lists(st.floats(-30, 0), min_size=K, max_size=K)
styles = st.lists(st.floats(-5, 5), min_size=len(WAYS), max_size=len(WAYS))


def set_on(way):
    """The style of someone who handles all tension in one way."""
    return [60.0 if w == way else 0.0 for w in range(len(WAYS))]


def handles(someone, troubled, notices, draw=0.5, day=10, **changes):
    return cope(someone, troubled, notices, day, conditions(**changes), draw)


def odds_of(someone, **changes):
    there = conditions(**changes)
    way_taken(someone, there, 0.5)
    return there.room.odds.copy()


@LAW
@given(log_weights)
def test_how_benign_a_relationship_seems_lies_between_its_worst_and_its_best_frame(view):
    assert 0 <= account(party(view), PREPARED.frames).benignity <= 1
    assert account(party(sure_of("companionship", -9.0)), PREPARED.frames).benignity == pytest.approx(1.0, abs=0.01)
    assert account(party(sure_of("struggle", -9.0)), PREPARED.frames).benignity == pytest.approx(0.0, abs=0.01)


@LAW
@given(log_weights, styles, unit_draw)
def test_the_ways_of_coping_are_probabilities_and_the_one_taken_is_possible(view, style, draw):
    there = conditions()
    way, odds = way_taken(party(view, style=style), there, draw), there.room.odds
    assert odds.sum() == pytest.approx(1.0, abs=1e-12)
    assert odds[way] > 0


@LAW
@given(styles, share, share)
def test_privacy_and_time_make_a_talk_likelier_and_every_other_way_less_likely(style, opportunity, more):
    little, much = sorted([opportunity, more])
    seldom, often = (odds_of(party(style=style), repair_opportunity=o) for o in (little, much))
    assert often[PROPOSE_TALK] >= seldom[PROPOSE_TALK] - 1e-12
    assert (often[:PROPOSE_TALK] <= seldom[:PROPOSE_TALK] + 1e-12).all()


@LAW
@given(styles)
def test_who_sees_a_friend_talks_sooner_and_who_sees_an_opponent_fights_or_leaves_sooner(style):
    friendly, hostile = (odds_of(party(sure_of(f, -9.0), style=style)) for f in ("companionship", "struggle"))
    assert friendly[PROPOSE_TALK] > hostile[PROPOSE_TALK]
    assert friendly[CONFRONT] < hostile[CONFRONT]
    assert friendly[WITHDRAW] < hostile[WITHDRAW]


@LAW
@given(log_weights, styles, unit_draw)
def test_someone_who_only_notices_the_others_tension_can_at_best_propose_a_talk(view, style, draw):
    someone = party(view, style=style, tension=0.3)
    before = someone.tobytes()
    assert handles(someone, False, True, draw) in (NO_WAY, PROPOSE_TALK)
    assert someone.tobytes() == before


def test_noticing_does_lead_some_to_propose_a_talk():
    assert handles(party(style=set_on(PROPOSE_TALK)), False, True) == PROPOSE_TALK
    assert handles(party(style=set_on(CONFRONT)), False, True) == NO_WAY


@LAW
@given(log_weights, styles, unit_draw)
def test_who_neither_has_tension_nor_notices_any_does_nothing(view, style, draw):
    someone = party(view, style=style)
    before = someone.tobytes()
    assert handles(someone, False, False, draw) == NO_WAY
    assert someone.tobytes() == before


@LAW
@given(log_weights, styles, unit_draw, st.floats(0.5, 20), share)
def test_who_has_tension_does_something_and_is_never_worse_for_it(view, style, draw, tension, away):
    someone = party(view, style=style, tension=tension, distance=away)
    assert handles(someone, True, False, draw) in range(len(WAYS))
    assert 0 <= someone.tension <= tension
    assert away <= someone.distance <= 1


@pytest.mark.parametrize("way", range(len(WAYS)), ids=WAYS)
@pytest.mark.parametrize("draw", [1e-6, 0.5, NEARLY_ONE])
def test_each_way_does_what_it_says_and_nothing_else(way, draw):
    someone = party(style=set_on(way), tension=2.0, distance=0.2)
    there = {"distance_step": 0.5, "withdrawal_days": 7.0, "tension_relief": 0.25}
    assert handles(someone, True, False, draw, day=10, **there) == way
    assert someone.distance == pytest.approx(0.6 if way == KEEP_DISTANCE else 0.2)
    assert someone.confronting == (way == CONFRONT)
    assert someone.away == (17.0 if way == WITHDRAW else 0.0)
    assert someone.tension == (1.5 if way in (KEEP_DISTANCE, CONFRONT, WITHDRAW) else 2.0)


def ends(client, keyworker, proposer, good, **changes):
    """Whether a talk of four exchanges, so many of them good, succeeded, as the row about it says."""
    log = event_log()
    dyad = pair(client, keyworker, talk_due=proposer)
    course = Course(4, good, NOTHING_BEFORE, NOTHING_BEFORE, False)
    end_talk(11, course, dyad, numbers(**changes), (0.5, 0.5), log)
    assert log.written[0] == 1
    assert log.rows[0].actor == proposer
    assert dyad.dyad.talk_due == NOBODY
    assert (dyad.dyad.talks, dyad.dyad.repairs) == (1, log.rows[0].event == TALK_REPAIRED)
    assert log.rows[0].event in (TALK_REPAIRED, TALK_FAILED)
    return log.rows[0].event == TALK_REPAIRED


@LAW
@given(log_weights, log_weights, share)
def test_a_repair_talk_that_succeeds_brings_the_two_definitions_together(his, hers, meeting):
    client, keyworker = party(his), party(hers)
    apart = np.abs(client.definition - keyworker.definition).sum()
    mean = (client.definition + keyworker.definition) / 2
    assert ends(client, keyworker, CLIENT, 3, talk_convergence=meeting)
    after = np.abs(client.definition - keyworker.definition).sum()
    assert after == pytest.approx((1 - meeting) * apart, abs=1e-9)
    assert (client.definition + keyworker.definition) / 2 == pytest.approx(mean, abs=1e-9)
    for someone in (client, keyworker):
        assert someone.definition.sum() == pytest.approx(1.0, abs=1e-12)
        assert someone.log_weights.max() == 0


@pytest.mark.slow
@LAW
@given(share, share, st.floats(0, 5), st.floats(0, 5))
def test_a_repair_talk_that_succeeds_explains_the_rules_and_eases_both(known, meeting, his, hers):
    client, keyworker = party(known_rules=known, tension=his), party(known_rules=1.0, tension=hers)
    assert ends(client, keyworker, KEYWORKER, 4, talk_convergence=meeting, tension_relief=0.5)
    assert known - 1e-12 <= client.known_rules <= 1 + 1e-12
    assert keyworker.known_rules == 1.0
    assert (client.tension, keyworker.tension) == (his / 2, hers / 2)


def test_a_talk_still_ends_well_when_both_have_long_ruled_a_frame_out():
    """After hundreds of readings the weight of a frame could become too small to be written as a number."""
    ruled_out = [-2000.0 if name == "struggle" else 0.0 for name in NAMES]
    client, keyworker = party(ruled_out), party(ruled_out)
    assert ends(client, keyworker, CLIENT, 4)
    assert client.definition[NAMES.index("struggle")] < 1e-9
    for someone in (client, keyworker):
        assert np.isfinite(someone.log_weights).all()
        assert someone.definition.sum() == pytest.approx(1.0)


@pytest.mark.slow
@LAW
@given(log_weights, log_weights, styles, styles, st.integers(0, 2), st.booleans())
def test_a_repair_talk_that_fails_only_deters_its_proposer(his, hers, his_style, her_style, good, he_proposed):
    client, keyworker = party(his, style=his_style), party(hers, style=her_style)
    before = client.definition.copy(), keyworker.definition.copy()
    proposer, asked = (client, keyworker) if he_proposed else (keyworker, client)
    style = np.array(proposer.style), np.array(asked.style)
    assert not ends(
        client,
        keyworker,
        CLIENT if he_proposed else KEYWORKER,
        good,
        failed_talk_penalty=1.0,
    )
    assert client.negativity == keyworker.negativity == 0.0
    assert (client.definition == before[0]).all()
    assert (keyworker.definition == before[1]).all()
    assert proposer.style[PROPOSE_TALK] == pytest.approx(style[0][PROPOSE_TALK] - 1.0)
    assert (proposer.style[:PROPOSE_TALK] == style[0][:PROPOSE_TALK]).all()
    assert (asked.style == style[1]).all()


def test_after_a_failed_talk_its_proposer_is_less_likely_to_propose_another():
    client, keyworker = party(), party()
    before = odds_of(client)[PROPOSE_TALK]
    ends(client, keyworker, CLIENT, 0)
    assert odds_of(client)[PROPOSE_TALK] < before
    assert odds_of(keyworker)[PROPOSE_TALK] == pytest.approx(before)


def evening(client, keyworker, **written):
    """The events of an evening, as kind, role and way, and the dyad; draws that are not given are a half."""
    questions = ("he_notices", "she_notices", "he_handles", "she_handles", "accepts")
    draws = with_written(
        draws_of(0),
        (ANY, ANY, ANY, ANY, 0.5),
        *((EVENINGS, ANY, ANY, questions.index(name), draw) for name, draw in written.items()),
    )
    dyad, log = pair(client, keyworker), event_log()
    deal_with_tension(10, dyad, conditions(tension_threshold=1.0), draws, log)
    return [(int(r.event), int(r.actor), int(r.way)) for r in log.rows[: log.written[0]]], dyad


def test_without_tension_above_the_threshold_the_evening_is_quiet():
    events, dyad = evening(party(tension=1.0, style=set_on(CONFRONT)), party(tension=0.9, style=set_on(CONFRONT)))
    assert events == []
    assert not dyad.dyad.handled.any()


@pytest.mark.parametrize(("accepts", "agreed"), [(0.3, True), (0.7, False)])
def test_a_proposal_is_accepted_as_often_as_the_relationship_seems_benign_to_the_other(accepts, agreed):
    undecided = [0.0 if name in ("companionship", "struggle") else -60.0 for name in NAMES]
    assert account(party(undecided), PREPARED.frames).benignity == pytest.approx(0.5, abs=0.05)
    client = party(tension=2.0, style=set_on(PROPOSE_TALK))
    events, dyad = evening(client, party(undecided), accepts=accepts)
    assert events == [(HANDLING, CLIENT, PROPOSE_TALK), (TALK_AGREED if agreed else TALK_DECLINED, CLIENT, -1)]
    assert dyad.dyad.talk_due == (CLIENT if agreed else NOBODY)
    assert dyad.dyad.handled[CLIENT, PROPOSE_TALK] == 1


@pytest.mark.parametrize(("his", "hers", "who"), [(2.0, 3.0, KEYWORKER), (3.0, 2.0, CLIENT), (2.0, 2.0, CLIENT)])
def test_if_both_propose_the_tenser_one_opens_the_talk_and_nobody_needs_to_accept(his, hers, who):
    client, keyworker = (party(tension=tension, style=set_on(PROPOSE_TALK)) for tension in (his, hers))
    events, dyad = evening(client, keyworker, accepts=NEARLY_ONE)
    assert events[-1] == (TALK_AGREED, who, -1)
    assert dyad.dyad.talk_due == who


@pytest.mark.parametrize(("notices", "proposes"), [(0.3, True), (0.7, False)])
def test_the_others_tension_is_noticed_as_often_as_insight_says(notices, proposes):
    client = party(insight=0.5, style=set_on(PROPOSE_TALK))
    events, _ = evening(client, party(tension=2.0, style=set_on(ENDURE)), he_notices=notices)
    assert ((HANDLING, CLIENT, PROPOSE_TALK) in events) == proposes
    assert (HANDLING, KEYWORKER, ENDURE) in events
