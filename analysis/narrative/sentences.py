"""Telling: what happened between the two, as someone would tell it who has seen into both.

``scene`` tells one encounter exchange by exchange: who did what, what the other took it for, put it down to and felt.
``evening`` tells what someone did about tension, and what became of it. Names and numbers come from the events table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twoway.analysis.matters import STEPS, has_word
from twoway.analysis.narrative.interview import PhraseChoice, cause
from twoway.analysis.narrative.subjects import (
    ASKING,
    again,
    matter_line,
    ordinal,
    subject_in_turn,
    subject_of,
    yes_or_no,
)
from twoway.analysis.narrative.words.grammar import (
    NOUN,
    OTHER,
    PRONOUN,
    act_phrase,
    capitalised,
    emotion_phrase,
    reading_noun,
)
from twoway.analysis.tables import evaluation_of_deed
from twoway.simulation.action_tables import PLAIN
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.affect_control.lexicon import NEUTRAL
from twoway.simulation.coping import COPING_WAYS
from twoway.simulation.events import EVENTS
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.situations import ENCOUNTER_KINDS, position_of

Event = Mapping[Any, Any]
"""One row of the events table, as a dictionary."""
CLEARLY = 1.0
"""EPA units by which an act must have been seen as better or worse than it was for the telling to say so (assumed)."""
ALSO = 0.2
"""Share from which a second cause is named besides the first (assumed)."""
ENCOUNTERS = {
    "everyday": ("an everyday meeting", "everyday meetings"),
    "control": ("a check", "checks"),
    "request": ("a request", "requests"),
    "planned": ("a planned talk", "planned talks"),
    "repair": ("a talk to clear the air", "talks to clear the air"),
}
"""How the kinds of encounter are told: one, several."""
CAUSES = {
    "client": {"role": "her job", "strain": "the pressure she was under", "person": "her"},
    "keyworker": {"role": "the situation", "strain": "the state he was in", "person": "him"},
}
"""What each party may put the other's acts down to."""
BY_THE_RULES = ("control", "request")
"""Encounters in which a keyworker's role is to apply rules."""


def _causes(event: Event, party: str) -> dict[str, str]:
    """What the reader of an act may put it down to: a keyworker's role is the rules where they decide, else her job."""
    rules = party == "client" and event["encounter"] in BY_THE_RULES
    return CAUSES[party] | ({"role": "the rules"} if rules else {})


def misread(event: Event, resolved: Resolved) -> float:
    """How much better (plus) or worse (minus) an act was seen than it was done, EPA units of evaluation.

    How it was done counts as well as what.

    Parameters
    ----------
    event
        Row of the events table, an exchange.
    resolved
        The scenario with its data files.
    """
    return evaluation_of_deed(event, "seen", resolved) - evaluation_of_deed(event, "act", resolved)


def put_down(event: Event, party: str) -> str:
    """To what the reader put the act down, as it follows "put it down": most, and what else counted.

    Parameters
    ----------
    event
        Row of the events table, an exchange.
    party
        Reader of the act: "client" or "keyworker".
    """
    shares = {"role": event["role_share"], "strain": event["strain_share"], "person": event["person_share"]}
    first, second = sorted(shares, key=lambda name: -shares[name])[:2]
    told = _causes(event, party)
    if cause(*shares.values()) == "mixed":
        return f"partly to {told[first]} and partly to {told[second]}"
    return f"to {told[first]} more than to {told[second]}" if shares[second] >= ALSO else f"to {told[first]}"


WORSE = {False: ["took it like {0}", "felt it to be no better than {0}"], True: ["saw no more than {0} in it"]}
BETTER = {True: ["took it almost for {0}", "felt something like {0} in it"], False: ["took it for no worse than {0}"]}
"""How an act is taken that is seen as worse or better than it was, by whether what was seen is good."""
IN_ROLE = {
    "rules": ["To him that was the rules.", "He put it down to the rules and thought no more of it."],
    "client": [
        "To him that was part of her job.",
        "He thought that she would do so with anyone.",
        "He took it as what a keyworker does.",
    ],
    "keyworker": [
        "She thought that anyone in his place would do the same.",
        "She put it down to the situation and thought no more of it.",
        "She took it as a matter of course.",
    ],
}
"""What is told of an act that was read as meant, put down to the role alone, and left nothing."""


TO_THE_PERSON = ["took it as coming from {0}", "put it down to {0}"]
"""How an act is taken that is put down to the person."""


