"""A text that grows, shown in what readers take for characters: grapheme clusters (UAX #29).

A letter and its accents, an emoji put together of several, a flag or a Hangul syllable is one, and
so is the line end CR LF. Whether one is complete shows only when the next begins. Knows nothing of
tokens.
"""

from __future__ import annotations

import regex

LONGEST = 128
"""A cluster of more characters than this is not waited for; no language writes one."""

_CLUSTER = regex.compile(r"\X")
_NOTHING_JOINS = ("\n", "\t")


class Clusters:
    """Takes in text and hands it out again, as soon as its clusters are certainly whole."""

    def __init__(self) -> None:
        self._waiting = ""

    def go_on(self, text: str) -> str:
        """Take in more text; return what is whole by now."""
        whole = self._waiting + text
        end = _end_of_the_whole(whole)
        self._waiting = whole[end:]
        return whole[:end]

    def rest(self) -> str:
        """Return the text that still waits."""
        rest, self._waiting = self._waiting, ""
        return rest


def _end_of_the_whole(text: str) -> int:
    """Return where the last cluster begins, or the end where no more text can join it."""
    if not text or text.endswith(_NOTHING_JOINS):
        return len(text)
    if text.isascii():  # CR LF, the one cluster of two, ends in what nothing joins
        return len(text) - 1
    begin = 0
    for cluster in _CLUSTER.finditer(text):
        begin = cluster.start()
    return begin if len(text) - begin <= LONGEST else len(text)
