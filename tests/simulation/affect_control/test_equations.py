"""Meaning: the formulas of affect control theory, evaluated a second time and independently, and at face value."""

import doctest
import math
import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.printed_equations import TERMS, amalgam, second_deflection, second_impression

from twoway.simulation.affect_control import equations as meaning
from twoway.simulation.affect_control.equations import load_equations
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.affect_control.lexicon import NEUTRAL, SCALE, load_lexicon
from twoway.simulation.data_files import DATA, data_file
from twoway.simulation.situations import load_situations

LEXICON = load_lexicon(data_file("lexicons", "us2015"))
EQUATIONS = load_equations(data_file("equations", "nc1978"))
SITUATIONS = load_situations(data_file("situations", "residential"))
WORDS = tomllib.loads((DATA / "lexicons" / "us2015.toml").read_text(encoding="utf-8"))
LAW = settings(deadline=None, max_examples=150)

identities = st.sampled_from(sorted(WORDS["identities"]))
acts = st.sampled_from(sorted(WORDS["acts"]))
on_the_scale = st.floats(-SCALE, SCALE)


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


def test_the_examples_in_the_docstrings_of_meaning_hold():
    assert doctest.testmod(meaning).failed == 0
