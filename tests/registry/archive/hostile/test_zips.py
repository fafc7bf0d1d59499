"""Zip files that no export makes are refused, whatever their members say."""

from __future__ import annotations

import io
import stat
import struct
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from textgen_registry.archive import Archive

ID = "1k0z76b04hdz36h3"


def test_the_archive_that_the_others_are_made_of_is_good(good, members_of, packed):
    for data in (good, packed(members_of(good))):
        Archive(io.BytesIO(data), "good.zip")


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../outside",
        "objects/sha256/../../../outside",
        "C:\\outside",
        "C:/outside",
        "runs\\x\\run.json",
        "objects/",
        f"runs/{ID}/",
        f"runs/{ID}/run.json/../run.json",
        f"RUNS/{ID}/run.json",
        f"runs/{ID.upper()}/run.json",
        "Manifest.json",
        "README",
        "objects/sha256/ab/" + "A" * 64,
        "objects/sha256/ab/" + "cd" * 32,
        "runs/not-an-id/run.json",
        "a\nb\x1b[31m",
        "x" * 5000,
        "runs/1k0z76b04hdz36h３/run.json",
        "manifest.json\x00",
    ],
)
def test_a_member_that_no_archive_has_is_refused(good, name, members_of, zipped, refusal_of):
    data = zipped({**members_of(good), name.replace("\x00", "?"): b"data"})
    data = data.replace(b"manifest.json?", b"manifest.json\x00")
    assert "is none that an archive of runs has" in refusal_of(data)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFCHR, stat.S_IFIFO])
def test_a_member_that_is_no_file_is_refused(good, kind, members_of, zipped, refusal_of):
    data = zipped(members_of(good), create_system=3, external_attr=(kind | 0o777) << 16)
    assert "is not a file" in refusal_of(data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(good, members_of, refusal_of):
    members = members_of(good)
    file = io.BytesIO(good)
    with ZipFile(file, "a") as archive:
        archive.writestr(ZipInfo(next(iter(members))), b"{}")
    assert "it has two members runs/" in refusal_of(file.getvalue())


def test_a_compression_bomb_is_refused_unread(good, members_of, zipped, refusal_of):
    bomb = {**members_of(good), f"runs/{ID}/run.json": b" " * (50 << 20)}
    data = zipped(bomb, compress_type=ZIP_DEFLATED)
    assert len(data) < 1 << 20
    assert "is compressed" in refusal_of(data)


def test_members_that_lie_over_each_other_are_refused(good, members_of, refusal_of):
    """Every entry of the directory leads to the same large member: small, and yet a bomb."""
    blob = b"x" * 100_000
    names = [f"runs/{ID[:-2]}{a}{b}/run.json" for a in "abcdefgh" for b in "abcdefgh"]
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr(ZipInfo(names[0]), blob)
        archive.writestr(ZipInfo("manifest.json"), members_of(good)["manifest.json"])
        first = archive.infolist()[0]
        for name in names[1:]:
            again = ZipInfo(name)
            for field in ("header_offset", "file_size", "compress_size", "CRC"):
                setattr(again, field, getattr(first, field))
            archive.filelist.append(again)
    assert "larger than the archive itself" in refusal_of(file.getvalue())


def test_an_encrypted_member_is_refused(good, refusal_of):
    data = bytearray(good)
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    assert "is encrypted" in refusal_of(bytes(data))


@pytest.mark.parametrize(
    ("size", "told"), [(2**32 - 2, "larger than"), (3, "has not the size|is compressed")]
)
def test_a_size_that_is_not_so_is_refused(good, size, told, refusal_of):
    data = bytearray(good)
    place = data.index(b"PK\x01\x02")
    data[place + 20 : place + 28] = struct.pack("<LL", size, size)
    message = refusal_of(bytes(data))
    assert any(words in message for words in told.split("|"))


def test_what_is_no_zip_file_is_refused(refusal_of):
    for data in (b"", b"PK\x05\x06", b"my shopping list\n" * 100, bytes(22)):
        assert "no zip file" in refusal_of(data)


def test_another_zip_file_is_refused(zipped, refusal_of):
    assert "it has no manifest.json" in refusal_of(zipped({}))
