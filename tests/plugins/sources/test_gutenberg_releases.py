"""Books as Project Gutenberg released them from 1991 to 2025: of each, exactly the book is kept.

A release is a header, a book and a foot, in the wording of its year.
"""

from __future__ import annotations

import pytest

from textgen_plugins.sources.gutenberg_text import read_book

NEW_LICENCE = (
    "Updated editions will replace the previous one—the old editions will\nbe renamed.\n\n"
    "Creating the works from print editions not protected by U.S. copyright\nlaw means that no "
    "one owns a United States copyright in these works.\n\nSTART: FULL LICENSE\n\n"
    "THE FULL PROJECT GUTENBERG LICENSE\n\nPLEASE READ THIS BEFORE YOU DISTRIBUTE OR USE THIS "
    "WORK\n\nSection 1. General Terms of Use and Redistributing Project Gutenberg™\nelectronic "
    "works\n\n1.A. By reading or using any part of this Project Gutenberg™\nelectronic work, you "
    "indicate that you agree.\n\nThis website includes information about Project Gutenberg™,\n"
    "including how to subscribe to our email newsletter to hear about new eBooks.\n\n"
)
LICENCE_2008 = (
    "***** This file should be named 12345-8.txt or 12345-8.zip *****\nThis and all associated "
    "files of various formats will be found in:\n        http://www.gutenberg.org/1/2/3/4/12345/"
    "\n\nProduced by Some One and the Online Distributed\nProofreading Team at "
    "http://www.pgdp.net\n\nUpdated editions will replace the previous one--the old editions\n"
    "will be renamed.\n\n*** START: FULL LICENSE ***\n\nTHE FULL PROJECT GUTENBERG LICENSE\n\n"
    "Section 1.  General Terms of Use and Redistributing Project Gutenberg-tm\nelectronic works\n"
    "\n*** END: FULL LICENSE ***\n"
)
SMALL_PRINT_2003 = (
    "This file should be named 8book10.txt or 8book10.zip\nCorrected EDITIONS of our eBooks get "
    "a new NUMBER, 8book11.txt\n\nProject Gutenberg eBooks are often created from several "
    "printed\neditions.\n\n**The Legal Small Print**\n\n(Three Pages)\n\n"
    '***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN EBOOKS**START***\nWhy is this "Small Print!"'
    " statement here?\n\n*END THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*Ver.02/11/02*END*\n"
)


def head_1991(title, end="*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*"):
    return (
        f"**The Project Gutenberg Etext of {title}**\n*****This file should be named x10.txt*****"
        "\n\nCorrected EDITIONS of our etexts get a new NUMBER, x11.txt.\n\nInformation about "
        f"Project Gutenberg (one page)\n\n{title}\n\nJanuary, 1992  [Etext #99]\n\n"
        "**Information prepared by the Project Gutenberg legal advisor**\n(Three Pages)\n\n"
        '****START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START****\n\nWhy is this "Small '
        'Print!" statement here?  You know: lawyers.\n\n*BEFORE!* YOU USE OR READ THIS ETEXT\n\n'
        'This "Small Print!" by Charles B. Kramer, Attorney\n'
        f"Internet (72600.2026@compuserve.com); TEL: (212-254-5093)\n{end}\n\n\n"
    )


def head_2003(title):
    return (
        f"The Project Gutenberg EBook of {title}, by A. Writer\n(#3 in our series by A. Writer)\n"
        "\nCopyright laws are changing all over the world. Be sure to check the\ncopyright laws "
        "for your country before downloading.\n\nThis header should be the first thing seen when "
        "viewing this Project\nGutenberg file.  Please do not remove it.\n\n"
        "**Welcome To The World of Free Plain Vanilla Electronic Texts**\n\n"
        f"Title: {title}\n\nAuthor: A. Writer\n\nRelease Date: Jan, 2004  [EBook #5000]\n"
        "[This file was first posted on April 10, 2002]\n\nEdition: 10\n\nLanguage: English\n\n"
        f"*** START OF THE PROJECT GUTENBERG EBOOK, {title.upper()} ***\n\n\n\n\n"
    )


