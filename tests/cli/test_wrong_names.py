"""What is no name of a source: an address, a path, an alias, a comma too many."""

import zipfile

import pytest

ADDRESS = "https://www.gutenberg.org/files/11/11-0.txt"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (ADDRESS, "addresses are not read. Download the text and name its file, file:PATH."),
        (ADDRESS, "(gutenberg:…) is found by textgen sources search"),
        (f"file:{ADDRESS}", "addresses are not read. Download the text"),
        (f"file:{ADDRESS}?a=*", "addresses are not read. Download the text"),
        (r"C:\Users\me\book.txt", r"did you mean 'file:C:\Users\me\book.txt'?"),
        ("s3://books/11.txt", "addresses are not read."),
        ("file:D://book.txt", "no such file or folder"),
        ("D:/book.txt", "did you mean 'file:D:/book.txt'?"),
        ("./a:b.txt", "did you mean 'file:./a:b.txt'?"),
        ("book.txt", "did you mean 'file:book.txt'?"),
        ("alice", "did you mean 'gutenberg:alice'?"),
        ("filee:book.txt", "did you mean 'file'?"),
        ("gutenberg:", "no book stands after the colon"),
        ("gutenberg: ,", "no book stands after the colon"),
        ("gutenberg:11,,84", "'11,,84' lacks a book beside a comma"),
        ("gutenberg:11,", "'11,' lacks a book beside a comma"),
    ],
)
def test_what_is_no_source_is_answered_with_what_was_meant(textgen, source, told):
    assert told in textgen("sources", "show", source).error_line(1 if "no such" in told else 2)


def test_a_file_whose_path_looks_like_an_address_is_read(textgen, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "https:").mkdir()
    (tmp_path / "https:" / "book.txt").write_text("read after all")
    assert textgen("sources", "text", "file:https://book.txt").out == "read after all"


@pytest.mark.parametrize(("pattern", "folder"), [("/letters/*.txt", "/letters"), ("/*/a.txt", "")])
def test_a_pattern_does_not_reach_into_an_archive_and_what_does_is_told(
    textgen, tmp_path, pattern, folder
):
    archive = tmp_path / "letters.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("letters/a.txt", "Dear Ann,")
    line = textgen("sources", "text", f"file:{archive}{pattern}").error_line(1)
    assert "patterns do not reach into archives" in line
    assert line.endswith(f"read: file:{archive}{folder}")
    assert textgen("sources", "text", line.rpartition("read: ")[2]).out == "Dear Ann,"
