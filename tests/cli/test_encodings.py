"""Text that the terminal's encoding lacks is escaped: nobody loses a run for want of an é."""

import pytest

ASCII = {"PYTHONIOENCODING": "ascii"}
LANG_C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture(scope="module")
def french(tmp_path_factory):
    """A text in which every other word has a character that ASCII lacks."""
    path = tmp_path_factory.mktemp("texts") / "french.txt"
    path.write_text("été, épée, hélice 😀. " * 80, encoding="utf-8")
    return path


def test_a_run_shows_its_sample_where_the_encoding_lacks_its_characters(
    program, french, tiny_words
):
    words = ["--source", f"file:{french}", *tiny_words, "--epochs", 1, "--prompt", "é"]
    done = program("run", *words, **ASCII)
    assert done.code == 0, done
    assert done.out.startswith(r"\xe9")
    assert "more text with" in done.err


@pytest.mark.parametrize("encoding", [ASCII, LANG_C], ids=["ascii", "LANG=C"])
def test_a_text_is_printed_with_escapes(program, french, encoding):
    done = program("sources", "text", f"file:{french}", **encoding)
    assert done.code == 0, done
    assert done.out.startswith(r"\xe9t\xe9, \xe9p\xe9e, h\xe9lice \U0001f600. ")


@pytest.mark.parametrize("encoding", [ASCII, LANG_C], ids=["ascii", "LANG=C"])
def test_a_json_document_stays_json(program, encoding):
    """JSON has escapes of its own; Python's would make the document unreadable."""
    (char,) = program("plugins", "show", "char", "--json", **encoding).json
    defaults = {option["name"]: option["default"] for option in char["options"]}
    assert defaults["replacement"] == "\N{REPLACEMENT CHARACTER}"


def test_a_message_is_told_with_escapes(program):
    line = program("plugins", "show", "Ω", PYTHONIOENCODING="latin-1:strict").error_line(2)
    assert r"'\u03a9'" in line


def test_tables_and_curves_keep_their_shape(program, trained):
    words = ["runs", "compare", "plain", "wider", "--plot", "--registry", trained]
    unicode, plain = (program(*words, **more).out.splitlines() for more in ({}, LANG_C))
    drawn = slice(0, next(at for at, line in enumerate(unicode) if line.startswith("plain ")))
    assert "\\u" not in "\n".join(plain[drawn])
    assert list(map(len, plain[drawn])) == list(map(len, unicode[drawn]))
