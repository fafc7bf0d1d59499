"""What to tell of characters that a vocabulary lacks: which, where, how often, what to do."""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from textgen import TokenizerError
from textgen_plugins.tokenizers.options import TextOptions
from textgen_plugins.tokenizers.preparing import prepare

_CHARACTERS_NAMED = 5
_PLACES_NAMED = 3
_BEGINNING_SHOWN = 30


def unknown_error(
    owner: str, size: int, text: str, options: TextOptions, unknown: NDArray[np.bool_]
) -> TokenizerError:
    """Return the error that names what is unknown.

    Args:
        owner: The tokenizer's name.
        size: How many characters it knows.
        text: The text as it was given.
        options: How the text was prepared.
        unknown: Which characters of the prepared text are unknown.
    """
    prepared = prepare(text, options)
    found = np.flatnonzero(unknown)
    codes = np.array([ord(prepared[place]) for place in found])
    origins = _origins(text, prepared, options)
    counted_in, places = (prepared, found) if origins is None else (text, origins[found])
    distinct = np.unique(codes)
    named = [_describe(int(code), places[codes == code]) for code in distinct[:_CHARACTERS_NAMED]]
    if len(distinct) > _CHARACTERS_NAMED:
        named.append(f"and {len(distinct) - _CHARACTERS_NAMED} more")
    characters = "a character" if len(distinct) == 1 else f"{len(distinct)} characters"
    return TokenizerError(
        f"tokenizer {owner!r}: the text has {characters} outside the vocabulary of "
        f"{size}: {'; '.join(named)}; places count from 0 in {_quoted(counted_in)}. "
        "Leave out what is unknown, or have it read as another character: "
        "--set tokenizer.unknown=replace --set tokenizer.replacement=CHARACTER"
    )


def _origins(text: str, prepared: str, options: TextOptions) -> NDArray[np.intp] | None:
    """Return where in ``text`` each character of the prepared text came from.

    One can become several: the lower case of İ is an i and a combining dot. None where characters
    do not become others one by one: normal forms put some together and order them anew.
    """
    if len(prepared) == len(text):
        return np.arange(len(text))
    each = [prepare(character, options) for character in text]
    if "".join(each) != prepared:
        return None
    return np.repeat(np.arange(len(text)), [len(character) for character in each])


def _describe(code: int, places: NDArray[np.intp]) -> str:
    name, count = unicodedata.name(chr(code), ""), len(places)
    shown = ", ".join(str(place) for place in places[:_PLACES_NAMED])
    more = ", …" if count > _PLACES_NAMED else ""
    return f"U+{code:04X} {chr(code)!r}{' ' + name if name else ''} at {shown}{more} ({count}×)"


def _quoted(text: str) -> str:
    """Return a text as a message quotes it: whole, or by its beginning."""
    if len(text) <= _BEGINNING_SHOWN:
        return repr(text)
    return f"the text that begins {text[:_BEGINNING_SHOWN]!r}"
