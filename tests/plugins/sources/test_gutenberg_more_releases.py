"""Files of Project Gutenberg that lack a mark, break it, or word it as few others do."""

from __future__ import annotations

import contextlib

import pytest

from textgen import SourceError
from textgen_plugins.sources.gutenberg_text import read_book

LEGAL = 'Why is this "Small Print!" statement here?  You know: lawyers.\n\n' * 30
KRAMER = 'This "Small Print!" by Charles B. Kramer, Attorney\nTEL: (212-254-5093)\n'
TRADEMARK = (
    "[Project Gutenberg is a TradeMark and may not be used in any sales\nof Project Gutenberg "
    "Etexts or other materials be they hardware or\nsoftware.]\n"
)
SMALL_PRINT = "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*"
HEAD = (
    "**The Project Gutenberg Etext of The Long Road, by A. Writer**\n\nCopyright laws are changing "
    "all over the world, be sure to check\nthe laws for your country!!\n\nThe Long Road\n\nby A. "
    "Writer\n\nJune, 1996  [Etext #540]\n\n\n*****This file should be named lroad10.txt*****\n\n"
    "We need your donations more than ever!\n\n"
    f"***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***\n{LEGAL}"
)
HEAD_2001 = (
    "The Project Gutenberg Etext of The Long Road, by A. Writer\n\nThis header should be the first "
    "thing seen when anyone starts to\nview the etext.\n\nTitle: The Long Road\n\n*******This file "
    "should be named lroad10.txt or lroad10.zip*******\n\n"
    'The "legal small print" and other information about this book\nmay now be found at the end of '
    "this file.  Please read this\nimportant information, as it gives you specific rights and\n"
    "tells you about restrictions in how the file may be used.\n\n\n"
)
FOOT_2001 = (
    "More information about this book is at the top of this file.\n\n\nWe are now trying to "
    "release all our etexts one year in advance\nof the official release dates.\n\n"
    f"***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***\n{LEGAL}"
    "*END THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.10/04/01*END*\n"
)
HEAD_2002 = (
    "The Project Gutenberg EBook of The Long Road, by A. Writer\n\nThis header should be the first "
    "thing seen when viewing this Project\nGutenberg file.  Please do not remove it.\n\n**Welcome "
    "To The World of Free Plain Vanilla Electronic Texts**\n\n*****These eBooks Were Prepared By "
    "Thousands of Volunteers!*****\n\nTitle: The Long Road\n\nRelease Date: May, 2004  [EBook "
    "#5774]\n[This file was first posted on September 1, 2002]\n\nEdition: 10\n\nLanguage: "
    "English\n\n"
)
HEAD_2008 = "Title: The Long Road\n\nAuthor: A. Writer\n\nRelease Date: May 1, 2008 [EBook #5]\n\n"
START = "*** START OF THIS PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n\n\n\n"
END = "\n\n\n*** END OF THIS PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n"
LICENCE = "\nUpdated editions will replace the previous one--the old editions\nwill be renamed.\n"
FAREWELL = "\n\n\n\nEnd of the Project Gutenberg Etext of The Long Road, by A. Writer\n"
BOOK = "THE LONG ROAD\n\nBY A. WRITER\n\n\nI\n\nIt began.\n\nIt was over.\n\nTHE END\n"


def read(file):
    return read_book(file.encode(), "test")


@pytest.mark.parametrize(
    "head",
    [
        f"{HEAD}{KRAMER}\n\n\n",
        f"{HEAD}{TRADEMARK}\n\n\n",
        f"{HEAD}END THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS Ver.04.29.93 END\n\n\n",
        HEAD_2002,
        f"{HEAD_2002}This eBook was produced by Some One\n\n\n",
        f"{HEAD_2002}--- START OF THE PROJECT GUTENBERG EBOOK THE LONG ROAD ---\n\n\n",
        f"{HEAD_2002}Original publication: London, 1901\n\nCredits: Some One\n\n\n",
    ],
)
@pytest.mark.parametrize("foot", [FAREWELL, f"{END}{LICENCE}"])
def test_a_header_that_no_mark_closes_is_known_by_its_words_and_told_of(head, foot):
    book = read(f"{head}{BOOK}{foot}")
    assert book.text == BOOK
    assert book.title.startswith("The Long Road")
    assert book.warnings == ("no start mark was found; the header was known by its words",)
    with pytest.raises(SourceError):
        read(head)


