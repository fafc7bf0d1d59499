"""Turns bytes into text, strictly, or refuses them by what they are."""

from __future__ import annotations

import codecs

from textgen import SourceError
from textgen_plugins.sources.sniff import binary_kind, nul_kind


class RefusedError(SourceError):
    """These bytes are not the text that is wanted.

    Attributes:
        reason: Why, in short, without who and what to do.
    """

    def __init__(self, who: str, reason: str, advice: str) -> None:
        super().__init__(f"{who}: {reason}. {advice}")
        self.reason = reason


def refuse_binary(data: bytes, who: str, encoding: str, advice: str) -> None:
    """Let only text through.

    Args:
        data: All bytes.
        who: Whose they are, for the message.
        encoding: How characters are stored; those of UTF-16 and UTF-32 may hold NUL bytes.
        advice: What to do about it, for the message.

    Raises:
        RefusedError: The bytes are an archive, a document, an image, or hold a NUL.
    """
    kind = binary_kind(data) or (None if is_wide(encoding) else nul_kind(data))
    if kind:
        raise RefusedError(who, f"what came is {kind}, and a corpus must be plain text", advice)


def is_wide(encoding: str) -> bool:
    """Say whether an encoding's characters are several bytes, which may be NUL."""
    return codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))


def decode_strictly(data: bytes, who: str, encoding: str, advice: str) -> str:
    """Return ``data`` as text, every byte of it.

    Raises:
        RefusedError: The bytes do not fit the encoding; the first wrong one is named.
    """
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        place = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise RefusedError(
            who, f"the text is not {encoding}{place}, and one encoding must fit all of it", advice
        ) from error
