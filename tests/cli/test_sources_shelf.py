"""`textgen sources list`, `search`, `fetch`, `import` and `clear`, without any network.

Their mirror is a folder laid out like one.
"""

import os
import re

import pytest

HEADING = "Text#,Type,Issued,Title,Language,Authors,Subjects,LoCC,Bookshelves\n"
ROWS = "".join(
    f'{number},Text,2001-01-01,Small Book {number},en,"Carroll, Lewis",Books,PR,Kids\n'
    for number in range(1, 31)
)
HOSTILE = "a\x1b]0;gone\x07b\x9b2Jc\u202ed'; DROP TABLE run; --" + "x" * 9000


def book_text(number, title="A Small Book"):
    return (
        f"Title: {title}\n\n[eBook #{number}]\n\n*** START OF THE PROJECT GUTENBERG EBOOK ***\n\n"
        f"It was all said in book {number}.\n\n*** END OF THE PROJECT GUTENBERG EBOOK ***\nEnd.\n"
    )


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A folder with books 11 and 12 and a catalogue in it."""
    folder = tmp_path / "mirror"
    for number in (11, 12):
        path = folder / f"cache/epub/{number}/pg{number}.txt"
        path.parent.mkdir(parents=True)
        path.write_text(book_text(number))
    path = folder / "cache/epub/feeds/pg_catalog.csv"
    path.parent.mkdir(parents=True)
    path.write_text(HEADING + ROWS)
    monkeypatch.setenv("TEXTGEN_GUTENBERG_MIRRORS", str(folder))
    return folder


@pytest.fixture
def kept(tmp_path):
    """The folder that books are kept in."""
    return tmp_path / "cache" / "gutenberg"


pytestmark = pytest.mark.usefixtures("mirror")


def test_a_newcomer_learns_which_sources_there_are(textgen):
    done = textgen("sources", "list")
    assert done.code == 0
    names = [line.split()[0] for line in done.out.splitlines() if line]
    assert names == ["source", "file", "gutenberg", "pydoc"]
    assert "textgen sources search" in done.err


def test_what_was_fetched_is_listed(textgen, mirror):
    done = textgen("sources", "fetch", "gutenberg:alice")
    path = mirror / "cache/epub/11/pg11.txt"
    assert re.fullmatch(
        rf"gutenberg:11 \(A Small Book\): fetched, \d+ bytes, from {re.escape(str(path))}\n",
        done.out,
    )
    listed = textgen("sources", "list").out
    (line,) = [line for line in listed.splitlines() if line.startswith("gutenberg:11 ")]
    assert "A Small Book" in line
    assert str(path) in line
    (held,) = textgen("sources", "list", "--json").json["held"]
    assert (held["locator"], held["state"], held["origin"]) == ("gutenberg:11", "whole", str(path))


def test_the_document_of_list_tells_of_each_source(textgen):
    sources = textgen("sources", "list", "--json").json["sources"]
    assert [source["name"] for source in sources] == ["file", "gutenberg", "pydoc"]
    assert [source["keeps"] for source in sources] == [False, True, False]
    assert sources[1]["aliases"]["alice"] == "11"


def test_a_run_reads_what_was_fetched_without_any_mirror(textgen, monkeypatch, tmp_path):
    assert textgen("sources", "fetch", "gutenberg:11,12").code == 0
    monkeypatch.setenv("TEXTGEN_GUTENBERG_MIRRORS", str(tmp_path / "nowhere"))
    done = textgen("sources", "text", "gutenberg:11,12")
    assert done.out == "It was all said in book 11.\n\n\nIt was all said in book 12.\n"
    assert textgen("sources", "fetch", "gutenberg:11").out.count("there already") == 1


def test_fetching_again_tells_what_has_changed(textgen, mirror):
    textgen("sources", "fetch", "gutenberg:11")
    again = ["sources", "fetch", "--again", "gutenberg:11"]
    assert "still the same" in textgen(*again).out
    (mirror / "cache/epub/11/pg11.txt").write_text(book_text(11, "Another"))
    assert "(Another): has changed, fetched" in textgen(*again).out


def test_one_that_cannot_be_fetched_costs_the_others_nothing(textgen):
    done = textgen("sources", "fetch", "gutenberg:5", "gutenberg:11", "--json")
    assert done.code == 1
    assert [item["outcome"] for item in done.json["fetched"]] == ["new"]
    (failed,) = done.json["failed"]
    assert failed["locator"] == "gutenberg:5"
    assert done.err.splitlines() == [f"textgen: {failed['why']}"]


def test_search_finds_by_number_and_says_how_old_the_catalogue_is(textgen):
    done = textgen("sources", "search", "CARROLL books", "--limit", 2)
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines] == ["locator", "gutenberg:1", "gutenberg:2"]
    assert "2 of 30 texts" in done.err
    assert re.search(r"^catalogue of \d{4}-\d\d-\d\d, 0 days old$", done.err, re.M)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["dodgson"], "no text in the catalogue has all of these words\n"),
        (["dodgson", "--language", "fr"], "no text in the catalogue has all of these words\n"),
        (
            ["carroll", "--language", "xx"],
            "no text in the language 'xx' has all of these words; 30 texts in others have: leave",
        ),
    ],
)
def test_a_search_without_a_find_tells_whether_the_language_alone_excludes(textgen, words, told):
    done = textgen("sources", "search", *words)
    assert (done.code, done.out) == (0, "")
    assert told in done.err


def test_search_says_how_an_old_catalogue_is_renewed(textgen, tmp_path):
    file = tmp_path / "old.csv"
    file.write_text(HEADING + ROWS)
    os.utime(file, (10**9 + 36_000, 10**9 + 36_000))
    textgen("sources", "import", file)
    told = textgen("sources", "search", "carroll").err
    assert "; newer: textgen sources fetch --again gutenberg:catalogue" in told
    assert "catalogue of 2001-09-09, " in told


def test_search_prints_a_document(textgen):
    found = textgen("sources", "search", "small", "--limit", 3, "--json").json
    assert (found["matches"], len(found["found"])) == (30, 3)
    assert found["found"][0] == {
        "locator": "gutenberg:1",
        "title": "Small Book 1",
        "authors": ["Carroll, Lewis"],
        "languages": ["en"],
        "subjects": ["Books"],
    }
    assert found["catalogue"]["kind"] == "catalogue"


def test_a_catalogue_can_be_imported_and_a_damaged_one_is_refused_by_its_line(textgen, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(HEADING + ROWS.replace("7,Text", "seven"))
    line = textgen("sources", "import", file).error_line(1)
    assert f"{file}: the catalogue is damaged in line 8" in line
    file.write_text(HEADING + "77,Text,,Rare Book,en,,,,\n")
    assert "gutenberg:catalogue" in textgen("sources", "import", file).out
    assert "gutenberg:77" in textgen("sources", "search", "rare").out


def test_a_book_can_be_imported(textgen, tmp_path):
    file = tmp_path / "book.txt"
    file.write_text(book_text(345))
    assert textgen("sources", "import", file, "--json").json["locator"] == "gutenberg:345"
    assert "book 345" in textgen("sources", "text", "gutenberg:dracula").out
    assert "book 345, not 84" in textgen("sources", "import", file, "gutenberg:84").error_line(2)
    swapped = textgen("sources", "import", "gutenberg:345", file).error_line(2)
    assert f"textgen sources import {file} gutenberg:345" in swapped


def test_clearing_asks_or_is_told_yes_and_says_what_it_freed(textgen, kept):
    textgen("sources", "fetch", "gutenberg:11", "gutenberg:12")
    clear = ["sources", "clear", "gutenberg:alice", "gutenberg:11"]
    refused = textgen(*clear)
    assert (refused.code, "--yes" in refused.err) == (2, True)
    size = (kept / "pg11.txt").stat().st_size + (kept / "pg11.json").stat().st_size
    done = textgen(*clear, "--yes", "--json")
    assert [item["locator"] for item in done.json["removed"]] == ["gutenberg:11"]
    assert done.json["bytes"] == size
    assert "removed 1 item, " in done.err
    assert not (kept / "pg11.txt").exists()
    assert (kept / "pg12.txt").exists()


def test_clearing_without_a_locator_takes_only_what_is_of_no_use(textgen, kept):
    textgen("sources", "fetch", "gutenberg:11", "gutenberg:12")
    (kept / "pg12.txt").write_text("changed")
    (kept / "pg5.half").write_text("{}")
    listed = textgen("sources", "list").out
    assert re.search(r"gutenberg:12 .* damaged", listed)
    assert re.search(r"gutenberg:5 .* half ", listed)
    done = textgen("sources", "clear", "--yes", "--json")
    assert [item["locator"] for item in done.json["removed"]] == ["gutenberg:5", "gutenberg:12"]
    assert textgen("sources", "clear", "--all", "--yes").code == 0
    assert textgen("sources", "list", "--json").json["held"] == []
    assert "nothing to remove" in textgen("sources", "clear", "--all").err


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["fetch", "pydoc:topics"], "keeps nothing on this machine"),
        (["fetch", "gutenburg:11"], "'gutenberg'"),
        (["fetch", "gutenberg:alcie"], "'alice'"),
        (["clear", "gutenberg:11", "--all"], "without --all"),
        (["search", " "], "no word is given"),
        (["search", "x", "--source", "file"], "keeps nothing"),
        (["import", "x", "gutenberg:1", "--source", "gutenberg"], "Say one"),
        (["list", "--set", "model.hidden_size=3"], "source."),
    ],
)
def test_wrong_usage_is_told(textgen, words, named):
    assert named in textgen("sources", *words).error_line(2)


def test_what_a_book_calls_itself_steers_no_terminal(textgen, tmp_path):
    file = tmp_path / "book.txt"
    file.write_text(book_text(345, HOSTILE))
    outcomes = [
        textgen("sources", "import", file),
        textgen("sources", "list"),
        textgen("sources", "fetch", "gutenberg:345"),
        textgen("sources", "search", HOSTILE),
        textgen("sources", "fetch", f"gutenberg:{HOSTILE}"),
    ]
    assert [done.code for done in outcomes] == [0, 0, 0, 0, 2]
    for done in outcomes:
        assert not set("\x1b\x07\x9b\u202e") & {*done.out, *done.err}
