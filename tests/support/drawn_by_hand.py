"""Draws of a centre written by hand, so that people and days are as a test wants them."""

from scipy.special import ndtr

from twoway.simulation.random_streams import (
    ANY,
    CLIENT_EXPECTATIONS,
    CLIENTS,
    FIRST_IMPRESSIONS,
    KEYWORKER_EXPECTATIONS,
    KEYWORKERS,
    coping_stream,
    draws_of,
    with_written,
)

AVERAGE = with_written(draws_of(0), (ANY, ANY, ANY, ANY, 0.5))
"""Draws of which every uniform one is a half, and every normal one 0."""


def with_normals(draws, stream, *normals, first=0):
    """The same draws, but with these standard normal ones as the answers to a stream's questions from *first* on."""
    return with_written(draws, *((stream, ANY, ANY, first + q, float(ndtr(z))) for q, z in enumerate(normals)))


def of_people(expectation=(), traits=(), styles=None, impression=(), draws=AVERAGE):
    """Draws by which everyone differs so: normal draws by frame, by trait, by coping way, and by frame."""
    for stream in (CLIENT_EXPECTATIONS, KEYWORKER_EXPECTATIONS):
        draws = with_normals(draws, stream, *expectation)
    for stream in (CLIENTS, KEYWORKERS):
        draws = with_normals(draws, stream, *traits)
    for way, style in (styles or {}).items():
        draws = with_normals(draws, coping_stream(way), style, style)
    return with_normals(draws, FIRST_IMPRESSIONS, *impression)
