"""Which script a letter belongs to, as far as its Unicode name tells."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from textgen.portrait.alphabet import Character

_EAST_ASIAN = {
    *("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"),
    *("HALFWIDTH", "FULLWIDTH"),
}
_OF_ANY_SCRIPT = {"FEMININE", "MASCULINE", "MICRO", "MODIFIER", "SUPERSCRIPT", "SUBSCRIPT"}
_NEARLY_ALL = 0.95

_CYRILLIC = dict(zip("аеорсухіјѕАВЕКМНОРСТХІЈЅ", "aeopcyxijsABEKMHOPCTXIJS", strict=True))
_GREEK = dict(zip("οανΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oavABEZHIKMNOPTYX", strict=True))
_LATIN_LOOK_ALIKES = {**_CYRILLIC, **_GREEK}


def script_of(character: str) -> str | None:
    """Return a letter's script ("LATIN"); None of what is no letter, or one of any script."""
    if not unicodedata.category(character).startswith("L"):
        return None
    first = unicodedata.name(character, "").partition(" ")[0]
    if first in _OF_ANY_SCRIPT:
        return None
    return "CJK" if first in _EAST_ASIAN else first or None


def main_script(alphabet: Iterable[Character]) -> str | None:
    """Return the script of nearly all letters; None where there is no such script."""
    letters: Counter[str] = Counter()
    for each in alphabet:
        script = script_of(each.character)
        if script:
            letters[script] += each.count
    if not letters:
        return None
    script, count = letters.most_common(1)[0]
    return script if count >= _NEARLY_ALL * letters.total() else None


def latin_look_alike(character: str) -> str | None:
    """Return the Latin letter that a Cyrillic or Greek one cannot be told from."""
    return _LATIN_LOOK_ALIKES.get(character)
