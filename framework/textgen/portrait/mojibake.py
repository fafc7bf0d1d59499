"""Signs that UTF-8 was once read as windows-1252: ``Ã©`` where an é was."""

from __future__ import annotations

import re
from dataclasses import dataclass

from textgen.portrait.blocks import Block

# Every byte as windows-1252 has it; the five that it leaves out as Latin-1 does.
_AS_READ = [bytes([byte]).decode("cp1252", "replace").replace("�", chr(byte)) for byte in range(256)]
_BYTE_OF = {character: byte for byte, character in enumerate(_AS_READ)}


def _any_of(first: int, last: int) -> str:
    return f"[{re.escape(''.join(_AS_READ[first : last + 1]))}]"


_FOLLOWING = _any_of(0x80, 0xBF)
# Pairs that a language also writes by itself, such as the end of „Spaß“, are no signs.
_SIGNS = re.compile(
    rf"Ã{_FOLLOWING}|Â{_any_of(0xA0, 0xBF)}|â€{_FOLLOWING}|ï»¿|(?:[ÐÑ]{_FOLLOWING}){{2,}}"
)
_LEADS = "ÃÂâïÐÑ"


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
        if not block.text.isascii() and any(lead in block.text for lead in _LEADS):
            for sign in _SIGNS.finditer(block.text):
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
