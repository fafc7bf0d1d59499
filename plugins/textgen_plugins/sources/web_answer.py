"""What a server says of its answer: which version or part it is, how long, why there is none.

Pure functions on the headers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

PARTIAL = 206
"""The status of an answer that is a part."""

_MOST_SAID = 80
_PART = re.compile(r"bytes ([0-9]+)-[0-9]+/([0-9]+|\*)")


def validator(response: httpx.Response) -> str:
    """Return what names this version so strictly that its rest belongs to it; else nothing."""
    if is_packed(response):  # its places are not those of what comes out of it
        return ""
    etag: str = response.headers.get("etag", "")
    modified: str = response.headers.get("last-modified", "")
    return modified if etag.startswith("W/") else etag or modified


def begin_of_part(response: httpx.Response) -> int | None:
    """Return the place of the first byte that is sent of a part; None where it is not told."""
    part = _part(response)
    return int(part[1]) if part else None


def length_of_whole(response: httpx.Response) -> int | None:
    """Return how many bytes there are, with those of other parts; None where it is not told."""
    if is_packed(response):
        return None
    announced: str = response.headers.get("content-length", "")
    if response.status_code == PARTIAL:
        part = _part(response)
        announced = part[2] if part else ""
    return int(announced) if announced.isdecimal() else None


def is_measured(response: httpx.Response) -> bool:
    """Return whether a whole answer cannot end early unnoticed."""
    lengths = {"content-length", "transfer-encoding"}
    return response.status_code != PARTIAL and not lengths.isdisjoint(response.headers)


def is_packed(response: httpx.Response) -> bool:
    """Return whether the bytes that are sent are not those of the file."""
    encoding: str = response.headers.get("content-encoding", "identity")
    return encoding != "identity"


def refusal(response: httpx.Response) -> str:
    """Return what to say of an answer that is none, and when to ask again."""
    said = f"HTTP {response.status_code} {response.reason_phrase[:_MOST_SAID]}".rstrip()
    wait = response.headers.get("retry-after", "")[:_MOST_SAID]
    if not wait:
        return said
    return f"{said} for {wait} seconds" if wait.isdecimal() else f"{said} until {wait}"


def _part(response: httpx.Response) -> re.Match[str] | None:
    return _PART.match(response.headers.get("content-range", ""))
