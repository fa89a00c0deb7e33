"""The command ``twoway seminar``, beside all others: says where the page is, opens it, and serves until Ctrl+C."""

from __future__ import annotations

import argparse
from contextlib import suppress
from typing import Any

from twoway.cli._options import Action, whole_number


def add(commands: Any) -> None:
    """Add ``seminar`` to the command line."""
    seminar = commands.add_parser(
        "seminar",
        help="open the page to teach with in a browser; it needs no internet",
        description="Serves a page to teach with, on this machine alone. Stop it with Ctrl+C. All that a page shows "
        "follows from its recipe; nothing is written to disk.",
    )
    seminar.add_argument("--port", help="port to listen at (default: the first free one from 8600 on; 0: any)")
    seminar.add_argument("--no-browser", action="store_true", help="do not open a browser; only say where the page is")
    seminar.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen at: 0.0.0.0 lets everyone in the same network in (default: this machine alone)",
    )


def seminar(options: argparse.Namespace) -> int:
    """Serve the page until it is interrupted."""
    import threading
    import webbrowser

    from twoway.seminar.bind import is_here_alone, listen
    from twoway.simulation.errors import InputError

    port = None if options.port is None else whole_number("port", options.port)
    if port is not None and not 0 <= port <= 65535:
        raise InputError(f"--port {port}: must be from 0 to 65535")
    ours = listen(options.host, port)
    number = ours.getsockname()[1]
    alone = is_here_alone(options.host)
    where, told = announced(options.host, number)
    print(f"{told}\nStop it with Ctrl+C.", flush=True)
    if not alone:
        print(
            "Careful: everyone in the same network who knows the address can use this page, without a password and "
            "unencrypted. Sessions hold made-up people only. Leave --host out to be alone.",
            flush=True,
        )
    if not options.no_browser:
        threading.Thread(target=webbrowser.open, args=(where,), daemon=True).start()
    with suppress(KeyboardInterrupt):  # the server hands it on when it has stopped
        serve(ours, options.host, alone)
    print("Stopped.")
    return 0


def announced(host: str, port: int) -> tuple[str, str]:
    """Where the browser of this machine finds the page, and what is said of where it is."""
    from twoway.seminar.bind import address_for_others, in_a_link

    known = address_for_others(host)
    if known is not None:
        where = in_a_link(known, port)
        return where, f"The page: {where}"
    where = in_a_link("127.0.0.1", port)
    return where, (
        f"The page: {where} on this machine. By which address others reach it could not be found out; either there is "
        f"no network just now, or no way out of it. They open http://ADDRESS:{port}/, where ADDRESS is the one that "
        "the network settings of this machine show."
    )


def serve(ours: Any, host: str, alone: bool) -> None:
    """Serve at a socket that listens, until Ctrl+C."""
    import socket

    from twoway.seminar.bind import LOOPBACK
    from twoway.seminar.server import application, server
    from twoway.seminar.visitors import Visitors

    names = (*LOOPBACK, host) if alone else (*LOOPBACK, host, socket.gethostname())
    server(application(Visitors(), names, open_to_others=not alone)).run(sockets=[ours])


DO: dict[str, Action] = {"seminar": seminar}
