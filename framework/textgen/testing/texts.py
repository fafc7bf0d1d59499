"""Texts to try tokenizers on: any that hypothesis can think of, simplest first when one fails."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from tempfile import TemporaryDirectory

from textgen.borders import last_border
from textgen.errors import TextgenError

try:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st
except ImportError as error:
    raise TextgenError(
        "the rules of tokenizers need the package hypothesis, which is not installed. "
        "Install it: pip install 'textgen-framework[testing]'"
    ) from error

RHYME = "One, two,\nbuckle  my shoe;\r\n\tThree — four… cafe\u0301 ﬁn Tür 数える 👣 \n" * 8
"""A text with what tokenizers tend to lose: spaces, line ends, accents, ligatures, wide letters."""

LETTERS = "".join(map(chr, [*range(32, 127), *range(161, 384)]))
"""Every letter and sign of ASCII, Latin-1 and Latin Extended-A."""

_STORAGE = "HYPOTHESIS_STORAGE_DIRECTORY"
_EXAMPLES = 60
_CHUNKS = 3
_SHOWN = 20

_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


def chunks_of(text: str) -> list[str]:
    """Cut a text into chunks, as sources hand one out: three, or one per letter of a short one."""
    size = max(1, -(-len(text) // _CHUNKS))
    return [text[begin : begin + size] for begin in range(0, len(text), size)]


def pieces_of(text: str) -> list[str]:
    """Cut a text at all the borders where a corpus may be cut to be encoded."""
    pieces: list[str] = []
    while border := last_border(text):
        pieces.insert(0, text[border:])
        text = text[:border]
    return [text, *pieces]


def contrast(text: str, back: str) -> str:
    """Say how a text came back, from the first place where it differs, in unmistakable letters."""
    if len(text) <= _SHOWN:
        return f"{text!a} comes back as {back!a}"
    same = takewhile(lambda pair: pair[0] == pair[1], zip(text, back, strict=False))
    place = len(list(same))
    there = slice(place, place + _SHOWN)
    return (
        f"in a text of {len(text)} characters, {text[there]!a} at {place} "
        f"comes back as {back[there]!a}"
    )


def for_any_text(test: Callable[[str], None]) -> None:
    """Try ``test`` on many texts without surrogates, the same ones every time.

    Raises:
        Exception: What ``test`` raises for the simplest text that fails.
    """
    steady = settings(
        max_examples=_EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    with _keeping_nothing_here():
        steady(given(_texts)(test))()


@contextmanager
def _keeping_nothing_here() -> Iterator[None]:
    """Have hypothesis keep its tables of characters elsewhere than in the current folder."""
    if _STORAGE in os.environ:
        yield
        return
    with TemporaryDirectory() as folder:
        os.environ[_STORAGE] = folder
        try:
            yield
        finally:
            del os.environ[_STORAGE]
