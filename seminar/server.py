"""The server of the seminar page: a session for each visitor, and as little else as possible.

It keeps nothing on disk and listens to this machine alone unless told otherwise. GET only reads; whatever does
something is a POST of JSON of at most ``LARGEST`` bytes, by a page that knows its session's name. Addresses are
relative, so that the page may sit behind a prefix.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, partial
from threading import Lock
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twoway.seminar.bind import LOOPBACK, is_address, plain, requested_host
from twoway.seminar.downloads import download
from twoway.seminar.ensemble import PAIRS
from twoway.seminar.recipe import DIGITS, LONGEST, Recipe
from twoway.seminar.session import Session
from twoway.seminar.templates import render
from twoway.seminar.views import PAGE, answer, recipe_of, whole_view
from twoway.simulation import SCOPE
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import load, shipped_names

LARGEST = 64_000
"""Bytes a request may bring."""
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
"""Sessions that are kept at most: a large class, twice over (a session takes a few megabytes at most)."""
GONE = (
    "Your place had been given on, because the page was idle while others came, or the server was started anew. The "
    "recipe has set everything up again; only where the pairs end up has to be run again."
)


class Visitors:
    """Sessions by a name that cannot be guessed; safe to be used by several threads."""

    def __init__(self, most: int = MOST_SESSIONS) -> None:
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


class Guard:
    """Lets in what calls this server by a name it has, and puts the headers of safety on every answer.

    A page elsewhere can have a name of its own lead to this machine, and so read what is here; it cannot choose what
    the browser calls the server by. Numeric addresses are let in where students are, for no name leads there.
    """

    def __init__(self, app: ASGIApp, names: tuple[str, ...], open_to_others: bool) -> None:
        self.app, self.names, self.open_to_others = app, frozenset(map(plain, names)), open_to_others

    def _knows(self, host: str) -> bool:
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
    """A request that no page of ours sends; *status* says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def _sent(request: Request) -> dict[str, Any]:
    """The JSON object a request brings."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Unreadable(415, "Send JSON.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise Unreadable(413, f"A request may bring {LARGEST} bytes.")
    try:
        told = json.loads(body)
        json.dumps(told, ensure_ascii=False).encode("utf-8")  # halves of characters cannot be sent back
    except (ValueError, RecursionError):
        raise Unreadable(400, "That is no JSON.") from None
    if not isinstance(told, dict):
        raise Unreadable(400, "Send a JSON object.")
    return told


@lru_cache
def page() -> str:
    """The page before a session has been opened."""
    scenarios = [(name, load(name).title) for name in shipped_names()]
    return render("page.html", scenarios=scenarios, scope=SCOPE, pairs=PAIRS, longest_recipe=LONGEST, digits=DIGITS)


def application(visitors: Visitors, names: tuple[str, ...] = LOOPBACK, open_to_others: bool = False) -> ASGIApp:
    """The application, for those who call it by one of the *names*.

    The guard stands around all else, so that also the answer to an error of ours carries its headers.
    """

    async def read(_: Request, file: str, kind: str) -> Response:
        content = page() if file == "page.html" else (PAGE / file).read_text("utf-8")
        return Response(content, media_type=kind)

    def opened(wanted: dict[str, Any]) -> Response:
        try:
            one, name = recipe_of(wanted), wanted.get("session")
            known = visitors.find(name)
            name, session = (name, known) if known else visitors.come(one)
            with session.lock:
                if known:
                    session.open(one)
                view = {"session": name, **whole_view(session)}
            return JSONResponse(view if known or not wanted.get("session") else {"gone": GONE, **view})
        except InputError as refusal:
            return JSONResponse({"refusal": str(refusal)})

    def did(wanted: dict[str, Any]) -> Response:
        session = visitors.find(wanted.get("session"))
        return JSONResponse({"gone": GONE} if session is None else answer(session, wanted))

    def kept(wanted: dict[str, Any]) -> Response:
        session = visitors.find(wanted.get("session"))
        if session is None:
            return JSONResponse({"gone": GONE})
        with session.lock:
            try:
                file = download(session, wanted)
            except InputError as refusal:
                return JSONResponse({"refusal": str(refusal)})
        return Response(file.content, media_type=file.media_type, headers={"Content-Disposition": "attachment"})

    async def respond(request: Request, act: Callable[[dict[str, Any]], Response]) -> Response:
        try:
            return await run_in_threadpool(act, await _sent(request))
        except Unreadable as error:
            return PlainTextResponse(str(error), status_code=error.status)

    files = {"/": ("page.html", "text/html"), "/page.css": ("page.css", "text/css"),
             "/page.js": ("page.js", "text/javascript")}  # fmt: skip
    routes = [Route(path, partial(read, file=file, kind=kind)) for path, (file, kind) in files.items()]
    acts = {"/open": opened, "/do": did, "/save": kept}
    routes += [Route(path, partial(respond, act=act), methods=["POST"]) for path, act in acts.items()]
    packed = Starlette(routes=routes, middleware=[Middleware(GZipMiddleware)])  # a class opens it at the same moment
    return Guard(packed, names, open_to_others)


def server(app: ASGIApp) -> uvicorn.Server:
    """What serves the application; it says nothing but what goes wrong, and keeps no log of visitors."""
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
