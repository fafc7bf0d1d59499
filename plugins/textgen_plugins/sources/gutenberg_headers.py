"""Tells where the header of a Project Gutenberg file ends when no mark closes it.

Some files of the nineties lack the last line of the small print, and some of 2002 their start mark.
Their headers are made of sentences that no book holds; the last of these closes the header.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(
    r"^[^\w\n]*+(?:"
    r'This "Small Print!" by\b'
    r"|Project Gutenberg is a Trade\s?Mark"
    r"|END[ \t*]*+(?:OF[ \t]+)?THE[ \t]+SMALL[ \t]+PRINT"
    r"|E-?(?:texts|books) Readable By Both Humans"
    r"|These e-?(?:texts|books) (?:(?:are|were) )?Prepared By"
    r"|Information on contacting Project Gutenberg"
    r"|We need your donations more than ever"
    r"|Corrected EDITIONS of our"
    r"|This header should be the first thing seen"
    r"|Please take a look at the important information in this header"
    r"|Copyright laws are changing all over the world"
    r"|Project Gutenberg e-?(?:texts|books) are (?:usually|often) created from"
    r"|To contact Project Gutenberg of Australia go to"
    r"|START\b[^\w\n]*+(?:OF[ \t]+)?(?:TH(?:E|IS)[ \t]+)?PROJECT[ \t]+GUTENBERG"
    r"|This e-?book is for the use of anyone"
    r"|(?:This|The) file should be named \S+\.(?:txt|zip)\b"
    r"|(?:Release|Posting) Date:|Character set encoding:|Edition:[ \t]*\d+[ \t]*$"
    r"|Language:[ \t]*\w+[ \t]*$|Original publication:|Credits:"
    r"|\w+,? \d{4}[ \t]+\[E-?(?:text|book) #"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_NAMES_GUTENBERG = re.compile(r"project\s+gutenberg", re.IGNORECASE)
_BEGINNING = 2_000
_LONGEST_HEADER = 40_000


def end_of_header(text: str, end: int) -> int:
    """Return where the header in ``text[:end]`` ends: 0 if there is none, ``end`` if all is it."""
    if not _NAMES_GUTENBERG.search(text, 0, min(_BEGINNING, end)):
        return 0
    sentences = _SENTENCE.finditer(text, 0, min(_LONGEST_HEADER, end))
    last = max((sentence.end() for sentence in sentences), default=None)
    if last is None:
        return 0
    paragraph = _BLANK_LINE.search(text, last, end)
    return paragraph.start() if paragraph else end
