"""The same centre with agents: a Mesa model in which clients and keyworkers meet (the only file that knows Mesa).

It lives exactly the days that ``twoway.simulation.run`` lives, from the same luck, and leaves the identical tables;
use it to watch single agents, to collect one's own data, or to build on. Networks are networkx graphs:
``peers`` among clients, ``team`` among posts, ``caseload`` between both.
"""

from __future__ import annotations

from typing import Any

import mesa
import networkx as nx
import numpy as np

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, KINDS
from twoway.simulation.columns import DAY_COLUMNS, EVENT_COLUMNS, NOTHING, EventKind, row_type
from twoway.simulation.dynamics.admission import are_friends, fill_post, open_centre, take_over
from twoway.simulation.dynamics.day import (
    EVERYDAY,
    REPAIR,
    TALK_SLOT,
    TEAM_MEETS_EVERY,
    blank,
    chance_to_meet,
    hear,
    hold_outlook,
    opener_of,
    team_talk,
    wake,
)
from twoway.simulation.dynamics.encounter import choose, frame_taken, note_state, read, scripted_share
from twoway.simulation.dynamics.policy_change import apply_policy_change
from twoway.simulation.dynamics.tension import NO_WAY, benignity, handle, talk_ends
from twoway.simulation.random_streams import (
    PER_ENCOUNTER,
    PER_EXCHANGE,
    WAYS,
    DayQuestion,
    Draws,
    EncounterQuestion,
    ExchangeQuestion,
)
from twoway.simulation.rules.choice import crisis_left, daily_chance
from twoway.simulation.rules.social import leaving_chance, move_toward
from twoway.simulation.run import CentreRecords, Detail, PreparedScenario, note_day, records
from twoway.simulation.state import NOBODY, CopingWay, dyad_type, party_type, post_type


class Person(mesa.Agent):  # type: ignore[misc]
    """Someone in the centre. ``view_of(dyad)`` is how this person sees the other of that dyad."""

    model: Centre
    role: int

    def view_of(self, dyad: int) -> Any:
        """The record of this person's view of the other party of a dyad (``twoway.simulation.state``)."""
        return self.model.views[self.role][dyad]

    def choose(self, dyad: int, turn: Any, frame: int, bent: bool, column: int, row: Any) -> int:
        """Choose an act, taking the relationship to be *frame*; returns its place among the turn's feasible acts."""
        centre = self.model
        return int(choose(self.view_of(dyad), turn, frame, bent, centre.numbers, centre.today[dyad], column, row))

    def read(self, dyad: int, turn: Any, act: int, other: Person, bent: bool, column: int, row: Any) -> int:
        """Read what the *other* did; returns what it was taken for."""
        centre, doer = self.model, other.view_of(dyad)
        luck = centre.today[dyad][column + ExchangeQuestion.SEEN]
        share = scripted_share(doer, turn, bent, centre.numbers)
        seen = read(self.view_of(dyad), turn, act, share, doer.strain, centre.numbers, luck, centre.seen, row)
        return int(seen)

    def account(self, dyad: int) -> dict[str, float]:
        """What this person would say of the other now, from its own state alone: shares of kinds of frame, and tone."""
        view, kind = self.view_of(dyad), self.model.world.resolved.frames.kind
        shares = {name: float(view.definition[kind == k].sum()) for k, name in enumerate(KINDS)}
        felt = ("positivity", "negativity", "tension", "felt_coercion", "distance")
        return shares | {name: float(view[name]) for name in felt}

    def feeling(self, name: str) -> float:
        """One feeling toward the others, averaged over them."""
        return float(np.mean([self.view_of(dyad)[name] for dyad in self.dyads()]))

    def dyads(self) -> list[int]:
        """The dyads this person is a party of."""
        raise NotImplementedError

    positivity = property(lambda self: self.feeling("positivity"), doc="Good tone toward the others, EPA units.")
    negativity = property(lambda self: self.feeling("negativity"), doc="Bad tone toward the others, EPA units.")
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

    def talk_with_a_friend(self, day: int) -> None:
        """Perhaps talk with a friend about the staff, and come to expect what he makes of them."""
        centre, luck = self.model, self.model.today[self.number]
        friends = sorted(centre.peers.neighbors(self.number))
        if not friends or luck[DayQuestion.PEER_TALKS] >= daily_chance(centre.numbers.peer_talk * len(friends)):
            return
        friend = friends[min(int(luck[DayQuestion.PEER_WITH] * len(friends)), len(friends) - 1)]
        view = self.view_of(self.number)
        hear(view, centre.views[CLIENT][friend], centre.frames, centre.numbers)
        row = centre.new_row(self.number)
        blank(row, day, EventKind.PEER_TALK, CLIENT, centre.dyads[self.number])
        row.friend = friend
        note_state(view, row)


