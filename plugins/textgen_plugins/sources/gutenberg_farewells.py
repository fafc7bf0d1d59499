"""The sentences behind a Project Gutenberg book that are no mark: farewells, and the licence.

They tell where a book ends where no mark does, and never by their words alone: a farewell must
stand at the foot of the file, for a book may speak of Project Gutenberg too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENDS = (
    r"(?:END|End|ENDE|Ende|EINDE|Einde|FIN|Fin|FINE|Fine|FINO|Fino|FIM|Fim|FI|Fi|SLUT|Slut"
    r"|KONIEC|Koniec|FINIS|Finis|LOPPU|Loppu|ΤΕΛΟΣ|Τέλος|DIWEDD|Diwedd|VÉGE|Vége"
    r"|(?:HERE|Here|THIS|This)[ \t]+(?:ENDS|ends))"
)
# A line may be broken within a farewell, but not behind its first word, which may be the book's.
_BREAK = r"(?:\b(?i:of|the|this)[ \t]*+\n[^\n]{0,15}?)?"
_GUTENBERG = r"(?i:pro[jyg][a-z]*(?:[ \t]++(?:\n[ \t]*+)?|\n[ \t]*+)gutenb[eu]rg)"
_OF_WHAT = r"(?P<file>(?i:['’]s\b|(?:-tm|™)?[ \t]+(?:e-?(?:text|book)|edition|version|file)))"
# A farewell begins its line with a capital, so that a sentence of the book never reads as one.
_FAREWELL = re.compile(
    rf"^(?:[^\w\n]|_)*+(?:(?:(?:THIS[ \t]+IS[ \t]+)?THE|(?:This[ \t]+is[ \t]+t|T)he)[ \t]+)?"
    rf"(?:{_ENDS}|(?<=[Tt]he[ \t])end)\b[^\n]{{0,60}}?{_BREAK}\b"
    rf"(?:{_GUTENBERG}{_OF_WHAT}?|(?i:(?:(?:this|the|of|dieses|cet)[ \t]+|l['’])"
    r"(?:(?:PG|Gutenberg)[ \t]+)?e-?(?:text|book)))"
    r"|^(?P<other>More information about this book is at the top of this file)",
    re.MULTILINE,
)
# Files of the nineties may take leave by their own title.
_LAST_TITLE = re.compile(
    r"[^\w\n]*(?:(?:This is )?(?:The|A)[ \t]+)?(?:Copyrighted[ \t]+)?"
    r"Project[ \t]+Gutenberg(?:['’]s)?[ \t]+E-?(?:text|book)"
    # A sentence of the book may begin so too, but no title goes on in small letters.
    r"(?:[ \t]+of\s+(?:(?:the|an?)\s+)?(?-i:(?![a-z]))|[,:])",
    re.IGNORECASE,
)
_LICENCE = (
    r"Updated editions will replace the previous one"
    r"|[ \t*]*(?:This|The) file should be named \S{1,40}\.(?:txt|zip)\b"
    r"|This and all associated files of various formats will be found in:"
    r"|Creating the works from (?:public domain )?print editions"
    r"|(?:[ \t*]*START[ \t*:]*)?(?:THE )?FULL (?:PROJECT GUTENBERG )?LICEN[SC]E[ \t*]*$"
    r"|[ \t*]*START[ \t*:]*THE SMALL PRINT"
    r"|Section 1\.[ \t]+General Terms of Use"
    r"|1\.A\.[ \t]+By reading or using any part of this Project Gutenberg"
    r"|Project Gutenberg e(?:books|texts) are often created from several"
    r"|We are now trying to release all our e(?:books|texts)"
)
_HEADER = r"This e(?:Book|text) is for the use of anyone|Title:[ \t]*\S|Release Date:"
_LICENCE_BEGINS = re.compile(rf"^(?:{_LICENCE})", re.IGNORECASE | re.MULTILINE)
_NO_BOOK = re.compile(rf"^(?:{_LICENCE}|{_HEADER})", re.IGNORECASE | re.MULTILINE)

# Some collections repeat, between their works, a paragraph on their use in double brackets.
_NOTICE = re.compile(r"^<<[^<>]{1,2000}+>>[ \t]*(?:\n|\Z)", re.MULTILINE)
_NAMES_GUTENBERG = re.compile(r"project\s+gutenberg", re.IGNORECASE)

# In 2017 files that had lost their copyright were told of it behind the book, at some length.
_CONTENT_NOTE = re.compile(r"^\* CONTENT NOTE \(added in 20\d\d\) \*$", re.MULTILINE)

_RULE = re.compile(r"[ \t*=_~-]{3,}\n")
_BY_WHOM = re.compile(r"by\s", re.IGNORECASE)

_LONGEST_FOOT = 40_000
_LONGEST_REST = 2_000
_LONGEST_FAREWELL = 600
_MOST_LINES = 8
_MOST_FAREWELLS = 10


def find_farewell(text: str, begin: int, end: int) -> tuple[int, int] | None:
    """Return where the last farewell that stands at the foot of ``begin`` … ``end`` lies."""
    farewells = _farewells(text, max(begin, end - _LONGEST_FOOT), end)
    for found in reversed(list(farewells)):
        if _is_foot(text, found.end(), end):
            return _with_rule_above(text, begin, found.start()), found.end()
    return _last_title(text, begin, end)


def find_licence(text: str, begin: int, end: int) -> int | None:
    """Return where the licence at the foot of ``begin`` … ``end`` begins."""
    for found in _LICENCE_BEGINS.finditer(text, max(begin, end - _LONGEST_FOOT), end):
        if _is_after_blank_line(text, found.start()):
            return found.start()
    return None


def without_farewells(text: str, begin: int, end: int) -> int:
    """Return ``end``, pulled back over farewells that stand directly before it."""
    for _ in range(_MOST_FAREWELLS):
        reach = max(begin, end - _LONGEST_FAREWELL)
        direct = [
            found.start()
            for found in _farewells(text, reach, end)
            if _is_one_farewell(text[found.start() : end].strip())
        ]
        if last_title := _last_title(text, begin, end):
            direct.append(last_title[0])
        if note := _CONTENT_NOTE.search(text, max(begin, end - _LONGEST_REST), end):
            direct.append(note.start())
        if not direct:
            break
        end = _with_rule_above(text, begin, min(direct))
    return end


def without_notices(text: str) -> tuple[str, str]:
    """Return ``text`` without the notices of Project Gutenberg in it, and the notices."""
    notices = []

    def judged(found: re.Match[str]) -> str:
        if not _NAMES_GUTENBERG.search(found.group()):
            return found.group()
        notices.append(found.group())
        return ""

    return _NOTICE.sub(judged, text), "".join(notices)


def is_no_book(text: str, begin: int, end: int) -> bool:
    """Say whether ``begin`` … ``end`` is blank, or holds a licence or another book's header."""
    return not text[begin:end].strip() or _NO_BOOK.search(text, begin, end) is not None


