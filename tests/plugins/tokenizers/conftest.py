"""The built-in tokenizers, made and taught in one line."""

import pytest

from textgen import Corpus
from textgen_plugins.tokenizers.bpe import BPETokenizer
from textgen_plugins.tokenizers.byte import ByteTokenizer
from textgen_plugins.tokenizers.char import CharTokenizer
from textgen_plugins.tokenizers.options import BPEOptions, ByteOptions, CharOptions, WordOptions
from textgen_plugins.tokenizers.word import WordTokenizer

KINDS = {
    "byte": (ByteTokenizer, ByteOptions),
    "char": (CharTokenizer, CharOptions),
    "word": (WordTokenizer, WordOptions),
    "bpe": (BPETokenizer, BPEOptions),
}


@pytest.fixture(scope="session")
def made():
    """Make a tokenizer by name that has learned nothing: ``made("char", lowercase=True)``."""

    def make(name, **options):
        tokenizer, its_options = KINDS[name]
        return tokenizer(its_options(**options))

    return make


@pytest.fixture(scope="session")
def learned(made):
    """Make one that has learned a text, as a corpus cuts it: ``learned("char", "a text")``."""

    def learn(name, text, **options):
        tokenizer = made(name, **options)
        tokenizer.learn(Corpus([text], provenance=None))
        return tokenizer

    return learn
