"""How encounters and evenings are told: grammar for everything that can happen, and nothing that did not."""

import itertools
import re

import pytest

from twoway.analysis.narrative.interview import PhraseChoice
from twoway.analysis.narrative.sentences import (
    CLEARLY,
    evening,
    exchange,
    misread,
    occasion,
    put_down,
    read_differently,
    reading,
    scene,
)
from twoway.analysis.narrative.words.grammar import OTHER
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.events import EVENTS
from twoway.simulation.parameters.scenario import Resolved, load
from twoway.simulation.situations import ENCOUNTER_KINDS
from twoway.simulation.tables import EMOTIONS, words_of

RESOLVED = Resolved(load("ordinary"))
MANNERED = Resolved(load("ordinary", {"meaning.situations": "residential"}))
"""Situations in which how a deed is done is the person's own."""
SOURCES = {"role": (0.9, 0.0, 0.1), "strain": (0.1, 0.8, 0.1), "person": (0.1, 0.1, 0.8), "both": (0.5, 0.0, 0.5)}
SENTENCES = re.compile(r"(?:[A-Z][^.?!]*[.?!](?: |$))+")
WRONG = re.compile(r"[{}_]|  | [,.]|\.\.|\ba [aeiou]|\b(\w+) \1\b|\bnan\b")


def event(actor="keyworker", act="search", seen=None, encounter="control", shares="role", emotion="neutral", **more):
    """A row of the events table about an exchange."""
    role, strain, person = SOURCES[shares]
    row = {"day": 12, "event": "exchange", "actor": actor, "act": act, "seen": seen or act, "encounter": encounter}
    row |= {"role_share": role, "strain_share": strain, "person_share": person, "emotion_named": emotion, "bent": 0}
    return row | {"exchange": 0} | more


def told(**what):
    return exchange(event(**what), RESOLVED, PhraseChoice("a"))


def test_grammar_holds_for_every_act_however_it_is_seen_in_every_turn():
    for turn in RESOLVED.situations.turns:
        kind, actor = ENCOUNTER_KINDS[turn.kind], ROLES[turn.role]
        for number, (act, seen) in enumerate(itertools.product(turn.feasible, turn.feasible)):
            shares = list(SOURCES)[number % len(SOURCES)]
            row = event(actor, act, seen, kind, shares, "angry" if number % 3 else "neutral", bent=number % 2)
            for by_name in (True, False):
                text = exchange(row, RESOLVED, PhraseChoice(str(number)), by_name)
                assert SENTENCES.fullmatch(text), text
                assert not WRONG.search(text), text


@pytest.mark.parametrize("actor", ROLES)
def test_grammar_holds_for_every_emotion_and_every_attribution(actor):
    for column, shares in itertools.product(EMOTIONS, SOURCES):
        for emotion in words_of(column, RESOLVED):
            text = told(actor=actor, act="ignore", encounter="everyday", shares=shares, emotion=emotion)
            assert SENTENCES.fullmatch(text), text
            assert not WRONG.search(text), text


@pytest.mark.parametrize("actor", ROLES)
def test_who_acts_is_never_told_as_the_one_to_whom_it_is_done(actor):
    wrong = {
        "keyworker": r"^The keyworker [^.]*\b(her|the keyworker)\b",
        "client": r"^The client [^.]*\b(him|the client)\b",
    }
    for turn in RESOLVED.situations.turns:
        if ROLES[turn.role] == actor:
            for act in turn.feasible:
                text = told(actor=actor, act=act, encounter=ENCOUNTER_KINDS[turn.kind])
                assert not re.search(wrong[actor], text.split(". ")[0]), text


@pytest.mark.parametrize("seen", MANNERED.situations.manners)
@pytest.mark.parametrize("done", MANNERED.situations.manners)
def test_the_manner_of_a_deed_is_told_and_how_it_was_taken_where_that_was_clearly_otherwise(done, seen):
    row = event(act="search", shares="person", emotion="angry", manner=done, manner_seen=seen)
    shifts = [MANNERED.situations.manners[name][0] for name in (done, seen)]
    assert misread(row, MANNERED) == pytest.approx(shifts[1] - shifts[0])
    text = exchange(row, MANNERED, PhraseChoice("a"))
    assert SENTENCES.fullmatch(text), text
    first, then = text.split(". ", 1)
    assert (done in first) == (done != "by the book"), "what is done by the book is told as it is"
    assert (f"took it as done {seen}" in then) == (abs(shifts[1] - shifts[0]) >= CLEARLY)


