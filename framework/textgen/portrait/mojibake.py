"""Signs that UTF-8 was once read as windows-1252: ``Ã©`` where an é was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from textgen.portrait.blocks import Block

# Every byte as windows-1252 has it; the five that it leaves out as Latin-1 does.
_AS_READ = [
    bytes([byte]).decode("cp1252", errors="replace").replace("\N{REPLACEMENT CHARACTER}", chr(byte))
    for byte in range(256)
]
_BYTE_OF = {character: byte for byte, character in enumerate(_AS_READ)}


def _any_of(first: int, last: int) -> str:
    return f"[{re.escape(''.join(_AS_READ[first : last + 1]))}]"


_FOLLOWING = _any_of(0x80, 0xBF)
# Pairs that a language also writes by itself, such as the end of „Spaß“, are no signs. Each sign by
# the characters without one of which there is none: a search for these is quick.
_SIGNS = {
    "Ã": re.compile(f"Ã{_FOLLOWING}"),
    "Â": re.compile(f"Â{_any_of(0xA0, 0xBF)}"),
    "â€": re.compile(f"â€{_FOLLOWING}"),
    "ï»¿": re.compile("ï»¿"),
    "Ð": re.compile(f"(?:[ÐÑ]{_FOLLOWING}){{2,}}"),
}


@dataclass(frozen=True)
class Mojibake:
    """Signs of a text that was decoded wrongly once.

    Attributes:
        count: How many there are.
        first_line: The line of the first one, from 1.
        example: The first one, as it stands.
        meant: What it was before.
    """

    count: int
    first_line: int
    example: str
    meant: str


class MojibakeReader:
    """Counts such signs."""

    def __init__(self) -> None:
        self._count = self._first_line = self._lines = 0
        self._example = ""

    def read(self, block: Block) -> None:
        """Look at a block."""
        if not block.text.isascii():
            for sign in sorted(_signs_in(block.text), key=re.Match.start):
                self._note(sign, block.text)
        self._lines += block.text.count("\n")

    def result(self) -> Mojibake | None:
        """Return what was found; None where it was nothing."""
        if not self._count:
            return None
        raw = bytes(_BYTE_OF[character] for character in self._example)
        meant = raw.decode("utf-8", errors="replace")
        return Mojibake(self._count, self._first_line, self._example, meant)

    def _note(self, sign: re.Match[str], text: str) -> None:
        if not self._count:
            self._example = sign[0]
            self._first_line = self._lines + 1 + text.count("\n", 0, sign.start())
        self._count += 1


def _signs_in(text: str) -> Iterator[re.Match[str]]:
    for needed, sign in _SIGNS.items():
        if needed in text:
            yield from sign.finditer(text)
