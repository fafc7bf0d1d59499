"""Text as Markdown that means itself, whatever it holds; tables and fences for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from textgen.cli.texts import on_a_page

_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]()<>#~&$])")


def plain(text: object) -> str:
    """Return text as one line in which no character is markup."""
    return _MEANS_SOMETHING.sub(r"\\\1", _line(text))


def code(text: object) -> str:
    """Return text as one line of code."""
    line = _line(text)
    if not line:
        return "–"
    ticks = "`" * (_longest_run(line) + 1)
    room = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{room}{line}{room}{ticks}"


def fence(text: str, language: str = "text") -> str:
    """Return text as a block of code, its lines as they are."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    return f"{ticks}{language}\n{on_a_page(text)}\n{ticks}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; heads and cells are Markdown of one line."""
    lines = [heads, ["---"] * len(heads), *rows]
    whole = ([cell.replace("|", "\\|") for cell in cells] for cells in lines)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in whole)


def _line(text: object) -> str:
    return " ".join(on_a_page(str(text)).split())


def _longest_run(text: str) -> int:
    return max((len(found) for found in re.findall("`+", text)), default=0)
