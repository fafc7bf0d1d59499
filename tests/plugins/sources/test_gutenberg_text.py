"""Taking the book out of a Project Gutenberg file: each rule on its own, and as properties."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen import SourceError
from textgen_plugins.sources.gutenberg_text import read_book

START = "*** START OF THE PROJECT GUTENBERG EBOOK A BOOK ***"
END = "*** END OF THE PROJECT GUTENBERG EBOOK A BOOK ***"
SMALL_PRINT_END = "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*"
SMALL_PRINT_START = "***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN EBOOKS**START***"
BODY = "THE BOOK\n\n  Once upon a time\nthere was an end.\n"


def kept(text):
    return read_book(text.encode(), "test").text


def framed(middle):
    return f"Header\n{START}\n{middle}\n{END}\nFooter\n"


@pytest.mark.parametrize(
    "start",
    [
        START,
        "***START OF THE PROJECT GUTENBERG EBOOK A BOOK***",
        "* * * START OF THIS PROJECT GUTENBERG EBOOK A BOOK * * *",
        "*** start of the project gutenberg etext a book ***",
        "*** START OF THE PROJECT GUTENBERG EBOOK A VERY LONG\nTITLE THAT IS WRAPPED\nTWICE ***",
        "*** START OF THE\nPROJECT GUTENBERG EBOOK A BOOK ***",
        "*** START OF THE PROJECT GUTENBERG EBOOK A BOOK",
        "  *** START OF THE PROJECT GUTENBERG EBOOK, A BOOK ***  ",
        SMALL_PRINT_END,
        "**END THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*Ver.02/11/02*END*",
    ],
)
def test_every_form_of_the_start_is_found(start):
    assert kept(f"Header\n{start}\n\n{BODY}\n{END}\n") == BODY


@pytest.mark.parametrize(
    "end",
    [
        END,
        "***END OF THE PROJECT GUTENBERG EBOOK A BOOK***",
        "*** End of this Project Gutenberg Ebook A Book",
        f"End of Project Gutenberg's A Book, by\nSome Author\n\n{END}",
        f"End of the Project Gutenberg EBook of A Book\n\n\n\n{END}",
        "End of the Project Gutenberg Etext of A Book\n\n",
        "Ende dieses Projekt Gutenberg Etextes A Book\n\nEnd of Project Gutenberg Etext A Book\n",
    ],
)
def test_every_form_of_the_end_is_found(end):
    assert kept(f"{START}\n\n{BODY}\n\n{end}\nLicence\n") == BODY


def test_text_on_the_marks_own_line_is_kept():
    assert kept(f"{START}THE BOOK\nA line.\n{END}") == "THE BOOK\nA line.\n"


@pytest.mark.parametrize(
    "credits",
    [
        "Produced by A. Volunteer",
        "Produced by: A. Volunteer and\nmany more",
        "E-text prepared by A. Volunteer (http://example.org)\n\n\nNote: see http://example.org",
        "This etext was created by A. Volunteer,\nOmaha.",
        "Transcribed from the 1889 edition by A. Volunteer",
        "Scanned and proofed by A. Volunteer",
        "The Project Gutenberg Etext of A Book\n\nby An Author",
        "***\n\nProduced by A. Volunteer\n\n***\n\nHTML version by Another",
    ],
)
def test_credits_directly_after_the_start_are_dropped(credits):
    assert kept(framed(f"\n\n{credits}\n\n\n{BODY}")) == BODY


@pytest.mark.parametrize(
    "line",
    [
        "Produced by the soil, and by hard work",
        "Prepared by nobody",
        "The end of the Project Gutenberg of his dreams",
        "START OF THE PROJECT GUTENBERG",
        "End of the story",
        "*** a row of stars ***",
    ],
)
def test_a_bare_prefix_further_down_is_no_reason_to_cut(line):
    body = f"THE BOOK\n\n{line}\n\nand so on.\n"
    assert kept(framed(body)) == body


def test_notes_to_the_reader_and_ornaments_before_the_book_stay():
    body = "[Illustration]\n\n* * *\n\nTranscriber's Note: this etext has _italics_.\n\nTHE BOOK\n"
    assert kept(framed(f"Produced by A. Volunteer\n\n{body}")) == body


def test_small_print_behind_the_end_never_starts_the_book():
    foot = f"{SMALL_PRINT_START}\nlegal\n{SMALL_PRINT_END}\n"
    assert kept(f"{BODY}\n{END}\n{foot}") == BODY
    assert kept(f"{START}\n{BODY}\n{foot}") == BODY


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (f"{BODY}\n{END}\n", "no start mark"),
        (f"{START}\n{BODY}", "no end mark"),
        (framed(BODY) + framed("Another book"), "a second book"),
    ],
)
def test_what_is_odd_is_warned_of(text, warning):
    book = read_book(text.encode(), "test")
    assert book.text == BODY
    assert any(warning in told for told in book.warnings)


def test_cuts_account_for_every_character():
    text = f"Header\n{START}\nProduced by A. Volunteer\n\n{BODY}{END}\nFooter\n"
    book = read_book(text.encode(), "test")
    blank_line_before_the_book = 2
    assert sum(cut.characters for cut in book.cuts) + len(book.text) == (
        len(text) - blank_line_before_the_book
    )
    assert [cut.begins for cut in book.cuts] == [
        "Header *** START OF THE PROJECT GUTENBERG EBOOK",
        "Produced by A. Volunteer",
        "*** END OF THE PROJECT GUTENBERG EBOOK A",
    ]


@pytest.mark.parametrize(
    ("header", "title", "number"),
    [
        (f"Title: My Book\n  and more\n\nDate: 1 [EBook #12]\n{START}", "My Book", 12),
        (START, "A BOOK", None),
        ("*** START OF THE PROJECT GUTENBERG EBOOK 4711 ***", "A BOOK", 4711),
        (
            f"**The Project Gutenberg Etext of My Book**\n[Etext #7]\n{SMALL_PRINT_END}",
            "My Book",
            7,
        ),
    ],
)
def test_title_and_number_come_from_the_header_else_from_the_marks(header, title, number):
    book = read_book(f"{header}\n{BODY}\n{END}".encode(), "test")
    assert (book.title, book.number) == (title, number)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\r\r\n"])
def test_newlines_become_lf(newline):
    assert kept(framed(BODY).replace("\n", newline)) == BODY


def test_repeated_byte_order_marks_go():
    assert read_book(b"\xef\xbb\xbf" * 3 + f"{START}\n{BODY}".encode(), "test").text == BODY


def test_what_is_not_utf_8_is_read_as_windows_1252_and_noted():
    book = read_book(framed("Caf\u00e9 \u2013 \u201cquoted\u201d").encode("cp1252"), "test")
    assert book.text == "Caf\u00e9 \u2013 \u201cquoted\u201d\n"
    assert "windows-1252" in book.notes[0]


def test_a_character_cut_in_two_at_the_end_does_not_change_the_encoding():
    book = read_book(f"{START}\nun caf\u00e9".encode()[:-1], "test")
    assert book.text == "un caf\n"
    assert "ends within a character" in book.warnings[0]


def test_mixed_encodings_are_refused_at_the_first_impossible_byte():
    data = f"{START}\n".encode() + "\u201dmixed\u201d".encode() + b" caf\xe9 \n"
    with pytest.raises(SourceError, match=r"UTF-8 but for byte \d+"):
        read_book(data, "test")
    with pytest.raises(SourceError, match=r"not windows-1252 at byte \d+.*encoding=NAME"):
        read_book(f"{START}\n".encode() + b"T\x81r", "test")


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"%PDF-1.4\n", "PDF"),
        (b"PK\x03\x04rest", "zip"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"\xef\xbb\xbf \n<html><p>", "HTML"),
        (f"{START}\n\0\n".encode(), "NUL"),
        (framed(BODY).encode("utf-16"), "UTF-16"),
        (b"---\nlayout: x\n---\nhello", "Markdown"),
        (b"A fine story.\n", "neither the start nor the end mark"),
        (framed(" \n\n").encode(), "nothing stands between"),
    ],
)
def test_what_is_no_book_is_refused_by_what_it_is(data, named):
    with pytest.raises(SourceError, match=named):
        read_book(data, "test")


def test_a_declared_encoding_is_taken_at_its_word():
    assert read_book(framed(BODY).encode("utf-16"), "test", "utf-16").text == BODY


def survives(data):
    try:
        text = read_book(data, "test").text
    except SourceError:
        return
    assert text.strip()
    assert "\r" not in text


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_give_a_book_or_a_clear_error(data):
    survives(data)


MARKS = [START, END, SMALL_PRINT_END, SMALL_PRINT_START, "***", "*", "End of Project Gutenberg's"]
PROSE = [BODY, "\n", "\r\n", "\n\n", " ", "Produced by X", "Title: ", "[EBook #1]", "é", "<html>"]
PIECES = st.sampled_from(MARKS + PROSE)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join), st.integers(0, 400))
def test_mutated_books_give_a_book_or_a_clear_error(text, cut):
    survives(text.encode(errors="replace"))
    survives(text.encode(errors="replace")[:cut])
    survives(text.encode("cp1252", errors="replace"))
