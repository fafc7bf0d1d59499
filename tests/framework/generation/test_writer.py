"""Writing: pieces joined are the text, as many tokens as asked, the prompt not among them."""

import numpy as np
import pytest
import torch

from textgen.errors import GenerationError
from textgen.generation.writer import write


class Letters:
    """The smallest tokenizer: a is 0, b is 1, …."""

    vocab_size = 26

    def encode(self, text):
        return np.array([ord(letter) - 97 for letter in text], dtype=np.uint8)

    def decode(self, ids):
        return "".join(chr(97 + number) for number in ids)


class Alphabet:
    """A sampler that goes on through the alphabet."""

    def generate(self, decoder, prompt, *, seed):
        token = prompt[:, -1]
        while True:
            token = (token + 1) % 26
            yield token


def written(prompt, **changes):
    arguments = {"length": 4, "seed": 0, "device": torch.device("cpu"), "count": 1, **changes}
    return list(
        write(decoder=None, tokenizer=Letters(), sampler=Alphabet(), prompt=prompt, **arguments)
    )


def test_the_text_continues_the_prompt():
    assert written("abx") == [["y"], ["z"], ["a"], ["b"]]


def test_several_texts_are_written_at_once():
    assert written("a", count=3, length=2) == [["b"] * 3, ["c"] * 3]


def test_an_empty_prompt_is_refused():
    with pytest.raises(GenerationError, match="--prompt"):
        written("")
