"""Which characters of a text deserve a look: hardly ever meant, invisible, or of another script."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from textgen.portrait.alphabet import Character
from textgen.portrait.scripts import latin_look_alike, main_script, script_of
from textgen.utf8 import STRAY_BYTES, utf8_of

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_ZERO_WIDTH = "\u00ad\u180e\u200b\u200c\u200d\u2060"
_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "byte that is no UTF-8": lambda it, category: bool(STRAY_BYTES.match(it)),
    "lone surrogate": lambda it, category: category == "Cs",
    "non-character": lambda it, category: _is_no_character(ord(it)),
    "replacement character": lambda it, category: it == "\N{REPLACEMENT CHARACTER}",
    "byte-order mark": lambda it, category: it == "\ufeff",
    "control character": lambda it, category: category == "Cc" and it not in "\n\t",
    "turns the direction": lambda it, category: it in _BIDI,
    "zero width": lambda it, category: it in _ZERO_WIDTH,
    "invisible": lambda it, category: category == "Cf",
    "unassigned": lambda it, category: category == "Cn",
    "private use": lambda it, category: category == "Co",
    "unusual space": lambda it, category: category.startswith("Z") and it != " ",
    "ligature": lambda it, category: _is_ligature(it),
}
_KINDS = [*_TESTS, "another script"]

_MARKS = "\"“”„‟«»'‘’‚‛‹›`"
_STRAIGHT_AND_CURLY = (('"', "“”„«»"), ("'", "‘’‚‹›"))


@dataclass(frozen=True)
class OddCharacter:
    """A character that deserves a look.

    Attributes:
        character: It and where it stands.
        kind: What is odd about it, in words ("zero width").
        looks_like: The letter that readers take it for; None where that is no danger.
    """

    character: Character
    kind: str
    looks_like: str | None = None


def odd_ones(alphabet: Iterable[Character]) -> tuple[OddCharacter, ...]:
    """Return the odd characters of an alphabet, those of one kind together, look-alikes first."""
    alphabet = tuple(alphabet)
    script = main_script(alphabet)
    found = (_judged(each, script) for each in alphabet)
    return tuple(sorted(filter(None, found), key=_urgency))


def quotation_marks(alphabet: Iterable[Character]) -> dict[str, int]:
    """Return which quotation marks and apostrophes there are, and how many of each."""
    counts = {each.character: each.count for each in alphabet if each.character in _MARKS}
    return {mark: counts[mark] for mark in _MARKS if mark in counts}


def are_mixed(marks: Mapping[str, int]) -> bool:
    """Tell whether straight and typographic marks of one kind stand side by side."""
    return any(
        straight in marks and any(mark in marks for mark in curly)
        for straight, curly in _STRAIGHT_AND_CURLY
    )


def name_of(character: str) -> str:
    """Return a character's Unicode name, or what the standard calls one that has no name."""
    kinds = {"Cc": "control", "Cs": "surrogate", "Co": "private-use", "Cn": "unassigned"}
    if STRAY_BYTES.match(character):
        return f"<byte-{utf8_of(character).hex().upper()}>"
    label = kinds.get(unicodedata.category(character), "")
    if _is_no_character(ord(character)):
        label = "noncharacter"
    return unicodedata.name(character, "") or f"<{label}-{ord(character):04X}>"


def _urgency(odd: OddCharacter) -> tuple[int, bool]:
    return _KINDS.index(odd.kind), odd.looks_like is None


def _judged(each: Character, script: str | None) -> OddCharacter | None:
    category = unicodedata.category(each.character)
    for kind, is_so in _TESTS.items():
        if is_so(each.character, category):
            return OddCharacter(each, kind)
    if script and script_of(each.character) not in (None, script):
        twin = latin_look_alike(each.character) if script == "LATIN" else None
        return OddCharacter(each, "another script", twin)
    return None


def _is_no_character(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _is_ligature(character: str) -> bool:
    """Tell a printer's ligature from a letter that is called so, such as œ."""
    compatible = unicodedata.decomposition(character).startswith("<compat>")
    return compatible and "LIGATURE" in unicodedata.name(character, "")
