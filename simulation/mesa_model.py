"""The same centre with agents: a Mesa model in which clients and keyworkers meet (the only file that knows Mesa).

It simulates exactly the days that ``twoway.simulation.run`` simulates, with the same draws, and leaves the identical
tables. Use it to watch single agents, to collect your own data, or to let people choose and read in a way of your own:
give ``Centre`` a subclass of ``Client`` or ``Keyworker``. Networks are networkx graphs: ``peers`` among clients,
``caseload`` between clients and posts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import mesa
import networkx as nx
import numpy as np

from twoway.simulation.action_tables import NOTHING_BEFORE, Deed, Occasion, Turn
from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, KINDS
from twoway.simulation.agents import AGENT_CLASSES, AgentClass
from twoway.simulation.arrays import RecordArray
from twoway.simulation.columns import DAY_COLUMNS, row_type
from twoway.simulation.dynamics.admission import open_centre
from twoway.simulation.dynamics.day import (
    NO_ONE,
    SLOTS,
    after_meeting,
    before_meeting,
    begin_day,
    dyad_evening,
    meeting_in,
)
from twoway.simulation.dynamics.encounter import (
    Course,
    Meeting,
    Subject,
    acting_from,
    after_exchange,
    approach,
    choose,
    draws_of_exchange,
    exchange_row,
    goes_on,
    note_grievance,
    note_occasion,
    occasions,
    part,
    read,
)
from twoway.simulation.dynamics.evening import centre_evening
from twoway.simulation.dynamics.policy_change import apply_policy_change
from twoway.simulation.errors import InputError
from twoway.simulation.interpretation import SourceShares
from twoway.simulation.parameters.scenario import Scenario, changed_by_name
from twoway.simulation.random_streams import Draws, draws_of, meeting_draws
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, centre_records, note_day
from twoway.simulation.state import Pair, Party, Records, Row, copied, empty_records

if TYPE_CHECKING:
    from twoway.simulation.conditions import Conditions


AnyPerson = TypeVar("AnyPerson", bound="type[Person]")


class Person(mesa.Agent):  # type: ignore[misc]
    """Someone in the centre. ``view_of(dyad)`` is how this person sees the other of that dyad."""

    model: Centre
    role: int

    def view_of(self, dyad: int) -> Party:
        """The record of this person's view of the other party of a dyad (``twoway.simulation.state``)."""
        return (self.model.state.clients, self.model.state.keyworkers)[self.role][dyad]

    def choose(
        self,
        dyad: int,
        turn: Turn,
        occasion: Occasion,
        frame: int,
        bent: bool,
        draws: tuple[float, float, float],
        row: Row,
    ) -> Deed:
        """Choose an act.

        Parameters
        ----------
        dyad
            Number of the dyad.
        turn
            What is feasible, and how likely the script, strain and each frame make it.
        occasion
            What is answered: the other's last act as this person saw it.
        frame
            What this person takes the relationship to be in this encounter.
        bent
            Whether the keyworker bends the rules.
        draws
            Three uniform draws: the source of the act, which act it is, and in what manner it is done.
        row
            Row of the events table, to which frame, source, act, manner and the actor's tension are written.
        """
        return choose(self.view_of(dyad), turn, occasion, frame, bent, self.model.conditions, draws, row)

    def read(
        self,
        dyad: int,
        turn: Turn,
        occasion: Occasion,
        deed: Deed,
        acting: SourceShares,
        draws: tuple[float, float],
        row: Row,
    ) -> Deed:
        """Read an act of the other.

        Parameters
        ----------
        dyad, turn, row
            As for ``choose``; what is seen, expected and felt is written to the row.
        occasion
            What is answered: this person's own last act as it was meant.
        deed
            What was done, and in what manner.
        acting
            How far the other follows the script, and acts out of strain.
        draws
            Two uniform draws: as what the act is seen, and as done in what manner.

        Returns
        -------
        What it was taken for.
        """
        return read(self.view_of(dyad), turn, occasion, deed, acting, self.model.conditions, draws, row)

    def account(self, dyad: int) -> dict[str, float]:
        """What this person would say of the other now, from its own state alone: shares of kinds of frame, and tone."""
        view, kind = self.view_of(dyad), self.model.prepared.resolved.frames.kind
        shares = {name: float(view.definition[kind == k].sum()) for k, name in enumerate(KINDS)}
        felt = ("positivity", "negativity", "tension", "felt_coercion", "distance")
        open_too = {"negativity": float(view.negativity + view.grievance)}
        return shares | {name: float(getattr(view, name)) for name in felt} | open_too

    def feeling(self, name: str) -> float:
        """One feeling toward the others, averaged over them."""
        return float(np.mean([getattr(self.view_of(dyad), name) for dyad in self.dyads()]))

    def dyads(self) -> list[int]:
        """The dyads this person is a party of."""
        raise NotImplementedError

    positivity = property(lambda self: self.feeling("positivity"), doc="Good tone toward the others, EPA units.")
    negativity = property(
        lambda self: self.feeling("negativity") + self.feeling("grievance"), doc="Bad tone, likewise."
    )
    tension = property(lambda self: self.feeling("tension"), doc="Tension, in multiples of the tolerance.")
    distance = property(lambda self: self.feeling("distance"), doc="Distance kept beyond one's usual reserve.")


