"""Tells the credits between a Project Gutenberg file's start mark and its book from the book.

Credits are recognised only directly after the start, paragraph by paragraph, until the first
paragraph that is none; nothing further down is ever touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from textgen_plugins.sources.gutenberg_titles import words_of

_FILE = (
    r"(?:(?:th(?:is|e)\s+)?(?:(?:project\s+)?gutenberg\s+)?"
    r"(?:e-?(?:text|book|version)|(?:electronic|digital)\s+(?:text|book|edition|version)"
    r"|(?:html|text)\s*(?:version|file)|transcription)|this\s+(?:text|file))"
)
_WORKED = (
    r"(?:(?:originally|first)\s+)?(?:produced|prepared|transcribed|scanned|ocr['’]?e?d|typed|keyed|proof-?read|proofed"
    r"|digiti[sz]ed)(?:\s+in\b|\s+for\s+project\s+gutenberg\b)?"
)
_WORKED_ON_FILE = (
    rf"(?:{_WORKED}|created|revised|reformatted|corrected|converted|entered|compiled|updated"
    r"|contributed|provided|supplied|submitted|edited|made)"
)
_WORK = (
    r"(?:scanning|ocr|typing|proof-?(?:read)?ing|transcription|digiti[sz]ation|formatting|editing"
    r"|corrections?|e-?text(?:\s+edition)?|e-?book|electronic\s+(?:text|version|edition)"
    r"|html|(?:html|plain[ ]text)\s+(?:version|conversion|file))"
)
_AND_MORE = r"(?:(?:\s*,\s*(?:and\s+)?|\s+(?:and|&)\s+)[\w'’-]+(?:\s+proof-?(?:read)?ing)?){0,4}"
_ADVERB = r"(?:(?:was|is|has\s+been|were|first|originally|also|kindly|generously)\s+){0,3}"

# What only the makers of a file say of it; a book's own title page does not begin so.
_CREDIT = re.compile(
    rf"\W*(?:(?:text\s+)?{_WORKED}{_AND_MORE}(?:\s*:|\s+(?:by|from)\b)"
    rf"|{_FILE}\s+{_ADVERB}{_WORKED_ON_FILE}{_AND_MORE}\s+(?:by|from|for|using)\b"
    rf"|(?:\w+\s+)?{_WORK}{_AND_MORE}\s+by\b"
    r"|\w+\s+by\b[^\n]{0,100}?\w@\w"
    r"|credits?\s*:"
    r"|an\s+anonymous\s+(?:project\s+gutenberg\s+)?volunteers?\s*(?:,|&|and\b)"
    r"|(?:\w+\s*,?\s+\d{4}\s+\[)?e-?(?:text|book)\s+\#\s?\d"
    r"|this\s+file\s+was\s+(?:first\s+posted|last\s+updated)\b"
    r"|this\s+file\s+should\s+be\s+named\s+\S+\.(?:txt|zip)\b"
    r"|(?:(?:date\s+)?first\s+posted|(?:most\s+recently|last)\s+updated"
    r"|(?:release|posting)\s+date|character\s+set\s+encoding)\s*:"
    r"|project\s+gutenberg\s+is\s+proud\s+to\s+(?:cooperate|present)\b"
    r"|project\s+gutenberg\s+(?:also\s+)?has\s+[^.]{0,60}\b(?:version|edition|volume|file)s?\b"
    r"|this\s+e-?(?:text|book)\s+(?:is\s+in\b|was\s+one\s+of\s+project\s+gutenberg)"
    r"|we\s+are\s+releasing\s+two\s+versions\s+of\s+this\s+e-?text"
    r"|there\s+(?:is|are)\s+[^.]{0,60}\beditions?\s+of\s+this\s+(?:e-?(?:text|book)|title)\b"
    r"|(?:editorial\s+)?note:\s+(?:the\s+html\s+version|project\s+gutenberg\s+(?:also\s+)?has"
    r"|images\s+of\s+the\s+original\s+pages\s+are\s+available))",
    re.IGNORECASE,
)
_FILE_TITLE = re.compile(
    r"[^\w\n]*(?:(?:this\s+is|beginning\s+of)\s+)?(?:(?:an?|the|this)\s+)?(?:copyrighted\s+)?"
    r"project\s+gutenberg"
    r"(?:['’]s\b|\s+(?:e-?text|e-?book|edition)\b)",
    re.IGNORECASE,
)
_FOR_THE_USE = r"this\s+e-?(?:book|text)\s+is\s+for\s+the\s+use\s+of\s+anyone"
_FIELD = (
    r"(?:title|author|editor|contributor|compiler|translator|illustrator|edition|language"
    r"|(?:release|posting)\s+date|(?:most\s+recently|last)\s+updated|character\s+set\s+encoding"
    r"|original\s+publication)\s*:"
)
# A header that no start mark closes is known by its lines, each behind another of them.
_HEADER = re.compile(rf"\s*(?:{_FOR_THE_USE}|{_FIELD})", re.IGNORECASE)
# Proofreaders may be named without a word of what they did.
_NAMES = re.compile(
    r"(?:[^.:;!?]|(?<=\b[A-Z])\.|(?<=\b[MDJ]r)\.|(?<=\bMrs)\.){0,400}\bDistributed\s+Proofread(?:ers|ing)",
    re.DOTALL,
)
# A second hand may have worked on a file; on a title page of old no such line ends in a stop.
_SECOND_HAND = re.compile(
    r"(?:revised|updated|corrected|reformatted|converted)\s+by\s[^\n]*\.\s*", re.IGNORECASE
)
_BY_LINE = re.compile(r"\s*by\s", re.IGNORECASE)
# What an old book does not speak of; believed only behind a credit or words of thanks.
_ABOUT_THE_FILE = re.compile(
    r"\be-?(?:text|book)s?\b|\bOCR\b|://|\bwww\.|\w@\w+\.\w|project\s+gutenberg"
    r"|gutenberg\s+projekt|distributed\s+proofread|internet\s+archive|hathi\s*trust"
    r"|this\s+(?:file|text|work)\s+is\s+in\s+the\s+public\s+domain"
    r"|google\s+(?:books|print)|\b[78][ -]bit\b|html\s+version|\bin\s+our\s+series\s+by\b"
    r"|images\s+generously|(?:page|digital|scanned)\s+images|image\s+files"
    r"|\bscann(?:ed|ing)(?:\s+and\s+[\w-]+)?\s+(?:by|from)\b",
    re.IGNORECASE,
)
# Words that a book may begin with too: a credit only where what follows speaks of the file.
_THANKS = re.compile(
    r"\W*(?:(?:we|many|special|with)\s+thank|thanks\b|nous\s+remercions|dieses\s+buch\s+wurde"
    r"|this\s+book\s+was\b|this\s+(?:text|file|version|(?:\w+\s+)?e-?(?:text|book))\b"
    r"|(?:diese[rs]?|este|cet|questo|dit)\s+e-?(?:text|book)\b"
    r"|this\s+is\s+(?:an?|volume)\s|all\s+of\s+the\s+original\s"
    r"|(?:contributed|donated|submitted)\s+(?:to|by)\s|converted\s+from\s)",
    re.IGNORECASE,
)
# Neither are notes to the reader, nor the first lines of a book in TeX.
_NO_CREDIT = re.compile(r"\[|[\W_]*transcriber|[\\%]", re.IGNORECASE)
# A book may have a licence of its own.
_OWN_RIGHTS = re.compile(r"copyright|creative\s+commons|\blicen[cs]", re.IGNORECASE)
_MOST_CHARACTERS = 1500
_LONGEST_CREDITS = 20_000


def end_of_credits(text: str, begin: int, end: int, title: str) -> int:
    """Return the offset in ``begin`` … ``end`` where the credits are over.

    Args:
        text: The whole file.
        begin: Where the start mark ends.
        end: Where the book ends.
        title: The book's title, whose line is the book's whatever it speaks of; may be empty.
    """
    over, before, title_words = begin, "", words_of(title)
    ornaments: set[str] = set()
    dividing: set[str] = set()
    blank_line = text.find("\n\n", begin + _LONGEST_CREDITS, end)
    for start, stop in _paragraphs(text, begin, blank_line if blank_line >= 0 else end):
        paragraph = text[start:stop]
        if _is_ornament(paragraph):
            # One that divides credits closes them too; any other may open the book.
            over = stop if paragraph in dividing else over
            ornaments.add(paragraph)
            continue
        if _begins_with(paragraph, title_words) or not _is_credit(paragraph, before):
            break
        if before:
            dividing |= ornaments
        ornaments.clear()
        over, before = start + _length_of_credit(paragraph, title_words), paragraph
        if over < stop:
            break
    return over


def _length_of_credit(paragraph: str, title_words: list[str]) -> int:
    """Return how long a credit is: up to the line of the book's title, if that stands under it."""
    length = 0
    for line in paragraph.splitlines(keepends=True) if _CREDIT.match(paragraph) else ():
        words = words_of(line)
        if length and line.isupper() and len(words) > 1 and title_words[: len(words)] == words:
            return length
        length += len(line)
    return len(paragraph)


