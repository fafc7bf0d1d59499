"""Token ids of a corpus: the same from memory and from disk, kept once, never wrong."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textgen import DocumentStart, corpus_from_chunks
from textgen.data import tokens as module
from textgen.data.batches import StreamBatches, WindowBatches
from textgen.data.token_cache import TokenCache
from textgen.data.tokens import Encoding, count_characters, tokenize
from textgen.errors import CorpusError, TokenizerError


class Letters:
    """The smallest tokenizer: code points minus 97; counts how often it is asked."""

    vocab_size = 26

    def __init__(self):
        self.learned = self.encoded = 0

    def learn(self, chunks):
        self.learned += len("".join(chunks))

    def encode(self, text):
        assert type(text) is str
        self.encoded += len(text)
        return np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64) - 97

    def decode(self, ids):
        return "".join(chr(97 + number) for number in ids)

    def state(self):
        return {"learned": self.learned}

    def load_state(self, state):
        self.learned = state["learned"]


def corpus_of(*chunks):
    return corpus_from_chunks(
        list(chunks), locator="x:y", title="t", origin="o", sha256_received="0"
    )


@pytest.fixture
def cache(tmp_path):
    return TokenCache(tmp_path / "tokens")


@pytest.fixture
def everything_is_kept(monkeypatch):
    monkeypatch.setattr(module, "_WORTH_KEEPING", 1)


def read(corpus, cache, tokenizer=None, **identity):
    tokenizer = tokenizer or Letters()
    return tokenizer, tokenize(corpus, Encoding(tokenizer, True, identity), cache)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(
        st.tuples(st.booleans(), st.text("abcxyz", max_size=5)), min_size=1, max_size=12
    )
)
def test_ids_and_borders_are_those_of_the_text_in_memory_and_on_disk(pieces, tmp_path):
    chunks = [DocumentStart(text) if begins else text for begins, text in pieces]
    text = "".join(chunks)
    if not text:
        return
    places = {
        len("".join(chunks[:number]))
        for number, chunk in enumerate(chunks)
        if isinstance(chunk, DocumentStart)
    }
    borders = sorted({0, *places} - {len(text)})
    for least in (1, 1 << 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_WORTH_KEEPING", least)
            _, tokens = read(corpus_of(*chunks), TokenCache(tmp_path / "tokens"))
        assert tokens.ids.tolist() == [ord(letter) - 97 for letter in text]
        assert tokens.ids.dtype == np.uint8
        assert tokens.documents.tolist() == borders
        assert (tokens.mapping is not None) == (least == 1)


@pytest.mark.usefixtures("everything_is_kept")
def test_a_second_run_neither_learns_nor_encodes_again(cache, monkeypatch):
    monkeypatch.setattr("textgen.corpus._PIECE", 100)
    corpus = corpus_of("abc", "def" * 1000)
    _, first = read(corpus, cache)
    tokenizer, second = read(corpus, cache)
    assert tokenizer.encoded == 99  # the first piece, to see that it still gives these ids
    assert tokenizer.learned == 3003  # taken over
    assert np.array_equal(first.ids, second.ids)


@pytest.mark.usefixtures("everything_is_kept")
def test_another_text_or_tokenizer_or_option_has_ids_of_its_own(cache):
    for corpus, identity in [("abc", 1), ("abd", 1), ("abc", 2)]:
        tokenizer, _ = read(corpus_of(corpus), cache, version=identity)
        assert tokenizer.encoded == 3


@pytest.mark.usefixtures("everything_is_kept")
def test_a_tokenizer_whose_code_has_changed_encodes_anew(cache):
    class Backwards(Letters):
        def encode(self, text):
            return 25 - super().encode(text)

    read(corpus_of("abc"), cache)
    _, tokens = read(corpus_of("abc"), cache, Backwards())
    assert tokens.ids.tolist() == [25, 24, 23]
    assert read(corpus_of("abc"), cache, Backwards())[1].ids.tolist() == [25, 24, 23]


def damage_cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def damage_changed(path):
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def damage_gone(path):
    path.unlink()


@pytest.mark.usefixtures("everything_is_kept")
@pytest.mark.parametrize("damage", [damage_cut, damage_changed, damage_gone])
@pytest.mark.parametrize("name", ["ids.bin", "documents.bin", "index.json"])
def test_a_damaged_entry_is_made_anew(cache, damage, name):
    corpus = corpus_of(DocumentStart("abc"), DocumentStart("xyz"))
    read(corpus, cache)
    for path in cache.folder.glob(f"*/{name}"):
        damage(path)
    for _ in range(2):
        _, tokens = read(corpus, cache)
        assert tokens.ids.tolist() == [0, 1, 2, 23, 24, 25]
        assert tokens.documents.tolist() == [0, 3]


@pytest.mark.usefixtures("everything_is_kept")
def test_an_index_of_something_else_is_no_index(cache):
    read(corpus_of("abc"), cache)
    for path in cache.folder.glob("*/index.json"):
        path.write_text(json.dumps(["no", "index"]))
    assert read(corpus_of("abc"), cache)[1].ids.tolist() == [0, 1, 2]


@pytest.mark.usefixtures("everything_is_kept")
def test_where_the_cache_cannot_be_made_a_run_goes_on_without(tmp_path):
    (tmp_path / "tokens").write_text("a file where the folder should be")
    cache = TokenCache(tmp_path / "tokens")
    assert read(corpus_of("abc"), cache)[1].ids.tolist() == [0, 1, 2]


@pytest.mark.parametrize("least", [1, 1 << 20])
def test_a_text_that_changes_while_it_is_read_is_refused(cache, monkeypatch, least):
    monkeypatch.setattr(module, "_WORTH_KEEPING", least)
    chunks = ["abc"]
    corpus = corpus_from_chunks(chunks, locator="x:y", title="t", origin="o", sha256_received="0")
    chunks.append("d")
    with pytest.raises(CorpusError, match="x:y gave another text"):
        read(corpus, cache)
    assert not list(cache.folder.glob("*/*"))


@pytest.mark.parametrize("least", [1, 1 << 20])
def test_what_was_learned_from_another_text_is_not_used(cache, monkeypatch, least):
    """The text is itself again when it is encoded, or in the next run."""
    monkeypatch.setattr(module, "_WORTH_KEEPING", least)
    chunks = ["abc"]
    corpus = corpus_from_chunks(chunks, locator="x:y", title="t", origin="o", sha256_received="0")
    chunks[0] = "abd"
    with pytest.raises(CorpusError, match="x:y gave another text"):
        read(corpus, cache)
    chunks[0] = "abc"
    tokenizer, _ = read(corpus, cache)
    assert tokenizer.learned == 3


@pytest.mark.parametrize("least", [1, 1 << 20])
@pytest.mark.parametrize("chunks", [[], [""]])
def test_an_empty_corpus_is_refused(cache, monkeypatch, chunks, least):
    monkeypatch.setattr(module, "_WORTH_KEEPING", least)
    with pytest.raises(CorpusError, match="empty"):
        read(corpus_of(*chunks), cache)


def test_clearing_takes_nothing_from_those_who_read(cache, everything_is_kept):
    _, tokens = read(corpus_of("abc"), cache)
    assert cache.size() > 3
    cache.clear()
    cache.clear()
    assert tokens.ids.tolist() == [0, 1, 2]
    assert cache.size() == 0


def test_clearing_takes_nothing_from_those_who_write(cache, everything_is_kept):
    corpus = corpus_of("abc", "xyz")

    class Cleared(Letters):
        def encode(self, text):
            cache.clear()
            return super().encode(text)

    _, tokens = read(corpus, cache, Cleared())
    assert tokens.ids.tolist() == [0, 1, 2, 23, 24, 25]
    assert cache.size() == 0
    assert read(corpus, cache)[0].learned == 6


def test_what_a_clearing_that_was_killed_left_is_cleared_too(cache, everything_is_kept):
    read(corpus_of("abc"), cache)
    (entry,) = cache.folder.glob("ids-*")
    entry.rename(cache.folder / ".0123abcd.gone")
    assert cache.size() > 3
    cache.clear()
    assert not list(cache.folder.iterdir())


@pytest.mark.parametrize("least", [1, 1 << 20])
def test_documents_that_begin_elsewhere_than_their_source_says_are_refused(
    cache, monkeypatch, least
):
    """Ids are kept by what it says: another division of the same text would be taken for it."""
    monkeypatch.setattr(module, "_WORTH_KEEPING", least)
    corpus = corpus_of(DocumentStart("abc"), DocumentStart("xyz"))
    silent = dataclasses.replace(corpus.provenance, documents=1, sha256_documents="")
    with pytest.raises(CorpusError, match="documents do not begin where"):
        read(dataclasses.replace(corpus, provenance=silent), cache)


@pytest.mark.parametrize("least", [1, 1 << 20])
@pytest.mark.parametrize(("letter", "id"), [("`", -1), ("{", 26), ("ɡ", 512)])
def test_an_id_beyond_the_vocabulary_is_refused(cache, monkeypatch, least, letter, id):
    monkeypatch.setattr(module, "_WORTH_KEEPING", least)
    with pytest.raises(TokenizerError, match=f"Letters with a vocabulary of 26.*{id}"):
        read(corpus_of(f"abc{letter}"), cache)
    assert not list(cache.folder.glob("ids-*/*"))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_ids_of_any_size_can_be_cut_into_batches(dtype):
    ids = np.arange(200 if dtype == np.uint8 else 3000).astype(dtype)
    tokens = module.Tokens(ids, np.zeros(1, np.int64)).on(torch.device("cpu"))
    for batches in (
        StreamBatches(tokens, batch_size=4, length=10, seed=0),
        WindowBatches(tokens, batch_size=4, length=10, stride=1, seed=0),
    ):
        inputs, targets = batches.gather(batches.at(0).starts)
        assert inputs.dtype == torch.int64
        assert torch.equal(targets, inputs + 1)


class Bytes:
    """Half characters are written as U+FFFD, as tokenizers of bytes do."""

    def decode(self, ids):
        return bytes(ids.tolist()).decode("utf-8", errors="replace")


@given(text=st.text("aé€😀", max_size=40), piece=st.integers(16, 60))
def test_characters_are_counted_across_the_borders_of_pieces(text, piece):
    ids = np.frombuffer(text.encode(), np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_DECODED_AT_ONCE", piece)
        assert count_characters(Bytes(), ids) == len(text)
