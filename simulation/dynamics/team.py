"""Team: keyworkers meet every week, and each hears what the colleagues hold of clients."""

from __future__ import annotations

from twoway.simulation.compilation import compiled
from twoway.simulation.rules.social import move_toward
from twoway.simulation.state import CENTRE, CentreState

TEAM_MEETS_EVERY = 7
"""Days from one team meeting to the next (a weekly meeting)."""


@compiled
def _update_outlook(number: int, state: CentreState) -> None:
    """What a keyworker holds of clients: the mean of what she expects of her own; her general view if she has none."""
    post = state.posts[number]
    for k in range(post.outlook.shape[0]):
        total = 0.0
        for i in range(state.dyads.shape[0]):
            if state.dyads[i].post == number and state.dyads[i].place == CENTRE:
                total += state.keyworkers[i].expectation[k]
        post.outlook[k] = total / post.caseload if post.caseload > 0 else post.general_view[k]


@compiled
def team_meeting(state: CentreState, cohesion: float) -> None:
    """Every keyworker's expectations move a share of the way toward what the colleagues hold.

    Parameters
    ----------
    state
        State of the centre; outlooks of posts and expectations of keyworkers are changed.
    cohesion
        Share of the way that an expectation moves, 0..1.
    """
    posts = state.posts
    for m in range(posts.shape[0]):
        _update_outlook(m, state)
    colleagues = posts.shape[0] - 1
    if colleagues == 0:
        return
    for i in range(state.dyads.shape[0]):
        if state.dyads[i].place != CENTRE:
            continue
        keyworker, own = state.keyworkers[i], state.dyads[i].post
        for k in range(keyworker.definition.shape[0]):
            held = 0.0
            for m in range(posts.shape[0]):
                if m != own:
                    held += posts[m].outlook[k]
            keyworker.expectation[k] = move_toward(keyworker.expectation[k], held / colleagues, cohesion)
