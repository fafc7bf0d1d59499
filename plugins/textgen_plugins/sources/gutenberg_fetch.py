"""Gets a book's bytes from the first mirror that has it: web servers and folders alike.

One request at a time. A path that is not there leads to the next path, any other failure to the
next mirror; every outcome is kept for the message. Knows nothing of the cache.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from textgen import SourceError
from textgen_plugins.sources.options import GutenbergOptions

if TYPE_CHECKING:
    import httpx

_MOST_REDIRECTS = 5
_PATIENCE = 20


class _NotThereError(Exception):
    """The mirror answers, and has nothing under this path."""


class _UnusableError(Exception):
    """The mirror cannot be used."""


def fetch_book(
    number: int,
    mirrors: Iterable[str],
    options: GutenbergOptions,
    why_not: Callable[[bytes], str | None],
) -> tuple[bytes, str]:
    """Return a book's bytes and where they came from.

    Args:
        number: The book's number at Project Gutenberg.
        mirrors: Web addresses and folders, in the order to try.
        options: How long to wait and how much to accept.
        why_not: Says why the bytes are not what is wanted; None when they are.

    Raises:
        SourceError: No mirror has the book; the message lists every attempt.
    """
    attempts: list[str] = []
    for mirror in mirrors:
        found = _from_mirror(number, mirror, options, why_not, attempts)
        if found:
            return found
    raise SourceError("; ".join(attempts))


def paths_of(number: int) -> tuple[str, ...]:
    """Return where mirrors keep a book, newest layout first."""
    digits = str(number)
    folder = "/".join((*(digits[:-1] or "0"), digits))
    return (
        f"cache/epub/{number}/pg{number}.txt",
        f"{folder}/{number}-0.txt",
        f"{folder}/{number}.txt",
        f"{folder}/{number}-8.txt",
    )


def _from_mirror(
    number: int,
    mirror: str,
    options: GutenbergOptions,
    why_not: Callable[[bytes], str | None],
    attempts: list[str],
) -> tuple[bytes, str] | None:
    for path in paths_of(number):
        place = f"{mirror.rstrip('/')}/{path}"
        try:
            data, origin = _read(place, mirror, options)
        except _NotThereError as problem:
            attempts.append(f"{place}: {problem}")
            continue
        except _UnusableError as problem:
            attempts.append(f"{place}: {problem}")
            return None
        objection = why_not(data)
        if objection is None:
            return data, origin
        attempts.append(f"{place}: {objection}")
        return None
    return None


def _read(place: str, mirror: str, options: GutenbergOptions) -> tuple[bytes, str]:
    if mirror.lower().startswith(("https://", "http://")):
        return _download(place, options), place
    return _read_local(place, mirror, options.max_bytes)


def _read_local(place: str, mirror: str, max_bytes: int) -> tuple[bytes, str]:
    try:
        if not Path(mirror).expanduser().is_dir():
            raise _UnusableError("no such folder; a mirror on the web begins with https://")
        path = Path(place).expanduser().absolute()
        _check_size(path.stat().st_size, max_bytes)
        return path.read_bytes(), str(path)
    except FileNotFoundError:
        raise _NotThereError("no such file") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise _UnusableError(getattr(error, "strerror", None) or str(error)) from error


def _download(url: str, options: GutenbergOptions) -> bytes:
    import httpx

    try:
        with (
            httpx.Client(
                headers={"User-Agent": _user_agent(), "Accept-Encoding": "identity"},
                timeout=options.timeout,
                follow_redirects=True,
                max_redirects=_MOST_REDIRECTS,
            ) as client,
            client.stream("GET", url) as response,
        ):
            _check_answer(response, options.max_bytes)
            return _collect(response, options)
    except httpx.TimeoutException as error:
        raise _UnusableError(f"no answer within {options.timeout:g} seconds") from error
    except (httpx.HTTPError, httpx.InvalidURL, ImportError, OSError, ValueError) as error:
        raise _UnusableError(str(error) or type(error).__name__) from error


def _user_agent() -> str:
    return f"textgen/{version('textgen-framework')} (textgen-framework: one book at a time)"


def _check_answer(response: httpx.Response, max_bytes: int) -> None:
    if response.status_code in {404, 410}:
        raise _NotThereError(f"HTTP {response.status_code}")
    if response.status_code != 200:
        raise _UnusableError(f"HTTP {response.status_code} {response.reason_phrase}".rstrip())
    announced = response.headers.get("content-length", "")
    if announced.isdecimal():
        _check_size(int(announced), max_bytes)


def _collect(response: httpx.Response, options: GutenbergOptions) -> bytes:
    """Read the body, but no more of it and for no longer than the options allow."""
    longest = options.timeout * _PATIENCE
    deadline = time.monotonic() + longest
    data = bytearray()
    for piece in response.iter_bytes():
        data += piece
        _check_size(len(data), options.max_bytes)
        if time.monotonic() > deadline:
            raise _UnusableError(f"not complete after {longest:g} seconds")
    return bytes(data)


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise _UnusableError(f"more than source.max_bytes = {max_bytes} bytes")
