"""Events of a user's own that happen to a dyad by chance, as event kinds declare them."""

from __future__ import annotations

from twoway.simulation.affect_control.frames import CLIENT
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.editions import Part, switch
from twoway.simulation.event_log import EventLog, new_row
from twoway.simulation.interpretation import note_state
from twoway.simulation.random_streams import Draws, event_draw
from twoway.simulation.state import Pair

ARGUMENTS = "client, keyworker, day, parameters"
"""Arguments of what an event kind declares."""
event_chance: Part = switch("event_chance", ARGUMENTS, [], default="0.0")
event_effect: Part = switch("event_effect", ARGUMENTS, [])


@compiled
def chance_events(day: int, pair: Pair, conditions: Conditions, draws: Draws, log: EventLog) -> None:
    """Let each event that happens by chance happen, or not.

    Parameters
    ----------
    day
        Day of the stay, from 1.
    pair
        The dyad with both parties and the post; changed in place.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    log
        Event log, to which rows are added.
    """
    for number in range(conditions.chance_events.shape[0]):
        kind = conditions.chance_events[number]
        chance = event_chance(number, pair.client, pair.keyworker, float(day), conditions.parameters)
        if event_draw(draws, pair.number, day, kind.stream) < chance:
            event_effect(number, pair.client, pair.keyworker, float(day), conditions.parameters)
            note_state(pair.client, log.rows[new_row(log, kind.code, day, CLIENT, pair)])
