"""Bytes become characters, block by block, strictly: in an encoding that is declared or certain.

Certain is a byte-order mark, and UTF-8 where all bytes fit it. Likely is windows-1252: a guess that
the reader is told of, and that is not made where anything speaks against it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from textgen_plugins.sources.file_line_ends import LineEnds
from textgen_plugins.sources.plain_text import RefusedError

UTF_8 = "utf-8"
WINDOWS = "windows-1252"

_NAME_ENCODING = "Name the right encoding, such as: --set source.encoding=windows-1252"
_AS_IT_IS = "any file at all is read byte by byte with --set source.encoding=bytes"
_ADVICE = {
    "archive": "One whose name ends in .zip, .gz, .bz2 or .xz is unpacked; of a document, save the "
    f"text; {_AS_IT_IS}",
    "binary": "Text in UTF-16 without a byte-order mark is read with --set "
    f"source.encoding=utf-16-le; {_AS_IT_IS}",
    "": f"Save its text as a file of its own; {_AS_IT_IS}",
}
_MARKS = (  # UTF-32's first, since that of UTF-16 is its beginning
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MANY_NULS = 0.5

# A character of UTF-8 of several bytes, but for those which a word in windows-1252 may end with:
# a letter, and after it quotes, dashes, an ellipsis or a no-break space.
_ENDS = rb"\x85\x91-\x97\x9b\xa0\xab\xad\xbb"
_UTF_8_CHARACTER = re.compile(
    rb"[\xc2-\xdf](?![%b])[\x80-\xbf]" % _ENDS
    + rb"|[\xe0-\xef](?![%b]{2})[\x80-\xbf]{2}" % _ENDS
    + rb"|[\xf0-\xf4][\x80-\xbf]{3}"
)
_LONGEST = 4
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x20), 0x7F])


class WrongEncodingError(RefusedError):
    """The bytes do not fit an encoding.

    Attributes:
        offset: Of the first that does not.
    """

    def __init__(self, who: str, encoding: str, offset: int) -> None:
        reason = f"the text is not {encoding} at byte {offset}, and one encoding must fit all of it"
        super().__init__(who, reason, _NAME_ENCODING)
        self.offset = offset


class NoTextError(RefusedError):
    """The bytes are no text in any encoding: in a folder they are left out.

    Attributes:
        kind: What they are ("a PDF file").
    """

    def __init__(self, who: str, kind: str) -> None:
        advice = next(advice for word, advice in _ADVICE.items() if word in kind)
        super().__init__(who, f"what came is {kind}, and a corpus must be plain text", advice)
        self.kind = kind


def encoding_of(head: bytes, who: str) -> str:
    """Return the encoding that a text is most likely in, by its first bytes: UTF-8 without signs.

    Raises:
        RefusedError: It is UTF-16 without a mark, which is likely, and not certain.
    """
    if marked := wide_mark(head):
        return marked
    for likely, characters, nuls in (
        ("utf-16-le", head[0::2], head[1::2]),
        ("utf-16-be", head[1::2], head[0::2]),
    ):
        if nuls.count(0) > len(nuls) * _MANY_NULS and _is_free_of_controls(characters):
            raise RefusedError(
                who,
                f"the text seems to be {likely}, but no byte-order mark says so",
                f"If it is: --set source.encoding={likely}",
            )
    return UTF_8


def _is_free_of_controls(block: bytes) -> bool:
    return len(block.translate(None, _CONTROLS)) == len(block)


def wide_mark(head: bytes) -> str | None:
    """Return the encoding of UTF-16 or UTF-32 whose byte-order mark stands at the beginning."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


class Decoder:
    """Turns blocks of bytes into characters, and says where that cannot be done."""

    def __init__(self, encoding: str, who: str) -> None:
        self._encoding, self._who = encoding, who
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._read = 0

    def feed(self, block: bytes) -> str:
        """Return the characters that end in the next block; an empty one ends the text.

        Raises:
            WrongEncodingError: A byte does not fit.
        """
        self._read += len(block)
        try:
            text = self._decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            offset = self._read - len(error.object) + error.start
        except UnicodeError:
            offset = self._read - len(block)
        else:
            # Half a byte-order mark at the end is left over, and Python says nothing.
            left_over = b"" if block else self._decoder.getstate()[0]
            if not left_over:
                return text
            offset = self._read - len(left_over)
        raise WrongEncodingError(self._who, self._encoding, offset)


def decode(blocks: Iterable[bytes], encoding: str, who: str) -> Iterator[str]:
    """Yield the text in pieces, one for each block, with all line ends as LF.

    Raises:
        WrongEncodingError: A byte does not fit.
    """
    decoder, ends = Decoder(encoding, who), LineEnds("\r", "\n")
    for block in chain(blocks, (b"",)):
        yield ends.unify(decoder.feed(block), final=not block)


def require_windows(
    blocks: Iterable[bytes], wrong: WrongEncodingError, who: str
) -> Iterator[bytes]:
    """Yield the blocks of a text that is not UTF-8 as long as it may well be windows-1252.

    Args:
        blocks: The bytes from the beginning.
        wrong: Where they are not UTF-8.
        who: Whose they are, for messages.

    Raises:
        NoTextError: They hold control characters, as no text does.
        RefusedError: They hold characters of UTF-8 as well.
    """
    read, tail = 0, b""
    for block in blocks:
        if not _is_free_of_controls(block):
            offset = next(place for place, byte in enumerate(block) if byte in _CONTROLS)
            kind = f"a binary file (a control character at byte {read + offset})"
            raise NoTextError(who, kind)
        if found := _UTF_8_CHARACTER.search(tail + block):
            raise RefusedError(
                who,
                f"byte {wrong.offset} is not utf-8, but a character of utf-8 is at byte "
                f"{read - len(tail) + found.start()}: two encodings in one file, or one cut short, "
                "and one encoding must fit all of it",
                "Mend the file, or have all of it read in one encoding, such as: "
                "--set source.encoding=windows-1252",
            )
        read += len(block)
        tail = (tail + block)[1 - _LONGEST :]
        yield block
