"""Characters that deserve a look are found and named; those that a language needs are not odd."""

import pytest

from textgen.portrait.odd import are_mixed, name_of, quotation_marks
from textgen.portrait.portrait import portrait_of


def odd_in(text):
    return {odd.character.character: odd.kind for odd in portrait_of([text]).odd}


@pytest.mark.parametrize(
    ("character", "kind", "name"),
    [
        ("\x07", "control character", "<control-0007>"),
        ("\r", "control character", "<control-000D>"),
        ("\x85", "control character", "<control-0085>"),
        ("\ue000", "private use", "<private-use-E000>"),
        ("\u0378", "unassigned", "<unassigned-0378>"),
        ("\ufffd", "replacement character", "REPLACEMENT CHARACTER"),
        ("\u200b", "zero width", "ZERO WIDTH SPACE"),
        ("\u202e", "turns the direction", "RIGHT-TO-LEFT OVERRIDE"),
        ("\ufeff", "byte-order mark", "ZERO WIDTH NO-BREAK SPACE"),
        ("\uffff", "non-character", "<noncharacter-FFFF>"),
        ("\ufdd0", "non-character", "<noncharacter-FDD0>"),
        ("\udce9", "byte that is no UTF-8", "<byte-E9>"),
        ("\ud800", "lone surrogate", "<surrogate-D800>"),
        ("\ufb01", "ligature", "LATIN SMALL LIGATURE FI"),
        ("\xa0", "unusual space", "NO-BREAK SPACE"),
        ("\u2028", "unusual space", "LINE SEPARATOR"),
        ("\u0430", "another script", "CYRILLIC SMALL LETTER A"),
    ],
)
def test_each_kind_is_told_with_its_name_and_place(character, kind, name):
    (odd,) = portrait_of([f"a line of text\nand {character}nother\n"]).odd
    assert (odd.character.character, odd.kind) == (character, kind)
    assert (odd.character.count, odd.character.first_line) == (1, 2)
    assert name_of(character) == name


@pytest.mark.parametrize(
    "text",
    [
        "Straße, œuvre, 1º, 5 µm, ʻokina — “so” … 😀\n\ttab",
        "これは日本語のテキスト、カタカナとＡ",
        "мир и война, 12 № 3",
        "हिन्दी में लिखा",
    ],
)
def test_what_a_language_needs_is_not_odd(text):
    assert odd_in(text * 40) == {}


def test_a_script_is_odd_only_where_nearly_all_letters_are_of_another():
    assert odd_in("half и half: слово for word " * 20) == {}
    assert odd_in("words " * 100 + "сл") == {"с": "another script", "л": "another script"}


def test_look_alikes_are_named():
    """The Cyrillic о in a Latin word, which no reader sees."""
    twins = {odd.character.character: odd.looks_like for odd in portrait_of(["pоem ж" * 9]).odd}
    assert twins == {}
    twins = {it.character.character: it.looks_like for it in portrait_of(["word " * 99 + "ож"]).odd}
    assert twins == {"о": "o", "ж": None}


def test_straight_and_typographic_marks_side_by_side_are_mixed():
    def marks(text):
        return quotation_marks(portrait_of([text]).alphabet.characters)

    assert marks("“a” 'b'") == {"“": 1, "”": 1, "'": 2}
    assert not are_mixed(marks("“a” 'b'"))
    assert not are_mixed(marks('"a" it’s'))
    assert are_mixed(marks("it's, it’s"))
    assert are_mixed(marks('"a" «b»'))


@pytest.mark.parametrize("word", ["é", "à", "ü", "’", "“", "…", "\xa0", "«", "\ufeff", "мир"])
def test_utf8_read_as_windows_1252_is_recognised(word):
    read = "".join(
        bytes([byte]).decode("cp1252") if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else chr(byte)
        for byte in word.encode()
    )
    found = portrait_of(["one line\nand ", f"wrong: {read}\n"] * 3).mojibake
    assert (found.count, found.first_line) == (3, 2)
    assert (found.example, found.meant) == (read, word)


@pytest.mark.parametrize(
    "text", ["«CAFÉ»", "„Spaß“", "ÂGE MÛR", "CORAÇÃO", "«Ñ» ESPAÑOL", "façade"]
)
def test_what_languages_write_is_no_wrong_decoding(text):
    assert portrait_of([text]).mojibake is None
