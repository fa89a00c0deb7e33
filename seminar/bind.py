"""The address of the page, and the socket, which listens before all else is ready so that a browser may come early."""

from __future__ import annotations

import ipaddress
import re
import socket

from twoway.simulation.errors import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names of this machine for itself."""
EVERYWHERE = ("0.0.0.0", "::")
"""Hosts that mean all addresses of this machine."""
HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^\[\]:]*))(?::[0-9]*)?", re.ASCII | re.IGNORECASE)
"""A host as a browser sends it: a name or an IPv4 address, or an IPv6 address in brackets, and a port or none."""
TRIED = 20
"""Number of ports that are tried one after the other if none is asked for."""
FIRST_PORT = 8600


def canonical_host(host: str) -> str:
    """The one spelling of a name or address, without brackets.

    Examples
    --------
    >>> canonical_host("LocalHost"), canonical_host("0:0:0:0:0:0:0:1")
    ('localhost', '::1')
    """
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host.lower()


def requested_host(host: str) -> str:
    """The host that a browser asks for, from the header Host of its request; empty if that cannot be read.

    Examples
    --------
    >>> requested_host("[::1]:8600"), requested_host("127.0.0.1:8600"), requested_host("::1")
    ('::1', '127.0.0.1', '')
    """
    found = HOST.fullmatch(host)
    return canonical_host(found["six"] or found["name"]) if found else ""


def is_address(name: str) -> bool:
    """True if a name is a numeric address, which no name server can lead elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """True if `host` is a loopback address, which only this machine reaches."""
    return canonical_host(host) in LOOPBACK or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def page_url(host: str, port: int) -> str:
    """Address of the page at a host.

    Parameters
    ----------
    host
        Name or address, an IPv6 address without brackets.
    port
        Port of the server.

    Examples
    --------
    >>> page_url("::1", 8600)
    'http://[::1]:8600/'
    """
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def network_address(host: str) -> str | None:
    """Address under which other machines on the network reach this server, or None if it is not known.

    Parameters
    ----------
    host
        Host that the server is bound to. For all addresses, the address of the default route is found.
    """
    if host not in EVERYWHERE:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent; it only asks which way would be taken
            found = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if is_loopback(found) or found in EVERYWHERE else found


def listen(host: str, port: int | None) -> socket.socket:
    """Open a socket that listens.

    Parameters
    ----------
    host
        Host to bind to.
    port
        Port; None for the first free one from ``FIRST_PORT`` on.

    Raises
    ------
    InputError
        If this machine has no such address, or the port is taken.
    """
    wanted = range(FIRST_PORT, FIRST_PORT + TRIED) if port is None else [port]
    for number in wanted:
        # named as TCP, or asyncio leaves small answers waiting for 40 ms (it switches that off for TCP alone)
        ours = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if host == "::":  # all addresses means those of IPv4 as well, by which others are told to come
                ours.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            ours.bind((host, number))
            ours.listen(128)
        except socket.gaierror:
            ours.close()
            raise InputError(
                f"--host {host}: this machine has no such address; leave it out to be reached from here alone"
            ) from None
        except OSError as error:
            ours.close()
            if number == wanted[-1]:
                free = "leave --port out, or choose another" if port is not None else "choose one with --port"
                raise InputError(f"port {number} of {host}: {error.strerror or error}; {free}") from None
            continue
        return ours
    raise AssertionError("the last port is refused above")
