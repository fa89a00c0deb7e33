"""The command ``twoway seminar``: prints the address of the page, opens it, and serves it until Ctrl+C."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from twoway.cli._options import Commands, command, whole_number

if TYPE_CHECKING:
    import socket


def add(commands: Commands) -> None:
    """Add ``seminar`` to the command line."""
    new = command(
        commands,
        "seminar",
        seminar,
        "open the teaching page in a browser; no internet is needed",
        "The page is served from this machine until you press Ctrl+C. It writes nothing to disk; the recipe that it "
        "shows is enough to restore everything.",
        "twoway seminar --port 8700",
    )
    new.add_argument(
        "--port", metavar="N", help="port of the page (default: the first free one from 8600; 0: any free one)"
    )
    new.add_argument(
        "--scenario",
        type=Path,
        action="append",
        default=[],
        metavar="FILE.toml",
        help="also offer this scenario of your own; may be repeated",
    )
    new.add_argument("--no-browser", action="store_true", help="print the address of the page, but open no browser")
    new.add_argument(
        "--host",
        default="127.0.0.1",
        help="network address of the page; 0.0.0.0 admits everyone in the same network (default: this machine only)",
    )


def seminar(options: argparse.Namespace) -> int:
    """Serve the page until it is interrupted."""
    import threading
    import webbrowser

    from twoway.seminar.bind import is_loopback, listen
    from twoway.seminar.recipe import offer
    from twoway.simulation.errors import InputError

    for path in options.scenario:
        print(f"Also offered: {offer(path)}", flush=True)
    port = None if options.port is None else whole_number("port", options.port)
    if port is not None and not 0 <= port <= 65535:
        raise InputError(f"--port {port}: must be from 0 to 65535")
    ours = listen(options.host, port)
    number = ours.getsockname()[1]
    alone = is_loopback(options.host)
    where, told = announced(options.host, number)
    print(f"{told}\nStop it with Ctrl+C.", flush=True)
    if not alone:
        print(
            "Careful: everyone in the same network who knows the address can use this page, without a password or "
            "encryption. Sessions contain made-up people only. Without --host, only this machine has access.",
            flush=True,
        )
    if not options.no_browser:
        threading.Thread(target=webbrowser.open, args=(where,), daemon=True).start()
    with suppress(KeyboardInterrupt):  # the server hands it on when it has stopped
        serve(ours, options.host, alone)
    print("Stopped.")
    return 0


def announced(host: str, port: int) -> tuple[str, str]:
    """The address of the page for this machine's browser, and the sentence that announces it.

    Parameters
    ----------
    host
        Host that the server is bound to.
    port
        Its port.
    """
    from twoway.seminar.bind import network_address, page_url

    known = network_address(host)
    if known is not None:
        where = page_url(known, port)
        return where, f"The page: {where}"
    where = page_url("127.0.0.1", port)
    return where, (
        f"The page: {where} on this machine. The address for others could not be determined: this machine has no "
        f"network connection. Others open http://ADDRESS:{port}/, where ADDRESS is in the network settings of this "
        "machine."
    )


def serve(ours: socket.socket, host: str, alone: bool) -> None:
    """Serve the page at a listening socket, until Ctrl+C.

    Parameters
    ----------
    ours
        The socket.
    host
        Host that it is bound to.
    alone
        Whether only this machine reaches it.
    """
    import socket

    from twoway.seminar.bind import LOOPBACK
    from twoway.seminar.server import Visitors, application, server

    names = (*LOOPBACK, host) if alone else (*LOOPBACK, host, socket.gethostname())
    server(application(Visitors(), names, open_to_others=not alone)).run(sockets=[ours])
