"""Bytes that no source and no tokenizer was made for, each kind drawn at random.

A case is made from its number and a seed alone, so that it can be made again.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import zipfile
from pathlib import Path

BOOKS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "gutenberg"
LARGEST = 50_000
MOST_OF_A_BOOK = 30_000  # of its beginning, and of its end
MADE_UP = (
    "The Project Gutenberg eBook of A Small Book\r\n\r\nTitle: A Small Book\r\n\r\n"
    "Release Date: May 1, 2001 [eBook #4711]\r\n\r\n"
    "*** START OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***\r\n\r\n"
    "Produced by A. Volunteer\r\n\r\n\r\n"
    + "“It was all said”, he said, “in one line – été.”\r\n\r\n"
    * 40
    + "End of Project Gutenberg's A Small Book\r\n\r\n"
    "*** END OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***\r\n\r\nLicence.\r\n"
).encode()
FRAGMENTS = [
    *("*** START OF ", "***START OF THIS", "*** END OF THE ", "PROJECT GUTENBERG", " EBOOK "),
    *("*END*THE SMALL PRINT! ", "*END THE SMALL PRINT", "End of Project Gutenberg's ", "* " * 99),
    *("Ende dieses Project Gutenberg", "Produced by ", "E-text prepared by ", "Title: ", "***"),
    *("Release Date: 1 [eBook #", "11", "]", "\n", "\r\n", "\r", "\n\n\n", " ", "\t", "\x0c"),
    *("START: FULL LICENSE", "Updated editions will replace the previous one", "<html>", "<pre>"),
    *("HTTP/1.1 404 Not Found", "Index of /", "\0", "\x1a", "\x1b[31m", "\u2028", "\x85", "\ufeff"),
    *("é", "👣", "\ud800"),
]
SIGNATURES = [
    *(b"\x1f\x8b\x08", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"BZh9"),
    *(b"\xfd7zXZ\0", b"7z\xbc\xaf\x27\x1c", b"{\\rtf1", b"<!DOCTYPE html>", b"\xff\xfe"),
]
ENCODINGS = ["utf-16", "utf-16-be", "utf-32", "cp1252", "latin-1", "cp437", "shift-jis", "utf-7"]
SUFFIXES = [".txt", ".txt", ".md", ".gz", ".txt.gz", ".zip", ".html", "", ".é"]


def case(seed, number):
    """Return the bytes of a case, a name for them and what else the case draws at random from."""
    chance = random.Random(f"{seed} {number}")
    kind = chance.choice(KINDS)
    data = kind(chance)
    return kind.__name__, data, chance


def uniform(chance):
    return chance.randbytes(size(chance))


def nearly_ascii(chance):
    letters = [*range(32, 127), 9, 10, 10, 13]
    return sprinkled(chance, bytes(chance.choices(letters, k=size(chance))))


def nearly_utf8(chance):
    return sprinkled(chance, unicode(chance).encode("utf-8", "surrogatepass"))


def runs(chance):
    return b"".join(
        chance.choice([b"*", b" ", b"\n", b"\r", b"\0", b"A", b"* ", b"\xc3", b"\xef\xbb\xbf"])
        * size(chance)
        for _ in range(chance.randint(1, 4))
    )[: LARGEST * 2]


def signed(chance):
    return chance.choice(SIGNATURES) + chance.choice(PLAIN)(chance)


def wide(chance):
    data = unicode(chance).encode(chance.choice(ENCODINGS), "ignore")
    return data if chance.random() < 0.5 else sprinkled(chance, data)


def marks(chance):
    pieces = [chance.choice(FRAGMENTS) for _ in range(chance.randint(1, 200))]
    return "".join(pieces).encode("utf-8", "surrogatepass")


def packed(chance):
    """Pack anything; half of what is packed is damaged afterwards."""
    data = chance.choice([mutated, *PLAIN])(chance)
    data = chance.choice([gzip.compress, bz2.compress, lzma.compress, zipped])(data)
    return data if chance.random() < 0.5 else chance.choice([cut, sprinkled])(chance, data)


def mutated(chance):
    """Return a book that some accidents have happened to."""
    data = book(chance)
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(ACCIDENTS)(chance, data)
    return data


PLAIN = [uniform, nearly_ascii, nearly_utf8, runs, wide, marks]
KINDS = [*PLAIN, signed, packed, *[mutated] * 6]


def book(chance):
    """Return a book, of a large one the beginning and the end."""
    books = sorted(BOOKS.glob("*.txt"))
    if not books or chance.random() < 0.1:
        return MADE_UP
    data = chance.choice(books).read_bytes()
    if len(data) > 2 * MOST_OF_A_BOOK:
        return data[:MOST_OF_A_BOOK] + data[-MOST_OF_A_BOOK:]
    return data


def cut(chance, data):
    begin, end = span(chance, data)
    return data[begin:end] if chance.random() < 0.3 else data[:begin] + data[end:]


def doubled(chance, data):
    begin, end = span(chance, data)
    return (data[:end] + data[begin:])[: 4 * LARGEST]


def swapped(chance, data):
    (a, b), (c, d) = sorted([span(chance, data), span(chance, data)])
    return data if b > c else data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def flipped(chance, data):
    changed = bytearray(data)
    for _ in range(chance.randint(1, 20) if data else 0):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def sprinkled(chance, data):
    """Put a few bytes where they do not belong."""
    for _ in range(chance.randint(1, 9)):
        place = chance.randint(0, len(data))
        data = data[:place] + chance.randbytes(chance.randint(1, 4)) + data[place + 1 :]
    return data


def marked(chance, data):
    place = chance.randint(0, len(data))
    return data[:place] + marks(chance)[:500] + data[place:]


def other_line_ends(chance, data):
    end = chance.choice([b"\r", b"\n", b"\r\n", b"\r\r\n", b" ", b"\x85", b""])
    return b"\n".join(data.splitlines()).replace(b"\n", end)


def recoded(chance, data):
    text = data.decode(chance.choice(["utf-8", "cp1252"]), "replace")
    return text.encode(chance.choice(ENCODINGS), "ignore")


def other_case(chance, data):
    return chance.choice([data.upper, data.lower, data.swapcase])()


def shuffled(chance, data):
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


ACCIDENTS = [
    *(cut, doubled, swapped, flipped, sprinkled, marked, other_line_ends),
    *(recoded, other_case, shuffled),
]


def zipped(data):
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("book.txt", data)
    return file.getvalue()


def size(chance):
    """Return a size whose magnitude is drawn evenly; one in a hundred is 0."""
    return 0 if chance.random() < 0.01 else int(LARGEST ** chance.random())


def span(chance, data):
    return sorted(chance.randint(0, len(data)) for _ in range(2))


def unicode(chance):
    """Return text of one to three scripts, one character in a hundred from anywhere."""
    starts = chance.choices([0x20, 0xA0, 0x300, 0x400, 0x590, 0x1100, 0x4E00, 0xFE00, 0x1F400], k=3)
    return "".join(
        chr(chance.randrange(0x110000) if chance.random() < 0.01 else start + chance.randrange(96))
        for start in chance.choices(starts, k=min(size(chance), 5000))
    )