def head_2008(title, language="English"):
    return (
        f"The Project Gutenberg EBook of {title}, by A. Writer\n\nThis eBook is for the use of "
        "anyone anywhere at no cost and with\nalmost no restrictions whatsoever.\n\n\n"
        f"Title: {title}\n\nAuthor: A. Writer\n\nRelease Date: May 1, 2008 [EBook #12345]\n\n"
        f"Language: {language}\n\nCharacter set encoding: UTF-8\n\n"
        f"*** START OF THIS PROJECT GUTENBERG EBOOK {title.upper()} ***\n\n\n\n\n"
    )


def head_2009(title):
    """The form of the white-washers who set marks without blanks."""
    return (
        f"The Project Gutenberg eBook, {title}, by A. Writer\n\n\nThis eBook is for the use of "
        f"anyone anywhere at no cost.\n\n\n\n\n\nTitle: {title}\n\n\nAuthor: A. Writer\n\n\n\n"
        "Release Date: May 1, 2009  [eBook #12345]\n\nLanguage: English\n\n\n"
        f"***START OF THE PROJECT GUTENBERG EBOOK {title.upper()}***\n\n\n"
    )


def head_2023(title, language="English"):
    return (
        f"\ufeffThe Project Gutenberg eBook of {title}\n    \nThis ebook is for the use of anyone "
        "anywhere in the United States and\nmost other parts of the world at no cost.\n\n"
        f"Title: {title}\n\n\nAuthor: A. Writer\n\nRelease date: May 1, 2023 [eBook #12345]\n\n"
        f"Language: {language}\n\nOriginal publication: London: Some House, 1901\n\n"
        "Credits: Some One and the Online Distributed Proofreading Team\n\n\n"
        f"*** START OF THE PROJECT GUTENBERG EBOOK {title.upper()} ***\n\n\n"
    )


def foot_2003(title):
    return (
        f"\n\n\n\n*** END OF THE PROJECT GUTENBERG EBOOK, {title.upper()} ***\n\n{SMALL_PRINT_2003}"
    )


def foot_2008(title, farewell="End of the Project Gutenberg EBook of {}, by A. Writer"):
    return (
        f"\n\n\n\n\n{farewell.format(title)}\n\n"
        f"*** END OF THIS PROJECT GUTENBERG EBOOK {title.upper()} ***\n\n{LICENCE_2008}"
    )


def foot_2009(title):
    return f"\n\n\n\n***END OF THE PROJECT GUTENBERG EBOOK {title.upper()}***\n\n\n{LICENCE_2008}"


def foot_2023(title):
    return (
        f"\n\n\n*** END OF THE PROJECT GUTENBERG EBOOK {title.upper()} ***\n\n\n    \n\n"
        f"{NEW_LICENCE}"
    )


def kept(file):
    return read_book(file.encode(), "test").text


BOOK = "THE LONG ROAD\n\nBY A. WRITER\n\n\nI\n\nIt began at dawn.\n\nIt was over.\n\nTHE END\n"
TEAM = "the Online Distributed\nProofreading Team at http://www.pgdp.net"

