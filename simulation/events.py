"""Event kinds: what a row of the events table can be about, each declared once with its words and its mark.

The columns, the ODD, stories, figures and the seminar page read these declarations. A user declares a kind of her own
with ``twoway.event_kind``, in a file that a scenario names; it happens by the chance and has the effect that she
declares, once a day and dyad at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from twoway.simulation.extensions import Registry, refuse_words
from twoway.simulation.parameters.declare import ParameterGroup

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters
    from twoway.simulation.state import Party

Chance = Callable[["Party", "Party", float, "Parameters"], float]
"""Probability that an event happens today: from the client's and the keyworker's state, the day and the parameters."""
Effect = Callable[["Party", "Party", float, "Parameters"], None]
"""What an event does to the client's and the keyworker's state, on a day, with the parameters."""


@dataclass(frozen=True)
class Mark:
    """How an event is drawn.

    Attributes
    ----------
    lane
        Row of the figure in which it is marked.
    symbol
        Marker as matplotlib names them, such as "P".
    label
        What the legend calls it.
    filled
        Whether the marker is filled.
    counted
        Whether it counts in weekly numbers of its lane.
    own
        Whether it belongs to whoever acted, and is drawn on that side alone.
    optional
        Whether its lane is left out where nothing of it happened.

    Examples
    --------
    >>> Mark("sport", "s", "does sport").filled
    True
    """

    lane: str
    symbol: str
    label: str
    filled: bool = True
    counted: bool = True
    own: bool = False
    optional: bool = False


@dataclass(frozen=True)
class EventKind:
    """One kind of event.

    Attributes
    ----------
    name
        Word in the column ``event``.
    meaning
        What happened, for codebook and ODD.
    sentence
        How a story tells it; ``{Who}`` is the actor as the subject, ``{other}`` the other.
    occasion
        When something else happened, as it follows a day: "over a change of keyworker".
    heading
        What the seminar page puts above it.
    short
        What is said where there is little room; empty for the name.
    mark
        How figures draw it; None if they do not.
    parameters
        Numbers that chance and effect use.
    chance, effect
        For events that happen by chance: compiled by the package, called once a day and dyad, after the encounters.
    """

    name: str
    meaning: str
    sentence: str = ""
    occasion: str = ""
    heading: str = ""
    short: str = ""
    mark: Mark | None = None
    parameters: type[ParameterGroup] | None = None
    chance: Chance | None = None
    effect: Effect | None = None


EVENTS: Registry[EventKind] = Registry("event kind")
"""The event kinds that come with the package; their order gives their codes."""


def event_kind(
    name: str,
    meaning: str,
    sentence: str,
    *,
    chance: Chance,
    effect: Effect,
    occasion: str = "",
    mark: Mark | None = None,
    parameters: type[ParameterGroup] | None = None,
) -> EventKind:
    """Declare an event kind that happens by chance.

    Parameters
    ----------
    name
        Word in the column ``event``: lower-case letters and underscores.
    meaning
        What happens, in a few words.
    sentence
        How a story tells it, such as "{Who} had a visit from the family."; the actor is the client.
    chance
        Function of client, keyworker, day and parameters: the probability that it happens to this dyad today.
    effect
        Function of the same arguments that changes the state of client or keyworker.
    occasion, mark, parameters
        As in ``EventKind``.

    Raises
    ------
    InputError
        If the name is taken, or a word cannot be used.

    Examples
    --------
    In a file that a scenario names in ``extensions``:

    >>> def chance(client, keyworker, day, parameters):
    ...     return 0.2
    >>> def effect(client, keyworker, day, parameters):
    ...     client.tension = 0.5 * client.tension
    >>> told = "{Who} had a visit from the family."
    >>> event_kind("family_visit", "a visit from the family", told, chance=chance, effect=effect).name
    'family_visit'
    """
    refuse_words(EVENTS.kind, name, sentence, "Who", "other")
    return EVENTS.declare_in_file(
        EventKind(
            name,
            meaning,
            sentence,
            occasion or f"on a day with {name.replace('_', ' ')}",
            "An event.",
            name.replace("_", " "),
            mark or Mark(name.replace("_", " "), "d", name.replace("_", " ")),
            parameters,
            chance,
            effect,
        )
    )


def _code(kind: EventKind) -> int:
    EVENTS.add(kind)
    return cast(int, np.int64(len(EVENTS) - 1))  # no literal: numba would compile every function anew for every kind


TALK = "repair talk"
EXCHANGE = _code(EventKind("exchange", "one acted, the other read the act"))
HANDLING = _code(EventKind("handling", "tension was handled, in a way of coping", occasion="in the evening"))
TALK_AGREED = _code(
    EventKind(
        "talk_agreed",
        "a repair talk was proposed and accepted",
        "{Who} proposed to talk it over, and {other} agreed.",
        "over the proposal of a talk",
    )
)
TALK_DECLINED = _code(
    EventKind(
        "talk_declined",
        "a repair talk was proposed and declined",
        "{Who} proposed to talk it over; {other} would not.",
        "over the proposal of a talk",
        mark=Mark(TALK, "o", "talk declined", filled=False, counted=False),
    )
)
TALK_REPAIRED = _code(
    EventKind(
        "talk_repaired",
        "a repair talk succeeded",
        "They talked it over, and it helped: each knew better afterwards what the other takes this to be.",
        "at a talk to clear the air",
        "The talk.",
        "they talked it over, and it helped",
        Mark(TALK, "P", "talk that repaired"),
    )
)
TALK_FAILED = _code(
    EventKind(
        "talk_failed",
        "a repair talk failed",
        "They talked it over, and it made things worse.",
        "at a talk to clear the air",
        "The talk.",
        "they talked it over, and it made things worse",
        Mark(TALK, "X", "talk that failed"),
    )
)
NEW_KEYWORKER = _code(
    EventKind(
        "new_keyworker",
        "a new keyworker took over",
        "The keyworker left, and a new one took over.",
        "over a change of keyworker",
        "A change.",
        mark=Mark("new keyworker", "D", "new keyworker"),
    )
)
PEER_TALK = _code(
    EventKind(
        "peer_talk",
        "the client talked with a friend about the staff",
        "He talked with a friend about the staff.",
        "at a talk with a friend",
    )
)
GRIEVANCE = "grievance"
GRIEVANCE_OPENED = _code(
    EventKind(
        "grievance_opened",
        "an act hurt so much that it stands between them",
        "{Who} could not let that pass: from now on it stood between them.",
        "over what had been done",
        "A grievance.",
        "a grievance opened",
        Mark(GRIEVANCE, "*", "grievance opened", own=True, optional=True),
    )
)
GRIEVANCE_MENDED = _code(
    EventKind(
        "grievance_mended",
        "in a talk the other saw what stood between them",
        "{Who} could let it be: {other} had seen what hurt, and said so.",
        "at a talk to clear the air",
        "The talk.",
        "a grievance was mended",
        Mark(GRIEVANCE, "^", "grievance mended", own=True, optional=True),
    )
)
WHEREABOUTS = "where he is"
GONE = _code(
    EventKind(
        "gone",
        "the client ran away",
        "He ran away.",
        "on the day he ran away",
        "Gone.",
        "he ran away",
        Mark(WHEREABOUTS, "<", "ran away", optional=True),
    )
)
RETURNED = _code(
    EventKind(
        "returned",
        "the client came back, or was brought back",
        "He was back.",
        "on the day he was back",
        "Back.",
        "he was back",
        Mark(WHEREABOUTS, ">", "back", filled=False, counted=False, optional=True),
    )
)
PLACED = _code(
    EventKind(
        "placed",
        "the client was placed outside the centre",
        "He moved to a place outside the centre.",
        "on the day he moved out",
        "A place outside.",
        "he moved to a place outside",
        Mark(WHEREABOUTS, "s", "placed outside", optional=True),
    )
)
PLACEMENT_BROKEN = _code(
    EventKind(
        "placement_broken",
        "a placement broke down and the client came back",
        "It did not last outside: he came back to the centre.",
        "on the day he came back from outside",
        "Back.",
        "it did not last outside",
        Mark(WHEREABOUTS, "s", "placement broken", filled=False, optional=True),
    )
)
ORDER_ENDED = _code(
    EventKind(
        "order_ended",
        "the stay ended early: the order was over while the client was placed outside",
        "His stay ended early; he was free to go.",
        "on the day the stay ended early",
        "The early end of the stay.",
        "the stay ended early",
        Mark(WHEREABOUTS, "H", "stay ended", optional=True),
    )
)
MATTER = "requests"
MATTER_SETTLED = _code(
    EventKind(
        "matter_settled",
        "what had been left open was decided in a planned talk",
        "What he had asked for was decided at last.",
        "over an answer that had been open",
        "An answer.",
        "an answer at last",
    )
)
LEFT_UNANSWERED = _code(
    EventKind(
        "left_unanswered",
        "what the client had asked for was left without an answer",
        "What he had asked for was left without an answer.",
        "over an answer that never came",
        "No answer.",
        "no answer came",
        Mark(MATTER, "x", "left unanswered", optional=True),
    )
)
LEAVE_BEGINS = _code(
    EventKind(
        "leave_begins",
        "a leave began",
        "He went on leave.",
        "on the day he went on leave",
        "Leave.",
        "he went on leave",
        Mark(WHEREABOUTS, "d", "on leave", counted=False, optional=True),
    )
)
LEAVE_ENDS = _code(
    EventKind(
        "leave_ends",
        "a leave ended: kept, late or failed",
        "The leave was over.",
        "at the end of a leave",
        "The end of a leave.",
        "the leave was over",
    )
)