class Keyworker(Person):
    """A keyworker, who sees each of her clients in her own way."""

    role = KEYWORKER

    def __init__(self, model: Centre, post: int) -> None:
        super().__init__(model)
        self.post = post

    def dyads(self) -> list[int]:
        """The clients on her caseload, by number."""
        return sorted(client for kind, client in self.model.caseload.neighbors(("post", self.post)))

    def take_over_clients(self, day: int) -> None:
        """Take up the post of a keyworker who has left."""
        centre = self.model
        post = centre.posts[self.post]
        post.predecessors += 1
        fill_post(post, centre.frames, centre.numbers, centre.luck.keyworkers[self.post, post.predecessors])
        for i in self.dyads():
            impression = centre.luck.impressions[i, post.predecessors]
            theirs, mine = centre.views[CLIENT][i], self.view_of(i)
            take_over(mine, theirs, centre.dyads[i], post, centre.frames, centre.numbers, impression)
            row = centre.new_row(i)
            blank(row, day, EventKind.NEW_KEYWORKER, KEYWORKER, centre.dyads[i])
            note_state(mine, row)


class Centre(mesa.Model):  # type: ignore[misc]
    """One centre of a scenario. ``step()`` lives one day; ``datacollector`` holds what was collected."""

    def __init__(
        self, world: PreparedScenario, seed: int = 1, replicate: int = 0, centre: int = 0, luck: Draws | None = None
    ) -> None:
        super().__init__(rng=seed)
        self.world, self.replicate, self.number = world, replicate, centre
        design, frames = world.scenario.design, len(world.resolved.frames.names)
        self.luck = luck if luck is not None else world.luck(seed, replicate, centre)
        self.numbers, self.turns = world.of_centre(self.luck)
        self.kinds, self.frames = world.kinds, world.frames
        self.views = (records(design.clients, party_type(frames)), records(design.clients, party_type(frames)))
        self.dyads, self.posts = records(design.clients, dyad_type()), records(world.scenario.posts, post_type(frames))
        open_centre(*self.views, self.dyads, self.posts, self.frames, self.numbers, self.luck)
        self.first_views = (self.views[0].copy(), self.views[1].copy())
        self.seen, self.odds = np.empty(self.turns[0].act.shape[0]), np.empty(WAYS)
        self.day = 0
        self.today = self.luck.days[:, 0].astype(float)
        self.events: list[Any] = []
        self.days: list[Any] = []

        people, posts = range(design.clients), range(world.scenario.posts)
        self.peers = self.friendships()
        self.team = nx.complete_graph(len(posts))
        self.caseload = nx.Graph()
        self.caseload.add_nodes_from(("post", m) for m in posts)
        self.caseload.add_edges_from((("post", int(self.dyads[i].post)), ("client", i)) for i in people)

        self.clients = list(Client.create_agents(self, len(people), list(people)))
        self.keyworkers = list(Keyworker.create_agents(self, len(posts), list(posts)))
        felt = {name: name for name in ("positivity", "negativity", "tension", "distance")}
        self.datacollector = mesa.DataCollector(
            model_reporters={"day": "day"},
            agenttype_reporters={Client: felt | {"felt_coercion": "felt_coercion"}, Keyworker: felt},
        )
        self.datacollector.collect(self)

    def friendships(self) -> nx.Graph:
        """Who is friends with whom, in the present context."""
        people, density = range(len(self.dyads)), self.numbers.peer_density
        peers = nx.Graph()
        peers.add_nodes_from(people)
        peers.add_edges_from((i, j) for i in people for j in range(i) if are_friends(self.luck.friends, i, j, density))
        return peers

    def apply_policy_change(self, reforms: int) -> None:
        """From this morning on the centre is as after so many *reforms*."""
        before, (self.numbers, self.turns) = self.numbers, self.world.of_centre(self.luck, reforms)
        apply_policy_change(*self.views, self.dyads, self.posts, before, self.numbers, self.luck)
        self.peers = self.friendships()

    def new_row(self, dyad: int) -> Any:
        """A new line of the events table about a dyad."""
        row = records(1, row_type(EVENT_COLUMNS, len(self.frames.benign)))[0]
        row.dyad, row.replicate, row.centre = dyad, self.replicate, self.number
        self.events.append(row)
        return row

    def step(self) -> None:
        """One day: each pair's day, then what goes on around the pairs."""
        self.day += 1
        day = self.day
        self.today = self.luck.days[:, day - 1].astype(float)
        for reforms, then in enumerate(self.world.reforms, 1):
            if then.day == day:
                self.apply_policy_change(reforms)
        for client in self.clients:
            self.pairs_day(client, self.keyworkers[self.dyads[client.number].post])
        for client in self.clients:
            client.talk_with_a_friend(day)
        if day % TEAM_MEETS_EVERY == 0:
            self.team_meets()
        for m, leaver in enumerate(self.keyworkers):
            replaceable = self.posts[m].predecessors < self.luck.keyworkers.shape[1] - 1
            if replaceable and self.luck.leaving[m, day - 1] < leaving_chance(self.numbers.turnover):
                leaver.remove()
                self.keyworkers[m] = Keyworker(self, m)
                self.keyworkers[m].take_over_clients(day)
        for i in range(len(self.clients)):
            for side, views in enumerate(self.views):
                row = records(1, row_type(DAY_COLUMNS, len(self.frames.benign)))[0]
                row.replicate, row.centre = self.replicate, self.number
                note_day(views[i], side, i, day, self.dyads[i], self.posts, row)
                self.days.append(row)
        self.datacollector.collect(self)

    def team_meets(self) -> None:
        """The weekly team meeting: every keyworker hears what the colleagues hold of clients."""
        for m in self.team.nodes:
            hold_outlook(self.posts[m], m, self.dyads, self.views[KEYWORKER])
        for keyworker in self.keyworkers:
            for i in keyworker.dyads():
                team_talk(keyworker.view_of(i), keyworker.post, self.posts, self.numbers)

    def pairs_day(self, client: Client, keyworker: Keyworker) -> None:
        """One pair's day: encounters in their order, then each deals with tension."""
        i, day, numbers = client.number, self.day, self.numbers
        dyad, post, luck = self.dyads[i], self.posts[keyworker.post], self.today[i]
        his, hers = client.view_of(i), keyworker.view_of(i)
        wake(his, hers, post, crisis_left(float(day), numbers.distress_half_life), numbers)
        for kind in range(EVERYDAY, TALK_SLOT):
            self.perhaps_meet(kind, client, keyworker)
        if dyad.talk_due == NOBODY:
            self.perhaps_meet(TALK_SLOT, client, keyworker)
        else:
            opener = int(dyad.talk_due)
            his.confronting = hers.confronting = 0.0
            good = self.meet(REPAIR, opener, client, keyworker)
            proposer = his if opener == CLIENT else hers
            repaired = talk_ends(his, hers, proposer, good, self.kinds[REPAIR].exchanges, numbers)
            dyad.talk_due = NOBODY
            dyad.talks += 1
            dyad.repairs += repaired
            row = self.new_row(i)
            blank(row, day, EventKind.TALK_REPAIRED if repaired else EventKind.TALK_FAILED, opener, dyad)
            note_state(proposer, row)
        self.deal_with_tension(client, keyworker, luck)
        for view in (his, hers):
            for k in range(len(view.definition)):
                view.expectation[k] = move_toward(
                    view.expectation[k], view.log_weights[k], numbers.expectation_learning_rate
                )

    def perhaps_meet(self, kind: int, client: Client, keyworker: Keyworker) -> None:
        """Meet in this kind of encounter if today's luck has it so."""
        i = client.number
        his, hers, luck, this = client.view_of(i), keyworker.view_of(i), self.today[i], self.kinds[kind]
        chance = chance_to_meet(kind, his, hers, self.posts[keyworker.post], self.day, self.numbers)
        if luck[this.luck + EncounterQuestion.MEETS] < chance:
            self.meet(
                kind, int(opener_of(this, his, hers, luck[this.luck + EncounterQuestion.OPENS])), client, keyworker
            )

    def meet(self, kind: int, opener: int, client: Client, keyworker: Keyworker) -> int:
        """An encounter: the parties alternate. Returns how many exchanges were read as good."""
        i, this, parties = client.number, self.kinds[kind], (client, keyworker)
        luck = self.today[i]
        asks = (EncounterQuestion.CLIENT_FRAME, EncounterQuestion.KEYWORKER_FRAME)
        frames = [
            frame_taken(party.view_of(i), party.role == opener, self.frames, luck[this.luck + ask])
            for party, ask in zip(parties, asks, strict=True)
        ]
        bent = bool(luck[this.luck + EncounterQuestion.BENDS] < self.numbers.discretion)
        good = 0
        for exchange in range(this.exchanges):
            turn = self.turns[this.turn[opener, exchange]]
            column = int(this.luck) + PER_ENCOUNTER + exchange * PER_EXCHANGE
            actor, reader = parties[turn.role], parties[1 - turn.role]
            row = self.new_row(i)
            row.day, row.event, row.post, row.encounter = self.day, EventKind.EXCHANGE, keyworker.post, kind
            row.exchange, row.actor, row.way, row.friend = exchange, turn.role, NOTHING, NOTHING
            row.bent, row.reader_frame = bent and turn.mandated, frames[1 - turn.role]
            act = actor.choose(i, turn, frames[turn.role], bent, column, row)
            seen = reader.read(i, turn, act, actor, bent, column, row)
            good += int(turn.evaluation[seen] >= self.numbers.good_reading_threshold)
        parties[opener].view_of(i).confronting = 0.0
        self.dyads[i].exchanges += this.exchanges
        return good

    def deal_with_tension(self, client: Client, keyworker: Keyworker, luck: Any) -> None:
        """In the evening each deals with own tension, or notices the other's and may propose a talk."""
        i, threshold = client.number, self.numbers.tension_threshold
        views = (client.view_of(i), keyworker.view_of(i))
        tension = [float(view.tension) for view in views]
        notices = (DayQuestion.CLIENT_NOTICES, DayQuestion.KEYWORKER_NOTICES)
        handles = (DayQuestion.CLIENT_HANDLES, DayQuestion.KEYWORKER_HANDLES)
        proposers = []
        for side, view in enumerate(views):
            noticed = tension[1 - side] > threshold and luck[notices[side]] < view.insight
            troubled = tension[side] > threshold
            way = handle(
                view, troubled, noticed, float(self.day), self.frames, self.numbers, luck[handles[side]], self.odds
            )
            if way == NO_WAY:
                continue
            self.dyads[i].handled[side, way] += 1
            row = self.new_row(i)
            blank(row, self.day, EventKind.HANDLING, side, self.dyads[i])
            row.way = way
            note_state(view, row)
            if way == CopingWay.PROPOSE_TALK:
                proposers.append(side)
        if not proposers:
            return
        proposer = proposers[0]
        if len(proposers) > 1 and tension[KEYWORKER] > tension[CLIENT]:
            proposer = KEYWORKER
        agreed = len(proposers) > 1 or luck[DayQuestion.ACCEPTS] < benignity(views[1 - proposer], self.frames)
        if agreed:
            self.dyads[i].talk_due = proposer
        row = self.new_row(i)
        blank(row, self.day, EventKind.TALK_AGREED if agreed else EventKind.TALK_DECLINED, proposer, self.dyads[i])
        note_state(views[proposer], row)

    def stay(self) -> CentreRecords:
        """What has happened so far, as the compiled runner would leave it."""
        frames = len(self.frames.benign)
        days, events = (
            np.array(rows, row_type(columns, frames)).view(np.recarray)
            for rows, columns in ((self.days, DAY_COLUMNS), (self.events, EVENT_COLUMNS))
        )
        return CentreRecords(
            self.replicate, self.number, *self.first_views, *self.views, self.dyads, self.posts, days, events
        )


def simulate_centre_with_agents(
    world: PreparedScenario,
    seed: int,
    replicate: int,
    centre: int,
    keep: Detail = Detail.EVENTS,
    luck: Draws | None = None,
) -> CentreRecords:
    """Live one centre with agents, from the first morning to the last evening; see ``twoway.simulation.run.simulate_centre``."""
    model = Centre(world, seed, replicate, centre, luck)
    for _ in range(world.scenario.design.days):
        model.step()
    stay = model.stay()
    getattr(mesa.Agent, "_ids", {}).pop(model, None)  # or Mesa 3.3 never frees the model
    none = slice(0, 0)
    return stay._replace(
        days=stay.days if keep >= Detail.DAYS else stay.days[none],
        events=stay.events if keep >= Detail.EVENTS else stay.events[none],
    )