# Books whose first or last lines look like a file's, or hold marks of their own.
BOOKS = {
    "illustration": "[Illustration]\n\nTHE LONG ROAD\n\nEnd of the road\n",
    "cover": "[Illustration: Cover]\n\n[Illustration: _The road._ (_Page 3._)]\n\nText.\n",
    "list of illustrations": "ILLUSTRATIONS\n\nThe Road                    Frontispiece\n\nText\n",
    "transcriber's note": "[Transcriber's Note: Obvious errors have been corrected in this\n"
    "e-text.  See http://example.org.]\n\nTHE LONG ROAD\n\nText.\n",
    "transcriber's note, indented": "Transcriber's note:\n\n      Text enclosed by underscores is "
    "in italics (_italics_).\n\nTHE LONG ROAD\n\nText.\n",
    "transcriber's notes at the end": "THE LONG ROAD\n\nText.\n\n       *       *       *\n\n"
    "Transcriber's Notes\n\nThis e-text was produced from Project Gutenberg scans.\n",
    "transcriber's note in a box": "+----------------------------+\n| Transcriber's Note:        |"
    "\n| Spelling has been kept in  |\n| this e-book.               |\n+------------+\n\nText.\n",
    "Spanish note": "Nota del Transcriptor:\n\nSe ha respetado la ortografía original.\n\nTexto.\n",
    "French note": "Note sur la transcription: Les erreurs clairement introduites par le\n"
    "typographe ont été corrigées.\n\nTexte.\n",
    "German note": "[ Symbole für Schriftarten: _gesperrt_ : =fett= ]\n\nText.\n",
    "bookmarks": "[NOTE:  There is a short list of bookmarks, or pointers, at the end of the\n"
    "file for those who may wish to sample the author's ideas.  D.W.]\n\nText\n\n"
    "ETEXT EDITOR'S BOOKMARKS:\n\nA road is long\nIt ends\n",
    "chapters": "[Chapters 1-6:  mostly scanned by Some One,\nsome@one.example.]\n\nText\n",
    "preface": "PREFACE\n\nThis text was prepared by monks.\n\nText\n",
    "contents": "CONTENTS\n\n  I. Produced by Hand\n II. End of the Project\n\nText\n",
    "by": "By A. Writer\n\nTHE LONG ROAD\n\nText\n",
    "copyright": "Copyright, 1901, by A. Writer\n\nTHE LONG ROAD\n\nText\n",
    "dedication": "To the memory of those\nwho made this book\n\nText\n",
    "printed by": "LONDON:\nPRINTED BY WILLIAM CLOWES AND SONS\n\nText\n",
    "edited by": "EDITED BY A. SCHOLAR, M.A.\n\nText\n",
    "thanks": "Thanks are due to the scanned faces of my friends.\n\nText\n",
    "this book": "This book was written at sea.\n\nText\n",
    "Kalevala": "Kalevala\n[1849 edition]\n\n[This electronic edition was copied from the 28th\n"
    "printed edition: http://www.finlit.fi/]\n\nText\n",
    "slaves": "[TR: ***] = Transcriber Note\n[HW: ***] = Handwritten Note\n\nTYPEWRITTEN RECORDS "
    "PREPARED BY\nTHE WRITERS' PROJECT\n\nText\n",
    "edited by, of old": "Edited by\nA. Scholar\n\nText\n",
    "translated by": "Translated by A. Scholar\n\nText\n",
    "play": "Dramatis Personae\n\nPRODUCED BY MR. X at the Globe\n\nExeunt.\nFINIS\n",
    "the first night": "Produced at the Lyceum Theatre on the 3rd of May.\n\nACT I\n\nCurtain\n",
    "poem": "  The sun is set;\n    the birds are flown\n\n  Soft\n",
    "poem, indented to the end": "    Im Abendrot\n\n        Ende\n",
    "Bible": "Book 01        Genesis\n\n01:001:001 In the beginning\n\n22:21 Amen.\n",
    "KJV": "The Old Testament of the King James Version of the Bible\n\n\n\n\nThe First Book of "
    "Moses:  Called Genesis\n\n\n1:1 In the beginning\n\n22:21 Amen.\n",
    "dictionary": "A\n\n\nA (named a in the English). Defn: The first letter.\n\nZ\n\nZYTHUM\n"
    'Zy"thum, n.\n\nDefn: A kind of ancient malt beverage.\n',
    "factbook": ":Afghanistan Geography\n\nTotal area:\n    647,500 km2\n\n:Zimbabwe\n    none\n",
    "digits": "3.\n1415926535 8979323846\n\n2643383279\n",
    "table": "+-----+-----+\n| H   | 1.0 |\n+-----+-----+\n| He  | 4.0 |\n+-----+-----+\n",
    "periodical": "PUNCH,\n\nOR THE LONDON CHARIVARI.\n\nVOL. 1.\n\nEnd of the week.\n\n"
    "       *       *       *       *       *\n",
    "parts": "PART ONE\n\nText\n\n*** END OF PART ONE ***\n\n*** START OF PART TWO ***\n\nText\n\n"
    "*** END OF PART TWO ***\n",
    "volumes": "VOLUME I\n\nText\n\nEnd of Volume I\n\nVOLUME II\n\nText\n\nEnd of Volume II\n",
    "end of the small print": "THE LONG ROAD\n\n*END OF THE SMALL PRINT ROOM*\n\nText\n",
    "fin": "LA ROUTE\n\nTexte\n\nFIN\n",
    "fin du tome": "LA ROUTE\n\nFin du premier volume.\n\nTABLE\n\nFIN DU TOME PREMIER\n",
    "fine": "LA STRADA\n\nTesto\n\nFINE DEL LIBRO\n",
    "fin de la obra": "EL CAMINO\n\nTexto\n\nFIN DE LA PRIMERA PARTE\n",
    "ende": "DER WEG\n\nText\n\n_Ende._\n",
    "ende des projekts": "DER WEG\n\nText\n\nEnde des Projekts.\n",
    "loppu": "TIE\n\nTeksti\n\nLoppu.\n",
    "einde": "DE WEG\n\nTekst\n\nEINDE VAN HET EERSTE DEEL.\n",
    "Latin": "VIA LONGA\n\nArma virumque cano\n\nEXPLICIT LIBER PRIMUS\n",
    "Chinese": "第一回\n\n\u3000\u3000道可道，非常道。\n\n全書完\n",
    "Greek": "ΜΑΚΡΟΣ ΔΡΟΜΟΣ\n\nΤέλος\n",
    "advertisements": "THE LONG ROAD\n\nTHE END\n\n\n\nNEW BOOKS\n\nThis is the end of the list.\n",
    "footnotes": "THE LONG ROAD\n\nTHE END\n\nFOOTNOTES:\n\n[1] Produced by A. Writer.\n",
    "errata": 'THE LONG ROAD\n\nText\n\nErrata\n\np. 3, for "the" read "a"\n',
    "index": "INDEX\n\nProject, 1\n\nZero, 2\n",
    "stars": "* * * * *\n\nTHE LONG ROAD\n\n* * * * *\n\nText\n\n* * * * *\n",
    "an end that is none": "THE LONG ROAD\n\nEnd of the project was near, and Gutenberg's press\n"
    "stood still.\n\nText\n",
    "Gutenberg": "GUTENBERG\n\nThe project of Gutenberg was print.\n\nEnd of Gutenberg's life.\n",
    "licence of old": "THE LONG ROAD\n\nFULL LICENCE was given to the printer.\n\nText\n",
    "fields": "Title: of the King\n\nAuthor: unknown to us\n\nText\n",
}


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
@pytest.mark.parametrize("year", [1991, 2003, 2008, 2009, 2023])
def test_no_line_of_a_book_is_taken_for_the_files(book, year):
    title = "The Long Road"
    credit = {1991: "", 2023: ""}.get(year, f"Produced by Some One and {TEAM}\n\n\n\n")
    head, foot = {
        1991: (head_1991(title), f"\n\nEnd of the Project Gutenberg Etext of {title}\n"),
        2003: (head_2003(title), foot_2003(title)),
        2008: (head_2008(title), foot_2008(title)),
        2009: (head_2009(title), foot_2009(title)),
        2023: (head_2023(title), foot_2023(title)),
    }[year]
    assert kept(f"{head}{credit}{book}{foot}") == book
    assert kept(f"{head}{book}{foot}") == book
    assert kept(f"{head}{credit}{book}") == book