class Client(Person):
    """A client, who is one dyad with whichever keyworker holds the post."""

    role = CLIENT

    def __init__(self, model: Centre, number: int) -> None:
        super().__init__(model)
        self.number = number

    def dyads(self) -> list[int]:
        """The client's one dyad."""
        return [self.number]

    @property
    def felt_coercion(self) -> float:
        """How coerced the client feels."""
        return self.feeling("felt_coercion")


class Keyworker(Person):
    """A keyworker, who sees each of her clients in her own way."""

    role = KEYWORKER

    def __init__(self, model: Centre, post: int) -> None:
        super().__init__(model)
        self.post = post

    def dyads(self) -> list[int]:
        """The clients on her caseload, by number."""
        return sorted(client for kind, client in self.model.caseload.neighbors(("post", self.post)))


class Centre(mesa.Model):  # type: ignore[misc]
    """One centre of a scenario. ``step()`` simulates one day; ``datacollector`` holds what was collected.

    The step after the last day does nothing but end the run: ``running`` is false from then on. So ``batch_run``, which
    looks at what was collected one step before the last, sees the last day.

    Parameters
    ----------
    scenario
        A scenario, the name of a shipped one, a path, or a scenario that is prepared already.
    seed, replicate, centre
        Address of the random draws; a seed of None, as newer versions of Mesa may give, is 1.
    draws
        Other draws than those of the address.
    client_class, keyworker_class
        Classes of the agents, to let people choose and read in a way of your own; by default those that an extension of
        the scenario declares with ``agent_class``.
    **numbers
        Numbers of the scenario that are changed, by their names: ``control=4.0``.

    Raises
    ------
    InputError
        If there is no such scenario or number, or a number is out of its range.

    Examples
    --------
    >>> centre = Centre("ordinary", seed=1, control=4.0)
    >>> centre.step()
    >>> sorted(centre.clients[0].account(0))[:3]
    ['adversarial', 'distance', 'felt_coercion']
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | PreparedScenario = "ordinary",
        seed: int | None = 1,
        replicate: int = 0,
        centre: int = 0,
        draws: Draws | None = None,
        client_class: type[Client] | None = None,
        keyworker_class: type[Keyworker] | None = None,
        **numbers: float,
    ) -> None:
        seed = 1 if seed is None else seed
        super().__init__(rng=seed)
        prepared = _prepared(scenario, numbers)
        self.prepared, self.replicate, self.number = prepared, replicate, centre
        self.draws = draws if draws is not None else draws_of(seed, replicate, centre)
        self.conditions: Conditions = prepared.conditions(self.draws)
        self.state = prepared.new_state()
        open_centre(self.state, self.conditions, self.draws)
        self.first_state = copied(self.state)
        self.log = prepared.new_log(Detail.EVENTS)
        design = prepared.scenario.design
        dtype = row_type(DAY_COLUMNS, len(prepared.resolved.frames.names))
        self.day_rows = cast(Records[Row], empty_records(2 * design.days * design.clients, dtype))
        self.day = 0
        self._dyad_evening, self._centre_evening = prepared.edition(dyad_evening), prepared.edition(centre_evening)

        own: dict[int, type] = {role: declared.kind for role, declared in prepared.agents.items()}
        people, posts = range(design.clients), range(prepared.scenario.posts)
        self.peers = self.friendships()
        self.caseload = nx.Graph()
        self.caseload.add_nodes_from(("post", m) for m in posts)
        self.caseload.add_edges_from((("post", int(self.state.dyads[i].post)), ("client", i)) for i in people)

        client_class, keyworker_class = (
            client_class or own.get(CLIENT, Client),
            keyworker_class or own.get(KEYWORKER, Keyworker),
        )
        self._keyworker_class = keyworker_class
        self.clients = [client_class(self, i) for i in people]
        self.keyworkers = [keyworker_class(self, m) for m in posts]
        felt = {name: name for name in ("positivity", "negativity", "tension", "distance")}
        self.datacollector = mesa.DataCollector(
            model_reporters=self.model_reporters(),
            agenttype_reporters={client_class: felt | {"felt_coercion": "felt_coercion"}, keyworker_class: felt},
        )
        self.datacollector.collect(self)

    def model_reporters(self) -> dict[str, str | Callable[[Centre], float]]:
        """What the data collector notes of the whole centre every day, by name; a subclass may add its own."""
        return {"day": "day"}

    def friendships(self) -> nx.Graph:
        """Who is friends with whom, in the present context."""
        first, friends = self.conditions.first_friend, self.conditions.friends
        peers = nx.Graph()
        peers.add_nodes_from(range(len(first) - 1))
        peers.add_edges_from((i, int(j)) for i in peers for j in friends[first[i] : first[i + 1]])
        return peers

    def pair(self, dyad: int) -> Pair:
        """A dyad with both parties' views and the post."""
        state, record = self.state, self.state.dyads[dyad]
        return Pair(dyad, record, state.clients[dyad], state.keyworkers[dyad], state.posts[record.post])

    def step(self) -> None:
        """Simulate one day: each dyad's day, then what goes on around the dyads."""
        if self.day >= self.prepared.scenario.design.days:
            self.running = False
            _set_free(self)
            return
        self.day += 1
        for changes, change in enumerate(self.prepared.policy_changes, 1):
            if change.day == self.day:
                before = self.conditions.parameters.transparency
                self.conditions = self.prepared.conditions(self.draws, changes)
                apply_policy_change(self.state, before, self.conditions)
                self.peers = self.friendships()
        for client in self.clients:
            self.dyad_day(client, self.keyworkers[self.state.dyads[client.number].post])
        predecessors = [int(post.predecessors) for post in self.state.posts]
        self._centre_evening(self.day, self.state, self.conditions, self.draws, self.log)
        for m, before in enumerate(predecessors):
            if self.state.posts[m].predecessors != before:
                self.keyworkers[m].remove()
                self.keyworkers[m] = self._keyworker_class(self, m)
        note_day(self.day, self.state, self.day_rows)
        self.datacollector.collect(self)

    def dyad_day(self, client: Client, keyworker: Keyworker) -> None:
        """One dyad's day, as ``twoway.simulation.dynamics.day.dyad_day`` has it, but with agents who meet.

        Parameters
        ----------
        client
            The client, whose number is that of the dyad.
        keyworker
            Present keyworker of the client.
        """
        pair = self.pair(client.number)
        if not begin_day(self.day, pair, self.conditions, self.draws, self.log):
            return
        meets = meeting_draws(self.draws, pair.number, self.day)
        for slot in range(SLOTS):
            meeting = Meeting(*meeting_in(slot, self.day, meets[slot], pair, self.conditions, self.draws))
            if meeting.opener != NO_ONE:
                subject = Subject(*before_meeting(meeting, pair, self.conditions, self.draws, self.log))
                course = self.encounter(meeting, subject, pair, (client, keyworker))
                after_meeting(meeting, course, pair, self.conditions, self.draws, self.log)
        self._dyad_evening(self.day, pair, self.conditions, self.draws, self.log)

    def encounter(self, meeting: Meeting, subject: Subject, pair: Pair, parties: tuple[Client, Keyworker]) -> Course:
        """Let two agents meet, who alternate.

        Parameters
        ----------
        meeting
            Day, kind and opener of the encounter.
        subject
            What it is about.
        pair
            The dyad with both parties and the post.
        parties
            Client and keyworker as agents, in this order.

        Returns
        -------
        The course the encounter took.
        """
        conditions, kind = self.conditions, self.conditions.encounters[meeting.kind]
        coming = approach(meeting, pair, conditions, self.draws)
        course = Course(0, 0, NOTHING_BEFORE, NOTHING_BEFORE, False)
        while goes_on(course, kind):
            turn = conditions.turns[kind.turn[meeting.opener, course.exchanges]]
            row = self.log.rows[exchange_row(meeting, subject, course.exchanges, turn, coming, pair, self.log)]
            doing_draws, seeing_draws = draws_of_exchange(meeting, turn, course.exchanges, pair, self.draws)
            actor, reader = parties[turn.role], parties[1 - turn.role]
            doing, reading = occasions(subject, turn, course)
            acting = acting_from(
                actor.view_of(pair.number), turn, coming.bent, conditions.frames, conditions.parameters
            )
            frame = coming.client_frame if turn.role == CLIENT else coming.keyworker_frame
            deed = actor.choose(pair.number, turn, doing, frame, coming.bent, doing_draws, row)
            aggrieved = reader.view_of(pair.number).grievance > 0.0
            seen_as = reader.read(pair.number, turn, reading, deed, acting, seeing_draws, row)
            note_occasion(subject, reading, meeting.day, turn, deed.act, pair, row)
            if reader.view_of(pair.number).grievance > 0.0 and not aggrieved:
                note_grievance(meeting, subject.matter, turn, seen_as.act, pair, self.log)
            course = after_exchange(course, turn, deed.act, seen_as, conditions.parameters.good_reading_threshold)
        part(meeting, pair, course.exchanges)
        return course

    def records(self) -> CentreRecords:
        """What has happened so far, as the compiled runner would leave it."""
        rows = cast(RecordArray, self.day_rows)[: 2 * self.day * len(self.clients)]
        days = cast(Records[Row], rows)
        interviewed = self.prepared.scenario.design.interviewed(self.day)
        return centre_records(self.replicate, self.number, self.first_state, self.state, days, self.log, interviewed)


