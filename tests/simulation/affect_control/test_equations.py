"""Meaning: the formulas of affect control theory, evaluated a second time and independently, and at face value."""

import doctest
import math
import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway import event
from twoway.simulation.affect_control import equations as meaning
from twoway.simulation.affect_control.equations import RIDGE, load_equations
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.affect_control.lexicon import NEUTRAL, SCALE, load_lexicon
from twoway.simulation.data_files import DATA, data_file
from twoway.simulation.errors import InputError
from twoway.simulation.situations import load_situations

LEXICON = load_lexicon(data_file("lexicons", "us2015"))
EQUATIONS = load_equations(data_file("equations", "nc1978"))
SITUATIONS = load_situations(data_file("situations", "residential"))
WORDS = tomllib.loads((DATA / "lexicons" / "us2015.toml").read_text(encoding="utf-8"))
TERMS = tomllib.loads((DATA / "equations" / "nc1978.toml").read_text(encoding="utf-8"))
LAW = settings(deadline=None, max_examples=150)

identities = st.sampled_from(sorted(WORDS["identities"]))
acts = st.sampled_from(sorted(WORDS["acts"]))
on_the_scale = st.floats(-SCALE, SCALE)


def inputs(letters, *sentiments):
    """{"Ae": 1.2, ...} for sentiments of the parties named by *letters*."""
    return {
        letter + dimension: float(value)
        for letter, sentiment in zip(letters, sentiments, strict=True)
        for dimension, value in zip("epa", sentiment, strict=True)
    }


def amount(term, named):
    """The product of the inputs that a term of the file names."""
    product = 1.0
    for name in term.split("*"):
        product *= 1.0 if name == "1" else named[name]
    return product


def second_impression(actor, act, other):
    named = inputs("ABO", actor, act, other)
    total = [0.0] * 9
    for term, coefficients in TERMS["impression"].items():
        for k in range(9):
            total[k] += coefficients[k] * amount(term, named)
    return total


def second_deflection(actor, act, other):
    before = [*actor, *act, *other]
    after = second_impression(actor, act, other)
    return sum((x - y) ** 2 for x, y in zip(before, after, strict=True))


def amalgam(mood, identity):
    """What someone with this identity looks like who feels this way."""
    named = inputs("MI", mood, identity)
    return [sum(c[k] * amount(term, named) for term, c in TERMS["emotion"].items()) for k in range(3)]


def determinant(m):
    return (
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    )


def second_emotion(identity, impression):
    """The mood that makes the identity look like the impression, nearly: minimises the miss plus RIDGE times mood²."""
    nothing = amalgam([0, 0, 0], identity)
    moods = [[float(i == j) for j in range(3)] for i in range(3)]
    by_mood = [[amalgam(m, identity)[k] - nothing[k] for m in moods] for k in range(3)]
    missing = [impression[k] - nothing[k] for k in range(3)]
    left = [
        [sum(by_mood[k][i] * by_mood[k][j] for k in range(3)) + (RIDGE if i == j else 0.0) for j in range(3)]
        for i in range(3)
    ]
    right = [sum(by_mood[k][i] * missing[k] for k in range(3)) for i in range(3)]
    mood = []
    for column in range(3):  # Cramer's rule
        swapped = [[right[i] if j == column else left[i][j] for j in range(3)] for i in range(3)]
        mood.append(determinant(swapped) / determinant(left))
    return [min(SCALE, max(-SCALE, m)) for m in mood]


@LAW
@given(identities, acts, identities)
def test_an_event_by_words_has_the_impression_deflection_and_emotions_of_the_published_formulas(actor, act, other):
    a, b, o = WORDS["identities"][actor][:3], WORDS["acts"][act][:3], WORDS["identities"][other][:3]
    found = event(actor, act, other)
    impression = second_impression(a, b, o)
    assert found.impression == pytest.approx(impression, abs=1e-9)
    assert found.deflection == pytest.approx(second_deflection(a, b, o), abs=1e-9)
    assert found.actor_emotion == pytest.approx(second_emotion(a, impression[:3]), abs=1e-9)
    assert found.object_emotion == pytest.approx(second_emotion(o, impression[6:]), abs=1e-9)


@LAW
@given(st.lists(on_the_scale, min_size=9, max_size=9))
def test_impression_and_deflection_hold_for_any_sentiments_on_the_scale(x):
    a, b, o = x[:3], x[3:6], x[6:]
    assert EQUATIONS.impression(np.array(a), np.array(b), np.array(o)) == pytest.approx(
        second_impression(a, b, o), abs=1e-9
    )
    assert EQUATIONS.deflection(np.array(a), np.array(b), np.array(o)) == pytest.approx(
        second_deflection(a, b, o), abs=1e-9, rel=1e-12
    )