# What stands between a book and the end of its file, by its wording.
FEET = {
    "etext": "End of Etext The Long Road\n",
    "the etext": "End of the Etext of The Long Road\n\n\n",
    "this": "End of this Etext of The Long Road by A. Writer\n\n\n",
    "edition": "End of The Project Gutenberg Edition of THE LONG ROAD\n",
    "no article": "End Project Gutenberg Etext The Long Road\n",
    "of etext": "End of Project Gutenberg Etext of The Long Road\n",
    "capitals": "END OF THE PROJECT GUTENBERG ETEXT OF THE LONG ROAD\n",
    "brackets": "[End of The Project Gutenberg Etext of The Long Road]\n",
    "underlined": "_End of the Project Gutenberg EBook of The Long Road_\n",
    "stars": "*****End of The Project Gutenberg Etext of The Long Road*****\n",
    "mark": "***END OF THE PROJECT GUTENBERG ETEXT OF THE LONG ROAD***\n",
    "mark, open": "*** END OF THE PROJECT GUTENBERG ETEXT OF THE LONG ROAD, BY A. WRITER\n",
    "mark, three lines": "*** END OF THE PROJECT GUTENBERG EBOOK THE\nLONG\nROAD ***\n",
    "mark, indented": "  *** END OF THIS PROJECT GUTENBERG EBOOK THE LONG ROAD ***  \n",
    "twice": "End of The Project Gutenberg Etext of The Long Road\n\n\n"
    "End of the Project Gutenberg EBook of The Long Road, by\nA. Writer\n\n"
    "*** END OF THIS PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n",
    "volume": "End of the Project Gutenberg EBook of The Long Road, v1, by A. Writer\n",
    "numbered": "*** END OF THE PROJECT GUTENBERG EBOOK 12345 ***\n",
    "copyrighted": "**This is a COPYRIGHTED Project Gutenberg Etext, Details Above**\n",
    "copyrighted, end": "End of this is COPYRIGHTED Project Gutenberg Etext, Details Above\n",
    "German, Etext": "Ende dieses Etextes Der lange Weg\n",
    "German": "Ende dieses Project Gutenberg Etextes Der lange Weg\n",
    "German, eBook": "Ende dieses Projekt Gutenberg eBooks »Der lange Weg«\n",
    "French": "Fin de ce Project Gutenberg Etext de La Longue Route\n",
    "Spanish": "Fin de este Etext de Project Gutenberg de El camino\n",
    "Italian": "Fine di questo Etext del Progetto Gutenberg La strada\n",
    "Portuguese": "Fim do Projecto Gutenberg Etext de O caminho\n",
    "Dutch": "Einde van het Project Gutenberg EBook van De lange weg\n",
    "Finnish": "End of Project Gutenberg's Pitkä tie, by A. Kirjoittaja\n",
    "Latin": "End of Project Gutenberg's Via longa, by P. Vergilius Maro\n",
    "Chinese": "End of the Project Gutenberg EBook of 长路, by 作者\n",
}


