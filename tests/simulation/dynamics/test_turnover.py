"""How a keyworker leaves, and a new one takes over her clients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.drawn_by_hand import AVERAGE, of_people
from tests.support.people import LEAST, K, conditions, event_log, log_weights, pair, party, share, softmax

from twoway.simulation.affect_control.frames import KEYWORKER
from twoway.simulation.dynamics.admission import fill_post, meet_keyworker, open_centre
from twoway.simulation.dynamics.turnover import take_over, turnover
from twoway.simulation.events import NEW_KEYWORKER
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.random_streams import ANY, LEAVING, draws_of, with_written
from twoway.simulation.run import PreparedScenario
from twoway.simulation.state import NOBODY

LAW = settings(deadline=None, max_examples=40)

impressions = st.lists(st.floats(-4, 4), min_size=K, max_size=K)


def taken_over(keep=0.5, his=(0,) * K, hers=(0,) * K, expected=(0,) * K, impression=(), **fields):
    """A dyad on the day a new keyworker of average traits came."""
    draws = of_people(impression=impression)
    there = conditions(carry_over_to_new_keyworker=keep)
    before = party(hers, tension=2.0, positivity=1.0, presumed_reserve=0.9)
    dyad = pair(party(his, **fields), before, talk_due=KEYWORKER)
    dyad.client.expectation[:] = expected
    dyad.post.predecessors = 1
    fill_post(0, dyad.post, there, draws)
    take_over(dyad, there, draws)
    return dyad


@LAW
@given(share, st.floats(0, 4), st.floats(0, 4), st.floats(0, 4))
def test_a_client_keeps_part_of_the_tone_and_tension_for_a_new_keyworker_who_begins_anew(keep, good, bad, tension):
    dyad = taken_over(keep, positivity=good, negativity=bad, felt_coercion=bad, tension=tension, distance=0.5)
    client, keyworker = dyad.client, dyad.keyworker
    assert (client.positivity, client.negativity, client.tension) == (keep * good, keep * bad, keep * tension)
    assert (client.felt_coercion, client.distance) == (keep * bad, keep * 0.5)
    assert (keyworker.positivity, keyworker.negativity, keyworker.tension, keyworker.distance) == (0, 0, 0, 0)


@LAW
@given(log_weights, log_weights)
def test_a_client_who_keeps_nothing_sees_in_a_new_keyworker_what_was_expected_and_one_who_keeps_all_sees_the_old(
    view, expected
):
    nothing = taken_over(0.0, his=view, expected=expected).client
    assert nothing.definition == pytest.approx(softmax(expected), abs=1e-9)
    everything = taken_over(1.0, his=view, expected=expected).client
    assert everything.definition == pytest.approx(softmax(view), abs=1e-9)
    half = taken_over(0.5, his=view, expected=expected).client
    assert half.definition == pytest.approx(softmax((np.array(view) + np.array(expected)) / 2), abs=1e-9)


@LAW
@given(log_weights, impressions)
def test_a_new_keyworker_knows_nothing_of_how_the_one_before_saw_the_client(view, impression):
    new = taken_over(hers=view, impression=impression)
    alone = pair()._replace(post=new.post)
    meet_keyworker(alone, conditions(), of_people(impression=impression))
    assert new.keyworker == alone.keyworker


def test_a_talk_that_was_due_with_the_old_keyworker_is_off():
    dyad = taken_over().dyad
    assert dyad.talk_due == NOBODY
    assert dyad.changes == 1


def test_a_quarrel_that_was_sought_with_the_old_keyworker_is_not_sought_with_the_new_one():
    dyad = taken_over(confronting=1.0, away=30.0)
    assert (dyad.keyworker.confronting, dyad.keyworker.away) == (0.0, 0.0)
    assert (dyad.client.confronting, dyad.client.away) == (0.0, 0.0)


def evening(draw, times=1, post=1, seed=3):
    """A centre of two posts after evenings on which the draw of one post's keyworker to leave was this."""
    size = {"design.clients": 4, "context.caseload": 2, "context.turnover": 2.0}
    prepared = PreparedScenario(changed(Scenario(), size))
    draws = with_written(draws_of(seed), (LEAVING, ANY, ANY, ANY, 0.9), (LEAVING, post, ANY, ANY, draw))
    state, there, log = prepared.new_state(), prepared.conditions(draws), event_log(4 * times)
    open_centre(state, there, draws)
    before = [records.copy() for records in state]
    left = [turnover(m, day, state, there, draws, log) for day in range(1, times + 1) for m in range(2)]
    return before, state, log, left


def test_only_the_clients_of_the_keyworker_who_leaves_meet_a_new_one():
    (_, keyworkers, _, posts), state, log, left = evening(LEAST)
    assert left == [False, True]
    assert list(state.posts.predecessors) == [0, 1]
    assert list(log.rows.dyad[: log.written[0]]) == [1, 3]
    assert (log.rows.event[: log.written[0]] == NEW_KEYWORKER).all()
    assert state.posts[0] == posts[0]
    assert state.posts[1].reserve != posts[1].reserve
    for i in range(4):
        assert (state.keyworkers[i] == keyworkers[i]) == (i in (0, 2))
    assert list(state.dyads.changes) == [0, 1, 0, 1]


def test_nobody_leaves_whose_draw_reaches_the_chance():
    (_, keyworkers, *_), state, log, left = evening(0.5)
    assert left == [False, False]
    assert log.written[0] == 0
    assert (state.keyworkers == keyworkers).all()


def test_a_post_can_be_filled_any_number_of_times_each_time_by_another_person():
    _, state, _, _ = evening(LEAST, times=30)
    assert state.posts[1].predecessors == 30
    views = {evening(LEAST, times=n)[1].posts[1].general_view.tobytes() for n in range(5)}
    assert len(views) == 5


def test_everyone_of_average_draws_is_followed_by_someone_who_is_the_same():
    """What differs between keyworkers are their draws alone."""
    there = conditions()
    first, tenth = pair().post, pair().post
    tenth.predecessors = 10
    for post in (first, tenth):
        fill_post(0, post, there, AVERAGE)
    assert (first.general_view == tenth.general_view).all()
    assert first.reserve == tenth.reserve
