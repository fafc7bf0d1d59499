"""The byte-pair tokenizer: the same merges anywhere, any text, few tokens, honest sizes."""

import json
import os
import resource
import subprocess
import sys
from itertools import product

import numpy as np
import pytest

from textgen import TokenizerError
from textgen_plugins.tokenizers import bpe_library

TEXT = (
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having "
    "nothing to do: once or twice she had peeped into the book. “Und – ça va?” 数える 👣\n"
) * 20

LEARNS = """
import json, os, sys, warnings
from textgen_plugins.tokenizers.bpe import BPETokenizer
from textgen_plugins.tokenizers.options import BPEOptions
tokenizer = BPETokenizer(BPEOptions(vocab_size=350))
tokenizer.learn(json.load(sys.stdin))
print(json.dumps(tokenizer.state()))
sys.stdout.flush()
if not os.fork():
    tokenizer.encode("a text")
    os._exit(0)
os.wait()
"""


@pytest.fixture(scope="module")
def tokenizer(learned):
    return learned("bpe", TEXT, vocab_size=350)


@pytest.mark.parametrize("environment", [{}, {"RAYON_NUM_THREADS": "4"}, {"PYTHONHASHSEED": "7"}])
def test_the_same_merges_are_found_in_every_process_and_none_warns_when_forked(
    tokenizer, environment
):
    chunks = json.dumps([TEXT])
    plain = {key: value for key, value in os.environ.items() if key != "TOKENIZERS_PARALLELISM"}
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LEARNS],
        input=chunks,
        env={**plain, "PYTHONPATH": path, **environment},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == tokenizer.state()


def test_where_the_text_is_cut_changes_no_merge(made, tokenizer):
    other = made("bpe", vocab_size=350)
    other.learn([TEXT[: TEXT.index(" sister")], TEXT[TEXT.index(" sister") :]])
    assert other.state() == tokenizer.state()


def test_frequent_words_become_tokens_and_their_text_shorter(tokenizer):
    assert tokenizer.vocab_size == 350
    assert tokenizer.notes == ()
    assert len(tokenizer.encode(TEXT)) < len(TEXT) / 2
    assert len(tokenizer.encode(" of")) == 1


def test_the_first_ids_are_bytes(made):
    assert made("bpe").encode("é数").tolist() == list("é数".encode())


def test_nothing_is_merged_across_words(tokenizer):
    each = [tokenizer.encode(word) for word in ("Alice", " was", " tired", ",", " she")]
    assert np.array_equal(tokenizer.encode("Alice was tired, she"), np.concatenate(each))


def test_a_part_of_a_character_is_a_replacement_character(made):
    assert made("bpe").decode(np.array([0xE6, 0x95])) == "\ufffd\ufffd"


def test_ids_take_the_smallest_type_that_holds_the_vocabulary(made, tokenizer):
    assert made("bpe").encode("a").dtype == np.uint8
    assert tokenizer.encode("a").dtype == np.uint16


def test_a_text_with_fewer_pairs_than_asked_for_is_told_of(learned):
    small = learned("bpe", "one two one two", vocab_size=1000)
    assert 256 < small.vocab_size < 270
    (note,) = small.notes
    assert f"{small.vocab_size} tokens, not vocab_size=1,000" in note
    assert "pair occurs 2 times" in note


@pytest.mark.parametrize("text", ["\ud800", "a\ud83d\ude00b \udfff\udfff", "\n\ud800"])
def test_lone_surrogates_are_learned_and_come_back(learned, text):
    tokenizer = learned("bpe", text * 3, vocab_size=300)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize(
    "merges",
    [
        None,
        "ab",
        [[97]],
        [[97, 98, 99]],
        [["a", "b"]],
        [[97, 98.0]],
        [[True, 98]],
        [[97, 257]],
        [[-1, 98]],
        [[97, 98], [97, 98]],
        [(97, 98)],
        [[97, 97], *([number, number] for number in range(256, 300))],
    ],
)
def test_a_damaged_state_is_refused_and_what_was_known_stays(made, merges):
    tokenizer = made("bpe")
    with pytest.raises(TokenizerError, match=r"'bpe'.*damaged"):
        tokenizer.load_state({"merges": merges})
    assert tokenizer.vocab_size == 256
    assert tokenizer.decode(tokenizer.encode("as before")) == "as before"


def test_two_ways_to_the_same_bytes_are_one_token():
    merges = [(97, 98), (98, 99), (256, 99), (97, 257)]
    assert bpe_library.tokens_of(merges)[256:] == [b"ab", b"bc", b"abc"]


def test_without_the_library_it_is_told_how_to_install_it(made, monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(TokenizerError, match=r"pip install 'textgen-framework\[bpe\]'"):
        made("bpe")


def test_nothing_stays_in_memory_of_a_tokenizer_that_is_gone(learned):
    words = " ".join(map("".join, product("abcdefghijklmnop", repeat=3)))

    def peak():
        learned("bpe", words).encode(words)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    before = peak()
    assert [peak() for _ in range(10)][-1] - before < 10e6
