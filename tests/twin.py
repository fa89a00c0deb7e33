"""The model a second time, written from ODD.md alone: slow, plain, and to be read beside the text.

Numbers such as 7.6 are sections of ODD.md. Of the project only the scenario and its data files are used, no rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from twoway.simulation.parameters.scenario import Resolved, Scenario

Vector = NDArray[np.float64]
Amount = TypeVar("Amount", float, Vector)
CLIENT, KEYWORKER = 0, 1
TRUSTED_FROM, MISTRUSTED_FROM = 1.0, 0.75  # 7.8
ROLES = ("client", "keyworker")
CONTROL, REQUEST, TALK, REPAIR = 1, 2, 3, 4
KINDS = ("everyday", "control", "request", "planned", "repair")
SOURCES = ("role", "strain", "person")
WAYS = ("endure", "keep_distance", "confront", "withdraw", "propose_talk")
STATES = (
    "definition",
    "positivity",
    "negativity",
    "grievance",
    "tension",
    "felt_coercion",
    "distance",
    "known_rules",
    "presumed_reserve",
    "strain",
)


class Draws(NamedTuple):
    """All draws of one centre in one replicate (5.1)."""

    seed: int
    replicate: int
    centre: int

    def uniforms(self, stream: str, entity: int, day: int, first: int, count: int) -> list[float]:
        """The draws that answer some questions of a stream, from the *first* on."""
        blocks = range(first // 4, (first + count + 3) // 4)
        drawn = [draw for block in blocks for draw in self.block(stream, entity, day, block)]
        return drawn[first % 4 :][:count]

    def block(self, stream: str, entity: int, day: int, block: int) -> list[float]:
        number = int(blake2b(stream.encode(), digest_size=8).hexdigest()[:5], 16)
        counter = [self.replicate, self.centre << 16 | day, entity, number << 12 | block]
        return [(word + 0.5) / 2**32 for word in philox(counter, [self.seed % 2**32, self.seed >> 32])]

    def normals(self, stream: str, entity: int, day: int, first: int, count: int) -> Vector:
        drawn: Vector = ndtri(self.uniforms(stream, entity, day, first, count))
        return drawn


def philox(counter: list[int], key: list[int]) -> list[int]:
    """Philox 4x32 with 10 rounds (5.1)."""
    a, b, c, d = counter
    for turn in range(10):
        first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
        k, m = (key[0] + turn * 0x9E3779B9) % 2**32, (key[1] + turn * 0xBB67AE85) % 2**32
        a, b, c, d = second >> 32 ^ b ^ k, second % 2**32, first >> 32 ^ d ^ m, first % 2**32
    return [a, b, c, d]


class Event(NamedTuple):
    """What happened (7.14); what does not apply is empty or -1."""

    day: int
    dyad: int
    event: str
    actor: str
    encounter: str = ""
    exchange: int = -1
    source: str = ""
    act: str = ""
    seen: str = ""
    manner: str = ""
    manner_seen: str = ""
    way: str = ""
    friend: int = -1


class Occasion(NamedTuple):
    """On what occasion an act is read or chosen (7.18)."""

    before: str | None = None
    hardness: float = 0.0
    stake: float = 1.0
    explained: float | None = None
    shortfall: float = 0.0


@dataclass
class Asked:
    """What has become of a matter with a client (7.18)."""

    state: str = "none"
    since: int = 0
    told: bool = False
    refusals: int = 0
    record: float = 0.0


@dataclass
class Party:
    """One side of a dyad (2). Definitions start at expectations, tone and the like at 0 (5.2)."""

    expectation: Vector
    reserve: float
    insight: float
    style: Vector
    known_rules: float
    presumed_reserve: float
    distress: float = 0.0
    strain: float = 0.0
    positivity: float = 0.0
    negativity: float = 0.0
    tension: float = 0.0
    felt_coercion: float = 0.0
    distance: float = 0.0
    standard: float = 0.0
    grievance: float = 0.0
    confronting: bool = False
    away: float = 0.0

    def __post_init__(self) -> None:
        self.renew(self.expectation)

    def renew(self, log_weights: Vector) -> None:
        """7.8, at the end of redefinition."""
        self.log_weights = np.maximum(log_weights - log_weights.max(), -30.0)
        self.definition = np.exp(self.log_weights) / np.exp(self.log_weights).sum()


class Post(NamedTuple):
    """A post and its present keyworker (2)."""

    clients: list[int]
    contact: float
    strain: float
    general_view: Vector
    reserve: float
    standard: float
    style: Vector
    predecessors: int


class Turn(NamedTuple):
    """The tables of a turn (7.4) by feasible act; deflection and will by frame first, likeness by two acts.

    Deflection and the probability of manners go over manners last; ``mannered`` are the acts that have any.
    """

    acts: tuple[str, ...]
    role: int
    mandated: bool
    decided: tuple[str, ...]
    script: Vector
    strain: Vector
    deflection: Vector
    will: Vector
    mannered: tuple[bool, ...]
    manner: Vector
    likeness: Vector
    sentiment: Vector


class Centre:
    """One centre on its first morning (5.2), and what has happened in it."""

    def __init__(self, scenario: Scenario, seed: int, replicate: int, centre: int) -> None:
        self.context, self.people = scenario.context, scenario.people
        self.learning, self.lasting, self.coping = scenario.learning, scenario.lasting, scenario.coping
        self.data = Resolved(scenario)
        self.frames, self.exchanges = self.data.frames, self.data.situations.exchanges
        n = scenario.design.clients
        m = max(1, round(n / self.context.caseload))  # 2
        self.size = n
        self.asked = [[Asked() for _ in self.data.matters.matters] for _ in range(n)]
        self.follows: list[str] = [""] * n
        self.indignities = [0.0] * n
        self.stay, self.place, self.plan, self.back_on = scenario.stay, ["centre"] * n, [0.0] * n, [0] * n
        self.draws = Draws(seed, replicate, centre)
        settle(self)
        self.posts = [filled_post(self, j, [i for i in range(n) if i % m == j]) for j in range(m)]
        self.clients = [new_client(self, i) for i in range(n)]
        self.keyworkers = [new_keyworker(self, i) for i in range(n)]
        self.due: list[int | None] = [None] * n  # who proposed the repair talk that is due
        self.events: list[Event] = []


def settle(c: Centre) -> None:
    """What follows for the centre from its context: numbers of its own (7.11), tables (7.4), friends (7.11)."""
    shift = np.exp(-c.context.centre_spread * c.draws.normals("centres: what they differ in", 0, 0, 0, 3))
    shares = np.array([c.context.formality, c.context.strictness, c.context.transparency])
    c.formality, c.strictness, c.transparency = shares / (shares + (1 - shares) * shift)
    c.turns = tables(c)
    n = c.size
    pairs = {
        (i, j): c.draws.uniforms("clients: friendships", i * (i - 1) // 2 + j, 0, 0, 1)[0]
        for i in range(n)
        for j in range(i)
    }
    friends = [pair for pair, draw in pairs.items() if draw < c.context.peer_density]
    c.friends = [sorted(sum(pair) - i for pair in friends if i in pair) for i in range(n)]


def apply_policy_change(c: Centre, scenario: Scenario) -> None:  # 7.16
    before, c.context, c.stay = c.transparency, scenario.context, scenario.stay
    settle(c)
    for j, post in enumerate(c.posts):
        anew = filled_post(c, j, post.clients, post.predecessors)
        c.posts[j] = post._replace(contact=anew.contact, strain=anew.strain)
        for i in post.clients:
            client, c.keyworkers[i].insight = c.clients[i], c.context.reflexivity
            unexplained = (1 - client.known_rules) / (1 - before) if before < 1 else 1.0
            if c.place[i] != "ended":
                client.known_rules = 1 - unexplained * (1 - c.transparency)


def reduced_by(amount: float, share: float) -> float:  # 7.9
    return amount * (1 - share)


def move_toward(own: Amount, other: Amount, share: float) -> Amount:  # 7.12
    return own + share * (other - own)


def daily_chance(per_week: float) -> float:  # 7.5
    return float(1 - np.exp(-per_week / 7))


def tension_added(deflection: float, tolerance: float, weight: float) -> float:  # 7.8
    return weight * max(0.0, deflection - tolerance) / tolerance


def pick(probabilities: Vector, draw: float) -> int:  # 5.1
    greater = np.flatnonzero(np.cumsum(probabilities) > draw)
    return int(greater[0]) if len(greater) else len(probabilities) - 1


def pick_from_table(probabilities: Vector, draw: float) -> int:  # 5.1, for the tables of 7.4
    return min(pick(probabilities, draw), int(np.flatnonzero(probabilities)[-1]))


def deflection(c: Centre, actor: Vector, act: Vector, other: Vector) -> float:  # 7.2
    x = np.concatenate([actor, act, other])
    terms = np.array([np.prod(x[list(inputs)]) for inputs in c.data.equations.impression_terms])
    return float(((x - terms @ c.data.equations.impression_coefficients) ** 2).sum())


def tables(c: Centre) -> dict[tuple[int, int, int], Turn]:  # 7.3, 7.4
    identities, acts, turns = c.data.lexicon.identities, c.data.lexicon.acts, {}
    frames = [[np.mean([identities[word][:3] for word in words], axis=0) for words in f] for f in c.frames.identities]
    facts = {act: fact for fact, members in c.data.situations.facts.items() for act in members}
    for t in c.data.situations.turns:
        sentiment = np.array([acts[act][:3] for act in t.feasible])
        decided = {t.refused: t.decided * c.strictness, t.granted: t.decided * (1 - c.strictness)}
        script = np.array([t.script.get(act, 0.0) + decided.get(act, 0.0) for act in t.feasible])
        strain = np.array([t.strain.get(act, 0.0) for act in t.feasible])
        shifts = np.array(list(c.data.situations.manners.values()))
        deflections = np.array(
            [
                [[deflection(c, f[t.role], act + shift, f[1 - t.role]) for shift in shifts] for act in sentiment]
                for f in frames
            ]
        )
        every_manner = np.exp(-deflections / c.learning.choice_temperature)
        choice_weight = every_manner[:, :, 0]
        mannered = tuple(act in c.data.situations.mannered[t.role] for act in t.feasible)
        manner = every_manner / every_manner.sum(axis=2, keepdims=True)
        manner[:, [not has for has in mannered]] = [1.0, *[0.0] * (len(shifts) - 1)]
        squared_distance = ((sentiment[:, None] - sentiment[None]) ** 2).sum(axis=2)
        turns[t.kind, t.role, t.position] = Turn(
            acts=t.feasible,
            role=t.role,
            decided=(t.refused, t.granted) if t.decided else (),
            mandated=t.mandated,
            script=script / script.sum(),
            strain=strain / strain.sum() if strain.any() else strain,
            deflection=deflections,
            will=choice_weight / choice_weight.sum(axis=1, keepdims=True),
            mannered=mannered,
            manner=manner,
            likeness=np.exp(-squared_distance / (2 * c.learning.perceptual_noise * c.learning.perceptual_noise))
            * [
                [1.0 if facts.get(a) == facts.get(b) else c.learning.fact_confusion for b in t.feasible]
                for a in t.feasible
            ],
            sentiment=sentiment,
        )
    return turns


def hardened(strictness: float, hardness: float) -> float:  # 7.4
    return float(strictness / (strictness + (1 - strictness) * np.exp(-hardness)))


def answering(c: Centre, turn: Turn, occasion: Occasion) -> tuple[Vector, Vector]:  # 7.4
    """Script, and what each frame makes feel right, as answers to the act before."""
    if turn.mandated and turn.decided and occasion.hardness:
        refused, granted = (turn.acts.index(act) for act in turn.decided)
        both = turn.script[refused] + turn.script[granted]
        script = turn.script.copy()
        script[refused] = both * hardened(turn.script[refused] / both, occasion.hardness)
        script[granted] = both - script[refused]
        turn = turn._replace(script=script)
    learning, before = c.learning, occasion.before
    strengths = (learning.affiliation_matching, learning.dominance_yielding, learning.pair_strength)
    if before is None or not (any(strengths) or learning.offered_share):
        return turn.script, turn.will
    acts = {act: row[:3] for act, row in c.data.lexicon.acts.items()}
    every = np.array([acts[act] for act in c.data.situations.acts])
    x = np.column_stack([np.ones(len(every)), every[:, 0]])
    line = np.linalg.lstsq(x, every[:, 1], rcond=None)[0]
    dominance = {act: p - line[0] - line[1] * e for act, (e, p, _) in acts.items()}
    pair = next((pair for pair in c.data.situations.pairs if before in pair.after), None)
    m, offered = np.empty(len(turn.acts)), np.zeros(len(turn.acts))
    for j, act in enumerate(turn.acts):
        apart, both = acts[act][0] - acts[before][0], dominance[act] + dominance[before]
        fits = 0 if pair is None else 1 if act in pair.fits else -1 if act in pair.unfit else 0
        m[j] = np.exp(-strengths[0] * (apart / 4.3) ** 2 - strengths[1] * (both / 4.3) ** 2 + strengths[2] * fits)
        offered[j] = pair is not None and act in pair.offers
    script, will = (turn.script + learning.offered_share * offered) * m, turn.will * m
    script = turn.script if turn.mandated else script / script.sum()
    return script, will / will.sum(axis=1, keepdims=True)


def initial_log_weight(c: Centre, role: int, tilt: float, sd: float, draws: Vector) -> Vector:  # 7.11
    weight: Vector = np.log(c.frames.expected[role])
    return weight + tilt * c.frames.benign + sd * draws


def trait(mean: float, sd: float, draw: float) -> float:  # 7.11
    return float(np.clip(mean + sd * draw, 0, 1))


def style(c: Centre, person: int, predecessors: int, role: int) -> Vector:  # 7.11
    drawn = [c.draws.normals(f"coping: {way}", person, predecessors, role, 1)[0] for way in WAYS]
    return c.people.coping_style_sd * np.array(drawn)


def new_client(c: Centre, i: int) -> Party:  # 7.11
    people = c.people
    draws = c.draws.normals("clients: expectations", i, 0, 0, len(c.frames.names))
    expectation = initial_log_weight(c, CLIENT, people.client_tilt, people.client_expectation_sd, draws)
    drawn = c.draws.normals("clients: traits", i, 0, 0, 1)[0]
    client = Party(
        expectation,
        trait(people.client_reserve, people.reserve_sd, drawn),
        people.client_insight,
        style(c, i, 0, CLIENT),
        c.transparency,
        people.keyworker_reserve,
        c.context.distress,
    )
    return begun(c, client, c.lasting.client_standard)


def filled_post(c: Centre, j: int, clients: list[int], predecessors: int = 0) -> Post:  # 7.5, 7.6, 7.11
    draws = c.draws.normals("keyworkers: expectations", j, predecessors, 0, len(c.frames.names))
    caseload, capacity = max(1, sum(c.place[i] == "centre" for i in clients)), c.context.capacity  # 7.17
    contact = min(1.0, capacity / caseload)
    pressure = min(1.0, c.context.pressure + c.context.overload * max(0.0, caseload / capacity - 1))
    sd = c.people.keyworker_expectation_sd * np.sqrt(0.5)
    general_view = initial_log_weight(c, KEYWORKER, c.people.keyworker_tilt, sd, draws)
    drawn = c.draws.normals("keyworkers: traits", j, predecessors, 0, 3)
    reserve = trait(c.people.keyworker_reserve, c.people.reserve_sd, drawn[0])
    standard = c.lasting.keyworker_standard + c.lasting.keyworker_standard_sd * drawn[2]
    own = style(c, j, predecessors, KEYWORKER)
    return Post(clients, contact, pressure, general_view, reserve, standard, own, predecessors)


def new_keyworker(c: Centre, i: int) -> Party:  # 7.11
    post, people = c.posts[i % len(c.posts)], c.people
    draws = c.draws.normals("keyworkers: first impressions", i, post.predecessors, 0, len(c.frames.names))
    impression = initial_log_weight(c, KEYWORKER, people.keyworker_tilt, people.keyworker_expectation_sd, draws)
    expectation = move_toward(post.general_view, impression, people.first_impression)
    traits = (post.reserve, c.context.reflexivity, post.style.copy())
    return begun(c, Party(expectation, *traits, 1.0, people.client_reserve, strain=post.strain), post.standard)


def begun(c: Centre, party: Party, standard: float) -> Party:  # 7.11
    party.standard = standard
    party.positivity, party.negativity = c.lasting.first_credit, 0.0
    return party


def pairs_day(c: Centre, i: int, day: int) -> None:  # 3 A
    if c.place[i] == "ended":  # 7.17
        return
    context, learning, coping, post = c.context, c.learning, c.coping, c.posts[i % len(c.posts)]
    client, keyworker = c.clients[i], c.keyworkers[i]
    client.strain, keyworker.strain = client.distress * 0.5 ** (day / context.distress_half_life), post.strain
    everyday = context.everyday * post.contact  # 7.5
    for party in (client, keyworker):
        party.tension = reduced_by(party.tension, learning.tension_decay)
        left = party.grievance * 0.5 ** (1 / c.lasting.grievance_half_life)  # 7.9
        party.grievance = left if left >= 0.02 else 0.0
        party.tension += c.lasting.grievance_tension * party.grievance
        party.distance = reduced_by(party.distance, coping.distance_return)
        if party.away >= day:
            everyday = reduced_by(everyday, coping.withdrawal_avoidance)
    per_week = (everyday, context.control, context.requests, context.planned * post.contact)
    matters_due(c, i, day)
    whereabouts(c, i, day)
    meets = c.draws.uniforms("days: meetings", i, day, 0, 4)
    for kind in range(4):
        proposer = c.due[i]
        if c.place[i] != "centre":  # 7.17
            if kind == TALK and c.place[i] == "placed" and meets[kind] < daily_chance(c.stay.follow_up):
                encounter(c, i, day, kind, KEYWORKER)
        elif kind == TALK and proposer is not None:
            repair_talk(c, i, day, proposer)
        elif meets[kind] < daily_chance(per_week[kind]):
            opener = c.data.situations.opened_by[kind]
            if opener not in (CLIENT, KEYWORKER):  # 7.5
                opens = c.draws.uniforms(f"encounters: {KINDS[kind]}", i, day, 0, 1)[0]
                opener = CLIENT if opens < 0.5 else KEYWORKER
                if client.confronting != keyworker.confronting:
                    opener = CLIENT if client.confronting else KEYWORKER
            encounter(c, i, day, kind, opener)
    if c.place[i] == "centre":
        evening(c, i, day)
    for party in (client, keyworker):
        party.expectation = move_toward(party.expectation, party.log_weights, learning.expectation_learning_rate)


def whereabouts(c: Centre, i: int, day: int) -> None:  # 7.17
    stay, at, client = c.stay, c.place[i], c.clients[i]
    event = ""
    if at == "gone" and day >= c.back_on[i]:
        c.place[i], event = "centre", "returned"
    if at == "placed" or (at == "centre" and (stay.placing or stay.running)):
        happens, which, length = c.draws.uniforms("days: whereabouts of clients", i, day, 0, 3)
        b = bond(c, i)
        beyond = max(0.0, client.tension - c.coping.tension_threshold)
        first, second = stay.running * np.exp(beyond - b), stay.placing * c.plan[i] * np.exp(b)
        if day < stay.placing_from or c.draws.uniforms("clients: a place outside", i, 0, 0, 1)[0] < stay.no_place:
            second = 0.0
        if at == "placed":
            first, second = stay.breaking * np.exp(-b), stay.ending
        if happens < 1 - np.exp(-(first + second)):
            is_first = which * (first + second) < first
            if at == "placed":
                c.place[i], event = ("centre", "placement_broken") if is_first else ("ended", "order_ended")
            else:
                c.place[i], event = ("gone", "gone") if is_first else ("placed", "placed")
                c.back_on[i] = day + int(np.ceil(-stay.gone_days * np.log(length)))
    if event:
        c.events.append(Event(day, i, event, ROLES[CLIENT]))


def frame_taken(c: Centre, party: Party, opens: bool, draw: float) -> int:  # 7.5
    if party.confronting and opens:
        adversarial = np.flatnonzero(c.frames.kind == 2)  # 0 personal, 1 formal, 2 adversarial
        return int(adversarial[np.argmax(party.definition[adversarial])])
    return pick(party.definition, draw)


def encounter(c: Centre, i: int, day: int, kind: int, opener: int) -> bool:
    """All exchanges of an encounter; whether most of the acts seen were good (7.10)."""
    parties, good, k = (c.clients[i], c.keyworkers[i]), 0, 0
    meant: str | None = None
    taken: str | None = None
    bad = False
    stream = f"encounters: {KINDS[kind]}"
    if kind == TALK:  # 7.18
        decide_pending(c, i, day)
    _, *frame_draws, bends = c.draws.uniforms(stream, i, day, 0, 4)
    frames = [frame_taken(c, parties[side], side == opener, frame_draws[side]) for side in (CLIENT, KEYWORKER)]
    bent = bends < c.context.discretion
    matter, at_stake = subject(c, i, day, kind)
    while k < c.exchanges[kind] or (bad and k < c.data.situations.longest[kind]):
        role = opener if k % 2 == 0 else 1 - opener
        turn = c.turns[kind, role, 0 if k == 0 else 1 if k % 2 else 2]  # opening, reply, sequel
        actor, reader = parties[role], parties[1 - role]
        source_draw, act_draw, seen_draw = c.draws.uniforms(stream, i, day, 4 * (1 + k), 3)
        how, how_seen = c.draws.uniforms("encounters: manners", i, day, 4 * (6 * kind + k), 2)
        # Choosing an act, 7.6
        share = own_share(c, actor)
        if turn.mandated and not bent:
            share = max(share, c.context.mandate)
        strain = actor.strain if turn.strain.any() else 0.0
        source = 0 if source_draw < share else 1 if source_draw < share + (1 - share) * strain else 2
        about = at_stake if role == KEYWORKER and k < 2 else Occasion()
        script, will = answering(c, turn, Occasion(taken, about.hardness))
        act = pick_from_table((script, turn.strain, will[frames[role]])[source], act_draw)
        manner = pick_from_table(turn.manner[frames[role], act], how) if turn.mannered[act] else 0
        forbidden = turn.deflection[frames[role], act, 0]
        actor.tension += tension_added(forbidden, c.learning.deflection_tolerance, c.learning.role_strain_weight)
        # Seeing it, 7.7, and what the reader makes of it, 7.8
        usual = believed_role = 1 - (1 - c.formality) * (1 - reader.presumed_reserve)
        if turn.mandated:
            known = reader.known_rules if about.explained is None else about.explained
            believed_role = usual + known * (share - usual)
        aggrieved = reader.grievance > 0
        about = about._replace(before=meant)
        believed = believed_role, reader.insight * strain
        seen, in_role = read(c, turn, about, reader, (act, manner), believed, (seen_draw, how_seen))
        if not turn.mandated and c.formality < 1:
            usual += c.learning.reserve_learning_rate * (in_role - usual)
            reader.presumed_reserve = float(np.clip(1 - (1 - usual) / (1 - c.formality), 0, 1))
        evaluation = turn.sentiment[seen[0], 0] + shifts(c)[seen[1], 0]
        good += bool(evaluation >= c.coping.good_reading_threshold)
        meant, taken, bad = turn.acts[act], turn.acts[seen[0]], bool(evaluation < 0)
        names = tuple(c.data.situations.manners)
        how_done, how_taken = (names[m] if turn.mannered[b] else "" for b, m in ((act, manner), seen))
        words = (SOURCES[source], turn.acts[act], turn.acts[seen[0]], how_done, how_taken)
        c.events.append(Event(day, i, "exchange", ROLES[role], KINDS[kind], k, *words))
        if matter is not None and turn.decided:
            answered(c, i, day, matter, turn.acts[act], turn.decided, told=about.explained == 1)
        if reader.grievance > 0 and not aggrieved:
            seen_as = turn.acts[seen[0]]
            c.events.append(Event(day, i, "grievance_opened", ROLES[1 - role], KINDS[kind], seen=seen_as))
        k += 1
    parties[opener].confronting = False
    if kind == TALK:  # 7.17
        c.plan[i] = min(1.0, c.plan[i] + c.stay.plan_step * good / k)
    return good > 0.5 * k


def trust(c: Centre, party: Party) -> tuple[float, float]:  # 7.8
    bad = party.negativity + party.grievance
    stocks = (party.positivity / TRUSTED_FROM, bad / MISTRUSTED_FROM)
    good, ill = (0.5 + 0.5 * np.tanh((stock - 1) / c.lasting.trust_width) for stock in stocks)
    return float(good), float(ill)


def subject(c: Centre, i: int, day: int, kind: int) -> tuple[int | None, Occasion]:  # 7.18
    matters, none = c.data.matters.matters, (None, Occasion())
    if not matters or KINDS[kind] not in ("control", "request", "planned"):
        return none
    about, explains = c.draws.uniforms("encounters: subjects", i, day, 4 * kind, 2)
    if kind == CONTROL and c.follows[i]:
        m: int = c.data.matters.names.index(c.follows[i])
        c.follows[i] = ""
    else:
        weights = np.zeros(len(matters))
        for j, (matter, asked) in enumerate(zip(matters, c.asked[i], strict=True)):
            waits = asked.state == "under_way" or (asked.state == "granted" and matter.takes_effect > 0)
            rests = asked.state not in ("none", "pending") and day - asked.since < matter.rests
            if matter.raised_in == KINDS[kind] and day >= matter.from_day and not waits and not rests:
                insists = asked.state in ("pending", "refused", "unanswered")
                weights[j] = matter.weight * (matter.insists if insists else 1)
        if not weights.any():
            return none
        m = pick_from_table(weights, about * np.cumsum(weights)[-1])
    if kind == TALK:
        return m, Occasion()
    matter, asked = matters[m], c.asked[i][m]
    explained = float(explains < c.clients[i].known_rules)
    if kind == REQUEST:
        stake = insisted_stake(c, matter.stake, asked.refusals)
        return m, Occasion(None, matter.hardness + asked.record, stake, explained)
    if explained:
        return m, Occasion(None, 0.0, matter.stake, explained)
    stake = insisted_stake(c, matter.stake, c.indignities[i])
    c.indignities[i] += 1
    return m, Occasion(None, 0.0, stake, explained, c.stay.indignity)


def insisted_stake(c: Centre, stake: float, times: float) -> float:  # 7.18
    return stake * (1 + c.stay.insistence * min(4, times))


def answered(c: Centre, i: int, day: int, m: int, act: str, decided: tuple[str, ...], told: bool) -> None:  # 7.18
    asked, is_granted = c.asked[i][m], act == decided[1]
    if act in decided:
        asked.state, asked.since = "granted" if is_granted else "refused", day
        asked.refusals = 0 if is_granted else asked.refusals + 1
    elif asked.state != "pending":
        asked.state, asked.since, asked.told = "pending", day, told


def hears(c: Centre, i: int, day: int, m: int, act: str, event: str, explained: bool) -> None:
    """The client learns what has become of a request, not by an exchange (7.18)."""
    turn, client, keyworker = c.turns[REQUEST, KEYWORKER, 1], c.clients[i], c.keyworkers[i]
    matter, asked = c.data.matters.matters[m], c.asked[i][m]
    stake = insisted_stake(c, matter.stake, asked.refusals)
    about = Occasion(None, matter.hardness + asked.record, stake, float(explained))
    asked.state = {turn.decided[0]: "refused", turn.decided[1]: "granted"}.get(act, "unanswered")
    asked.since, asked.refusals = day, 0 if asked.state == "granted" else asked.refusals + 1
    share = max(own_share(c, keyworker), c.context.mandate)
    usual = 1 - (1 - c.formality) * (1 - client.presumed_reserve)
    role = usual + explained * (share - usual)
    strain = client.insight * (keyworker.strain if turn.strain.any() else 0.0)
    aggrieved, place = client.grievance > 0, turn.acts.index(act)
    how = next(iter(c.data.situations.manners)) if turn.mannered[place] else ""
    c.events.append(Event(day, i, event, ROLES[KEYWORKER], act=act, seen=act, manner=how, manner_seen=how))
    take_in(c, turn, about, client, (place, 0), (role, strain))
    if client.grievance > 0 and not aggrieved:
        c.events.append(Event(day, i, "grievance_opened", ROLES[CLIENT], "request", seen=act))


def decide_pending(c: Centre, i: int, day: int) -> None:  # 7.18
    for m, (matter, asked) in enumerate(zip(c.data.matters.matters, c.asked[i], strict=True)):
        if asked.state == "pending":
            decides, explains = c.draws.uniforms("days: matters", i, day, 4 * m, 2)
            refused, granted = c.turns[REQUEST, KEYWORKER, 1].decided
            act = refused if decides < hardened(c.strictness, matter.hardness + asked.record) else granted
            hears(c, i, day, m, act, "matter_settled", asked.told or explains < c.clients[i].known_rules)


def matters_due(c: Centre, i: int, day: int) -> None:  # 7.18
    c.indignities[i] *= 0.9057
    for m, (matter, asked) in enumerate(zip(c.data.matters.matters, c.asked[i], strict=True)):
        waited = day - asked.since
        if asked.state == "under_way" and day >= c.back_on[i]:
            length, ends = c.draws.uniforms("days: matters", i, day, 4 * m + 2, 2)
            b = bond(c, i)
            fails = 1 / (1 + np.exp(c.stay.failing - 3 * c.clients[i].strain + b))
            late = 1 / (1 + np.exp(c.stay.lateness + b))
            asked.state = "failed" if ends < fails else "late" if (ends - fails) / (1 - fails) < late else "kept"
            asked.since, c.follows[i] = day, matter.follows
            asked.record += matter.record[("kept", "late", "failed").index(asked.state)]
            c.place[i] = "gone" if asked.state == "failed" else "centre"
            if asked.state == "failed":
                c.back_on[i] = day + int(np.ceil(-c.stay.gone_days * np.log(length)))
            c.events.append(Event(day, i, "leave_ends", ROLES[CLIENT]))
        elif c.place[i] != "centre":
            continue
        elif asked.state == "granted" and matter.lasts[1] > 0 and waited >= matter.takes_effect:
            length = c.draws.uniforms("days: matters", i, day, 4 * m + 2, 1)[0]
            shortest, longest = matter.lasts
            c.back_on[i] = day + shortest + int(length * (longest - shortest + 1))
            asked.state, asked.since, c.place[i] = "under_way", day, "leave"
            c.events.append(Event(day, i, "leave_begins", ROLES[CLIENT]))
        elif asked.state == "pending" and waited >= c.stay.answer_within:
            if asked.told:
                asked.since = day
            else:
                named = next(t.unanswered for t in c.data.situations.turns if t.decided)
                hears(c, i, day, m, named, "left_unanswered", False)


def own_share(c: Centre, party: Party) -> float:  # 7.6
    present_reserve = 1 - (1 - party.reserve) * (1 - party.distance)
    trusts, mistrusts = trust(c, party)
    hidden = present_reserve * (1 - c.lasting.trust_openness * trusts)
    hidden += (1 - hidden) * c.lasting.trust_openness * mistrusts
    share = 1 - (1 - c.formality) * (1 - hidden)
    return float(share + (1 - share) * c.lasting.formality_lock * party.definition[c.frames.kind == 1].sum())


def bond(c: Centre, i: int) -> float:  # 7.17
    ratings = [party.positivity - party.negativity - party.grievance for party in (c.clients[i], c.keyworkers[i])]
    return c.stay.bond * float(sum(ratings) / 2 - (TRUSTED_FROM - MISTRUSTED_FROM))


def shifts(c: Centre) -> Vector:  # 7.4
    return np.array(list(c.data.situations.manners.values()))


def read(
    c: Centre,
    turn: Turn,
    about: Occasion,
    reader: Party,
    done: tuple[int, int],
    believed: tuple[float, float],
    draws: tuple[float, float],
) -> tuple[tuple[int, int], float]:
    """Act and manner seen (7.7), how far it is put down to the role, and what it changes in the reader (7.8)."""
    (act, manner), (role, strain), (draw, how_seen) = done, believed, draws
    learning, w = c.learning, reader.definition
    script, will = answering(c, turn, about)
    from_role, from_strain = role * script, (1 - role) * strain * turn.strain
    expected = from_role + from_strain + (1 - role) * (1 - strain) * (w @ will)
    openness = 1 / len(turn.acts)
    weights = turn.likeness[act] * (
        learning.perceptual_assimilation * expected + (1 - learning.perceptual_assimilation) * openness
    )
    total = np.cumsum(weights)[-1]
    b = pick(weights, draw * total) if total > 0 else act
    m = 0
    if turn.mannered[b]:
        every = shifts(c)
        apart = ((every[manner] - every) ** 2).sum(axis=1)
        alike = np.exp(-apart / (2 * learning.perceptual_noise * learning.perceptual_noise))
        open_to = (1 - learning.perceptual_assimilation) / len(every)
        weights = alike * (learning.perceptual_assimilation * (w @ turn.manner[:, b]) + open_to)
        total = np.cumsum(weights)[-1]
        m = pick(weights, how_seen * total) if total > 0 else manner
    return (b, m), take_in(c, turn, about, reader, (b, m), believed)


def take_in(
    c: Centre, turn: Turn, about: Occasion, reader: Party, seen: tuple[int, int], believed: tuple[float, float]
) -> float:  # 7.8
    (b, m), (role, strain) = seen, believed
    learning, lasting, w = c.learning, c.lasting, reader.definition
    script, will = answering(c, turn, about)
    from_role, from_strain = role * script, (1 - role) * strain * turn.strain
    expected_in = from_role + from_strain + (1 - role) * (1 - strain) * will  # each frame
    expected = from_role + from_strain + (1 - role) * (1 - strain) * (w @ will)
    # Attribution, how much the act counts, disturbance
    explained = (from_role[b] / expected[b], from_strain[b] / expected[b]) if expected[b] > 0 else (0.0, 0.0)
    person = max(0.0, 1 - explained[0] - explained[1])
    trusts, mistrusts = trust(c, reader)
    by_itself = turn.sentiment[b, 0] - about.shortfall - reader.standard
    shift = shifts(c)[m]
    goodness = by_itself + shift[0]
    known = reader.known_rules if about.explained is None else about.explained
    known = known if turn.mandated else 0.0
    impersonal = learning.impersonal_weight * (1 - lasting.procedural_weight * known if goodness < 0 else 1)
    felt = (impersonal + (1 - impersonal) * person) * by_itself + shift[0]
    hurt = about.stake * -felt * (1 + lasting.betrayal_weight * trusts)
    hurt = hurt + reader.negativity if goodness < 0 and felt < 0 else 0.0
    if lasting.trust_override and person < 1:
        odds = np.exp(
            lasting.trust_override * (2 * (trusts if goodness > 0 else mistrusts) - 1) * min(1, abs(goodness))
        )
        person = person * odds / (1 - person + person * odds)
    g = impersonal + (1 - impersonal) * person
    reader.tension += tension_added(w @ turn.deflection[:, b, m], learning.deflection_tolerance, g)
    # Redefinition
    evidence = np.log(turn.manner[:, b, m] * expected_in[:, b] + learning.lapse_rate)
    spoken_for = lasting.trust_binding * np.array([trusts, (1 - trusts) * (1 - mistrusts), mistrusts])
    expectation = reader.expectation + spoken_for[c.frames.kind]
    drawn_back = learning.expectation_anchoring * (reader.log_weights - expectation)
    reader.renew(reader.log_weights + learning.definition_learning_rate * evidence - drawn_back)
    # Tone and felt coercion
    felt = g * by_itself + shift[0]
    rate, faster = learning.tone_learning_rate, min(1.0, learning.tone_learning_rate * about.stake)
    reader.positivity += (faster if felt > 0 else rate) * (max(felt, 0.0) - reader.positivity)
    sour = learning.negativity_weight * max(-felt, 0.0)
    reader.negativity += (rate if felt > 0 else faster) * (sour - reader.negativity)
    if turn.role == KEYWORKER:
        if turn.mandated:
            g += lasting.deed_coercion * (1 - lasting.procedural_weight * known - g)
        rate = min(1.0, learning.coercion_learning_rate * about.stake)
        bad, powerful = max(-goodness, 0.0), max(turn.sentiment[b, 1] + shift[1], 0.0)
        reader.felt_coercion += rate * (g * bad * powerful - reader.felt_coercion)
    if hurt > lasting.offence_threshold:
        reader.grievance = max(reader.grievance, lasting.grievance_size * hurt)
    return explained[0]


def repair_talk(c: Centre, i: int, day: int, proposer: int) -> None:  # 7.10
    client, keyworker, c.due[i] = c.clients[i], c.keyworkers[i], None
    client.confronting = keyworker.confronting = False  # 7.5
    repaired = encounter(c, i, day, REPAIR, proposer)
    mean = 0.5 * (client.definition + keyworker.definition)
    for party in (client, keyworker):
        if repaired:
            party.renew(np.log(move_toward(party.definition, mean, c.coping.talk_convergence)))
            party.tension = reduced_by(party.tension, c.coping.tension_relief)
    if repaired:
        client.known_rules = move_toward(client.known_rules, 1.0, c.coping.talk_convergence)
    else:
        (client, keyworker)[proposer].style[4] -= c.coping.failed_talk_penalty
    c.events.append(Event(day, i, "talk_repaired" if repaired else "talk_failed", ROLES[proposer]))
    mends = c.draws.uniforms("days: what is mended in a talk", i, day, 0, 2)
    for side, (party, other) in enumerate(((client, keyworker), (keyworker, client))):
        chance = 1 - (1 - other.insight) ** (1 + 2 * c.context.repair_opportunity)
        if repaired and party.grievance > 0 and mends[side] < chance:
            party.grievance = 0.0
            c.events.append(Event(day, i, "grievance_mended", ROLES[side]))


def benign_share(c: Centre, party: Party) -> float:  # 7.9
    return float(0.5 * (1 + party.definition @ c.frames.benign))


def way_taken(c: Centre, party: Party, draw: float) -> str:  # 7.9
    coping = c.coping
    benign = coping.benignity_weight * benign_share(c, party)
    opportunity = coping.opportunity_weight * c.context.repair_opportunity
    tendency = [
        coping.endure_log_odds,
        coping.keep_distance_log_odds,
        coping.confront_log_odds,
        coping.withdraw_log_odds,
        coping.propose_talk_log_odds,
    ]
    odds = np.exp(tendency + party.style + [0.0, 0.0, -benign, -benign, benign + opportunity])
    return WAYS[pick(odds / odds.sum(), draw)]


def evening(c: Centre, i: int, day: int) -> None:  # 7.9
    coping, parties = c.coping, (c.clients[i], c.keyworkers[i])
    draws = c.draws.uniforms("days: evenings", i, day, 0, 5)
    tension = [party.tension for party in parties]
    troubled = [amount > coping.tension_threshold for amount in tension]
    proposers = []
    for side, party in enumerate(parties):
        notices = troubled[1 - side] and draws[side] < party.insight
        way = way_taken(c, party, draws[2 + side])
        if not (troubled[side] or (notices and way == "propose_talk")):
            continue
        c.events.append(Event(day, i, "handling", ROLES[side], way=way))
        if way == "propose_talk":
            proposers.append(side)
        elif way == "keep_distance":
            party.distance += coping.distance_step * (1 - party.distance)
        elif way == "confront":
            party.confronting = True
        elif way == "withdraw":
            party.away = day + coping.withdrawal_days
        if way in ("keep_distance", "confront", "withdraw"):
            party.tension = reduced_by(party.tension, coping.tension_relief)
    if not proposers:
        return
    proposer, agreed = proposers[0], True
    if len(proposers) == 2:
        proposer = KEYWORKER if tension[KEYWORKER] > tension[CLIENT] else CLIENT
    else:
        agreed = draws[4] < benign_share(c, parties[1 - proposer])
    c.due[i] = proposer if agreed else None
    c.events.append(Event(day, i, "talk_agreed" if agreed else "talk_declined", ROLES[proposer]))


def peers(c: Centre, day: int) -> None:  # 7.12
    for i, (client, all_friends) in enumerate(zip(c.clients, c.friends, strict=True)):
        friends = [friend for friend in all_friends if c.place[friend] == c.place[i] == "centre"]
        talks, which = c.draws.uniforms("days: talk among clients", i, day, 0, 2)
        if friends and talks < daily_chance(c.context.peer_talk * len(friends)):
            friend = friends[min(int(which * len(friends)), len(friends) - 1)]
            heard = c.clients[friend].log_weights - c.context.opposition * c.frames.benign
            client.expectation = move_toward(client.expectation, heard, c.context.peer_influence)
            told = min(1, c.context.opposition) * c.clients[friend].grievance
            if told > client.negativity:
                client.negativity = move_toward(client.negativity, told, c.lasting.hearsay)
            c.events.append(Event(day, i, "peer_talk", ROLES[CLIENT], friend=friend))


def turnover(c: Centre, day: int) -> None:  # 7.12
    keep, leaving_chance = c.learning.carry_over_to_new_keyworker, 1 - np.exp(-c.context.turnover / 180)
    for j, post in enumerate(c.posts):
        if c.draws.uniforms("days: keyworkers leave", j, day, 0, 1)[0] >= leaving_chance:
            continue
        c.posts[j] = filled_post(c, j, post.clients, post.predecessors + 1)
        for i in [i for i in post.clients if c.place[i] != "ended"]:
            c.keyworkers[i] = new_keyworker(c, i)
            client, c.due[i] = c.clients[i], None
            client.renew(move_toward(client.expectation, client.log_weights, keep))
            good = move_toward(c.lasting.first_credit, client.positivity, keep)
            client.positivity = max(0.0, good - c.lasting.parting_loss)
            for what in ("negativity", "grievance", "felt_coercion", "tension", "distance"):
                setattr(client, what, keep * getattr(client, what))
            client.presumed_reserve = c.people.keyworker_reserve
            client.away, client.confronting = 0.0, False
            c.events.append(Event(day, i, "new_keyworker", ROLES[KEYWORKER]))


def simulate(
    scenario: Scenario, seed: int, replicate: int, centre: int, changes: Mapping[int, Scenario]
) -> tuple[list[Event], dict[str, Vector]]:
    """What happens in a centre with policy changes by day, and each state of everyone by day, dyad and party (3)."""
    c, evenings = Centre(scenario, seed, replicate, centre), []
    for day in range(1, scenario.design.days + 1):
        if day in changes:
            apply_policy_change(c, changes[day])
        for i in range(scenario.design.clients):
            pairs_day(c, i, day)
        peers(c, day)
        for j, post in enumerate(c.posts):  # 3 B
            anew = filled_post(c, j, post.clients, post.predecessors)
            c.posts[j] = post._replace(contact=anew.contact, strain=anew.strain)
        turnover(c, day)
        parties = [party for dyad in zip(c.clients, c.keyworkers, strict=True) for party in dyad]
        noted = [[getattr(party, state) for state in STATES] for party in parties]
        for party, row in zip(parties, noted, strict=True):
            row[STATES.index("negativity")] += party.grievance  # 7.14
        evenings += noted
    return c.events, {
        state: np.array(column) for state, column in zip(STATES, zip(*evenings, strict=True), strict=True)
    }
