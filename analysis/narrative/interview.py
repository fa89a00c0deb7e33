"""The interview: an account as the party would give it, in the first person, from its own state alone.

What can be said, and when it is true, stands in ``words/interview.toml``. Every line there names the levels of the
account for which it holds, so that no sentence can contradict the numbers; which of several ways of saying the same is
used depends on whose interview it is, and is the same every time.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from twoway.analysis.accounts import Account, Memory
from twoway.analysis.matters import PAST, PENDING, Grieved, KnownMatter
from twoway.analysis.measures.coercion import HIGH
from twoway.analysis.narrative.subjects import (
    matter_line,
    subject_as_seen,
    times_told,
    words_of_matter,
    yes_or_no,
)
from twoway.analysis.narrative.words.grammar import (
    I_MYSELF,
    OTHER,
    PRONOUN,
    PersonWords,
    act_phrase,
    capitalised,
    emotion_phrase,
    frame_noun,
    words,
)
from twoway.analysis.patterns import THRESHOLDS
from twoway.simulation.affect_control.frames import KINDS, Frames
from twoway.simulation.affect_control.lexicon import NEUTRAL

SHORTEST, LONGEST = 80, 150
"""Words of an interview, but for what is said of requests, of what stands between the two, and of where he is."""
BESIDES = 70
"""Words of all that at most."""
MATTERS_TOLD = 2
"""Matters of which someone speaks at most."""


class WordLevel(NamedTuple):
    """A word for a number: it holds from *low* up to, but not at, *high*."""

    word: str
    low: float
    high: float


NOTHING, ANYTHING = float("-inf"), float("inf")
BARELY_MORE = 1e-12
"""The rule has conflict above its threshold, not at it."""
LEVELS: dict[str, tuple[str, tuple[WordLevel, ...]]] = {
    "good": (
        "positivity",
        (
            WordLevel("little", NOTHING, 0.6),
            WordLevel("some", 0.6, THRESHOLDS.positivity),
            WordLevel("much", THRESHOLDS.positivity, ANYTHING),
        ),
    ),
    "bad": (
        "negativity",
        (
            WordLevel("hardly", NOTHING, 0.1),
            WordLevel("some", 0.1, THRESHOLDS.negativity + BARELY_MORE),
            WordLevel("much", THRESHOLDS.negativity + BARELY_MORE, ANYTHING),
        ),
    ),
    "coercion": (
        "felt_coercion",
        (
            WordLevel("hardly", NOTHING, HIGH / 4),
            WordLevel("sometimes", HIGH / 4, HIGH),
            WordLevel("often", HIGH, ANYTHING),
        ),
    ),
    "distance": (
        "distance",
        (WordLevel("none", NOTHING, 0.1), WordLevel("some", 0.1, 0.4), WordLevel("much", 0.4, ANYTHING)),
    ),
    "tension": (
        "tension",
        (WordLevel("settled", NOTHING, 0.3), WordLevel("some", 0.3, 0.5), WordLevel("unsettled", 0.5, ANYTHING)),
    ),
}
"""Words for numbers: which number of the account, and from where to where each word holds.

