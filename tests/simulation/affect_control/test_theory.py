"""Affect control theory by itself, held against the printed equations and against optima found by search."""

import doctest
import math
import tomllib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from tests.support.printed_equations import amalgam, second_deflection, second_emotion, second_impression

from twoway import AffectControl, InputError
from twoway.simulation.affect_control import theory as module
from twoway.simulation.affect_control.lexicon import SCALE
from twoway.simulation.data_files import DATA

WORDS = tomllib.loads((DATA / "lexicons" / "us2015.toml").read_text(encoding="utf-8"))
THEORY = AffectControl()
LAW = settings(deadline=None, max_examples=100)

identities = st.sampled_from(sorted(WORDS["identities"]))
acts = st.sampled_from(sorted(WORDS["acts"]))
emotions = st.sampled_from(sorted(WORDS["emotions"]))
sentiments = st.lists(st.floats(-SCALE, SCALE), min_size=3, max_size=3)
impressions = st.none() | sentiments


def epa(component, word):
    return WORDS[component][word][:3]


@LAW
@given(identities, acts, identities, impressions, impressions)
def test_an_event_has_the_impressions_deflection_and_emotions_of_the_printed_equations(
    actor, act, other, actor_looks, other_looks
):
    a, b, o = epa("identities", actor), epa("acts", act), epa("identities", other)
    found = THEORY.event(actor, act, other, actor_looks, other_looks)
    transients = second_impression(actor_looks or a, b, other_looks or o)
    assert found.fundamentals.tolist() == [*a, *b, *o]
    assert found.transients == pytest.approx(transients, abs=1e-9)
    assert found.deflection == pytest.approx(second_deflection(a, b, o, actor_looks, other_looks), abs=1e-9)
    assert found.actor_emotion.sentiment == pytest.approx(second_emotion(a, transients[:3]), abs=1e-9)
    assert found.other_emotion.sentiment == pytest.approx(second_emotion(o, transients[6:]), abs=1e-9)


@LAW
@given(identities, acts, identities)
def test_an_event_without_a_past_is_one_in_which_both_look_like_what_they_are(actor, act, other):
    fresh, same = THEORY.event(actor, act, other), THEORY.event(actor, act, other, actor, other)
    assert fresh.deflection == same.deflection
    assert (fresh.actor_impression == fresh.transients[:3]).all()
    assert (fresh.other_impression == fresh.transients[6:]).all()