def test_many_events_at_once_give_the_same_deflections_as_one_by_one():
    actors = np.array([WORDS["identities"][w][:3] for w in ("warden", "nurse")])
    doings = np.array([row[:3] for row in WORDS["acts"].values()])
    together = EQUATIONS.deflection(actors[:, None], doings[None], np.array(WORDS["identities"]["client"][:3]))
    assert together.shape == (2, len(doings))
    for i, actor in enumerate(actors):
        for j, act in enumerate(doings):
            alone = second_deflection(actor, act, WORDS["identities"]["client"][:3])
            assert together[i, j] == pytest.approx(alone, abs=1e-9)


def test_the_coefficients_are_not_those_of_the_misprinted_set_of_2010():
    """In that set the effect of Ae*Be on Oa' (0.54) repeats the number above it."""
    assert TERMS["impression"]["Ae*Be"][8] == 0
    assert len(TERMS["impression"]) == 20


@LAW
@given(identities, st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_without_a_ridge_the_emotion_makes_the_identity_look_exactly_like_the_impression(identity, mood):
    sentiment = WORDS["identities"][identity][:3]
    impression = amalgam(mood, sentiment)
    felt = EQUATIONS.emotion(np.array(sentiment), np.array(impression), ridge=0.0)
    assert felt == pytest.approx(mood, abs=1e-9)


@LAW
@given(identities, acts, identities)
def test_the_ridge_changes_no_emotion_of_an_event_by_more_than_three_percent(actor, act, other):
    """The worst case of the lexicon is 2.3 %, for an enemy; four of five emotions move by less than 1 %."""
    sentiment = np.array(WORDS["identities"][actor][:3])
    impression = EQUATIONS.impression(
        sentiment, np.array(WORDS["acts"][act][:3]), np.array(WORDS["identities"][other][:3])
    )[:3]
    exact = EQUATIONS.emotion(sentiment, impression, ridge=0.0)
    if np.abs(exact).max() < SCALE:
        change = np.linalg.norm(EQUATIONS.emotion(sentiment, impression) - exact)
        assert change <= 0.03 * np.linalg.norm(exact)


@LAW
@given(
    st.tuples(st.floats(-5.5, SCALE), on_the_scale, on_the_scale),
    st.lists(st.floats(-10, 10), min_size=3, max_size=3),
)
def test_an_emotion_stays_on_the_scale_even_for_identities_where_the_equation_is_nearly_singular(identity, impression):
    felt = EQUATIONS.emotion(np.array(identity), np.array(impression))
    assert np.isfinite(felt).all()
    assert (np.abs(felt) <= SCALE).all()


@LAW
@given(st.tuples(st.floats(-SCALE, -4.0), on_the_scale, on_the_scale))
def test_the_worst_identity_on_the_scale_still_feels_worse_after_a_worse_impression(identity):
    impressions = [np.array([e, 0.0, 0.0]) for e in (-4.0, 0.0, 4.0)]
    felt = [EQUATIONS.emotion(np.array(identity), impression)[0] for impression in impressions]
    assert felt == sorted(felt)
    assert felt[0] < felt[2] or abs(felt[0]) == SCALE


def distances(mood):
    """Emotion words by their distance to a mood, nearest first."""
    return sorted((math.dist(row[:3], mood), word) for word, row in WORDS["emotions"].items())


@LAW
@given(st.lists(on_the_scale, min_size=3, max_size=3))
def test_only_the_coarse_family_is_named_when_the_two_nearest_words_are_within_half_a_unit(mood):
    (first, nearest_word), (second, _) = distances(mood)[:2]
    word, named = LEXICON.word(np.array(mood))
    unclear = (second - first - 0.5, second - first, math.hypot(*mood) - first)
    if min(abs(gap) for gap in unclear) > 1e-9:
        assert word == nearest_word
        family = next(f for f, members in WORDS["families"].items() if word in members)
        if math.hypot(*mood) < first:
            assert named == NEUTRAL
        else:
            assert named == (word if second - first > 0.5 else family)


def test_someone_nearer_to_feeling_nothing_than_to_any_word_is_called_neutral_and_never_an_emotion():
    assert LEXICON.word(np.zeros(3))[1] == NEUTRAL
    assert NEUTRAL not in {*WORDS["emotions"], *WORDS["families"]}


def test_a_nurse_who_comforts_feels_between_two_joyful_words_and_a_friend_who_is_helped_is_charmed():
    nurse, friend = event("nurse", "comfort", "patient"), event("mentor", "help", "friend")
    (first, _), (second, _) = distances(nurse.actor_emotion)[:2]
    assert second - first < 0.5
    assert nurse.actor_feels == "joyful"
    (first, word), (second, _) = distances(friend.object_emotion)[:2]
    assert second - first > 0.5
    assert friend.object_feels == word == "charmed"


def test_a_mood_far_from_all_but_one_word_is_called_by_that_word():
    e, p, a = WORDS["emotions"]["depressed"][:3]
    assert LEXICON.word(np.array([e - 0.5, p, a - 1.0])) == ("depressed", "depressed")


def ranked(actor, other, role):
    """Acts that are feasible somewhere for the role, the least deflecting first, by the second evaluation."""
    feasible = {act for t in SITUATIONS.turns if t.role == ROLES.index(role) for act in t.feasible}
    a, o = WORDS["identities"][actor][:3], WORDS["identities"][other][:3]
    return sorted(feasible, key=lambda act: second_deflection(a, WORDS["acts"][act][:3], o))


def test_what_a_warden_does_most_naturally_to_a_prisoner_is_to_reprimand_refuse_order_and_lecture():
    least = ranked("warden", "prisoner", "keyworker")
    assert set(least[:4]) == {"reprimand", "refuse", "order", "lecture"}


def test_searching_is_among_a_wardens_six_most_natural_acts_and_helping_comes_last():
    least = ranked("warden", "prisoner", "keyworker")
    assert "search" in least[:6]
    assert least[-1] == "help"


def test_explaining_informing_confiding_and_apologising_are_in_the_lowest_quarter_of_a_counselors_acts():
    least = ranked("counselor", "patient", "keyworker")
    quarter = set(least[: len(least) // 4])
    assert quarter >= {"explain_something_to", "inform", "confide_in", "apologize_to"}


def test_listening_is_only_in_the_lower_half_of_a_counselors_acts():
    least = ranked("counselor", "patient", "keyworker")
    assert len(least) // 4 <= least.index("listen_to") < len(least) // 2


def test_whatever_suits_a_counselor_suits_a_counselor_better_than_anything_that_suits_a_warden():
    least = ranked("counselor", "patient", "keyworker")
    kind = ["explain_something_to", "inform", "confide_in", "apologize_to", "listen_to"]
    harsh = ["reprimand", "refuse", "order", "lecture", "search"]
    assert max(least.index(act) for act in kind) < min(least.index(act) for act in harsh)


def test_a_prisoner_submits_evades_and_complains_to_a_warden():
    assert set(ranked("prisoner", "warden", "client")[:3]) == {"submit_to", "evade", "complain_to"}


def test_a_patient_obeys_complies_with_requests_from_and_asks_a_counselor():
    assert set(ranked("patient", "counselor", "client")[:4]) == {
        "obey", "comply_with", "request_something_from", "ask_about",
    }  # fmt: skip


def test_a_comforted_prisoner_is_a_more_disturbing_sight_than_a_comforted_patient():
    assert event("warden", "comfort", "prisoner").deflection > event("nurse", "comfort", "patient").deflection


def test_a_patient_whom_the_nurse_comforts_feels_better_than_one_whom_she_ignores():
    comforted, ignored = event("nurse", "comfort", "patient"), event("nurse", "ignore", "patient")
    assert comforted.object_emotion[0] > ignored.object_emotion[0]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("wardn", "search", "prisoner"), "identities has no 'wardn'; did you mean 'warden'?"),
        (("warden", "serch", "prisoner"), "acts has no 'serch'; did you mean 'search'?"),
        (("warden", "search", "prisonr"), "identities has no 'prisonr'; did you mean 'prisoner'?"),
    ],
)
def test_an_unknown_word_of_an_event_is_refused_with_the_nearest_known_one(words, hint):
    with pytest.raises(InputError) as refused:
        event(*words)
    assert hint in str(refused.value)
    assert "us2015.toml" in str(refused.value)


@pytest.mark.parametrize(("option", "name"), [("lexicon", "us2016"), ("equations", "nc1987")])
def test_an_unknown_data_file_is_refused_with_the_nearest_shipped_one(option, name):
    with pytest.raises(InputError, match=f"there is no '{name}'; did you mean 'us2015|nc1978'") as refused:
        event("warden", "search", "prisoner", **{option: name})
    assert option in str(refused.value)


def test_the_examples_in_the_docstrings_of_meaning_hold():
    assert doctest.testmod(meaning).failed == 0
