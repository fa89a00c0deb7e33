"""The server of the seminar page: a session for each visitor, and as little else as possible.

It keeps nothing on disk, and only this machine reaches it unless a host is named. GET only reads. Every action is a
POST of JSON of at most ``LARGEST`` bytes by a page that knows its session's name. Addresses are relative, so that the
page may lie behind a prefix.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, partial
from threading import Lock

import uvicorn
from pydantic import JsonValue
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twoway.seminar.bind import LOOPBACK, canonical_host, is_address, requested_host
from twoway.seminar.downloads import download
from twoway.seminar.ensemble import PAIRS
from twoway.seminar.recipe import DIGITS, LONGEST, Recipe, offered_names, offered_scenario
from twoway.seminar.session import Session
from twoway.seminar.templates import render
from twoway.seminar.views import PAGE, Wanted, answer, recipe_of, whole_view
from twoway.simulation import SCOPE
from twoway.simulation.errors import InputError

LARGEST = 64_000
"""Most bytes of a request."""
POLICY = "; ".join(
    [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'",
    ]
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

MOST_SESSIONS = 100
"""Most sessions that are kept: two large classes (a session takes a few megabytes at most)."""
GONE = (
    "Your place had been given on, because the page was idle while others came, or the server was started anew. The "
    "recipe has set everything up again; only where the pairs end up has to be run again."
)


class Visitors:
    """The sessions of all visitors, each under a name that cannot be guessed; safe to be used by several threads.

    Parameters
    ----------
    most
        Most sessions that are kept; beyond it, the one idle for longest makes room.
    """

    def __init__(self, most: int = MOST_SESSIONS) -> None:
        self.most = most
        self._lock = Lock()
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def admit(self, recipe: Recipe) -> tuple[str, Session]:
        """Open a session with a recipe.

        Returns
        -------
        tuple
            The name of the session, and the session itself: others may have taken its place before it can be found.
        """
        session, name = Session(recipe), secrets.token_urlsafe(16)
        with self._lock:
            self._sessions[name] = session
            while len(self._sessions) > self.most:
                self._sessions.popitem(last=False)
        return name, session

    def find(self, name: JsonValue) -> Session | None:
        """The session of this name, if it is still kept; from now on it is the one idle for the shortest time."""
        if not isinstance(name, str):
            return None
        with self._lock:
            if name in self._sessions:
                self._sessions.move_to_end(name)
            return self._sessions.get(name)


class Guard:
    """Refuses requests under a name that is not the server's, and puts the security headers on every answer.

    A foreign page can let a name of its own lead to this machine and so read what is here (DNS rebinding), but it
    cannot choose the host in the browser's request. Where the server is open to others, it also accepts numeric
    addresses.

    Parameters
    ----------
    app
        The application behind the guard.
    names
        Names of the server.
    open_to_others
        Whether other machines reach the server.
    """

    def __init__(self, app: ASGIApp, names: tuple[str, ...], open_to_others: bool) -> None:
        self.app, self.names, self.open_to_others = app, frozenset(map(canonical_host, names)), open_to_others

    def _knows(self, host: str) -> bool:
        """Whether the host of a request is this server."""
        name = requested_host(host)
        return name in self.names or (self.open_to_others and is_address(name))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if not self._knows(host):
            refused = PlainTextResponse("This server does not go by that name.", status_code=421)
            await refused(scope, receive, send_guarded)
            return
        await self.app(scope, receive, send_guarded)


class Unreadable(Exception):
    """A request that the page never sends; *status* is the HTTP status of the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def _json_of(request: Request) -> dict[str, JsonValue]:
    """The JSON object in a request; raises ``Unreadable`` if there is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Unreadable(415, "Send JSON.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise Unreadable(413, f"A request may bring {LARGEST} bytes.")
    try:
        found = json.loads(body)
        json.dumps(found, ensure_ascii=False).encode("utf-8")  # halves of characters cannot be sent back
    except (ValueError, RecursionError):
        raise Unreadable(400, "That is no JSON.") from None
    if not isinstance(found, dict):
        raise Unreadable(400, "Send a JSON object.")
    return found


@lru_cache
def page() -> str:
    """The page before a session has been opened."""
    scenarios = [(name, offered_scenario(name).title) for name in offered_names()]
    return render("page.html", scenarios=scenarios, scope=SCOPE, pairs=PAIRS, longest_recipe=LONGEST, digits=DIGITS)


def application(visitors: Visitors, names: tuple[str, ...] = LOOPBACK, open_to_others: bool = False) -> ASGIApp:
    """The application that serves the page; its guard is outermost, so that every answer has the security headers.

    Parameters
    ----------
    visitors
        The sessions.
    names
        Names under which the server accepts requests.
    open_to_others
        Whether other machines reach the server; then it accepts its numeric addresses, too.
    """

    async def read(_: Request, file: str, kind: str) -> Response:
        content = page() if file == "page.html" else (PAGE / file).read_text("utf-8")
        return Response(content, media_type=kind)

    def opened(wanted: Wanted) -> Response:
        try:
            one, name = recipe_of(wanted), wanted.get("session")
            known = visitors.find(name)
            name, session = (name, known) if known else visitors.admit(one)
            with session.lock:
                if known:
                    session.open(one)
                view = {"session": name, **whole_view(session)}
            return JSONResponse(view if known or not wanted.get("session") else {"gone": GONE, **view})
        except InputError as refusal:
            return JSONResponse({"refusal": str(refusal)})

    def did(wanted: Wanted) -> Response:
        session = visitors.find(wanted.get("session"))
        return JSONResponse({"gone": GONE} if session is None else answer(session, wanted))

    def saved(wanted: Wanted) -> Response:
        session = visitors.find(wanted.get("session"))
        if session is None:
            return JSONResponse({"gone": GONE})
        with session.lock:
            try:
                file = download(session, wanted)
            except InputError as refusal:
                return JSONResponse({"refusal": str(refusal)})
        return Response(file.content, media_type=file.media_type, headers={"Content-Disposition": "attachment"})

    async def respond(request: Request, act: Callable[[Wanted], Response]) -> Response:
        try:
            return await run_in_threadpool(act, await _json_of(request))
        except Unreadable as error:
            return PlainTextResponse(str(error), status_code=error.status)

    files = {"/": ("page.html", "text/html"), "/page.css": ("page.css", "text/css"),
             "/page.js": ("page.js", "text/javascript")}  # fmt: skip
    routes = [Route(path, partial(read, file=file, kind=kind)) for path, (file, kind) in files.items()]
    acts = {"/open": opened, "/do": did, "/save": saved}
    routes += [Route(path, partial(respond, act=act), methods=["POST"]) for path, act in acts.items()]
    packed = Starlette(routes=routes, middleware=[Middleware(GZipMiddleware)])  # a class opens it at the same moment
    return Guard(packed, names, open_to_others)


def server(app: ASGIApp) -> uvicorn.Server:
    """The server of an application; it prints errors only, and keeps no log of visitors."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        ws="none",
        lifespan="off",
        server_header=False,
        timeout_keep_alive=60,
    )
    return uvicorn.Server(config)
