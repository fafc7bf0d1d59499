"""Credits as volunteers of thirty years worded them: they go, and the book behind them stays."""

from __future__ import annotations

import pytest

from textgen_plugins.sources.gutenberg_text import read_book

MARKS = [
    "*** START OF THE PROJECT GUTENBERG EBOOK, THE LONG ROAD ***\n\n\n\n\n",
    "*** START OF THIS PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n\n\n\n\n",
    "***START OF THE PROJECT GUTENBERG EBOOK THE LONG ROAD***\n\n\n",
    "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n\n",
]
END = "\n\n\n*** END OF THE PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n"
BOOK = "THE LONG ROAD\n\nBY A. WRITER\n\n\nI\n\nIt began at dawn.\n\nTHE END\n"
TEAM = "the Online Distributed\nProofreading Team at http://www.pgdp.net"

# Credits directly after a start mark of 2003 and later.
CREDITS = {
    "none": "",
    "team": f"Produced by Some One and {TEAM}\n\n\n\n\n\n\n",
    "images": f"Produced by Some One and {TEAM} (This\nfile was produced from images generously "
    "made available\nby The Internet Archive/American Libraries.)\n\n\n\n",
    "images apart": f"Produced by Some One and {TEAM}\n\n(This file was produced from images "
    "generously made available\nby the Bibliothèque nationale de France (BnF/Gallica) at\n"
    "http://gallica.bnf.fr)\n\n\n",
    "prepared, with notes": "E-text prepared by Some One, Another, and the Online Distributed\n"
    "Proofreading Team (https://www.pgdp.net) from page images generously made\navailable by "
    "Internet Archive (https://archive.org)\n\n\n\nNote: Project Gutenberg also has an HTML "
    "version of this\n      file which includes the original illustrations.\n      See "
    "12345-h.htm or 12345-h.zip:\n      (https://www.gutenberg.org/files/12345/12345-h.zip)\n\n\n"
    "      Images of the original pages are available through\n      Internet Archive. See\n"
    "      https://archive.org/details/longroad\n\n\n",
    "prepared for the project": "E-text prepared by Some One,\nProject Gutenberg Beginners "
    "Projects,\nand Another\n\n\n",
    "Dutch": "Produced by Some One and the Online Distributed Proofreading\nTeam at "
    "https://www.pgdp.net/ for Project Gutenberg (This\nbook was produced from scanned images of "
    "public domain\nmaterial from the Google Books project.)\n\n\n",
    "Europe": "Produced by Some One and Distributed Proofreaders Europe at\n"
    "http://dp.rastko.net. This file was produced from images of\nthe Bibliothèque nationale de "
    "France\n\n\n",
    "Free Literature": "Produced by Some One & Another at Free Literature (online\nsoon in an "
    "extended version, also linking to free sources\nfor education worldwide ... MOOC's, "
    "educational materials,...)\nImages generously made available by the Internet Archive.\n\n\n",
    "ebooks libres": "Produced by Ebooks libres et gratuits; this text is also\navailable at "
    "http://www.ebooksgratuits.com\n\n\n",
    "from an edition": "Transcribed from the 1889 Macmillan and Co. edition by Some One, email\n"
    "ccx074@pglaf.org\n\n\n",
    "from an edition, proofed": "Transcribed from the 1889 Macmillan and Co. edition by Some One, "
    "email\nccx074@pglaf.org.  Proofed by Another, A Third\nand a Fourth.\n\n\n",
    "from a magazine of an edition": "Scanned and proofed by Some One\n\n\n",
    "this ebook": "This eBook was produced by Some One <some@one.example>\n\n\n",
    "this etext prepared": "This Etext prepared by Some One, some@one.example\n  and Another, "
    "another@one.example\n\n\n",
    "eBook by": "Etext by Some One <some@one.example>\n\n\n",
    "text by hand": "This etext was typed by Some One.\n\n\n",
    "text file": "Text file produced by Some One\n\nHTML file produced by Another\n\n\n",
    "edited, with an address": "Edited by Some One (some@one.example)\n\n\n",
    "prepared by, colon": "Prepared by:\nSome One\nsome@one.example\n\n\n",
    "language": "This Etext is in French.\n\n\n",
    "two versions": "We are releasing two versions of this Etext, one in 7-bit format,\nknown as "
    "Plain Vanilla ASCII, which can be sent via plain email--\nand one in 8-bit format, which "
    "includes higher order characters--\nwhich requires a binary transfer, or sent as email "
    "attachment and\nmay require more specialized programs to display the accents.\nThis is the "
    "8-bit version.\n\n\n",
    "language, two versions, who": "This Etext is in German.\n\nWe are releasing two versions of "
    "this Etext, one in 7-bit format,\nknown as Plain Vanilla ASCII, and one in 8-bit format.\n\n"
    "This is the 7-bit version.\n\nThis Etext was prepared by Some One.\n\n\n",
    "file's title": "The Project Gutenberg Etext of The Long Road\nby A. Writer\n(#6 in our series "
    "by A. Writer)\n\n***\n\nProduced by Some One\n\nWe thank the Library that has made "
    "available\nthe image files at www.library.example, authorizing the preparation\nof the etext "
    "through OCR.\n\n\n",
    "file's title, series apart": "The Project Gutenberg Etext of The Long Road by A. Writer\n\n"
    "#6 in our series by A. Writer\n\n\n",
    "copyrighted": "**This is a COPYRIGHTED Project Gutenberg Etext, Details Above**\n\n\n",
    "beginning": "[Beginning of this Project Gutenberg Etext of The Long Road]\n\n\n",
    "thanks": "Nous remercions la Bibliothèque Nationale de France qui a mis à\ndispositions les "
    "images dans www://gallica.bnf.fr, et a donné\nl'autorisation de les utiliser.\n\n\n",
    "Gutenberg-DE": 'Dieses Buch wurde uns freundlicherweise vom "Gutenberg Projekt-DE"\nzur '
    "Verfuegung gestellt.  Das Projekt ist unter der Internet-Adresse\n"
    "http://gutenberg2000.de erreichbar.\n\nThis book was generously provided by the German "
    "Gutenberg Projekt,\nwhich can be found at the web address http://gutenberg2000.de/.\n\n\n",
    "two sources": "Produced by Some One and PG Distributed Proofreaders\n\nProduced from images "
    "provided by the Library of Congress\n\n\n",
    "several editions": "There are several editions of this ebook in the Project Gutenberg "
    "collection.\nVarious characteristics of each ebook are listed to aid in selecting the\n"
    "preferred file.\n\n\n",
    "improved edition": "There is an improved edition of this title, eBook #6789, which may be\n"
    "viewed at https://www.gutenberg.org/ebooks/6789\n\n\n",
    "other editions": "Note: Project Gutenberg has several editions of this eBook:\n      "
    "#2701 (plain text)\n      #2489 (plain text and HTML)\n\n\n",
    "editorial note": "Editorial note: Project Gutenberg also has an HTML version of this\n"
    "file.\n\n\n",
    "volunteers unnamed": "Produced by An Anonymous Volunteer, and Another. HTML version\nby A "
    "Third.\n\n\n",
    "ornament": "* * * * *\n\nProduced by Some One\n\n",
    "start again": "Produced by Some One\n\n\n*** START OF THIS PROJECT GUTENBERG EBOOK THE LONG "
    "ROAD ***\n\n\n",
    "scanning by": "Scanning and first proofing by Some One\n\nSecond proofing by Another\n\n\n",
    "html by": "HTML version prepared by Some One\n\n\n",
    "early file": f"{'*' * 72}\nTHIS EBOOK WAS ONE OF PROJECT GUTENBERG'S EARLY FILES PRODUCED AT "
    "A\nTIME WHEN PROOFING METHODS AND TOOLS WERE NOT WELL DEVELOPED. THERE IS\nAN IMPROVED "
    f"EDITION OF THIS TITLE WHICH MAY BE VIEWED AS EBOOK\n(#6789) at "
    f"https://www.gutenberg.org/ebooks/6789\n{'*' * 72}\n\n\n",
    "OCR": "Scanned by Some One with OmniPage Professional OCR software\ndonated by Caere "
    "Corporation, 1-800-535-7226.\nContact Another <another@one.example>\n\n\n",
}


@pytest.mark.parametrize("credit", CREDITS.values(), ids=CREDITS)
@pytest.mark.parametrize("mark", MARKS)
def test_credits_of_every_wording_go_and_the_book_stays(credit, mark):
    for end in (END, ""):
        assert read_book(f"{mark}{credit}{BOOK}{end}".encode(), "test").text == BOOK


FIRST_WORDS = {
    "a look": "He scanned the horizon for a scanner of verse.\n",
    "a price": "Eggs 5@6 pence.\n",
    "an edition": "A new edition, with corrections by the author.\n",
}


@pytest.mark.parametrize("words", FIRST_WORDS.values(), ids=FIRST_WORDS)
def test_a_book_may_begin_with_words_that_credits_use(words):
    file = f"{MARKS[0]}Produced by Some One\n\n\n{words}{END}"
    assert read_book(file.encode(), "test").text == words
