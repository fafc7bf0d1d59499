"""The speed of the tokenizers on a megabyte of characters, about as much as a corpus hands out.

Run by `make bench`. The benchmarks of one group do the same work, to be read as ratios: `char`
should stay ten times ahead of a plain dictionary. The megabytes of UTF-8 a second that are printed
beside are those of one core. The text is made for the purpose, with as many frequent and rare words
as a book and typographic quotes; a second one is the same in Cyrillic letters.
"""

from __future__ import annotations

import random

import pytest

from textgen_plugins.tokenizers.bpe import BPETokenizer
from textgen_plugins.tokenizers.byte import ByteTokenizer
from textgen_plugins.tokenizers.char import CharTokenizer
from textgen_plugins.tokenizers.options import BPEOptions, ByteOptions, CharOptions, WordOptions
from textgen_plugins.tokenizers.word import WordTokenizer

CHARACTERS = 1_000_000
LANGUAGES = ["English", "Cyrillic"]
TOKENIZERS = {
    "char": lambda: CharTokenizer(CharOptions()),
    "char, NFC": lambda: CharTokenizer(CharOptions(normalization="NFC")),
    "byte": lambda: ByteTokenizer(ByteOptions()),
    "word": lambda: WordTokenizer(WordOptions()),
    "bpe": lambda: BPETokenizer(BPEOptions()),
}


def english(numbers):
    """Return lines whose words come as often as in books: few often, many rarely."""
    words = ["".join(numbers.choices("etaoinshrdlu", k=numbers.randint(2, 9))) for _ in range(9000)]
    frequent = [1 / rank for rank in range(1, len(words) + 1)]
    drawn = numbers.choices(words, frequent, k=CHARACTERS // 4)
    lines = (" ".join(drawn[at : at + 12]) for at in range(0, len(drawn), 12))
    return "\n".join(f"“{line.capitalize()},” she said." for line in lines)[:CHARACTERS]


def cyrillic(text):
    return text.translate({code: code - ord("a") + ord("а") for code in range(97, 123)})


@pytest.fixture(scope="module")
def texts():
    text = english(random.Random(1))
    return {"English": text, "Cyrillic": cyrillic(text)}


def measure(benchmark, work, text):
    benchmark.pedantic(work, args=[text], rounds=5, warmup_rounds=1)
    rate = len(text.encode()) / 1e6 / benchmark.stats.stats.min
    benchmark.extra_info["MB_s"] = round(rate)
    print(f"{benchmark.name}: {rate:,.0f} MB/s")


@pytest.mark.parametrize("language", LANGUAGES)
class TestEncoding:
    @pytest.fixture(autouse=True)
    def _group(self, benchmark, language):
        benchmark.group = f"encoding a million characters, {language}"

    @pytest.mark.parametrize("name", TOKENIZERS)
    def test_textgen(self, benchmark, texts, language, name):
        tokenizer = TOKENIZERS[name]()
        tokenizer.learn([texts[language]])
        measure(benchmark, tokenizer.encode, texts[language])

    def test_plain_dictionary(self, benchmark, texts, language):
        letters = sorted(set(texts[language]))
        ids = {letter: number for number, letter in enumerate(letters)}
        measure(benchmark, lambda text: [ids[letter] for letter in text], texts[language])


@pytest.mark.parametrize("language", LANGUAGES)
class TestLearning:
    @pytest.fixture(autouse=True)
    def _group(self, benchmark, language):
        benchmark.group = f"learning a million characters, {language}"

    @pytest.mark.parametrize("name", [name for name in TOKENIZERS if name != "byte"])
    def test_textgen(self, benchmark, texts, language, name):
        measure(benchmark, lambda text: TOKENIZERS[name]().learn([text]), texts[language])

    def test_plain_set(self, benchmark, texts, language):
        measure(benchmark, lambda text: sorted(set(text)), texts[language])
