"""Where a text can be cut in two without changing how either side is read.

Knows nothing of tokenizers. What reads a text piece by piece, and looks at what stands beside a
character, finds the same as in the whole where the pieces end at these borders: words are not
torn apart, no mark is parted from its letter, and the pieces in lower case, or in a normal form of
Unicode, are the whole in it.
"""

from __future__ import annotations

import re
from unicodedata import category, normalize

_WORD_BEFORE_SPACE = re.compile(r".*\S(?=[ \t\r\n])", re.DOTALL)

# No marks, and yet they join what stands before: later letters of a Hangul syllable, and of Kirat
# Rai, whose vowels are composed like marks (Unicode 16).
_JOIN_THE_LETTER_BEFORE = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff\U00016d63\U00016d67]")


def last_border(text: str) -> int:
    """Return the last place where ``text`` can be cut; 0 where there is none.

    It is where white space follows a word. In a text without any, such as one in Chinese, it is
    before the last character that joins nothing before it: marks stay with their letters, and
    words may be torn apart.
    """
    found = _WORD_BEFORE_SPACE.match(text)
    if found:
        return found.end()
    return next((at for at in range(len(text) - 1, 0, -1) if _begins_afresh(text[at])), 0)


def _begins_afresh(character: str) -> bool:
    """Return whether a character is written alike, in every normal form, whatever is before it."""
    first = normalize("NFKD", character)[0]
    return not (category(first).startswith("M") or _JOIN_THE_LETTER_BEFORE.match(first))
