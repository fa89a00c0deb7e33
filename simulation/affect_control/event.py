"""Events: what one means, by words of a lexicon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from twoway.simulation.affect_control.equations import Equations, load_equations
from twoway.simulation.affect_control.lexicon import Lexicon, load_lexicon
from twoway.simulation.arrays import Floats
from twoway.simulation.data_files import data_file


@dataclass(frozen=True)
class Event:
    """What an event means: *impression* (9,), *deflection*, and what actor and object feel, sentiment (3,) and word."""

    impression: Floats
    deflection: float
    actor_emotion: Floats
    actor_feels: str
    object_emotion: Floats
    object_feels: str


def _as_they_stand(lexicon: Path, equations: Path) -> tuple[Lexicon, Equations]:
    """Both files read, once for as long as they are not edited."""
    return _read_once(lexicon, equations, lexicon.stat().st_mtime_ns, equations.stat().st_mtime_ns)


@lru_cache
def _read_once(lexicon: Path, equations: Path, *_edited: int) -> tuple[Lexicon, Equations]:
    return load_lexicon(lexicon), load_equations(equations)


def event(actor: str, act: str, other: str, lexicon: str = "us2015", equations: str = "nc1978") -> Event:
    """What an event means in affect control theory, by words of a lexicon.

    Parameters
    ----------
    actor, other
        Identities of the lexicon, such as "warden" and "prisoner".
    act
        Act of the lexicon, such as "search".
    lexicon, equations
        Names of data files that come with the package, or paths of your own.

    Returns
    -------
    Event
        Impressions, shape (9,), deflection, and what actor and other feel: sentiments, shape (3,), and words; EPA
        units.

    Raises
    ------
    InputError
        If a word is not in the lexicon; the message names the nearest.

    Examples
    --------
    >>> round(event("warden", "search", "prisoner").deflection, 2)
    1.8
    >>> event("warden", "comfort", "prisoner").deflection > event("nurse", "comfort", "patient").deflection
    True
    """
    words, formed = _as_they_stand(data_file("lexicons", lexicon), data_file("equations", equations))
    a, b = words.sentiment("identities", actor), words.sentiment("acts", act)
    o = words.sentiment("identities", other)
    impression = formed.impression(a, b, o)
    actor_emotion, object_emotion = formed.emotion(a, impression[:3]), formed.emotion(o, impression[6:])
    return Event(
        impression=impression,
        deflection=float(formed.deflection(a, b, o)),
        actor_emotion=actor_emotion,
        actor_feels=words.word(actor_emotion)[1],
        object_emotion=object_emotion,
        object_feels=words.word(object_emotion)[1],
    )
