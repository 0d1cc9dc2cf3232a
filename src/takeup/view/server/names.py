"""What the server may be called by: the `Host` of every request is one of these.

A page of anywhere can make a browser ask this server in its name, by pointing a name of its own at
the server's address. It cannot make the browser say another name than that one.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address

from takeup.errors import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Hosts that only this machine can reach."""

EVERYWHERE = ("0.0.0.0", "::", "")
"""Hosts that stand for all addresses of this machine."""

_USUAL = ("80", "443")
"""Ports that browsers leave out, of http and https."""

_NAME = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(?::([0-9]{1,5}))?")


def split(said: str) -> tuple[str, str] | None:
    """Return host and port of `HOST` or `HOST:PORT` as one writes them; None if it is neither.

    Hosts are told apart by what they are: without capitals, with no dot at the end, IPv6 in short.
    The port is empty if none is named.
    """
    found = _NAME.fullmatch(said.lower())
    if found is None:
        return None
    host, port = found[1].removesuffix("."), found[2] or ""
    if host.startswith("["):
        try:
            host = f"[{IPv6Address(host[1:-1])}]"
        except ValueError:
            return None
    return (host, str(int(port)) if port else "") if host else None


class Names:
    """The names of a server.

    Args:
        host: what it listens on, as the user wrote it.
        port: the port of it.
        more: what else it may be called by: `NAME` or `NAME:PORT`.

    Raises:
        InputError: one of `more` is no name.
    """

    def __init__(self, host: str, port: int, more: Sequence[str] = ()) -> None:
        self._port = str(port)
        hosts = [_bracketed(name) for name in LOOPBACK]
        if host in EVERYWHERE:
            own = socket.gethostname().lower()
            hosts += [own, own if own.endswith(".local") else f"{own}.local"]
        elif host not in LOOPBACK:
            hosts = [_bracketed(host.lower())]
        names = [(each, self._port) for each in hosts] + [
            _wanted(each, self._port) for each in more
        ]
        self._names = tuple(dict.fromkeys(names))
        self._everywhere = host in EVERYWHERE

    def know(self, said: str, here: str = "") -> bool:
        """Return whether a `Host` is one of the names.

        Args:
            said: what the request calls the server.
            here: the address of this machine that it came to, which is a name too.
        """
        parts = split(said)
        if parts is None:
            return False
        host, port = parts
        if (host, self._port) == (_address(here), port or "80"):
            return True
        return any((host, known) in self._names for known in ((port,) if port else _USUAL))

    def __str__(self) -> str:
        """Return all of them in words."""
        said = [f"{host}:{port}" for host, port in self._names]
        if self._everywhere:
            said.append(f"this machine's addresses with :{self._port}")
        return ", ".join(said)


def same(host: str, origin: str) -> bool:
    """Return whether a page of an origin is one of the server's that a request calls by `host`."""
    scheme, _, rest = origin.partition("://")
    usual = {"http": "80", "https": "443"}.get(scheme.lower())
    ours, theirs = split(host), split(rest)
    if usual is None or ours is None or theirs is None:
        return False
    return (ours[0], ours[1] or usual) == (theirs[0], theirs[1] or usual)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _address(here: str) -> str:
    """Return an address of this machine as a `Host` has it; IPv4 as itself if it came as IPv6."""
    try:
        address = ip_address(here)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else f"[{IPv6Address(int(address))}]"  # without its network
    return str(address)


def _wanted(name: str, port: str) -> tuple[str, str]:
    """Return host and port of a name that the user gave."""
    try:
        parts = split(_bracketed(str(IPv6Address(name))) if name.count(":") > 1 and
                      not name.startswith("[") else name.encode("idna").decode())  # fmt: skip
    except (UnicodeError, ValueError):
        parts = None
    if parts is None:
        raise InputError(
            f"--name {name}: is no name that a server can be called by; write it as in the address "
            "without http:// and without a path: takeup.local, 192.168.1.5, or takeup.local:9000 "
            "if it has a port of its own"
        )
    return parts[0], parts[1] or port