def searched_minimum(function):
    found = minimize(function, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    return found.x


@settings(deadline=None, max_examples=25)
@given(identities, identities, impressions, impressions)
def test_the_optimal_act_is_the_one_that_a_search_for_least_deflection_finds(actor, other, actor_looks, other_looks):
    a, o = epa("identities", actor), epa("identities", other)
    found = THEORY.optimal_act(actor, other, actor_looks, other_looks)
    searched = searched_minimum(lambda b: second_deflection(a, list(b), o, actor_looks, other_looks))
    assert found == pytest.approx(searched, abs=1e-4)


@settings(deadline=None, max_examples=25)
@given(identities, acts, impressions)
def test_relabelled_parties_are_the_ones_that_a_search_for_least_deflection_finds(known, act, looks):
    i, b = epa("identities", known), epa("acts", act)
    actor = searched_minimum(lambda x: second_deflection(list(x), b, i, None, looks))
    assert THEORY.relabelled_actor(act, known, looks) == pytest.approx(actor, abs=1e-4)
    other = searched_minimum(lambda x: second_deflection(i, b, list(x), looks, None))
    assert THEORY.relabelled_other(known, act, looks) == pytest.approx(other, abs=1e-4)


@LAW
@given(emotions, identities)
def test_a_modified_identity_is_the_amalgam_and_may_be_written_as_two_words(emotion, identity):
    expected = amalgam(epa("emotions", emotion), epa("identities", identity))
    assert THEORY.modified(emotion, identity) == pytest.approx(expected, abs=1e-9)
    assert (THEORY.sentiment("identities", f"{emotion} {identity}") == THEORY.modified(emotion, identity)).all()


@LAW
@given(identities)
def test_who_feels_characteristically_looks_like_the_identity(identity):
    felt = THEORY.characteristic_emotion(identity)
    sentiment = epa("identities", identity)
    if np.abs(felt.sentiment).max() < SCALE:
        assert amalgam(felt.sentiment.tolist(), sentiment) == pytest.approx(sentiment, abs=0.1)  # 0 without the ridge


def test_an_angry_client_is_worse_than_a_client_and_less_of_a_shock_when_insulting():
    angry, calm = THEORY.sentiment("identities", "angry client"), THEORY.sentiment("identities", "client")
    assert angry[0] < calm[0] - 1
    insults = [THEORY.event(client, "insult", "counselor").deflection for client in ("angry client", "client")]
    assert insults[0] < insults[1]


def test_a_frame_of_events_has_row_by_row_what_single_events_have():
    frame = pd.DataFrame(
        [("warden", "search", "angry prisoner"), ("nurse", "comfort", "patient"), ("nurse", "ignore", "patient")],
        columns=["actor", "act", "other"],
        index=[7, 3, 9],
    ).assign(note="kept")
    told = THEORY.events(frame)
    assert told.index.tolist() == [7, 3, 9]
    assert (told["note"] == "kept").all()
    for row in told.itertuples():
        alone = THEORY.event(row.actor, row.act, row.other)
        assert row.deflection == pytest.approx(alone.deflection, abs=1e-12)
        assert (row.actor_evaluation, row.actor_potency, row.actor_activity) == pytest.approx(alone.actor_impression)
        assert (row.other_evaluation, row.other_potency, row.other_activity) == pytest.approx(alone.other_impression)
        assert (row.actor_emotion, row.other_emotion) == (alone.actor_emotion.word, alone.other_emotion.word)


def test_a_frame_without_rows_has_all_columns():
    told = THEORY.events(pd.DataFrame({"actor": [], "act": [], "other": []}))
    assert len(told) == 0
    assert "other_emotion" in told


@pytest.mark.parametrize(
    ("columns", "hint"),
    [
        ({"actor": ["warden"], "act": ["search"]}, "need a column 'other'"),
        ({"actor": ["warden"], "act": ["serch"], "other": ["client"]}, "row 0, column 'act'.*did you mean 'search'"),
        ({"actor": ["warden"], "act": [None], "other": ["client"]}, "row 0, column 'act': None is no word"),
    ],
)
def test_a_frame_with_a_missing_column_or_an_unknown_word_is_refused(columns, hint):
    with pytest.raises(InputError, match=hint):
        THEORY.events(pd.DataFrame(columns))


@LAW
@given(sentiments)
def test_the_nearest_words_are_in_the_order_of_their_distance(at):
    found = THEORY.nearest("acts", at, 4)
    distances = sorted((math.dist(row[:3], at), word) for word, row in WORDS["acts"].items())[:4]
    assert list(found.values()) == pytest.approx([distance for distance, _ in distances], abs=1e-9)


@pytest.mark.parametrize("wrong", [[1.0, 2.0], [1.0, float("nan"), 0.0], [[1.0, 2.0, 3.0]]])
def test_a_sentiment_is_a_word_or_three_numbers(wrong):
    with pytest.raises(InputError, match="three numbers"):
        THEORY.event(wrong, "search", "prisoner")


def test_relabelling_is_refused_where_a_party_is_multiplied_with_itself(tmp_path):
    text = (DATA / "equations" / "nc1978.toml").read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(text.replace('"Ae*Be" =', '"Ae*Ap" ='))
    own = AffectControl(equations=tmp_path / "own.toml")
    assert np.isfinite(own.optimal_act("warden", "prisoner")).all()
    with pytest.raises(InputError, match=r"own\.toml: has products of a party with itself"):
        own.relabelled_actor("search", "prisoner")


def test_a_nurse_who_comforts_feels_between_two_joyful_words_and_a_friend_who_is_helped_is_charmed():
    nurse, friend = THEORY.event("nurse", "comfort", "patient"), THEORY.event("mentor", "help", "friend")
    (first, _), (second, _) = distances(nurse.actor_emotion.sentiment)[:2]
    assert second - first < 0.5
    assert nurse.actor_emotion.word == "joyful"
    (first, word), (second, _) = distances(friend.other_emotion.sentiment)[:2]
    assert second - first > 0.5
    assert friend.other_emotion.word == word == "charmed"


def test_a_comforted_prisoner_is_a_more_disturbing_sight_than_a_comforted_patient():
    assert (
        THEORY.event("warden", "comfort", "prisoner").deflection
        > THEORY.event("nurse", "comfort", "patient").deflection
    )


def test_a_patient_whom_the_nurse_comforts_feels_better_than_one_whom_she_ignores():
    comforted, ignored = THEORY.event("nurse", "comfort", "patient"), THEORY.event("nurse", "ignore", "patient")
    assert comforted.other_emotion.sentiment[0] > ignored.other_emotion.sentiment[0]


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
        THEORY.event(*words)
    assert hint in str(refused.value)
    assert "us2015.toml" in str(refused.value)


@pytest.mark.parametrize(("option", "name"), [("lexicon", "us2016"), ("equations", "nc1987")])
def test_an_unknown_data_file_is_refused_with_the_nearest_shipped_one(option, name):
    with pytest.raises(InputError, match=f"there is no '{name}'; did you mean 'us2015|nc1978'") as refused:
        AffectControl(**{option: name})
    assert option in str(refused.value)


def distances(mood):
    """Emotion words by their distance to a mood, nearest first."""
    return sorted((math.dist(row[:3], mood), word) for word, row in WORDS["emotions"].items())


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(module).failed == 0
