"""Files as Project Gutenberg made them over thirty years, in many hands and languages."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen import SourceError
from textgen_plugins.sources.gutenberg_text import read_book

LICENCE = (
    "Updated editions will replace the previous one--the old editions will\nbe renamed.\n\n"
    "*** START: FULL LICENSE ***\n\nTHE FULL PROJECT GUTENBERG LICENSE\n"
    "PLEASE READ THIS BEFORE YOU DISTRIBUTE OR USE THIS WORK\n\n"
    "Section 1.  General Terms of Use and Redistributing Project Gutenberg-tm\n"
    "electronic works\n\n1.A.  By reading or using any part of this Project Gutenberg-tm\n"
    + "electronic work, you indicate that you agree to the terms of Project Gutenberg.\n"
    * 60
)
OLD_HEADER = (
    "***The Project Gutenberg Etext of An Island, by A. Writer***\n\n"
    "Please take a look at the important information in this header.\n\n"
    "Title: An Island\n\nJune, 1997  [Etext #4711]\n\n"
    "***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***\n"
    + 'Why is this "Small Print!" statement here?  You know: lawyers.\n'
    * 100
)
NEW_HEADER = (
    "The Project Gutenberg EBook of An Island, by A. Writer\n\n"
    "This eBook is for the use of anyone anywhere at no cost.\n\n"
    "Title: An Island\n\nAuthor: A. Writer\n\nRelease Date: May 1, 2001 [EBook #4711]\n\n"
)
SMALL_PRINT = "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*"
FOOT_SMALL_PRINT = (
    "***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN EBOOKS**START***\n"
    + 'Why is this "Small Print!" statement here?  You know: lawyers.\n' * 100
    + "*END THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*Ver.02/11/02*END*\n"
)
START = "*** START OF THE PROJECT GUTENBERG EBOOK AN ISLAND ***"
END = "*** END OF THE PROJECT GUTENBERG EBOOK AN ISLAND ***"
BOOK = "AN ISLAND\n\nby A. Writer\n\n\nI\n\n    The sea was near.\n\nThe end was far.\n"

HEADS = {
    "2024": f"{NEW_HEADER}{START}\n\n",
    "2010, credits": f"{NEW_HEADER}{START}\n\n\n\n\nProduced by Some One and the Online\n"
    "Distributed Proofreading Team at http://www.pgdp.net (This\nfile was produced from images "
    "generously made available\nby The Internet Archive)\n\n\n\n\n",
    "2005, three lines": f"{NEW_HEADER}***START OF THE PROJECT GUTENBERG EBOOK AN\nISLAND\n***\n\n"
    "\nE-text prepared by Some One from page images generously made available\nby an archive\n\n\n"
    "Note: Project Gutenberg also has an HTML version of this file\n"
    "      which includes the original illustrations.\n      See 4711-h.htm\n\n\n",
    "2003": f"{NEW_HEADER}*** START OF THE PROJECT GUTENBERG EBOOK, AN ISLAND ***\n\n\n"
    "This eBook was produced by Some One <some@one.example>\n\n\n",
    "2002, copyrighted": f"{NEW_HEADER}*** START OF THE COPYRIGHTED PROJECT GUTENBERG EBOOK "
    "AN ISLAND ***\n\n",
    "2004, text and HTML file": f"{NEW_HEADER}{START}\n\n\nText file produced by Some One\n\n"
    "HTML file produced by Another\n\n\n",
    "2006, thanks": f"{NEW_HEADER}{START}\n\n\nSome One, Another and the Online Distributed\n"
    "Proofreading Team.\n\n\nHTML version by A. Third\n\n\n",
    "2003, an early file": f"{NEW_HEADER}{START}\n\n{'*' * 60}\nTHIS EBOOK WAS ONE OF PROJECT "
    f"GUTENBERG'S EARLY FILES PRODUCED AT A\nTIME WHEN TOOLS WERE FEW.\n{'*' * 60}\n\n\n",
    "2022, a note alone": f"{NEW_HEADER}{START}\n\nNote: Images of the original pages are "
    "available through\n      an archive. See\n      http://archive.example/4711\n\n\n",
    "1997": f"{OLD_HEADER}{SMALL_PRINT}\n\n\n",
    "1997, credits": f"{OLD_HEADER}{SMALL_PRINT}\n\n\n\nThis etext was prepared by Some One, "
    "San Jose, CA.\n\n\n\nScanned with OmniPage Professional OCR software\ndonated by Caere.\n\n\n",
    "1997, one star off": f"{OLD_HEADER}*END THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS"
    "*Ver.04.29.93*END*\n\n\n",
    "1997, four stars": f"{OLD_HEADER}****END OF THE SMALL PRINT! FOR ETEXTS****\n\n\n",
    "1997, file title": f"{OLD_HEADER}{SMALL_PRINT}\n\n\nThe Project Gutenberg Etext of An Island\n"
    "\nby A. Writer\n\n\n",
    "old header behind the new mark": f"{NEW_HEADER}{START}\n\n{OLD_HEADER}{SMALL_PRINT}\n\n\n",
    "both marks": f"{OLD_HEADER}{SMALL_PRINT}\n\n\n{START}\n\n",
}
FOOTS = {
    "2024": f"{END}\n\n\n{LICENCE}",
    "2010": f"End of the Project Gutenberg EBook of An Island, by A. Writer\n\n{END}\n\n"
    f"***** This file should be named 4711-8.txt or 4711-8.zip *****\n\n{LICENCE}",
    "2005, three lines": f"***END OF THE PROJECT GUTENBERG EBOOK AN\nISLAND\n***\n\n\n"
    f"******* This file should be named 4711.txt or 4711.zip *******\n\n{LICENCE}",
    "2003": f"*** END OF THE PROJECT GUTENBERG EBOOK, AN ISLAND ***\n\n"
    f"This file should be named isle10.txt or isle10.zip\n\n{FOOT_SMALL_PRINT}",
    "2003, no mark": f"End of this Project Gutenberg Etext of An Island\n\n{FOOT_SMALL_PRINT}",
    "2008, no mark, licence": f"End of Project Gutenberg's An Island, by A. Writer\n\n{LICENCE}",
    "2008, licence alone": LICENCE,
    "1997": "End of Project Gutenberg's Etext of An Island, by A. Writer\n\n\n\n\x1a",
    "1997, the end of": "*****The End of the Project Gutenberg Etext of An Island*****\n",
    "1997, this is": "This is the end of the Project Gutenberg Etext of An Island.\n",
    "1997, this etext": "End of this Etext of An Island by A. Writer\n\n",
    "1997, own title": "The Project Gutenberg Etext of An Island, by A. Writer\n\n\n",
    "long": "End of the Project Gutenberg EBook of An Island\nWith\nA\nTitle\nOf\nMany\nLines\n"
    f"\n{END}\n",
    "glued": f"End of Project Gutenberg's An Island, by A. Writer\n{END}\n",
    "by on its own": f"End of the Project Gutenberg EBook of An Island\n\nby A. Writer\n\n{END}\n",
    "twice": f"{END}\n\n{END}\n",
    "German": 'Ende dieses Projekt Gutenberg Etextes "Eine Insel" von A. Writer\n\n'
    'End of Project Gutenberg Etext "An Island", von A. Writer\n',
    "German, 2004": f"Ende dieses Project Gutenberg Etextes An Island\n\n{END}\n{LICENCE}",
    "French": f"Fin de Project Gutenberg's An Island, by A. Writer\n\n{END}\n",
    "French, projet": f"Fin du Projet Gutenberg Etext de An Island\n\n{END}\n{LICENCE}",
    "Dutch": "Einde van Project Gutenberg's An Island, van A. Writer\n",
    "Italian": f"Fine dell'ebook del Progetto Gutenberg An Island\n\n{END}\n",
    "Portuguese": f"Fim do Projecto Gutenberg EBook de An Island\n\n{END}\n",
    "Spanish": "Fin del Proyecto Gutenberg eBook de An Island\n\n\n",
    "Finnish": f"End of the Project Gutenberg EBook of Saari, kirjoittanut A. Writer\n\n{END}\n",
}


# What each kind of hostile file is filled with; no rule may take more than linear time over it.
HOSTILE = ["*", "* ", " ", "\n", "\r", "\r\n", "- \n", "***\n\n", "*END ", "\ufeff", "Title: "]
HOSTILE += ["*** START OF\n", f"{START}\n", f"{END}\n", f"{SMALL_PRINT}\n", "Produced by X\n\n"]
HOSTILE += ["<", "End ", "a@b ", "Produced by and ", "Project Gutenberg Etext\n\n"]
HOSTILE += ["<<", "<<Project Gutenberg ", "<<Project Gutenberg>>\n", "Title: X\n\n", "Etext by x "]
HOSTILE += ["End of Project Gutenberg's X\n\n", "End of Project Gutenberg\n", "The end of "]


def kept(text, encoding="utf-8"):
    return read_book(text.encode(encoding), "test").text


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("foot", FOOTS)
def test_the_book_is_found_between_any_head_and_any_foot(head, foot):
    book = read_book(f"{HEADS[head]}{BOOK}\n\n\n{FOOTS[foot]}".encode(), "test")
    assert book.text == BOOK
    assert (book.title, book.number) == ("An Island", 4711)
    assert [warning for warning in book.warnings if "no end mark" not in warning] == []
    assert bool(book.warnings) == (foot == "2008, licence alone")


@pytest.mark.parametrize(
    "title",
    [
        "M*A*S*H",
        "THE *** OF AN ISLAND",
        "AN ISLAND, WITH A TITLE SO LONG THAT IT HAD TO\nBE BROKEN",
        "A *** TITLE SO LONG THAT IT HAD TO\nBE BROKEN",
        "L’ÎLE",
        "岛",
        "813",
    ],
)
def test_titles_of_every_kind_stand_in_the_marks(title):
    start, end = (
        f"*** {what} OF THE PROJECT GUTENBERG EBOOK {title} ***" for what in ("START", "END")
    )
    book = read_book(f"{start}\n\n{BOOK}\n{end}\n\n{LICENCE}".encode(), "test")
    assert (book.text, book.warnings) == (BOOK, ())


ABOUT = {
    "a chapter": "THE EBOOK IS 40\n\nProject Gutenberg began in 1971.\n\n"
    "End of the Project Gutenberg years.\n\n" + "It went on and on.\n" * 200,
    "sentences": "AN ISLAND\n\nProduced by hand, it was\nThe Project Gutenberg EBook of dreams.\n"
    "START OF THE PROJECT GUTENBERG EBOOK\nSmall print at the foot:\nTHE SMALL PRINT\n\nThe end.\n",
    "an end mark": "AN ISLAND\n\nEvery file closes with\n\n"
    "*** END OF THE PROJECT GUTENBERG EBOOK THE TITLE ***\n\nand the licence.\n",
    "both marks": "AN ISLAND\n\nIt has\n\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\n"
    "and\n\n*** END OF THE PROJECT GUTENBERG EBOOK X ***\n\nwith the book between.\n",
    "end and next start": "AN ISLAND\n\nIt ends\n\n*** END OF THE PROJECT GUTENBERG EBOOK X ***\n\n"
    "and begins\n\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\n" + "as before.\n" * 300,
    "a file's name": "AN ISLAND\n\nThe file should be named readme.\n\nSo be it.\n",
    "the licence": f"AN ISLAND\n\nIt reads:\n\n{LICENCE[:600]}\n\nand so forth.\n",
    "a farewell": "AN ISLAND\n\nIt says\n\nEnd of Project Gutenberg's Alice, by Lewis Carroll\n\n"
    + "and so on, page after page.\n" * 150,
}


@pytest.mark.parametrize("text", ABOUT.values(), ids=ABOUT)
@pytest.mark.parametrize("credit", ["", "Produced by Some One\n\n\n"])
def test_a_book_that_speaks_of_project_gutenberg_is_kept_whole(text, credit):
    title = text.split("\n")[0]
    file = f"Title: {title}\n\n{START}\n\n{credit}{text}\n\n{END}\n\n{LICENCE}"
    assert kept(file.replace("AN ISLAND ***", f"{title} ***")) == text


def test_a_quoted_farewell_does_not_end_a_book_without_an_end_mark():
    assert kept(f"{START}\n\n{ABOUT['a farewell']}") == ABOUT["a farewell"]
    assert kept(f"{START}\n\n{ABOUT['a chapter']}") == ABOUT["a chapter"]


NOTES = {
    "transcriber": "Transcriber's Note:\n\nThis e-text was produced from a magazine.\n",
    "boxed": "+-------------------+\n| Transcriber's Note: see http://example.org |\n+----+\n",
    "illustration": "[Illustration: the ebook's cover]\n",
    "bracket": "[Note: this text has no www. in it]\n",
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
@pytest.mark.parametrize("credit", ["", "Produced by Some One\n\n\n"])
def test_notes_to_the_reader_are_kept(note, credit):
    assert kept(f"{START}\n\n{credit}{note}\n{BOOK}\n{END}") == f"{note}\n{BOOK}"


def test_the_first_of_several_books_is_taken_and_the_others_are_told_of():
    old = f"{OLD_HEADER}{SMALL_PRINT}\n\n\n{BOOK}\n\nEnd of Project Gutenberg's An Island\n\n\n"
    new = f"{NEW_HEADER}{START}\n\n{BOOK}\n\n{END}\n\n{LICENCE}\n\n"
    for file in (old + new, new + old, new + new, old + old):
        book = read_book(file.encode(), "test")
        assert book.text == BOOK
        assert ["a second book" in warning for warning in book.warnings] == [True]


def test_marks_that_disagree_with_the_header_are_warned_of():
    swapped = f"Title: Hamlet\n\n{START}\n\n{BOOK}\n\n{END}\n"
    (warning,) = read_book(swapped.encode(), "test").warnings
    assert "the header names 'Hamlet', the start mark 'AN ISLAND'" in warning
    ended = f"{START}\n\n{BOOK}\n\n*** END OF THE PROJECT GUTENBERG EBOOK HAMLET ***\n"
    assert "the end mark 'HAMLET'" in read_book(ended.encode(), "test").warnings[0]
    numbered = f"{NEW_HEADER}*** START OF THE PROJECT GUTENBERG EBOOK 12 ***\n\n{BOOK}\n\n{END}\n"
    assert "book 4711, the marks that it is 12" in read_book(numbered.encode(), "test").warnings[0]
    chinese = f"Title: 岛\n\n{START}\n\n{BOOK}\n\n{END}\n"
    assert read_book(chinese.encode(), "test").warnings == ()


def test_a_start_far_into_a_file_is_warned_of():
    before = "Words of another text.\n" * 3000
    book = read_book(f"{before}{START}\n{BOOK}\n{END}".encode(), "test")
    assert (book.text, "69,0" in book.warnings[0]) == (BOOK, True)


ART = "┌─┐\n│é│\n└─┘\n"


def test_an_encoding_that_the_header_names_is_believed_where_utf_8_does_not_fit():
    for name, encoding, text in [
        ("ISO-8859-2", "iso8859-2", "Książka\n"),
        ("KOI8-R", "koi8-r", "Книга\n"),
        ("CP-1251", "cp1251", "Книга\n"),
        ("Codepage-437", "cp437", ART),
        ("Big5", "big5", "書\n"),
        ("ISO-8859-1", "cp1252", "“Öl”\n"),
        ("ISO Latin-1", "cp1252", "“Öl”\n"),
        ("made up", "cp1252", "“Öl”\n"),
        ("UTF-8", "utf-8", "“Öl”\n"),
    ]:
        header = f"Character set encoding: {name}\n\n"
        file = f"{header}{START}\n\n{text}\n\n{END}\n".replace("\n", "\r\n")
        assert kept(file, encoding) == text


def test_one_broken_byte_in_utf_8_is_refused_not_read_as_another_encoding():
    file = f"{START}\n\n{'“Curiouser,” cried Alice—é.' * 9}\n{BOOK}\n{END}".encode()
    broken = file.replace("é".encode(), b"\xff", 1)
    place = broken.index(0xFF)
    with pytest.raises(SourceError, match=rf"UTF-8 but for byte {place}"):
        read_book(broken, "test")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_wide_text_is_refused_by_name_and_read_when_declared(encoding):
    data = f"{START}\r\n\r\n{BOOK}\r\n{END}".encode(encoding)
    with pytest.raises(SourceError, match=r"UTF-16 or UTF-32.*encoding=utf-16"):
        read_book(data, "test")
    assert read_book(data, "test", encoding).text == BOOK


def test_form_feeds_byte_order_marks_and_the_end_of_file_of_dos_around_marks():
    marks = f"\ufeff\ufeff{START}\n\f\n{BOOK}\n\f\n\ufeff{END}\n\x1a"
    assert kept(marks) == BOOK
    assert kept(f"{START}\n{BOOK}\n\n\x1a\n") == BOOK
    assert kept(f"{START}\n{BOOK}\n\f\nII\n") == f"{BOOK}\n\f\nII\n"


def test_line_ends_may_be_of_all_kinds_in_one_file():
    file = f"{START}\r\n\rAN\rISLAND\r\n\nby\nA. Writer\r\r\nI\n{END}\r"
    assert kept(file) == "AN\nISLAND\n\nby\nA. Writer\nI\n"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"<html><head><title>Index of /cache/epub/11</title>", "HTML page: a listing of a folder"),
        (b"<!DOCTYPE html>\n<title>404 Not Found</title>", "HTML page: a web site's error page"),
        (b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "an XML document"),
        (
            b"drwxr-xr-x 2 ftp ftp 4096 May 1 etext90\n-rw-r--r-- 1 ftp ftp 9 May 1 a.txt\n",
            "listing",
        ),
        (b"Index of /1/11\n\n11-0.txt\n", "listing"),
        (b"403 Forbidden\n", "error page"),
        (b"Too many requests\n", "error page"),
        (b"# How to read\n\nSee [the list](https://example.org).\n", "a Markdown page"),
        (f"---\nlayout: page\n---\n\n{START}\n{BOOK}\n{END}".encode(), "Markdown source"),
        (b'{"error": "rate limited"}', "a JSON document"),
        (b"\xef\xbb\xbf\n%PDF-1.4", "a PDF file"),
    ],
)
def test_what_a_server_sends_instead_of_a_book_is_refused_by_name(data, named):
    with pytest.raises(SourceError, match=named):
        read_book(data, "test")


LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff*"),
    max_size=30,
).map(lambda line: f"So {line}".rstrip())
NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(LINES | st.just(""), max_size=30),
    st.sampled_from(sorted(HEADS)),
    st.sampled_from(sorted(FOOTS)),
    NEWLINES,
    st.integers(0, 3),
)
def test_any_book_comes_out_whole(lines, head, foot, newline, marks):
    text = "\n".join(["AN ISLAND", *lines, "THE END"])
    file = f"{HEADS[head]}{text}\n\n\n{FOOTS[foot]}".replace("\n", newline)
    assert kept("\ufeff" * marks + file) == f"{text}\n"


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), min_size=1).map(str.strip))
def test_any_windows_1252_book_comes_out_whole(line):
    text = f"“{line}”\n"
    assert kept(f"{START}\n\n{text}\n{END}\n", "cp1252") == text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([*HEADS.values(), *FOOTS.values(), BOOK]).map(str.encode)
        | st.binary(max_size=40),
        max_size=6,
    ).map(b"".join),
    st.integers(0, 20_000),
)
def test_files_of_any_pieces_give_a_book_or_a_clear_error(data, cut):
    for piece in (data, data[:cut], data[cut:]):
        try:
            text = read_book(piece, "test").text
        except SourceError:
            continue
        assert text.strip()
        assert "\r" not in text


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_repetition_is_read_to_its_end(unit):
    run = unit * (300_000 // len(unit))
    for file in (run, f"{START}\n{run}\n{END}", f"{START[:40]}{run}\n", f"{START}\n{BOOK}\n{run}"):
        with contextlib.suppress(SourceError):
            assert kept(file).strip()
