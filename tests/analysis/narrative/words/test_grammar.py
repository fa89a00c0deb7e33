"""How acts, emotions and frames are put into words: every one of them, for every person, in every situation."""

import doctest
import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.analysis.narrative.words import grammar
from twoway.analysis.narrative.words.grammar import (
    I_MYSELF,
    INFINITIVE,
    NOUN,
    PAST,
    PRONOUN,
    act_phrase,
    emotion_phrase,
    frame_noun,
    percent,
    reading_noun,
    role_noun,
    words,
)
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.parameters.scenario import Resolved, load
from twoway.simulation.situations import ENCOUNTER_KINDS
from twoway.simulation.tables import EMOTIONS, words_of

RESOLVED = Resolved(load("ordinary"))
ACTS = tuple(RESOLVED.lexicon.acts)
EVERYBODY = [I_MYSELF, *PRONOUN.values(), *NOUN.values()]
WRONG = re.compile(r"[{}_]|  | ,|\ban? an?\b|\ba [aeiou]|\ban [^aeiouh]|\bI is\b|\bme is\b|\bmy self\b")


def test_the_examples_hold():
    assert doctest.testmod(grammar).failed == 0


def test_every_act_that_can_be_done_is_told_in_words_of_its_own():
    assert set(RESOLVED.situations.acts) <= set(words("acts")["acts"])


def test_every_act_of_the_lexicon_is_told_in_words_of_its_own():
    assert set(ACTS) <= set(words("acts")["acts"])


def test_only_acts_of_the_lexicon_and_kinds_of_encounter_are_listed():
    table = words("acts")
    assert set(table) <= {"acts", *ENCOUNTER_KINDS}
    for acts in table.values():
        assert set(acts) <= set(ACTS)


@pytest.mark.parametrize("encounter", [None, *ENCOUNTER_KINDS])
def test_no_act_is_told_with_a_gap_or_a_wrong_article(encounter):
    for act, other, matter in itertools.product(ACTS, EVERYBODY, range(3)):
        told = [act_phrase(act, other, encounter, form, matter) for form in (PAST, INFINITIVE)]
        for text in (*told, reading_noun(act, encounter)):
            assert text.strip() == text
            assert text
            assert not WRONG.search(text), text


def test_no_two_acts_of_one_turn_are_seen_as_the_same_thing_but_where_the_same_is_meant():
    alike = {frozenset({"comply_with", "obey"}), frozenset({"evade", "ignore"})}
    for turn in RESOLVED.situations.turns:
        kind = ENCOUNTER_KINDS[turn.kind]
        for one, other in itertools.combinations(turn.feasible, 2):
            if reading_noun(one, kind) == reading_noun(other, kind):
                assert frozenset({one, other}) in alike, (kind, one, other)


def test_an_act_nobody_has_put_into_words_is_told_by_its_name():
    assert act_phrase("play_{chess}_with", PRONOUN["client"]) == "did something to him (“play {chess} with”)"
    assert reading_noun("play_{chess}_with") == "“play {chess} with”"


def test_every_emotion_and_every_family_can_be_felt_by_everybody():
    for column in EMOTIONS:
        for emotion, whose, other in itertools.product(words_of(column, RESOLVED), EVERYBODY, EVERYBODY):
            text = emotion_phrase(emotion, whose, other)
            assert text
            assert not WRONG.search(text), text


@pytest.mark.parametrize("repertoire", ["five", "six", "seven"])
def test_every_frame_that_is_shipped_is_told_by_both_and_of_both_in_words_of_its_own(repertoire):
    frames = Resolved(load("ordinary", {"meaning.frames": repertoire})).frames
    assert set(frames.names) <= set(words("frames"))
    for name in frames.names:
        texts = [frame_noun(name, role, frames) for role in ROLES]
        texts += [role_noun(name, role, frames) for role in ROLES]
        assert len(set(texts)) == 4
        for text in texts:
            assert not WRONG.search(text), text


def test_a_frame_nobody_has_put_into_words_is_told_by_its_identities():
    odd = replace(RESOLVED.frames, names=("rescue", *RESOLVED.frames.names[1:]))
    assert role_noun("rescue", "keyworker", odd) == frame_noun("rescue", "client", odd) == "a friend and mentor"
    assert role_noun("rescue", "client", odd) == "a friend and companion"


@given(st.floats(0, 1))
def test_a_share_is_never_rounded_to_none_or_all_of_what_is_not(share):
    assert (percent(share) == "0\u00a0%") == (share == 0)
    assert (percent(share) == "100\u00a0%") == (share == 1)
