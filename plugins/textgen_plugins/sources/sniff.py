"""Recognises bytes that are no plain text, by what they are. Pure functions, no reading."""

from __future__ import annotations

import re

_BOM = b"\xef\xbb\xbf"

_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip archive (or an EPUB or office document)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
)
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_LISTING = re.compile(r"\A\W*(?:index of|directory (?:listing|of)|parent directory)\b", re.I)
_ERROR_PAGE = re.compile(
    r"^[#\W]*(?:title:.*)?(?:error\s+[45]\d\d|[45]\d\d\b.{0,40}"
    r"(?:error|forbidden|not found|denied|unavailable|gateway|project gutenberg))",
    re.IGNORECASE | re.MULTILINE,
)
_FRONT_MATTER = re.compile(r"\A---\n[\w-]+:")


def binary_kind(data: bytes) -> str | None:
    """Say what ``data`` is if its first bytes are those of an archive, document or image."""
    start = data[:64].removeprefix(_BOM)
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
    return f"a binary file (a NUL byte at byte {data.index(0)})"


def html_kind(data: bytes) -> str | None:
    """Say whether ``data`` is a web page: it begins with a tag, and soon names HTML."""
    start = data[:4096]
    while start.startswith(_BOM):
        start = start.removeprefix(_BOM)
    start = start.lstrip()
    return "an HTML page" if start.startswith(b"<") and _HTML.search(start) else None


def page_kind(text: str) -> str:
    """Say what a text is that should have been a book and has none of a book's marks."""
    start = text[:2000]
    if _LISTING.search(start):
        return "a listing of a folder"
    if _ERROR_PAGE.search(start):
        return "a web site's error page"
    if _FRONT_MATTER.match(start):
        return "a web page's Markdown source"
    return "not a Project Gutenberg text"
