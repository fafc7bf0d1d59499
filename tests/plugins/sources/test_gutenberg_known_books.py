"""Heads and feet of well-known Project Gutenberg files, and files beside them that are no books."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest

from textgen import SourceError
from textgen_plugins.sources.gutenberg_text import read_book
from textgen_plugins.sources.sniff import binary_kind

START = "*** START OF THIS PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n\n\n\n\n"
SMALL_PRINT = "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n\n"
END = "*** END OF THIS PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n"
BOOK = "THE LONG ROAD\n\nby A. Writer\n\n\nIt began.\n\nTHE END\n"

CREDITS = {
    "1, the first": "All of the original Project Gutenberg Etexts from the\n1970's were produced "
    "in ALL CAPS, no lower case.\n\n***\n\nThese original Project Gutenberg Etexts will be "
    "compiled into a file\ncontaining them all.\n\n***\n\n\n",
    "4, retranscribed": "This is a retranscription of one of the first Project\nGutenberg Etexts, "
    "officially dated December 31, 1974.\n\n\n",
    "26, of punched cards": "This etext was originally created in 1964 according to Some One,\nto "
    "whom it is attributed by Project Gutenberg.\n\n\n",
    "1112, World Library": "*Project Gutenberg is proud to cooperate with The World Library*\nin "
    "the presentation of The Complete Works.  HOWEVER, THIS\nIS NEITHER SHAREWARE NOR PUBLIC "
    "DOMAIN. . .\n\n\n",
    "2600, nobody's work named": "An Anonymous Volunteer, and Some One\n\n\n",
    "7205, from another site": 'This text has been derived from HTML files at "Projekt Gutenberg -'
    ' DE"\n(http://www.gutenberg.example/zara.htm), prepared by\nsome@one.example.\n\n\n',
    "volumes": "This is volume one of the six volumes of The Long Road.  If you\nfind any errors "
    "in this etext, write to some@one.example.\n\n\n",
    "Google Print": "(This book was produced from scanned images of public domain\nmaterial from "
    "the Google Print project.)\n\n\n",
    "image files": "Some One and the Online Distributed Proofreading Team\n\nImage files provided "
    "by a library\n\n\n",
    "HTML": "HTML by Some One\n\n\n",
    "Gutenberg eText": "Gutenberg eText prepared by Some One\n\n\n",
    "given": "Donated to Project Gutenberg by Some One\n\n\n",
    "of a language": "This Portuguese etext was produced by Some One\n\n\n",
    "in a language": "Dieser Etext wurde von Some One erstellt.\n\n\n",
}


def kept(file):
    return read_book(file.encode(), "test").text


@pytest.mark.parametrize("credit", CREDITS.values(), ids=CREDITS)
@pytest.mark.parametrize("mark", [START, SMALL_PRINT], ids=["mark", "small print"])
def test_credits_go(credit, mark):
    assert kept(f"{mark}{credit}{BOOK}\n\n{END}") == BOOK


BOOKS = {
    "TeX": "\\documentclass{book}\n%% Project Gutenberg's The Long Road\n\nText\n",
    "a licence of its own": "This ebook is under a Creative Commons licence, which\nis at "
    "http://licence.example\n\nText\n",
    "a copyright": "This text is copyright 2003 by A. Writer <a@writer.example>\n\nText\n",
    "a volunteer": "AN ANONYMOUS VOLUNTEER\n\nText\n",
    "a manuscript": "This text is derived from the oldest manuscript.\n\nText\n",
    "a tale": "This is a tale of the road.\n\nText\n",
    "an ornament": "***\n\nTHE LONG ROAD\n\n***\n\nText\n",
    "transcriber's note": "[Transcriber's Note: This etext was taken from a magazine.]\n\nText\n",
    "editor's note": "THE LONG ROAD\n\n[Project Gutenberg Editor's Note: There is another version "
    "of\nthis work]\n\nText\n",
    "picture": "                  [Illustration:\n\n               GEORGE ALLEN\n                 "
    "PUBLISHER\n                   ]\n\nText\n\n                  [Illustration:\n\n"
    "                  THE\n                  END\n                   ]\n\n  CHISWICK PRESS.\n",
    "notes at the end": "TEXT\n\n[ Im folgenden werden alle geänderten Textstellen angeführt. ]\n",
    "licence at the end": "TEXT\n\nCreative Commons License\n\n8. Miscellaneous\n\neof\n",
}


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
@pytest.mark.parametrize("mark", [START, SMALL_PRINT], ids=["mark", "small print"])
def test_what_looks_like_credits_stays(book, mark):
    assert kept(f"{mark}{book}\n\n{END}") == book


def test_an_ornament_behind_credits_that_it_does_not_divide_is_the_books():
    book = f"***\n\n{BOOK}"
    assert kept(f"{START}Produced by Some One\n\n{book}\n\n{END}") == book


FAREWELLS = {
    "PG": "End of the PG Etext of The Long Road\n",
    "no project": "End of Gutenberg Etext The Long Road\n",
    "French": "Fin de l'Etext La longue route\n",
    "title first": "The End of the 1990 Long Road of the World, Project Gutenberg Edition\n",
    "100, content note": "* CONTENT NOTE (added in 2017) *\n\nThis Project Gutenberg eBook was "
    "originally marked as having a copyright.\n\nWe thank the Library for providing this eBook.\n"
    "\nEnd of the Project Gutenberg EBook of The Long Road, by A. Writer\n",
}


@pytest.mark.parametrize("farewell", FAREWELLS.values(), ids=FAREWELLS)
def test_farewells_go(farewell):
    assert kept(f"{START}{BOOK}\n\n\n{farewell}\n{END}") == BOOK
    assert kept(f"{SMALL_PRINT}{BOOK}\n\n\n{farewell}") == BOOK


def epub():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
    return held.getvalue()


NO_BOOKS = {
    "an EPUB book": epub(),
    "a MOBI book": b"The_Long_Road".ljust(60, b"\0") + b"BOOKMOBI\0",
    "a Palm book": b"The_Long_Road".ljust(60, b"\0") + b"TEXtREAd\0",
    "an MP3 sound file": b"ID3\x04\0\0",
    "an Ogg sound or video file": b"OggS\0\2",
    "a WAV sound file": b"RIFF\1\2\3\4WAVEfmt ",
    "an office document": b"\xd0\xcf\x11\xe0\xa1\xb1",
    "a DjVu document": b"AT&TFORM\0",
    "an empty file": b"\xef\xbb\xbf\n",
    "the licence of Project Gutenberg": b"Updated editions will replace the previous one\n\nSTART: "
    b"FULL LICENSE\n",
    "a list of the books": b"GUTINDEX.ALL is a plain text listing of eBooks\n",
    "a list of the books of": b"Text#,Type,Issued,Title,Language\n1,Text,1971-12-01,Road,en\n",
    "a web site's error page": b"Project Gutenberg - blocked\n\nWe apologize.\n",
    "an HTML page: a web site's error page": b"<html><head><title>Just a moment...</title>",
    "an XML document": b'<rdf:RDF xmlns:dcterms="http://terms.example">\n</rdf:RDF>',
    "a piece of an HTML page": b"<h1>The Long Road</h1>\n*** START OF THE PROJECT GUTENBERG EBOOK "
    b"X ***\n<p>Text</p>\n",
}


@pytest.mark.parametrize("named", NO_BOOKS)
def test_what_stands_beside_books_is_refused_by_name(named):
    with pytest.raises(SourceError, match=f"what came is {named}"):
        read_book(NO_BOOKS[named], "test")


def test_a_text_about_a_format_is_none_of_its_files():
    for text in (b"ID3 grows a tree.", b"OggS is a mark.", b"RIFF is a form.", b"fLaC, lossless"):
        assert binary_kind(text) is None


HOSTILE = ["This is a ", "End of x ", "<a ", "***\n\nProduced by X\n\n", "TITLE and AUTHOR "]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_repetition_is_read_in_linear_time(unit):
    run = unit * (300_000 // len(unit))
    for file in (run, f"{START}{run}\n{END}", f"{START}{BOOK}\n{run}"):
        with contextlib.suppress(SourceError):
            assert kept(file).strip()