Much good and much bad are what the pattern rule calls so, and often forced is whose felt coercion counts as high; the
other bounds are assumed, and only decide what is said.
"""
SURE, TORN = 0.6, 0.2
"""Share of the leading frame from which someone is sure; lead over the second below which someone is torn (assumed)."""
MOSTLY = 0.6
"""Share from which one cause is named alone (assumed)."""
STRESS = 0.2
"""Share of strain from which it is named among several causes (assumed)."""
EARLY = 20
"""Acts read below which it is too early to say how things are (assumed)."""
SOME_MET = 6
"""Acts read below which someone says that there has hardly been anything yet (assumed)."""


def cause(role: float, strain: float, person: float) -> str:
    """What an act, or trouble on the whole, is put down to: "role", "strain" or "person", or "mixed".

    Parameters
    ----------
    role, strain, person
        Shares of the three sources in the explanation, which sum to 1.

    Examples
    --------
    >>> cause(0.7, 0.1, 0.2), cause(0.5, 0.0, 0.5)
    ('role', 'mixed')
    """
    shares = {"role": role, "strain": strain, "person": person}
    first = max(shares, key=lambda name: shares[name])
    return first if shares[first] >= MOSTLY else "mixed"


def levels(account: Account) -> dict[str, str]:
    """The account in the words that decide what can be said."""
    state = account.state
    said = {
        name: next(level.word for level in bounds if level.low <= state[number] < level.high)
        for name, (number, bounds) in LEVELS.items()
    }
    lead = state["leading_share"] - state["second_share"]
    certainty = "sure" if state["leading_share"] >= SURE else "torn" if lead < TORN else "mostly"
    trouble = [state[f"trouble_{name}"] for name in ("role", "strain", "person")]
    said |= {
        "party": account.party,
        "certainty": certainty,
        "trouble": "none" if trouble[0] != trouble[0] else cause(*trouble),
        "stress": "some" if trouble[1] >= STRESS else "none",
        "early": "yes" if state["met"] < EARLY else "no",
        "expected": max(KINDS, key=lambda kind: state[f"{kind}_expected"]),
        "now": max(KINDS, key=lambda kind: state[kind]),
    }
    return said


class PhraseChoice:
    """Picks one of several ways of saying the same, by whose text it is; the same every time.

    What has been said once in a text is not said again while there is another way.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.used: set[str] = set()

    def of(self, slot: str, options: list[str]) -> str:
        """One of several ways of saying the same.

        Parameters
        ----------
        slot
            Name of what is to be said: another slot makes another choice.
        options
            The ways of saying it, at least one.
        """
        start = zlib.crc32(f"{slot}/{self.key}".encode()) // 7 % len(options)
        turned = [*options[start:], *options[:start]]
        picked = next((option for option in turned if option not in self.used), turned[0])
        self.used.add(picked)
        return picked


def _line(slot: str, said: dict[str, str], choice: PhraseChoice, **fill: str) -> str:
    """One thing that is said: of the lines of a *slot* the first whose conditions all hold."""
    for entry in words("interview")[slot]:
        if all(said.get(name) == value for name, value in entry.items() if name != "say"):
            return choice.of(slot, entry["say"]).format(**fill)
    raise LookupError(f"nothing is to be said about {slot} by {said}")


def _forms(other: PersonWords) -> dict[str, str]:
    return {
        "they": other.subject,
        "them": other.object,
        "their": other.possessive,
        "They": capitalised(other.subject),
    }


def _when(memory: Memory) -> tuple[str, str]:
    where = {"control": "the check on ", "planned": "our talk on ", "repair": "our talk on "}.get(memory.encounter, "")
    begin = {"control": "At the check on ", "planned": "In our talk on ", "repair": "In our talk on "}
    return f"{where}day {memory.day}", f"{begin.get(memory.encounter, 'On ')}day {memory.day}"


def _done(event: Memory | Grieved, account: Account) -> str:
    """What the other did to me, as I saw it."""
    client = account.party == "client"
    about = subject_as_seen(event.seen, event.encounter, event.state, event.about, account.dyad, client)
    return act_phrase(event.seen, I_MYSELF, event.encounter, matter=event.day, about=about)


def _remembered(
    memory: Memory, first: bool, said: dict[str, str], choice: PhraseChoice, account: Account, other: PersonWords
) -> str:
    """One memory: what the other did as it was seen, what it left (told of the first), and to what it is put down."""
    sort, forms = "bad" if memory.felt < 0 else "good", _forms(other)
    did = _done(memory, account)
    when, begin = _when(memory)
    if memory.former:
        return _line("remember_former", said, choice, when=when, did=did)
    why = {**said, "sort": sort, "cause": cause(memory.role_share, memory.strain_share, memory.person_share)}
    parts = [_line(f"remember_{sort}", said, choice, when=when, When=begin, did=did, **forms)]
    if first and memory.emotion != NEUTRAL:
        parts.append(_line("felt", said, choice, felt=emotion_phrase(memory.emotion, I_MYSELF, other)))
    parts.append(_line("put_down", why, choice, **forms))
    return " ".join(parts)


def _told(account: Account, bad: str) -> Iterable[Memory]:
    """Which memories are told, most telling first: the good and the bad in proportion to what is felt."""
    order = {"hardly": (*account.good, *account.bad), "some": (*account.good[:1], *account.bad), "much": account.bad}
    told = [*order[bad], *account.good] if bad == "much" else list(order[bad])
    if bad == "much" and account.good:
        told = [*account.bad[:1], account.good[0], *account.bad[1:]]
    former = [memory for memory in told if memory.former][1:]
    return [memory for memory in told if memory not in former][:2]


