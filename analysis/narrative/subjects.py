"""What encounters are about, in words: which variant is asked for, how often it has been, and what is said of it.

A client asks for the same variant until the chain about a matter is over, and for the next one in the next chain. What
is said stands in ``words/matters.toml``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from twoway.analysis.matters import GRANTED, REFUSED, UNANSWERED_STATE, SubjectSeen, has_word
from twoway.analysis.narrative.words.grammar import Subject, words
from twoway.analysis.tables import DYAD
from twoway.simulation.matters import Matter
from twoway.simulation.parameters.scenario import Resolved

if TYPE_CHECKING:
    from twoway.analysis.narrative.interview import PhraseChoice

FIRST_PERSON = {"he is": "I am", "he has": "I have", "he": "I", "him": "me", "his": "my"}
WORDS = ("three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth")
DECIDED = {"refuse": REFUSED, "agree_with": GRANTED, "ignore": UNANSWERED_STATE}
"""Acts whose words say what has become of a request, and of what that is true."""
ASKING = ("request_something_from", "negotiate_with", "ask_about")
"""Acts whose words say what is asked for."""


def times_told(number: int) -> str:
    """How often something happened: once, twice, three times ... 13 times."""
    few = {1: "once", 2: "twice"} | {n: f"{word} times" for n, word in enumerate(WORDS, start=3)}
    return few.get(number, f"{number} times")


def ordinal(number: int) -> str:
    """The second, third ... one, as it follows "the": beyond the twelfth only "next"."""
    return ORDINALS[number - 2] if 2 <= number < len(ORDINALS) + 2 else "next"


def again(number: int) -> str:
    """That something is asked for once more, for the number-th time."""
    if number == 2:
        return "again"
    return f"for the {ordinal(number)} time" if number < len(ORDINALS) + 2 else "yet again"


def by_himself(text: str) -> str:
    """Words about the client as he says them himself.

    >>> by_himself("a visit from his brother")
    'a visit from my brother'
    """
    return re.sub(r"\b(he is|he has|he|him|his)\b", lambda found: FIRST_PERSON[found[0]], text)


def words_of_matter(matter: Matter, chain: int, dyad: tuple[int, ...], place: str, client: bool = False) -> Subject:
    """A matter in words.

    Parameters
    ----------
    matter
        The matter.
    chain
        Which chain about it, from 1.
    dyad
        (replicate, centre, number in the centre): decides the variant of what is asked for.
    place
        Table of words to look into, see ``Subject``.
    client
        Whether the client says it himself.
    """
    start = zlib.crc32("/".join([*map(str, dyad), matter.name]).encode()) // 7
    asks = matter.asks[(start + max(chain, 1) - 1) % len(matter.asks)]
    topic = str(words("matters")["topics"].get(matter.name, matter.noun))
    noun, asks, topic = (by_himself(text) if client else text for text in (matter.noun, asks, topic))
    return Subject(matter.name, noun, asks, topic, place)


ANYTHING = Subject("", "what he asked for", "something", "such things", "request")
"""What a request is about that is about none of the matters."""


def subject_of(event: Mapping[Any, Any], resolved: Resolved, place: str = "", client: bool = False) -> Subject | None:
    """What the encounter of an event is about, in words; None in a model without matters, and where nothing is said.

    Parameters
    ----------
    event
        Row of the events table; with its ``chain``, if it is one of ``with_chains``.
    resolved
        The scenario with its data files.
    place
        Table of words to look into; by default the kind of encounter.
    client
        Whether the client says it himself.
    """
    known = {matter.name: matter for matter in resolved.matters.matters}
    name, kind = event.get("matter"), event.get("encounter")
    if not has_word(name) or name not in known:
        return ANYTHING if known and kind == "request" else None
    where = place or (str(kind) if has_word(kind) else "request")
    dyad = tuple(int(event.get(column, 0)) for column in DYAD)
    return words_of_matter(known[str(name)], int(event.get("chain", 1)), dyad, where, client)


def subject_in_turn(event: Mapping[Any, Any], resolved: Resolved) -> Subject | None:
    """What an exchange is about, where a scene is told: named once, by whoever opens, and afterwards taken as known.

    Parameters
    ----------
    event
        Row of the events table, an exchange.
    resolved
        The scenario with its data files.
    """
    number = int(event.get("exchange", 0))
    if event["encounter"] == "request":
        return subject_of(event, resolved, ("request", "answer", "later")[min(number, 2)])
    return subject_of(event, resolved) if number == 0 else None


def subject_as_seen(
    seen: str, encounter: str, state: str, about: SubjectSeen | None, dyad: tuple[int, ...], client: bool
) -> Subject | None:
    """What an act as it was seen was about; an answer that was seen as another is told by its manner alone.

    Parameters
    ----------
    seen
        What the act was taken for.
    encounter
        Kind of the encounter.
    state
        What became of the matter by the act; empty if nothing.
    about
        The matter and the number of the chain; None in a model without matters, and where nothing is said.
    dyad
        (replicate, centre, number in the centre).
    client
        Whether the client says it himself.
    """
    if about is None:
        return None
    matter, chain = about
    if matter is None:
        return ANYTHING if encounter == "request" else None
    manner = encounter == "request" and seen in DECIDED and state != DECIDED[seen]
    return words_of_matter(matter, chain, dyad, "manner" if manner else encounter, client)


def matter_line(slot: str, said: dict[str, str], choice: PhraseChoice, **fill: str) -> str:
    """One thing that is said of a matter: the first line of a slot of ``words/matters.toml`` whose conditions all hold.

    Parameters
    ----------
    slot
        Table of the file.
    said
        What is the case, by the names of the conditions.
    choice
        Picks one of several ways of saying the same.
    fill
        Words for the placeholders.

    Returns
    -------
    A sentence; empty if nothing is to be said.
    """
    for entry in words("matters")[slot]:
        if all(said.get(name) == value for name, value in entry.items() if name != "say"):
            return choice.of(f"{slot}/{fill.get('When', '')}", entry["say"]).format(**fill)
    return ""


def yes_or_no(value: bool) -> str:
    """Whether something is the case, as the file of words has it."""
    return "yes" if value else "no"
