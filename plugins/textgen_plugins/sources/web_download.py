"""Downloads from one web address: within limits, on from where it broke off, and only what is new.

Knows nothing of what comes, of mirrors, or of where it is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from textgen_plugins.sources.half_download import HalfDownload
from textgen_plugins.sources.web_answer import (
    PARTIAL,
    begin_of_part,
    is_measured,
    is_packed,
    length_of_whole,
    refusal,
    validator,
)
from textgen_plugins.sources.web_deadline import Deadline
from textgen_plugins.sources.web_pace import Pace

if TYPE_CHECKING:
    import httpx

PATIENCE = 20
"""A whole download may take this many times as long as a server may be silent."""

_MOST_REDIRECTS = 5
_MOST_ATTEMPTS = 5
_MOST_SAID = 200
_MISSING, _NOT_MODIFIED, _NOT_IN_RANGE = (404, 410), 304, 416


class NotThereError(Exception):
    """The server answers, and has nothing at this address."""


class UnusableError(Exception):
    """Nothing can be had from here, now."""


class _BrokeOffError(UnusableError):
    """The server ended a transfer before all was sent."""


class _StaleError(UnusableError):
    """What broke off is no beginning of what is there now."""


@dataclass(frozen=True)
class Arrived:
    """What came.

    Attributes:
        data: All bytes.
        origin: The address or path.
        etag: The server's name for this version; empty where it gave none.
        modified: The server's time of this version, as it wrote it; likewise.
        measured: Whether it was said how long it is, so that this is surely all of it.
    """

    data: bytes
    origin: str
    etag: str = ""
    modified: str = ""
    measured: bool = True


@dataclass(frozen=True)
class Limits:
    """How long to wait, in seconds, and how many bytes to accept."""

    timeout: float
    max_bytes: int

    def check_size(self, size: int) -> None:
        """Raise `UnusableError` for more than is accepted."""
        if size > self.max_bytes:
            raise UnusableError(f"more than source.max_bytes = {self.max_bytes} bytes")


@dataclass(frozen=True)
class Download:
    """One address and how to get what is there.

    Attributes:
        url: The address.
        limits: When to give up.
        pace: How often a server is asked.
        half: What is left of an attempt that broke off, and what is kept of this one.
        known: The version from there that is here already: it need not be sent again.
        watch: Told again and again how much has come, from 0 to 1.
    """

    url: str
    limits: Limits
    pace: Pace
    half: HalfDownload
    known: Arrived | None
    watch: Callable[[float], None]

    def run(self) -> Arrived | None:
        """Return what is there; None if it is the version that is known.

        Raises:
            NotThereError: There is nothing.
            UnusableError: The server cannot be reached, refuses, stalls, or sends too much.
        """
        self.half.load(self.url)
        try:
            for _ in range(_MOST_ATTEMPTS):
                before = len(self.half.data)
                try:
                    return self._attempt()
                except _BrokeOffError:
                    if not self.half.validator or len(self.half.data) <= before:
                        raise
                except _StaleError:
                    self.half.drop()
            raise UnusableError(f"broke off {_MOST_ATTEMPTS} times")
        finally:
            self.half.close()

    def _attempt(self) -> Arrived | None:
        import httpx

        def ask(request: httpx.Request) -> None:
            with deadline.paused():
                self.pace.wait(request.url.host)

        try:
            with (
                Deadline(self.limits.timeout * PATIENCE) as deadline,
                _client(self.limits.timeout, ask) as client,
                client.stream(
                    "GET",
                    self.url,
                    headers=self._conditions(),
                    extensions={"trace": deadline.follow},
                ) as response,
            ):
                try:
                    return self._received(response)
                finally:
                    self.pace.note(response.url.host)
        except httpx.TimeoutException as error:
            raise UnusableError(f"no answer within {self.limits.timeout:g} seconds") from error
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            raise _BrokeOffError(_said_by(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL, ImportError, OSError, ValueError) as error:
            raise UnusableError(_said_by(error)) from error

    def _conditions(self) -> dict[str, str]:
        if self.half.data:
            return {"Range": f"bytes={len(self.half.data)}-", "If-Range": self.half.validator}
        if self.known is None:
            return {}
        conditions = {"If-None-Match": self.known.etag, "If-Modified-Since": self.known.modified}
        return {name: value for name, value in conditions.items() if value}

    def _received(self, response: httpx.Response) -> Arrived | None:
        status = response.status_code
        if status in _MISSING:
            raise NotThereError(f"HTTP {status}")
        if status == _NOT_MODIFIED and self.known is not None:
            return None
        if self.half.data and (status == _NOT_IN_RANGE or not self._continues(response)):
            raise _StaleError("the rest of a download that broke off cannot be had")
        if status != 200 and not (status == PARTIAL and self.half.data):
            raise UnusableError(refusal(response))
        if status == PARTIAL:
            self.half.go_on()
        else:
            self.half.begin(self.url, validator(response))
        return self._collected(response)

    def _continues(self, response: httpx.Response) -> bool:
        """Return whether what is sent, if it is a part, is the one that was asked for."""
        if response.status_code != PARTIAL:
            return True
        is_next = begin_of_part(response) == len(self.half.data)
        # Some servers send a part of whatever they have now, whichever version was asked for.
        is_same = validator(response) in ("", self.half.validator)
        return is_next and is_same and not is_packed(response)

    def _collected(self, response: httpx.Response) -> Arrived:
        """Read the body, but no more of it than the limits allow."""
        expected = self._expected(response)
        for piece in response.iter_bytes():
            self.half.add(piece)
            self._check_size(len(self.half.data))
            if expected:
                self.watch(len(self.half.data) / expected)
        if expected and len(self.half.data) < expected:
            raise _BrokeOffError(f"{len(self.half.data)} of {expected} bytes came")
        return Arrived(
            bytes(self.half.data),
            self.url,
            etag=response.headers.get("etag", ""),
            modified=response.headers.get("last-modified", ""),
            measured=expected is not None or is_measured(response),
        )

    def _expected(self, response: httpx.Response) -> int | None:
        """Return how many bytes there are to be, with those of earlier attempts."""
        announced = length_of_whole(response)
        if announced is not None:
            self._check_size(announced)
        return announced

    def _check_size(self, size: int) -> None:
        """Raise `UnusableError` for too much, of which nothing is kept."""
        try:
            self.limits.check_size(size)
        except UnusableError:
            self.half.drop()
            raise


def _client(timeout: float, ask: Callable[[httpx.Request], None]) -> httpx.Client:
    import httpx

    return httpx.Client(
        headers={"User-Agent": _user_agent(), "Accept-Encoding": "identity"},
        timeout=timeout,
        follow_redirects=True,
        max_redirects=_MOST_REDIRECTS,
        event_hooks={"request": [ask]},
    )


def _said_by(error: Exception) -> str:
    """Return what an error says, which may be as long as what the server sent."""
    return str(error)[:_MOST_SAID] or type(error).__name__


def _user_agent() -> str:
    return f"textgen/{version('textgen-framework')} (textgen-framework: one book at a time)"
