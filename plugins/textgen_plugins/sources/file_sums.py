"""The checksums of bytes as they arrive, and of the text that is made of them."""

from __future__ import annotations

import hashlib


class Sums:
    """Both, of what has gone by so far."""

    def __init__(self) -> None:
        self._received = hashlib.sha256()
        self._text: hashlib._Hash | None = None  # as long as the two are the same

    def copy(self) -> Sums:
        """Return sums that go on from here on their own."""
        other = Sums()
        other._received = self._received.copy()
        other._text = self._text.copy() if self._text else None
        return other

    def take(self, received: bytes, text: bytes) -> None:
        """Take in the next bytes, and the next of the text as UTF-8; either may be none."""
        if self._text is None and received != text:
            self._text = self._received.copy()
        self._received.update(received)
        if self._text is not None:
            self._text.update(text)

    @property
    def received(self) -> str:
        """SHA-256 of the bytes."""
        return self._received.hexdigest()

    @property
    def text(self) -> str:
        """SHA-256 of the text as UTF-8."""
        return (self._text or self._received).hexdigest()
