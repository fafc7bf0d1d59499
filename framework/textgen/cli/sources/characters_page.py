"""The characters of a corpus, set in columns, and the odd ones by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rich.cells import cell_len

from textgen.cli.display import print_line, print_table
from textgen.cli.sources.drawing import page_width
from textgen.cli.texts import one_line
from textgen.portrait.alphabet import Character
from textgen.portrait.odd import OddCharacter, name_of

_SHOWN = 96
_ODD_SHOWN = 15
_NAMES = {" ": "space", "\n": "newline", "\t": "tab"}
_GAP = 3


def visible(character: str) -> str:
    """Return a character as a cell shows it: by name, on a dotted circle, or as an escape."""
    if character in _NAMES:
        return _NAMES[character]
    if unicodedata.category(character).startswith("M"):
        return f"\N{DOTTED CIRCLE}{character}"
    return one_line(character)


def print_characters(characters: Sequence[Character], *, whole: bool) -> None:
    """Print characters and their counts, one column after the other.

    Args:
        characters: The most frequent first.
        whole: Whether all are wanted, however many.
    """
    shown = characters if whole else characters[:_SHOWN]
    labels, counts = [visible(it.character) for it in shown], [f"{it.count:,}" for it in shown]
    wide = max(map(cell_len, labels), default=0)
    long = max(map(len, counts), default=0)
    cells = [
        f"{label}{' ' * (wide - cell_len(label))}  {count:>{long}}"
        for label, count in zip(labels, counts, strict=True)
    ]
    columns = max(1, (page_width() + _GAP) // (wide + 2 + long + _GAP))
    rows = -(-len(cells) // columns)
    for row in range(rows):
        print_line((" " * _GAP).join(cells[row::rows]))
    _print_left_out(len(characters) - len(shown), "rarer ones")


def print_odd(odd: Sequence[OddCharacter], *, whole: bool) -> None:
    """Print what is odd about characters, their names, and where each first stands."""
    shown = odd if whole else odd[:_ODD_SHOWN]
    columns = ["", "code", "count", "line", "what", "name"]
    print_table(
        columns,
        [
            (
                visible(it.character.character),
                f"U+{ord(it.character.character):04X}",
                f"{it.character.count:,}",
                f"{it.character.first_line:,}",
                it.kind,
                _name_and_twin(it),
            )
            for it in shown
        ],
        right=["count", "line"],
        whole=columns[:4],
        spare=["code"],
    )
    _print_left_out(len(odd) - len(shown), "other ones")


def _name_and_twin(odd: OddCharacter) -> str:
    name = name_of(odd.character.character)
    return f"{name}, looks like {odd.looks_like}" if odd.looks_like else name


def _print_left_out(number: int, what: str) -> None:
    if number > 0:
        print_line(f"… and {number:,} {what}: --all shows them")
