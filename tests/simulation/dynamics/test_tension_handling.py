"""How tension is handled, alone or together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation.dynamics.encounter import define
from twoway.simulation.dynamics.tension import NO_WAY, benignity, handle, talk_ends, way_taken
from twoway.simulation.parameters.scenario import Scenario
from twoway.simulation.random_streams import WAYS
from twoway.simulation.run import PreparedScenario, records
from twoway.simulation.state import CopingWay, party_type

PREPARED = PreparedScenario(Scenario())
NAMES = PREPARED.resolved.frames.names
K = len(NAMES)
NEARLY_ONE = float(np.nextafter(np.float32(1), np.float32(0)))
LAW = settings(deadline=None, max_examples=60)

share = st.floats(0, 1)
unit_draw = st.floats(0, NEARLY_ONE)
views = st.lists(st.floats(-30, 0), min_size=K, max_size=K)
styles = st.lists(st.floats(-5, 5), min_size=WAYS, max_size=WAYS)


def party(log_weights=(0,) * K, **fields):
    made = records(1, party_type(K))[0]
    made.log_weights[:], made.expectation[:] = log_weights, log_weights
    for field, value in fields.items():
        made[field] = value
    define(made)
    return made


def numbers(**changes):
    made = PREPARED.numbers.copy()
    for name, value in changes.items():
        made[name] = value
    return made[0]


def sure_of(frame):
    return [0.0 if name == frame else -9.0 for name in NAMES]


def set_on(way):
    """The style of someone who handles all tension in one way."""
    return [60.0 if w == way else 0.0 for w in CopingWay]


def handles(someone, troubled, notices, draw=0.5, numbers_=None, day=10.0):
    return handle(someone, troubled, notices, day, PREPARED.frames, numbers_ or numbers(), draw, np.empty(WAYS))


def odds_of(someone, numbers_=None):
    odds = np.empty(WAYS)
    way_taken(someone, PREPARED.frames, numbers_ or numbers(), 0.5, odds)
    return odds


@LAW
@given(views)
def test_how_benign_a_relationship_seems_lies_between_its_worst_and_its_best_frame(view):
    assert 0 <= benignity(party(view), PREPARED.frames) <= 1
    assert benignity(party(sure_of("companionship")), PREPARED.frames) == pytest.approx(1.0, abs=0.01)
    assert benignity(party(sure_of("struggle")), PREPARED.frames) == pytest.approx(0.0, abs=0.01)


@LAW
@given(views, styles, unit_draw)
def test_the_ways_of_coping_are_probabilities_and_the_one_taken_is_possible(view, style, draw):
    someone, odds = party(view, style=style), np.empty(WAYS)
    way = way_taken(someone, PREPARED.frames, numbers(), draw, odds)
    assert odds.sum() == pytest.approx(1.0, abs=1e-12)
    assert odds[way] > 0


@LAW
@given(styles, share, share)
def test_privacy_and_time_make_a_talk_likelier_and_every_other_way_less_likely(style, opportunity, more):
    little, much = sorted([opportunity, more])
    seldom, often = (odds_of(party(style=style), numbers(repair_opportunity=o)) for o in (little, much))
    assert often[CopingWay.PROPOSE_TALK] >= seldom[CopingWay.PROPOSE_TALK] - 1e-12
    assert (often[: CopingWay.PROPOSE_TALK] <= seldom[: CopingWay.PROPOSE_TALK] + 1e-12).all()


@LAW
@given(styles)
def test_who_sees_a_friend_talks_sooner_and_who_sees_an_opponent_fights_or_leaves_sooner(style):
    friendly, hostile = (odds_of(party(sure_of(f), style=style)) for f in ("companionship", "struggle"))
    assert friendly[CopingWay.PROPOSE_TALK] > hostile[CopingWay.PROPOSE_TALK]
    assert friendly[CopingWay.CONFRONT] < hostile[CopingWay.CONFRONT]
    assert friendly[CopingWay.WITHDRAW] < hostile[CopingWay.WITHDRAW]


@LAW
@given(views, styles, unit_draw)
def test_someone_who_only_notices_the_others_tension_can_at_best_propose_a_talk(view, style, draw):
    someone = party(view, style=style, tension=0.3)
    before = someone.tobytes()
    assert handles(someone, False, True, draw) in (NO_WAY, CopingWay.PROPOSE_TALK)
    assert someone.tobytes() == before


def test_noticing_does_lead_some_to_propose_a_talk():
    assert handles(party(style=set_on(CopingWay.PROPOSE_TALK)), False, True) == CopingWay.PROPOSE_TALK
    assert handles(party(style=set_on(CopingWay.CONFRONT)), False, True) == NO_WAY


@LAW
@given(views, styles, unit_draw)
def test_who_neither_has_tension_nor_notices_any_does_nothing(view, style, draw):
    someone = party(view, style=style)
    before = someone.tobytes()
    assert handles(someone, False, False, draw) == NO_WAY
    assert someone.tobytes() == before


@LAW
@given(views, styles, unit_draw, st.floats(0.5, 20), share)
def test_who_has_tension_does_something_and_is_never_worse_for_it(view, style, draw, tension, away):
    someone = party(view, style=style, tension=tension, distance=away)
    assert handles(someone, True, False, draw) in list(CopingWay)
    assert 0 <= someone.tension <= tension
    assert away <= someone.distance <= 1


@pytest.mark.parametrize("way", list(CopingWay))
@pytest.mark.parametrize("draw", [1e-6, 0.5, NEARLY_ONE])
def test_each_way_does_what_it_says_and_nothing_else(way, draw):
    someone = party(style=set_on(way), tension=2.0, distance=0.2)
    n = numbers(distance_step=0.5, withdrawal_days=7.0, tension_relief=0.25)
    assert handles(someone, True, False, draw, n, day=10.0) == way
    assert someone.distance == pytest.approx(0.6 if way == CopingWay.KEEP_DISTANCE else 0.2)
    assert someone.confronting == (way == CopingWay.CONFRONT)
    assert someone.away == (17.0 if way == CopingWay.WITHDRAW else 0.0)
    assert someone.tension == (1.5 if way in (CopingWay.KEEP_DISTANCE, CopingWay.CONFRONT, CopingWay.WITHDRAW) else 2.0)


def ends(client, keyworker, proposer, good, numbers_=None):
    return talk_ends(client, keyworker, proposer, good, 4, numbers_ or numbers())


@pytest.mark.slow
@LAW
@given(views, views, share)
def test_a_repair_talk_that_succeeds_brings_the_two_definitions_together(his, hers, meeting):
    client, keyworker = party(his), party(hers)
    apart = np.abs(client.definition - keyworker.definition).sum()
    mean = (client.definition + keyworker.definition) / 2
    assert ends(client, keyworker, client, 3, numbers(talk_convergence=meeting))
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
    assert ends(client, keyworker, keyworker, 4, numbers(talk_convergence=meeting, tension_relief=0.5))
    assert known - 1e-12 <= client.known_rules <= 1 + 1e-12
    assert keyworker.known_rules == 1.0
    assert (client.tension, keyworker.tension) == (his / 2, hers / 2)


def test_a_talk_still_ends_well_when_both_have_long_ruled_a_frame_out():
    """After hundreds of readings the weight of a frame could become too small to be written as a number."""
    ruled_out = [-2000.0 if name == "struggle" else 0.0 for name in NAMES]
    client, keyworker = party(ruled_out), party(ruled_out)
    assert ends(client, keyworker, client, 4)
    assert client.definition[NAMES.index("struggle")] < 1e-9
    for someone in (client, keyworker):
        assert np.isfinite(someone.log_weights).all()
        assert someone.definition.sum() == pytest.approx(1.0)


@pytest.mark.slow
@LAW
@given(views, views, styles, styles, st.integers(0, 2), st.booleans())
def test_a_repair_talk_that_fails_leaves_bad_feeling_in_both_and_deters_its_proposer(
    his, hers, his_style, her_style, good, he_proposed
):
    client, keyworker = party(his, style=his_style), party(hers, style=her_style)
    before = client.definition.copy(), keyworker.definition.copy()
    proposer, asked = (client, keyworker) if he_proposed else (keyworker, client)
    style = np.array(proposer.style), np.array(asked.style)
    assert not ends(client, keyworker, proposer, good, numbers(failed_talk_negativity=0.3, failed_talk_penalty=1.0))
    assert client.negativity == keyworker.negativity == 0.3
    assert (client.definition == before[0]).all()
    assert (keyworker.definition == before[1]).all()
    assert proposer.style[CopingWay.PROPOSE_TALK] == pytest.approx(style[0][CopingWay.PROPOSE_TALK] - 1.0)
    assert (proposer.style[: CopingWay.PROPOSE_TALK] == style[0][: CopingWay.PROPOSE_TALK]).all()
    assert (asked.style == style[1]).all()


def test_after_a_failed_talk_its_proposer_is_less_likely_to_propose_another():
    client, keyworker = party(), party()
    before = odds_of(client)[CopingWay.PROPOSE_TALK]
    ends(client, keyworker, client, 0)
    assert odds_of(client)[CopingWay.PROPOSE_TALK] < before
    assert odds_of(keyworker)[CopingWay.PROPOSE_TALK] == pytest.approx(before)