def _begins_with(paragraph: str, words: list[str]) -> bool:
    beginning = words_of(paragraph[:_MOST_CHARACTERS])
    return bool(words) and beginning[: len(words)] == words


def _is_credit(paragraph: str, before: str) -> bool:
    """Judge a paragraph by its words and by the credit ``before`` it, empty at the start."""
    if len(paragraph) > _MOST_CHARACTERS:
        return False
    if paragraph.isupper() and not _ABOUT_THE_FILE.search(paragraph):
        return False
    if any(form.match(paragraph) for form in (_CREDIT, _FILE_TITLE, _NAMES)):
        return True
    if before and _SECOND_HAND.fullmatch(paragraph):
        return True
    # A file's title may stand apart from its author, whose line is then no line of the book.
    if _FILE_TITLE.match(before) and not _BY_LINE.search(before) and _BY_LINE.match(paragraph):
        return True
    if _HEADER.match(paragraph) and (_HEADER.match(before) or _FILE_TITLE.match(before)):
        return True
    return bool(before or _is_thanks(paragraph)) and _speaks_of_the_file(paragraph)


def _is_thanks(paragraph: str) -> bool:
    return _THANKS.match(paragraph) is not None and not _OWN_RIGHTS.search(paragraph)


def _speaks_of_the_file(paragraph: str) -> bool:
    if _NO_CREDIT.match(paragraph) or paragraph.isupper():
        return False
    return _ABOUT_THE_FILE.search(paragraph) is not None


def _is_ornament(paragraph: str) -> bool:
    return not any(character.isalnum() for character in paragraph)


def _paragraphs(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the offsets of each run of lines that are not blank."""
    start = None
    position = begin
    while position < end:
        newline = text.find("\n", position, end)
        stop = end if newline < 0 else newline
        blank = not text[position:stop].strip()
        if not blank and start is None:
            start = position
        if blank and start is not None:
            yield start, position - 1
            start = None
        position = stop + 1
    if start is not None:
        yield start, end
