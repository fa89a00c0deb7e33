"""Who is here: a session for each visitor, so many at most; who has been idle longest makes room for who comes."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock

from twoway.seminar.recipe import Recipe
from twoway.seminar.session import Session

MOST = 100
"""Sessions that are kept at most: a large class, twice over (a session takes a few megabytes at most)."""
GONE = (
    "Your place had been given on, because the page was idle while others came, or the server was started anew. The "
    "recipe has set everything up again; only where the pairs end up has to be run again."
)


class Visitors:
    """Sessions by a name that cannot be guessed; safe to be used by several threads."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._lock = Lock()
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def come(self, recipe: Recipe) -> tuple[str, Session]:
        """A new session for someone who comes: its name, and itself, for others may come before it can be found."""
        session, name = Session(recipe), secrets.token_urlsafe(16)
        with self._lock:
            self._sessions[name] = session
            while len(self._sessions) > self.most:
                self._sessions.popitem(last=False)
        return name, session

    def find(self, name: object) -> Session | None:
        """The session of that name, if it is still here; whoever asks has been seen last."""
        if not isinstance(name, str):
            return None
        with self._lock:
            if name in self._sessions:
                self._sessions.move_to_end(name)
            return self._sessions.get(name)