def test_the_words_of_a_header_are_looked_for_only_where_a_file_names_the_project():
    book = f"Language: English\n\n{BOOK}"
    assert read(f"{book}{END}").text == book


def test_the_small_print_at_the_foot_is_known_by_what_the_header_of_2001_says_of_it():
    book = read(f"{HEAD_2001}{BOOK}\n\n{FOOT_2001}")
    assert (book.text, book.title, book.warnings) == (BOOK, "The Long Road", ())


def test_a_header_that_stands_twice_goes_twice():
    header = f"{HEAD}{SMALL_PRINT}\n\n\n"
    assert read(f"{header}{header}{BOOK}{FAREWELL}").text == BOOK


def test_two_short_poems_each_with_its_header_are_two_books():
    poem = f"{HEAD}{SMALL_PRINT}\n\n\n{BOOK}\n\n\n"
    assert read(f"{poem}{poem}{FAREWELL}").text.startswith(BOOK)


def test_the_end_of_the_small_print_may_be_broken_or_have_the_title_on_its_line():
    broken = SMALL_PRINT.replace("DOMAIN ", "DOMAIN\n")
    assert read(f"{HEAD}{broken}\n\n\n{BOOK}{FAREWELL}").text == BOOK
    assert read(f"{HEAD}{SMALL_PRINT}{BOOK}{FAREWELL}").text == BOOK


LONG = (
    "A TRUE RELATION OF THE LONG ROAD, WITH ALL THE\nCURIOUS THINGS SEEN BY THE AUTHOR AND HIS "
    "COMPANIONS, TOGETHER\nWITH THE CUSTOMS OF THE INHABITANTS, THEIR LAWS,\nAND THEIR COMMERCE, "
    "IN TWO PARTS, WITH AN APPENDIX\nON THE MAKING OF ROADS"
)


@pytest.mark.parametrize(
    "mark",
    [
        f"*** {{}} OF THIS PROJECT GUTENBERG EBOOK {LONG} ***",
        "***\u00a0{} OF THE PROJECT\u00a0GUTENBERG EBOOK THE LONG ROAD\u00a0***",
        "        *** {} OF THE PROJECT GUTENBERG EBOOK THE LONG ROAD ***",
    ],
)
@pytest.mark.parametrize("credit", ["", "Produced by Some One\n\n\n"])
def test_marks_over_five_lines_and_with_hard_blanks_are_marks(mark, credit):
    start, end = mark.format("START"), mark.format("END")
    assert read(f"{HEAD_2008}{start}\n\n{credit}{BOOK}\n\n{end}\n{LICENCE}").text == BOOK


CREDITS = [
    "Typed in by Some One, Omaha.",
    "Scanned in by Some One",
    "Text scanned by Some One",
    "Originally scanned by Some One; proofed by Another.",
    "Electronic version by Some One",
    "Etext edition by Some One",
    "Prepared for Project Gutenberg by Some One",
    "THIS ETEXT WAS PREPARED BY SOME ONE.",
    "Juliet E. Someone, Charles M. Another and PG Distributed Proofreaders",
    "Mrs. Some One, and the Online Distributed\nProofreading Team at http://www.pgdp.net",
    "Produced by Some One\n\nRevised by Richard Another.",
    "This file was made using scans of public domain works put online\nby a library.",
    "[Etext #1]\n\nThe Project Gutenberg Etext of The Long Road\n*****This file should be named "
    "lroad10.txt or lroad10.zip*****",
    "******This file should be named lroad10.txt or lroad10.zip******",
    "December, 1971  [Etext #1]\n\nThe Project Gutenberg EBook of The Long Road.\nPosted: 1971",
    "First posted: May 3, 2001\nLast updated: May 5, 2007",
    "Project Gutenberg has an earlier version of this book.\nSee eBook #1234.",
    "Note: The HTML version of this eBook has links.",
    "Digitized by A Press, posted as road.txt.\n\nThis text is in the PUBLIC DOMAIN.",
]


