"""Archives and packed files: what is in them is read, and nobody is fooled by one."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textgen import SourceError, sha256_of
from textgen_plugins.sources.file import open_corpus
from textgen_plugins.sources.options import FileOptions

BOMB = 40 * 2**20


def opened(locator, **options):
    return open_corpus(str(locator), FileOptions(**options))


def names(corpus):
    return [part.title for part in corpus.provenance.parts]


def zipped(members, **how):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data, **how)
    return kept.getvalue()


@pytest.fixture
def books(write):
    """An archive with two texts, a picture and a hidden file."""
    members = {
        "dir/b.txt": "beta\r\n",
        "a.txt": "caf\xe9\n".encode("cp1252"),
        "cover.png": b"\x89PNG",
        "__MACOSX/._a.txt": b"\0",
        "dir/": b"",
    }
    return write(zipped(members), "books.zip")


@pytest.mark.parametrize(
    ("ending", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)]
)
def test_a_packed_file_is_unpacked(write, tmp_path, ending, pack):
    path = write(pack("café\r\n".encode()), f"book.txt.{ending}")
    corpus = opened(path)
    assert corpus.text() == "café\n"
    assert corpus.provenance.title == f"book.txt.{ending}"
    assert corpus.provenance.sha256_received == sha256_of("café\r\n".encode())
    assert names(opened(tmp_path / f"*.{ending}")) == [f"book.txt.{ending}"]


def test_archives_in_a_folder_are_told_and_left_packed(books, write, tmp_path):
    write(gzip.compress(b"packed"), "c.txt.gz")
    write("plain", "d.txt")
    for locator in (tmp_path, tmp_path / "*"):
        corpus = opened(locator)
        assert corpus.text() == "plain"
        (note,) = corpus.provenance.notes
        assert note.startswith("2 skipped as no text: books.zip (a zip archive")


def test_all_texts_of_an_archive_are_read_in_order(books):
    corpus = opened(books)
    assert corpus.text() == "café\n\n\nbeta\n"
    assert names(corpus) == ["a.txt", "dir/b.txt"]
    assert corpus.provenance.title == "books.zip (2 documents)"
    assert corpus.provenance.notes == (
        "1 skipped as hidden: __MACOSX/._a.txt",
        "1 skipped as no text: cover.png (a PNG image)",
        "a.txt: the text is not utf-8; it was read as windows-1252, which is a guess",
    )


def test_a_member_is_named_by_its_path_behind_that_of_the_archive(books, failure):
    corpus = opened(f"{books}/dir/b.txt")
    assert corpus.text() == "beta\n"
    assert corpus.provenance.locator == f"file:{books}/dir/b.txt"
    assert corpus.provenance.title == "b.txt"
    assert names(opened(f"{books}/dir")) == ["b.txt"]
    assert "did you mean 'dir/b.txt'?" in failure(f"{books}/dir/c.txt")
    assert "what came is a PNG image" in failure(f"{books}/cover.png")


@pytest.mark.parametrize("written", ["!a.txt", "!/a.txt", ":a.txt", "#a.txt", "!//a.txt"])
def test_a_member_that_is_written_as_elsewhere_is_told_how_it_is_written_here(
    books, failure, written
):
    assert failure(f"{books}{written}") == (
        f"file:{books}{written}: no such file or folder; a member of an archive stands behind a "
        f"slash: file:{books}/a.txt"
    )
    assert "slash" not in failure(f"{books}x{written}")


def test_archives_that_match_a_pattern_give_all_their_texts(books, tmp_path):
    assert names(opened(tmp_path / "*.zip")) == ["books.zip/a.txt", "books.zip/dir/b.txt"]


def test_a_folder_that_is_called_like_an_archive_is_a_folder(write, tmp_path):
    write("real", "books.zip/a.txt")
    assert opened(tmp_path / "books.zip").text() == "real"
    assert opened(tmp_path / "books.zip" / "a.txt").text() == "real"


def test_an_archive_of_many_members_is_read_in_one_go(write, monkeypatch):
    path = write(zipped({f"{number:03}": f"{number}\n" for number in range(300)}), "many.zip")
    directories = []
    read = zipfile.ZipFile._RealGetContents

    def counted(archive):
        directories.append(archive)
        read(archive)

    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", counted)
    corpus = opened(path, separator="")
    assert corpus.text() == "".join(f"{number}\n" for number in range(300))
    assert len(directories) == 1


def test_links_in_an_archive_are_not_followed(write):
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = write(zipped({link: "/etc/passwd", "a.txt": "text"}), "links.zip")
    assert opened(path).text() == "text"


@pytest.mark.parametrize("cut", [1, 8, 20])
def test_a_packed_file_cut_short_is_refused(write, failure, cut):
    path = write(gzip.compress(b"text" * 100)[:-cut], "book.gz")
    assert f"file:{path}: the archive cannot be unpacked" in failure(path)


def test_what_is_no_archive_is_refused_by_name(write, failure):
    for name in ("a.gz", "a.bz2", "a.xz", "a.zip"):
        path = write("plain text", name)
        assert f"file:{path}: the archive cannot be unpacked" in failure(path)


def test_an_archive_without_permission_is_no_damaged_one(books, failure, monkeypatch):
    def deny(*_, **__):
        raise PermissionError(13, "Permission denied")

    # Permissions do not bind an administrator, who may run this test too.
    monkeypatch.setattr(zipfile, "ZipFile", deny)
    assert failure(books).startswith(f"file:{books}: you may not read it.")


def test_a_damaged_member_is_named(write, failure):
    data = bytearray(zipped({"a.txt": bytes(range(32, 127)) * 5, "b.txt": "good"}))
    data[60] ^= 0xFF
    path = write(bytes(data), "books.zip")
    assert f"file:{path}/a.txt: the archive cannot be unpacked" in failure(path)
    assert opened(f"{path}/b.txt").text() == "good"


def test_an_encrypted_member_is_named(write, failure):
    data = bytearray(zipped({"a.txt": "secret"}))
    data[6] |= 1  # in the member's own header, and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path = write(bytes(data), "books.zip")
    assert f"file:{path}/a.txt: the member is encrypted" in failure(path)


def test_a_directory_that_lists_a_path_twice_is_refused(write, failure):
    data = zipped({"a.txt": "one", "b.txt": "two"}).replace(b"b.txt", b"a.txt")
    assert "2 members are called 'a.txt'" in failure(write(data, "twice.zip"))


def test_members_that_overlap_are_refused(write, failure):
    data = bytearray(zipped({"a.txt": "text"}))
    packed_size = data.index(b"PK\x01\x02") + 20
    data[packed_size : packed_size + 4] = b"\xff\xff\0\0"
    assert "its members overlap" in failure(write(bytes(data), "overlap.zip"))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_bomb_is_told_and_not_unpacked_to_its_end(write, failure, pack):
    ending = {gzip.compress: "gz", bz2.compress: "bz2", lzma.compress: "xz"}[pack]
    path = write(pack(b"a" * BOMB), f"bomb.{ending}")
    message = failure(path)
    assert f"file:{path}: " in message
    assert "packed bytes unpack to more than 16,777,216" in message


def test_a_bomb_in_an_archive_is_named(write, failure):
    path = write(zipped({"a.txt": "text", "bomb.txt": b"a" * BOMB}), "bomb.zip")
    assert f"file:{path}/bomb.txt: " in failure(path)
    assert opened(f"{path}/a.txt").text() == "text"


def test_text_that_packs_well_is_no_bomb(write):
    text = b"".join(
        b"%d bottles of beer on the wall\n" % (number % 99) for number in range(600_000)
    )
    path = write(gzip.compress(text), "beer.gz")
    assert sum(map(len, opened(path))) == len(text)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    place=st.integers(0, 400), byte=st.integers(0, 255), ending=st.sampled_from(["gz", "zip", "xz"])
)
def test_a_changed_byte_gives_a_text_or_a_clear_error(write, place, byte, ending):
    whole = {
        "gz": gzip.compress(b"some text\n" * 9, mtime=0),
        "xz": lzma.compress(b"some text\n" * 9),
        "zip": zipped({"a": b"some text\n" * 9, "b/c": b"more"}),
    }[ending]
    data = bytearray(whole)
    data[place % len(data)] = byte
    try:
        text = opened(write(bytes(data), f"any.{ending}")).text()
    except SourceError:
        return
    assert "text" in text or "more" in text