def _as_meant(event: Event, party: str, choice: PhraseChoice) -> str:
    """To what an act is put down that was seen for about what it was, as it follows he or she."""
    shares = {"role": event["role_share"], "strain": event["strain_share"], "person": event["person_share"]}
    told, why = _causes(event, party), cause(*shares.values())
    first, second = (told[name] for name in sorted(shares, key=lambda name: -shares[name])[:2])
    if why == "mixed":
        return f"thought it partly {first}, partly {second}"
    return {
        "role": f"put it down to {told['role']}",
        "strain": f"thought it was {told['strain']}",
        "person": choice.of("person", TO_THE_PERSON).format(told["person"]),
    }[why]


def _taken(event: Event, better: float, resolved: Resolved, choice: PhraseChoice) -> str:
    """For what an act was taken that was clearly seen as *better*, or worse, than it was; it follows he or she."""
    if event["seen"] == event["act"]:
        return f"took it as done {event['manner_seen']}"
    good = evaluation_of_deed(event, "seen", resolved) >= 0
    ways = choice.of("better", BETTER[good]) if better > 0 else choice.of("worse", WORSE[good])
    return ways.format(reading_noun(event["seen"], event["encounter"]))


def reading(event: Event, resolved: Resolved, choice: PhraseChoice) -> str:
    """How the other read an act, as a sentence: what it was taken for, put down to, and what was felt.

    What was seen is told where it was clearly worse or better than what was done, or left something.

    Parameters
    ----------
    event
        Row of the events table, an exchange.
    resolved
        The scenario with its data files.
    choice
        Picks one of several ways of saying the same.
    """
    party = OTHER[event["actor"]]
    reader, actor = PRONOUN[party], PRONOUN[event["actor"]]
    better, unmoved = misread(event, resolved), event["emotion_named"] == NEUTRAL
    moved = not unmoved or bool(event.get("hurts"))
    if abs(better) < CLEARLY and event["seen"] != event["act"] and moved:
        seen = reading_noun(event["seen"], event["encounter"])
        parts = [f"took it for {seen}", f"put it down {put_down(event, party)}"]
    elif abs(better) < CLEARLY:
        if not moved and put_down(event, party) == f"to {_causes(event, party)['role']}":
            rules = _causes(event, party)["role"] == "the rules"
            return choice.of("role", IN_ROLE["rules" if rules else party])
        parts = [_as_meant(event, party, choice)]
    else:
        parts = [_taken(event, better, resolved, choice), f"put it down {put_down(event, party)}"]
    if event.get("hurts"):
        parts.append(f"could not put it behind {reader.object}")
    elif not unmoved:
        parts.append(f"felt {emotion_phrase(event['emotion_named'], reader, actor)}")
    told = f"{', '.join(parts[:-1])}{',' if len(parts) > 2 else ''} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"{capitalised(reader.subject)} {told}."


def exchange(event: Event, resolved: Resolved, choice: PhraseChoice, by_name: bool = True) -> str:
    """One exchange in two sentences: what was done, and how it was read.

    Parameters
    ----------
    event
        Row of the events table, an exchange.
    resolved
        The scenario with its data files.
    choice
        Picks one of several ways of saying the same.
    by_name
        Whether the first sentence says "the client" and "the keyworker", or he and she.
    """
    actor, other = event["actor"], OTHER[event["actor"]]
    subject = (NOUN if by_name else PRONOUN)[actor].subject
    them, about = (NOUN if by_name else PRONOUN)[other], subject_in_turn(event, resolved)
    did = act_phrase(event["act"], them, event["encounter"], matter=int(event["day"]), about=about)
    bending = "not going by the book, " if event["bent"] == 1 and not _by_the_book(event, resolved) else ""
    once_more = f", {again(event['times'])}" if event["act"] in ASKING and _asked_before(event) else ""
    manner, plain = event.get("manner"), list(resolved.situations.manners)[PLAIN]
    how = f"{manner} " if has_word(manner) and manner != plain else ""
    told = f"{capitalised(f'{bending}{subject}')} {how}{did}{once_more}. {reading(event, resolved, choice)}"
    return " ".join(filter(None, [told, _outcome(event, choice)]))


def _by_the_book(event: Event, resolved: Resolved) -> bool:
    """Whether an act is what the script has for this turn, whoever chose it."""
    situations, kind = resolved.situations, list(ENCOUNTER_KINDS).index(event["encounter"])
    place = kind, ROLES.index(event["actor"]), position_of(int(event["exchange"]))
    return any(
        event["act"] in turn.script for turn in situations.turns if (turn.kind, turn.role, turn.position) == place
    )


def _asked_before(event: Event) -> bool:
    """Whether a request opens that was made before."""
    return event["encounter"] == "request" and event["exchange"] == 0 and event.get("times", 0) > 1


TEACHING = ("explain_something_to", "inform")
"""Acts that are meant to explain."""