def length_of_unknown(text: str, begin: int, end: int) -> int:
    """Return how many characters stand between ``begin`` and the licence, blank ends left out."""
    known = _NO_BOOK.search(text, begin, end)
    return len(text[begin : known.start() if known else end].strip())


def _farewells(text: str, begin: int, end: int) -> Iterator[re.Match[str]]:
    """Yield what reads as a farewell: it names the file, or stands in a paragraph of its own."""
    for found in _FAREWELL.finditer(text, begin, end):
        if found["file"] or found["other"] or _is_after_blank_line(text, found.start()):
            yield found


def _is_foot(text: str, begin: int, end: int) -> bool:
    rest = text[begin:end].strip()
    return len(rest) <= _LONGEST_REST or is_no_book(text, begin, min(end, begin + _LONGEST_REST))


def _last_title(text: str, begin: int, end: int) -> tuple[int, int] | None:
    """Return where the last paragraph lies, if it is the file's title and a book is before it."""
    reach = max(begin, end - _LONGEST_REST)
    stop = reach + len(text[reach:end].rstrip())
    start = text.rfind("\n\n", reach, stop) + 2
    paragraph = text[start:stop]
    is_title = _LAST_TITLE.match(paragraph) and paragraph.count("\n") < _MOST_LINES
    return (start, stop) if is_title and text[reach:start].strip() else None


def _with_rule_above(text: str, begin: int, position: int) -> int:
    """Return ``position``, pulled back over a line of stars or dashes directly above it."""
    line = text.rfind("\n", begin, max(begin, position - 1)) + 1
    return line if line > begin and _RULE.fullmatch(text, line, position) else position


def _is_one_farewell(text: str) -> bool:
    """Say whether ``text`` is one short paragraph, or two of which the second names the author."""
    paragraphs = re.split(r"\n[ \t]*\n\s*", text, maxsplit=2)
    is_whole = len(paragraphs) == 1 or (len(paragraphs) == 2 and _BY_WHOM.match(paragraphs[1]))
    return bool(is_whole) and paragraphs[0].count("\n") < _MOST_LINES


def _is_after_blank_line(text: str, position: int) -> bool:
    """Say whether the line before the one that begins at ``position`` is blank, or is none."""
    line = text.rfind("\n", 0, max(0, position - 1)) + 1
    return not text[line:position].strip()
