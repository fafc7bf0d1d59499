"""Ids that sort by time, made by whoever makes what they stand for.

An id is 11 characters of time and 5 of chance, in Crockford's base 32 (no i, l, o or u), lower
case: ``1k0z76b04hdz36h3``. Knows nothing of databases.
"""

from __future__ import annotations

import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_CHARACTERS = 11
_RANDOM_CHARACTERS = 5
ID_LENGTH = _TIME_CHARACTERS + _RANDOM_CHARACTERS

_lock = threading.Lock()
_last = 0


def unique_microseconds() -> int:
    """Return the microseconds since 1970-01-01 UTC, more than at any call before.

    Where the clock has not moved on, or was set back, the last answer plus one is given: ids and
    creation times made from it are strictly increasing within a process.
    """
    global _last
    with _lock:
        _last = max(time.time_ns() // 1000, _last + 1)
        return _last


def new_id(microseconds: int) -> str:
    """Return a new id for what was made at ``microseconds`` since 1970-01-01 UTC."""
    chance = secrets.randbits(5 * _RANDOM_CHARACTERS)
    return _base32(microseconds, _TIME_CHARACTERS) + _base32(chance, _RANDOM_CHARACTERS)


def has_form_of_id(text: str) -> bool:
    """Tell whether ``text`` could be an id, in either case."""
    return len(text) == ID_LENGTH and set(text.lower()) <= set(_ALPHABET)


def _base32(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))