def agent_class(kind: AnyPerson) -> AnyPerson:
    """Declare a class of clients or keyworkers of one's own, in a file that a scenario names in ``extensions``.

    Runs, comparisons and studies of that scenario are then made with agents of this class. That takes Python, and some
    hundred times as long as compiled code. Outside such a file nothing happens: give ``Centre`` the class itself.

    Parameters
    ----------
    kind
        A subclass of ``Client`` or ``Keyworker``.

    Raises
    ------
    InputError
        If it is not.

    Examples
    --------
    >>> @agent_class
    ... class Silent(Client):
    ...     def choose(self, dyad, turn, occasion, frame, bent, draws, row):
    ...         return super().choose(dyad, turn, occasion, frame, bent, (draws[0], 0.0, draws[2]), row)
    """
    if not (isinstance(kind, type) and issubclass(kind, Client | Keyworker)):
        raise InputError(f"{getattr(kind, '__name__', kind)} must be a subclass of Client or Keyworker")
    AGENT_CLASSES.declare_in_file(AgentClass(kind.__name__, kind.role, kind, simulate_centre_with_agents))
    return kind


def _set_free(model: Centre) -> None:
    """Let a model go that is at its end; Mesa 3.3 would keep it as long as the process lives."""
    getattr(mesa.Agent, "_ids", {}).pop(model, None)


