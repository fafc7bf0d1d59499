"""What is kept of a download that broke off: gone on with only while it is what had come."""

import json
import os

import pytest

from textgen_plugins.sources.half_download import HalfDownload

URL = "https://example.org/book"
VERSION = '"one"'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "pg11.half"


@pytest.fixture
def kept(path):
    """The first 2,000 bytes of a download, in two pieces, which is still open."""
    half = HalfDownload(path)
    half.begin(URL, VERSION)
    half.add(b"a" * 1500)
    half.add(b"b" * 500)
    yield half
    half.close()


def loaded(path, url=URL):
    half = HalfDownload(path)
    half.load(url)
    return bytes(half.data), half.validator


def test_all_that_came_is_there_even_after_a_kill(path, kept):
    assert loaded(path) == (b"a" * 1500 + b"b" * 500, VERSION)


def test_it_grows_over_many_attempts(path, kept):
    for number in range(3):
        half = HalfDownload(path)
        half.load(URL)
        half.go_on()
        half.add(bytes([number]))
        half.close()
    assert loaded(path) == (b"a" * 1500 + b"b" * 500 + b"\0\1\2", VERSION)


@pytest.mark.parametrize("place", [-1, -1000, -2000])
def test_a_byte_that_somebody_changed_makes_it_no_beginning(path, kept, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert loaded(path) == (b"", "")


def test_a_half_that_was_cut_short_is_no_beginning(path, kept):
    path.write_bytes(path.read_bytes()[:-1])
    assert loaded(path) == (b"", "")


def test_what_came_after_the_line_was_last_written_is_left_out(path, kept):
    """As after a kill between the two; it is gone from the file too when that is gone on with."""
    with path.open("ab") as file:
        file.write(b"nobody vouches for this")
    half = HalfDownload(path)
    half.load(URL)
    assert bytes(half.data) == b"a" * 1500 + b"b" * 500
    half.go_on()
    half.add(b"c")
    half.close()
    assert loaded(path) == (b"a" * 1500 + b"b" * 500 + b"c", VERSION)


def test_one_without_a_checksum_is_no_beginning(path):
    path.parent.mkdir()
    path.write_bytes(json.dumps({"url": URL, "validator": VERSION}).encode() + b"\nabc")
    assert loaded(path) == (b"", "")


@pytest.mark.skipif(os.name == "nt", reason="has no such files")
def test_a_device_is_not_read_without_end(path):
    path.parent.mkdir()
    path.symlink_to("/dev/zero")
    assert loaded(path) == (b"", "")


def test_of_another_address_nothing_is_taken(path, kept):
    assert loaded(path, "https://example.org/other") == (b"", "")


def test_where_nothing_can_be_looked_at_or_kept_the_download_goes_on(tmp_path):
    half = HalfDownload(tmp_path / ("x" * 300))
    half.load(URL)
    half.begin(URL, VERSION)
    half.add(b"abc")
    assert bytes(half.data) == b"abc"