def interview(account: Account, frames: Frames, key: str = "") -> str:
    """What the party tells an interviewer, in the first person: 80 to 150 words.

    Parameters
    ----------
    account
        The party's account of a day.
    frames
        Repertoire of frames.
    key
        Whose interview it is, such as "0/1/3" for a dyad: it decides between ways of saying the same, nothing else.
    """
    said = levels(account)
    choice = PhraseChoice(f"{key}/{account.party}/{account.day}")
    other = PRONOUN[OTHER[account.party]]
    forms = _forms(other)
    fill: dict[str, Any] = {
        **forms,
        "leading": frame_noun(account.leading, account.party, frames),
        "second": frame_noun(account.second, account.party, frames),
    }

    def say(slot: str) -> str:
        return _line(slot, said, choice, **fill)

    opening = [say("new")] if account.state["met"] < SOME_MET else []
    opening += [say("relation"), say("tone")]
    told = list(_told(account, said["bad"]))
    remembered = [_remembered(memory, memory is told[0], said, choice, account, other) for memory in told]
    must = [say("trouble"), say("force"), say("expectation")]
    ending = [say("tension"), say("more"), say("more")]
    text = [*opening, *remembered[:1], *must]
    if len(remembered) > 1 and _length([*text, remembered[1]]) <= LONGEST:
        text.insert(len(opening) + 1, remembered[1])
    besides = _besides(account, choice, [memory for memory, line in zip(told, remembered, strict=True) if line in text])
    open_still = account.grievance is not None or any(m.chain.steps[-1].state == PENDING for m in account.matters)
    apart = account.whereabouts is not None and account.whereabouts.place not in PAST
    if apart or (open_still and said["tension"] == "settled"):
        ending = ending[1:]  # who is not there, who waits, or holds something against the other, is not at peace now
    for sentence in ending:
        if _length(text) < SHORTEST or (sentence is ending[0] and _length([*text, sentence]) <= LONGEST):
            text.append(sentence)
    at = len(opening) + sum(line in text for line in remembered)
    return " ".join([*text[:at], *besides, *text[at:]])


def _besides(account: Account, choice: PhraseChoice, told: list[Memory]) -> list[str]:
    """What someone says of what stands between the two, of requests, and of where he is, after what was *told*."""
    party, found = account.party, []
    if account.grievance is not None:
        stands = account.grievance
        same = any((memory.day, memory.seen) == (stands.day, stands.seen) for memory in told)
        said = {"told": yes_or_no(same), "former": yes_or_no(stands.former)}
        they = PRONOUN[OTHER[party]].subject
        found.append(matter_line("stands", said, choice, day=str(stands.day), they=they, did=_done(stands, account)))
    where = account.whereabouts
    last: list[str] = []
    if where is not None:
        last.append(matter_line("place", {"party": party, "place": where.place}, choice, day=str(where.day)))
    for sentence in [_of_matter(known, account, choice) for known in account.matters[:MATTERS_TOLD]]:
        if sentence and _length([*found, *last, sentence]) <= BESIDES:
            found.append(sentence)
    return [*found, *last]


def _of_matter(known: KnownMatter, account: Account, choice: PhraseChoice) -> str:
    """What someone says of what was asked for, and what came of it; empty if there is nothing to say."""
    chain, party = known.chain, account.party
    state, since, matter = chain.steps[-1].state, chain.since, chain.matter
    about = words_of_matter(matter, chain.number, account.dyad, "", party == "client")
    said = {
        "party": party,
        "state": state,
        "explained": yes_or_no(since.explained),
        "often": yes_or_no(len(chain.asked) > 1),
        "late": yes_or_no(since.day != chain.asked[-1]),
        "former": yes_or_no(known.former),
        "coming": yes_or_no(matter.lasts[1] > 0 or account.day - since.day < matter.takes_effect),
    }
    fill = {"asks": about.asks, "noun": about.noun, "first": str(chain.asked[0]), "day": str(since.day)}
    return matter_line("said", said, choice, **fill, times=times_told(len(chain.asked)))


def _length(sentences: list[str]) -> int:
    return len(" ".join(sentences).split())
