"""A real server, and a client that sends it the requests of a page, or worse ones."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from starlette.types import ASGIApp

from twoway.seminar.bind import listen
from twoway.seminar.server import server


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Sends requests to a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, host: str | None = None) -> Answer:
        return self.send("GET", path, headers={"Host": host} if host is not None else {})

    def post(self, path: str, wanted: Any) -> Answer:
        return self.send("POST", path, json.dumps(wanted).encode(), {"Content-Type": "application/json"})

    def send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            line.close()


class Page:
    """A test in the role of a page: it knows its session's name and sends JSON."""

    def __init__(self, client: Client, recipe: str = "ordinary/42") -> None:
        self.client, self.session = client, None
        self.view = self.open(recipe)

    def open(self, recipe: str) -> dict[str, Any]:
        view = self.client.post("/open", {"session": self.session, "recipe": recipe}).json()
        self.session = view.get("session", self.session)
        return view

    def do(self, word: Any, **wanted: Any) -> dict[str, Any]:
        return self.client.post("/do", {"session": self.session, "do": word, **wanted}).json()

    def save(self, what: Any, **wanted: Any) -> Answer:
        return self.client.post("/save", {"session": self.session, "what": what, **wanted})


@contextmanager
def serving(app: ASGIApp, port: int = 0, ours: socket.socket | None = None) -> Iterator[int]:
    """Serve an application at a port of this machine, or at a socket (*ours*); yields the port."""
    ours = ours or listen("127.0.0.1", port)
    running = server(app)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [ours]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.005)
    try:
        yield ours.getsockname()[1]
    finally:
        running.should_exit = True
        thread.join(10)
        ours.close()
