"""Writing: pieces joined are the text, as many tokens as asked, the prompt not among them."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from textgen.errors import GenerationError
from textgen.generation.writer import encode_prompt, prompt_at_the_end, write


class Letters:
    """The smallest tokenizer: a is 0, b is 1, …."""

    vocab_size = 26

    def encode(self, text):
        return np.array([ord(letter) - 97 for letter in text], dtype=np.uint8)

    def decode(self, ids):
        return "".join(chr(97 + number) for number in ids)


class Bytes:
    """The tokens of a text are the bytes of its UTF-8; a token may be a part of a character."""

    vocab_size = 256

    def encode(self, text):
        return np.frombuffer(text.encode(), dtype=np.uint8)

    def decode(self, ids):
        return bytes(ids.tolist()).decode(errors="replace")


class Onwards:
    """A sampler that counts on from the prompt, a few tokens at a time."""

    def __init__(self, block=1, vocab=26):
        self.block, self.vocab = block, vocab

    def generate(self, decoder, prompt, *, seed):
        token = prompt[:, -1:]
        while True:
            tokens = (token + 1 + torch.arange(self.block)) % self.vocab
            token = tokens[:, -1:]
            yield tokens


class Reciting:
    """A sampler that writes given tokens, and then no more."""

    def __init__(self, tokens, block):
        self.blocks = torch.tensor([tokens]).split(block, dim=1)

    def generate(self, decoder, prompt, *, seed):
        yield from self.blocks


def written(sampler, *, prompt="ax", length=4, count=1, tokenizer=None):
    tokenizer = tokenizer or Letters()
    pieces = write(
        decoder=None,
        tokenizer=tokenizer,
        sampler=sampler,
        prompt=encode_prompt(tokenizer, prompt),
        length=length,
        seed=0,
        device=torch.device("cpu"),
        count=count,
    )
    return list(pieces)


def test_each_character_is_shown_as_soon_as_the_next_begins():
    """An accent might follow, which belongs to it."""
    assert written(Onwards()) == [[""], ["y"], ["z"], ["a"], ["b"]]


@pytest.mark.parametrize("block", [1, 2, 3, 7])
def test_as_many_tokens_as_asked_are_written_whatever_the_sampler_gives_at_once(block):
    assert "".join(piece for (piece,) in written(Onwards(block), length=5)) == "yzabc"


def test_several_texts_are_written_at_once():
    assert written(Onwards(), count=3, length=2) == [[""] * 3, ["y"] * 3, ["z"] * 3]


@given(st.text(min_size=1), st.integers(1, 5))
def test_no_character_is_shown_in_parts(text, block):
    ids = list(text.encode())
    pieces = written(Reciting(ids, block), prompt="x", length=len(ids), tokenizer=Bytes())
    assert "".join(piece for (piece,) in pieces) == text
    assert "\ufffd" in text or all("\ufffd" not in piece for (piece,) in pieces)


def test_what_readers_take_for_one_character_comes_in_one_piece():
    text = "e\u0301👩\u200d👧🇩🇪\u1100\u1161\r\nx"
    ids = list(text.encode())
    pieces = written(Reciting(ids, 1), prompt="x", length=len(ids), tokenizer=Bytes())
    shown = [piece for (piece,) in pieces if piece]
    assert shown == ["e\u0301", "👩\u200d👧", "🇩🇪", "\u1100\u1161", "\r\n", "x"]


@pytest.mark.parametrize(
    ("tokens", "prompt"), [(3, "数"), (4, "数"), (5, "é数"), (6, "né数"), (100, "né数")]
)
def test_the_end_of_a_text_as_a_prompt_has_no_halves_of_characters(tokens, prompt):
    ids = Bytes().encode("né数")
    assert Bytes().decode(prompt_at_the_end(Bytes(), ids, tokens)) == prompt


def test_where_there_are_nothing_but_halves_they_are_the_prompt():
    ids = Bytes().encode("数")[1:]
    assert prompt_at_the_end(Bytes(), ids, 100).tolist() == ids.tolist()


def test_halves_of_characters_at_both_ends_are_left_out():
    ids = Bytes().encode("数né数")[1:-1]
    assert Bytes().decode(prompt_at_the_end(Bytes(), ids, 100)) == "né"


def test_bytes_that_are_no_text_are_shown_in_the_end():
    pieces = written(Reciting([200] * 30, 1), length=30, tokenizer=Bytes())
    assert "".join(piece for (piece,) in pieces) == "\ufffd" * 30
    assert pieces[20] != [""] or pieces[19] != [""]


def test_a_sampler_that_ends_early_is_named():
    with pytest.raises(GenerationError, match="after 2 of 4 tokens"):
        written(Reciting([1, 2], 1))


def test_an_empty_prompt_is_refused():
    with pytest.raises(GenerationError, match="--prompt"):
        written(Onwards(), prompt="")
