"""The facilitator's key: who has shown it, and how often an address may guess.

Whoever opens an address with the key gets a cookie, and goes on without the key in the address: it
is on no link, in no history of a projector's browser, and nobody reads it off the wall.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address, ip_network

from cachetools import TTLCache

FREE_GUESSES = 5
"""Wrong keys that an address may show before it has to wait."""

LONGEST_WAIT = 600.0
"""Seconds between two guesses, at most: the wait doubles with every wrong key."""

FORGOTTEN = 3600.0
"""Seconds after its last wrong key in which an address is remembered."""

MOST_ADDRESSES = 10_000
"""Addresses that are remembered; the ones that guessed longest ago go first."""


class TooManyGuessesError(Exception):
    """An address has to wait before its next guess.

    Args:
        seconds: how long.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"wait for {seconds:.0f} s")


class Lock:
    """What is between participants and the facilitator's page.

    Args:
        port: the server listens on; browsers send the cookies of all ports of a machine to each.
        clock: seconds that only grow.

    Attributes:
        key: what the facilitator's address holds.
        cookie: name of the cookie of those who have shown it.
        token: what a browser that has shown the key keeps.
    """

    def __init__(self, port: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.cookie = f"takeup-facilitator-{port}"
        self.key = secrets.token_urlsafe(16)
        self.token = secrets.token_urlsafe(32)
        self._clock = clock
        self._wrong: TTLCache[str, tuple[int, float]] = TTLCache(MOST_ADDRESSES, FORGOTTEN, clock)

    def opens(self, key: str, address: str) -> bool:
        """Return whether a key is right.

        Args:
            key: what was shown.
            address: where it came from.

        Raises:
            TooManyGuessesError: too many wrong ones came from there; this one was not looked at.
        """
        place = _place(address)
        wrong, until = self._wrong.get(place, (0, 0.0))
        now = self._clock()
        if now < until:
            raise TooManyGuessesError(until - now)
        if _equal(key, self.key):
            self._wrong.pop(place, None)
            return True
        wrong += 1
        wait = min(LONGEST_WAIT, 2.0 ** min(wrong - FREE_GUESSES + 1, 20))
        self._wrong[place] = (wrong, now + wait if wrong >= FREE_GUESSES else 0.0)
        return False

    def knows(self, cookies: Mapping[str, str]) -> bool:
        """Return whether a browser has shown the key, by its cookies."""
        return _equal(cookies.get(self.cookie, ""), self.token)


def _equal(said: str, right: str) -> bool:
    return secrets.compare_digest(said.encode("utf-8", "replace"), right.encode())


def _place(address: str) -> str:
    """Return what counts as one address: of IPv6 the network, in which everyone has very many."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((int(found), 64), strict=False))
    return str(found)
