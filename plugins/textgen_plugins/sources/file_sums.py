"""The checksums of bytes as they arrive, and of the text that is made of them."""

from __future__ import annotations

import hashlib


class Sums:
    """Both, of what has gone by so far, and how long the text is."""

    def __init__(self) -> None:
        self._received = hashlib.sha256()
        self._text = hashlib.sha256()
        self.characters = 0

    def copy(self) -> Sums:
        """Return sums that go on from here on their own."""
        other = Sums()
        other._received, other._text = self._received.copy(), self._text.copy()
        other.characters = self.characters
        return other

    def receive(self, block: bytes) -> None:
        """Take in the next bytes."""
        self._received.update(block)

    def add(self, text: bytes, characters: int) -> None:
        """Take in the next piece of the text, as UTF-8."""
        self._text.update(text)
        self.characters += characters

    @property
    def received(self) -> str:
        """SHA-256 of the bytes."""
        return self._received.hexdigest()

    @property
    def text(self) -> str:
        """SHA-256 of the text as UTF-8."""
        return self._text.hexdigest()