def test_an_explanation_that_is_heard_as_an_order_is_told_as_that():
    text = told(act="explain_something_to", seen="order", shares="person", emotion="humiliated")
    assert text.startswith("The keyworker explained to the client why there are checks. He ")
    assert "an order" in text
    assert "put it down to her" in text
    assert text.endswith("and felt humiliated.")


def test_acts_of_much_the_same_tone_are_not_told_apart():
    text = told(act="inform", seen="explain_something_to", shares="person", encounter="everyday")
    assert re.fullmatch(
        r"The keyworker told the client how things stood. He (took it as coming from|put it down to) her\.", text
    )


@pytest.mark.parametrize(("act", "seen", "sign"), [("help", "insult", -1), ("insult", "help", 1), ("help", "help", 0)])
def test_a_misreading_has_a_direction(act, seen, sign):
    better = misread(event(act=act, seen=seen), RESOLVED)
    assert (better > CLEARLY) == (sign > 0)
    assert (better < -CLEARLY) == (sign < 0)


@pytest.mark.parametrize("actor", ROLES)
def test_what_is_put_down_to_both_is_told_as_both(actor):
    text = put_down(event(actor=actor, shares="both"), OTHER[actor])
    assert text.startswith("partly to ")
    assert " and partly to " in text


def test_what_left_nothing_and_came_with_the_role_is_told_in_few_words():
    text = reading(event(), RESOLVED, PhraseChoice("a"))
    assert "felt" not in text
    assert len(text.split()) < 14


def test_a_rule_that_was_bent_is_told_as_bent():
    assert told(act="excuse", bent=1).startswith("Not going by the book, the keyworker")
    assert told(act="excuse", bent=0).startswith("The keyworker")
    assert told(act="search", bent=1).startswith("The keyworker searched"), "that is by the book, whatever it came from"


def test_an_act_taken_for_another_is_told_as_that_if_it_left_something_though_it_felt_no_better():
    praised = told(act="chat_with", seen="praise", encounter="everyday", shares="person", emotion="happy")
    assert "He took it for praise" in praised
    informed = told(act="answer", seen="inform", encounter="everyday", shares="person", emotion="neutral")
    assert "took it for" not in informed


def test_a_deed_done_in_one_manner_and_taken_for_another_is_not_said_to_be_seen_as_itself():
    row = event(act="search", manner="considerately", manner_seen="brusquely")
    assert read_differently(row, MANNERED) == (
        "The keyworker meant a search done considerately; the client saw one done brusquely."
    )


def test_an_act_over_which_a_grievance_opens_is_never_told_as_nothing():
    for shares in SOURCES:
        text = told(shares=shares, hurts=True)
        assert text.endswith("could not put it behind him.")
        assert "no more of it" not in text


def test_a_scene_names_both_once_and_then_speaks_of_him_and_her():
    rows = [event(), event("client", "complain_to", exchange=1)]
    text = scene(rows, RESOLVED, PhraseChoice("a"))
    assert text.startswith("A check. The keyworker searched the client's room.")
    assert text.count("The keyworker") == text.count("the client") == 1
    assert " He complained to her. " in text


@pytest.mark.parametrize("actor", ROLES)
@pytest.mark.parametrize("name", [name for name in EVENTS if name not in ("exchange", "handling")])
def test_whatever_happens_in_an_evening_can_be_told(name, actor):
    text = evening({"event": name, "actor": actor})
    assert SENTENCES.fullmatch(text)
    assert not WRONG.search(text)


def test_when_anything_happened_can_be_told():
    for told in map(occasion, {*ENCOUNTER_KINDS, *EVENTS} - {"exchange"}):
        assert SENTENCES.fullmatch(f"Their stories part on day 9, {told}: another act.")


@pytest.mark.parametrize("actor", ROLES)
@pytest.mark.parametrize("way", COPING_WAYS)
def test_every_way_of_handling_tension_can_be_told(way, actor):
    text = evening({"event": "handling", "actor": actor, "way": way})
    assert text.startswith("He " if actor == "client" else "She ")
    assert not WRONG.search(text)
