"""Where the page can be reached: a socket that listens before all else is ready, so that a browser may come early."""

from __future__ import annotations

import socket

from simulation.refusal import Refusal

LOOPBACK = ("127.0.0.1", "localhost")
"""What this machine calls itself."""
TRIED = 20
"""Ports that are tried one after the other where none was asked for."""
FIRST_PORT = 8600


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens; without a *port* the first free one from ``FIRST_PORT`` on."""
    wanted = range(FIRST_PORT, FIRST_PORT + TRIED) if port is None else [port]
    for number in wanted:
        # named as TCP, or asyncio leaves small answers waiting for 40 ms (it switches that off for TCP alone)
        ours = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ours.bind((host, number))
            ours.listen(128)
        except socket.gaierror:
            ours.close()
            raise Refusal(
                f"--host {host}: this machine has no such address; leave it out to be reached from here alone"
            ) from None
        except OSError as error:
            ours.close()
            if number == wanted[-1]:
                free = "leave --port out, or choose another" if port is not None else "choose one with --port"
                raise Refusal(f"port {number} of {host}: {error.strerror or error}; {free}") from None
            continue
        return ours
    raise AssertionError("the last port is refused above")
