"""How a stay begins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.drawn_by_hand import AVERAGE, of_people
from tests.support.people import FRAMES, PREPARED, WAYS, K, all_draws, conditions, numbers, pair, party, share, softmax

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.dynamics.admission import admit_client, fill_post, meet_keyworker, open_centre
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.random_streams import draws_of
from twoway.simulation.run import PreparedScenario
from twoway.simulation.situations import EncounterKind
from twoway.simulation.state import NOBODY

LAW = settings(deadline=None, max_examples=40)

normals = st.lists(st.floats(-4, 4), min_size=K, max_size=K)


def admitted(draws, **changes):
    client = party()
    admit_client(0, client, conditions(**changes), draws)
    return client


def filled(draws, **changes):
    post = pair().post
    fill_post(0, post, conditions(**changes), draws)
    return post


def met(draws, **changes):
    """A keyworker who has met her client, and her post."""
    dyad = pair()._replace(post=filled(draws))
    meet_keyworker(dyad, conditions(**changes), draws)
    return dyad.keyworker, dyad.post


@LAW
@given(all_draws)
def test_whoever_arrives_has_traits_that_are_shares(draws):
    client, post = admitted(draws, reserve_sd=0.5), filled(draws, reserve_sd=0.5)
    for trait in (client.reserve, client.insight, client.distress, client.known_rules, post.reserve):
        assert 0 <= trait <= 1
    assert client.definition.sum() == pytest.approx(1.0, abs=1e-12)
    assert client.definition == pytest.approx(softmax(client.expectation), abs=1e-12)


@pytest.mark.parametrize("arrives", [admitted, filled])
def test_reserve_far_off_is_kept_at_the_ends_of_the_scale(arrives):
    low, high = (arrives(of_people(traits=[z]), reserve_sd=0.5) for z in (-6.0, 6.0))
    assert (low.reserve, high.reserve) == (0.0, 1.0)


def test_someone_of_average_draws_is_as_people_are_on_average():
    client, post = admitted(AVERAGE), filled(AVERAGE)
    people, context = PREPARED.scenario.people, PREPARED.scenario.context
    assert (client.reserve, client.insight) == (people.client_reserve, people.client_insight)
    assert (client.distress, client.known_rules) == (context.distress, context.transparency)
    assert post.reserve == people.keyworker_reserve
    assert (client.style == 0).all()
    weights = FRAMES.expected[CLIENT] * np.exp(people.client_tilt * FRAMES.benign)
    assert client.definition == pytest.approx(weights / weights.sum())
    weights = FRAMES.expected[KEYWORKER] * np.exp(people.keyworker_tilt * FRAMES.benign)
    assert softmax(post.general_view) == pytest.approx(weights / weights.sum())


@LAW
@given(normals)
def test_general_views_of_clients_differ_less_than_first_impressions_and_a_clients_expectations_as_people_say(drawn):
    draws = of_people(expectation=drawn)
    client, post = admitted(draws, client_expectation_sd=2.0), filled(draws, keyworker_expectation_sd=2.0)
    usual_client, usual_post = admitted(AVERAGE), filled(AVERAGE)
    assert client.expectation - usual_client.expectation == pytest.approx(2.0 * np.array(drawn), abs=1e-9)
    assert post.general_view - usual_post.general_view == pytest.approx(2.0 * np.array(drawn) / np.sqrt(2), abs=1e-9)


@LAW
@given(normals, st.floats(-4, 4), st.floats(-4, 4))
def test_raised_expectations_make_a_clients_first_definition_more_benign(drawn, tilt, more):
    low, high = sorted([tilt, more])
    first = [admitted(of_people(drawn), client_tilt=t).definition @ FRAMES.benign for t in (low, high)]
    assert first[0] <= first[1] + 1e-9


@pytest.mark.parametrize(("field", "question"), [("reserve", 0), ("standard", 2)])
def test_each_trait_of_a_keyworker_has_a_draw_of_its_own(field, question):
    drawn = of_people(traits=[0.5 * (q == question) for q in range(4)])
    one, other = (filled(draws, keyworker_standard_sd=0.3) for draws in (AVERAGE, drawn))
    assert other[field] > one[field]
    for elsewhere in {"reserve", "standard"} - {field}:
        assert other[elsewhere] == one[elsewhere]
    assert (other.general_view == one.general_view).all()
    assert (other.style == one.style).all()


def test_clients_arrive_with_a_reserve_of_their_own_and_the_same_insight_and_distress():
    usual, other = admitted(AVERAGE), admitted(of_people(traits=[0.5] * 4))
    assert other.reserve > usual.reserve
    assert (other.insight, other.distress) == (usual.insight, usual.distress)
    assert (other.expectation == usual.expectation).all()
    assert (other.style == usual.style).all()


def test_each_coping_way_has_a_draw_of_its_own():
    draws = of_people(styles={way: float(i) / 2 for i, way in enumerate(WAYS)})
    client, post = admitted(draws, coping_style_sd=2.0), filled(draws, coping_style_sd=2.0)
    assert client.style == pytest.approx(range(len(WAYS)), abs=1e-12)
    assert post.style == pytest.approx(range(len(WAYS)), abs=1e-12)
    assert client.reserve == admitted(AVERAGE).reserve


@LAW
@given(normals, normals, share)
def test_a_keyworker_begins_between_her_general_view_and_her_first_impression(drawn, impression, weight):
    keyworker, post = met(of_people(drawn, impression=impression), first_impression=weight)
    n = numbers()
    leaning = np.log(FRAMES.expected[KEYWORKER]) + n.keyworker_tilt * FRAMES.benign
    fresh = leaning + n.keyworker_expectation_sd * np.array(impression)
    assert keyworker.expectation == pytest.approx((1 - weight) * post.general_view + weight * fresh, abs=1e-9)
    assert keyworker.definition == pytest.approx(softmax(keyworker.expectation), abs=1e-9)
    assert (keyworker.reserve, keyworker.insight) == (post.reserve, n.reflexivity)
    assert keyworker.known_rules == 1.0, "she knows the rules"


def opened(clients, caseload, seed=3, **changes):
    """The state of a centre on its first morning."""
    sizes = {"design.clients": clients, "context.caseload": caseload, "design.days": 1}
    prepared = PreparedScenario(changed(Scenario(), {**sizes, **changes}))
    draws, state = draws_of(seed), prepared.new_state()
    open_centre(state, prepared.conditions(draws), draws)
    return state


@pytest.mark.slow
@LAW
@given(st.integers(1, 20), st.floats(1, 30), st.integers(0, 100))
def test_every_client_has_one_keyworker_and_caseloads_differ_by_one_at_most(clients, caseload, seed):
    _, _, dyads, posts = opened(clients, caseload, seed)
    assert [int((dyads.post == m).sum()) for m in range(len(posts))] == list(posts.caseload)
    assert posts.caseload.min() >= 1
    assert posts.caseload.max() - posts.caseload.min() <= 1
    assert (dyads.talk_due == NOBODY).all()


def test_two_clients_of_one_keyworker_meet_one_person_who_sees_each_of_them_differently():
    _, keyworkers, dyads, posts = opened(6, 3)
    first, second = np.flatnonzero(dyads.post == 0)[:2]
    assert keyworkers[first].reserve == keyworkers[second].reserve == posts[0].reserve
    assert (keyworkers[first].style == keyworkers[second].style).all()
    assert not (keyworkers[first].definition == keyworkers[second].definition).all()


def test_too_many_clients_leave_less_contact_and_more_pressure():
    light, heavy = (opened(12, caseload, **{"context.capacity": 4}).posts for caseload in (4, 12))
    assert heavy.contact[0] < light.contact[0] == 1.0
    assert heavy.strain[0] > light.strain[0]
    assert heavy.chance[0][EncounterKind.EVERYDAY] < light.chance[0][EncounterKind.EVERYDAY]
    assert heavy.chance[0][EncounterKind.PLANNED] < light.chance[0][EncounterKind.PLANNED]
    assert heavy.chance[0][EncounterKind.CONTROL] == light.chance[0][EncounterKind.CONTROL], (
        "rules are enforced all the same"
    )