def _prepared(scenario: Scenario | str | Path | PreparedScenario, numbers: Mapping[str, float]) -> PreparedScenario:
    """The scenario with some numbers changed, ready to be simulated."""
    if isinstance(scenario, PreparedScenario):
        return scenario.with_scenario(changed_by_name(scenario.scenario, numbers)) if numbers else scenario
    return PreparedScenario(changed_by_name(scenario, numbers))


def simulate_centre_with_agents(
    prepared: PreparedScenario,
    seed: int,
    replicate: int,
    centre: int,
    detail: Detail = Detail.EVENTS,
    draws: Draws | None = None,
    days: int | None = None,
) -> CentreRecords:
    """Simulate one centre with agents; see ``twoway.simulation.run.simulate_centre``.

    Parameters
    ----------
    prepared
        Scenario to simulate.
    seed, replicate, centre
        Address of the random draws, see ``random_streams.draws_of``.
    detail
        How much is kept; tables that are not kept are empty.
    draws
        Other draws than those of the address.
    days
        Length of the stay, if not that of the scenario.

    Returns
    -------
    The same records as ``simulate_centre`` returns.
    """
    model = Centre(prepared, seed, replicate, centre, draws)
    for _ in range(prepared.scenario.design.days if days is None else days):
        model.step()
    records = model.records()
    _set_free(model)
    none = slice(0, 0)
    return records._replace(
        days=records.days if detail >= Detail.DAYS else records.days[none],
        events=records.events if detail >= Detail.EVENTS else records.events[none],
    )