def _outcome(event: Event, choice: PhraseChoice) -> str:
    """What became of a request, and whether a client knew the rule behind it; empty where nothing is to be said."""
    if event["actor"] != "keyworker" or not has_word(event.get("matter")) or event.get("explained") not in (0, 1):
        return ""
    state = event["matter_state"] if has_word(event["matter_state"]) else event["encounter"]
    told = {"explained": yes_or_no(event["explained"] == 1), "taught": yes_or_no(event["act"] in TEACHING)}
    return matter_line("outcome", {"state": state, "again": yes_or_no(bool(event.get("open", False))), **told}, choice)


def exchanges(events: Sequence[Event], resolved: Resolved, choice: PhraseChoice) -> list[str]:
    """The exchanges of one encounter, each in two sentences; "the client" and "the keyworker" first, then he and she.

    Parameters
    ----------
    events
        Exchanges of the encounter, in their order: rows of the events table.
    resolved
        The scenario with its data files.
    choice
        Picks one of several ways of saying the same.
    """
    return [exchange(event, resolved, choice, by_name=number == 0) for number, event in enumerate(events)]


def scene(events: Sequence[Event], resolved: Resolved, choice: PhraseChoice) -> str:
    """One encounter, all its exchanges, with what kind of encounter it was.

    Parameters
    ----------
    events
        Exchanges of the encounter, in their order: rows of the events table.
    resolved
        The scenario with its data files.
    choice
        Picks one of several ways of saying the same.
    """
    return " ".join([f"{capitalised(_occasion_told(events[0], resolved))}.", *exchanges(events, resolved, choice)])


def _occasion_told(event: Event, resolved: Resolved) -> str:
    """What kind of encounter begins, and what it is about, if the first act does not say that."""
    kind, about = ENCOUNTERS[event["encounter"]][0], subject_of(event, resolved)
    if about is None or not about.name:
        return kind
    if event["encounter"] == "control":
        return f"{kind}: {about.asks}"
    if event["encounter"] == "planned":
        return f"{kind} about {about.topic}"
    if event["act"] in ASKING:
        return kind
    if _asked_before(event):
        return f"the {ordinal(event['times'])} request for {about.asks}"
    return f"{kind}: {about.asks}"


def read_differently(event: Event, resolved: Resolved) -> str:
    """How what was done and what was seen differ, as a sentence; empty where an act was seen for about what it was.

    Parameters
    ----------
    event
        Row of the events table, an exchange.
    resolved
        The scenario with its data files.
    """
    if abs(misread(event, resolved)) < CLEARLY:
        return ""
    actor, reader = NOUN[event["actor"]].subject, NOUN[OTHER[event["actor"]]].subject
    done, seen = (reading_noun(event[name], event["encounter"]) for name in ("act", "seen"))
    if event["seen"] == event["act"]:
        done, seen = (f"{noun} done {event[name]}" for noun, name in ((done, "manner"), ("one", "manner_seen")))
    return f"{capitalised(actor)} meant {done}; {reader} saw {seen}."


def quiet() -> str:
    """A day on which there is nothing to tell."""
    return "Nothing happened between the two on this day."


def occasion(kind: str) -> str:
    """When something happened, by the kind of encounter or other event, as it follows a day: "at a check"."""
    return f"at {ENCOUNTERS[kind][0]}" if kind in ENCOUNTERS else EVENTS.find(kind).occasion


def handled(way: str, role: str) -> str:
    """What someone did about tension, as it follows he or she.

    Parameters
    ----------
    way
        Name of the coping way.
    role
        Who did it: "client" or "keyworker".
    """
    return COPING_WAYS.find(way).phrase.format(their=PRONOUN[role].possessive, them=PRONOUN[OTHER[role]].object)


def evening(event: Event, resolved: Resolved | None = None) -> str:
    """What someone did about tension, what became of it, or what else happened, as a sentence without the day.

    Parameters
    ----------
    event
        Row of the events table, no exchange.
    resolved
        The scenario with its data files: with it, what became of a matter is told in the matter's words.
    """
    actor = event["actor"]
    about = subject_of(event, resolved) if resolved is not None and event["event"] in STEPS else None
    if about is not None:
        why = ", and he was told why" if event["explained"] == 1 else ", and nobody told him why"
        said = {"event": event["event"], "state": event["matter_state"]}
        fill = {"asks": about.asks, "noun": about.noun, "Noun": capitalised(about.noun), "why": why}
        return capitalised(matter_line("event", said, PhraseChoice(f"{event['day']}/{about.name}"), **fill))
    if event["event"] == "handling":
        return f"{capitalised(PRONOUN[actor].subject)} {handled(event['way'], actor)}."
    return EVENTS.find(event["event"]).sentence.format(
        Who=capitalised(PRONOUN[actor].subject), other=PRONOUN[OTHER[actor]].subject
    )