@pytest.mark.parametrize("foot", FEET.values(), ids=FEET)
@pytest.mark.parametrize("licence", ["", LICENCE_2008, SMALL_PRINT_2003, NEW_LICENCE])
def test_farewells_of_every_wording_go(foot, licence):
    for head in (head_1991("The Long Road"), head_2008("The Long Road")):
        assert kept(f"{head}{BOOK}\n\n\n{foot}\n{licence}") == BOOK


NOTICE = (
    "<<THIS ELECTRONIC VERSION OF THE COMPLETE WORKS IS COPYRIGHT 1990-1993\nBY A LIBRARY, INC., "
    "AND IS PROVIDED BY PROJECT GUTENBERG ETEXT OF\nILLINOIS BENEDICTINE COLLEGE WITH "
    "PERMISSION.>>\n"
)
SMALL_PRINT_1994 = (
    "This is the 100th Etext file presented by Project Gutenberg, and\nis presented in "
    "cooperation with A Library, Inc.\n\nThe Works\n\n"
    f"*This Etext has certain copyright implications you should read!*\n\n{NOTICE}\n\n"
    "***** SMALL PRINT! for COMPLETE WORKS *****\n\nTHIS ELECTRONIC VERSION IS COPYRIGHT.\n\n"
    "1.  LICENSE\n\n  A) YOU MAY (AND ARE ENCOURAGED) TO DISTRIBUTE.\n\n"
    'This "Small Print!" by Charles B. Kramer, Attorney\n'
    '****   SMALL PRINT! FOR __ COMPLETE WORKS ****\n["Small Print" V.12.08.93]\n\n'
)
WORKS = [
    "1609\n\nTHE SONNETS\n\n\n               1\n  From fairest creatures\n\n\nTHE END\n\n\n\n",
    "\n\n\n1603\n\nALLS WELL\n\nDramatis Personae\n\nExeunt\n\n<<Exit>>\n\nTHE END\n",
]


def test_notices_repeated_between_the_works_of_one_file_go():
    end = "\n\n\nEnd of this Etext of The Complete Works\n\n\n\n\n"
    works = f"{SMALL_PRINT_1994}{NOTICE}\n\n\n\n{WORKS[0]}{NOTICE}{WORKS[1]}\n\n\n{NOTICE}{end}"
    credit = "Produced by A Library, Inc., from their Library of the Future\n\n\n\n\n"
    title = "Complete Works"
    for file in (works, f"{head_2008(title)}{credit}{works}{foot_2008(title)}"):
        book = read_book(file.encode(), "test")
        assert book.text == "".join(WORKS)
        assert [cut.what for cut in book.cuts].count("notices") == 1


