"""`textgen sources show`: what a corpus is like, on any terminal and as a document."""

import io

import pytest
from rich.console import Console

from textgen.cli import display, progress
from textgen.cli.sources import drawing
from textgen.cli.sources.show_page import print_corpus
from textgen.corpus import Cut, Provenance, corpus_from_chunks, join_documents
from textgen.portrait.portrait import portrait_of

HOSTILE = "a\x1b]0;gone\x07b\x9b2Jc\u202ed \u200b\ufdd0 p\u0430ypal ﬁne Ã© cafe\u0301\n" * 9
STEERING = set("\x1b\x07\x9b\u202e\u200b")
BOOK = (
    "Title: Ænigma\n\n*** START OF THE PROJECT GUTENBERG EBOOK ÆNIGMA ***\n\n"
    "It was all “said” in one line.\n\n*** END OF THE PROJECT GUTENBERG EBOOK ÆNIGMA ***\n"
)


@pytest.fixture
def file(tmp_path):
    """Writes a text; returns what opens it."""

    def write(text, name="text.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return f"file:{tmp_path / name}"

    return write


@pytest.fixture
def screen(monkeypatch):
    """Gives the command a terminal of so many columns; returns what that shows."""

    def show(width, *modules):
        terminal = io.StringIO()
        console = Console(file=terminal, width=width, force_terminal=True, color_system=None)
        for module in (display, drawing, *modules):
            monkeypatch.setattr(module, "make_console", lambda *, stderr=False: console)
        return terminal

    return show


def test_a_book_is_told_from_its_origin_to_what_was_cut_off(textgen, file):
    done = textgen("sources", "show", file(BOOK), "--set", "source.strip=gutenberg", "--plot")
    assert (done.code, done.err) == (0, "")
    for told in (
        "Ænigma",
        "31 characters, 35 bytes of UTF-8, 7 words",
        "licence   Project Gutenberg: public domain",
        "cut off",
        "header",
        "begins",
        "kinds of characters",
        "from beginning to end",
    ):
        assert told in done.out, told


def test_a_document_has_all_of_it(textgen, file):
    shown = textgen("sources", "show", file(BOOK), "--set", "source.strip=gutenberg", "--json")
    found = shown.json
    assert found["provenance"]["title"] == "Ænigma"
    assert [cut["what"] for cut in found["provenance"]["cuts"]] == ["header", "footer"]
    assert found["alphabet"][0] == {
        "character": " ",
        "code_point": "U+0020",
        "name": "SPACE",
        "count": 6,
        "first_line": 1,
    }
    assert sum(it["count"] for it in found["alphabet"]) == found["characters"] == 31
    assert found["lines"]["lengths"] == [[30, 1]]
    assert set(found["slices"]) == {"line_length", "non_ascii", "digits", "capitals", "difference"}


def test_hostile_text_steers_no_terminal(textgen, file):
    shown = textgen("sources", "show", file(HOSTILE, "a\x1b]0;b\n.txt"), "--plot", "--all")
    assert shown.code == 0
    assert not STEERING & set(shown.out + shown.err)
    for told in (r"\u202e", "RIGHT-TO-LEFT OVERRIDE", "looks like a", "Ã© where é was", "not NFC"):
        assert told in shown.out, told


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("text", [HOSTILE, BOOK * 30, "日本語、です\n" * 50])
def test_the_page_fits_any_terminal(textgen, file, screen, width, text):
    terminal = screen(width)
    assert textgen("sources", "show", file(text), "--plot").code == 0
    for line in terminal.getvalue().splitlines():
        assert drawing.cell_len(line.rstrip()) <= width, line
    assert max(map(len, terminal.getvalue().splitlines())) > 30


def shelf(number):
    """A corpus of several books, each of which says something of itself."""
    parts = tuple(
        Provenance(f"file:{place}.txt", f"Book {place}", "", "0" * 64, "1" * 64)
        for place in range(number)
    )
    book = "This is book {}, and no line of it is short.\n"
    documents = [[book.format(place % 5)] for place in range(number)]
    return corpus_from_chunks(
        list(join_documents(documents, "\n")),
        sha256_received="0" * 64,
        locator="file:*.txt",
        title="a shelf",
        origin="here",
        cuts=(Cut("footer", 1234, "End of"),),
        notes=("one was empty",),
        warnings=("two are damaged",),
        parts=parts,
    )


def test_a_shelf_of_books_is_told_with_what_comes_twice(capsys):
    corpus = shelf(25)
    print_corpus(corpus.provenance, portrait_of(corpus), plot=False, whole=False)
    shown = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    for told in (
        "documents 25, shortest 44, median 45, longest 45 characters",
        "cut off 1,234 characters, listed below",
        "warning two are damaged",
        "note one was empty",
        "repeated 20 of 25 documents repeat an earlier one; see below",
        "20 of 25 documents repeat an earlier one",
        "5 times This is book 0, and no line of it is short.",
        "file:19.txt Book 19 1 0",
        "… and 5 more parts: --all shows them",
    ):
        assert told in lines, told
    assert lines.index("warning two are damaged") < lines.index("note one was empty")
    assert "file:20.txt" not in shown
    print_corpus(corpus.provenance, portrait_of(corpus), plot=False, whole=True)
    assert "file:24.txt" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["sources", "show"], ["run", "--dry-run", "--source"]])
def test_a_terminal_shows_how_much_has_been_read(textgen, file, screen, monkeypatch, command):
    monkeypatch.setattr(progress, "_PATIENCE", -1)
    terminal = screen(80, progress)
    textgen(*command, file(BOOK), "--json")
    assert f"reading: {len(BOOK)} characters" in terminal.getvalue()


def test_a_text_without_anything_to_tell_says_so(textgen, file):
    shown = textgen("sources", "show", file("aaaaaaaaaabbbbbbbbbb"), "--plot").out.splitlines()
    assert shown[shown.index("worth a look") + 1].strip() == "nothing"


def test_many_characters_are_all_shown_only_if_asked_for(textgen, file):
    where = file("".join(chr(code) * 20 for code in range(0x4E00, 0x4F00)))
    short, whole = (textgen("sources", "show", where, *more).out for more in ([], ["--all"]))
    assert "--all shows them" in short
    assert "--all" not in whole
    assert all(chr(code) in whole for code in range(0x4E00, 0x4F00))


def test_a_terminal_without_blocks_gets_bars_of_letters(program, file):
    done = program("sources", "show", file(BOOK), "--plot", PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "\\u2588" not in done.out
    assert "####" in done.out


def test_nothing_to_read_is_told_in_one_line(textgen, tmp_path):
    line = textgen("sources", "show", f"file:{tmp_path / 'nowhere.txt'}").error_line(1)
    assert "no such file" in line
    assert "source." in textgen("sources", "show", "pydoc:topics", "--set", "model.x=1").error_line(
        2
    )


def test_a_real_book_is_told(textgen, corpora):
    path = corpora / "gutenberg" / "pg4650-fr-latin1.txt"
    found = textgen(
        "sources", "show", f"file:{path}", "--set", "source.strip=gutenberg", "--json"
    ).json
    assert (found["characters"], found["odd"], found["mojibake"]) == (201_455, [], None)
    assert found["lines"]["wrapped_at"] == 65
    assert 1.9 < found["yardsticks"]["entropies"][3] < 2.1
