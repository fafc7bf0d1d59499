"""Turns the bytes of a Project Gutenberg file into text: UTF-8 strictly, else windows-1252.

Old files in other encodings say so in their header, which is then believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from textgen_plugins.sources.plain_text import RefusedError, decode_strictly

_BOMS = re.compile(rb"\A(?:\xef\xbb\xbf)++")
_DECLARED = re.compile(
    rb"^Character set encoding:[ \t]*"
    rb"((?:iso|windows|cp|codepage|mac|koi8|big5|gb|shift|euc)[\w -]{0,20}?)[ \t\r]*$",
    re.IGNORECASE | re.MULTILINE,
)
_LATIN_1 = re.compile(r"iso[-_ ]?(?:8859|latin)[-_ ]?1|windows[-_ ]?1252|cp[-_ ]?1252", re.I)
_WIDE_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HEADER_BYTES = 20_000
_NAME_ENCODING = (
    "Name the right encoding: "
    "--source file:PATH --set source.strip=gutenberg --set source.encoding=NAME"
)


@dataclass(frozen=True)
class Decoded:
    """A file's text.

    Attributes:
        text: Without byte-order marks at its beginning; newlines LF.
        notes: How it was read, where that was a choice.
        warnings: What may be wrong with it.
    """

    text: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def decode_book(data: bytes, who: str, encoding: str | None) -> Decoded:
    """Return the text of ``data``.

    Args:
        data: The file's bytes.
        who: Whose bytes they are, for messages.
        encoding: How characters are stored; None means that it is to be found out.

    Raises:
        RefusedError: The bytes fit no encoding as a whole.
    """
    data = _BOMS.sub(b"", data, count=1)
    if encoding is not None:
        text = decode_strictly(data, who, encoding, _NAME_ENCODING)
        return Decoded(with_lf(text.lstrip("\ufeff")))
    try:
        return Decoded(with_lf(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        return _not_utf_8(data, who, error)


def with_lf(text: str) -> str:
    """Return ``text`` with line ends of every kind, CR CR LF included, as LF."""
    if "\r" not in text:
        return text
    # One run of CR is one match, so that a file of nothing else takes no longer than any other.
    return re.sub(r"\r+\n?", _lf_for, text.replace("\r\n", "\n"))


def _lf_for(run: re.Match[str]) -> str:
    return "\n" if run.group().endswith("\n") else "\n" * len(run.group())


def _not_utf_8(data: bytes, who: str, error: UnicodeDecodeError) -> Decoded:
    if error.reason == "unexpected end of data":
        warning = "the file ends within a character (a download cut off?); its bytes are left out"
        return Decoded(with_lf(data[: error.start].decode("utf-8")), warnings=(warning,))
    declared = _declared_encoding(data)
    if declared:
        try:
            text = with_lf(data.decode(declared))
        except (LookupError, UnicodeError):
            pass
        else:
            return Decoded(text, (f"the file is in {declared}, as its header says",))
    return _windows_1252(data, who, error)


def _windows_1252(data: bytes, who: str, error: UnicodeDecodeError) -> Decoded:
    if _is_mostly_utf_8(data):
        raise RefusedError(
            who,
            f"the text is UTF-8 but for byte {error.start}, and one encoding must fit all of it",
            "The file is damaged, or two were put together: get it again, or mend that place",
        ) from error
    advice = f"It is not UTF-8 either. {_NAME_ENCODING}"
    text = decode_strictly(data, who, "windows-1252", advice)
    return Decoded(with_lf(text), ("the file is not UTF-8; it was read as windows-1252",))


def _declared_encoding(data: bytes) -> str | None:
    """Return the encoding that the header names, unless windows-1252 holds all of it."""
    found = _DECLARED.search(data, 0, _HEADER_BYTES)
    if found is None:
        return None
    name = found.group(1).decode("ascii", "replace").strip().lower()
    name = re.sub(r"^(?:codepage|cp)[-_ ]?", "cp", name).replace(" ", "-")
    return None if _LATIN_1.fullmatch(name) else name


def _is_mostly_utf_8(data: bytes) -> bool:
    """Say whether most of what is not ASCII is right UTF-8: in windows-1252 next to nothing is."""
    others = sum(1 for _ in re.finditer(rb"[\x80-\xff]", _WIDE_CHARACTER.sub(b"", data)))
    return others < sum(1 for _ in _WIDE_CHARACTER.finditer(data))
