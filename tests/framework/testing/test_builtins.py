"""The built-in parts keep the contract, as their authors would see it: one test per rule."""

import pytest

BOOK = (
    "Title: A Small Book\n\n*** START OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***\n\n"
    "A SMALL BOOK\n\nIt was all said in one line.\n\n"
    "*** END OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***\n"
)


@pytest.fixture(autouse=True)
def _mirror(tmp_path, monkeypatch):
    """A folder laid out like a mirror of Project Gutenberg, with book 11 in it."""
    path = tmp_path / "mirror" / "cache" / "epub" / "11" / "pg11.txt"
    path.parent.mkdir(parents=True)
    path.write_text(BOOK, encoding="utf-8")
    monkeypatch.setenv("TEXTGEN_GUTENBERG_MIRRORS", str(tmp_path / "mirror"))


@pytest.mark.textgen_part("source", "gutenberg")
def test_gutenberg(conformance):
    conformance()


@pytest.mark.textgen_part("source", "file", locator=__file__)
def test_file(conformance):
    conformance()


@pytest.mark.textgen_part("source", "pydoc")
def test_pydoc(conformance):
    conformance()


@pytest.mark.textgen_part("tokenizer", "char")
def test_char(conformance):
    conformance()


@pytest.mark.textgen_part("tokenizer", "byte")
def test_byte(conformance):
    conformance()


@pytest.mark.textgen_part("tokenizer", "word")
def test_word(conformance):
    conformance()


@pytest.mark.textgen_part("tokenizer", "word", min_count=1)
def test_word_of_all_words(conformance):
    conformance()


@pytest.mark.textgen_part("tokenizer", "bpe")
def test_bpe(conformance):
    conformance()


@pytest.mark.textgen_part("tokenizer", "bpe", vocab_size=300, min_count=1)
def test_bpe_of_few_tokens(conformance):
    conformance()


@pytest.mark.textgen_part("model", "lstm-single")
def test_lstm_single(conformance):
    conformance()


@pytest.mark.textgen_part("model", "lstm-single", input="scalar", hidden_size=16)
def test_lstm_of_scalars(conformance):
    conformance()


@pytest.mark.textgen_part("model", "lstm-stacked", input="one-hot", hidden_size=16, num_layers=3)
def test_lstm_stacked(conformance):
    conformance()


@pytest.mark.textgen_part("sampler", "stateful")
def test_stateful(conformance):
    conformance()


@pytest.mark.textgen_part("sampler", "stateful", temperature=1.3, top_k=3, top_p=0.9)
def test_stateful_with_cut_offs(conformance):
    conformance()


@pytest.mark.textgen_part("sampler", "sliding-window", window=7)
def test_sliding_window(conformance):
    conformance()
