"""A text in a link: packed into letters, digits, hyphens and underscores, with a checksum."""

from __future__ import annotations

import base64
import zlib

_LONGEST = 8_000
"""Characters that it can have; browsers and mail programs cut longer ones."""

_LARGEST = 100_000
"""Bytes that it can stand for: what is packed to be far larger than it looks is refused."""

_VERSION = "1"
_DICTIONARY = (
    b'"target.departments":["target.services":["target.age":["75+","65-74","kind":"'
    b"digital_playbook security_transparency digital_agency quick_win change_team tailored_support "
    b'champions training communication "audience":"residents" "audience":"staff" "medium":"letter" '
    b'"fixed_cost": "weekly_cost": "seat_cost": "session_cost": "weekly_fee": "sessions": "seats": '
    b'"places": "hours": "share": "members": "enabled":false "enabled":true,"intensity": '
    b'"start":"2026-01-0 "start":"2025-0 "weeks":'
)
"""What links have in common, for compression. Another one makes another version."""


def packed(text: str) -> str:
    """Return a text as a link carries it; ValueError if it is too long for one."""
    said = text.encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, _DICTIONARY)
    whole = zlib.crc32(said).to_bytes(4, "big") + packer.compress(said) + packer.flush()
    link = _VERSION + base64.urlsafe_b64encode(whole).decode().rstrip("=")
    if len(link) > _LONGEST or len(said) > _LARGEST:
        raise ValueError("the text is too long for a link")
    return link


def unpacked(link: str) -> str:
    """Return the text that a link carries; ValueError if it is damaged or of another version."""
    if not link.startswith(_VERSION) or len(link) > _LONGEST:
        raise ValueError("is no link of this version")
    coded = link[len(_VERSION) :]
    whole = base64.b64decode(coded + "=" * (-len(coded) % 4), b"-_", validate=True)
    unpacker = zlib.decompressobj(-15, _DICTIONARY)
    try:
        said = unpacker.decompress(whole[4:], _LARGEST)
    except zlib.error:
        raise ValueError("is damaged") from None
    if unpacker.unconsumed_tail or not unpacker.eof or unpacker.unused_data:
        raise ValueError("is damaged")
    if zlib.crc32(said) != int.from_bytes(whole[:4], "big"):
        raise ValueError("is damaged")
    return said.decode()
