"""What encounters are about, in words."""

import re

import pytest

from twoway.analysis.narrative.interview import PhraseChoice
from twoway.analysis.narrative.sentences import evening, exchange, scene
from twoway.analysis.narrative.subjects import (
    again,
    by_himself,
    matter_line,
    subject_as_seen,
    words_of_matter,
)
from twoway.analysis.narrative.words.grammar import I_MYSELF, NOUN, PRONOUN, act_phrase, words
from twoway.simulation.matters import Matter
from twoway.simulation.parameters.scenario import Resolved, load
from twoway.simulation.situations import ENCOUNTER_KINDS

RESOLVED = Resolved(load("ordinary", {"meaning.matters": "residential"}))
MATTERS = {matter.name: matter for matter in RESOLVED.matters.matters}
OWN = Matter("dog", "request", noun="the dog", asks=("the dog",))
WRONG = re.compile(r"[{}_]|  | [,.]|\.\.|\ba [aeio]|\b(\w+) \1\b|\bnan\b|[Tt]he the")
FEASIBLE = {(ENCOUNTER_KINDS[turn.kind], turn.role, act) for turn in RESOLVED.situations.turns for act in turn.feasible}


def event(actor="client", act="request_something_from", number=0, encounter="request", matter="leave", **more):
    """A row of the events table about a matter."""
    row = {"day": 34, "event": "exchange", "actor": actor, "act": act, "seen": act, "encounter": encounter, "bent": 0}
    row |= {"role_share": 0.9, "strain_share": 0.0, "person_share": 0.1, "emotion_named": "neutral"}
    row |= {"exchange": number, "matter": matter, "matter_state": float("nan"), "explained": -1.0}
    return row | {"chain": 1, "times": 1, "open": False} | more


def told(**what):
    return exchange(event(**what), RESOLVED, PhraseChoice("a"))


@pytest.mark.parametrize("place", ["", "answer", "later", "manner"])
@pytest.mark.parametrize("matter", [*MATTERS.values(), OWN], ids=lambda matter: matter.name)
def test_grammar_holds_for_every_act_about_every_matter(matter, place):
    for kind, role, act in sorted(FEASIBLE):
        if kind == matter.raised_in and (not place or kind == "request"):
            for chain in (1, 2, 3):
                for them in (NOUN, PRONOUN):
                    about = words_of_matter(matter, chain, (0, 0, 1), place or kind)
                    text = f"She {act_phrase(act, them['client' if role else 'keyworker'], kind, about=about)}."
                    assert not WRONG.search(text), text
                about = words_of_matter(matter, chain, (0, 0, 1), place or kind, client=bool(role))
                text = f"She {act_phrase(act, I_MYSELF, kind, about=about)}."
                assert not WRONG.search(text), text
                assert not re.search(r"\b(while|until|when) (me|him|her)\b", text), text


@pytest.mark.parametrize(
    ("text", "own"),
    [("a visit from his brother", "a visit from my brother"), ("why he is here", "why I am here"), ("this", "this")],
)
def test_a_client_speaks_of_what_is_his_as_mine(text, own):
    assert by_himself(text) == own


def test_the_same_is_asked_for_in_a_chain_and_something_else_in_the_next():
    leave = MATTERS["leave"]
    first, second = (words_of_matter(leave, chain, (0, 1, 2), "request").asks for chain in (1, 2))
    assert words_of_matter(leave, 1, (0, 1, 2), "answer").asks == first
    assert first != second
    assert {first, second} <= set(leave.asks)


@pytest.mark.parametrize(("times", "text"), [(2, "again"), (3, "for the third time"), (12, "for the twelfth time")])
def test_asking_once_more_is_told_as_that(times, text):
    assert again(times) == text
    assert f", {text}. " in told(times=times)
    assert "again" not in told(times=1)


def test_a_refusal_says_whether_it_was_explained():
    for explained, pattern in ((1.0, "told why|reason|paragraph"), (0.0, "Nobody told|did not say why|no reason")):
        row = {"actor": "keyworker", "act": "refuse", "number": 1, "matter_state": "refused", "explained": explained}
        assert re.search(pattern, told(**row))


def test_who_has_been_explained_the_rules_in_vain_is_not_said_to_have_been_told_nothing():
    row = {"actor": "keyworker", "act": "explain_something_to", "number": 1, "explained": 0.0}
    text = told(**row, matter_state="pending")
    assert "nobody told him" not in text
    assert re.search("none the wiser|did not see why", text)


def test_what_was_open_before_stays_open():
    row = {"actor": "keyworker", "act": "inform", "number": 1, "matter_state": "pending", "explained": 1.0}
    assert re.search("stayed open|this time either", told(**row, open=True))
    assert not re.search("stayed open|this time either", told(**row))


def test_a_urine_test_is_not_told_as_a_search_of_the_room():
    rows = [event("keyworker", "search", 0, "control", "urine_test", explained=1.0)]
    text = scene(rows, RESOLVED, PhraseChoice("a"))
    assert text.startswith("A check: a urine test. The keyworker searched the client before a urine test.")


def test_an_act_that_only_looked_like_a_refusal_is_not_told_as_one():
    about = MATTERS["leave"], 1
    for state, turned_down in (("refused", True), ("pending", False), ("granted", False)):
        subject = subject_as_seen("refuse", "request", state, about, (0, 0, 0), True)
        assert ("turned down" in act_phrase("refuse", I_MYSELF, "request", about=subject)) == turned_down


@pytest.mark.parametrize("kind", ["matter_settled", "left_unanswered", "leave_begins", "leave_ends"])
@pytest.mark.parametrize("state", ["granted", "refused", "unanswered", "under_way", "kept", "late", "failed"])
def test_an_event_about_a_matter_is_told_in_its_words(kind, state):
    row = event(event=kind, encounter=float("nan"), matter_state=state)
    text = evening(row, RESOLVED)
    if text:
        assert not WRONG.search(text)
        assert re.search("leave", text)


@pytest.mark.parametrize("slot", ["outcome", "step", "event", "said", "stands", "place", "why"])
def test_no_line_is_hidden_behind_one_that_asks_for_less(slot):
    seen = []
    for entry in words("matters")[slot]:
        conditions = {name: value for name, value in entry.items() if name != "say"}
        assert not any(earlier.items() <= conditions.items() for earlier in seen), conditions
        seen.append(conditions)


def test_nothing_is_said_where_no_line_fits():
    assert matter_line("said", {"party": "client", "state": "none"}, PhraseChoice("a")) == ""