SMALL_PRINTS = [
    "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.07.02.92*END*",
    "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.10/04/01*END*",
    "*END THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*",
    "**END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*",
    "*END*THE SMALL PRINT! FOR COPYRIGHT PROTECTED ETEXTS*Ver.03.17.96*END*",
    "*END*THE SMALL PRINT! FOR COPYRIGHT PROTECTED ETEXTS*END*",
    "*END THE SMALL PRINT! FOR COPYRIGHT PROTECTED ETEXTS*Ver.03.17.96*END*",
    "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END",
    "  *END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*",
    "****END**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**END****",
    "*END* THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS *Ver.04.29.93*END*",
    "*END OF THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*",
]


@pytest.mark.parametrize("end", SMALL_PRINTS)
@pytest.mark.parametrize("foot", [*FEET.values(), ""])
def test_small_print_before_a_book_goes_whatever_its_end_reads(end, foot):
    assert kept(f"{head_1991('The Long Road', end)}{BOOK}\n\n{foot}") == BOOK


STARTS = {
    "byte-order mark": "\ufeff*** START OF THE PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n",
    "indented": "   *** START OF THE PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n",
    "number": "***START OF THE PROJECT GUTENBERG EBOOK 12345***\n",
    "no title": "*** START OF THE PROJECT GUTENBERG EBOOK ***\n",
    "not closed": "*** START OF THE PROJECT GUTENBERG EBOOK THE LONG ROAD\n\n",
    "not closed, by whom": "*** START OF THE PROJECT GUTENBERG EBOOK THE LONG\nROAD, BY A. WRITER\n"
    "***\n\n",
    "three lines": "*** START OF THE PROJECT GUTENBERG EBOOK THE\nLONG\nROAD ***\n",
    "three lines, long": "***START OF THE PROJECT GUTENBERG EBOOK THE LONG ROAD: A HISTORY OF\n"
    "THE ROADS OF THE WORLD, WITH MANY CURIOUS THINGS CONCERNING THE TRAVELLERS\n"
    "THEREON (VOLUME 1 OF 2)***\n\n",
    "twice": "*** START OF THE PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n" * 2,
    "this and the": "*** START OF THIS PROJECT GUTENBERG EBOOK THE LONG ROAD ***\n\n"
    "***START OF THE PROJECT GUTENBERG EBOOK THE LONG ROAD***\n\n\n",
    "etext": "***START OF THE PROJECT GUTENBERG ETEXT OF THE LONG ROAD***\n\n",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize("credit", ["", "\nProduced by Some One\n\n\n", "Produced by Some One\n\n"])
def test_start_marks_of_every_shape_are_no_part_of_the_book(start, credit):
    assert kept(f"{start}{credit}{BOOK}{foot_2008('The Long Road')}") == BOOK


def test_an_ornament_near_a_mark_that_is_not_closed_is_the_books():
    book = "THE LONG ROAD\n* * * * *\nIt began.\n"
    assert kept(f"{STARTS['not closed'].rstrip()}\n{book}{foot_2008('The Long Road')}") == book


def test_a_start_mark_within_a_book_is_a_line_of_it():
    quoted = "*** START OF THIS PROJECT GUTENBERG EBOOK THE LONG ROAD ***"
    book = f"THE LONG ROAD\n\nFiles begin with\n\n{quoted}\n\nand so on.\n"
    assert kept(f"{head_2023('The Long Road')}{book}{foot_2023('The Long Road')}") == book


def test_a_header_without_a_start_mark_is_known_by_its_fields():
    for head in (head_2008, head_2009, head_2023):
        header = head("The Long Road").partition("***")[0]
        book = read_book(f"{header}{BOOK}{foot_2008('The Long Road')}".encode(), "test")
        assert book.text == BOOK
        assert "no start mark" in book.warnings[0]


LAST_WORDS = {
    "about files": "The Project Gutenberg eBook is here to stay.\n",
    "about licences": "Full licence was granted by the King.\n\nThe end.\n",
    "about the end": "End of the first Etext era.\n\nThen came others.\n",
    "about brackets": "<<Exit the ghost.>>\n",
}


@pytest.mark.parametrize("words", LAST_WORDS.values(), ids=LAST_WORDS)
def test_a_books_last_words_are_kept_where_no_end_mark_stands(words):
    for head in (head_1991("The Long Road"), f"{head_2008('The Long Road')}Produced by X\n\n\n"):
        assert kept(f"{head}{BOOK}\n\n{words}") == f"{BOOK}\n\n{words}"
