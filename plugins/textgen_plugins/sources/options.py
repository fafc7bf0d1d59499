"""What can be set for the built-in sources, importable without the code behind them."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import field_validator, model_validator

from textgen import Options, option

GUTENBERG_ALIASES: Mapping[str, int] = {
    "alice": 11,
    "looking-glass": 12,
    "frankenstein": 84,
    "two-cities": 98,
    "shakespeare": 100,
    "dracula": 345,
    "pride": 1342,
    "sherlock": 1661,
    "war-and-peace": 2600,
    "moby": 2701,
}


AUTO = "auto"
BYTES = "bytes"
"""What stands for an encoding where one is found out, and where any file is read as it is."""

DOCUMENT_SEPARATOR = r"\n\n"
SEPARATOR_HELP = (
    r"what stands between two documents, beside the line end of the first; "
    r"\n in it is a line end, \t a tab"
)


class GutenbergOptions(Options):
    """Where books are looked for, and how patiently."""

    mirrors: tuple[str, ...] = option(
        (),
        "mirrors in the order to try, web addresses or folders; "
        "when empty: TEXTGEN_GUTENBERG_MIRRORS, else gutenberg.org and two of its mirrors",
    )
    timeout: float = option(
        30.0,
        "longest wait for a server to answer or to go on; a whole download may take 20 times it",
        unit="seconds",
        gt=0,
        le=86_400,
    )
    pause: float = option(
        2.0,
        "shortest time between two requests to one server, by all processes of this machine; "
        "Project Gutenberg asks robots for two seconds",
        unit="seconds",
        ge=0,
        le=3600,
    )
    max_bytes: int = option(64 * 2**20, "largest download to accept", unit="bytes", ge=1)
    cache: Path | None = option(
        None,
        "folder that keeps downloaded books; "
        "none: gutenberg/ in TEXTGEN_CACHE or in the user's cache folder",
    )
    separator: str = option(DOCUMENT_SEPARATOR, SEPARATOR_HELP)

    @field_validator("mirrors")
    @classmethod
    def _known_scheme(cls, mirrors: tuple[str, ...]) -> tuple[str, ...]:
        for mirror in mirrors:
            check_mirror(mirror)
        return mirrors


class FileOptions(Options):
    """How files become text."""

    strip: Literal["none", "gutenberg"] = option(
        "none", "what to cut off: nothing, or Project Gutenberg's header, credits and footer"
    )
    encoding: str = option(
        AUTO,
        "how characters are stored, read strictly; auto: as a byte-order mark says, else utf-8, "
        "else windows-1252, which is then told; bytes: any file at all, as it is",
    )
    separator: str = option(DOCUMENT_SEPARATOR, SEPARATOR_HELP)

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        if encoding in {AUTO, BYTES}:
            return encoding
        try:
            "".encode(encoding)
            codecs.getincrementaldecoder(encoding)
        except (LookupError, UnicodeError) as error:
            raise ValueError(
                "no such text encoding in Python; common ones are utf-8, windows-1252, utf-16"
            ) from error
        return encoding

    @model_validator(mode="after")
    def _books_are_text(self) -> Self:
        if self.encoding == BYTES and self.strip != "none":
            raise ValueError(
                f"encoding={BYTES} keeps every byte and strip={self.strip} cuts some off; "
                "set one of the two"
            )
        return self


class PydocOptions(Options):
    """The language reference has nothing to set."""


def read_separator(written: str) -> str:
    """Return a separator as it stands in a text, from how it is written on a command line."""
    return written.replace("\\n", "\n").replace("\\t", "\t")


def check_mirror(mirror: str) -> None:
    """Refuse a mirror that is neither a web address nor a folder.

    Raises:
        ValueError: It is an address of another kind, such as ``ftp://``.
    """
    scheme, separator, _ = mirror.partition("://")
    if separator and scheme.lower() not in {"https", "http"}:
        raise ValueError(
            f"mirror {mirror!r} begins with {scheme}://; give an https:// address or a folder"
        )
