"""The grammar of telling: who is I, he or she, and how an act, a feeling or a frame is put into words.

By convention of all texts the client is *he* and the keyworker *she*; neither is anybody. Acts, emotions and frames
are words of data files (``acts.toml``, ``emotions.toml``, ``frames.toml``); what is missing there is told by its name,
so that another lexicon or repertoire can be told as well.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from twoway.simulation.affect_control.frames import ROLES, Frames
from twoway.simulation.data_files import read_toml

UNBROKEN = "\u00a0"
"""A space at which no line is broken."""
HERE = Path(__file__).parent
PAST, INFINITIVE, SEEN = 0, 1, 2
MATTERS = (("leave", "leave"), ("a visit", "visits"), ("a telephone call", "telephone calls"))
"""What requests are about: leave, visits, telephone (see the kinds of encounter); which one it is, is only told."""


class Subject(NamedTuple):
    """What an encounter is about, in words.

    Attributes
    ----------
    name
        Name of the matter.
    noun
        What it is called: "the leave".
    asks
        What is asked for, or done: "leave over the weekend".
    topic
        What it is called after "about": "leave".
    place
        Table of words to look into: a kind of encounter, or "answer", "later" or "manner" in a request.
    """

    name: str
    noun: str
    asks: str
    topic: str
    place: str


class PersonWords(NamedTuple):
    """The forms in which someone is spoken of."""

    subject: str
    object: str
    possessive: str
    reflexive: str


I_MYSELF = PersonWords("I", "me", "my", "myself")
PRONOUN = {
    "client": PersonWords("he", "him", "his", "himself"),
    "keyworker": PersonWords("she", "her", "her", "herself"),
}
NOUN = {
    role: PersonWords(f"the {role}", f"the {role}", f"the {role}'s", pronoun.reflexive)
    for role, pronoun in PRONOUN.items()
}
OTHER = dict(zip(ROLES, reversed(ROLES), strict=True))
"""Who the other is, by role."""


@lru_cache
def words(name: str) -> dict[str, Any]:
    """One of the data files of this folder."""
    return read_toml(HERE / f"{name}.toml")


def spaced(word: str) -> str:
    """A word of a data file as it is written in a sentence.

    >>> spaced("at_ease")
    'at ease'
    """
    return word.replace("_", " ")


def capitalised(sentence: str) -> str:
    """A sentence with its first letter as a capital.

    >>> capitalised("the client joked")
    'The client joked'
    """
    return sentence[:1].upper() + sentence[1:]


def _forms(act: str, encounter: str | None, about: Subject | None = None) -> tuple[str, str, str]:
    """Past, infinitive and noun of an act; of one that no file lists, its name as something quoted."""
    table, forms = words("acts"), None
    if about is not None:
        said = words("matters").get(about.place, {})
        forms = said.get(about.name, {}).get(act) or said.get("any", {}).get(act)
    forms = forms or table.get(encounter or "", {}).get(act) or table["acts"].get(act)
    if forms is not None:
        return tuple(forms)
    name = spaced(act).replace("{", "{{").replace("}", "}}")
    return f"did something to {{o}} (“{name}”)", f"do something to {{o}} (“{name}”)", f"“{name}”"


def act_phrase(
    act: str,
    other: PersonWords,
    encounter: str | None = None,
    form: int = PAST,
    matter: int = 0,
    about: Subject | None = None,
) -> str:
    """What someone did to the other, as it follows a subject.

    Parameters
    ----------
    act
        Name of the act.
    other
        Forms of the one to whom it was done.
    encounter
        Name of the kind of encounter, where that makes a difference.
    form
        ``PAST`` or ``INFINITIVE``.
    matter
        Any number from 0, such as the day: picks one of ``MATTERS``, if the act is about a request.
    about
        What the encounter is about, if that is known.

    Examples
    --------
    >>> act_phrase("lecture", PRONOUN["client"])
    'lectured him'
    >>> act_phrase("refuse", I_MYSELF, "request", matter=1)
    'turned down my request for a visit'
    """
    one, many = MATTERS[matter % len(MATTERS)] if about is None else (about.asks, about.topic)
    told = _forms(act, encounter, about)[form]
    return told.format(o=other.object, os=other.possessive, matter=one, matters=many, topic=many)


def reading_noun(act: str, encounter: str | None = None) -> str:
    """What an act was taken for, as a noun.

    Parameters
    ----------
    act
        Name of the act.
    encounter
        Name of the kind of encounter, where that makes a difference.

    Examples
    --------
    >>> reading_noun("lecture")
    'a lecture'
    """
    return _forms(act, encounter)[SEEN].format()


def emotion_phrase(emotion: str, whose: PersonWords, other: PersonWords) -> str:
    """What someone felt, as it follows "felt".

    Parameters
    ----------
    emotion
        Word of a measured emotion, of a family of emotions, or neutral.
    whose
        Forms of the one who felt it.
    other
        Forms of the other.

    Examples
    --------
    >>> her = PRONOUN["keyworker"]
    >>> emotion_phrase("warm", I_MYSELF, her), emotion_phrase("humiliated", I_MYSELF, her)
    ('warmly toward her', 'humiliated')
    """
    told = str(words("emotions")["felt"].get(emotion, spaced(emotion)))
    return told.format(o=other.object, self=whose.reflexive)


def _identities(frames: Frames, name: str, role: str) -> str:
    pair = frames.identities[frames.names.index(name)][ROLES.index(role)]
    told = " and ".join(spaced(word) for word in pair)
    return f"{'an' if told[0] in 'aeiou' else 'a'} {told}"


def frame_noun(frame: str, party: str, frames: Frames) -> str:
    """What a party takes the other to be in a frame, in the party's own words.

    Parameters
    ----------
    frame
        Name of the frame.
    party
        "client" or "keyworker".
    frames
        Repertoire of frames.
    """
    known = words("frames").get(frame)
    return str(known[party]) if known else _identities(frames, frame, OTHER[party])


def role_noun(frame: str, role: str, frames: Frames) -> str:
    """What a party is taken to be in a frame, as a narrator puts it.

    Parameters
    ----------
    frame
        Name of the frame.
    role
        Role of the party: "client" or "keyworker".
    frames
        Repertoire of frames.
    """
    known = words("frames").get(frame)
    return str(known[f"told_of_{role}"]) if known else _identities(frames, frame, role)


def named(frame: str) -> str:
    """A frame's name in a sentence."""
    return spaced(frame)


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    Parameters
    ----------
    number
        How many.
    noun
        Singular of a noun whose plural ends in s.

    Examples
    --------
    >>> counted(1, "dyad"), counted(3, "dyad")
    ('1 dyad', '3 dyads')
    """
    return f"{number} {noun}{'s' * (number != 1)}"


def percent(share: float) -> str:
    r"""A share as a whole percentage, never rounded to none or all of what is not.

    >>> percent(0.316), percent(0.004), percent(1.0)
    ('32\xa0%', '<1\xa0%', '100\xa0%')
    """
    whole = f"{share:.0%}".rstrip("%")
    if whole == "0" and share > 0.0:
        whole = "<1"
    elif whole == "100" and share < 1.0:
        whole = ">99"
    return f"{whole}{UNBROKEN}%"


def decimal(value: float) -> str:
    """A number as a table shows it: two decimals, three for one smaller than a tenth, and no sign before nothing.

    >>> decimal(0.316), decimal(-0.0142), decimal(-0.0002)
    ('0.32', '-0.014', '0.000')
    """
    text = f"{value:.{2 if abs(value) >= 0.0995 else 3}f}"
    return text.removeprefix("-") if float(text) == 0 else text
