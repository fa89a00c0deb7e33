"""How a stay begins: clients and keyworkers are drawn, friends are made, and later a new keyworker takes over."""

from __future__ import annotations

import math
from typing import Any

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.compilation import compiled
from twoway.simulation.dynamics.encounter import define
from twoway.simulation.random_streams import WAYS, Trait
from twoway.simulation.rules.choice import contact, daily_chance, pressure_under
from twoway.simulation.rules.social import clipped_to_share, initial_log_weight, move_toward
from twoway.simulation.situations import EncounterKind
from twoway.simulation.state import NOBODY


@compiled
def take_style(style: Any, traits: Any, first: int, variety: float) -> None:
    """Personal style of handling tension, one log-odds per way."""
    for way in range(WAYS):
        style[way] = variety * traits[first + Trait.STYLE + way]


@compiled
def admit_client(client: Any, frames: Any, numbers: Any, traits: Any) -> None:
    """A client arrives: *traits* are standard normal draws, those of the expectation first, then as ``Trait`` says."""
    count = client.definition.shape[0]
    for k in range(count):
        client.expectation[k] = initial_log_weight(
            frames.expected[CLIENT, k], numbers.client_tilt, frames.benign[k], numbers.client_expectation_sd, traits[k]
        )
        client.log_weights[k] = client.expectation[k]
    client.reserve = clipped_to_share(numbers.client_reserve + numbers.reserve_sd * traits[count + Trait.RESERVE])
    client.insight = clipped_to_share(numbers.client_insight + numbers.insight_sd * traits[count + Trait.INSIGHT])
    client.distress = clipped_to_share(numbers.distress + numbers.distress_sd * traits[count + Trait.DISTRESS])
    client.known_rules = numbers.transparency
    client.presumed_reserve = numbers.keyworker_reserve
    take_style(client.style, traits, count, numbers.coping_style_sd)
    define(client)


@compiled
def keyworkers_insight(post: Any, numbers: Any, traits: Any) -> float:
    """How far a keyworker with these *traits* sees the strain behind what clients do, where staff are so reflexive."""
    return clipped_to_share(
        numbers.reflexivity + numbers.insight_sd * traits[post.general_view.shape[0] + Trait.INSIGHT]
    )


@compiled
def fill_post(post: Any, frames: Any, numbers: Any, traits: Any) -> None:
    """A keyworker takes up a post, with a general view of clients and traits of her own."""
    count = post.general_view.shape[0]
    for k in range(count):
        post.general_view[k] = initial_log_weight(
            frames.expected[KEYWORKER, k],
            numbers.keyworker_tilt,
            frames.benign[k],
            numbers.keyworker_expectation_sd * math.sqrt(0.5),
            traits[k],
        )
        post.outlook[k] = post.general_view[k]
    post.reserve = clipped_to_share(numbers.keyworker_reserve + numbers.reserve_sd * traits[count + Trait.RESERVE])
    post.insight = keyworkers_insight(post, numbers, traits)
    take_style(post.style, traits, count, numbers.coping_style_sd)


@compiled
def own_expectation(post: Any, frames: Any, numbers: Any, impression: Any, k: int) -> float:
    """What a keyworker expects of one client: her general view and her first impression of this one."""
    first = initial_log_weight(
        frames.expected[KEYWORKER, k],
        numbers.keyworker_tilt,
        frames.benign[k],
        numbers.keyworker_expectation_sd,
        impression[k],
    )
    return move_toward(post.general_view[k], first, numbers.first_impression)


@compiled
def start_anew(keyworker: Any, post: Any) -> None:
    """A keyworker's view of a client on the first day, the expectation being set: no tone, no tension yet."""
    for k in range(keyworker.definition.shape[0]):
        keyworker.log_weights[k] = keyworker.expectation[k]
    keyworker.positivity, keyworker.negativity, keyworker.tension, keyworker.distance = 0.0, 0.0, 0.0, 0.0
    keyworker.confronting, keyworker.away = 0.0, 0.0
    keyworker.reserve, keyworker.insight, keyworker.known_rules = post.reserve, post.insight, 1.0
    for way in range(WAYS):
        keyworker.style[way] = post.style[way]
    define(keyworker)


