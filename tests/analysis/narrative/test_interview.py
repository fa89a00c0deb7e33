"""What is said in an interview is true of the account, differs with it, and is the right length."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.analysis.accounts import Account, Memory
from twoway.analysis.measures.coercion import HIGH
from twoway.analysis.narrative.interview import LONGEST, SHORTEST, cause, interview, levels
from twoway.analysis.narrative.words.grammar import words
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.parameters.scenario import Resolved, load
from twoway.simulation.situations import ENCOUNTER_KINDS
from twoway.simulation.tables import EMOTIONS, words_of

RESOLVED = Resolved(load("ordinary"))
FRAMES = RESOLVED.frames
BANK = words("interview")
SHARE = st.floats(0, 1)


def shares(count):
    """Some shares that sum to 1."""
    return st.lists(st.floats(0.001, 1), min_size=count, max_size=count).map(lambda w: [x / sum(w) for x in w])


@st.composite
def remembered(draw, bad, party):
    """Something remembered, good or bad; only a client remembers a former keyworker."""
    acts = [act for act, row in RESOLVED.lexicon.acts.items() if (row[0] < 0) == bad]
    act = draw(st.sampled_from(acts))
    return Memory(
        draw(st.integers(1, 180)),
        draw(st.sampled_from(ENCOUNTER_KINDS)),
        act,
        float(RESOLVED.lexicon.acts[act][0]),
        *draw(shares(3)),
        draw(st.sampled_from(words_of(EMOTIONS[1], RESOLVED))),
        party == "client" and draw(st.booleans()),
    )


@st.composite
def account(draw):
    """An account someone might give."""
    state = {
        "positivity": draw(st.floats(0, 3)),
        "negativity": draw(st.floats(0, 3)),
        "felt_coercion": draw(st.floats(0, 1)),
        "distance": draw(SHARE),
        "tension": draw(st.floats(0, 3)),
        "met": float(draw(st.integers(0, 400))),
    }
    state |= dict(zip(KINDS, draw(shares(3)), strict=True))
    state |= {f"{kind}_expected": share for kind, share in zip(KINDS, draw(shares(3)), strict=True)}
    party = draw(st.sampled_from(ROLES))
    bad = draw(st.lists(remembered(True, party), max_size=2))
    trouble = draw(shares(3)) if bad else [float("nan")] * 3
    state |= dict(zip(("trouble_role", "trouble_strain", "trouble_person"), trouble, strict=True))
    first, second = sorted(draw(shares(len(FRAMES.names)))[:2], reverse=True)
    leading, other = draw(st.permutations(FRAMES.names))[:2]
    state |= {"leading_share": first, "second_share": second}
    good = draw(st.lists(remembered(False, party), max_size=2))
    return Account(party, 90, state, leading, other, tuple(good), tuple(bad))


def said_of(text):
    """What a text says: for every piece of it that is a line of the bank, the slot and all lines it may be."""
    found = {}
    for slot, entries in BANK.items():
        for entry in entries:
            for way in entry["say"]:
                pattern = re.escape(way)
                pattern = re.sub(r"\\\{[Tt]he(y|m|ir)\\\}", "(she|her|he|him|his|She|He)", pattern)
                for match in re.finditer(re.sub(r"\\\{\w+\\\}", ".+?", pattern), text):
                    found.setdefault((slot, match[0]), []).append(entry)
    return [(slot, entries) for (slot, _), entries in found.items()]


def holds(slot, entry, account):
    """Whether a line of the bank is true of an account."""
    state = account.state
    for name, word in entry.items():
        if name == "party":
            if word != account.party:
                return False
        elif name in ("expected", "now"):
            suffix = "_expected" if name == "expected" else ""
            if state[f"{word}{suffix}"] != max(state[f"{kind}{suffix}"] for kind in KINDS):
                return False
        elif slot != "put_down" and name != "say" and not TRUE_OF[name, word](state):
            return False
    return True


TRUE_OF = {
    ("good", "little"): lambda s: s["positivity"] < 0.6,
    ("good", "some"): lambda s: 0.6 <= s["positivity"] < 1.0,
    ("good", "much"): lambda s: s["positivity"] >= 1.0,
    ("bad", "hardly"): lambda s: s["negativity"] < 0.1,
    ("bad", "some"): lambda s: 0.1 <= s["negativity"] <= 0.75,
    ("bad", "much"): lambda s: s["negativity"] > 0.75,
    ("coercion", "hardly"): lambda s: s["felt_coercion"] < HIGH / 4,
    ("coercion", "sometimes"): lambda s: HIGH / 4 <= s["felt_coercion"] < HIGH,
    ("coercion", "often"): lambda s: s["felt_coercion"] >= HIGH,
    ("distance", "none"): lambda s: s["distance"] < 0.1,
    ("distance", "some"): lambda s: 0.1 <= s["distance"] < 0.4,
    ("distance", "much"): lambda s: s["distance"] >= 0.4,
    ("tension", "settled"): lambda s: s["tension"] < 0.3,
    ("tension", "some"): lambda s: 0.3 <= s["tension"] < 0.5,
    ("tension", "unsettled"): lambda s: s["tension"] >= 0.5,
    ("certainty", "sure"): lambda s: s["leading_share"] >= 0.6,
    ("certainty", "torn"): lambda s: s["leading_share"] < 0.6 and s["leading_share"] - s["second_share"] < 0.2,
    ("certainty", "mostly"): lambda s: s["leading_share"] < 0.6 and s["leading_share"] - s["second_share"] >= 0.2,
    ("stress", "some"): lambda s: s["trouble_strain"] >= 0.2,
    ("early", "yes"): lambda s: s["met"] < 20,
    ("trouble", "none"): lambda s: s["trouble_role"] != s["trouble_role"],
    ("trouble", "role"): lambda s: s["trouble_role"] >= 0.6,
    ("trouble", "strain"): lambda s: s["trouble_strain"] >= 0.6,
    ("trouble", "person"): lambda s: s["trouble_person"] >= 0.6,
    ("trouble", "mixed"): lambda s: max(s["trouble_role"], s["trouble_strain"], s["trouble_person"]) < 0.6,
}
"""What each word of the bank must mean in numbers, written down a second time."""


@given(account(), st.integers(0, 10_000))
def test_no_sentence_contradicts_the_numbers(account, key):
    found = said_of(interview(account, FRAMES, str(key)))
    assert {"relation", "tone", "trouble", "force", "expectation"} <= {slot for slot, _ in found}
    for slot, entries in found:
        assert any(holds(slot, entry, account) for entry in entries), entries


@pytest.mark.slow
@settings(max_examples=300)
@given(account(), st.integers(0, 10_000))
def test_an_interview_has_eighty_to_a_hundred_and_fifty_words(account, key):
    assert SHORTEST <= len(interview(account, FRAMES, str(key)).split()) <= LONGEST


@given(account(), st.integers(0, 10_000))
def test_what_is_said_is_written_as_a_person_would_write_it(account, key):
    text = interview(account, FRAMES, str(key))
    assert not re.search(r"[{}_]|  | [,.;]|\.\.|\ba [aeiou]|\bI is\b|\bnan\b|\bNone\b", text), text
    assert re.fullmatch(r"(?:[A-Z][^.?!]*[.?!] ?)+", text.replace("“", "").replace("”", "")), text


@given(account(), account(), st.integers(0, 10_000))
def test_accounts_of_visibly_different_states_read_differently(one, other, key):
    shown = ["good", "bad", "trouble", "certainty"]
    if levels(one)["early"] == levels(other)["early"] == "no":  # before that nobody says what it has become
        shown.append("now")
    differ = [name for name in shown if levels(one)[name] != levels(other)[name]]
    if one.party == other.party and differ:
        assert interview(one, FRAMES, str(key)) != interview(other, FRAMES, str(key))


@given(account())
def test_the_same_account_is_told_in_the_same_words_again(account):
    assert interview(account, FRAMES, "7") == interview(account, FRAMES, "7")


def test_two_dyads_with_the_same_account_need_not_use_the_same_words():
    told = Account("client", 90, _plain(), "care", "custody", (), ())
    assert len({interview(told, FRAMES, str(key)) for key in range(20)}) > 10


def _plain(**changes):
    state = dict.fromkeys(("personal", "formal", "adversarial"), 0.3) | {"positivity": 1.2, "negativity": 0.05}
    state |= dict.fromkeys(("felt_coercion", "distance", "tension"), 0.0) | {"met": 40.0}
    state |= {"personal_expected": 0.6, "formal_expected": 0.3, "adversarial_expected": 0.1}
    state |= dict.fromkeys(("trouble_role", "trouble_strain", "trouble_person"), float("nan"))
    return state | {"leading_share": 0.5, "second_share": 0.2} | changes


def memory(act, **changes):
    good = float(RESOLVED.lexicon.acts[act][0])
    return Memory(40, "control", act, good, 0.0, 0.0, 1.0, "angry" if good < 0 else "warm", False)._replace(**changes)


def test_someone_in_conflict_names_what_was_done_and_what_was_felt():
    state = _plain(negativity=0.8, trouble_role=0.1, trouble_strain=0.1, trouble_person=0.8)
    text = interview(Account("client", 90, state, "custody", "care", (), (memory("search"),)), FRAMES)
    assert re.search(r"check on day 40\b.*she searched my room", text)
    assert "angry" in text
    assert re.search(r"her, not the rules|that was her|her own doing", text)


def test_what_is_put_down_to_the_rules_is_not_held_against_her():
    lenient = memory("search", role_share=0.9, person_share=0.1)
    state = _plain(negativity=0.8, trouble_role=0.9, trouble_strain=0.0, trouble_person=0.1)
    text = interview(Account("client", 90, state, "custody", "care", (), (lenient,)), FRAMES)
    assert re.search(r"Those are the rules|I know that she has to|comes with the place", text)


def test_a_client_says_so_when_it_was_the_keyworker_before():
    text = interview(Account("client", 90, _plain(), "care", "custody", (memory("help", former=True),), ()), FRAMES)
    assert "the keyworker I had before" in text


def test_who_has_hardly_met_the_other_says_so_first():
    text = interview(Account("keyworker", 2, _plain(met=1.0), "care", "custody", (), ()), FRAMES)
    assert re.match(r"We have hardly had anything|So far we have hardly met", text)


@pytest.mark.parametrize("slot", sorted(BANK))
def test_no_way_of_saying_stands_for_two_things(slot):
    said = {}
    for entry in BANK[slot]:
        for way in entry["say"]:
            said.setdefault((way, entry.get("party")), []).append({k: v for k, v in entry.items() if k != "say"})
    for meanings in said.values():
        assert all(meaning.get(name) in (None, word) for meaning in meanings for name, word in meanings[0].items()
                   if name in (slot, "certainty", "good", "bad", "trouble", "coercion"))  # fmt: skip


@given(shares(3))
def test_one_cause_is_named_only_if_it_outweighs_the_others_together(three):
    named = cause(*three)
    assert (named == "mixed") == (max(three) < 0.6)
    if named != "mixed":
        assert three[("role", "strain", "person").index(named)] == max(three)
