"""Recognises bytes that are no plain text, by what they are. Pure functions, no reading."""

from __future__ import annotations

import re

_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip archive (or an EPUB or office document)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"ID3\x02", "an MP3 sound file"),
    (b"ID3\x03", "an MP3 sound file"),
    (b"ID3\x04", "an MP3 sound file"),
    (b"\xff\xfb", "an MP3 sound file"),
    (b"OggS\0", "an Ogg sound or video file"),
    (b"fLaC\0", "a FLAC sound file"),
    (b"MThd\0", "a MIDI sound file"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"AT&TFORM", "a DjVu document"),
)
# By where they stand: behind a name or a length.
_LATER_SIGNATURES = (
    (8, b"WAVEfmt ", "a WAV sound file"),
    (8, b"WEBPVP8", "a WebP image"),
    (30, b"mimetypeapplication/epub+zip", "an EPUB book"),
    (60, b"BOOKMOBI", "a MOBI book"),
    (60, b"TEXtREAd", "a Palm book"),
)
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_BOMS_AND_BLANKS = re.compile(rb"(?:\xef\xbb\xbf|\s)*")

_ERROR = (
    r"(?:error\s+[45]\d\d|error code:\s*\d{3,4}|project gutenberg\s*[-–]\s*blocked"
    r"|attention required!|just a moment\.\.\."
    r"|[45]\d\d\b.{0,40}(?:error|forbidden|not found|denied|unavailable|gateway|too many"
    r"|project gutenberg)"
    r"|(?:access denied|too many requests|service (?:temporarily )?unavailable"
    r"|internal server error)[.!]?\s*$)"
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_HTML_TITLE = re.compile(rb"<title>\s*([^<]{0,200})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\b|<[a-z][\w.:-]{0,60}\s[^<>]{0,1000}?\bxmlns", re.IGNORECASE)
_HTML_PIECE = re.compile(
    rb"<(?:!--|(?:h[1-6]|p|div|pre|center|meta|title|link|style|script|table)\b[^<>]*>)",
    re.IGNORECASE,
)
_LISTING = re.compile(r"\A\W*(?:index of|directory (?:listing|of)|parent directory)\b", re.I)
_LISTING_LINES = re.compile(
    r"\A\s*(?:total \d+\s+)?(?:[d-][r-][w-][xsS-][rwxsS-]{6}\+?\s[^\n]*(?:\n|\Z)\s*){2}"
)
_ERROR_PAGE = re.compile(
    rf"^[#=*\W]{{0,20}}(?:title:.{{0,40}})?{_ERROR}", re.IGNORECASE | re.MULTILINE
)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n[\w-]+:")
_MARKDOWN = re.compile(r"\A\s*#{1,6} \S|^```|\[[^\]\n]{1,200}\]\((?:https?:|/|#)", re.MULTILINE)
_LICENCE_ALONE = re.compile(
    r"^\W*(?:Updated editions will replace|(?:START: )?(?:THE )?FULL (?:PROJECT GUTENBERG )?LICENSE"
    r"|START\**THE SMALL PRINT)",
    re.MULTILINE,
)
_BOOK_LIST = re.compile(
    r"\A\W*GUTINDEX\b|^TITLE and AUTHOR .*NO\.|\AText#,Type,Issued,Title,", re.M
)
_JSON = re.compile(r"\A\s*[{\[]\s*[\"\[{]")


def binary_kind(data: bytes) -> str | None:
    """Say what ``data`` is if its first bytes are those of an archive, document or image."""
    for place, signature, kind in _LATER_SIGNATURES:
        if data.startswith(signature, place):
            return kind
    start = _without_blanks(data[:64])
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            return kind
    return None


def nul_kind(data: bytes) -> str | None:
    """Say what ``data`` is if it holds a NUL byte, which text in single bytes never does."""
    if b"\0" not in data:
        return None
    if data.startswith(_WIDE_BOMS):
        return "text in UTF-16 or UTF-32"
    if _is_wide(data[:1024]):
        return "text in UTF-16 or UTF-32"
    return f"a binary file (a NUL byte at byte {data.index(0)})"


def _is_wide(start: bytes) -> bool:
    """Say whether every other byte is mostly NUL, as in wide text without a byte-order mark."""
    halves = (start[::2], start[1::2])
    return any(half.count(0) > 0.6 * len(half) for half in halves) and any(
        half.count(0) < 0.6 * len(half) for half in halves
    )


def html_kind(data: bytes) -> str | None:
    """Say what ``data`` is if it is a page of HTML: it begins with a tag, and soon names HTML."""
    start = _without_blanks(data[:4096])
    if not (start.startswith(b"<") and _HTML.search(start)):
        return None
    found = _HTML_TITLE.search(start)
    title = found.group(1).decode("latin-1") if found else ""
    if _LISTING.search(title):
        return "an HTML page: a listing of a folder"
    return _error_or("an HTML page", title, "an HTML page: a web site's error page")


def web_kind(data: bytes) -> str | None:
    """Say what ``data`` is if it is made for a browser: it begins so, whatever it holds."""
    if page := html_kind(data):
        return page
    start = _without_blanks(data[:4096])
    if _XML.match(start):
        return "an XML document"
    if _HTML_PIECE.match(start):
        return "a piece of an HTML page"
    if _FRONT_MATTER.match(start.decode("latin-1")):
        return _error_or("a web page's Markdown source", start.decode("latin-1"))
    return None


def page_kind(text: str) -> str:
    """Say what a text is that should have been a book and has none of a book's marks."""
    start = text[:2000]
    if not start.strip():
        return "an empty file"
    if _LICENCE_ALONE.search(start):
        return "the licence of Project Gutenberg, without a book"
    if _BOOK_LIST.search(start):
        return "a list of the books of Project Gutenberg"
    if _LISTING.search(start) or _LISTING_LINES.match(start):
        return "a listing of a folder"
    if _JSON.match(start):
        return "a JSON document"
    known = "a Markdown page" if _MARKDOWN.search(start) else "not a Project Gutenberg text"
    return _error_or(known, start)


def _error_or(kind: str, start: str, error: str = "a web site's error page") -> str:
    return error if _ERROR_PAGE.search(start) else kind


def _without_blanks(start: bytes) -> bytes:
    """Return ``start`` without the byte-order marks and blanks that it begins with."""
    found = _BOMS_AND_BLANKS.match(start)
    return start[found.end() :] if found else start