@compiled
def meet_keyworker(keyworker: Any, post: Any, frames: Any, numbers: Any, impression: Any) -> None:
    """A keyworker meets a client who has just been admitted."""
    for k in range(keyworker.definition.shape[0]):
        keyworker.expectation[k] = own_expectation(post, frames, numbers, impression, k)
    keyworker.presumed_reserve = numbers.client_reserve
    start_anew(keyworker, post)


@compiled
def take_over(keyworker: Any, client: Any, dyad: Any, post: Any, frames: Any, numbers: Any, impression: Any) -> None:
    """A new keyworker takes over a client: the predecessor's view is handed over, the client keeps part of the old."""
    for k in range(keyworker.definition.shape[0]):
        own = own_expectation(post, frames, numbers, impression, k)
        keyworker.expectation[k] = move_toward(own, keyworker.log_weights[k], numbers.handover)
        client.log_weights[k] = move_toward(
            client.expectation[k], client.log_weights[k], numbers.carry_over_to_new_keyworker
        )
    keyworker.presumed_reserve = move_toward(numbers.client_reserve, keyworker.presumed_reserve, numbers.handover)
    client.presumed_reserve = numbers.keyworker_reserve
    start_anew(keyworker, post)
    define(client)
    client.positivity *= numbers.carry_over_to_new_keyworker
    client.negativity *= numbers.carry_over_to_new_keyworker
    client.felt_coercion *= numbers.carry_over_to_new_keyworker
    client.tension *= numbers.carry_over_to_new_keyworker
    client.distance *= numbers.carry_over_to_new_keyworker
    client.confronting, client.away = 0.0, 0.0
    dyad.talk_due = NOBODY
    dyad.changes += 1


@compiled
def are_friends(friends: Any, one: int, other: int, density: float) -> bool:
    """Whether two clients are friends, by the *friends* luck of the pair."""
    later, earlier = max(one, other), min(one, other)
    return later != earlier and friends[later * (later - 1) // 2 + earlier] < density


@compiled
def friends_of(friends: Any, one: int, count: int, density: float) -> int:
    """How many of the *count* clients of a centre are a client's friends."""
    found = 0
    for other in range(count):
        found += are_friends(friends, one, other, density)
    return found


@compiled
def furnish(post: Any, numbers: Any) -> None:
    """What a post's number of clients and the centre's rates leave its keyworker: contact, chances to meet, strain."""
    caseload = max(1.0, float(post.caseload))
    post.contact = contact(caseload, numbers.capacity)
    post.chance[EncounterKind.EVERYDAY] = daily_chance(numbers.everyday * post.contact)
    post.chance[EncounterKind.CONTROL] = daily_chance(numbers.control)
    post.chance[EncounterKind.REQUEST] = daily_chance(numbers.requests)
    post.chance[EncounterKind.PLANNED] = daily_chance(numbers.planned * post.contact)
    post.strain = pressure_under(caseload, numbers.capacity, numbers.pressure, numbers.overload)


@compiled
def open_centre(clients: Any, keyworkers: Any, dyads: Any, posts: Any, frames: Any, numbers: Any, luck: Any) -> None:
    """The first morning: posts are filled, each client is admitted and assigned to a post in turn."""
    for m in range(posts.shape[0]):
        fill_post(posts[m], frames, numbers, luck.keyworkers[m, 0])
    for i in range(clients.shape[0]):
        dyads[i].post = i % posts.shape[0]
        dyads[i].talk_due = NOBODY
        post = posts[dyads[i].post]
        post.caseload += 1
        dyads[i].friends = friends_of(luck.friends, i, clients.shape[0], numbers.peer_density)
        admit_client(clients[i], frames, numbers, luck.clients[i])
        meet_keyworker(keyworkers[i], post, frames, numbers, luck.impressions[i, 0])
    for m in range(posts.shape[0]):
        furnish(posts[m], numbers)
