"""How a stay begins, and how a new keyworker takes over."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.dynamics.admission import admit_client, fill_post, meet_keyworker, open_centre, take_over
from twoway.simulation.dynamics.encounter import define
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.random_streams import SUCCESSORS, TRAITS, WAYS, Trait
from twoway.simulation.run import PreparedScenario, records
from twoway.simulation.situations import EncounterKind
from twoway.simulation.state import NOBODY, dyad_type, party_type, post_type

PREPARED = PreparedScenario(Scenario())
FRAMES = PREPARED.resolved.frames
K = len(FRAMES.names)
LAW = settings(deadline=None, max_examples=40)

share = st.floats(0, 1)
views = st.lists(st.floats(-12, 0), min_size=K, max_size=K)
impressions = st.lists(st.floats(-4, 4), min_size=K, max_size=K).map(np.array)
draws = st.lists(st.floats(-6, 6), min_size=K + TRAITS, max_size=K + TRAITS).map(np.array)


def numbers(**changes):
    made = PREPARED.numbers.copy()
    for name, value in changes.items():
        made[name] = value
    return made[0]


def party(log_weights=(0,) * K, **fields):
    made = records(1, party_type(K))[0]
    made.log_weights[:], made.expectation[:] = log_weights, log_weights
    for field, value in fields.items():
        made[field] = value
    define(made)
    return made


def softmax(log_weights):
    weights = np.exp(np.array(log_weights) - np.max(log_weights))
    return weights / weights.sum()


def admitted(traits, **changes):
    client = party()
    admit_client(client, PREPARED.frames, numbers(**changes), traits)
    return client


def filled(traits, **changes):
    post = records(1, post_type(K))[0]
    fill_post(post, PREPARED.frames, numbers(**changes), traits)
    return post


@LAW
@given(draws)
def test_whoever_arrives_has_traits_that_are_shares(traits):
    client, post = admitted(traits, reserve_sd=0.5, insight_sd=0.5, distress_sd=0.5), filled(traits)
    for trait in (client.reserve, client.insight, client.distress, client.known_rules, post.reserve, post.insight):
        assert 0 <= trait <= 1
    assert client.definition.sum() == pytest.approx(1.0, abs=1e-12)
    assert client.definition == pytest.approx(softmax(client.expectation), abs=1e-12)


def test_traits_far_off_are_kept_at_the_ends_of_the_scale():
    low, high = (admitted(np.full(K + TRAITS, z)) for z in (-1000.0, 1000.0))
    assert (low.reserve, low.insight, low.distress) == (0.0, 0.0, 0.0)
    assert (high.reserve, high.insight, high.distress) == (1.0, 1.0, 1.0)


def test_someone_of_average_draws_is_as_people_are_on_average():
    client, post = admitted(np.zeros(K + TRAITS)), filled(np.zeros(K + TRAITS))
    people, context = PREPARED.scenario.people, PREPARED.scenario.context
    assert (client.reserve, client.insight) == (people.client_reserve, people.client_insight)
    assert (client.distress, client.known_rules) == (context.distress, context.transparency)
    assert (post.reserve, post.insight) == (people.keyworker_reserve, context.reflexivity)
    assert (client.style == 0).all()
    weights = FRAMES.expected[CLIENT] * np.exp(people.client_tilt * FRAMES.benign)
    assert client.definition == pytest.approx(weights / weights.sum())
    weights = FRAMES.expected[KEYWORKER] * np.exp(people.keyworker_tilt * FRAMES.benign)
    assert softmax(post.general_view) == pytest.approx(weights / weights.sum())


@LAW
@given(draws)
def test_general_views_of_clients_differ_less_than_first_impressions_and_a_clients_expectations_as_people_say(traits):
    client, post = admitted(traits, client_expectation_sd=2.0), filled(traits, keyworker_expectation_sd=2.0)
    usual_client, usual_post = (someone(np.zeros(K + TRAITS)) for someone in (admitted, filled))
    assert client.expectation - usual_client.expectation == pytest.approx(2.0 * traits[:K], abs=1e-9)
    assert post.general_view - usual_post.general_view == pytest.approx(2.0 * traits[:K] / np.sqrt(2), abs=1e-9)
    assert (post.outlook == post.general_view).all()


@LAW
@given(draws, st.floats(-4, 4), st.floats(-4, 4))
def test_raised_expectations_make_a_clients_first_definition_more_benign(traits, tilt, more):
    low, high = sorted([tilt, more])
    first = [admitted(traits, client_tilt=t).definition @ FRAMES.benign for t in (low, high)]
    assert first[0] <= first[1] + 1e-9


@pytest.mark.parametrize(
    ("trait", "field"), [(Trait.RESERVE, "reserve"), (Trait.INSIGHT, "insight"), (Trait.DISTRESS, "distress")]
)
def test_each_trait_has_a_draw_of_its_own(trait, field):
    usual, special = np.zeros(K + TRAITS), np.zeros(K + TRAITS)
    special[K + trait] = 0.5
    one, other = admitted(usual), admitted(special)
    assert other[field] > one[field]
    for elsewhere in {"reserve", "insight", "distress"} - {field}:
        assert other[elsewhere] == one[elsewhere]
    assert (other.expectation == one.expectation).all()
    assert (other.style == one.style).all()


def test_coping_styles_come_last_among_the_draws_of_a_person():
    traits = np.zeros(K + TRAITS)
    traits[-WAYS:] = range(1, WAYS + 1)
    client, post = admitted(traits, coping_style_sd=2.0), filled(traits, coping_style_sd=2.0)
    assert list(client.style) == list(post.style) == [2.0, 4.0, 6.0, 8.0, 10.0]
    assert client.reserve == admitted(np.zeros(K + TRAITS)).reserve


@LAW
@given(draws, impressions, share)
def test_a_keyworker_begins_between_her_general_view_and_her_first_impression(traits, impression, weight):
    post, keyworker = filled(traits), party()
    meet_keyworker(keyworker, post, PREPARED.frames, numbers(first_impression=weight), impression)
    n = numbers()
    leaning = np.log(FRAMES.expected[KEYWORKER]) + n.keyworker_tilt * FRAMES.benign
    fresh = leaning + n.keyworker_expectation_sd * impression
    assert keyworker.expectation == pytest.approx((1 - weight) * post.general_view + weight * fresh, abs=1e-9)
    assert keyworker.definition == pytest.approx(softmax(keyworker.expectation), abs=1e-9)
    assert (keyworker.reserve, keyworker.insight) == (post.reserve, post.insight)
    assert keyworker.known_rules == 1.0, "she knows the rules"


def taken_over(keep=0.5, handover=0.5, his=(0,) * K, hers=(0,) * K, expected=(0,) * K, impression=None, **fields):
    """A client, the keyworker and the dyad on the day a new keyworker came, and her post."""
    client, keyworker, dyad = party(his, **fields), party(hers, tension=2.0, positivity=1.0), records(1, dyad_type())[0]
    client.expectation[:] = expected
    dyad.talk_due = KEYWORKER
    post = filled(np.zeros(K + TRAITS))
    take_over(
        keyworker, client, dyad, post, PREPARED.frames, numbers(carry_over_to_new_keyworker=keep, handover=handover),
        np.zeros(K) if impression is None else impression,
    )  # fmt: skip
    return client, keyworker, dyad, post


@LAW
@given(share, st.floats(0, 4), st.floats(0, 4), st.floats(0, 4))
def test_a_client_keeps_part_of_the_tone_and_tension_for_a_new_keyworker_who_begins_anew(keep, good, bad, tension):
    client, keyworker, *_ = taken_over(
        keep, positivity=good, negativity=bad, felt_coercion=bad, tension=tension, distance=0.5
    )
    assert (client.positivity, client.negativity, client.tension) == (keep * good, keep * bad, keep * tension)
    assert (client.felt_coercion, client.distance) == (keep * bad, keep * 0.5)
    assert (keyworker.positivity, keyworker.negativity, keyworker.tension, keyworker.distance) == (0, 0, 0, 0)


@LAW
@given(views, views)
def test_a_client_who_keeps_nothing_sees_in_a_new_keyworker_what_was_expected_and_one_who_keeps_all_sees_the_old(
    view, expected
):
    nothing, *_ = taken_over(0.0, his=view, expected=expected)
    assert nothing.definition == pytest.approx(softmax(expected), abs=1e-9)
    everything, *_ = taken_over(1.0, his=view, expected=expected)
    assert everything.definition == pytest.approx(softmax(view), abs=1e-9)
    half, *_ = taken_over(0.5, his=view, expected=expected)
    assert half.definition == pytest.approx(softmax((np.array(view) + np.array(expected)) / 2), abs=1e-9)


@pytest.mark.slow
@LAW
@given(views, impressions)
def test_a_new_keyworker_starts_from_what_was_handed_over_or_from_her_own_impression(view, impression):
    _, told, _, _ = taken_over(handover=1.0, hers=view, impression=impression)
    assert told.definition == pytest.approx(softmax(view), abs=1e-9)
    _, own, _, post = taken_over(handover=0.0, hers=view, impression=impression)
    alone = party()
    meet_keyworker(alone, post, PREPARED.frames, numbers(), impression)
    assert own.definition == pytest.approx(alone.definition, abs=1e-9)


def test_a_talk_that_was_due_with_the_old_keyworker_is_off():
    *_, dyad, _ = taken_over()
    assert dyad.talk_due == NOBODY
    assert dyad.changes == 1


def test_a_quarrel_that_was_sought_with_the_old_keyworker_is_not_sought_with_the_new_one():
    client, keyworker, *_ = taken_over(confronting=1.0, away=30.0)
    assert (keyworker.confronting, keyworker.away) == (0.0, 0.0)
    assert (client.confronting, client.away) == (0.0, 0.0)


def opened(clients, caseload, seed=3, **changes):
    """The records of a centre on its first morning."""
    sizes = {"design.clients": clients, "context.caseload": caseload, "design.days": 1}
    prepared = PreparedScenario(changed(Scenario(), {**sizes, **changes}))
    centre_draws = prepared.luck(seed, 0, 0)
    settled, _ = prepared.of_centre(centre_draws)
    people = [records(clients, party_type(K)) for _ in range(2)]
    dyads, posts = records(clients, dyad_type()), records(prepared.scenario.posts, post_type(K))
    open_centre(*people, dyads, posts, prepared.frames, settled, centre_draws)
    return *people, dyads, posts


@pytest.mark.slow
@LAW
@given(st.integers(1, 20), st.floats(1, 30), st.integers(0, 100))
def test_every_client_has_one_keyworker_and_caseloads_differ_by_one_at_most(clients, caseload, seed):
    *_, dyads, posts = opened(clients, caseload, seed)
    assert [int((dyads.post == m).sum()) for m in range(len(posts))] == list(posts.caseload)
    assert posts.caseload.min() >= 1
    assert posts.caseload.max() - posts.caseload.min() <= 1


@LAW
@given(st.integers(1, 20), share, st.integers(0, 100))
def test_friendships_are_counted_from_both_sides(clients, density, seed):
    dyads = opened(clients, 4, seed, **{"context.peer_density": density})[2]
    assert dyads.friends.sum() % 2 == 0
    assert (dyads.friends <= clients - 1).all()
    assert (dyads.talk_due == NOBODY).all()


def test_on_a_ward_where_all_are_friends_everyone_has_all_others_and_where_none_are_nobody_has_any():
    for density, friends in ((1.0, 5), (0.0, 0)):
        assert (opened(6, 3, **{"context.peer_density": density})[2].friends == friends).all()


def test_two_clients_of_one_keyworker_meet_one_person_who_sees_each_of_them_differently():
    _, keyworkers, dyads, posts = opened(6, 3)
    first, second = np.flatnonzero(dyads.post == 0)[:2]
    assert keyworkers[first].reserve == keyworkers[second].reserve == posts[0].reserve
    assert (keyworkers[first].style == keyworkers[second].style).all()
    assert not (keyworkers[first].definition == keyworkers[second].definition).all()


def test_too_many_clients_leave_less_contact_and_more_pressure():
    light, heavy = (opened(12, caseload, **{"context.capacity": 4})[3] for caseload in (4, 12))
    assert heavy.contact[0] < light.contact[0] == 1.0
    assert heavy.strain[0] > light.strain[0]
    assert heavy.chance[0][EncounterKind.EVERYDAY] < light.chance[0][EncounterKind.EVERYDAY]
    assert heavy.chance[0][EncounterKind.PLANNED] < light.chance[0][EncounterKind.PLANNED]
    assert heavy.chance[0][EncounterKind.CONTROL] == light.chance[0][EncounterKind.CONTROL], (
        "rules are enforced all the same"
    )


def test_a_post_holds_draws_for_as_many_successors_as_there_can_be():
    centre_draws = PREPARED.luck(1, 0, 0)
    assert centre_draws.keyworkers.shape[1] == centre_draws.impressions.shape[1] == 1 + SUCCESSORS
