"""Admission: how a stay begins. Posts are filled, clients arrive, and each meets a keyworker."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER
from twoway.simulation.compilation import compiled
from twoway.simulation.conditions import Conditions
from twoway.simulation.interpretation import start
from twoway.simulation.random_streams import (
    FIRST,
    Draws,
    client_draw,
    draw_client_expectation,
    draw_first_impression,
    draw_general_view,
    keyworker_draws,
    style_draws,
)
from twoway.simulation.rules.choice import contact, daily_chance, pressure_under
from twoway.simulation.rules.initial import clipped_to_share, initial_log_weight
from twoway.simulation.rules.social import move_toward
from twoway.simulation.situations import EncounterKind
from twoway.simulation.state import NOBODY, CentreState, Pair, Party, Post

if TYPE_CHECKING:
    from twoway.simulation.conditions import Parameters


@compiled
def admit_client(number: int, client: Party, conditions: Conditions, draws: Draws) -> None:
    """A client arrives with expectations and traits of his own.

    Parameters
    ----------
    number
        Number of the client in the centre, from 0.
    client
        The client's view of the keyworker, which is filled in.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    """
    parameters, frames = conditions.parameters, conditions.frames
    draw_client_expectation(draws, number, client.expectation)
    for k in range(client.definition.shape[0]):
        client.expectation[k] = initial_log_weight(
            frames.expected[CLIENT, k],
            parameters.client_tilt,
            frames.benign[k],
            parameters.client_expectation_sd,
            client.expectation[k],
        )
    reserve = client_draw(draws, number)
    client.reserve = clipped_to_share(parameters.client_reserve + parameters.reserve_sd * reserve)
    client.insight, client.distress = parameters.client_insight, parameters.distress
    client.known_rules = parameters.transparency
    client.presumed_reserve = parameters.keyworker_reserve
    for way in range(client.style.shape[0]):
        style, _ = style_draws(draws, number, FIRST, conditions.ways[way].stream)
        client.style[way] = parameters.coping_style_sd * style
    start(client, parameters.client_standard, parameters)


@compiled
def fill_post(number: int, post: Post, conditions: Conditions, draws: Draws) -> None:
    """A keyworker takes up a post, with a general view of clients and traits of her own.

    Parameters
    ----------
    number
        Number of the post in the centre, from 0.
    post
        The post, which is changed; its number of predecessors tells whose draws these are.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    """
    parameters, frames = conditions.parameters, conditions.frames
    draw_general_view(draws, number, post.predecessors, post.general_view)
    for k in range(post.general_view.shape[0]):
        post.general_view[k] = initial_log_weight(
            frames.expected[KEYWORKER, k],
            parameters.keyworker_tilt,
            frames.benign[k],
            parameters.keyworker_expectation_sd * math.sqrt(0.5),
            post.general_view[k],
        )
    reserve, standard = keyworker_draws(draws, number, post.predecessors)
    post.reserve = clipped_to_share(parameters.keyworker_reserve + parameters.reserve_sd * reserve)
    post.standard = parameters.keyworker_standard + parameters.keyworker_standard_sd * standard
    for way in range(post.style.shape[0]):
        _, style = style_draws(draws, number, post.predecessors, conditions.ways[way].stream)
        post.style[way] = parameters.coping_style_sd * style


@compiled
def _draw_expectation(pair: Pair, conditions: Conditions, draws: Draws) -> None:
    """Let a keyworker expect of a client what her general view and her first impression of this one say."""
    parameters, frames, expectation = conditions.parameters, conditions.frames, pair.keyworker.expectation
    draw_first_impression(draws, pair.number, pair.post.predecessors, expectation)
    for k in range(expectation.shape[0]):
        first = initial_log_weight(
            frames.expected[KEYWORKER, k],
            parameters.keyworker_tilt,
            frames.benign[k],
            parameters.keyworker_expectation_sd,
            expectation[k],
        )
        expectation[k] = move_toward(pair.post.general_view[k], first, parameters.first_impression)


@compiled
def meet_keyworker(pair: Pair, conditions: Conditions, draws: Draws) -> None:
    """A keyworker meets a client who is new to her: nothing has happened between them yet.

    Parameters
    ----------
    pair
        The dyad with both parties and the post, of which she is the holder; the keyworker's view is filled in.
    conditions
        Conditions of the centre.
    draws
        Draws of the centre in this replicate.
    """
    keyworker, post, parameters = pair.keyworker, pair.post, conditions.parameters
    _draw_expectation(pair, conditions, draws)
    keyworker.presumed_reserve = parameters.client_reserve
    keyworker.tension, keyworker.distance = 0.0, 0.0
    keyworker.confronting, keyworker.away = 0.0, 0.0
    keyworker.reserve, keyworker.insight, keyworker.known_rules = post.reserve, parameters.reflexivity, 1.0
    for way in range(keyworker.style.shape[0]):
        keyworker.style[way] = post.style[way]
    start(keyworker, post.standard, parameters)


@compiled
def provide(post: Post, parameters: Parameters) -> None:
    """What a post's number of clients and the centre's rates leave its keyworker: contact, chances to meet, strain.

    Parameters
    ----------
    post
        The post, which is changed.
    parameters
        Uses ``capacity``, ``pressure``, ``overload`` and how often each kind of encounter is to happen.
    """
    caseload = max(1.0, float(post.caseload))
    post.contact = contact(caseload, parameters.capacity)
    post.chance[EncounterKind.EVERYDAY] = daily_chance(parameters.everyday * post.contact)
    post.chance[EncounterKind.CONTROL] = daily_chance(parameters.control)
    post.chance[EncounterKind.REQUEST] = daily_chance(parameters.requests)
    post.chance[EncounterKind.PLANNED] = daily_chance(parameters.planned * post.contact)
    post.strain = pressure_under(caseload, parameters.capacity, parameters.pressure, parameters.overload)


@compiled
def open_centre(state: CentreState, conditions: Conditions, draws: Draws) -> None:
    """The first morning: posts are filled, each client is admitted and assigned to a post in turn.

    Parameters
    ----------
    state
        State of a centre before anybody has arrived, which is filled in.
    conditions
        Conditions of the centre on the first day.
    draws
        Draws of the centre in this replicate.
    """
    clients, posts = state.clients, state.posts
    for m in range(posts.shape[0]):
        fill_post(m, posts[m], conditions, draws)
    for i in range(clients.shape[0]):
        dyad = state.dyads[i]
        dyad.post, dyad.talk_due = i % posts.shape[0], NOBODY
        post = posts[dyad.post]
        post.caseload += 1
        dyad.friends = conditions.first_friend[i + 1] - conditions.first_friend[i]
        admit_client(i, clients[i], conditions, draws)
        meet_keyworker(Pair(i, dyad, clients[i], state.keyworkers[i], post), conditions, draws)
    for m in range(posts.shape[0]):
        provide(posts[m], conditions.parameters)
