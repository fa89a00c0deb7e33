"""Conditions: what stays the same in one centre during a stay, as compiled code works with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

from twoway.simulation.action_tables import Encounter, Turn
from twoway.simulation.arrays import Floats, Ints
from twoway.simulation.matters import MatterRecord
from twoway.simulation.state import PerWay, Record, Records

if TYPE_CHECKING:
    from twoway.simulation.parameters.context import Context
    from twoway.simulation.parameters.coping import Coping
    from twoway.simulation.parameters.lasting import Lasting
    from twoway.simulation.parameters.learning import Learning
    from twoway.simulation.parameters.people import People
    from twoway.simulation.parameters.stay import Stay

    class Parameters(Context, Stay, People, Learning, Lasting, Coping):
        """All numbers that the rules use, in one record of floats."""


class FrameRecord(Record):
    """The repertoire of frames: kind (an index of ``KINDS``) and benignity of each, and what either role expects."""

    kind: Annotated[Ints, "frames"]
    benign: Annotated[Floats, "frames"]
    expected: Annotated[Floats, 2, "frames"]


class WayRecord(Record):
    """One coping way: 1 if it proposes a talk, and the stream of the personal inclination to it."""

    proposes: int
    stream: int


class ChanceEventRecord(Record):
    """One event kind that happens by chance: its code in the column ``event``, and its stream."""

    code: int
    stream: int


class Room(Record):
    """Room to work in: numbers per feasible act (or manner, if there are more), and per coping way."""

    seen: Annotated[Floats, "acts"]
    script: Annotated[Floats, "acts"]
    personal: Annotated[Floats, "acts"]
    odds: PerWay


class Conditions(NamedTuple):
    """What holds in one centre, from one change of policy to the next.

    Attributes
    ----------
    parameters
        All numbers, those in which centres differ as they are in this one.
    frames
        The repertoire of frames.
    encounters, turns
        The action tables.
    matters
        What encounters may be about; none in the model without matters.
    ways
        The coping ways, by their code.
    chance_events
        The event kinds that happen by chance.
    first_friend, friends
        Who is friends with whom among the clients, see ``dynamics.peers.friendships``.
    room
        Room to work in.
    """

    parameters: Parameters
    frames: FrameRecord
    encounters: Records[Encounter]
    turns: Records[Turn]
    matters: Records[MatterRecord]
    ways: Records[WayRecord]
    chance_events: Records[ChanceEventRecord]
    first_friend: Ints
    friends: Ints
    room: Room
