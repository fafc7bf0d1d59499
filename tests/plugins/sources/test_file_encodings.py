"""How bytes become text: what is certain is read, what is likely is told, the rest is refused."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textgen import SourceError, sha256_of
from textgen_plugins.sources import file_bytes
from textgen_plugins.sources.file import open_corpus
from textgen_plugins.sources.options import FileOptions

GUESSED = "the text is not utf-8; it was read as windows-1252, which is a guess"
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-7", "gb18030"]
FRENCH = "« Où est l’été ? » dit-elle — à cœur ouvert…\r\nNoël, garçon.\r\n"


def opened(locator, **options):
    return open_corpus(str(locator), FileOptions(**options))


@pytest.mark.parametrize(
    ("data", "text", "notes"),
    [
        (FRENCH.encode("utf-8"), FRENCH, ()),
        (FRENCH.encode("utf-16"), FRENCH, ()),
        (codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"), FRENCH, ()),
        (FRENCH.encode("utf-32"), FRENCH, ()),
        (codecs.BOM_UTF32_BE + FRENCH.encode("utf-32-be"), FRENCH, ()),
        (FRENCH.encode("windows-1252"), FRENCH, (GUESSED,)),
    ],
)
def test_a_mark_is_believed_then_utf_8_then_a_guess_is_told(write, data, text, notes):
    corpus = opened(write(data))
    assert corpus.text() == text.replace("\r\n", "\n")
    assert corpus.provenance.notes == notes
    assert corpus.provenance.sha256_received == sha256_of(data)
    assert corpus.provenance.sha256_text == sha256_of(corpus.text().encode())


def test_a_mark_of_utf_8_stays_unless_asked_and_is_told(write):
    path = write("\ufefftext")
    corpus = opened(path)
    assert corpus.text() == "\ufefftext"
    assert "--set source.encoding=utf-8-sig leaves it out" in corpus.provenance.notes[0]
    corpus = opened(path, encoding="utf-8-sig")
    assert (corpus.text(), corpus.provenance.notes) == ("text", ())


@pytest.mark.parametrize(
    "text",
    ["Spaß“, sagte er", "le café »", "le café\xa0», dit-il", "DAS IST GROẞ".lower(), "CAFÉ”"],
)
def test_words_that_end_with_a_quote_are_no_utf_8(write, text):
    data = f"Les œuvres: {text}.".encode("cp1252")
    assert opened(write(data)).text() == data.decode("cp1252")


@pytest.mark.parametrize("pair", [("é ".encode(), b"\xe9 "), (b"\xe9 ", "’s ".encode())])
@pytest.mark.parametrize("size", [1, 3, 2**20])
def test_two_encodings_in_one_file_are_refused_by_their_bytes(
    write, failure, monkeypatch, pair, size
):
    monkeypatch.setattr(file_bytes, "BLOCK_BYTES", size)
    path = write(b"0123456789" + pair[0] + pair[1])
    wrong = 10 if pair[0][0] == 0xE9 else 10 + len(pair[0])
    right = 10 if pair[0][0] != 0xE9 else 10 + len(pair[0])
    message = failure(path)
    assert f"byte {wrong} is not utf-8, but a character of utf-8 is at byte {right}" in message
    assert "two encodings in one file" in message


def test_neither_utf_8_nor_windows_1252_names_both_bytes(write, failure):
    message = failure(write(b"\xe9t\xe9\r\n\x81"))
    assert "neither utf-8 (byte 0) nor windows-1252 (byte 5)" in message


def test_control_characters_speak_against_a_guess(write, failure):
    assert "a control character at byte 4" in failure(write(b"\xe9t\xe9\n\x1a"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_text_without_a_mark_is_refused_with_what_to_say(write, failure, encoding):
    path = write("Plain English text.\n".encode(encoding))
    assert f"--set source.encoding={encoding}" in failure(path)
    assert opened(path, encoding=encoding).text() == "Plain English text.\n"


def test_a_declared_encoding_that_a_mark_contradicts_is_refused(write, failure):
    message = failure(write("wide".encode("utf-16")), encoding="windows-1252")
    assert "its byte-order mark is that of utf-16" in message


def test_a_declared_encoding_is_not_guessed_about(write, failure):
    path = write("été".encode("cp1252"))
    assert "not utf-8 at byte 0" in failure(path, encoding="utf-8")
    assert opened(path, encoding="cp437").text() == "été".encode("cp1252").decode("cp437")


@pytest.mark.parametrize("place", [0, 5000, 2**20 - 1, 2**20, 3 * 2**20])
def test_the_byte_that_does_not_fit_is_named_wherever_it_is(write, failure, place):
    path = write(b"a" * place + b"\xff")
    assert f"not utf-8 at byte {place}," in failure(path, encoding="utf-8")
    path = write(b"a" * place + b"\0")
    assert f"a NUL byte at byte {place})" in failure(path, encoding="utf-8")


def test_a_web_page_is_refused_unless_its_name_says_that_it_is_one(write, failure):
    page = "<!doctype html>\n<html><body>403</body></html>\n"
    assert "what came is an HTML page" in failure(write(page, "book.txt"))
    corpus = opened(write(page, "page.html"))
    assert corpus.text() == page
    assert corpus.provenance.warnings == ("it is an HTML page: its tags are part of the text",)


@pytest.mark.parametrize("encoding", [*ENCODINGS, "auto"])
@pytest.mark.parametrize("size", range(1, 9))
def test_no_border_between_blocks_shows(write, monkeypatch, encoding, size):
    text = "\r\nab\r\r\n\ré€😀\r"
    data = text.encode("utf-8" if encoding == "auto" else encoding)
    path = write(data)
    whole = opened(path, encoding=encoding)
    monkeypatch.setattr(file_bytes, "BLOCK_BYTES", size)
    cut = opened(path, encoding=encoding)
    assert cut.text() == whole.text() == "\nab\n\n\né€😀\n"
    assert cut.provenance == whole.provenance


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(st.characters(exclude_characters="\r\0\ufeff", exclude_categories=["Cs"])),
    encoding=st.sampled_from(ENCODINGS),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    size=st.integers(1, 50),
)
def test_any_text_in_any_encoding_comes_back(write, text, encoding, line_end, size):
    data = f"x{text}".replace("\n", line_end).encode(encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_bytes, "BLOCK_BYTES", size)
        corpus = opened(write(data), encoding=encoding)
        assert corpus.text() == f"x{text}"
    assert corpus.provenance.sha256_received == sha256_of(data)
    assert corpus.provenance.sha256_text == sha256_of(f"x{text}".encode())


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=60), size=st.sampled_from([1, 7, 2**20]))
def test_what_is_found_out_of_any_bytes_does_not_depend_on_blocks(write, data, size):
    def outcome():
        try:
            corpus = opened(write(data))
        except SourceError:
            return "refused"
        return corpus.text(), corpus.provenance.notes

    whole = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_bytes, "BLOCK_BYTES", size)
        assert outcome() == whole


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_alone_is_no_text(write, failure, encoding):
    path = write("".encode(encoding))
    assert "the file is empty; a corpus needs text" in failure(path, encoding=encoding)


@pytest.mark.parametrize("half", [b"\xef", b"\xef\xbb"])
def test_half_a_byte_order_mark_is_no_utf_8(write, failure, half):
    assert "not utf-8-sig at byte 0" in failure(write(half), encoding="utf-8-sig")


@pytest.mark.parametrize("encoding", ["utf-16", "U16", "U32"])
def test_a_book_in_wide_characters_is_read_by_any_name_of_its_encoding(
    write, book, book_text, encoding
):
    path = write(book.decode().encode(encoding))
    assert opened(path, strip="gutenberg", encoding=encoding).text() == book_text