@pytest.mark.parametrize("credit", CREDITS)
@pytest.mark.parametrize("head", [f"{HEAD}{SMALL_PRINT}\n\n\n", f"{HEAD_2008}{START}"])
def test_credits_that_few_files_have_go(credit, head):
    assert read(f"{head}{credit}\n\n\n{BOOK}{END}").text == BOOK


def test_a_title_directly_under_a_credit_is_the_books():
    for head in (f"{HEAD}{SMALL_PRINT}\n\n\n", f"{HEAD_2008}{START}"):
        assert read(f"{head}Scanned by Some One\n{BOOK}{END}").text == BOOK


FAREWELLS = [
    "Here ends the Project Gutenberg Etext of The Long Road",
    "This ends the Project Gutenberg Etext of The Long Road",
    "End of\nThe Project Gutenberg Etext of The Long Road",
    "End of the Project\nGutenberg Etext of The Long Road",
    "End of the Project Gutenburg Etext of The Long Road",
    "*****\nEnd of the Project Gutenberg Etext of The Long Road\n*****",
    "-----------------\nEnd of the Project Gutenberg Etext of The Long Road",
    "Finis huius Project Gutenberg Etext Via Longa",
    "Loppu: Project Gutenberg Etext Pitkä tie",
    "Τέλος του Project Gutenberg EBook Ο μακρύς δρόμος",
    "Vége a Project Gutenberg EBook A hosszú út",
    "More information about this book is at the top of this file.",
]


@pytest.mark.parametrize("farewell", FAREWELLS)
def test_farewells_that_few_files_have_go(farewell):
    for foot in (f"{farewell}\n\n\n", f"{farewell}\n{END}{LICENCE}"):
        assert read(f"{HEAD}{SMALL_PRINT}\n\n\n{BOOK}\n\n\n{foot}").text == BOOK


BOOKS = {
    "a credit of old": "PREPARED BY THE ARMY\n\nText.\n",
    "a last sentence": "Text.\n\nThe Project Gutenberg Etext of the future will be a voice.\n",
    "another": "Text.\n\nA Project Gutenberg EBook of one's own: that was all he wished for.\n",
    "a revision": "REVISED BY THE AUTHOR.\n\nText.\n",
    "an end above": "Text.\n\nTHE END\n",
    "a rule": "Text.\n\n-----\n",
}


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
@pytest.mark.parametrize("credit", ["", "Produced by Some One\n\n\n"])
def test_what_a_book_says_in_the_words_of_a_file_is_kept(book, credit):
    for foot in (FAREWELL, f"{END}{LICENCE}", END.lstrip("\n"), ""):
        assert read(f"{HEAD_2008}{START}{credit}{book}{foot}").text == book


NOTES = "FOOTNOTES\n\n" + "[1] The road was made by people who were used to roads.\n" * 10


@pytest.mark.parametrize("foot", [FAREWELL, END])
def test_what_stands_behind_the_end_and_is_no_licence_is_told_of(foot):
    (warning,) = read(f"{HEAD_2008}{START}{BOOK}{foot}\n\n{NOTES}\n\n{LICENCE}").warnings
    assert "characters that are no licence stand behind the book's end" in warning
    assert read(f"{HEAD_2008}{START}{BOOK}{foot}\n\nby A. Writer\n{LICENCE}").warnings == ()


HOSTILE = [
    "*END*THE SMALL PRINT ",
    "*END*THE SMALL PRINT\nx*END ",
    "End of the\nProject ",
    "A. B. ",
]
HOSTILE += [f"{START[:-3]}Project Gutenberg\n{SMALL_PRINT}\n", "---\n", "-", "\u00a0", "[", "x, "]
HOSTILE += ["Produced by X\nTHE LONG ROAD\n", "Language: English\n", "1971 [Etext #"]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_repetition_takes_linear_time(unit):
    run = unit * (300_000 // len(unit))
    for file in (run, f"Project Gutenberg\n{run}{END}", f"{START}Produced by X\n\n{run}{END}"):
        with contextlib.suppress(SourceError):
            assert read(file).text.strip()
